#include "core/experiment/runner.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/trace-private.h"
#include "core/memory.h"

/* Runs of a batch; fewer where a problem is so large that a batch would be many. */
#define BATCH_RUNS 64
#define BATCH_ROWS 65536
/* After so long a job lets others have its thread, so that all optimizers advance side by side. */
#define SLICE_SECONDS 0.02
/* ... if there are few enough that all their memory may be held at once. */
#define MAX_JOBS_SIDE_BY_SIDE 64

/* Letters: B runs of the batch, D coordinates, R = B D. */
typedef struct {
  gsize optimizer, first, n_runs; /* starts first to first + B - 1 */
  guint64 k;                      /* the next row */
  gsize n_snapshots;              /* that were taken; the next is taken at its step */
  gsize n_active, n_sampled;      /* runs not ended; the first n_sampled runs have probes */
  double seconds;                 /* so far, of one run's share */
  TwOptimizer *stepper;           /* NULL before its first slice and after its last */
  TwLayout *layout;
  TwProblemWork *work;
  double *theta, *phi, *gradient; /* (R); phi NULL where the optimizer does not attend */
  double *loss;                   /* (B) */
  double *first_norm;             /* (B) gradient norm of row 0 */
  guint8 *ended;                  /* (B) */
  TwDraw *draws;                  /* (B) */
  guint64 *evaluations;           /* (B) */
  float *probe;                   /* (watched rows, T or B; width) of the largest probe */
} Job;

struct _TwRunner {
  TwExperiment *experiment;
  TwProblem *problem;
  TwTrace *trace;
  GThreadPool *pool;
  Job *jobs;
  gsize n_jobs, jobs_left; /* jobs_left: atomic */
  guint64 rows_done;       /* atomic, of all jobs */
  int cancelled;           /* atomic */
  GMutex lock;
  GCond changed;
  gboolean done;
  GError *error;
  void (*done_callback) (gpointer);
  gpointer done_data;
};

/* Frees all but what describes it. */
static void
job_clear (Job *job)
{
  g_clear_pointer (&job->stepper, tw_optimizer_free);
  g_clear_pointer (&job->layout, tw_layout_free);
  g_clear_pointer (&job->work, tw_problem_work_free);
  g_clear_pointer (&job->theta, g_aligned_free);
  g_clear_pointer (&job->phi, g_aligned_free);
  g_clear_pointer (&job->gradient, g_aligned_free);
  g_clear_pointer (&job->loss, g_free);
  g_clear_pointer (&job->first_norm, g_free);
  g_clear_pointer (&job->ended, g_free);
  g_clear_pointer (&job->draws, g_free);
  g_clear_pointer (&job->evaluations, g_free);
  g_clear_pointer (&job->probe, g_free);
}

static gboolean
job_create_stepper (TwRunner *runner, Job *job, GError **error)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (runner->experiment->optimizers->pdata[job->optimizer], error);

  if (spec == NULL)
    return FALSE;
  job->layout = tw_layout_new_repeated (job->n_runs, tw_problem_get_n_tensors (runner->problem),
                                        tw_problem_get_tensor_sizes (runner->problem));
  job->stepper = tw_optimizer_new (spec, job->layout, error);
  return job->stepper != NULL;
}

/* The coordinates that the trace keeps, of each sampled run, as rows of the batch. */
static void
job_watch (TwRunner *runner, Job *job)
{
  gsize dim = tw_problem_get_dim (runner->problem), n_kept = tw_trace_get_n_coordinates (runner->trace);
  gsize sampled = tw_trace_get_n_sampled (runner->trace), n_probes, largest = 0;
  const TwProbe *probes = tw_optimizer_get_probes (job->stepper, &n_probes);

  job->n_sampled = sampled > job->first ? MIN (sampled - job->first, job->n_runs) : 0;
  if (job->n_sampled == 0)
    return;
  g_autofree gsize *rows = g_new (gsize, job->n_sampled * n_kept);
  for (gsize b = 0; b < job->n_sampled; b++)
    for (gsize i = 0; i < n_kept; i++)
      rows[b * n_kept + i] = b * dim + tw_trace_get_coordinates (runner->trace)[i];
  tw_optimizer_watch (job->stepper, rows, job->n_sampled * n_kept);
  for (gsize p = 0; p < n_probes; p++) {
    gsize count = probes[p].level == TW_LEVEL_ROW      ? job->n_sampled * n_kept
                  : probes[p].level == TW_LEVEL_TENSOR ? job->layout->n_tensors
                                                       : job->n_runs;
    largest = MAX (largest, count * probes[p].width);
  }
  job->probe = g_new0 (float, MAX (largest, 1));
}

/* All memory of the step loop. */
static gboolean
job_prepare (TwRunner *runner, Job *job, GError **error)
{
  gsize dim = tw_problem_get_dim (runner->problem), n = job->n_runs, n_rows = n * dim;
  guint64 seed = runner->experiment->seed;

  if (job->stepper == NULL && !job_create_stepper (runner, job, error))
    return FALSE;
  job->work = tw_problem_work_new (runner->problem, n);
  job->theta = tw_array_new0 (n_rows, sizeof (double));
  job->gradient = tw_array_new0 (n_rows, sizeof (double));
  job->loss = g_new0 (double, n);
  job->first_norm = g_new0 (double, n);
  job->ended = g_new0 (guint8, n);
  job->draws = g_new0 (TwDraw, n);
  job->evaluations = g_new0 (guint64, n);
  job->n_active = n;
  for (gsize b = 0; b < n; b++) {
    tw_experiment_get_start (runner->experiment, runner->problem, job->first + b, job->theta + b * dim);
    job->draws[b].stream = tw_random_stream (seed, TW_STREAM_GRADIENT_NOISE, job->first + b);
  }
  if (tw_optimizer_attends (job->stepper)) {
    job->phi = tw_array_new0 (n_rows, sizeof (double));
    memcpy (job->phi, job->theta, n_rows * sizeof (double));
  }
  job_watch (runner, job);
  return TRUE;
}

/* Euclidean, not finite where an entry is not or where it overflows. */
static double
norm (const double *v, gsize n)
{
  double sum = 0, largest = 0;

  for (gsize i = 0; i < n; i++)
    sum += v[i] * v[i];
  if (sum > 1e-280 && sum < 1e300)
    return sqrt (sum);
  for (gsize i = 0; i < n; i++) {
    if (!isfinite (v[i]))
      return NAN;
    largest = MAX (largest, fabs (v[i]));
  }
  if (largest == 0)
    return 0;
  sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += (v[i] / largest) * (v[i] / largest);
  return largest * sqrt (sum);
}

static gboolean
all_finite (const double *v, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (v[i]))
      return FALSE;
  return TRUE;
}

static void
job_evaluate (TwRunner *runner, Job *job)
{
  gsize n = job->n_runs;
  guint cost = 1;

  for (gsize b = 0; b < n; b++)
    job->draws[b].step = job->k;
  if (job->phi != NULL) {
    tw_problem_eval (runner->problem, job->work, n, job->theta, job->draws, job->loss, NULL);
    tw_problem_eval (runner->problem, job->work, n, job->phi, job->draws, NULL, job->gradient);
    cost = 2;
  } else {
    tw_problem_eval (runner->problem, job->work, n, job->theta, job->draws, job->loss, job->gradient);
  }
  for (gsize b = 0; b < n; b++)
    if (!job->ended[b])
      job->evaluations[b] += cost;
}

static void
job_end_run (TwRunner *runner, Job *job, gsize b, TwStopReason reason)
{
  gsize dim = tw_problem_get_dim (runner->problem);

  tw_trace_run_end (tw_trace_get_run (runner->trace, job->optimizer, job->first + b), reason,
                    job->evaluations[b], job->seconds);
  job->ended[b] = TRUE;
  job->n_active--;
  /* It stays in the batch; a harmless point is cheaper to evaluate there than infinities. */
  tw_experiment_get_start (runner->experiment, runner->problem, job->first + b, job->theta + b * dim);
  if (job->phi != NULL)
    memcpy (job->phi + b * dim, job->theta + b * dim, dim * sizeof (double));
}

/* What is dear to know: at step 0, at every interval and at the end. */
static void
job_measure_run (TwRunner *runner, Job *job, gsize b, TwTraceRun *run)
{
  guint64 interval = tw_problem_get_metric_interval (runner->problem);
  gboolean last = job->k == runner->experiment->steps;
  gsize n;

  if (run->metrics == NULL || !(last || (interval > 0 && job->k % interval == 0)))
    return;
  tw_problem_get_metric_names (runner->problem, &n);
  run->metric_steps[run->n_measured] = job->k;
  tw_problem_measure (runner->problem, job->work, job->theta + b * tw_problem_get_dim (runner->problem),
                      run->metrics + run->n_measured * n);
  tw_trace_run_publish_metrics (run);
}

/* The whole position, where this step is one of those and the start one that is kept. */
static void
job_record_snapshot (TwRunner *runner, Job *job, gsize b)
{
  const TwSnapshots *snapshots = tw_trace_get_snapshots (runner->trace);
  gsize dim = tw_problem_get_dim (runner->problem), start = job->first + b;

  if (snapshots == NULL || start >= snapshots->n_starts || job->n_snapshots >= snapshots->n ||
      snapshots->steps[job->n_snapshots] != job->k)
    return;
  float *to = tw_snapshots_get (snapshots, job->optimizer, start, job->n_snapshots);
  float *attended = tw_snapshots_get_attended (snapshots, job->optimizer, start, job->n_snapshots);
  const double *theta = job->theta + b * dim;
  for (gsize i = 0; i < dim; i++)
    to[i] = (float)theta[i];
  for (gsize i = 0; attended != NULL && i < dim; i++)
    attended[i] = (float)job->phi[b * dim + i];
}

static void
job_record_run (TwRunner *runner, Job *job, gsize b)
{
  const gsize *kept = tw_trace_get_coordinates (runner->trace);
  gsize n_kept = tw_trace_get_n_coordinates (runner->trace), dim = tw_problem_get_dim (runner->problem);
  guint64 k = job->k, last = runner->experiment->steps;
  TwTraceRun *run = tw_trace_get_run (runner->trace, job->optimizer, job->first + b);
  const double *theta = job->theta + b * dim, *phi = job->phi != NULL ? job->phi + b * dim : NULL;
  double size = norm (job->gradient + b * dim, dim);

  if (!isfinite (job->loss[b]) || !isfinite (size) || !all_finite (theta, dim) ||
      (phi != NULL && !all_finite (phi, dim))) {
    job_end_run (runner, job, b, TW_STOP_DIVERGED);
    return;
  }
  run->loss[k] = job->loss[b];
  run->grad_norm[k] = size;
  for (gsize i = 0; i < n_kept; i++)
    run->theta[k * n_kept + i] = theta[kept[i]];
  for (gsize i = 0; phi != NULL && i < n_kept; i++)
    run->phi[k * n_kept + i] = phi[kept[i]];
  if (k == 0)
    job->first_norm[b] = size;
  job_measure_run (runner, job, b, run);
  job_record_snapshot (runner, job, b);
  tw_trace_run_publish (run, k + 1);
  if (k == last)
    job_end_run (runner, job, b, size < 1e-9 * (1 + job->first_norm[b]) ? TW_STOP_CONVERGED : TW_STOP_BUDGET);
}

/* Before the rows are published: what the optimizer holds after k updates. */
static void
job_record_probes (TwRunner *runner, Job *job)
{
  gsize n_probes, n_kept = tw_trace_get_n_coordinates (runner->trace);
  gsize n_tensors = tw_problem_get_n_tensors (runner->problem);
  const TwProbe *probes = tw_optimizer_get_probes (job->stepper, &n_probes);

  for (gsize p = 0; p < n_probes; p++) {
    gsize count = probes[p].level == TW_LEVEL_ROW      ? n_kept
                  : probes[p].level == TW_LEVEL_TENSOR ? n_tensors
                                                       : 1;
    gsize size = count * probes[p].width;
    tw_optimizer_read_probe (job->stepper, p, job->probe);
    for (gsize b = 0; b < job->n_sampled; b++)
      if (!job->ended[b])
        memcpy (tw_trace_get_probe_slot (runner->trace, job->optimizer, job->first + b, p, job->k),
                job->probe + b * size, size * sizeof (float));
  }
}

static void
job_update (TwRunner *runner, Job *job)
{
  TwStep step = {
    .k = job->k,
    .theta = job->theta,
    .phi = job->phi,
    .gradient = job->gradient,
    .loss = job->loss,
    .ended = job->ended,
    .problem = runner->problem,
    .work = job->work,
    .draws = job->draws,
    .evaluations = job->evaluations,
  };

  tw_optimizer_step (job->stepper, &step);
}

/* Row k of every run, and update k. */
static void
job_step (TwRunner *runner, Job *job)
{
  job_evaluate (runner, job);
  if (job->n_sampled > 0 && job->k < tw_trace_get_n_probe_rows (runner->trace))
    job_record_probes (runner, job);
  for (gsize b = 0; b < job->n_runs; b++)
    if (!job->ended[b])
      job_record_run (runner, job, b);
  if (job->n_active > 0)
    job_update (runner, job);
  const TwSnapshots *snapshots = tw_trace_get_snapshots (runner->trace);
  if (snapshots != NULL && job->n_snapshots < snapshots->n && snapshots->steps[job->n_snapshots] == job->k)
    job->n_snapshots++;
  job->k++;
}

static void
runner_finish (TwRunner *runner)
{
  g_mutex_lock (&runner->lock);
  runner->done = TRUE;
  void (*callback) (gpointer) = runner->done_callback;
  runner->done_callback = NULL;
  g_cond_broadcast (&runner->changed);
  g_mutex_unlock (&runner->lock);
  if (callback != NULL)
    callback (runner->done_data);
}

static void
job_finish (TwRunner *runner, Job *job)
{
  guint64 rest = runner->experiment->steps + 1 - job->k;

  __atomic_add_fetch (&runner->rows_done, rest, __ATOMIC_RELAXED);
  job_clear (job);
  if (__atomic_sub_fetch (&runner->jobs_left, 1, __ATOMIC_ACQ_REL) == 0)
    runner_finish (runner);
}

static void
job_fail (TwRunner *runner, Job *job, GError *error)
{
  g_mutex_lock (&runner->lock);
  if (runner->error == NULL)
    runner->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&runner->lock);
  for (gsize b = 0; b < job->n_runs; b++)
    tw_trace_run_end (tw_trace_get_run (runner->trace, job->optimizer, job->first + b), TW_STOP_CANCELLED, 0,
                      0);
}

/* One slice of a job, on a worker thread. */
static void
job_work (gpointer data, gpointer user_data)
{
  Job *job = data;
  TwRunner *runner = user_data;
  GError *error = NULL;
  gint64 now = g_get_monotonic_time (), slice_end = now + (gint64)(SLICE_SECONDS * G_USEC_PER_SEC);

  if (job->work == NULL && !g_atomic_int_get (&runner->cancelled) && !job_prepare (runner, job, &error)) {
    job_fail (runner, job, error);
    job_finish (runner, job);
    return;
  }
  while (job->n_active > 0 && !g_atomic_int_get (&runner->cancelled)) {
    gsize n_active = job->n_active;
    gint64 before = now;
    job_step (runner, job);
    __atomic_add_fetch (&runner->rows_done, 1, __ATOMIC_RELAXED);
    now = g_get_monotonic_time ();
    job->seconds += (double)(now - before) / G_USEC_PER_SEC / (double)n_active;
    if (now >= slice_end && job->n_active > 0 && runner->n_jobs <= MAX_JOBS_SIDE_BY_SIDE) {
      g_thread_pool_push (runner->pool, job, NULL);
      return;
    }
  }
  for (gsize b = 0; b < job->n_runs; b++)
    if (job->ended == NULL)
      tw_trace_run_end (tw_trace_get_run (runner->trace, job->optimizer, job->first + b), TW_STOP_CANCELLED,
                        0, 0);
    else if (!job->ended[b])
      job_end_run (runner, job, b, TW_STOP_CANCELLED);
  job_finish (runner, job);
}

/* Jobs in the order of starts, then optimizers, so that all optimizers fill at the same pace. */
static void
cut_into_jobs (TwRunner *runner)
{
  gsize n_starts = tw_experiment_n_starts (runner->experiment),
        n_optimizers = runner->experiment->optimizers->len;
  gsize batch = CLAMP (BATCH_ROWS / tw_problem_get_dim (runner->problem), 1, BATCH_RUNS);
  gsize n_batches = (n_starts + batch - 1) / batch;

  runner->n_jobs = runner->jobs_left = n_batches * n_optimizers;
  runner->jobs = g_new0 (Job, runner->n_jobs);
  for (gsize j = 0; j < runner->n_jobs; j++) {
    runner->jobs[j].optimizer = j % n_optimizers;
    runner->jobs[j].first = j / n_optimizers * batch;
    runner->jobs[j].n_runs = MIN (batch, n_starts - runner->jobs[j].first);
  }
}

static gboolean
runner_prepare (TwRunner *runner, gsize probe_bytes, gsize snapshot_bytes, GError **error)
{
  const TwExperiment *experiment = runner->experiment;
  gsize n_optimizers = experiment->optimizers->len;

  if (!tw_experiment_check (experiment, error))
    return FALSE;
  runner->problem = tw_experiment_create_problem (experiment, error);
  if (runner->problem == NULL)
    return FALSE;
  cut_into_jobs (runner);
  /* The first batch of each optimizer is made here: what can go wrong with it does so before anything runs.
   */
  g_autofree TwOptimizer **steppers = g_new0 (TwOptimizer *, n_optimizers);
  for (gsize o = 0; o < n_optimizers; o++) {
    if (!job_create_stepper (runner, &runner->jobs[o], error))
      return FALSE;
    steppers[o] = runner->jobs[o].stepper;
  }
  runner->trace = tw_trace_new (runner->problem, steppers, (char **)experiment->optimizers->pdata,
                                n_optimizers, tw_experiment_n_starts (experiment), experiment->steps,
                                experiment->seed, probe_bytes, error);
  if (runner->trace != NULL && snapshot_bytes > 0)
    tw_trace_keep_snapshots (runner->trace, snapshot_bytes);
  return runner->trace != NULL;
}

TwRunner *
tw_runner_start_within (const TwExperiment *experiment, guint n_threads, gsize probe_bytes, gsize snapshot_bytes,
                        GError **error)
{
  g_autoptr (TwRunner) runner = g_new0 (TwRunner, 1);

  g_mutex_init (&runner->lock);
  g_cond_init (&runner->changed);
  runner->done = TRUE; /* nothing to wait for yet */
  runner->experiment = tw_experiment_copy (experiment);
  openblas_set_num_threads (1); /* the threads are ours: one per job */
  if (!runner_prepare (runner, probe_bytes, snapshot_bytes, error))
    return NULL;
  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  runner->pool =
    g_thread_pool_new (job_work, runner, (int)MIN (n_threads, TW_RUNNER_MAX_THREADS), FALSE, error);
  if (runner->pool == NULL)
    return NULL;
  runner->done = FALSE;
  for (gsize j = 0; j < runner->n_jobs; j++)
    g_thread_pool_push (runner->pool, &runner->jobs[j], NULL);
  return g_steal_pointer (&runner);
}

TwRunner *
tw_runner_start_with_probes (const TwExperiment *experiment, guint n_threads, gsize probe_bytes,
                             GError **error)
{
  return tw_runner_start_within (experiment, n_threads, probe_bytes, 0, error);
}

TwRunner *
tw_runner_start (const TwExperiment *experiment, guint n_threads, GError **error)
{
  return tw_runner_start_within (experiment, n_threads, TW_TRACE_PROBE_BYTES, 0, error);
}

TwRunner *
tw_runner_start_watched (const TwExperiment *experiment, guint n_threads, GError **error)
{
  return tw_runner_start_within (experiment, n_threads, TW_TRACE_PROBE_BYTES, TW_SNAPSHOTS_BYTES, error);
}

TwTrace *
tw_runner_get_trace (TwRunner *runner)
{
  return runner->trace;
}

gboolean
tw_runner_is_done (TwRunner *runner)
{
  g_mutex_lock (&runner->lock);
  gboolean done = runner->done;
  g_mutex_unlock (&runner->lock);
  return done;
}

double
tw_runner_get_progress (TwRunner *runner)
{
  double all = (double)runner->n_jobs * ((double)runner->experiment->steps + 1);

  return (double)__atomic_load_n (&runner->rows_done, __ATOMIC_RELAXED) / all;
}

void
tw_runner_cancel (TwRunner *runner)
{
  g_atomic_int_set (&runner->cancelled, TRUE);
}

void
tw_runner_wait (TwRunner *runner)
{
  g_mutex_lock (&runner->lock);
  while (!runner->done)
    g_cond_wait (&runner->changed, &runner->lock);
  g_mutex_unlock (&runner->lock);
}

gboolean
tw_runner_wait_until (TwRunner *runner, gint64 end_time)
{
  g_mutex_lock (&runner->lock);
  while (!runner->done && g_cond_wait_until (&runner->changed, &runner->lock, end_time))
    ;
  gboolean done = runner->done;
  g_mutex_unlock (&runner->lock);
  return done;
}

void
tw_runner_set_done_callback (TwRunner *runner, void (*done) (gpointer), gpointer data)
{
  g_mutex_lock (&runner->lock);
  gboolean late = runner->done;
  if (!late) {
    runner->done_callback = done;
    runner->done_data = data;
  }
  g_mutex_unlock (&runner->lock);
  if (late && done != NULL)
    done (data);
}

const GError *
tw_runner_get_error (TwRunner *runner)
{
  return runner->error;
}

void
tw_runner_free (TwRunner *runner)
{
  if (runner == NULL)
    return;
  tw_runner_cancel (runner);
  tw_runner_wait (runner);
  /* Also waits for a callback that is still running. */
  if (runner->pool != NULL)
    g_thread_pool_free (runner->pool, FALSE, TRUE);
  for (gsize j = 0; j < runner->n_jobs; j++)
    job_clear (&runner->jobs[j]);
  g_free (runner->jobs);
  tw_trace_unref (runner->trace);
  g_clear_pointer (&runner->problem, tw_problem_unref);
  tw_experiment_free (runner->experiment);
  g_clear_error (&runner->error);
  g_mutex_clear (&runner->lock);
  g_cond_clear (&runner->changed);
  g_free (runner);
}

static void
cancel_runner (GCancellable *cancellable, gpointer runner)
{
  tw_runner_cancel (runner);
}

TwTrace *
tw_run_experiment (const TwExperiment *experiment, guint n_threads, GCancellable *cancellable, GError **error)
{
  g_autoptr (TwRunner) runner = tw_runner_start (experiment, n_threads, error);
  gulong handler = 0;

  if (runner == NULL)
    return NULL;
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancel_runner), runner, NULL);
  tw_runner_wait (runner);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  if (runner->error != NULL) {
    g_propagate_error (error, g_error_copy (runner->error));
    return NULL;
  }
  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "cancelled");
    return NULL;
  }
  return tw_trace_ref (runner->trace);
}
