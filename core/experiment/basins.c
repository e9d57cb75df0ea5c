#include "core/experiment/basins.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/runner.h"
#include "core/experiment/statistics.h"

#define BATCH_RUNS 256
#define BATCH_BYTES ((gsize)64 << 20)     /* of a batch's trace */
#define ROW_BYTES (6 * sizeof (double))   /* loss, gradient norm, position, attended point */
#define POLL (20 * G_TIME_SPAN_MILLISECOND)
#define SETTLING "newton"
#define SETTLING_STEPS 60
/* Shares of the domain's diagonal: how far from a minimum a run may end, minima that are one, and how far from a
 * minimum all around is looked at. */
#define REACH 0.02
#define SAME 0.01
#define AROUND 1e-3
#define DIRECTIONS 64 /* looked into from a minimum: a bent valley with sharp walls is no minimum of its own */
#define LAST 0.1      /* share of the steps in which a run that ended somewhere does not change any more */

/* What does not change from batch to batch. */
typedef struct {
  TwBasins *basins;
  TwExperiment *experiment, *settling; /* with starts to be filled in */
  TwProblem *problem;                  /* with no noise */
  TwProblemWork *work;
  guint n_threads;
  GCancellable *cancellable;
  double minimum, diagonal;
  gsize n_known; /* minima with a place */
} Survey;

TwBasins *
tw_basins_copy (const TwBasins *basins)
{
  gsize n = (gsize)basins->refinement.width * basins->refinement.height;
  TwBasins *copy = g_memdup2 (basins, sizeof *basins);

  copy->done = g_memdup2 (basins->done, n * sizeof *basins->done);
  copy->minimum = g_memdup2 (basins->minimum, n * sizeof *basins->minimum);
  copy->steps = g_memdup2 (basins->steps, n * sizeof *basins->steps);
  copy->minima = g_array_copy (basins->minima);
  return copy;
}

void
tw_basins_free (TwBasins *basins)
{
  if (basins == NULL)
    return;
  g_free (basins->done);
  g_free (basins->minimum);
  g_free (basins->steps);
  g_array_unref (basins->minima);
  g_free (basins);
}

void
tw_basins_get_point (const TwBasins *basins, guint cell, double point[2])
{
  const double *domain = basins->domain;
  guint width = basins->refinement.width;

  point[0] = domain[0] + (domain[1] - domain[0]) * (cell % width + 0.5) / width;
  point[1] = domain[2] + (domain[3] - domain[2]) * (cell / width + 0.5) / basins->refinement.height;
}

gboolean
tw_basins_get_cell (const TwBasins *basins, double x, double y, guint *cell)
{
  const double *domain = basins->domain;
  guint width = basins->refinement.width, height = basins->refinement.height;
  double u = (x - domain[0]) / (domain[1] - domain[0]), v = (y - domain[2]) / (domain[3] - domain[2]);

  if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1))
    return FALSE;
  *cell = MIN ((guint)(v * height), height - 1) * width + MIN ((guint)(u * width), width - 1);
  return TRUE;
}

/* Runs */

static TwTrace *
run (Survey *survey, const TwExperiment *experiment, GError **error)
{
  g_autoptr (TwRunner) runner = tw_runner_start_with_probes (experiment, survey->n_threads, 0, error);

  if (runner == NULL)
    return NULL;
  while (!tw_runner_wait_until (runner, g_get_monotonic_time () + POLL))
    if (g_cancellable_is_cancelled (survey->cancellable))
      tw_runner_cancel (runner);
  if (tw_runner_get_error (runner) != NULL) {
    g_propagate_error (error, g_error_copy (tw_runner_get_error (runner)));
    return NULL;
  }
  if (g_cancellable_is_cancelled (survey->cancellable)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "cancelled");
    return NULL;
  }
  return tw_trace_ref (tw_runner_get_trace (runner));
}

static double
distance (const double a[2], const double b[2])
{
  return hypot (a[0] - b[0], a[1] - b[1]);
}

static gint16
nearest_minimum (const Survey *survey, gsize from, gsize to, const double point[2], double *how_far)
{
  gint16 nearest = TW_BASIN_NONE;

  *how_far = INFINITY;
  for (gsize i = from; i < to; i++) {
    const TwBasinMinimum *minimum = &g_array_index (survey->basins->minima, TwBasinMinimum, i);
    double d = distance (point, minimum->point);
    if (d < *how_far) {
      *how_far = d;
      nearest = (gint16)i;
    }
  }
  return nearest;
}

static void
settle (Survey *survey, guint cell, gint16 minimum, double steps)
{
  survey->basins->minimum[cell] = minimum;
  survey->basins->steps[cell] = (float)steps;
}

/* Whether the loss is still on its way. */
static gboolean
changes (const double *loss, gsize rows, double tolerance)
{
  gsize from = (gsize)((1 - LAST) * (double)rows);

  for (gsize k = MIN (from, rows - 1); k < rows; k++)
    if (fabs (loss[k] - loss[rows - 1]) > tolerance)
      return TRUE;
  return FALSE;
}

/* Whether run `start` of the trace needs no second look. */
static gboolean
judge (Survey *survey, const TwTrace *trace, gsize start, guint cell)
{
  double how_far;

  settle (survey, cell, TW_BASIN_NONE, NAN);
  if (survey->n_known > 0) {
    gint64 at = tw_trace_steps_to_tolerance (trace, 0, start, survey->basins->tolerance);
    if (at >= 0) {
      const double *there = tw_trace_get_theta (trace, 0, start) + 2 * at;
      settle (survey, cell, nearest_minimum (survey, 0, survey->n_known, there, &how_far), (double)at);
      return TRUE;
    }
  }
  if (tw_trace_get_stop_reason (trace, 0, start) == TW_STOP_DIVERGED || tw_trace_get_n_rows (trace, 0, start) == 0) {
    settle (survey, cell, TW_BASIN_DIVERGED, NAN);
    return TRUE;
  }
  return changes (tw_trace_get_loss (trace, 0, start), tw_trace_get_n_rows (trace, 0, start), survey->basins->tolerance);
}

static gboolean
is_lowest_around (Survey *survey, const double point[2], double loss)
{
  double around[2 * DIRECTIONS], beside[DIRECTIONS];

  for (int i = 0; i < DIRECTIONS; i++) {
    around[2 * i] = point[0] + AROUND * survey->diagonal * cos (2 * G_PI * i / DIRECTIONS);
    around[2 * i + 1] = point[1] + AROUND * survey->diagonal * sin (2 * G_PI * i / DIRECTIONS);
  }
  tw_problem_eval_exact (survey->problem, survey->work, DIRECTIONS, around, NULL, beside, NULL);
  for (int i = 0; i < DIRECTIONS; i++)
    if (!(beside[i] > loss))
      return FALSE;
  return TRUE;
}

/* A run of the trace that ended at a minimum which settling from there found at `point`. */
static void
judge_settled (Survey *survey, const TwTrace *trace, gsize start, guint cell, const double point[2], double loss)
{
  TwBasins *basins = survey->basins;
  gsize rows = tw_trace_get_n_rows (trace, 0, start), k = 0;
  const double *theta = tw_trace_get_theta (trace, 0, start), *losses = tw_trace_get_loss (trace, 0, start);
  double reach = REACH * survey->diagonal, how_far;

  if (distance (theta + 2 * (rows - 1), point) > reach || losses[rows - 1] > loss + basins->tolerance ||
      !is_lowest_around (survey, point, loss))
    return;
  gint16 minimum = nearest_minimum (survey, 0, basins->minima->len, point, &how_far);
  if (minimum < 0 || how_far > SAME * survey->diagonal) {
    gboolean best = isfinite (survey->minimum) && loss <= survey->minimum + basins->tolerance;
    TwBasinMinimum found = { .point = { point[0], point[1] }, .loss = loss, .best = best };
    if (basins->minima->len >= TW_BASINS_MAX_MINIMA)
      return;
    minimum = (gint16)basins->minima->len;
    g_array_append_val (basins->minima, found);
  }
  while (distance (theta + 2 * k, point) > reach || losses[k] > loss + basins->tolerance)
    k++;
  settle (survey, cell, minimum, (double)k);
}

static void
set_starts (TwExperiment *experiment, const double *points, gsize n)
{
  g_array_set_size (experiment->starts, 0);
  g_array_append_vals (experiment->starts, points, (guint)(2 * n));
}

static gboolean
run_batch (Survey *survey, const guint *cells, gsize n, GError **error)
{
  g_autofree double *points = g_new (double, 2 * n);
  g_autofree gsize *open = g_new (gsize, n); /* runs that may have ended at a minimum of their own */
  gsize n_open = 0;

  for (gsize i = 0; i < n; i++)
    tw_basins_get_point (survey->basins, cells[i], points + 2 * i);
  set_starts (survey->experiment, points, n);
  g_autoptr (TwTrace) trace = run (survey, survey->experiment, error);
  if (trace == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!judge (survey, trace, i, cells[i])) {
      memcpy (points + 2 * n_open, tw_trace_get_theta (trace, 0, i) + 2 * (tw_trace_get_n_rows (trace, 0, i) - 1),
              2 * sizeof (double));
      open[n_open++] = i;
    }
  if (n_open > 0) {
    set_starts (survey->settling, points, n_open);
    g_autoptr (TwTrace) settled = run (survey, survey->settling, error);
    if (settled == NULL)
      return FALSE;
    for (gsize i = 0; i < n_open; i++) {
      gsize rows = tw_trace_get_n_rows (settled, 0, i);
      if (rows > 0)
        judge_settled (survey, trace, open[i], cells[open[i]], tw_trace_get_theta (settled, 0, i) + 2 * (rows - 1),
                       tw_trace_get_final_loss (settled, 0, i));
    }
  }
  for (gsize i = 0; i < n; i++)
    survey->basins->done[cells[i]] = TRUE;
  survey->basins->n_done += n;
  return TRUE;
}

/* Over all cells that are done, which are those of complete levels. */
static void
count (TwBasins *basins)
{
  gsize n = (gsize)basins->refinement.width * basins->refinement.height, n_good = 0, n_all = 0;
  g_autofree double *good = g_new (double, n), *all = g_new (double, n); /* steps */

  for (guint i = 0; i < basins->minima->len; i++)
    g_array_index (basins->minima, TwBasinMinimum, i).n = 0;
  basins->n_cells = basins->n_best = basins->n_reached = basins->n_diverged = 0;
  for (gsize i = 0; i < n; i++) {
    if (!basins->done[i])
      continue;
    basins->n_cells++;
    basins->n_diverged += basins->minimum[i] == TW_BASIN_DIVERGED;
    if (basins->minimum[i] < 0)
      continue;
    TwBasinMinimum *minimum = &g_array_index (basins->minima, TwBasinMinimum, basins->minimum[i]);
    minimum->n++;
    basins->n_reached++;
    basins->n_best += minimum->best;
    if (minimum->best || !basins->best_known)
      good[n_good++] = basins->steps[i];
    all[n_all++] = basins->steps[i];
  }
  basins->median_steps = n_good > 0 ? tw_median (good, n_good) : NAN;
  basins->fast_steps = n_all > 0 ? tw_quantile (all, n_all, 0.05) : NAN;
  basins->slow_steps = n_all > 0 ? tw_quantile (all, n_all, 0.95) : NAN;
}

/* Setting up */

static TwExperiment *
experiment_for (const TwExperiment *experiment, const char *spec)
{
  TwExperiment *copy = tw_experiment_copy (experiment);
  g_autofree char *own = g_strdup (spec); /* it may stand in the list that goes */

  while (copy->optimizers->len > 0)
    tw_experiment_remove_optimizer (copy, 0);
  tw_experiment_insert_optimizer (copy, 0, own, NULL, -1);
  copy->n_random_starts = 0;
  g_array_set_size (copy->starts, 0);
  return copy;
}

static TwBasins *
basins_new (const Survey *survey, const double *domain, guint size)
{
  TwBasins *basins = g_new0 (TwBasins, 1);
  gsize n = (gsize)size * size, n_known;
  const double *known;

  basins->refinement = (TwRefinement){ size, size, TW_BASINS_LEVELS };
  memcpy (basins->domain, domain, sizeof basins->domain);
  basins->tolerance = TW_BASINS_TOLERANCE;
  basins->n_steps = survey->experiment->steps;
  basins->best_known = isfinite (survey->minimum);
  basins->median_steps = basins->fast_steps = basins->slow_steps = NAN;
  basins->done = g_new0 (guint8, n);
  basins->minimum = g_new0 (gint16, n);
  basins->steps = g_new0 (float, n);
  basins->minima = g_array_new (FALSE, TRUE, sizeof (TwBasinMinimum));
  n_known = basins->best_known ? tw_problem_get_minima (survey->problem, &known) : 0;
  for (gsize i = 0; i < n_known; i++) {
    TwBasinMinimum minimum = { .point = { known[2 * i], known[2 * i + 1] }, .loss = survey->minimum, .best = TRUE };
    g_array_append_val (basins->minima, minimum);
  }
  return basins;
}

static gboolean
run_all (Survey *survey, TwBasinsNews news, gpointer data, GError **error)
{
  TwBasins *basins = survey->basins;
  gsize batch = CLAMP (BATCH_BYTES / ROW_BYTES / (survey->experiment->steps + 1), 1, BATCH_RUNS);
  g_autofree guint *cells = g_new (guint, (gsize)basins->refinement.width * basins->refinement.height);

  for (guint level = 0; level < TW_BASINS_LEVELS; level++) {
    gsize n = tw_refinement_list (&basins->refinement, level, cells);
    for (gsize from = 0; from < n; from += batch) {
      if (!run_batch (survey, cells + from, MIN (batch, n - from), error))
        return FALSE;
      if (from + batch >= n) {
        count (basins);
        basins->n_levels_done = level + 1;
      }
      if (news != NULL)
        news (basins, data);
    }
  }
  return TRUE;
}

TwBasins *
tw_basins_compute (const TwExperiment *experiment, gsize optimizer, const double *domain, guint size, guint n_threads,
                   GCancellable *cancellable, TwBasinsNews news, gpointer data, GError **error)
{
  g_return_val_if_fail (optimizer < experiment->optimizers->len, NULL);
  g_return_val_if_fail (size >= TW_REFINEMENT_SHORT && size % (1u << (TW_BASINS_LEVELS - 1)) == 0, NULL);

  g_autoptr (TwExperiment) own = experiment_for (experiment, experiment->optimizers->pdata[optimizer]);
  g_autoptr (TwExperiment) settling = experiment_for (experiment, SETTLING);
  settling->noise = 0;
  settling->steps = SETTLING_STEPS;
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (settling, error);
  double whole[4];
  if (problem == NULL || !tw_experiment_check (own, error))
    return NULL;
  if (tw_problem_get_dim (problem) != 2 || !tw_problem_get_domain (problem, whole)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s has no landscape, so there is no map of its starts",
                 tw_problem_get_title (problem));
    return NULL;
  }
  if (domain == NULL)
    domain = whole;
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, DIRECTIONS);
  Survey survey = { .experiment = own, .settling = settling, .problem = problem, .work = work, .n_threads = n_threads,
                    .cancellable = cancellable, .minimum = tw_problem_get_minimum (problem),
                    .diagonal = hypot (domain[1] - domain[0], domain[3] - domain[2]) };
  g_autoptr (TwBasins) basins = survey.basins = basins_new (&survey, domain, size);
  survey.n_known = basins->minima->len;
  return run_all (&survey, news, data, error) ? g_steal_pointer (&basins) : NULL;
}

/* For people */

static int
compare_minima (gconstpointer a, gconstpointer b, gpointer data)
{
  guint i = *(const guint *)a, k = *(const guint *)b;
  const TwBasinMinimum *p = &g_array_index ((GArray *)data, TwBasinMinimum, i);
  const TwBasinMinimum *q = &g_array_index ((GArray *)data, TwBasinMinimum, k);

  if (p->best != q->best)
    return p->best ? -1 : 1;
  /* The known ones keep their order. */
  if (!p->best && p->n != q->n)
    return p->n > q->n ? -1 : 1;
  return (i > k) - (i < k);
}

void
tw_basins_order (const TwBasins *basins, guint *order)
{
  for (guint i = 0; i < basins->minima->len; i++)
    order[i] = i;
  g_qsort_with_data (order, (int)basins->minima->len, sizeof *order, compare_minima, basins->minima);
}

/* "3.2 %"; what is not nothing never is "0 %". */
static void
append_share (GString *text, gsize n, gsize of)
{
  double share = 100.0 * (double)n / (double)of;

  if (n == 0 || share >= 99.95)
    g_string_append_printf (text, "%s %%", n == 0 ? "0" : n == of ? "100" : "99.9");
  else if (share < 0.1)
    g_string_append (text, "under 0.1 %");
  else
    g_string_append_printf (text, share < 10 ? "%.1f %%" : "%.0f %%", share);
}

static void
append_part (GString *text, const char *words, gsize n, gsize of)
{
  g_string_append_printf (text, "; %s from ", words);
  append_share (text, n, of);
}

char *
tw_basins_describe (const TwBasins *basins)
{
  gsize good = basins->best_known ? basins->n_best : basins->n_reached, others = basins->n_reached - good;
  gsize none = basins->n_cells - basins->n_reached - basins->n_diverged;
  GString *text = g_string_new (NULL);
  guint n_best = 0;

  if (basins->n_levels_done == 0)
    return g_string_free (text, FALSE);
  for (guint i = 0; i < basins->minima->len; i++)
    n_best += g_array_index (basins->minima, TwBasinMinimum, i).best;
  g_string_append_printf (text, "Reaches %s from ", !basins->best_known || n_best > 1 ? "a minimum" : "the minimum");
  append_share (text, good, basins->n_cells);
  g_string_append_printf (text, " of %" G_GSIZE_FORMAT " starts", basins->n_cells);
  if (good > 0)
    g_string_append_printf (text, ", in %.0f steps (median)", basins->median_steps);
  if (others > 0)
    append_part (text, "ends in a higher one", others, basins->n_cells);
  if (none > 0)
    append_part (text, "is not there yet", none, basins->n_cells);
  if (basins->n_diverged > 0)
    append_part (text, "diverges", basins->n_diverged, basins->n_cells);
  g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}
