/* Meta-training: seconds per run-step (one step of one run: forward, backward, second derivatives) of a 50-step
 * unroll of B Rosenbrock runs.
 *
 * With --json one object, {"train": {"1": s, "64": s, "512": s}}, one thread; else a table, two threads beside.
 * --quick: three rounds, for tests.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/meta/unroll.h"

#define STEPS 50

static double
seconds_per_run_step (const TwHrnnWeights *weights, TwProblem *problem, gsize n_runs, guint n_threads,
                      double seconds)
{
  g_autofree double *starts = g_new (double, 2 * n_runs);
  g_autofree TwUnrollRun *runs = g_new0 (TwUnrollRun, n_runs);
  for (gsize b = 0; b < n_runs; b++) {
    for (gsize i = 0; i < 2; i++)
      starts[2 * b + i] = tw_random_uniform ((TwDraw) { 0, b }, i) * 4 - 2;
    runs[b] = (TwUnrollRun) { .problem = problem, .start = starts + 2 * b, .log_lr = log (1e-2), .stream = b };
  }
  g_autoptr (TwUnroll) unroll = tw_unroll_new (&weights->config, runs, n_runs, STEPS, n_threads);
  g_autofree double *gradient = g_new (double, weights->shape.P);
  const TwUnrollOptions options = { 0 };
  TwUnrollResult result;
  double best = INFINITY;
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * 1e6);
  for (int n = 0; n < 3 || g_get_monotonic_time () < end; n++) {
    tw_unroll_restart (unroll);
    gint64 before = g_get_monotonic_time ();
    tw_unroll_run (unroll, weights, STEPS, &options, gradient, &result);
    best = MIN (best, (double) (g_get_monotonic_time () - before) * 1e-6);
  }
  if (result.n_counted != n_runs)
    g_error ("%" G_GSIZE_FORMAT " runs diverged", result.n_diverged);
  return best / STEPS / (double) n_runs;
}

int
main (int argc, char **argv)
{
  const gsize sizes[] = { 1, 64, 512 };
  gboolean json = FALSE;
  double least = 2;
  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      least = 0;
    else {
      fprintf (stderr, "usage: bench-train [--json] [--quick]\n");
      return 2;
    }
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 0);
  g_autoptr (TwProblem) problem =
    tw_problem_new_formula ("(1-x)^2 + 100*(y-x^2)^2", (double[]) { -2, 2, -2, 2 }, 0, &error);
  if (problem == NULL)
    g_error ("%s", error->message);

  printf (json ? "{\"train\": {" : "  runs   us per run-step   two threads   times one\n");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    double one = seconds_per_run_step (weights, problem, sizes[i], 1, least);
    if (json) {
      printf ("%s\"%" G_GSIZE_FORMAT "\": %.4g", i > 0 ? ", " : "", sizes[i], one);
      continue;
    }
    double two = seconds_per_run_step (weights, problem, sizes[i], 2, least);
    printf ("%6" G_GSIZE_FORMAT " %17.2f %13.2f %11.2f\n", sizes[i], one * 1e6, two * 1e6, one / two);
  }
  if (json)
    printf ("}}\n");
  return 0;
}
