/* random.h: random numbers that are a pure function of where they are used.
 *
 * A draw is addressed by (stream, step, index), so nothing has to be stored, a run can be rewound, and a result
 * cannot depend on the number of threads or on the order of evaluation.  The generator is Philox 4x32-10
 * (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which random numbers an evaluation uses.  All optimizers that start at the same point get the same draws. */
typedef struct {
  guint64 stream; /* of a run: tw_random_stream() */
  guint64 step;   /* of that run */
} TwDraw;

/* A stream of its own for item `index` of purpose `purpose` under `seed`; streams do not overlap. */
typedef enum {
  TW_STREAM_STARTS,
  TW_STREAM_GRADIENT_NOISE,
  TW_STREAM_MINIBATCH,
  TW_STREAM_PROBLEM,
  TW_STREAM_WEIGHTS,
  TW_STREAM_META,
} TwStreamPurpose;
guint64 tw_random_stream (guint64 seed, TwStreamPurpose purpose, guint64 index);

guint64 tw_random_bits (TwDraw draw, guint64 index);
double tw_random_uniform (TwDraw draw, guint64 index);                      /* in (0, 1) */
double tw_random_normal (TwDraw draw, guint64 index);                       /* N(0, 1) */
void tw_random_normals (TwDraw draw, guint64 first, gsize n, double *out);  /* same values as one by one */

G_END_DECLS
