#include "app/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/experiment/statistics.h"
#include "core/experiment/summary.h"

/* The tolerance that is told here; the JSON summary has more. */
#define TOLERANCE 1e-6

static char *
format_loss (double loss)
{
  return isfinite (loss) ? g_strdup_printf ("%.6g", loss) : g_strdup ("-");
}

static char *
format_steps (double steps)
{
  return isfinite (steps) ? g_strdup_printf ("%.10g", steps) : g_strdup ("-");
}

/* The median of a metric at the last step over the starts that got there. */
static void
print_metric (const TwTrace *trace, gsize o, gsize m)
{
  gsize n = tw_trace_get_n_starts (trace), found = 0;
  g_autofree double *values = g_new (double, n);

  for (gsize s = 0; s < n; s++)
    if (tw_trace_get_final_metrics (trace, o, s) != NULL)
      values[found++] = tw_trace_get_final_metrics (trace, o, s)[m];
  g_autofree char *text = format_loss (found > 0 ? tw_median (values, found) : NAN);
  printf ("  %13s", text);
}

static void
print_row (const TwTrace *trace, gsize o, int width, gboolean has_minimum)
{
  gsize n = tw_trace_get_n_starts (trace), n_reached = 0, n_metrics;
  g_autofree double *final = g_new (double, n), *best = g_new (double, n), *steps = g_new (double, n);

  tw_problem_get_metric_names (tw_trace_get_problem (trace), &n_metrics);
  for (gsize s = 0; s < n; s++) {
    gint64 reached = has_minimum ? tw_trace_steps_to_tolerance (trace, o, s, TOLERANCE) : -1;
    gboolean any = tw_trace_get_n_rows (trace, o, s) > 0;
    final[s] = any ? tw_trace_get_final_loss (trace, o, s) : INFINITY;
    best[s] = any ? tw_trace_get_best_loss (trace, o, s) : INFINITY;
    steps[s] = reached >= 0 ? (double)reached : INFINITY;
    n_reached += reached >= 0;
  }
  g_autofree char *final_text = format_loss (tw_median (final, n)),
                  *best_text = format_loss (tw_median (best, n));
  g_autofree char *steps_text = format_steps (tw_median (steps, n)), *stops = tw_trace_describe_stops (trace, o);
  const char *spec = tw_trace_get_optimizer_spec (trace, o);
  int pad = width - (int)g_utf8_strlen (spec, -1);

  printf ("%s%*s  %12s  %12s", spec, pad, "", final_text, best_text);
  if (has_minimum)
    printf ("  %14s", steps_text);
  for (gsize m = 0; m < n_metrics; m++)
    print_metric (trace, o, m);
  if (has_minimum && n > 1)
    printf ("  %6" G_GSIZE_FORMAT, n_reached);
  printf ("  %s\n", stops);
}

/* What the settings of optimizers come to where they do not say it, a line each below the table. */
static void
print_notes (const TwTrace *trace)
{
  gboolean any = FALSE;

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    g_autofree char *note = tw_trace_note (trace, o);
    if (note != NULL)
      printf ("%s%s: %s\n", any ? "" : "\n", tw_trace_get_optimizer_spec (trace, o), note);
    any = any || note != NULL;
  }
}

void
tw_print_table (const TwTrace *trace)
{
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize n = tw_trace_get_n_starts (trace);
  gboolean has_minimum = isfinite (tw_problem_get_minimum (problem));
  gsize n_metrics;
  const char *const *metrics = tw_problem_get_metric_names (problem, &n_metrics);
  int width = (int)strlen ("optimizer");

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    width = MAX (width, (int)g_utf8_strlen (tw_trace_get_optimizer_spec (trace, o), -1));
  printf ("%s, %" G_GUINT64_FORMAT " steps", tw_problem_get_title (problem), tw_trace_get_n_steps (trace));
  if (n > 1)
    printf (", medians of %" G_GSIZE_FORMAT " starts", n);
  printf (", seed %" G_GUINT64_FORMAT "\n\n", tw_trace_get_seed (trace));
  printf ("%-*s  %12s  %12s", width, "optimizer", "final loss", "best loss");
  if (has_minimum)
    printf ("  %14s", "steps to 1e-06");
  for (gsize m = 0; m < n_metrics; m++)
    printf ("  %13s", metrics[m]);
  if (has_minimum && n > 1)
    printf ("  %6s", "got it");
  printf ("  %s\n", "ended");
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    print_row (trace, o, width, has_minimum);
  print_notes (trace);
}
