/* Network tasks: seconds of one step: a minibatch of 64 images from Fashion-MNIST, forward, backward, Adam.
 *
 * With --json one object, {"task": {"mlp": s, "conv": s}}; else a table that has the parts of a step.  One
 * thread.
 */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/optimizers/optimizer.h"

#define SECONDS 2.0
#define STEPS 10

/* The network of each is that of peer_torch.py. */
static const struct {
  const char *name, *spec;
} tasks[] = {
  { "mlp", "mlp,data=fashion-mnist,hidden=128,activation=relu,batch=64" },
  { "conv", "conv,data=fashion-mnist,layers=16c3-p2-32c3-p2,activation=relu,batch=64" },
};

typedef struct {
  double step, gradient; /* seconds: all of it, and without the optimizer */
} Times;

/* Microseconds of processor time of this thread. */
static gint64
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

static Times
measure (const char *text, double seconds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
  g_autoptr (TwSpec) adam = tw_spec_parse ("adam,lr=0.001", NULL);
  g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, &error);
  if (problem == NULL)
    g_error ("%s", error->message);
  g_autoptr (TwLayout) layout =
    tw_layout_new_repeated (1, tw_problem_get_n_tensors (problem), tw_problem_get_tensor_sizes (problem));
  g_autoptr (TwOptimizer) optimizer = tw_optimizer_new (adam, layout, NULL);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  gsize dim = tw_problem_get_dim (problem);
  g_autofree double *theta = g_new (double, dim), *gradient = g_new (double, dim);
  TwDraw draw = { 0, 0 };
  double loss;
  guint8 ended = FALSE;
  guint64 evaluations = 0;
  Times best = { INFINITY, INFINITY };

  tw_problem_draw_start (problem, draw, theta);
  gint64 end = g_get_monotonic_time () + (gint64)(seconds * 1e6);
  for (guint64 k = 0; k < 3 * STEPS || g_get_monotonic_time () < end;) {
    Times sum = { 0, 0 };
    for (int i = 0; i < STEPS; i++, k++) {
      gint64 start = now (), middle;
      draw.step = k;
      tw_problem_eval (problem, work, 1, theta, &draw, &loss, gradient);
      middle = now ();
      TwStep step = { .k = k,
                      .theta = theta,
                      .gradient = gradient,
                      .loss = &loss,
                      .ended = &ended,
                      .problem = problem,
                      .work = work,
                      .draws = &draw,
                      .evaluations = &evaluations };
      tw_optimizer_step (optimizer, &step);
      sum.gradient += (double)(middle - start) * 1e-6;
      sum.step += (double)(now () - start) * 1e-6;
    }
    best.step = MIN (best.step, sum.step / STEPS);
    best.gradient = MIN (best.gradient, sum.gradient / STEPS);
  }
  if (!isfinite (loss))
    g_error ("%s diverged", text);
  return best;
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE;
  double seconds = SECONDS;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      seconds = 0;
    else {
      fprintf (stderr, "usage: bench-task [--json] [--quick]\n");
      return 2;
    }


  openblas_set_num_threads (1);
  printf (json ? "{\"task\": {" : "%-6s %10s %10s\n", "task", "gradient", "step");
  for (gsize i = 0; i < G_N_ELEMENTS (tasks); i++) {
    Times times = measure (tasks[i].spec, seconds);
    if (json)
      printf ("%s\"%s\": %.4g", i > 0 ? ", " : "", tasks[i].name, times.step);
    else
      printf ("%-6s %7.0f us %7.0f us   %s\n", tasks[i].name, times.gradient * 1e6, times.step * 1e6,
              tasks[i].spec);
  }
  if (json)
    printf ("}}\n");
  return 0;
}
