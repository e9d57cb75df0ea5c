/* nadam.c: Dozat 2016, as torch.optim.NAdam of PyTorch 1.13.  With t = k + 1:
 *   mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2),   P_t = mu_1 ... mu_t
 *   m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2,   d = sqrt(v / (1 - beta2^t)) + eps
 *   theta <- theta - lr (1 - mu_t) / (1 - P_t) g / d - lr mu_{t+1} / (1 - P') m / d
 *
 * Two things are as that version does them, so that results agree with it to the last digits: P' is
 * P_t mu_t mu_{t+1} (Dozat has P_t mu_{t+1}; later versions corrected it), and the product P is kept in
 * single precision, also for double parameters.
 */
#include "core/optimizers/optimizer-private.h"

#include <math.h>

TW_ELEMENTWISE

enum { LR, BETA1, BETA2, EPS, MOMENTUM_DECAY, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (0.1),
  [BETA1] = TW_PARAM_BETA ("beta1", 0.9, "decay of the mean gradient"),
  [BETA2] = TW_PARAM_BETA ("beta2", 0.999, "decay of the mean squared gradient"),
  [EPS] = TW_PARAM_EPS (1e-8),
  [MOMENTUM_DECAY] = { "momentum_decay", TW_PARAM_REAL, 0.004, 0, 10, FALSE, NULL,
                       "how fast the look-ahead rises from beta1 / 2 to beta1" },
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = {
  { "m", "mean gradient", TW_LEVEL_ROW, 1, NULL },
  { "v", "mean squared gradient", TW_LEVEL_ROW, 1, NULL },
  { NULL },
};

typedef struct {
  TwOptimizer parent;
  float product; /* P */
} Nadam;

typedef struct {
  double beta1, beta2, eps, weight_decay;
  double correction;           /* 1 - beta2^t */
  double of_gradient, of_mean; /* lr times the weights of g and m */
} Constants;

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict m,
        double *restrict v, Constants c)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + c.weight_decay * theta[i];
    m[i] = c.beta1 * m[i] + (1 - c.beta1) * g;
    v[i] = c.beta2 * v[i] + (1 - c.beta2) * g * g;
    double denominator = sqrt (v[i] / c.correction) + c.eps;
    theta[i] -= c.of_gradient * (g / denominator);
    theta[i] -= c.of_mean * (m[i] / denominator);
  }
}

static void
nadam_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  Nadam *nadam = (Nadam *)optimizer;
  const TwValue *values = optimizer->values;
  double *m = tw_optimizer_state (optimizer, 0); /* (R) */
  double *v = tw_optimizer_state (optimizer, 1); /* (R) */
  double beta1 = values[BETA1].number, decay = values[MOMENTUM_DECAY].number, t = (double)step->k + 1;
  double mu = beta1 * (1 - 0.5 * pow (0.96, t * decay));
  double mu_next = beta1 * (1 - 0.5 * pow (0.96, (t + 1) * decay));
  Constants constants = { beta1, values[BETA2].number, values[EPS].number, values[WEIGHT_DECAY].number };

  nadam->product = (step->k == 0 ? 1 : nadam->product) * (float)mu;
  float product_next = nadam->product * (float)mu;
  product_next *= (float)mu_next;
  constants.correction = 1 - pow (constants.beta2, t);
  constants.of_gradient = lr * (1 - mu) / (1 - (double)nadam->product);
  constants.of_mean = lr * mu_next / (1 - (double)product_next);

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, m + rows.first,
            v + rows.first, constants);
}

const TwOptimizerType tw_optimizer_nadam = {
  .name = "nadam",
  .title = "NAdam",
  .summary = "Adam with Nesterov's look-ahead: theta <- theta - lr ((1 - mu) g + mu' m) / (sqrt(v) + eps)",
  .params = params,
  .instance_size = sizeof (Nadam),
  .rows_of_state = 2,
  .step = nadam_step,
  .probes = probes,
};
