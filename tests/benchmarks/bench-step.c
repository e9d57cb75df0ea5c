/* Seconds per update of the learned optimizer, equations 1 to 10: one tensor of n coordinates, one run, one thread.
 *
 * With --json one object, {"step": {"2": s, "1000": s, "100000": s, "1000000": s}}; else a table, with the rate of
 * the row-level matrix products beside the peak of the BLAS, measured in the same run.  --quick: three rounds, for
 * tests.
 */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/learned/hrnn-private.h"
#include "core/memory.h"
#include "core/random.h"

#define SECONDS 1.5 /* per size; the best time counts */
#define MIN_ROWS 8192 /* rows between two looks at the clock */

static double
now (void)
{
  return (double) g_get_monotonic_time () * 1e-6;
}

/* A step overwrites the gradient it is given, so there is one for each of the steps between two looks at the
 * clock, and they are filled again while it stands still. */
static double
seconds_per_update (const TwHrnnWeights *weights, gsize n, double least, double *state_bytes)
{
  const gsize one_tensor = 1, n_steps = MAX (MIN_ROWS / n, 1);
  g_autoptr (TwLayout) layout = tw_layout_new (1, &one_tensor, &n);
  g_autoptr (TwHrnn) hrnn = tw_hrnn_new (weights, layout);
  g_autoptr (TwHrnnState) state = tw_hrnn_state_new (&weights->config, layout);
  double *theta = tw_array_new0 (n, sizeof (double)), *phi = tw_array_new0 (n, sizeof (double)); /* as in a run */
  double *gradients = tw_array_new0 (n_steps * n, sizeof (double));                              /* (steps, n) */
  g_autofree double *log_lr = g_new (double, n), *noise = g_new (double, n_steps *n);

  for (gsize i = 0; i < n; i++)
    log_lr[i] = log (1e-2);
  for (gsize i = 0; i < n_steps * n; i++)
    noise[i] = tw_random_normal ((TwDraw) { 0 }, i);
  tw_hrnn_state_reset (state, weights, layout, log_lr);
  *state_bytes = (double) tw_hrnn_state_bytes (&weights->config, layout) / (double) n;

  double best = INFINITY, end = now () + least;
  for (int round = 0; round < 3 || now () < end; round++) {
    memcpy (gradients, noise, n_steps * n * sizeof (double));
    double before = now ();
    for (gsize k = 0; k < n_steps; k++)
      tw_hrnn_step (hrnn, state, theta, phi, gradients + k * n, NULL, NULL);
    best = MIN (best, now () - before);
  }
  if (!isfinite (theta[0]) || !isfinite (theta[n - 1]))
    g_error ("the steps are not finite");
  g_aligned_free (theta);
  g_aligned_free (phi);
  g_aligned_free (gradients);
  return best / (double) n_steps;
}

/* Operations per second of a square matrix product. */
static double
blas_peak (void)
{
  enum { N = 512 };
  g_autofree float *a = g_new (float, N *N), *b = g_new (float, N *N), *c = g_new0 (float, N *N);
  double best = INFINITY, end = now () + SECONDS;

  for (gsize i = 0; i < N * N; i++)
    a[i] = b[i] = (float) i / (N * N);
  while (now () < end) {
    double before = now ();
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0, c, N);
    best = MIN (best, now () - before);
  }
  return 2.0 * N * N * N / best;
}

/* Of the matrix products alone, for one row: three gates of the Parameter RNN and five outputs with two shortcuts. */
static double
operations_per_row (const TwHrnnWeights *weights)
{
  double H0 = weights->config.hidden[0], F = weights->shape.F, S = weights->config.scales;

  return 2 * ((F + H0) * 3 * H0 + H0 * TW_HRNN_OUT + 2 * S);
}

int
main (int argc, char **argv)
{
  const gsize sizes[] = { 2, 1000, 100000, 1000000 };
  gboolean json = FALSE, quick = FALSE;
  TwHrnnConfig config;
  double state_bytes = 0, peak = 0;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      quick = TRUE;
    else {
      fprintf (stderr, "usage: bench-step [--json] [--quick]\n");
      return 2;
    }
  openblas_set_num_threads (1);
  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 0);
  if (!json)
    peak = blas_peak ();
  printf (json ? "{\"step\": {" : " coordinates   us per update   ns per coordinate   GFLOP/s   of the BLAS peak\n");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    double seconds = seconds_per_update (weights, sizes[i], quick ? 0 : SECONDS, &state_bytes);
    double rate = operations_per_row (weights) * (double) sizes[i] / seconds;

    if (json)
      printf ("%s\"%" G_GSIZE_FORMAT "\": %.4g", i > 0 ? ", " : "", sizes[i], seconds);
    else
      printf ("%12" G_GSIZE_FORMAT " %15.2f %19.2f %9.1f %17.0f %%\n", sizes[i], seconds * 1e6,
              seconds * 1e9 / (double) sizes[i], rate * 1e-9, 100 * rate / peak);
  }
  if (json)
    printf ("}}\n");
  else
    printf ("BLAS peak (sgemm 512 x 512 x 512): %.1f GFLOP/s.  State: %.1f bytes per coordinate beside theta and phi.\n",
            peak * 1e-9, state_bytes);
  return 0;
}
