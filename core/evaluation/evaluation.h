/* evaluation.h: a fair comparison: learned optimizers, untuned, with baselines tuned on each problem.
 *
 * On each problem of a suite every baseline family is tried with the same number of settings (search.h), each
 * from `n_tuning_seeds` seeds; the one with the lowest mean log loss (score.h) is its best.  Settings that
 * diverge from any seed lose to those that don't.  Then all contestants run from `n_seeds` other seeds, and
 * that is reported.  A seed draws the start, the noise, and what is random about the problem.
 *
 * The same bits for any number of threads.
 */
#pragma once

#include <gio/gio.h>

#include "core/evaluation/score.h"
#include "core/evaluation/suite.h"

G_BEGIN_DECLS

/* Report seed i is seed + i, tuning seed i is seed + TW_EVALUATION_TUNING + i. */
#define TW_EVALUATION_TUNING 1000000
/* Tuned Adam runs for this many horizons, to see when it reaches what a learned optimizer reached. */
#define TW_EVALUATION_STRETCH 5
#define TW_EVALUATION_MAX_BUDGET 100000

typedef struct {
  const char *const *weights;    /* files or names of sets; NULL or empty: "default" */
  const char *const *learned_lr; /* initial learning rates, as text; NULL or empty: the default */
  const char *const *families;   /* to tune; NULL: sgd, momentum, nesterov, rmsprop, adam */
  guint budget;                  /* trials per family; 0: no tuning, only fixed baselines */
  guint n_seeds;                 /* 0: the suite's own */
  guint64 seed;
  guint n_threads;       /* 0: one per processor */
  const char *baselines; /* the JSON of an earlier evaluation to take tuned settings from, or NULL */
} TwEvaluationOptions;

typedef enum { TW_CONTESTANT_LEARNED, TW_CONTESTANT_FIXED, TW_CONTESTANT_TUNED } TwContestantKind;

typedef struct {
  TwContestantKind kind;
  char *label; /* short, for tables: "learned", "adam 1e-3", "adam*" */
  char *name;  /* in full: the spec, or the name of the family that is tuned */
} TwContestant;

/* One contestant on one problem: the N seeds, and what is told of them together. */
typedef struct {
  char *spec;                 /* what ran */
  char *note;                 /* tw_optimizer_note() of it, or NULL */
  double tuning_score;        /* of a tuned one, on its tuning seeds; NAN of others */
  double *score;              /* (N) mean log loss */
  double *final_loss;         /* (N) */
  double *speed_up;           /* (N) of a learned one over tuned Adam; NULL where there is none */
  gboolean *diverged, *above; /* (N) above: ended above its first loss, or diverged */
  double *curve;              /* (TW_EVALUATION_CURVE) median over seeds of r_k at evenly spaced steps k */
  guint n_capped;             /* speed-ups where Adam never got there */
  TwEstimate mean_log_loss, median_final_loss, mean_speed_up, share_diverged, share_above;
} TwCell;

#define TW_EVALUATION_CURVE 101

typedef struct {
  const TwSuiteProblem *problem;
  gsize dim;
  gboolean stochastic; /* the loss itself changes from step to step (minibatches) */
  double minimum;      /* of the first report seed; where none is known, the lowest loss any run saw */
  gboolean minimum_known;
  gboolean minimum_beaten; /* a run went below what is said to be the minimum */
  double first_loss;       /* median over report seeds */
  TwCell *cells;           /* (contestants) */
} TwProblemResult;

/* Over problems, of one contestant. */
typedef struct {
  TwEstimate mean_log_loss, speed_up, share_diverged, share_above;
  double mean_log_loss_2d, mean_log_loss_others; /* interquartile means; NAN where there are none */
} TwSummary;

/* How often a learned optimizer has the lower mean log loss (mean over seeds): problems. */
typedef struct {
  guint wins[2], n[2]; /* [0] of group 2d, [1] of others */
} TwWins;

typedef struct {
  TwSuite *suite;
  guint budget, n_seeds;
  guint64 seed;
  char **families;                         /* tuned ones; empty where budget is 0 */
  gsize n_contestants, n_learned, n_fixed; /* in this order, then the tuned ones */
  TwContestant *contestants;
  TwProblemResult *problems; /* (suite->problems->len) */
  TwSummary *summaries;      /* (n_contestants) */
  /* wins[l * (n_contestants + 1) + c]: of learned l over contestant c; c = n_contestants: over the best tuned
   * one of each problem */
  TwWins *wins;
  guint *n_reckless; /* (n_learned) runs that ended above their first loss where a tuned one did not */
  double seconds;
} TwEvaluation;

/* `done` of 1 so far, and what is going on; called on the thread that evaluates. */
typedef void (*TwEvaluationProgress) (double done, const char *what, gpointer data);

/* Takes the suite.  Errors: unknown families, bad weight files, baselines that don't belong to it, cancelled.
 */
TwEvaluation *tw_evaluate (TwSuite *suite, const TwEvaluationOptions *options, GCancellable *cancellable,
                           TwEvaluationProgress progress, gpointer data, GError **error);
void tw_evaluation_free (TwEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwEvaluation, tw_evaluation_free)

/* On how many problems the weights of learned optimizer `l` make its learning rate begin lower than given, in words; NULL:
 * on none. */
char *tw_evaluation_describe_bound (const TwEvaluation *evaluation, gsize l);
const TwCell *tw_evaluation_get_cell (const TwEvaluation *evaluation, gsize problem, gsize contestant);
/* Contestant number of tuned Adam; n_contestants where there is none. */
gsize tw_evaluation_find_tuned (const TwEvaluation *evaluation, const char *family);
/* The tuned contestant with the lowest mean log loss on this problem; n_contestants where there is none. */
gsize tw_evaluation_best_tuned (const TwEvaluation *evaluation, gsize problem);

G_END_DECLS
