#include "core/evaluation/evaluation-private.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/batch.h"
#include "core/evaluation/search.h"
#include "core/optimizers/optimizer.h"

static const char *const usual_families[] = { "sgd", "momentum", "nesterov", "rmsprop", "adam", NULL };
static const char *const fixed[][2] = { { "adam 1e-3", "adam,lr=0.001" }, { "adam 1e-2", "adam,lr=0.01" } };

/* Beyond rounding. */
#define BEATEN 1e-9

/* Letters: C contestants, N report seeds, M tuning seeds, F families, I trials of each. */
typedef struct {
  TwEvaluation *evaluation;
  const TwBaselines *baselines; /* NULL: to be tuned */
  guint n_threads;
  GCancellable *cancellable;
  TwEvaluationProgress progress;
  gpointer data;
  gsize problem;   /* the one at work */
  double from, to; /* shares of the whole that this stage goes from and to */
} Work;

static void
tick (double share, gpointer data)
{
  Work *work = data;
  const TwEvaluation *evaluation = work->evaluation;
  const TwSuiteProblem *problem = evaluation->suite->problems->pdata[work->problem];

  if (work->progress != NULL)
    work->progress (work->from + share * (work->to - work->from), problem->name, work->data);
}

static void
add_contestant (TwEvaluation *evaluation, TwContestantKind kind, char *label, char *name)
{
  gsize c = evaluation->n_contestants++;

  evaluation->contestants = g_renew (TwContestant, evaluation->contestants, c + 1);
  evaluation->contestants[c] = (TwContestant){ kind, label, name };
}

/* Every set of weights with every initial learning rate. */
static gboolean
add_learned (TwEvaluation *evaluation, const TwEvaluationOptions *options, GError **error)
{
  const char *const no_weights[] = { "default", NULL }, *const no_lr[] = { "", NULL };
  const char *const *weights =
    options->weights != NULL && options->weights[0] != NULL ? options->weights : no_weights;
  const char *const *lrs =
    options->learned_lr != NULL && options->learned_lr[0] != NULL ? options->learned_lr : no_lr;
  gboolean many = weights[1] != NULL || lrs[1] != NULL;

  for (gsize w = 0; weights[w] != NULL; w++)
    for (gsize l = 0; lrs[l] != NULL; l++) {
      g_autofree char *escaped = tw_spec_escape (weights[w]);
      char *spec =
        g_strdup_printf ("learned,weights=%s%s%s", escaped, *lrs[l] != '\0' ? ",lr=" : "", lrs[l]);
      char *label =
        many ? g_strdup_printf ("learned %" G_GSIZE_FORMAT, evaluation->n_learned + 1) : g_strdup ("learned");
      add_contestant (evaluation, TW_CONTESTANT_LEARNED, label, spec);
      evaluation->n_learned++;
      g_autoptr (TwSpec) parsed = tw_spec_parse (spec, error);
      if (parsed == NULL || !tw_optimizer_check (parsed, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_tuned (TwEvaluation *evaluation, const char *const *families, GError **error)
{
  evaluation->families = g_strdupv ((char **)families);
  for (gsize f = 0; families[f] != NULL; f++) {
    if (g_strv_contains ((const char *const *)families + f + 1, families[f])) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "the family %s is named twice", families[f]);
      return FALSE;
    }
    if (!tw_search_check_family (families[f], error))
      return FALSE;
    add_contestant (evaluation, TW_CONTESTANT_TUNED, g_strconcat (families[f], "*", NULL),
                    g_strdup (families[f]));
  }
  return TRUE;
}

static gboolean
prepare (TwEvaluation *evaluation, const TwEvaluationOptions *options, const TwBaselines *baselines,
         GError **error)
{
  const char *const none[] = { NULL };
  const char *const *families = options->families != NULL ? options->families : usual_families;

  evaluation->n_seeds = options->n_seeds > 0 ? options->n_seeds : evaluation->suite->n_seeds;
  evaluation->seed = options->seed;
  evaluation->budget = options->budget;
  if (baselines != NULL) {
    if (options->budget != 0 && options->budget != tw_baselines_get_budget (baselines)) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                   "%s: its baselines were tuned with a budget of %u, not %u", options->baselines,
                   tw_baselines_get_budget (baselines), options->budget);
      return FALSE;
    }
    evaluation->budget = tw_baselines_get_budget (baselines);
    families = tw_baselines_get_families (baselines);
  }
  if (!add_learned (evaluation, options, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (fixed); i++)
    add_contestant (evaluation, TW_CONTESTANT_FIXED, g_strdup (fixed[i][0]), g_strdup (fixed[i][1]));
  evaluation->n_fixed = G_N_ELEMENTS (fixed);
  if (!add_tuned (evaluation, evaluation->budget > 0 ? families : none, error))
    return FALSE;
  if (baselines != NULL && !tw_baselines_check (baselines, evaluation, error))
    return FALSE;

  evaluation->problems = g_new0 (TwProblemResult, evaluation->suite->problems->len);
  for (guint p = 0; p < evaluation->suite->problems->len; p++) {
    evaluation->problems[p].problem = evaluation->suite->problems->pdata[p];
    evaluation->problems[p].cells = g_new0 (TwCell, evaluation->n_contestants);
    for (gsize c = 0; c < evaluation->n_contestants; c++)
      evaluation->problems[p].cells[c].tuning_score = NAN;
  }
  return TRUE;
}

/* Whether two evaluations of the start differ: then the loss is of minibatches. */
static gboolean
look_at (TwProblemResult *result, guint64 seed, GError **error)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (result->problem->experiment);

  experiment->seed = seed;
  g_autoptr (TwProblem) problem = tw_suite_problem_create (result->problem, seed, error);
  if (problem == NULL)
    return FALSE;
  result->dim = tw_problem_get_dim (problem);
  g_autofree double *theta = g_new (double, result->dim);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  TwDraw draw = { tw_random_stream (seed, TW_STREAM_GRADIENT_NOISE, 0), 0 };
  double first, second;
  tw_experiment_get_start (experiment, problem, 0, theta);
  tw_problem_eval (problem, work, 1, theta, &draw, &first, NULL);
  draw.step = 1;
  tw_problem_eval (problem, work, 1, theta, &draw, &second, NULL);
  result->stochastic = first != second && !(isnan (first) && isnan (second));
  return TRUE;
}

static double
lowest_of (const TwLosses *losses, gsize n)
{
  double lowest = INFINITY;

  for (gsize i = 0; i < n; i++)
    lowest = MIN (lowest, tw_score_lowest (&losses[i], G_MAXUINT64 - 1));
  return lowest;
}

/* trials [m * F I + f I + i]: the trial with the lowest mean over the tuning seeds; one that diverged from
 * any of them only where all did. */
static guint
choose_trial (const Work *work, const TwLosses *trials, gsize f, guint64 n_steps, double unknown_minimum,
              double *score)
{
  const TwEvaluation *evaluation = work->evaluation;
  gsize n_seeds = evaluation->suite->n_tuning_seeds, n_trials = evaluation->budget;
  gsize per_seed = g_strv_length (evaluation->families) * n_trials;
  double best = INFINITY;
  gboolean best_diverged = TRUE;
  guint chosen = 0;

  for (guint i = 0; i < n_trials; i++) {
    double sum = 0;
    gboolean diverged = FALSE;
    for (gsize m = 0; m < n_seeds; m++) {
      const TwLosses *losses = &trials[m * per_seed + f * n_trials + i];
      sum +=
        tw_score_mean_log_loss (losses, n_steps, isnan (losses->minimum) ? unknown_minimum : losses->minimum);
      diverged = diverged || losses->diverged;
    }
    if ((best_diverged && !diverged) || (best_diverged == diverged && sum < best)) {
      best = sum;
      best_diverged = diverged;
      chosen = i;
    }
  }
  *score = best / (double)n_seeds;
  return chosen;
}

static TwLosses *
free_losses (TwLosses *losses, gsize n)
{
  for (gsize i = 0; i < n; i++)
    tw_losses_clear (&losses[i]);
  g_free (losses);
  return NULL;
}

/* Tuning, and on the way the contestants that need none: report [s * C + c]. */
static gboolean
run_first_stage (Work *work, TwProblemResult *result, TwLosses *trials, TwLosses *report, GError **error)
{
  const TwEvaluation *evaluation = work->evaluation;
  const TwExperiment *experiment = result->problem->experiment;
  gsize n_untuned = evaluation->n_learned + evaluation->n_fixed;
  g_autoptr (TwBatch) batch = tw_batch_new ();
  g_autoptr (GPtrArray) specs = g_ptr_array_new_with_free_func (g_free);

  for (guint s = 0; s < evaluation->n_seeds; s++) {
    TwLosses *losses = report + s * evaluation->n_contestants;
    for (gsize c = 0; c < n_untuned; c++)
      tw_batch_add (batch, experiment, evaluation->seed + s, experiment->steps,
                    (const char *const *)&evaluation->contestants[c].name, 1, losses + c);
  }
  if (trials != NULL) {
    for (gsize f = 0; evaluation->families[f] != NULL; f++)
      for (guint i = 0; i < evaluation->budget; i++)
        g_ptr_array_add (
          specs, tw_search_trial (evaluation->families[f], result->problem->name, evaluation->seed, i));
    for (guint m = 0; m < evaluation->suite->n_tuning_seeds; m++)
      tw_batch_add (batch, experiment, evaluation->seed + TW_EVALUATION_TUNING + m, experiment->steps,
                    (const char *const *)specs->pdata, specs->len, trials + m * specs->len);
  }
  return tw_batch_run (batch, work->n_threads, work->cancellable, tick, work, error);
}

static gboolean
run_tuned (Work *work, TwProblemResult *result, TwLosses *report, GError **error)
{
  const TwEvaluation *evaluation = work->evaluation;
  const TwExperiment *experiment = result->problem->experiment;
  gsize n_untuned = evaluation->n_learned + evaluation->n_fixed;
  g_autoptr (TwBatch) batch = tw_batch_new ();

  for (guint s = 0; s < evaluation->n_seeds; s++)
    for (gsize c = n_untuned; c < evaluation->n_contestants; c++) {
      gboolean adam = g_str_equal (evaluation->contestants[c].name, "adam");
      tw_batch_add (
        batch, experiment, evaluation->seed + s, experiment->steps * (adam ? TW_EVALUATION_STRETCH : 1),
        (const char *const *)&result->cells[c].spec, 1, report + s * evaluation->n_contestants + c);
    }
  return tw_batch_run (batch, work->n_threads, work->cancellable, tick, work, error);
}

static void
choose_tuned (Work *work, TwProblemResult *result, const TwLosses *trials, double unknown_minimum)
{
  const TwEvaluation *evaluation = work->evaluation;
  gsize n_untuned = evaluation->n_learned + evaluation->n_fixed;
  const char *name = result->problem->name;

  for (gsize f = 0; evaluation->families[f] != NULL; f++) {
    TwCell *cell = &result->cells[n_untuned + f];
    const char *family = evaluation->families[f];
    if (work->baselines != NULL) {
      cell->spec = g_strdup (tw_baselines_get_spec (work->baselines, name, family, &cell->tuning_score));
    } else {
      guint i = choose_trial (work, trials, f, result->problem->experiment->steps, unknown_minimum,
                              &cell->tuning_score);
      cell->spec = tw_search_trial (family, name, evaluation->seed, i);
    }
  }
}

static gboolean
evaluate_problem (Work *work, gsize p, GError **error)
{
  TwEvaluation *evaluation = work->evaluation;
  TwProblemResult *result = &evaluation->problems[p];
  gsize n_contestants = evaluation->n_contestants, n_untuned = evaluation->n_learned + evaluation->n_fixed;
  gsize n_report = n_contestants * evaluation->n_seeds, n_trials = 0;
  gboolean tunes = evaluation->budget > 0 && work->baselines == NULL;
  double share = 1.0 / evaluation->suite->problems->len, lowest = INFINITY;
  TwLosses *report = NULL, *trials = NULL;

  if (!look_at (result, evaluation->seed, error))
    return FALSE;
  for (gsize c = 0; c < n_untuned; c++) {
    g_autoptr (TwSpec) spec = tw_spec_parse (evaluation->contestants[c].name, NULL);
    result->cells[c].spec = g_strdup (evaluation->contestants[c].name);
    result->cells[c].note = tw_optimizer_note (spec, result->dim);
  }
  if (tunes)
    n_trials = g_strv_length (evaluation->families) * evaluation->budget * evaluation->suite->n_tuning_seeds;
  report = g_new0 (TwLosses, n_report);
  if (tunes)
    trials = g_new0 (TwLosses, n_trials);

  work->problem = p;
  work->from = (double)p * share;
  work->to = work->from + share * (evaluation->budget > 0 ? 0.8 : 1);
  gboolean ok = run_first_stage (work, result, trials, report, error);
  if (ok && evaluation->budget > 0) {
    lowest = MIN (lowest_of (report, n_report), lowest_of (trials, n_trials));
    choose_tuned (work, result, trials, lowest);
    work->from = work->to;
    work->to = (double)(p + 1) * share;
    ok = run_tuned (work, result, report, error);
  }
  if (ok) {
    g_autofree double *minima = g_new (double, evaluation->n_seeds);
    lowest = MIN (lowest, lowest_of (report, n_report));
    if (work->baselines != NULL)
      lowest = fmin (lowest, tw_baselines_get_minimum (work->baselines, result->problem->name)); /* NaN: unknown */
    result->minimum_known = TRUE;
    for (guint s = 0; s < evaluation->n_seeds; s++) {
      minima[s] = report[s * n_contestants].minimum;
      result->minimum_known = result->minimum_known && !isnan (minima[s]);
      result->minimum_beaten =
        result->minimum_beaten ||
        lowest_of (report + s * n_contestants, n_contestants) < minima[s] - BEATEN * (1 + fabs (minima[s]));
      minima[s] = isnan (minima[s]) ? lowest : minima[s];
    }
    result->minimum = minima[0];
    tw_evaluation_score_problem (evaluation, p, report, minima);
  }
  free_losses (report, n_report);
  free_losses (trials, n_trials);
  return ok;
}

TwEvaluation *
tw_evaluate (TwSuite *suite, const TwEvaluationOptions *options, GCancellable *cancellable,
             TwEvaluationProgress progress, gpointer data, GError **error)
{
  g_autoptr (TwEvaluation) evaluation = g_new0 (TwEvaluation, 1);
  g_autoptr (TwBaselines) baselines = NULL;
  gint64 start = g_get_monotonic_time ();

  evaluation->suite = suite;
  if (options->baselines != NULL) {
    baselines = tw_baselines_load (options->baselines, error);
    if (baselines == NULL)
      return NULL;
  }
  if (!prepare (evaluation, options, baselines, error))
    return NULL;
  Work work = { evaluation, baselines, options->n_threads, cancellable, progress, data, 0, 0, 0 };
  for (guint p = 0; p < suite->problems->len; p++)
    if (!evaluate_problem (&work, p, error))
      return NULL;
  tw_evaluation_summarise (evaluation);
  evaluation->seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  return g_steal_pointer (&evaluation);
}

static void
clear_cell (TwCell *cell)
{
  g_free (cell->spec);
  g_free (cell->note);
  g_free (cell->score);
  g_free (cell->final_loss);
  g_free (cell->speed_up);
  g_free (cell->diverged);
  g_free (cell->above);
  g_free (cell->curve);
}

void
tw_evaluation_free (TwEvaluation *evaluation)
{
  if (evaluation == NULL)
    return;
  for (guint p = 0; evaluation->problems != NULL && p < evaluation->suite->problems->len; p++) {
    for (gsize c = 0; c < evaluation->n_contestants; c++)
      clear_cell (&evaluation->problems[p].cells[c]);
    g_free (evaluation->problems[p].cells);
  }
  for (gsize c = 0; c < evaluation->n_contestants; c++) {
    g_free (evaluation->contestants[c].label);
    g_free (evaluation->contestants[c].name);
  }
  g_free (evaluation->problems);
  g_free (evaluation->contestants);
  g_free (evaluation->summaries);
  g_free (evaluation->wins);
  g_free (evaluation->n_reckless);
  g_strfreev (evaluation->families);
  tw_suite_free (evaluation->suite);
  g_free (evaluation);
}

char *
tw_evaluation_describe_bound (const TwEvaluation *evaluation, gsize l)
{
  guint n_problems = evaluation->suite->problems->len, n = 0;

  for (guint p = 0; p < n_problems; p++)
    n += evaluation->problems[p].cells[l].note != NULL;
  return n > 0 ? g_strdup_printf ("on %u of %u problems its weights bound the first step: the learning rate begins lower than "
                                  "given", n, n_problems)
               : NULL;
}

const TwCell *
tw_evaluation_get_cell (const TwEvaluation *evaluation, gsize problem, gsize contestant)
{
  return &evaluation->problems[problem].cells[contestant];
}

gsize
tw_evaluation_find_tuned (const TwEvaluation *evaluation, const char *family)
{
  gsize c = evaluation->n_learned + evaluation->n_fixed;

  while (c < evaluation->n_contestants && !g_str_equal (evaluation->contestants[c].name, family))
    c++;
  return c;
}

gsize
tw_evaluation_best_tuned (const TwEvaluation *evaluation, gsize problem)
{
  gsize best = evaluation->n_contestants;

  for (gsize c = evaluation->n_learned + evaluation->n_fixed; c < evaluation->n_contestants; c++)
    if (best == evaluation->n_contestants ||
        tw_evaluation_get_cell (evaluation, problem, c)->mean_log_loss.value <
          tw_evaluation_get_cell (evaluation, problem, best)->mean_log_loss.value)
      best = c;
  return best;
}
