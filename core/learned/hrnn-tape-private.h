/* hrnn-tape-private.h: what the recording and the backward pass share. */
#pragma once

#include "core/learned/hrnn-tape.h"

G_BEGIN_DECLS

/* One level over n rows, tensors or runs.  Step k of an array of width w begins at k * n * w. */
typedef struct {
  gsize n;
  TwReal *x;  /* (K, n, px) 1, then the inputs */
  TwReal *h;  /* (K + 1, n, ph) */
  TwReal *rh; /* (K, n, ph) r * h */
  TwReal
    *gates; /* (K, n, 3 ph) r, u, c; the backward pass leaves the cotangents before the activation there */
  TwReal *inject; /* on the way to the gates of this step: (R, 3 ph0) from tensors, (T, 3 ph1) and (B, 3 ph0)
                     from the run */
  TwReal *h_bar;  /* (n, ph) cotangent of h */
  TwReal *x_bar;  /* (n, px) */
  TwReal *rh_bar; /* (n, ph) */
  gsize pending;  /* steps from here up have cotangents that are not yet in the weight gradient */
} TwTapeLevel;

/* Planes: value j of row r at [j * stride + r]; stride is R padded. */
struct _TwHrnnTape {
  gsize bytes;
  TwReal *memory;
  const TwTapeWeights *weights;
  const TwLayout *layout;
  gsize n_steps; /* K */
  gsize stride;
  TwTapeLevel level[3];
  TwReal *average;     /* (K + 1, S, stride) */
  TwReal *mean_square; /* (K + 1, S, stride) */
  TwReal *input_decay; /* (K + 1, stride) */
  TwReal *scale_decay; /* (K + 1, stride) */
  TwReal *log_lr;      /* (K + 1, stride) n */
  TwReal *gradient;    /* (K, stride) */
  TwReal *scaled;      /* (K, S, stride) m */
  TwReal *step_log_lr; /* (K, stride) n^ */
  TwReal *direction;   /* (K, stride) normalised delta */
  TwReal *attention;   /* (K, stride) normalised alpha */
  TwReal *norms;       /* (K, T, 2) 1 / root mean square of both */
  TwReal *step_size;   /* (K, stride) exp (n^ + o) */
  TwReal *attend_size; /* (K, stride) exp (n^) */
  TwReal *out;         /* (K, R, TW_PAD_OUT) the outputs; later their cotangents */
  TwReal
    *inject_bar[2];    /* (K, T, 3 ph0), (K, B, 3 ph0) cotangent of what is injected into the Parameter RNN */
  TwReal *tensor_bar;  /* (K, B, 3 ph1) of what is injected into the Tensor RNN */
  TwReal *relative;    /* (stride) n minus its mean over the run */
  TwReal *average_bar; /* (S, stride) */
  TwReal *mean_square_bar;                                /* (S, stride) */
  TwReal *input_decay_bar, *scale_decay_bar, *log_lr_bar; /* (stride) */
  TwReal *gradient_bar;                                   /* (stride) */
  TwReal *features_bar;                                   /* (F, stride) */
  TwReal *grad;                                           /* (N) packed weight gradient */
};

G_END_DECLS
