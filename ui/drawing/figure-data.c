#include <string.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"

#define KEPT 8 /* results, the latest */

/* One result, shared by the cache and the figures that show it. */
typedef struct {
  gatomicrefcount ref_count;
  char *key;
  gpointer data;
  GDestroyNotify free;
} Result;

struct _TwFigureCache {
  gatomicrefcount ref_count;
  GMutex mutex;
  GQueue results; /* of Result, the latest first */
};

static Result *
result_ref (Result *result)
{
  g_atomic_ref_count_inc (&result->ref_count);
  return result;
}

static void
result_unref (gpointer data)
{
  Result *result = data;

  if (!g_atomic_ref_count_dec (&result->ref_count))
    return;
  result->free (result->data);
  g_free (result->key);
  g_free (result);
}

TwFigureCache *
tw_figure_cache_new (void)
{
  TwFigureCache *cache = g_new0 (TwFigureCache, 1);

  g_atomic_ref_count_init (&cache->ref_count);
  g_mutex_init (&cache->mutex);
  g_queue_init (&cache->results);
  return cache;
}

TwFigureCache *
tw_figure_cache_ref (TwFigureCache *cache)
{
  g_atomic_ref_count_inc (&cache->ref_count);
  return cache;
}

void
tw_figure_cache_unref (TwFigureCache *cache)
{
  if (cache == NULL || !g_atomic_ref_count_dec (&cache->ref_count))
    return;
  g_queue_clear_full (&cache->results, result_unref);
  g_mutex_clear (&cache->mutex);
  g_free (cache);
}

static Result *
cache_find (TwFigureCache *cache, const char *key)
{
  Result *found = NULL;

  g_mutex_lock (&cache->mutex);
  for (GList *link = cache->results.head; link != NULL && found == NULL; link = link->next)
    if (strcmp (((Result *)link->data)->key, key) == 0)
      found = result_ref (link->data);
  g_mutex_unlock (&cache->mutex);
  return found;
}

static void
cache_keep (TwFigureCache *cache, Result *result)
{
  g_mutex_lock (&cache->mutex);
  g_queue_push_head (&cache->results, result_ref (result));
  Result *oldest = cache->results.length > KEPT ? g_queue_pop_tail (&cache->results) : NULL;
  g_mutex_unlock (&cache->mutex);
  g_clear_pointer (&oldest, result_unref);
}

void
tw_figure_tell (TwFigure *figure, double share)
{
  if (figure->work != NULL && figure->work->progress != NULL && !figure->work->progress (share, figure->work->data))
    g_cancellable_cancel (figure->cancellable);
}

guint
tw_figure_get_n_threads (const TwFigure *figure)
{
  return figure->work != NULL ? figure->work->n_threads : 0;
}

gconstpointer
tw_figure_get_data (TwFigure *figure, const char *key, TwFigureCompute compute, GDestroyNotify free, GError **error)
{
  TwFigureCache *cache = figure->work != NULL ? figure->work->cache : NULL;

  if (figure->experiment == NULL) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "this figure has to run the experiment, which is not known here");
    return NULL;
  }
  g_autofree char *experiment = tw_experiment_to_json (figure->experiment);
  g_autofree char *whole = g_strjoin ("\n", figure->shows->word, key, experiment, NULL);
  Result *result = cache != NULL ? cache_find (cache, whole) : NULL;
  if (result == NULL) {
    gpointer data = compute (figure, figure->cancellable, error);
    if (data == NULL)
      return NULL;
    result = g_new0 (Result, 1);
    g_atomic_ref_count_init (&result->ref_count);
    result->key = g_steal_pointer (&whole);
    result->data = data;
    result->free = free;
    if (cache != NULL)
      cache_keep (cache, result);
  }
  if (figure->data == NULL)
    figure->data = g_ptr_array_new_with_free_func (result_unref);
  g_ptr_array_add (figure->data, result);
  return result->data;
}
