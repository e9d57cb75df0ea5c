/* response.h: what an optimizer would do at one moment, had one gradient been another, all else fixed.
 *
 * The update as a function of the gradient shows at a glance whether an optimizer clips, is sign-like, or has
 * momentum: after Maheswaranathan et al. 2021, "Reverse engineering learned optimizers".
 *
 * Letters: D coordinates of one run in T tensors, n gradients that are tried.
 */
#pragma once

#include "core/learned/hrnn.h"

G_BEGIN_DECLS

typedef struct _TwResponse TwResponse;

/* The learned optimizer of `spec` ("learned,lr=0.1"; its weights and timescale matter here) on tensors of
 * `sizes` (T).  Errors: not a spec of the learned optimizer, weights that can't be read. */
TwResponse *tw_response_new (const char *spec, gsize n_tensors, const gsize *sizes, gsize n, GError **error);
void tw_response_free (TwResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwResponse, tw_response_free)

/* The state before the step, as the probes of these names record it. */
typedef struct {
  const float *h0;                                 /* (D, H0) */
  const float *input_decay, *scale_decay, *log_lr; /* (D) */
  const float *average, *mean_square;              /* (D, S) */
  const float *h1;                                 /* (T, H1), or NULL where there is no such level */
  const float *h2;                                 /* (H2), or NULL */
} TwResponseState;

/* One step of the RNN from `state` with `gradient` (D), but in turn tried[i] (n) as the gradient of `row`:
 * update (n) is what is added to theta[row]; attend (n), or NULL, where it looks next, from where it stood. */
void tw_response_evaluate (TwResponse *response, const TwResponseState *state, const float *gradient, gsize row,
                           const double *tried, double *update, double *attend);

/* The same of a hand-designed optimizer that has seen `history` (k gradients of that one coordinate, the
 * oldest first).  Errors: a bad spec, or an optimizer that needs the problem itself (newton, lbfgs). */
gboolean tw_response_of_baseline (const char *spec, const float *history, gsize k, gsize n, const double *tried,
                                  double *update, GError **error);

G_END_DECLS
