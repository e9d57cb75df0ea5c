/* The random problem families: derivatives against finite differences, bits, shapes, keys and errors. */
#include "family-helpers.h"

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
  "softmax,features=7,n=30,batch=5,condition=1000",
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
  "ripples",
  "ripples,dim=30,waves=9,height=3,condition=1000",
  "turned",
  "turned,of=beale,angle=77,stretch=9",
  "turned,of=quadratic:dim=12,stretch=3",
  "sparse,of=quadratic:dim=20,zero=0.5",
  "sparse,of=mlp-random:hidden=8,zero=0.3",
};

/* One draw per point: streams and steps all different. */
static void
fill_draws (gsize n, TwDraw *draws)
{
  for (gsize i = 0; i < n; i++)
    draws[i] = (TwDraw){ tw_random_stream (11, TW_STREAM_MINIBATCH, i), 3 * i };
}

#define POINTS 4

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
                              "softmax,features=1,condition=1e12",
                              "softmax,features=1024,n=2,batch=1,condition=1e12",
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
    { "softmax,condition=0.5", "outside" },
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
                                   "sparse",
                                   "ripples",
                                   "turned" };
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
  g_test_add_func ("/families/extremes", test_extremes);
  g_test_add_func ("/families/errors", test_errors);
  g_test_add_func ("/families/list", test_list);
  return g_test_run ();
}
