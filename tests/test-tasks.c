/* Networks on data as problems: gradients, the same bits, metrics, and that they learn. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/optimizers/optimizer.h"
#include "core/problems/problem.h"
#include "core/tasks/task-private.h"

static TwProblem *
make (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);
  TwProblem *problem = spec != NULL ? tw_problem_new (spec, 0, &error) : NULL;

  g_assert_no_error (error);
  return problem;
}

/* Small, and every kind of layer, loss and activation. */
static const char *const specs[] = {
  "linear,batch=7",
  "linear,data=sine,rows=50,batch=0,weight_decay=0.3",
  "logistic,batch=5,weight_decay=0.1",
  "logistic,data=moons,batch=0,rows=100",
  "softmax-regression,batch=9",
  "softmax-regression,data=wine,scale=range,batch=4,weight_decay=0.01",
  "mlp,data=iris,hidden=5x4,activation=tanh,batch=6",
  "mlp,data=iris,hidden=7,activation=sigmoid,batch=6,init=glorot",
  "mlp,data=iris,hidden=9x3x5,activation=gelu,batch=6,weight_decay=0.02",
  "mlp,data=iris,hidden=6x5,activation=relu,batch=3",
  "mlp,data=spirals,rows=150,hidden=8,activation=tanh,batch=100",
  "mlp,data=diabetes,hidden=4,activation=gelu,batch=10",
  "conv,layers=3c3-p2-2c3-p2,activation=tanh,batch=3",
  "conv,layers=2c5-p3-3c1,hidden=4,activation=gelu,batch=2",
  "conv,layers=2c3-3c3-p2,activation=relu,batch=2",
  "autoencoder,data=wine,hidden=5x2x5,batch=4",
  "autoencoder,data=iris,hidden=3,activation=sigmoid,batch=0",
  "rnn,hidden=5,batch=4",
  "rnn,data=adding,rows=60,hidden=6,batch=8,weight_decay=0.1",
  "rnn,data=iris,hidden=4,batch=5",
};

#ifdef TW_REAL_DOUBLE
#define STEP 1e-5
#define TOLERANCE 2e-7
#else
#define STEP 1e-2
#define TOLERANCE 2e-2
#endif

/* At a point where biases are not 0 either. */
static double *
draw_point (const TwProblem *problem, guint64 seed)
{
  gsize dim = tw_problem_get_dim (problem);
  double *theta = g_new (double, dim);

  tw_problem_draw_start (problem, (TwDraw){ seed, 0 }, theta);
  for (gsize i = 0; i < dim; i++)
    theta[i] += 0.05 * tw_random_normal ((TwDraw){ seed, 1 }, i);
  return theta;
}

/* Central differences along random directions within each tensor. */
static void
check_gradient (gconstpointer data)
{
  g_autoptr (TwProblem) problem = make (data);
  gsize dim = tw_problem_get_dim (problem), n = tw_problem_get_n_tensors (problem), at = 0;
  const gsize *sizes = tw_problem_get_tensor_sizes (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *theta = draw_point (problem, 3), *moved = g_new (double, dim), *g = g_new (double, dim),
                    *v = g_new (double, dim);
  TwDraw draw = { 5, 2 };
  double loss, up, down;

  g_assert_cmpint (tw_problem_eval (problem, work, 1, theta, &draw, &loss, g), ==, TW_STATUS_OK);
  for (gsize t = 0; t < n; at += sizes[t++]) {
    double slope = 0, size = 0;
    for (gsize i = 0; i < sizes[t]; i++)
      size += g[at + i] * g[at + i];
    /* Along the gradient within the tensor, turned a little: the largest slope there is. */
    double length = 0;
    for (gsize i = 0; i < sizes[t]; i++) {
      v[i] = g[at + i] + 0.3 * sqrt (size / (double)sizes[t]) * tw_random_normal ((TwDraw){ 9, t }, i);
      length += v[i] * v[i];
    }
    length = sqrt (length);
    g_assert_cmpfloat (length, >, 0);
    for (int sign = -1; sign <= 1; sign += 2) {
      memcpy (moved, theta, dim * sizeof *moved);
      for (gsize i = 0; i < sizes[t]; i++)
        moved[at + i] += sign * STEP * v[i] / length;
      tw_problem_eval (problem, work, 1, moved, &draw, sign < 0 ? &down : &up, NULL);
    }
    for (gsize i = 0; i < sizes[t]; i++)
      slope += g[at + i] * v[i] / length;
    g_test_message ("%s: %.9g, by differences %.9g", tw_problem_get_tensor_name (problem, t), slope,
                    (up - down) / (2 * STEP));
    g_assert_cmpfloat (fabs (slope - (up - down) / (2 * STEP)), <=, TOLERANCE * (1 + fabs (slope)));
  }
}

/* A point has the same bits alone and in a batch, with and without its gradient; NaN is told. */
static void
check_bits (gconstpointer data)
{
  enum { N = 3 };
  g_autoptr (TwProblem) problem = make (data);
  gsize dim = tw_problem_get_dim (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, N);
  g_autofree double *theta = g_new (double, N *dim), *g = g_new (double, N *dim),
                    *alone = g_new (double, dim);
  TwDraw draws[N];
  double loss[N], one;

  for (gsize i = 0; i < N; i++) {
    g_autofree double *point = draw_point (problem, i);
    memcpy (theta + i * dim, point, dim * sizeof *point);
    draws[i] = (TwDraw){ i, 10 * i };
  }
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, draws, loss, g), ==, TW_STATUS_OK);
  for (gsize i = N; i-- > 0;) {
    tw_problem_eval (problem, work, 1, theta + i * dim, draws + i, &one, alone);
    g_assert_cmpfloat (one, ==, loss[i]);
    g_assert_cmpmem (alone, dim * sizeof *alone, g + i * dim, dim * sizeof *alone);
    tw_problem_eval (problem, work, 1, theta + i * dim, draws + i, &one, NULL);
    g_assert_cmpfloat (one, ==, loss[i]);
  }
  for (gsize i = 0; i < N * dim; i++)
    theta[i] = NAN;
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, draws, loss, g), ==, TW_STATUS_NOT_FINITE);
#ifndef TW_REAL_DOUBLE
  for (gsize i = 0; i < N * dim; i++) /* more than a float can hold */
    theta[i] = i % 2 ? 1e200 : -1e200;
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, draws, loss, g), ==, TW_STATUS_NOT_FINITE);
#endif
}

/* Layer by layer in plain loops, from the data on: f of the whole data set by another way. */
static void
test_forward (void)
{
  g_autoptr (TwProblem) problem = make ("mlp,data=iris,hidden=5,activation=tanh,batch=0,weight_decay=0.5");
  const TwTask *task = (const TwTask *)problem;
  const TwDataPart *part = &task->data->train;
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *theta = draw_point (problem, 1);
  const double *w1 = theta, *b1 = w1 + 20, *w2 = b1 + 5, *b2 = w2 + 15;
  double loss, sum = 0, squares = 0;

  g_assert_cmpuint (tw_problem_get_dim (problem), ==, 4 * 5 + 5 + 5 * 3 + 3);
  for (gsize r = 0; r < part->n; r++) {
    const TwReal *x = part->values + tw_data_row (part, r) * 4;
    double h[5], z[3], total = 0;
    for (int j = 0; j < 5; j++) {
      h[j] = b1[j];
      for (int i = 0; i < 4; i++)
        h[j] += x[i] * w1[i * 5 + j];
      h[j] = tanh (h[j]);
    }
    for (int k = 0; k < 3; k++) {
      z[k] = b2[k];
      for (int j = 0; j < 5; j++)
        z[k] += h[j] * w2[j * 3 + k];
      total += exp (z[k]);
    }
    sum += log (total) - z[part->classes[tw_data_row (part, r)]];
  }
  for (int i = 0; i < 20; i++)
    squares += w1[i] * w1[i];
  for (int i = 0; i < 15; i++)
    squares += w2[i] * w2[i];
  tw_problem_eval (problem, work, 1, theta, NULL, &loss, NULL);
  g_assert_cmpfloat_with_epsilon (loss, sum / (double)part->n + 0.25 * squares, 1e-6);
  /* Without weight decay train_loss is the same sum. */
  double metrics[3];
  tw_problem_measure (problem, work, theta, metrics);
  g_assert_cmpfloat_with_epsilon (metrics[0], sum / (double)part->n, 1e-6);
}

/* A convolution of a 3 x 3 image by hand: a kernel that takes the pixel to the left. */
static void
test_convolution (void)
{
  TwNetwork network;
  TwNetworkWork work;
  const TwReal image[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  const TwReal theta[10] = { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0.5 };
  const TwReal left[9] = { 0.5, 1.5, 2.5, 0.5, 4.5, 5.5, 0.5, 7.5, 8.5 };

  tw_network_start (&network, 1, 3, 3);
  tw_network_add_conv (&network, 1, 3, TW_ACT_NONE);
  tw_network_add_pool (&network, 2);
  g_assert_cmpuint (network.dim, ==, 10);
  g_autofree TwReal *memory = g_new0 (TwReal, tw_network_lay_out (&network, NULL, &work));
  tw_network_lay_out (&network, memory, &work);
  memcpy (work.out[0], image, sizeof image);
  tw_network_forward (&network, 1, theta, &work);
  for (gsize i = 0; i < 9; i++)
    g_assert_cmpfloat (work.out[1][i], ==, left[i]);
  g_assert_cmpfloat (work.out[2][0], ==, 4.5); /* the third row and column are left over */
  TwReal slopes[10] = { 0 };
  work.delta[0][0] = 2;
  tw_network_backward (&network, 1, theta, &work, slopes);
  g_assert_cmpfloat (slopes[9], ==, 2); /* all of it through the pixel in the middle */
  for (gsize i = 0; i < 9; i++)
    g_assert_cmpfloat (slopes[i], ==, 2 * image[i]);
}

/* The usual first weights have the variance their rule says. */
static void
test_init (void)
{
  const struct {
    const char *spec;
    double variance;
  } cases[] = { { "mlp,hidden=300,init=he", 2.0 / 64 }, { "mlp,hidden=300,init=glorot", 2.0 / 364 } };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    g_autoptr (TwProblem) problem = make (cases[c].spec);
    gsize dim = tw_problem_get_dim (problem), n = tw_problem_get_tensor_sizes (problem)[0];
    g_autofree double *theta = g_new (double, dim), *other = g_new (double, dim);
    double squares = 0, sum = 0;
    tw_problem_draw_start (problem, (TwDraw){ 1, 0 }, theta);
    tw_problem_draw_start (problem, (TwDraw){ 2, 0 }, other);
    for (gsize i = 0; i < n; i++) {
      sum += theta[i];
      squares += theta[i] * theta[i];
    }
    g_assert_cmpfloat (fabs (squares / (double)n / cases[c].variance - 1), <, 0.05);
    g_assert_cmpfloat (fabs (sum / (double)n), <, 0.01);
    g_assert_cmpfloat (theta[0], !=, other[0]);
    for (gsize i = n; i < n + 300; i++)
      g_assert_cmpfloat (theta[i], ==, 0);
    g_assert_cmpstr (tw_problem_get_tensor_name (problem, 0), ==, "dense1.weight");
    g_assert_cmpstr (tw_problem_get_tensor_name (problem, 3), ==, "dense2.bias");
  }
}

/* Adam learns each task: from the first to the last measure. */
static void
test_learning (void)
{
  const struct {
    const char *spec;
    double test_loss, accuracy; /* reached after 500 steps; accuracy 0: none is told */
  } cases[] = {
    { "linear", 0.6, 0 },
    { "linear,data=diabetes,target=number", 0.6, 0 },
    { "logistic", 0.15, 0.95 },
    { "softmax-regression,data=wine", 0.2, 0.94 },
    { "mlp,data=digits,hidden=32", 0.2, 0.95 },
    { "mlp,data=moons,hidden=16,activation=tanh", 0.1, 0.95 },
    { "mlp,data=sine,hidden=32x32,activation=gelu", 0.1, 0 },
    { "conv,data=digits,layers=8c3-p2", 0.15, 0.96 },
    { "autoencoder,data=digits", 0.6, 0 },
    { "rnn,data=digits", 0.3, 0.9 },
  };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    g_autoptr (TwProblem) problem = make (cases[c].spec);
    g_autoptr (TwSpec) adam = tw_spec_parse ("adam,lr=0.01", NULL);
    g_autoptr (TwLayout) layout =
      tw_layout_new_repeated (1, tw_problem_get_n_tensors (problem), tw_problem_get_tensor_sizes (problem));
    g_autoptr (TwOptimizer) optimizer = tw_optimizer_new (adam, layout, NULL);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    gsize dim = tw_problem_get_dim (problem), n;
    g_autofree double *theta = g_new (double, dim), *g = g_new (double, dim);
    double loss, first[3], last[3];
    guint8 ended = FALSE;
    const char *const *names = tw_problem_get_metric_names (problem, &n);
    g_assert_cmpuint (n, ==, cases[c].accuracy > 0 ? 3 : 2);
    g_assert_cmpstr (names[0], ==, "train_loss");
    g_assert_cmpstr (names[1], ==, "test_loss");
    tw_problem_draw_start (problem, (TwDraw){ 4, 0 }, theta);
    tw_problem_measure (problem, work, theta, first);
    for (guint64 k = 0; k < 500; k++) {
      TwDraw draw = { 4, k };
      tw_problem_eval (problem, work, 1, theta, &draw, &loss, g);
      tw_optimizer_step (optimizer,
                         &(TwStep){ .k = k, .theta = theta, .gradient = g, .loss = &loss, .ended = &ended });
    }
    tw_problem_measure (problem, work, theta, last);
    g_test_message ("%s: train %.4g, test %.4g, accuracy %.4g", cases[c].spec, last[0], last[1],
                    n == 3 ? last[2] : NAN);
    g_assert_cmpfloat (last[0], <, 0.8 * first[0]);
    g_assert_cmpfloat (last[1], <, cases[c].test_loss);
    if (n == 3)
      g_assert_cmpfloat (last[2], >, cases[c].accuracy);
  }
}

static void
test_errors (void)
{
  const struct {
    const char *spec, *says;
  } cases[] = {
    { "linear,data=iris", "has classes" },
    { "logistic,data=iris", "3 classes, not two" },
    { "logistic,data=diabetes", "a number to predict" },
    { "softmax-regression,data=diabetes", "a number to predict" },
    { "conv,data=iris", "has no images" },
    { "conv,data=adding", "has no images" },
    { "conv,layers=", "\"\" is neither maps" },
    { "conv,layers=16c4", "odd kernel" },
    { "conv,layers=p9", "images are only 8 x 8" },
    { "conv,layers=p2-p2-p2-p2", "images are only 1 x 1" },
    { "conv,layers=4c3-x", "\"x\" is neither" },
    { "conv,layers=1c1-1c1-1c1-1c1-1c1-1c1-1c1-1c1-1c1-1c1-1c1", "at most 10" },
    { "conv,hidden=0", "or none" },
    { "mlp,hidden=", "layer sizes" },
    { "mlp,hidden=none", "layer sizes" },
    { "mlp,hidden=8x", "layer sizes" },
    { "mlp,hidden=65537", "layer sizes" },
    { "mlp,hidden=65536x65536", "larger than 200000000" },
    { "mlp,activation=swish", "relu, tanh, sigmoid, gelu" },
    { "mlp,init=zero", "he, glorot" },
    { "mlp,data=nothing-like-it", "no data set or file" },
    { "mlp,batch=-1", "outside" },
    { "mlp,test=1", "outside" },
    { "rnn,hidden=0", "outside" },
    { "autoencoder,hidden=1x2x3x4x5x6x7x8x9x1x2x3x4x5x6x7x8x9x1x2x3", "layer sizes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSpec) spec = tw_spec_parse (cases[i].spec, NULL);
    g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, &error);
    g_assert_null (problem);
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    if (strstr (error->message, cases[i].says) == NULL)
      g_error ("%s: \"%s\" does not say \"%s\"", cases[i].spec, error->message, cases[i].says);
  }
}

/* Nothing held out: what can't be known is NAN, not 0. */
static void
test_no_test_rows (void)
{
  g_autoptr (TwProblem) problem = make ("mlp,data=iris,test=0,hidden=3,report_every=5");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *theta = draw_point (problem, 1);
  double metrics[3];

  g_assert_cmpuint (tw_problem_get_metric_interval (problem), ==, 5);
  tw_problem_measure (problem, work, theta, metrics);
  g_assert_true (isfinite (metrics[0]));
  g_assert_true (isnan (metrics[1]) && isnan (metrics[2]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++) {
    g_autofree char *gradient = g_strdup_printf ("/tasks/gradient/%s", specs[i]);
    g_autofree char *bits = g_strdup_printf ("/tasks/bits/%s", specs[i]);
    g_test_add_data_func (gradient, specs[i], check_gradient);
    g_test_add_data_func (bits, specs[i], check_bits);
  }
  g_test_add_func ("/tasks/forward", test_forward);
  g_test_add_func ("/tasks/convolution", test_convolution);
  g_test_add_func ("/tasks/init", test_init);
  g_test_add_func ("/tasks/learning", test_learning);
  g_test_add_func ("/tasks/errors", test_errors);
  g_test_add_func ("/tasks/no-test-rows", test_no_test_rows);
  return g_test_run ();
}
