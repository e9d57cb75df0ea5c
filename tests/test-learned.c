/* The learned optimizer as a row of the table: what it shows, weight files of every shape, and errors. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/trace.h"
#include "core/learned/hrnn-weights.h"
#include "optimizer-helpers.h"

typedef struct {
  char *folder, *path; /* of a weight file */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "w.safetensors", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static gsize
find_probe (const TwTrace *trace, const char *name)
{
  gsize n;
  const TwProbe *probes = tw_trace_get_probes (trace, 0, &n);

  for (gsize p = 0; p < n; p++)
    if (g_str_equal (probes[p].name, name))
      return p;
  return G_MAXSIZE;
}

static const float *
probe_at (const TwTrace *trace, const char *name, gsize k)
{
  gsize count;
  const float *values = tw_trace_get_probe (trace, 0, 0, find_probe (trace, name), k, &count);

  g_assert_nonnull (values);
  return values;
}

static void
test_probes (void)
{
  static const struct {
    const char *name;
    TwLevel level;
    guint width;
  } expected[] = {
    { "h0", TW_LEVEL_ROW, 10 },         { "h1", TW_LEVEL_TENSOR, 30 },     { "h2", TW_LEVEL_RUN, 20 },
    { "features", TW_LEVEL_ROW, 12 },   { "input_decay", TW_LEVEL_ROW, 1 }, { "scale_decay", TW_LEVEL_ROW, 1 },
    { "log_lr", TW_LEVEL_ROW, 1 },      { "direction", TW_LEVEL_ROW, 1 },  { "attention", TW_LEVEL_ROW, 1 },
    { "average", TW_LEVEL_ROW, 4 },     { "mean_square", TW_LEVEL_ROW, 4 },
    { "gradient", TW_LEVEL_ROW, 1 },
  };
  g_autoptr (TwTrace) trace = run_on ("rosenbrock", "learned,lr=0.02", 0, 20);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_builtin ("default");
  gsize n;
  const TwProbe *probes = tw_trace_get_probes (trace, 0, &n);

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  for (gsize p = 0; p < n; p++) {
    g_assert_cmpstr (probes[p].name, ==, expected[p].name);
    g_assert_cmpint (probes[p].level, ==, expected[p].level);
    g_assert_cmpuint (probes[p].width, ==, expected[p].width);
    for (gsize k = 0; k <= 20; k++) {
      gsize count;
      const float *values = tw_trace_get_probe (trace, 0, 0, p, k, &count);
      g_assert_cmpuint (count, ==, expected[p].level == TW_LEVEL_ROW ? 2 : 1);
      for (gsize i = 0; i < count * probes[p].width; i++)
        g_assert_true (isfinite (values[i]));
    }
  }
  const char *const *features = probes[find_probe (trace, "features")].unit_names;
  g_assert_cmpstr (features[0], ==, "m0");
  g_assert_cmpstr (features[4], ==, "m0 m1");
  g_assert_cmpstr (features[7], ==, "log v0");
  g_assert_cmpstr (features[11], ==, "relative log lr");

  /* Row 0 is the initial state: learned vectors, no decay, log of the learning rate; nothing of a step yet. */
  const TwHrnnTensorInfo *init = &weights->shape.tensors[TW_HRNN_PARAM_INIT];
  for (guint j = 0; j < 20; j++)
    g_assert_true (probe_at (trace, "h0", 0)[j] == (float)weights->values[init->offset + j % 10]);
  g_assert_cmpfloat_with_epsilon (probe_at (trace, "log_lr", 0)[1], log (0.02), 1e-6);
  g_assert_true (probe_at (trace, "input_decay", 0)[0] == 0 && probe_at (trace, "average", 0)[7] == 0);
  g_assert_true (probe_at (trace, "direction", 0)[0] == 0 && probe_at (trace, "features", 0)[3] == 0);
  /* Then: decays are decays, the direction has root mean square 1 over the tensor. */
  const float *direction = probe_at (trace, "direction", 7);
  g_assert_cmpfloat_with_epsilon (hypot (direction[0], direction[1]), sqrt (2), 1e-4);
  g_assert_true (probe_at (trace, "input_decay", 7)[1] > 0 && probe_at (trace, "input_decay", 7)[1] < 1);
  g_assert_true (memcmp (probe_at (trace, "h2", 7), probe_at (trace, "h2", 8), 20 * sizeof (float)) != 0);
}

/* Where lr is not given, a first step of n coordinates, lr sqrt(n) long, is at most 0.2 long. */
static void
test_initial_learning_rate (void)
{
  static const struct {
    const char *problem, *optimizer;
    double lr;
  } cases[] = {
    { "booth", "learned", 0.003 },
    { "quadratic,dim=400", "learned", 0.003 },
    { "bowl-nd,dim=4096", "learned", 0.003 },
    { "bowl-nd,dim=4096", "learned,lr=0.02,weights=full", 0.02 },
    { "quadratic,dim=400", "learned,lr=0.3,weights=full", 0.3 },
    /* weights that bound what is given as well, and these two do */
    { "quadratic,dim=400", "learned,lr=0.3", 0.01 },
    { "quadratic,dim=400", "learned,lr=0.3,weights=networks", 0.01 },
    /* the coordinates of all its tensors together: 4 x 100 + 100 + 100 x 100 + 100 + 100 x 3 + 3 */
    { "mlp,data=iris,hidden=100x100", "learned", 0.2 / sqrt (10903) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TwTrace) trace = run_on (cases[i].problem, cases[i].optimizer, 0, 2);
    g_assert_cmpfloat_with_epsilon (probe_at (trace, "log_lr", 0)[0], log (cases[i].lr), 1e-6);
  }
}

/* The attended point: phi is where the gradient was taken, apart from theta from the first update on. */
static void
test_attends (void)
{
  g_autoptr (TwTrace) trace = run_on ("booth", "learned adam", 0, 10);
  const double *theta = tw_trace_get_theta (trace, 0, 0), *phi = tw_trace_get_phi (trace, 0, 0);

  g_assert_true (tw_trace_attends (trace, 0) && !tw_trace_attends (trace, 1));
  g_assert_null (tw_trace_get_phi (trace, 1, 0));
  g_assert_cmpmem (theta, 2 * sizeof (double), phi, 2 * sizeof (double));
  g_assert_true (phi[2] != theta[2] || phi[3] != theta[3]);
  /* phi_1 = theta_0 - exp(n^) alpha: along the attention direction. */
  const float *alpha = probe_at (trace, "attention", 1);
  double across = (theta[0] - phi[2]) * alpha[1] - (theta[1] - phi[3]) * alpha[0];
  g_assert_cmpfloat (fabs (across), <, 1e-5 * hypot (theta[0] - phi[2], theta[1] - phi[3]));
}

/* With weights that bound the first step, a given lr is bounded as well, and that is told; unless it is turned off. */
static void
test_first_step (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *problem, *lr;
    double begins;
    const char *told;
  } cases[] = {
    { "booth", "0.02", 0.02, NULL },
    { "booth", "7", 0.5 / sqrt (2), "begins at 0.354, the most" },
    { "booth", "7,bound=off", 7, NULL },
    { "quadratic,dim=400", "0.02", 0.02, NULL },
    /* what is told with three digits can be typed and is then as it says, though it is above by a little */
    { "quadratic,dim=7", "0.189", 0.5 / sqrt (7), NULL },
    { "quadratic,dim=400", "0.1", 0.5 / sqrt (400), "with 400 coordinates; with bound=off at 0.1" },
    { "quadratic,dim=400", "0.1,bound=off", 0.1, NULL },
    { "mlp,data=iris,hidden=100x100", "0.1", 0.5 / sqrt (10903), "begins at 0.00479" },
  };
  TwHrnnConfig config;
  g_autoptr (GError) error = NULL;

  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 1);
  weights->first_step = 0.5;
  g_assert_true (tw_hrnn_weights_save (weights, fixture->path, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf ("learned,lr=%s,weights=%s", cases[i].lr, fixture->path);
    g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);
    g_autoptr (TwTrace) trace = run_on (cases[i].problem, text, 0, 2);
    g_autofree char *note = tw_optimizer_note (spec, tw_problem_get_dim (tw_trace_get_problem (trace)));
    g_assert_cmpfloat_with_epsilon (probe_at (trace, "log_lr", 0)[0], log (cases[i].begins), 1e-6);
    g_assert_true (cases[i].told == NULL ? note == NULL : strstr (note, cases[i].told) != NULL);
  }
}

static void
test_file_is_builtin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_builtin ("default");
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_hrnn_weights_save (weights, fixture->path, &error));
  g_autofree char *spec = g_strdup_printf ("learned,weights=%s", fixture->path);
  g_autoptr (TwTrace) from_file = run_on ("beale", spec, 5, 50), builtin = run_on ("beale", "learned", 5, 50);
  for (gsize s = 0; s < 5; s++)
    g_assert_cmpmem (tw_trace_get_loss (from_file, 0, s), 51 * sizeof (double), tw_trace_get_loss (builtin, 0, s),
                     51 * sizeof (double));
  g_assert_cmpstr (tw_trace_get_optimizer_spec (from_file, 0), ==, spec);
}

static const struct {
  const char *name;
  guint n_levels, hidden[3], scales;
  gboolean attention, log_ms, grad_products, learn_decay, dynamic_scale, relative_lr;
  guint F;
} shapes[] = {
  { "one-level", 1, { 8 }, 4, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, 12 },
  { "two-levels", 2, { 5, 7 }, 3, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, 9 },
  { "other-sizes", 3, { 3, 40, 6 }, 1, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, 3 },
  { "no-attention", 3, { 10, 30, 20 }, 4, FALSE, TRUE, TRUE, TRUE, TRUE, TRUE, 12 },
  { "few-features", 2, { 10, 20 }, 4, TRUE, FALSE, FALSE, FALSE, TRUE, FALSE, 4 },
  { "fixed-scale", 1, { 10 }, 2, FALSE, TRUE, TRUE, TRUE, FALSE, FALSE, 5 },
};

/* Untrained weights of another shape: it runs, shows the levels it has, and no others. */
static void
test_shapes (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    TwHrnnConfig config;
    g_autoptr (GError) error = NULL;
    tw_hrnn_config_init (&config);
    config.n_levels = shapes[i].n_levels;
    memcpy (config.hidden, shapes[i].hidden, sizeof config.hidden);
    config.scales = shapes[i].scales;
    config.attention = shapes[i].attention;
    config.log_ms = shapes[i].log_ms;
    config.grad_products = shapes[i].grad_products;
    config.learn_decay = shapes[i].learn_decay;
    config.dynamic_scale = shapes[i].dynamic_scale;
    config.relative_lr = shapes[i].relative_lr;
    g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 11);
    g_assert_true (tw_hrnn_weights_save (weights, fixture->path, &error));
    g_assert_no_error (error);

    g_autofree char *spec = g_strdup_printf ("learned,lr=0.001,weights=%s", fixture->path);
    g_autoptr (TwTrace) trace = run_on ("booth", spec, 2, 30);
    g_test_message ("%s: loss %g to %g", shapes[i].name, tw_trace_get_loss (trace, 0, 0)[0],
                    tw_trace_get_final_loss (trace, 0, 0));
    g_assert_cmpuint (tw_trace_get_n_rows (trace, 0, 0), ==, 31);
    g_assert_true (tw_trace_attends (trace, 0) == config.attention);
    gsize n, attention = find_probe (trace, "attention"), h1 = find_probe (trace, "h1"),
             h2 = find_probe (trace, "h2");
    const TwProbe *probes = tw_trace_get_probes (trace, 0, &n);
    g_assert_true ((attention != G_MAXSIZE) == config.attention);
    g_assert_true ((h1 != G_MAXSIZE) == (config.n_levels >= 2));
    g_assert_true ((h2 != G_MAXSIZE) == (config.n_levels >= 3));
    g_assert_cmpuint (probes[find_probe (trace, "h0")].width, ==, config.hidden[0]);
    g_assert_cmpuint (probes[find_probe (trace, "features")].width, ==, shapes[i].F);
    g_assert_cmpuint (probes[find_probe (trace, "average")].width, ==, config.scales);
    if (!config.dynamic_scale)
      g_assert_true (probe_at (trace, "log_lr", 30)[0] == probe_at (trace, "log_lr", 0)[0]);
  }
}

/* Bad files are named before anything runs. */
static void
test_errors (Fixture *fixture, gconstpointer data)
{
  static const char *const contents[] = { "", "12345678", "{\"a\": 1}", "\x08\0\0\0\0\0\0\0{}" };
  g_autofree char *spec = g_strdup_printf ("learned,weights=%s", fixture->path);
  g_autoptr (TwExperiment) experiment = make_experiment ("booth", spec, 0, 10);

  for (gsize i = 0; i <= G_N_ELEMENTS (contents); i++) {
    g_autoptr (GError) error = NULL;
    if (i > 0)
      g_assert_true (g_file_set_contents (fixture->path, contents[i - 1], i == 4 ? 10 : -1, NULL));
    g_assert_null (tw_run_experiment (experiment, 1, NULL, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, fixture->path));
  }
  g_assert_null (tw_hrnn_weights_builtin ("no-such-set"));
}

/* Whether the first starts of two runs of booth are the same, bit by bit. */
static gboolean
same_run (const char *a, const char *b)
{
  g_autoptr (TwTrace) one = run_on ("booth", a, 0, 40), other = run_on ("booth", b, 0, 40);

  return memcmp (tw_trace_get_theta (one, 0, 0), tw_trace_get_theta (other, 0, 0), 82 * sizeof (double)) == 0;
}

/* Interventions: their defaults change nothing, each of them does, and none of it is luck of the other. */
static void
test_interventions (void)
{
  static const char *const different[] = {
    "learned",
    "learned,freeze=param",
    "learned,freeze=tensor",
    "learned,freeze=global",
    "learned,attend=off",
    "learned,timescale=0",
    "learned,timescale=1",
    "learned,timescale=2",
    "learned,timescale=3",
    "learned,timescale=3,freeze=param,attend=off",
  };

  g_assert_true (same_run ("learned", "learned,freeze=none,attend=on,timescale=all"));
  for (gsize i = 0; i < G_N_ELEMENTS (different); i++)
    for (gsize j = 0; j < i; j++)
      g_assert_false (same_run (different[i], different[j]));
}

/* A level that forgets: its memory is the learned initial vector at every step, that of the others moves. */
static void
test_freeze (void)
{
  static const struct {
    const char *spec, *probe;
    guint size;
  } levels[] = {
    { "learned,freeze=param", "h0", 20 },
    { "learned,freeze=tensor", "h1", 30 },
    { "learned,freeze=global", "h2", 20 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++) {
    g_autoptr (TwTrace) trace = run_on ("rosenbrock", levels[i].spec, 0, 30);
    for (gsize k = 1; k <= 30; k++)
      for (gsize other = 0; other < G_N_ELEMENTS (levels); other++) {
        const char *probe = levels[other].probe;
        gboolean still = memcmp (probe_at (trace, probe, k), probe_at (trace, probe, k - 1),
                                 levels[other].size * sizeof (float)) == 0;
        g_assert_true (still == (other == i));
      }
  }
}

/* Without attention the gradient is the one at theta, which is what the recorded gradient is. */
static void
test_attend_off (void)
{
  g_autoptr (TwTrace) off = run_on ("booth", "learned,attend=off", 0, 30), on = run_on ("booth", "learned", 0, 30);

  g_assert_true (tw_trace_attends (on, 0) && !tw_trace_attends (off, 0));
  g_assert_null (tw_trace_get_phi (off, 0, 0));
  for (gsize k = 0; k < 30; k++)
    for (int attends = 0; attends < 2; attends++) {
      const double *at = attends ? tw_trace_get_phi (on, 0, 0) + 2 * k : tw_trace_get_theta (off, 0, 0) + 2 * k;
      const float *gradient = probe_at (attends ? on : off, "gradient", k + 1);
      /* booth: (x + 2y - 7)^2 + (2x + y - 5)^2 */
      double a = at[0] + 2 * at[1] - 7, b = 2 * at[0] + at[1] - 5;
      g_assert_cmpfloat_with_epsilon (gradient[0], 2 * a + 4 * b, 1e-4);
      g_assert_cmpfloat_with_epsilon (gradient[1], 4 * a + 2 * b, 1e-4);
    }
}

/* One timescale: all averages are the one average with that decay. */
static void
test_timescale (void)
{
  for (guint scale = 0; scale < 4; scale++) {
    g_autofree char *spec = g_strdup_printf ("learned,timescale=%u", scale);
    g_autoptr (TwTrace) trace = run_on ("rosenbrock", spec, 0, 30);
    for (gsize k = 0; k < 30; k++)
      for (gsize i = 0; i < 2; i++) {
        double d = pow (probe_at (trace, "input_decay", k)[i], pow (2, -(double)scale));
        double g = probe_at (trace, "gradient", k + 1)[i], before = probe_at (trace, "average", k)[4 * i];
        double expected = d * before + (1 - d) * g;
        for (gsize s = 0; s < 4; s++)
          g_assert_cmpfloat_with_epsilon (probe_at (trace, "average", k + 1)[4 * i + s], expected,
                                          1e-5 * (fabs (before) + fabs (g)) + 1e-12);
      }
  }
}

/* What the weights do not have can't be cut out of them. */
static void
test_no_such_level (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *key, *complaint;
  } bad[] = { { "freeze=tensor", "1 level" }, { "timescale=2", "timescales 0 to 1" } };
  TwHrnnConfig config;

  tw_hrnn_config_init (&config);
  config.n_levels = 1;
  config.scales = 2;
  config.hidden[1] = config.hidden[2] = 0;
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 3);
  g_assert_true (tw_hrnn_weights_save (weights, fixture->path, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strdup_printf ("learned,weights=%s,%s", fixture->path, bad[i].key);
    g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
    g_assert_false (tw_optimizer_check (spec, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, bad[i].complaint));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/learned/probes", test_probes);
  g_test_add_func ("/learned/initial-learning-rate", test_initial_learning_rate);
  g_test_add_func ("/learned/attends", test_attends);
  g_test_add ("/learned/first-step", Fixture, NULL, set_up, test_first_step, tear_down);
  g_test_add ("/learned/file-is-builtin", Fixture, NULL, set_up, test_file_is_builtin, tear_down);
  g_test_add ("/learned/shapes", Fixture, NULL, set_up, test_shapes, tear_down);
  g_test_add ("/learned/errors", Fixture, NULL, set_up, test_errors, tear_down);
  g_test_add_func ("/learned/interventions", test_interventions);
  g_test_add_func ("/learned/freeze", test_freeze);
  g_test_add_func ("/learned/attend-off", test_attend_off);
  g_test_add_func ("/learned/timescale", test_timescale);
  g_test_add ("/learned/no-such-level", Fixture, NULL, set_up, test_no_such_level, tear_down);
  return g_test_run ();
}
