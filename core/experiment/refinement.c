#include "core/experiment/refinement.h"

/* Which cell of a block is computed first: one near its middle that is one of every finer level as well. */
#define FIRST_OF_BLOCK 2

static guint
stride_of (const TwRefinement *refinement, guint level, guint length)
{
  return length < TW_REFINEMENT_SHORT ? 1 : 1u << (refinement->n_levels - 1 - level);
}

static gboolean
has (const TwRefinement *refinement, guint level, guint x, guint y)
{
  guint across = stride_of (refinement, level, refinement->width), up = stride_of (refinement, level, refinement->height);

  return x % across == FIRST_OF_BLOCK % across && y % up == FIRST_OF_BLOCK % up;
}

/* The first level that has the cell in column x, row y. */
static guint
level_of (const TwRefinement *refinement, guint x, guint y)
{
  guint level = 0;

  while (!has (refinement, level, x, y))
    level++;
  return level;
}

gsize
tw_refinement_list (const TwRefinement *refinement, guint level, guint *cells)
{
  gsize n = 0;

  g_return_val_if_fail (level < refinement->n_levels, 0);
  for (guint y = 0; y < refinement->height; y++)
    for (guint x = 0; x < refinement->width; x++)
      if (level_of (refinement, x, y) == level)
        cells[n++] = y * refinement->width + x;
  return n;
}

/* The cell of `level` that shows for (x, y) while it has no value of its own: the one in its block. */
static guint
stand_in (const TwRefinement *refinement, guint level, guint x, guint y)
{
  guint across = stride_of (refinement, level, refinement->width), up = stride_of (refinement, level, refinement->height);

  return (y / up * up + FIRST_OF_BLOCK % up) * refinement->width + x / across * across + FIRST_OF_BLOCK % across;
}

gboolean
tw_refinement_find_done (const TwRefinement *refinement, const guint8 *done, guint x, guint y, guint *cell)
{
  for (guint level = refinement->n_levels; level-- > 0;) {
    *cell = stand_in (refinement, level, x, y);
    if (done[*cell])
      return TRUE;
  }
  return FALSE;
}
