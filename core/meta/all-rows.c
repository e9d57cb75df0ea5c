#include "core/meta/all-rows.h"

#include <math.h>
#include <string.h>

#include "core/optimizers/optimizer.h"

#define ITERATIONS 100

static gboolean
knows_minibatches (const char *name)
{
  gsize n;
  const TwProblemInfo *infos = tw_problem_list (&n);

  for (gsize i = 0; i < n; i++)
    if (strcmp (infos[i].name, name) == 0)
      for (const TwParam *param = infos[i].params; param->key != NULL; param++)
        if (strcmp (param->key, "batch") == 0)
          return TRUE;
  return FALSE;
}

TwProblem *
tw_all_rows_new (const TwSpec *spec, guint64 seed)
{
  if (!knows_minibatches (tw_spec_get_name (spec)))
    return NULL;
  g_autoptr (TwSpec) whole = tw_spec_copy (spec);
  tw_spec_set (whole, "batch", "0");
  tw_spec_set (whole, "noise", NULL); /* of gradients: losses have none */
  return tw_problem_new (whole, seed, NULL);
}

double
tw_all_rows_lowest (const TwProblem *problem, const double *start, double margin, double bound)
{
  gsize D = tw_problem_get_dim (problem), n_tensors = tw_problem_get_n_tensors (problem);
  g_autoptr (TwLayout) layout = tw_layout_new (1, &n_tensors, tw_problem_get_tensor_sizes (problem));
  g_autoptr (TwSpec) spec = tw_spec_parse ("lbfgs", NULL);
  g_autoptr (TwOptimizer) lbfgs = tw_optimizer_new (spec, layout, NULL);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *theta = g_memdup2 (start, D * sizeof *start), *gradient = g_new (double, D);
  const TwDraw draw = { 0 };
  const guint8 ended = FALSE;
  guint64 evaluations = 0;
  double loss, lowest = INFINITY;

  for (guint64 k = 0; k <= ITERATIONS; k++) {
    if (tw_problem_eval_exact (problem, work, 1, theta, &draw, &loss, gradient) != TW_STATUS_OK || loss >= lowest)
      break;
    lowest = loss;
    tw_optimizer_step (lbfgs, &(TwStep){ .k = k, .theta = theta, .gradient = gradient, .loss = &loss,
                                         .ended = &ended, .problem = problem, .work = work, .draws = &draw,
                                         .evaluations = &evaluations });
  }
  return isfinite (lowest) ? MAX (lowest - margin * fabs (lowest), bound) : bound;
}
