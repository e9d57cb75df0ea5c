/* optimizer-private.h: what an optimizer implements: one file, one const type. */
#pragma once

#include "core/optimizers/optimizer.h"
#include "core/optimizers/schedule.h"

G_BEGIN_DECLS

/* The head of every optimizer; a type embeds it as its first member. */
struct _TwOptimizer {
  const TwOptimizerType *type;
  const TwLayout *layout;
  TwValue *values; /* as its params table, schedule keys after them */
  gsize *watched;  /* (n_watched) rows */
  gsize n_watched;
  double *state;       /* (rows_of_state, R) */
  double base_lr;      /* the value of "lr" */
  double lr;           /* that of the last update, 0 before the first: what the "lr" probe shows */
  TwSchedule schedule; /* constant where the type has no_schedule */
};

struct _TwOptimizerType {
  const char *name, *title, *summary;
  const TwParam *params; /* its own keys; "lr" first where it has one */
  gboolean no_schedule;  /* takes no schedule keys (newton, lbfgs, learned) */
  double (*initial) (const TwParam *param, gsize n); /* may be NULL; see tw_optimizer_type_get_initial() */
  double (*largest_lr) (const TwValue *values, gsize n); /* may be NULL: any; see tw_optimizer_get_largest_lr() */
  gsize instance_size;   /* sizeof of its struct, zeroed before create */
  gsize rows_of_state;   /* arrays of R doubles it wants, zeroed; see tw_optimizer_state() */
  gboolean (*create) (TwOptimizer *optimizer, GError **error); /* may be NULL */
  void (*finalize) (TwOptimizer *optimizer);                   /* may be NULL; also runs when create failed */
  gboolean (*attends) (const TwOptimizer *optimizer);          /* may be NULL: never */
  void (*step) (TwOptimizer *optimizer, const TwStep *step, double lr);  /* lr: after schedule and warm-up */
  void (*watch) (TwOptimizer *optimizer);                                /* may be NULL */
  const TwProbe *(*get_probes) (const TwOptimizer *optimizer, gsize *n); /* may be NULL: `probes` */
  const TwProbe *probes; /* ends with name NULL; row-level ones are the state arrays, in order */
  void (*read_probe) (const TwOptimizer *optimizer, gsize p, float *out); /* may be NULL: state arrays */
};

/* State array i (R), i < rows_of_state. */
double *tw_optimizer_state (const TwOptimizer *optimizer, gsize i);
/* For read_probe(): state array i at the watched rows, out (n_watched). */
void tw_optimizer_read_state (const TwOptimizer *optimizer, gsize i, float *out);

/* The rows that need an update, as the longest stretches [first, end) of neighbouring runs that have not
 * ended:
 *
 *   for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
 *     update rows.first to rows.end - 1
 */
typedef struct {
  gsize first, end;
  gsize next_run;
} TwRows;
gboolean tw_rows_next (TwRows *rows, const TwOptimizer *optimizer, const TwStep *step);

/* The probes of a type as the window sees them: its own, then "lr" where it takes a schedule. */
const TwProbe *tw_optimizer_type_get_probes (const TwOptimizerType *type, gsize *n);

/* Element by element loops are vectorised, and a multiplication and an addition stay two roundings: whether
 * an element falls into a vector or into the rest of a loop must not change its last bit. A file says
 * TW_ELEMENTWISE once, after its includes. */
#if defined(__clang__)
#define TW_ELEMENTWISE _Pragma ("STDC FP_CONTRACT OFF")
#elif defined(__GNUC__)
#define TW_ELEMENTWISE                                                                                       \
  _Pragma ("GCC optimize (\"tree-vectorize\", \"vect-cost-model=dynamic\", \"fp-contract=off\")")
#else
#define TW_ELEMENTWISE
#endif

/* Keys that several types have, so that they read alike. */
#define TW_LARGEST_BETA 0.99999999
#define TW_PARAM_LR(initial)                                                                                 \
  {                                                                                                          \
    "lr", TW_PARAM_REAL, initial, 1e-10, 1e3, TRUE, NULL, "learning rate"                                    \
  }
#define TW_PARAM_BETA(key, initial, summary)                                                                 \
  {                                                                                                          \
    key, TW_PARAM_REAL, initial, 0, TW_LARGEST_BETA, FALSE, NULL, summary                                    \
  }
#define TW_PARAM_EPS(initial)                                                                                \
  {                                                                                                          \
    "eps", TW_PARAM_REAL, initial, 1e-30, 1, TRUE, NULL, "added to the denominator"                          \
  }
#define TW_PARAM_WEIGHT_DECAY(initial, summary)                                                              \
  {                                                                                                          \
    "weight_decay", TW_PARAM_REAL, initial, 0, 10, FALSE, NULL, summary                                      \
  }
#define TW_COUPLED_DECAY "times theta, added to the gradient"
#define TW_DECOUPLED_DECAY "times lr times theta, taken off theta apart from the gradient"

extern const TwOptimizerType tw_optimizer_sgd, tw_optimizer_momentum, tw_optimizer_nesterov,
  tw_optimizer_adagrad, tw_optimizer_rmsprop, tw_optimizer_adadelta, tw_optimizer_adam, tw_optimizer_amsgrad,
  tw_optimizer_nadam, tw_optimizer_adamw, tw_optimizer_lion, tw_optimizer_newton, tw_optimizer_lbfgs,
  tw_optimizer_learned;

G_END_DECLS
