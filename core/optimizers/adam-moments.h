/* adam-moments.h: the bias corrections that Adam and its relatives share.
 *
 * m <- beta1 m + (1 - beta1) g and v <- beta2 v + (1 - beta2) g^2 start at 0; dividing them by 1 - beta^t
 * makes them averages of the t gradients seen.  The powers are computed once per update, not per row.
 */
#pragma once

#include <glib.h>
#include <math.h>

typedef struct {
  double step_size; /* lr / (1 - beta1^t) */
  double root;      /* sqrt(1 - beta2^t) */
} TwAdamCorrection;

/* k: number of the update from 0, so t = k + 1. */
static inline TwAdamCorrection
tw_adam_correction (double lr, double beta1, double beta2, guint64 k)
{
  double t = (double)k + 1;

  return (TwAdamCorrection){ lr / (1 - pow (beta1, t)), sqrt (1 - pow (beta2, t)) };
}
