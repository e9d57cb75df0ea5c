/* Problems whose coordinates wait for each other: dependency-chain and min-max-well. */
#include <math.h>
#include <string.h>

#include "core/problems/families.h"

#define EPSILON 1e-6

static const TwParam chain_params[] = {
  { "dim", TW_PARAM_INTEGER, 20, 2, 4096, TRUE, NULL, "coordinates D" },
  { NULL },
};

static TwProblem *
chain_new (const TwProblemType *type, const TwValue *values, double minimum)
{
  TwProblem *problem = g_new0 (TwProblem, 1);

  tw_problem_init (problem, type, type->name, type->title, 1, (const gsize[]){ (gsize)values[0].number });
  tw_family_name_tensors (problem, (const char *const[]){ "theta", NULL });
  problem->minimum = minimum;
  return problem;
}

/* dependency-chain: f = theta_0^2 + sum_{i>0} theta_i^2 / (theta_{i-1}^2 + 1e-6).
 *
 * Link i, x = theta_{i-1}, y = theta_i, w = 1 / (x^2 + 1e-6), is y^2 w, with dw = -2 x w^2 and
 * d2w = 8 x^2 w^3 - 2 w^2. */

static TwProblem *
dependency_chain_create (const TwValue *values, guint64 seed, GError **error)
{
  TwProblem *problem = chain_new (&tw_dependency_chain_type, values, 0);

  problem->n_minima = 1;
  problem->minima = g_new0 (double, problem->dim);
  return problem;
}

static TwStatus
dependency_chain_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                       const TwDraw *draws, double *loss, double *gradient)
{
  gsize dim = problem->dim;

  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim;
    double sum = t[0] * t[0];
    if (gradient != NULL)
      gradient[i * dim] = 2 * t[0];
    for (gsize j = 1; j < dim; j++) {
      double x = t[j - 1], y = t[j], w = 1 / (x * x + EPSILON);
      sum += y * y * w;
      if (gradient != NULL) {
        gradient[i * dim + j - 1] -= 2 * x * y * y * w * w;
        gradient[i * dim + j] = 2 * y * w;
      }
    }
    if (loss != NULL)
      loss[i] = sum;
  }
  return TW_STATUS_OK;
}

static TwStatus
dependency_chain_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                                 const double *v, const TwDraw *draws, double *out)
{
  gsize dim = problem->dim;

  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim, *u = v + i * dim;
    double *h = out + i * dim;
    h[0] = 2 * u[0];
    for (gsize j = 1; j < dim; j++) {
      double x = t[j - 1], y = t[j], w = 1 / (x * x + EPSILON);
      double xy = -4 * x * y * w * w;
      h[j - 1] += y * y * (8 * x * x * w - 2) * w * w * u[j - 1] + xy * u[j];
      h[j] = xy * u[j - 1] + 2 * w * u[j];
    }
  }
  return TW_STATUS_OK;
}

const TwProblemType tw_dependency_chain_type = {
  .name = "dependency-chain",
  .title = "Dependency chain",
  .summary =
    "f = t_0^2 + sum t_i^2 / (t_(i-1)^2 + 1e-6): each coordinate can only come down after the one before",
  .source = TW_FAMILY_SOURCE,
  .params = chain_params,
  .create = dependency_chain_create,
  .eval = dependency_chain_eval,
  .hessian_vector = dependency_chain_hessian_vector,
  .draw_start = tw_family_draw_normal,
};

/* min-max-well: f = max_i theta_i^2 + 1 / min_i theta_i^2 - 2 + 1e-12; least where all are 1 or -1. */

static TwProblem *
min_max_well_create (const TwValue *values, guint64 seed, GError **error)
{
  TwProblem *problem = chain_new (&tw_min_max_well_type, values, 1e-12);

  problem->n_minima = 1;
  problem->minima = g_new (double, problem->dim);
  for (gsize i = 0; i < problem->dim; i++)
    problem->minima[i] = 1;
  return problem;
}

/* The first coordinates of largest and smallest magnitude; a NaN is both, so that it shows. */
static void
find_ends (gsize dim, const double *t, gsize *most, gsize *least)
{
  *most = *least = 0;
  for (gsize j = 1; j < dim; j++) {
    if (fabs (t[j]) > fabs (t[*most]) || isnan (t[j]))
      *most = j;
    if (fabs (t[j]) < fabs (t[*least]) || isnan (t[j]))
      *least = j;
  }
}

static TwStatus
min_max_well_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
                   double *loss, double *gradient)
{
  gsize dim = problem->dim, most, least;

  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim;
    find_ends (dim, t, &most, &least);
    double high = t[most], low = t[least];
    if (loss != NULL)
      loss[i] = high * high + 1 / (low * low) - 2 + 1e-12;
    if (gradient != NULL) {
      memset (gradient + i * dim, 0, dim * sizeof *gradient);
      gradient[i * dim + most] += 2 * high;
      gradient[i * dim + least] -= 2 / (low * low * low);
    }
  }
  return TW_STATUS_OK;
}

static TwStatus
min_max_well_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                             const double *v, const TwDraw *draws, double *out)
{
  gsize dim = problem->dim, most, least;

  for (gsize i = 0; i < n; i++) {
    find_ends (dim, theta + i * dim, &most, &least);
    double low = theta[i * dim + least];
    memset (out + i * dim, 0, dim * sizeof *out);
    out[i * dim + most] += 2 * v[i * dim + most];
    out[i * dim + least] += 6 / (low * low * low * low) * v[i * dim + least];
  }
  return TW_STATUS_OK;
}

const TwProblemType tw_min_max_well_type = {
  .name = "min-max-well",
  .title = "Min-max well",
  .summary = "f = max t_i^2 + 1 / min t_i^2 - 2: at each step all gradients but two are zero",
  .source = TW_FAMILY_SOURCE,
  .params = chain_params,
  .create = min_max_well_create,
  .eval = min_max_well_eval,
  .hessian_vector = min_max_well_hessian_vector,
  .draw_start = tw_family_draw_normal,
};
