/* figure.h: what the window shows, as a figure for a page or a slide.
 *
 * A figure is laid out in points and drawn by the code that draws the window, so that PNG, SVG, PDF, frames of
 * animations and previews are the same picture.  The same trace, options and version give the same bytes.
 * Needs no display.
 */
#pragma once

#include <cairo.h>

#include "core/experiment/experiment.h"
#include "core/experiment/trace.h"
#include "ui/drawing/figure-view.h"
#include "ui/drawing/metrics.h"

G_BEGIN_DECLS

typedef enum { TW_FIGURE_LIGHT, TW_FIGURE_DARK, TW_FIGURE_PRINT } TwFigureTheme;
typedef enum { TW_LEGEND_AUTO, TW_LEGEND_RIGHT, TW_LEGEND_BELOW, TW_LEGEND_INSIDE, TW_LEGEND_NONE } TwLegendPlace;
typedef enum { TW_FIGURE_PNG, TW_FIGURE_SVG, TW_FIGURE_PDF, TW_FIGURE_NO_KIND } TwFigureKind;

typedef struct {
  const TwFigureView *view;     /* NULL: the comparison */
  TwFigureTheme theme;
  TwLegendPlace legend;
  TwMetric metric;              /* TW_METRIC_LOSS: above the known minimum, where there is one */
  double width, height;         /* in points, or pixels where `pixels`; 0: chosen (the height for the width) */
  gboolean pixels;
  double dpi;                   /* of PNG; 0: 96 where the size is in pixels, 300 in mm or in, else 144 */
  gboolean transparent;
  double font_size, line_width; /* points; 0: chosen for the size */
  char *font;                   /* family; NULL: the sans-serif of the system */
  char *title;                  /* NULL: the problem's; "": none */
  char *series;                 /* numbers from 1, names and labels of optimizers with commas between; NULL: all */
  char **settings;              /* (NULL at the end) of single views, as "step=40"; NULL: none */
} TwFigureOptions;

void tw_figure_options_clear (TwFigureOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwFigureOptions, tw_figure_options_clear)
void tw_figure_options_copy (const TwFigureOptions *from, TwFigureOptions *to);

/* Options as words, for the command line and settings: "size" = "85mmx60mm", "theme" = "print". */
typedef struct {
  const char *key;
  const char *form; /* "WxH": what a value looks like, or its choices with | between */
  const char *summary;
  /* Of settings that single views read (TwFigureOptions.settings): what the window calls it, and whether a value makes
   * sense.  NULL of all others. */
  const char *title;
  gboolean (*check) (const char *value, GError **error);
  const char *usual; /* what it is where it is not set, in a word; NULL: `form` says more */
} TwFigureKey;
const TwFigureKey *tw_figure_keys (gsize *n);
/* Errors: TW_ERROR_INPUT for a value that says nothing; it names neither key nor option. */
gboolean tw_figure_options_set (TwFigureOptions *options, const char *key, const char *value, GError **error);
/* NULL where it has the value of an empty TwFigureOptions. */
char *tw_figure_options_get (const TwFigureOptions *options, const char *key);
/* Of a setting, as it was given; NULL: it was not. */
const char *tw_figure_options_get_setting (const TwFigureOptions *options, const char *key);

/* Called with the share that is done; FALSE ends it all. */
typedef gboolean (*TwFigureProgress) (double share, gpointer data);

/* What views computed beside the trace (a map of basins), for figures that differ in looks only.  Any thread. */
typedef struct _TwFigureCache TwFigureCache;
TwFigureCache *tw_figure_cache_new (void);
TwFigureCache *tw_figure_cache_ref (TwFigureCache *cache);
void tw_figure_cache_unref (TwFigureCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFigureCache, tw_figure_cache_unref)

/* How that is computed. */
typedef struct {
  guint n_threads;           /* 0: one per processor; changes no bit */
  TwFigureCache *cache;      /* nullable */
  TwFigureProgress progress; /* nullable */
  gpointer data;
} TwFigureWork;

/* Lays it out.  experiment (nullable): what was run, and what its optimizers are called and how they are drawn;
 * some views need it.  work: nullable.
 * Errors (TW_ERROR_INPUT): a view that this trace has not got, series that name nobody, a size that is too small
 * for its font; TW_ERROR_CANCELLED. */
TwFigure *tw_figure_new (TwTrace *trace, const TwExperiment *experiment, const TwFigureOptions *options,
                         const TwFigureWork *work, GError **error);
void tw_figure_free (TwFigure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFigure, tw_figure_free)
void tw_figure_get_size (const TwFigure *figure, double *width, double *height);     /* points */
void tw_figure_get_pixels (const TwFigure *figure, int *width, int *height);         /* of its PNG */
const char *tw_figure_get_caption (const TwFigure *figure);
/* The step that a still picture shows: the one that was asked for, else G_MAXSIZE, the end. */
gsize tw_figure_get_step (const TwFigure *figure);
/* In points, with its ground, as it is after `last` steps (G_MAXSIZE: at the end).  Pictures are made for `scale`
 * pixels to the point and kept for the next call. */
void tw_figure_draw (TwFigure *figure, cairo_t *cr, double scale, gsize last);

TwFigureKind tw_figure_kind_of_path (const char *path); /* by its ending, in any case */
/* A whole file, with the caption, and for PNG the resolution, in its metadata. */
GBytes *tw_figure_render (TwFigure *figure, TwFigureKind kind, GError **error);
/* The same into a file, whole or not at all.  Errors: TW_ERROR_INPUT for another ending, TW_ERROR_OUTPUT. */
gboolean tw_figure_save (TwFigure *figure, const char *path, GError **error);
/* A PNG of an image surface: with its resolution (dpi 0: none) and a text. */
GBytes *tw_png_encode (cairo_surface_t *surface, double dpi, const char *caption, GError **error);

/* The comparison with all options as they are. */
gboolean tw_figure_save_comparison (TwTrace *trace, const char *path, GError **error);

G_END_DECLS
