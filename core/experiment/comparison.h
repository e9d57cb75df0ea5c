/* comparison.h: what a table says of each optimizer of a trace: one row per optimizer, all starts together.
 *
 * Letters: O optimizers, N starts.
 */
#pragma once

#include "core/experiment/trace.h"

G_BEGIN_DECLS

typedef struct {
  gsize n_runs;           /* N */
  gsize n_ended;          /* runs that are not going on any more */
  double final_loss;      /* median over starts; NAN where there is none yet */
  double best_loss;       /* median over starts of the lowest */
  gsize n_reached;        /* runs that came within the tolerance of the known minimum */
  double steps;           /* median of the steps they took, of those that got there; NAN: none, or no minimum known */
  guint64 evaluations;    /* of all starts */
  char *why;              /* in words: "diverged at step 37", "7 ran all steps, 3 diverged" */
} TwComparisonRow;

/* (O) rows.  `tolerance`: how far above the known minimum counts as reached. */
TwComparisonRow *tw_comparison_new (const TwTrace *trace, double tolerance);
void tw_comparison_free (TwComparisonRow *rows, gsize n);
/* The same as tab-separated text with a heading, numbers with all their digits, empty where there is none.
 * names (O) or NULL: what to call them instead of their specs. */
char *tw_comparison_to_tsv (const TwTrace *trace, const TwComparisonRow *rows, const char *const *names);

G_END_DECLS
