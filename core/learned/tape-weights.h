/* tape-weights.h: the weights of a hierarchical RNN, packed for the training passes.
 *
 * One buffer of N reals holds every matrix with its rows padded to whole vectors; a gradient has the same
 * form. What enters a layer together stands together: the bias is row 0 of the input weights (inputs begin
 * with a 1), gates and candidate are one matrix of 3 blocks r, u, c, and the five outputs (update, attention,
 * input decay, scale decay, log learning rate) are one matrix.  Biases that are only ever added share one
 * place.
 */
#pragma once

#include "core/learned/variants.h"
#include "core/learned/hrnn-linear.h"
#include "core/learned/hrnn-weights.h"

G_BEGIN_DECLS

/* The outputs of the Parameter RNN: columns of out_x and out_h. */
enum { TW_OUT_UPDATE, TW_OUT_ATTENTION, TW_OUT_INPUT_DECAY, TW_OUT_SCALE_DECAY, TW_OUT_LOG_LR, TW_N_OUT };
#define TW_PAD_OUT TW_PAD (TW_N_OUT)

/* One GRU.  Offsets into the packed buffer; transposes stand in a buffer of their own. */
typedef struct {
  gsize in, h;  /* inputs and units */
  gsize px, ph; /* padded: 1 + in, h */
  gsize wx;     /* (1 + in, 3 ph) bias, inputs -> r, u, c */
  gsize wh;     /* (h, 2 ph) state -> r, u */
  gsize wc;     /* (h, ph) r * state -> c */
  gsize init;   /* (ph) */
  TwReal *wx_t; /* (3 h, px) */
  TwReal *wh_t; /* (2 h, ph) */
  TwReal *wc_t; /* (h, ph) */
} TwTapeLayer;

typedef struct {
  TwHrnnConfig config;
  TwHrnnShape shape;
  gsize n_packed; /* N */
  guint32 *place; /* (P) where each weight of the flat vector stands in the packed buffer */
  TwReal *packed; /* (N) */
  TwReal *transposed;
  TwTapeLayer layer[3];       /* Parameter, Tensor, Global: the first n_levels */
  gsize tensor_to_param;      /* (H1, 3 ph0) */
  gsize global_to_param;      /* (H2, 3 ph0) */
  gsize global_to_tensor;     /* (H2, 3 ph1) */
  gsize out_x;                /* (1 + S, TW_PAD_OUT) bias and shortcuts */
  gsize out_h;                /* (H0, TW_PAD_OUT) */
  gsize momentum, offset;     /* of the log learning rate */
  TwReal *tensor_to_param_t;  /* (3 H0, ph1) */
  TwReal *global_to_param_t;  /* (3 H0, ph2) */
  TwReal *global_to_tensor_t; /* (3 H1, ph2) */
  TwReal *out_x_t;            /* (TW_N_OUT, px0) */
  TwReal *out_h_t;            /* (TW_N_OUT, ph0) */
} TwTapeWeights;

TwTapeWeights *tw_tape_weights_new (const TwHrnnConfig *config);
void tw_tape_weights_free (TwTapeWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTapeWeights, tw_tape_weights_free)

/* values (P): the flat vector. */
void tw_tape_weights_set (TwTapeWeights *weights, const TwReal *values);

G_END_DECLS
