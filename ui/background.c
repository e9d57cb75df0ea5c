#include "ui/background.h"

#define PATIENCE (10 * G_TIME_SPAN_SECOND)

static GMutex lock;
static GCond ended;
static guint n_running;

void
tw_background_begin (void)
{
  g_mutex_lock (&lock);
  n_running++;
  g_mutex_unlock (&lock);
}

void
tw_background_end (void)
{
  g_mutex_lock (&lock);
  n_running--;
  g_cond_broadcast (&ended);
  g_mutex_unlock (&lock);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc work = (GTaskThreadFunc)g_object_get_data (G_OBJECT (task), "tw-work");

  work (task, source, data, cancellable);
  tw_background_end ();
}

void
tw_background_run (GTask *task, GTaskThreadFunc work)
{
  g_object_set_data (G_OBJECT (task), "tw-work", (gpointer)work);
  tw_background_begin ();
  g_task_run_in_thread (task, run);
}

void
tw_background_wait (void)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&lock);
  while (n_running > 0 && g_cond_wait_until (&ended, &lock, deadline))
    ;
  g_mutex_unlock (&lock);
}
