/* bench-frame: what a frame of the window costs the main thread.
 *
 * A window of 1280x800 plays eight optimizers for 500 steps, with every panel open, on an X server of its own
 * and with GTK's Cairo renderer.  `frame` is the processor time of the main thread from the start of a frame
 * to its end (events, layout, drawing), which other programs on the machine do not change; `first_frame` the
 * time from the start of the process to the first frame on which something has moved; `drag` the median time
 * from a new start to the end of the frame that shows all runs from there; `rss_mb` the resident memory after
 * the first second of playing, and at the end; while it plays for minutes (--seconds 600), after each on standard error.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ui/application.h"

#define N_DRAGS 60

typedef struct {
  TwWindow *window;
  TwSession *session;
  GArray *frames, *drags; /* of double: seconds */
  gint64 dragged_at;
  double frame_start, first_frame, rss[2];
  gboolean drag_ran, drag_shown; /* its trace is there; it was drawn */
} Bench;

static double
monotonic (void)
{
  return (double)g_get_monotonic_time () / G_USEC_PER_SEC;
}

/* Of the calling thread. */
static double
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + now.tv_nsec / 1e9;
}

/* Seconds since this process was started, to a hundredth. */
static double
process_age (void)
{
  g_autofree char *stat = NULL;
  struct timespec now;
  unsigned long long ticks = 0;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL))
    return NAN;
  sscanf (strrchr (stat, ')') + 2,
          "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks);
  clock_gettime (CLOCK_BOOTTIME, &now);
  return (double)now.tv_sec + now.tv_nsec / 1e9 - (double)ticks / (double)sysconf (_SC_CLK_TCK);
}

static double
resident_mb (void)
{
  g_autofree char *statm = NULL;
  unsigned long pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL))
    sscanf (statm, "%*u %lu", &pages);
  return (double)pages * (double)sysconf (_SC_PAGESIZE) / 1e6;
}

static void
on_frame_begins (GdkFrameClock *clock, Bench *bench)
{
  bench->frame_start = processor_time ();
}

static void
on_frame_ends (GdkFrameClock *clock, Bench *bench)
{
  double seconds = processor_time () - bench->frame_start;

  if (bench->first_frame == 0 && tw_session_get_step (bench->session) > 0)
    bench->first_frame = process_age ();
  g_array_append_val (bench->frames, seconds);
  if (bench->drag_ran && !bench->drag_shown) {
    seconds = (double)(g_get_monotonic_time () - bench->dragged_at) / G_USEC_PER_SEC;
    g_array_append_val (bench->drags, seconds);
    bench->drag_shown = TRUE;
  }
}

static void
on_session_changed (TwSession *session, guint changes, Bench *bench)
{
  if ((changes & TW_SESSION_TRACE) && bench->dragged_at > 0)
    bench->drag_ran = TRUE;
}

static void
play_until (Bench *bench, double end)
{
  while (monotonic () < end)
    g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (200);
}

static void
drag (Bench *bench)
{
  tw_session_hold (bench->session);
  for (int i = 0; i < N_DRAGS; i++) {
    double angle = 2 * G_PI * i / N_DRAGS;
    bench->drag_ran = bench->drag_shown = FALSE;
    bench->dragged_at = g_get_monotonic_time ();
    tw_session_set_start (bench->session, 0, 1.5 * cos (angle), 1 + 1.5 * sin (angle));
    while (!bench->drag_shown)
      g_main_context_iteration (NULL, TRUE);
  }
  tw_session_release (bench->session);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
quantile (GArray *values, double q)
{
  g_array_sort (values, compare_doubles);
  return values->len > 0 ? g_array_index (values, double, (guint)(q * (values->len - 1) + 0.5)) : NAN;
}

static double seconds_to_play = 10;
static Bench bench;

static gboolean
work (gpointer data)
{
  bench.window = TW_WINDOW (gtk_application_get_active_window (data));
  if (bench.window == NULL || !gtk_widget_get_mapped (GTK_WIDGET (bench.window)))
    return G_SOURCE_CONTINUE;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (bench.window));
  bench.session = tw_window_get_session (bench.window);
  g_signal_connect (bench.session, "changed", G_CALLBACK (on_session_changed), &bench);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_frame_begins), &bench);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_frame_ends), &bench);
  tw_session_set_loop (bench.session, TRUE);

  double start = monotonic ();
  play_until (&bench, start + 1);
  bench.rss[0] = resident_mb ();
  g_array_set_size (bench.frames, 0);
  for (int minute = 1; 60 * minute < seconds_to_play; minute++) {
    play_until (&bench, start + 60 * minute);
    fprintf (stderr, "memory after %d min: %.1f MB\n", minute, resident_mb ());
  }
  play_until (&bench, start + 1 + seconds_to_play);
  bench.rss[1] = resident_mb ();
  double p50 = quantile (bench.frames, 0.5), p99 = quantile (bench.frames, 0.99);
  guint n = bench.frames->len;
  drag (&bench);
  double drag_median = quantile (bench.drags, 0.5);
  if (g_object_get_data (data, "json") != NULL)
    printf ("{\"frame\": {\"p50\": %.6g, \"p99\": %.6g}, \"first_frame\": %.4g, \"drag\": %.6g, "
            "\"rss_mb\": [%.1f, %.1f]}\n",
            p50, p99, bench.first_frame, drag_median, bench.rss[0], bench.rss[1]);
  else
    printf ("a frame: %.2f ms, 99 %% of %u below %.2f ms\nfirst moving frame after %.2f s\n"
            "a drag of the start: %.1f ms\nmemory: %.1f MB, %.1f MB after %g s\n",
            1e3 * p50, n, 1e3 * p99, bench.first_frame, 1e3 * drag_median, bench.rss[0], bench.rss[1],
            seconds_to_play);
  gtk_window_destroy (GTK_WINDOW (bench.window));
  return G_SOURCE_REMOVE;
}

static TwExperiment *
eight_optimizers (void)
{
  static const char *const specs[] = { "sgd",     "momentum", "nesterov", "adagrad",
                                       "rmsprop", "adam",     "lion",     "learned" };
  TwExperiment *experiment = tw_experiment_new ();
  double start[2] = { -1.5, 2 };

  experiment->problem = g_strdup ("rosenbrock");
  experiment->steps = 500;
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    g_ptr_array_add (experiment->optimizers, g_strdup (specs[i]));
  g_array_append_vals (experiment->starts, start, 2);
  return experiment;
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON object", NULL },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds_to_play, "how long it plays (10)", "S" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  /* On a display of its own, so that it measures the same wherever it is called. */
  if (g_getenv ("TW_BENCH_DISPLAY") == NULL) {
    g_autofree char **command = g_new0 (char *, argc + 2);
    g_setenv ("TW_BENCH_DISPLAY", "1", TRUE);
    command[0] = (char *)TW_WITH_DISPLAY;
    memcpy (command + 1, argv, (gsize)argc * sizeof *argv);
    execv (command[0], command);
    perror (command[0]);
    return 1;
  }
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "bench-frame: %s\n", error->message);
    return 2;
  }
  g_autoptr (TwExperiment) experiment = eight_optimizers ();
  g_autoptr (TwApplication) application = tw_application_new (experiment);
  bench.frames = g_array_new (FALSE, FALSE, sizeof (double));
  bench.drags = g_array_new (FALSE, FALSE, sizeof (double));
  if (json)
    g_object_set_data (G_OBJECT (application), "json", &json);
  g_timeout_add (1, work, application);
  int status = g_application_run (G_APPLICATION (application), 0, NULL);
  g_array_unref (bench.frames);
  g_array_unref (bench.drags);
  return status;
}
