/* network-private.h: feed-forward networks in TwReal, layer by layer, forward and backward.
 *
 * Letters: C rows computed at once, at most TW_NETWORK_ROWS; I and O units that go into a layer and come out
 * of it.  Activations are (C, units), row-major; images are (channels, height, width) within a row.
 *
 * A layer owns up to three tensors of theta that follow each other from `at` on.  Its forward pass leaves in
 * `out` what the next layer reads, and in `kept` what its own backward pass needs.
 */
#pragma once

#include <glib.h>

#include "core/problems/problem-private.h"
#include "core/real.h"

G_BEGIN_DECLS

#define TW_NETWORK_ROWS 64
#define TW_NETWORK_MAX_LAYERS 32
#define TW_NETWORK_MAX_DIM 200000000 /* coordinates */

typedef enum { TW_ACT_NONE = -1, TW_ACT_RELU, TW_ACT_TANH, TW_ACT_SIGMOID, TW_ACT_GELU } TwActivation;
#define TW_ACTIVATION_CHOICES "relu|tanh|sigmoid|gelu"

typedef struct _TwLayer TwLayer;

typedef struct {
  const char *name; /* of its tensors: "dense" */
  /* Numbers per row that `kept` holds from forward to backward, and numbers of `work` either pass may use;
   * NULL: none. */
  gsize (*kept_size) (const TwLayer *layer);
  gsize (*work_size) (const TwLayer *layer);
  /* w: the layer's own tensors.  in (rows, I), out (rows, O). */
  void (*forward) (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, TwReal *out,
                   TwReal *kept, TwReal *work);
  /* delta (rows, O): the loss's slope along what forward left in out, before the activation where the network
   * applies one.  Adds to the slopes of w; writes back (rows, I) unless it is NULL. */
  void (*backward) (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, const TwReal *out,
                    const TwReal *kept, const TwReal *delta, TwReal *slopes, TwReal *back, TwReal *work);
} TwLayerType;

struct _TwLayer {
  const TwLayerType *type;
  gsize channels, height, width; /* of its input image; channels = I, others 1 where it is none */
  gsize out_channels, out_height, out_width;
  gsize in_units, out_units; /* I, O */
  gsize kernel;              /* side of a convolution's kernel or of a pooled square */
  TwActivation activation;   /* applied to `out` after forward */
  gsize at;                  /* where its tensors begin in theta */
  guint n_tensors;
  gsize sizes[3];
  gsize fan_in[3], fan_out[3]; /* 0: a bias, which starts at 0 and does not decay */
  const char *parts[3];        /* "weight", "bias" */
};

typedef struct {
  guint n_layers;
  TwLayer layers[TW_NETWORK_MAX_LAYERS];
  gsize dim;
} TwNetwork;

/* Scratch of a network, cut from one piece of memory. */
typedef struct {
  TwReal *out[TW_NETWORK_MAX_LAYERS + 1]; /* (C, O) of each layer; [0] is the input */
  TwReal *kept[TW_NETWORK_MAX_LAYERS];
  TwReal *before[TW_NETWORK_MAX_LAYERS]; /* (C, O) before a gelu, else NULL */
  TwReal *delta[2];                      /* (C, widest) */
  TwReal *work;
} TwNetworkWork;

/* Each reads the output shape of the last layer; the first follows this one. */
void tw_network_start (TwNetwork *network, gsize channels, gsize height, gsize width);
void tw_network_add_dense (TwNetwork *network, gsize units, TwActivation activation);
/* Kernels of `kernel` x `kernel`, odd; the image keeps its size. */
void tw_network_add_conv (TwNetwork *network, gsize channels, gsize kernel, TwActivation activation);
/* The largest of each `side` x `side` square; what is left over at the right and below is dropped. */
void tw_network_add_pool (TwNetwork *network, gsize side);
/* Reads (height) steps of (channels * width) features; its last state comes out: h_t = tanh (x_t Wx + h_t-1
 * Wh + b). */
void tw_network_add_recurrent (TwNetwork *network, gsize units);
/* The shape that comes out of the last layer. */
void tw_network_get_shape (const TwNetwork *network, gsize *channels, gsize *height, gsize *width);

/* Numbers of scratch; with base NULL, only counts. */
gsize tw_network_lay_out (const TwNetwork *network, TwReal *base, TwNetworkWork *work);
/* From work->out[0] to work->out[n_layers]. */
void tw_network_forward (const TwNetwork *network, gsize rows, const TwReal *theta,
                         const TwNetworkWork *work);
/* From work->delta[0], the slope along the last output; adds to slopes (dim). */
void tw_network_backward (const TwNetwork *network, gsize rows, const TwReal *theta, TwNetworkWork *work,
                          TwReal *slopes);

/* activation.c: values (n) in place; before (n) takes what they were, for gelu. */
void tw_activate (TwActivation activation, gsize n, TwReal *values, TwReal *before);
/* delta (n) times the slope at out = act (before). */
void tw_activate_back (TwActivation activation, gsize n, const TwReal *out, const TwReal *before,
                       TwReal *delta);

extern const TwLayerType tw_dense_layer, tw_conv_layer, tw_pool_layer, tw_recurrent_layer;

/* c (m, n) = beta c + op a op b; row-major, ld* the distance of rows as they lie in memory. */
void tw_gemm (gboolean trans_a, gboolean trans_b, gsize m, gsize n, gsize k, const TwReal *a, gsize lda,
              const TwReal *b, gsize ldb, TwReal beta, TwReal *c, gsize ldc);
/* out (rows, n): each row a copy of `row`. */
void tw_fill_rows (gsize rows, gsize n, const TwReal *row, TwReal *out);
/* sums (n) += the rows of values (rows, n). */
void tw_add_rows (gsize rows, gsize n, const TwReal *values, TwReal *sums);

G_END_DECLS
