/* schedule.h: how the learning rate changes from update to update.
 *
 * With k the number of the update from 0, W = warmup and N = schedule_steps:
 *
 *   k < W:   factor = (k + 1) / W                    the W-th update is the first at the full rate
 *   k >= W:  t = k - W,  p = min(1, t / max(1, N - W)),  F = final
 *     constant     1
 *     cosine       F + (1 - F) (1 + cos(pi p)) / 2
 *     linear       1 - (1 - F) p
 *     step         decay^floor(t / every)
 *     exponential  decay^(t / every)                 the smooth curve through the steps
 *
 * and update k has the learning rate lr * factor.
 */
#pragma once

#include "core/spec.h"

G_BEGIN_DECLS

typedef enum {
  TW_SCHEDULE_CONSTANT,
  TW_SCHEDULE_COSINE,
  TW_SCHEDULE_STEP,
  TW_SCHEDULE_LINEAR,
  TW_SCHEDULE_EXPONENTIAL,
} TwScheduleKind;

typedef struct {
  TwScheduleKind kind;
  double warmup; /* W */
  double steps;  /* N */
  double final;  /* F */
  double decay, every;
} TwSchedule;

extern const TwParam tw_schedule_params[]; /* the keys; ends with key NULL */

/* `values`: of tw_schedule_params, in its order. */
TwSchedule tw_schedule_from_values (const TwValue *values);
/* The factor of update k, in [0, 1]. */
double tw_schedule_factor (const TwSchedule *schedule, guint64 k);

G_END_DECLS
