/* The Tensor and Global RNN: a few rows, 20 to 50 inputs.
 *
 * Not a BLAS: a GEMM sums in another order for another number of rows (GEMV for one), and then a run alone
 * and the same run in a batch would differ in the last bits.  Here each output is summed over its inputs in
 * order, however many rows share a load of the weights.  At these sizes a BLAS call also costs as much as the
 * product. */

#pragma GCC optimize("O3")

#include "core/learned/hrnn-private.h"

/* rows x vectors sums at once, in registers; both constant at each call. */
TW_VEC_INLINE void
tile (const gsize rows, const gsize vectors, gsize in, const TwReal *x, gsize ldx, const TwReal *w, gsize ldw,
      TwReal *y, gsize ldy)
{
  TwVec sum[8];

#pragma GCC unroll 4
  for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 8
    for (gsize v = 0; v < vectors; v++)
      sum[r * vectors + v] = tw_vec_load (y + r * ldy + v * TW_LANES);
  for (gsize i = 0; i < in; i++)
#pragma GCC unroll 8
    for (gsize v = 0; v < vectors; v++) {
      TwVec weight = tw_vec_load (w + i * ldw + v * TW_LANES);
#pragma GCC unroll 4
      for (gsize r = 0; r < rows; r++)
        sum[r * vectors + v] += weight * x[r * ldx + i];
    }
#pragma GCC unroll 4
  for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 8
    for (gsize v = 0; v < vectors; v++)
      tw_vec_store (y + r * ldy + v * TW_LANES, sum[r * vectors + v]);
}

TW_VEC_INLINE void
linear (gsize n, gsize in, gsize cols, const TwReal *x, gsize ldx, const TwReal *w, gsize ldw, TwReal *y,
        gsize ldy)
{
  gsize i = 0;

  for (; i + 4 <= n; i += 4) {
    gsize c = 0;
    for (; c + 2 * TW_LANES <= cols; c += 2 * TW_LANES)
      tile (4, 2, in, x + i * ldx, ldx, w + c, ldw, y + i * ldy + c, ldy);
    if (c < cols)
      tile (4, 1, in, x + i * ldx, ldx, w + c, ldw, y + i * ldy + c, ldy);
  }
  for (; i < n; i++) {
    gsize c = 0;
    for (; c + 8 * TW_LANES <= cols; c += 8 * TW_LANES)
      tile (1, 8, in, x + i * ldx, ldx, w + c, ldw, y + i * ldy + c, ldy);
    for (; c + 4 * TW_LANES <= cols; c += 4 * TW_LANES)
      tile (1, 4, in, x + i * ldx, ldx, w + c, ldw, y + i * ldy + c, ldy);
    for (; c < cols; c += TW_LANES)
      tile (1, 1, in, x + i * ldx, ldx, w + c, ldw, y + i * ldy + c, ldy);
  }
}

TW_KERNEL void
tw_hrnn_levels_linear (gsize n, gsize in, gsize cols, const TwReal *x, gsize ldx, const TwReal *w, gsize ldw,
                       TwReal *y, gsize ldy)
{
  linear (n, in, cols, x, ldx, w, ldw, y, ldy);
}

TW_KERNEL void
tw_hrnn_levels_step (const TwHrnnLevel *level, gsize n, const TwReal *x, TwReal *h, TwReal *gates, TwReal *rh)
{
  gsize in = level->in, H = level->H, Hp = level->Hp, ld = 3 * Hp;

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < ld; j += TW_LANES) {
      TwReal *g = gates + i * ld + j;
      tw_vec_store (g, tw_vec_load (level->bias + j) + tw_vec_load (g));
    }
  linear (n, in, ld, x, in, level->wx, ld, gates, ld);
  linear (n, H, 2 * Hp, h, Hp, level->wh, 2 * Hp, gates, ld);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < Hp; j += TW_LANES)
      tw_vec_store (rh + i * Hp + j,
                    tw_vec_gated (tw_vec_load (gates + i * ld + j), tw_vec_load (h + i * Hp + j)));
  linear (n, H, Hp, rh, Hp, level->wc, Hp, gates + 2 * Hp, ld);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < Hp; j += TW_LANES) {
      TwReal *own = h + i * Hp + j;
      const TwReal *g = gates + i * ld + j;
      tw_vec_store (own, tw_vec_gru_mix (tw_vec_load (g + Hp), tw_vec_load (g + 2 * Hp), tw_vec_load (own)));
    }
}
