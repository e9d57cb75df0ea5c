/* hrnn.h: the learned optimizer of Wichrowska et al. 2017 as a function: state and gradient in, step out.
 *
 * Works on a flat list of R rows cut into T tensors of B runs (TwLayout).  Each run's result depends on that run
 * only, to the last bit, whatever else is in the batch.  See DESIGN in DEVELOPERS.md for the equations.
 */
#pragma once

#include "core/learned/variants.h"
#include "core/layout.h"
#include "core/learned/hrnn-weights.h"

G_BEGIN_DECLS

/* 84 bytes per row in float at the default sizes.  Row-level state is stored as planes: value j of row r at
 * [j * row_stride + r]. */
typedef struct {
  gsize row_stride;       /* >= R, padded for whole vectors */
  TwReal *h0;             /* (H0, row_stride) Parameter RNN */
  TwReal *input_decay;    /* (row_stride) d */
  TwReal *scale_decay;    /* (row_stride) c */
  TwReal *log_lr;         /* (row_stride) n */
  TwReal *average;        /* (S, row_stride) a_s */
  TwReal *mean_square;    /* (S, row_stride) v_s */
  TwReal *h1;             /* (T, H1) Tensor RNN */
  TwReal *h2;             /* (B, H2) Global RNN */
} TwHrnnState;

TwHrnnState *tw_hrnn_state_new (const TwHrnnConfig *config, const TwLayout *layout);
/* The learned initial vectors, d = c = 0, a = v = 0, n = log_lr (R; NULL: n = 0). */
void tw_hrnn_state_reset (TwHrnnState *state, const TwHrnnWeights *weights, const TwLayout *layout,
                          const double *log_lr);
/* Only the memory of level 0 (h0), 1 (h1) or 2 (h2): back to its learned initial vector.  A level that this
 * configuration does not have is left alone. */
void tw_hrnn_state_reset_level (TwHrnnState *state, const TwHrnnWeights *weights, const TwLayout *layout,
                                guint level);
void tw_hrnn_state_copy (TwHrnnState *to, const TwHrnnState *from, const TwHrnnConfig *config,
                         const TwLayout *layout);
void tw_hrnn_state_free (TwHrnnState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHrnnState, tw_hrnn_state_free)

/* What a backward pass needs of one step and a forward step can write down on its way (each may be NULL). */
typedef struct _TwHrnnTape TwHrnnTape;

/* Weights packed for the kernels, and scratch whose size does not grow with R.  One per thread. */
typedef struct _TwHrnn TwHrnn;
TwHrnn *tw_hrnn_new (const TwHrnnWeights *weights, const TwLayout *layout);
void tw_hrnn_set_weights (TwHrnn *hrnn, const TwHrnnWeights *weights);  /* repack after they changed */
/* From now on all averages of the gradient run on timescale s, d_s = d^(2^-s); -1: each on its own, which is
 * what tw_hrnn_new() gives. */
void tw_hrnn_set_timescale (TwHrnn *hrnn, int s);
void tw_hrnn_free (TwHrnn *hrnn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHrnn, tw_hrnn_free)

/* Row-level values of the last step, for a few watched rows: out (n_watched, width). */
typedef struct {
  gsize n;
  const gsize *rows;      /* (n) ascending */
  TwReal *features;       /* (n, F) */
  TwReal *direction;      /* (n) delta, after normalisation */
  TwReal *attention;      /* (n) alpha, after normalisation */
} TwHrnnWatch;

/* One update, equations 1 to 10.
 * theta (R) in and out; phi (R) out (NULL without attention); gradient (R) in, and scratch: it is overwritten.
 * watch and tape may be NULL. */
void tw_hrnn_step (TwHrnn *hrnn, TwHrnnState *state, double *theta, double *phi, double *gradient,
                   const TwHrnnWatch *watch, TwHrnnTape *tape);

G_END_DECLS
