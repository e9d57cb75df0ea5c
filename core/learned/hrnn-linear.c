#include "core/learned/hrnn-linear.h"

/* `m` rows by `v` vectors of c stay in registers; both are constants where this is inlined. */
static inline __attribute__ ((always_inline)) void
tile (const gboolean add, const int m, const int v, TwInner inner, const TwReal *a, gsize a_row, gsize a_inner, const TwReal *b,
      gsize ldb, TwReal *c, gsize ldc)
{
  TwVec sum[8][4];
#pragma GCC unroll 8
  for (int i = 0; i < m; i++)
#pragma GCC unroll 4
    for (int j = 0; j < v; j++)
      sum[i][j] = add ? tw_vec_load (c + i * ldc + j * TW_LANES) : (TwVec){};
  for (gsize g = 0; g < inner.groups; g++) {
    const TwReal *p = a + g * inner.stride;
    for (gsize k = 0; k < inner.length; k++, p += a_inner, b += ldb) {
#pragma GCC unroll 8
      for (int i = 0; i < m; i++) {
        const TwReal s = p[i * a_row];
#pragma GCC unroll 4
        for (int j = 0; j < v; j++)
          sum[i][j] += s * tw_vec_load (b + j * TW_LANES);
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < m; i++)
#pragma GCC unroll 4
    for (int j = 0; j < v; j++)
      tw_vec_store (c + i * ldc + j * TW_LANES, sum[i][j]);
}

static inline __attribute__ ((always_inline)) void
panel (const gboolean add, const int m, const int v, gsize n, TwInner inner, const TwReal *a, gsize a_row,
       gsize a_inner, const TwReal *b, gsize ldb, TwReal *c, gsize ldc)
{
  gsize i = 0;
  for (; i + m <= n; i += m)
    tile (add, m, v, inner, a + i * a_row, a_row, a_inner, b, ldb, c + i * ldc, ldc);
  if (m > 4 && i + 4 <= n) {
    tile (add, 4, v, inner, a + i * a_row, a_row, a_inner, b, ldb, c + i * ldc, ldc);
    i += 4;
  }
  if (m > 2 && i + 2 <= n) {
    tile (add, 2, v, inner, a + i * a_row, a_row, a_inner, b, ldb, c + i * ldc, ldc);
    i += 2;
  }
  for (; i < n; i++)
    tile (add, 1, v, inner, a + i * a_row, a_row, a_inner, b, ldb, c + i * ldc, ldc);
}

/* Rows of a tile with 4, 3 and at most 2 vectors: its sums fill the registers (16, or 32 of the wide ones). */
#ifdef TW_WIDE
#define ROWS_4 6
#define ROWS_3 8
#define ROWS_2 8
#else
#define ROWS_4 3
#define ROWS_3 4
#define ROWS_2 6
#endif

static inline __attribute__ ((always_inline)) void
linear (const gboolean add, gsize n, gsize cols, TwInner inner, const TwReal *a, gsize a_row, gsize a_inner,
        const TwReal *b, gsize ldb, TwReal *c, gsize ldc)
{
  gsize j = 0;
  for (; j + 4 * TW_LANES <= cols; j += 4 * TW_LANES)
    panel (add, ROWS_4, 4, n, inner, a, a_row, a_inner, b + j, ldb, c + j, ldc);
  switch ((cols - j) / TW_LANES) {
  case 3:
    panel (add, ROWS_3, 3, n, inner, a, a_row, a_inner, b + j, ldb, c + j, ldc);
    break;
  case 2:
    panel (add, ROWS_2, 2, n, inner, a, a_row, a_inner, b + j, ldb, c + j, ldc);
    break;
  case 1:
    panel (add, 8, 1, n, inner, a, a_row, a_inner, b + j, ldb, c + j, ldc);
    break;
  default:
    break;
  }
}

TW_KERNEL void
tw_linear_add (gsize n, gsize cols, TwInner inner, const TwReal *a, gsize a_row, gsize a_inner,
               const TwReal *b, gsize ldb, TwReal *c, gsize ldc)
{
  linear (TRUE, n, cols, inner, a, a_row, a_inner, b, ldb, c, ldc);
}

TW_KERNEL void
tw_linear_set (gsize n, gsize cols, TwInner inner, const TwReal *a, gsize a_row, gsize a_inner,
               const TwReal *b, gsize ldb, TwReal *c, gsize ldc)
{
  linear (FALSE, n, cols, inner, a, a_row, a_inner, b, ldb, c, ldc);
}
