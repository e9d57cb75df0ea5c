/* problem.c: what all problems share: their description, scratch, gradient noise and the status of an
 * evaluation. */
#include "core/problems/problem-private.h"

#include <math.h>
#include <string.h>

#define ALIGNMENT 64

struct _TwProblemWork {
  gsize n;       /* points it has room for */
  void *memory;  /* as allocated */
  void *scratch; /* inside it, aligned; NULL if the problem needs none */
};

void
tw_problem_init (TwProblem *problem, const TwProblemType *type, const char *name, const char *title,
                 gsize n_tensors, const gsize *sizes)
{
  problem->type = type;
  g_atomic_ref_count_init (&problem->ref_count);
  problem->name = g_strdup (name);
  problem->title = g_strdup (title);
  problem->n_tensors = n_tensors;
  problem->tensor_sizes = g_memdup2 (sizes, n_tensors * sizeof *sizes);
  problem->dim = 0;
  for (gsize i = 0; i < n_tensors; i++)
    problem->dim += sizes[i];
  problem->minimum = NAN;
}

TwProblem *
tw_problem_ref (TwProblem *problem)
{
  g_atomic_ref_count_inc (&problem->ref_count);
  return problem;
}

void
tw_problem_unref (TwProblem *problem)
{
  if (!g_atomic_ref_count_dec (&problem->ref_count))
    return;
  if (problem->type->finalize != NULL)
    problem->type->finalize (problem);
  g_free (problem->name);
  g_free (problem->title);
  g_free (problem->formula);
  g_free (problem->tensor_sizes);
  g_strfreev (problem->tensor_names);
  g_free (problem->minima);
  g_free (problem->starts);
  g_free (problem);
}

const char *
tw_problem_get_name (const TwProblem *problem)
{
  return problem->name;
}

const char *
tw_problem_get_title (const TwProblem *problem)
{
  return problem->title;
}

const char *
tw_problem_get_formula (const TwProblem *problem)
{
  return problem->formula;
}

gsize
tw_problem_get_dim (const TwProblem *problem)
{
  return problem->dim;
}

gsize
tw_problem_get_n_tensors (const TwProblem *problem)
{
  return problem->n_tensors;
}

const gsize *
tw_problem_get_tensor_sizes (const TwProblem *problem)
{
  return problem->tensor_sizes;
}

const char *
tw_problem_get_tensor_name (const TwProblem *problem, gsize tensor)
{
  g_return_val_if_fail (tensor < problem->n_tensors, NULL);
  return problem->tensor_names != NULL ? problem->tensor_names[tensor] : "theta";
}

double
tw_problem_get_minimum (const TwProblem *problem)
{
  return problem->minimum;
}

gboolean
tw_problem_get_domain (const TwProblem *problem, double domain[4])
{
  if (problem->has_domain)
    memcpy (domain, problem->domain, sizeof problem->domain);
  return problem->has_domain;
}

gsize
tw_problem_get_minima (const TwProblem *problem, const double **points)
{
  *points = problem->minima;
  return problem->n_minima;
}

double
tw_problem_get_noise (const TwProblem *problem)
{
  return problem->noise;
}

void
tw_problem_set_noise (TwProblem *problem, double sigma)
{
  g_return_if_fail (isfinite (sigma) && sigma >= 0);
  problem->noise = sigma;
}

gboolean
tw_problem_get_start (const TwProblem *problem, gsize i, double *theta)
{
  if (i >= problem->n_starts)
    return FALSE;
  memcpy (theta, problem->starts + i * problem->dim, problem->dim * sizeof *theta);
  return TRUE;
}

void
tw_problem_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  if (problem->type->draw_start != NULL) {
    problem->type->draw_start (problem, draw, theta);
    return;
  }
  g_return_if_fail (problem->has_domain && problem->dim == 2);
  for (gsize i = 0; i < 2; i++) {
    double low = problem->domain[2 * i], high = problem->domain[2 * i + 1];
    theta[i] = low + (high - low) * tw_random_uniform (draw, i);
  }
}

const char *const *
tw_problem_get_metric_names (const TwProblem *problem, gsize *n)
{
  *n = problem->n_metrics;
  return problem->metric_names;
}

guint64
tw_problem_get_metric_interval (const TwProblem *problem)
{
  return problem->metric_interval;
}

void
tw_problem_measure (const TwProblem *problem, TwProblemWork *work, const double *theta, double *values)
{
  if (problem->n_metrics > 0)
    problem->type->measure (problem, work->scratch, theta, values);
}

gsize
tw_problem_get_n_rows (const TwProblem *problem)
{
  return problem->n_rows;
}

double
tw_problem_get_row_cost (const TwProblem *problem)
{
  return problem->row_cost;
}

double
tw_problem_loss_over (const TwProblem *problem, TwProblemWork *work, const double *theta, const guint32 *rows,
                      gsize n)
{
  g_return_val_if_fail (problem->type->loss_over != NULL && n > 0, NAN);
  return problem->type->loss_over (problem, work->scratch, theta, rows, n);
}

void *
tw_problem_work_get_scratch (TwProblemWork *work)
{
  return work->scratch;
}

TwProblemWork *
tw_problem_work_new (const TwProblem *problem, gsize n)
{
  TwProblemWork *work = g_new0 (TwProblemWork, 1);
  gsize size = problem->type->work_size != NULL ? problem->type->work_size (problem, n) : 0;

  work->n = n;
  if (size > 0) {
    work->memory = g_malloc0 (size + ALIGNMENT);
    work->scratch = (void *)(((guintptr)work->memory + ALIGNMENT - 1) & ~(guintptr)(ALIGNMENT - 1));
  }
  return work;
}

void
tw_problem_work_free (TwProblemWork *work)
{
  if (work == NULL)
    return;
  g_free (work->memory);
  g_free (work);
}

/* The noise has a stream of its own, so that it is independent of what the family draws (a minibatch, say).
 */
static void
add_noise (const TwProblem *problem, gsize n, const TwDraw *draws, double *gradient)
{
  enum { BLOCK = 64 };
  double normals[BLOCK];

  for (gsize i = 0; i < n; i++) {
    TwDraw draw = draws != NULL ? draws[i] : (TwDraw){ 0, 0 };
    double *row = gradient + i * problem->dim;
    draw.stream = tw_random_stream (draw.stream, TW_STREAM_GRADIENT_NOISE, 0);
    for (gsize at = 0; at < problem->dim; at += BLOCK) {
      gsize length = MIN (BLOCK, problem->dim - at);
      tw_random_normals (draw, at, length, normals);
      for (gsize k = 0; k < length; k++)
        row[at + k] += problem->noise * normals[k];
    }
  }
}

/* One more on an exponent of all ones carries into the sign, which no other number does: one pass that needs no
 * branch and no order. */
static gboolean
all_finite (gsize n, const double *v)
{
  const guint64 exponent = G_GUINT64_CONSTANT (0x7ff) << 52, one = G_GUINT64_CONSTANT (1) << 52;
  guint64 carried = 0, bits;

  for (gsize i = 0; v != NULL && i < n; i++) {
    memcpy (&bits, v + i, sizeof bits);
    carried |= (bits & exponent) + one;
  }
  return carried >> 63 == 0;
}

static TwStatus
eval (const TwProblem *problem, TwProblemWork *work, gsize n, const double *theta, const TwDraw *draws,
      double *loss, double *gradient, gboolean exact)
{
  const TwProblemType *type = problem->type;
  TwStatus status;

  g_return_val_if_fail (n <= work->n, TW_STATUS_UNSUPPORTED);
  status = (exact && type->eval_exact != NULL ? type->eval_exact : type->eval) (problem, work->scratch, n,
                                                                                theta, draws, loss, gradient);
  if (status == TW_STATUS_UNSUPPORTED)
    return status;
  if (gradient != NULL && problem->noise > 0.0 && !exact)
    add_noise (problem, n, draws, gradient);
  return all_finite (n, loss) && all_finite (n * problem->dim, gradient) ? status : TW_STATUS_NOT_FINITE;
}

TwStatus
tw_problem_eval (const TwProblem *problem, TwProblemWork *work, gsize n, const double *theta,
                 const TwDraw *draws, double *loss, double *gradient)
{
  return eval (problem, work, n, theta, draws, loss, gradient, FALSE);
}

TwStatus
tw_problem_eval_exact (const TwProblem *problem, TwProblemWork *work, gsize n, const double *theta,
                       const TwDraw *draws, double *loss, double *gradient)
{
  return eval (problem, work, n, theta, draws, loss, gradient, TRUE);
}

TwStatus
tw_problem_hessian_vector (const TwProblem *problem, TwProblemWork *work, gsize n, const double *theta,
                           const double *v, const TwDraw *draws, double *out)
{
  TwStatus status;

  g_return_val_if_fail (n <= work->n, TW_STATUS_UNSUPPORTED);
  if (problem->type->hessian_vector == NULL)
    return TW_STATUS_UNSUPPORTED;
  status = problem->type->hessian_vector (problem, work->scratch, n, theta, v, draws, out);
  if (status != TW_STATUS_OK)
    return status;
  return all_finite (n * problem->dim, out) ? TW_STATUS_OK : TW_STATUS_NOT_FINITE;
}
