#include "ui/map-queue.h"

#define PERIOD (50 * G_TIME_SPAN_MILLISECOND) /* of news */

struct _TwMapQueue {
  TwMapWork work;
  GDestroyNotify free_request, free_result;
  TwMapNews news; /* NULL once it was freed; main thread only, as is `data` */
  gpointer data;
  GThread *thread;
  GMainContext *context;
  gint64 told; /* when; the thread's own, as is ... */
  guint64 working_on;
  GMutex lock;
  GCond changed;
  /* Under the lock */
  gpointer pending; /* request */
  gint64 not_before;
  guint64 generation; /* of the latest request, or stop */
  GCancellable *cancellable; /* of the one at work */
  gboolean quit;
};

typedef struct {
  TwMapQueue *queue; /* a reference */
  gpointer result;
  gboolean done;
  GError *error;
  guint64 generation;
} Message;

static void
queue_clear (gpointer data)
{
  TwMapQueue *queue = data;

  if (queue->pending != NULL)
    queue->free_request (queue->pending);
  g_main_context_unref (queue->context);
  g_mutex_clear (&queue->lock);
  g_cond_clear (&queue->changed);
}

static gboolean
deliver (gpointer data)
{
  Message *message = data;
  TwMapQueue *queue = message->queue;

  g_mutex_lock (&queue->lock);
  gboolean late = message->generation != queue->generation;
  g_mutex_unlock (&queue->lock);
  if (!late && queue->news != NULL)
    queue->news (g_steal_pointer (&message->result), message->done, message->error, queue->data);
  return G_SOURCE_REMOVE;
}

static void
message_free (gpointer data)
{
  Message *message = data;

  if (message->result != NULL)
    message->queue->free_result (message->result);
  g_clear_error (&message->error);
  g_atomic_rc_box_release_full (message->queue, queue_clear);
  g_free (message);
}

static void
post (TwMapQueue *queue, gpointer result, gboolean done, GError *error)
{
  Message *message = g_new0 (Message, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  message->queue = g_atomic_rc_box_acquire (queue);
  message->result = result;
  message->done = done;
  message->error = error;
  message->generation = queue->working_on;
  queue->told = g_get_monotonic_time ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT); /* not idle: that never comes while something plays */
  g_source_set_callback (source, deliver, message, message_free);
  g_source_attach (source, queue->context);
}

gboolean
tw_map_queue_is_due (TwMapQueue *queue)
{
  return g_get_monotonic_time () - queue->told >= PERIOD;
}

void
tw_map_queue_tell (TwMapQueue *queue, gpointer result)
{
  post (queue, result, FALSE, NULL);
}

/* Without the lock. */
static void
work_on (TwMapQueue *queue, gpointer request, GCancellable *cancellable)
{
  GError *error = NULL;

  queue->told = 0;
  gpointer result = queue->work (request, queue, cancellable, &error);
  if (!g_cancellable_is_cancelled (cancellable)) {
    post (queue, result, TRUE, error);
    return;
  }
  if (result != NULL)
    queue->free_result (result);
  g_clear_error (&error);
}

static gpointer
run (gpointer data)
{
  TwMapQueue *queue = data;

  g_mutex_lock (&queue->lock);
  while (!queue->quit) {
    if (queue->pending == NULL) {
      g_cond_wait (&queue->changed, &queue->lock);
      continue;
    }
    if (g_get_monotonic_time () < queue->not_before) {
      g_cond_wait_until (&queue->changed, &queue->lock, queue->not_before);
      continue;
    }
    gpointer request = g_steal_pointer (&queue->pending);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    queue->cancellable = cancellable;
    queue->working_on = queue->generation;
    g_mutex_unlock (&queue->lock);
    work_on (queue, request, cancellable);
    queue->free_request (request);
    g_mutex_lock (&queue->lock);
    queue->cancellable = NULL;
  }
  g_mutex_unlock (&queue->lock);
  return NULL;
}

/* Under the lock. */
static void
replace (TwMapQueue *queue, gpointer request)
{
  gpointer before = queue->pending;

  queue->pending = request;
  queue->generation++;
  if (queue->cancellable != NULL)
    g_cancellable_cancel (queue->cancellable);
  if (before != NULL)
    queue->free_request (before);
  g_cond_broadcast (&queue->changed);
}

void
tw_map_queue_push (TwMapQueue *queue, gpointer request, guint delay)
{
  g_mutex_lock (&queue->lock);
  queue->not_before = g_get_monotonic_time () + delay * G_TIME_SPAN_MILLISECOND;
  replace (queue, request);
  g_mutex_unlock (&queue->lock);
}

void
tw_map_queue_stop (TwMapQueue *queue)
{
  g_mutex_lock (&queue->lock);
  replace (queue, NULL);
  g_mutex_unlock (&queue->lock);
}

TwMapQueue *
tw_map_queue_new (TwMapWork work, GDestroyNotify free_request, GDestroyNotify free_result, TwMapNews news, gpointer data)
{
  TwMapQueue *queue = g_atomic_rc_box_new0 (TwMapQueue);

  queue->work = work;
  queue->free_request = free_request;
  queue->free_result = free_result;
  queue->news = news;
  queue->data = data;
  queue->context = g_main_context_ref_thread_default ();
  g_mutex_init (&queue->lock);
  g_cond_init (&queue->changed);
  queue->thread = g_thread_new ("thalweg-map", run, queue);
  return queue;
}

void
tw_map_queue_free (TwMapQueue *queue)
{
  if (queue == NULL)
    return;
  queue->news = NULL;
  g_mutex_lock (&queue->lock);
  queue->quit = TRUE;
  replace (queue, NULL);
  g_mutex_unlock (&queue->lock);
  g_thread_join (queue->thread);
  g_atomic_rc_box_release_full (queue, queue_clear);
}
