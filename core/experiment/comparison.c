#include "core/experiment/comparison.h"

#include <math.h>
#include <string.h>

#include "core/experiment/statistics.h"
#include "core/output.h"

static double
median_or_nan (const double *values, gsize n)
{
  return n > 0 ? tw_median (values, n) : NAN;
}

/* NAN is not for sorting: a run that left counts as infinitely bad. */
static double
or_infinite (double loss)
{
  return isnan (loss) ? INFINITY : loss;
}

TwComparisonRow *
tw_comparison_new (const TwTrace *trace, double tolerance)
{
  gsize n_optimizers = tw_trace_get_n_optimizers (trace), n = tw_trace_get_n_starts (trace);
  TwComparisonRow *rows = g_new0 (TwComparisonRow, n_optimizers);
  g_autofree double *final = g_new (double, n), *best = g_new (double, n), *steps = g_new (double, n);
  gboolean known = isfinite (tw_problem_get_minimum (tw_trace_get_problem (trace)));

  for (gsize o = 0; o < n_optimizers; o++) {
    TwComparisonRow *row = &rows[o];
    gsize n_begun = 0;
    row->n_runs = n;
    for (gsize s = 0; s < n; s++) {
      gint64 at = known ? tw_trace_steps_to_tolerance (trace, o, s, tolerance) : -1;
      if (tw_trace_get_n_rows (trace, o, s) > 0) {
        final[n_begun] = or_infinite (tw_trace_get_final_loss (trace, o, s));
        best[n_begun++] = or_infinite (tw_trace_get_best_loss (trace, o, s));
      }
      if (at >= 0)
        steps[row->n_reached++] = (double)at;
      row->n_ended += tw_trace_get_stop_reason (trace, o, s) != TW_STOP_RUNNING;
      row->evaluations += tw_trace_get_evaluations (trace, o, s);
    }
    row->final_loss = median_or_nan (final, n_begun);
    row->best_loss = median_or_nan (best, n_begun);
    row->steps = median_or_nan (steps, row->n_reached);
    row->why = tw_trace_describe_stops (trace, o);
  }
  return rows;
}

void
tw_comparison_free (TwComparisonRow *rows, gsize n)
{
  for (gsize o = 0; rows != NULL && o < n; o++)
    g_free (rows[o].why);
  g_free (rows);
}

static void
append_number (GString *text, double value)
{
  g_autofree char *number = isfinite (value) ? tw_format_number (value) : NULL;

  g_string_append_c (text, '\t');
  if (number != NULL)
    g_string_append (text, number);
}

char *
tw_comparison_to_tsv (const TwTrace *trace, const TwComparisonRow *rows, const char *const *names)
{
  GString *text = g_string_new ("optimizer\tfinal loss\tbest loss\tsteps to tolerance\tsuccess rate\tevaluations\tended\n");

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    const TwComparisonRow *row = &rows[o];
    const char *name = names != NULL && names[o] != NULL ? names[o] : tw_trace_get_optimizer_spec (trace, o);
    g_autofree char *plain = g_strdelimit (g_strdup (name), "\t\r\n", ' ');
    g_string_append (text, plain);
    append_number (text, row->final_loss);
    append_number (text, row->best_loss);
    append_number (text, row->steps);
    append_number (text, (double)row->n_reached / (double)row->n_runs);
    g_string_append_printf (text, "\t%" G_GUINT64_FORMAT "\t%s\n", row->evaluations, row->why);
  }
  return g_string_free (text, FALSE);
}
