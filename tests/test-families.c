/* The random problem families: derivatives against finite differences, minima, minibatches, nesting, bad
 * keys. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/problems/families.h"

/* Each family at its default, and in the corners of its keys that have code of their own. */
static const char *const specs[] = {
  "quadratic",
  "quadratic,dim=1",
  "quadratic,dim=300",
  "quadratic,dim=33,condition=1000",
  "quadratic,dim=1,condition=10",
  "bowl-nd",
  "bowl-nd,condition=0.1,angle=45",
  "bowl-nd,dim=17,condition=50,angle=-30",
  "norm",
  "norm,dim=22,power=1",
  "norm,dim=18,power=1.5",
  "norm,dim=23,power=3",
  "softmax",
  "softmax,features=1,n=3,batch=2",
  "softmax,features=40,batch=0,sep=0,l2=0",
  "sparse-softmax",
  "sparse-softmax,vocabulary=2,n=5",
  "sparse-softmax,vocabulary=30,features=3,context=2,batch=0,flip=0,l2=0.5",
  "mlp-random",
  "mlp-random,hidden=4x4x4x4,activation=tanh,batch=0,n=300",
  "mlp-random,features=12,hidden=16,activation=relu,batch=200",
  "matmul",
  "matmul,n=2,k=5",
  "matmul,n=2,k=8",
  "matmul,n=3,k=19",
  "dependency-chain",
  "dependency-chain,dim=2",
  "min-max-well",
  "outward-snake",
  "outward-snake,dim=13,batch=0",
  "projection-quadratic",
  "projection-quadratic,dim=12,n=101,batch=0",
  "sum-of-quadratics",
  "sum-of-quadratics,dim=12,n=100,batch=0",
  "sum",
  "sum,of=norm:dim=18:power=3+(quadratic:dim=25)+rosenbrock+softmax:batch=7",
  "log",
  "log,of=rosenbrock",
  "log,of=softmax:features=5",
  "log,of=sum:of=(booth+log:of=(bowl-nd:dim=3))",
  "rescaled",
  "rescaled,of=norm:dim=18:power=2.5,scale=0.123",
  "rescaled,of=beale,scale=50",
  "sparse,of=quadratic:dim=20,zero=0.5",
  "sparse,of=mlp-random:hidden=8,zero=0.3",
};

static TwProblem *
make_seeded (const char *text, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);

  g_assert_no_error (error);
  TwProblem *problem = tw_problem_new (spec, seed, &error);
  g_assert_no_error (error);
  g_assert_nonnull (problem);
  return problem;
}

static TwProblem *
make (const char *text)
{
  return make_seeded (text, 7);
}

static double *
draw_starts (const TwProblem *problem, gsize n)
{
  gsize dim = tw_problem_get_dim (problem);
  double *theta = g_new (double, n *dim);

  for (gsize i = 0; i < n; i++)
    tw_problem_draw_start (problem, (TwDraw){ tw_random_stream (3, TW_STREAM_STARTS, i), 0 },
                           theta + i * dim);
  return theta;
}

static double
distance (gsize n, const double *a, const double *b)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (sum);
}

static double
dot (gsize n, const double *a, const double *b)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* One draw per point: streams and steps all different. */
static void
fill_draws (gsize n, TwDraw *draws)
{
  for (gsize i = 0; i < n; i++)
    draws[i] = (TwDraw){ tw_random_stream (11, TW_STREAM_MINIBATCH, i), 3 * i };
}

#define POINTS 4

/* Central differences of fourth order: loss and gradient (D) of point `at`, along a direction (D). */
typedef struct {
  const TwProblem *problem;
  TwProblemWork *work;
  TwDraw draw;
  double *point, *gradient; /* (D) */
} Probe;

static double
differences (Probe *probe, const double *at, const double *along, double h, double *out)
{
  const double weights[] = { 1, -8, 8, -1 }, steps[] = { -2, -1, 1, 2 };
  gsize dim = tw_problem_get_dim (probe->problem);
  double slope = 0;

  memset (out, 0, dim * sizeof *out);
  for (int k = 0; k < 4; k++) {
    double loss;
    for (gsize j = 0; j < dim; j++)
      probe->point[j] = at[j] + steps[k] * h * along[j];
    tw_problem_eval (probe->problem, probe->work, 1, probe->point, &probe->draw, &loss, probe->gradient);
    slope += weights[k] * loss / (12 * h);
    for (gsize j = 0; j < dim; j++)
      out[j] += weights[k] * probe->gradient[j] / (12 * h);
  }
  return slope;
}

static void
check_derivatives (gconstpointer data)
{
  const char *text = data;
  g_autoptr (TwProblem) problem = make (text);
  gboolean sparse = g_str_has_prefix (text, "sparse,");
  gsize dim = tw_problem_get_dim (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, POINTS);
  g_autofree double *theta = draw_starts (problem, POINTS); /* (n, D) */
  g_autofree double *v = g_new (double, POINTS *dim), *g = g_new (double, POINTS *dim);
  g_autofree double *exact = g_new (double, POINTS *dim), *hv = g_new (double, POINTS *dim);
  g_autofree double *fd = g_new (double, dim), *point = g_new (double, dim), *scratch = g_new (double, dim);
  TwDraw draws[POINTS];
  double loss[POINTS];

  fill_draws (POINTS, draws);
  tw_random_normals ((TwDraw){ 5, 5 }, 0, POINTS * dim, v);
  g_assert_cmpint (tw_problem_eval (problem, work, POINTS, theta, draws, loss, g), ==, TW_STATUS_OK);
  g_assert_cmpint (tw_problem_eval_exact (problem, work, POINTS, theta, draws, loss, exact), ==,
                   TW_STATUS_OK);
  g_assert_true (sparse || memcmp (g, exact, POINTS * dim * sizeof *g) == 0);
  g_assert_cmpint (tw_problem_hessian_vector (problem, work, POINTS, theta, v, draws, hv), ==, TW_STATUS_OK);

  for (gsize i = 0; i < POINTS; i++) {
    const double *at = theta + i * dim, *along = v + i * dim;
    double length = sqrt (dot (dim, along, along));
    double size = sqrt (dot (dim, exact + i * dim, exact + i * dim)) * length;
    double curved = sqrt (dot (dim, hv + i * dim, hv + i * dim));
    double slope_error = INFINITY, hessian_error = INFINITY;
    Probe probe = { problem, work, draws[i], point, scratch };
    for (double h = 1e-2; h > 1e-7; h /= 5) {
      double slope = differences (&probe, at, along, h / length, fd);
      slope_error = fmin (slope_error, fabs (slope - dot (dim, exact + i * dim, along)) / size);
      /* Of a masked gradient J = M H the product is J^T v: compare v . J v, which is all they share. */
      double off = sparse ? fabs (dot (dim, fd, along) - dot (dim, hv + i * dim, along)) / (curved * length)
                          : distance (dim, fd, hv + i * dim) / (curved > 0 ? curved : 1);
      hessian_error = fmin (hessian_error, off);
    }
    g_assert_cmpfloat (slope_error, <, 1e-6);
    g_assert_cmpfloat (hessian_error, <, 1e-6);
  }
}

/* J^T u . v = u . J v for two directions: the whole transposed product of masked gradients. */
static void
test_sparse_product (void)
{
  g_autoptr (TwProblem) problem = make ("sparse,of=log:of=rosenbrock,zero=0.5");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  const double at[2] = { -0.7, 1.3 }, u[2] = { 1, -2 }, v[2] = { 0.4, 0.8 };
  double jv[2], jtu[2], point[2], scratch[2];

  for (guint64 step = 0; step < 20; step++) {
    Probe probe = { problem, work, { 9, step }, point, scratch };
    differences (&probe, at, v, 1e-4, jv);
    tw_problem_hessian_vector (problem, work, 1, at, u, &probe.draw, jtu);
    g_assert_cmpfloat_with_epsilon (dot (2, jtu, v), dot (2, u, jv), 1e-6);
  }
}

/* Point i is the same bits alone and in a batch, evaluated twice, with or without the other results asked
 * for. */
static void
check_bits (gconstpointer data)
{
  g_autoptr (TwProblem) problem = make (data), again = make (data);
  gsize dim = tw_problem_get_dim (problem), bytes = dim * sizeof (double);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, POINTS);
  g_autoptr (TwProblemWork) own = tw_problem_work_new (again, 1);
  g_autofree double *theta = draw_starts (problem, POINTS), *v = draw_starts (problem, POINTS);
  g_autofree double *g = g_new (double, POINTS *dim), *hv = g_new (double, POINTS *dim);
  g_autofree double *alone = g_new (double, dim);
  TwDraw draws[POINTS];
  double loss[POINTS], one;

  fill_draws (POINTS, draws);
  tw_problem_eval (problem, work, POINTS, theta, draws, loss, g);
  tw_problem_hessian_vector (problem, work, POINTS, theta, v, draws, hv);
  for (gsize i = POINTS; i-- > 0;) {
    tw_problem_eval (again, own, 1, theta + i * dim, draws + i, &one, NULL);
    g_assert_cmpmem (&one, sizeof one, loss + i, sizeof one);
    tw_problem_eval (again, own, 1, theta + i * dim, draws + i, NULL, alone);
    g_assert_cmpmem (alone, bytes, g + i * dim, bytes);
    tw_problem_hessian_vector (again, own, 1, theta + i * dim, v + i * dim, draws + i, alone);
    g_assert_cmpmem (alone, bytes, hv + i * dim, bytes);
  }
  /* No draws are draw 0. */
  tw_problem_eval (problem, work, 1, theta, NULL, loss, g);
  tw_problem_eval (problem, work, 1, theta, &(TwDraw){ 0, 0 }, &one, alone);
  g_assert_cmpmem (&one, sizeof one, loss, sizeof one);
  g_assert_cmpmem (alone, bytes, g, bytes);
}

/* Tensors add up and have names of their own; no start lies below the minimum; NaN comes out where it goes
 * in. */
static void
check_shape (gconstpointer data)
{
  g_autoptr (TwProblem) problem = make (data);
  gsize dim = tw_problem_get_dim (problem), sum = 0, n = tw_problem_get_n_tensors (problem), n_minima;
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, POINTS);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree double *theta = draw_starts (problem, POINTS), *g = g_new (double, POINTS *dim);
  const double *minima;
  double loss[POINTS];

  for (gsize i = 0; i < n; i++) {
    g_assert_cmpuint (tw_problem_get_tensor_sizes (problem)[i], >, 0);
    sum += tw_problem_get_tensor_sizes (problem)[i];
    g_assert_true (g_hash_table_add (names, (gpointer)tw_problem_get_tensor_name (problem, i)));
  }
  g_assert_cmpuint (sum, ==, dim);
  g_assert_null (tw_problem_get_formula (problem));
  g_assert_cmpint (tw_problem_eval (problem, work, POINTS, theta, NULL, loss, g), ==, TW_STATUS_OK);
  for (gsize i = 0; i < POINTS; i++)
    g_assert_cmpfloat (loss[i], >=, tw_problem_get_minimum (problem));
  n_minima = tw_problem_get_minima (problem, &minima);
  for (gsize i = 0; i < n_minima; i++) {
    tw_problem_eval (problem, work, 1, minima + i * dim, NULL, loss, NULL);
    if (!g_str_equal (data, "sum-of-quadratics")) /* its minibatches are not centred */
      g_assert_cmpfloat_with_epsilon (loss[0], tw_problem_get_minimum (problem), 1e-9);
  }
  theta[dim - 1] = NAN;
  gboolean masked = g_str_has_prefix (data, "sparse,") || g_str_has_prefix (data, "sparse-softmax");
  TwStatus status = tw_problem_eval (problem, work, POINTS, theta, NULL, loss, g);
  g_assert_true (status == TW_STATUS_NOT_FINITE || masked);
  g_assert_false (isfinite (loss[0]));
  g_assert_true (isfinite (loss[1]));
  for (gsize i = 0; i < POINTS * dim; i++) /* no crash, whatever the numbers */
    theta[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? 1e200 : -1e-200;
  tw_problem_eval (problem, work, POINTS, theta, NULL, loss, g);
  tw_problem_hessian_vector (problem, work, POINTS, theta, theta, NULL, g);
}

/* Another seed is another problem, and another start another loss. */
static void
test_seeds (void)
{
  const char *const random[] = { "quadratic",
                                 "quadratic,condition=10",
                                 "norm",
                                 "softmax",
                                 "sparse-softmax",
                                 "mlp-random",
                                 "outward-snake",
                                 "projection-quadratic",
                                 "sum-of-quadratics",
                                 "sum,of=quadratic+norm",
                                 "log",
                                 "rescaled",
                                 "sparse" };

  for (gsize i = 0; i < G_N_ELEMENTS (random); i++) {
    g_autoptr (TwProblem) one = make_seeded (random[i], 1), two = make_seeded (random[i], 2);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (one, 2), other = tw_problem_work_new (two, 2);
    g_autofree double *theta = draw_starts (one, 2);
    double a[2], b[2];
    tw_problem_eval (one, work, 2, theta, NULL, a, NULL);
    tw_problem_eval (two, other, 2, theta, NULL, b, NULL);
    g_assert_cmpfloat (a[0], !=, b[0]);
    g_assert_cmpfloat (a[0], !=, a[1]);
  }
  /* The parts of a sum are not twins. */
  g_autoptr (TwProblem) sum = make ("sum,of=quadratic:dim=2+quadratic:dim=2");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (sum, 1);
  double theta[4] = { 1, 2, 1, 2 }, g[4];
  tw_problem_eval (sum, work, 1, theta, NULL, NULL, g);
  g_assert_cmpfloat (g[0], !=, g[2]);
}

static void
test_minibatch_order (void)
{
  const struct {
    gsize rows, batch;
  } cases[] = { { 37, 5 }, { 2, 1 }, { 100, 99 }, { 1000, 100 }, { 64, 16 }, { 5, 3 } };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    gsize rows = cases[c].rows, batch = cases[c].batch;
    g_autofree guint32 *indices = g_new (guint32, rows * batch), *other = g_new (guint32, batch);
    for (gsize step = 0; step < rows; step++)
      tw_minibatch (rows, batch, (TwDraw){ 42, step }, indices + step * batch);
    /* rows steps are exactly `batch` epochs, and each epoch visits every row once. */
    for (gsize epoch = 0; epoch < batch; epoch++) {
      g_autofree guint8 *seen = g_new0 (guint8, rows);
      for (gsize i = 0; i < rows; i++) {
        g_assert_cmpuint (indices[epoch * rows + i], <, rows);
        g_assert_false (seen[indices[epoch * rows + i]]++);
      }
    }
    if (rows < 10)
      continue;
    g_assert_true (memcmp (indices, indices + rows, rows * sizeof *indices) != 0 || batch == 1);
    tw_minibatch (rows, batch, (TwDraw){ 43, 0 }, other);
    g_assert_true (memcmp (indices, other, batch * sizeof *indices) != 0);
    tw_minibatch (rows, batch, (TwDraw){ 42, 0 }, other);
    g_assert_cmpmem (indices, batch * sizeof *indices, other, batch * sizeof *other);
  }
  g_assert_cmpuint (tw_minibatch_size (10, 0), ==, 10);
  g_assert_cmpuint (tw_minibatch_size (10, 11), ==, 10);
  g_assert_cmpuint (tw_minibatch_size (10, 3), ==, 3);
  guint32 all[3];
  tw_minibatch (3, 3, (TwDraw){ 1, 17 }, all);
  g_assert_true (all[0] == 0 && all[1] == 1 && all[2] == 2);
}

/* A row of a shuffle lands anywhere with the same chance: chi-squared over 20 cells, 19 degrees of freedom.
 */
static void
test_minibatch_uniform (void)
{
  double counts[20] = { 0 }, chi = 0;
  guint32 indices[1];

  for (guint64 stream = 0; stream < 20000; stream++) {
    tw_minibatch (20, 1, (TwDraw){ stream, 4 }, indices);
    counts[indices[0]]++;
  }
  for (int i = 0; i < 20; i++)
    chi += (counts[i] - 1000) * (counts[i] - 1000) / 1000;
  g_assert_cmpfloat (chi, <, 43.8); /* exceeded once in 1000 seeds */
  g_assert_cmpfloat (chi, >, 4);
}

/* The mean over an epoch of minibatches is the value over all data: loss and gradient. */
static void
test_minibatch_mean (void)
{
  const struct {
    const char *few, *all;
    double terms; /* an epoch's sum over the value of all data */
  } cases[] = {
    { "softmax,n=60,batch=15", "softmax,n=60,batch=0", 4 },
    { "sparse-softmax,n=60,batch=15", "sparse-softmax,n=60,batch=60", 4 },
    { "mlp-random,n=300,batch=75", "mlp-random,n=300,batch=0", 4 },
    { "outward-snake,n=60,batch=15", "outward-snake,n=60,batch=0", 1 },
    { "projection-quadratic,n=60,batch=15", "projection-quadratic,n=60,batch=0", 1 },
  };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    g_autoptr (TwProblem) few = make (cases[c].few), all = make (cases[c].all);
    gsize dim = tw_problem_get_dim (few);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (few, 1), whole = tw_problem_work_new (all, 1);
    g_autofree double *theta = draw_starts (few, 1), *sum = g_new0 (double, dim), *g = g_new (double, dim);
    double loss, total = 0, first = NAN;
    for (guint64 step = 0; step < 4; step++) {
      tw_problem_eval (few, work, 1, theta, &(TwDraw){ 8, step }, &loss, g);
      g_assert_cmpfloat (loss, !=, first);
      first = step == 0 ? loss : first;
      total += loss / cases[c].terms;
      for (gsize j = 0; j < dim; j++)
        sum[j] += g[j] / cases[c].terms;
    }
    tw_problem_eval (all, whole, 1, theta, &(TwDraw){ 8, 1 }, &loss, g);
    g_assert_cmpfloat_with_epsilon (total, loss, 1e-9 * fabs (loss));
    g_assert_cmpfloat (distance (dim, sum, g), <, 1e-9 * sqrt (dot (dim, g, g)));
    tw_problem_eval (all, whole, 1, theta, &(TwDraw){ 9, 2 }, &total, NULL);
    g_assert_cmpfloat (total, ==, loss);
  }
}

/* W theta = y by Newton's step from 0: with H = W^T W column by column, and Gaussian elimination. */
static void
solve_quadratic (const TwProblem *problem, double *theta)
{
  gsize dim = tw_problem_get_dim (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *h = g_new (double, dim *dim), *g = g_new (double, dim), *unit = g_new0 (double, dim);

  memset (theta, 0, dim * sizeof *theta);
  tw_problem_eval (problem, work, 1, theta, NULL, NULL, g);
  for (gsize i = 0; i < dim; i++) {
    unit[i] = 1;
    tw_problem_hessian_vector (problem, work, 1, theta, unit, NULL, h + i * dim);
    unit[i] = 0;
  }
  for (gsize i = 0; i < dim; i++)
    for (gsize r = i + 1; r < dim; r++) {
      double f = h[r * dim + i] / h[i * dim + i];
      for (gsize j = i; j < dim; j++)
        h[r * dim + j] -= f * h[i * dim + j];
      g[r] -= f * g[i];
    }
  for (gsize i = dim; i-- > 0;) {
    theta[i] = -g[i];
    for (gsize j = i + 1; j < dim; j++)
      theta[i] -= h[i * dim + j] * theta[j];
    theta[i] /= h[i * dim + i];
  }
}

static void
test_linear_minima (void)
{
  g_autoptr (TwProblem) quadratic = make ("quadratic,dim=5");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (quadratic, 1);
  double theta[5], loss;

  solve_quadratic (quadratic, theta);
  tw_problem_eval (quadratic, work, 1, theta, NULL, &loss, NULL);
  g_assert_cmpfloat (loss, <, 1e-16);
  /* The same seed gives a norm the same W and y. */
  const char *const norms[] = { "norm,dim=5", "norm,dim=5,power=1", "norm,dim=5,power=3" };
  for (gsize i = 0; i < G_N_ELEMENTS (norms); i++) {
    g_autoptr (TwProblem) norm = make (norms[i]);
    g_autoptr (TwProblemWork) own = tw_problem_work_new (norm, 1);
    tw_problem_eval (norm, own, 1, theta, NULL, &loss, NULL);
    g_assert_cmpfloat_with_epsilon (loss, tw_problem_get_minimum (norm), 1e-10);
  }
}

/* Moments of the spectrum: trace H and trace H^2 of the condition that was asked for. */
static void
test_condition (void)
{
  const struct {
    const char *spec;
    double condition, largest;
  } cases[] = { { "quadratic,dim=6,condition=100", 100, 1 },
                { "quadratic,dim=6,condition=1e6", 1e6, 1 },
                { "bowl-nd,dim=6,condition=100,angle=33", 100, 100 } };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    g_autoptr (TwProblem) problem = make (cases[c].spec);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    double unit[6] = { 0 }, h[6], trace = 0, squares = 0, off = 0, expected[2] = { 0, 0 };
    for (int i = 0; i < 6; i++) {
      double eigenvalue = cases[c].largest * pow (cases[c].condition, -i / 5.0);
      expected[0] += eigenvalue;
      expected[1] += eigenvalue * eigenvalue;
      unit[i] = 1;
      tw_problem_hessian_vector (problem, work, 1, unit, unit, NULL, h);
      unit[i] = 0;
      trace += h[i];
      squares += dot (6, h, h);
      off += dot (6, h, h) - h[i] * h[i];
    }
    g_assert_cmpfloat_with_epsilon (trace, expected[0], 1e-12 * expected[0]);
    g_assert_cmpfloat_with_epsilon (squares, expected[1], 1e-12 * expected[1]);
    g_assert_cmpfloat (off, >, 0.01 * squares); /* and not along the axes */
  }
}

static void
test_bowl (void)
{
  g_autoptr (TwProblem) bowl = make ("bowl-nd,condition=5,angle=45");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (bowl, 1);
  const double theta[2] = { 3, 1 };
  double loss, domain[4];

  /* R theta = (3 - 1, 3 + 1) / sqrt 2: 1/2 (5 * 2 + 8). */
  tw_problem_eval (bowl, work, 1, theta, NULL, &loss, NULL);
  g_assert_cmpfloat_with_epsilon (loss, 9, 1e-12);
  g_assert_true (tw_problem_get_domain (bowl, domain));
  g_assert_cmpfloat (domain[0], ==, -5);
  g_autoptr (TwProblem) wide = make ("bowl-nd,dim=3");
  g_assert_false (tw_problem_get_domain (wide, domain));
}

/* Values that can be said in one line. */
static void
test_values (void)
{
  const struct {
    const char *spec;
    double theta[3], loss;
  } cases[] = {
    { "dependency-chain,dim=3", { 1, 2, 3 }, 1 + 4 / (1 + 1e-6) + 9 / (4 + 1e-6) },
    { "min-max-well,dim=3", { -2, 0.5, 1 }, 4 + 4 - 2 + 1e-12 },
    { "sum-of-quadratics,dim=3,n=10,batch=0", { 1, 2, 3 }, 10 * 14 + 1e-12 },
    { "sum-of-quadratics,dim=3,n=11,batch=0", { 0, 0, 0 }, 1e-12 },
  };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    g_autoptr (TwProblem) problem = make (cases[c].spec);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    double loss;
    tw_problem_eval (problem, work, 1, cases[c].theta, NULL, &loss, NULL);
    g_assert_cmpfloat_with_epsilon (loss, cases[c].loss, 1e-12 * cases[c].loss);
  }
}

/* The infimum of the snake lies far out on its path, and its origin is a point like any other. */
static void
test_snake_path (void)
{
  g_autoptr (TwProblem) snake = make ("outward-snake,dim=4,batch=0");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (snake, 1);
  double theta[4] = { 1e9 }, zero[4] = { 0 }, g[4], loss;

  for (int j = 1; j < 4; j++)
    theta[j] = G_PI * cos (theta[j - 1]);
  tw_problem_eval (snake, work, 1, theta, NULL, &loss, NULL);
  g_assert_cmpfloat (loss, <, 2e-6);
  g_assert_cmpfloat (loss, >, 0);
  g_assert_cmpint (tw_problem_eval (snake, work, 1, zero, NULL, &loss, g), ==, TW_STATUS_OK);
  g_assert_cmpint (tw_problem_hessian_vector (snake, work, 1, zero, theta, NULL, g), ==, TW_STATUS_OK);
}

/* Strassen's seven products, in the order M1 .. M7; rows a11 a12 a21 a22. */
static const double strassen[2][4][7] = {
  { { 1, 0, 1, 0, 1, -1, 0 }, { 0, 0, 0, 0, 1, 0, 1 }, { 0, 1, 0, 0, 0, 1, 0 }, { 1, 1, 0, 1, 0, 0, -1 } },
  { { 1, 1, 0, -1, 0, 1, 0 }, { 0, 0, 1, 0, 0, 1, 0 }, { 0, 0, 0, 1, 0, 0, 1 }, { 1, 0, -1, 0, 1, 0, 1 } }
};

static void
test_matmul (void)
{
  g_autoptr (TwProblem) problem = make ("matmul");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  double g[56], loss;

  g_assert_cmpuint (tw_problem_get_dim (problem), ==, 56);
  tw_problem_eval (problem, work, 1, &strassen[0][0][0], NULL, &loss, g);
  g_assert_cmpfloat (loss, <, 1e-7);
  g_assert_cmpfloat (sqrt (dot (56, g, g)), <, 1e-6);
  g_autofree double *start = draw_starts (problem, 1);
  double column = 0;
  for (int i = 0; i < 4; i++)
    column += start[i * 7 + 2] * start[i * 7 + 2];
  g_assert_cmpfloat_with_epsilon (column, 1, 1e-12);
  tw_problem_eval (problem, work, 1, start, NULL, &loss, NULL);
  g_assert_cmpfloat (loss, >, 0.1);
  memset (start, 0, 56 * sizeof *start); /* nothing learned: all n^3 products are missing */
  tw_problem_eval (problem, work, 1, start, NULL, &loss, g);
  g_assert_cmpfloat_with_epsilon (loss, 8, 1e-12);

  /* The schoolbook's n^3 products a_ij b_jl. */
  for (gsize n = 2; n <= 4; n++) {
    g_autofree char *spec = g_strdup_printf ("matmul,n=%d,k=%d", (int)n, (int)(n * n * n));
    g_autoptr (TwProblem) naive = make (spec);
    g_autoptr (TwProblemWork) own = tw_problem_work_new (naive, 1);
    gsize k = n * n * n, q = n * n, r = 0;
    g_autofree double *theta = g_new0 (double, 2 * q * k);
    for (gsize i = 0; i < n; i++)
      for (gsize j = 0; j < n; j++)
        for (gsize l = 0; l < n; l++, r++)
          theta[(i * n + j) * k + r] = theta[q * k + (j * n + l) * k + r] = 1;
    tw_problem_eval (naive, own, 1, theta, NULL, &loss, NULL);
    g_assert_cmpfloat (loss, <, 1e-6);
  }
}

/* Gradient descent separates what is built to be separable, and a network fits more than the majority. */
static void
test_learnable (void)
{
  const struct {
    const char *spec;
    double rate, below;
  } cases[] = { { "softmax,features=10,n=200,batch=0,l2=0,sep=4", 0.1, 0.01 },
                { "sparse-softmax,vocabulary=10,n=30,batch=0,l2=0,flip=0,context=1", 1, 0.05 },
                { "mlp-random,n=200,batch=0,l2=0,hidden=16,activation=tanh", 0.5, 0.35 } };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    g_autoptr (TwProblem) problem = make (cases[c].spec);
    gsize dim = tw_problem_get_dim (problem);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    g_autofree double *theta = draw_starts (problem, 1), *g = g_new (double, dim);
    double loss;
    for (int step = 0; step < 1500; step++) {
      tw_problem_eval (problem, work, 1, theta, NULL, NULL, g);
      for (gsize j = 0; j < dim; j++)
        theta[j] -= cases[c].rate * g[j];
    }
    tw_problem_eval (problem, work, 1, theta, NULL, &loss, NULL);
    g_assert_cmpfloat (loss, <, cases[c].below);
    g_assert_cmpfloat (loss, >, 0);
  }
}

/* log, rescaled and sum against the problems inside them. */
static void
test_nesting (void)
{
  g_autoptr (TwProblem) rosenbrock = make ("rosenbrock"), ackley = make ("ackley");
  g_autoptr (TwProblem) sum = make ("sum,of=rosenbrock + ackley"), log_of = make ("log,of=(rosenbrock)");
  g_autoptr (TwProblem) rescaled = make ("rescaled,of=rosenbrock,scale=4");
  g_autoptr (TwProblemWork) w1 = tw_problem_work_new (rosenbrock, 1), w2 = tw_problem_work_new (ackley, 1);
  g_autoptr (TwProblemWork) w3 = tw_problem_work_new (sum, 1), w4 = tw_problem_work_new (log_of, 1);
  g_autoptr (TwProblemWork) w5 = tw_problem_work_new (rescaled, 1);
  const double theta[4] = { -1, 0.5, 2, 1 }, bigger[2] = { -4, 2 }, *minima;
  double f, a, s, l, r, g[4], inner[4], domain[4], at[2];

  tw_problem_eval (rosenbrock, w1, 1, theta, NULL, &f, inner);
  tw_problem_eval (ackley, w2, 1, theta + 2, NULL, &a, inner + 2);
  tw_problem_eval (sum, w3, 1, theta, NULL, &s, g);
  g_assert_cmpfloat (s, ==, f + a);
  g_assert_cmpmem (g, sizeof g, inner, sizeof inner);
  g_assert_cmpstr (tw_problem_get_tensor_name (sum, 1), ==, "2/x, y");
  g_assert_cmpfloat (tw_problem_get_minimum (sum), ==,
                     tw_problem_get_minimum (rosenbrock) + tw_problem_get_minimum (ackley));

  tw_problem_eval (log_of, w4, 1, theta, NULL, &l, NULL);
  g_assert_cmpfloat_with_epsilon (l, log ((f + 1e-6) / 1e-6), 1e-12);
  g_assert_cmpstr (tw_problem_get_title (log_of), ==, "Log of Rosenbrock");
  g_assert_true (tw_problem_get_domain (log_of, domain));
  g_assert_cmpuint (tw_problem_get_minima (log_of, &minima), ==, 1);
  tw_problem_eval (log_of, w4, 1, minima, NULL, &l, NULL);
  g_assert_cmpfloat (l, ==, 0);

  tw_problem_eval (rescaled, w5, 1, bigger, NULL, &r, NULL);
  g_assert_cmpfloat (r, ==, f);
  tw_problem_get_minima (rescaled, &minima);
  g_assert_cmpfloat (minima[0], ==, 4);
  double own[4];
  tw_problem_get_domain (rosenbrock, own);
  tw_problem_get_domain (rescaled, domain);
  g_assert_cmpfloat (domain[3], ==, 4 * own[3]);
  g_assert_true (tw_problem_get_start (rosenbrock, 0, at));
  double first = at[0];
  g_assert_true (tw_problem_get_start (rescaled, 0, at));
  g_assert_cmpfloat (at[0], ==, 4 * first);
  tw_problem_draw_start (rosenbrock, (TwDraw){ 1, 1 }, at);
  first = at[1];
  tw_problem_draw_start (rescaled, (TwDraw){ 1, 1 }, at);
  g_assert_cmpfloat (at[1], ==, 4 * first);

  /* The distance to a minimum that is not 0. */
  g_autoptr (TwProblem) camel = make ("log,of=six-hump-camel");
  g_autoptr (TwProblemWork) w6 = tw_problem_work_new (camel, 1);
  g_assert_cmpfloat (tw_problem_get_minimum (camel), ==, 0);
  tw_problem_get_minima (camel, &minima);
  tw_problem_eval (camel, w6, 1, minima, NULL, &l, NULL);
  g_assert_cmpfloat_with_epsilon (l, 0, 1e-6);
}

static void
test_sparse (void)
{
  g_autoptr (TwProblem) plain = make ("sparse,of=quadratic:dim=100,zero=0"),
                        sparse = make ("sparse,of=quadratic:dim=100");
  g_autoptr (TwProblem) noisy = make ("sparse,of=quadratic:dim=100:noise=2,zero=0.5");
  g_autoptr (TwProblem) none = make ("sparse,of=quadratic:dim=100,zero=1");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (plain, 1);
  g_autofree double *theta = draw_starts (plain, 1);
  double g[100], masked[100], with_noise[100], loss, same, squares = 0;
  gsize kept = 0, noisy_kept = 0, changes = 0;
  gboolean before = FALSE;

  tw_problem_eval (plain, work, 1, theta, NULL, &loss, g);
  for (guint64 step = 0; step < 200; step++) {
    TwDraw draw = { 21, step };
    tw_problem_eval (sparse, work, 1, theta, &draw, &same, masked);
    g_assert_cmpfloat (same, ==, loss);
    tw_problem_eval (noisy, work, 1, theta, &draw, NULL, with_noise);
    for (gsize j = 0; j < 100; j++) {
      g_assert_true (masked[j] == 0 || masked[j] == g[j]);
      kept += masked[j] != 0;
      noisy_kept += with_noise[j] != 0;
      squares += with_noise[j] != 0 ? (with_noise[j] - g[j]) * (with_noise[j] - g[j]) : 0;
    }
    changes += (with_noise[0] != 0) != before;
    before = with_noise[0] != 0;
  }
  g_assert_cmpuint (kept, >, 140); /* 20000 * 0.01 = 200, standard deviation 14 */
  g_assert_cmpuint (kept, <, 260);
  g_assert_cmpuint (noisy_kept, >, 9700); /* 10000, 71 */
  g_assert_cmpuint (noisy_kept, <, 10300);
  g_assert_cmpfloat_with_epsilon (sqrt (squares / (double)noisy_kept), 2, 0.1);
  g_assert_cmpuint (changes, >, 50);
  tw_problem_eval (none, work, 1, theta, NULL, NULL, masked);
  g_assert_cmpfloat (dot (100, masked, masked), ==, 0);
  /* The slope of the loss itself is all there. */
  tw_problem_eval_exact (none, work, 1, theta, NULL, NULL, masked);
  g_assert_cmpmem (masked, sizeof masked, g, sizeof g);
}

static void
test_noise (void)
{
  g_autoptr (TwProblem) plain = make ("softmax"), noisy = make ("softmax,noise=0.5");
  gsize dim = tw_problem_get_dim (plain);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (plain, 1);
  g_autofree double *theta = draw_starts (plain, 1), *g = g_new (double, dim), *h = g_new (double, dim);
  double squares = 0, a, b;

  for (guint64 step = 0; step < 500; step++) {
    TwDraw draw = { 2, step };
    tw_problem_eval (plain, work, 1, theta, &draw, &a, g);
    tw_problem_eval (noisy, work, 1, theta, &draw, &b, h);
    g_assert_cmpfloat (a, ==, b);
    squares += distance (dim, g, h) * distance (dim, g, h);
  }
  g_assert_cmpfloat_with_epsilon (sqrt (squares / (500.0 * (double)dim)), 0.5, 0.02);
}

/* Far out in the ranges of the keys, and still in use. */
static void
test_extremes (void)
{
  const char *const far[] = { "quadratic,dim=1500",
                              "quadratic,dim=100,condition=1e12",
                              "quadratic,dim=5,condition=0.001",
                              "bowl-nd,dim=4096,condition=1e12,angle=360",
                              "bowl-nd,condition=1e-6",
                              "norm,dim=1,power=10",
                              "norm,dim=200,power=10",
                              "softmax,features=1024,n=2,batch=1,sep=100,l2=1",
                              "softmax,features=1,n=100000,batch=1",
                              "sparse-softmax,vocabulary=10000,features=1,context=64,n=1,batch=100000",
                              "mlp-random,features=1,hidden=1x1x1x1x1x1x1x1,n=2,batch=1,activation=tanh",
                              "mlp-random,features=256,hidden=256,n=200,batch=0,activation=relu",
                              "matmul,n=4,k=16",
                              "dependency-chain,dim=4096",
                              "min-max-well,dim=4096",
                              "outward-snake,dim=2,n=2,batch=1",
                              "projection-quadratic,dim=100,n=100000,batch=1",
                              "sum-of-quadratics,dim=2,n=3,batch=2",
                              "rescaled,scale=1e-6",
                              "rescaled,scale=1e6",
                              "log,of=((((((((rosenbrock))))))))",
                              "quadratic,noise=1e6" };

  for (gsize i = 0; i < G_N_ELEMENTS (far); i++) {
    g_autoptr (TwProblem) problem = make (far[i]);
    gsize dim = tw_problem_get_dim (problem);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    g_autofree double *theta = draw_starts (problem, 1), *g = g_new (double, dim);
    TwDraw draw = { 1, G_MAXUINT64 / 2 };
    double loss;
    g_assert_cmpint (tw_problem_eval (problem, work, 1, theta, &draw, &loss, g), ==, TW_STATUS_OK);
    g_assert_cmpint (tw_problem_hessian_vector (problem, work, 1, theta, theta, &draw, g), ==, TW_STATUS_OK);
  }
}

static void
test_errors (void)
{
  const struct {
    const char *spec, *says;
  } cases[] = {
    { "quadratic,dim=0", "dim" },
    { "quadratic,dim=2.5", "whole" },
    { "quadratic,dims=3", "dim" },
    { "quadratic,condition=-1", "outside" },
    { "quadratic,condition=nan", "finite" },
    { "quadratic,noise=-1", "noise" },
    { "bowl-nd,condition=0", "outside" },
    { "bowl-nd,dim=1", "outside" },
    { "norm,power=0.5", "outside" },
    { "softmax,features=1024,n=100000", "larger" },
    { "projection-quadratic,dim=1024,n=100000", "larger" },
    { "outward-snake,dim=1024,n=100000", "larger" },
    { "sum-of-quadratics,dim=1024,n=100000", "larger" },
    { "sparse-softmax,flip=0.6", "outside" },
    { "mlp-random,hidden=", "layer sizes" },
    { "mlp-random,hidden=8x", "layer sizes" },
    { "mlp-random,hidden=0", "layer sizes" },
    { "mlp-random,hidden=257", "layer sizes" },
    { "mlp-random,hidden=1x1x1x1x1x1x1x1x1", "layer sizes" },
    { "mlp-random,activation=swish", "sigmoid" },
    { "matmul,n=2,k=9", "4 to 8" },
    { "matmul,n=3,k=8", "9 to 27" },
    { "matmul,n=5", "outside" },
    { "sum,of=", "missing" },
    { "sum,of=rosenbrock+", "missing" },
    { "sum,of=rosenbrock+quadratik", "quadratic" },
    { "sum,of=(rosenbrock", "do not match" },
    { "sum,of=rosenbrock)+(ackley", "do not match" },
    { "sum,of=quadratic:noise=1+ackley", "noise" },
    { "sum,of=sparse:of=ackley", "outermost" },
    { "log,of=quadratic:dim=x", "not a number" },
    { "log,of=quadratic:dim", "KEY=VALUE" },
    { "log,of=log:of=quadratic:dim=20", "dim" },
    { "log,of=(((((((((rosenbrock)))))))))", "8 levels" },
    { "log,of=()", "missing" },
    { "log,of=rosenbrock+ackley", "there is no problem" },
    { "log,of=quadratic:noise=1", "noise" },
    { "rescaled,scale=0", "outside" },
    { "rescaled,of=nothing", "there is no problem" },
    { "sparse,zero=1.5", "outside" },
    { "sparse,of=sparse", "outermost" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSpec) spec = tw_spec_parse (cases[i].spec, &error);
    g_autoptr (TwProblem) problem = spec != NULL ? tw_problem_new (spec, 0, &error) : NULL;
    g_assert_null (problem);
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_null (strchr (error->message, '\n'));
  }
  g_autoptr (GString) long_list = g_string_new ("sum,of=booth");
  for (int i = 0; i < 64; i++)
    g_string_append (long_list, "+booth");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (long_list->str, NULL);
  g_assert_null (tw_problem_new (spec, 0, &error));
  g_assert_nonnull (strstr (error->message, "65 parts"));
}

/* Every family is in the list, says what it is and what its keys do, and works by its name alone. */
static void
test_list (void)
{
  const char *const families[] = { "quadratic",
                                   "bowl-nd",
                                   "norm",
                                   "softmax",
                                   "sparse-softmax",
                                   "mlp-random",
                                   "matmul",
                                   "dependency-chain",
                                   "min-max-well",
                                   "outward-snake",
                                   "projection-quadratic",
                                   "sum-of-quadratics",
                                   "sum",
                                   "log",
                                   "rescaled",
                                   "sparse" };
  gsize n, found = 0;
  const TwProblemInfo *infos = tw_problem_list (&n);

  for (gsize i = 0; i < n; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (families); k++)
      if (g_str_equal (infos[i].name, families[k])) {
        found++;
        g_assert_null (infos[i].formula);
        g_assert_cmpuint (strlen (infos[i].summary), >, 30);
        g_assert_nonnull (infos[i].source);
        for (const TwParam *param = infos[i].params; param->key != NULL; param++)
          g_assert_nonnull (param->summary);
        g_autoptr (TwProblem) problem = make (families[k]);
        g_assert_cmpstr (tw_problem_get_name (problem), ==, families[k]);
      }
  g_assert_cmpuint (found, ==, G_N_ELEMENTS (families));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++) {
    g_autofree char *derivatives = g_strdup_printf ("/families/derivatives/%s", specs[i]);
    g_autofree char *bits = g_strdup_printf ("/families/bits/%s", specs[i]);
    g_autofree char *shape = g_strdup_printf ("/families/shape/%s", specs[i]);
    g_test_add_data_func (derivatives, specs[i], check_derivatives);
    g_test_add_data_func (bits, specs[i], check_bits);
    g_test_add_data_func (shape, specs[i], check_shape);
  }
  g_test_add_func ("/families/sparse-product", test_sparse_product);
  g_test_add_func ("/families/seeds", test_seeds);
  g_test_add_func ("/families/minibatch/order", test_minibatch_order);
  g_test_add_func ("/families/minibatch/uniform", test_minibatch_uniform);
  g_test_add_func ("/families/minibatch/mean", test_minibatch_mean);
  g_test_add_func ("/families/linear-minima", test_linear_minima);
  g_test_add_func ("/families/condition", test_condition);
  g_test_add_func ("/families/bowl", test_bowl);
  g_test_add_func ("/families/values", test_values);
  g_test_add_func ("/families/snake-path", test_snake_path);
  g_test_add_func ("/families/matmul", test_matmul);
  g_test_add_func ("/families/learnable", test_learnable);
  g_test_add_func ("/families/nesting", test_nesting);
  g_test_add_func ("/families/sparse", test_sparse);
  g_test_add_func ("/families/noise", test_noise);
  g_test_add_func ("/families/extremes", test_extremes);
  g_test_add_func ("/families/errors", test_errors);
  g_test_add_func ("/families/list", test_list);
  return g_test_run ();
}
