#include "ui/run-queue.h"

/* So long may a run take before it is shown unfinished. */
#define PATIENCE (30 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  TwExperiment *experiment;
  guint64 generation;
  gboolean at_once;
} Request;

struct _TwRunQueue {
  GThread *thread;
  GMainContext *context;
  TwRunNewsFunc news; /* NULL once it was freed; main thread only */
  gpointer data;
  GMutex lock;
  GCond changed;
  Request *pending; /* under the lock, as is quit */
  gboolean quit;
};

typedef struct {
  TwRunQueue *queue; /* a reference */
  TwRunNews news;
} Message;

static void
request_free (Request *request)
{
  if (request == NULL)
    return;
  tw_experiment_free (request->experiment);
  g_free (request);
}

static void
queue_clear (gpointer data)
{
  TwRunQueue *queue = data;

  request_free (queue->pending);
  g_main_context_unref (queue->context);
  g_mutex_clear (&queue->lock);
  g_cond_clear (&queue->changed);
}

static gboolean
deliver (gpointer data)
{
  Message *message = data;

  if (message->queue->news != NULL)
    message->queue->news (&message->news, message->queue->data);
  return G_SOURCE_REMOVE;
}

static void
message_free (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->news.trace, tw_trace_unref);
  g_clear_pointer ((GError **)&message->news.error, g_error_free);
  g_atomic_rc_box_release_full (message->queue, queue_clear);
  g_free (message);
}

static void
post (TwRunQueue *queue, const Request *request, TwTrace *trace, gboolean done, const GError *error)
{
  Message *message = g_new0 (Message, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  message->queue = g_atomic_rc_box_acquire (queue);
  message->news.generation = request->generation;
  message->news.trace = trace != NULL ? tw_trace_ref (trace) : NULL;
  message->news.done = done;
  message->news.error = error != NULL ? g_error_copy (error) : NULL;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, message, message_free);
  g_source_attach (source, queue->context);
}

static void
wake (gpointer data)
{
  TwRunQueue *queue = data;

  g_mutex_lock (&queue->lock);
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->lock);
}

static void
run (TwRunQueue *queue, const Request *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRunner) runner = tw_runner_start_watched (request->experiment, 0, &error);

  if (runner == NULL) {
    post (queue, request, NULL, TRUE, error);
    return;
  }
  gint64 deadline = g_get_monotonic_time () + (request->at_once ? 0 : PATIENCE);
  TwTrace *trace = tw_runner_get_trace (runner);
  tw_runner_set_done_callback (runner, wake, queue);
  g_mutex_lock (&queue->lock);
  while (!queue->quit && !tw_runner_is_done (runner))
    if (!g_cond_wait_until (&queue->changed, &queue->lock, deadline))
      break;
  gboolean done = tw_runner_is_done (runner);
  if (!done) {
    post (queue, request, trace, FALSE, NULL);
    while (!queue->quit && queue->pending == NULL && !tw_runner_is_done (runner))
      g_cond_wait (&queue->changed, &queue->lock);
    done = tw_runner_is_done (runner);
  }
  g_mutex_unlock (&queue->lock);
  if (done)
    post (queue, request, trace, TRUE, tw_runner_get_error (runner));
}

static gpointer
work (gpointer data)
{
  TwRunQueue *queue = data;

  g_mutex_lock (&queue->lock);
  while (!queue->quit) {
    Request *request = g_steal_pointer (&queue->pending);
    if (request == NULL) {
      g_cond_wait (&queue->changed, &queue->lock);
      continue;
    }
    g_mutex_unlock (&queue->lock);
    run (queue, request);
    request_free (request);
    g_mutex_lock (&queue->lock);
  }
  g_mutex_unlock (&queue->lock);
  return NULL;
}

TwRunQueue *
tw_run_queue_new (TwRunNewsFunc news, gpointer data)
{
  TwRunQueue *queue = g_atomic_rc_box_new0 (TwRunQueue);

  queue->context = g_main_context_ref_thread_default ();
  queue->news = news;
  queue->data = data;
  g_mutex_init (&queue->lock);
  g_cond_init (&queue->changed);
  queue->thread = g_thread_new ("thalweg-runs", work, queue);
  return queue;
}

void
tw_run_queue_push (TwRunQueue *queue, const TwExperiment *experiment, guint64 generation, gboolean at_once)
{
  Request *request = g_new0 (Request, 1);

  request->experiment = tw_experiment_copy (experiment);
  request->generation = generation;
  request->at_once = at_once;
  g_mutex_lock (&queue->lock);
  Request *replaced = queue->pending;
  queue->pending = request;
  if (replaced != NULL)
    request->at_once |= replaced->at_once;
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->lock);
  request_free (replaced);
}

void
tw_run_queue_free (TwRunQueue *queue)
{
  if (queue == NULL)
    return;
  queue->news = NULL;
  g_mutex_lock (&queue->lock);
  queue->quit = TRUE;
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->lock);
  g_thread_join (queue->thread);
  g_atomic_rc_box_release_full (queue, queue_clear);
}
