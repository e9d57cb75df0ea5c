/* softmax: two-class softmax regression on separable random data.
 *
 * Letters: F features, N rows of data X (N, F), B rows of the minibatch.  theta is W (F, 2) row-major and b
 * (2). With z_b = x_b . (W_1 - W_0) + b_1 - b_0, the difference of the two logits, and labels y_b = -1 or 1,
 *
 *   f = 1/B sum_b log (1 + exp (-y_b z_b)) + l2 / 2 (|W|^2 + |b|^2).
 *
 * Row i of the data is of class i mod 2:  x = G D (y sep s + A_y e),  s random signs, A_y (F, F) ~ U(-1, 1), e ~
 * N(0, 1).  D, diagonal, falls from 1 to 1 / sqrt (condition), and G is the product of the rotations by 45 degrees in
 * the planes (0, 1), (1, 2), ..., (F - 2, F - 1): the classes are as far apart as without, but along some directions
 * the loss changes slowly, as with the correlated features of real data.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/problems/families.h"

enum { PART_SIGNS, PART_MIXING, PART_DATA };

typedef struct {
  TwProblem parent;
  gsize features, rows, batch;
  double *data; /* (N, F) */
  double l2;
} Softmax;

static const TwParam softmax_params[] = {
  { "features", TW_PARAM_INTEGER, 10, 1, 1024, TRUE, NULL, "features F" },
  { "n", TW_PARAM_INTEGER, 1000, 2, 100000, TRUE, NULL, "rows of data" },
  { "batch", TW_PARAM_INTEGER, 100, 0, 100000, TRUE, NULL, "rows of a minibatch; 0: all of them" },
  { "sep", TW_PARAM_REAL, 2, 0, 100, FALSE, NULL, "distance of the classes from 0 along each feature" },
  { "l2", TW_PARAM_REAL, 1e-3, 0, 1, FALSE, NULL, "weight of the squared parameters" },
  { "condition", TW_PARAM_REAL, 1, 1, 1e12, TRUE, NULL, "how unequal the features are: variances go from 1 to 1 / this" },
  { NULL },
};

static double
label (gsize row)
{
  return row % 2 == 0 ? -1 : 1;
}

static double *
draw_data (gsize rows, gsize features, double sep, guint64 seed)
{
  g_autofree double *noise = tw_family_normals (seed, PART_DATA, rows * features); /* (N, F) */
  g_autofree double *mixing = g_new (double, features *features);                  /* (F, F) */
  double *data = g_new (double, rows *features);
  TwDraw signs = tw_family_draw (seed, PART_SIGNS), entries = tw_family_draw (seed, PART_MIXING);

  for (gsize class = 0; class < 2; class ++) {
    int count = (int)((rows + 1 - class) / 2), f = (int)features, stride = 2 * f;
    for (gsize j = 0; j < features * features; j++)
      mixing[j] = 2 * tw_random_uniform (entries, class * features * features + j) - 1;
    cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, count, f, f, 1, noise + class * features, stride,
                 mixing, f, 0, data + class * features, stride);
  }
  for (gsize j = 0; j < features; j++) {
    double centre = tw_random_bits (signs, j) >> 63 ? sep : -sep;
    for (gsize i = 0; i < rows; i++)
      data[i * features + j] += label (i) * centre;
  }
  return data;
}

/* x = G D x, for every row; with a condition of 1 the rows stay as they are. */
static void
correlate (gsize rows, gsize features, double condition, double *data)
{
  g_autofree double *scale = g_new (double, features);

  for (gsize j = 0; j < features; j++)
    scale[j] = pow (condition, -0.5 * (double)j / (double)(features - 1));
  for (gsize i = 0; i < rows; i++) {
    double *x = data + i * features;
    for (gsize j = 0; j < features; j++)
      x[j] *= scale[j];
    for (gsize j = 0; j + 1 < features; j++)
      cblas_drot (1, x + j, 1, x + j + 1, 1, G_SQRT2 / 2, G_SQRT2 / 2);
  }
}

static TwProblem *
softmax_create (const TwValue *values, guint64 seed, GError **error)
{
  gsize features = (gsize)values[0].number, rows = (gsize)values[1].number;

  if (!tw_family_check_size ("softmax", rows, features, error))
    return NULL;
  Softmax *softmax = g_new0 (Softmax, 1);
  tw_problem_init (&softmax->parent, &tw_softmax_type, tw_softmax_type.name, tw_softmax_type.title, 2,
                   (const gsize[]){ 2 * features, 2 });
  tw_family_name_tensors (&softmax->parent, (const char *const[]){ "weight", "bias", NULL });
  softmax->parent.minimum = 0; /* a bound: cross entropy is positive */
  softmax->features = features;
  softmax->rows = rows;
  softmax->batch = tw_minibatch_size (rows, values[2].number);
  softmax->data = draw_data (rows, features, values[3].number, seed);
  softmax->l2 = values[4].number;
  if (features > 1 && values[5].number > 1)
    correlate (rows, features, values[5].number, softmax->data);
  return &softmax->parent;
}

static void
softmax_finalize (TwProblem *problem)
{
  g_free (((Softmax *)problem)->data);
}

static gsize
softmax_work_size (const TwProblem *problem, gsize n)
{
  const Softmax *softmax = (const Softmax *)problem;

  return 3 * softmax->features * sizeof (double) + softmax->batch * sizeof (guint32);
}

/* The difference of the two columns, (F). */
static void
difference (gsize features, const double *theta, double *out)
{
  for (gsize j = 0; j < features; j++)
    out[j] = theta[2 * j + 1] - theta[2 * j];
}

/* out (2 F + 2) from the slope of f in the difference of weights (F) and of biases, and the l2 term. */
static void
spread (const Softmax *softmax, const double *slope, double bias, const double *theta, double *out)
{
  gsize dim = softmax->parent.dim;

  for (gsize j = 0; j < softmax->features; j++) {
    out[2 * j] = -slope[j];
    out[2 * j + 1] = slope[j];
  }
  out[dim - 2] = -bias;
  out[dim - 1] = bias;
  cblas_daxpy ((int)dim, softmax->l2, theta, 1, out, 1);
}

static TwStatus
softmax_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
              double *loss, double *gradient)
{
  const Softmax *softmax = (const Softmax *)problem;
  gsize dim = problem->dim, features = softmax->features;
  int f = (int)features;
  double *weight = scratch, *slope = weight + features; /* (F) each */
  guint32 *indices = (guint32 *)(weight + 3 * features);

  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim;
    double bias = t[dim - 1] - t[dim - 2], bias_slope = 0, sum = 0;
    tw_minibatch (softmax->rows, softmax->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, indices);
    difference (features, t, weight);
    memset (slope, 0, features * sizeof *slope);
    for (gsize b = 0; b < softmax->batch; b++) {
      const double *x = softmax->data + indices[b] * features;
      double y = label (indices[b]), margin = y * (cblas_ddot (f, x, 1, weight, 1) + bias);
      double tail = exp (-fabs (margin)); /* never overflows */
      sum += log1p (tail) + (margin < 0 ? -margin : 0);
      if (gradient != NULL) {
        double s = -y * (margin < 0 ? 1 : tail) / (1 + tail) / (double)softmax->batch;
        bias_slope += s;
        cblas_daxpy (f, s, x, 1, slope, 1);
      }
    }
    if (loss != NULL)
      loss[i] = sum / (double)softmax->batch + 0.5 * softmax->l2 * cblas_ddot ((int)dim, t, 1, t, 1);
    if (gradient != NULL)
      spread (softmax, slope, bias_slope, t, gradient + i * dim);
  }
  return TW_STATUS_OK;
}

/* The curvature of one row in z is s (1 - s), s the sigmoid of its margin. */
static TwStatus
softmax_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                        const double *v, const TwDraw *draws, double *out)
{
  const Softmax *softmax = (const Softmax *)problem;
  gsize dim = problem->dim, features = softmax->features;
  int f = (int)features;
  double *weight = scratch, *slope = weight + features, *change = slope + features; /* (F) each */
  guint32 *indices = (guint32 *)(weight + 3 * features);

  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim, *u = v + i * dim;
    double bias = t[dim - 1] - t[dim - 2], bias_change = u[dim - 1] - u[dim - 2], bias_slope = 0;
    tw_minibatch (softmax->rows, softmax->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, indices);
    difference (features, t, weight);
    difference (features, u, change);
    memset (slope, 0, features * sizeof *slope);
    for (gsize b = 0; b < softmax->batch; b++) {
      const double *x = softmax->data + indices[b] * features;
      double tail = exp (-fabs (cblas_ddot (f, x, 1, weight, 1) + bias));
      double s = tail / ((1 + tail) * (1 + tail)) / (double)softmax->batch;
      s *= cblas_ddot (f, x, 1, change, 1) + bias_change;
      bias_slope += s;
      cblas_daxpy (f, s, x, 1, slope, 1);
    }
    spread (softmax, slope, bias_slope, u, out + i * dim);
  }
  return TW_STATUS_OK;
}

/* Each tensor N(0, 1.2^2 / its first size), as published. */
static void
softmax_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  gsize weights = problem->tensor_sizes[0];

  tw_family_draw_normal (problem, draw, theta);
  cblas_dscal ((int)weights, 1.2 / sqrt ((double)weights / 2), theta, 1);
  cblas_dscal (2, 1.2 / sqrt (2), theta + weights, 1);
}

const TwProblemType tw_softmax_type = {
  .name = "softmax",
  .title = "Softmax regression",
  .summary =
    "mean_b log (1 + exp (-y_b z_b)), z = x W + b, on separable random data: convex, with minibatches",
  .source = TW_FAMILY_SOURCE,
  .params = softmax_params,
  .create = softmax_create,
  .finalize = softmax_finalize,
  .work_size = softmax_work_size,
  .eval = softmax_eval,
  .hessian_vector = softmax_hessian_vector,
  .draw_start = softmax_draw_start,
};
