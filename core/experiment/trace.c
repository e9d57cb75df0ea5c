#include "core/experiment/trace-private.h"

#include <math.h>
#include <string.h>

#include "core/error.h"

typedef struct {
  char *spec;
  gboolean attends;
  double *columns;  /* of all runs, (N, doubles per run) */
  double *metrics;  /* of all runs, (N, metric rows, metrics) */
  guint64 *metric_steps;
  TwTraceRun *runs; /* (N) */
  gsize n_probes;
  TwProbe *probes; /* (n_probes), with their own strings */
  gsize *counts;   /* (n_probes) of each: kept coordinates, tensors, or 1 */
  float **values;  /* (n_probes) each (sampled, probe rows, count, width) */
} Optimizer;

struct _TwTrace {
  gatomicrefcount ref_count;
  TwProblem *problem;
  gsize n_optimizers, n_starts, n_kept, n_sampled, n_probe_rows, bytes;
  guint64 n_steps, seed;
  gsize *kept; /* (n_kept) */
  Optimizer *optimizers;
  TwSnapshots *snapshots; /* NULL: none */
};

static void
choose_coordinates (TwTrace *trace)
{
  gsize dim = tw_problem_get_dim (trace->problem);

  trace->n_kept = MIN (dim, TW_TRACE_MAX_COORDINATES);
  trace->kept = g_new (gsize, trace->n_kept);
  for (gsize i = 0; i < trace->n_kept; i++)
    trace->kept[i] = i * dim / trace->n_kept;
}

/* Steps are bounded, so this can't overflow. */
static gsize
doubles_per_run (gsize n_kept, gboolean attends, guint64 n_steps)
{
  return (n_steps + 1) * (2 + n_kept * (attends ? 2 : 1));
}

/* Rows of metrics that a run may have: at step 0 and every interval, and at the end. */
static gsize
metric_rows (const TwProblem *problem, guint64 n_steps)
{
  guint64 interval = tw_problem_get_metric_interval (problem);
  gsize n;

  tw_problem_get_metric_names (problem, &n);
  return n == 0 ? 0 : interval == 0 ? 1 : n_steps / interval + 2;
}

static gsize
metric_bytes (const TwProblem *problem, guint64 n_steps)
{
  gsize n;

  tw_problem_get_metric_names (problem, &n);
  return metric_rows (problem, n_steps) * (n * sizeof (double) + sizeof (guint64));
}

double
tw_trace_column_bytes (const TwProblem *problem, gboolean attends, guint64 n_steps)
{
  gsize n_kept = MIN (tw_problem_get_dim (problem), TW_TRACE_MAX_COORDINATES);

  return (double)doubles_per_run (n_kept, attends, n_steps) * sizeof (double) +
         (double)metric_bytes (problem, n_steps);
}

gboolean
tw_trace_check_bytes (double bytes, GError **error)
{
  if (bytes <= (double)TW_TRACE_COLUMN_BYTES)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
               "so many optimizers, starts and steps need %.1f GiB of memory; at most %.0f GiB are taken",
               bytes / 0x1p30, TW_TRACE_COLUMN_BYTES / 0x1p30);
  return FALSE;
}

static gboolean
take_columns (TwTrace *trace, GError **error)
{
  double needed = 0;
  gsize measured = metric_rows (trace->problem, trace->n_steps), n_metrics;

  tw_problem_get_metric_names (trace->problem, &n_metrics);
  for (gsize o = 0; o < trace->n_optimizers; o++)
    needed +=
      trace->n_starts * tw_trace_column_bytes (trace->problem, trace->optimizers[o].attends, trace->n_steps);
  if (!tw_trace_check_bytes (needed, error))
    return FALSE;
  for (gsize o = 0; o < trace->n_optimizers; o++) {
    Optimizer *optimizer = &trace->optimizers[o];
    gsize rows = trace->n_steps + 1,
          per_run = doubles_per_run (trace->n_kept, optimizer->attends, trace->n_steps);
    optimizer->columns = g_try_new (double, trace->n_starts *per_run);
    optimizer->runs = g_try_new0 (TwTraceRun, trace->n_starts);
    optimizer->metrics = g_try_new (double, MAX (1, trace->n_starts * measured * n_metrics));
    optimizer->metric_steps = g_try_new (guint64, MAX (1, trace->n_starts * measured));
    if (optimizer->columns == NULL || optimizer->runs == NULL || optimizer->metrics == NULL ||
        optimizer->metric_steps == NULL) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                   "there is no memory for the %.1f GiB this experiment needs", needed / 0x1p30);
      return FALSE;
    }
    for (gsize s = 0; s < trace->n_starts; s++) {
      TwTraceRun *run = &optimizer->runs[s];
      run->loss = optimizer->columns + s * per_run;
      run->grad_norm = run->loss + rows;
      run->theta = run->grad_norm + rows;
      run->phi = optimizer->attends ? run->theta + rows * trace->n_kept : NULL;
      run->metrics = n_metrics > 0 ? optimizer->metrics + s * measured * n_metrics : NULL;
      run->metric_steps = n_metrics > 0 ? optimizer->metric_steps + s * measured : NULL;
    }
    trace->bytes += trace->n_starts * (per_run * sizeof (double) + sizeof (TwTraceRun) +
                                       metric_bytes (trace->problem, trace->n_steps));
  }
  return TRUE;
}

/* The optimizer's own table may go with it. */
static void
copy_probes (TwTrace *trace, Optimizer *optimizer, const TwOptimizer *from)
{
  const TwProbe *probes = tw_optimizer_get_probes (from, &optimizer->n_probes);

  optimizer->probes = g_new0 (TwProbe, optimizer->n_probes);
  optimizer->counts = g_new0 (gsize, optimizer->n_probes);
  optimizer->values = g_new0 (float *, optimizer->n_probes);
  for (gsize p = 0; p < optimizer->n_probes; p++) {
    TwProbe *probe = &optimizer->probes[p];
    *probe = probes[p];
    probe->name = g_strdup (probes[p].name);
    probe->title = g_strdup (probes[p].title);
    if (probes[p].unit_names != NULL) {
      char **names = g_new0 (char *, probe->width + 1);
      for (guint i = 0; i < probe->width; i++)
        names[i] = g_strdup (probes[p].unit_names[i]);
      probe->unit_names = (const char *const *)names;
    }
    optimizer->counts[p] = probe->level == TW_LEVEL_ROW      ? trace->n_kept
                           : probe->level == TW_LEVEL_TENSOR ? tw_problem_get_n_tensors (trace->problem)
                                                             : 1;
  }
}

/* Fewer starts first, then fewer rows of the one that is left. */
static gboolean
take_probes (TwTrace *trace, gsize budget, GError **error)
{
  gsize per_row = 0; /* bytes at one k of one start, all optimizers together */

  for (gsize o = 0; o < trace->n_optimizers; o++)
    for (gsize p = 0; p < trace->optimizers[o].n_probes; p++)
      per_row += trace->optimizers[o].counts[p] * trace->optimizers[o].probes[p].width * sizeof (float);
  if (per_row == 0 || budget / per_row == 0)
    return TRUE;

  gsize rows = budget / per_row;
  trace->n_sampled = CLAMP (rows / (trace->n_steps + 1), 1, trace->n_starts);
  trace->n_probe_rows = MIN (rows, trace->n_steps + 1);
  for (gsize o = 0; o < trace->n_optimizers; o++) {
    Optimizer *optimizer = &trace->optimizers[o];
    for (gsize p = 0; p < optimizer->n_probes; p++) {
      gsize n = trace->n_sampled * trace->n_probe_rows * optimizer->counts[p] * optimizer->probes[p].width;
      optimizer->values[p] = g_try_new0 (float, MAX (n, 1));
      if (optimizer->values[p] == NULL) {
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "there is no memory for what optimizers show");
        return FALSE;
      }
      trace->bytes += n * sizeof (float);
    }
  }
  return TRUE;
}

TwTrace *
tw_trace_new (TwProblem *problem, TwOptimizer *const *optimizers, char *const *specs, gsize n, gsize n_starts,
              guint64 n_steps, guint64 seed, gsize probe_bytes, GError **error)
{
  g_autoptr (TwTrace) trace = g_new0 (TwTrace, 1);

  g_atomic_ref_count_init (&trace->ref_count);
  trace->problem = tw_problem_ref (problem);
  trace->n_optimizers = n;
  trace->n_starts = n_starts;
  trace->n_steps = n_steps;
  trace->seed = seed;
  trace->bytes = sizeof *trace + n * sizeof (Optimizer);
  choose_coordinates (trace);
  trace->optimizers = g_new0 (Optimizer, n);
  for (gsize o = 0; o < n; o++) {
    trace->optimizers[o].spec = g_strdup (specs[o]);
    trace->optimizers[o].attends = tw_optimizer_attends (optimizers[o]);
    copy_probes (trace, &trace->optimizers[o], optimizers[o]);
  }
  if (!take_columns (trace, error) || !take_probes (trace, probe_bytes, error))
    return NULL;
  return g_steal_pointer (&trace);
}

TwTrace *
tw_trace_ref (TwTrace *trace)
{
  g_atomic_ref_count_inc (&trace->ref_count);
  return trace;
}

static void
clear_optimizer (Optimizer *optimizer)
{
  for (gsize p = 0; p < optimizer->n_probes; p++) {
    g_free ((char *)optimizer->probes[p].name);
    g_free ((char *)optimizer->probes[p].title);
    g_strfreev ((char **)optimizer->probes[p].unit_names);
    g_free (optimizer->values[p]);
  }
  g_free (optimizer->probes);
  g_free (optimizer->counts);
  g_free (optimizer->values);
  g_free (optimizer->columns);
  g_free (optimizer->metrics);
  g_free (optimizer->metric_steps);
  g_free (optimizer->runs);
  g_free (optimizer->spec);
}

void
tw_trace_unref (TwTrace *trace)
{
  if (trace == NULL || !g_atomic_ref_count_dec (&trace->ref_count))
    return;
  for (gsize o = 0; o < trace->n_optimizers; o++)
    clear_optimizer (&trace->optimizers[o]);
  g_free (trace->optimizers);
  tw_snapshots_free (trace->snapshots);
  g_free (trace->kept);
  tw_problem_unref (trace->problem);
  g_free (trace);
}

TwProblem *
tw_trace_get_problem (const TwTrace *trace)
{
  return trace->problem;
}

gsize
tw_trace_get_n_optimizers (const TwTrace *trace)
{
  return trace->n_optimizers;
}

gsize
tw_trace_get_n_starts (const TwTrace *trace)
{
  return trace->n_starts;
}

guint64
tw_trace_get_n_steps (const TwTrace *trace)
{
  return trace->n_steps;
}

guint64
tw_trace_get_seed (const TwTrace *trace)
{
  return trace->seed;
}

const char *
tw_trace_get_optimizer_spec (const TwTrace *trace, gsize optimizer)
{
  return trace->optimizers[optimizer].spec;
}

gsize
tw_trace_get_bytes (const TwTrace *trace)
{
  return trace->bytes;
}

gboolean
tw_trace_attends (const TwTrace *trace, gsize optimizer)
{
  return trace->optimizers[optimizer].attends;
}

gsize
tw_trace_get_n_coordinates (const TwTrace *trace)
{
  return trace->n_kept;
}

const gsize *
tw_trace_get_coordinates (const TwTrace *trace)
{
  return trace->kept;
}

gsize
tw_trace_get_coordinate_tensor (const TwTrace *trace, gsize coordinate)
{
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize row = tw_trace_get_coordinates (trace)[coordinate], tensor = 0;

  for (const gsize *sizes = tw_problem_get_tensor_sizes (problem); row >= sizes[tensor]; tensor++)
    row -= sizes[tensor];
  return tensor;
}

char *
tw_trace_name_coordinate (const TwTrace *trace, gsize coordinate)
{
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize row = tw_trace_get_coordinates (trace)[coordinate], tensor = tw_trace_get_coordinate_tensor (trace, coordinate);

  if (tw_problem_get_dim (problem) == 2)
    return g_strdup (row == 0 ? "x" : "y");
  for (gsize t = 0; t < tensor; t++)
    row -= tw_problem_get_tensor_sizes (problem)[t];
  return g_strdup_printf ("%s[%" G_GSIZE_FORMAT "]", tw_problem_get_tensor_name (problem, tensor), row);
}

TwTraceRun *
tw_trace_get_run (TwTrace *trace, gsize optimizer, gsize start)
{
  return &trace->optimizers[optimizer].runs[start];
}

gsize
tw_trace_get_n_sampled (const TwTrace *trace)
{
  return trace->n_sampled;
}

gsize
tw_trace_get_n_probe_rows (const TwTrace *trace)
{
  return trace->n_probe_rows;
}

gsize
tw_trace_get_n_rows (const TwTrace *trace, gsize optimizer, gsize start)
{
  return __atomic_load_n (&trace->optimizers[optimizer].runs[start].n_rows, __ATOMIC_ACQUIRE);
}

const double *
tw_trace_get_loss (const TwTrace *trace, gsize optimizer, gsize start)
{
  return trace->optimizers[optimizer].runs[start].loss;
}

const double *
tw_trace_get_grad_norm (const TwTrace *trace, gsize optimizer, gsize start)
{
  return trace->optimizers[optimizer].runs[start].grad_norm;
}

const double *
tw_trace_get_theta (const TwTrace *trace, gsize optimizer, gsize start)
{
  return trace->optimizers[optimizer].runs[start].theta;
}

const double *
tw_trace_get_phi (const TwTrace *trace, gsize optimizer, gsize start)
{
  return trace->optimizers[optimizer].runs[start].phi;
}

gsize
tw_trace_get_n_metric_rows (const TwTrace *trace, gsize optimizer, gsize start)
{
  return __atomic_load_n (&trace->optimizers[optimizer].runs[start].n_measured, __ATOMIC_ACQUIRE);
}

const guint64 *
tw_trace_get_metric_steps (const TwTrace *trace, gsize optimizer, gsize start)
{
  return trace->optimizers[optimizer].runs[start].metric_steps;
}

const double *
tw_trace_get_metrics (const TwTrace *trace, gsize optimizer, gsize start)
{
  return trace->optimizers[optimizer].runs[start].metrics;
}

const double *
tw_trace_get_final_metrics (const TwTrace *trace, gsize optimizer, gsize start)
{
  const TwTraceRun *run = &trace->optimizers[optimizer].runs[start];
  gsize rows = tw_trace_get_n_metric_rows (trace, optimizer, start), n;

  tw_problem_get_metric_names (trace->problem, &n);
  if (rows == 0 || run->metric_steps[rows - 1] != trace->n_steps)
    return NULL;
  return run->metrics + (rows - 1) * n;
}

TwStopReason
tw_trace_get_stop_reason (const TwTrace *trace, gsize optimizer, gsize start)
{
  return (TwStopReason)__atomic_load_n (&trace->optimizers[optimizer].runs[start].stop, __ATOMIC_ACQUIRE);
}

const char *
tw_stop_reason_name (TwStopReason reason)
{
  switch (reason) {
  case TW_STOP_BUDGET:
    return "budget";
  case TW_STOP_CONVERGED:
    return "converged";
  case TW_STOP_DIVERGED:
    return "diverged";
  case TW_STOP_CANCELLED:
    return "cancelled";
  case TW_STOP_RUNNING:
    break;
  }
  return "running";
}

char *
tw_trace_describe_stop (const TwTrace *trace, gsize optimizer, gsize start)
{
  TwStopReason reason = tw_trace_get_stop_reason (trace, optimizer, start);
  gsize rows = tw_trace_get_n_rows (trace, optimizer, start);

  switch (reason) {
  case TW_STOP_BUDGET:
    return g_strdup_printf ("all %" G_GUINT64_FORMAT " steps done", trace->n_steps);
  case TW_STOP_CONVERGED:
    return g_strdup_printf ("converged within %" G_GUINT64_FORMAT " steps", trace->n_steps);
  case TW_STOP_DIVERGED:
    return g_strdup_printf ("diverged at step %" G_GSIZE_FORMAT, rows);
  case TW_STOP_CANCELLED:
    return g_strdup_printf ("cancelled at step %" G_GSIZE_FORMAT, rows);
  case TW_STOP_RUNNING:
    break;
  }
  return g_strdup_printf ("at step %" G_GSIZE_FORMAT " of %" G_GUINT64_FORMAT, rows > 0 ? rows - 1 : 0,
                          trace->n_steps);
}

char *
tw_trace_describe_stops (const TwTrace *trace, gsize optimizer)
{
  static const struct {
    TwStopReason reason;
    const char *words;
  } kinds[] = {
    { TW_STOP_CONVERGED, "converged" },    { TW_STOP_BUDGET, "ran all steps" }, { TW_STOP_DIVERGED, "diverged" },
    { TW_STOP_CANCELLED, "were stopped" }, { TW_STOP_RUNNING, "still run" },
  };

  if (trace->n_starts == 1)
    return tw_trace_describe_stop (trace, optimizer, 0);
  GString *text = g_string_new (NULL);
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++) {
    gsize count = 0;
    for (gsize s = 0; s < trace->n_starts; s++)
      count += tw_trace_get_stop_reason (trace, optimizer, s) == kinds[k].reason;
    if (count > 0)
      g_string_append_printf (text, "%s%" G_GSIZE_FORMAT " %s", text->len > 0 ? ", " : "", count, kinds[k].words);
  }
  return g_string_free (text, FALSE);
}

guint64
tw_trace_get_evaluations (const TwTrace *trace, gsize optimizer, gsize start)
{
  return __atomic_load_n (&trace->optimizers[optimizer].runs[start].evaluations, __ATOMIC_RELAXED);
}

double
tw_trace_get_seconds (const TwTrace *trace, gsize optimizer, gsize start)
{
  double seconds;

  __atomic_load (&trace->optimizers[optimizer].runs[start].seconds, &seconds, __ATOMIC_RELAXED);
  return seconds;
}

const TwProbe *
tw_trace_get_probes (const TwTrace *trace, gsize optimizer, gsize *n)
{
  *n = trace->optimizers[optimizer].n_probes;
  return trace->optimizers[optimizer].probes;
}

float *
tw_trace_get_probe_slot (TwTrace *trace, gsize optimizer, gsize start, gsize probe, gsize k)
{
  const Optimizer *o = &trace->optimizers[optimizer];

  return o->values[probe] + (start * trace->n_probe_rows + k) * o->counts[probe] * o->probes[probe].width;
}

const float *
tw_trace_get_probe (const TwTrace *trace, gsize optimizer, gsize start, gsize probe, gsize k, gsize *count)
{
  const Optimizer *o = &trace->optimizers[optimizer];

  if (probe >= o->n_probes || start >= trace->n_sampled || k >= trace->n_probe_rows ||
      k >= tw_trace_get_n_rows (trace, optimizer, start))
    return NULL;
  if (count != NULL)
    *count = o->counts[probe];
  return tw_trace_get_probe_slot ((TwTrace *)trace, optimizer, start, probe, k);
}

void
tw_trace_keep_snapshots (TwTrace *trace, gsize budget)
{
  g_autofree gboolean *attends = g_new (gboolean, trace->n_optimizers);
  double domain[4];

  if (tw_problem_get_domain (trace->problem, domain))
    return;
  for (gsize o = 0; o < trace->n_optimizers; o++)
    attends[o] = tw_trace_attends (trace, o);
  trace->snapshots = tw_snapshots_new (trace->n_optimizers, attends, trace->n_starts, trace->n_steps,
                                       tw_problem_get_dim (trace->problem), budget);
  if (trace->snapshots != NULL)
    trace->bytes += trace->snapshots->bytes;
}

const TwSnapshots *
tw_trace_get_snapshots (const TwTrace *trace)
{
  return trace->snapshots;
}

const guint64 *
tw_trace_get_snapshot_steps (const TwTrace *trace, gsize *n)
{
  *n = trace->snapshots != NULL ? trace->snapshots->n : 0;
  return trace->snapshots != NULL ? trace->snapshots->steps : NULL;
}

gsize
tw_trace_get_n_snapshot_starts (const TwTrace *trace)
{
  return trace->snapshots != NULL ? trace->snapshots->n_starts : 0;
}

gsize
tw_trace_get_n_snapshots (const TwTrace *trace, gsize optimizer, gsize start)
{
  gsize rows = tw_trace_get_n_rows (trace, optimizer, start), n = 0;

  if (trace->snapshots == NULL || start >= trace->snapshots->n_starts)
    return 0;
  while (n < trace->snapshots->n && trace->snapshots->steps[n] < rows)
    n++;
  return n;
}

const float *
tw_trace_get_snapshot (const TwTrace *trace, gsize optimizer, gsize start, gsize i)
{
  g_return_val_if_fail (i < tw_trace_get_n_snapshots (trace, optimizer, start), NULL);
  return tw_snapshots_get (trace->snapshots, optimizer, start, i);
}

gboolean
tw_trace_find_snapshot (const TwTrace *trace, gsize optimizer, gsize start, guint64 step, gsize *i)
{
  gsize n = tw_trace_get_n_snapshots (trace, optimizer, start), after = 0; /* the first that is not before */

  if (n == 0)
    return FALSE;
  const guint64 *steps = trace->snapshots->steps;
  while (after + 1 < n && steps[after] < step)
    after++;
  *i = after > 0 && steps[after] > step && step - steps[after - 1] < steps[after] - step ? after - 1 : after;
  return TRUE;
}

const float *
tw_trace_get_attended_snapshot (const TwTrace *trace, gsize optimizer, gsize start, gsize i)
{
  g_return_val_if_fail (i < tw_trace_get_n_snapshots (trace, optimizer, start), NULL);
  return tw_snapshots_get_attended (trace->snapshots, optimizer, start, i);
}

double
tw_trace_get_final_loss (const TwTrace *trace, gsize optimizer, gsize start)
{
  gsize rows = tw_trace_get_n_rows (trace, optimizer, start);

  return rows > 0 ? tw_trace_get_loss (trace, optimizer, start)[rows - 1] : NAN;
}

double
tw_trace_get_best_loss (const TwTrace *trace, gsize optimizer, gsize start)
{
  gsize rows = tw_trace_get_n_rows (trace, optimizer, start);
  const double *loss = tw_trace_get_loss (trace, optimizer, start);
  double best = rows > 0 ? loss[0] : NAN;

  for (gsize k = 1; k < rows; k++)
    best = MIN (best, loss[k]);
  return best;
}

gint64
tw_trace_steps_to_tolerance (const TwTrace *trace, gsize optimizer, gsize start, double tolerance)
{
  gsize rows = tw_trace_get_n_rows (trace, optimizer, start);
  const double *loss = tw_trace_get_loss (trace, optimizer, start);
  double minimum = tw_problem_get_minimum (trace->problem);

  for (gsize k = 0; k < rows; k++)
    if (loss[k] - minimum <= tolerance)
      return (gint64)k;
  return -1;
}
