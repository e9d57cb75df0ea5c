/* ripples: f = 1/2 sum_i l_i u_i^2 + h sum_j a_j (1 - cos (w_j . u)), u = theta - c.
 *
 * A bowl whose curvatures l run from 1 to the condition, under J waves of random direction and frequency; its
 * minimum is 0 at c, and the waves make as many others as they can.  c ~ N(0, 1), w_j ~ N(0, frequency^2 / D),
 * a_j uniform in (0, 2 / J).
 */
#include <math.h>
#include <string.h>

#include "core/problems/families.h"

enum { PART_CENTRE, PART_WAVES, PART_HEIGHTS, PART_ORDER };

typedef struct {
  TwProblem parent;
  gsize n_waves;      /* J */
  double *curvatures; /* (D) */
  double *centre;     /* (D) */
  double *waves;      /* (J, D) */
  double *heights;    /* (J) h a_j */
} Ripples;

static const TwParam ripples_params[] = {
  { "dim", TW_PARAM_INTEGER, 2, 2, 1024, TRUE, NULL, "coordinates D" },
  { "waves", TW_PARAM_INTEGER, 6, 1, 256, TRUE, NULL, "number of waves J" },
  { "height", TW_PARAM_REAL, 1, 0, 1e6, FALSE, NULL, "height h of the waves together" },
  { "frequency", TW_PARAM_REAL, 3, 1e-3, 1e3, TRUE, NULL, "typical length of w" },
  { "condition", TW_PARAM_REAL, 10, 1, 1e12, TRUE, NULL, "largest curvature of the bowl; the smallest is 1" },
  { NULL },
};

static TwProblem *
ripples_create (const TwValue *values, guint64 seed, GError **error)
{
  gsize dim = (gsize)values[0].number, n_waves = (gsize)values[1].number;
  double height = values[2].number, frequency = values[3].number, condition = values[4].number;
  Ripples *ripples = g_new0 (Ripples, 1);
  TwProblem *parent = &ripples->parent;

  tw_problem_init (parent, &tw_ripples_type, tw_ripples_type.name, tw_ripples_type.title, 1,
                   (const gsize[]){ dim });
  tw_family_name_tensors (parent, (const char *const[]){ "theta", NULL });
  ripples->n_waves = n_waves;
  ripples->centre = tw_family_normals (seed, PART_CENTRE, dim);
  ripples->waves = tw_family_normals (seed, PART_WAVES, n_waves * dim);
  for (gsize i = 0; i < n_waves * dim; i++)
    ripples->waves[i] *= frequency / sqrt ((double)dim);
  ripples->heights = g_new (double, n_waves);
  for (gsize j = 0; j < n_waves; j++)
    ripples->heights[j] =
      height * 2 / (double)n_waves * tw_random_uniform (tw_family_draw (seed, PART_HEIGHTS), j);
  ripples->curvatures = g_new (double, dim);
  for (gsize i = 0; i < dim; i++)
    ripples->curvatures[i] = pow (condition, tw_random_uniform (tw_family_draw (seed, PART_ORDER), i));
  ripples->curvatures[0] = 1;
  ripples->curvatures[1] = condition;
  parent->minimum = 0;
  parent->n_minima = 1;
  parent->minima = g_memdup2 (ripples->centre, dim * sizeof (double));
  if (dim == 2) {
    parent->has_domain = TRUE;
    memcpy (parent->domain, (double[]){ -5, 5, -5, 5 }, sizeof parent->domain);
  }
  return parent;
}

static void
ripples_finalize (TwProblem *problem)
{
  Ripples *ripples = (Ripples *)problem;

  g_free (ripples->curvatures);
  g_free (ripples->centre);
  g_free (ripples->waves);
  g_free (ripples->heights);
}

static double
wave_phase (const Ripples *ripples, gsize j, const double *theta)
{
  const double *wave = ripples->waves + j * ripples->parent.dim;
  double phase = 0;

  for (gsize i = 0; i < ripples->parent.dim; i++)
    phase += wave[i] * (theta[i] - ripples->centre[i]);
  return phase;
}

static TwStatus
ripples_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
              double *loss, double *gradient)
{
  const Ripples *ripples = (const Ripples *)problem;
  gsize dim = problem->dim;

  for (gsize p = 0; p < n; p++) {
    const double *at = theta + p * dim;
    double *out = gradient != NULL ? gradient + p * dim : NULL;
    double sum = 0;

    for (gsize i = 0; i < dim; i++) {
      double u = at[i] - ripples->centre[i];
      sum += 0.5 * ripples->curvatures[i] * u * u;
      if (out != NULL)
        out[i] = ripples->curvatures[i] * u;
    }
    for (gsize j = 0; j < ripples->n_waves; j++) {
      const double *wave = ripples->waves + j * dim;
      double phase = wave_phase (ripples, j, at), half = sin (phase / 2);
      /* 1 - cos, without cancellation near the minimum */
      sum += ripples->heights[j] * 2 * half * half;
      if (out == NULL)
        continue;
      double slope = ripples->heights[j] * sin (phase);
      for (gsize i = 0; i < dim; i++)
        out[i] += slope * wave[i];
    }
    if (loss != NULL)
      loss[p] = sum;
  }
  return TW_STATUS_OK;
}

static TwStatus
ripples_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                        const TwDraw *draws, double *out)
{
  const Ripples *ripples = (const Ripples *)problem;
  gsize dim = problem->dim;

  for (gsize p = 0; p < n; p++) {
    const double *with = v + p * dim;
    double *to = out + p * dim;

    for (gsize i = 0; i < dim; i++)
      to[i] = ripples->curvatures[i] * with[i];
    for (gsize j = 0; j < ripples->n_waves; j++) {
      const double *wave = ripples->waves + j * dim;
      double along = 0;
      for (gsize i = 0; i < dim; i++)
        along += wave[i] * with[i];
      double curvature = ripples->heights[j] * cos (wave_phase (ripples, j, theta + p * dim)) * along;
      for (gsize i = 0; i < dim; i++)
        to[i] += curvature * wave[i];
    }
  }
  return TW_STATUS_OK;
}

static void
ripples_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  for (gsize i = 0; i < problem->dim; i++)
    theta[i] = -5 + 10 * tw_random_uniform (draw, i);
}

const TwProblemType tw_ripples_type = {
  .name = "ripples",
  .title = "Ripples on a bowl",
  .summary = "f = 1/2 sum l_i u_i^2 + h sum_j a_j (1 - cos (w_j u)), random: a trend under waves that hide it",
  .source = "this program",
  .params = ripples_params,
  .create = ripples_create,
  .finalize = ripples_finalize,
  .eval = ripples_eval,
  .hessian_vector = ripples_hessian_vector,
  .draw_start = ripples_draw_start,
};
