#include "core/meta/unroll.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/learned/hrnn-backward.h"
#include "core/learned/hrnn-private.h"
#include "core/learned/hrnn-tape.h"
#include "core/meta/crew.h"

#define EPSILON 1e-6
/* A chunk takes runs until it has this many tensors or rows: enough for the matrix products, few enough for
 * its tape to stay in the cache and for every thread to find work. */
#define CHUNK_TENSORS 16
#define CHUNK_ROWS 64

/* Neighbouring runs of a chunk that share a problem. */
typedef struct {
  TwProblem *problem, *scored; /* where gradients come from, and whose loss counts */
  TwProblemWork *work, *scored_work;
  gsize first, n; /* runs of the chunk */
} Group;

typedef struct {
  gsize first_run, n_runs;
  TwLayout *layout;
  Group *groups;
  gsize n_groups;
  TwHrnnState *state;
  TwHrnn *stepper;             /* NULL where steps go on a tape */
  double *start, *theta, *phi; /* (R) */
  double *log_lr;              /* (R) */
  TwDraw *draws;               /* (B) */
  double *minimum;             /* (B) */
  double *loss0;               /* (B) f at the start */
  double *objective;           /* (B) of the last call */
  guint8 *diverged;            /* (B) */
  guint8 *fresh;               /* (B) the state is the learned initial one */
  double *gradient;            /* (P) of the sum over its runs */
  gsize n_cut;
} Chunk;

/* What one thread needs, large enough for any chunk. */
typedef struct {
  TwHrnnTape *tape;
  double *phi;                                /* (K, R) where gradients were taken */
  double *slope;                              /* (K, R) d objective / d theta_{k+1} */
  double *loss;                               /* (B) */
  double *gradient;                           /* (R) */
  double *theta_bar, *phi_bar, *gradient_bar; /* (R) */
} Worker;

struct _TwUnroll {
  TwHrnnConfig config;
  TwTapeWeights *weights;
  gsize n_runs, max_steps, n_chunks; /* max_steps 0: no tape, objectives only */
  Chunk *chunks;
  gsize *chunk_of; /* (n_runs) */
  guint n_workers;
  Worker *workers;
  TwCrew *crew; /* of as many members; NULL before the first call */
  guint64 step; /* steps done since the start */
  /* of the call under way */
  const TwHrnnWeights *current;
  const TwUnrollOptions *options;
  gsize n_steps;
  double total; /* sum of count_of_step() over them */
  gboolean backward;
  gint next_chunk;
};

static void
chunk_init (Chunk *chunk, const TwHrnnConfig *config, const TwUnrollRun *runs, gsize first, gsize n, gsize P)
{
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autofree gsize *counts = g_new (gsize, n);
  chunk->first_run = first;
  chunk->n_runs = n;
  chunk->groups = g_new0 (Group, n);
  for (gsize b = 0; b < n; b++) {
    TwProblem *problem = runs[first + b].problem;
    TwProblem *scored = runs[first + b].scored != NULL ? runs[first + b].scored : problem;
    const Group *last = chunk->n_groups > 0 ? &chunk->groups[chunk->n_groups - 1] : NULL;
    counts[b] = tw_problem_get_n_tensors (problem);
    g_array_append_vals (sizes, tw_problem_get_tensor_sizes (problem), counts[b]);
    if (last == NULL || problem != last->problem || scored != last->scored)
      chunk->groups[chunk->n_groups++] =
        (Group){ .problem = tw_problem_ref (problem), .scored = tw_problem_ref (scored), .first = b };
    chunk->groups[chunk->n_groups - 1].n++;
  }
  for (gsize i = 0; i < chunk->n_groups; i++) {
    Group *group = &chunk->groups[i];
    group->work = tw_problem_work_new (group->problem, group->n);
    group->scored_work = group->scored == group->problem ? group->work : tw_problem_work_new (group->scored, group->n);
  }
  chunk->layout = tw_layout_new (n, counts, (const gsize *)(gpointer)sizes->data);
  gsize R = chunk->layout->n_rows;
  chunk->state = tw_hrnn_state_new (config, chunk->layout);
  chunk->start = g_new (double, R);
  chunk->theta = g_new (double, R);
  chunk->phi = g_new (double, R);
  chunk->log_lr = g_new (double, R);
  chunk->draws = g_new0 (TwDraw, n);
  chunk->minimum = g_new (double, n);
  chunk->loss0 = g_new0 (double, n);
  chunk->objective = g_new0 (double, n);
  chunk->diverged = g_new0 (guint8, n);
  chunk->fresh = g_new0 (guint8, n);
  chunk->gradient = g_new0 (double, P);
  for (gsize b = 0; b < n; b++) {
    const TwUnrollRun *run = &runs[first + b];
    gsize from = tw_layout_run_row (chunk->layout, b), to = tw_layout_run_row (chunk->layout, b + 1);
    memcpy (chunk->start + from, run->start, (to - from) * sizeof (double));
    for (gsize r = from; r < to; r++)
      chunk->log_lr[r] = run->log_lr;
    chunk->draws[b].stream = run->stream;
    chunk->minimum[b] = run->minimum;
  }
}

static void
chunk_clear (Chunk *chunk)
{
  for (gsize i = 0; i < chunk->n_groups; i++) {
    Group *group = &chunk->groups[i];
    if (group->scored_work != group->work)
      tw_problem_work_free (group->scored_work);
    tw_problem_work_free (group->work);
    tw_problem_unref (group->scored);
    tw_problem_unref (group->problem);
  }
  g_free (chunk->groups);
  tw_layout_free (chunk->layout);
  tw_hrnn_state_free (chunk->state);
  tw_hrnn_free (chunk->stepper);
  g_free (chunk->start);
  g_free (chunk->theta);
  g_free (chunk->phi);
  g_free (chunk->log_lr);
  g_free (chunk->draws);
  g_free (chunk->minimum);
  g_free (chunk->loss0);
  g_free (chunk->objective);
  g_free (chunk->diverged);
  g_free (chunk->fresh);
  g_free (chunk->gradient);
}

TwUnroll *
tw_unroll_new (const TwHrnnConfig *config, const TwUnrollRun *runs, gsize n_runs, gsize max_steps,
               guint n_threads)
{
  TwUnroll *unroll = g_new0 (TwUnroll, 1);
  openblas_set_num_threads (1); /* of what problems compute: the threads are ours */
  unroll->config = *config;
  unroll->weights = tw_tape_weights_new (config);
  unroll->n_runs = n_runs;
  unroll->max_steps = max_steps;
  unroll->chunks = g_new0 (Chunk, MAX (n_runs, 1));
  unroll->chunk_of = g_new (gsize, MAX (n_runs, 1));
  gsize bytes = 0, max_rows = 0, max_runs = 0;
  for (gsize first = 0; first < n_runs;) {
    gsize n = 0, rows = 0, tensors = 0;
    do {
      const TwProblem *problem = runs[first + n].problem;
      rows += tw_problem_get_dim (problem);
      tensors += tw_problem_get_n_tensors (problem);
      unroll->chunk_of[first + n++] = unroll->n_chunks;
    } while (first + n < n_runs && rows < CHUNK_ROWS && tensors < CHUNK_TENSORS);
    Chunk *chunk = &unroll->chunks[unroll->n_chunks++];
    chunk_init (chunk, config, runs, first, n, unroll->weights->shape.P);
    if (max_steps > 0)
      bytes = MAX (bytes, tw_hrnn_tape_size (unroll->weights, chunk->layout, max_steps));
    max_rows = MAX (max_rows, rows);
    max_runs = MAX (max_runs, n);
    first += n;
  }
  unroll->n_workers = (guint)CLAMP (n_threads, 1, MAX (unroll->n_chunks, 1));
  unroll->workers = g_new0 (Worker, unroll->n_workers);
  for (guint i = 0; i < unroll->n_workers; i++) {
    Worker *worker = &unroll->workers[i];
    worker->tape = max_steps > 0 ? tw_hrnn_tape_new (bytes) : NULL;
    worker->phi = g_new (double, max_steps * max_rows);
    worker->slope = g_new (double, MAX (max_steps, 1) * max_rows);
    worker->loss = g_new (double, max_runs);
    worker->gradient = g_new (double, max_rows);
    worker->theta_bar = g_new (double, max_rows);
    worker->phi_bar = g_new (double, max_rows);
    worker->gradient_bar = g_new (double, max_rows);
  }
  tw_unroll_restart (unroll);
  return unroll;
}

void
tw_unroll_free (TwUnroll *unroll)
{
  if (unroll == NULL)
    return;
  tw_crew_free (unroll->crew);
  for (gsize i = 0; i < unroll->n_chunks; i++)
    chunk_clear (&unroll->chunks[i]);
  for (guint i = 0; i < unroll->n_workers; i++) {
    Worker *worker = &unroll->workers[i];
    tw_hrnn_tape_free (worker->tape);
    g_free (worker->phi);
    g_free (worker->slope);
    g_free (worker->loss);
    g_free (worker->gradient);
    g_free (worker->theta_bar);
    g_free (worker->phi_bar);
    g_free (worker->gradient_bar);
  }
  g_free (unroll->chunks);
  g_free (unroll->chunk_of);
  g_free (unroll->workers);
  tw_tape_weights_free (unroll->weights);
  g_free (unroll);
}

void
tw_unroll_restart (TwUnroll *unroll)
{
  unroll->step = 0;
  for (gsize i = 0; i < unroll->n_chunks; i++) {
    Chunk *chunk = &unroll->chunks[i];
    gsize bytes = chunk->layout->n_rows * sizeof (double);
    memcpy (chunk->theta, chunk->start, bytes);
    memcpy (chunk->phi, chunk->start, bytes);
    memset (chunk->diverged, FALSE, chunk->n_runs);
    memset (chunk->fresh, TRUE, chunk->n_runs);
  }
}

static void
set_draws (const Chunk *chunk, guint64 step)
{
  for (gsize b = 0; b < chunk->n_runs; b++)
    chunk->draws[b].step = step;
}

/* The gradients (R) that the runs get at phi (R). */
static void
evaluate_gradients (const Chunk *chunk, guint64 step, const double *phi, double *gradient)
{
  set_draws (chunk, step);
  for (gsize i = 0; i < chunk->n_groups; i++) {
    const Group *group = &chunk->groups[i];
    gsize row = tw_layout_run_row (chunk->layout, group->first);
    tw_problem_eval (group->problem, group->work, group->n, phi + row, chunk->draws + group->first, NULL,
                     gradient + row);
  }
}

/* The losses (B) that count at theta (R), and their slopes (R) or NULL. */
static void
evaluate_losses (const Chunk *chunk, guint64 step, const double *theta, double *loss, double *slope)
{
  set_draws (chunk, step);
  for (gsize i = 0; i < chunk->n_groups; i++) {
    const Group *group = &chunk->groups[i];
    gsize row = tw_layout_run_row (chunk->layout, group->first);
    tw_problem_eval_exact (group->scored, group->scored_work, group->n, theta + row, chunk->draws + group->first,
                           loss + group->first, slope != NULL ? slope + row : NULL);
  }
}

static gboolean
all_finite (const double *v, gsize n)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += v[i] * 0;
  return sum == 0;
}

/* Takes run b out: its numbers stay finite and nothing of it counts from here on. */
static void
take_out (Chunk *chunk, gsize b)
{
  gsize from = tw_layout_run_row (chunk->layout, b), to = tw_layout_run_row (chunk->layout, b + 1);
  chunk->diverged[b] = TRUE;
  memcpy (chunk->theta + from, chunk->start + from, (to - from) * sizeof (double));
  memcpy (chunk->phi + from, chunk->start + from, (to - from) * sizeof (double));
}

/* How often theta_{k+1} counts. */
static double
count_of_step (const TwUnroll *unroll, gsize k)
{
  return unroll->options->late > 0 ? pow ((double)(unroll->step + k + 1), unroll->options->late) : 1;
}

/* The objective of theta_{k+1} and its slope; takes out the runs that diverged. */
static void
score (TwUnroll *unroll, Chunk *chunk, Worker *worker, gsize k, double *slope)
{
  const double limit = unroll->options->diverged_at > 0 ? unroll->options->diverged_at : INFINITY;
  const double per_step = count_of_step (unroll, k) / unroll->total;
  for (gsize b = 0; b < chunk->n_runs; b++) {
    gsize from = tw_layout_run_row (chunk->layout, b), to = tw_layout_run_row (chunk->layout, b + 1);
    double scale = MAX (chunk->loss0[b] - chunk->minimum[b], 0) + EPSILON;
    double ratio = (worker->loss[b] - chunk->minimum[b]) / scale;
    if (!chunk->diverged[b] && (!isfinite (ratio) || ratio > limit || !all_finite (slope + from, to - from)))
      take_out (chunk, b);
    double weight = ratio > 0 && !chunk->diverged[b] ? per_step / (scale * (ratio + EPSILON)) : 0;
    for (gsize r = from; r < to; r++)
      slope[r] = weight != 0 ? weight * slope[r] : 0;
    if (chunk->diverged[b])
      memcpy (chunk->theta + from, chunk->start + from, (to - from) * sizeof (double));
    else
      chunk->objective[b] += per_step * log (MAX (ratio, 0) + EPSILON);
  }
}

static void
chunk_forward (TwUnroll *unroll, Chunk *chunk, Worker *worker)
{
  const gsize R = chunk->layout->n_rows, K = unroll->n_steps;
  if (unroll->step == 0) {
    tw_hrnn_state_reset (chunk->state, unroll->current, chunk->layout, chunk->log_lr);
    evaluate_losses (chunk, 0, chunk->theta, chunk->loss0, NULL);
    for (gsize b = 0; b < chunk->n_runs; b++)
      if (!isfinite (chunk->loss0[b]))
        take_out (chunk, b);
  }
  const gboolean taped = worker->tape != NULL;
  if (taped)
    tw_hrnn_tape_begin (worker->tape, unroll->weights, chunk->layout, K, chunk->state);
  else if (chunk->stepper == NULL)
    chunk->stepper = tw_hrnn_new (unroll->current, chunk->layout);
  else
    tw_hrnn_set_weights (chunk->stepper, unroll->current);
  memset (chunk->objective, 0, chunk->n_runs * sizeof (double));
  for (gsize k = 0; k < K; k++) {
    if (taped)
      memcpy (worker->phi + k * R, chunk->phi, R * sizeof (double));
    evaluate_gradients (chunk, unroll->step + k, chunk->phi, worker->gradient);
    for (gsize b = 0; b < chunk->n_runs; b++) {
      gsize from = tw_layout_run_row (chunk->layout, b), to = tw_layout_run_row (chunk->layout, b + 1);
      if (!chunk->diverged[b] && all_finite (worker->gradient + from, to - from))
        continue;
      take_out (chunk, b);
      memset (worker->gradient + from, 0, (to - from) * sizeof (double));
    }
    if (taped)
      tw_hrnn_tape_step (worker->tape, k, worker->gradient, chunk->theta, chunk->phi);
    else {
      tw_hrnn_step (chunk->stepper, chunk->state, chunk->theta, chunk->phi, worker->gradient, NULL, NULL);
      if (!unroll->config.attention)
        memcpy (chunk->phi, chunk->theta, R * sizeof (double));
    }
    double *slope = worker->slope + (taped ? k * R : 0);
    evaluate_losses (chunk, unroll->step + k + 1, chunk->theta, worker->loss, slope);
    score (unroll, chunk, worker, k, slope);
  }
  if (taped)
    tw_hrnn_tape_get_state (worker->tape, K, chunk->state);
  for (gsize b = 0; b < chunk->n_runs; b++)
    if (chunk->diverged[b])
      chunk->objective[b] = NAN;
}

/* phi_bar = H (phi_k) gradient_bar; 0 for runs that are out. */
static void
through_gradient (TwUnroll *unroll, Chunk *chunk, Worker *worker, gsize k)
{
  const gsize R = chunk->layout->n_rows;
  const double *phi = worker->phi + k * R;
  set_draws (chunk, unroll->step + k);
  for (gsize i = 0; i < chunk->n_groups; i++) {
    const Group *group = &chunk->groups[i];
    gsize row = tw_layout_run_row (chunk->layout, group->first);
    gsize rows = tw_layout_run_row (chunk->layout, group->first + group->n) - row;
    TwStatus status =
      tw_problem_hessian_vector (group->problem, group->work, group->n, phi + row, worker->gradient_bar + row,
                                 chunk->draws + group->first, worker->phi_bar + row);
    if (status == TW_STATUS_UNSUPPORTED)
      memset (worker->phi_bar + row, 0, rows * sizeof (double));
  }
  for (gsize b = 0; b < chunk->n_runs; b++) {
    gsize from = tw_layout_run_row (chunk->layout, b), to = tw_layout_run_row (chunk->layout, b + 1);
    if (chunk->diverged[b])
      memset (worker->phi_bar + from, 0, (to - from) * sizeof (double));
  }
}

/* Cotangents that grew beyond reason end here. */
static void
cut (TwUnroll *unroll, Chunk *chunk, Worker *worker)
{
  const double limit = unroll->options->cut_at > 0 ? unroll->options->cut_at : G_MAXFLOAT;
  for (gsize b = 0; b < chunk->n_runs; b++) {
    gsize from = tw_layout_run_row (chunk->layout, b), to = tw_layout_run_row (chunk->layout, b + 1);
    double most = tw_hrnn_backward_magnitude (worker->tape, b);
    for (gsize r = from; r < to; r++)
      most += fabs (worker->theta_bar[r]) + fabs (worker->phi_bar[r]);
    if (most <= limit)
      continue;
    tw_hrnn_backward_cut (worker->tape, b);
    memset (worker->theta_bar + from, 0, (to - from) * sizeof (double));
    memset (worker->phi_bar + from, 0, (to - from) * sizeof (double));
    chunk->n_cut++;
  }
}

static void
chunk_backward (TwUnroll *unroll, Chunk *chunk, Worker *worker)
{
  const gsize R = chunk->layout->n_rows, P = unroll->weights->shape.P;
  double *theta_bar = worker->theta_bar, *phi_bar = worker->phi_bar;
  /* A run that diverged counts with none of its steps. */
  for (gsize b = 0; b < chunk->n_runs; b++)
    if (chunk->diverged[b]) {
      gsize from = tw_layout_run_row (chunk->layout, b), to = tw_layout_run_row (chunk->layout, b + 1);
      for (gsize k = 0; k < unroll->n_steps; k++)
        memset (worker->slope + k * R + from, 0, (to - from) * sizeof (double));
    }
  memset (theta_bar, 0, R * sizeof (double));
  memset (phi_bar, 0, R * sizeof (double));
  tw_hrnn_backward_begin (worker->tape);
  for (gsize k = unroll->n_steps; k-- > 0;) {
    const double *slope = worker->slope + k * R;
    for (gsize r = 0; r < R; r++)
      theta_bar[r] += slope[r];
    tw_hrnn_backward_step (worker->tape, k, theta_bar, phi_bar, worker->gradient_bar);
    if (!unroll->options->first_only)
      through_gradient (unroll, chunk, worker, k);
    else
      memset (phi_bar, 0, R * sizeof (double));
    cut (unroll, chunk, worker);
    if (!unroll->config.attention)
      for (gsize r = 0; r < R; r++)
        theta_bar[r] += phi_bar[r];
  }
  tw_hrnn_backward_end (worker->tape, chunk->fresh);
  tw_hrnn_backward_add_gradient (worker->tape, chunk->gradient);
  if (all_finite (chunk->gradient, P))
    return;
  /* Should a run have got past the cuts, none of the chunk counts. */
  memset (chunk->gradient, 0, P * sizeof (double));
  for (gsize b = 0; b < chunk->n_runs; b++) {
    take_out (chunk, b);
    chunk->objective[b] = NAN;
  }
}

/* What one member of the crew does in a call. */
static void
work (gpointer data, guint member)
{
  TwUnroll *unroll = data;
  Worker *worker = &unroll->workers[member];
  gsize i;
  while ((i = (gsize)g_atomic_int_add (&unroll->next_chunk, 1)) < unroll->n_chunks) {
    Chunk *chunk = &unroll->chunks[i];
    chunk->n_cut = 0;
    chunk_forward (unroll, chunk, worker);
    if (unroll->backward) {
      memset (chunk->gradient, 0, unroll->weights->shape.P * sizeof (double));
      chunk_backward (unroll, chunk, worker);
    }
    memset (chunk->fresh, FALSE, chunk->n_runs);
  }
}

void
tw_unroll_run (TwUnroll *unroll, const TwHrnnWeights *weights, gsize n_steps, const TwUnrollOptions *options,
               double *gradient, TwUnrollResult *result)
{
  g_return_if_fail (n_steps > 0 && (unroll->max_steps > 0 ? n_steps <= unroll->max_steps : gradient == NULL));
  g_return_if_fail (tw_hrnn_config_equal (&weights->config, &unroll->config));
  tw_tape_weights_set (unroll->weights, weights->values);
  unroll->current = weights;
  unroll->options = options;
  unroll->n_steps = n_steps;
  unroll->total = 0;
  for (gsize k = 0; k < n_steps; k++)
    unroll->total += count_of_step (unroll, k);
  unroll->backward = gradient != NULL;
  unroll->next_chunk = 0;
  if (unroll->crew == NULL)
    unroll->crew = tw_crew_new (unroll->n_workers, work, unroll);
  tw_crew_run (unroll->crew);
  unroll->step += n_steps;

  const gsize P = unroll->weights->shape.P;
  *result = (TwUnrollResult){ 0 };
  if (gradient != NULL)
    memset (gradient, 0, P * sizeof (double));
  for (gsize i = 0; i < unroll->n_chunks; i++) {
    const Chunk *chunk = &unroll->chunks[i];
    for (gsize b = 0; b < chunk->n_runs; b++) {
      if (chunk->diverged[b]) {
        result->n_diverged++;
        continue;
      }
      result->objective += chunk->objective[b];
      result->n_counted++;
    }
    result->n_cut += chunk->n_cut;
    if (gradient != NULL)
      for (gsize p = 0; p < P; p++)
        gradient[p] += chunk->gradient[p];
  }
  const double scale = 1 / (double)MAX (result->n_counted, 1);
  result->objective = result->n_counted > 0 ? result->objective * scale : NAN;
  if (gradient != NULL)
    for (gsize p = 0; p < P; p++)
      gradient[p] *= scale;
}

double
tw_unroll_get_objective (const TwUnroll *unroll, gsize run)
{
  const Chunk *chunk = &unroll->chunks[unroll->chunk_of[run]];
  return chunk->objective[run - chunk->first_run];
}

const double *
tw_unroll_get_theta (const TwUnroll *unroll, gsize run)
{
  const Chunk *chunk = &unroll->chunks[unroll->chunk_of[run]];
  return chunk->theta + tw_layout_run_row (chunk->layout, run - chunk->first_run);
}

/* (step, [(state, theta, phi, loss0, diverged, fresh) of each chunk]), all as bytes */
#define SAVED_CHUNK "(ayayayayayay)"
#define SAVED "(ta" SAVED_CHUNK ")"

static gsize
state_bytes (const TwUnroll *unroll, const Chunk *chunk)
{
  return tw_hrnn_state_bytes (&unroll->config, chunk->layout);
}

typedef struct {
  void *data;
  gsize size;
} Block;

enum { N_BLOCKS = 6 };

static void
chunk_blocks (const TwUnroll *unroll, const Chunk *chunk, Block blocks[N_BLOCKS])
{
  gsize R = chunk->layout->n_rows, B = chunk->n_runs;
  const Block all[N_BLOCKS] = { { chunk->state->h0, state_bytes (unroll, chunk) },
                                { chunk->theta, R * sizeof (double) },
                                { chunk->phi, R * sizeof (double) },
                                { chunk->loss0, B * sizeof (double) },
                                { chunk->diverged, B },
                                { chunk->fresh, B } };

  memcpy (blocks, all, sizeof all);
}

GVariant *
tw_unroll_save (const TwUnroll *unroll)
{
  GVariantBuilder chunks;

  g_variant_builder_init (&chunks, G_VARIANT_TYPE ("a" SAVED_CHUNK));
  for (gsize i = 0; i < unroll->n_chunks; i++) {
    Block blocks[N_BLOCKS];
    chunk_blocks (unroll, &unroll->chunks[i], blocks);
    g_variant_builder_open (&chunks, G_VARIANT_TYPE (SAVED_CHUNK));
    for (int j = 0; j < N_BLOCKS; j++)
      g_variant_builder_add_value (
        &chunks, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, blocks[j].data, blocks[j].size, 1));
    g_variant_builder_close (&chunks);
  }
  return g_variant_new (SAVED, unroll->step, &chunks);
}

gboolean
tw_unroll_restore (TwUnroll *unroll, GVariant *saved)
{
  if (!g_variant_is_of_type (saved, G_VARIANT_TYPE (SAVED)))
    return FALSE;
  g_autoptr (GVariant) step = g_variant_get_child_value (saved, 0);
  g_autoptr (GVariant) chunks = g_variant_get_child_value (saved, 1);
  if (g_variant_n_children (chunks) != unroll->n_chunks)
    return FALSE;
  for (gsize i = 0; i < unroll->n_chunks; i++) {
    g_autoptr (GVariant) chunk = g_variant_get_child_value (chunks, i);
    Block blocks[N_BLOCKS];
    chunk_blocks (unroll, &unroll->chunks[i], blocks);
    for (int j = 0; j < N_BLOCKS; j++) {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (chunk, j);
      gsize size;
      gconstpointer data = g_variant_get_fixed_array (bytes, &size, 1);
      if (size != blocks[j].size)
        return FALSE;
      memcpy (blocks[j].data, data, size);
    }
  }
  unroll->step = g_variant_get_uint64 (step);
  return TRUE;
}
