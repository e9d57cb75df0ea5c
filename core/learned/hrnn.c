#include "core/learned/hrnn-private.h"

#include <string.h>

#include "core/memory.h"

/* Planes of a large state are set apart by 3 cache lines beyond a multiple of a page, so that the same row of
 * all planes does not fall into one set of the L1 cache. */
static gsize
row_stride (gsize n_rows)
{
  const gsize page = 4096 / sizeof (TwReal), apart = 192 / sizeof (TwReal);

  if (n_rows < 4 * page)
    return TW_PAD (n_rows);
  return (n_rows + page - 1) / page * page + apart;
}

static gsize
planes (const TwHrnnConfig *config)
{
  return config->hidden[0] + 3 + 2 * config->scales;
}

/* Reals of the whole state; a vector at the last row may reach beyond the last plane. */
static gsize
state_size (const TwHrnnConfig *config, const TwLayout *layout)
{
  return planes (config) * row_stride (layout->n_rows) + TW_LANES + layout->n_tensors * config->hidden[1] +
         layout->n_runs * config->hidden[2];
}

gsize
tw_hrnn_state_bytes (const TwHrnnConfig *config, const TwLayout *layout)
{
  return state_size (config, layout) * sizeof (TwReal);
}

TwHrnnState *
tw_hrnn_state_new (const TwHrnnConfig *config, const TwLayout *layout)
{
  TwHrnnState *state = g_new0 (TwHrnnState, 1);
  gsize stride = row_stride (layout->n_rows);
  TwReal *p = tw_array_new0 (state_size (config, layout), sizeof (TwReal));

  state->row_stride = stride;
  state->h0 = p;
  state->input_decay = state->h0 + config->hidden[0] * stride;
  state->scale_decay = state->input_decay + stride;
  state->log_lr = state->scale_decay + stride;
  state->average = state->log_lr + stride;
  state->mean_square = state->average + config->scales * stride;
  state->h1 = state->mean_square + config->scales * stride + TW_LANES;
  state->h2 = state->h1 + layout->n_tensors * config->hidden[1];
  return state;
}

void
tw_hrnn_state_free (TwHrnnState *state)
{
  if (state == NULL)
    return;
  g_aligned_free (state->h0);
  g_free (state);
}

void
tw_hrnn_state_copy (TwHrnnState *to, const TwHrnnState *from, const TwHrnnConfig *config,
                    const TwLayout *layout)
{
  memcpy (to->h0, from->h0, tw_hrnn_state_bytes (config, layout));
}

void
tw_hrnn_state_reset_level (TwHrnnState *state, const TwHrnnWeights *weights, const TwLayout *layout,
                           guint level)
{
  static const TwHrnnTensor vectors[] = { TW_HRNN_PARAM_INIT, TW_HRNN_TENSOR_INIT, TW_HRNN_GLOBAL_INIT };
  const TwHrnnConfig *config = &weights->config;

  if (level >= config->n_levels)
    return;
  const TwReal *init = weights->values + weights->shape.tensors[vectors[level]].offset;
  gsize H = config->hidden[level], n = level == 1 ? layout->n_tensors : layout->n_runs;
  if (level == 0) {
    for (gsize j = 0; j < H; j++)
      for (gsize r = 0; r < layout->n_rows; r++)
        state->h0[j * state->row_stride + r] = init[j];
    return;
  }
  for (gsize i = 0; i < n; i++)
    memcpy ((level == 1 ? state->h1 : state->h2) + i * H, init, H * sizeof (TwReal));
}

void
tw_hrnn_state_reset (TwHrnnState *state, const TwHrnnWeights *weights, const TwLayout *layout,
                     const double *log_lr)
{
  memset (state->h0, 0, tw_hrnn_state_bytes (&weights->config, layout));
  for (guint level = 0; level < 3; level++)
    tw_hrnn_state_reset_level (state, weights, layout, level);
  for (gsize r = 0; log_lr != NULL && r < layout->n_rows; r++)
    state->log_lr[r] = log_lr[r];
}

TwHrnn *
tw_hrnn_new (const TwHrnnWeights *weights, const TwLayout *layout)
{
  TwHrnn *hrnn = g_new0 (TwHrnn, 1);

  hrnn->config = weights->config;
  hrnn->shape = weights->shape;
  hrnn->layout = layout;
  tw_hrnn_pack_layout (hrnn);
  tw_hrnn_pack_weights (hrnn, weights->values);
  tw_hrnn_set_timescale (hrnn, -1);
  return hrnn;
}

void
tw_hrnn_set_timescale (TwHrnn *hrnn, int s)
{
  g_return_if_fail (s < (int)hrnn->config.scales);
  hrnn->rows.timescale = s;
}

void
tw_hrnn_set_weights (TwHrnn *hrnn, const TwHrnnWeights *weights)
{
  g_return_if_fail (tw_hrnn_config_equal (&hrnn->config, &weights->config));
  tw_hrnn_pack_weights (hrnn, weights->values);
}

void
tw_hrnn_free (TwHrnn *hrnn)
{
  if (hrnn == NULL)
    return;
  g_aligned_free (hrnn->memory);
  g_free (hrnn);
}

/* One step on its way through the chunks. */
typedef struct {
  TwHrnn *hrnn;
  TwHrnnState *state;
  double *theta, *phi, *gradient;
  const TwHrnnWatch *watch;
  gsize next_watched;    /* whose features are still to come */
  gsize next_normalised; /* whose directions are not divided yet */
  gsize t0, t1;          /* tensors of this chunk */
  gsize b0, b1;          /* runs they belong to */
  gboolean open;         /* run b0 began in an earlier chunk */
} Step;

/* Tensors t0.. of the next chunk, and their runs. */
static void
next_chunk (Step *s)
{
  const TwLayout *layout = s->hrnn->layout;

  s->t0 = s->t1;
  s->t1 = MIN (s->t0 + TW_HRNN_CHUNK, layout->n_tensors);
  s->b0 = s->t0 == 0 ? 0 : s->b1 - 1;
  if (s->t0 == layout->run_start[s->b0 + 1])
    s->b0++;
  s->open = s->t0 > layout->run_start[s->b0];
  for (s->b1 = s->b0 + 1; layout->run_start[s->b1] < s->t1;)
    s->b1++;
}

/* Mean of n per run: feature F - 1.  Of a run that goes on here it was taken before its n began to change. */
static void
mean_log_lr (Step *s, gsize previous)
{
  TwHrnn *hrnn = s->hrnn;
  const TwLayout *layout = hrnn->layout;

  if (s->open)
    hrnn->run_log_lr[0] = hrnn->run_log_lr[previous];
  for (gsize b = s->b0 + s->open; b < s->b1; b++) {
    gsize row = tw_layout_run_row (layout, b), n = tw_layout_run_row (layout, b + 1) - row;
    hrnn->run_log_lr[b - s->b0] = tw_hrnn_rows_sum (n, s->state->log_lr + row) / n;
  }
}

/* What the levels above inject, from h1 and h2 as they are before the step; h1 and h2 are left in scratch. */
static void
inject (Step *s)
{
  TwHrnn *hrnn = s->hrnn;
  const TwLayout *layout = hrnn->layout;
  gsize O = hrnn->rows.O, H1 = hrnn->tensor.H, H1p = hrnn->tensor.Hp, H2 = hrnn->global.H,
        H2p = hrnn->global.Hp;
  gsize n_tensors = s->t1 - s->t0, n_runs = s->b1 - s->b0;

  for (gsize t = 0; t < n_tensors; t++) {
    memcpy (hrnn->inject0 + t * O, hrnn->row_bias, O * sizeof (TwReal));
    if (H1 > 0)
      memcpy (hrnn->h1 + t * H1p, s->state->h1 + (s->t0 + t) * H1, H1 * sizeof (TwReal));
  }
  if (hrnn->config.n_levels >= 2)
    tw_hrnn_levels_linear (n_tensors, H1, O, hrnn->h1, H1p, hrnn->tensor_to_param, O, hrnn->inject0, O);
  if (hrnn->config.n_levels < 3)
    return;
  for (gsize b = 0; b < n_runs; b++) {
    memset (hrnn->run_inject0 + b * O, 0, O * sizeof (TwReal));
    memcpy (hrnn->run_inject1 + b * 3 * H1p, hrnn->global_to_tensor_bias, 3 * H1p * sizeof (TwReal));
    memcpy (hrnn->h2 + b * H2p, s->state->h2 + (s->b0 + b) * H2, H2 * sizeof (TwReal));
  }
  tw_hrnn_levels_linear (n_runs, H2, O, hrnn->h2, H2p, hrnn->global_to_param, O, hrnn->run_inject0, O);
  tw_hrnn_levels_linear (n_runs, H2, 3 * H1p, hrnn->h2, H2p, hrnn->global_to_tensor, 3 * H1p,
                         hrnn->run_inject1, 3 * H1p);
  for (gsize b = s->b0; b < s->b1; b++)
    for (gsize t = MAX (layout->run_start[b], s->t0); t < MIN (layout->run_start[b + 1], s->t1); t++)
      for (gsize o = 0; o < O; o++)
        hrnn->inject0[(t - s->t0) * O + o] += hrnn->run_inject0[(b - s->b0) * O + o];
}

/* Equations 1 to 4 and 7 to 10 of rows up to one segment; bias, mean and sums are set. */
static void
step_rows (Step *s, TwHrnnRows *rows)
{
  TwHrnn *hrnn = s->hrnn;

  tw_hrnn_rows_load (rows->n, s->gradient + rows->row, hrnn->gradient);
  tw_hrnn_rows_step (rows);
  tw_hrnn_rows_store (rows->n, hrnn->step, s->gradient + rows->row);
  if (s->phi != NULL)
    tw_hrnn_rows_store (rows->n, hrnn->attend, s->phi + rows->row);
}

/* A tensor of a vector or more. */
static void
step_large (Step *s, TwHrnnRows *rows, gsize t, gsize b)
{
  TwHrnn *hrnn = s->hrnn;
  const gsize *start = hrnn->layout->tensor_start;
  gsize O = hrnn->rows.O, Q = hrnn->rows.H0 + hrnn->rows.F + 2;
  double *totals = hrnn->totals + (t - s->t0) * Q;

  for (gsize o = 0; o < O; o++)
    hrnn->bias[o] = tw_vec_set (hrnn->inject0[(t - s->t0) * O + o]);
  rows->mean_log_lr = tw_vec_set (hrnn->run_log_lr[b - s->b0]);
  memset (totals, 0, Q * sizeof (double));
  for (gsize row = start[t]; row < start[t + 1]; row += TW_HRNN_SEGMENT) {
    rows->row = row;
    rows->n = MIN (TW_HRNN_SEGMENT, start[t + 1] - row);
    memset (hrnn->sums, 0, Q * sizeof (TwVec));
    step_rows (s, rows);
    for (gsize q = 0; q < Q; q++)
      totals[q] += tw_vec_sum (hrnn->sums[q]);
  }
}

/* Tensors t to end - 1, and their runs, together at most a vector. */
static void
step_small (Step *s, TwHrnnRows *rows, gsize t, gsize end, gsize b)
{
  TwHrnn *hrnn = s->hrnn;
  const TwLayout *layout = hrnn->layout;
  const gsize *start = layout->tensor_start;
  gsize O = hrnn->rows.O, Q = hrnn->rows.H0 + hrnn->rows.F + 2;
  TwReal *bias = (TwReal *)hrnn->bias, *sums = (TwReal *)hrnn->sums;

  rows->row = start[t];
  rows->n = start[end] - start[t];
  for (gsize k = t, run = b; k < end; k++) {
    const TwReal *inject0 = hrnn->inject0 + (k - s->t0) * O;

    while (layout->run_start[run + 1] <= k)
      run++;
    for (gsize lane = start[k] - start[t]; lane < start[k + 1] - start[t]; lane++) {
      for (gsize o = 0; o < O; o++)
        bias[o * TW_LANES + lane] = inject0[o];
      rows->mean_log_lr[lane] = hrnn->run_log_lr[run - s->b0];
    }
  }
  memset (sums, 0, Q * sizeof (TwVec));
  step_rows (s, rows);
  for (gsize k = t; k < end; k++)
    for (gsize q = 0; q < Q; q++) {
      const TwReal *own = sums + q * TW_LANES + (start[k] - start[t]);
      TwReal sum = own[0];

      for (gsize i = 1; i < start[k + 1] - start[k]; i++)
        sum += own[i];
      hrnn->totals[(k - s->t0) * Q + q] = sum;
    }
}

static void
step_chunk_rows (Step *s)
{
  TwHrnn *hrnn = s->hrnn;
  const TwLayout *layout = hrnn->layout;
  const gsize *start = layout->tensor_start;
  TwHrnnRows rows = { .weights = &hrnn->rows,
                      .state = s->state,
                      .bias = hrnn->bias,
                      .gradient = hrnn->gradient,
                      .step = hrnn->step,
                      .attend = hrnn->attend,
                      .sums = hrnn->sums,
                      .work = hrnn->work,
                      .watch = s->watch,
                      .next_watched = s->next_watched };
  gsize b = s->b0;

  for (gsize t = s->t0; t < s->t1;) {
    gsize end = t;

    while (layout->run_start[b + 1] <= t)
      b++;
    while (end < s->t1 && start[end + 1] - start[end] < TW_LANES && start[end + 1] - start[t] <= TW_LANES)
      end++;
    if (end > t) {
      step_small (s, &rows, t, end, b);
      t = end;
    } else {
      step_large (s, &rows, t, b);
      t++;
    }
  }
  s->next_watched = rows.next_watched;
}

/* Equations 7 and 10, the rest of them: the division by the tensor's root mean square, and the update. */
static void
apply (Step *s)
{
  TwHrnn *hrnn = s->hrnn;
  const gsize *start = hrnn->layout->tensor_start;
  const TwHrnnWatch *watch = s->watch;
  gsize H0 = hrnn->rows.H0, F = hrnn->rows.F, Q = H0 + F + 2;

  for (gsize t = s->t0; t < s->t1; t++) {
    const double *totals = hrnn->totals + (t - s->t0) * Q;
    gsize row = start[t], n = start[t + 1] - row;
    double direction = 1 / sqrt (totals[H0 + F] / n + 1e-16);
    double attention = 1 / sqrt (totals[H0 + F + 1] / n + 1e-16);

    tw_hrnn_rows_apply (n, direction, attention, s->gradient + row, s->theta + row,
                        s->phi != NULL ? s->phi + row : NULL);
    if (watch == NULL)
      continue;
    for (; s->next_normalised < watch->n && watch->rows[s->next_normalised] < row + n; s->next_normalised++) {
      if (watch->direction != NULL)
        watch->direction[s->next_normalised] *= direction;
      if (watch->attention != NULL)
        watch->attention[s->next_normalised] *= attention;
    }
  }
}

/* Equation 5. */
static void
step_tensors (Step *s)
{
  TwHrnn *hrnn = s->hrnn;
  const TwLayout *layout = hrnn->layout;
  const gsize *start = layout->tensor_start;
  gsize in = hrnn->tensor.in, H1 = hrnn->tensor.H, H1p = hrnn->tensor.Hp, Q = in + 2, n = s->t1 - s->t0;
  gsize b = s->b0;

  for (gsize t = 0; t < n; t++) {
    gsize size = start[s->t0 + t + 1] - start[s->t0 + t];

    while (layout->run_start[b + 1] <= s->t0 + t)
      b++;
    for (gsize i = 0; i < in; i++)
      hrnn->x1[t * in + i] = hrnn->totals[t * Q + i] / size;
    if (hrnn->config.n_levels >= 3)
      memcpy (hrnn->gates + t * 3 * H1p, hrnn->run_inject1 + (b - s->b0) * 3 * H1p,
              3 * H1p * sizeof (TwReal));
    else
      memset (hrnn->gates + t * 3 * H1p, 0, 3 * H1p * sizeof (TwReal));
  }
  tw_hrnn_levels_step (&hrnn->tensor, n, hrnn->x1, hrnn->h1, hrnn->gates, hrnn->rh);
  for (gsize t = 0; t < n; t++)
    memcpy (s->state->h1 + (s->t0 + t) * H1, hrnn->h1 + t * H1p, H1 * sizeof (TwReal));
}

/* Equation 6, for the runs that end in this chunk; of the last one, if it does not, the sum is carried on. */
static void
step_runs (Step *s, gsize previous)
{
  TwHrnn *hrnn = s->hrnn;
  const TwLayout *layout = hrnn->layout;
  gsize H1 = hrnn->tensor.H, H1p = hrnn->tensor.Hp, H2 = hrnn->global.H, H2p = hrnn->global.Hp;
  gsize ended = layout->run_start[s->b1] == s->t1 ? s->b1 : s->b1 - 1;

  if (s->open && previous > 0)
    memcpy (hrnn->x2, hrnn->x2 + previous * H1, H1 * sizeof (TwReal));
  for (gsize b = s->b0; b < s->b1; b++) {
    TwReal *sum = hrnn->x2 + (b - s->b0) * H1;

    if (b > s->b0 || !s->open)
      memset (sum, 0, H1 * sizeof (TwReal));
    for (gsize t = MAX (layout->run_start[b], s->t0); t < MIN (layout->run_start[b + 1], s->t1); t++)
      for (gsize j = 0; j < H1; j++)
        sum[j] += hrnn->h1[(t - s->t0) * H1p + j];
    if (b < ended)
      for (gsize j = 0; j < H1; j++)
        sum[j] /= layout->run_start[b + 1] - layout->run_start[b];
  }
  if (ended == s->b0)
    return;
  memset (hrnn->gates, 0, (ended - s->b0) * 3 * H2p * sizeof (TwReal));
  tw_hrnn_levels_step (&hrnn->global, ended - s->b0, hrnn->x2, hrnn->h2, hrnn->gates, hrnn->rh);
  for (gsize b = s->b0; b < ended; b++)
    memcpy (s->state->h2 + b * H2, hrnn->h2 + (b - s->b0) * H2p, H2 * sizeof (TwReal));
}

void
tw_hrnn_step (TwHrnn *hrnn, TwHrnnState *state, double *theta, double *phi, double *gradient,
              const TwHrnnWatch *watch, TwHrnnTape *tape)
{
  Step s = { .hrnn = hrnn,
             .state = state,
             .theta = theta,
             .gradient = gradient,
             .watch = watch,
             .phi = hrnn->config.attention ? phi : NULL };
  gsize previous = 0; /* place of the last chunk's last run in its scratch */

  while (s.t1 < hrnn->layout->n_tensors) {
    next_chunk (&s);
    mean_log_lr (&s, previous);
    inject (&s);
    step_chunk_rows (&s);
    apply (&s);
    if (hrnn->config.n_levels >= 2)
      step_tensors (&s);
    if (hrnn->config.n_levels >= 3)
      step_runs (&s, previous);
    previous = s.b1 - 1 - s.b0;
  }
}
