#include <math.h>
#include <string.h>

#include "config.h"
#include "core/error.h"
#include "core/experiment/summary.h"
#include "core/output.h"
#include "ui/drawing/bands.h"
#include "ui/drawing/looks.h"
#include "ui/drawing/network.h"
#include "ui/drawing/report-private.h"

#define TOLERANCE 1e-6
#define FONT_SIZE 8.0

TwReportKind
tw_report_kind_of_path (const char *path)
{
  static const char *const endings[] = { ".pdf", ".html" };
  gsize length = strlen (path);

  for (int i = 0; i < 2; i++)
    if (length > strlen (endings[i]) && g_ascii_strcasecmp (path + length - strlen (endings[i]), endings[i]) == 0)
      return (TwReportKind)i;
  return TW_REPORT_NO_KIND;
}

static void
add_setting (TwReport *report, const char *name, char *value)
{
  g_ptr_array_add (report->setting, g_strdup (name));
  g_ptr_array_add (report->setting, value);
}

#define MAX_POINTS 4 /* starts that are told one by one */

static char *
describe_starts (const TwExperiment *experiment, const TwTrace *trace)
{
  GString *text = g_string_new (NULL);
  gsize n = tw_trace_get_n_starts (trace);
  TwProblem *problem = tw_trace_get_problem (trace);

  if (experiment->starts->len == 0 && experiment->n_random_starts > 0)
    g_string_append_printf (text, "%u drawn at random", experiment->n_random_starts);
  else if (tw_problem_get_dim (problem) != 2)
    g_string_append (text, "the problem's own");
  for (gsize s = 0; experiment->n_random_starts == 0 && tw_problem_get_dim (problem) == 2 && s < MIN (n, MAX_POINTS); s++) {
    double theta[2];
    tw_experiment_get_start (experiment, problem, s, theta);
    g_autofree char *x = tw_format_number (theta[0]), *y = tw_format_number (theta[1]);
    g_string_append_printf (text, "%s(%s, %s)", s > 0 ? ", " : "", x, y);
  }
  if (text->str[0] == '(' && n > MAX_POINTS)
    g_string_append_printf (text, " and %" G_GSIZE_FORMAT " more", n - MAX_POINTS);
  return g_string_free (text, FALSE);
}

static char *
name_and_spec (const TwExperiment *experiment, const TwTrace *trace, gsize o)
{
  const char *spec = tw_trace_get_optimizer_spec (trace, o), *label = tw_experiment_get_label (experiment, o);

  return label != NULL ? g_strdup_printf ("%s: %s", label, spec) : g_strdup (spec);
}

static void
describe_setting (TwReport *report, const TwExperiment *experiment, TwTrace *const *traces, gsize n)
{
  const TwTrace *trace = traces[0];
  const TwProblem *problem = tw_trace_get_problem (trace);
  const char *formula = tw_problem_get_formula (problem);
  double minimum = tw_problem_get_minimum (problem);
  guint64 seed = tw_trace_get_seed (trace);

  add_setting (report, "Problem", g_strdup (experiment->problem != NULL ? experiment->problem : "formula"));
  if (formula != NULL)
    add_setting (report, "f(x, y)", g_strdup (formula));
  add_setting (report, "Coordinates", g_strdup_printf ("%" G_GSIZE_FORMAT, tw_problem_get_dim (problem)));
  add_setting (report, "Known minimum", isfinite (minimum) ? tw_format_number (minimum) : g_strdup ("none"));
  if (tw_problem_get_noise (problem) > 0)
    add_setting (report, "Gradient noise", tw_format_number (tw_problem_get_noise (problem)));
  add_setting (report, "Starts", describe_starts (experiment, trace));
  add_setting (report, "Steps", g_strdup_printf ("%" G_GUINT64_FORMAT, tw_trace_get_n_steps (trace)));
  add_setting (report, n > 1 ? "Seeds" : "Seed",
               n > 1 ? g_strdup_printf ("%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " (figures: %" G_GUINT64_FORMAT ")",
                                        seed, seed + n - 1, seed)
                     : g_strdup_printf ("%" G_GUINT64_FORMAT, seed));
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    add_setting (report, o == 0 ? "Optimizers" : "", name_and_spec (experiment, trace, o));
  add_setting (report, "Program", g_strdup ("Thalweg " TW_VERSION));
}

static char *
format_value (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (value))
    return g_strdup (g_ascii_formatd (text, sizeof text, "%.3g", value));
  return g_strdup (isnan (value) ? "\u2013" : "\u221e");
}

static char *
format_interval (const TwInterval *interval, gsize n)
{
  g_autofree char *low = format_value (interval->low), *high = format_value (interval->high);
  char *value = format_value (interval->value);

  if (n < 2 || interval->low == interval->high || isnan (interval->value))
    return value;
  char *text = g_strdup_printf ("%s [%s, %s]", value, low, high);
  g_free (value);
  return text;
}

static void
fill_table (TwReport *report, TwTrace *const *traces, gsize n)
{
  static const char *const head[] = { "Optimizer", "Final loss", "Best loss", "Steps to 1e-06", "Ended" };
  gsize n_runs = 0;

  for (int c = 0; c < TW_REPORT_COLUMNS; c++)
    g_ptr_array_add (report->table, g_strdup (head[c]));
  for (gsize o = 0; o < tw_trace_get_n_optimizers (traces[0]); o++) {
    TwRunSummary summary;
    tw_summarise (traces, n, o, TOLERANCE, &summary);
    n_runs = summary.n_runs;
    g_ptr_array_add (report->table, tw_looks_get_name (report->experiment, tw_trace_get_optimizer_spec (traces[0], o), o));
    g_ptr_array_add (report->table, format_interval (&summary.final_loss, n_runs));
    g_ptr_array_add (report->table, format_interval (&summary.best_loss, n_runs));
    g_ptr_array_add (report->table, format_interval (&summary.steps, n_runs));
    g_ptr_array_add (report->table, tw_summary_describe_end (&summary, traces[0], o));
  }
  report->table_note =
    n_runs < 2 ? g_strdup ("One run of each optimizer: there is nothing to take an interval of. Give several starts "
                           "(--starts) or seeds (--report-seeds) for that.")
               : g_strdup_printf ("Medians over %" G_GSIZE_FORMAT " runs (starts: %" G_GSIZE_FORMAT ", seeds: %" G_GSIZE_FORMAT
                                  ") with 95 %% bootstrap intervals; a run that diverged counts as infinite.",
                                  n_runs, tw_trace_get_n_starts (traces[0]), n);
}

/* Of the figure that is being made, among all of them. */
static gboolean
tell (double share, gpointer data)
{
  const TwReport *report = data;

  return report->work == NULL || report->work->progress == NULL ||
         report->work->progress ((report->figures->len + share) / report->n_expected, report->work->data);
}

static gboolean
add_figure (TwReport *report, TwTrace *trace, const TwFigureView *view, TwMetric metric, const char *caption, GError **error)
{
  g_auto (TwFigureOptions) options = { 0 };
  TwFigure *figure;

  tw_figure_options_copy (report->look, &options);
  g_clear_pointer (&options.title, g_free);
  g_clear_pointer (&options.settings, g_strfreev);
  options.view = view;
  options.metric = metric;
  options.width = TW_REPORT_WIDTH;
  options.height = view == &tw_figure_curves || view == &tw_figure_response ? 0.42 * TW_REPORT_WIDTH : 0;
  options.pixels = options.transparent = FALSE;
  options.legend = TW_LEGEND_AUTO;
  options.font_size = FONT_SIZE;
  options.line_width = 0;
  const TwFigureWork work = { report->work != NULL ? report->work->n_threads : 0, report->work != NULL ? report->work->cache : NULL,
                              tell, report };
  if (!tell (0, report)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "interrupted; nothing was written");
    return FALSE;
  }
  figure = tw_figure_new (trace, report->experiment, &options, &work, error);
  if (figure == NULL)
    return FALSE;
  g_ptr_array_add (report->figures, figure);
  g_ptr_array_add (report->captions, g_strdup (caption));
  return TRUE;
}

/* One that the optimizers that are shown may not have: where --figure-series leaves the learned one out. */
static gboolean
try_figure (TwReport *report, TwTrace *trace, const TwFigureView *view, const char *caption, GError **error)
{
  g_autoptr (GError) none = NULL;

  if (add_figure (report, trace, view, TW_METRIC_LOSS, caption, &none) || !g_error_matches (none, TW_ERROR, TW_ERROR_CANCELLED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&none));
  return FALSE;
}

/* Of what a network learns: the plane, and what it answers where its data have two features. */
static gboolean
add_network (TwReport *report, TwTrace *trace, GError **error)
{
  if (tw_trace_get_n_snapshot_starts (trace) == 0)
    return TRUE;
  if (!add_figure (report, trace, &tw_figure_plane, TW_METRIC_LOSS,
                   "The loss on the plane through parameter space in which the runs vary most; each run is shown by the nearest "
                   "point of the plane, and the axes say how much of the runs' variance lies along them.",
                   error))
    return FALSE;
  return tw_network_view_why_missing (TW_NETWORK_REGIONS, tw_trace_get_problem (trace)) != NULL ||
         add_figure (report, trace, &tw_figure_regions, TW_METRIC_LOSS,
                     "What each network says for every input when its run has ended: places in the colours of the classes, lines "
                     "where two are equally likely. Discs are rows trained on, rings rows held out, crosses are wrong.",
                     error);
}

static gboolean
has_inside (const TwTrace *trace)
{
  TwBand bands[TW_MAX_BANDS];

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    if (tw_bands_find (trace, o, -1, -1, bands) > 0)
      return TRUE;
  return FALSE;
}

static gboolean
add_figures (TwReport *report, TwTrace *trace, GError **error)
{
  gboolean flat = tw_problem_get_dim (tw_trace_get_problem (trace)) == 2, inside = has_inside (trace);

  report->n_expected = 2 + (tw_trace_get_n_snapshot_starts (trace) > 0 ? 2 : 0) + (inside ? 3 : 0);
  if (!add_figure (report, trace, &tw_figure_comparison, TW_METRIC_LOSS,
                   flat ? "Trajectories on the landscape (the first start; others thin) and the loss at every step."
                        : "The loss at every step (the first start; others thin).",
                   error) ||
      !add_figure (report, trace, &tw_figure_curves, TW_METRIC_GRADIENT, "Norm of the gradient where it was taken.", error) ||
      !add_network (report, trace, error))
    return FALSE;
  if (!inside)
    return TRUE;
  return try_figure (report, trace, &tw_figure_activations,
                     "The inside of the learned optimizer, first start: each line is a unit of one of its RNNs, each column a "
                     "step; the RNN of each parameter, of the tensor, and of the whole run, from \u22121 to 1.",
                     error) &&
         try_figure (report, trace, &tw_figure_inside,
                     "What went into it and came out at an early step, of the first coordinate: the gradient as features (m: "
                     "averages of it on timescales that double, relative to their size v), the direction, its learning rate, "
                     "and for how many steps it remembers.",
                     error) &&
         try_figure (report, trace, &tw_figure_response,
                     "Its update at that step had the gradient been another, beside hand-designed optimizers that have seen "
                     "the same gradients, each scaled by the factor in the legend. The dot is what it did.",
                     error);
}

static void
report_free (TwReport *report)
{
  g_free (report->title);
  g_free (report->table_note);
  g_free (report->command);
  g_free (report->file);
  g_ptr_array_unref (report->setting);
  g_ptr_array_unref (report->table);
  g_ptr_array_unref (report->figures);
  g_ptr_array_unref (report->captions);
}

static void
report_init (TwReport *report, const TwExperiment *experiment, TwTrace *const *traces, gsize n, const TwFigureOptions *look,
             const TwFigureWork *work)
{
  *report = (TwReport){
    .look = look,
    .work = work,
    .experiment = experiment,
    .setting = g_ptr_array_new_with_free_func (g_free),
    .table = g_ptr_array_new_with_free_func (g_free),
    .figures = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_figure_free),
    .captions = g_ptr_array_new_with_free_func (g_free),
    .command = tw_experiment_to_command_line (experiment),
    .file = tw_experiment_to_json (experiment),
    .title = g_strdup (look->title != NULL && *look->title != '\0' ? look->title
                                                                     : tw_problem_get_title (tw_trace_get_problem (traces[0]))),
  };
  describe_setting (report, experiment, traces, n);
  fill_table (report, traces, n);
}

GBytes *
tw_report_render (const TwExperiment *experiment, TwTrace *const *traces, gsize n, TwReportKind kind,
                  const TwFigureOptions *look, const TwFigureWork *work, GError **error)
{
  g_return_val_if_fail (n > 0 && kind != TW_REPORT_NO_KIND, NULL);
  TwReport report;
  GBytes *bytes = NULL;

  report_init (&report, experiment, traces, n, look, work);
  if (add_figures (&report, traces[0], error))
    bytes = kind == TW_REPORT_HTML ? tw_report_render_html (&report, error) : tw_report_render_pdf (&report, error);
  report_free (&report);
  return bytes;
}

GPtrArray *
tw_report_draw (const TwExperiment *experiment, TwTrace *const *traces, gsize n, const TwFigureOptions *look,
                const TwFigureWork *work, GError **error)
{
  g_return_val_if_fail (n > 0, NULL);
  TwReport report;
  GPtrArray *pages = NULL;

  report_init (&report, experiment, traces, n, look, work);
  if (add_figures (&report, traces[0], error))
    pages = tw_report_draw_pages (&report);
  report_free (&report);
  return pages;
}
