#include "core/random.h"

#include <math.h>

/* Philox 4x32-10: ten rounds of multiply and mix over a 128-bit counter under a 64-bit key.  The key is the
 * stream, the counter is (step, index / 2), and each block of 128 bits serves two draws of 64. */
static void
philox (guint64 key, guint64 hi, guint64 lo, guint64 out[2])
{
  guint32 c0 = (guint32) lo, c1 = (guint32) (lo >> 32), c2 = (guint32) hi, c3 = (guint32) (hi >> 32);
  guint32 k0 = (guint32) key, k1 = (guint32) (key >> 32);

  for (int round = 0; round < 10; round++) {
    guint64 p0 = (guint64) 0xD2511F53u * c0, p1 = (guint64) 0xCD9E8D57u * c2;
    guint32 n0 = (guint32) (p1 >> 32) ^ c1 ^ k0, n2 = (guint32) (p0 >> 32) ^ c3 ^ k1;
    c0 = n0;
    c1 = (guint32) p1;
    c2 = n2;
    c3 = (guint32) p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = ((guint64) c1 << 32) | c0;
  out[1] = ((guint64) c3 << 32) | c2;
}

/* 53 bits, never 0 and never 1. */
static double
unit (guint64 bits)
{
  return ((double) (bits >> 11) + 0.5) * 0x1p-53;
}

/* Box and Muller (1958): two independent normals from two uniforms. */
static void
normal_pair (TwDraw draw, guint64 pair, double out[2])
{
  guint64 bits[2];

  philox (draw.stream, draw.step, pair, bits);
  double radius = sqrt (-2.0 * log (unit (bits[0])));
  double angle = 2.0 * G_PI * unit (bits[1]);
  out[0] = radius * cos (angle);
  out[1] = radius * sin (angle);
}

guint64
tw_random_stream (guint64 seed, TwStreamPurpose purpose, guint64 index)
{
  guint64 bits[2];

  philox (seed, (guint64) purpose, index, bits);
  return bits[0];
}

guint64
tw_random_bits (TwDraw draw, guint64 index)
{
  guint64 bits[2];

  philox (draw.stream, draw.step, index / 2, bits);
  return bits[index % 2];
}

double
tw_random_uniform (TwDraw draw, guint64 index)
{
  return unit (tw_random_bits (draw, index));
}

double
tw_random_normal (TwDraw draw, guint64 index)
{
  double pair[2];

  normal_pair (draw, index / 2, pair);
  return pair[index % 2];
}

void
tw_random_normals (TwDraw draw, guint64 first, gsize n, double *out)
{
  gsize i = 0;

  if (n > 0 && first % 2 == 1)
    out[i++] = tw_random_normal (draw, first);
  for (; i + 1 < n; i += 2)
    normal_pair (draw, (first + i) / 2, out + i);
  if (i < n)
    out[i] = tw_random_normal (draw, first + i);
}
