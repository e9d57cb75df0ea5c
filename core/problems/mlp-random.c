/* mlp-random: a small network learns what a random deep network says about random data.
 *
 * Letters: L layers of weights, sizes s_0 = F features, ..., s_L = 2 classes; N rows of data X (N, F), B rows
 * of the minibatch, C rows computed at once.  theta is W_1 (s_0, s_1), b_1 (s_1), ..., W_L, b_L, row-major.
 * With a_0 = x, z_l = a_{l-1} W_l + b_l, a_l = act (z_l), T = 2 L tensors and p the softmax of z_L,
 *
 *   f = -1/B sum_b log p_(b, label of b) + l2 / T |theta|^2.
 *
 * x ~ N(0, 1); the label says on which side of its median the output of a random ReLU network lies (6 layers
 * of 20).  Pearlmutter (1994), "Fast exact multiplication by the Hessian": the R-pass beside the backward
 * pass.
 */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/problems/families.h"

#define MOST_LAYERS 9
#define MOST_UNITS 256
#define CHUNK 128 /* C */
#define TEACHER_LAYERS 6
#define TEACHER_WIDTH 20

enum { PART_DATA, PART_TEACHER };
enum { SIGMOID, TANH, RELU };

typedef struct {
  TwProblem parent;
  gsize n_layers, sizes[MOST_LAYERS + 1]; /* L; s_0 .. s_L */
  gsize at[MOST_LAYERS + 1];              /* where W_l begins in theta, l = 1 .. L */
  gsize rows, batch, widest;
  int activation;
  double *data;   /* (N, F) */
  guint8 *labels; /* (N) */
  double l2;
} Mlp;

typedef struct {
  double *a[MOST_LAYERS + 1];  /* (C, s_l) a_l; z_L at the end */
  double *ra[MOST_LAYERS + 1]; /* (C, s_l) their derivatives along v */
  double *delta[2];            /* (C, widest) df/dz of one layer, and of the one before */
  double *rdelta[2];           /* (C, widest) */
  guint32 *indices;            /* (B) */
} Work;

static const TwParam mlp_params[] = {
  { "features", TW_PARAM_INTEGER, 8, 1, 256, TRUE, NULL, "features F" },
  { "hidden", TW_PARAM_TEXT, 0, 0, 0, FALSE, "8x5", "sizes of the hidden layers, joined by x" },
  { "activation", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "sigmoid|tanh|relu", "of the hidden layers" },
  { "n", TW_PARAM_INTEGER, 1000, 2, 30000, TRUE, NULL, "rows of data" },
  { "batch", TW_PARAM_INTEGER, 10, 0, 30000, TRUE, NULL, "rows of a minibatch; 0: all of them" },
  { "l2", TW_PARAM_REAL, 1e-3, 0, 1, FALSE, NULL, "weight of the squared parameters" },
  { NULL },
};

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Above or below the median: published labels (positive or not) can all be the same. */
static guint8 *
ask_teacher (const double *data, gsize rows, gsize features, guint64 seed)
{
  double *from = g_memdup2 (data, rows * features * sizeof *data);
  g_autofree double *sorted = g_new (double, rows);
  guint8 *labels = g_new (guint8, rows);
  int inputs = (int)features;

  for (int layer = 0; layer < TEACHER_LAYERS; layer++) {
    g_autofree double *weights =
      tw_family_normals (seed, PART_TEACHER + (guint)layer, (gsize)inputs * TEACHER_WIDTH);
    double *to = g_new (double, rows *TEACHER_WIDTH);
    for (gsize i = 0; layer > 0 && i < rows * (gsize)inputs; i++)
      from[i] = MAX (from[i], 0);
    cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, TEACHER_WIDTH, inputs,
                 sqrt (2.0 / inputs), from, inputs, weights, TEACHER_WIDTH, 0, to, TEACHER_WIDTH);
    g_free (from);
    from = to;
    inputs = TEACHER_WIDTH;
  }
  for (gsize i = 0; i < rows; i++)
    sorted[i] = from[i * TEACHER_WIDTH];
  qsort (sorted, rows, sizeof *sorted, compare);
  for (gsize i = 0; i < rows; i++)
    labels[i] = from[i * TEACHER_WIDTH] >= sorted[rows / 2];
  g_free (from);
  return labels;
}

static gboolean
read_hidden (Mlp *mlp, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  guint n = g_strv_length (parts);
  gboolean good = n >= 1 && n < MOST_LAYERS;

  for (guint i = 0; good && i < n; i++) {
    guint64 units = 0;
    good = g_ascii_string_to_unsigned (parts[i], 10, 1, MOST_UNITS, &units, NULL);
    mlp->sizes[i + 1] = units;
  }
  if (!good) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "mlp-random: hidden=\"%s\" is not 1 to %d layer sizes from 1 to %d, such as 8x5", text,
                 MOST_LAYERS - 1, MOST_UNITS);
    return FALSE;
  }
  mlp->n_layers = n + 1;
  mlp->sizes[n + 1] = 2;
  return TRUE;
}

/* Tensors weight1, bias1, weight2, ... */
static void
init_tensors (Mlp *mlp)
{
  gsize sizes[2 * MOST_LAYERS], at = 0;
  char *names[2 * MOST_LAYERS + 1] = { NULL };

  for (gsize l = 1; l <= mlp->n_layers; l++) {
    mlp->at[l] = at;
    sizes[2 * l - 2] = mlp->sizes[l - 1] * mlp->sizes[l];
    sizes[2 * l - 1] = mlp->sizes[l];
    names[2 * l - 2] = g_strdup_printf ("weight%" G_GSIZE_FORMAT, l);
    names[2 * l - 1] = g_strdup_printf ("bias%" G_GSIZE_FORMAT, l);
    at += sizes[2 * l - 2] + sizes[2 * l - 1];
    mlp->widest = MAX (mlp->widest, MAX (mlp->sizes[l - 1], mlp->sizes[l]));
  }
  tw_problem_init (&mlp->parent, &tw_mlp_random_type, tw_mlp_random_type.name, tw_mlp_random_type.title,
                   2 * mlp->n_layers, sizes);
  tw_family_name_tensors (&mlp->parent, (const char *const *)names);
  for (gsize i = 0; names[i] != NULL; i++)
    g_free (names[i]);
}

static TwProblem *
mlp_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autofree Mlp *mlp = g_new0 (Mlp, 1);

  mlp->sizes[0] = (gsize)values[0].number;
  mlp->rows = (gsize)values[3].number;
  if (!read_hidden (mlp, values[1].text, error))
    return NULL;
  init_tensors (mlp);
  mlp->parent.minimum = 0; /* a bound: cross entropy is positive */
  mlp->activation = (int)values[2].number;
  mlp->batch = tw_minibatch_size (mlp->rows, values[4].number);
  mlp->l2 = values[5].number;
  mlp->data = tw_family_normals (seed, PART_DATA, mlp->rows * mlp->sizes[0]);
  mlp->labels = ask_teacher (mlp->data, mlp->rows, mlp->sizes[0], seed);
  return &g_steal_pointer (&mlp)->parent;
}

static void
mlp_finalize (TwProblem *problem)
{
  g_free (((Mlp *)problem)->data);
  g_free (((Mlp *)problem)->labels);
}

/* Gives Work its parts and returns the bytes that takes; with scratch NULL, only counts. */
static gsize
lay_out (const Mlp *mlp, void *scratch, Work *work)
{
  double *base = scratch;
  gsize at = 0;

  for (gsize l = 0; l <= mlp->n_layers; l++) {
    work->a[l] = base != NULL ? base + at : NULL;
    work->ra[l] = base != NULL ? base + at + CHUNK * mlp->sizes[l] : NULL;
    at += 2 * CHUNK * mlp->sizes[l];
  }
  for (gsize i = 0; i < 2; i++) {
    work->delta[i] = base != NULL ? base + at : NULL;
    work->rdelta[i] = base != NULL ? base + at + CHUNK * mlp->widest : NULL;
    at += 2 * CHUNK * mlp->widest;
  }
  work->indices = base != NULL ? (guint32 *)(base + at) : NULL;
  return at * sizeof (double) + mlp->batch * sizeof (guint32);
}

static gsize
mlp_work_size (const TwProblem *problem, gsize n)
{
  Work none;

  return lay_out ((const Mlp *)problem, NULL, &none);
}

static const double *
weight (const Mlp *mlp, const double *theta, gsize l)
{
  return theta + mlp->at[l];
}

static const double *
bias (const Mlp *mlp, const double *theta, gsize l)
{
  return theta + mlp->at[l] + mlp->sizes[l - 1] * mlp->sizes[l];
}

/* z (C, s_l) = beta z + a (C, s_{l-1}) W_l. */
static void
affine (const Mlp *mlp, gsize l, int rows, const double *a, const double *w, double beta, double *z)
{
  int from = (int)mlp->sizes[l - 1], to = (int)mlp->sizes[l];

  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, to, from, 1, a, from, w, to, beta, z, to);
}

static void
set_rows (gsize rows, gsize columns, const double *row, double *out)
{
  for (gsize b = 0; b < rows; b++)
    memcpy (out + b * columns, row, columns * sizeof *out);
}

static double
activate (int activation, double z)
{
  switch (activation) {
  case SIGMOID:
    return 1 / (1 + exp (-z));
  case TANH:
    return tanh (z);
  default:
    return z > 0 || isnan (z) ? z : 0;
  }
}

/* act' in terms of a = act (z), and act'' / act'. */
static double
slope (int activation, double a)
{
  return activation == SIGMOID ? a * (1 - a) : activation == TANH ? 1 - a * a : a > 0;
}

static double
bend (int activation, double a)
{
  return activation == SIGMOID ? 1 - 2 * a : activation == TANH ? -2 * a : 0;
}

static void
forward (const Mlp *mlp, const Work *work, gsize rows, const guint32 *indices, const double *theta)
{
  for (gsize b = 0; b < rows; b++)
    memcpy (work->a[0] + b * mlp->sizes[0], mlp->data + indices[b] * mlp->sizes[0],
            mlp->sizes[0] * sizeof (double));
  for (gsize l = 1; l <= mlp->n_layers; l++) {
    set_rows (rows, mlp->sizes[l], bias (mlp, theta, l), work->a[l]);
    affine (mlp, l, (int)rows, work->a[l - 1], weight (mlp, theta, l), 1, work->a[l]);
    for (gsize j = 0; l < mlp->n_layers && j < rows * mlp->sizes[l]; j++)
      work->a[l][j] = activate (mlp->activation, work->a[l][j]);
  }
}

/* The derivative of the forward pass along v. */
static void
forward_along (const Mlp *mlp, const Work *work, gsize rows, const double *theta, const double *v)
{
  memset (work->ra[0], 0, rows * mlp->sizes[0] * sizeof (double));
  for (gsize l = 1; l <= mlp->n_layers; l++) {
    set_rows (rows, mlp->sizes[l], bias (mlp, v, l), work->ra[l]);
    affine (mlp, l, (int)rows, work->a[l - 1], weight (mlp, v, l), 1, work->ra[l]);
    affine (mlp, l, (int)rows, work->ra[l - 1], weight (mlp, theta, l), 1, work->ra[l]);
    for (gsize j = 0; l < mlp->n_layers && j < rows * mlp->sizes[l]; j++)
      work->ra[l][j] *= slope (mlp->activation, work->a[l][j]);
  }
}

/* The sum of the rows' cross entropies, and df/dz_L into delta[0]; with `along` its derivative into
 * rdelta[0]. */
static double
top (const Mlp *mlp, const Work *work, gsize rows, const guint32 *indices, gboolean along)
{
  const double *z = work->a[mlp->n_layers], *rz = work->ra[mlp->n_layers];
  double sum = 0, share = 1 / (double)mlp->batch;

  for (gsize b = 0; b < rows; b++) {
    double y = mlp->labels[indices[b]] ? 1 : -1, margin = y * (z[2 * b + 1] - z[2 * b]);
    double tail = exp (-fabs (margin)); /* never overflows */
    double s = -y * (margin < 0 ? 1 : tail) / (1 + tail) * share;
    sum += log1p (tail) + (margin < 0 ? -margin : 0);
    work->delta[0][2 * b] = -s;
    work->delta[0][2 * b + 1] = s;
    if (along) {
      double r = tail / ((1 + tail) * (1 + tail)) * share * (rz[2 * b + 1] - rz[2 * b]);
      work->rdelta[0][2 * b] = -r;
      work->rdelta[0][2 * b + 1] = r;
    }
  }
  return sum;
}

/* out (D) += a^T delta in W_l. */
static void
add_weight_slope (const Mlp *mlp, gsize l, gsize rows, const double *a, const double *delta, double *out)
{
  int from = (int)mlp->sizes[l - 1], to = (int)mlp->sizes[l];

  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, from, to, (int)rows, 1, a, from, delta, to, 1,
               out + mlp->at[l], to);
}

static void
add_bias_slope (const Mlp *mlp, gsize l, gsize rows, const double *delta, double *out)
{
  for (gsize b = 0; b < rows; b++)
    cblas_daxpy ((int)mlp->sizes[l], 1, delta + b * mlp->sizes[l], 1,
                 out + mlp->at[l] + mlp->sizes[l - 1] * mlp->sizes[l], 1);
}

/* back (C, s_{l-1}) = beta back + delta (C, s_l) W_l^T. */
static void
pull (const Mlp *mlp, gsize l, gsize rows, const double *delta, const double *w, double beta, double *back)
{
  int from = (int)mlp->sizes[l - 1], to = (int)mlp->sizes[l];

  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, from, to, 1, delta, to, w, to, beta, back,
               from);
}

/* Adds the gradient to out (D). */
static void
backward (const Mlp *mlp, Work *work, gsize rows, const double *theta, double *out)
{
  for (gsize l = mlp->n_layers; l > 0; l--) {
    double *delta = work->delta[0], *back = work->delta[1];
    add_weight_slope (mlp, l, rows, work->a[l - 1], delta, out);
    add_bias_slope (mlp, l, rows, delta, out);
    if (l == 1)
      break;
    pull (mlp, l, rows, delta, weight (mlp, theta, l), 0, back);
    for (gsize j = 0; j < rows * mlp->sizes[l - 1]; j++)
      back[j] *= slope (mlp->activation, work->a[l - 1][j]);
    work->delta[0] = back;
    work->delta[1] = delta;
  }
}

/* Adds the gradient's derivative along v to out (D). */
static void
backward_along (const Mlp *mlp, Work *work, gsize rows, const double *theta, const double *v, double *out)
{
  for (gsize l = mlp->n_layers; l > 0; l--) {
    double *delta = work->delta[0], *rdelta = work->rdelta[0], *back = work->delta[1],
           *rback = work->rdelta[1];
    add_weight_slope (mlp, l, rows, work->a[l - 1], rdelta, out);
    add_weight_slope (mlp, l, rows, work->ra[l - 1], delta, out);
    add_bias_slope (mlp, l, rows, rdelta, out);
    if (l == 1)
      break;
    pull (mlp, l, rows, delta, weight (mlp, theta, l), 0, back);
    pull (mlp, l, rows, rdelta, weight (mlp, theta, l), 0, rback);
    pull (mlp, l, rows, delta, weight (mlp, v, l), 1, rback);
    for (gsize j = 0; j < rows * mlp->sizes[l - 1]; j++) {
      double a = work->a[l - 1][j], s = slope (mlp->activation, a);
      rback[j] = rback[j] * s + back[j] * bend (mlp->activation, a) * work->ra[l - 1][j];
      back[j] *= s;
    }
    work->delta[0] = back;
    work->delta[1] = delta;
    work->rdelta[0] = rback;
    work->rdelta[1] = rdelta;
  }
}

static TwStatus
mlp_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
          double *loss, double *gradient)
{
  const Mlp *mlp = (const Mlp *)problem;
  gsize dim = problem->dim;
  double l2 = mlp->l2 / (double)problem->n_tensors;
  Work work;

  lay_out (mlp, scratch, &work);
  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim;
    double *g = gradient != NULL ? gradient + i * dim : NULL, sum = 0;
    for (gsize j = 0; g != NULL && j < dim; j++)
      g[j] = 2 * l2 * t[j];
    tw_minibatch (mlp->rows, mlp->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, work.indices);
    for (gsize at = 0; at < mlp->batch; at += CHUNK) {
      gsize rows = MIN (CHUNK, mlp->batch - at);
      forward (mlp, &work, rows, work.indices + at, t);
      sum += top (mlp, &work, rows, work.indices + at, FALSE);
      if (g != NULL)
        backward (mlp, &work, rows, t, g);
    }
    if (loss != NULL)
      loss[i] = sum / (double)mlp->batch + l2 * cblas_ddot ((int)dim, t, 1, t, 1);
  }
  return TW_STATUS_OK;
}

static TwStatus
mlp_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                    const TwDraw *draws, double *out)
{
  const Mlp *mlp = (const Mlp *)problem;
  gsize dim = problem->dim;
  Work work;

  lay_out (mlp, scratch, &work);
  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * dim, *u = v + i * dim;
    for (gsize j = 0; j < dim; j++)
      out[i * dim + j] = 2 * mlp->l2 / (double)problem->n_tensors * u[j];
    tw_minibatch (mlp->rows, mlp->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, work.indices);
    for (gsize at = 0; at < mlp->batch; at += CHUNK) {
      gsize rows = MIN (CHUNK, mlp->batch - at);
      forward (mlp, &work, rows, work.indices + at, t);
      forward_along (mlp, &work, rows, t, u);
      top (mlp, &work, rows, work.indices + at, TRUE);
      backward_along (mlp, &work, rows, t, u, out + i * dim);
    }
  }
  return TW_STATUS_OK;
}

/* Each tensor N(0, 1.2^2 / its first size), as published. */
static void
mlp_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  const Mlp *mlp = (const Mlp *)problem;

  tw_family_draw_normal (problem, draw, theta);
  for (gsize l = 1; l <= mlp->n_layers; l++) {
    gsize from = mlp->sizes[l - 1], to = mlp->sizes[l];
    cblas_dscal ((int)(from * to), 1.2 / sqrt ((double)from), theta + mlp->at[l], 1);
    cblas_dscal ((int)to, 1.2 / sqrt ((double)to), theta + mlp->at[l] + from * to, 1);
  }
}

const TwProblemType tw_mlp_random_type = {
  .name = "mlp-random",
  .title = "Random network",
  .summary = "a small network fits the labels that a random deep one gives to random data, in minibatches",
  .source = TW_FAMILY_SOURCE,
  .params = mlp_params,
  .create = mlp_create,
  .finalize = mlp_finalize,
  .work_size = mlp_work_size,
  .eval = mlp_eval,
  .hessian_vector = mlp_hessian_vector,
  .draw_start = mlp_draw_start,
};
