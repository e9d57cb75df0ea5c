/* hrnn-private.h: how the forward step is cut into kernels, and the weights as the kernels want them.
 *
 * Letters: R rows, T tensors, B runs, S timescales, F features, H0, H1, H2 hidden sizes; H1p, H2p those
 * padded to whole vectors; O the gate inputs of the Parameter RNN in tiles.
 *
 * Two kinds of kernel:
 *  - rows (hrnn-rows.c): lanes are rows.  All of equations 1 to 4 and 7 to 10 for 8 rows at a time, in
 * registers and L1.  Each lane goes through the same operations, so it does not matter which rows share a
 * vector.
 *  - levels (hrnn-levels.c): lanes are outputs, for the few rows of the Tensor and Global RNN.
 * Sums over the rows of a tensor are taken in an order that depends on the rows' place within the tensor
 * only.  With both, a run's result does not depend on what else is in the batch, to the last bit.
 */
#pragma once

#include "core/learned/hrnn.h"
#include "core/learned/vector-math.h"

G_BEGIN_DECLS

/* Outputs of the Parameter RNN that are summed at once: as many as accumulators fit into registers. */
#define TW_HRNN_TILE 10
/* Rows of one tensor whose sums are kept in TwReal before they go into doubles. */
#define TW_HRNN_SEGMENT 512
/* Tensors whose Tensor RNN is stepped together. */
#define TW_HRNN_CHUNK 32
/* The outputs of h0': update, attention, input decay, scale decay, log learning rate. */
#define TW_HRNN_OUT 5

TwHrnnWeights *tw_hrnn_weights_alloc (const TwHrnnConfig *config); /* all values 0 */
/* Of a state, all of it. */
gsize tw_hrnn_state_bytes (const TwHrnnConfig *config, const TwLayout *layout);

/* A Tensor or Global RNN: columns [r, u, c], each padded to Hp. */
typedef struct {
  gsize in, H, Hp;
  TwReal *wx;   /* (in, 3 Hp) */
  TwReal *wh;   /* (H, 2 Hp) r and u */
  TwReal *wc;   /* (H, Hp) of r * h */
  TwReal *bias; /* (3 Hp) */
} TwHrnnLevel;

/* The Parameter RNN and the outputs. */
typedef struct {
  const TwHrnnConfig *config;
  gsize S, F, H0;
  gsize gate_tiles, candidate_tiles;
  gsize O;           /* (gate_tiles + candidate_tiles) * TW_HRNN_TILE, padded to whole vectors */
  TwReal *gates;     /* (gate_tiles, F + H0, TILE) columns [r, u] */
  TwReal *candidate; /* (candidate_tiles, F + H0, TILE) */
  TwReal *outputs;   /* (H0, OUT) */
  TwReal *shortcuts; /* (S, 2) update, attention */
  TwReal output_bias[TW_HRNN_OUT];
  TwReal momentum;   /* mu */
  TwReal step_scale; /* exp (o) */
  int timescale;     /* of all averages; -1: each its own */
} TwHrnnRowWeights;

/* A stretch of rows for tw_hrnn_rows_step(): up to SEGMENT rows of one tensor, or up to TW_LANES rows of
 * several whole tensors that are smaller than a vector. */
typedef struct {
  const TwHrnnRowWeights *weights;
  TwHrnnState *state;
  gsize row, n;
  const TwVec *bias;      /* (O) what the levels above add, and the biases */
  TwVec mean_log_lr;      /* mean of n over the row's run */
  const TwReal *gradient; /* (n padded to whole vectors) */
  TwReal *step, *attend;  /* (n padded) out: directions before normalisation, times exp (n^ + o), exp (n^) */
  TwVec *sums;            /* (H0 + F + 2) += h0', features, squares of both directions, lane by lane */
  TwVec *work;            /* tw_hrnn_rows_work() vectors */
  const TwHrnnWatch *watch; /* or NULL */
  gsize next_watched;       /* in and out: index into watch */
} TwHrnnRows;

gsize tw_hrnn_rows_work (const TwHrnnRowWeights *weights);
void tw_hrnn_rows_step (TwHrnnRows *rows);
/* To TwReal, with what would overflow when squared cut off; padded with zeros to whole vectors. */
void tw_hrnn_rows_load (gsize n, const double *from, TwReal *to);
void tw_hrnn_rows_store (gsize n, const TwReal *from, double *to);
/* theta -= step_scale * step; phi = theta before - attend_scale * phi (NULL without). */
void tw_hrnn_rows_apply (gsize n, double step_scale, double attend_scale, const double *step, double *theta,
                         double *phi);
double tw_hrnn_rows_sum (gsize n, const TwReal *x);

/* y (n, cols) += x (n, in) w (in, cols); cols a multiple of TW_LANES; each sum runs over `in` in order. */
void tw_hrnn_levels_linear (gsize n, gsize in, gsize cols, const TwReal *x, gsize ldx, const TwReal *w,
                            gsize ldw, TwReal *y, gsize ldy);
/* x (n, in); h (n, Hp) in and out; gates (n, 3 Hp) in: what is injected, out: scratch; rh (n, Hp) scratch. */
void tw_hrnn_levels_step (const TwHrnnLevel *level, gsize n, const TwReal *x, TwReal *h, TwReal *gates,
                          TwReal *rh);

struct _TwHrnn {
  TwHrnnConfig config;
  TwHrnnShape shape;
  const TwLayout *layout;
  gsize bytes; /* of everything below */
  TwReal *memory;
  TwHrnnRowWeights rows;
  TwHrnnLevel tensor, global;
  TwReal *row_bias;              /* (O) all constant biases of the Parameter RNN */
  TwReal *tensor_to_param;       /* (H1, O) */
  TwReal *global_to_param;       /* (H2, O) */
  TwReal *global_to_tensor;      /* (H2, 3 H1p) */
  TwReal *global_to_tensor_bias; /* (3 H1p) */
  /* scratch of one chunk of C tensors, and the up to C runs they belong to */
  TwReal *inject0;     /* (C, O) into the Parameter RNN */
  TwReal *run_inject0; /* (C, O) the Global RNN's part of it */
  TwReal *run_inject1; /* (C, 3 H1p) into the Tensor RNN */
  TwReal *x1;          /* (C, H0 + F) */
  TwReal *h1;          /* (C, H1p) */
  TwReal *x2;          /* (C, H1) sums of h1', then means */
  TwReal *h2;          /* (C, H2p) */
  TwReal *gates;       /* (C, 3 max(H1p, H2p)) */
  TwReal *rh;          /* (C, max(H1p, H2p)) */
  TwReal *run_log_lr;  /* (C) means of n */
  TwVec *bias;         /* (O) */
  TwVec *sums;         /* (H0 + F + 2) */
  TwVec *work;
  TwReal *gradient, *step, *attend; /* (SEGMENT) */
  double *totals;                   /* (C, H0 + F + 2) */
};

/* Sizes, pointers into one block, and the packed weights. */
void tw_hrnn_pack_layout (TwHrnn *hrnn);
void tw_hrnn_pack_weights (TwHrnn *hrnn, const TwReal *values);

G_END_DECLS
