/* Threads that stay: every member works once a round, and sees what was written before it. */
#include <glib.h>

#include "core/meta/crew.h"

#define MOST 8

typedef struct {
  guint n;
  guint64 input;        /* of the round */
  guint64 output[MOST]; /* of each member */
  guint calls[MOST];
  GThread *thread[MOST]; /* that a member ran in */
  gulong pause;          /* microseconds of member n - 1 */
} Data;

static void
work (gpointer data, guint member)
{
  Data *d = data;

  g_assert_cmpuint (member, <, d->n);
  if (member == d->n - 1 && d->pause > 0)
    g_usleep (d->pause);
  if (d->calls[member]++ > 0)
    g_assert_true (d->thread[member] == g_thread_self ());
  d->thread[member] = g_thread_self ();
  d->output[member] = d->input * (member + 1);
}

static void
play (guint n, guint rounds, gulong pause_inside, gulong pause_between)
{
  Data d = { .n = n, .pause = pause_inside };
  TwCrew *crew = tw_crew_new (n, work, &d);

  for (guint round = 1; round <= rounds; round++) {
    d.input = round;
    tw_crew_run (crew);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpuint (d.calls[i], ==, round);
      g_assert_cmpuint (d.output[i], ==, (guint64)round * (i + 1));
      for (guint j = 0; j < i; j++)
        g_assert_true (d.thread[i] != d.thread[j]);
    }
    g_assert_true (d.thread[0] == g_thread_self ());
    if (pause_between > 0)
      g_usleep (pause_between);
  }
  tw_crew_free (crew);
}

static void
test_rounds (void)
{
  for (guint n = 1; n <= MOST; n++)
    play (n, n <= 2 ? 200 : 20, 0, 0);
}

/* Longer than anybody looks before it sleeps. */
static void
test_sleep (void)
{
  play (3, 5, 3000, 0);
  play (3, 5, 0, 3000);
}

static void
test_unused (void)
{
  Data d = { .n = 4 };

  tw_crew_free (tw_crew_new (4, work, &d));
  tw_crew_free (NULL);
  g_assert_cmpuint (d.calls[0], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crew/rounds", test_rounds);
  g_test_add_func ("/crew/sleep", test_sleep);
  g_test_add_func ("/crew/unused", test_unused);
  return g_test_run ();
}
