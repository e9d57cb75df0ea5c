#include "core/learned/hrnn-tape-private.h"

#include <math.h>
#include <string.h>

/* Gradients of a run that is about to diverge stay where their square can be computed. */
#define MAX_GRADIENT ((TwReal)1e18)

/* Cuts the arrays out of one piece of memory; with base NULL it only counts. */
static gsize
carve (TwHrnnTape *tape, TwReal *base)
{
  const TwTapeWeights *w = tape->weights;
  const TwLayout *layout = tape->layout;
  const TwTapeLayer *l = w->layer;
  gsize K = tape->n_steps, S = w->config.scales, next = 0;
  gsize R = layout->n_rows, T = layout->n_tensors, B = layout->n_runs;
  const gsize n[3] = { R, T, B };
  gsize stride = tape->stride = TW_PAD (R);
  guint n_levels = w->config.n_levels;
#define TAKE(pointer, size)                                                                                  \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    (pointer) = base != NULL ? base + next : NULL;                                                           \
    next += ((size) + 15) / 16 * 16;                                                                         \
  }                                                                                                          \
  G_STMT_END
  for (guint i = 0; i < n_levels; i++) {
    TwTapeLevel *level = &tape->level[i];
    level->n = n[i];
    TAKE (level->x, K * n[i] * l[i].px);
    TAKE (level->h, (K + 1) * n[i] * l[i].ph);
    TAKE (level->rh, K * n[i] * l[i].ph);
    TAKE (level->gates, K * n[i] * 3 * l[i].ph);
    TAKE (level->inject, n[i] * 3 * l[i == 2 ? 0 : i].ph);
    TAKE (level->h_bar, n[i] * l[i].ph);
    TAKE (level->x_bar, n[i] * l[i].px);
    TAKE (level->rh_bar, n[i] * l[i].ph);
  }
  TAKE (tape->average, (K + 1) * S * stride);
  TAKE (tape->mean_square, (K + 1) * S * stride);
  TAKE (tape->input_decay, (K + 1) * stride);
  TAKE (tape->scale_decay, (K + 1) * stride);
  TAKE (tape->log_lr, (K + 1) * stride);
  TAKE (tape->gradient, K * stride);
  TAKE (tape->scaled, K * S * stride);
  TAKE (tape->step_log_lr, K * stride);
  TAKE (tape->direction, K * stride);
  TAKE (tape->attention, K * stride);
  TAKE (tape->norms, K * T * 2);
  TAKE (tape->step_size, K * stride);
  TAKE (tape->attend_size, K * stride);
  TAKE (tape->out, K * R * TW_PAD_OUT);
  TAKE (tape->inject_bar[0], n_levels > 1 ? K * T * 3 * l[0].ph : 0);
  TAKE (tape->inject_bar[1], n_levels > 2 ? K * B * 3 * l[0].ph : 0);
  TAKE (tape->tensor_bar, n_levels > 2 ? K * B * 3 * l[1].ph : 0);
  TAKE (tape->relative, stride);
  TAKE (tape->average_bar, S * stride);
  TAKE (tape->mean_square_bar, S * stride);
  TAKE (tape->input_decay_bar, stride);
  TAKE (tape->scale_decay_bar, stride);
  TAKE (tape->log_lr_bar, stride);
  TAKE (tape->gradient_bar, stride);
  TAKE (tape->features_bar, w->shape.F * stride);
  TAKE (tape->grad, w->n_packed);
#undef TAKE
  return next;
}

gsize
tw_hrnn_tape_size (const TwTapeWeights *weights, const TwLayout *layout, gsize n_steps)
{
  TwHrnnTape tape = { .weights = weights, .layout = layout, .n_steps = n_steps };
  return carve (&tape, NULL) * sizeof (TwReal);
}

TwHrnnTape *
tw_hrnn_tape_new (gsize bytes)
{
  TwHrnnTape *tape = g_new0 (TwHrnnTape, 1);
  tape->bytes = bytes;
  tape->memory = g_aligned_alloc0 (MAX (bytes, 64), 1, 64);
  return tape;
}

void
tw_hrnn_tape_free (TwHrnnTape *tape)
{
  if (tape == NULL)
    return;
  g_aligned_free (tape->memory);
  g_free (tape);
}

void
tw_hrnn_tape_begin (TwHrnnTape *tape, const TwTapeWeights *weights, const TwLayout *layout, gsize n_steps,
                    const TwHrnnState *state)
{
  tape->weights = weights;
  tape->layout = layout;
  tape->n_steps = n_steps;
  g_return_if_fail (carve (tape, NULL) * sizeof (TwReal) <= tape->bytes);
  carve (tape, tape->memory);
  const TwTapeLayer *l = weights->layer;
  gsize R = layout->n_rows, S = weights->config.scales, stride = tape->stride;
  const gsize row_bytes = R * sizeof (TwReal), pad_bytes = (stride - R) * sizeof (TwReal);
#define PLANE(to, from)                                                                                      \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    memcpy ((to), (from), row_bytes);                                                                        \
    memset ((to) + R, 0, pad_bytes);                                                                         \
  }                                                                                                          \
  G_STMT_END
  PLANE (tape->input_decay, state->input_decay);
  PLANE (tape->scale_decay, state->scale_decay);
  PLANE (tape->log_lr, state->log_lr);
  for (gsize s = 0; s < S; s++) {
    PLANE (tape->average + s * stride, state->average + s * state->row_stride);
    PLANE (tape->mean_square + s * stride, state->mean_square + s * state->row_stride);
  }
#undef PLANE
  memset (tape->relative, 0, stride * sizeof (TwReal));
  TwReal *h = tape->level[0].h;
  memset (h, 0, R * l[0].ph * sizeof (TwReal));
  for (gsize j = 0; j < l[0].h; j++)
    for (gsize r = 0; r < R; r++)
      h[r * l[0].ph + j] = state->h0[j * state->row_stride + r];
  for (guint i = 1; i < weights->config.n_levels; i++) {
    const TwReal *from = i == 1 ? state->h1 : state->h2;
    h = tape->level[i].h;
    memset (h, 0, tape->level[i].n * l[i].ph * sizeof (TwReal));
    for (gsize t = 0; t < tape->level[i].n; t++)
      memcpy (h + t * l[i].ph, from + t * l[i].h, l[i].h * sizeof (TwReal));
  }
}

void
tw_hrnn_tape_get_state (const TwHrnnTape *tape, gsize k, TwHrnnState *state)
{
  const TwTapeLayer *l = tape->weights->layer;
  gsize R = tape->layout->n_rows, S = tape->weights->config.scales, stride = tape->stride;
  const gsize row_bytes = R * sizeof (TwReal);
  memcpy (state->input_decay, tape->input_decay + k * stride, row_bytes);
  memcpy (state->scale_decay, tape->scale_decay + k * stride, row_bytes);
  memcpy (state->log_lr, tape->log_lr + k * stride, row_bytes);
  for (gsize s = 0; s < S; s++) {
    memcpy (state->average + s * state->row_stride, tape->average + (k * S + s) * stride, row_bytes);
    memcpy (state->mean_square + s * state->row_stride, tape->mean_square + (k * S + s) * stride, row_bytes);
  }
  const TwReal *h = tape->level[0].h + k * R * l[0].ph;
  for (gsize j = 0; j < l[0].h; j++)
    for (gsize r = 0; r < R; r++)
      state->h0[j * state->row_stride + r] = h[r * l[0].ph + j];
  for (guint i = 1; i < tape->weights->config.n_levels; i++) {
    TwReal *to = i == 1 ? state->h1 : state->h2;
    h = tape->level[i].h + k * tape->level[i].n * l[i].ph;
    for (gsize t = 0; t < tape->level[i].n; t++)
      memcpy (to + t * l[i].h, h + t * l[i].ph, l[i].h * sizeof (TwReal));
  }
}

/* Equations 1 to 3, a vector of rows at a time; the features then go row after row. */
TW_KERNEL static void
features (TwHrnnTape *tape, gsize k)
{
  const TwTapeWeights *w = tape->weights;
  const TwHrnnConfig *config = &w->config;
  const gsize S = config->scales, F = w->shape.F, stride = tape->stride, R = tape->layout->n_rows;
  const gsize px = w->layer[0].px;
  const TwReal *a0 = tape->average + k * S * stride, *v0 = tape->mean_square + k * S * stride;
  TwReal *a1 = tape->average + (k + 1) * S * stride, *v1 = tape->mean_square + (k + 1) * S * stride;
  const TwReal *d = tape->input_decay + k * stride, *c = tape->scale_decay + k * stride;
  const TwReal *g = tape->gradient + k * stride;
  TwReal *m1 = tape->scaled + k * S * stride, *x = tape->level[0].x + k * R * px;
  const TwReal inverse_S = 1 / (TwReal)S;

  for (gsize r0 = 0; r0 < stride; r0 += TW_LANES) {
    TwVec feature[3 * TW_HRNN_MAX_SCALES + 1], m[TW_HRNN_MAX_SCALES], log_ms[TW_HRNN_MAX_SCALES];
    TwVec gradient = tw_vec_load (g + r0), decay = tw_vec_load (d + r0), keep = tw_vec_load (c + r0);
    TwVec mean = { 0 };
    gsize f = 0;
    for (gsize s = 0; s < S; s++) {
      gsize at = s * stride + r0;
      TwVec a = decay * tw_vec_load (a0 + at) + (1 - decay) * gradient;
      tw_vec_store (a1 + at, a);
      if (config->input_scaling) {
        TwVec v = keep * tw_vec_load (v0 + at) + (1 - keep) * (a * a + (TwReal)1e-12);
        tw_vec_store (v1 + at, v);
        TwVec floored = v + (TwReal)1e-16;
        m[s] = tw_vec_asinh (a / tw_vec_sqrt (floored));
        if (config->log_ms) {
          log_ms[s] = tw_vec_log (floored);
          mean += log_ms[s];
        }
      } else {
        tw_vec_store (v1 + at, tw_vec_load (v0 + at));
        m[s] = tw_vec_asinh (a);
      }
      tw_vec_store (m1 + at, m[s]);
      feature[f++] = m[s];
      decay = tw_vec_sqrt (decay);
    }
    if (config->grad_products)
      for (gsize s = 0; s + 1 < S; s++)
        feature[f++] = m[s] * m[s + 1];
    if (config->log_ms)
      for (gsize s = 0; s < S; s++)
        feature[f++] = log_ms[s] - mean * inverse_S;
    if (config->relative_lr)
      feature[f++] = tw_vec_load (tape->relative + r0);
    for (gsize i = 0; i < TW_LANES && r0 + i < R; i++) {
      TwReal *row = x + (r0 + i) * px;
      row[0] = 1;
      for (f = 0; f < F; f++)
        row[1 + f] = feature[f][i];
    }
  }
}

/* `relative` = n minus its mean over the rows of the run. */
static void
relative_log_lr (TwHrnnTape *tape, gsize k)
{
  const TwLayout *layout = tape->layout;
  const TwReal *n = tape->log_lr + k * tape->stride;
  for (gsize b = 0; b < layout->n_runs; b++) {
    gsize from = tw_layout_run_row (layout, b), to = tw_layout_run_row (layout, b + 1);
    double sum = 0;
    for (gsize r = from; r < to; r++)
      sum += n[r];
    TwReal mean = (TwReal)(sum / (double)(to - from));
    for (gsize r = from; r < to; r++)
      tape->relative[r] = n[r] - mean;
  }
}

TW_KERNEL static void
gate_activation (gsize n, gsize ph, TwReal *gates, const TwReal *h, TwReal *rh)
{
  for (gsize i = 0; i < n; i++, gates += 3 * ph, h += ph, rh += ph)
    for (gsize j = 0; j < ph; j += TW_LANES) {
      TwVec r = tw_vec_sigmoid (tw_vec_load (gates + j));
      tw_vec_store (gates + j, r);
      tw_vec_store (rh + j, r * tw_vec_load (h + j));
      tw_vec_store (gates + ph + j, tw_vec_sigmoid (tw_vec_load (gates + ph + j)));
    }
}

TW_KERNEL static void
candidate_activation (gsize n, gsize ph, TwReal *gates, const TwReal *h, TwReal *h_next)
{
  for (gsize i = 0; i < n; i++, gates += 3 * ph, h += ph, h_next += ph)
    for (gsize j = 0; j < ph; j += TW_LANES) {
      TwVec c = tw_vec_tanh (tw_vec_load (gates + 2 * ph + j)), u = tw_vec_load (gates + ph + j);
      tw_vec_store (gates + 2 * ph + j, c);
      tw_vec_store (h_next + j, u * tw_vec_load (h + j) + (1 - u) * c);
    }
}

/* One level: its gates hold what is injected, its x the inputs. */
static void
gru (TwHrnnTape *tape, guint i, gsize k)
{
  const TwTapeLayer *l = &tape->weights->layer[i];
  const TwReal *packed = tape->weights->packed;
  TwTapeLevel *level = &tape->level[i];
  const gsize n = level->n, ph = l->ph;
  const TwReal *x = level->x + k * n * l->px, *h = level->h + k * n * ph;
  TwReal *gates = level->gates + k * n * 3 * ph, *rh = level->rh + k * n * ph;
  tw_linear_add (n, 3 * ph, tw_inner (1 + l->in), x, l->px, 1, packed + l->wx, 3 * ph, gates, 3 * ph);
  tw_linear_add (n, 2 * ph, tw_inner (l->h), h, ph, 1, packed + l->wh, 2 * ph, gates, 3 * ph);
  gate_activation (n, ph, gates, h, rh);
  tw_linear_add (n, ph, tw_inner (l->h), rh, ph, 1, packed + l->wc, ph, gates + 2 * ph, 3 * ph);
  candidate_activation (n, ph, gates, h, level->h + (k + 1) * n * ph);
}

/* What the levels above add to the gates of this step, from h1 and h2 as they were at its start. */
static void
inject (TwHrnnTape *tape, gsize k)
{
  const TwTapeWeights *w = tape->weights;
  const TwTapeLayer *l = w->layer;
  const TwLayout *layout = tape->layout;
  TwTapeLevel *level = tape->level;
  const gsize R = layout->n_rows, T = layout->n_tensors, B = layout->n_runs;
  const gsize p0 = 3 * l[0].ph, p1 = 3 * l[1].ph, p2 = 3 * l[2].ph;
  TwReal *to_rows = level[0].gates + k * R * p0;
  if (w->config.n_levels == 1) {
    memset (to_rows, 0, R * p0 * sizeof (TwReal));
    return;
  }
  TwReal *per_tensor = level[0].inject; /* (T, 3 ph0): T <= R */
  TwReal *to_tensors = level[1].gates + k * T * p1;
  if (w->config.n_levels == 3) {
    const TwReal *h2 = level[2].h + k * B * l[2].ph;
    TwReal *to_param = level[2].inject, *to_tensor = level[1].inject;
    memset (level[2].gates + k * B * p2, 0, B * p2 * sizeof (TwReal));
    memset (to_param, 0, B * p0 * sizeof (TwReal));
    memset (to_tensor, 0, B * p1 * sizeof (TwReal));
    tw_linear_add (B, p0, tw_inner (l[2].h), h2, l[2].ph, 1, w->packed + w->global_to_param, p0, to_param,
                   p0);
    tw_linear_add (B, p1, tw_inner (l[2].h), h2, l[2].ph, 1, w->packed + w->global_to_tensor, p1, to_tensor,
                   p1);
    for (gsize b = 0; b < B; b++)
      for (gsize t = layout->run_start[b]; t < layout->run_start[b + 1]; t++) {
        memcpy (per_tensor + t * p0, to_param + b * p0, p0 * sizeof (TwReal));
        memcpy (to_tensors + t * p1, to_tensor + b * p1, p1 * sizeof (TwReal));
      }
  } else {
    memset (per_tensor, 0, T * p0 * sizeof (TwReal));
    memset (to_tensors, 0, T * p1 * sizeof (TwReal));
  }
  tw_linear_add (T, p0, tw_inner (l[1].h), level[1].h + k * T * l[1].ph, l[1].ph, 1,
                 w->packed + w->tensor_to_param, p0, per_tensor, p0);
  for (gsize t = 0; t < T; t++)
    for (gsize r = layout->tensor_start[t]; r < layout->tensor_start[t + 1]; r++)
      memcpy (to_rows + r * p0, per_tensor + t * p0, p0 * sizeof (TwReal));
}

/* mean (width) = the mean of n rows. */
TW_KERNEL static void
mean_rows (gsize n, gsize width, const TwReal *rows, gsize ld, TwReal *mean)
{
  const TwReal scale = 1 / (TwReal)n;
  for (gsize j = 0; j < width; j++)
    mean[j] = rows[j];
  for (gsize i = 1; i < n; i++)
    for (gsize j = 0; j < width; j++)
      mean[j] += rows[i * ld + j];
  for (gsize j = 0; j < width; j++)
    mean[j] *= scale;
}

static void
upper_levels (TwHrnnTape *tape, gsize k)
{
  const TwTapeWeights *w = tape->weights;
  const TwTapeLayer *l = w->layer;
  const TwLayout *layout = tape->layout;
  TwTapeLevel *level = tape->level;
  const gsize R = layout->n_rows, T = layout->n_tensors, B = layout->n_runs;
  const TwReal *h0 = level[0].h + (k + 1) * R * l[0].ph, *x0 = level[0].x + k * R * l[0].px;
  for (gsize t = 0; t < T; t++) {
    gsize from = layout->tensor_start[t], n = layout->tensor_start[t + 1] - from;
    TwReal *x = level[1].x + (k * T + t) * l[1].px;
    x[0] = 1;
    mean_rows (n, l[0].h, h0 + from * l[0].ph, l[0].ph, x + 1);
    mean_rows (n, l[0].in, x0 + from * l[0].px + 1, l[0].px, x + 1 + l[0].h);
  }
  gru (tape, 1, k);
  if (w->config.n_levels < 3)
    return;
  const TwReal *h1 = level[1].h + (k + 1) * T * l[1].ph;
  for (gsize b = 0; b < B; b++) {
    gsize from = layout->run_start[b], n = layout->run_start[b + 1] - from;
    TwReal *x = level[2].x + (k * B + b) * l[2].px;
    x[0] = 1;
    mean_rows (n, l[1].h, h1 + from * l[1].ph, l[1].ph, x + 1);
  }
  gru (tape, 2, k);
}

/* Divides (n) by its root mean square; returns 1 / that. */
static TwReal
normalise (TwReal *v, gsize n)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += (double)v[i] * (double)v[i];
  TwReal inverse = (TwReal)(1 / sqrt (sum / (double)n + 1e-16));
  for (gsize i = 0; i < n; i++)
    v[i] *= inverse;
  return inverse;
}

/* Equations 7 to 9: decays, log learning rates, directions and step sizes from the outputs. */
TW_KERNEL static void
outputs (TwHrnnTape *tape, gsize k)
{
  const TwTapeWeights *w = tape->weights;
  const TwHrnnConfig *config = &w->config;
  const TwLayout *layout = tape->layout;
  const gsize R = layout->n_rows, stride = tape->stride;
  const TwReal *out = tape->out + k * R * TW_PAD_OUT;
  const TwReal *n0 = tape->log_lr + k * stride;
  TwReal *n1 = tape->log_lr + (k + 1) * stride, *hat = tape->step_log_lr + k * stride;
  TwReal *d = tape->input_decay + (k + 1) * stride, *c = tape->scale_decay + (k + 1) * stride;
  TwReal *direction = tape->direction + k * stride, *attention = tape->attention + k * stride;
  const TwReal mu = 1 / (1 + (TwReal)exp (-(double)w->packed[w->momentum]));
  const TwReal offset = config->dynamic_scale ? w->packed[w->offset] : -1;

  for (gsize r0 = 0; r0 < stride; r0 += TW_LANES) {
    TwVec y[TW_N_OUT] = { 0 };
    for (gsize i = 0; i < TW_LANES && r0 + i < R; i++)
      for (gsize o = 0; o < TW_N_OUT; o++)
        y[o][i] = out[(r0 + i) * TW_PAD_OUT + o];
    tw_vec_store (direction + r0, y[TW_OUT_UPDATE]);
    tw_vec_store (attention + r0, y[TW_OUT_ATTENTION]);
    if (config->learn_decay) {
      tw_vec_store (d + r0, tw_vec_sigmoid (y[TW_OUT_INPUT_DECAY]));
      tw_vec_store (c + r0, tw_vec_sigmoid (y[TW_OUT_SCALE_DECAY]));
    } else {
      tw_vec_store (d + r0, (TwVec){ 0 } + (TwReal)0.89);
      tw_vec_store (c + r0, (TwVec){ 0 } + (TwReal)0.93);
    }
    TwVec n = tw_vec_load (n0 + r0), step = n;
    if (config->dynamic_scale) {
      step = n + y[TW_OUT_LOG_LR];
      for (gsize i = 0; i < TW_LANES; i++)
        step[i] = CLAMP (step[i], -33, 33);
      n = mu * n + (1 - mu) * step;
    }
    tw_vec_store (n1 + r0, n);
    tw_vec_store (hat + r0, step);
    tw_vec_store (tape->attend_size + k * stride + r0, tw_vec_exp (step));
    tw_vec_store (tape->step_size + k * stride + r0, tw_vec_exp (step + offset));
  }
  for (gsize t = 0; t < layout->n_tensors; t++) {
    gsize from = layout->tensor_start[t], n = layout->tensor_start[t + 1] - from;
    TwReal *norms = tape->norms + (k * layout->n_tensors + t) * 2;
    norms[0] = normalise (direction + from, n);
    norms[1] = normalise (attention + from, n);
  }
}

void
tw_hrnn_tape_step (TwHrnnTape *tape, gsize k, const double *gradient, double *theta, double *phi)
{
  const TwTapeWeights *w = tape->weights;
  const TwTapeLayer *l = w->layer;
  const gsize R = tape->layout->n_rows, stride = tape->stride;
  TwReal *g = tape->gradient + k * stride;
  for (gsize r = 0; r < R; r++)
    g[r] = (TwReal)CLAMP (gradient[r], -MAX_GRADIENT, MAX_GRADIENT);
  for (gsize r = R; r < stride; r++)
    g[r] = 0;
  if (w->config.relative_lr)
    relative_log_lr (tape, k);
  features (tape, k);
  inject (tape, k);
  gru (tape, 0, k);
  if (w->config.n_levels > 1)
    upper_levels (tape, k);

  TwReal *out = tape->out + k * R * TW_PAD_OUT;
  tw_linear_set (R, TW_PAD_OUT, tw_inner (1 + w->config.scales), tape->level[0].x + k * R * l[0].px, l[0].px,
                 1, w->packed + w->out_x, TW_PAD_OUT, out, TW_PAD_OUT);
  tw_linear_add (R, TW_PAD_OUT, tw_inner (l[0].h), tape->level[0].h + (k + 1) * R * l[0].ph, l[0].ph, 1,
                 w->packed + w->out_h, TW_PAD_OUT, out, TW_PAD_OUT);
  outputs (tape, k);

  const TwReal *direction = tape->direction + k * stride, *attention = tape->attention + k * stride;
  const TwReal *size = tape->step_size + k * stride, *attend = tape->attend_size + k * stride;
  for (gsize r = 0; r < R; r++) {
    double before = theta[r];
    theta[r] = before - (double)size[r] * (double)direction[r];
    phi[r] = w->config.attention ? before - (double)attend[r] * (double)attention[r] : theta[r];
  }
}
