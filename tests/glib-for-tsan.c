/* glib-for-tsan.c: what GLib's locks order, told to ThreadSanitizer.
 *
 * GLib is not compiled with the sanitizer and has locks of its own, so that every use of them would look like
 * a race.  In a build with -Db_sanitize=thread these functions stand before GLib's: each calls it and says
 * which memory it made visible.  Only what core/ uses is here; pthread_create() and malloc() the sanitizer
 * knows by itself.
 */
#include <dlfcn.h>
#include <glib.h>

#undef g_once_init_enter
#undef g_once_init_leave

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* GLib's own. */
#define REAL(NAME) ((__typeof__ (&NAME))dlsym (RTLD_NEXT, #NAME))

void
g_mutex_lock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_lock) real;

  if (real == NULL)
    real = REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

void
g_mutex_unlock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_unlock) real;

  if (real == NULL)
    real = REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  __tsan_release (mutex);
  gboolean in_time = REAL (g_cond_wait_until) (cond, mutex, end);
  __tsan_acquire (mutex);
  return in_time;
}

gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean first = REAL (g_once_init_enter) (location);
  if (!first)
    __tsan_acquire ((void *)location);
  return first;
}

void (g_once_init_leave) (volatile void *location, gsize value)
{
  __tsan_release ((void *)location);
  REAL (g_once_init_leave) (location, value);
}

gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  __tsan_release ((void *)count);
  gboolean last = REAL (g_atomic_ref_count_dec) (count);
  if (last)
    __tsan_acquire ((void *)count);
  return last;
}

/* A pool: what was done before an item was pushed is seen by whoever works on it, and what was done by all
 * when the pool is waited for.  One item is not ordered with another. */
typedef struct {
  GFunc func;
  gpointer data;
  char pushed, done; /* their addresses stand for the two */
} Pool;

/* GLib frees its structure in the last thread that leaves; that it was read here before is no concern. */
static __attribute__ ((no_sanitize_thread, noipa)) Pool *
pool_of (const GThreadPool *pool)
{
  return pool->user_data;
}

static void
work (gpointer item, gpointer data)
{
  Pool *pool = data;

  __tsan_acquire (&pool->pushed);
  pool->func (item, pool->data);
  __tsan_release (&pool->done);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, gint max_threads, gboolean exclusive, GError **error)
{
  Pool *pool = g_new0 (Pool, 1);

  pool->func = func;
  pool->data = data;
  return REAL (g_thread_pool_new) (work, pool, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer item, GError **error)
{
  __tsan_release (&pool_of (pool)->pushed);
  return REAL (g_thread_pool_push) (pool, item, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  Pool *ours = pool_of (pool);

  REAL (g_thread_pool_free) (pool, immediate, wait);
  if (!wait)
    return; /* others may still be at work: `ours` stays */
  __tsan_acquire (&ours->done);
  g_free (ours);
}
