/* hrnn-linear.h: the one matrix product of the training passes.
 *
 * The layers are small (10 to 30 wide) and a meta-batch has few rows per step, where the packing and the call
 * overhead of a BLAS cost more than the product.  One kernel with free strides does the forward product, the
 * cotangent of the input and the weight gradient.  Sums run over the inner index in order, so a result does
 * not depend on what else is in the batch.
 */
#pragma once

#include <glib.h>

#include "core/learned/variants.h"
#include "core/learned/vector-math.h"

G_BEGIN_DECLS

/* The inner index: `groups` groups of `length`, their starts `stride` apart in a; b has them one after the
 * other. */
typedef struct {
  gsize groups, length, stride;
} TwInner;

/* c (n, cols) += a (n, inner) b (inner, cols).
 * a's element (i, k) is a[i * a_row + k * a_inner]; b's and c's rows are ldb and ldc apart; cols is a
 * multiple of TW_LANES. */
void tw_linear_add (gsize n, gsize cols, TwInner inner, const TwReal *a, gsize a_row, gsize a_inner,
                    const TwReal *b, gsize ldb, TwReal *c, gsize ldc);
/* The same with c = instead of c +=. */
void tw_linear_set (gsize n, gsize cols, TwInner inner, const TwReal *a, gsize a_row, gsize a_inner,
                    const TwReal *b, gsize ldb, TwReal *c, gsize ldc);

static inline TwInner
tw_inner (gsize length)
{
  return (TwInner){ 1, length, 0 };
}

G_END_DECLS
