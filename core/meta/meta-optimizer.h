/* meta-optimizer.h: Adam or RMSProp over the weights of a learned optimizer, with warm-up, decay and clipping. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gboolean rmsprop;     /* instead of Adam (Kingma and Ba 2015) */
  double lr;            /* after the warm-up */
  double beta1, beta2;
  double epsilon;
  double warmup;        /* iterations until lr is reached, linearly */
  double half_life;     /* iterations in which lr halves; 0: it stays */
  double clip;          /* largest norm of a gradient; 0: any */
} TwMetaOptimizerOptions;

typedef struct {
  TwMetaOptimizerOptions options;
  gsize P;
  double *m, *v;        /* (P) */
  guint64 n_updates;
  guint64 n_skipped;    /* gradients that were not finite */
} TwMetaOptimizer;

void tw_meta_optimizer_init (TwMetaOptimizer *optimizer, const TwMetaOptimizerOptions *options, gsize P);
void tw_meta_optimizer_clear (TwMetaOptimizer *optimizer);
double tw_meta_optimizer_get_lr (const TwMetaOptimizer *optimizer);
/* weights (P) -= update; gradient (P) is clipped in place.  A gradient that is not finite changes nothing.
 * Returns its norm before clipping. */
double tw_meta_optimizer_update (TwMetaOptimizer *optimizer, double *weights, double *gradient);

G_END_DECLS
