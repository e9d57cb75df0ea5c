/* Problems made of a linear map: quadratic and norm.
 *
 * Letters: D coordinates, n points.  W (D, D) row-major, y (D).
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/learned/vector-math.h"
#include "core/problems/families.h"

#define REFLECTIONS 8
#define EPSILON 1e-6

enum { PART_MATRIX, PART_TARGET, PART_REFLECTIONS };

typedef struct {
  TwProblem parent;
  double *matrix; /* (D, D) W */
  double *target; /* (D) y */
  double power;   /* of the norm */
} Linear;

static void
linear_finalize (TwProblem *problem)
{
  Linear *linear = (Linear *)problem;

  g_free (linear->matrix);
  g_free (linear->target);
}

static Linear *
linear_new (const TwProblemType *type, gsize dim)
{
  Linear *linear = g_new0 (Linear, 1);

  tw_problem_init (&linear->parent, type, type->name, type->title, 1, (const gsize[]){ dim });
  tw_family_name_tensors (&linear->parent, (const char *const[]){ "theta", NULL });
  return linear;
}

/* W = S Q with S^2 = diag (condition^(-i / (D - 1))) and Q a product of Householder reflections along random
 * directions, so that the Hessian W^T W has exactly these eigenvalues, none along an axis. */
static double *
conditioned_matrix (gsize dim, double condition, guint64 seed)
{
  double *matrix = g_new0 (double, dim *dim);
  g_autofree double *along = tw_family_normals (seed, PART_REFLECTIONS, dim * REFLECTIONS);
  g_autofree double *image = g_new (double, dim);

  for (gsize i = 0; i < dim; i++)
    matrix[i * dim + i] = pow (condition, dim > 1 ? -0.5 * (double)i / (double)(dim - 1) : 0);
  for (gsize k = 0; k < REFLECTIONS; k++) {
    double *u = along + k * dim;
    cblas_dscal ((int)dim, 1 / cblas_dnrm2 ((int)dim, u, 1), u, 1);
    cblas_dgemv (CblasRowMajor, CblasNoTrans, (int)dim, (int)dim, 1, matrix, (int)dim, u, 1, 0, image, 1);
    cblas_dger (CblasRowMajor, (int)dim, (int)dim, -2, image, 1, u, 1, matrix, (int)dim);
  }
  return matrix;
}

static void
multiply (const Linear *linear, const double *x, double *out)
{
  int dim = (int)linear->parent.dim;

  cblas_dgemv (CblasRowMajor, CblasNoTrans, dim, dim, 1, linear->matrix, dim, x, 1, 0, out, 1);
}

static void
multiply_transposed (const Linear *linear, const double *x, double *out)
{
  int dim = (int)linear->parent.dim;

  cblas_dgemv (CblasRowMajor, CblasTrans, dim, dim, 1, linear->matrix, dim, x, 1, 0, out, 1);
}

/* quadratic: f = 1/2 |W theta - y|^2, gradient W^T (W theta - y), H v = W^T W v. */

static const TwParam quadratic_params[] = {
  { "dim", TW_PARAM_INTEGER, 20, 1, 4096, TRUE, NULL, "coordinates D" },
  { "condition", TW_PARAM_REAL, 0, 0, 1e12, FALSE, NULL,
    "condition of the Hessian, largest eigenvalue 1; 0: W and y are N(0, 1)" },
  { NULL },
};

static TwProblem *
quadratic_create (const TwValue *values, guint64 seed, GError **error)
{
  gsize dim = (gsize)values[0].number;
  double condition = values[1].number;
  Linear *linear = linear_new (&tw_quadratic_type, dim);

  linear->target = tw_family_normals (seed, PART_TARGET, dim);
  linear->parent.minimum = 0;
  if (condition == 0) {
    linear->matrix = tw_family_normals (seed, PART_MATRIX, dim * dim);
  } else { /* y = W theta*, theta* ~ N(0, 1): a badly conditioned W would put the solution out of reach */
    linear->matrix = conditioned_matrix (dim, condition, seed);
    linear->parent.n_minima = 1;
    linear->parent.minima = g_steal_pointer (&linear->target);
    linear->target = g_new (double, dim);
    multiply (linear, linear->parent.minima, linear->target);
  }
  return &linear->parent;
}

/* Four neighbours; addresses need not be aligned. */
typedef double Four __attribute__ ((vector_size (32), aligned (8), may_alias));
#define INLINE static inline __attribute__ ((always_inline))

/* r (points, rows) = x w^T for `rows` rows of W and x (points, D).  Each sum has its own four lanes and goes
 * through the columns in order, however many of them share a load. */
INLINE void
residuals (const gsize rows, const gsize points, gsize dim, const double *w, const double *x, double *r)
{
  Four sum[8] = { 0 }; /* (points, rows) */
  gsize j = 0;

  for (; j + 4 <= dim; j += 4)
#pragma GCC unroll 8
    for (gsize i = 0; i < rows; i++) {
      Four four = *(const Four *)(w + i * dim + j);
#pragma GCC unroll 2
      for (gsize p = 0; p < points; p++)
        sum[p * rows + i] += four * *(const Four *)(x + p * dim + j);
    }
#pragma GCC unroll 8
  for (gsize e = 0; e < points * rows; e++)
    r[e] = (sum[e][0] + sum[e][2]) + (sum[e][1] + sum[e][3]);
  for (; j < dim; j++)
    for (gsize e = 0; e < points * rows; e++)
      r[e] += w[e % rows * dim + j] * x[e / rows * dim + j];
}

/* out (points, D) += r (points, rows) w, row after row. */
INLINE void
add_rows (const gsize rows, const gsize points, gsize dim, const double *w, const double *r, double *out)
{
#pragma GCC unroll 2
  for (gsize p = 0; p < points; p++, out += dim) {
    gsize j = 0;

    for (; j + 4 <= dim; j += 4) {
      Four sum = *(const Four *)(out + j);
#pragma GCC unroll 8
      for (gsize i = 0; i < rows; i++)
        sum += r[p * rows + i] * *(const Four *)(w + i * dim + j);
      *(Four *)(out + j) = sum;
    }
    for (; j < dim; j++)
      for (gsize i = 0; i < rows; i++)
        out[j] += r[p * rows + i] * w[i * dim + j];
  }
}

/* A few rows of W, which stay in the first-level cache, for a few points. */
INLINE void
pass_rows (const gsize rows, const gsize points, gsize dim, const double *w, const double *x, const double *y,
           double *loss, double *out)
{
  double r[8];

  residuals (rows, points, dim, w, x, r);
  for (gsize p = 0; p < points; p++)
    for (gsize i = 0; i < rows; i++) {
      if (y != NULL)
        r[p * rows + i] -= y[i];
      if (loss != NULL)
        loss[p] += 0.5 * r[p * rows + i] * r[p * rows + i];
    }
  if (out != NULL)
    add_rows (rows, points, dim, w, r, out);
}

/* 1/2 |W x - y|^2 and W^T (W x - y), y may be NULL, in one pass over W for all points.  Not a BLAS: it would read
 * W twice, and its results for a point may depend on how many there are. */
TW_KERNEL static void
pass (gsize dim, const double *w, gsize n, const double *x, const double *y, double *loss, double *out)
{
  if (loss != NULL)
    memset (loss, 0, n * sizeof *loss);
  if (out != NULL)
    memset (out, 0, n * dim * sizeof *out);
#define PASS(ROWS, POINTS)                                                                                   \
  pass_rows (ROWS, POINTS, dim, w + row * dim, x + p * dim, y != NULL ? y + row : NULL,                      \
             loss != NULL ? loss + p : NULL, out != NULL ? out + p * dim : NULL)
  gsize row = 0;
  for (; row + 4 <= dim; row += 4) {
    gsize p = 0;
    for (; p + 2 <= n; p += 2)
      PASS (4, 2);
    if (p < n)
      PASS (4, 1);
  }
  for (; row < dim; row++)
    for (gsize p = 0; p < n; p++)
      PASS (1, 1);
#undef PASS
}

static TwStatus
quadratic_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
                double *loss, double *gradient)
{
  const Linear *linear = (const Linear *)problem;

  pass (problem->dim, linear->matrix, n, theta, linear->target, loss, gradient);
  return TW_STATUS_OK;
}

static TwStatus
quadratic_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                          const double *v, const TwDraw *draws, double *out)
{
  pass (problem->dim, ((const Linear *)problem)->matrix, n, v, NULL, NULL, out);
  return TW_STATUS_OK;
}

const TwProblemType tw_quadratic_type = {
  .name = "quadratic",
  .title = "Random quadratic",
  .summary = "f = 1/2 |W theta - y|^2, W and y random: the plain ill-conditioned valley in many dimensions",
  .source = TW_FAMILY_SOURCE,
  .params = quadratic_params,
  .create = quadratic_create,
  .finalize = linear_finalize,
  .eval = quadratic_eval,
  .hessian_vector = quadratic_hessian_vector,
  .draw_start = tw_family_draw_normal,
};

/* norm: f = (sum_j u_j^p)^(1/p), u = |W theta - y| + 1e-6.  With s = f and q_j = (u_j / s)^(p-1) sign(r_j):
 * gradient W^T q;  H v = W^T ((p - 1) / s) (diag ((u / s)^(p-2)) - q q^T) W v. */

static const TwParam norm_params[] = {
  { "dim", TW_PARAM_INTEGER, 25, 1, 2048, TRUE, NULL, "coordinates D" },
  { "power", TW_PARAM_REAL, 2, 1, 10, FALSE, NULL, "the power p: 1 has a kink in every row, 2 a cone" },
  { NULL },
};

static TwProblem *
norm_create (const TwValue *values, guint64 seed, GError **error)
{
  gsize dim = (gsize)values[0].number;
  Linear *linear = linear_new (&tw_norm_type, dim);

  linear->matrix = tw_family_normals (seed, PART_MATRIX, dim * dim);
  linear->target = tw_family_normals (seed, PART_TARGET, dim);
  linear->power = values[1].number;
  linear->parent.minimum = EPSILON * pow ((double)dim, 1 / linear->power); /* where W theta = y */
  return &linear->parent;
}

static gsize
norm_work_size (const TwProblem *problem, gsize n)
{
  return 3 * problem->dim * sizeof (double);
}

/* The residual r (D) at x, u = |r| + 1e-6 (D), and f.  Divided by the largest u first: no power overflows. */
static double
norm_value (const Linear *linear, const double *x, double *r, double *u)
{
  gsize dim = linear->parent.dim;
  double largest = 0, sum = 0;

  multiply (linear, x, r);
  for (gsize j = 0; j < dim; j++) {
    r[j] -= linear->target[j];
    u[j] = fabs (r[j]) + EPSILON;
    largest = MAX (largest, u[j]);
  }
  for (gsize j = 0; j < dim; j++)
    sum += pow (u[j] / largest, linear->power);
  return largest * pow (sum, 1 / linear->power);
}

/* q (D) over r. */
static void
norm_slope (const Linear *linear, double value, const double *u, double *r)
{
  for (gsize j = 0; j < linear->parent.dim; j++)
    r[j] = copysign (pow (u[j] / value, linear->power - 1), r[j]);
}

static TwStatus
norm_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
           double *loss, double *gradient)
{
  const Linear *linear = (const Linear *)problem;
  gsize dim = problem->dim;
  double *r = scratch, *u = r + dim; /* (D) each */

  for (gsize i = 0; i < n; i++) {
    double value = norm_value (linear, theta + i * dim, r, u);
    if (loss != NULL)
      loss[i] = value;
    if (gradient != NULL) {
      norm_slope (linear, value, u, r);
      multiply_transposed (linear, r, gradient + i * dim);
    }
  }
  return TW_STATUS_OK;
}

static TwStatus
norm_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                     const TwDraw *draws, double *out)
{
  const Linear *linear = (const Linear *)problem;
  gsize dim = problem->dim;
  double *q = scratch, *u = q + dim, *w = u + dim; /* (D) each; w = W v */

  for (gsize i = 0; i < n; i++) {
    double value = norm_value (linear, theta + i * dim, q, u);
    norm_slope (linear, value, u, q);
    multiply (linear, v + i * dim, w);
    double along = cblas_ddot ((int)dim, q, 1, w, 1);
    for (gsize j = 0; j < dim; j++)
      w[j] = (linear->power - 1) / value * (pow (u[j] / value, linear->power - 2) * w[j] - along * q[j]);
    multiply_transposed (linear, w, out + i * dim);
  }
  return TW_STATUS_OK;
}

const TwProblemType tw_norm_type = {
  .name = "norm",
  .title = "Norm of a linear map",
  .summary = "f = |W theta - y|_p, W and y random: no curvature far out, a point or kinks at the bottom",
  .source = TW_FAMILY_SOURCE,
  .params = norm_params,
  .create = norm_create,
  .finalize = linear_finalize,
  .work_size = norm_work_size,
  .eval = norm_eval,
  .hessian_vector = norm_hessian_vector,
  .draw_start = tw_family_draw_normal,
};
