/* tasks.h: networks that learn from data, as problems. */
#pragma once

#include "core/problems/problem-private.h"

G_BEGIN_DECLS

extern const TwProblemType tw_linear_type, tw_logistic_type, tw_softmax_regression_type, tw_mlp_type,
  tw_conv_type, tw_autoencoder_type, tw_rnn_type;

G_END_DECLS
