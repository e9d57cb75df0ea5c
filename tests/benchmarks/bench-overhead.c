/* The share of a step that goes to the optimizer, against the size of the minibatch: an MLP 784-128-10 on
 * Fashion-MNIST, with the learned optimizer, Adam and SGD.  The paper's point (Wichrowska et al. 2017,
 * section 4): it shrinks as the gradient gets dearer.  A learned step takes the loss at theta and the
 * gradient at phi.
 *
 * With --json {"overhead": {"learned": {"16": share, ...}, ...}}; else a table and a figure of bars.  One
 * thread.
 */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/optimizers/optimizer.h"

#define SECONDS 0.5
#define BAR 40

static const char *const optimizers[] = { "learned", "adam", "sgd" };
static const guint batches[] = { 16, 64, 256, 1024 };

typedef struct {
  double gradient, update; /* seconds of one step */
} Times;

static Times
measure (const TwProblem *problem, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (name, NULL);
  g_autoptr (TwLayout) layout =
    tw_layout_new_repeated (1, tw_problem_get_n_tensors (problem), tw_problem_get_tensor_sizes (problem));
  g_autoptr (TwOptimizer) optimizer = tw_optimizer_new (spec, layout, &error);
  if (optimizer == NULL)
    g_error ("%s", error->message);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  gsize dim = tw_problem_get_dim (problem);
  g_autofree double *theta = g_new (double, dim), *gradient = g_new (double, dim), *phi = NULL;
  TwDraw draw = { 0, 0 };
  double loss = 0;
  guint8 ended = FALSE;
  Times best = { INFINITY, INFINITY };

  tw_problem_draw_start (problem, draw, theta);
  if (tw_optimizer_attends (optimizer))
    phi = g_memdup2 (theta, dim * sizeof *theta);
  gint64 end = g_get_monotonic_time () + (gint64)(SECONDS * 1e6);
  for (guint64 k = 0; k < 5 || g_get_monotonic_time () < end; k++) {
    gint64 start = g_get_monotonic_time (), middle;
    draw.step = k;
    if (phi != NULL) {
      tw_problem_eval (problem, work, 1, theta, &draw, &loss, NULL);
      tw_problem_eval (problem, work, 1, phi, &draw, NULL, gradient);
    } else {
      tw_problem_eval (problem, work, 1, theta, &draw, &loss, gradient);
    }
    middle = g_get_monotonic_time ();
    tw_optimizer_step (
      optimizer,
      &(TwStep){ .k = k, .theta = theta, .phi = phi, .gradient = gradient, .loss = &loss, .ended = &ended });
    best.gradient = MIN (best.gradient, (double)(middle - start) * 1e-6);
    best.update = MIN (best.update, (double)(g_get_monotonic_time () - middle) * 1e-6);
  }
  return best;
}

int
main (int argc, char **argv)
{
  gboolean json = argc > 1 && strcmp (argv[1], "--json") == 0;

  if (argc > 2 || (argc == 2 && !json)) {
    fprintf (stderr, "usage: %s [--json]\n", argv[0]);
    return 2;
  }

  openblas_set_num_threads (1);
  printf (json ? "{\"overhead\": {" : "%-8s %6s %12s %12s  %s\n", "", "batch", "gradient", "update",
          "share of a step");
  for (gsize o = 0; o < G_N_ELEMENTS (optimizers); o++) {
    if (json)
      printf ("%s\"%s\": {", o > 0 ? ", " : "", optimizers[o]);
    for (gsize b = 0; b < G_N_ELEMENTS (batches); b++) {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("mlp,data=fashion-mnist,hidden=128,batch=%u", batches[b]);
      g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
      g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, &error);
      if (problem == NULL)
        g_error ("%s", error->message);
      Times times = measure (problem, optimizers[o]);
      double share = times.update / (times.update + times.gradient);
      if (json) {
        printf ("%s\"%u\": %.4f", b > 0 ? ", " : "", batches[b], share);
        continue;
      }
      char bar[BAR + 1] = { 0 };
      memset (bar, '#', (gsize)(share * BAR + 0.5));
      printf ("%-8s %6u %9.0f us %9.0f us  %5.1f %% %s\n", optimizers[o], batches[b], times.gradient * 1e6,
              times.update * 1e6, 100 * share, bar);
    }
    if (json)
      printf ("}");
  }
  if (json)
    printf ("}}\n");
  return 0;
}
