/* turned: F (theta) = f (M theta), M = diag (s) G: another problem with its axes mixed and stretched.
 *
 * G is the product of rotations by `angle` in the planes (0, 1), (1, 2), ..., (D - 2, D - 1); the s_i are
 * log-uniform between 1 / stretch and stretch.  Gradient M^T g, Hessian times vector M^T H M v.
 */
#include <math.h>
#include <string.h>

#include "core/problems/families.h"

enum { PART_STRETCH = 64 };

typedef struct {
  TwProblem parent;
  TwProblem *inner;
  double cosine, sine;
  double *stretch; /* (D) */
} Turned;

static const TwParam turned_params[] = {
  { "of", TW_PARAM_TEXT, 0, 0, 0, FALSE, "rosenbrock", "a problem, NAME[:KEY=VALUE]..." },
  { "angle", TW_PARAM_REAL, 30, -360, 360, FALSE, NULL, "rotation in degrees" },
  { "stretch", TW_PARAM_REAL, 1, 1, 1e6, TRUE, NULL, "axes are stretched by random factors up to this" },
  { NULL },
};

/* x = M theta; in place too */
static void
to_inner (const Turned *turned, const double *theta, double *x)
{
  gsize dim = turned->parent.dim;

  if (x != theta)
    memcpy (x, theta, dim * sizeof *x);
  for (gsize i = 0; i + 1 < dim; i++) {
    double a = x[i], b = x[i + 1];
    x[i] = turned->cosine * a - turned->sine * b;
    x[i + 1] = turned->sine * a + turned->cosine * b;
  }
  for (gsize i = 0; i < dim; i++)
    x[i] *= turned->stretch[i];
}

/* v = G^T v */
static void
turn_back (const Turned *turned, double *v)
{
  for (gsize i = turned->parent.dim - 1; i-- > 0;) {
    double a = v[i], b = v[i + 1];
    v[i] = turned->cosine * a + turned->sine * b;
    v[i + 1] = -turned->sine * a + turned->cosine * b;
  }
}

/* v = M^T v */
static void
pull_back (const Turned *turned, double *v)
{
  for (gsize i = 0; i < turned->parent.dim; i++)
    v[i] *= turned->stretch[i];
  turn_back (turned, v);
}

/* x = M^-1 x */
static void
from_inner (const Turned *turned, double *x)
{
  for (gsize i = 0; i < turned->parent.dim; i++)
    x[i] /= turned->stretch[i];
  turn_back (turned, x);
}

/* (n, D) points of the inner problem in the coordinates of this one */
static double *
points_from_inner (const Turned *turned, const double *points, gsize n)
{
  gsize dim = turned->parent.dim;
  double *out = g_memdup2 (points, n * dim * sizeof *points);

  for (gsize i = 0; i < n; i++)
    from_inner (turned, out + i * dim);
  return out;
}

/* The smallest box around the inner domain. */
static void
turn_domain (Turned *turned)
{
  double *domain = turned->parent.domain;
  const double *inner = turned->inner->domain;

  domain[0] = domain[2] = INFINITY;
  domain[1] = domain[3] = -INFINITY;
  for (int corner = 0; corner < 4; corner++) {
    double point[2] = { inner[corner % 2], inner[2 + corner / 2] };
    from_inner (turned, point);
    for (int i = 0; i < 2; i++) {
      domain[2 * i] = MIN (domain[2 * i], point[i]);
      domain[2 * i + 1] = MAX (domain[2 * i + 1], point[i]);
    }
  }
}

static TwProblem *
turned_create (const TwValue *values, guint64 seed, GError **error)
{
  TwProblem *inner = tw_of_problem ("turned", values[0].text, FALSE, seed, error);

  if (inner == NULL)
    return NULL;
  Turned *turned = g_new0 (Turned, 1);
  TwProblem *parent = &turned->parent;
  g_autofree char *title = g_strdup_printf ("Turned %s", inner->title);
  double angle = values[1].number * G_PI / 180, log_stretch = log (values[2].number);
  TwDraw draw = tw_family_draw (seed, PART_STRETCH);

  tw_problem_init (parent, &tw_turned_type, tw_turned_type.name, title, inner->n_tensors, inner->tensor_sizes);
  parent->tensor_names = g_strdupv (inner->tensor_names);
  turned->inner = inner;
  turned->cosine = cos (angle);
  turned->sine = sin (angle);
  turned->stretch = g_new (double, inner->dim);
  for (gsize i = 0; i < inner->dim; i++)
    turned->stretch[i] = exp (log_stretch * (2 * tw_random_uniform (draw, i) - 1));
  parent->minimum = inner->minimum;
  parent->n_minima = inner->n_minima;
  parent->minima = points_from_inner (turned, inner->minima, inner->n_minima);
  parent->n_starts = inner->n_starts;
  parent->starts = points_from_inner (turned, inner->starts, inner->n_starts);
  parent->has_domain = inner->has_domain;
  if (inner->has_domain)
    turn_domain (turned);
  return parent;
}

static void
turned_finalize (TwProblem *problem)
{
  Turned *turned = (Turned *)problem;

  tw_problem_unref (turned->inner);
  g_free (turned->stretch);
}

/* The inner scratch, then x and M v (n, D) each. */
static gsize
turned_work_size (const TwProblem *problem, gsize n)
{
  return tw_inner_work_size (((const Turned *)problem)->inner, n) + 2 * n * problem->dim * sizeof (double);
}

/* x (n, D), and room for as much after it. */
static double *
points_to_inner (const Turned *turned, void *scratch, gsize n, const double *theta)
{
  gsize dim = turned->parent.dim;
  double *x = (double *)(void *)((char *)scratch + tw_inner_work_size (turned->inner, n));

  for (gsize p = 0; p < n; p++)
    to_inner (turned, theta + p * dim, x + p * dim);
  return x;
}

static TwStatus
turned_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
             double *loss, double *gradient)
{
  const Turned *turned = (const Turned *)problem;
  const TwProblem *inner = turned->inner;
  const double *x = points_to_inner (turned, scratch, n, theta);
  TwStatus status = inner->type->eval (inner, scratch, n, x, draws, loss, gradient);

  for (gsize p = 0; gradient != NULL && p < n; p++)
    pull_back (turned, gradient + p * problem->dim);
  return status;
}

static TwStatus
turned_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                       const TwDraw *draws, double *out)
{
  const Turned *turned = (const Turned *)problem;
  const TwProblem *inner = turned->inner;

  if (inner->type->hessian_vector == NULL)
    return TW_STATUS_UNSUPPORTED;
  double *x = points_to_inner (turned, scratch, n, theta), *mv = x + n * problem->dim;
  for (gsize p = 0; p < n; p++)
    to_inner (turned, v + p * problem->dim, mv + p * problem->dim);
  TwStatus status = inner->type->hessian_vector (inner, scratch, n, x, mv, draws, out);
  for (gsize p = 0; status != TW_STATUS_UNSUPPORTED && p < n; p++)
    pull_back (turned, out + p * problem->dim);
  return status;
}

static void
turned_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  const Turned *turned = (const Turned *)problem;

  tw_problem_draw_start (turned->inner, draw, theta);
  from_inner (turned, theta);
}

const TwProblemType tw_turned_type = {
  .name = "turned",
  .title = "Turned and stretched",
  .summary = "F (theta) = f (M theta) of another problem, M turns and stretches: no axis is special",
  .source = "this program",
  .params = turned_params,
  .create = turned_create,
  .finalize = turned_finalize,
  .work_size = turned_work_size,
  .eval = turned_eval,
  .hessian_vector = turned_hessian_vector,
  .draw_start = turned_draw_start,
};
