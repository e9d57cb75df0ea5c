/* What all problems share: names and keys, errors, noise, starts, status, blocks of points. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/problems/problem-private.h"

static TwProblem *
make (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);

  g_assert_no_error (error);
  TwProblem *problem = tw_problem_new (spec, 0, &error);
  g_assert_no_error (error);
  g_assert_nonnull (problem);
  return problem;
}

static void
test_landscape (void)
{
  g_autoptr (TwProblem) problem = make ("himmelblau,noise=0.5");
  const double *minima;
  double domain[4], start[2], after[2] = { 7, 7 };
  gsize n = 0;

  g_assert_cmpstr (tw_problem_get_name (problem), ==, "himmelblau");
  g_assert_cmpstr (tw_problem_get_title (problem), ==, "Himmelblau");
  g_assert_cmpstr (tw_problem_get_formula (problem), ==, "(x^2 + y - 11)^2 + (x + y^2 - 7)^2");
  g_assert_cmpuint (tw_problem_get_dim (problem), ==, 2);
  g_assert_cmpuint (tw_problem_get_n_tensors (problem), ==, 1);
  g_assert_cmpuint (tw_problem_get_tensor_sizes (problem)[0], ==, 2);
  g_assert_cmpstr (tw_problem_get_tensor_name (problem, 0), ==, "x, y");
  g_assert_cmpfloat (tw_problem_get_minimum (problem), ==, 0);
  g_assert_cmpfloat (tw_problem_get_noise (problem), ==, 0.5);
  g_assert_true (tw_problem_get_domain (problem, domain));
  g_assert_true (domain[0] == -5 && domain[1] == 5 && domain[2] == -5 && domain[3] == 5);
  g_assert_cmpuint (tw_problem_get_minima (problem, &minima), ==, 4);
  g_assert_true (minima[0] == 3 && minima[1] == 2);
  while (tw_problem_get_start (problem, n, start))
    n++;
  g_assert_cmpuint (n, >=, 2);
  g_assert_false (tw_problem_get_start (problem, n, after));
  g_assert_cmpfloat (after[0], ==, 7);

  TwProblem *second = tw_problem_ref (problem);
  g_assert_true (second == problem);
  tw_problem_unref (second);
  g_assert_cmpuint (tw_problem_get_dim (problem), ==, 2);
}

static void
test_formula (void)
{
  g_autoptr (GError) error = NULL;
  const double wide[] = { -1, 3, 0, 10 };
  g_autoptr (TwProblem) problem = tw_problem_new_formula ("x^2 + 3*y", wide, 0.25, &error);
  g_assert_no_error (error);
  g_autoptr (TwProblem) plain = tw_problem_new_formula ("x*y", NULL, NAN, &error);
  const double *minima;
  double domain[4], start[2];

  g_assert_no_error (error);
  g_assert_cmpstr (tw_problem_get_name (problem), ==, "formula");
  g_assert_cmpstr (tw_problem_get_title (problem), ==, "x^2 + 3*y");
  g_assert_cmpstr (tw_problem_get_formula (problem), ==, "x^2 + 3*y");
  g_assert_cmpfloat (tw_problem_get_minimum (problem), ==, 0.25);
  g_assert_cmpfloat (tw_problem_get_noise (problem), ==, 0);
  g_assert_true (tw_problem_get_domain (problem, domain));
  g_assert_true (memcmp (domain, wide, sizeof wide) == 0);
  g_assert_false (tw_problem_get_start (problem, 0, start));
  g_assert_cmpuint (tw_problem_get_minima (problem, &minima), ==, 0);
  g_assert_true (isnan (tw_problem_get_minimum (plain)));
  g_assert_true (tw_problem_get_domain (plain, domain));
  g_assert_true (domain[0] == -5 && domain[1] == 5 && domain[2] == -5 && domain[3] == 5);
}

static void
check_message (GError *error, const char *what, const char *part)
{
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  if (strstr (error->message, part) == NULL || strchr (error->message, '\n') != NULL)
    g_error ("%s: expected \"%s\" in \"%s\"", what, part, error->message);
}

static void
test_spec_errors (void)
{
  static const struct {
    const char *spec, *part;
  } rows[] = {
    { "rosenbrok", "there is no problem \"rosenbrok\"; did you mean rosenbrock?" },
    { "Rosenbrock", "did you mean rosenbrock?" },
    { "rosen", "did you mean rosenbrock?" },
    { "himelblau,noise=1", "did you mean himmelblau?" },
    { "everest", "names them all" },
    { "formula", "there is no problem \"formula\"" },
    { "booth,noise=-1", "noise=" },
    { "booth,noise=1e7", "outside 0 to 1000000" },
    { "booth,noise=nan", "not a finite number" },
    { "booth,noise=inf", "not a finite number" },
    { "booth,noise=", "is not a number" },
    { "booth,noise=1x", "is not a number" },
    { "booth,nose=1", "did you mean noise?" },
    { "booth,dim=3", "there is no key \"dim\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSpec) spec = tw_spec_parse (rows[i].spec, NULL);
    g_assert_null (tw_problem_new (spec, 0, &error));
    check_message (error, rows[i].spec, rows[i].part);
  }
}

static void
test_formula_errors (void)
{
  static const struct {
    const char *formula;
    double domain[4], minimum;
    const char *part;
  } rows[] = {
    { "x +", { -1, 1, -1, 1 }, 0, "formula: column 4: expected" },
    { "", { -1, 1, -1, 1 }, 0, "formula: column 1: expected" },
    { "x", { 1, -1, -1, 1 }, 0, "domain: expected two finite numbers, the smaller one first, for x" },
    { "x", { -1, 1, 2, 2 }, 0, "for y, but found 2 and 2" },
    { "x", { NAN, 1, -1, 1 }, 0, "domain" },
    { "x", { -1, 1, -1, INFINITY }, 0, "domain" },
    { "x", { -1.7e308, 1.7e308, -1, 1 }, 0, "domain" },
    { "x", { -1, 1, -1, 1 }, INFINITY, "minimum" },
    { "x", { -1, 1, -1, 1 }, -INFINITY, "minimum" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (tw_problem_new_formula (rows[i].formula, rows[i].domain, rows[i].minimum, &error));
    check_message (error, rows[i].formula, rows[i].part);
  }
}

/* The list and the names agree: all problems can be made as they stand, and take the common key. */
static void
test_list (void)
{
  gsize n;
  const TwProblemInfo *infos = tw_problem_list (&n);
  gboolean families = FALSE;

  g_assert_cmpuint (n, >=, 24);
  for (gsize i = 0; i < n; i++) {
    gboolean noise = FALSE;
    g_assert_true (*infos[i].title != '\0' && *infos[i].summary != '\0' && *infos[i].source != '\0');
    for (const TwParam *param = infos[i].params; param->key != NULL; param++)
      noise |= g_str_equal (param->key, "noise");
    g_assert_true (noise);
    /* Landscapes come first. */
    families |= infos[i].formula == NULL;
    g_assert_true (families == (infos[i].formula == NULL));
    if (infos[i].formula != NULL) {
      g_autofree char *spec = g_strdup_printf ("%s,noise=2", infos[i].name);
      g_autoptr (TwProblem) problem = make (spec);
      g_assert_cmpfloat (tw_problem_get_noise (problem), ==, 2);
      g_assert_cmpstr (tw_problem_get_name (problem), ==, infos[i].name);
    }
  }
}

static void
test_random_starts (void)
{
  enum { N = 4000 };
  const double domain[] = { -1, 3, 10, 11 };
  g_autoptr (TwProblem) problem = tw_problem_new_formula ("x + y", domain, NAN, NULL);
  double mean[2] = { 0 }, square[2] = { 0 }, product = 0;

  for (guint64 i = 0; i < N; i++) {
    double theta[2], again[2];
    tw_problem_draw_start (problem, (TwDraw){ 1, i }, theta);
    tw_problem_draw_start (problem, (TwDraw){ 1, i }, again);
    g_assert_true (theta[0] == again[0] && theta[1] == again[1]);
    for (int k = 0; k < 2; k++) {
      double u = (theta[k] - domain[2 * k]) / (domain[2 * k + 1] - domain[2 * k]) - 0.5;
      g_assert_true (u > -0.5 && u < 0.5);
      mean[k] += u / N;
      square[k] += u * u / N;
    }
    product += (theta[0] - 1) / 4 * (theta[1] - 10.5) / N;
  }
  /* Four standard deviations of each estimate. */
  for (int k = 0; k < 2; k++) {
    g_assert_cmpfloat (fabs (mean[k]), <, 4 * sqrt (1 / 12.0 / N));
    g_assert_cmpfloat (fabs (square[k] - 1 / 12.0), <, 4 * sqrt (1 / 180.0 / N));
  }
  g_assert_cmpfloat (fabs (product), <, 4 / 12.0 / sqrt (N));
}

static void
test_noise (void)
{
  enum { N = 20000 };
  const double sigma = 0.3;
  g_autoptr (TwProblem) problem = make ("booth");
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, N);
  g_autofree double *theta = g_new (double, 2 * N), *clean = g_new (double, 2 * N),
                    *noisy = g_new (double, 2 * N);
  g_autofree double *again = g_new (double, 2 * N), *loss = g_new (double, N),
                    *noisy_loss = g_new (double, N);
  g_autofree TwDraw *draws = g_new (TwDraw, N);
  double mean[2] = { 0 }, square[2] = { 0 }, product = 0, lag = 0, alone[2];

  for (gsize i = 0; i < N; i++) {
    draws[i] = (TwDraw){ 42 + i % 7, i / 7 };
    tw_problem_draw_start (problem, draws[i], theta + 2 * i);
  }
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, draws, loss, clean), ==, TW_STATUS_OK);
  tw_problem_set_noise (problem, sigma);
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, draws, noisy_loss, noisy), ==, TW_STATUS_OK);
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, draws, NULL, again), ==, TW_STATUS_OK);
  g_assert_true (memcmp (loss, noisy_loss, N * sizeof *loss) == 0);
  g_assert_true (memcmp (noisy, again, 2 * N * sizeof *noisy) == 0);
  for (gsize i = 0; i < N; i++) {
    double e[2] = { (noisy[2 * i] - clean[2 * i]) / sigma, (noisy[2 * i + 1] - clean[2 * i + 1]) / sigma };
    for (int k = 0; k < 2; k++) {
      mean[k] += e[k] / N;
      square[k] += e[k] * e[k] / N;
    }
    product += e[0] * e[1] / N;
    if (i >= 7) /* the step before of the same stream */
      lag += e[0] * (noisy[2 * i - 14] - clean[2 * i - 14]) / sigma / N;
  }
  for (int k = 0; k < 2; k++) {
    g_assert_cmpfloat (fabs (mean[k]), <, 4 / sqrt (N));
    g_assert_cmpfloat (fabs (square[k] - 1), <, 4 * sqrt (2.0 / N));
  }
  g_assert_cmpfloat (fabs (product), <, 4 / sqrt (N));
  g_assert_cmpfloat (fabs (lag), <, 4 / sqrt (N));

  /* A point draws the same noise alone; without draws it is that of draw 0. */
  tw_problem_eval (problem, work, 1, theta + 2 * 777, draws + 777, NULL, alone);
  g_assert_true (memcmp (alone, noisy + 2 * 777, sizeof alone) == 0);
  tw_problem_eval (problem, work, 1, theta, NULL, NULL, alone);
  draws[0] = (TwDraw){ 0, 0 };
  tw_problem_eval (problem, work, 1, theta, draws, NULL, again);
  g_assert_true (memcmp (alone, again, sizeof alone) == 0);
  g_assert_cmpfloat (alone[0], !=, clean[0]);
}

static void
test_status (void)
{
  g_autoptr (TwProblem) problem = tw_problem_new_formula ("log(x) + y", NULL, NAN, NULL);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 3);
  const double theta[] = { 1, 2, 0, 2, 2, 3 }, v[] = { 1, 0, 1, 0, 0, 1 };
  double loss[3], gradient[6], out[6];

  g_assert_cmpint (tw_problem_eval (problem, work, 1, theta, NULL, loss, gradient), ==, TW_STATUS_OK);
  g_assert_cmpint (tw_problem_eval (problem, work, 0, theta, NULL, loss, gradient), ==, TW_STATUS_OK);
  g_assert_cmpint (tw_problem_eval (problem, work, 3, theta, NULL, loss, NULL), ==, TW_STATUS_NOT_FINITE);
  g_assert_cmpint (tw_problem_eval (problem, work, 3, theta, NULL, NULL, gradient), ==, TW_STATUS_NOT_FINITE);
  /* The points beside the bad one are there all the same. */
  g_assert_true (loss[0] == 2 && loss[1] == -INFINITY && loss[2] == log (2) + 3);
  g_assert_true (gradient[0] == 1 && gradient[2] == INFINITY && gradient[4] == 0.5 && gradient[5] == 1);
  g_assert_cmpint (tw_problem_hessian_vector (problem, work, 3, theta, v, NULL, out), ==,
                   TW_STATUS_NOT_FINITE);
  g_assert_true (out[0] == -1 && out[1] == 0 && out[2] == -INFINITY && out[4] == 0 && out[5] == 0);
  g_assert_cmpint (tw_problem_hessian_vector (problem, work, 1, theta + 2, v + 4, NULL, out), ==,
                   TW_STATUS_OK);
}

static void
test_hessian_vector (void)
{
  enum { N = 150 };
  g_autoptr (TwProblem) problem = tw_problem_new_formula ("x^3 + 2*x*y^2", NULL, NAN, NULL);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, N);
  double theta[2 * N], v[2 * N], out[2 * N];

  tw_problem_set_noise (problem, 10); /* does not enter */
  for (gsize i = 0; i < 2 * N; i++) {
    theta[i] = 8 * tw_random_uniform ((TwDraw){ 1, 1 }, i) - 4;
    v[i] = tw_random_normal ((TwDraw){ 1, 2 }, i);
  }
  g_assert_cmpint (tw_problem_hessian_vector (problem, work, N, theta, v, NULL, out), ==, TW_STATUS_OK);
  for (gsize i = 0; i < N; i++) {
    double x = theta[2 * i], y = theta[2 * i + 1], a = v[2 * i], b = v[2 * i + 1];
    g_assert_cmpfloat_with_epsilon (out[2 * i], 6 * x * a + 4 * y * b, 1e-12);
    g_assert_cmpfloat_with_epsilon (out[2 * i + 1], 4 * y * a + 4 * x * b, 1e-12);
  }
  /* In place. */
  tw_problem_hessian_vector (problem, work, N, theta, v, NULL, v);
  g_assert_true (memcmp (v, out, sizeof v) == 0);
}

/* A family that shows what the common part hands over: D = 130 in two tensors, loss = sum(theta) + scratch.
 */
typedef struct {
  TwProblem head;
  gboolean *finalized;
} Plain;

static void
plain_finalize (TwProblem *problem)
{
  *((Plain *)problem)->finalized = TRUE;
}

static gsize
plain_work_size (const TwProblem *problem, gsize n)
{
  return n * sizeof (double);
}

static TwStatus
plain_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
            double *loss, double *gradient)
{
  double *sums = scratch; /* (n) */

  g_assert_cmpuint ((guintptr)scratch % 64, ==, 0);
  if (loss == NULL)
    return TW_STATUS_UNSUPPORTED;
  for (gsize i = 0; i < n; i++) {
    g_assert_cmpfloat (sums[i], ==, 0);
    for (gsize k = 0; k < problem->dim; k++) {
      sums[i] += theta[i * problem->dim + k];
      if (gradient != NULL)
        gradient[i * problem->dim + k] = 1;
    }
    loss[i] = sums[i];
    sums[i] = 0;
  }
  return TW_STATUS_OK;
}

static void
plain_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  tw_random_normals (draw, 0, problem->dim, theta);
}

static const TwProblemType plain_type = {
  .name = "plain",
  .finalize = plain_finalize,
  .work_size = plain_work_size,
  .eval = plain_eval,
  .draw_start = plain_draw_start,
};

static void
test_family (void)
{
  enum { D = 130, N = 5 };
  const gsize sizes[] = { 30, 100 };
  gboolean finalized = FALSE;
  Plain *plain = g_new0 (Plain, 1);
  TwProblem *problem = &plain->head;
  double theta[N * D], expected[D], loss[N], gradient[N * D], domain[4];

  tw_problem_init (problem, &plain_type, "plain", "Plain", 2, sizes);
  plain->finalized = &finalized;
  g_assert_cmpuint (tw_problem_get_dim (problem), ==, D);
  g_assert_cmpuint (tw_problem_get_n_tensors (problem), ==, 2);
  g_assert_cmpuint (tw_problem_get_tensor_sizes (problem)[1], ==, 100);
  g_assert_cmpstr (tw_problem_get_tensor_name (problem, 1), ==, "theta");
  g_assert_null (tw_problem_get_formula (problem));
  g_assert_false (tw_problem_get_domain (problem, domain));
  g_assert_true (isnan (tw_problem_get_minimum (problem)));

  TwProblemWork *work = tw_problem_work_new (problem, N);
  for (guint64 i = 0; i < N; i++)
    tw_problem_draw_start (problem, (TwDraw){ 2, i }, theta + i * D);
  tw_random_normals ((TwDraw){ 2, 3 }, 0, D, expected);
  g_assert_true (memcmp (theta + 3 * D, expected, sizeof expected) == 0);
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, NULL, loss, gradient), ==, TW_STATUS_OK);
  g_assert_cmpfloat (gradient[N * D - 1], ==, 1);
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, NULL, NULL, gradient), ==,
                   TW_STATUS_UNSUPPORTED);
  g_assert_cmpint (tw_problem_hessian_vector (problem, work, N, theta, theta, NULL, gradient), ==,
                   TW_STATUS_UNSUPPORTED);

  /* Noise is new for every coordinate, also past a block of them. */
  tw_problem_set_noise (problem, 1);
  tw_problem_eval (problem, work, N, theta, NULL, loss, gradient);
  for (gsize i = 0; i < D; i++)
    for (gsize k = 0; k < i; k++)
      g_assert_cmpfloat (gradient[i], !=, gradient[k]);
  theta[N * D - 1] = NAN;
  g_assert_cmpint (tw_problem_eval (problem, work, N, theta, NULL, loss, gradient), ==, TW_STATUS_NOT_FINITE);
  tw_problem_work_free (work);
  tw_problem_work_free (NULL);
  tw_problem_unref (problem);
  g_assert_true (finalized);
}

static gpointer
make_all (gpointer data)
{
  gsize n;
  const TwProblemInfo *infos = tw_problem_list (&n);
  double sum = 0;

  for (gsize i = 0; i < n && infos[i].formula != NULL; i++) {
    g_autoptr (TwProblem) problem = make (infos[i].name);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    double theta[2], loss;
    tw_problem_get_start (problem, 0, theta);
    tw_problem_eval (problem, work, 1, theta, NULL, &loss, NULL);
    sum += loss;
  }
  *(double *)data = sum;
  return NULL;
}

/* First, while the tables are not read yet. */
static void
test_threads (void)
{
  double sums[4];
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new (NULL, make_all, &sums[i]);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  for (int i = 1; i < 4; i++)
    g_assert_cmpfloat (sums[i], ==, sums[0]);
  g_assert_cmpfloat (sums[0], >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/problem/threads", test_threads);
  g_test_add_func ("/problem/landscape", test_landscape);
  g_test_add_func ("/problem/formula", test_formula);
  g_test_add_func ("/problem/spec-errors", test_spec_errors);
  g_test_add_func ("/problem/formula-errors", test_formula_errors);
  g_test_add_func ("/problem/list", test_list);
  g_test_add_func ("/problem/random-starts", test_random_starts);
  g_test_add_func ("/problem/noise", test_noise);
  g_test_add_func ("/problem/status", test_status);
  g_test_add_func ("/problem/hessian-vector", test_hessian_vector);
  g_test_add_func ("/problem/family", test_family);
  return g_test_run ();
}
