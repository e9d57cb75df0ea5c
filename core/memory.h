/* memory.h: large arrays. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* n elements of `size` bytes, all zero; at least one, on the boundary of a cache line.  Arrays of many megabytes that are
 * swept through from end to end lie on huge pages where the system has them: with pages of 4 kB the look-up of
 * addresses costs as much as the arithmetic.  Freed by g_aligned_free(). */
gpointer tw_array_new0 (gsize n, gsize size);

G_END_DECLS
