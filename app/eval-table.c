#include "app/eval-table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_NAME 30

static int
column_width (const TwEvaluation *evaluation, gsize c)
{
  return MAX (7, (int)g_utf8_strlen (evaluation->contestants[c].label, -1));
}

static int
name_width (const TwEvaluation *evaluation)
{
  int width = (int)strlen ("all (interquartile mean)");

  for (guint p = 0; p < evaluation->suite->problems->len; p++)
    width = MAX (width, (int)g_utf8_strlen (evaluation->problems[p].problem->name, -1));
  return MIN (width, MAX_NAME);
}

static void
print_name (const char *name, int width)
{
  glong length = g_utf8_strlen (name, -1);
  g_autofree char *cut = length > width ? g_utf8_substring (name, 0, width) : g_strdup (name);

  printf ("%s%*s", cut, (int)MAX (0, width - length), "");
}

/* The lowest of a line is marked with <, a contestant with diverged runs with !. */
static void
print_line (const TwEvaluation *evaluation, const char *name, const char *steps, const double *values,
            const double *diverged)
{
  gsize n = evaluation->n_contestants, best = 0;

  for (gsize c = 1; c < n; c++)
    if (values[c] < values[best])
      best = c;
  print_name (name, name_width (evaluation));
  printf ("  %6s", steps);
  for (gsize c = 0; c < n; c++) {
    if (isnan (values[c]))
      printf ("  %*s ", column_width (evaluation, c), "-");
    else
      printf ("  %*.2f%c", column_width (evaluation, c), values[c],
              c == best         ? '<'
              : diverged[c] > 0 ? '!'
                                : ' ');
  }
}

static void
print_problem (const TwEvaluation *evaluation, gsize p)
{
  const TwProblemResult *result = &evaluation->problems[p];
  gsize n = evaluation->n_contestants;
  g_autofree double *values = g_new (double, n), *diverged = g_new (double, n);
  g_autofree char *steps = g_strdup_printf ("%" G_GUINT64_FORMAT, result->problem->experiment->steps);

  for (gsize c = 0; c < n; c++) {
    values[c] = result->cells[c].mean_log_loss.value;
    diverged[c] = result->cells[c].share_diverged.value;
  }
  print_line (evaluation, result->problem->name, steps, values, diverged);
  for (gsize l = 0; l < evaluation->n_learned && result->cells[l].speed_up != NULL; l++)
    printf ("  %7.2f%s", result->cells[l].mean_speed_up.value, result->cells[l].n_capped > 0 ? "+" : " ");
  printf ("%s%s\n", result->minimum_known ? "" : "  (f* is the lowest loss seen)",
          result->minimum_beaten ? "  (below the stated minimum)" : "");
}

static void
print_means (const TwEvaluation *evaluation)
{
  gsize n = evaluation->n_contestants;
  g_autofree double *all = g_new (double, n), *of_2d = g_new (double, n), *others = g_new (double, n),
                    *none = g_new0 (double, n);

  for (gsize c = 0; c < n; c++) {
    all[c] = evaluation->summaries[c].mean_log_loss.value;
    of_2d[c] = evaluation->summaries[c].mean_log_loss_2d;
    others[c] = evaluation->summaries[c].mean_log_loss_others;
  }
  print_line (evaluation, "2-D (interquartile mean)", "", of_2d, none);
  puts ("");
  print_line (evaluation, "others", "", others, none);
  puts ("");
  print_line (evaluation, "all", "", all, none);
  for (gsize l = 0; l < evaluation->n_learned && evaluation->problems[0].cells[l].speed_up != NULL; l++)
    printf ("  %7.2f ", evaluation->summaries[l].speed_up.value);
  puts ("");
}

static void
print_wins (const TwEvaluation *evaluation, gsize l, gsize c, const char *over)
{
  const TwWins *wins = &evaluation->wins[l * (evaluation->n_contestants + 1) + c];

  if (wins->n[0] + wins->n[1] > 0)
    printf ("  over %-16s %3u of %u   (2-D %u of %u, others %u of %u)\n", over, wins->wins[0] + wins->wins[1],
            wins->n[0] + wins->n[1], wins->wins[0], wins->n[0], wins->wins[1], wins->n[1]);
}

static void
print_learned (const TwEvaluation *evaluation, gsize l)
{
  const TwSummary *summary = &evaluation->summaries[l];
  gsize n = evaluation->n_contestants;

  printf ("\n%s (%s)\n", evaluation->contestants[l].label, evaluation->contestants[l].name);
  printf ("  mean log loss %.3f [%.3f, %.3f]", summary->mean_log_loss.value, summary->mean_log_loss.low,
          summary->mean_log_loss.high);
  if (evaluation->problems[0].cells[l].speed_up != NULL)
    printf (", speed-up over tuned Adam %.2f [%.2f, %.2f]", summary->speed_up.value, summary->speed_up.low,
            summary->speed_up.high);
  printf ("\n  %.1f %% of runs diverged, %.1f %% ended above their first loss",
          100 * summary->share_diverged.value, 100 * summary->share_above.value);
  if (*evaluation->families != NULL)
    printf (", %u of them where a tuned baseline did not", evaluation->n_reckless[l]);
  g_autofree char *bound = tw_evaluation_describe_bound (evaluation, l);
  if (bound != NULL)
    printf ("\n  %s", bound);
  puts ("\n  lower mean log loss:");
  for (gsize c = 0; c < n; c++)
    print_wins (evaluation, l, c, evaluation->contestants[c].label);
  print_wins (evaluation, l, n, "best tuned");
}

void
tw_print_evaluation (const TwEvaluation *evaluation)
{
  const TwSuite *suite = evaluation->suite;

  printf ("Suite %s: %u problems, %u seeds", suite->name, suite->problems->len, evaluation->n_seeds);
  if (*evaluation->families != NULL)
    printf ("; * tuned on each problem with %u settings from %u other seeds", evaluation->budget,
            suite->n_tuning_seeds);
  printf ("\nMean log loss, lower is better: < lowest, ! some runs diverged\n\n");
  print_name ("problem", name_width (evaluation));
  printf ("  %6s", "steps");
  for (gsize c = 0; c < evaluation->n_contestants; c++)
    printf ("  %*s ", column_width (evaluation, c), evaluation->contestants[c].label);
  for (gsize l = 0; l < evaluation->n_learned && evaluation->problems[0].cells[l].speed_up != NULL; l++)
    printf ("  %7s ", "speed-up");
  puts ("");
  for (guint p = 0; p < suite->problems->len; p++)
    print_problem (evaluation, p);
  puts ("");
  print_means (evaluation);
  for (gsize l = 0; l < evaluation->n_learned; l++)
    print_learned (evaluation, l);
}
