/* Steps and runs in words: the numbers in them are those of the trace. */
#include <math.h>
#include <string.h>

#include "core/experiment/experiment.h"
#include "core/experiment/narration.h"
#include "core/experiment/runner.h"

static TwTrace *
run (const char *problem, const char *const *specs, double x, double y, guint64 steps)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  g_autoptr (GError) error = NULL;
  double start[] = { x, y };

  experiment->problem = g_strdup (problem);
  for (; *specs != NULL; specs++)
    g_ptr_array_add (experiment->optimizers, g_strdup (*specs));
  if (!isnan (x))
    g_array_append_vals (experiment->starts, start, 2);
  experiment->steps = steps;
  TwTrace *trace = tw_run_experiment (experiment, 1, NULL, &error);
  g_assert_no_error (error);
  return trace;
}

#define RUN(problem, x, y, steps, ...) run (problem, (const char *const[]){ __VA_ARGS__, NULL }, x, y, steps)

static void
assert_says (const char *text, const char *words)
{
  if (strstr (text, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", text, words);
}

/* By hand: on 0.5 (x^2 + y^2) the gradient is the position. */
static void
test_by_hand (void)
{
  g_autoptr (TwTrace) trace = RUN ("bowl", 4, -2, 3, "sgd,lr=0.25", "momentum,lr=0.25,momentum=0.5", "adam");
  g_autofree char *start = tw_narrate_step (trace, 0, 0, 0);
  g_autofree char *sgd = tw_narrate_step (trace, 0, 0, 1);
  g_autofree char *momentum = tw_narrate_step (trace, 1, 0, 2);
  g_autofree char *adam = tw_narrate_step (trace, 2, 0, 1);

  g_assert_cmpstr (start, ==, "SGD: it stands at (4, -2), loss 10; g = (4, -2).");
  g_assert_cmpstr (
    sgd, ==,
    "SGD: g = (4, -2); it goes against the gradient, 0.25 times as far, so the step is (-1, 0.5).  "
    "Loss 5.62.");
  /* m = 4, x = 3; then g = 3, m = 5. */
  assert_says (momentum, "Momentum: g = (3, -1.5), m = (5, -2.5);");
  assert_says (momentum, "0.25 times as far, so the step is (-1.25, 0.625).");
  /* m = 0.1 g, v = 0.001 g^2, and the corrections leave the sign. */
  assert_says (adam, "Adam: g = (4, -2), m = (0.4, -0.2), v = (0.016, 0.004);");
  assert_says (adam, "so the step is (-0.1, 0.1).");
}

/* All of them, all steps: title, state and step. */
static void
test_every_optimizer (void)
{
  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);

  for (gsize t = 0; t < n; t++) {
    const char *name = tw_optimizer_type_get_name (types[t]);
    g_autoptr (TwTrace) trace = RUN ("rosenbrock", -1.2, 1, 20, name);
    const double *theta = tw_trace_get_theta (trace, 0, 0);
    for (gsize k = 1; k < tw_trace_get_n_rows (trace, 0, 0); k++) {
      g_autofree char *text = tw_narrate_step (trace, 0, 0, k);
      g_autofree char *step =
        g_strdup_printf ("so the step is (%.3g, %.3g)", theta[2 * k] - theta[2 * k - 2] + 0.0,
                         theta[2 * k + 1] - theta[2 * k - 1] + 0.0);
      g_assert_true (g_str_has_prefix (text, tw_optimizer_type_get_title (types[t])));
      assert_says (text, ": g = (");
      assert_says (text, step);
      assert_says (text, "; "); /* how the step comes from the numbers */
      g_assert_null (strstr (text, "$lr"));
      g_assert_null (strstr (text, "not kept"));
      gsize n_probes;
      const TwProbe *probes = tw_trace_get_probes (trace, 0, &n_probes);
      for (gsize p = 0; p < n_probes && !g_str_equal (name, "learned"); p++) {
        g_autofree char *symbol = g_strdup_printf ("%s = ", probes[p].name);
        gboolean unused = g_str_equal (name, "rmsprop") && !g_str_equal (probes[p].name, "v");
        if (unused)
          g_assert_null (strstr (text, symbol));
        else if (!g_str_equal (probes[p].name, "lr"))
          assert_says (text, symbol);
      }
    }
  }
}

/* What RMSProp keeps only where its settings ask for it is told only there. */
static void
test_rmsprop (void)
{
  g_autoptr (TwTrace) trace =
    RUN ("rosenbrock", -1.2, 1, 5, "rmsprop,momentum=0.9", "rmsprop,centered=on", "rmsprop,centered=off,momentum=0");
  g_autofree char *rolling = tw_narrate_step (trace, 0, 0, 3), *centered = tw_narrate_step (trace, 1, 0, 3),
                  *plain = tw_narrate_step (trace, 2, 0, 3);

  assert_says (rolling, " b = (");
  g_assert_null (strstr (rolling, " m = ("));
  assert_says (centered, " m = (");
  g_assert_null (strstr (centered, " b = ("));
  g_assert_null (strstr (plain, " m = ("));
  g_assert_null (strstr (plain, " b = ("));
}

static void
test_learned (void)
{
  g_autoptr (TwTrace) trace = RUN ("rosenbrock", -1.2, 1, 5, "learned");
  g_autofree char *text = tw_narrate_step (trace, 0, 0, 3);
  const double *theta = tw_trace_get_theta (trace, 0, 0), *phi = tw_trace_get_phi (trace, 0, 0);
  g_autofree char *looks =
    g_strdup_printf ("It looks (%.3g, %.3g) away", phi[6] - theta[6], phi[7] - theta[7]);

  assert_says (text, "they propose the direction (");
  assert_says (text, "and the learning rate (");
  assert_says (text, looks);
}

/* A run that left, a row that is not there, and more coordinates than fit into words. */
static void
test_ends (void)
{
  g_autoptr (TwTrace) trace = RUN ("rosenbrock", -1.2, 1, 50, "sgd,lr=1");
  gsize rows = tw_trace_get_n_rows (trace, 0, 0);
  g_autofree char *text = tw_narrate_step (trace, 0, 0, 50);
  g_autofree char *at = g_strdup_printf ("SGD: diverged at step %" G_GSIZE_FORMAT, rows);

  g_assert_cmpuint (rows, <, 51);
  assert_says (text, at);
  g_autoptr (TwTrace) large = RUN ("quadratic,dim=100", NAN, NAN, 5, "adam", "learned");
  for (gsize o = 0; o < 2; o++) {
    g_autofree char *words = tw_narrate_step (large, o, 0, 2);
    assert_says (words, "so the step is (");
    assert_says (words, ", ...).");
  }
}

static void
test_summary (void)
{
  g_autoptr (TwTrace) trace = RUN ("bowl", 4, -2, 200, "sgd,lr=0.25", "sgd,lr=3");
  g_autofree char *text = tw_narrate_trace (trace);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_cmpstr (lines[0], ==, "Bowl, 200 steps from (4, -2).");
  g_assert_true (g_str_has_prefix (lines[1], "SGD (lr=0.25): final loss "));
  assert_says (lines[1], "within 0.001 of the minimum at step 17");
  assert_says (lines[2], "SGD (lr=3): final loss ");

  g_autoptr (TwExperiment) many = tw_experiment_new ();
  g_autoptr (GError) error = NULL;
  many->problem = g_strdup ("bowl");
  many->n_random_starts = 7;
  g_ptr_array_add (many->optimizers, g_strdup ("sgd,lr=0.5"));
  g_autoptr (TwTrace) wide = tw_run_experiment (many, 1, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *words = tw_narrate_trace (wide);
  assert_says (words, "200 steps from 7 starts.");
  assert_says (words, "7 of 7 came within 0.001 of the minimum; 0 diverged.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/narration/rmsprop", test_rmsprop);
  g_test_add_func ("/narration/by-hand", test_by_hand);
  g_test_add_func ("/narration/every-optimizer", test_every_optimizer);
  g_test_add_func ("/narration/learned", test_learned);
  g_test_add_func ("/narration/ends", test_ends);
  g_test_add_func ("/narration/summary", test_summary);
  return g_test_run ();
}
