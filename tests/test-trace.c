/* What a trace tells of its rows: losses, tolerances, positions that belong to each other. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "optimizer-helpers.h"

/* Row k is the state before update k: loss and gradient norm belong to the position beside them. */
static void
test_rows_belong_together (void)
{
  static const char *const problems[] = { "rosenbrock", "beale", "quadratic,dim=5" };

  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++) {
    g_autoptr (TwTrace) trace = run_on (problems[i], "adam learned", 3, 40);
    TwProblem *problem = tw_trace_get_problem (trace);
    gsize dim = tw_problem_get_dim (problem);
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    g_autofree double *gradient = g_new (double, dim);
    for (gsize o = 0; o < 2; o++)
      for (gsize s = 0; s < 3; s++)
        for (gsize k = 0; k <= 40; k++) {
          const double *theta = tw_trace_get_theta (trace, o, s) + k * dim,
                       *at = tw_trace_attends (trace, o) ? tw_trace_get_phi (trace, o, s) + k * dim : theta;
          double loss, norm = 0;
          tw_problem_eval (problem, work, 1, theta, NULL, &loss, NULL);
          g_assert_true (loss == tw_trace_get_loss (trace, o, s)[k]);
          tw_problem_eval (problem, work, 1, at, NULL, NULL, gradient);
          for (gsize j = 0; j < dim; j++)
            norm += gradient[j] * gradient[j];
          g_assert_cmpfloat_with_epsilon (tw_trace_get_grad_norm (trace, o, s)[k], sqrt (norm), 1e-12 * sqrt (norm));
        }
  }
}

static void
test_summary (void)
{
  g_autoptr (TwTrace) trace = run_on ("bowl", "sgd,lr=0.1 sgd,lr=10 lion,lr=0.3", 0, 100);

  for (gsize o = 0; o < 3; o++) {
    gsize rows = tw_trace_get_n_rows (trace, o, 0), first = G_MAXSIZE;
    const double *loss = tw_trace_get_loss (trace, o, 0);
    double best = INFINITY;
    for (gsize k = 0; k < rows; k++) {
      best = fmin (best, loss[k]);
      if (first == G_MAXSIZE && loss[k] <= 1e-3)
        first = k;
    }
    g_assert_true (tw_trace_get_final_loss (trace, o, 0) == loss[rows - 1]);
    g_assert_true (tw_trace_get_best_loss (trace, o, 0) == best);
    g_assert_cmpint (tw_trace_steps_to_tolerance (trace, o, 0, 1e-3), ==, first == G_MAXSIZE ? -1 : (gint64)first);
    g_assert_cmpint (tw_trace_steps_to_tolerance (trace, o, 0, INFINITY), ==, 0);
  }
  g_assert_cmpint (tw_trace_steps_to_tolerance (trace, 0, 0, 1e-3), >, 0);
  g_assert_cmpint (tw_trace_steps_to_tolerance (trace, 1, 0, 1e-3), ==, -1);
  g_assert_cmpstr (tw_trace_get_optimizer_spec (trace, 2), ==, "lion,lr=0.3");
  g_assert_cmpuint (tw_trace_get_n_steps (trace), ==, 100);
  g_assert_cmpuint (tw_trace_get_seed (trace), ==, 5);
}

/* No known minimum: no tolerance is ever reached. */
static void
test_no_minimum (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment (NULL, "adam", 0, 50);

  experiment->formula = g_strdup ("x^2 + y^2");
  g_autoptr (TwTrace) unknown = tw_run_experiment (experiment, 1, NULL, NULL);
  g_assert_cmpint (tw_trace_steps_to_tolerance (unknown, 0, 0, 1e9), ==, -1);
  experiment->minimum = 0;
  g_autoptr (TwTrace) known = tw_run_experiment (experiment, 1, NULL, NULL);
  g_assert_cmpint (tw_trace_steps_to_tolerance (known, 0, 0, 1e9), ==, 0);
}

/* A trace outlives its runner and the experiment. */
static void
test_outlives (void)
{
  g_autoptr (GError) error = NULL;
  TwExperiment *experiment = make_experiment ("beale", "learned", 2, 30);
  TwRunner *runner = tw_runner_start (experiment, 1, &error);
  g_autoptr (TwTrace) trace = tw_trace_ref (tw_runner_get_trace (runner));
  gsize n;

  tw_runner_wait (runner);
  tw_runner_free (runner);
  tw_experiment_free (experiment);
  g_assert_cmpuint (tw_trace_get_n_rows (trace, 0, 1), ==, 31);
  const TwProbe *probes = tw_trace_get_probes (trace, 0, &n);
  g_assert_cmpstr (probes[0].name, ==, "h0");
  g_assert_cmpstr (tw_problem_get_name (tw_trace_get_problem (trace)), ==, "beale");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/rows-belong-together", test_rows_belong_together);
  g_test_add_func ("/trace/summary", test_summary);
  g_test_add_func ("/trace/no-minimum", test_no_minimum);
  g_test_add_func ("/trace/outlives", test_outlives);
  return g_test_run ();
}
