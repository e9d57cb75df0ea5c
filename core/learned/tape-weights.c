#include "core/learned/tape-weights.h"

#include <string.h>

static gsize
take (gsize *next, gsize rows, gsize cols)
{
  gsize at = *next;
  *next += rows * cols;
  return at;
}

/* Element (i, j) of flat tensor `id` stands at `at` + i * ld + column (j), where each block of `h` columns
 * takes `ph` packed ones.  A vector is one row, or one column where `column` says so. */
static void
put (TwTapeWeights *w, TwHrnnTensor id, gsize at, gsize ld, gsize h, gsize ph)
{
  const TwHrnnTensorInfo *info = &w->shape.tensors[id];
  if (info->name == NULL)
    return;
  gsize cols = info->cols > 0 ? info->cols : info->rows;
  for (gsize e = 0; e < info->size; e++) {
    gsize i = e / cols, j = e % cols;
    w->place[info->offset + e] = (guint32)(at + i * ld + j / h * ph + j % h);
  }
}

static void
put_column (TwTapeWeights *w, TwHrnnTensor id, gsize at, gsize ld)
{
  put (w, id, at, ld, 1, ld);
}

/* The input rows and the state rows of a weight matrix go to different places. */
static void
put_layer (TwTapeWeights *w, guint level, gsize *next)
{
  TwTapeLayer *l = &w->layer[level];
  guint id = TW_HRNN_PARAM_GATES_W + 5 * level;
  const TwHrnnTensorInfo *gates = &w->shape.tensors[id], *candidate = &w->shape.tensors[id + 2];
  l->wx = take (next, 1 + l->in, 3 * l->ph);
  l->wh = take (next, l->h, 2 * l->ph);
  l->wc = take (next, l->h, l->ph);
  l->init = take (next, 1, l->ph);
  for (gsize i = 0; i < l->in + l->h; i++) {
    for (gsize j = 0; j < 2 * l->h; j++) {
      gsize column = j / l->h * l->ph + j % l->h;
      w->place[gates->offset + i * 2 * l->h + j] =
        (guint32)(i < l->in ? l->wx + (1 + i) * 3 * l->ph + column
                            : l->wh + (i - l->in) * 2 * l->ph + column);
    }
    for (gsize j = 0; j < l->h; j++)
      w->place[candidate->offset + i * l->h + j] =
        (guint32)(i < l->in ? l->wx + (1 + i) * 3 * l->ph + 2 * l->ph + j : l->wc + (i - l->in) * l->ph + j);
  }
  put (w, id + 1, l->wx, 0, l->h, l->ph);
  put (w, id + 3, l->wx + 2 * l->ph, 0, l->h, l->ph);
  put (w, id + 4, l->init, 0, l->h, l->ph);
}

static void
place_all (TwTapeWeights *w)
{
  const TwTapeLayer *l = w->layer;
  guint n_levels = w->config.n_levels;
  gsize next = 0;
  for (guint level = 0; level < n_levels; level++)
    put_layer (w, level, &next);
  if (n_levels > 1) {
    w->tensor_to_param = take (&next, l[1].h, 3 * l[0].ph);
    put (w, TW_HRNN_TENSOR_TO_PARAM_W, w->tensor_to_param, 3 * l[0].ph, l[0].h, l[0].ph);
    put (w, TW_HRNN_TENSOR_TO_PARAM_B, l[0].wx, 0, l[0].h, l[0].ph);
  }
  if (n_levels > 2) {
    w->global_to_param = take (&next, l[2].h, 3 * l[0].ph);
    put (w, TW_HRNN_GLOBAL_TO_PARAM_W, w->global_to_param, 3 * l[0].ph, l[0].h, l[0].ph);
    put (w, TW_HRNN_GLOBAL_TO_PARAM_B, l[0].wx, 0, l[0].h, l[0].ph);
    w->global_to_tensor = take (&next, l[2].h, 3 * l[1].ph);
    put (w, TW_HRNN_GLOBAL_TO_TENSOR_W, w->global_to_tensor, 3 * l[1].ph, l[1].h, l[1].ph);
    put (w, TW_HRNN_GLOBAL_TO_TENSOR_B, l[1].wx, 0, l[1].h, l[1].ph);
  }
  w->out_x = take (&next, 1 + w->config.scales, TW_PAD_OUT);
  w->out_h = take (&next, l[0].h, TW_PAD_OUT);
  static const struct {
    TwHrnnTensor weight, shortcut, bias;
  } outs[TW_N_OUT] = {
    [TW_OUT_UPDATE] = { TW_HRNN_UPDATE_W, TW_HRNN_UPDATE_SHORTCUT, TW_HRNN_N_TENSORS },
    [TW_OUT_ATTENTION] = { TW_HRNN_ATTENTION_W, TW_HRNN_ATTENTION_SHORTCUT, TW_HRNN_N_TENSORS },
    [TW_OUT_INPUT_DECAY] = { TW_HRNN_INPUT_DECAY_W, TW_HRNN_N_TENSORS, TW_HRNN_INPUT_DECAY_B },
    [TW_OUT_SCALE_DECAY] = { TW_HRNN_SCALE_DECAY_W, TW_HRNN_N_TENSORS, TW_HRNN_SCALE_DECAY_B },
    [TW_OUT_LOG_LR] = { TW_HRNN_LOG_LR_W, TW_HRNN_N_TENSORS, TW_HRNN_LOG_LR_B },
  };
  for (gsize o = 0; o < TW_N_OUT; o++) {
    put_column (w, outs[o].weight, w->out_h + o, TW_PAD_OUT);
    if (outs[o].shortcut != TW_HRNN_N_TENSORS)
      put_column (w, outs[o].shortcut, w->out_x + TW_PAD_OUT + o, TW_PAD_OUT);
    if (outs[o].bias != TW_HRNN_N_TENSORS)
      put_column (w, outs[o].bias, w->out_x + o, TW_PAD_OUT);
  }
  w->momentum = take (&next, 1, TW_LANES);
  w->offset = take (&next, 1, TW_LANES);
  put (w, TW_HRNN_LOG_LR_MOMENTUM, w->momentum, 0, 1, 1);
  put (w, TW_HRNN_LOG_LR_OFFSET, w->offset, 0, 1, 1);
  w->n_packed = next;
}

/* The transposes, in one buffer: first pass counts (base NULL), second sets the pointers. */
static gsize
place_transposes (TwTapeWeights *w, TwReal *base)
{
  TwTapeLayer *l = w->layer;
  guint n_levels = w->config.n_levels;
  gsize next = 0;
#define TAKE(pointer, rows, cols)                                                                            \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    gsize at = take (&next, rows, cols);                                                                     \
    (pointer) = base != NULL ? base + at : NULL;                                                             \
  }                                                                                                          \
  G_STMT_END
  for (guint level = 0; level < n_levels; level++) {
    TAKE (l[level].wx_t, 3 * l[level].h, l[level].px);
    TAKE (l[level].wh_t, 2 * l[level].h, l[level].ph);
    TAKE (l[level].wc_t, l[level].h, l[level].ph);
  }
  if (n_levels > 1)
    TAKE (w->tensor_to_param_t, 3 * l[0].h, l[1].ph);
  if (n_levels > 2) {
    TAKE (w->global_to_param_t, 3 * l[0].h, l[2].ph);
    TAKE (w->global_to_tensor_t, 3 * l[1].h, l[2].ph);
  }
  TAKE (w->out_x_t, TW_N_OUT, l[0].px);
  TAKE (w->out_h_t, TW_N_OUT, l[0].ph);
#undef TAKE
  return next;
}

TwTapeWeights *
tw_tape_weights_new (const TwHrnnConfig *config)
{
  TwTapeWeights *w = g_new0 (TwTapeWeights, 1);
  w->config = *config;
  tw_hrnn_config_shape (config, &w->shape);
  gsize F = w->shape.F;
  const guint *h = config->hidden;
  const gsize in[3] = { F, config->hidden[0] + F, config->n_levels > 1 ? h[1] : 0 };
  for (guint level = 0; level < config->n_levels; level++)
    w->layer[level] =
      (TwTapeLayer){ .in = in[level], .h = h[level], .px = TW_PAD (1 + in[level]), .ph = TW_PAD (h[level]) };
  w->place = g_new0 (guint32, w->shape.P);
  place_all (w);
  w->packed = g_aligned_alloc0 (w->n_packed, sizeof (TwReal), 64);
  gsize n = place_transposes (w, NULL);
  w->transposed = g_aligned_alloc0 (n, sizeof (TwReal), 64);
  place_transposes (w, w->transposed);
  return w;
}

void
tw_tape_weights_free (TwTapeWeights *weights)
{
  if (weights == NULL)
    return;
  g_free (weights->place);
  g_aligned_free (weights->packed);
  g_aligned_free (weights->transposed);
  g_free (weights);
}

/* to (blocks * h, ld) = the transpose of from (rows, blocks * ph); column i of `to` is row i of `from`. */
static void
transpose (TwReal *to, gsize ld, const TwReal *from, gsize rows, gsize blocks, gsize h, gsize ph)
{
  for (gsize b = 0; b < blocks; b++)
    for (gsize j = 0; j < h; j++, to += ld)
      for (gsize i = 0; i < rows; i++)
        to[i] = from[(i * blocks + b) * ph + j];
}

void
tw_tape_weights_set (TwTapeWeights *weights, const TwReal *values)
{
  TwTapeWeights *w = weights;
  const TwTapeLayer *l = w->layer;
  const TwReal *p = w->packed;
  memset (w->packed, 0, w->n_packed * sizeof (TwReal));
  for (gsize i = 0; i < w->shape.P; i++)
    w->packed[w->place[i]] += values[i];
  for (guint level = 0; level < w->config.n_levels; level++, l++) {
    transpose (l->wx_t, l->px, p + l->wx, 1 + l->in, 3, l->h, l->ph);
    transpose (l->wh_t, l->ph, p + l->wh, l->h, 2, l->h, l->ph);
    transpose (l->wc_t, l->ph, p + l->wc, l->h, 1, l->h, l->ph);
  }
  l = w->layer;
  if (w->config.n_levels > 1)
    transpose (w->tensor_to_param_t, l[1].ph, p + w->tensor_to_param, l[1].h, 3, l[0].h, l[0].ph);
  if (w->config.n_levels > 2) {
    transpose (w->global_to_param_t, l[2].ph, p + w->global_to_param, l[2].h, 3, l[0].h, l[0].ph);
    transpose (w->global_to_tensor_t, l[2].ph, p + w->global_to_tensor, l[2].h, 3, l[1].h, l[1].ph);
  }
  transpose (w->out_x_t, l[0].px, p + w->out_x, 1 + w->config.scales, 1, TW_N_OUT, TW_PAD_OUT);
  transpose (w->out_h_t, l[0].ph, p + w->out_h, l[0].h, 1, TW_N_OUT, TW_PAD_OUT);
}
