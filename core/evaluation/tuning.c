#include "core/evaluation/tuning.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/batch.h"
#include "core/evaluation/search.h"
#include "core/experiment/statistics.h"
#include "core/optimizers/optimizer.h"

#define MOST_BYTES ((double)(1u << 30)) /* of losses */

/* What one round of trials needs. */
typedef struct {
  const TwExperiment *experiment;
  GPtrArray *starts; /* of TwExperiment *: the same from one start each, no optimizers */
  gboolean stochastic;
  guint n_threads;
  GCancellable *cancellable;
  void (*progress) (double share, gpointer data);
  gpointer data;
  gsize dim;          /* coordinates of the problem */
  double done, share; /* of the whole, before and in this round */
} Search;

static const TwParam *
find_lr (const char *spec_text, TwSpec **spec)
{
  *spec = tw_spec_parse (spec_text, NULL);
  const TwOptimizerType *type = *spec != NULL ? tw_optimizer_type_by_name (tw_spec_get_name (*spec)) : NULL;
  const TwParam *param = type != NULL ? tw_optimizer_type_get_params (type) : NULL;

  while (param != NULL && param->key != NULL && !g_str_equal (param->key, "lr"))
    param++;
  return param != NULL && param->key != NULL ? param : NULL;
}

gboolean
tw_tuning_can_tune (const char *text)
{
  g_autoptr (TwSpec) spec = NULL;

  return find_lr (text, &spec) != NULL;
}

static char *
with_lr (const char *text, double lr)
{
  g_autoptr (TwSpec) spec = NULL;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  find_lr (text, &spec);
  tw_spec_set (spec, "lr", g_ascii_formatd (number, sizeof number, "%.3g", lr));
  return g_strdup (tw_spec_get_text (spec));
}

/* Few digits, so that what is tried is what a person reads and types. */
static double
rounded (double lr)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  return g_ascii_strtod (g_ascii_formatd (number, sizeof number, "%.3g", lr), NULL);
}

/* n rates, evenly in the logarithm, from `low` to `high`, or strictly between them. */
static double *
spread (double low, double high, guint n, gboolean between)
{
  double *lr = g_new (double, n);

  for (guint i = 0; i < n; i++) {
    double t = between ? (i + 1.0) / (n + 1.0) : n > 1 ? i / (n - 1.0) : 0.5;
    lr[i] = rounded (low * pow (high / low, t));
  }
  return lr;
}

static void
on_tick (double share, gpointer data)
{
  Search *search = data;

  if (search->progress != NULL)
    search->progress (search->done + search->share * share, search->data);
}

/* Runs n trials of each optimizer in `tried` at the rates lr[o] (n), and adds them to its curve. */
static gboolean
run_round (Search *search, TwTuning *tuning, double **lr, guint n, GError **error)
{
  g_autoptr (TwBatch) batch = tw_batch_new ();
  gsize n_starts = search->starts->len, n_optimizers = tuning->n_optimizers;
  g_autofree TwLosses *losses = g_new0 (TwLosses, n_optimizers * n_starts * n);
  g_autofree double *final = g_new (double, n_starts);

  for (gsize o = 0; o < n_optimizers; o++) {
    if (lr[o] == NULL)
      continue;
    g_autoptr (GPtrArray) specs = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (specs, with_lr (search->experiment->optimizers->pdata[o], lr[o][i]));
    for (gsize s = 0; s < n_starts; s++)
      tw_batch_add (batch, search->starts->pdata[s], search->experiment->seed, search->experiment->steps,
                    (const char *const *)specs->pdata, n, losses + (o * n_starts + s) * n);
  }
  gboolean ok = tw_batch_run (batch, search->n_threads, search->cancellable, on_tick, search, error);
  for (gsize o = 0; ok && o < n_optimizers; o++) {
    TwSensitivity *curve = &tuning->optimizers[o];
    if (lr[o] == NULL)
      continue;
    curve->lr = g_renew (double, curve->lr, curve->n + n);
    curve->loss = g_renew (double, curve->loss, curve->n + n);
    for (guint i = 0; i < n; i++) {
      double worst = -INFINITY;
      for (gsize s = 0; s < n_starts; s++) {
        final[s] = tw_score_final_loss (&losses[(o * n_starts + s) * n + i], search->experiment->steps,
                                        search->stochastic);
        final[s] = isnan (final[s]) ? INFINITY : final[s];
        worst = MAX (worst, final[s]);
      }
      curve->lr[curve->n + i] = lr[o][i];
      curve->loss[curve->n + i] = isinf (worst) ? INFINITY : tw_median (final, n_starts);
    }
    curve->n += n;
  }
  for (gsize i = 0; i < n_optimizers * n_starts * n; i++)
    tw_losses_clear (&losses[i]);
  return ok;
}

/* By learning rate; a handful. */
static void
sort (TwSensitivity *curve)
{
  for (guint i = 1; i < curve->n; i++)
    for (guint k = i; k > 0 && curve->lr[k] < curve->lr[k - 1]; k--) {
      double lr = curve->lr[k], loss = curve->loss[k];
      curve->lr[k] = curve->lr[k - 1];
      curve->loss[k] = curve->loss[k - 1];
      curve->lr[k - 1] = lr;
      curve->loss[k - 1] = loss;
    }
}

/* Where several neighbours are equally good the middle one is the safest. */
static void
find_best (TwSensitivity *curve)
{
  curve->best = 0;
  for (guint i = 1; i < curve->n; i++)
    if (curve->loss[i] < curve->loss[curve->best])
      curve->best = i;
  guint last = (guint)curve->best;
  while (last + 1 < curve->n && curve->loss[last + 1] == curve->loss[curve->best])
    last++;
  curve->best = (curve->best + last) / 2;
}

static void
free_rates (double **lr, gsize n)
{
  for (gsize o = 0; o < n; o++)
    g_free (lr[o]);
  g_free (lr);
}

static gboolean
search_both (Search *search, TwTuning *tuning, const gboolean *which, GError **error)
{
  gsize n = tuning->n_optimizers, n_tuned = 0;
  guint coarse = 2 * tuning->budget / 3, fine = tuning->budget - coarse;
  double **lr = g_new0 (double *, n);

  for (gsize o = 0; o < n; o++) {
    const char *text = search->experiment->optimizers->pdata[o];
    g_autoptr (TwSpec) spec = NULL;
    const TwParam *param = which[o] ? find_lr (text, &spec) : NULL;
    if (param == NULL)
      continue;
    double low = MAX (TW_SEARCH_LOWEST_LR, param->min);
    /* Above what is bounded all trials would be the same. */
    double most = MIN (MIN (TW_SEARCH_HIGHEST_LR, param->max), tw_optimizer_get_largest_lr (spec, search->dim));
    lr[o] = spread (low, MAX (low, most), coarse, FALSE);
    n_tuned++;
  }
  double bytes = (double)n_tuned * search->starts->len * coarse * (double)(search->experiment->steps + 1) * 8;
  gboolean ok = FALSE;
  if (n_tuned == 0)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT,
                         "there is nothing to tune: no optimizer that is switched on has a learning rate");
  else if (bytes > MOST_BYTES)
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "steps: %" G_GUINT64_FORMAT " are too many to tune with; their losses would take %.1f GiB",
                 search->experiment->steps, bytes / MOST_BYTES);
  else
    ok = run_round (search, tuning, lr, coarse, error);
  for (gsize o = 0; ok && o < n; o++) {
    TwSensitivity *curve = &tuning->optimizers[o];
    if (lr[o] == NULL)
      continue;
    find_best (curve);
    double low = curve->lr[curve->best > 0 ? curve->best - 1 : 0];
    double high = curve->lr[MIN (curve->best + 1, curve->n - 1)];
    g_free (lr[o]);
    lr[o] = spread (low, high, fine, TRUE);
  }
  search->done = search->share;
  search->share = 1 - search->done;
  ok = ok && run_round (search, tuning, lr, fine, error);
  free_rates (lr, n);
  return ok;
}

TwTuning *
tw_tune (const TwExperiment *experiment, const gboolean *which, guint budget, guint n_threads,
         GCancellable *cancellable, void (*progress) (double share, gpointer data), gpointer data, GError **error)
{
  g_return_val_if_fail (budget >= TW_TUNING_MIN_BUDGET, NULL);
  if (!tw_experiment_check (experiment, error))
    return NULL;
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (experiment, error);
  if (problem == NULL)
    return NULL;
  g_autoptr (GPtrArray) starts = tw_batch_make_starts (experiment, problem, TW_TUNING_MAX_STARTS);
  g_autoptr (TwTuning) tuning = g_new0 (TwTuning, 1);
  Search search = { .experiment = experiment, .starts = starts, .stochastic = tw_problem_get_noise (problem) > 0,
                    .dim = tw_problem_get_dim (problem), .n_threads = n_threads, .cancellable = cancellable,
                    .progress = progress, .data = data, .done = 0, .share = 2.0 / 3 };

  tuning->n_optimizers = experiment->optimizers->len;
  tuning->optimizers = g_new0 (TwSensitivity, tuning->n_optimizers);
  tuning->minimum = tw_problem_get_minimum (problem);
  tuning->budget = budget;
  tuning->n_starts = starts->len;
  if (!search_both (&search, tuning, which, error))
    return NULL;
  for (gsize o = 0; o < tuning->n_optimizers; o++) {
    TwSensitivity *curve = &tuning->optimizers[o];
    if (curve->n == 0)
      continue;
    sort (curve);
    find_best (curve);
    if (isfinite (curve->loss[curve->best]))
      curve->spec = with_lr (experiment->optimizers->pdata[o], curve->lr[curve->best]);
  }
  return g_steal_pointer (&tuning);
}

void
tw_tuning_free (TwTuning *tuning)
{
  if (tuning == NULL)
    return;
  for (gsize o = 0; o < tuning->n_optimizers; o++) {
    g_free (tuning->optimizers[o].lr);
    g_free (tuning->optimizers[o].loss);
    g_free (tuning->optimizers[o].spec);
  }
  g_free (tuning->optimizers);
  g_free (tuning);
}
