/* hrnn-twin.h: equations 1 to 10 once more, naively: one row after the other, in double, straight from the
 * flat weights.  What the kernels are tested against. */
#pragma once

#include <math.h>
#include <string.h>

#include "core/learned/hrnn.h"

/* Row-major, unlike TwHrnnState. */
typedef struct {
  const TwHrnnWeights *weights;
  const TwLayout *layout;
  double *h0;                                 /* (R, H0) */
  double *input_decay, *scale_decay, *log_lr; /* (R) */
  double *average, *mean_square;              /* (R, S) */
  double *h1, *h2;                            /* (T, H1), (B, H2) */
  double *features;                           /* (R, F) of the last step */
  double *direction, *attention;              /* (R) of the last step, normalised */
} Twin;

static double
weight (const Twin *twin, TwHrnnTensor which, gsize i)
{
  const TwHrnnTensorInfo *info = &twin->weights->shape.tensors[which];

  g_assert_nonnull (info->name);
  g_assert_cmpuint (i, <, info->size);
  return twin->weights->values[info->offset + i];
}

static Twin *
twin_new (const TwHrnnWeights *weights, const TwLayout *layout)
{
  Twin *twin = g_new0 (Twin, 1);
  gsize R = layout->n_rows, S = weights->config.scales;

  twin->weights = weights;
  twin->layout = layout;
  twin->h0 = g_new0 (double, R * weights->config.hidden[0]);
  twin->input_decay = g_new0 (double, R);
  twin->scale_decay = g_new0 (double, R);
  twin->log_lr = g_new0 (double, R);
  twin->average = g_new0 (double, R *S);
  twin->mean_square = g_new0 (double, R *S);
  twin->h1 = g_new0 (double, layout->n_tensors * weights->config.hidden[1]);
  twin->h2 = g_new0 (double, layout->n_runs * weights->config.hidden[2]);
  twin->features = g_new0 (double, R * weights->shape.F);
  twin->direction = g_new0 (double, R);
  twin->attention = g_new0 (double, R);
  return twin;
}

static void
twin_free (Twin *twin)
{
  g_free (twin->h0);
  g_free (twin->input_decay);
  g_free (twin->scale_decay);
  g_free (twin->log_lr);
  g_free (twin->average);
  g_free (twin->mean_square);
  g_free (twin->h1);
  g_free (twin->h2);
  g_free (twin->features);
  g_free (twin->direction);
  g_free (twin->attention);
  g_free (twin);
}

static void
twin_from_state (Twin *twin, const TwHrnnState *state)
{
  const TwHrnnConfig *config = &twin->weights->config;
  gsize H0 = config->hidden[0], S = config->scales, stride = state->row_stride;

  for (gsize r = 0; r < twin->layout->n_rows; r++) {
    for (gsize j = 0; j < H0; j++)
      twin->h0[r * H0 + j] = state->h0[j * stride + r];
    for (gsize s = 0; s < S; s++) {
      twin->average[r * S + s] = state->average[s * stride + r];
      twin->mean_square[r * S + s] = state->mean_square[s * stride + r];
    }
    twin->input_decay[r] = state->input_decay[r];
    twin->scale_decay[r] = state->scale_decay[r];
    twin->log_lr[r] = state->log_lr[r];
  }
  for (gsize i = 0; i < twin->layout->n_tensors * config->hidden[1]; i++)
    twin->h1[i] = state->h1[i];
  for (gsize i = 0; i < twin->layout->n_runs * config->hidden[2]; i++)
    twin->h2[i] = state->h2[i];
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

/* h (H) in and out; x (in); inject (3 H) */
static void
gru (const Twin *twin, TwHrnnTensor first, gsize in, gsize H, const double *x, double *h,
     const double *inject)
{
  g_autofree double *r = g_new (double, H), *u = g_new (double, H), *next = g_new (double, H);

  for (gsize o = 0; o < 2 * H; o++) {
    double sum = weight (twin, first + 1, o) + inject[o];
    for (gsize i = 0; i < in; i++)
      sum += x[i] * weight (twin, first, i * 2 * H + o);
    for (gsize j = 0; j < H; j++)
      sum += h[j] * weight (twin, first, (in + j) * 2 * H + o);
    (o < H ? r : u)[o % H] = sigmoid (sum);
  }
  for (gsize o = 0; o < H; o++) {
    double sum = weight (twin, first + 3, o) + inject[2 * H + o];
    for (gsize i = 0; i < in; i++)
      sum += x[i] * weight (twin, first + 2, i * H + o);
    for (gsize j = 0; j < H; j++)
      sum += r[j] * h[j] * weight (twin, first + 2, (in + j) * H + o);
    next[o] = u[o] * h[o] + (1 - u[o]) * tanh (sum);
  }
  memcpy (h, next, H * sizeof (double));
}

/* out (cols) += h (n) W + b */
static void
add_linear (const Twin *twin, TwHrnnTensor which, gsize n, gsize cols, const double *h, double *out)
{
  for (gsize c = 0; c < cols; c++) {
    out[c] += weight (twin, which + 1, c);
    for (gsize i = 0; i < n; i++)
      out[c] += h[i] * weight (twin, which, i * cols + c);
  }
}

static void
row_features (Twin *twin, gsize r, double g, double mean_log_lr, double *x)
{
  const TwHrnnConfig *config = &twin->weights->config;
  gsize S = config->scales, f = S;
  double *a = twin->average + r * S, *v = twin->mean_square + r * S, mean = 0;

  for (gsize s = 0; s < S; s++) {
    double d = twin->input_decay[r] > 0 ? pow (twin->input_decay[r], pow (2, -(double)s)) : 0;
    double c = twin->scale_decay[r];

    a[s] = d * a[s] + (1 - d) * g;
    v[s] = c * v[s] + (1 - c) * (a[s] * a[s] + 1e-12);
    x[s] = asinh (config->input_scaling ? a[s] / sqrt (v[s] + 1e-16) : a[s]);
    mean += log (v[s] + 1e-16) / S;
  }
  if (config->grad_products)
    for (gsize s = 0; s + 1 < S; s++)
      x[f++] = x[s] * x[s + 1];
  if (config->log_ms)
    for (gsize s = 0; s < S; s++)
      x[f++] = log (v[s] + 1e-16) - mean;
  if (config->relative_lr)
    x[f++] = twin->log_lr[r] - mean_log_lr;
  g_assert_cmpuint (f, ==, twin->weights->shape.F);
}

static double
project (const Twin *twin, TwHrnnTensor which, gsize r)
{
  gsize H0 = twin->weights->config.hidden[0];
  double sum = 0;

  for (gsize j = 0; j < H0; j++)
    sum += twin->h0[r * H0 + j] * weight (twin, which, j);
  return sum;
}

/* Equations 8 to 10 of one row, directions normalised. */
static void
row_update (Twin *twin, gsize r, double *theta, double *phi)
{
  const TwHrnnConfig *config = &twin->weights->config;
  double n = twin->log_lr[r], wanted = n, offset = -1, before = theta[r];

  if (config->dynamic_scale) {
    double mu = sigmoid (weight (twin, TW_HRNN_LOG_LR_MOMENTUM, 0));

    wanted = CLAMP (n + project (twin, TW_HRNN_LOG_LR_W, r) + weight (twin, TW_HRNN_LOG_LR_B, 0), -33, 33);
    twin->log_lr[r] = mu * n + (1 - mu) * wanted;
    offset = weight (twin, TW_HRNN_LOG_LR_OFFSET, 0);
  }
  theta[r] = before - exp (wanted + offset) * twin->direction[r];
  phi[r] = config->attention ? before - exp (wanted) * twin->attention[r] : theta[r];
  twin->input_decay[r] =
    config->learn_decay
      ? sigmoid (project (twin, TW_HRNN_INPUT_DECAY_W, r) + weight (twin, TW_HRNN_INPUT_DECAY_B, 0))
      : 0.89;
  twin->scale_decay[r] =
    config->learn_decay
      ? sigmoid (project (twin, TW_HRNN_SCALE_DECAY_W, r) + weight (twin, TW_HRNN_SCALE_DECAY_B, 0))
      : 0.93;
}

static void
normalise (gsize n, double *v)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += v[i] * v[i];
  for (gsize i = 0; i < n; i++)
    v[i] /= sqrt (sum / n + 1e-16);
}

static void
tensor_step (Twin *twin, gsize t, gsize b, double mean_log_lr, const double *h2, double *theta, double *phi,
             const double *gradient)
{
  const TwHrnnConfig *config = &twin->weights->config;
  gsize H0 = config->hidden[0], H1 = config->hidden[1], H2 = config->hidden[2], S = config->scales,
        F = twin->weights->shape.F;
  gsize start = twin->layout->tensor_start[t], n = twin->layout->tensor_start[t + 1] - start;
  g_autofree double *inject0 = g_new0 (double, 3 * H0), *inject1 = g_new0 (double, 3 * H1 + 1);
  g_autofree double *mean = g_new0 (double, H0 + F);

  if (config->n_levels >= 2)
    add_linear (twin, TW_HRNN_TENSOR_TO_PARAM_W, H1, 3 * H0, twin->h1 + t * H1, inject0);
  if (config->n_levels >= 3) {
    add_linear (twin, TW_HRNN_GLOBAL_TO_PARAM_W, H2, 3 * H0, h2, inject0);
    add_linear (twin, TW_HRNN_GLOBAL_TO_TENSOR_W, H2, 3 * H1, h2, inject1);
  }
  for (gsize r = start; r < start + n; r++) {
    double *x = twin->features + r * F, *h = twin->h0 + r * H0;

    row_features (twin, r, gradient[r], mean_log_lr, x);
    gru (twin, TW_HRNN_PARAM_GATES_W, F, H0, x, h, inject0);
    for (gsize j = 0; j < H0; j++)
      mean[j] += h[j] / n;
    for (gsize f = 0; f < F; f++)
      mean[H0 + f] += x[f] / n;
    twin->direction[r] = project (twin, TW_HRNN_UPDATE_W, r);
    twin->attention[r] = config->attention ? project (twin, TW_HRNN_ATTENTION_W, r) : 0;
    for (gsize s = 0; config->grad_shortcut && s < S; s++) {
      twin->direction[r] += x[s] * weight (twin, TW_HRNN_UPDATE_SHORTCUT, s);
      if (config->attention)
        twin->attention[r] += x[s] * weight (twin, TW_HRNN_ATTENTION_SHORTCUT, s);
    }
  }
  normalise (n, twin->direction + start);
  normalise (n, twin->attention + start);
  for (gsize r = start; r < start + n; r++)
    row_update (twin, r, theta, phi);
  if (config->n_levels >= 2)
    gru (twin, TW_HRNN_TENSOR_GATES_W, H0 + F, H1, mean, twin->h1 + t * H1, inject1);
}

/* phi: theta before - exp(n^) alpha, or theta's new value without attention. */
static void
twin_step (Twin *twin, double *theta, double *phi, const double *gradient)
{
  const TwHrnnConfig *config = &twin->weights->config;
  const TwLayout *layout = twin->layout;
  gsize H1 = config->hidden[1], H2 = config->hidden[2];

  for (gsize b = 0; b < layout->n_runs; b++) {
    gsize first = layout->run_start[b], end = layout->run_start[b + 1];
    gsize row = tw_layout_run_row (layout, b), rows = tw_layout_run_row (layout, b + 1) - row;
    g_autofree double *mean = g_new0 (double, H1 + 1), *none = g_new0 (double, 3 * H2 + 1);
    double mean_log_lr = 0;

    for (gsize r = row; r < row + rows; r++)
      mean_log_lr += twin->log_lr[r] / rows;
    for (gsize t = first; t < end; t++) {
      tensor_step (twin, t, b, mean_log_lr, twin->h2 + b * H2, theta, phi, gradient);
      for (gsize j = 0; j < H1; j++)
        mean[j] += twin->h1[t * H1 + j] / (end - first);
    }
    if (config->n_levels >= 3)
      gru (twin, TW_HRNN_GLOBAL_GATES_W, H1, H2, mean, twin->h2 + b * H2, none);
  }
}
