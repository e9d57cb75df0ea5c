/* evaluate.c: runs a compiled formula over blocks of points.
 *
 * A register holds, for each point of a block, the value and, as asked, the first and second derivatives by x
 * and y: the Taylor polynomial of second order (Griewank and Walther 2008, "Evaluating derivatives", chapter
 * 13).  Every rule below is the product, quotient or chain rule for one component, over all points of the
 * block.
 */
#include "core/expression/expression-private.h"

#include <math.h>
#include <string.h>

/* Plain loops that gain from vectors, which -O2 of some compilers leaves out where a length is not known.  No
 * contraction to fused multiply-add: a point must have the same bits in the vector part of a loop and in its
 * rest. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3", "fp-contract=off")
#elif defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#define LANES const double *restrict
/* Everything is made twice: for a block, and for the single points of a run that is stepped alone, where the
 * lengths are known to be 1 and the loops vanish. */
#define INLINE static inline __attribute__ ((always_inline))

/* The two slopes that meet in each second derivative. */
static const guint8 first_of[] = { [TW_XX] = TW_X, [TW_XY] = TW_X, [TW_YY] = TW_Y };
static const guint8 second_of[] = { [TW_XX] = TW_X, [TW_XY] = TW_Y, [TW_YY] = TW_Y };

/* A block in work: component k of register r is at space + (r * n_components + k) * stride. */
typedef struct {
  double *space;
  gsize n, stride;
  int n_components; /* 1, 3 or 6 */
} Block;

INLINE double *
lanes (const Block *block, guint reg, int component)
{
  return block->space + ((gsize)reg * (gsize)block->n_components + (gsize)component) * block->stride;
}

/* Zero times an infinite derivative is zero: see expression.h. */
INLINE double
mul0 (double a, double b)
{
  return (a == 0.0) | (b == 0.0) ? 0.0 : a * b;
}

INLINE double
div0 (double a, double b)
{
  return a == 0.0 ? 0.0 : a / b;
}

#define EACH for (gsize i = 0; i < n; i++)

INLINE void
clear (gsize n, double *restrict out)
{
  EACH out[i] = 0.0;
}

INLINE void
product_slope (gsize n, LANES a, LANES b, LANES da, LANES db, double *restrict out)
{
  EACH out[i] = mul0 (da[i], b[i]) + mul0 (a[i], db[i]);
}

/* (a b)_ij = a_ij b + (a_i b_j + a_j b_i) + a b_ij */
INLINE void
product_curvature (gsize n, LANES a, LANES b, LANES ai, LANES aj, LANES bi, LANES bj, LANES aij, LANES bij,
                   double *restrict out)
{
  EACH out[i] = mul0 (aij[i], b[i]) + (mul0 (ai[i], bj[i]) + mul0 (aj[i], bi[i])) + mul0 (a[i], bij[i]);
}

/* q = a / b: q_i = (a_i - q b_i) / b */
INLINE void
quotient_slope (gsize n, LANES q, LANES b, LANES da, LANES db, double *restrict out)
{
  EACH out[i] = div0 (da[i] - mul0 (q[i], db[i]), b[i]);
}

/* q_ij = (a_ij - (q_i b_j + q_j b_i) - q b_ij) / b */
INLINE void
quotient_curvature (gsize n, LANES q, LANES b, LANES qi, LANES qj, LANES bi, LANES bj, LANES aij, LANES bij,
                    double *restrict out)
{
  EACH out[i] = div0 (aij[i] - (mul0 (qi[i], bj[i]) + mul0 (qj[i], bi[i])) - mul0 (q[i], bij[i]), b[i]);
}

INLINE void
chain_slope (gsize n, LANES f1, LANES da, double *restrict out)
{
  EACH out[i] = mul0 (f1[i], da[i]);
}

/* f(a)_ij = f' a_ij + f'' a_i a_j */
INLINE void
chain_curvature (gsize n, LANES f1, LANES f2, LANES ai, LANES aj, LANES aij, double *restrict out)
{
  EACH out[i] = mul0 (f1[i], aij[i]) + mul0 (f2[i], mul0 (ai[i], aj[i]));
}

INLINE void
scale (gsize n, double c, LANES a, double *restrict out)
{
  EACH out[i] = c * a[i];
}

INLINE void
divide_by (gsize n, double c, LANES a, double *restrict out)
{
  EACH out[i] = a[i] / c;
}

/* The value of a curved function of one argument, and where `order` asks for them its derivatives by it. */
INLINE void
function (const TwStep *step, gsize n, int order, LANES a, double *restrict v, double *restrict f1,
          double *restrict f2)
{
  const double c = step->c;

#define FUNCTION(VALUE, FIRST, SECOND)                                                                       \
  if (order == 0) {                                                                                          \
    EACH v[i] = VALUE;                                                                                       \
  } else {                                                                                                   \
    EACH                                                                                                     \
    {                                                                                                        \
      const double f = v[i] = VALUE;                                                                         \
      const double d = f1[i] = FIRST;                                                                        \
      f2[i] = SECOND;                                                                                        \
      (void)f, (void)d;                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
  break

  switch (step->op) {
  case TW_OP_POW_C:
    FUNCTION (pow (a[i], c), c * pow (a[i], c - 1.0), c * (c - 1.0) * pow (a[i], c - 2.0));
  case TW_OP_C_DIV:
    FUNCTION (c / a[i], -f / a[i], -2.0 * d / a[i]);
  case TW_OP_SQUARE:
    FUNCTION (a[i] * a[i], 2.0 * a[i], 2.0);
  case TW_OP_SIN:
    FUNCTION (sin (a[i]), cos (a[i]), -f);
  case TW_OP_COS:
    FUNCTION (cos (a[i]), -sin (a[i]), -f);
  case TW_OP_TAN:
    FUNCTION (tan (a[i]), 1.0 + f * f, 2.0 * f * d);
  case TW_OP_ASIN:
    FUNCTION (asin (a[i]), 1.0 / sqrt ((1.0 - a[i]) * (1.0 + a[i])), a[i] * (d * d * d));
  case TW_OP_ACOS:
    FUNCTION (acos (a[i]), -1.0 / sqrt ((1.0 - a[i]) * (1.0 + a[i])), a[i] * (d * d * d));
  case TW_OP_ATAN:
    FUNCTION (atan (a[i]), 1.0 / (1.0 + a[i] * a[i]), -2.0 * a[i] * (d * d));
  case TW_OP_SINH:
    FUNCTION (sinh (a[i]), cosh (a[i]), f);
  case TW_OP_COSH:
    FUNCTION (cosh (a[i]), sinh (a[i]), f);
  case TW_OP_TANH:
    /* 1 - tanh^2 would lose its digits in the tails. */
    FUNCTION (tanh (a[i]), 1.0 / cosh (a[i]) / cosh (a[i]), -2.0 * f * d);
  case TW_OP_EXP:
    FUNCTION (exp (a[i]), f, f);
  case TW_OP_LOG:
    /* Left of 0 there is no slope either. */
    FUNCTION (log (a[i]), a[i] < 0.0 ? NAN : 1.0 / fabs (a[i]), -d * d);
  case TW_OP_SQRT:
    /* + 0 turns the -0 of sqrt (-0) into 0, whose inverse is the infinite slope upwards. */
    FUNCTION (sqrt (a[i]) + 0.0, 0.5 / f, -0.5 * d / (f * f));
  default:
    g_assert_not_reached ();
  }
#undef FUNCTION
}

INLINE void
run_function (const TwStep *step, const Block *block)
{
  double f1[TW_EXPRESSION_MAX_BLOCK], f2[TW_EXPRESSION_MAX_BLOCK];
  const gsize n = block->n;

  function (step, n, block->n_components - 1, lanes (block, step->a, TW_V), lanes (block, step->out, TW_V),
            f1, f2);
  for (int k = 1; k < block->n_components; k++) {
    double *out = lanes (block, step->out, k);
    if (!(step->mask >> k & 1))
      clear (n, out);
    else if (k < TW_XX)
      chain_slope (n, f1, lanes (block, step->a, k), out);
    else
      chain_curvature (n, f1, f2, lanes (block, step->a, first_of[k]), lanes (block, step->a, second_of[k]),
                       lanes (block, step->a, k), out);
  }
}

INLINE void
run_product (const TwStep *step, const Block *block)
{
  const gsize n = block->n;
  LANES a = lanes (block, step->a, TW_V);
  LANES b = lanes (block, step->b, TW_V);
  double *restrict v = lanes (block, step->out, TW_V);

  EACH v[i] = a[i] * b[i];
  for (int k = 1; k < block->n_components; k++) {
    double *out = lanes (block, step->out, k);
    LANES ak = lanes (block, step->a, k);
    LANES bk = lanes (block, step->b, k);
    if (!(step->mask >> k & 1))
      clear (n, out);
    else if (k < TW_XX)
      product_slope (n, a, b, ak, bk, out);
    else
      product_curvature (n, a, b, lanes (block, step->a, first_of[k]), lanes (block, step->a, second_of[k]),
                         lanes (block, step->b, first_of[k]), lanes (block, step->b, second_of[k]), ak, bk,
                         out);
  }
}

INLINE void
run_quotient (const TwStep *step, const Block *block)
{
  const gsize n = block->n;
  LANES a = lanes (block, step->a, TW_V);
  LANES b = lanes (block, step->b, TW_V);
  double *restrict v = lanes (block, step->out, TW_V);

  EACH v[i] = a[i] / b[i];
  for (int k = 1; k < block->n_components; k++) {
    double *out = lanes (block, step->out, k);
    LANES ak = lanes (block, step->a, k);
    LANES bk = lanes (block, step->b, k);
    if (!(step->mask >> k & 1))
      clear (n, out);
    else if (k < TW_XX)
      quotient_slope (n, v, b, ak, bk, out);
    else
      quotient_curvature (n, v, b, lanes (block, step->out, first_of[k]),
                          lanes (block, step->out, second_of[k]), lanes (block, step->b, first_of[k]),
                          lanes (block, step->b, second_of[k]), ak, bk, out);
  }
}

/* a^b with b not constant: rare, so point by point.  f(a, b) has the derivatives
 * f_a = b a^(b-1), f_b = f log a, f_aa = b (b-1) a^(b-2), f_ab = a^(b-1) (1 + b log a), f_bb = f_b log a. */
INLINE void
run_power (const TwStep *step, const Block *block)
{
  const gsize n = block->n;
  LANES a = lanes (block, step->a, TW_V);
  LANES b = lanes (block, step->b, TW_V);
  double *restrict v = lanes (block, step->out, TW_V);

  EACH
  {
    v[i] = pow (a[i], b[i]);
    if (block->n_components == 1)
      continue;
    const double log_a = log (a[i]), below = pow (a[i], b[i] - 1.0);
    const double fa = mul0 (b[i], below), fb = mul0 (v[i], log_a);
    const double faa = mul0 (b[i] * (b[i] - 1.0), pow (a[i], b[i] - 2.0));
    const double fab = mul0 (below, 1.0 + mul0 (b[i], log_a)), fbb = mul0 (fb, log_a);
    for (int k = 1; k < block->n_components; k++) {
      double ak = lanes (block, step->a, k)[i], bk = lanes (block, step->b, k)[i];
      double sum = mul0 (fa, ak) + mul0 (fb, bk);
      if (k >= TW_XX) {
        double ai = lanes (block, step->a, first_of[k])[i], aj = lanes (block, step->a, second_of[k])[i];
        double bi = lanes (block, step->b, first_of[k])[i], bj = lanes (block, step->b, second_of[k])[i];
        sum +=
          mul0 (faa, mul0 (ai, aj)) + mul0 (fab, mul0 (ai, bj) + mul0 (aj, bi)) + mul0 (fbb, mul0 (bi, bj));
      }
      lanes (block, step->out, k)[i] = sum;
    }
  }
}

/* The first argument wins ties, and NaN in either comes out. */
INLINE void
run_choice (const TwStep *step, const Block *block)
{
  const gsize n = block->n;
  const double sign = step->op == TW_OP_MIN ? 1.0 : -1.0;
  LANES a = lanes (block, step->a, TW_V);
  LANES b = lanes (block, step->b, TW_V);

  for (int k = block->n_components - 1; k >= 0; k--) {
    LANES ak = lanes (block, step->a, k);
    LANES bk = lanes (block, step->b, k);
    double *restrict out = lanes (block, step->out, k);
    EACH out[i] = !(sign * b[i] < sign * a[i]) & (b[i] == b[i]) ? ak[i] : bk[i];
  }
}

/* Operations whose every component follows from the same component of their operands. */
INLINE void
run_linear (const TwStep *step, const Block *block, int k)
{
  const gsize n = block->n;
  const double c = step->c;
  LANES a = lanes (block, step->a, k);
  LANES b = lanes (block, step->b, k);
  LANES value = lanes (block, step->a, TW_V);
  double *restrict out = lanes (block, step->out, k);

  switch (step->op) {
  case TW_OP_ADD:
    EACH out[i] = a[i] + b[i];
    break;
  case TW_OP_SUB:
    EACH out[i] = a[i] - b[i];
    break;
  case TW_OP_NEGATE:
    EACH out[i] = -a[i];
    break;
  case TW_OP_MUL_C:
    scale (n, c, a, out);
    break;
  case TW_OP_DIV_C:
    divide_by (n, c, a, out);
    break;
  case TW_OP_ADD_C:
    if (k == TW_V)
      EACH out[i] = a[i] + c;
    else
      memcpy (out, a, n * sizeof *out);
    break;
  case TW_OP_C_SUB:
    if (k == TW_V)
      EACH out[i] = c - a[i];
    else
      EACH out[i] = -a[i];
    break;
  case TW_OP_ABS:
    if (k == TW_V)
      EACH out[i] = fabs (a[i]);
    else
      EACH out[i] = value[i] > 0.0 ? a[i] : value[i] < 0.0 ? -a[i] : mul0 (value[i], a[i]);
    break;
  default:
    g_assert_not_reached ();
  }
}

INLINE void
run_leaf (const TwStep *step, const Block *block, const double *xy)
{
  const gsize n = block->n;
  double *restrict v = lanes (block, step->out, TW_V);

  if (step->op == TW_OP_CONSTANT)
    EACH v[i] = step->c;
  else
    EACH v[i] = xy[2 * i + (step->op == TW_OP_Y)];
  for (int k = 1; k < block->n_components; k++) {
    double *restrict out = lanes (block, step->out, k);
    const double slope = step->mask >> k & 1;
    EACH out[i] = slope;
  }
}

INLINE void
run_step (const TwStep *step, const Block *block, const double *xy)
{
  switch (step->op) {
  case TW_OP_CONSTANT:
  case TW_OP_X:
  case TW_OP_Y:
    run_leaf (step, block, xy);
    break;
  case TW_OP_MUL:
    run_product (step, block);
    break;
  case TW_OP_DIV:
    run_quotient (step, block);
    break;
  case TW_OP_POW:
    run_power (step, block);
    break;
  case TW_OP_MIN:
  case TW_OP_MAX:
    run_choice (step, block);
    break;
  case TW_OP_NEGATE:
  case TW_OP_ADD_C:
  case TW_OP_C_SUB:
  case TW_OP_MUL_C:
  case TW_OP_DIV_C:
  case TW_OP_ABS:
  case TW_OP_ADD:
  case TW_OP_SUB:
    for (int k = 0; k < block->n_components; k++)
      if (k == TW_V || step->mask >> k & 1)
        run_linear (step, block, k);
      else
        clear (block->n, lanes (block, step->out, k));
    break;
  default:
    run_function (step, block);
  }
}

static void
store (const Block *block, guint result, double *value, double *gradient, double *hessian)
{
  const gsize n = block->n;

  if (value != NULL)
    memcpy (value, lanes (block, result, TW_V), n * sizeof *value);
  for (int k = TW_X; gradient != NULL && k <= TW_Y; k++) {
    LANES from = lanes (block, result, k);
    EACH gradient[2 * i + (gsize)(k - TW_X)] = from[i];
  }
  for (int k = TW_XX; hessian != NULL && k <= TW_YY; k++) {
    LANES from = lanes (block, result, k);
    EACH hessian[3 * i + (gsize)(k - TW_XX)] = from[i];
  }
}

static void
run_block (const TwExpression *expression, const Block *block, const double *xy)
{
  for (gsize s = 0; s < expression->n_steps; s++)
    run_step (&expression->steps[s], block, xy);
}

static void
run_point (const TwExpression *expression, double *space, int n_components, const double *xy)
{
  const Block block = { .space = space, .n = 1, .stride = 1, .n_components = n_components };

  for (gsize s = 0; s < expression->n_steps; s++)
    run_step (&expression->steps[s], &block, xy);
}

void
tw_expression_eval (const TwExpression *expression, gsize n, const double *xy, double *value,
                    double *gradient, double *hessian)
{
  double space[TW_EXPRESSION_SPACE] __attribute__ ((aligned (64)));
  const int n_components = hessian != NULL ? TW_N_COMPONENTS : gradient != NULL ? TW_XX : 1;
  const gsize fits = TW_EXPRESSION_SPACE / (expression->n_registers * (gsize)n_components) & ~(gsize)7;
  const gsize longest = MIN (fits, TW_EXPRESSION_MAX_BLOCK);

  for (gsize at = 0; at < n; at += longest) {
    Block block = { .space = space, .n = MIN (longest, n - at), .n_components = n_components };
    block.stride = block.n == 1 ? 1 : (block.n + 7) & ~(gsize)7;
    if (block.n == 1)
      run_point (expression, space, n_components, xy + 2 * at);
    else
      run_block (expression, &block, xy + 2 * at);
    store (&block, expression->result, value != NULL ? value + at : NULL,
           gradient != NULL ? gradient + 2 * at : NULL, hessian != NULL ? hessian + 3 * at : NULL);
  }
}
