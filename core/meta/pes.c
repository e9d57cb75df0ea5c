#include "core/meta/pes.h"

#include <math.h>
#include <string.h>

struct _TwPes {
  TwUnroll *particles[2];  /* theta + e, theta - e */
  TwHrnnWeights *weights;  /* of the particle under way */
  double *perturbation;    /* (P) e of this partial unroll */
  double *sum;             /* (P) x */
  gsize n_runs;
};

TwPes *
tw_pes_new (const TwHrnnConfig *config, const TwUnrollRun *runs, gsize n_runs)
{
  TwPes *pes = g_new0 (TwPes, 1);

  for (int i = 0; i < 2; i++)
    pes->particles[i] = tw_unroll_new (config, runs, n_runs, 0, 1);
  pes->weights = tw_hrnn_weights_new (config, 0);
  pes->perturbation = g_new0 (double, pes->weights->shape.P);
  pes->sum = g_new0 (double, pes->weights->shape.P);
  pes->n_runs = n_runs;
  return pes;
}

void
tw_pes_free (TwPes *pes)
{
  if (pes == NULL)
    return;
  for (int i = 0; i < 2; i++)
    tw_unroll_free (pes->particles[i]);
  tw_hrnn_weights_unref (pes->weights);
  g_free (pes->perturbation);
  g_free (pes->sum);
  g_free (pes);
}

double
tw_pes_get_objective (const TwPes *pes, gsize run)
{
  return 0.5 * (tw_unroll_get_objective (pes->particles[0], run) + tw_unroll_get_objective (pes->particles[1], run));
}

/* L+ - L- and, in result, their mean. */
static double
compare (const TwPes *pes, TwUnrollResult *result)
{
  double difference = 0;

  *result = (TwUnrollResult){ 0 };
  for (gsize b = 0; b < pes->n_runs; b++) {
    double plus = tw_unroll_get_objective (pes->particles[0], b);
    double minus = tw_unroll_get_objective (pes->particles[1], b);
    if (!isfinite (plus) || !isfinite (minus)) {
      result->n_diverged++;
      continue;
    }
    difference += plus - minus;
    result->objective += 0.5 * (plus + minus);
    result->n_counted++;
  }
  double n = (double)result->n_counted;
  result->objective = n > 0 ? result->objective / n : NAN;
  return n > 0 ? difference / n : 0;
}

void
tw_pes_run (TwPes *pes, const TwHrnnWeights *weights, gsize n_steps, const TwUnrollOptions *options, double sigma,
            const guint8 *trained, TwDraw draw, double *gradient, TwUnrollResult *result)
{
  gsize P = weights->shape.P;
  TwUnrollResult own;

  tw_random_normals (draw, 0, P, pes->perturbation);
  for (gsize i = 0; i < P; i++) {
    pes->perturbation[i] *= trained == NULL || trained[i] ? sigma : 0;
    pes->sum[i] += pes->perturbation[i];
  }
  for (int particle = 0; particle < 2; particle++) {
    double sign = particle == 0 ? 1 : -1;
    for (gsize i = 0; i < P; i++)
      pes->weights->values[i] = (TwReal)(weights->values[i] + sign * pes->perturbation[i]);
    tw_unroll_run (pes->particles[particle], pes->weights, n_steps, options, NULL, &own);
  }
  double slope = compare (pes, result) / (2 * sigma * sigma);
  for (gsize i = 0; i < P; i++)
    gradient[i] = slope * pes->sum[i];
}

#define SAVED "(vvad)"

GVariant *
tw_pes_save (const TwPes *pes)
{
  GVariant *sum = g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, pes->sum, pes->weights->shape.P,
                                             sizeof (double));

  return g_variant_new ("(vv@ad)", tw_unroll_save (pes->particles[0]), tw_unroll_save (pes->particles[1]), sum);
}

gboolean
tw_pes_restore (TwPes *pes, GVariant *saved)
{
  g_autoptr (GVariant) plus = NULL, minus = NULL, sum = NULL;
  gsize n;

  if (!g_variant_is_of_type (saved, G_VARIANT_TYPE (SAVED)))
    return FALSE;
  g_variant_get (saved, "(vv@ad)", &plus, &minus, &sum);
  gconstpointer data = g_variant_get_fixed_array (sum, &n, sizeof (double));
  if (n != pes->weights->shape.P)
    return FALSE;
  memcpy (pes->sum, data, n * sizeof (double));
  return tw_unroll_restore (pes->particles[0], plus) && tw_unroll_restore (pes->particles[1], minus);
}
