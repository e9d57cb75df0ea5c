#include "ui/drawing/exports.h"

#include <string.h>

#include "core/error.h"
#include "core/experiment/runner.h"
#include "ui/drawing/replot.h"

#define WAIT_SECONDS 0.05 /* between questions whether to go on */

TwFigureNeeds
tw_export_get_needs (TwExportKind kind, const TwFigureOptions *figure)
{
  switch (kind) {
  case TW_EXPORT_ACTIVATIONS:
    return TW_FIGURE_NEEDS_PROBES;
  case TW_EXPORT_REPORT:
    return TW_FIGURE_NEEDS_PROBES | TW_FIGURE_NEEDS_SNAPSHOTS;
  case TW_EXPORT_FIGURE:
  case TW_EXPORT_CAPTION:
  case TW_EXPORT_ANIMATION:
  case TW_EXPORT_PGFPLOTS:
    return (figure->view != NULL ? figure->view->needs : TW_FIGURE_NEEDS_NOTHING) |
           (figure->metric == TW_METRIC_RATE ? TW_FIGURE_NEEDS_PROBES : TW_FIGURE_NEEDS_NOTHING);
  case TW_EXPORT_CSV:
  case TW_EXPORT_JSON:
  case TW_EXPORT_EXPERIMENT:
  case TW_EXPORT_MATPLOTLIB:
  default:
    return TW_FIGURE_NEEDS_NOTHING;
  }
}

static TwFigure *
make_figure (const TwExport *what, const TwFigureOptions *options, GError **error)
{
  const TwFigureWork work = { what->n_threads, what->cache, what->progress, what->data };

  return tw_figure_new (what->trace, what->experiment, options, &work, error);
}

/* Written and closed, not yet in place. */
static TwOutput *
begin (GPtrArray *outputs, const char *path, GError **error)
{
  TwOutput *output = tw_output_new (path, error);

  if (output != NULL)
    g_ptr_array_add (outputs, output);
  return output;
}

static gboolean
add_bytes (GPtrArray *outputs, const char *path, GBytes *bytes, GError **error)
{
  TwOutput *output = begin (outputs, path, error);

  if (output == NULL)
    return FALSE;
  tw_output_write_bytes (output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return tw_output_finish (output, error);
}

static gboolean
add_table (TwTable table, const TwExport *what, const char *path, GPtrArray *outputs, GError **error)
{
  TwOutput *output = begin (outputs, path, error);

  if (output == NULL)
    return FALSE;
  tw_export_table (table, what->experiment, what->trace, output);
  return tw_output_finish (output, error);
}

static gboolean
add_figure (const TwExport *what, const char *path, GPtrArray *outputs, GError **error)
{
  TwFigureKind kind = tw_figure_kind_of_path (path);
  g_autoptr (TwFigure) figure = make_figure (what, what->figure, error);
  g_autoptr (GBytes) bytes = figure != NULL ? tw_figure_render (figure, kind, error) : NULL;

  return bytes != NULL && add_bytes (outputs, path, bytes, error);
}

/* What the view says comes first, which only the figure knows. */
static gboolean
add_caption (const TwExport *what, const char *path, GPtrArray *outputs, GError **error)
{
  if (what->figure->view == NULL || what->figure->view->describe == NULL)
    return add_table (TW_TABLE_CAPTION, what, path, outputs, error);
  g_autoptr (TwFigure) figure = make_figure (what, what->figure, error);
  TwOutput *output = figure != NULL ? begin (outputs, path, error) : NULL;
  if (output == NULL)
    return FALSE;
  tw_output_printf (output, "%s\n", tw_figure_get_caption (figure));
  return tw_output_finish (output, error);
}

static gboolean
add_animation (const TwExport *what, const char *path, GPtrArray *outputs, GError **error)
{
  TwAnimationKind kind = tw_animation_kind_of_path (path);
  g_auto (TwFigureOptions) sized = { 0 };

  tw_figure_options_copy (what->figure, &sized);
  if (sized.width == 0) {
    sized.width = TW_EXPORT_ANIMATION_WIDTH;
    sized.pixels = TRUE;
  }
  g_autoptr (TwFigure) figure = make_figure (what, &sized, error);
  g_autoptr (GPtrArray) made =
    figure != NULL ? tw_animation_render (figure, kind, &what->animation, what->progress, what->data, error) : NULL;
  if (made == NULL)
    return FALSE;
  if (kind != TW_ANIMATION_PNG)
    return add_bytes (outputs, path, made->pdata[0], error);
  g_autofree char *stem = g_strndup (path, strlen (path) - 4);
  for (guint f = 0; f < made->len; f++) {
    g_autofree char *frame = g_strdup_printf ("%s-%04u.png", stem, f + 1);
    if (!add_bytes (outputs, frame, made->pdata[f], error))
      return FALSE;
  }
  return TRUE;
}

/* The same experiment with another seed.  `share` of all these runs are done before. */
static TwTrace *
run_again (const TwExport *what, const TwExperiment *experiment, double share, double each, GError **error)
{
  g_autoptr (TwRunner) runner = tw_runner_start_with_probes (experiment, what->n_threads, 0, error);
  gboolean stopped = FALSE;

  if (runner == NULL)
    return NULL;
  while (!tw_runner_wait_until (runner, g_get_monotonic_time () + (gint64)(WAIT_SECONDS * G_USEC_PER_SEC)))
    if (what->progress != NULL && !stopped &&
        !what->progress (share + each * tw_runner_get_progress (runner), what->data)) {
      stopped = TRUE;
      tw_runner_cancel (runner);
    }
  if (stopped) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "interrupted; nothing was written");
    return NULL;
  }
  if (tw_runner_get_error (runner) != NULL) {
    g_propagate_error (error, g_error_copy (tw_runner_get_error (runner)));
    return NULL;
  }
  return tw_trace_ref (tw_runner_get_trace (runner));
}

typedef struct {
  const TwExport *what;
  double runs; /* the share of all that the runs were */
} ReportWork;

static gboolean
tell_report (double share, gpointer data)
{
  const ReportWork *work = data;

  return work->what->progress == NULL || work->what->progress (work->runs + (1 - work->runs) * share, work->what->data);
}

static gboolean
add_report (const TwExport *what, const char *path, GPtrArray *outputs, GError **error)
{
  g_autoptr (GPtrArray) traces = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_trace_unref);
  g_autoptr (TwExperiment) other = tw_experiment_copy (what->experiment);

  g_ptr_array_add (traces, tw_trace_ref (what->trace));
  for (guint64 i = 1; i < what->seeds; i++) {
    double each = 1.0 / (double)what->seeds;
    other->seed = what->experiment->seed + i;
    TwTrace *trace = run_again (what, other, each * (double)(i - 1), each, error);
    if (trace == NULL)
      return FALSE;
    g_ptr_array_add (traces, trace);
  }
  ReportWork drawing = { what, 1 - 1.0 / (double)what->seeds };
  const TwFigureWork work = { what->n_threads, what->cache, tell_report, &drawing };
  g_autoptr (GBytes) bytes = tw_report_render (what->experiment, (TwTrace *const *)traces->pdata, traces->len,
                                               tw_report_kind_of_path (path), what->figure, &work, error);
  return bytes != NULL && add_bytes (outputs, path, bytes, error);
}

/* The path of the table as the script sees it. */
static char *
path_from (const char *script, const char *table)
{
  g_autoptr (GFile) a = g_file_new_for_path (script), b = g_file_new_for_path (table), folder = g_file_get_parent (a);
  char *relative = g_file_get_relative_path (folder, b);

  return relative != NULL ? relative : g_file_get_path (b);
}

static gboolean
add_script (TwExportKind kind, const TwExport *what, const char *path, GPtrArray *outputs, GError **error)
{
  g_autoptr (TwFigure) figure = make_figure (what, what->figure, error);
  TwOutput *output = figure != NULL ? begin (outputs, path, error) : NULL;

  if (output == NULL)
    return FALSE;
  if (kind == TW_EXPORT_PGFPLOTS) {
    if (!tw_figure_write_pgfplots (figure, output, error))
      return FALSE;
  } else {
    g_autofree char *table = path_from (path, what->csv);
    if (!tw_figure_write_matplotlib (figure, table, output, error))
      return FALSE;
  }
  return tw_output_finish (output, error);
}

gboolean
tw_export_write (TwExportKind kind, const TwExport *what, const char *path, GPtrArray *outputs, GError **error)
{
  switch (kind) {
  case TW_EXPORT_CSV:
  case TW_EXPORT_JSON:
  case TW_EXPORT_ACTIVATIONS:
  case TW_EXPORT_EXPERIMENT:
    return add_table ((TwTable)kind, what, path, outputs, error);
  case TW_EXPORT_CAPTION:
    return add_caption (what, path, outputs, error);
  case TW_EXPORT_FIGURE:
    return add_figure (what, path, outputs, error);
  case TW_EXPORT_ANIMATION:
    return add_animation (what, path, outputs, error);
  case TW_EXPORT_REPORT:
    return add_report (what, path, outputs, error);
  case TW_EXPORT_MATPLOTLIB:
  case TW_EXPORT_PGFPLOTS:
    return add_script (kind, what, path, outputs, error);
  default:
    g_return_val_if_reached (FALSE);
  }
}

gboolean
tw_exports_commit (GPtrArray *outputs, GError **error)
{
  for (guint i = 0; i < outputs->len; i++)
    if (!tw_output_commit (outputs->pdata[i], error))
      return FALSE;
  return TRUE;
}
