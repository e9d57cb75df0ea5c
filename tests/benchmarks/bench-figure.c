/* bench-figure: what a figure and an animation cost, in processor time of one thread.
 *
 * Eight optimizers, 500 steps: `figure` are the seconds of laying out, drawing and encoding the comparison by kind,
 * `animation` of ten seconds of it at 25 frames a second in 640x480; `rss_mb` the resident memory before, after the
 * figures, and after the animations (highest so far).
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "core/experiment/runner.h"
#include "ui/drawing/animation.h"

static double
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long
peak_mb (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

static TwTrace *
run (void)
{
  static const char *const specs[] = { "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lion", "learned" };
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  g_autoptr (GError) error = NULL;

  experiment->problem = g_strdup ("rosenbrock");
  experiment->steps = 500;
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    g_ptr_array_add (experiment->optimizers, g_strdup (specs[i]));
  TwTrace *trace = tw_run_experiment (experiment, 1, NULL, &error);
  g_assert_no_error (error);
  return trace;
}

int
main (int argc, char **argv)
{
  static const char *const kinds[] = { "png", "svg", "pdf" }, *const films[] = { "gif", "webp" };
  const TwFigureOptions plain = { 0 }, small = { .width = 640, .height = 480, .pixels = TRUE };
  const TwAnimationOptions animation = TW_ANIMATION_DEFAULTS;
  g_autoptr (TwTrace) trace = run ();
  long memory[3] = { peak_mb (), 0, 0 };

  fputs ("{\"figure\": {", stdout);
  for (int k = 0; k < 3; k++) {
    double best = 1e9;
    gsize size = 0;
    for (int i = 0; i < 3; i++) {
      double begun = processor_time ();
      g_autoptr (TwFigure) figure = tw_figure_new (trace, NULL, &plain, NULL, NULL);
      g_autoptr (GBytes) bytes = tw_figure_render (figure, (TwFigureKind)k, NULL);
      best = MIN (best, processor_time () - begun);
      size = g_bytes_get_size (bytes);
    }
    printf ("%s\"%s\": %.4f, \"%s_kb\": %zu", k > 0 ? ", " : "", kinds[k], best, kinds[k], size / 1024);
  }
  memory[1] = peak_mb ();
  fputs ("}, \"animation\": {", stdout);
  for (int k = 0; k < 2; k++) {
    double begun = processor_time ();
    g_autoptr (TwFigure) figure = tw_figure_new (trace, NULL, &small, NULL, NULL);
    g_autoptr (GPtrArray) files = tw_animation_render (figure, (TwAnimationKind)k, &animation, NULL, NULL, NULL);
    printf ("%s\"%s\": %.3f, \"%s_kb\": %zu", k > 0 ? ", " : "", films[k], processor_time () - begun, films[k],
            g_bytes_get_size (files->pdata[0]) / 1024);
  }
  memory[2] = peak_mb ();
  printf ("}, \"rss_mb\": [%ld, %ld, %ld]}\n", memory[0], memory[1], memory[2]);
  return 0;
}
