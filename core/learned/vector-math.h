/* vector-math.h: arithmetic on whole vectors of reals, for the kernels of the learned optimizer.
 *
 * A TwVec holds TW_LANES reals: 8 floats or 4 doubles, 32 bytes; twice that where TW_WIDE says so (variants.h).
 * Every lane goes through the same operations whatever the others hold, so that a row's result does not depend on its neighbours: there are no branches
 * on data.  NaN in gives NaN out in all functions.
 *
 * Errors of the float versions, in units in the last place (tests/test-hrnn.c measures them): exp 2, log 2,
 * asinh 3, tanh 3, sigmoid 3.  The double versions call libm lane by lane: they serve checks, not speed.
 *
 * Wrap the functions that use these in TW_KERNEL, so that they run with AVX2 and FMA where there is one.  (Files
 * with TW_WIDE are compiled for AVX-512 as a whole.)
 */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/real.h"

#ifdef TW_WIDE
#define TW_VEC_BYTES 64
#else
#define TW_VEC_BYTES 32
#endif
#define TW_LANES (TW_VEC_BYTES / sizeof (TwReal))
#define TW_PAD(n) (((gsize)(n) + TW_LANES - 1) / TW_LANES * TW_LANES)

typedef TwReal TwVec __attribute__ ((vector_size (TW_VEC_BYTES)));
#ifdef TW_REAL_DOUBLE
typedef gint64 TwIVec __attribute__ ((vector_size (TW_VEC_BYTES)));
#else
typedef gint32 TwIVec __attribute__ ((vector_size (TW_VEC_BYTES)));
typedef guint32 TwUVec __attribute__ ((vector_size (TW_VEC_BYTES)));
#endif

/* One clone per instruction set, chosen when the program is loaded.  Not under the sanitizers, whose run-time
 * is not up yet when the choice is made. */
#if !defined(TW_WIDE) && defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) &&                                  \
  !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TW_KERNEL __attribute__ ((target_clones ("arch=x86-64-v3", "default")))
#else
#define TW_KERNEL
#endif
#define TW_VEC_INLINE static inline __attribute__ ((always_inline, unused))

/* Addresses need not be aligned. */
TW_VEC_INLINE TwVec
tw_vec_load (const TwReal *p)
{
  TwVec v;
  memcpy (&v, p, sizeof v);
  return v;
}

TW_VEC_INLINE void
tw_vec_store (TwReal *p, TwVec v)
{
  memcpy (p, &v, sizeof v);
}

TW_VEC_INLINE TwVec
tw_vec_set (TwReal x)
{
  return x - (TwVec){};
}

/* mask: all bits set or none, per lane */
TW_VEC_INLINE TwVec
tw_vec_select (TwIVec mask, TwVec yes, TwVec no)
{
  return (TwVec)(((TwIVec)yes & mask) | ((TwIVec)no & ~mask));
}

/* Lanes 0 to n - 1. */
TW_VEC_INLINE TwIVec
tw_vec_first_lanes (gsize n)
{
#ifdef TW_REAL_DOUBLE
  const TwIVec lane = { 0, 1, 2, 3 };
#elif defined(TW_WIDE)
  const TwIVec lane = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
#else
  const TwIVec lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
#endif
  return lane < ((TwIVec){} + (int)n);
}

/* NaN stays NaN. */
TW_VEC_INLINE TwVec
tw_vec_clamp (TwVec x, TwReal low, TwReal high)
{
  TwVec lo = tw_vec_set (low), hi = tw_vec_set (high);
  x = tw_vec_select (x > hi, hi, x);
  return tw_vec_select (x < lo, lo, x);
}

TW_VEC_INLINE TwVec
tw_vec_abs (TwVec x)
{
#ifdef TW_REAL_DOUBLE
  return (TwVec)((TwIVec)x & G_MAXINT64);
#else
  return (TwVec)((TwIVec)x & G_MAXINT32);
#endif
}

/* The magnitude of x with the sign of s. */
TW_VEC_INLINE TwVec
tw_vec_copysign (TwVec x, TwVec s)
{
#ifdef TW_REAL_DOUBLE
  return (TwVec)(((TwIVec)x & G_MAXINT64) | ((TwIVec)s & G_MININT64));
#else
  return (TwVec)(((TwIVec)x & G_MAXINT32) | ((TwIVec)s & G_MININT32));
#endif
}

/* A fixed tree: the order never depends on where the vector stands. */
TW_VEC_INLINE TwReal
tw_vec_sum (TwVec v)
{
#ifdef TW_REAL_DOUBLE
  return (v[0] + v[2]) + (v[1] + v[3]);
#elif defined(TW_WIDE)
  return (((v[0] + v[8]) + (v[4] + v[12])) + ((v[2] + v[10]) + (v[6] + v[14]))) +
         (((v[1] + v[9]) + (v[5] + v[13])) + ((v[3] + v[11]) + (v[7] + v[15])));
#else
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
#endif
}

#ifdef TW_REAL_DOUBLE

#define TW_VEC_MAP(name, expression)                                                                         \
  TW_VEC_INLINE TwVec name (TwVec v)                                                                         \
  {                                                                                                          \
    for (gsize l = 0; l < TW_LANES; l++) {                                                                   \
      double x = v[l];                                                                                       \
      v[l] = (expression);                                                                                   \
    }                                                                                                        \
    return v;                                                                                                \
  }
TW_VEC_MAP (tw_vec_sqrt, sqrt (x))
TW_VEC_MAP (tw_vec_exp, exp (x))
TW_VEC_MAP (tw_vec_log, log (x))
TW_VEC_MAP (tw_vec_asinh, asinh (x))
TW_VEC_MAP (tw_vec_tanh, tanh (x))
TW_VEC_MAP (tw_vec_sigmoid, 1 / (1 + exp (-x)))
#undef TW_VEC_MAP

/* sigmoid(r) h */
TW_VEC_INLINE TwVec
tw_vec_gated (TwVec r, TwVec h)
{
  return tw_vec_sigmoid (r) * h;
}

/* sigmoid(u) h + (1 - sigmoid(u)) tanh(c) */
TW_VEC_INLINE TwVec
tw_vec_gru_mix (TwVec u, TwVec c, TwVec h)
{
  TwVec s = tw_vec_sigmoid (u);
  return s * h + (1 - s) * tw_vec_tanh (c);
}

#else

TW_VEC_INLINE TwVec
tw_vec_sqrt (TwVec v)
{
#ifdef TW_WIDE
  return (TwVec){ sqrtf (v[0]),  sqrtf (v[1]),  sqrtf (v[2]),  sqrtf (v[3]), sqrtf (v[4]),  sqrtf (v[5]),
                  sqrtf (v[6]),  sqrtf (v[7]),  sqrtf (v[8]),  sqrtf (v[9]), sqrtf (v[10]), sqrtf (v[11]),
                  sqrtf (v[12]), sqrtf (v[13]), sqrtf (v[14]), sqrtf (v[15]) };
#else
  return (TwVec){ sqrtf (v[0]), sqrtf (v[1]), sqrtf (v[2]), sqrtf (v[3]),
                  sqrtf (v[4]), sqrtf (v[5]), sqrtf (v[6]), sqrtf (v[7]) };
#endif
}

/* exp of x in [-87, 88], without the clamp: x = n log 2 + r, and a polynomial in r. */
TW_VEC_INLINE TwVec
tw_vec_exp_clamped (TwVec x)
{
  /* Adding 1.5 2^23 rounds to a whole number; the 127 is the bias of the exponent field it will become. */
  const float round = 0x1.8p23f + 127;
  TwVec t = x * 0x1.715476p0f + round;
  TwVec n = t - round;
  TwVec r = x - n * 0x1.62ep-1f; /* log 2 in two pieces; the first has few bits, n times it is exact */
  r = r - n * 0x1.0bfbe8p-15f;
  TwVec p = r * 0.001381432051f + 0.008368851071f;
  p = p * r + 0.04166840109f;
  p = p * r + 0.1666651952f;
  p = p * r + 0.4999999337f;
  p = p * (r * r) + r;
  /* a product, not an addition to the exponent field: NaN must come through */
  TwVec scale = (TwVec)((TwIVec)t << 23);
  return p * scale + scale;
}

/* Beyond [-87, 88] the value at the end of that range: never 0, never infinite. */
TW_VEC_INLINE TwVec
tw_vec_exp (TwVec x)
{
  return tw_vec_exp_clamped (tw_vec_clamp (x, -87, 88));
}

/* log of e 2^k for k as found and f = e - 1 in [sqrt(1/2) - 1, sqrt(2) - 1]. */
TW_VEC_INLINE TwVec
tw_vec_log_reduced (TwVec f, TwVec k)
{
  TwVec p = f * 0.08734842776f - 0.1430752166f;
  p = p * f + 0.1491797367f;
  p = p * f - 0.1657050818f;
  p = p * f + 0.1996207213f;
  p = p * f - 0.2500175525f;
  p = p * f + 0.3333395022f;
  p = p * f - 0.4999999161f;
  TwVec low = k * 0x1.0bfbe8p-15f + p * (f * f);
  return k * 0x1.62ep-1f + (low + f);
}

/* For normal positive x; not finite for infinity and NaN. */
TW_VEC_INLINE TwVec
tw_vec_log (TwVec x)
{
  /* Unsigned, since lanes that nobody will read may hold anything. */
  TwIVec k = (TwIVec)((TwUVec)x - 0x3f3504f3u) >> 23; /* x / 2^k in [sqrt(1/2), sqrt(2)) */
  TwVec m = x * (TwVec)(0x3f800000u - ((TwUVec)k << 23));
  return tw_vec_log_reduced (m - 1, __builtin_convertvector(k, TwVec));
}

/* Relative accuracy near 0: a polynomial up to 1/2, sign(x) log(|x| + sqrt(x^2 + 1)) beyond.  For |x| < 1e18.
 */
TW_VEC_INLINE TwVec
tw_vec_asinh (TwVec x)
{
  TwVec a = tw_vec_abs (x), s = x * x;
  TwVec p = s * -0.01323752695f + 0.02816912402f;
  p = p * s - 0.04438451672f;
  p = p * s + 0.0749865214f;
  p = p * s - 0.1666664358f;
  TwVec near = p * (s * a) + a;
  TwVec far = tw_vec_log (a + tw_vec_sqrt (s + 1));
  return tw_vec_copysign (tw_vec_select (a < 0.5f, near, far), x);
}

/* Relative accuracy near 0: a polynomial up to 1/2, 1 - 2 / (exp(2|x|) + 1) beyond. */
TW_VEC_INLINE TwVec
tw_vec_tanh (TwVec x)
{
  TwVec a = tw_vec_abs (x), s = x * x;
  TwVec p = s * -0.006647486894f + 0.0212979907f;
  p = p * s - 0.05389919044f;
  p = p * s + 0.1333296426f;
  p = p * s - 0.3333332688f;
  TwVec near = p * (s * a) + a;
  TwVec far = 1 - 2 / (tw_vec_exp_clamped (tw_vec_clamp (2 * a, 0, 40)) + 1);
  return tw_vec_copysign (tw_vec_select (a < 0.5f, near, far), x);
}

/* 1 / (1 + exp(-x)), with relative accuracy also where it is tiny. */
TW_VEC_INLINE TwVec
tw_vec_sigmoid (TwVec x)
{
  return 1 / (1 + tw_vec_exp (-x));
}

/* sigmoid(r) h */
TW_VEC_INLINE TwVec
tw_vec_gated (TwVec r, TwVec h)
{
  return h / (1 + tw_vec_exp_clamped (tw_vec_clamp (-r, -40, 40)));
}

/* sigmoid(u) h + (1 - sigmoid(u)) tanh(c) with one division: U = exp(-u), C = exp(-2c).  Its error is
 * absolute, about 2^-23 of the larger of |h| and 1. */
TW_VEC_INLINE TwVec
tw_vec_gru_mix (TwVec u, TwVec c, TwVec h)
{
  TwVec U = tw_vec_exp_clamped (tw_vec_clamp (-u, -40, 40));
  TwVec C = tw_vec_exp_clamped (tw_vec_clamp (-2 * c, -40, 40));
  TwVec top = h * (1 + C) + U * (1 - C);
  return top / ((1 + U) * (1 + C));
}

#endif
