#include "core/evaluation/sweep.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/batch.h"
#include "core/evaluation/search.h"
#include "core/experiment/statistics.h"
#include "core/optimizers/optimizer.h"
#include "core/optimizers/schedule.h"

#define BATCH_CELLS 32
#define BATCH_BYTES ((double)(128 << 20)) /* of losses */
#define MOST_BYTES ((double)(1 << 30))    /* of a single cell's */
#define LEAST_REST 1e-4                   /* 1 - value at the end of an axis of decays */
#define AROUND 2                          /* cells */
#define EQUAL 1e-12                       /* losses that differ by less are equally low */
#define DECADES 3                         /* either side of the default */

/* Axes */

static gboolean
is_in (const TwParam *table, const char *key)
{
  for (; table->key != NULL; table++)
    if (g_str_equal (table->key, key))
      return TRUE;
  return FALSE;
}

static guint
n_choices (const TwParam *param)
{
  guint n = 2; /* a switch */

  if (param->kind == TW_PARAM_CHOICE) {
    n = 1;
    for (const char *at = param->choices; (at = strchr (at, '|')) != NULL; at++)
      n++;
  }
  return n;
}

/* Few whole numbers get a cell each. */
static void
cut_whole_numbers (TwSweepAxis *axis)
{
  if (axis->scale == TW_SWEEP_LINEAR && axis->max - axis->min < TW_REFINEMENT_SHORT - 1) {
    axis->n = (guint)(axis->max - axis->min) + 1;
    axis->min -= 0.5;
    axis->max += 0.5;
  }
}

/* FALSE: text is not an axis. */
static gboolean
axis_init (TwSweepAxis *axis, const TwParam *param, double present, double largest_lr)
{
  *axis = (TwSweepAxis){ .param = param, .n = TW_SWEEP_CELLS };
  if (param->kind == TW_PARAM_TEXT)
    return FALSE;
  if (param->kind == TW_PARAM_CHOICE || param->kind == TW_PARAM_SWITCH) {
    axis->scale = TW_SWEEP_CHOICE;
    axis->n = n_choices (param);
    axis->min = -0.5;
    axis->max = axis->n - 0.5;
    return TRUE;
  }
  /* From what is usual, and wider only where the present value is not: a map does not move when a cell of it is
   * taken. */
  if (param->log) {
    gboolean rate = g_str_equal (param->key, "lr");
    double factor = pow (10, DECADES);
    axis->scale = TW_SWEEP_LOG;
    axis->min = MAX (MIN (rate ? TW_SEARCH_LOWEST_LR : param->initial / factor, present), param->min);
    axis->max = MIN (MAX (rate ? MIN (TW_SEARCH_HIGHEST_LR, largest_lr) : param->initial * factor, present), param->max);
  } else if (param->min == 0 && param->max > 0.9 && param->max < 1) {
    axis->scale = TW_SWEEP_DECAY;
    axis->max = MIN (MAX (1 - LEAST_REST, present), param->max);
  } else {
    double most = param->initial > 0 ? 4 * param->initial : param->kind == TW_PARAM_INTEGER ? 100 : 1;
    axis->scale = TW_SWEEP_LINEAR;
    axis->min = param->min;
    axis->max = MIN (MAX (most, MAX (present, param->min + 1)), param->max);
  }
  if (param->kind == TW_PARAM_INTEGER)
    cut_whole_numbers (axis);
  return axis->max > axis->min;
}

TwSweepAxis *
tw_sweep_list_axes (const char *text, gsize dim, gsize *n)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
  const TwOptimizerType *type = spec != NULL ? tw_optimizer_type_by_name (tw_spec_get_name (spec)) : NULL;
  const TwParam *params = type != NULL ? tw_optimizer_type_get_params (type) : NULL;
  TwValue *values = params != NULL ? tw_spec_read (spec, params, NULL) : NULL;

  *n = 0;
  if (values == NULL)
    return NULL;
  gboolean scheduled = tw_spec_get (spec, "schedule") != NULL;
  double largest_lr = tw_optimizer_get_largest_lr (spec, dim);
  TwSweepAxis *axes = g_new (TwSweepAxis, tw_params_length (params) + 1);
  for (guint i = 0; params[i].key != NULL; i++)
    if ((scheduled || !is_in (tw_schedule_params, params[i].key)) &&
        axis_init (&axes[*n], &params[i], values[i].number, largest_lr))
      (*n)++;
  tw_values_free (values, params);
  for (gsize i = 1; i < *n; i++)
    if (g_str_equal (axes[i].param->key, "lr")) {
      TwSweepAxis lr = axes[i];
      memmove (axes + 1, axes, i * sizeof *axes);
      axes[0] = lr;
    }
  if (*n == 0)
    g_clear_pointer (&axes, g_free);
  return axes;
}

gsize
tw_sweep_second_axis (const TwSweepAxis *axes, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (axes[i].scale == TW_SWEEP_DECAY)
      return i;
  return n > 1 ? 1 : 0;
}

static double
round_to (double value, const char *format)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  return g_ascii_strtod (g_ascii_formatd (number, sizeof number, format, value), NULL);
}

gboolean
tw_sweep_axis_set_range (TwSweepAxis *axis, double from, double to, GError **error)
{
  const TwParam *param = axis->param;

  if (axis->scale == TW_SWEEP_CHOICE) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s is a choice of words, which has no range", param->key);
    return FALSE;
  }
  if (!(from < to) || from < param->min || to > param->max || (axis->scale == TW_SWEEP_LOG && !(from > 0))) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s can't go from %.10g to %.10g: expected two numbers in order, from %.10g to %.10g",
                 param->key, from, to, param->min, param->max);
    return FALSE;
  }
  axis->min = from;
  axis->max = to;
  axis->n = TW_SWEEP_CELLS;
  if (param->kind == TW_PARAM_INTEGER)
    cut_whole_numbers (axis);
  return TRUE;
}

double
tw_sweep_axis_value (const TwSweepAxis *axis, guint i)
{
  double t = (i + 0.5) / axis->n, value;

  switch (axis->scale) {
  case TW_SWEEP_CHOICE:
    return i;
  case TW_SWEEP_DECAY:
    return 1 - round_to ((1 - axis->min) * pow ((1 - axis->max) / (1 - axis->min), t), "%.2g");
  case TW_SWEEP_LOG:
    value = round_to (axis->min * pow (axis->max / axis->min, t), "%.3g");
    break;
  default:
    value = round_to (axis->min + t * (axis->max - axis->min), "%.3g");
  }
  return axis->param->kind == TW_PARAM_INTEGER ? MAX (round (value), axis->param->min) : value;
}

char *
tw_sweep_axis_text (const TwSweepAxis *axis, guint i)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (axis->param->kind == TW_PARAM_SWITCH)
    return g_strdup (i == 0 ? "off" : "on");
  if (axis->param->kind == TW_PARAM_CHOICE) {
    g_auto (GStrv) words = g_strsplit (axis->param->choices, "|", -1);
    return g_strdup (words[i]);
  }
  return g_strdup (g_ascii_formatd (number, sizeof number, "%.8g", tw_sweep_axis_value (axis, i)));
}

double
tw_sweep_axis_position (const TwSweepAxis *axis, double value)
{
  switch (axis->scale) {
  case TW_SWEEP_LOG:
    return log (value / axis->min) / log (axis->max / axis->min);
  case TW_SWEEP_DECAY:
    return log ((1 - value) / (1 - axis->min)) / log ((1 - axis->max) / (1 - axis->min));
  default:
    return (value - axis->min) / (axis->max - axis->min);
  }
}

double
tw_sweep_axis_present (const TwSweepAxis *axis, const char *text, gsize n)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
  const TwParam table[] = { *axis->param, { NULL } };
  g_autoptr (TwSpec) only = tw_spec_parse ("x", NULL);
  const char *given = spec != NULL ? tw_spec_get (spec, axis->param->key) : NULL;
  const TwOptimizerType *type = spec != NULL ? tw_optimizer_type_by_name (tw_spec_get_name (spec)) : NULL;
  double number = NAN;

  if (given == NULL && type != NULL && axis->scale != TW_SWEEP_CHOICE)
    return tw_optimizer_type_get_initial (type, axis->param, n);
  tw_spec_set (only, axis->param->key, given);
  TwValue *values = tw_spec_read (only, table, NULL);
  if (values != NULL) {
    number = values[0].number;
    tw_values_free (values, table);
  }
  return number;
}

char *
tw_sweep_make_spec (const TwSweepAxis *x, const TwSweepAxis *y, const char *text, guint column, guint row)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
  g_autofree char *across = tw_sweep_axis_text (x, column), *up = tw_sweep_axis_text (y, row);

  g_return_val_if_fail (spec != NULL, NULL);
  tw_spec_set (spec, x->param->key, across);
  tw_spec_set (spec, y->param->key, up);
  return g_strdup (tw_spec_get_text (spec));
}

/* The map */

TwSweep *
tw_sweep_copy (const TwSweep *sweep)
{
  gsize n = (gsize)sweep->refinement.width * sweep->refinement.height;
  TwSweep *copy = g_memdup2 (sweep, sizeof *sweep);

  copy->done = g_memdup2 (sweep->done, n * sizeof *sweep->done);
  copy->loss = g_memdup2 (sweep->loss, n * sizeof *sweep->loss);
  return copy;
}

void
tw_sweep_free (TwSweep *sweep)
{
  if (sweep == NULL)
    return;
  g_free (sweep->done);
  g_free (sweep->loss);
  g_free (sweep);
}

typedef struct {
  TwSweep *sweep;
  const char *spec;
  GPtrArray *starts; /* of TwExperiment *: the same from one start each, no optimizers */
  gboolean stochastic;
  guint n_threads;
  GCancellable *cancellable;
} Search;

/* Cells around (x, y) that are as low as `limit`, as far as they are known. */
static guint
count_low_around (const TwSweep *sweep, guint x, guint y, double limit)
{
  guint width = sweep->refinement.width, height = sweep->refinement.height, n = 0, cell;

  for (guint v = y > AROUND ? y - AROUND : 0; v <= MIN (y + AROUND, height - 1); v++)
    for (guint u = x > AROUND ? x - AROUND : 0; u <= MIN (x + AROUND, width - 1); u++)
      n += tw_refinement_find_done (&sweep->refinement, sweep->done, u, v, &cell) && sweep->loss[cell] <= limit;
  return n;
}

/* Of cells that are equally low the one with most such cells around it is the safest. */
static void
find_best (TwSweep *sweep)
{
  gsize n = (gsize)sweep->refinement.width * sweep->refinement.height;
  double low = INFINITY, high = -INFINITY;
  guint most = 0;

  sweep->best = n;
  for (gsize i = 0; i < n; i++)
    if (sweep->done[i] && !isinf (sweep->loss[i])) {
      low = MIN (low, sweep->loss[i]);
      high = MAX (high, sweep->loss[i]);
    }
  double limit = low + EQUAL * MIN (high - low, 1);
  for (guint i = 0; i < n; i++) {
    if (!sweep->done[i] || isinf (sweep->loss[i]) || sweep->loss[i] > limit)
      continue;
    guint around = count_low_around (sweep, i % sweep->refinement.width, i / sweep->refinement.width, limit);
    if (around > most) {
      most = around;
      sweep->best = i;
    }
  }
}

/* losses (starts, n) of n cells */
static void
judge (Search *search, const guint *cells, gsize n, const TwLosses *losses)
{
  TwSweep *sweep = search->sweep;
  gsize n_starts = search->starts->len;
  g_autofree double *final = g_new (double, n_starts);

  for (gsize i = 0; i < n; i++) {
    double worst = -INFINITY;
    for (gsize s = 0; s < n_starts; s++) {
      final[s] = tw_score_final_loss (&losses[s * n + i], sweep->n_steps, search->stochastic);
      final[s] = isnan (final[s]) ? INFINITY : final[s];
      worst = MAX (worst, final[s]);
    }
    sweep->loss[cells[i]] = isinf (worst) ? INFINITY : tw_median (final, n_starts);
    sweep->done[cells[i]] = TRUE;
    sweep->n_diverged += isinf (worst) != 0;
  }
  sweep->n_done += n;
  for (gsize s = 0; s < n_starts; s++)
    final[s] = losses[s * n].n_rows > 0 ? losses[s * n].loss[0] : INFINITY;
  sweep->start = tw_median (final, n_starts);
  find_best (sweep);
}

static gboolean
run_batch (Search *search, const guint *cells, gsize n, GError **error)
{
  g_autoptr (TwBatch) batch = tw_batch_new ();
  g_autoptr (GPtrArray) specs = g_ptr_array_new_with_free_func (g_free);
  gsize n_starts = search->starts->len;
  TwSweep *sweep = search->sweep;
  g_autofree TwLosses *losses = g_new0 (TwLosses, n * n_starts);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (specs, tw_sweep_make_spec (&sweep->x, &sweep->y, search->spec, cells[i] % sweep->refinement.width,
                                                cells[i] / sweep->refinement.width));
  for (gsize s = 0; s < n_starts; s++) {
    const TwExperiment *start = search->starts->pdata[s];
    tw_batch_add (batch, start, start->seed, sweep->n_steps, (const char *const *)specs->pdata, n, losses + s * n);
  }
  gboolean ok = tw_batch_run (batch, search->n_threads, search->cancellable, NULL, NULL, error);
  if (ok)
    judge (search, cells, n, losses);
  for (gsize i = 0; i < n * n_starts; i++)
    tw_losses_clear (&losses[i]);
  return ok;
}

static gboolean
run_all (Search *search, TwSweepNews news, gpointer data, GError **error)
{
  TwSweep *sweep = search->sweep;
  g_autofree guint *cells = g_new (guint, (gsize)sweep->refinement.width * sweep->refinement.height);
  double bytes = (double)search->starts->len * (double)(sweep->n_steps + 1) * sizeof (double);
  gsize batch = (gsize)CLAMP (BATCH_BYTES / bytes, 1, BATCH_CELLS);

  if (bytes > MOST_BYTES) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "steps: %" G_GUINT64_FORMAT " are too many for a map; the losses of one cell would take %.1f GiB",
                 sweep->n_steps, bytes / MOST_BYTES);
    return FALSE;
  }
  for (guint level = 0; level < TW_SWEEP_LEVELS; level++) {
    gsize n = tw_refinement_list (&sweep->refinement, level, cells);
    for (gsize from = 0; from < n; from += batch) {
      if (!run_batch (search, cells + from, MIN (batch, n - from), error))
        return FALSE;
      if (from + batch >= n)
        sweep->n_levels_done = level + 1;
      if (news != NULL)
        news (sweep, data);
    }
    if (n == 0)
      sweep->n_levels_done = level + 1;
  }
  return TRUE;
}

TwSweep *
tw_sweep_compute (const TwExperiment *experiment, gsize optimizer, const TwSweepAxis *x, const TwSweepAxis *y,
                  guint n_threads, GCancellable *cancellable, TwSweepNews news, gpointer data, GError **error)
{
  g_return_val_if_fail (optimizer < experiment->optimizers->len, NULL);
  if (!tw_experiment_check (experiment, error))
    return NULL;
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (experiment, error);
  if (problem == NULL)
    return NULL;
  g_autoptr (GPtrArray) starts = tw_batch_make_starts (experiment, problem, TW_SWEEP_MAX_STARTS);
  g_autoptr (TwSweep) sweep = g_new0 (TwSweep, 1);
  gsize n = (gsize)x->n * y->n;
  Search search = { .sweep = sweep, .spec = experiment->optimizers->pdata[optimizer], .starts = starts,
                    .stochastic = tw_problem_get_noise (problem) > 0, .n_threads = n_threads, .cancellable = cancellable };

  sweep->refinement = (TwRefinement){ x->n, y->n, TW_SWEEP_LEVELS };
  sweep->x = *x;
  sweep->y = *y;
  sweep->n_steps = experiment->steps;
  sweep->n_starts = starts->len;
  sweep->minimum = tw_problem_get_minimum (problem);
  sweep->done = g_new0 (guint8, n);
  sweep->loss = g_new0 (double, n);
  sweep->best = n;
  return run_all (&search, news, data, error) ? g_steal_pointer (&sweep) : NULL;
}

double
tw_sweep_get_offset (const TwSweep *sweep)
{
  gsize n = (gsize)sweep->refinement.width * sweep->refinement.height;

  return isfinite (sweep->minimum) ? sweep->minimum : sweep->best < n ? sweep->loss[sweep->best] : 0;
}

double
tw_sweep_get_excess (const TwSweep *sweep, gsize cell)
{
  return MAX (sweep->loss[cell] - tw_sweep_get_offset (sweep), 0);
}

char *
tw_sweep_describe (const TwSweep *sweep)
{
  guint width = sweep->refinement.width;
  gsize n = (gsize)width * sweep->refinement.height;
  GString *text = g_string_new (NULL);

  if (sweep->n_done == 0)
    return g_string_free (text, FALSE);
  if (sweep->best < n) {
    g_autofree char *x = tw_sweep_axis_text (&sweep->x, (guint)(sweep->best % width));
    g_autofree char *y = tw_sweep_axis_text (&sweep->y, (guint)(sweep->best / width));
    g_string_append_printf (text, "Lowest at %s = %s, %s = %s: ", sweep->x.param->key, x, sweep->y.param->key, y);
    if (isfinite (sweep->minimum) && tw_sweep_get_excess (sweep, sweep->best) == 0)
      g_string_append (text, "exactly the minimum");
    else if (isfinite (sweep->minimum))
      g_string_append_printf (text, "%.2g above the minimum", tw_sweep_get_excess (sweep, sweep->best));
    else
      g_string_append_printf (text, "%.4g", sweep->loss[sweep->best]);
  } else {
    g_string_append (text, "Every one of them diverges");
  }
  if (sweep->n_diverged > 0 && sweep->best < n)
    g_string_append_printf (text, "; %.0f %% of the cells diverge",
                            MAX (1, 100.0 * (double)sweep->n_diverged / (double)sweep->n_done));
  g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}
