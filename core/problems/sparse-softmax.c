/* sparse-softmax: softmax regression on sums of embeddings, where only the embeddings of words that occur in
 * the minibatch have a gradient.
 *
 * Letters: V words, F features, K words per row, N rows, B rows of the minibatch.  theta is E (V, F), W (F,
 * 2) and b (2), row-major.  With h_b = sum_k E[word_bk], z_b = h_b . (W_1 - W_0) + b_1 - b_0 and labels y_b =
 * -1 or 1,
 *
 *   f = 1/B sum_b log (1 + exp (-y_b z_b)) + l2 / 3 (|E|^2 + |W|^2 + |b|^2).
 *
 * The label is the parity of the sum of the words, wrong with probability `flip`.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/problems/families.h"

enum { PART_WORDS, PART_FLIPS };

typedef struct {
  TwProblem parent;
  gsize vocabulary, features, context, rows, batch;
  guint32 *words; /* (N, K) */
  double *labels; /* (N) */
  double l2;
} SparseSoftmax;

static const TwParam sparse_softmax_params[] = {
  { "vocabulary", TW_PARAM_INTEGER, 10, 2, 10000, TRUE, NULL,
    "words V; 2, with n=5, is the published problem" },
  { "features", TW_PARAM_INTEGER, 5, 1, 256, TRUE, NULL, "features F of a word" },
  { "context", TW_PARAM_INTEGER, 5, 1, 64, TRUE, NULL, "words in a row" },
  { "n", TW_PARAM_INTEGER, 100, 1, 100000, TRUE, NULL, "rows of data" },
  { "batch", TW_PARAM_INTEGER, 23, 0, 100000, TRUE, NULL, "rows of a minibatch; 0: all of them" },
  { "flip", TW_PARAM_REAL, 0.25, 0, 0.5, FALSE, NULL, "share of wrong labels" },
  { "l2", TW_PARAM_REAL, 1e-3, 0, 1, FALSE, NULL, "weight of the squared parameters" },
  { NULL },
};

static void
draw_rows (SparseSoftmax *sparse, double flip, guint64 seed)
{
  TwDraw words = tw_family_draw (seed, PART_WORDS), flips = tw_family_draw (seed, PART_FLIPS);

  sparse->words = g_new (guint32, sparse->rows * sparse->context);
  sparse->labels = g_new (double, sparse->rows);
  for (gsize i = 0; i < sparse->rows; i++) {
    gboolean odd = tw_random_uniform (flips, i) < flip;
    for (gsize k = 0; k < sparse->context; k++) {
      gsize at = i * sparse->context + k;
      sparse->words[at] = (guint32)(tw_random_uniform (words, at) * (double)sparse->vocabulary);
      odd ^= sparse->words[at] % 2;
    }
    sparse->labels[i] = odd ? 1 : -1;
  }
}

static TwProblem *
sparse_softmax_create (const TwValue *values, guint64 seed, GError **error)
{
  SparseSoftmax *sparse = g_new0 (SparseSoftmax, 1);

  sparse->vocabulary = (gsize)values[0].number;
  sparse->features = (gsize)values[1].number;
  sparse->context = (gsize)values[2].number;
  sparse->rows = (gsize)values[3].number;
  sparse->batch = tw_minibatch_size (sparse->rows, values[4].number);
  sparse->l2 = values[6].number;
  tw_problem_init (&sparse->parent, &tw_sparse_softmax_type, tw_sparse_softmax_type.name,
                   tw_sparse_softmax_type.title, 3,
                   (const gsize[]){ sparse->vocabulary * sparse->features, 2 * sparse->features, 2 });
  tw_family_name_tensors (&sparse->parent, (const char *const[]){ "embedding", "weight", "bias", NULL });
  sparse->parent.minimum = 0; /* a bound: cross entropy is positive */
  draw_rows (sparse, values[5].number, seed);
  return &sparse->parent;
}

static void
sparse_softmax_finalize (TwProblem *problem)
{
  g_free (((SparseSoftmax *)problem)->words);
  g_free (((SparseSoftmax *)problem)->labels);
}

static gsize
sparse_softmax_work_size (const TwProblem *problem, gsize n)
{
  const SparseSoftmax *sparse = (const SparseSoftmax *)problem;

  return 4 * sparse->features * sizeof (double) + sparse->batch * sizeof (guint32);
}

/* h (F) = the sum of the words' rows of e (V, F). */
static void
embed (const SparseSoftmax *sparse, gsize row, const double *e, double *h)
{
  const guint32 *words = sparse->words + row * sparse->context;

  memset (h, 0, sparse->features * sizeof *h);
  for (gsize k = 0; k < sparse->context; k++)
    cblas_daxpy ((int)sparse->features, 1, e + words[k] * sparse->features, 1, h, 1);
}

/* Adds slope times h (F) to the weights and slope times d (F) to the row's words: (slope of f in z) dz/dtheta
 * but for the biases, with d = W_1 - W_0.  out (D). */
static void
add_slope (const SparseSoftmax *sparse, gsize row, double slope, const double *h, const double *d,
           double *out)
{
  gsize features = sparse->features;
  const guint32 *words = sparse->words + row * sparse->context;
  double *weight = out + sparse->vocabulary * features;

  for (gsize k = 0; k < sparse->context; k++)
    cblas_daxpy ((int)features, slope, d, 1, out + words[k] * features, 1);
  for (gsize j = 0; j < features; j++) {
    weight[2 * j] -= slope * h[j];
    weight[2 * j + 1] += slope * h[j];
  }
}

/* W_1 - W_0 (F) is written, b_1 - b_0 returned. */
static double
difference (const SparseSoftmax *sparse, const double *theta, double *d)
{
  const double *weight = theta + sparse->vocabulary * sparse->features, *bias = weight + 2 * sparse->features;

  for (gsize j = 0; j < sparse->features; j++)
    d[j] = weight[2 * j + 1] - weight[2 * j];
  return bias[1] - bias[0];
}

static void
add_bias_slope (const SparseSoftmax *sparse, double slope, double *out)
{
  out[sparse->parent.dim - 2] -= slope;
  out[sparse->parent.dim - 1] += slope;
}

/* out (D) = 2/3 l2 theta, to which the rows are added. */
static void
start_from_penalty (const SparseSoftmax *sparse, const double *theta, double *out)
{
  for (gsize j = 0; j < sparse->parent.dim; j++)
    out[j] = 2 * sparse->l2 / 3 * theta[j];
}

static TwStatus
sparse_softmax_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                     const TwDraw *draws, double *loss, double *gradient)
{
  const SparseSoftmax *sparse = (const SparseSoftmax *)problem;
  gsize dim = problem->dim, features = sparse->features;
  double *h = scratch, *d = h + features; /* (F) each */
  guint32 *indices = (guint32 *)(h + 4 * features);

  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim;
    double bias = difference (sparse, t, d), sum = 0;
    tw_minibatch (sparse->rows, sparse->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, indices);
    if (gradient != NULL)
      start_from_penalty (sparse, t, gradient + i * dim);
    for (gsize b = 0; b < sparse->batch; b++) {
      embed (sparse, indices[b], t, h);
      double y = sparse->labels[indices[b]], margin = y * (cblas_ddot ((int)features, h, 1, d, 1) + bias);
      double tail = exp (-fabs (margin)); /* never overflows */
      sum += log1p (tail) + (margin < 0 ? -margin : 0);
      if (gradient != NULL) {
        double slope = -y * (margin < 0 ? 1 : tail) / (1 + tail) / (double)sparse->batch;
        add_slope (sparse, indices[b], slope, h, d, gradient + i * dim);
        add_bias_slope (sparse, slope, gradient + i * dim);
      }
    }
    if (loss != NULL)
      loss[i] = sum / (double)sparse->batch + sparse->l2 / 3 * cblas_ddot ((int)dim, t, 1, t, 1);
  }
  return TW_STATUS_OK;
}

/* z is bilinear: along v it changes by dz = dh . d + h . dd + db, and its own derivative by dd in the words
 * and dh in the weights. */
static TwStatus
sparse_softmax_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                               const double *v, const TwDraw *draws, double *out)
{
  const SparseSoftmax *sparse = (const SparseSoftmax *)problem;
  gsize dim = problem->dim, features = sparse->features;
  int f = (int)features;
  double *h = scratch, *d = h + features, *dh = d + features, *dd = dh + features; /* (F) each */
  guint32 *indices = (guint32 *)(h + 4 * features);

  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim, *u = v + i * dim;
    double bias = difference (sparse, t, d), bias_change = difference (sparse, u, dd);
    double *to = out + i * dim;
    tw_minibatch (sparse->rows, sparse->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, indices);
    start_from_penalty (sparse, u, to);
    for (gsize b = 0; b < sparse->batch; b++) {
      embed (sparse, indices[b], t, h);
      embed (sparse, indices[b], u, dh);
      double y = sparse->labels[indices[b]], margin = y * (cblas_ddot (f, h, 1, d, 1) + bias);
      double tail = exp (-fabs (margin));
      double slope = -y * (margin < 0 ? 1 : tail) / (1 + tail) / (double)sparse->batch;
      double dz = cblas_ddot (f, dh, 1, d, 1) + cblas_ddot (f, h, 1, dd, 1) + bias_change;
      double curvature = tail / ((1 + tail) * (1 + tail)) / (double)sparse->batch;
      add_slope (sparse, indices[b], curvature * dz, h, d, to);
      add_bias_slope (sparse, curvature * dz, to);
      add_slope (sparse, indices[b], slope, dh, dd, to);
    }
  }
  return TW_STATUS_OK;
}

/* Each tensor N(0, 1.2^2 / its first size), as published. */
static void
sparse_softmax_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  const SparseSoftmax *sparse = (const SparseSoftmax *)problem;
  gsize words = problem->tensor_sizes[0], weights = problem->tensor_sizes[1];

  tw_family_draw_normal (problem, draw, theta);
  cblas_dscal ((int)words, 1.2 / sqrt ((double)sparse->vocabulary), theta, 1);
  cblas_dscal ((int)weights, 1.2 / sqrt ((double)sparse->features), theta + words, 1);
  cblas_dscal (2, 1.2 / sqrt (2), theta + words + weights, 1);
}

const TwProblemType tw_sparse_softmax_type = {
  .name = "sparse-softmax",
  .title = "Sparse softmax regression",
  .summary =
    "softmax regression on sums of word embeddings, parity labels: most gradients are zero at most steps",
  .source = TW_FAMILY_SOURCE,
  .params = sparse_softmax_params,
  .create = sparse_softmax_create,
  .finalize = sparse_softmax_finalize,
  .work_size = sparse_softmax_work_size,
  .eval = sparse_softmax_eval,
  .hessian_vector = sparse_softmax_hessian_vector,
  .draw_start = sparse_softmax_draw_start,
};
