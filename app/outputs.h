/* outputs.h: what run, show and export write: tables, figures, animations, reports. */
#pragma once

#include "core/experiment/experiment.h"
#include "core/experiment/runner.h"
#include "core/experiment/trace.h"

G_BEGIN_DECLS

#define TW_MAX_FIGURE_KEYS 32

/* Options as they were given; NULL where not. */
typedef struct {
  char *csv, *json, *plot, *save, *activations, *matplotlib, *pgfplots, *caption, *animate, *report;
  char *figure[TW_MAX_FIGURE_KEYS]; /* in the order of tw_figure_keys() */
  char *fps, *seconds, *frames, *loop, *seeds;
} TwOutputOptions;

/* Appends to an array of GOptionEntry. */
void tw_output_options_add_entries (TwOutputOptions *options, GArray *entries);
/* What a figure can show, for the end of their help, and `more` after it; to be freed. */
char *tw_outputs_describe_views (const char *more);
void tw_output_options_clear (TwOutputOptions *options);

/* Whether any file is asked for, and whether one of them is standard output. */
gboolean tw_output_options_any (const TwOutputOptions *options);
gboolean tw_output_options_to_stdout (const TwOutputOptions *options);
/* Everything that can be wrong before there is a trace: values, endings, files that can't be written. */
gboolean tw_output_options_check (const TwOutputOptions *options, GError **error);
/* Runs the experiment, and records what they show.  Errors: those of the runner. */
TwRunner *tw_outputs_start_run (const TwOutputOptions *options, const TwExperiment *experiment, guint n_threads,
                                GError **error);

/* Asked now and then; FALSE: stop.  `share` is of the slow part, drawing an animation. */
typedef gboolean (*TwOutputProgress) (double share, gpointer data);
/* All are written beside their targets before the first takes its place: either all change or none. */
gboolean tw_outputs_write (const TwOutputOptions *options, const TwExperiment *experiment, TwTrace *trace,
                           guint n_threads, TwOutputProgress progress, GError **error);

G_END_DECLS
