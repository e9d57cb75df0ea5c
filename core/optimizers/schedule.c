#include "core/optimizers/schedule.h"

#include <math.h>

enum { KIND, WARMUP, STEPS, FINAL, DECAY, EVERY };

/* `final` is not 0, so that a run longer than the horizon still moves. */
const TwParam tw_schedule_params[] = {
  [KIND] = { "schedule", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "constant|cosine|step|linear|exponential",
             "how the learning rate changes over the updates" },
  [WARMUP] = { "warmup", TW_PARAM_INTEGER, 0, 0, 1e9, FALSE, NULL,
               "updates over which the learning rate rises linearly to its full value" },
  [STEPS] = { "schedule_steps", TW_PARAM_INTEGER, 200, 1, 1e9, TRUE, NULL,
              "cosine, linear: the update, warm-up included, at which the final rate is reached" },
  [FINAL] = { "final", TW_PARAM_REAL, 0.01, 0, 1, FALSE, NULL,
              "cosine, linear: the final rate over the full one" },
  [DECAY] = { "decay", TW_PARAM_REAL, 0.5, 1e-6, 1, TRUE, NULL,
              "step, exponential: the rate falls by this factor per `every` updates" },
  [EVERY] = { "every", TW_PARAM_INTEGER, 50, 1, 1e9, TRUE, NULL,
              "step, exponential: updates per fall by `decay`" },
  { NULL },
};

TwSchedule
tw_schedule_from_values (const TwValue *values)
{
  return (TwSchedule){
    .kind = (TwScheduleKind)values[KIND].number,
    .warmup = values[WARMUP].number,
    .steps = values[STEPS].number,
    .final = values[FINAL].number,
    .decay = values[DECAY].number,
    .every = values[EVERY].number,
  };
}

double
tw_schedule_factor (const TwSchedule *schedule, guint64 k)
{
  if ((double)k < schedule->warmup)
    return ((double)k + 1) / schedule->warmup;

  double t = (double)k - schedule->warmup;
  double p = MIN (1, t / MAX (1, schedule->steps - schedule->warmup));
  switch (schedule->kind) {
  case TW_SCHEDULE_COSINE:
    return schedule->final + (1 - schedule->final) * (1 + cos (G_PI * p)) / 2;
  case TW_SCHEDULE_LINEAR:
    return 1 - (1 - schedule->final) * p;
  case TW_SCHEDULE_STEP:
    return pow (schedule->decay, floor (t / schedule->every));
  case TW_SCHEDULE_EXPONENTIAL:
    return pow (schedule->decay, t / schedule->every);
  case TW_SCHEDULE_CONSTANT:
    break;
  }
  return 1;
}
