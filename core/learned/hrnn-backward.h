/* hrnn-backward.h: back through the recorded steps of a tape.
 *
 * A cotangent `x_bar` is the derivative of the meta-objective with respect to x.  Those of the state live in
 * the tape; those of theta, phi and the gradient are the caller's, who alone knows the problem.
 */
#pragma once

#include "core/learned/hrnn-tape.h"

G_BEGIN_DECLS

/* After n_steps were recorded: the cotangent of the last state is 0, and so is the weight gradient. */
void tw_hrnn_backward_begin (TwHrnnTape *tape);
/* Step k, from the last to the first.  theta_bar (R) in: of theta_{k+1}; out: what of it goes to theta_k by
 * theta' = theta - ... and phi' = theta - ...; phi_bar (R) in: of phi_{k+1}, not read without attention (add
 * it to theta_bar).  gradient_bar (R) out: of the gradient. */
void tw_hrnn_backward_step (TwHrnnTape *tape, gsize k, double *theta_bar, const double *phi_bar,
                            double *gradient_bar);
/* The largest absolute cotangent of the state rows of run b, NaN or infinity included; 0 for a run whose
 * cotangents were cut. */
double tw_hrnn_backward_magnitude (const TwHrnnTape *tape, gsize run);
/* Sets all cotangents of run b to zero: nothing flows further back through it. */
void tw_hrnn_backward_cut (TwHrnnTape *tape, gsize run);
/* After step 0.  fresh (B): runs whose state was the learned initial one, so that its cotangent belongs to
 * the initial vectors. */
void tw_hrnn_backward_end (TwHrnnTape *tape, const guint8 *fresh);
/* gradient (P) += this tape's weight gradient, in the layout of the flat vector. */
void tw_hrnn_backward_add_gradient (const TwHrnnTape *tape, double *gradient);

G_END_DECLS
