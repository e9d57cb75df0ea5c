#include "core/learned/hrnn-private.h"

#include <string.h>

/* Hands out parts of one block; with no block yet it only counts. */
typedef struct {
  char *base;
  gsize used;
} Arena;

static void *
take (Arena *arena, gsize count, gsize size)
{
  void *part = arena->base != NULL ? arena->base + arena->used : NULL;

  arena->used += (count * size + 63) / 64 * 64;
  return part;
}

static TwReal *
take_reals (Arena *arena, gsize rows, gsize cols)
{
  return take (arena, rows * cols, sizeof (TwReal));
}

static void
take_level (Arena *arena, TwHrnnLevel *level, gsize in, gsize H)
{
  gsize Hp = TW_PAD (H);

  level->in = in;
  level->H = H;
  level->Hp = Hp;
  level->wx = take_reals (arena, in, 3 * Hp);
  level->wh = take_reals (arena, H, 2 * Hp);
  level->wc = take_reals (arena, H, Hp);
  level->bias = take_reals (arena, 1, 3 * Hp);
}

static void
take_all (TwHrnn *hrnn, Arena *arena)
{
  const TwHrnnConfig *config = &hrnn->config;
  TwHrnnRowWeights *rows = &hrnn->rows;
  gsize S = config->scales, F = hrnn->shape.F, H0 = config->hidden[0], H1 = config->hidden[1],
        H2 = config->hidden[2];
  gsize H1p = TW_PAD (H1), H2p = TW_PAD (H2), Hp = MAX (H1p, H2p), C = TW_HRNN_CHUNK, Q = H0 + F + 2;

  rows->config = config;
  rows->S = S;
  rows->F = F;
  rows->H0 = H0;
  rows->gate_tiles = (2 * H0 + TW_HRNN_TILE - 1) / TW_HRNN_TILE;
  rows->candidate_tiles = (H0 + TW_HRNN_TILE - 1) / TW_HRNN_TILE;
  rows->O = TW_PAD ((rows->gate_tiles + rows->candidate_tiles) * TW_HRNN_TILE);
  rows->gates = take_reals (arena, rows->gate_tiles * TW_HRNN_TILE, F + H0);
  rows->candidate = take_reals (arena, rows->candidate_tiles * TW_HRNN_TILE, F + H0);
  rows->outputs = take_reals (arena, H0, TW_HRNN_OUT);
  rows->shortcuts = take_reals (arena, S, 2);
  take_level (arena, &hrnn->tensor, H0 + F, H1);
  take_level (arena, &hrnn->global, H1, H2);
  hrnn->row_bias = take_reals (arena, 1, rows->O);
  hrnn->tensor_to_param = take_reals (arena, H1, rows->O);
  hrnn->global_to_param = take_reals (arena, H2, rows->O);
  hrnn->global_to_tensor = take_reals (arena, H2, 3 * H1p);
  hrnn->global_to_tensor_bias = take_reals (arena, 1, 3 * H1p);
  hrnn->inject0 = take_reals (arena, C, rows->O);
  hrnn->run_inject0 = take_reals (arena, C, rows->O);
  hrnn->run_inject1 = take_reals (arena, C, 3 * H1p);
  hrnn->x1 = take_reals (arena, C, H0 + F);
  hrnn->h1 = take_reals (arena, C, H1p);
  hrnn->x2 = take_reals (arena, C, H1);
  hrnn->h2 = take_reals (arena, C, H2p);
  hrnn->gates = take_reals (arena, C, 3 * Hp);
  hrnn->rh = take_reals (arena, C, Hp);
  hrnn->run_log_lr = take_reals (arena, C, 1);
  hrnn->gradient = take_reals (arena, 1, TW_HRNN_SEGMENT);
  hrnn->step = take_reals (arena, 1, TW_HRNN_SEGMENT);
  hrnn->attend = take_reals (arena, 1, TW_HRNN_SEGMENT);
  hrnn->bias = take (arena, rows->O, sizeof (TwVec));
  hrnn->sums = take (arena, Q, sizeof (TwVec));
  hrnn->work = take (arena, tw_hrnn_rows_work (rows), sizeof (TwVec));
  hrnn->totals = take (arena, C * Q, sizeof (double));
}

void
tw_hrnn_pack_layout (TwHrnn *hrnn)
{
  Arena arena = { NULL, 0 };

  take_all (hrnn, &arena);
  hrnn->bytes = arena.used;
  hrnn->memory = g_aligned_alloc0 (1, hrnn->bytes, 64);
  arena = (Arena){ (char *)hrnn->memory, 0 };
  take_all (hrnn, &arena);
}

/* Where gate input `col` of [r, u, c] (3 H0) stands among the O columns of the row kernel. */
static gsize
row_column (const TwHrnnRowWeights *rows, gsize col)
{
  return col < 2 * rows->H0 ? col : rows->gate_tiles * TW_HRNN_TILE + (col - 2 * rows->H0);
}

/* to (tiles, n, TILE) from (n, cols) */
static void
pack_tiles (gsize n, gsize cols, const TwReal *from, TwReal *to)
{
  for (gsize c = 0; c < cols; c++)
    for (gsize i = 0; i < n; i++)
      to[(c / TW_HRNN_TILE * n + i) * TW_HRNN_TILE + c % TW_HRNN_TILE] = from[i * cols + c];
}

/* Blocks of H columns become blocks of Hp: to (n, ldt), from (n, blocks * H). */
static void
pack_blocks (gsize n, gsize blocks, gsize H, gsize Hp, const TwReal *from, TwReal *to, gsize ldt)
{
  for (gsize i = 0; i < n; i++)
    for (gsize b = 0; b < blocks; b++)
      memcpy (to + i * ldt + b * Hp, from + (i * blocks + b) * H, H * sizeof (TwReal));
}

static const TwReal *
find (const TwHrnn *hrnn, const TwReal *values, TwHrnnTensor which)
{
  const TwHrnnTensorInfo *info = &hrnn->shape.tensors[which];
  return info->name != NULL ? values + info->offset : NULL;
}

static void
pack_level (const TwHrnn *hrnn, const TwReal *values, TwHrnnTensor first, TwHrnnLevel *level)
{
  gsize in = level->in, H = level->H, Hp = level->Hp;
  const TwReal *gates = find (hrnn, values, first), *candidate = find (hrnn, values, first + 2);

  pack_blocks (in, 2, H, Hp, gates, level->wx, 3 * Hp);
  pack_blocks (in, 1, H, Hp, candidate, level->wx + 2 * Hp, 3 * Hp);
  pack_blocks (H, 2, H, Hp, gates + in * 2 * H, level->wh, 2 * Hp);
  pack_blocks (H, 1, H, Hp, candidate + in * H, level->wc, Hp);
  pack_blocks (1, 2, H, Hp, find (hrnn, values, first + 1), level->bias, 3 * Hp);
  pack_blocks (1, 1, H, Hp, find (hrnn, values, first + 3), level->bias + 2 * Hp, 3 * Hp);
}

/* What a level above injects into the Parameter RNN: matrix (n, 3 H0) to `to` (n, O), its bias into row_bias.
 */
static void
pack_inject (TwHrnn *hrnn, const TwReal *values, TwHrnnTensor matrix, gsize n, TwReal *to)
{
  const TwHrnnRowWeights *rows = &hrnn->rows;
  const TwReal *from = find (hrnn, values, matrix), *bias = find (hrnn, values, matrix + 1);

  for (gsize c = 0; c < 3 * rows->H0; c++) {
    for (gsize i = 0; i < n; i++)
      to[i * rows->O + row_column (rows, c)] = from[i * 3 * rows->H0 + c];
    hrnn->row_bias[row_column (rows, c)] += bias[c];
  }
}

static void
pack_outputs (TwHrnn *hrnn, const TwReal *values)
{
  static const struct {
    TwHrnnTensor weight, bias;
  } outputs[TW_HRNN_OUT] = {
    { TW_HRNN_UPDATE_W, TW_HRNN_N_TENSORS },          { TW_HRNN_ATTENTION_W, TW_HRNN_N_TENSORS },
    { TW_HRNN_INPUT_DECAY_W, TW_HRNN_INPUT_DECAY_B }, { TW_HRNN_SCALE_DECAY_W, TW_HRNN_SCALE_DECAY_B },
    { TW_HRNN_LOG_LR_W, TW_HRNN_LOG_LR_B },
  };
  TwHrnnRowWeights *rows = &hrnn->rows;

  for (gsize o = 0; o < TW_HRNN_OUT; o++) {
    const TwReal *weight = find (hrnn, values, outputs[o].weight);
    const TwReal *bias = outputs[o].bias < TW_HRNN_N_TENSORS ? find (hrnn, values, outputs[o].bias) : NULL;

    for (gsize j = 0; j < rows->H0; j++)
      rows->outputs[j * TW_HRNN_OUT + o] = weight != NULL ? weight[j] : 0;
    rows->output_bias[o] = bias != NULL ? *bias : 0;
  }
  for (gsize o = 0; o < 2; o++) {
    const TwReal *shortcut =
      find (hrnn, values, o == 0 ? TW_HRNN_UPDATE_SHORTCUT : TW_HRNN_ATTENTION_SHORTCUT);

    for (gsize s = 0; s < rows->S; s++)
      rows->shortcuts[2 * s + o] = shortcut != NULL ? shortcut[s] : 0;
  }
  const TwReal *logit = find (hrnn, values, TW_HRNN_LOG_LR_MOMENTUM);
  const TwReal *offset = find (hrnn, values, TW_HRNN_LOG_LR_OFFSET);
  rows->momentum = logit != NULL ? 1 / (1 + exp (-(double)*logit)) : 0;
  rows->step_scale = exp (offset != NULL ? (double)*offset : -1.0);
}

/* Padding was zeroed when the memory was taken, and stays so. */
void
tw_hrnn_pack_weights (TwHrnn *hrnn, const TwReal *values)
{
  TwHrnnRowWeights *rows = &hrnn->rows;
  gsize n = rows->F + rows->H0, H0 = rows->H0;
  const TwReal *gates_bias = find (hrnn, values, TW_HRNN_PARAM_GATES_B);
  const TwReal *candidate_bias = find (hrnn, values, TW_HRNN_PARAM_CAND_B);

  pack_tiles (n, 2 * H0, find (hrnn, values, TW_HRNN_PARAM_GATES_W), rows->gates);
  pack_tiles (n, H0, find (hrnn, values, TW_HRNN_PARAM_CAND_W), rows->candidate);
  for (gsize c = 0; c < 3 * H0; c++)
    hrnn->row_bias[row_column (rows, c)] = c < 2 * H0 ? gates_bias[c] : candidate_bias[c - 2 * H0];
  pack_outputs (hrnn, values);
  if (hrnn->config.n_levels >= 2) {
    pack_level (hrnn, values, TW_HRNN_TENSOR_GATES_W, &hrnn->tensor);
    pack_inject (hrnn, values, TW_HRNN_TENSOR_TO_PARAM_W, hrnn->tensor.H, hrnn->tensor_to_param);
  }
  if (hrnn->config.n_levels >= 3) {
    gsize H1 = hrnn->tensor.H, H1p = hrnn->tensor.Hp, H2 = hrnn->global.H;

    pack_level (hrnn, values, TW_HRNN_GLOBAL_GATES_W, &hrnn->global);
    pack_inject (hrnn, values, TW_HRNN_GLOBAL_TO_PARAM_W, H2, hrnn->global_to_param);
    pack_blocks (H2, 3, H1, H1p, find (hrnn, values, TW_HRNN_GLOBAL_TO_TENSOR_W), hrnn->global_to_tensor,
                 3 * H1p);
    pack_blocks (1, 3, H1, H1p, find (hrnn, values, TW_HRNN_GLOBAL_TO_TENSOR_B), hrnn->global_to_tensor_bias,
                 3 * H1p);
  }
}
