/* task-private.h: a network that learns from a data set, as a problem.
 *
 * Letters: D coordinates, B rows of the minibatch, N training rows, O outputs.  With z the network's output,
 *
 *   f = 1/B sum over the minibatch of loss (z, label) + weight_decay / 2 sum of squares of the weights
 *
 * where biases do not decay.  The loss is the cross entropy of softmax (z), that of sigmoid (z) where there
 * is one output for two classes, or the mean over outputs of (z - target)^2.  Minibatch k of a run is the
 * same for all optimizers: tw_minibatch().  The network computes in TwReal; theta and gradients stay double.
 *
 * Metrics, without weight decay: train_loss over all training rows, and over those held out test_loss and,
 * for classes, test_accuracy, the share that is predicted right (NAN where no rows are held out).
 */
#pragma once

#include "core/data/data-set.h"
#include "core/tasks/network-private.h"
#include "core/tasks/tasks.h"

G_BEGIN_DECLS

typedef enum { TW_LOSS_SOFTMAX, TW_LOSS_LOGISTIC, TW_LOSS_SQUARE, TW_LOSS_RECONSTRUCT } TwTaskLoss;

typedef struct {
  TwProblem parent;
  TwDataSet *data;
  TwNetwork network;
  TwTaskLoss loss;
  gsize batch; /* B */
  double weight_decay;
  gboolean glorot;
} TwTask;

/* Keys of all tasks, data first; a type's own follow. */
#define TW_TASK_PARAMS(data, rows, init)                                                                     \
  TW_DATA_PARAMS (data, rows),                                                                               \
    { "batch", TW_PARAM_INTEGER, 64, 0, 1e6, TRUE, NULL, "rows of a minibatch; 0: all of them" },            \
    { "init", TW_PARAM_CHOICE,                                                                               \
      0,      0,                                                                                             \
      0,      FALSE,                                                                                         \
      init,   "first weights: he: N(0, 2 / fan in); glorot: uniform, variance 2 / (fan in + fan out)" },     \
    { "weight_decay",                                                                                        \
      TW_PARAM_REAL,                                                                                         \
      0,                                                                                                     \
      0,                                                                                                     \
      10,                                                                                                    \
      FALSE,                                                                                                 \
      NULL,                                                                                                  \
      "times half the sum of squared weights, added to f" },                                                 \
  {                                                                                                          \
    "report_every", TW_PARAM_INTEGER, 0, 0, 1e7, TRUE, NULL,                                                 \
      "steps between full losses and accuracies; 0: at the end only"                                         \
  }

enum {
  TW_TASK_BATCH = TW_DATA_N_PARAMS,
  TW_TASK_INIT,
  TW_TASK_WEIGHT_DECAY,
  TW_TASK_REPORT_EVERY,
  TW_TASK_N_PARAMS,
};

/* With data loaded and the common keys read; the caller adds layers, then calls finish. */
TwTask *tw_task_new (const TwValue *values, GError **error);
void tw_task_free (TwTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTask, tw_task_free)
/* Outputs the data asks for, and the loss that goes with them. */
gsize tw_task_choose_loss (TwTask *task);
/* From here on it is a problem.  Errors: too many coordinates. */
TwProblem *tw_task_finish (TwTask *task, const TwProblemType *type, GError **error);

void tw_task_finalize (TwProblem *problem);
gsize tw_task_work_size (const TwProblem *problem, gsize n);
TwStatus tw_task_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                       const TwDraw *draws, double *loss, double *gradient);
void tw_task_draw_start (const TwProblem *problem, TwDraw draw, double *theta);
void tw_task_measure (const TwProblem *problem, void *scratch, const double *theta, double *values);
double tw_task_loss_over (const TwProblem *problem, void *scratch, const double *theta, const guint32 *rows,
                          gsize n);
/* Of the scratch: room for theta (D), and for what a network needs. */
void tw_task_get_scratch (const TwTask *task, void *scratch, TwReal **theta, TwNetworkWork *net);

#define TW_TASK_FUNCTIONS                                                                                    \
  .finalize = tw_task_finalize, .work_size = tw_task_work_size, .eval = tw_task_eval,                        \
  .draw_start = tw_task_draw_start, .measure = tw_task_measure, .loss_over = tw_task_loss_over

G_END_DECLS
