/* layout.h: how a flat list of rows (coordinates) is cut into tensors, and the tensors into runs.
 *
 * Letters used everywhere: R rows, T tensors, B runs.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gsize n_rows;        /* R */
  gsize n_tensors;     /* T */
  gsize n_runs;        /* B */
  gsize *tensor_start; /* (T + 1) first row of each tensor; the last entry is R */
  gsize *run_start;    /* (B + 1) first tensor of each run; the last entry is T */
} TwLayout;

/* `n_runs` runs, all cut into the same `n_tensors` tensors of `sizes` rows. */
TwLayout *tw_layout_new_repeated (gsize n_runs, gsize n_tensors, const gsize *sizes);
/* Run b has n_tensors[b] tensors; their sizes follow each other in `sizes`. */
TwLayout *tw_layout_new (gsize n_runs, const gsize *n_tensors, const gsize *sizes);
void tw_layout_free (TwLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLayout, tw_layout_free)

static inline gsize
tw_layout_run_row (const TwLayout *layout, gsize run)
{
  return layout->tensor_start[layout->run_start[run]];
}

G_END_DECLS
