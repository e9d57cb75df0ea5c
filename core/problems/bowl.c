/* bowl-nd: f = 1/2 sum_i c^(1 - i / (D - 1)) (G theta)_i^2.
 *
 * With D = 2 that is 1/2 |diag (sqrt c, 1) R theta|^2, R a rotation by `angle`.  In more dimensions G is the
 * product of the rotations by `angle` in the planes (0, 1), (1, 2), ..., (D - 2, D - 1): all axes mix, and no
 * matrix is needed.
 */
#include <math.h>
#include <string.h>

#include "core/problems/families.h"

typedef struct {
  TwProblem parent;
  double *eigenvalues; /* (D) */
  double cosine, sine;
} Bowl;

static const TwParam bowl_params[] = {
  { "dim", TW_PARAM_INTEGER, 2, 2, 4096, TRUE, NULL, "coordinates D" },
  { "condition", TW_PARAM_REAL, 5, 1e-6, 1e12, TRUE, NULL,
    "condition c: the curvatures go from c down to 1" },
  { "angle", TW_PARAM_REAL, 0, -360, 360, FALSE, NULL, "rotation in degrees" },
  { NULL },
};

static TwProblem *
bowl_create (const TwValue *values, guint64 seed, GError **error)
{
  const double domain[4] = { -5, 5, -5, 5 };
  gsize dim = (gsize)values[0].number;
  double angle = values[2].number * G_PI / 180;
  Bowl *bowl = g_new0 (Bowl, 1);

  tw_problem_init (&bowl->parent, &tw_bowl_type, tw_bowl_type.name, tw_bowl_type.title, 1,
                   (const gsize[]){ dim });
  tw_family_name_tensors (&bowl->parent, (const char *const[]){ "theta", NULL });
  bowl->parent.minimum = 0;
  bowl->parent.n_minima = 1;
  bowl->parent.minima = g_new0 (double, dim);
  if (dim == 2) {
    bowl->parent.has_domain = TRUE;
    memcpy (bowl->parent.domain, domain, sizeof domain);
  }
  bowl->cosine = cos (angle);
  bowl->sine = sin (angle);
  bowl->eigenvalues = g_new (double, dim);
  for (gsize i = 0; i < dim; i++)
    bowl->eigenvalues[i] = pow (values[1].number, 1 - (double)i / (double)(dim - 1));
  return &bowl->parent;
}

static void
bowl_finalize (TwProblem *problem)
{
  g_free (((Bowl *)problem)->eigenvalues);
}

static gsize
bowl_work_size (const TwProblem *problem, gsize n)
{
  return problem->dim * sizeof (double);
}

/* out (D) = H x, and 1/2 x . H x is returned: all there is to a bowl.  z (D). */
static double
apply (const Bowl *bowl, const double *x, double *z, double *out)
{
  gsize dim = bowl->parent.dim;
  double cosine = bowl->cosine, sine = bowl->sine, sum = 0;

  memcpy (z, x, dim * sizeof *z);
  for (gsize i = 0; i + 1 < dim; i++) {
    double a = z[i], b = z[i + 1];
    z[i] = cosine * a - sine * b;
    z[i + 1] = sine * a + cosine * b;
  }
  for (gsize i = 0; i < dim; i++) {
    sum += 0.5 * bowl->eigenvalues[i] * z[i] * z[i];
    z[i] *= bowl->eigenvalues[i];
  }
  if (out == NULL)
    return sum;
  for (gsize i = dim - 1; i-- > 0;) {
    double a = z[i], b = z[i + 1];
    z[i] = cosine * a + sine * b;
    z[i + 1] = -sine * a + cosine * b;
  }
  memcpy (out, z, dim * sizeof *z);
  return sum;
}

static TwStatus
bowl_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
           double *loss, double *gradient)
{
  gsize dim = problem->dim;

  for (gsize i = 0; i < n; i++) {
    double value =
      apply ((const Bowl *)problem, theta + i * dim, scratch, gradient != NULL ? gradient + i * dim : NULL);
    if (loss != NULL)
      loss[i] = value;
  }
  return TW_STATUS_OK;
}

static TwStatus
bowl_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                     const TwDraw *draws, double *out)
{
  return bowl_eval (problem, scratch, n, v, draws, NULL, out);
}

const TwProblemType tw_bowl_type = {
  .name = "bowl-nd",
  .title = "Quadratic bowl",
  .summary =
    "f = 1/2 |A theta|^2 with curvatures from 1 to the condition, rotated: how curvature sets the pace",
  .source = TW_FAMILY_SOURCE,
  .params = bowl_params,
  .create = bowl_create,
  .finalize = bowl_finalize,
  .work_size = bowl_work_size,
  .eval = bowl_eval,
  .hessian_vector = bowl_hessian_vector,
  .draw_start = tw_family_draw_normal,
};
