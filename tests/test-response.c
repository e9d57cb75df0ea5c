/* The response of an optimizer at a moment, against the step it took there. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/trace.h"
#include "core/learned/response.h"
#include "optimizer-helpers.h"

#define STEPS 40

static const float *
probe_at (const TwTrace *trace, const char *name, gsize k)
{
  gsize n, count;
  const TwProbe *probes = tw_trace_get_probes (trace, 0, &n);

  for (gsize p = 0; p < n; p++)
    if (g_str_equal (probes[p].name, name))
      return tw_trace_get_probe (trace, 0, 0, p, k, &count);
  return NULL;
}

static TwResponseState
state_at (const TwTrace *trace, gsize k)
{
  return (TwResponseState){ .h0 = probe_at (trace, "h0", k),
                            .input_decay = probe_at (trace, "input_decay", k),
                            .scale_decay = probe_at (trace, "scale_decay", k),
                            .log_lr = probe_at (trace, "log_lr", k),
                            .average = probe_at (trace, "average", k),
                            .mean_square = probe_at (trace, "mean_square", k),
                            .h1 = probe_at (trace, "h1", k),
                            .h2 = probe_at (trace, "h2", k) };
}

/* At the gradient that it did get, the response is the step that it did take; at others it is not. */
static void
test_real_step (gconstpointer data)
{
  const char *const *words = data; /* problem, spec */
  g_autoptr (TwTrace) trace = run_on (words[0], words[1], 0, STEPS);
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize D = tw_problem_get_dim (problem);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_response_new (words[1], tw_problem_get_n_tensors (problem),
                                                     tw_problem_get_tensor_sizes (problem), 3, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tw_trace_get_n_coordinates (trace), ==, D);
  for (gsize k = 0; k < STEPS; k++) {
    TwResponseState state = state_at (trace, k);
    const float *gradient = probe_at (trace, "gradient", k + 1);
    const double *theta = tw_trace_get_theta (trace, 0, 0) + k * D, *phi = tw_trace_get_phi (trace, 0, 0);
    for (gsize row = 0; row < D; row++) {
      double tried[3] = { -5 * gradient[row] - 1, gradient[row], 5 * gradient[row] + 1 }, update[3], attend[3];
      tw_response_evaluate (response, &state, gradient, row, tried, update, attend);
      double size = fabs (theta[row]) + fabs (theta[D + row]);
      g_assert_cmpfloat_with_epsilon (theta[row] + update[1], theta[D + row], 1e-12 * size);
      if (phi != NULL)
        g_assert_cmpfloat_with_epsilon (theta[row] + attend[1], phi[(k + 1) * D + row],
                                        1e-12 * (fabs (theta[row]) + fabs (phi[(k + 1) * D + row])));
      g_assert_true (update[0] != update[2]);
    }
  }
}

/* Replayed, a hand-designed optimizer does what it did. */
static void
test_baseline (gconstpointer data)
{
  static const double gradients[] = { 3, -1, 0.5, 0.25, -8, 2 };
  const gsize K = G_N_ELEMENTS (gradients) - 1;
  float history[G_N_ELEMENTS (gradients)];
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (data, NULL);
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, 1, (const gsize[]){ 1 });
  g_autoptr (TwOptimizer) optimizer = tw_optimizer_new (spec, layout, &error);
  double theta = 0, before = 0, loss = 0;
  guint8 ended = 0;

  for (gsize k = 0; k <= K; k++) {
    double gradient = gradients[k];
    history[k] = (float)gradient;
    before = theta;
    tw_optimizer_step (optimizer,
                       &(TwStep){ .k = k, .theta = &theta, .gradient = &gradient, .loss = &loss, .ended = &ended });
  }
  double tried[3] = { -1, gradients[K], 7 }, update[3];
  g_assert_true (tw_response_of_baseline (data, history, K, 3, tried, update, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (update[1], theta - before, 1e-12);
  g_assert_true (update[0] > update[1] && update[1] > update[2]);
}

static void
test_errors (void)
{
  static const gsize sizes[] = { 2 };
  double tried = 0, update;
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_response_new ("adam", 1, sizes, 3, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (tw_response_new ("learned,weights=no-such-file", 1, sizes, 3, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_response_of_baseline ("lbfgs", NULL, 0, 1, &tried, &update, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_response_of_baseline ("adam,lr=x", NULL, 0, 1, &tried, &update, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
}

int
main (int argc, char **argv)
{
  static const char *const rosenbrock[] = { "rosenbrock", "learned" };
  static const char *const timescale[] = { "booth", "learned,timescale=2,lr=0.1" };
  static const char *const frozen[] = { "beale", "learned,freeze=tensor,attend=off" };
  static const char *const quadratic[] = { "quadratic,dim=24", "learned" };
  static const char *const network[] = { "mlp-random,features=3,hidden=4x3", "learned" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/response/real-step/rosenbrock", rosenbrock, test_real_step);
  g_test_add_data_func ("/response/real-step/timescale", timescale, test_real_step);
  g_test_add_data_func ("/response/real-step/frozen", frozen, test_real_step);
  g_test_add_data_func ("/response/real-step/quadratic", quadratic, test_real_step);
  g_test_add_data_func ("/response/real-step/network", network, test_real_step);
  g_test_add_data_func ("/response/baseline/sgd", "sgd,lr=0.1", test_baseline);
  g_test_add_data_func ("/response/baseline/momentum", "momentum,lr=0.1", test_baseline);
  g_test_add_data_func ("/response/baseline/adam", "adam,lr=0.1", test_baseline);
  g_test_add_func ("/response/errors", test_errors);
  return g_test_run ();
}
