#include "core/learned/hrnn-backward.h"

#include <math.h>
#include <string.h>

#include "core/learned/hrnn-tape-private.h"

/* Weight gradients are formed when this many rows of cotangents have gathered: enough for the product to be
 * efficient, few enough for them to be in the cache. */
#define ROWS_PER_PRODUCT 96

static void
zero (TwReal *p, gsize n)
{
  memset (p, 0, n * sizeof (TwReal));
}

void
tw_hrnn_backward_begin (TwHrnnTape *tape)
{
  const TwTapeWeights *w = tape->weights;
  const gsize S = w->config.scales, stride = tape->stride;
  for (guint i = 0; i < w->config.n_levels; i++) {
    zero (tape->level[i].h_bar, tape->level[i].n * w->layer[i].ph);
    tape->level[i].pending = tape->n_steps;
  }
  zero (tape->average_bar, S * stride);
  zero (tape->mean_square_bar, S * stride);
  zero (tape->input_decay_bar, stride);
  zero (tape->scale_decay_bar, stride);
  zero (tape->log_lr_bar, stride);
  zero (tape->grad, w->n_packed);
}

/* v = normalised raw, inverse = 1 / rms: the cotangent of v becomes that of raw. */
static void
normalise_backward (TwReal *bar, const TwReal *v, gsize n, TwReal inverse)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += (double)bar[i] * (double)v[i];
  TwReal mean = (TwReal)(sum / (double)n);
  for (gsize i = 0; i < n; i++)
    bar[i] = (bar[i] - v[i] * mean) * inverse;
}

/* Equations 7 to 10 backward: leaves the cotangents of the five outputs in `out`. */
TW_KERNEL static void
outputs_backward (TwHrnnTape *tape, gsize k, double *theta_bar, const double *phi_bar)
{
  const TwTapeWeights *w = tape->weights;
  const TwHrnnConfig *config = &w->config;
  const TwLayout *layout = tape->layout;
  const gsize R = layout->n_rows, stride = tape->stride;
  const TwReal *direction = tape->direction + k * stride, *attention = tape->attention + k * stride;
  const TwReal *size = tape->step_size + k * stride, *attend = tape->attend_size + k * stride;
  const TwReal *n0 = tape->log_lr + k * stride, *hat = tape->step_log_lr + k * stride;
  const TwReal *d = tape->input_decay + (k + 1) * stride, *c = tape->scale_decay + (k + 1) * stride;
  const double mu = 1 / (1 + exp (-(double)w->packed[w->momentum]));
  TwReal *out = tape->out + k * R * TW_PAD_OUT;
  TwReal *direction_bar = tape->gradient_bar, *attention_bar = tape->relative; /* free at this point */
  double offset_bar = 0, mu_bar = 0;

  for (gsize r = 0; r < R; r++) {
    TwReal *y = out + r * TW_PAD_OUT;
    direction_bar[r] = -size[r] * (TwReal)theta_bar[r];
    attention_bar[r] = 0;
    TwReal by_update = direction_bar[r] * direction[r], hat_bar = by_update;
    if (config->attention) {
      attention_bar[r] = -attend[r] * (TwReal)phi_bar[r];
      hat_bar += attention_bar[r] * attention[r];
      theta_bar[r] += phi_bar[r];
    }
    y[TW_OUT_LOG_LR] = 0;
    if (config->dynamic_scale) {
      TwReal n_bar = tape->log_lr_bar[r];
      offset_bar += (double)by_update;
      mu_bar += (double)n_bar * (double)(n0[r] - hat[r]);
      hat_bar += (TwReal)(1 - mu) * n_bar;
      y[TW_OUT_LOG_LR] = hat_bar;
      tape->log_lr_bar[r] = (TwReal)mu * n_bar + hat_bar; /* the clip passes it straight through */
    }
    y[TW_OUT_INPUT_DECAY] = config->learn_decay ? tape->input_decay_bar[r] * d[r] * (1 - d[r]) : 0;
    y[TW_OUT_SCALE_DECAY] = config->learn_decay ? tape->scale_decay_bar[r] * c[r] * (1 - c[r]) : 0;
  }
  if (config->dynamic_scale) {
    tape->grad[w->offset] += (TwReal)offset_bar;
    tape->grad[w->momentum] += (TwReal)(mu_bar * mu * (1 - mu));
  }
  for (gsize t = 0; t < layout->n_tensors; t++) {
    gsize from = layout->tensor_start[t], to = layout->tensor_start[t + 1];
    const TwReal *norms = tape->norms + (k * layout->n_tensors + t) * 2;
    normalise_backward (direction_bar + from, direction + from, to - from, norms[0]);
    if (config->attention)
      normalise_backward (attention_bar + from, attention + from, to - from, norms[1]);
    for (gsize r = from; r < to; r++) {
      out[r * TW_PAD_OUT + TW_OUT_UPDATE] = direction_bar[r];
      out[r * TW_PAD_OUT + TW_OUT_ATTENTION] = attention_bar[r];
    }
  }
}

/* h_bar is that of h'; leaves those before the activation of u and c in the gates, and starts that of h. */
TW_KERNEL static void
candidate_backward (gsize n, gsize ph, TwReal *gates, const TwReal *h, TwReal *h_bar)
{
  for (gsize i = 0; i < n; i++, gates += 3 * ph, h += ph, h_bar += ph)
    for (gsize j = 0; j < ph; j += TW_LANES) {
      TwVec bar = tw_vec_load (h_bar + j), u = tw_vec_load (gates + ph + j),
            c = tw_vec_load (gates + 2 * ph + j);
      TwVec through = bar * (1 - u);
      tw_vec_store (gates + ph + j, through * (tw_vec_load (h + j) - c) * u);
      tw_vec_store (gates + 2 * ph + j, through * (1 - c * c));
      tw_vec_store (h_bar + j, bar * u);
    }
}

TW_KERNEL static void
reset_backward (gsize n, gsize ph, TwReal *gates, const TwReal *h, const TwReal *rh_bar, TwReal *h_bar)
{
  for (gsize i = 0; i < n; i++, gates += 3 * ph, h += ph, rh_bar += ph, h_bar += ph)
    for (gsize j = 0; j < ph; j += TW_LANES) {
      TwVec r = tw_vec_load (gates + j), by_r = tw_vec_load (rh_bar + j) * r;
      tw_vec_store (h_bar + j, tw_vec_load (h_bar + j) + by_r);
      tw_vec_store (gates + j, by_r * tw_vec_load (h + j) * (1 - r));
    }
}

/* h_bar in: of h', out: of h; x_bar that of the inputs (of rows, += it); gates: theirs before the activation. */
static void
gru_backward (TwHrnnTape *tape, guint i, gsize k)
{
  const TwTapeLayer *l = &tape->weights->layer[i];
  TwTapeLevel *level = &tape->level[i];
  const gsize n = level->n, ph = l->ph;
  const TwReal *h = level->h + k * n * ph;
  TwReal *gates = level->gates + k * n * 3 * ph;
  candidate_backward (n, ph, gates, h, level->h_bar);
  tw_linear_set (n, ph, tw_inner (l->h), gates + 2 * ph, 3 * ph, 1, l->wc_t, ph, level->rh_bar, ph);
  reset_backward (n, ph, gates, h, level->rh_bar, level->h_bar);
  tw_linear_add (n, ph, (TwInner){ 2, l->h, ph }, gates, 3 * ph, 1, l->wh_t, ph, level->h_bar, ph);
  (i == 0 ? tw_linear_add : tw_linear_set) (n, l->px, (TwInner){ 3, l->h, ph }, gates, 3 * ph, 1, l->wx_t, l->px,
                                            level->x_bar, l->px);
}

/* sum (width) = the sum of n rows. */
TW_KERNEL static void
sum_rows (gsize n, gsize width, const TwReal *rows, gsize ld, TwReal *sum)
{
  memcpy (sum, rows, width * sizeof (TwReal));
  for (gsize i = 1; i < n; i++)
    for (gsize j = 0; j < width; j += TW_LANES)
      tw_vec_store (sum + j, tw_vec_load (sum + j) + tw_vec_load (rows + i * ld + j));
}

/* Each of n rows += scale * v (width). */
TW_KERNEL static void
spread (gsize n, gsize width, TwReal *rows, gsize ld, const TwReal *v, TwReal scale)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < width; j++)
      rows[i * ld + j] += scale * v[j];
}

/* Equations 6, 5 and 4 backward, from the top. */
static void
levels_backward (TwHrnnTape *tape, gsize k)
{
  const TwTapeWeights *w = tape->weights;
  const TwTapeLayer *l = w->layer;
  const TwLayout *layout = tape->layout;
  TwTapeLevel *level = tape->level;
  const gsize R = layout->n_rows, T = layout->n_tensors, B = layout->n_runs;
  const gsize p0 = 3 * l[0].ph, p1 = 3 * l[1].ph;
  const guint n_levels = w->config.n_levels;
  if (n_levels > 2) {
    gru_backward (tape, 2, k);
    for (gsize b = 0; b < B; b++) {
      gsize from = layout->run_start[b], n = layout->run_start[b + 1] - from;
      spread (n, l[1].h, level[1].h_bar + from * l[1].ph, l[1].ph, level[2].x_bar + b * l[2].px + 1,
              1 / (TwReal)n);
    }
  }
  if (n_levels > 1) {
    gru_backward (tape, 1, k);
    for (gsize t = 0; t < T; t++) {
      gsize from = layout->tensor_start[t], n = layout->tensor_start[t + 1] - from;
      const TwReal *x_bar = level[1].x_bar + t * l[1].px + 1;
      spread (n, l[0].h, level[0].h_bar + from * l[0].ph, l[0].ph, x_bar, 1 / (TwReal)n);
      spread (n, l[0].in, level[0].x_bar + from * l[0].px + 1, l[0].px, x_bar + l[0].h, 1 / (TwReal)n);
    }
  }
  if (n_levels > 2) {
    TwReal *bar = tape->tensor_bar + k * B * p1;
    for (gsize b = 0; b < B; b++)
      sum_rows (layout->run_start[b + 1] - layout->run_start[b], p1,
                level[1].gates + (k * T + layout->run_start[b]) * p1, p1, bar + b * p1);
    tw_linear_add (B, l[2].ph, (TwInner){ 3, l[1].h, l[1].ph }, bar, p1, 1, w->global_to_tensor_t, l[2].ph,
                   level[2].h_bar, l[2].ph);
  }
  gru_backward (tape, 0, k);
  if (n_levels < 2)
    return;
  TwReal *per_tensor = tape->inject_bar[0] + k * T * p0;
  for (gsize t = 0; t < T; t++)
    sum_rows (layout->tensor_start[t + 1] - layout->tensor_start[t], p0,
              level[0].gates + (k * R + layout->tensor_start[t]) * p0, p0, per_tensor + t * p0);
  tw_linear_add (T, l[1].ph, (TwInner){ 3, l[0].h, l[0].ph }, per_tensor, p0, 1, w->tensor_to_param_t,
                 l[1].ph, level[1].h_bar, l[1].ph);
  if (n_levels < 3)
    return;
  TwReal *per_run = tape->inject_bar[1] + k * B * p0;
  for (gsize b = 0; b < B; b++)
    sum_rows (layout->run_start[b + 1] - layout->run_start[b], p0, per_tensor + layout->run_start[b] * p0, p0,
              per_run + b * p0);
  tw_linear_add (B, l[2].ph, (TwInner){ 3, l[0].h, l[0].ph }, per_run, p0, 1, w->global_to_param_t, l[2].ph,
                 level[2].h_bar, l[2].ph);
}

/* Equations 1 to 3 backward. */
TW_KERNEL static void
features_backward (TwHrnnTape *tape, gsize k)
{
  const TwTapeWeights *w = tape->weights;
  const TwHrnnConfig *config = &w->config;
  const gsize S = config->scales, F = w->shape.F, stride = tape->stride, R = tape->layout->n_rows;
  const gsize px = w->layer[0].px;
  const TwReal *a0 = tape->average + k * S * stride, *v0 = tape->mean_square + k * S * stride;
  const TwReal *a1 = tape->average + (k + 1) * S * stride, *v1 = tape->mean_square + (k + 1) * S * stride;
  const TwReal *m1 = tape->scaled + k * S * stride;
  const TwReal *x_bar = tape->level[0].x_bar;
  const TwReal inverse_S = 1 / (TwReal)S;
  const gsize products = config->grad_products ? S - 1 : 0, logs = S + products;

  for (gsize r0 = 0; r0 < stride; r0 += TW_LANES) {
    TwVec bar[3 * TW_HRNN_MAX_SCALES + 1] = { 0 }, m[TW_HRNN_MAX_SCALES];
    for (gsize i = 0; i < TW_LANES && r0 + i < R; i++)
      for (gsize f = 0; f < F; f++)
        bar[f][i] = x_bar[(r0 + i) * px + 1 + f];
    if (config->relative_lr)
      tw_vec_store (tape->relative + r0, bar[F - 1]); /* its mean is taken off per run, below */
    for (gsize s = 0; s < S; s++)
      m[s] = tw_vec_load (m1 + s * stride + r0);
    for (gsize s = 0; s < products; s++) {
      bar[s] += bar[S + s] * m[s + 1];
      bar[s + 1] += bar[S + s] * m[s];
    }
    TwVec log_mean = { 0 };
    if (config->log_ms) {
      for (gsize s = 0; s < S; s++)
        log_mean += bar[logs + s];
      log_mean *= inverse_S;
    }
    TwVec g = tw_vec_load (tape->gradient + k * stride + r0),
          keep = tw_vec_load (tape->scale_decay + k * stride + r0);
    TwVec d = tw_vec_load (tape->input_decay + k * stride + r0), decay = d, g_bar = { 0 };
    TwVec keep_bar = { 0 }, d_bar = { 0 };
    TwReal power = 1;
    for (gsize s = 0; s < S; s++, power /= 2) {
      const gsize at = s * stride + r0;
      TwVec a = tw_vec_load (a1 + at), a_bar = tw_vec_load (tape->average_bar + at);
      if (config->input_scaling) {
        TwVec inverse = 1 / (tw_vec_load (v1 + at) + (TwReal)1e-16), root = tw_vec_sqrt (inverse);
        TwVec ratio = a * root, ratio_bar = bar[s] / tw_vec_sqrt (1 + ratio * ratio);
        TwVec v_bar = tw_vec_load (tape->mean_square_bar + at) - (TwReal)0.5 * ratio_bar * ratio * inverse;
        if (config->log_ms)
          v_bar += (bar[logs + s] - log_mean) * inverse;
        keep_bar += v_bar * (tw_vec_load (v0 + at) - a * a - (TwReal)1e-12);
        a_bar += ratio_bar * root + 2 * v_bar * (1 - keep) * a;
        tw_vec_store (tape->mean_square_bar + at, v_bar * keep);
      } else {
        a_bar += bar[s] / tw_vec_sqrt (1 + a * a);
      }
      g_bar += (1 - decay) * a_bar;
      d_bar += a_bar * (tw_vec_load (a0 + at) - g) * decay * power;
      tw_vec_store (tape->average_bar + at, a_bar * decay);
      decay = tw_vec_sqrt (decay);
    }
    for (gsize i = 0; i < TW_LANES; i++)
      d_bar[i] = d[i] > 0 ? d_bar[i] / d[i] : 0; /* d = 0: only the first step, where nothing depends on it */
    tw_vec_store (tape->scale_decay_bar + r0, keep_bar);
    tw_vec_store (tape->input_decay_bar + r0, d_bar);
    tw_vec_store (tape->gradient_bar + r0, g_bar);
  }
}

static void
relative_log_lr_backward (TwHrnnTape *tape)
{
  const TwLayout *layout = tape->layout;
  for (gsize b = 0; b < layout->n_runs; b++) {
    gsize from = tw_layout_run_row (layout, b), to = tw_layout_run_row (layout, b + 1);
    double sum = 0;
    for (gsize r = from; r < to; r++)
      sum += (double)tape->relative[r];
    TwReal mean = (TwReal)(sum / (double)(to - from));
    for (gsize r = from; r < to; r++)
      tape->log_lr_bar[r] += tape->relative[r] - mean;
  }
}

/* The weight gradients of level i from the steps k <= pending that have gathered. */
static void
weight_gradients (TwHrnnTape *tape, guint i, gsize k)
{
  const TwTapeWeights *w = tape->weights;
  const TwTapeLayer *l = &w->layer[i];
  TwTapeLevel *level = &tape->level[i];
  const gsize n = level->n, first = k * n, rows = (level->pending - k) * n;
  const gsize ph = l->ph, p0 = 3 * w->layer[0].ph, p1 = 3 * w->layer[1].ph;
  const TwReal *x = level->x + first * l->px, *h = level->h + first * ph, *rh = level->rh + first * ph;
  const TwReal *bar = level->gates + first * 3 * ph;
  TwReal *grad = tape->grad;
  const TwInner over = tw_inner (rows);
  tw_linear_add (1 + l->in, 3 * ph, over, x, 1, l->px, bar, 3 * ph, grad + l->wx, 3 * ph);
  tw_linear_add (l->h, 2 * ph, over, h, 1, ph, bar, 3 * ph, grad + l->wh, 2 * ph);
  tw_linear_add (l->h, ph, over, rh, 1, ph, bar + 2 * ph, 3 * ph, grad + l->wc, ph);
  switch (i) {
  case 0:
    bar = tape->out + first * TW_PAD_OUT;
    tw_linear_add (1 + w->config.scales, TW_PAD_OUT, over, x, 1, l->px, bar, TW_PAD_OUT, grad + w->out_x,
                   TW_PAD_OUT);
    tw_linear_add (l->h, TW_PAD_OUT, over, h + n * ph, 1, ph, bar, TW_PAD_OUT, grad + w->out_h, TW_PAD_OUT);
    break;
  case 1:
    tw_linear_add (l->h, p0, over, h, 1, ph, tape->inject_bar[0] + first * p0, p0, grad + w->tensor_to_param,
                   p0);
    break;
  default:
    tw_linear_add (l->h, p0, over, h, 1, ph, tape->inject_bar[1] + first * p0, p0, grad + w->global_to_param,
                   p0);
    tw_linear_add (l->h, p1, over, h, 1, ph, tape->tensor_bar + first * p1, p1, grad + w->global_to_tensor,
                   p1);
    break;
  }
  level->pending = k;
}

void
tw_hrnn_backward_step (TwHrnnTape *tape, gsize k, double *theta_bar, const double *phi_bar,
                       double *gradient_bar)
{
  const TwTapeWeights *w = tape->weights;
  const TwTapeLayer *l = w->layer;
  TwTapeLevel *level = tape->level;
  const gsize R = tape->layout->n_rows;
  outputs_backward (tape, k, theta_bar, phi_bar);
  const TwReal *out_bar = tape->out + k * R * TW_PAD_OUT;
  tw_linear_set (R, l[0].px, tw_inner (TW_N_OUT), out_bar, TW_PAD_OUT, 1, w->out_x_t, l[0].px, level[0].x_bar,
                 l[0].px);
  tw_linear_add (R, l[0].ph, tw_inner (TW_N_OUT), out_bar, TW_PAD_OUT, 1, w->out_h_t, l[0].ph, level[0].h_bar,
                 l[0].ph);
  levels_backward (tape, k);
  features_backward (tape, k);
  if (w->config.relative_lr)
    relative_log_lr_backward (tape);
  for (gsize r = 0; r < R; r++)
    gradient_bar[r] = (double)tape->gradient_bar[r];
  for (guint i = 0; i < w->config.n_levels; i++)
    if (k == 0 || (level[i].pending - k) * level[i].n >= ROWS_PER_PRODUCT)
      weight_gradients (tape, i, k);
}

/* The sum of |v| (n): one NaN or infinity stays one. */
TW_KERNEL static TwReal
sum_abs (gsize n, const TwReal *v)
{
  TwVec sum = { 0 };
  TwReal rest = 0;
  gsize i = 0;
  for (; i + TW_LANES <= n; i += TW_LANES)
    sum += tw_vec_abs (tw_vec_load (v + i));
  for (; i < n; i++)
    rest += (TwReal)fabs ((double)v[i]);
  return tw_vec_sum (sum) + rest;
}

double
tw_hrnn_backward_magnitude (const TwHrnnTape *tape, gsize run)
{
  const TwTapeWeights *w = tape->weights;
  const TwLayout *layout = tape->layout;
  gsize from[3] = { tw_layout_run_row (layout, run), layout->run_start[run], run };
  gsize to[3] = { tw_layout_run_row (layout, run + 1), layout->run_start[run + 1], run + 1 };
  const gsize first = from[0], n = to[0] - first;
  TwReal sum = sum_abs (n, tape->log_lr_bar + first) + sum_abs (n, tape->input_decay_bar + first) +
               sum_abs (n, tape->scale_decay_bar + first);
  for (guint i = 0; i < w->config.n_levels; i++)
    sum += sum_abs ((to[i] - from[i]) * w->layer[i].ph, tape->level[i].h_bar + from[i] * w->layer[i].ph);
  for (gsize s = 0; s < w->config.scales; s++)
    sum += sum_abs (n, tape->average_bar + s * tape->stride + first);
  return (double)sum;
}

void
tw_hrnn_backward_cut (TwHrnnTape *tape, gsize run)
{
  const TwTapeWeights *w = tape->weights;
  const TwLayout *layout = tape->layout;
  const gsize first = tw_layout_run_row (layout, run), rows = tw_layout_run_row (layout, run + 1) - first;
  const gsize tensors = layout->run_start[run + 1] - layout->run_start[run];
  zero (tape->level[0].h_bar + first * w->layer[0].ph, rows * w->layer[0].ph);
  if (w->config.n_levels > 1)
    zero (tape->level[1].h_bar + layout->run_start[run] * w->layer[1].ph, tensors * w->layer[1].ph);
  if (w->config.n_levels > 2)
    zero (tape->level[2].h_bar + run * w->layer[2].ph, w->layer[2].ph);
  zero (tape->log_lr_bar + first, rows);
  zero (tape->input_decay_bar + first, rows);
  zero (tape->scale_decay_bar + first, rows);
  for (gsize s = 0; s < w->config.scales; s++) {
    zero (tape->average_bar + s * tape->stride + first, rows);
    zero (tape->mean_square_bar + s * tape->stride + first, rows);
  }
}

void
tw_hrnn_backward_end (TwHrnnTape *tape, const guint8 *fresh)
{
  const TwTapeWeights *w = tape->weights;
  const TwLayout *layout = tape->layout;
  for (gsize b = 0; b < layout->n_runs; b++) {
    if (!fresh[b])
      continue;
    const gsize from[3] = { tw_layout_run_row (layout, b), layout->run_start[b], b };
    const gsize to[3] = { tw_layout_run_row (layout, b + 1), layout->run_start[b + 1], b + 1 };
    for (guint i = 0; i < w->config.n_levels; i++) {
      const TwTapeLayer *l = &w->layer[i];
      for (gsize e = from[i]; e < to[i]; e++)
        for (gsize j = 0; j < l->h; j++)
          tape->grad[l->init + j] += tape->level[i].h_bar[e * l->ph + j];
    }
  }
}

void
tw_hrnn_backward_add_gradient (const TwHrnnTape *tape, double *gradient)
{
  const TwTapeWeights *w = tape->weights;
  for (gsize i = 0; i < w->shape.P; i++)
    gradient[i] += (double)tape->grad[w->place[i]];
}
