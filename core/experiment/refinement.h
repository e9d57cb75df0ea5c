/* refinement.h: the order in which the cells of a map are computed: coarse to fine, none of them twice.
 *
 * Letters: W columns, H rows, L levels.  Level l has every 2^(L-1-l)-th column and row, and all of those of the
 * level before; the last has all.  An axis of fewer than TW_REFINEMENT_SHORT cells has all of them from the first
 * level on, others are a multiple of 2^(L-1) long.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_REFINEMENT_SHORT 16

typedef struct {
  guint width, height; /* W, H */
  guint n_levels;      /* L >= 1 */
} TwRefinement;

/* Cells (y W + x) that are new at `level`, row by row: cells (at most W H) out.  Returns how many. */
gsize tw_refinement_list (const TwRefinement *refinement, guint level, guint *cells);
/* The same of the finest level whose cell has a value: done (H, W); FALSE where there is none. */
gboolean tw_refinement_find_done (const TwRefinement *refinement, const guint8 *done, guint x, guint y, guint *cell);

G_END_DECLS
