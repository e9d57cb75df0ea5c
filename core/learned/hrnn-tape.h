/* hrnn-tape.h: the learned optimizer with a memory, for meta-training: steps that can be gone through
 * backward.
 *
 * tw_hrnn_step() is made for using an optimizer: it keeps the state and nothing else.  Here every activation
 * of up to K steps is kept, row after row, so that the backward pass recomputes nothing and the weight
 * gradients are matrix products over the rows of many steps.  Both are the same equations and agree to
 * rounding; a test holds them together.
 *
 * Letters as in layout.h and hrnn-config.h; ph, px: padded widths (tape-weights.h).
 */
#pragma once

#include "core/learned/hrnn.h"
#include "core/learned/tape-weights.h"

G_BEGIN_DECLS

/* Memory for `n_steps` steps of a batch, in bytes. */
gsize tw_hrnn_tape_size (const TwTapeWeights *weights, const TwLayout *layout, gsize n_steps);
/* `bytes` is the largest tw_hrnn_tape_size() it will be bound to. */
TwHrnnTape *tw_hrnn_tape_new (gsize bytes);
void tw_hrnn_tape_free (TwHrnnTape *tape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHrnnTape, tw_hrnn_tape_free)

/* Starts a recording of up to n_steps steps from `state`.  Takes no memory. */
void tw_hrnn_tape_begin (TwHrnnTape *tape, const TwTapeWeights *weights, const TwLayout *layout,
                         gsize n_steps, const TwHrnnState *state);
/* Step k, equations 1 to 10: gradient (R) at phi_k in; theta (R) in and out, phi (R) out (theta's values
 * without attention).  Steps are recorded in order. */
void tw_hrnn_tape_step (TwHrnnTape *tape, gsize k, const double *gradient, double *theta, double *phi);
/* The state after the first k steps. */
void tw_hrnn_tape_get_state (const TwHrnnTape *tape, gsize k, TwHrnnState *state);

G_END_DECLS
