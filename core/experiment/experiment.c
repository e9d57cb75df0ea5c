#include "core/experiment/experiment.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/trace-private.h"
#include "core/problems/problem-private.h"

TwExperiment *
tw_experiment_new (void)
{
  TwExperiment *experiment = g_new0 (TwExperiment, 1);

  experiment->minimum = NAN;
  experiment->noise = NAN;
  experiment->optimizers = g_ptr_array_new_with_free_func (g_free);
  experiment->labels = g_ptr_array_new_with_free_func (g_free);
  experiment->line_styles = g_array_new (FALSE, FALSE, sizeof (int));
  experiment->starts = g_array_new (FALSE, FALSE, sizeof (double));
  experiment->steps = 200;
  return experiment;
}

TwExperiment *
tw_experiment_copy (const TwExperiment *experiment)
{
  TwExperiment *copy = g_new (TwExperiment, 1);

  *copy = *experiment;
  copy->problem = g_strdup (experiment->problem);
  copy->formula = g_strdup (experiment->formula);
  copy->optimizers = g_ptr_array_copy (experiment->optimizers, (GCopyFunc)(void (*) (void))g_strdup, NULL);
  g_ptr_array_set_free_func (copy->optimizers, g_free);
  copy->labels = g_ptr_array_copy (experiment->labels, (GCopyFunc)(void (*) (void))g_strdup, NULL);
  g_ptr_array_set_free_func (copy->labels, g_free);
  copy->line_styles = g_array_copy (experiment->line_styles);
  copy->starts = g_array_copy (experiment->starts);
  return copy;
}

void
tw_experiment_free (TwExperiment *experiment)
{
  if (experiment == NULL)
    return;
  g_free (experiment->problem);
  g_free (experiment->formula);
  g_ptr_array_unref (experiment->optimizers);
  g_ptr_array_unref (experiment->labels);
  g_array_unref (experiment->line_styles);
  g_array_unref (experiment->starts);
  g_free (experiment);
}

static gboolean
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, text);
  return FALSE;
}

static gboolean
check_domain (const double domain[4], GError **error)
{
  for (int axis = 0; axis < 2; axis++) {
    double low = domain[2 * axis], high = domain[2 * axis + 1];
    char name = axis == 0 ? 'x' : 'y';
    if (!isfinite (low) || !isfinite (high))
      return refuse (error, "domain: expected four finite numbers");
    if (!(low < high)) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "domain: %c0 = %.10g is not below %c1 = %.10g", name, low,
                   name, high);
      return FALSE;
    }
    /* The map needs room for its pixels: points across it must differ. */
    if (!isfinite (high - low) || high - low < 1e-9 * MAX (fabs (low), fabs (high))) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "domain: %c from %.10g to %.10g is too %s to draw", name,
                   low, high, isfinite (high - low) ? "narrow" : "wide");
      return FALSE;
    }
  }
  return TRUE;
}

/* What needs no problem to be made. */
static gboolean
check_numbers (const TwExperiment *e, GError **error)
{
  if (e->problem != NULL && e->formula != NULL)
    return refuse (error, "a problem and a formula are given; one of them is enough");
  if (e->problem == NULL && e->formula == NULL)
    return refuse (error, "there is no problem: name one or give a formula");
  if (e->formula != NULL && !g_utf8_validate (e->formula, -1, NULL))
    return refuse (error, "formula: this is not valid UTF-8 text");
  if (e->has_domain && !check_domain (e->domain, error))
    return FALSE;
  if (isinf (e->minimum))
    return refuse (error, "minimum: expected a finite number");
  if (!isnan (e->noise) && !(e->noise >= 0 && isfinite (e->noise)))
    return refuse (error, "noise: expected a number that is not negative");
  if (e->steps < 1 || e->steps > TW_EXPERIMENT_MAX_STEPS) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "steps: %" G_GUINT64_FORMAT " is outside 1 to %d", e->steps,
                 TW_EXPERIMENT_MAX_STEPS);
    return FALSE;
  }
  if (e->seed > G_MAXINT64)
    return refuse (error, "seed: this is beyond 9223372036854775807");
  if (MAX (e->n_random_starts, e->starts->len / 2) > TW_EXPERIMENT_MAX_STARTS) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "starts: more than %d", TW_EXPERIMENT_MAX_STARTS);
    return FALSE;
  }
  if (e->optimizers->len == 0)
    return refuse (error, "there is no optimizer: name at least one");
  if (e->optimizers->len > TW_EXPERIMENT_MAX_OPTIMIZERS) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "optimizers: more than %d", TW_EXPERIMENT_MAX_OPTIMIZERS);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_starts (const TwExperiment *experiment, const TwProblem *problem, GError **error)
{
  if (experiment->starts->len == 0)
    return TRUE;
  if (tw_problem_get_dim (problem) != 2) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "starts: a point x, y is no start for %s, which has %" G_GSIZE_FORMAT
                 " coordinates; ask for random starts",
                 tw_problem_get_name (problem), tw_problem_get_dim (problem));
    return FALSE;
  }
  for (guint i = 0; i < experiment->starts->len; i++)
    if (!isfinite (g_array_index (experiment->starts, double, i)))
      return refuse (error, "starts: expected finite coordinates");
  return TRUE;
}

gboolean
tw_experiment_check (const TwExperiment *experiment, GError **error)
{
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (experiment, error);

  if (problem == NULL || !check_starts (experiment, problem, error))
    return FALSE;

  g_autoptr (TwLayout) layout =
    tw_layout_new_repeated (1, tw_problem_get_n_tensors (problem), tw_problem_get_tensor_sizes (problem));
  double bytes = 0;
  for (guint i = 0; i < experiment->optimizers->len; i++) {
    g_autoptr (TwSpec) spec = tw_spec_parse (experiment->optimizers->pdata[i], error);
    g_autoptr (TwOptimizer) optimizer = spec != NULL ? tw_optimizer_new (spec, layout, error) : NULL;
    if (optimizer == NULL)
      return FALSE;
    bytes += tw_trace_column_bytes (problem, tw_optimizer_attends (optimizer), experiment->steps) *
             tw_experiment_n_starts (experiment);
  }
  return tw_trace_check_bytes (bytes, error);
}

TwProblem *
tw_experiment_create_problem (const TwExperiment *experiment, GError **error)
{
  g_autoptr (TwProblem) problem = NULL;

  if (!check_numbers (experiment, error))
    return NULL;
  if (experiment->formula != NULL) {
    problem = tw_problem_new_formula (experiment->formula, experiment->has_domain ? experiment->domain : NULL,
                                      experiment->minimum, error);
  } else {
    g_autoptr (TwSpec) spec = tw_spec_parse (experiment->problem, error);
    if (spec != NULL)
      problem = tw_problem_new (spec, experiment->seed, error);
  }
  if (problem == NULL)
    return NULL;
  /* It is not shared yet: the view and the known minimum of a built-in one may still be changed. */
  if (experiment->has_domain) {
    if (!problem->has_domain) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "domain: %s is not a landscape in x and y",
                   problem->name);
      return NULL;
    }
    memcpy (problem->domain, experiment->domain, sizeof problem->domain);
  }
  if (!isnan (experiment->minimum))
    problem->minimum = experiment->minimum;
  if (!isnan (experiment->noise))
    tw_problem_set_noise (problem, experiment->noise);
  return g_steal_pointer (&problem);
}

gsize
tw_experiment_n_starts (const TwExperiment *experiment)
{
  return experiment->starts->len > 0 ? experiment->starts->len / 2 : MAX (experiment->n_random_starts, 1);
}

void
tw_experiment_get_start (const TwExperiment *experiment, const TwProblem *problem, gsize i, double *theta)
{
  if (experiment->starts->len > 0) {
    theta[0] = g_array_index (experiment->starts, double, 2 * i);
    theta[1] = g_array_index (experiment->starts, double, 2 * i + 1);
    return;
  }
  if (experiment->n_random_starts == 0 && tw_problem_get_start (problem, i, theta))
    return;
  TwDraw draw = { tw_random_stream (experiment->seed, TW_STREAM_STARTS, i), 0 };
  tw_problem_draw_start (problem, draw, theta);
}

TwExperiment *
tw_experiment_new_for_data (const char *path)
{
  static const char *const optimizers[] = { "adam,lr=0.01", "learned", "sgd,lr=0.1" };
  TwExperiment *experiment = tw_experiment_new ();

  g_autofree char *data = tw_spec_escape (path);
  experiment->problem = g_strdup_printf ("mlp,data=%s,hidden=16,batch=32,report_every=20", data);
  for (gsize i = 0; i < G_N_ELEMENTS (optimizers); i++)
    tw_experiment_insert_optimizer (experiment, i, optimizers[i], NULL, -1);
  experiment->steps = 400;
  return experiment;
}
