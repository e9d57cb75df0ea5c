/* Problems made of another one: log, rescaled and sparse.
 *
 * Letters: D coordinates, n points.  f, g and H are the inner problem's value, gradient and Hessian.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/problems/families.h"

#define EPSILON 1e-6

typedef struct {
  TwProblem parent;
  TwProblem *inner;
  double number; /* the scale, or the share of zeros */
} Wrapper;

static TwProblem *
get_inner (const TwProblem *problem)
{
  return ((const Wrapper *)problem)->inner;
}

static double *
scaled_copy (const double *from, gsize n, double scale)
{
  double *to = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    to[i] = scale * from[i];
  return to;
}

/* Takes `inner`.  What is known about it is also known of the whole, with coordinates times `scale`. */
static TwProblem *
wrap (const TwProblemType *type, const char *title, TwProblem *inner, double scale, double number)
{
  Wrapper *wrapper = g_new0 (Wrapper, 1);
  TwProblem *parent = &wrapper->parent;
  g_autofree char *full = g_strdup_printf ("%s %s", title, inner->title);

  tw_problem_init (parent, type, type->name, full, inner->n_tensors, inner->tensor_sizes);
  parent->tensor_names = g_strdupv (inner->tensor_names);
  parent->minimum = inner->minimum;
  parent->has_domain = inner->has_domain;
  for (gsize i = 0; i < 4; i++)
    parent->domain[i] = scale * inner->domain[i];
  parent->n_minima = inner->n_minima;
  parent->minima = scaled_copy (inner->minima, inner->n_minima * inner->dim, scale);
  parent->n_starts = inner->n_starts;
  parent->starts = scaled_copy (inner->starts, inner->n_starts * inner->dim, scale);
  wrapper->inner = inner;
  wrapper->number = number;
  return parent;
}

static void
wrapper_finalize (TwProblem *problem)
{
  tw_problem_unref (get_inner (problem));
}

/* The inner scratch, then (n, D) and (n) numbers. */
static gsize
wrapper_work_size (const TwProblem *problem, gsize n)
{
  return tw_inner_work_size (get_inner (problem), n) + n * (problem->dim + 1) * sizeof (double);
}

static double *
own_scratch (const TwProblem *problem, void *scratch, gsize n)
{
  return (double *)(void *)((char *)scratch + tw_inner_work_size (get_inner (problem), n));
}

static TwStatus
inner_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
            double *loss, double *gradient)
{
  const TwProblem *inner = get_inner (problem);

  return inner->type->eval (inner, scratch, n, theta, draws, loss, gradient);
}

static TwStatus
inner_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                      const TwDraw *draws, double *out)
{
  const TwProblem *inner = get_inner (problem);

  if (inner->type->hessian_vector == NULL)
    return TW_STATUS_UNSUPPORTED;
  return inner->type->hessian_vector (inner, scratch, n, theta, v, draws, out);
}

static void
wrapper_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  tw_problem_draw_start (get_inner (problem), draw, theta);
}

/* log: F = log (s) - log (1e-6), s = f - f* + 1e-6.  Gradient g / s, H_F v = H v / s - g (g . v) / s^2. */

static const TwParam log_params[] = {
  { "of", TW_PARAM_TEXT, 0, 0, 0, FALSE, "quadratic:dim=20",
    "a problem with a known minimum, NAME[:KEY=VALUE]..." },
  { NULL },
};

static TwProblem *
log_create (const TwValue *values, guint64 seed, GError **error)
{
  TwProblem *inner = tw_of_problem ("log", values[0].text, FALSE, seed, error);

  if (inner == NULL)
    return NULL;
  if (isnan (inner->minimum)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "log: of=%s has no known minimum to take the distance from",
                 inner->name);
    tw_problem_unref (inner);
    return NULL;
  }
  TwProblem *problem = wrap (&tw_log_type, "Log of", inner, 1, 0);
  problem->minimum = 0;
  return problem;
}

/* s (n) from f (n), in its place.  Rounding may put f below the known minimum. */
static void
shift (const TwProblem *problem, gsize n, double *f)
{
  double minimum = get_inner (problem)->minimum;

  for (gsize i = 0; i < n; i++)
    f[i] = (f[i] < minimum ? 0 : f[i] - minimum) + EPSILON;
}

static TwStatus
log_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
          double *loss, double *gradient)
{
  gsize dim = problem->dim;
  double *s = own_scratch (problem, scratch, n); /* (n) */

  inner_eval (problem, scratch, n, theta, draws, s, gradient);
  shift (problem, n, s);
  for (gsize i = 0; i < n; i++) {
    if (loss != NULL)
      loss[i] = log (s[i]) - log (EPSILON);
    for (gsize j = 0; gradient != NULL && j < dim; j++)
      gradient[i * dim + j] /= s[i];
  }
  return TW_STATUS_OK;
}

static TwStatus
log_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                    const TwDraw *draws, double *out)
{
  gsize dim = problem->dim;
  double *s = own_scratch (problem, scratch, n), *g = s + n; /* (n), (n, D) */
  TwStatus status = inner_hessian_vector (problem, scratch, n, theta, v, draws, out);

  if (status == TW_STATUS_UNSUPPORTED)
    return status;
  inner_eval (problem, scratch, n, theta, draws, s, g);
  shift (problem, n, s);
  for (gsize i = 0; i < n; i++) {
    double along = 0;
    for (gsize j = 0; j < dim; j++)
      along += g[i * dim + j] * v[i * dim + j];
    for (gsize j = 0; j < dim; j++)
      out[i * dim + j] = (out[i * dim + j] - g[i * dim + j] * (along / s[i])) / s[i];
  }
  return TW_STATUS_OK;
}

const TwProblemType tw_log_type = {
  .name = "log",
  .title = "Log of a problem",
  .summary = "F = log (f - f* + 1e-6) - log 1e-6 of another problem: every factor of ten counts the same",
  .source = TW_FAMILY_SOURCE,
  .params = log_params,
  .create = log_create,
  .finalize = wrapper_finalize,
  .work_size = wrapper_work_size,
  .eval = log_eval,
  .hessian_vector = log_hessian_vector,
  .draw_start = wrapper_draw_start,
};

/* rescaled: F (theta) = f (theta / c).  Gradient g / c, H_F v = H v / c^2, starts times c. */

static const TwParam rescaled_params[] = {
  { "of", TW_PARAM_TEXT, 0, 0, 0, FALSE, "quadratic:dim=20", "a problem, NAME[:KEY=VALUE]..." },
  { "scale", TW_PARAM_REAL, 10, 1e-6, 1e6, TRUE, NULL, "factor c of all coordinates" },
  { NULL },
};

static TwProblem *
rescaled_create (const TwValue *values, guint64 seed, GError **error)
{
  TwProblem *inner = tw_of_problem ("rescaled", values[0].text, FALSE, seed, error);

  return inner != NULL ? wrap (&tw_rescaled_type, "Rescaled", inner, values[1].number, values[1].number)
                       : NULL;
}

/* theta / c, (n, D), behind the inner scratch. */
static const double *
unscale (const TwProblem *problem, void *scratch, gsize n, const double *theta)
{
  double *out = own_scratch (problem, scratch, n), scale = ((const Wrapper *)problem)->number;

  for (gsize i = 0; i < n * problem->dim; i++)
    out[i] = theta[i] / scale;
  return out;
}

static TwStatus
rescaled_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
               double *loss, double *gradient)
{
  const double *inner_theta = unscale (problem, scratch, n, theta);

  inner_eval (problem, scratch, n, inner_theta, draws, loss, gradient);
  for (gsize i = 0; gradient != NULL && i < n * problem->dim; i++)
    gradient[i] /= ((const Wrapper *)problem)->number;
  return TW_STATUS_OK;
}

static TwStatus
rescaled_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                         const double *v, const TwDraw *draws, double *out)
{
  double scale = ((const Wrapper *)problem)->number;
  const double *inner_theta = unscale (problem, scratch, n, theta);
  TwStatus status = inner_hessian_vector (problem, scratch, n, inner_theta, v, draws, out);

  for (gsize i = 0; status != TW_STATUS_UNSUPPORTED && i < n * problem->dim; i++)
    out[i] /= scale * scale;
  return status;
}

static void
rescaled_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  wrapper_draw_start (problem, draw, theta);
  for (gsize i = 0; i < problem->dim; i++)
    theta[i] *= ((const Wrapper *)problem)->number;
}

const TwProblemType tw_rescaled_type = {
  .name = "rescaled",
  .title = "Rescaled problem",
  .summary = "F (theta) = f (theta / c) of another problem: the step that fits changes by c^2",
  .source = TW_FAMILY_SOURCE,
  .params = rescaled_params,
  .create = rescaled_create,
  .finalize = wrapper_finalize,
  .work_size = wrapper_work_size,
  .eval = rescaled_eval,
  .hessian_vector = rescaled_hessian_vector,
  .draw_start = rescaled_draw_start,
};

/* sparse: the loss of the inner problem, each coordinate of its gradient kept with probability 1 - `zero`,
 * anew at each draw: the gradient is m .* (g + noise of the inner problem), m a mask of zeros and ones.  It
 * is not the loss's own; its derivative's transpose times v is H (m .* v). */

static const TwParam sparse_params[] = {
  { "of", TW_PARAM_TEXT, 0, 0, 0, FALSE, "quadratic:dim=20",
    "a problem, NAME[:KEY=VALUE]...; its own noise is masked too" },
  { "zero", TW_PARAM_REAL, 0.99, 0, 1, FALSE, NULL, "probability that a coordinate of the gradient is 0" },
  { NULL },
};

static TwProblem *
sparse_create (const TwValue *values, guint64 seed, GError **error)
{
  TwProblem *inner = tw_of_problem ("sparse", values[0].text, TRUE, seed, error);

  return inner != NULL ? wrap (&tw_sparse_type, "Sparse gradients of", inner, 1, values[1].number) : NULL;
}

/* The masks must not be those of the minibatches nor the noise that of the whole: streams of their own. */
static TwDraw
own_draw (const TwDraw *draws, gsize i, TwStreamPurpose purpose)
{
  TwDraw draw = draws != NULL ? draws[i] : (TwDraw){ 0, 0 };

  draw.stream = tw_random_stream (draw.stream, purpose, 1);
  return draw;
}

static gboolean
is_kept (const TwProblem *problem, TwDraw draw, gsize coordinate)
{
  return tw_random_uniform (draw, coordinate) >= ((const Wrapper *)problem)->number;
}

static TwStatus
sparse_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
             double *loss, double *gradient)
{
  gsize dim = problem->dim;
  double noise = get_inner (problem)->noise;

  inner_eval (problem, scratch, n, theta, draws, loss, gradient);
  for (gsize i = 0; gradient != NULL && i < n; i++) {
    TwDraw mask = own_draw (draws, i, TW_STREAM_MINIBATCH);
    TwDraw normals = own_draw (draws, i, TW_STREAM_GRADIENT_NOISE);
    double *g = gradient + i * dim;
    for (gsize j = 0; j < dim; j++)
      if (!is_kept (problem, mask, j))
        g[j] = 0;
      else if (noise > 0)
        g[j] += noise * tw_random_normal (normals, j);
  }
  return TW_STATUS_OK;
}

static TwStatus
sparse_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                       const TwDraw *draws, double *out)
{
  gsize dim = problem->dim;
  double *masked = own_scratch (problem, scratch, n); /* (n, D) */

  for (gsize i = 0; i < n; i++) {
    TwDraw mask = own_draw (draws, i, TW_STREAM_MINIBATCH);
    for (gsize j = 0; j < dim; j++)
      masked[i * dim + j] = is_kept (problem, mask, j) ? v[i * dim + j] : 0;
  }
  return inner_hessian_vector (problem, scratch, n, theta, masked, draws, out);
}

const TwProblemType tw_sparse_type = {
  .name = "sparse",
  .title = "Sparse gradients",
  .summary =
    "another problem, most coordinates of its gradient zero at each step: patience between rare news",
  .source = TW_FAMILY_SOURCE,
  .params = sparse_params,
  .create = sparse_create,
  .finalize = wrapper_finalize,
  .work_size = wrapper_work_size,
  .eval = sparse_eval,
  .hessian_vector = sparse_hessian_vector,
  .draw_start = wrapper_draw_start,
  .eval_exact = inner_eval,
};
