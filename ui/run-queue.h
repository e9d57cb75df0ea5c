/* run-queue.h: runs experiments in the background, the latest request first.
 *
 * A thread of its own makes the problem and the optimizers, starts the workers and waits for them, so that
 * the thread that asks never does.  A new request replaces one that waits, and cancels one whose trace has
 * been handed out already.  Every request therefore leads to something on screen, however fast they come.
 */
#pragma once

#include "core/experiment/runner.h"

G_BEGIN_DECLS

typedef struct _TwRunQueue TwRunQueue;

typedef struct {
  guint64 generation; /* of the request */
  TwTrace *trace;     /* (transfer none) NULL where it could not start; still fills unless `done` */
  gboolean done;
  const GError *error; /* what went wrong, or NULL */
} TwRunNews;

typedef void (*TwRunNewsFunc) (const TwRunNews *news, gpointer data);

/* `news` is called in the thread-default main context of the caller, never after tw_run_queue_free(): once
 * when a trace can be shown, and once more when it is complete if it was not then. */
TwRunQueue *tw_run_queue_new (TwRunNewsFunc news, gpointer data);
/* Takes a copy.  `at_once`: hand out the trace while it is still empty, because nothing else is on screen;
 * otherwise a short run is complete before it replaces the one before. */
void tw_run_queue_push (TwRunQueue *queue, const TwExperiment *experiment, guint64 generation,
                        gboolean at_once);
void tw_run_queue_free (TwRunQueue *queue); /* cancels and waits */

G_END_DECLS
