#include "core/meta/crew.h"

/* Microseconds that a waiting thread looks before it sleeps. */
#define PATIENCE 50

typedef struct {
  TwCrew *crew;
  guint index;
  GThread *thread; /* NULL: not made yet, or the caller's */
} Member;

struct _TwCrew {
  guint n_members;
  Member *members;
  TwCrewWork work;
  gpointer data;
  GMutex lock;
  GCond changed;
  /* written under the lock, looked at without it */
  guint round; /* that was started last */
  guint busy;  /* threads that have not finished it */
  gboolean over;
};

static inline void
pause_briefly (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

/* Until *value is not `old` (become: until it is). */
static void
wait_for (TwCrew *crew, guint *value, guint other, gboolean become)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  do
    for (int i = 0; i < 64; i++) {
      if ((g_atomic_int_get (value) == other) == become)
        return;
      pause_briefly ();
    }
  while (g_get_monotonic_time () < end);

  g_mutex_lock (&crew->lock);
  while ((g_atomic_int_get (value) == other) != become)
    g_cond_wait (&crew->changed, &crew->lock);
  g_mutex_unlock (&crew->lock);
}

static gpointer
run_member (gpointer data)
{
  Member *member = data;
  TwCrew *crew = member->crew;

  for (guint done = 0;; done++) {
    wait_for (crew, &crew->round, done, FALSE);
    if (g_atomic_int_get (&crew->over))
      return NULL;
    crew->work (crew->data, member->index);
    g_mutex_lock (&crew->lock);
    g_atomic_int_add (&crew->busy, -1);
    g_cond_broadcast (&crew->changed);
    g_mutex_unlock (&crew->lock);
  }
}

TwCrew *
tw_crew_new (guint n_members, TwCrewWork work, gpointer data)
{
  TwCrew *crew = g_new0 (TwCrew, 1);

  crew->n_members = n_members;
  crew->members = g_new0 (Member, n_members);
  crew->work = work;
  crew->data = data;
  g_mutex_init (&crew->lock);
  g_cond_init (&crew->changed);
  return crew;
}

/* Wakes the threads for the next round. */
static void
start (TwCrew *crew)
{
  g_mutex_lock (&crew->lock);
  g_atomic_int_set (&crew->busy, crew->n_members - 1);
  g_atomic_int_inc (&crew->round);
  g_cond_broadcast (&crew->changed);
  g_mutex_unlock (&crew->lock);
}

void
tw_crew_run (TwCrew *crew)
{
  for (guint i = 1; i < crew->n_members; i++)
    if (crew->members[i].thread == NULL) {
      crew->members[i] = (Member){ .crew = crew, .index = i };
      crew->members[i].thread = g_thread_new ("crew", run_member, &crew->members[i]);
    }
  start (crew);
  crew->work (crew->data, 0);
  wait_for (crew, &crew->busy, 0, TRUE);
}

void
tw_crew_free (TwCrew *crew)
{
  if (crew == NULL)
    return;
  g_atomic_int_set (&crew->over, TRUE);
  start (crew);
  for (guint i = 1; i < crew->n_members; i++)
    if (crew->members[i].thread != NULL)
      g_thread_join (crew->members[i].thread);
  g_mutex_clear (&crew->lock);
  g_cond_clear (&crew->changed);
  g_free (crew->members);
  g_free (crew);
}
