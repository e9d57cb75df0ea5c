/* What the problem families are: their values, minima, minibatches, and problems inside problems. */
#include "family-helpers.h"

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
                                 "sparse",
                                 "ripples",
                                 "turned,stretch=3" };

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

/* Features x' = G D x see weights w as plain features see D G^T w: the same classes, as far apart. */
static void
test_unequal_features (void)
{
  g_autoptr (TwProblem) plain = make ("softmax,features=5,n=40,batch=0,l2=0");
  g_autoptr (TwProblem) unequal = make ("softmax,features=5,n=40,batch=0,l2=0,condition=10000");
  g_autoptr (TwProblemWork) w1 = tw_problem_work_new (plain, 1), w2 = tw_problem_work_new (unequal, 1);
  g_autofree double *theta = draw_starts (plain, 1), *seen = g_memdup2 (theta, 12 * sizeof *theta);
  double expected, loss;

  for (gsize column = 0; column < 2; column++) {
    for (gsize j = 4; j-- > 0;) {
      double *a = &seen[2 * j + column], *b = &seen[2 * (j + 1) + column], x = *a, y = *b;
      *a = (x - y) * sqrt (0.5);
      *b = (x + y) * sqrt (0.5);
    }
    for (gsize j = 0; j < 5; j++)
      seen[2 * j + column] *= pow (0.1, 0.5 * (double)j);
  }
  tw_problem_eval (plain, w1, 1, seen, NULL, &expected, NULL);
  tw_problem_eval (unequal, w2, 1, theta, NULL, &loss, NULL);
  g_assert_cmpfloat_with_epsilon (loss, expected, 1e-12 * expected);
  tw_problem_eval (plain, w1, 1, theta, NULL, &expected, NULL);
  g_assert_cmpfloat (fabs (loss - expected), >, 1e-3);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/family-values/sparse-product", test_sparse_product);
  g_test_add_func ("/family-values/seeds", test_seeds);
  g_test_add_func ("/family-values/minibatch/order", test_minibatch_order);
  g_test_add_func ("/family-values/minibatch/uniform", test_minibatch_uniform);
  g_test_add_func ("/family-values/minibatch/mean", test_minibatch_mean);
  g_test_add_func ("/family-values/linear-minima", test_linear_minima);
  g_test_add_func ("/family-values/condition", test_condition);
  g_test_add_func ("/family-values/bowl", test_bowl);
  g_test_add_func ("/family-values/values", test_values);
  g_test_add_func ("/family-values/snake-path", test_snake_path);
  g_test_add_func ("/family-values/matmul", test_matmul);
  g_test_add_func ("/family-values/unequal-features", test_unequal_features);
  g_test_add_func ("/family-values/learnable", test_learnable);
  g_test_add_func ("/family-values/nesting", test_nesting);
  g_test_add_func ("/family-values/sparse", test_sparse);
  g_test_add_func ("/family-values/noise", test_noise);
  return g_test_run ();
}
