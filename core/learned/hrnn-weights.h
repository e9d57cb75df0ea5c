/* hrnn-weights.h: the weights of a hierarchical RNN, in memory and as a safetensors file.
 *
 * In memory they are one flat vector of P reals, so that a meta-optimizer sees them as one array and a
 * meta-gradient has the same layout.
 */
#pragma once

#include <gio/gio.h>

#include "core/learned/hrnn-config.h"
#include "core/real.h"

G_BEGIN_DECLS

typedef struct {
  TwHrnnConfig config;
  TwHrnnShape shape;
  TwReal *values;      /* (P) */
  double first_step;   /* the initial learning rate of n coordinates is at most this/sqrt(n); INFINITY: any */
  char *provenance;    /* a JSON object: how they were trained; "{}" for new ones */
  gatomicrefcount ref_count;
} TwHrnnWeights;

/* The initial values of the design, drawn from `seed`. */
TwHrnnWeights *tw_hrnn_weights_new (const TwHrnnConfig *config, guint64 seed);
TwHrnnWeights *tw_hrnn_weights_copy (const TwHrnnWeights *weights);
TwHrnnWeights *tw_hrnn_weights_ref (TwHrnnWeights *weights);
void tw_hrnn_weights_unref (TwHrnnWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHrnnWeights, tw_hrnn_weights_unref)

/* With these weights a run of n coordinates that is given the log of an initial learning rate begins with this one.
 * A step moves each coordinate by about its learning rate, so its length grows with sqrt(n), and what a loss bears
 * does not: no more than log(first_step/sqrt(n)).  The network can't see to that itself: learning rates are among its
 * features only relative to their mean. */
double tw_hrnn_weights_initial_log_lr (const TwHrnnWeights *weights, double log_lr, gsize n);

/* Errors name the file and the tensor: missing, extra, wrong shape or type, overlapping, truncated, not finite,
 * wrong format or version. */
TwHrnnWeights *tw_hrnn_weights_load (const char *path, GError **error);
TwHrnnWeights *tw_hrnn_weights_load_bytes (const char *label, const void *data, gsize size, GError **error);
/* Whole or not at all. */
gboolean tw_hrnn_weights_save (const TwHrnnWeights *weights, const char *path, GError **error);
/* The sets that ship inside the program: "default", ...; NULL for an unknown name.  Loaded once, shared. */
TwHrnnWeights *tw_hrnn_weights_builtin (const char *name);
const char *const *tw_hrnn_weights_builtin_names (void);
/* A set that ships by its name, or a file.  Errors: as for tw_hrnn_weights_load(), or that it is neither. */
TwHrnnWeights *tw_hrnn_weights_find (const char *name, GError **error);

G_END_DECLS
