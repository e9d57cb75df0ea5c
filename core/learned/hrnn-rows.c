/* The row kernel.  One vector of rows goes through a whole step before the next one starts: what it needs in
 * between fits into registers and L1, and the state crosses the memory bus once in each direction. */

#pragma GCC optimize("O3")

#include "core/learned/hrnn-private.h"

/* Beyond this, squares leave the range of the type. */
#ifdef TW_REAL_DOUBLE
#define GRADIENT_MAX 1e150
#else
#define GRADIENT_MAX 1e18f
#endif

/* Without learned decays, these. */
#define FIXED_INPUT_DECAY ((TwReal)0.89)
#define FIXED_SCALE_DECAY ((TwReal)0.93)

/* Rows between what is worked on and what is fetched from memory. */
#define AHEAD (2 * TW_LANES)

gsize
tw_hrnn_rows_work (const TwHrnnRowWeights *weights)
{
  gsize tiles = weights->gate_tiles + weights->candidate_tiles;
  return 2 * (weights->F + weights->H0) + tiles * TW_HRNN_TILE + weights->H0;
}

/* The rows of one vector: all of them, or the first few, the others belonging to somebody else. */
typedef struct {
  gsize row;
  gboolean whole;
  TwIVec mask;
} Lanes;

TW_VEC_INLINE void
put (const Lanes *lanes, TwReal *plane, TwVec v)
{
  TwReal *p = plane + lanes->row;
  tw_vec_store (p, lanes->whole ? v : tw_vec_select (lanes->mask, v, tw_vec_load (p)));
}

/* out (TILE) = bias + w (n, TILE) in (n): TILE sums at once, each in the order of the inputs. */
TW_VEC_INLINE void
tile_product (gsize n, const TwReal *w, const TwVec *in, const TwVec *bias, TwVec *out)
{
  TwVec sum[TW_HRNN_TILE];

#pragma GCC unroll 10
  for (gsize o = 0; o < TW_HRNN_TILE; o++)
    sum[o] = bias[o];
  for (gsize i = 0; i < n; i++) {
    TwVec x = in[i];
#pragma GCC unroll 10
    for (gsize o = 0; o < TW_HRNN_TILE; o++)
      sum[o] += x * w[i * TW_HRNN_TILE + o];
  }
#pragma GCC unroll 10
  for (gsize o = 0; o < TW_HRNN_TILE; o++)
    out[o] = sum[o];
}

/* Equations 1 to 3: averages, mean squares, features x (F). */
TW_VEC_INLINE void
features (const TwHrnnRows *a, const Lanes *lanes, TwVec g, TwVec n, TwVec *x)
{
  const TwHrnnConfig *config = a->weights->config;
  const TwHrnnState *state = a->state;
  gsize S = a->weights->S, stride = state->row_stride;
  TwVec d = tw_vec_load (state->input_decay + lanes->row);
  TwVec c = tw_vec_load (state->scale_decay + lanes->row);
  TwVec log_ms[TW_HRNN_MAX_SCALES], mean = {};
  gboolean own_scales = a->weights->timescale < 0;

  for (int s = 0; s < a->weights->timescale; s++)
    d = tw_vec_sqrt (d);
  for (gsize s = 0; s < S; s++) {
    TwReal *average = state->average + s * stride, *mean_square = state->mean_square + s * stride;
    TwVec old = tw_vec_load (average + lanes->row);
    TwVec v = tw_vec_load (mean_square + lanes->row);
    TwVec new = d *old + (1 - d) * g;

    put (lanes, average, new);
    v = c * v + (1 - c) * (new *new + (TwReal)1e-12);
    put (lanes, mean_square, v);
    if (config->input_scaling) {
      TwVec w = v + (TwReal)1e-16;
      x[s] = tw_vec_asinh (new / tw_vec_sqrt (w));
      if (config->log_ms) {
        log_ms[s] = tw_vec_log (w);
        mean += log_ms[s];
      }
    } else
      x[s] = tw_vec_asinh (new);
    if (own_scales)
      d = tw_vec_sqrt (d);
  }
  gsize f = S;
  if (config->grad_products)
    for (gsize s = 0; s + 1 < S; s++)
      x[f++] = x[s] * x[s + 1];
  if (config->log_ms) {
    mean *= 1 / (TwReal)S;
    for (gsize s = 0; s < S; s++)
      x[f++] = log_ms[s] - mean;
  }
  if (config->relative_lr)
    x[f++] = n - a->mean_log_lr;
}

/* Equation 4.  in (F + H0): features and h0; new_h (H0). */
TW_VEC_INLINE void
cell (const TwHrnnRowWeights *w, const TwVec *bias, const TwVec *in, TwVec *gated, TwVec *gates, TwVec *new_h)
{
  gsize F = w->F, H0 = w->H0, n = F + H0;
  gsize per_tile = n * TW_HRNN_TILE;
  TwVec *candidate = gates + w->gate_tiles * TW_HRNN_TILE;

  for (gsize t = 0; t < w->gate_tiles; t++)
    tile_product (n, w->gates + t * per_tile, in, bias + t * TW_HRNN_TILE, gates + t * TW_HRNN_TILE);
  for (gsize f = 0; f < F; f++)
    gated[f] = in[f];
  for (gsize j = 0; j < H0; j++)
    gated[F + j] = tw_vec_gated (gates[j], in[F + j]);
  bias += w->gate_tiles * TW_HRNN_TILE;
  for (gsize t = 0; t < w->candidate_tiles; t++)
    tile_product (n, w->candidate + t * per_tile, gated, bias + t * TW_HRNN_TILE,
                  candidate + t * TW_HRNN_TILE);
  for (gsize j = 0; j < H0; j++)
    new_h[j] = tw_vec_gru_mix (gates[H0 + j], candidate[j], in[F + j]);
}

/* The watched rows among these lanes; their normalisation comes later. */
static void
note_watched (TwHrnnRows *a, gsize row, gsize n, const TwVec *x, const TwVec *directions)
{
  const TwHrnnWatch *watch = a->watch;
  gsize F = a->weights->F;

  for (; a->next_watched < watch->n && watch->rows[a->next_watched] < row + n; a->next_watched++) {
    gsize i = a->next_watched, lane = watch->rows[i] - row;

    if (watch->features != NULL)
      for (gsize f = 0; f < F; f++)
        watch->features[i * F + f] = x[f][lane];
    if (watch->direction != NULL)
      watch->direction[i] = directions[0][lane];
    if (watch->attention != NULL)
      watch->attention[i] = directions[1][lane];
  }
}

/* The state some rows ahead of the kernel: there are more planes than streams that a processor foresees by itself. */
TW_VEC_INLINE void
prefetch (const TwHrnnState *state, gsize n_planes, gsize row)
{
  if (row + AHEAD >= state->row_stride)
    return;
  for (gsize p = 0; p < n_planes; p++)
    __builtin_prefetch (state->h0 + p * state->row_stride + row + AHEAD, 1);
}

TW_KERNEL void
tw_hrnn_rows_step (TwHrnnRows *a)
{
  const TwHrnnRowWeights *w = a->weights;
  const TwHrnnConfig *config = w->config;
  TwHrnnState *state = a->state;
  gsize S = w->S, F = w->F, H0 = w->H0, stride = state->row_stride;
  TwVec *in = a->work, *gated = in + F + H0, *gates = gated + F + H0;
  TwVec *new_h = gates + (w->gate_tiles + w->candidate_tiles) * TW_HRNN_TILE;

  for (gsize i = 0; i < a->n; i += TW_LANES) {
    gsize count = MIN (TW_LANES, a->n - i);
    Lanes lanes = { .row = a->row + i, .whole = count == TW_LANES, .mask = tw_vec_first_lanes (count) };
    TwVec n = tw_vec_load (state->log_lr + lanes.row);

    prefetch (state, H0 + 3 + 2 * S, lanes.row);
    features (a, &lanes, tw_vec_load (a->gradient + i), n, in);
    for (gsize j = 0; j < H0; j++)
      in[F + j] = tw_vec_load (state->h0 + j * stride + lanes.row);
    cell (w, a->bias, in, gated, gates, new_h);

    TwVec out[TW_HRNN_OUT];
    for (gsize o = 0; o < TW_HRNN_OUT; o++)
      out[o] = tw_vec_set (w->output_bias[o]);
    for (gsize j = 0; j < H0; j++) {
      TwVec h = new_h[j];
      put (&lanes, state->h0 + j * stride, h);
      a->sums[j] += tw_vec_select (lanes.mask, h, (TwVec){});
#pragma GCC unroll 5
      for (gsize o = 0; o < TW_HRNN_OUT; o++)
        out[o] += h * w->outputs[j * TW_HRNN_OUT + o];
    }
    for (gsize s = 0; s < S; s++) {
      out[0] += in[s] * w->shortcuts[2 * s];
      out[1] += in[s] * w->shortcuts[2 * s + 1];
    }
    for (gsize f = 0; f < F; f++)
      a->sums[H0 + f] += tw_vec_select (lanes.mask, in[f], (TwVec){});
    for (gsize o = 0; o < 2; o++)
      a->sums[H0 + F + o] += tw_vec_select (lanes.mask, out[o] * out[o], (TwVec){});

    if (config->learn_decay) {
      put (&lanes, state->input_decay, tw_vec_sigmoid (out[2]));
      put (&lanes, state->scale_decay, tw_vec_sigmoid (out[3]));
    } else {
      put (&lanes, state->input_decay, tw_vec_set (FIXED_INPUT_DECAY));
      put (&lanes, state->scale_decay, tw_vec_set (FIXED_SCALE_DECAY));
    }
    TwVec wanted = n;
    if (config->dynamic_scale) {
      wanted = tw_vec_clamp (n + out[4], -33, 33);
      put (&lanes, state->log_lr, w->momentum * n + (1 - w->momentum) * wanted);
    }
    TwVec size = tw_vec_exp (wanted);
    tw_vec_store (a->step + i, size * w->step_scale * out[0]);
    tw_vec_store (a->attend + i, size * out[1]);
    if (a->watch != NULL && a->next_watched < a->watch->n &&
        a->watch->rows[a->next_watched] < lanes.row + count)
      note_watched (a, lanes.row, count, in, out);
  }
}

TW_KERNEL void
tw_hrnn_rows_load (gsize n, const double *from, TwReal *to)
{
  for (gsize i = 0; i < n; i++) {
    double g = from[i];
    g = g > GRADIENT_MAX ? GRADIENT_MAX : g; /* NaN stays NaN */
    to[i] = g < -GRADIENT_MAX ? -GRADIENT_MAX : g;
  }
  for (gsize i = n; i < TW_PAD (n); i++)
    to[i] = 0;
}

TW_KERNEL void
tw_hrnn_rows_store (gsize n, const TwReal *from, double *to)
{
  for (gsize i = 0; i < n; i++)
    to[i] = from[i];
}

TW_KERNEL void
tw_hrnn_rows_apply (gsize n, double step_scale, double attend_scale, const double *step, double *theta,
                    double *phi)
{
  if (phi == NULL) {
    for (gsize i = 0; i < n; i++)
      theta[i] -= step_scale * step[i];
    return;
  }
#pragma GCC ivdep
  for (gsize i = 0; i < n; i++) {
    double before = theta[i];
    theta[i] = before - step_scale * step[i];
    phi[i] = before - attend_scale * phi[i];
  }
}

TW_KERNEL double
tw_hrnn_rows_sum (gsize n, const TwReal *x)
{
  double partial[8] = { 0 }, sum = 0;
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    for (gsize j = 0; j < 8; j++)
      partial[j] += x[i + j];
  for (gsize j = 0; j < 8; j++)
    sum += partial[j];
  for (; i < n; i++)
    sum += x[i];
  return sum;
}
