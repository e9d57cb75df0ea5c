/* map-queue.h: one computation at a time in the background, the latest that was asked for.
 *
 * A thread of its own works; a new request cancels the one at work.  Results come to the main thread as they
 * grow, and never those of an older request.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _TwMapQueue TwMapQueue;

/* On the thread.  Returns the whole result, or NULL and an error.  While it works it may tell copies of what there
 * is so far: tw_map_queue_tell(), where tw_map_queue_is_due(). */
typedef gpointer (*TwMapWork) (gpointer request, TwMapQueue *queue, GCancellable *cancellable, GError **error);
/* In the main thread.  result (transfer full): NULL with an error.  Nothing is told of what was cancelled. */
typedef void (*TwMapNews) (gpointer result, gboolean done, const GError *error, gpointer data);

TwMapQueue *tw_map_queue_new (TwMapWork work, GDestroyNotify free_request, GDestroyNotify free_result, TwMapNews news,
                              gpointer data);
/* request (transfer full).  It is begun after `delay` milliseconds, unless another one has come by then. */
void tw_map_queue_push (TwMapQueue *queue, gpointer request, guint delay);
void tw_map_queue_stop (TwMapQueue *queue); /* no more news of what was pushed */
void tw_map_queue_free (TwMapQueue *queue); /* cancels and waits */

/* For the work: not more often than can be seen. */
gboolean tw_map_queue_is_due (TwMapQueue *queue);
void tw_map_queue_tell (TwMapQueue *queue, gpointer result); /* (transfer full) */

G_END_DECLS
