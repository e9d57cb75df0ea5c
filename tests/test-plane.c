/* Planes through parameter space, the loss on them, and the snapshots they are laid through. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/plane.h"
#include "core/experiment/snapshots.h"
#include "core/tasks/watch.h"
#include "optimizer-helpers.h"

static TwTrace *
watch (const char *problem, const char *optimizers, guint n_starts, guint64 steps, guint n_threads)
{
  g_autoptr (TwExperiment) experiment = make_experiment (problem, optimizers, n_starts, steps);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRunner) runner = tw_runner_start_watched (experiment, n_threads, &error);

  g_assert_no_error (error);
  tw_runner_wait (runner);
  return tw_trace_ref (tw_runner_get_trace (runner));
}

/* Snapshots */

static void
check_steps (gsize n_steps, gsize n_optimizers, gsize n_starts, gsize dim, gsize budget, gsize starts, gsize n)
{
  TwSnapshots *snapshots = tw_snapshots_new (n_optimizers, NULL, n_starts, n_steps, dim, budget);

  g_assert_nonnull (snapshots);
  g_assert_cmpuint (snapshots->n_starts, ==, starts);
  g_assert_cmpuint (snapshots->n, ==, n);
  g_assert_cmpuint (snapshots->steps[0], ==, 0);
  g_assert_cmpuint (snapshots->steps[n - 1], ==, n_steps);
  for (gsize i = 1; i < n; i++)
    g_assert_cmpuint (snapshots->steps[i], >, snapshots->steps[i - 1]);
  g_assert_cmpuint (snapshots->bytes, <=, budget + 4096);
  tw_snapshots_free (snapshots);
}

static void
test_budget (void)
{
  check_steps (2000, 2, 1, 1000, TW_SNAPSHOTS_BYTES, 1, 128);
  check_steps (10, 2, 1, 1000, TW_SNAPSHOTS_BYTES, 1, 11);
  check_steps (150, 1, 1, 5, TW_SNAPSHOTS_BYTES, 1, 128);
  check_steps (128, 1, 1, 5, TW_SNAPSHOTS_BYTES, 1, 128);
  check_steps (2000, 8, 1, 1000, TW_SNAPSHOTS_BYTES, 1, 64);
  check_steps (2000, 8, 100, 1000, TW_SNAPSHOTS_BYTES, 8, 8);
  check_steps (2000, 4, 1, 10000000, TW_SNAPSHOTS_BYTES, 1, 3);
  check_steps (2000, 1, 3, 1000, 40000, 1, 10);
  g_assert_null (tw_snapshots_new (1, NULL, 1, 100, 1000, 4000));
  g_assert_null (tw_snapshots_new (1, NULL, 1, 100, 1, TW_SNAPSHOTS_BYTES));
}

/* Attended points take room from the others, and give way where few would be left. */
static void
test_attended_budget (void)
{
  const gboolean attends[] = { FALSE, TRUE };
  gsize D = 1000, position = D * sizeof (float);
  TwSnapshots *snapshots = tw_snapshots_new (2, attends, 1, 2000, D, 60 * position);

  g_assert_cmpuint (snapshots->n, ==, 20);
  g_assert_null (tw_snapshots_get_attended (snapshots, 0, 0, 3));
  g_assert_true (tw_snapshots_get_attended (snapshots, 1, 0, 19) == snapshots->values + 59 * D);
  g_assert_cmpuint (snapshots->bytes, <=, 60 * position + 4096);
  tw_snapshots_free (snapshots);
  snapshots = tw_snapshots_new (2, attends, 1, 2000, D, 20 * position);
  g_assert_cmpuint (snapshots->n, ==, 10);
  g_assert_null (tw_snapshots_get_attended (snapshots, 1, 0, 0));
  tw_snapshots_free (snapshots);
}

/* They are the attended points of their steps; of who does not attend elsewhere there are none. */
static void
test_attended (void)
{
  g_autoptr (TwTrace) trace = watch ("quadratic,dim=20", "adam learned", 2, 60, 2);
  gsize n;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &n);
  double apart = 0;

  for (gsize s = 0; s < 2; s++)
    for (gsize i = 0; i < n; i++) {
      const float *phi = tw_trace_get_attended_snapshot (trace, 1, s, i);
      g_assert_null (tw_trace_get_attended_snapshot (trace, 0, s, i));
      for (gsize d = 0; d < 20; d++) {
        g_assert_true (phi[d] == (float)tw_trace_get_phi (trace, 1, s)[steps[i] * 20 + d]);
        apart += fabs ((double)phi[d] - tw_trace_get_snapshot (trace, 1, s, i)[d]);
      }
    }
  g_assert_cmpfloat (apart, >, 0);
}

/* They are the positions at their steps, and the same for any number of threads. */
static void
test_snapshots (void)
{
  g_autoptr (TwTrace) trace = watch ("quadratic,dim=20", "adam momentum,lr=0.01", 3, 300, 1);
  g_autoptr (TwTrace) again = watch ("quadratic,dim=20", "adam momentum,lr=0.01", 3, 300, 3);
  gsize n;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &n);

  g_assert_cmpuint (n, ==, 85);
  g_assert_cmpuint (tw_trace_get_n_snapshot_starts (trace), ==, 3);
  for (gsize o = 0; o < 2; o++)
    for (gsize s = 0; s < 3; s++) {
      g_assert_cmpuint (tw_trace_get_n_snapshots (trace, o, s), ==, n);
      for (gsize i = 0; i < n; i++) {
        const float *theta = tw_trace_get_snapshot (trace, o, s, i);
        for (gsize d = 0; d < 20; d++)
          g_assert_true (theta[d] == (float)tw_trace_get_theta (trace, o, s)[steps[i] * 20 + d]);
        g_assert_cmpmem (theta, 20 * sizeof (float), tw_trace_get_snapshot (again, o, s, i), 20 * sizeof (float));
      }
    }
}

/* Who does not ask for them has none; nor have landscapes. */
static void
test_none (void)
{
  gsize n;
  g_autoptr (TwTrace) plain = run_on ("quadratic,dim=5", "adam", 0, 20);
  g_autoptr (TwTrace) landscape = watch ("beale", "adam", 0, 20, 1);

  tw_trace_get_snapshot_steps (plain, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (tw_trace_get_n_snapshots (plain, 0, 0), ==, 0);
  tw_trace_get_snapshot_steps (landscape, &n);
  g_assert_cmpuint (n, ==, 0);
}

/* A run that blows up counts only while it is no worse than its start. */
static void
test_diverged (void)
{
  g_autoptr (TwTrace) trace = watch ("quadratic,dim=20", "adam sgd,lr=1000", 0, 300, 1);
  gsize n;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &n);
  gsize usable = tw_plane_count_usable (trace, 1, 0);

  g_assert_cmpint (tw_trace_get_stop_reason (trace, 1, 0), ==, TW_STOP_DIVERGED);
  g_assert_cmpuint (tw_plane_count_usable (trace, 0, 0), ==, n);
  g_assert_cmpuint (usable, >=, 1);
  g_assert_cmpuint (usable, <, tw_trace_get_n_snapshots (trace, 1, 0));
  for (gsize i = 0; i < usable; i++)
    g_assert_cmpfloat (tw_trace_get_loss (trace, 1, 0)[steps[i]], <=, tw_trace_get_loss (trace, 1, 0)[0]);
}

/* Principal components */

enum { DIM = 9000, POINTS = 60 };

/* axes (3, DIM), orthonormal */
static double *
make_axes (void)
{
  double *axes = g_new (double, 3 * DIM);

  tw_random_normals ((TwDraw){ 11, 0 }, 0, 3 * DIM, axes);
  for (int i = 0; i < 3; i++) {
    double *row = axes + i * DIM, length = 0;
    for (int j = 0; j < i; j++) {
      double product = 0;
      for (gsize d = 0; d < DIM; d++)
        product += row[d] * axes[j * DIM + d];
      for (gsize d = 0; d < DIM; d++)
        row[d] -= product * axes[j * DIM + d];
    }
    for (gsize d = 0; d < DIM; d++)
      length += row[d] * row[d];
    for (gsize d = 0; d < DIM; d++)
      row[d] /= sqrt (length);
  }
  return axes;
}

/* Points around a far-off middle that move along three axes with standard deviations 3, 2 and 1, uncorrelated:
 * the first two are found, and explain 9 and 4 of 14 parts. */
static void
test_principal (void)
{
  g_autofree double *axes = make_axes ();
  g_autofree float *points = g_new (float, POINTS * DIM);
  const float *rows[POINTS];
  g_autoptr (GError) error = NULL;

  for (gsize k = 0; k < POINTS; k++) {
    double angle = 2 * G_PI * (double)k / POINTS, c[3] = { 3 * sin (angle), 2 * sin (2 * angle), sin (3 * angle) };
    rows[k] = points + k * DIM;
    for (gsize d = 0; d < DIM; d++)
      points[k * DIM + d] = (float)(10 + c[0] * axes[d] + c[1] * axes[DIM + d] + c[2] * axes[2 * DIM + d]);
  }
  g_autoptr (TwPlane) plane = tw_plane_new_principal (rows, POINTS, DIM, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (plane->explained[0], 9 / 14.0, 1e-4);
  g_assert_cmpfloat_with_epsilon (plane->explained[1], 4 / 14.0, 1e-4);
  g_assert_cmpuint (plane->n_used, ==, POINTS);
  g_assert_cmpfloat_with_epsilon (plane->metric[0], 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (plane->metric[1], 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (plane->metric[2], 1, 1e-9);
  double along[2] = { 0, 0 };
  for (gsize d = 0; d < DIM; d++) {
    along[0] += plane->u[d] * axes[d];
    along[1] += plane->v[d] * axes[DIM + d];
  }
  g_assert_cmpfloat_with_epsilon (fabs (along[0]), 1, 1e-4);
  g_assert_cmpfloat_with_epsilon (fabs (along[1]), 1, 1e-4);
  for (gsize k = 0; k < POINTS; k++) {
    double angle = 2 * G_PI * (double)k / POINTS, at[2];
    tw_plane_project (plane, rows[k], at);
    g_assert_cmpfloat_with_epsilon (at[0] * along[0], 3 * sin (angle), 2e-3);
    g_assert_cmpfloat_with_epsilon (at[1] * along[1], 2 * sin (2 * angle), 2e-3);
  }
}

/* Points on a line: one component explains all, the other nothing. */
static void
test_line (void)
{
  float points[3][4] = { { 0, 0, 0, 0 }, { 1, 2, 0, 0 }, { 3, 6, 0, 0 } };
  const float *rows[3] = { points[0], points[1], points[2] };
  double at[2];

  g_autoptr (TwPlane) plane = tw_plane_new_principal (rows, 3, 4, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (plane->explained[0], 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (plane->explained[1], 0, 1e-12);
  tw_plane_project (plane, points[2], at);
  g_assert_cmpfloat_with_epsilon (at[0], 5.0 / 3 * sqrt (5), 1e-9);
  g_assert_cmpfloat_with_epsilon (at[1], 0, 1e-9);
}

/* As much variance as the axes explain is in the projections; no other plane has more. */
static void
test_explained (void)
{
  g_autoptr (TwTrace) trace = watch ("mlp,data=moons,hidden=8,rows=100", "adam,lr=0.02 sgd,lr=0.1", 0, 120, 2);
  TwPlane *planes[3];
  gsize dim = tw_problem_get_dim (tw_trace_get_problem (trace)), n, m = 0;

  tw_trace_get_snapshot_steps (trace, &n);
  for (int kind = 0; kind < 3; kind++) {
    g_autoptr (GError) error = NULL;
    planes[kind] = tw_plane_new (trace, (TwPlaneKind)kind, &(TwPlaneChoice){ .chosen = 1, .seed = 3 }, NULL, &error);
    g_assert_no_error (error);
    g_autofree double *mean = g_new0 (double, dim);
    double total = 0, inside = 0, *point = g_alloca (dim * sizeof (double));
    m = 2 * n;
    for (gsize k = 0; k < m; k++)
      for (gsize d = 0; d < dim; d++)
        mean[d] += tw_trace_get_snapshot (trace, k / n, 0, k % n)[d] / (double)m;
    g_autofree float *centre = g_new (float, dim);
    for (gsize d = 0; d < dim; d++)
      centre[d] = (float)mean[d];
    double middle[2], *own = g_alloca (dim * sizeof (double));
    tw_plane_project (planes[kind], centre, middle);
    tw_plane_get_point (planes[kind], middle, own);
    for (gsize k = 0; k < m; k++) {
      const float *theta = tw_trace_get_snapshot (trace, k / n, 0, k % n);
      double at[2];
      tw_plane_project (planes[kind], theta, at);
      tw_plane_get_point (planes[kind], at, point);
      for (gsize d = 0; d < dim; d++) {
        total += (theta[d] - mean[d]) * (theta[d] - mean[d]);
        inside += (point[d] - own[d]) * (point[d] - own[d]);
      }
    }
    double share = planes[kind]->explained[0] + planes[kind]->explained[1];
    g_assert_cmpfloat_with_epsilon (share, inside / total, 1e-5);
    g_assert_cmpuint (planes[kind]->n_used, ==, m);
    g_assert_cmpfloat (share, <=, planes[0]->explained[0] + planes[0]->explained[1] + 1e-9);
  }
  g_assert_cmpfloat (planes[0]->explained[0], >, 0.5);
  for (int kind = 0; kind < 3; kind++)
    tw_plane_unref (planes[kind]);
}

/* Other planes */

/* Each filter of a direction has the length of the network's own; biases do not move. */
static void
check_filters (const char *problem)
{
  g_autoptr (TwTrace) trace = watch (problem, "sgd,lr=0.05 adam", 0, 10, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwPlane) plane =
    tw_plane_new (trace, TW_PLANE_RANDOM, &(TwPlaneChoice){ .chosen = 1, .seed = 7 }, NULL, &error);
  g_autoptr (GArray) filters = tw_problem_list_filters (tw_trace_get_problem (trace));
  gsize n;

  g_assert_no_error (error);
  tw_trace_get_snapshot_steps (trace, &n);
  const float *end = tw_trace_get_snapshot (trace, 1, 0, n - 1);
  g_autofree guint8 *seen = g_new0 (guint8, plane->dim);
  for (guint f = 0; f < filters->len; f++) {
    const TwFilter *filter = &g_array_index (filters, TwFilter, f);
    double own = 0, u = 0, v = 0;
    for (gsize i = 0; i < filter->n; i++) {
      gsize at = filter->at + i * filter->stride;
      g_assert_cmpuint (seen[at]++, ==, 0);
      own += (double)end[at] * end[at];
      u += plane->u[at] * plane->u[at];
      v += plane->v[at] * plane->v[at];
    }
    g_assert_cmpfloat_with_epsilon (u, filter->bias ? 0 : own, 1e-9 * own);
    g_assert_cmpfloat_with_epsilon (v, filter->bias ? 0 : own, 1e-9 * own);
  }
  for (gsize i = 0; i < plane->dim; i++) {
    g_assert_cmpuint (seen[i], ==, 1);
    g_assert_true (plane->origin[i] == end[i]);
  }
}

static void
test_random (void)
{
  check_filters ("mlp,data=moons,hidden=8x4,rows=60");
  check_filters ("conv,data=digits,layers=3c3-p2-4c3,batch=16");
  check_filters ("rnn,data=digits,hidden=5,batch=16");
  check_filters ("mlp-random");
}

/* The ends lie on their plane: two and the start, or three. */
static void
test_ends (void)
{
  const char *optimizers[] = { "adam,lr=0.02 sgd,lr=0.1", "adam,lr=0.02 sgd,lr=0.1 momentum,lr=0.02 rmsprop", "adam" };

  for (gsize i = 0; i < 3; i++) {
    g_autoptr (TwTrace) trace = watch ("mlp,data=moons,hidden=8,rows=60", optimizers[i], 0, 60, 1);
    g_autoptr (GError) error = NULL;
    gsize chosen = i == 1 ? 2 : 0, n;
    g_autoptr (TwPlane) plane =
      tw_plane_new (trace, TW_PLANE_ENDS, &(TwPlaneChoice){ .chosen = chosen }, NULL, &error);
    g_assert_no_error (error);
    tw_trace_get_snapshot_steps (trace, &n);
    const float *on[3] = { tw_trace_get_snapshot (trace, chosen, 0, n - 1),
                           i == 2 ? tw_trace_get_snapshot (trace, 0, 0, 0) : tw_trace_get_snapshot (trace, i == 1 ? 0 : 1, 0, n - 1),
                           i == 1 ? tw_trace_get_snapshot (trace, 1, 0, n - 1) : tw_trace_get_snapshot (trace, 0, 0, 0) };
    g_autofree double *point = g_new (double, plane->dim);
    for (int k = 0; k < 3; k++) {
      double at[2];
      tw_plane_project (plane, on[k], at);
      tw_plane_get_point (plane, at, point);
      for (gsize d = 0; d < plane->dim; d++)
        g_assert_cmpfloat_with_epsilon (point[d], on[k][d], 1e-6);
      if (k == 0)
        g_assert_true (at[0] == 0 && at[1] == 0);
      if (k == 1)
        g_assert_true (at[0] > 0 && fabs (at[1]) < 1e-9);
    }
  }
}

static void
test_too_early (void)
{
  g_autoptr (TwTrace) trace = run_on ("quadratic,dim=5", "adam", 0, 20);
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_plane_new (trace, TW_PLANE_PRINCIPAL, &(TwPlaneChoice){ 0 }, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
}

/* The loss on a plane */

/* A grid value is the problem's own loss there: to the bit where it is all of it. */
static void
check_values (const char *problem)
{
  g_autoptr (TwTrace) trace = watch (problem, "adam,lr=0.02 sgd,lr=0.01", 0, 50, 1);
  TwProblem *own = tw_trace_get_problem (trace);
  g_autoptr (TwPlane) plane = tw_plane_new (trace, TW_PLANE_PRINCIPAL, &(TwPlaneChoice){ 0 }, NULL, NULL);
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (own);
  g_autoptr (TwPlaneGrid) grid = tw_plane_grid_new ((double[4]){ -1, 3, -2, 1 }, 9, 5);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (own, 1);
  g_autofree double *theta = g_new (double, plane->dim);
  gsize n_metrics;

  g_assert_true (tw_plane_grid_refine (grid, plane, loss, 1, 2, NULL));
  tw_problem_get_metric_names (own, &n_metrics);
  for (gsize j = 0; j < 5; j++)
    for (gsize i = 0; i < 9; i++) {
      double at[2] = { -1 + 0.5 * (double)i, -2 + 0.75 * (double)j }, values[3];
      tw_plane_get_point (plane, at, theta);
      if (n_metrics > 0)
        tw_problem_measure (own, work, theta, values);
      else
        tw_problem_eval_exact (own, work, 1, theta, NULL, values, NULL);
      g_assert_true (grid->values[j * 9 + i] == values[0]);
    }
}

static void
test_values (void)
{
  check_values ("mlp,data=moons,hidden=8,rows=100");
  check_values ("linear,data=diabetes");
  check_values ("quadratic,dim=12");
}

/* Weight decay counts, as it does for the optimizers. */
static void
test_decay (void)
{
  g_autoptr (TwSpec) spec = tw_spec_parse ("mlp,data=moons,hidden=4,rows=50,batch=0,weight_decay=0.1", NULL);
  g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, NULL);
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *theta = g_new (double, tw_problem_get_dim (problem));
  double value;

  tw_problem_draw_start (problem, (TwDraw){ 4, 0 }, theta);
  tw_problem_eval (problem, work, 1, theta, NULL, &value, NULL);
  g_assert_cmpfloat_with_epsilon (tw_plane_loss_eval (loss, work, theta), value, 1e-12);
}

/* Large data: a fixed sample, without repetition, and it says so. */
static void
test_sample (void)
{
  g_autoptr (TwSpec) spec = tw_spec_parse ("mlp,data=spirals,rows=100000,hidden=64x64,test=0", NULL);
  g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, NULL);
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (problem);
  g_autofree char *words = tw_plane_loss_describe (loss);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  g_assert_cmpuint (loss->n_rows, <, 100000);
  g_assert_cmpfloat (loss->cost, <=, TW_PLANE_POINT_COST);
  g_assert_cmpfloat (loss->cost, >, 0.9 * TW_PLANE_POINT_COST);
  for (gsize i = 0; i < loss->n_rows; i++) {
    g_assert_cmpuint (loss->rows[i], <, 100000);
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (loss->rows[i] + 1)));
  }
  g_assert_nonnull (strstr (words, "a sample of "));
  g_assert_nonnull (strstr (words, "of 100000 rows"));
}

/* Problems that draw minibatches themselves: the mean of some, the same whenever it is asked. */
static void
test_drawn (void)
{
  g_autoptr (TwSpec) spec = tw_spec_parse ("mlp-random,batch=8", NULL);
  g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, NULL);
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *theta = g_new0 (double, tw_problem_get_dim (problem));
  g_autofree char *words = tw_plane_loss_describe (loss);

  tw_problem_draw_start (problem, (TwDraw){ 4, 0 }, theta);
  g_assert_cmpuint (loss->n_draws, ==, 16);
  g_assert_cmpstr (words, ==, "16 minibatches, the same everywhere");
  g_assert_true (tw_plane_loss_eval (loss, work, theta) == tw_plane_loss_eval (loss, work, theta));
}

/* Coarse to fine ends where one pass does; so does any number of threads; cancelled, it says so. */
static void
test_threads (void)
{
  g_autoptr (TwTrace) trace = watch ("mlp,data=moons,hidden=8,rows=100", "adam,lr=0.02 sgd,lr=0.1", 0, 50, 1);
  g_autoptr (TwPlane) plane = tw_plane_new (trace, TW_PLANE_PRINCIPAL, &(TwPlaneChoice){ 0 }, NULL, NULL);
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (tw_trace_get_problem (trace));
  const double domain[4] = { -2, 2, -1, 1 };
  g_autoptr (TwPlaneGrid) once = tw_plane_grid_new (domain, 17, 9), steps = tw_plane_grid_new (domain, 17, 9);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_assert_true (tw_plane_grid_refine (once, plane, loss, 1, 1, NULL));
  for (gsize stride = 8; stride > 0; stride /= 2) {
    gsize known = 0;
    g_assert_true (tw_plane_grid_refine (steps, plane, loss, stride, 4, NULL));
    for (gsize i = 0; i < 17 * 9; i++)
      known += steps->known[i];
    g_assert_cmpuint (known, ==, (16 / stride + 1) * (8 / stride + 1));
  }
  g_assert_cmpmem (once->values, 17 * 9 * sizeof (double), steps->values, 17 * 9 * sizeof (double));
  g_cancellable_cancel (cancellable);
  g_assert_false (tw_plane_grid_refine (steps, plane, loss, 1, 2, cancellable));
  g_autoptr (GError) error = NULL;
  g_assert_null (tw_plane_new (trace, TW_PLANE_PRINCIPAL, &(TwPlaneChoice){ 0 }, cancellable, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
}

/* The network itself */

static void
check_predictions (const char *problem)
{
  g_autoptr (TwTrace) trace = watch (problem, "adam,lr=0.01", 0, 100, 1);
  TwProblem *own = tw_trace_get_problem (trace);
  const TwDataSet *data = tw_task_get_data (own);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (own, 1);
  gsize n, N = data->test.n, K = data->n_classes;
  g_autofree guint16 *classes = g_new (guint16, N);
  g_autofree float *certainty = g_new (float, N), *shares = g_new (float, N * K);
  g_autofree TwReal *x = g_new (TwReal, N * data->n_features);

  g_assert_true (tw_task_has_classes (own));
  tw_trace_get_snapshot_steps (trace, &n);
  const float *theta = tw_trace_get_snapshot (trace, 0, 0, n - 1);
  gsize right = tw_task_classify (own, work, theta, &data->test, 0, N, classes, certainty);
  g_assert_cmpfloat_with_epsilon ((double)right / (double)N, tw_trace_get_final_metrics (trace, 0, 0)[2], 1e-12);
  tw_data_gather (data, &data->test, NULL, 0, N, x);
  tw_task_predict (own, work, theta, N, x, shares);
  for (gsize i = 0; i < N; i++) {
    double sum = 0;
    for (gsize k = 0; k < K; k++) {
      sum += shares[i * K + k];
      g_assert_cmpfloat (shares[i * K + k], <=, certainty[i]);
    }
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
    g_assert_cmpfloat (shares[i * K + classes[i]], ==, certainty[i]);
  }
}

static void
test_predictions (void)
{
  check_predictions ("mlp,data=moons,hidden=8,rows=500");
  check_predictions ("logistic,data=breast-cancer");
  check_predictions ("conv,data=digits,layers=4c3-p2");
}

static void
test_filters (void)
{
  static const struct {
    const char *problem;
    gsize n, channels, side;
  } cases[] = { { "conv,data=digits,layers=5c3-p2", 5, 1, 3 }, { "mlp,data=digits,hidden=7", 7, 1, 8 } };

  for (gsize c = 0; c < 2; c++) {
    g_autoptr (TwSpec) spec = tw_spec_parse (cases[c].problem, NULL);
    g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, NULL);
    g_autoptr (GArray) filters = tw_problem_list_filters (problem);
    g_autofree float *theta = g_new (float, tw_problem_get_dim (problem));
    TwFilterShape shape;
    float pixels[64];
    for (gsize i = 0; i < tw_problem_get_dim (problem); i++)
      theta[i] = (float)i;
    g_assert_true (tw_task_get_filter_shape (problem, &shape));
    g_assert_cmpuint (shape.n, ==, cases[c].n);
    g_assert_cmpuint (shape.height, ==, cases[c].side);
    g_assert_cmpuint (shape.width, ==, cases[c].side);
    for (gsize f = 0; f < shape.n; f++) {
      const TwFilter *filter = &g_array_index (filters, TwFilter, f);
      tw_task_read_filter (problem, theta, f, pixels);
      g_assert_cmpuint (filter->n, ==, cases[c].side * cases[c].side);
      for (gsize i = 0; i < filter->n; i++)
        g_assert_true (pixels[i] == theta[filter->at + i * filter->stride]);
    }
  }
  g_autoptr (TwSpec) spec = tw_spec_parse ("mlp,data=moons", NULL);
  g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, NULL);
  TwFilterShape shape;
  g_assert_false (tw_task_get_filter_shape (problem, &shape));
}

/* Both views of the data agree with what the network says row by row. */
static void
test_judged (void)
{
  g_autoptr (TwTrace) trace = watch ("mlp,data=moons,hidden=8,rows=100", "adam,lr=0.02", 0, 60, 1);
  TwProblem *problem = tw_trace_get_problem (trace);
  const TwDataSet *data = tw_task_get_data (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  const float *theta = tw_trace_get_snapshot (trace, 0, 0, tw_trace_get_n_snapshots (trace, 0, 0) - 1);
  g_autoptr (TwJudgedRows) rows = tw_task_judge_rows (problem, work, theta, 1000);
  g_autoptr (TwJudgedRows) few = tw_task_judge_rows (problem, work, theta, 7);
  gsize right[2] = { 0, 0 };

  g_assert_cmpuint (rows->n_train, ==, data->train.n);
  g_assert_cmpuint (rows->n, ==, data->train.n + data->test.n);
  g_assert_cmpuint (few->n, ==, 14);
  g_assert_cmpuint (few->n_train, ==, 7);
  for (gsize i = 0; i < rows->n; i++) {
    const TwDataPart *part = i < rows->n_train ? &data->train : &data->test;
    gsize at = tw_data_row (part, i < rows->n_train ? i : i - rows->n_train);
    g_assert_cmpuint (rows->classes[i], ==, part->classes[at]);
    g_assert_true (rows->points[2 * i] == part->values[2 * at] && rows->points[2 * i + 1] == part->values[2 * at + 1]);
    right[i >= rows->n_train] += rows->classes[i] == rows->predicted[i];
  }
  g_assert_cmpuint (right[0], ==, rows->n_right[0]);
  g_assert_cmpuint (right[1], ==, rows->n_right[1]);
  g_assert_cmpuint (right[0], >, rows->n_train * 7 / 10);
}

static void
test_mistakes (void)
{
  g_autoptr (TwTrace) trace = watch ("mlp,data=digits,hidden=6", "adam,lr=0.01", 0, 30, 1);
  TwProblem *problem = tw_trace_get_problem (trace);
  const TwDataSet *data = tw_task_get_data (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  const float *theta = tw_trace_get_snapshot (trace, 0, 0, tw_trace_get_n_snapshots (trace, 0, 0) - 1);
  g_autoptr (TwMistakes) mistakes = tw_task_find_mistakes (problem, work, theta);
  g_autofree float *pixels = g_new (float, data->height *data->width);
  gsize right;

  g_assert_true (mistakes->held_out && mistakes->part == &data->test);
  g_assert_cmpuint (mistakes->n_judged, ==, data->test.n);
  g_assert_cmpuint (mistakes->n, >, 0);
  g_autofree guint16 *said = g_new (guint16, data->test.n);
  right = tw_task_classify (problem, work, theta, &data->test, 0, data->test.n, said, NULL);
  g_assert_cmpuint (mistakes->n, ==, data->test.n - right);
  for (gsize i = 0; i < mistakes->n; i++) {
    float low = 1, high = 0;
    g_assert_cmpuint (mistakes->classes[i], !=, mistakes->predicted[i]);
    g_assert_cmpuint (mistakes->predicted[i], ==, said[mistakes->rows[i]]);
    g_assert_cmpuint (mistakes->classes[i], ==, data->test.classes[tw_data_row (&data->test, mistakes->rows[i])]);
    tw_data_read_image (data, &data->test, mistakes->rows[i], pixels);
    for (gsize p = 0; p < data->height * data->width; p++) {
      low = MIN (low, pixels[p]);
      high = MAX (high, pixels[p]);
    }
    g_assert_true (low == 0 && high == 1);
  }
}

static void
check_names (const char *text, const char *const *expected)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
  g_autoptr (TwProblem) problem = tw_problem_new (spec, 0, NULL);

  for (gsize t = 0; expected[t] != NULL; t++) {
    g_autofree char *name = tw_problem_describe_tensor (problem, t);
    g_assert_cmpstr (name, ==, expected[t]);
  }
}

static void
test_names (void)
{
  check_names ("mlp,data=digits,hidden=12", (const char *const[]){ "dense1.weight 64 \303\227 12", "dense1.bias 12",
                                                                   "dense2.weight 12 \303\227 10", "dense2.bias 10", NULL });
  check_names ("conv,data=digits,layers=5c3-p2", (const char *const[]){ "conv1.weight 5 \303\227 1 \303\227 3 \303\227 3",
                                                                        "conv1.bias 5", "dense3.weight 80 \303\227 10",
                                                                        "dense3.bias 10", NULL });
  check_names ("rnn,data=digits,hidden=6", (const char *const[]){ "recurrent1.weight_in 8 \303\227 6",
                                                                  "recurrent1.weight_state 6 \303\227 6",
                                                                  "recurrent1.bias 6", NULL });
  check_names ("quadratic,dim=7", (const char *const[]){ "theta 7", NULL });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plane/snapshots/budget", test_budget);
  g_test_add_func ("/plane/snapshots/positions", test_snapshots);
  g_test_add_func ("/plane/snapshots/none", test_none);
  g_test_add_func ("/plane/snapshots/attended-budget", test_attended_budget);
  g_test_add_func ("/plane/snapshots/attended", test_attended);
  g_test_add_func ("/plane/snapshots/diverged", test_diverged);
  g_test_add_func ("/plane/principal", test_principal);
  g_test_add_func ("/plane/line", test_line);
  g_test_add_func ("/plane/explained", test_explained);
  g_test_add_func ("/plane/random", test_random);
  g_test_add_func ("/plane/ends", test_ends);
  g_test_add_func ("/plane/too-early", test_too_early);
  g_test_add_func ("/plane/values", test_values);
  g_test_add_func ("/plane/decay", test_decay);
  g_test_add_func ("/plane/sample", test_sample);
  g_test_add_func ("/plane/drawn", test_drawn);
  g_test_add_func ("/plane/threads", test_threads);
  g_test_add_func ("/plane/predictions", test_predictions);
  g_test_add_func ("/plane/filters", test_filters);
  g_test_add_func ("/plane/judged", test_judged);
  g_test_add_func ("/plane/mistakes", test_mistakes);
  g_test_add_func ("/plane/tensor-names", test_names);
  return g_test_run ();
}
