#include "core/memory.h"

#include <string.h>
#include <sys/mman.h>

#define CACHE_LINE 64
#define HUGE_PAGE (2 << 20)

gpointer
tw_array_new0 (gsize n, gsize size)
{
  gboolean large = n >= 2 * HUGE_PAGE / size;
  gpointer memory = g_aligned_alloc (MAX (n, 1), size, large ? HUGE_PAGE : CACHE_LINE);

#ifdef MADV_HUGEPAGE
  /* Before it is written to for the first time.  It is advice: where it fails nothing is lost but speed. */
  if (large)
    madvise (memory, n * size, MADV_HUGEPAGE);
#endif
  memset (memory, 0, MAX (n, 1) * size);
  return memory;
}
