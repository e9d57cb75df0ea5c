#include "core/experiment/summary.h"

#include <math.h>

#include "config.h"
#include "core/experiment/statistics.h"
#include "core/output.h"

#define N_RESAMPLES 1000
#define LEVEL 0.95

static TwInterval
median_of (const double *values, gsize n)
{
  TwInterval interval = { tw_median (values, n), 0, 0 };

  interval.low = interval.high = interval.value;
  if (n > 1)
    tw_bootstrap_interval (values, n, tw_median, LEVEL, N_RESAMPLES, 0, &interval.low, &interval.high);
  return interval;
}

void
tw_summarise (TwTrace *const *traces, gsize n_traces, gsize optimizer, double tolerance, TwRunSummary *summary)
{
  gsize n = 0;
  gboolean has_minimum = isfinite (tw_problem_get_minimum (tw_trace_get_problem (traces[0])));

  for (gsize t = 0; t < n_traces; t++)
    n += tw_trace_get_n_starts (traces[t]);
  g_autofree double *final = g_new (double, n), *best = g_new (double, n), *steps = g_new (double, n);
  *summary = (TwRunSummary){ .n_runs = n };
  for (gsize t = 0, i = 0; t < n_traces; t++)
    for (gsize s = 0; s < tw_trace_get_n_starts (traces[t]); s++, i++) {
      TwStopReason stop = tw_trace_get_stop_reason (traces[t], optimizer, s);
      gboolean any = tw_trace_get_n_rows (traces[t], optimizer, s) > 0;
      gint64 reached = any && has_minimum ? tw_trace_steps_to_tolerance (traces[t], optimizer, s, tolerance) : -1;
      final[i] = any && stop != TW_STOP_DIVERGED ? tw_trace_get_final_loss (traces[t], optimizer, s) : INFINITY;
      best[i] = any ? tw_trace_get_best_loss (traces[t], optimizer, s) : INFINITY;
      steps[i] = reached >= 0 ? (double)reached : INFINITY;
      summary->n_reached += reached >= 0;
      summary->n_diverged += stop == TW_STOP_DIVERGED;
      summary->n_converged += stop == TW_STOP_CONVERGED;
    }
  summary->final_loss = median_of (final, n);
  summary->best_loss = median_of (best, n);
  summary->steps = has_minimum ? median_of (steps, n) : (TwInterval){ NAN, NAN, NAN };
}

char *
tw_summary_describe_end (const TwRunSummary *summary, const TwTrace *trace, gsize optimizer)
{
  gsize rest = summary->n_runs - summary->n_diverged - summary->n_converged;
  GString *text = g_string_new (NULL);

  if (summary->n_runs == 1)
    return g_string_free (text, TRUE), tw_trace_describe_stop (trace, optimizer, 0);
  const gsize counts[] = { summary->n_converged, rest, summary->n_diverged };
  const char *words[] = { "converged", "ran all steps", "diverged" };
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i] > 0)
      g_string_append_printf (text, "%s%" G_GSIZE_FORMAT " %s", text->len > 0 ? ", " : "", counts[i], words[i]);
  return g_string_free (text, FALSE);
}

static void
append_start (GString *text, const TwTrace *trace)
{
  gsize n = tw_trace_get_n_starts (trace);

  if (n > 1)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT " starts", n);
  else if (tw_problem_get_dim (tw_trace_get_problem (trace)) == 2 && tw_trace_get_n_optimizers (trace) > 0 &&
           tw_trace_get_n_rows (trace, 0, 0) > 0) {
    const double *theta = tw_trace_get_theta (trace, 0, 0);
    g_autofree char *x = tw_format_number (theta[0]), *y = tw_format_number (theta[1]);
    g_string_append_printf (text, "start (%s, %s)", x, y);
  } else {
    g_string_append (text, "one start");
  }
}

char *
tw_trace_note (const TwTrace *trace, gsize optimizer)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (tw_trace_get_optimizer_spec (trace, optimizer), NULL);

  return tw_optimizer_note (spec, tw_problem_get_dim (tw_trace_get_problem (trace)));
}

char *
tw_trace_caption (const TwTrace *trace, const TwExperiment *looks)
{
  const TwProblem *problem = tw_trace_get_problem (trace);
  const char *formula = tw_problem_get_formula (problem);
  GString *text = g_string_new (tw_problem_get_title (problem));

  if (formula != NULL)
    g_string_append_printf (text, ", f(x, y) = %s", formula);
  else
    g_string_append_printf (text, ", %" G_GSIZE_FORMAT " coordinates", tw_problem_get_dim (problem));
  g_string_append (text, "; ");
  append_start (text, trace);
  g_string_append_printf (text, ", %" G_GUINT64_FORMAT " steps, seed %" G_GUINT64_FORMAT,
                          tw_trace_get_n_steps (trace), tw_trace_get_seed (trace));
  if (tw_problem_get_noise (problem) > 0) {
    g_autofree char *noise = tw_format_number (tw_problem_get_noise (problem));
    g_string_append_printf (text, ", gradient noise %s", noise);
  }
  g_string_append (text, ". Optimizers: ");
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    const char *spec = tw_trace_get_optimizer_spec (trace, o), *label = looks != NULL ? tw_experiment_get_label (looks, o) : NULL;
    g_autofree char *note = tw_trace_note (trace, o);
    g_string_append (text, o > 0 ? "; " : "");
    if (label != NULL)
      g_string_append_printf (text, "%s (%s)", label, spec);
    else
      g_string_append (text, spec);
    if (note != NULL)
      g_string_append_printf (text, " (%s)", note);
  }
  g_string_append (text, ". Thalweg " TW_VERSION ".");
  return g_string_free (text, FALSE);
}
