/* Problems that see their data only through its column sums over a minibatch: projection-quadratic,
 * sum-of-quadratics and outward-snake.
 *
 * Letters: D coordinates, N rows of data X (N, D), B rows of the minibatch, S_j = sum_{b in batch} X_bj.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/problems/families.h"

#define EPSILON 1e-6

typedef struct {
  TwProblem parent;
  gsize rows, batch;
  double *data; /* (N, D) */
  double *all;  /* (D) the sums over all rows, where the batch is all of them; else NULL */
} Columns;

static const TwParam columns_params[] = {
  { "dim", TW_PARAM_INTEGER, 20, 2, 1024, TRUE, NULL, "coordinates D" },
  { "n", TW_PARAM_INTEGER, 1000, 2, 100000, TRUE, NULL, "rows of data" },
  { "batch", TW_PARAM_INTEGER, 100, 0, 100000, TRUE, NULL, "rows of a minibatch; 0: all of them" },
  { NULL },
};

static void
columns_finalize (TwProblem *problem)
{
  g_free (((Columns *)problem)->data);
  g_free (((Columns *)problem)->all);
}

/* The sums (D) over the rows of one draw; rows are visited in the batch's order. */
static void
sum_rows (const Columns *columns, const guint32 *indices, double *sums)
{
  gsize dim = columns->parent.dim;

  memset (sums, 0, dim * sizeof *sums);
  for (gsize b = 0; b < columns->batch; b++)
    cblas_daxpy ((int)dim, 1, columns->data + indices[b] * dim, 1, sums, 1);
}

/* The caller fills `data`, and then calls columns_done(). */
static Columns *
columns_new (const TwProblemType *type, const TwValue *values, GError **error)
{
  gsize dim = (gsize)values[0].number, rows = (gsize)values[1].number;

  if (!tw_family_check_size (type->name, rows, dim, error))
    return NULL;
  Columns *columns = g_new0 (Columns, 1);
  tw_problem_init (&columns->parent, type, type->name, type->title, 1, (const gsize[]){ dim });
  tw_family_name_tensors (&columns->parent, (const char *const[]){ "theta", NULL });
  columns->parent.minimum = 0;
  columns->rows = rows;
  columns->batch = tw_minibatch_size (rows, values[2].number);
  return columns;
}

static TwProblem *
columns_done (Columns *columns)
{
  if (columns->batch == columns->rows) {
    g_autofree guint32 *indices = g_new (guint32, columns->rows);
    tw_minibatch (columns->rows, columns->rows, (TwDraw){ 0, 0 }, indices);
    columns->all = g_new (double, columns->parent.dim);
    sum_rows (columns, indices, columns->all);
  }
  return &columns->parent;
}

/* N(0, 1), and the negative of each row: the data of both quadratics.  An odd last row is 0. */
static double *
symmetric_data (gsize rows, gsize dim, guint64 seed)
{
  gsize half = rows / 2 * dim;
  double *data = g_new0 (double, rows *dim);

  tw_random_normals (tw_family_draw (seed, 0), 0, half, data);
  for (gsize i = 0; i < half; i++)
    data[half + i] = -data[i];
  return data;
}

static void
set_minimum_at_zero (TwProblem *problem)
{
  problem->n_minima = 1;
  problem->minima = g_new0 (double, problem->dim);
}

static gsize
columns_work_size (const TwProblem *problem, gsize n)
{
  return problem->dim * sizeof (double) + ((const Columns *)problem)->batch * sizeof (guint32);
}

/* S (D) of point i. */
static const double *
get_sums (const Columns *columns, void *scratch, const TwDraw *draws, gsize i)
{
  double *sums = scratch;
  guint32 *indices = (guint32 *)(sums + columns->parent.dim);

  if (columns->all != NULL)
    return columns->all;
  tw_minibatch (columns->rows, columns->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, indices);
  sum_rows (columns, indices, sums);
  return sums;
}

/* projection-quadratic: f = sum_b sum_j (theta_j x_bj)^2.  The data are kept squared, so that
 * f = sum_j S_j theta_j^2. */

static TwProblem *
projection_create (const TwValue *values, guint64 seed, GError **error)
{
  Columns *columns = columns_new (&tw_projection_quadratic_type, values, error);

  if (columns == NULL)
    return NULL;
  columns->data = symmetric_data (columns->rows, columns->parent.dim, seed);
  for (gsize i = 0; i < columns->rows * columns->parent.dim; i++)
    columns->data[i] *= columns->data[i];
  set_minimum_at_zero (&columns->parent);
  return columns_done (columns);
}

static TwStatus
projection_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
                 double *loss, double *gradient)
{
  gsize dim = problem->dim;

  for (gsize i = 0; i < n; i++) {
    const double *sums = get_sums ((const Columns *)problem, scratch, draws, i), *t = theta + i * dim;
    double sum = 0;
    for (gsize j = 0; j < dim; j++)
      sum += sums[j] * t[j] * t[j];
    if (loss != NULL)
      loss[i] = sum;
    for (gsize j = 0; gradient != NULL && j < dim; j++)
      gradient[i * dim + j] = 2 * sums[j] * t[j];
  }
  return TW_STATUS_OK;
}

static TwStatus
projection_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                           const double *v, const TwDraw *draws, double *out)
{
  return projection_eval (problem, scratch, n, v, draws, NULL, out);
}

const TwProblemType tw_projection_quadratic_type = {
  .name = "projection-quadratic",
  .title = "Projection quadratic",
  .summary =
    "f = sum_b |theta * x_b|^2 over a minibatch of random directions: noise that vanishes at the minimum",
  .source = TW_FAMILY_SOURCE,
  .params = columns_params,
  .create = projection_create,
  .finalize = columns_finalize,
  .work_size = columns_work_size,
  .eval = projection_eval,
  .hessian_vector = projection_hessian_vector,
  .draw_start = tw_family_draw_normal,
};

/* sum-of-quadratics: f = sum_b |theta - x_b|^2 - min_theta sum_b |theta - x_b|^2 + 1e-12
 *                      = B |theta - S / B|^2 + 1e-12.
 * Over all data S = 0, and this is the published objective; in a minibatch it differs from that by a constant
 * that keeps every loss above 0, and has the same gradient. */

static TwProblem *
sum_of_quadratics_create (const TwValue *values, guint64 seed, GError **error)
{
  Columns *columns = columns_new (&tw_sum_of_quadratics_type, values, error);

  if (columns == NULL)
    return NULL;
  columns->data = symmetric_data (columns->rows, columns->parent.dim, seed);
  columns->parent.minimum = 1e-12;
  set_minimum_at_zero (&columns->parent);
  columns_done (columns);
  if (columns->all !=
      NULL) /* exactly: each row has its negative, though rounding keeps them from cancelling */
    memset (columns->all, 0, columns->parent.dim * sizeof (double));
  return &columns->parent;
}

static TwStatus
sum_of_quadratics_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                        const TwDraw *draws, double *loss, double *gradient)
{
  const Columns *columns = (const Columns *)problem;
  gsize dim = problem->dim;
  double batch = (double)columns->batch;

  for (gsize i = 0; i < n; i++) {
    const double *sums = get_sums (columns, scratch, draws, i), *t = theta + i * dim;
    double sum = 0;
    for (gsize j = 0; j < dim; j++) {
      double away = t[j] - sums[j] / batch;
      sum += away * away;
      if (gradient != NULL)
        gradient[i * dim + j] = 2 * batch * away;
    }
    if (loss != NULL)
      loss[i] = batch * sum + 1e-12;
  }
  return TW_STATUS_OK;
}

static TwStatus
sum_of_quadratics_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                                  const double *v, const TwDraw *draws, double *out)
{
  for (gsize i = 0; i < n * problem->dim; i++)
    out[i] = 2 * (double)((const Columns *)problem)->batch * v[i];
  return TW_STATUS_OK;
}

const TwProblemType tw_sum_of_quadratics_type = {
  .name = "sum-of-quadratics",
  .title = "Sum of quadratics",
  .summary = "f = sum_b |theta - x_b|^2 over a minibatch, least at 0: gradient noise that does not go away",
  .source = TW_FAMILY_SOURCE,
  .params = columns_params,
  .create = sum_of_quadratics_create,
  .finalize = columns_finalize,
  .work_size = columns_work_size,
  .eval = sum_of_quadratics_eval,
  .hessian_vector = sum_of_quadratics_hessian_vector,
  .draw_start = tw_family_draw_normal,
};

/* outward-snake: f = sum_b [ x_b0 / (|theta| + 1e-6) + sum_{j>0} x_bj^2 (theta_j - pi cos theta_{j-1})^2 ]
 * with binary x, so that x^2 = x.  The infimum 0 lies at infinity, along the winding path on which every
 * bracket is 0. */

static TwProblem *
outward_snake_create (const TwValue *values, guint64 seed, GError **error)
{
  Columns *columns = columns_new (&tw_outward_snake_type, values, error);

  if (columns == NULL)
    return NULL;
  columns->data = g_new (double, columns->rows * columns->parent.dim);
  for (gsize i = 0; i < columns->rows * columns->parent.dim; i++)
    columns->data[i] = (double)(tw_random_bits (tw_family_draw (seed, 0), i) >> 63);
  return columns_done (columns);
}

static TwStatus
outward_snake_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                    const TwDraw *draws, double *loss, double *gradient)
{
  gsize dim = problem->dim;

  for (gsize i = 0; i < n; i++) {
    const double *sums = get_sums ((const Columns *)problem, scratch, draws, i), *t = theta + i * dim;
    double radius = cblas_dnrm2 ((int)dim, t, 1), inverse = 1 / (radius + EPSILON);
    double sum = sums[0] * inverse;
    double *g = gradient != NULL ? gradient + i * dim : NULL;
    /* At the origin the cone has no slope of its own. */
    double radial = radius > 0 ? -sums[0] * inverse * inverse / radius : 0;
    for (gsize j = 0; g != NULL && j < dim; j++)
      g[j] = radial * t[j];
    for (gsize j = 1; j < dim; j++) {
      double off = t[j] - G_PI * cos (t[j - 1]);
      sum += sums[j] * off * off;
      if (g != NULL) {
        g[j] += 2 * sums[j] * off;
        g[j - 1] += 2 * sums[j] * off * G_PI * sin (t[j - 1]);
      }
    }
    if (loss != NULL)
      loss[i] = sum;
  }
  return TW_STATUS_OK;
}

static TwStatus
outward_snake_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                              const double *v, const TwDraw *draws, double *out)
{
  gsize dim = problem->dim;

  for (gsize i = 0; i < n; i++) {
    const double *sums = get_sums ((const Columns *)problem, scratch, draws, i);
    const double *t = theta + i * dim, *u = v + i * dim;
    double *h = out + i * dim;
    double radius = cblas_dnrm2 ((int)dim, t, 1), inverse = 1 / (radius + EPSILON);
    double across = 0, along = 0; /* H v = across v + along (theta . v) theta */
    if (radius > 0) {
      across = -sums[0] * inverse * inverse / radius;
      along = (2 * sums[0] * inverse * inverse * inverse - across) / (radius * radius);
      along *= cblas_ddot ((int)dim, t, 1, u, 1);
    }
    for (gsize j = 0; j < dim; j++)
      h[j] = across * u[j] + along * t[j];
    for (gsize j = 1; j < dim; j++) {
      double off = t[j] - G_PI * cos (t[j - 1]), slope = G_PI * sin (t[j - 1]);
      double change = u[j] + slope * u[j - 1];
      h[j] += 2 * sums[j] * change;
      h[j - 1] += 2 * sums[j] * (change * slope + off * G_PI * cos (t[j - 1]) * u[j - 1]);
    }
  }
  return TW_STATUS_OK;
}

const TwProblemType tw_outward_snake_type = {
  .name = "outward-snake",
  .title = "Outward snake",
  .summary = "f = sum_b x_b0 / |theta| + x_bj (t_j - pi cos t_(j-1))^2: a winding path out to infinity, no "
             "end to reach",
  .source = TW_FAMILY_SOURCE,
  .params = columns_params,
  .create = outward_snake_create,
  .finalize = columns_finalize,
  .work_size = columns_work_size,
  .eval = outward_snake_eval,
  .hessian_vector = outward_snake_hessian_vector,
  .draw_start = tw_family_draw_normal,
};
