/* Running: the same bits for any number of threads, cancelling, reasons to stop, evaluations, bounded memory. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/trace-private.h"
#include "optimizer-helpers.h"

static TwTrace *
run_with (const TwExperiment *experiment, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  TwTrace *trace = tw_run_experiment (experiment, n_threads, NULL, &error);

  g_assert_no_error (error);
  return trace;
}

/* Everything but the seconds. */
static void
assert_same_trace (const TwTrace *a, const TwTrace *b)
{
  gsize kept = tw_trace_get_n_coordinates (a);

  g_assert_cmpuint (tw_trace_get_n_optimizers (a), ==, tw_trace_get_n_optimizers (b));
  g_assert_cmpuint (tw_trace_get_n_starts (a), ==, tw_trace_get_n_starts (b));
  for (gsize o = 0; o < tw_trace_get_n_optimizers (a); o++)
    for (gsize s = 0; s < tw_trace_get_n_starts (a); s++) {
      gsize rows = tw_trace_get_n_rows (a, o, s), size = rows * sizeof (double), n_probes;
      g_assert_cmpuint (rows, ==, tw_trace_get_n_rows (b, o, s));
      g_assert_cmpint (tw_trace_get_stop_reason (a, o, s), ==, tw_trace_get_stop_reason (b, o, s));
      g_assert_cmpuint (tw_trace_get_evaluations (a, o, s), ==, tw_trace_get_evaluations (b, o, s));
      g_assert_cmpmem (tw_trace_get_loss (a, o, s), size, tw_trace_get_loss (b, o, s), size);
      g_assert_cmpmem (tw_trace_get_grad_norm (a, o, s), size, tw_trace_get_grad_norm (b, o, s), size);
      g_assert_cmpmem (tw_trace_get_theta (a, o, s), kept * size, tw_trace_get_theta (b, o, s), kept * size);
      if (tw_trace_attends (a, o))
        g_assert_cmpmem (tw_trace_get_phi (a, o, s), kept * size, tw_trace_get_phi (b, o, s), kept * size);
      const TwProbe *probes = tw_trace_get_probes (a, o, &n_probes);
      for (gsize p = 0; p < n_probes; p++)
        for (gsize k = 0; k < rows; k++) {
          gsize count = 0, bytes;
          const float *left = tw_trace_get_probe (a, o, s, p, k, &count),
                      *right = tw_trace_get_probe (b, o, s, p, k, NULL);
          g_assert_true ((left == NULL) == (right == NULL));
          bytes = count * probes[p].width * sizeof (float);
          g_assert_true (left == NULL || memcmp (left, right, bytes) == 0);
        }
    }
}

static void
test_threads (void)
{
  static const struct {
    const char *problem, *optimizers;
    guint starts;
    double noise;
  } cases[] = {
    { "rosenbrock", "sgd,lr=0.01 adam learned newton lbfgs learned,lr=0.1", 150, NAN }, /* some diverge */
    { "beale", "momentum adam learned lion", 70, 0.3 },
    { "quadratic,dim=100", "nadam learned lbfgs", 3, 0.1 },
    { "softmax", "rmsprop learned", 4, NAN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TwExperiment) experiment =
      make_experiment (cases[i].problem, cases[i].optimizers, cases[i].starts, 60);
    experiment->noise = cases[i].noise;
    g_autoptr (TwTrace) one = run_with (experiment, 1), two = run_with (experiment, 2),
                        three = run_with (experiment, 3), all = run_with (experiment, 0);
    assert_same_trace (one, two);
    assert_same_trace (one, three);
    assert_same_trace (one, all);
  }
}

/* A run does not depend on which others there are: fewer optimizers, fewer starts. */
static void
test_company (void)
{
  g_autoptr (TwExperiment) many = make_experiment ("beale", "adam learned sgd", 100, 40);
  g_autoptr (TwExperiment) few = make_experiment ("beale", "learned", 3, 40);
  many->noise = few->noise = 0.1;
  g_autoptr (TwTrace) a = run_with (many, 2), b = run_with (few, 1);

  for (gsize s = 0; s < 3; s++)
    g_assert_cmpmem (tw_trace_get_theta (a, 1, s), 82 * sizeof (double), tw_trace_get_theta (b, 0, s),
                     82 * sizeof (double));
  few->seed++;
  g_autoptr (TwTrace) other = run_with (few, 1);
  g_assert_true (tw_trace_get_loss (other, 0, 0)[0] != tw_trace_get_loss (b, 0, 0)[0]);
}

/* Noise: a draw per start and step, the same for all optimizers; loss is the true one. */
static void
test_noise (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ("bowl", "sgd,lr=0.1 adam", 0, 500);
  g_autoptr (GError) error = NULL;

  experiment->noise = 0.5;
  g_autoptr (TwTrace) trace = run_with (experiment, 2);
  g_assert_true (tw_trace_get_grad_norm (trace, 0, 0)[0] == tw_trace_get_grad_norm (trace, 1, 0)[0]);
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (experiment, &error);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  const double *theta = tw_trace_get_theta (trace, 0, 0);
  double sum = 0, square = 0;
  for (gsize k = 0; k < 500; k++) {
    double loss, gradient[2];
    tw_problem_eval_exact (problem, work, 1, theta + 2 * k, NULL, &loss, gradient);
    g_assert_true (loss == tw_trace_get_loss (trace, 0, 0)[k]);
    for (int i = 0; i < 2; i++) { /* what the update shows of the noise */
      double noise = (theta[2 * k + i] - theta[2 * k + 2 + i]) / 0.1 - gradient[i];
      sum += noise / 1000;
      square += noise * noise / 1000;
    }
  }
  g_assert_cmpfloat_with_epsilon (sum, 0, 0.08);
  g_assert_cmpfloat_with_epsilon (sqrt (square), 0.5, 0.05);
}

/* --- why runs end --- */

static void
assert_stop (const TwTrace *trace, gsize o, TwStopReason reason, const char *word, const char *text)
{
  g_autofree char *described = tw_trace_describe_stop (trace, o, 0);

  g_assert_cmpint (tw_trace_get_stop_reason (trace, o, 0), ==, reason);
  g_assert_cmpstr (tw_stop_reason_name (reason), ==, word);
  g_assert_cmpstr (described, ==, text);
}

static void
test_stop_reasons (void)
{
  g_autoptr (TwTrace) trace = run_on ("bowl", "sgd,lr=1e-3 newton sgd,lr=1000", 0, 300);

  assert_stop (trace, 0, TW_STOP_BUDGET, "budget", "all 300 steps done");
  g_assert_cmpuint (tw_trace_get_n_rows (trace, 0, 0), ==, 301);
  assert_stop (trace, 1, TW_STOP_CONVERGED, "converged", "converged within 300 steps");
  gsize rows = tw_trace_get_n_rows (trace, 2, 0);
  g_autofree char *text = g_strdup_printf ("diverged at step %zu", rows);
  assert_stop (trace, 2, TW_STOP_DIVERGED, "diverged", text);
  g_assert_cmpuint (rows, <, 301);
  for (gsize k = 0; k < rows; k++)
    g_assert_true (isfinite (tw_trace_get_loss (trace, 2, 0)[k]) &&
                   isfinite (tw_trace_get_grad_norm (trace, 2, 0)[k]));
  g_assert_true (tw_trace_get_loss (trace, 2, 0)[rows - 1] > 1e200);
  g_assert_cmpuint (tw_trace_get_evaluations (trace, 0, 0), ==, 301);
  g_assert_cmpfloat (tw_trace_get_seconds (trace, 0, 0), >, 0);
  g_assert_cmpstr (tw_stop_reason_name (TW_STOP_RUNNING), ==, "running");
}

/* A start outside of the formula's domain: no row at all, and that is said. */
static void
test_no_rows (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment (NULL, "adam learned", 0, 10);
  const double start[2] = { -1, 0 };

  experiment->formula = g_strdup ("log(x) + y^2");
  g_array_append_vals (experiment->starts, start, 2);
  g_autoptr (TwTrace) trace = run_with (experiment, 1);
  for (gsize o = 0; o < 2; o++) {
    assert_stop (trace, o, TW_STOP_DIVERGED, "diverged", "diverged at step 0");
    g_assert_cmpuint (tw_trace_get_n_rows (trace, o, 0), ==, 0);
    g_assert_true (isnan (tw_trace_get_final_loss (trace, o, 0)) && isnan (tw_trace_get_best_loss (trace, o, 0)));
    g_assert_cmpint (tw_trace_steps_to_tolerance (trace, o, 0, 1), ==, -1);
  }
}

/* A gradient whose square overflows: its norm is still told, and only the next loss is too much. */
static void
test_huge_norm (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment (NULL, "sgd,lr=1e-10", 0, 1);
  const double start[2] = { 1, 1 };

  experiment->formula = g_strdup ("1e200*x + 1e-200*y");
  g_array_append_vals (experiment->starts, start, 2);
  g_autoptr (TwTrace) trace = run_with (experiment, 1);
  g_assert_cmpfloat_with_epsilon (tw_trace_get_grad_norm (trace, 0, 0)[0], 1e200, 1e186);
  assert_stop (trace, 0, TW_STOP_DIVERGED, "diverged", "diverged at step 1");
}

/* --- cancelling and following --- */

static void
count_call (gpointer data)
{
  g_atomic_int_inc ((int *)data);
}

static void
test_cancel (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ("rosenbrock", "adam learned sgd,lr=1e-4", 40, 200000);
  g_autoptr (GError) error = NULL;
  int calls = 0;
  g_autoptr (TwRunner) runner = tw_runner_start (experiment, 2, &error);

  g_assert_no_error (error);
  tw_runner_set_done_callback (runner, count_call, &calls);
  TwTrace *trace = tw_runner_get_trace (runner);
  while (tw_trace_get_n_rows (trace, 0, 0) < 10 || tw_trace_get_n_rows (trace, 1, 3) < 10)
    g_usleep (200);
  g_assert_false (tw_runner_is_done (runner));
  g_assert_false (tw_runner_wait_until (runner, g_get_monotonic_time () + 1000));
  double progress = tw_runner_get_progress (runner);
  g_assert_true (progress > 0 && progress < 1);
  gint64 asked = g_get_monotonic_time ();
  tw_runner_cancel (runner);
  tw_runner_wait (runner);
  g_assert_cmpfloat (g_get_monotonic_time () - asked, <, 2e6);
  g_assert_true (tw_runner_is_done (runner));
  g_assert_null (tw_runner_get_error (runner));
  g_assert_true (tw_runner_wait_until (runner, 0));
  while (g_atomic_int_get (&calls) == 0) /* it is called just after */
    g_usleep (100);
  for (gsize o = 0; o < 3; o++)
    for (gsize s = 0; s < 40; s++) {
      g_assert_cmpint (tw_trace_get_stop_reason (trace, o, s), ==, TW_STOP_CANCELLED);
      g_assert_cmpuint (tw_trace_get_n_rows (trace, o, s), <, 200001);
    }
  g_autofree char *text = tw_trace_describe_stop (trace, 0, 0);
  g_assert_true (g_str_has_prefix (text, "cancelled at step "));
  /* Too late to wait for: called at once. */
  tw_runner_set_done_callback (runner, count_call, &calls);
  g_assert_cmpint (calls, ==, 2);
  g_assert_cmpfloat (tw_runner_get_progress (runner), ==, 1);
}

/* While it runs, what is published is final.  With noise it does not converge, so it runs long enough to be seen. */
static void
test_follow (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ("beale,noise=1", "learned", 0, 20000);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRunner) runner = tw_runner_start_with_probes (experiment, 1, 0, &error);
  TwTrace *trace = tw_runner_get_trace (runner);
  g_autofree double *seen = g_new (double, 20001);
  gsize n_seen = 0;

  while (!tw_runner_is_done (runner)) {
    gsize rows = tw_trace_get_n_rows (trace, 0, 0);
    g_assert_cmpuint (rows, >=, n_seen);
    for (; n_seen < rows; n_seen++)
      seen[n_seen] = tw_trace_get_loss (trace, 0, 0)[n_seen];
    g_autofree char *text = tw_trace_describe_stop (trace, 0, 0);
    g_assert_true (g_str_has_prefix (text, "at step ") || g_str_has_suffix (text, "steps done") ||
                   g_str_has_prefix (text, "converged"));
  }
  g_assert_cmpuint (n_seen, >, 0);
  g_assert_cmpmem (seen, n_seen * sizeof (double), tw_trace_get_loss (trace, 0, 0), n_seen * sizeof (double));
}

/* Freeing a runner that is at work cancels it; a cancellable does too, with an error. */
static void
test_free_and_cancellable (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ("rosenbrock", "adam learned", 200, 40000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  TwRunner *runner = tw_runner_start_with_probes (experiment, 2, 0, &error);
  g_assert_no_error (error);
  tw_runner_free (runner);
  g_cancellable_cancel (cancellable);
  g_assert_null (tw_run_experiment (experiment, 1, cancellable, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
  tw_runner_free (NULL);
}

static void
test_refused (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ("rosenbrock", "adam adamm", 0, 10);
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_runner_start (experiment, 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
}

/* --- memory --- */

static void
test_memory_stated (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ("rosenbrock", "adam learned", 10, 100);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRunner) runner = tw_runner_start_with_probes (experiment, 1, 0, &error);

  tw_runner_wait (runner);
  const TwTrace *trace = tw_runner_get_trace (runner);
  /* loss, norm, x, y; and the attended point of the second */
  gsize columns = 10 * 101 * (4 + 6) * sizeof (double);
  g_assert_cmpuint (tw_trace_get_bytes (trace), >=, columns);
  g_assert_cmpuint (tw_trace_get_bytes (trace), <, columns + 4096);
  g_assert_null (tw_trace_get_probe (trace, 1, 0, 0, 0, NULL));

  experiment->n_random_starts = TW_EXPERIMENT_MAX_STARTS;
  experiment->steps = 1000;
  g_assert_null (tw_runner_start (experiment, 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "GiB of memory"));
}

/* A budget that is too small for all starts samples the first ones, then the first rows. */
static void
test_probe_budget (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ("rosenbrock", "adam learned", 8, 50);
  g_autoptr (GError) error = NULL;
  /* per row of a run: m and v of two rows and lr; h0, features and what else belongs to a row, h1, h2 */
  gsize per_row = 4 * (2 * 2 + 1 + 2 * (10 + 12 + 6 + 8) + 30 + 20);
  static const struct {
    gsize starts, rows;
  } cases[] = { { 8, 51 }, { 3, 51 }, { 1, 51 }, { 1, 20 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize budget = per_row * cases[i].starts * cases[i].rows + per_row / 2;
    g_autoptr (TwRunner) runner = tw_runner_start_with_probes (experiment, 1, budget, &error);
    g_assert_no_error (error);
    tw_runner_wait (runner);
    const TwTrace *trace = tw_runner_get_trace (runner);
    g_assert_cmpuint (tw_trace_get_n_sampled (trace), ==, cases[i].starts);
    g_assert_cmpuint (tw_trace_get_n_probe_rows (trace), ==, cases[i].rows);
    for (gsize o = 0; o < 2; o++) {
      gsize last = cases[i].starts - 1;
      g_assert_nonnull (tw_trace_get_probe (trace, o, last, 0, cases[i].rows - 1, NULL));
      g_assert_null (tw_trace_get_probe (trace, o, last + 1, 0, 0, NULL));
      g_assert_null (tw_trace_get_probe (trace, o, 0, 0, cases[i].rows, NULL));
      g_assert_null (tw_trace_get_probe (trace, o, 0, 99, 0, NULL));
    }
    gsize columns = 8 * 51 * (4 + 6) * sizeof (double);
    g_assert_cmpuint (tw_trace_get_bytes (trace), <, columns + budget + 4096);
  }
}

/* Of many coordinates an evenly spaced sample is kept, with the probes of the same ones. */
static void
test_large_problem (void)
{
  g_autoptr (TwTrace) trace = run_on ("quadratic,dim=1000", "adam learned", 2, 10);
  const gsize *kept = tw_trace_get_coordinates (trace);

  g_assert_cmpuint (tw_trace_get_n_coordinates (trace), ==, TW_TRACE_MAX_COORDINATES);
  for (gsize i = 0; i < TW_TRACE_MAX_COORDINATES; i++)
    g_assert_cmpuint (kept[i], ==, i * 1000 / TW_TRACE_MAX_COORDINATES);
  gsize count;
  g_assert_nonnull (tw_trace_get_probe (trace, 1, 1, 0, 5, &count));
  g_assert_cmpuint (count, ==, TW_TRACE_MAX_COORDINATES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner/threads", test_threads);
  g_test_add_func ("/runner/company", test_company);
  g_test_add_func ("/runner/noise", test_noise);
  g_test_add_func ("/runner/stop-reasons", test_stop_reasons);
  g_test_add_func ("/runner/no-rows", test_no_rows);
  g_test_add_func ("/runner/huge-norm", test_huge_norm);
  g_test_add_func ("/runner/cancel", test_cancel);
  g_test_add_func ("/runner/follow", test_follow);
  g_test_add_func ("/runner/free-and-cancellable", test_free_and_cancellable);
  g_test_add_func ("/runner/refused", test_refused);
  g_test_add_func ("/runner/memory-stated", test_memory_stated);
  g_test_add_func ("/runner/probe-budget", test_probe_budget);
  g_test_add_func ("/runner/large-problem", test_large_problem);
  return g_test_run ();
}
