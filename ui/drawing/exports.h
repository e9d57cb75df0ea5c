/* exports.h: the files that an experiment can be given out as.  The window and the command line write them by this
 * one piece of code, so that they are the same bytes.
 *
 * Each is written beside its target first (core/output.h); tw_exports_commit() puts all in place.
 */
#pragma once

#include "core/experiment/export.h"
#include "ui/drawing/animation.h"
#include "ui/drawing/figure.h"
#include "ui/drawing/report.h"

G_BEGIN_DECLS

typedef enum {
  TW_EXPORT_CSV = TW_TABLE_CSV,
  TW_EXPORT_JSON = TW_TABLE_JSON,
  TW_EXPORT_ACTIVATIONS = TW_TABLE_ACTIVATIONS,
  TW_EXPORT_EXPERIMENT = TW_TABLE_EXPERIMENT,
  TW_EXPORT_CAPTION = TW_TABLE_CAPTION,
  TW_EXPORT_FIGURE,
  TW_EXPORT_ANIMATION,
  TW_EXPORT_REPORT,
  TW_EXPORT_MATPLOTLIB,
  TW_EXPORT_PGFPLOTS,
} TwExportKind;

#define TW_EXPORT_ANIMATION_WIDTH 960 /* pixels, where no size is given */

/* What is given out, and how it shall look. */
typedef struct {
  const TwExperiment *experiment;
  TwTrace *trace;
  const TwFigureOptions *figure;
  TwAnimationOptions animation;
  guint64 seeds;    /* of a report's table: from 1; those beyond the first are run */
  guint n_threads;  /* for them; 0: one per processor */
  const char *csv;  /* where the table of TW_EXPORT_MATPLOTLIB is */
  TwFigureProgress progress; /* of an animation, the runs of a report, what a figure computes; nullable */
  gpointer data;
  TwFigureCache *cache;      /* nullable */
} TwExport;

/* What the trace has to hold for it, which it has only where it is asked for it. */
TwFigureNeeds tw_export_get_needs (TwExportKind kind, const TwFigureOptions *figure);
/* Adds finished TwOutputs to `outputs` (whose free function is tw_output_free): one, or one per frame.
 * Errors: as of the functions that draw; TW_ERROR_CANCELLED where `progress` says so. */
gboolean tw_export_write (TwExportKind kind, const TwExport *what, const char *path, GPtrArray *outputs, GError **error);
gboolean tw_exports_commit (GPtrArray *outputs, GError **error);

G_END_DECLS
