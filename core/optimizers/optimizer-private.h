/* optimizer-private.h: what an optimizer implements: one file, one const type. */
#pragma once

#include "core/optimizers/optimizer.h"

G_BEGIN_DECLS

/* The head of every optimizer; a type embeds it as its first member. */
struct _TwOptimizer {
  const TwOptimizerType *type;
  const TwLayout *layout;
  TwValue *values;      /* as its params table, schedule keys after them */
  gsize *watched;       /* (n_watched) rows */
  gsize n_watched;
};

struct _TwOptimizerType {
  const char *name, *title, *summary;
  const TwParam *params;                 /* its own keys; "lr" first where it has one */
  gboolean no_schedule;                  /* takes no schedule keys (newton, lbfgs, learned) */
  gsize instance_size;                   /* sizeof of its struct, zeroed before create */
  gsize rows_of_state;                   /* arrays of R doubles it wants, zeroed; see tw_optimizer_state() */
  gboolean (*create) (TwOptimizer *optimizer, GError **error);  /* may be NULL */
  void (*finalize) (TwOptimizer *optimizer);                    /* may be NULL */
  gboolean (*attends) (const TwOptimizer *optimizer);           /* may be NULL: never */
  void (*step) (TwOptimizer *optimizer, const TwStep *step, double lr); /* lr: after schedule and warm-up */
  void (*watch) (TwOptimizer *optimizer);                       /* may be NULL */
  const TwProbe *(*get_probes) (const TwOptimizer *optimizer, gsize *n);     /* may be NULL: `probes` */
  const TwProbe *probes;                 /* ends with name NULL; row-level ones are the state arrays, in order */
  void (*read_probe) (const TwOptimizer *optimizer, gsize p, float *out);    /* may be NULL: state arrays */
};

/* State array i (R), i < rows_of_state. */
double *tw_optimizer_state (const TwOptimizer *optimizer, gsize i);

extern const TwOptimizerType tw_optimizer_sgd, tw_optimizer_momentum, tw_optimizer_nesterov, tw_optimizer_adagrad,
  tw_optimizer_rmsprop, tw_optimizer_adadelta, tw_optimizer_adam, tw_optimizer_amsgrad, tw_optimizer_nadam,
  tw_optimizer_adamw, tw_optimizer_lion, tw_optimizer_newton, tw_optimizer_lbfgs, tw_optimizer_learned;

G_END_DECLS
