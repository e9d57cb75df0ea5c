#include "core/evaluation/batch.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/runner.h"

/* Optimizers of one task: few enough that threads finish at about the same time, and that their traces fit.
 */
#define OPTIMIZERS_PER_TASK 16
#define BYTES_PER_TASK ((gsize)256 << 20)
/* How often cancelling is looked for, and progress told. */
#define POLL_USEC (50 * 1000)

/* One problem from one seed under several optimizers. */
typedef struct {
  TwExperiment *experiment; /* one start */
  TwLosses **losses;        /* (optimizers) where each one's go; not owned */
} Task;

struct _TwBatch {
  GPtrArray *tasks; /* of Task */
  guint n_threads;
  GCancellable *cancellable;
  GMutex lock;
  GCond changed;
  gsize n_done; /* under the lock, as is the error */
  GError *error;
};

static void
task_free (gpointer data)
{
  Task *task = data;

  tw_experiment_free (task->experiment);
  g_free (task->losses);
  g_free (task);
}

TwBatch *
tw_batch_new (void)
{
  TwBatch *batch = g_new0 (TwBatch, 1);

  batch->tasks = g_ptr_array_new_with_free_func (task_free);
  g_mutex_init (&batch->lock);
  g_cond_init (&batch->changed);
  return batch;
}

void
tw_batch_free (TwBatch *batch)
{
  if (batch == NULL)
    return;
  g_ptr_array_unref (batch->tasks);
  g_mutex_clear (&batch->lock);
  g_cond_clear (&batch->changed);
  g_clear_error (&batch->error);
  g_free (batch);
}

GPtrArray *
tw_batch_make_starts (const TwExperiment *experiment, const TwProblem *problem, gsize most)
{
  GPtrArray *starts = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_experiment_free);
  gsize n = MIN (tw_experiment_n_starts (experiment), most);
  gboolean plane = tw_problem_get_dim (problem) == 2;

  for (gsize s = 0; s < (plane ? n : 1); s++) {
    TwExperiment *one = tw_experiment_copy (experiment);
    while (one->optimizers->len > 0)
      tw_experiment_remove_optimizer (one, 0);
    if (plane) {
      double theta[2];
      tw_experiment_get_start (experiment, problem, s, theta);
      g_array_set_size (one->starts, 0);
      g_array_append_vals (one->starts, theta, 2);
    }
    one->n_random_starts = plane ? 0 : MIN (one->n_random_starts, 1);
    g_ptr_array_add (starts, one);
  }
  return starts;
}

void
tw_losses_clear (TwLosses *losses)
{
  g_clear_pointer (&losses->loss, g_free);
  losses->n_rows = 0;
}

void
tw_batch_add (TwBatch *batch, const TwExperiment *problem, guint64 seed, guint64 n_steps,
              const char *const *specs, gsize n, TwLosses *losses)
{
  gsize row_bytes = (2 + 2 * TW_TRACE_MAX_COORDINATES) * sizeof (double);
  gsize most = CLAMP (BYTES_PER_TASK / row_bytes / (n_steps + 1), 1, OPTIMIZERS_PER_TASK);

  for (gsize from = 0; from < n; from += most) {
    gsize count = MIN (most, n - from);
    Task *task = g_new0 (Task, 1);
    task->experiment = tw_experiment_copy (problem);
    task->experiment->seed = seed;
    task->experiment->steps = n_steps;
    task->losses = g_new (TwLosses *, count);
    for (gsize i = 0; i < count; i++) {
      g_ptr_array_add (task->experiment->optimizers, g_strdup (specs[from + i]));
      task->losses[i] = &losses[from + i];
    }
    g_ptr_array_add (batch->tasks, task);
  }
}

static void
keep_losses (const TwTrace *trace, Task *task)
{
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    TwLosses *losses = task->losses[o];
    losses->n_rows = tw_trace_get_n_rows (trace, o, 0);
    losses->minimum = tw_problem_get_minimum (tw_trace_get_problem (trace));
    losses->diverged = tw_trace_get_stop_reason (trace, o, 0) == TW_STOP_DIVERGED;
    losses->loss = g_memdup2 (tw_trace_get_loss (trace, o, 0), losses->n_rows * sizeof (double));
  }
}

static gboolean
run_task (TwBatch *batch, Task *task, GError **error)
{
  if (g_cancellable_is_cancelled (batch->cancellable))
    return TRUE; /* said once, by tw_batch_run() */
  g_autoptr (TwRunner) runner = tw_runner_start_with_probes (task->experiment, 1, 0, error);
  if (runner == NULL)
    return FALSE;
  while (!tw_runner_wait_until (runner, g_get_monotonic_time () + POLL_USEC))
    if (g_cancellable_is_cancelled (batch->cancellable))
      tw_runner_cancel (runner);
  if (tw_runner_get_error (runner) != NULL) {
    g_propagate_error (error, g_error_copy (tw_runner_get_error (runner)));
    return FALSE;
  }
  keep_losses (tw_runner_get_trace (runner), task);
  return TRUE;
}

static void
work (gpointer data, gpointer user_data)
{
  TwBatch *batch = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stop;

  g_mutex_lock (&batch->lock);
  stop = batch->error != NULL;
  g_mutex_unlock (&batch->lock);
  if (!stop)
    run_task (batch, data, &error);
  g_mutex_lock (&batch->lock);
  if (error != NULL && batch->error == NULL)
    batch->error = g_steal_pointer (&error);
  batch->n_done++;
  g_cond_broadcast (&batch->changed);
  g_mutex_unlock (&batch->lock);
}

gboolean
tw_batch_run (TwBatch *batch, guint n_threads, GCancellable *cancellable,
              void (*tick) (double share, gpointer data), gpointer data, GError **error)
{
  guint n = n_threads > 0 ? n_threads : g_get_num_processors ();

  batch->cancellable = cancellable;
  batch->n_done = 0;
  GThreadPool *pool = g_thread_pool_new (work, batch, (int)MIN (n, TW_RUNNER_MAX_THREADS), FALSE, error);
  if (pool == NULL)
    return FALSE;
  for (guint i = 0; i < batch->tasks->len; i++)
    g_thread_pool_push (pool, batch->tasks->pdata[i], NULL);
  g_mutex_lock (&batch->lock);
  while (batch->n_done < batch->tasks->len) {
    g_cond_wait_until (&batch->changed, &batch->lock, g_get_monotonic_time () + 2 * POLL_USEC);
    double share = (double)batch->n_done / batch->tasks->len;
    g_mutex_unlock (&batch->lock);
    if (tick != NULL)
      tick (share, data);
    g_mutex_lock (&batch->lock);
  }
  g_mutex_unlock (&batch->lock);
  g_thread_pool_free (pool, FALSE, TRUE);
  if (batch->error != NULL) {
    g_propagate_error (error, g_error_copy (batch->error));
    return FALSE;
  }
  if (g_cancellable_is_cancelled (cancellable)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "cancelled; nothing was written");
    return FALSE;
  }
  return TRUE;
}
