/* Every lesson runs, and shows what its words say. */
#include <math.h>
#include <string.h>

#include "core/experiment/lessons.h"
#include "core/experiment/runner.h"
#include "core/experiment/statistics.h"

static TwTrace *
run (const char *name)
{
  gssize i = tw_lesson_find (name);
  gsize n;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (i, >=, 0);
  TwTrace *trace = tw_run_experiment (tw_lessons (&n)[i].experiment, 1, NULL, &error);
  g_assert_no_error (error);
  return trace;
}

static double
final (TwTrace *trace, gsize optimizer)
{
  return tw_trace_get_final_loss (trace, optimizer, 0);
}

static double
loss_at (TwTrace *trace, gsize optimizer, gsize row)
{
  g_assert_cmpuint (row, <, tw_trace_get_n_rows (trace, optimizer, 0));
  return tw_trace_get_loss (trace, optimizer, 0)[row];
}

/* Steps until within 0.01 of the minimum; beyond all steps where it never is. */
static gint64
steps (TwTrace *trace, gsize optimizer)
{
  gint64 step = tw_trace_steps_to_tolerance (trace, optimizer, 0, 0.01);

  return step >= 0 ? step : G_MAXINT64;
}

static double
lowest_x (TwTrace *trace, gsize optimizer)
{
  const double *theta = tw_trace_get_theta (trace, optimizer, 0);
  double lowest = INFINITY;

  for (gsize k = 0; k < tw_trace_get_n_rows (trace, optimizer, 0); k++)
    lowest = fmin (lowest, theta[2 * k]);
  return lowest;
}

static void
assert_ends_at (TwTrace *trace, gsize optimizer, double x, double y)
{
  gsize rows = tw_trace_get_n_rows (trace, optimizer, 0);
  const double *theta = tw_trace_get_theta (trace, optimizer, 0) + 2 * (rows - 1);

  g_assert_cmpfloat (hypot (theta[0] - x, theta[1] - y), <, 0.1);
}

static void
test_words (void)
{
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  g_assert_cmpuint (n, >=, 10);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;
    tw_experiment_check (lessons[i].experiment, &error);
    g_assert_no_error (error);
    g_assert_cmpint (tw_lesson_find (lessons[i].name), ==, (gssize)i); /* names differ */
    g_assert_nonnull (strchr (lessons[i].question, '?'));
    g_assert_cmpuint (strlen (lessons[i].text), <, 320); /* a few lines in the window */
    g_assert_cmpuint (strlen (lessons[i].answer), <, 400);
    g_assert_cmpuint (strlen (lessons[i].title), <, 40);
  }
  g_assert_cmpint (tw_lesson_find ("nothing"), ==, -1);
}

static void
test_race (void)
{
  g_autoptr (TwTrace) trace = run ("race"); /* sgd, momentum, adam, rmsprop, learned */

  for (gsize o = 0; o < 4; o++)
    g_assert_cmpfloat (final (trace, 4), <, 0.1 * final (trace, o));
  for (gsize o = 0; o < 4; o++)
    g_assert_cmpfloat (final (trace, 1), <=, final (trace, o));
  g_assert_cmpint (steps (trace, 4), <, 250);
  g_assert_cmpfloat (final (trace, 0), >, 3);
  g_assert_cmpfloat (final (trace, 3), >, 3);
  /* Half-way between the start's x = -1.5 and the minimum's 1. */
  const double *adam = tw_trace_get_theta (trace, 2, 0);
  g_assert_cmpfloat_with_epsilon (adam[2 * (tw_trace_get_n_rows (trace, 2, 0) - 1)], 0, 0.4);
}

static void
test_step_size (void)
{
  g_autoptr (TwTrace) trace = run ("step-size");
  const double factors[] = { 0.95, 0.5, -0.9, -1.1 };

  for (gsize o = 0; o < 4; o++) {
    const double *theta = tw_trace_get_theta (trace, o, 0);
    for (gsize k = 0; k < 20; k++)
      g_assert_cmpfloat_with_epsilon (theta[2 * k + 2], factors[o] * theta[2 * k],
                                      1e-9 * fabs (theta[2 * k]));
  }
  g_assert_cmpfloat (final (trace, 3), >, 1e5);
}

static void
test_condition (void)
{
  g_autoptr (TwTrace) trace = run ("condition");

  g_assert_cmpint (steps (trace, 0), >, 170);
  g_assert_cmpint (steps (trace, 0), <, 190);
  g_assert_cmpfloat_with_epsilon (loss_at (trace, 0, 180), 0.01, 0.0005);
  g_assert_cmpfloat (final (trace, 1), >, 1e6);
  g_assert_cmpint (steps (trace, 2), <=, 2);
}

static void
test_momentum (void)
{
  g_autoptr (TwTrace) trace = run ("momentum");

  g_assert_cmpfloat_with_epsilon (final (trace, 0), 0.5, 0.02);
  g_assert_cmpfloat (final (trace, 1), <, 3e-6);
  g_assert_cmpfloat (final (trace, 2), <, 3e-6);
}

static void
test_overshoot (void)
{
  g_autoptr (TwTrace) trace = run ("overshoot");

  g_assert_cmpfloat (lowest_x (trace, 0), <, -1);
  g_assert_cmpfloat (lowest_x (trace, 1), >, 0);
  g_assert_cmpfloat (lowest_x (trace, 2), <, 0);
  g_assert_cmpfloat (lowest_x (trace, 2), >, lowest_x (trace, 0));
  g_assert_cmpfloat (lowest_x (trace, 3), >, 0);
}

static void
test_adam_overshoot (void)
{
  g_autoptr (TwTrace) trace = run ("adam-overshoot");

  g_assert_cmpfloat (lowest_x (trace, 0), <, -1);
  g_assert_cmpfloat (lowest_x (trace, 1), >=, 0);
  g_assert_cmpfloat (lowest_x (trace, 2), <, 0);
  g_assert_cmpfloat (lowest_x (trace, 2), >, -0.3);
}

static void
test_rotated (void)
{
  g_autoptr (TwTrace) trace = run ("rotated");
  g_autoptr (TwExperiment) straight = tw_experiment_new ();
  g_autoptr (GError) error = NULL;
  double start[] = { 4.5, 1 };

  for (gsize o = 0; o < 3; o++)
    g_assert_cmpint (steps (trace, o), ==, G_MAXINT64);
  for (gsize o = 3; o < 6; o++)
    g_assert_cmpint (steps (trace, o), <, 100);
  straight->problem = g_strdup ("bowl-100");
  g_ptr_array_add (straight->optimizers, g_strdup ("adam"));
  g_array_append_vals (straight->starts, start, 2);
  g_autoptr (TwTrace) beside = tw_run_experiment (straight, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (steps (beside, 0), ==, 65);
}

static void
test_learning_rate (void)
{
  g_autoptr (TwTrace) trace = run ("learning-rate");

  for (gsize o = 0; o < 4; o++)
    g_assert_cmpfloat (final (trace, 2), <=, final (trace, o));
  g_assert_cmpfloat (final (trace, 0), >, 10);
  g_assert_cmpfloat (loss_at (trace, 3, 35), <, 0.02); /* comes close */
  g_assert_cmpfloat (loss_at (trace, 3, 67), >, 0.1);  /* shoots past: on the far side of the minimum (3, 0.5) */
  g_assert_cmpfloat (tw_trace_get_theta (trace, 3, 0)[2 * 67], >, 4.5);
  g_assert_cmpfloat (final (trace, 3), >, 100 * final (trace, 2));       /* does not settle */
}

static void
test_saddle (void)
{
  g_autoptr (TwTrace) trace = run ("saddle"); /* sgd, momentum, adam, newton */

  g_assert_cmpint (steps (trace, 3), <=, 5);
  g_assert_cmpint (steps (trace, 0), <, 200);
  for (gsize o = 1; o < 3; o++) {
    g_assert_cmpint (steps (trace, o), >, steps (trace, 3));
    g_assert_cmpint (steps (trace, o), <, steps (trace, 0));
  }
  const double *theta = tw_trace_get_theta (trace, 0, 0);
  g_assert_cmpfloat_with_epsilon (theta[2 * 50 + 1] / theta[2 * 49 + 1], 1.1, 0.01);
  /* Which come near the saddle at (0, 0), and the step at which each is well off the ridge y = 0. */
  const gsize off[] = { 97, 36, 2, 2 };
  for (gsize o = 0; o < 4; o++) {
    const double *at = tw_trace_get_theta (trace, o, 0);
    double nearest = INFINITY;
    gsize k = 0;
    for (gsize i = 0; i < tw_trace_get_n_rows (trace, o, 0); i++)
      nearest = MIN (nearest, hypot (at[2 * i], at[2 * i + 1]));
    while (fabs (at[2 * k + 1]) < 0.1)
      k++;
    g_assert_cmpint (ABS ((int)k - (int)off[o]), <=, 3);
    if (o < 2)
      g_assert_cmpfloat (nearest, <, 0.1);
    else
      g_assert_cmpfloat (nearest, >, 0.5);
  }
}

static void
test_plateau (void)
{
  g_autoptr (TwTrace) trace = run ("plateau");

  g_assert_cmpfloat (loss_at (trace, 0, 50), >, 6);
  g_assert_cmpfloat (loss_at (trace, 1, 10), <, 0.5);
  g_assert_cmpfloat (loss_at (trace, 0, 90), >, 6);
  g_assert_cmpfloat (loss_at (trace, 0, 95), <, 1);
  g_assert_cmpfloat (loss_at (trace, 2, 16), >, 1);
  g_assert_cmpfloat (loss_at (trace, 2, 17), <, 1);
  g_assert_cmpfloat (final (trace, 2), >, 100 * final (trace, 1)); /* short steps, still far */
}

static void
test_rolling (void)
{
  g_autoptr (TwTrace) trace = run ("rolling");

  assert_ends_at (trace, 0, -1.7476, 0.8738);
  assert_ends_at (trace, 1, 0, 0);
  assert_ends_at (trace, 2, 1.7476, -0.8738);
}

static void
test_four_minima (void)
{
  g_autoptr (TwTrace) trace = run ("four-minima");

  assert_ends_at (trace, 0, -3.7793, -3.2832);
  assert_ends_at (trace, 1, -3.7793, -3.2832);
  assert_ends_at (trace, 2, -2.8051, 3.1313);
}

static void
test_noise (void)
{
  g_autoptr (TwTrace) trace = run ("noise");
  double tail[3];

  for (gsize o = 0; o < 3; o++)
    tail[o] = tw_mean (tw_trace_get_loss (trace, o, 0) + 351, 50);
  g_assert_cmpfloat (tail[0], >, 5 * tail[1]);
  g_assert_cmpfloat (tail[2], <, 1.5 * tail[1]);
  g_assert_cmpfloat (loss_at (trace, 2, 20), <, 0.5 * loss_at (trace, 1, 20)); /* and fast */
}

static void
test_curvature (void)
{
  g_autoptr (TwTrace) trace = run ("curvature");

  g_assert_cmpint (tw_trace_steps_to_tolerance (trace, 0, 0, 1e-6), <, 25);
  g_assert_cmpint (tw_trace_steps_to_tolerance (trace, 1, 0, 1e-6), <, 40);
  g_assert_cmpfloat (final (trace, 2), >, 1);
}

/* It looks ahead: within a right angle of its last step, and half a step or more beyond. */
static void
test_attention (void)
{
  g_autoptr (TwTrace) trace = run ("attention");
  gsize rows = tw_trace_get_n_rows (trace, 0, 0), ahead = 0;
  const double *theta = tw_trace_get_theta (trace, 0, 0), *phi = tw_trace_get_phi (trace, 0, 0);
  g_autofree double *ratio = g_new (double, rows);

  g_assert_nonnull (phi);
  for (gsize k = 1; k < rows; k++) {
    double offset[2], step[2];
    for (gsize i = 0; i < 2; i++) {
      offset[i] = phi[2 * k + i] - theta[2 * k + i];
      step[i] = theta[2 * k + i] - theta[2 * (k - 1) + i];
    }
    ahead += offset[0] * step[0] + offset[1] * step[1] > 0;
    ratio[k - 1] = hypot (offset[0], offset[1]) / hypot (step[0], step[1]);
  }
  g_assert_cmpfloat ((double)ahead / (double)(rows - 1), >, 0.85);
  g_assert_cmpfloat (tw_median (ratio, rows - 1), >, 0.5);
  /* On the wall: down, whatever the valley does. */
  for (gsize k = 1; k <= 5; k++)
    g_assert_cmpfloat (phi[2 * k + 1] - theta[2 * k + 1], <, 0);
}

/* Networks: whole positions are kept, as the window does. */
static TwTrace *
watch (const char *name)
{
  gsize n;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRunner) runner = tw_runner_start_watched (tw_lessons (&n)[tw_lesson_find (name)].experiment, 1, &error);

  g_assert_no_error (error);
  tw_runner_wait (runner);
  return tw_trace_ref (tw_runner_get_trace (runner));
}

/* The share of rows held out that is right at a step. */
static double
accuracy_at (TwTrace *trace, gsize optimizer, guint64 step)
{
  const guint64 *steps_of = tw_trace_get_metric_steps (trace, optimizer, 0);

  for (gsize i = 0; i < tw_trace_get_n_metric_rows (trace, optimizer, 0); i++)
    if (steps_of[i] == step)
      return tw_trace_get_metrics (trace, optimizer, 0)[3 * i + 2];
  g_error ("not measured at step %" G_GUINT64_FORMAT, step);
}

static void
test_spirals (void)
{
  g_autoptr (TwTrace) trace = watch ("spirals"); /* adam, learned, sgd */

  for (gsize o = 0; o < 3; o++) {
    g_assert_cmpfloat (accuracy_at (trace, o, 50), <, 0.68);
    g_assert_cmpfloat (accuracy_at (trace, o, 50), >, 0.62);
  }
  g_assert_cmpfloat (accuracy_at (trace, 1, 150), >, 0.91);
  g_assert_cmpfloat_with_epsilon (accuracy_at (trace, 1, 800), 0.985, 0.006);
  g_assert_cmpfloat (accuracy_at (trace, 0, 150), <, 0.7);
  g_assert_cmpfloat_with_epsilon (accuracy_at (trace, 0, 300), 0.93, 0.01);
  g_assert_cmpfloat (accuracy_at (trace, 0, 800), >, 0.98);
  g_assert_cmpfloat (accuracy_at (trace, 2, 700), >, 0.87);
  g_assert_cmpfloat (accuracy_at (trace, 2, 800), <, 0.66);
  g_assert_cmpuint (tw_problem_get_dim (tw_trace_get_problem (trace)), ==, 354);
}

static void
test_digits (void)
{
  g_autoptr (TwTrace) trace = watch ("digits"); /* adam, sgd, sgd with a small rate */
  gsize n, at = 0;
  const guint64 *kept = tw_trace_get_snapshot_steps (trace, &n);
  double change = 0, size = 0;

  while (kept[at] < 60)
    at++;
  const float *before = tw_trace_get_snapshot (trace, 0, 0, 0), *after = tw_trace_get_snapshot (trace, 0, 0, at);
  for (gsize i = 0; i < 8 * 9; i++) {
    change += (after[i] - before[i]) * (after[i] - before[i]);
    size += before[i] * before[i];
  }
  g_test_message ("filters change by %.3f of their size", sqrt (change / size));
  g_assert_cmpfloat (sqrt (change / size), <, 0.28);
  g_assert_cmpfloat (sqrt (change / size), >, 0.2);
  g_assert_cmpfloat (accuracy_at (trace, 0, 60), >, 0.9);
  g_assert_cmpfloat (accuracy_at (trace, 0, 0), <, 0.15);
  g_assert_cmpfloat (accuracy_at (trace, 0, 300), >, 0.98);
  g_assert_cmpfloat_with_epsilon (accuracy_at (trace, 1, 300), 0.96, 0.01);
  g_assert_cmpfloat_with_epsilon (accuracy_at (trace, 2, 300), 0.87, 0.01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lessons/words", test_words);
  g_test_add_func ("/lessons/race", test_race);
  g_test_add_func ("/lessons/step-size", test_step_size);
  g_test_add_func ("/lessons/condition", test_condition);
  g_test_add_func ("/lessons/momentum", test_momentum);
  g_test_add_func ("/lessons/overshoot", test_overshoot);
  g_test_add_func ("/lessons/adam-overshoot", test_adam_overshoot);
  g_test_add_func ("/lessons/rotated", test_rotated);
  g_test_add_func ("/lessons/learning-rate", test_learning_rate);
  g_test_add_func ("/lessons/saddle", test_saddle);
  g_test_add_func ("/lessons/plateau", test_plateau);
  g_test_add_func ("/lessons/rolling", test_rolling);
  g_test_add_func ("/lessons/four-minima", test_four_minima);
  g_test_add_func ("/lessons/noise", test_noise);
  g_test_add_func ("/lessons/curvature", test_curvature);
  g_test_add_func ("/lessons/attention", test_attention);
  g_test_add_func ("/lessons/spirals", test_spirals);
  g_test_add_func ("/lessons/digits", test_digits);
  return g_test_run ();
}
