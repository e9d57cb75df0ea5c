/* The optimizers designed by hand: their updates beside PyTorch's, schedules, newton and lbfgs, and what holds for
 * every row of the table. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/runner.h"
#include "core/optimizers/optimizer.h"
#include "core/optimizers/schedule.h"
#include "optimizer-helpers.h"

/* --- the sources of gradients in fixtures/make_optimizer_fixtures.py --- */

static void
rosenbrock (const double *x, guint64 k, double *g)
{
  double u = x[1] - x[0] * x[0];

  g[0] = -2 * (1 - x[0]) - 400 * x[0] * u;
  g[1] = 200 * u;
}

static void
beale (const double *x, guint64 k, double *g)
{
  static const double constants[] = { 1.5, 2.25, 2.625 };

  g[0] = g[1] = 0;
  for (int p = 1; p <= 3; p++) {
    double r = constants[p - 1] - x[0] + x[0] * pow (x[1], p);
    g[0] += 2 * r * (pow (x[1], p) - 1);
    g[1] += 2 * r * p * x[0] * pow (x[1], p - 1);
  }
}

static void
quadratic (const double *x, guint64 k, double *g)
{
  static const double c[] = { 0.5, 1, 2, 4, 8, 16 }, a[] = { 1, -1, 0.5, 2, -0.5, 0.25 };

  for (int i = 0; i < 6; i++)
    g[i] = c[i] * (x[i] - a[i]) + (i < 5 ? 0.3 * x[i + 1] : 0) + (i > 0 ? 0.3 * x[i - 1] : 0);
}

static void
recorded (const double *x, guint64 k, double *g)
{
  for (int i = 0; i < 6; i++)
    g[i] = exp (-0.01 * k) * sin (0.7 * k + 1.3 * i) + 0.1 * cos (0.05 * k * i);
}

typedef struct {
  const char *name;
  void (*gradient) (const double *x, guint64 k, double *g);
  double start[6];
  gsize n_tensors, sizes[3];
} Source;

static const Source sources[] = {
  { "rosenbrock", rosenbrock, { -1.2, 1 }, 1, { 2 } },
  { "beale", beale, { 0.5, -0.5 }, 1, { 2 } },
  { "quadratic", quadratic, { 2, -1.5, 1, 0.5, -2, 3 }, 3, { 1, 2, 3 } },
  { "recorded", recorded, { 0.1, -0.2, 0.3, -0.4, 0.5, -0.6 }, 3, { 1, 2, 3 } },
};

static const Source *
find_source (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    if (g_str_equal (sources[i].name, name))
      return &sources[i];
  g_error ("no source %s", name);
}

/* Largest distance over all written steps of one case. */
static double
follow (const char *text, const Source *source, JsonArray *steps, JsonArray *expected)
{
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, source->n_tensors, source->sizes);
  g_autoptr (TwOptimizer) optimizer = make_optimizer (text, layout);
  double theta[6], gradient[6], loss = 0, worst = 0;
  guint8 ended = 0;
  guint written = 0;

  memcpy (theta, source->start, sizeof theta);
  for (guint64 k = 0; written < json_array_get_length (steps); k++) {
    source->gradient (theta, k, gradient);
    tw_optimizer_step (optimizer, &(TwStep){ .k = k,
                                             .theta = theta,
                                             .gradient = gradient,
                                             .loss = &loss,
                                             .ended = &ended });
    if ((gint64)k + 1 != json_array_get_int_element (steps, written))
      continue;
    JsonArray *row = json_array_get_array_element (expected, written++);
    g_assert_cmpuint (json_array_get_length (row), ==, layout->n_rows);
    for (guint i = 0; i < layout->n_rows; i++)
      worst = fmax (worst, fabs (theta[i] - json_array_get_double_element (row, i)));
  }
  return worst;
}

static void
test_fixtures (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "optimizers.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonArray *steps = json_object_get_array_member (root, "steps");
  JsonArray *cases = json_object_get_array_member (root, "cases");
  g_assert_cmpint (json_array_get_int_element (steps, json_array_get_length (steps) - 1), ==, 200);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *one = json_array_get_object_element (cases, i);
    const char *spec = json_object_get_string_member (one, "spec");
    const Source *source = find_source (json_object_get_string_member (one, "source"));
    double worst = follow (spec, source, steps, json_object_get_array_member (one, "theta"));
    if (!(worst <= 1e-10))
      g_error ("%s on %s: %g away", spec, source->name, worst);
    g_hash_table_add (names, g_strndup (spec, strcspn (spec, ",")));
  }

  /* Every optimizer that has a schedule (all first-order ones) was among them. */
  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);
  guint first_order = 0;
  for (gsize i = 0; i < n; i++) {
    if (!has_key (types[i], "schedule"))
      continue;
    first_order++;
    g_assert_true (g_hash_table_contains (names, tw_optimizer_type_get_name (types[i])));
  }
  g_assert_cmpuint (first_order, ==, 11);
}

/* --- schedules --- */

static void
test_schedule_factors (void)
{
  static const struct {
    TwSchedule schedule;
    guint64 k;
    double factor;
  } cases[] = {
    { { TW_SCHEDULE_CONSTANT, 0, 200, 0.01, 0.5, 50 }, 0, 1 },
    { { TW_SCHEDULE_CONSTANT, 0, 200, 0.01, 0.5, 50 }, 1000000, 1 },
    { { TW_SCHEDULE_CONSTANT, 4, 200, 0.01, 0.5, 50 }, 0, 0.25 },
    { { TW_SCHEDULE_CONSTANT, 4, 200, 0.01, 0.5, 50 }, 2, 0.75 },
    { { TW_SCHEDULE_CONSTANT, 4, 200, 0.01, 0.5, 50 }, 3, 1 },
    { { TW_SCHEDULE_COSINE, 0, 100, 0.1, 0.5, 50 }, 0, 1 },
    { { TW_SCHEDULE_COSINE, 0, 100, 0.1, 0.5, 50 }, 50, 0.55 },
    { { TW_SCHEDULE_COSINE, 0, 100, 0, 0.5, 50 }, 25, 0.85355339059327378 },
    { { TW_SCHEDULE_COSINE, 0, 100, 0.1, 0.5, 50 }, 100, 0.1 },
    { { TW_SCHEDULE_COSINE, 0, 100, 0.1, 0.5, 50 }, 5000, 0.1 },
    { { TW_SCHEDULE_COSINE, 20, 100, 0.1, 0.5, 50 }, 60, 0.55 },
    { { TW_SCHEDULE_LINEAR, 0, 100, 0.2, 0.5, 50 }, 25, 0.8 },
    { { TW_SCHEDULE_LINEAR, 0, 100, 0.2, 0.5, 50 }, 300, 0.2 },
    { { TW_SCHEDULE_LINEAR, 10, 110, 0, 0.5, 50 }, 60, 0.5 },
    { { TW_SCHEDULE_LINEAR, 100, 50, 0.3, 0.5, 50 }, 101, 0.3 },
    { { TW_SCHEDULE_STEP, 0, 200, 0, 0.5, 50 }, 49, 1 },
    { { TW_SCHEDULE_STEP, 0, 200, 0, 0.5, 50 }, 50, 0.5 },
    { { TW_SCHEDULE_STEP, 0, 200, 0, 0.1, 20 }, 65, 1e-3 },
    { { TW_SCHEDULE_EXPONENTIAL, 0, 200, 0, 0.25, 50 }, 25, 0.5 },
    { { TW_SCHEDULE_EXPONENTIAL, 5, 200, 0, 0.25, 50 }, 55, 0.25 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat_with_epsilon (tw_schedule_factor (&cases[i].schedule, cases[i].k), cases[i].factor, 1e-14);
}

/* As keys of an optimizer: every update of sgd is lr * factor * g, and the probe "lr" says so. */
static void
test_schedule_keys (void)
{
  const gsize size = 2;
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, 1, &size);
  g_autoptr (TwOptimizer) optimizer =
    make_optimizer ("sgd,lr=0.5,schedule=cosine,warmup=10,schedule_steps=60,final=0.1", layout);
  gsize n_probes, lr_probe;
  const TwProbe *probes = tw_optimizer_get_probes (optimizer, &n_probes);
  double theta[2] = { 0, 1 };

  for (lr_probe = 0; lr_probe < n_probes && !g_str_equal (probes[lr_probe].name, "lr");)
    lr_probe++;
  g_assert_cmpuint (lr_probe, <, n_probes);
  for (guint64 k = 0; k < 80; k++) {
    double before = theta[1], gradient[2] = { 0, 2 }, loss = 0, p = fmin (1, ((double)k - 10) / 50);
    double factor = k < 10 ? ((double)k + 1) / 10 : 0.1 + 0.9 * (1 + cos (G_PI * p)) / 2;
    guint8 ended = 0;
    float lr;
    tw_optimizer_step (optimizer, &(TwStep){ .k = k,
                                             .theta = theta,
                                             .gradient = gradient,
                                             .loss = &loss,
                                             .ended = &ended });
    tw_optimizer_read_probe (optimizer, lr_probe, &lr);
    g_assert_cmpfloat_with_epsilon (before - theta[1], 0.5 * factor * 2, 1e-13);
    g_assert_cmpfloat_with_epsilon (lr, 0.5 * factor, 1e-7);
    g_assert_true (theta[0] == 0);
  }
}

/* --- newton and lbfgs --- */

static void
test_newton_quadratic (void)
{
  static const char *const bowls[] = { "booth", "matyas", "bowl", "bowl-100", "bowl-10000", "bowl-rotated" };

  for (gsize i = 0; i < G_N_ELEMENTS (bowls); i++) {
    /* One step where it is within reach; the damping of 1e-12 leaves a rest. */
    g_autoptr (TwTrace) trace = run_on (bowls[i], "newton,max_step=100,damping=1e-12", 2, 3);
    for (gsize s = 0; s < 2; s++)
      g_assert_cmpfloat (tw_trace_get_loss (trace, 0, s)[1], <, 1e-12);
  }
}

/* The loss never rises without noise, also where the Hessian is not positive. */
static void
assert_never_rises (const char *spec)
{
  gsize n;
  const TwProblemInfo *problems = tw_problem_list (&n);

  for (gsize i = 0; i < n; i++) {
    if (problems[i].formula == NULL)
      continue;
    g_autoptr (TwTrace) trace = run_on (problems[i].name, spec, 3, 60);
    for (gsize s = 0; s < 3; s++) {
      const double *loss = tw_trace_get_loss (trace, 0, s);
      for (gsize k = 1; k < tw_trace_get_n_rows (trace, 0, s); k++)
        if (!(loss[k] <= loss[k - 1] + 1e-12 * fabs (loss[k - 1])))
          g_error ("%s on %s: %.17g to %.17g at step %zu", spec, problems[i].name, loss[k - 1], loss[k], k);
    }
  }
}

static void
test_newton_never_rises (void)
{
  assert_never_rises ("newton");
}

static void
test_newton_rosenbrock (void)
{
  g_autoptr (TwTrace) trace = run_on ("rosenbrock", "newton", 0, 40);

  g_assert_cmpfloat (tw_trace_get_final_loss (trace, 0, 0), <, 1e-20);
  /* Its own evaluations are counted: two Hessian columns and at least one trial per step. */
  g_assert_cmpuint (tw_trace_get_evaluations (trace, 0, 0), >=, 4 * 10);
}

static void
test_newton_refuses (void)
{
  const gsize three = 3;
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, 1, &three);
  g_autoptr (TwSpec) spec = tw_spec_parse ("newton", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_optimizer_new (spec, layout, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "2 coordinates"));
}

/* With no problem to ask both take plain steps along what they know. */
static void
test_without_problem (void)
{
  const gsize two = 2;
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, 1, &two);
  g_autoptr (TwOptimizer) newton = make_optimizer ("newton,lr=0.5,max_step=2", layout);
  g_autoptr (TwOptimizer) lbfgs = make_optimizer ("lbfgs,lr=0.1", layout);
  double theta[2] = { 1, 1 }, gradient[2] = { 0.5, -1 }, loss = 0;
  guint8 ended = 0;
  TwStep step = { .theta = theta, .gradient = gradient, .loss = &loss, .ended = &ended };

  tw_optimizer_step (newton, &step);
  g_assert_cmpfloat_with_epsilon (theta[0], 0.75, 1e-15);
  g_assert_cmpfloat_with_epsilon (theta[1], 1.5, 1e-15);
  gradient[0] = 3e10, gradient[1] = 4e10;
  step.k = 1;
  tw_optimizer_step (newton, &step); /* at most 2 long */
  g_assert_cmpfloat_with_epsilon (theta[0], 0.75 - 1.2, 1e-12);
  g_assert_cmpfloat_with_epsilon (theta[1], 1.5 - 1.6, 1e-12);

  /* lbfgs learns the curvatures 1 and 30 of a bowl from the gradients alone. */
  theta[0] = 3, theta[1] = 1;
  step.k = 0;
  for (; step.k < 400; step.k++) {
    gradient[0] = theta[0], gradient[1] = 30 * theta[1];
    tw_optimizer_step (lbfgs, &step);
  }
  g_assert_cmpfloat (fabs (theta[0]) + fabs (theta[1]), <, 1e-6);
}

static void
test_lbfgs (void)
{
  assert_never_rises ("lbfgs");
  g_autoptr (TwTrace) valley = run_on ("rosenbrock", "lbfgs", 0, 60);
  g_assert_cmpfloat (tw_trace_get_final_loss (valley, 0, 0), <, 1e-15);
  /* A quadratic of 20 dimensions: about as many steps as dimensions. */
  g_autoptr (TwTrace) many = run_on ("bowl-nd,dim=20,condition=100", "lbfgs,history=20", 3, 60);
  for (gsize s = 0; s < 3; s++) {
    const double *loss = tw_trace_get_loss (many, 0, s);
    g_assert_cmpfloat (loss[tw_trace_get_n_rows (many, 0, s) - 1], <, 1e-12 * loss[0]);
    g_assert_cmpuint (tw_trace_get_evaluations (many, 0, s), >, 60);
  }
}

/* --- what holds for every optimizer --- */

/* With its defaults, from the landscape's own start, 200 steps: lower in the end on at least three in four. */
static void
test_defaults_decrease (gconstpointer name)
{
  gsize n, n_landscapes = 0, n_lower = 0;
  const TwProblemInfo *problems = tw_problem_list (&n);
  g_autoptr (GString) failed = g_string_new (NULL);

  for (gsize i = 0; i < n; i++) {
    if (problems[i].formula == NULL)
      continue;
    g_autoptr (TwTrace) trace = run_on (problems[i].name, name, 0, 200);
    n_landscapes++;
    gboolean lower = tw_trace_get_stop_reason (trace, 0, 0) != TW_STOP_DIVERGED &&
                     tw_trace_get_final_loss (trace, 0, 0) < tw_trace_get_loss (trace, 0, 0)[0];
    n_lower += lower;
    if (!lower)
      g_string_append_printf (failed, " %s", problems[i].name);
  }
  g_test_message ("%s: lower on %zu of %zu; not on:%s", (const char *)name, n_lower, n_landscapes, failed->str);
  g_assert_cmpuint (n_landscapes, >=, 24);
  g_assert_cmpfloat ((double)n_lower, >=, 0.75 * n_landscapes);
}

/* n runs of one problem in one batch, each from its own point: theta after `steps` updates (n, D). */
static double *
batch (const char *text, const TwProblem *problem, const double *starts, gsize n, guint steps)
{
  gsize dim = tw_problem_get_dim (problem);
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (n, tw_problem_get_n_tensors (problem),
                                                        tw_problem_get_tensor_sizes (problem));
  g_autoptr (TwOptimizer) optimizer = make_optimizer (text, layout);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, n);
  double *theta = g_memdup2 (starts, n * dim * sizeof (double));
  g_autofree double *phi = tw_optimizer_attends (optimizer) ? g_memdup2 (starts, n * dim * sizeof (double)) : NULL;
  g_autofree double *gradient = g_new (double, n *dim), *loss = g_new (double, n);
  g_autofree guint8 *ended = g_new0 (guint8, n);
  g_autofree guint64 *evaluations = g_new0 (guint64, n);
  g_autofree TwDraw *draws = g_new0 (TwDraw, n);

  for (guint k = 0; k < steps; k++) {
    for (gsize b = 0; b < n; b++)
      draws[b].step = k;
    tw_problem_eval (problem, work, n, theta, draws, loss, NULL);
    tw_problem_eval (problem, work, n, phi != NULL ? phi : theta, draws, NULL, gradient);
    tw_optimizer_step (optimizer, &(TwStep){ .k = k,
                                             .theta = theta,
                                             .phi = phi,
                                             .gradient = gradient,
                                             .loss = loss,
                                             .ended = ended,
                                             .problem = problem,
                                             .work = work,
                                             .draws = draws,
                                             .evaluations = evaluations });
  }
  return theta;
}

/* Alone or between others: the same run to the last bit. */
static void
test_alone_or_in_batch (gconstpointer name)
{
  static const char *const problems[] = { "rosenbrock", "rastrigin", "quadratic,dim=7", "mlp-random" };

  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSpec) spec = tw_spec_parse (problems[i], NULL);
    g_autoptr (TwProblem) problem = tw_problem_new (spec, 5, &error);
    g_assert_no_error (error);
    enum { N = 5 };
    gsize dim = tw_problem_get_dim (problem);
    if (g_str_equal (name, "newton") && dim != 2)
      continue;
    g_autofree double *starts = g_new (double, N *dim);
    for (gsize b = 0; b < N; b++)
      tw_problem_draw_start (problem, (TwDraw){ tw_random_stream (1, TW_STREAM_STARTS, b), 0 }, starts + b * dim);
    g_autofree double *together = batch (name, problem, starts, N, 40);
    for (gsize b = 0; b < N; b++) {
      g_autofree double *alone = batch (name, problem, starts + b * dim, 1, 40);
      g_assert_cmpmem (alone, dim * sizeof (double), together + b * dim, dim * sizeof (double));
    }
    /* Shifted by one and with a neighbour left out: vectors begin elsewhere. */
    g_autofree double *three = batch (name, problem, starts + dim, 3, 40);
    g_assert_cmpmem (three, 3 * dim * sizeof (double), together + dim, 3 * dim * sizeof (double));
  }
}

/* A run that has ended, its rows full of NaN, changes nothing of its neighbours. */
static void
test_ended_neighbour (gconstpointer name)
{
  const gsize two = 2;
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (3, 1, &two), one = tw_layout_new_repeated (1, 1, &two);
  g_autoptr (TwOptimizer) optimizer = make_optimizer (name, layout), alone = make_optimizer (name, one);
  double theta[6] = { 1, 2, NAN, INFINITY, 3, -1 }, phi[6], gradient[6], loss[3] = { 0 };
  double theta1[2] = { 3, -1 }, phi1[2], gradient1[2], loss1 = 0;
  guint8 ended[3] = { 0, 1, 0 }, ended1 = 0;
  gboolean attends = tw_optimizer_attends (optimizer);

  memcpy (phi, theta, sizeof phi);
  memcpy (phi1, theta1, sizeof phi1);
  for (guint64 k = 0; k < 30; k++) {
    const double *at = attends ? phi : theta, *at1 = attends ? phi1 : theta1;
    for (int i = 0; i < 6; i++)
      gradient[i] = at[i] * (1 + i % 2);
    gradient1[0] = at1[0], gradient1[1] = 2 * at1[1];
    tw_optimizer_step (optimizer, &(TwStep){ .k = k,
                                             .theta = theta,
                                             .phi = attends ? phi : NULL,
                                             .gradient = gradient,
                                             .loss = loss,
                                             .ended = ended });
    tw_optimizer_step (alone, &(TwStep){ .k = k,
                                         .theta = theta1,
                                         .phi = attends ? phi1 : NULL,
                                         .gradient = gradient1,
                                         .loss = &loss1,
                                         .ended = &ended1 });
  }
  g_assert_cmpmem (theta + 4, sizeof theta1, theta1, sizeof theta1);
  g_assert_true (isfinite (theta[0]) && isfinite (theta[1]));
}

/* Names, titles, one line each; keys with sensible defaults; probes that can be read at any time. */
static void
test_table (void)
{
  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);
  const gsize two = 2;
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (2, 1, &two);

  g_assert_cmpuint (n, >=, 14);
  for (gsize i = 0; i < n; i++) {
    const char *name = tw_optimizer_type_get_name (types[i]);
    g_assert_true (tw_optimizer_type_by_name (name) == types[i]);
    g_assert_cmpstr (tw_optimizer_type_get_title (types[i]), !=, "");
    g_assert_null (strchr (tw_optimizer_type_get_summary (types[i]), '\n'));
    const TwParam *params = tw_optimizer_type_get_params (types[i]);
    g_assert_cmpstr (params[0].key, ==, "lr");
    for (; params->key != NULL; params++) {
      g_assert_cmpstr (params->summary, !=, NULL);
      if (params->kind == TW_PARAM_REAL || params->kind == TW_PARAM_INTEGER)
        g_assert_true (params->min <= params->initial && params->initial <= params->max);
    }

    g_autoptr (TwOptimizer) optimizer = make_optimizer (name, layout);
    g_assert_true (tw_optimizer_get_type (optimizer) == types[i]);
    gsize rows[] = { 0, 3 }, n_probes;
    tw_optimizer_watch (optimizer, rows, 2);
    const TwProbe *probes = tw_optimizer_get_probes (optimizer, &n_probes);
    for (gsize p = 0; p < n_probes; p++) {
      gsize size = 2 * probes[p].width; /* two rows, tensors or runs */
      g_autofree float *values = g_new (float, size);
      for (gsize j = 0; j < size; j++)
        values[j] = NAN;
      tw_optimizer_read_probe (optimizer, p, values);
      for (gsize j = 0; j < size; j++)
        g_assert_true (isfinite (values[j]));
    }
  }
  g_assert_null (tw_optimizer_type_by_name ("adamm"));
}

static void
test_check (void)
{
  static const struct {
    const char *spec, *names; /* NULL: it is right */
  } cases[] = {
    { "adam", NULL },
    { "adam,lr=0.1,beta1=0.5,schedule=step,decay=0.5", NULL },
    { "learned,weights=default", NULL },
    { "adamm", "did you mean adam" },
    { "adam,lr=-1", "lr" },
    { "adam,lr=nan", "lr" },
    { "adam,beta1=1", "beta1" },
    { "adam,momentum=0.9", "momentum" },
    { "newton,schedule=cosine", "schedule" },
    { "sgd,schedule=cosin", "schedule" },
    { "sgd,warmup=1.5", "warmup" },
    { "lbfgs,history=0", "history" },
    { "learned,weights=/nowhere/w.safetensors", "/nowhere/w.safetensors" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSpec) spec = tw_spec_parse (cases[i].spec, &error);
    g_assert_no_error (error);
    gboolean right = tw_optimizer_check (spec, &error);
    if (cases[i].names == NULL) {
      g_assert_no_error (error);
      g_assert_true (right);
      continue;
    }
    g_assert_false (right);
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    if (strstr (error->message, cases[i].names) == NULL)
      g_error ("“%s” does not say “%s”", error->message, cases[i].names);
  }
}

int
main (int argc, char **argv)
{
  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizers/pytorch", test_fixtures);
  g_test_add_func ("/optimizers/schedule/factors", test_schedule_factors);
  g_test_add_func ("/optimizers/schedule/keys", test_schedule_keys);
  g_test_add_func ("/optimizers/newton/quadratic", test_newton_quadratic);
  g_test_add_func ("/optimizers/newton/never-rises", test_newton_never_rises);
  g_test_add_func ("/optimizers/newton/rosenbrock", test_newton_rosenbrock);
  g_test_add_func ("/optimizers/newton/refuses", test_newton_refuses);
  g_test_add_func ("/optimizers/without-problem", test_without_problem);
  g_test_add_func ("/optimizers/lbfgs", test_lbfgs);
  g_test_add_func ("/optimizers/table", test_table);
  g_test_add_func ("/optimizers/check", test_check);
  for (gsize i = 0; i < n; i++) {
    const char *name = tw_optimizer_type_get_name (types[i]);
    g_autofree char *decrease = g_strconcat ("/optimizers/decrease/", name, NULL);
    g_autofree char *alone = g_strconcat ("/optimizers/alone-or-in-batch/", name, NULL);
    g_autofree char *ended = g_strconcat ("/optimizers/ended-neighbour/", name, NULL);
    g_test_add_data_func (decrease, name, test_defaults_decrease);
    g_test_add_data_func (alone, name, test_alone_or_in_batch);
    g_test_add_data_func (ended, name, test_ended_neighbour);
  }
  return g_test_run ();
}
