/* The meta-gradient: against vectors that a separate implementation computed, and against finite differences.
 */
#include <math.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "core/learned/hrnn-tape.h"
#include "core/meta/unroll.h"
#include "core/problems/problem-private.h"

#ifdef TW_REAL_DOUBLE
static const gboolean is_double = TRUE;
#else
static const gboolean is_double = FALSE;
#endif

/* A problem of the tests: 0.5 |W theta - y|^2 + bend * sum of theta^4 / 4.  `wall`: not finite beyond it. */
typedef struct {
  TwProblem parent;
  double *W; /* (D, D) */
  double *y; /* (D) */
  double bend, wall;
} Quadratic;

static TwStatus
quadratic_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
                double *loss, double *gradient)
{
  const Quadratic *q = (const Quadratic *)problem;
  gsize D = problem->dim;
  for (gsize i = 0; i < n; i++, theta += D) {
    double sum = 0;
    if (gradient != NULL)
      for (gsize j = 0; j < D; j++)
        gradient[i * D + j] = q->bend * pow (theta[j], 3);
    for (gsize r = 0; r < D; r++) {
      double e = -q->y[r];
      for (gsize j = 0; j < D; j++)
        e += q->W[r * D + j] * theta[j];
      sum += 0.5 * e * e + q->bend * pow (theta[r], 4) / 4;
      if (fabs (theta[r]) > q->wall)
        sum = INFINITY;
      if (gradient != NULL)
        for (gsize j = 0; j < D; j++)
          gradient[i * D + j] += e * q->W[r * D + j];
    }
    if (loss != NULL)
      loss[i] = sum;
  }
  return TW_STATUS_OK;
}

static TwStatus
quadratic_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                          const double *v, const TwDraw *draws, double *out)
{
  const Quadratic *q = (const Quadratic *)problem;
  gsize D = problem->dim;
  for (gsize i = 0; i < n; i++, theta += D, v += D, out += D) {
    for (gsize j = 0; j < D; j++)
      out[j] = 3 * q->bend * theta[j] * theta[j] * v[j];
    for (gsize r = 0; r < D; r++) {
      double e = 0;
      for (gsize j = 0; j < D; j++)
        e += q->W[r * D + j] * v[j];
      for (gsize j = 0; j < D; j++)
        out[j] += e * q->W[r * D + j];
    }
  }
  return TW_STATUS_OK;
}

static void
quadratic_finalize (TwProblem *problem)
{
  g_free (((Quadratic *)problem)->W);
  g_free (((Quadratic *)problem)->y);
}

static const TwProblemType quadratic_type = {
  .name = "test-quadratic",
  .finalize = quadratic_finalize,
  .eval = quadratic_eval,
  .hessian_vector = quadratic_hessian_vector,
};

static TwProblem *
quadratic_new (gsize n_tensors, const gsize *sizes)
{
  Quadratic *q = g_new0 (Quadratic, 1);
  tw_problem_init (&q->parent, &quadratic_type, "quadratic", "Quadratic", n_tensors, sizes);
  gsize D = q->parent.dim;
  q->W = g_new0 (double, D *D);
  q->y = g_new0 (double, D);
  q->wall = INFINITY;
  return &q->parent;
}

static TwProblem *
quadratic_new_random (gsize n_tensors, const gsize *sizes, guint64 seed, double bend)
{
  TwProblem *problem = quadratic_new (n_tensors, sizes);
  Quadratic *q = (Quadratic *)problem;
  gsize D = problem->dim;
  tw_random_normals ((TwDraw){ seed, 0 }, 0, D * D, q->W);
  tw_random_normals ((TwDraw){ seed, 1 }, 0, D, q->y);
  q->bend = bend;
  return problem;
}

static void
free_problems (GPtrArray *problems)
{
  g_ptr_array_unref (problems);
}

/* --- recorded vectors ---------------------------------------------------------------------------------- */

static gsize
read_numbers (JsonNode *node, double *to)
{
  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    *to = json_node_get_double (node);
    return 1;
  }
  JsonArray *array = json_node_get_array (node);
  gsize n = 0;
  for (guint i = 0; i < json_array_get_length (array); i++)
    n += read_numbers (json_array_get_element (array, i), to + n);
  return n;
}

static void
check_case (JsonObject *item, TwHrnnWeights *weights)
{
  JsonArray *runs = json_object_get_array_member (item, "runs");
  gsize n_runs = json_array_get_length (runs);
  gboolean formula = g_str_equal (json_object_get_string_member (item, "problem"), "formula");
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_problem_unref);
  g_autofree TwUnrollRun *unroll_runs = g_new0 (TwUnrollRun, n_runs);
  double start[64];
  g_assert_cmpuint (read_numbers (json_object_get_member (item, "start"), start), <=, G_N_ELEMENTS (start));
  const double *at = start;
  for (guint b = 0; b < n_runs; b++) {
    JsonArray *list = json_array_get_array_element (runs, b);
    gsize sizes[8], n = json_array_get_length (list);
    for (guint t = 0; t < n; t++)
      sizes[t] = (gsize)json_array_get_int_element (list, t);
    TwProblem *problem;
    if (formula) {
      g_autoptr (GError) error = NULL;
      problem = tw_problem_new_formula (json_object_get_string_member (item, "formula"), NULL, 0, &error);
      g_assert_no_error (error);
    } else {
      problem = quadratic_new (n, sizes);
      read_numbers (json_array_get_element (json_object_get_array_member (item, "W"), b),
                    ((Quadratic *)problem)->W);
      read_numbers (json_array_get_element (json_object_get_array_member (item, "y"), b),
                    ((Quadratic *)problem)->y);
    }
    g_ptr_array_add (problems, problem);
    unroll_runs[b] = (TwUnrollRun){ .problem = problem,
                                    .start = at,
                                    .log_lr = log (json_object_get_double_member (item, "lr")) };
    at += tw_problem_get_dim (problem);
  }
  gsize K = (gsize)json_object_get_int_member (item, "unroll");
  g_autoptr (TwUnroll) unroll = tw_unroll_new (&weights->config, unroll_runs, n_runs, K, 1);
  g_autofree double *gradient = g_new (double, weights->shape.P);
  g_autofree double *wanted = g_new (double, weights->shape.P);

  for (int second = 0; second < 2; second++) {
    JsonObject *known = json_object_get_object_member (item, second ? "with_second" : "without_second");
    TwUnrollOptions options = { .first_only = !second };
    TwUnrollResult result;
    tw_unroll_restart (unroll);
    tw_unroll_run (unroll, weights, K, &options, gradient, &result);
    g_assert_cmpuint (result.n_counted, ==, n_runs);
    double objective = json_object_get_double_member (known, "objective");
    g_assert_cmpfloat_with_epsilon (result.objective, objective, is_double ? 1e-9 : 0.02);
    for (guint i = 0; i < TW_HRNN_N_TENSORS; i++) {
      const TwHrnnTensorInfo *info = &weights->shape.tensors[i];
      JsonObject *tensors = json_object_get_object_member (known, "gradient");
      g_assert_cmpuint (read_numbers (json_object_get_member (tensors, info->name), wanted), ==, info->size);
      double error = 0, size = 0;
      for (gsize e = 0; e < info->size; e++) {
        error = MAX (error, fabs (gradient[info->offset + e] - wanted[e]));
        size = MAX (size, fabs (wanted[e]));
      }
      g_test_message ("%s second %d %s: %g of %g", json_object_get_string_member (item, "problem"), second,
                      info->name, error, size);
      g_assert_cmpfloat (error, <=, (is_double ? 1e-7 : 0.1) * size);
    }
  }
}

static void
test_vectors (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "meta_gradient.json", NULL);
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "fixtures", "hrnn-interim.safetensors", NULL);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_load (file, &error);
  g_assert_no_error (error);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  JsonArray *cases = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (cases), >=, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (json_array_get_object_element (cases, i), weights);
}

/* --- finite differences -------------------------------------------------------------------------------- */

typedef struct {
  TwHrnnConfig config;
  GPtrArray *problems;
  TwUnrollRun runs[16];
  double starts[1024];
  gsize n_runs;
} Batch;

/* Runs of unlike layouts: tensors of 1 to 19 rows, 1 to 4 of them. */
static void
batch_init (Batch *batch, const TwHrnnConfig *config, gsize n_runs)
{
  static const gsize layouts[][5] = { { 1, 2 },          { 2, 3, 1 }, { 1, 19 },
                                      { 4, 1, 2, 5, 1 }, { 1, 1 },    { 2, 8, 9 } };
  batch->config = *config;
  batch->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_problem_unref);
  batch->n_runs = n_runs;
  double *start = batch->starts;
  for (gsize b = 0; b < n_runs; b++) {
    const gsize *layout = layouts[b % G_N_ELEMENTS (layouts)];
    TwProblem *problem = quadratic_new_random (layout[0], layout + 1, b, 0.3);
    g_ptr_array_add (batch->problems, problem);
    gsize D = tw_problem_get_dim (problem);
    tw_random_normals ((TwDraw){ 99, b }, 0, D, start);
    batch->runs[b] =
      (TwUnrollRun){ .problem = problem, .start = start, .log_lr = log (1e-2) - (double)b / 3, .stream = b };
    start += D;
  }
}

static void
batch_clear (Batch *batch)
{
  g_clear_pointer (&batch->problems, free_problems);
}

/* The objective of the last of `parts` partial unrolls of K steps, the earlier ones made with other weights.
 */
static double
last_objective (const Batch *batch, TwHrnnWeights *before, TwHrnnWeights *weights, gsize K, gsize parts,
                const TwUnrollOptions *options, double *gradient)
{
  TwUnrollResult result;
  g_autoptr (TwUnroll) unroll = tw_unroll_new (&batch->config, batch->runs, batch->n_runs, K, 1);
  for (gsize i = 0; i + 1 < parts; i++)
    tw_unroll_run (unroll, before, K, options, NULL, &result);
  tw_unroll_run (unroll, weights, K, options, gradient, &result);
  g_assert_cmpuint (result.n_counted, ==, batch->n_runs);
  return result.objective;
}

static void
check_differences (const char *name, const TwHrnnConfig *config, gsize n_runs, gsize K, gsize parts)
{
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (config, 5);
  g_autoptr (TwHrnnWeights) moved = tw_hrnn_weights_new (config, 5);
  gsize P = weights->shape.P;
  /* Away from the initial values, where whole tensors are zero or alike. */
  for (gsize i = 0; i < P; i++)
    weights->values[i] += (TwReal)(0.1 * tw_random_normal ((TwDraw){ 7, 0 }, i));
  g_autofree double *gradient = g_new (double, P);
  Batch batch;
  batch_init (&batch, config, n_runs);
  TwUnrollOptions options = { 0 };
  last_objective (&batch, weights, weights, K, parts, &options, gradient);
  for (guint t = 0; t < TW_HRNN_N_TENSORS; t++) {
    const TwHrnnTensorInfo *info = &weights->shape.tensors[t];
    if (info->name == NULL)
      continue;
    /* Along one random direction of each tensor, of length about 1, with four points. */
    const double h = 2e-5, points[] = { -2, -1, 1, 2 }, factors[] = { 1, -8, 8, -1 };
    const double length = sqrt ((double)info->size);
    double analytic = 0, size = 0, numeric = 0;
    for (int i = 0; i < 4; i++) {
      memcpy (moved->values, weights->values, P * sizeof (TwReal));
      for (gsize e = 0; e < info->size; e++)
        moved->values[info->offset + e] +=
          (TwReal)(h * points[i] * tw_random_normal ((TwDraw){ 8, t }, e) / length);
      numeric += factors[i] * last_objective (&batch, weights, moved, K, parts, &options, NULL) / (12 * h);
    }
    for (gsize e = 0; e < info->size; e++) {
      double part = gradient[info->offset + e] * tw_random_normal ((TwDraw){ 8, t }, e) / length;
      analytic += part;
      size += fabs (part);
    }
    g_test_message ("%s %s: %.10g %.10g", name, info->name, analytic, numeric);
    g_assert_cmpfloat (fabs (analytic - numeric), <=, 1e-6 * size + 2e-9);
  }
  batch_clear (&batch);
}

static void
test_differences (gconstpointer data)
{
  if (!is_double) {
    g_test_skip ("finite differences need the double build");
    return;
  }
  const char *what = data;
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  g_auto (GStrv) words = g_strsplit (what, " ", -1);
  gsize parts = 1;
  for (char **word = words; *word != NULL; word++) {
    if (g_str_equal (*word, "-attention"))
      config.attention = FALSE;
    else if (g_str_equal (*word, "-log_ms"))
      config.log_ms = FALSE;
    else if (g_str_equal (*word, "-relative_lr"))
      config.relative_lr = FALSE;
    else if (g_str_equal (*word, "-grad_products"))
      config.grad_products = FALSE;
    else if (g_str_equal (*word, "-grad_shortcut"))
      config.grad_shortcut = FALSE;
    else if (g_str_equal (*word, "-learn_decay"))
      config.learn_decay = FALSE;
    else if (g_str_equal (*word, "-dynamic_scale"))
      config.dynamic_scale = FALSE;
    else if (g_str_equal (*word, "-input_scaling"))
      config.input_scaling = config.log_ms = FALSE;
    else if (g_str_has_prefix (*word, "scales="))
      config.scales = (guint)g_ascii_strtoull (*word + 7, NULL, 10);
    else if (g_str_has_prefix (*word, "parts="))
      parts = (gsize)g_ascii_strtoull (*word + 6, NULL, 10);
    else if (g_str_has_prefix (*word, "hidden=")) {
      g_auto (GStrv) sizes = g_strsplit (*word + 7, ",", -1);
      memset (config.hidden, 0, sizeof config.hidden);
      config.n_levels = g_strv_length (sizes);
      for (guint i = 0; i < config.n_levels; i++)
        config.hidden[i] = (guint)g_ascii_strtoull (sizes[i], NULL, 10);
    } else
      g_assert_cmpstr (*word, ==, "default");
  }
  g_assert_true (tw_hrnn_config_check (&config, NULL));
  check_differences (what, &config, 6, 5, parts);
}

/* --- batches ------------------------------------------------------------------------------------------- */

static void
test_threads (void)
{
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 1);
  gsize P = weights->shape.P;
  g_autofree double *one = g_new (double, P), *more = g_new (double, P);
  Batch batch;
  batch_init (&batch, &config, 16);
  for (guint n_threads = 1; n_threads <= 4; n_threads++) {
    g_autoptr (TwUnroll) unroll = tw_unroll_new (&config, batch.runs, batch.n_runs, 8, n_threads);
    TwUnrollResult result;
    TwUnrollOptions options = { 0 };
    for (int part = 0; part < 2; part++)
      tw_unroll_run (unroll, weights, 8, &options, n_threads == 1 ? one : more, &result);
    if (n_threads > 1)
      g_assert_cmpmem (one, P * sizeof (double), more, P * sizeof (double));
  }
  batch_clear (&batch);
}

/* A batch is the mean of its runs. */
static void
test_batch_is_mean (void)
{
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 1);
  gsize P = weights->shape.P;
  g_autofree double *all = g_new (double, P), *alone = g_new (double, P), *sum = g_new0 (double, P);
  Batch batch;
  batch_init (&batch, &config, 16);
  TwUnrollOptions options = { 0 };
  TwUnrollResult result;
  g_autoptr (TwUnroll) unroll = tw_unroll_new (&config, batch.runs, 16, 6, 1);
  tw_unroll_run (unroll, weights, 6, &options, all, &result);
  double mean = 0, size = 0;
  for (gsize b = 0; b < 16; b++) {
    TwUnrollResult single;
    g_autoptr (TwUnroll) u = tw_unroll_new (&config, batch.runs + b, 1, 6, 1);
    tw_unroll_run (u, weights, 6, &options, alone, &single);
    g_assert_cmpfloat (fabs (single.objective - tw_unroll_get_objective (unroll, b)), <=, 1e-5);
    mean += single.objective / 16;
    for (gsize i = 0; i < P; i++)
      sum[i] += alone[i] / 16;
  }
  g_assert_cmpfloat (fabs (mean - result.objective), <=, 1e-5);
  for (gsize i = 0; i < P; i++)
    size = MAX (size, fabs (sum[i]));
  for (gsize i = 0; i < P; i++)
    g_assert_cmpfloat (fabs (all[i] - sum[i]), <=, (is_double ? 1e-10 : 1e-3) * size);
  batch_clear (&batch);
}

/* Runs that end up where nothing is finite, at once or later, are left out: the others' gradient is what it
 * would be without them. */
static void
test_diverged (void)
{
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 1);
  gsize P = weights->shape.P;
  g_autofree double *with = g_new (double, P), *without = g_new (double, P);
  Batch batch;
  batch_init (&batch, &config, 6);
  TwUnrollOptions options = { 0 };
  TwUnrollResult result;
  TwUnrollRun kept[6];
  gsize n_kept = 0;
  for (gsize b = 0; b < 6; b++)
    if (b != 1 && b != 4)
      kept[n_kept++] = batch.runs[b];
  ((Quadratic *)batch.runs[1].problem)->wall = 0; /* not finite from the start */
  batch.runs[4].log_lr = log (1e-1);
  Quadratic *later = (Quadratic *)batch.runs[4].problem;
  later->wall = fabs (batch.runs[4].start[0]) + 0.25;
  later->y[0] = later->W[0] * 100; /* its minimum is behind the wall */
  batch.runs[4].start = (const double[]){ 0.1 };
  later->wall = 0.5;
  for (int part = 0; part < 2; part++) {
    g_autoptr (TwUnroll) unroll = tw_unroll_new (&config, batch.runs, 6, 30, 2);
    g_autoptr (TwUnroll) rest = tw_unroll_new (&config, kept, n_kept, 30, 1);
    for (int i = 0; i <= part; i++)
      tw_unroll_run (unroll, weights, 30, &options, with, &result);
    g_assert_cmpuint (result.n_diverged, ==, 2);
    g_assert_cmpuint (result.n_counted, ==, 4);
    g_assert_true (isnan (tw_unroll_get_objective (unroll, 1)));
    g_assert_true (isfinite (result.objective));
    for (int i = 0; i <= part; i++)
      tw_unroll_run (rest, weights, 30, &options, without, &result);
    double size = 0;
    for (gsize i = 0; i < P; i++)
      size = MAX (size, fabs (without[i]));
    for (gsize i = 0; i < P; i++)
      g_assert_cmpfloat (fabs (with[i] - without[i]), <=, (is_double ? 1e-9 : 1e-2) * size);
  }

  /* All of them: no objective, and a gradient of zeros. */
  TwUnrollRun bad[] = { batch.runs[1], batch.runs[1] };
  g_autoptr (TwUnroll) none = tw_unroll_new (&config, bad, 2, 5, 1);
  tw_unroll_run (none, weights, 5, &options, with, &result);
  g_assert_true (isnan (result.objective));
  for (gsize i = 0; i < P; i++)
    g_assert_cmpfloat (with[i], ==, 0);
  batch_clear (&batch);
}

/* Absurd weights and steep problems: whatever happens, the gradient is finite. */
static void
test_always_finite (void)
{
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  for (guint64 seed = 0; seed < 8; seed++) {
    g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, seed);
    g_autofree double *gradient = g_new (double, weights->shape.P);
    for (gsize i = 0; i < weights->shape.P; i++)
      weights->values[i] *= seed % 2 ? 5 : 30;
    Batch batch;
    batch_init (&batch, &config, 12);
    for (gsize b = 0; b < 12; b++) {
      ((Quadratic *)batch.runs[b].problem)->bend = pow (10, (double)b * 3);
      batch.runs[b].log_lr = log (b % 3 ? 10 : 1e-8);
    }
    g_autoptr (TwUnroll) unroll = tw_unroll_new (&config, batch.runs, 12, 40, 1);
    TwUnrollOptions options = { .diverged_at = seed < 4 ? 0 : 1e6, .cut_at = seed < 6 ? 0 : 1e3 };
    for (int part = 0; part < 2; part++) {
      TwUnrollResult result;
      tw_unroll_run (unroll, weights, 40, &options, gradient, &result);
      g_test_message ("objective %g, counted %" G_GSIZE_FORMAT ", cut %" G_GSIZE_FORMAT, result.objective,
                      result.n_counted, result.n_cut);
      g_assert_cmpuint (result.n_counted + result.n_diverged, ==, 12);
      for (gsize i = 0; i < weights->shape.P; i++)
        g_assert_true (isfinite (gradient[i]));
    }
    batch_clear (&batch);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  static const char *const configs[] = {
    "default",
    "-attention",
    "-log_ms",
    "-relative_lr",
    "-grad_products",
    "-grad_shortcut",
    "-learn_decay",
    "-dynamic_scale",
    "-input_scaling",
    "scales=1",
    "scales=6",
    "hidden=8",
    "hidden=9,17",
    "hidden=5,7,3",
    "hidden=33,1,12",
    "parts=2",
    "parts=3 hidden=4,5,6 -attention",
    "hidden=8 -attention -dynamic_scale -learn_decay",
  };
  g_test_add_func ("/meta-gradient/vectors", test_vectors);
  for (gsize i = 0; i < G_N_ELEMENTS (configs); i++) {
    g_autofree char *path = g_strdup_printf ("/meta-gradient/differences/%s", configs[i]);
    g_test_add_data_func (path, configs[i], test_differences);
  }
  g_test_add_func ("/meta-gradient/threads", test_threads);
  g_test_add_func ("/meta-gradient/batch-is-mean", test_batch_is_mean);
  g_test_add_func ("/meta-gradient/diverged", test_diverged);
  g_test_add_func ("/meta-gradient/always-finite", test_always_finite);
  return g_test_run ();
}
