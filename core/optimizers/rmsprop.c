/* rmsprop.c: Tieleman and Hinton 2012, as torch.optim.RMSprop:
 *   v <- alpha v + (1 - alpha) g^2
 *   centered: m <- alpha m + (1 - alpha) g, and v - m^2 takes the place of v below
 *   b <- momentum b + g / (sqrt(v) + eps),   theta <- theta - lr b
 */
#include "core/optimizers/optimizer-private.h"

#include <math.h>

TW_ELEMENTWISE

enum { LR, ALPHA, EPS, MOMENTUM, CENTERED, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (0.05),
  [ALPHA] = TW_PARAM_BETA ("alpha", 0.99, "decay of the mean squared gradient"),
  [EPS] = TW_PARAM_EPS (1e-8),
  [MOMENTUM] = TW_PARAM_BETA ("momentum", 0, "how much of the last update's velocity is kept"),
  [CENTERED] = { "centered", TW_PARAM_SWITCH, 0, 0, 1, FALSE, NULL,
                 "divide by the standard deviation instead" },
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = {
  { "v", "mean squared gradient", TW_LEVEL_ROW, 1, NULL },
  { "m", "mean gradient (centered)", TW_LEVEL_ROW, 1, NULL },
  { "b", "velocity", TW_LEVEL_ROW, 1, NULL },
  { NULL },
};

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict v,
        double *restrict b, double lr, double alpha, double eps, double momentum, double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + weight_decay * theta[i];
    v[i] = alpha * v[i] + (1 - alpha) * g * g;
    b[i] = momentum * b[i] + g / (sqrt (v[i]) + eps);
    theta[i] -= lr * b[i];
  }
}

static void
update_centered (gsize n, double *restrict theta, const double *restrict gradient, double *restrict v,
                 double *restrict m, double *restrict b, double lr, double alpha, double eps, double momentum,
                 double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + weight_decay * theta[i];
    v[i] = alpha * v[i] + (1 - alpha) * g * g;
    m[i] = alpha * m[i] + (1 - alpha) * g;
    /* PyTorch has no guard: where rounding makes the variance negative it gives NaN.  0 is what is meant. */
    double variance = v[i] - m[i] * m[i];
    variance = variance > 0 ? variance : 0;
    b[i] = momentum * b[i] + g / (sqrt (variance) + eps);
    theta[i] -= lr * b[i];
  }
}

static void
rmsprop_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  const TwValue *values = optimizer->values;
  double *v = tw_optimizer_state (optimizer, 0); /* (R) */
  double *m = tw_optimizer_state (optimizer, 1); /* (R) */
  double *b = tw_optimizer_state (optimizer, 2); /* (R) */
  double alpha = values[ALPHA].number, eps = values[EPS].number, momentum = values[MOMENTUM].number;

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);) {
    gsize n = rows.end - rows.first, at = rows.first;
    if (values[CENTERED].number != 0)
      update_centered (n, step->theta + at, step->gradient + at, v + at, m + at, b + at, lr, alpha, eps,
                       momentum, values[WEIGHT_DECAY].number);
    else
      update (n, step->theta + at, step->gradient + at, v + at, b + at, lr, alpha, eps, momentum,
              values[WEIGHT_DECAY].number);
  }
}

const TwOptimizerType tw_optimizer_rmsprop = {
  .name = "rmsprop",
  .title = "RMSProp",
  .summary = "over the recent gradient size: v <- alpha v + (1 - alpha) g^2, theta <- theta - lr g / sqrt(v)",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .rows_of_state = 3,
  .step = rmsprop_step,
  .probes = probes,
};
