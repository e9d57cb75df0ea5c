/* trainer-private.h: what training and its checkpoints share. */
#pragma once

#include "core/meta/meta-optimizer.h"
#include "core/meta/pes.h"
#include "core/meta/trainer.h"
#include "core/meta/unroll.h"

G_BEGIN_DECLS

/* A group of runs in the middle of its episode. */
typedef struct {
  guint64 episode;     /* episodes begun: the next one's number */
  guint64 n_unrolls;   /* partial unrolls of this episode */
  guint64 unroll;      /* of which this many are done */
  TwUnroll *runs;      /* or */
  TwPes *pes;          /* with estimator=pes; both NULL before its first episode */
  gsize n_runs;
  gsize *entries;      /* (n_runs) of the corpus */
  double *gradient;    /* (P) of its last partial unroll */
  gsize n_steps;       /* of its last partial unroll */
  TwUnrollResult result;
} TwTrainerGroup;

struct _TwTrainer {
  TwCorpus *corpus;
  char *init_json;     /* provenance of the weights it went on from; NULL: from scratch */
  TwSpec *config;
  TwValue *values;     /* of tw_trainer_params() */
  guint64 seed;
  guint64 iteration;
  guint64 run_steps;   /* steps times runs so far */
  TwHrnnWeights *weights;
  double *master;      /* (P) the weights in full precision */
  guint8 *trained;     /* (P) whether it is one of the weights that are trained */
  double *average;     /* (P) their running average, which is what is kept; NULL with average=0 */
  double *sums;        /* of a meta-batch, see trainer.c */
  TwMetaOptimizer optimizer;
  TwTrainerGroup *groups;
  gsize n_groups;
  double *entry_objectives;
};

enum {
  TW_TRAIN_HIDDEN,
  TW_TRAIN_SCALES,
  TW_TRAIN_ATTENTION,
  TW_TRAIN_LOG_MS,
  TW_TRAIN_RELATIVE_LR,
  TW_TRAIN_GRAD_PRODUCTS,
  TW_TRAIN_GRAD_SHORTCUT,
  TW_TRAIN_LEARN_DECAY,
  TW_TRAIN_DYNAMIC_SCALE,
  TW_TRAIN_INPUT_SCALING,
  TW_TRAIN_GROUPS,
  TW_TRAIN_PROBLEMS,
  TW_TRAIN_STARTS,
  TW_TRAIN_UNROLL_MIN,
  TW_TRAIN_UNROLL_MEAN,
  TW_TRAIN_UNROLL_MAX,
  TW_TRAIN_UNROLLS_MIN,
  TW_TRAIN_UNROLLS_MEAN,
  TW_TRAIN_UNROLLS_MAX,
  TW_TRAIN_LR_MIN,
  TW_TRAIN_LR_MAX,
  TW_TRAIN_FIRST_STEP,
  TW_TRAIN_ESTIMATOR,
  TW_TRAIN_SIGMA,
  TW_TRAIN_SECOND,
  TW_TRAIN_DIVERGED_AT,
  TW_TRAIN_CUT_AT,
  TW_TRAIN_OPTIMIZER,
  TW_TRAIN_META_LR,
  TW_TRAIN_BETA1,
  TW_TRAIN_BETA2,
  TW_TRAIN_WARMUP,
  TW_TRAIN_HALF_LIFE,
  TW_TRAIN_CLIP,
  TW_TRAIN_AVERAGE,
  TW_TRAIN_ALL_ROWS,
  TW_TRAIN_MARGIN,
  TW_TRAIN_LATE,
  TW_TRAIN_LR_BIAS,
  TW_TRAIN_ONLY,
};

/* Begins the group's episode with number group->episode. */
void tw_trainer_begin_episode (TwTrainer *trainer, gsize group);
/* Whether this rank steps it: group g is rank g mod N's. */
gboolean tw_trainer_is_own_group (gsize index);
/* weights = master, in TwReal. */
void tw_trainer_set_weights (TwTrainer *trainer);

G_END_DECLS
