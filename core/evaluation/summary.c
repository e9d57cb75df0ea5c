/* summary.c: what is told of contestants, problem by problem and over all. */
#include <math.h>

#include "core/evaluation/evaluation-private.h"
#include "core/experiment/statistics.h"

static double
fraction_left (const TwLosses *losses, gsize k, double minimum)
{
  if (k >= losses->n_rows)
    return TW_SCORE_CEILING;
  double r = (losses->loss[k] - minimum) / (losses->loss[0] - minimum + TW_SCORE_FLOOR) + TW_SCORE_FLOOR;
  return CLAMP (r, TW_SCORE_FLOOR, TW_SCORE_CEILING);
}

/* Medians over seeds at evenly spaced steps 0 .. K. */
static double *
draw_curve (const TwLosses *losses, gsize stride, gsize n_seeds, guint64 n_steps, const double *minima)
{
  double *curve = g_new (double, TW_EVALUATION_CURVE);
  g_autofree double *at = g_new (double, n_seeds);

  for (gsize i = 0; i < TW_EVALUATION_CURVE; i++) {
    gsize k = (gsize)((double)n_steps * (double)i / (TW_EVALUATION_CURVE - 1));
    for (gsize s = 0; s < n_seeds; s++)
      at[s] = fraction_left (&losses[s * stride], k, minima[s]);
    curve[i] = tw_median (at, n_seeds);
  }
  return curve;
}

static TwEstimate
estimate_share (const gboolean *flags, gsize n)
{
  g_autofree double *values = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    values[i] = flags[i] ? 1 : 0;
  return tw_estimate_mean (values, n);
}

/* losses [s * stride] of seed s; adam the same, or NULL. */
static void
score_cell (TwCell *cell, const TwProblemResult *result, const TwLosses *losses, const TwLosses *adam,
            gsize stride, gsize n, const double *minima)
{
  guint64 n_steps = result->problem->experiment->steps;

  cell->score = g_new (double, n);
  cell->final_loss = g_new (double, n);
  cell->diverged = g_new0 (gboolean, n);
  cell->above = g_new0 (gboolean, n);
  cell->speed_up = adam != NULL ? g_new (double, n) : NULL;
  for (gsize s = 0; s < n; s++) {
    const TwLosses *run = &losses[s * stride];
    gboolean capped = FALSE;
    cell->score[s] = tw_score_mean_log_loss (run, n_steps, minima[s]);
    cell->final_loss[s] = tw_score_final_loss (run, n_steps, result->stochastic);
    cell->diverged[s] = run->n_rows <= n_steps;
    cell->above[s] = cell->diverged[s] || cell->final_loss[s] > run->loss[0];
    if (adam != NULL)
      cell->speed_up[s] = tw_score_speed_up (run, &adam[s * stride], n_steps, n_steps * TW_EVALUATION_STRETCH,
                                             minima[s], result->stochastic, &capped);
    cell->n_capped += capped;
  }
  cell->mean_log_loss = tw_estimate_mean (cell->score, n);
  cell->median_final_loss = tw_estimate_median (cell->final_loss, n);
  cell->share_diverged = estimate_share (cell->diverged, n);
  cell->share_above = estimate_share (cell->above, n);
  if (adam != NULL)
    cell->mean_speed_up = tw_estimate_geometric_mean (cell->speed_up, n);
  cell->curve = draw_curve (losses, stride, n, n_steps, minima);
}

void
tw_evaluation_score_problem (TwEvaluation *evaluation, gsize p, const TwLosses *losses, const double *minima)
{
  TwProblemResult *result = &evaluation->problems[p];
  gsize stride = evaluation->n_contestants, adam = tw_evaluation_find_tuned (evaluation, "adam");
  g_autofree double *first = g_new (double, evaluation->n_seeds);

  for (guint s = 0; s < evaluation->n_seeds; s++)
    first[s] = losses[s * stride].n_rows > 0 ? losses[s * stride].loss[0] : INFINITY;
  result->first_loss = tw_median (first, evaluation->n_seeds);
  for (gsize c = 0; c < stride; c++) {
    gboolean compare = evaluation->contestants[c].kind == TW_CONTESTANT_LEARNED && adam < stride;
    score_cell (&result->cells[c], result, losses + c, compare ? losses + adam : NULL, stride,
                evaluation->n_seeds, minima);
  }
}

static gboolean
is_2d (const TwEvaluation *evaluation, gsize p)
{
  return g_str_equal (evaluation->problems[p].problem->group, "2d");
}

/* The interquartile mean over the problems of a group. */
static double
group_mean (const TwEvaluation *evaluation, gsize c, gboolean of_2d)
{
  gsize n = 0;
  g_autofree double *values = g_new (double, evaluation->suite->problems->len);

  for (guint p = 0; p < evaluation->suite->problems->len; p++)
    if (is_2d (evaluation, p) == of_2d)
      values[n++] = evaluation->problems[p].cells[c].mean_log_loss.value;
  return n > 0 ? tw_interquartile_mean (values, n) : NAN;
}

static void
summarise (TwEvaluation *evaluation, gsize c)
{
  gsize n_problems = evaluation->suite->problems->len, n = evaluation->n_seeds;
  TwSummary *summary = &evaluation->summaries[c];
  gboolean has_speed = evaluation->problems[0].cells[c].speed_up != NULL;
  g_autofree double *score = g_new (double, n_problems *n), *speed = g_new (double, n_problems *n),
                    *diverged = g_new (double, n_problems *n), *above = g_new (double, n_problems *n);

  for (gsize p = 0; p < n_problems; p++) {
    const TwCell *cell = &evaluation->problems[p].cells[c];
    for (gsize s = 0; s < n; s++) {
      score[p * n + s] = cell->score[s];
      speed[p * n + s] = has_speed ? cell->speed_up[s] : NAN;
      diverged[p * n + s] = cell->diverged[s] ? 1 : 0;
      above[p * n + s] = cell->above[s] ? 1 : 0;
    }
  }
  summary->mean_log_loss = tw_estimate_over_problems (score, n_problems, n, FALSE);
  if (has_speed)
    summary->speed_up = tw_estimate_over_problems (speed, n_problems, n, TRUE);
  /* Shares of all runs: an interquartile mean would hide the few that matter. */
  summary->share_diverged = tw_estimate_mean (diverged, n_problems * n);
  summary->share_above = tw_estimate_mean (above, n_problems * n);
  summary->mean_log_loss_2d = group_mean (evaluation, c, TRUE);
  summary->mean_log_loss_others = group_mean (evaluation, c, FALSE);
}

static void
count_wins (TwEvaluation *evaluation, gsize learned, gsize p)
{
  gsize stride = evaluation->n_contestants + 1, best = tw_evaluation_best_tuned (evaluation, p);
  double mine = evaluation->problems[p].cells[learned].mean_log_loss.value;
  int group = is_2d (evaluation, p) ? 0 : 1;

  for (gsize c = 0; c < stride; c++) {
    gsize other = c < evaluation->n_contestants ? c : best;
    if (other == learned || other >= evaluation->n_contestants)
      continue;
    TwWins *wins = &evaluation->wins[learned * stride + c];
    wins->n[group]++;
    wins->wins[group] += mine < evaluation->problems[p].cells[other].mean_log_loss.value;
  }
  for (gsize s = 0; s < evaluation->n_seeds; s++) {
    gboolean safe = FALSE;
    for (gsize c = evaluation->n_learned + evaluation->n_fixed; c < evaluation->n_contestants; c++)
      safe = safe || !evaluation->problems[p].cells[c].above[s];
    evaluation->n_reckless[learned] += safe && evaluation->problems[p].cells[learned].above[s];
  }
}

void
tw_evaluation_summarise (TwEvaluation *evaluation)
{
  evaluation->summaries = g_new0 (TwSummary, evaluation->n_contestants);
  evaluation->wins = g_new0 (TwWins, evaluation->n_learned * (evaluation->n_contestants + 1));
  evaluation->n_reckless = g_new0 (guint, evaluation->n_learned);
  for (gsize c = 0; c < evaluation->n_contestants; c++)
    summarise (evaluation, c);
  for (gsize l = 0; l < evaluation->n_learned; l++)
    for (gsize p = 0; p < evaluation->suite->problems->len; p++)
      count_wins (evaluation, l, p);
}
