/* dense.c: out = in W + b, and the products that all layers use. */
#include <cblas.h>
#include <string.h>

#include "core/learned/vector-math.h"
#include "core/tasks/network-private.h"

#undef I /* of <complex.h>, which cblas.h brings */

void
tw_gemm (gboolean trans_a, gboolean trans_b, gsize m, gsize n, gsize k, const TwReal *a, gsize lda,
         const TwReal *b, gsize ldb, TwReal beta, TwReal *c, gsize ldc)
{
#ifdef TW_REAL_DOUBLE
  cblas_dgemm
#else
  cblas_sgemm
#endif
    (CblasRowMajor, trans_a ? CblasTrans : CblasNoTrans, trans_b ? CblasTrans : CblasNoTrans, (int)m, (int)n,
     (int)k, 1, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

void
tw_fill_rows (gsize rows, gsize n, const TwReal *row, TwReal *out)
{
  for (gsize i = 0; i < rows; i++)
    memcpy (out + i * n, row, n * sizeof *out);
}

TW_KERNEL void
tw_add_rows (gsize rows, gsize n, const TwReal *values, TwReal *sums)
{
  for (gsize i = 0; i < rows; i++, values += n) {
    gsize j = 0;
    for (; j + TW_LANES <= n; j += TW_LANES)
      tw_vec_store (sums + j, tw_vec_load (sums + j) + tw_vec_load (values + j));
    for (; j < n; j++)
      sums[j] += values[j];
  }
}

/* w: W (I, O), b (O) */
static void
dense_forward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, TwReal *out, TwReal *kept,
               TwReal *work)
{
  gsize I = layer->in_units, O = layer->out_units;

  tw_fill_rows (rows, O, w + I * O, out);
  tw_gemm (FALSE, FALSE, rows, O, I, in, I, w, O, 1, out, O);
}

static void
dense_backward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, const TwReal *out,
                const TwReal *kept, const TwReal *delta, TwReal *slopes, TwReal *back, TwReal *work)
{
  gsize I = layer->in_units, O = layer->out_units;

  tw_gemm (TRUE, FALSE, I, O, rows, in, I, delta, O, 1, slopes, O);
  tw_add_rows (rows, O, delta, slopes + I * O);
  if (back != NULL)
    tw_gemm (FALSE, TRUE, rows, I, O, delta, O, w, O, 0, back, I);
}

const TwLayerType tw_dense_layer = {
  .name = "dense",
  .forward = dense_forward,
  .backward = dense_backward,
};
