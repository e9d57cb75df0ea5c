#include "core/meta/meta-optimizer.h"

#include <math.h>

void
tw_meta_optimizer_init (TwMetaOptimizer *optimizer, const TwMetaOptimizerOptions *options, gsize P)
{
  *optimizer = (TwMetaOptimizer){ .options = *options, .P = P };
  optimizer->m = g_new0 (double, P);
  optimizer->v = g_new0 (double, P);
}

void
tw_meta_optimizer_clear (TwMetaOptimizer *optimizer)
{
  g_clear_pointer (&optimizer->m, g_free);
  g_clear_pointer (&optimizer->v, g_free);
}

double
tw_meta_optimizer_get_lr (const TwMetaOptimizer *optimizer)
{
  const TwMetaOptimizerOptions *o = &optimizer->options;
  double k = (double) optimizer->n_updates;
  double warm = o->warmup > 0 ? MIN (1, (k + 1) / o->warmup) : 1;

  return o->lr * warm * (o->half_life > 0 ? exp2 (-k / o->half_life) : 1);
}

double
tw_meta_optimizer_update (TwMetaOptimizer *optimizer, double *weights, double *gradient)
{
  const TwMetaOptimizerOptions *o = &optimizer->options;
  double squares = 0;

  for (gsize i = 0; i < optimizer->P; i++)
    squares += gradient[i] * gradient[i];
  double norm = sqrt (squares);
  if (!isfinite (norm)) {
    optimizer->n_skipped++;
    return norm;
  }
  double shrink = o->clip > 0 && norm > o->clip ? o->clip / norm : 1;
  double lr = tw_meta_optimizer_get_lr (optimizer), k = (double) ++optimizer->n_updates;
  double unbias1 = 1 - pow (o->beta1, k), unbias2 = 1 - pow (o->beta2, k);
  for (gsize i = 0; i < optimizer->P; i++) {
    double g = gradient[i] *= shrink;
    optimizer->v[i] = o->beta2 * optimizer->v[i] + (1 - o->beta2) * g * g;
    if (o->rmsprop) {
      weights[i] -= lr * g / (sqrt (optimizer->v[i]) + o->epsilon);
    } else {
      optimizer->m[i] = o->beta1 * optimizer->m[i] + (1 - o->beta1) * g;
      weights[i] -= lr * (optimizer->m[i] / unbias1) / (sqrt (optimizer->v[i] / unbias2) + o->epsilon);
    }
  }
  return norm;
}
