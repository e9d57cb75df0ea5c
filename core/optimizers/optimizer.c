#include "core/optimizers/optimizer-private.h"

#include <math.h>

#include "core/error.h"
#include "core/memory.h"

static const TwOptimizerType *
find_type (const TwSpec *spec, GError **error)
{
  const char *name = tw_spec_get_name (spec);
  const TwOptimizerType *type = tw_optimizer_type_by_name (name);
  if (type != NULL)
    return type;

  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);
  g_autofree const char **names = g_new0 (const char *, n + 1);
  for (gsize i = 0; i < n; i++)
    names[i] = types[i]->name;
  const char *near = tw_closest_name (name, names);
  g_autofree char *list = g_strjoinv (", ", (char **)names);
  if (near != NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "there is no optimizer \"%s\"; did you mean %s? (there are %s)", name, near, list);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "there is no optimizer \"%s\"; there are %s", name, list);
  return NULL;
}

TwOptimizer *
tw_optimizer_new (const TwSpec *spec, const TwLayout *layout, GError **error)
{
  const TwOptimizerType *type = find_type (spec, error);
  if (type == NULL)
    return NULL;
  const TwParam *params = tw_optimizer_type_get_params (type);
  TwValue *values = tw_spec_read (spec, params, error);
  if (values == NULL)
    return NULL;

  g_autoptr (TwOptimizer) optimizer = g_malloc0 (type->instance_size);
  optimizer->type = type;
  optimizer->layout = layout;
  optimizer->values = values;
  if (params != NULL && g_strcmp0 (params[0].key, "lr") == 0)
    optimizer->base_lr = values[0].number;
  if (!type->no_schedule)
    optimizer->schedule = tw_schedule_from_values (values + tw_params_length (type->params));
  if (type->rows_of_state > 0)
    optimizer->state = tw_array_new0 (type->rows_of_state * layout->n_rows, sizeof (double));
  if (type->create != NULL && !type->create (optimizer, error))
    return NULL;
  return g_steal_pointer (&optimizer);
}

/* Makes it for one run of two coordinates: that finds everything a spec can have wrong. */
gboolean
tw_optimizer_check (const TwSpec *spec, GError **error)
{
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, 1, (const gsize[]){ 2 });
  g_autoptr (TwOptimizer) optimizer = tw_optimizer_new (spec, layout, error);

  return optimizer != NULL;
}

void
tw_optimizer_free (TwOptimizer *optimizer)
{
  if (optimizer == NULL)
    return;
  if (optimizer->type->finalize != NULL)
    optimizer->type->finalize (optimizer);
  tw_values_free (optimizer->values, tw_optimizer_type_get_params (optimizer->type));
  g_free (optimizer->watched);
  g_aligned_free (optimizer->state);
  g_free (optimizer);
}

double
tw_optimizer_type_get_initial (const TwOptimizerType *type, const TwParam *param, gsize n)
{
  return type->initial != NULL ? type->initial (param, n) : param->initial;
}

/* lr: what is given or, where nothing is, what it begins with on n coordinates. */
static double
get_largest_lr (const TwSpec *spec, gsize n, double *lr)
{
  const TwOptimizerType *type = tw_optimizer_type_by_name (tw_spec_get_name (spec));

  *lr = 0;
  if (type == NULL || type->largest_lr == NULL)
    return INFINITY;
  const TwParam *params = tw_optimizer_type_get_params (type);
  TwValue *values = tw_spec_read (spec, params, NULL);
  if (values == NULL)
    return INFINITY;
  double largest = type->largest_lr (values, n);
  if (g_str_equal (params[0].key, "lr"))
    *lr = values[0].given ? values[0].number : tw_optimizer_type_get_initial (type, &params[0], n);
  tw_values_free (values, params);
  return largest;
}

double
tw_optimizer_get_largest_lr (const TwSpec *spec, gsize n)
{
  double lr;

  return get_largest_lr (spec, n, &lr);
}

char *
tw_optimizer_note (const TwSpec *spec, gsize n)
{
  double lr, largest = get_largest_lr (spec, n, &lr);

  if (lr <= largest * 1.005) /* the same in three digits, which is how it is told */
    return NULL;
  return g_strdup_printf ("the learning rate begins at %.3g, the most that is allowed with %" G_GSIZE_FORMAT
                          " coordinates; with bound=off at %.3g",
                          largest, n, lr);
}

const TwOptimizerType *
tw_optimizer_get_type (const TwOptimizer *optimizer)
{
  return optimizer->type;
}

gboolean
tw_optimizer_attends (const TwOptimizer *optimizer)
{
  return optimizer->type->attends != NULL && optimizer->type->attends (optimizer);
}

void
tw_optimizer_step (TwOptimizer *optimizer, const TwStep *step)
{
  optimizer->lr = optimizer->base_lr * tw_schedule_factor (&optimizer->schedule, step->k);
  optimizer->type->step (optimizer, step, optimizer->lr);
}

double *
tw_optimizer_state (const TwOptimizer *optimizer, gsize i)
{
  g_return_val_if_fail (i < optimizer->type->rows_of_state, NULL);
  return optimizer->state + i * optimizer->layout->n_rows;
}

gboolean
tw_rows_next (TwRows *rows, const TwOptimizer *optimizer, const TwStep *step)
{
  const TwLayout *layout = optimizer->layout;
  gsize b = rows->next_run;

  while (b < layout->n_runs && step->ended[b])
    b++;
  if (b == layout->n_runs)
    return FALSE;
  rows->first = tw_layout_run_row (layout, b);
  while (b < layout->n_runs && !step->ended[b])
    b++;
  rows->end = tw_layout_run_row (layout, b);
  rows->next_run = b;
  return TRUE;
}

void
tw_optimizer_watch (TwOptimizer *optimizer, const gsize *rows, gsize n)
{
  g_free (optimizer->watched);
  optimizer->watched = g_memdup2 (rows, n * sizeof *rows);
  optimizer->n_watched = n;
  if (optimizer->type->watch != NULL)
    optimizer->type->watch (optimizer);
}

const TwProbe *
tw_optimizer_get_probes (const TwOptimizer *optimizer, gsize *n)
{
  if (optimizer->type->get_probes != NULL)
    return optimizer->type->get_probes (optimizer, n);
  return tw_optimizer_type_get_probes (optimizer->type, n);
}

void
tw_optimizer_read_state (const TwOptimizer *optimizer, gsize i, float *out)
{
  const double *state = tw_optimizer_state (optimizer, i); /* (R) */

  for (gsize w = 0; w < optimizer->n_watched; w++)
    out[w] = (float)state[optimizer->watched[w]];
}

void
tw_optimizer_read_probe (const TwOptimizer *optimizer, gsize p, float *out)
{
  gsize n;
  tw_optimizer_get_probes (optimizer, &n);
  g_return_if_fail (p < n);

  if (!optimizer->type->no_schedule && p == n - 1) {
    for (gsize b = 0; b < optimizer->layout->n_runs; b++)
      out[b] = (float)optimizer->lr;
    return;
  }
  if (optimizer->type->read_probe != NULL)
    optimizer->type->read_probe (optimizer, p, out);
  else
    tw_optimizer_read_state (optimizer, p, out);
}
