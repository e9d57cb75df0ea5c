/* The order of refinement, maps of basins, and maps over two settings. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/sweep.h"
#include "core/experiment/basins.h"
#include "core/experiment/runner.h"

static TwExperiment *
experiment_of (const char *problem, const char *optimizer, guint64 steps)
{
  TwExperiment *experiment = tw_experiment_new ();

  experiment->problem = g_strdup (problem);
  experiment->steps = steps;
  g_ptr_array_add (experiment->optimizers, g_strdup (optimizer));
  return experiment;
}

/* Refinement */

static void
test_refinement (void)
{
  static const TwRefinement shapes[] = { { 32, 32, 3 }, { 16, 64, 4 }, { 32, 5, 3 }, { 2, 32, 3 }, { 24, 24, 1 } };

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++) {
    const TwRefinement *shape = &shapes[s];
    guint n = shape->width * shape->height, total = 0, stand_in;
    g_autofree guint *cells = g_new (guint, n);
    g_autofree guint8 *done = g_new0 (guint8, n);
    g_assert_false (tw_refinement_find_done (shape, done, 0, 0, &stand_in));
    for (guint level = 0; level < shape->n_levels; level++) {
      gsize count = tw_refinement_list (shape, level, cells);
      for (gsize i = 0; i < count; i++) {
        g_assert_cmpuint (cells[i], <, n);
        g_assert_false (done[cells[i]]); /* none twice */
        done[cells[i]] = TRUE;
      }
      total += (guint)count;
      /* Every cell has one to show for it, in its block, at this level already. */
      guint stride = 1u << (shape->n_levels - 1 - level);
      for (guint y = 0; y < shape->height; y++)
        for (guint x = 0; x < shape->width; x++) {
          g_assert_true (tw_refinement_find_done (shape, done, x, y, &stand_in));
          g_assert_true (done[stand_in]);
          g_assert_cmpuint (stand_in % shape->width / stride, ==, x / stride);
          g_assert_cmpuint (stand_in / shape->width / stride, ==, y / stride);
        }
    }
    g_assert_cmpuint (total, ==, n);
  }
}

/* Basins */

static guint
cell_at (const TwBasins *basins, double x, double y)
{
  guint cell = G_MAXUINT;

  g_assert_true (tw_basins_get_cell (basins, x, y, &cell));
  return cell;
}

static TwBasins *
compute (const TwExperiment *experiment, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  TwBasins *basins = tw_basins_compute (experiment, 0, NULL, 32, n_threads, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return basins;
}

/* Gradient descent on a bowl ends in it from everywhere, the sooner the nearer. */
static void
test_bowl (void)
{
  g_autoptr (TwExperiment) experiment = experiment_of ("bowl", "sgd,lr=0.2", 100);
  g_autoptr (TwBasins) basins = compute (experiment, 1);
  double point[2];

  g_assert_cmpuint (basins->n_cells, ==, 32 * 32);
  g_assert_cmpuint (basins->n_done, ==, 32 * 32);
  g_assert_cmpuint (basins->n_best, ==, 32 * 32);
  g_assert_cmpuint (basins->minima->len, ==, 1);
  g_assert_cmpuint (g_array_index (basins->minima, TwBasinMinimum, 0).n, ==, 32 * 32);
  g_assert_cmpfloat (basins->steps[cell_at (basins, 0.2, 0.2)], <, basins->steps[cell_at (basins, 4.8, 4.8)]);
  g_autofree char *words = tw_basins_describe (basins);
  g_autofree char *expected = g_strdup_printf ("Reaches the minimum from 100 %% of 1024 starts, in %.0f steps (median).",
                                               basins->median_steps);
  g_assert_cmpstr (words, ==, expected);

  /* A cell says what a run from its middle does. */
  guint cell = cell_at (basins, -3, 2);
  tw_basins_get_point (basins, cell, point);
  g_array_append_vals (experiment->starts, point, 2);
  g_autoptr (TwTrace) trace = tw_run_experiment (experiment, 1, NULL, NULL);
  g_assert_cmpfloat (basins->steps[cell], ==,
                     (float)tw_trace_steps_to_tolerance (trace, 0, 0, TW_BASINS_TOLERANCE));
  g_assert_false (tw_basins_get_cell (basins, 5.1, 0, &cell));
}

static void
test_himmelblau (void)
{
  static const double points[4][2] = { { 3, 2 }, { -2.805118, 3.131313 }, { -3.779310, -3.283186 }, { 3.584428, -1.848127 } };
  g_autoptr (TwExperiment) experiment = experiment_of ("himmelblau", "sgd,lr=0.003", 400);
  g_autoptr (TwBasins) basins = compute (experiment, 2);
  guint order[16];
  gsize sum = 0;

  g_assert_cmpuint (basins->minima->len, ==, 4);
  /* Beside each minimum it is that one, and they share the whole among them. */
  for (int i = 0; i < 4; i++) {
    guint cell = cell_at (basins, points[i][0], points[i][1]);
    g_assert_cmpint (basins->minimum[cell], >=, 0);
    const TwBasinMinimum *minimum = &g_array_index (basins->minima, TwBasinMinimum, basins->minimum[cell]);
    g_assert_cmpfloat_with_epsilon (minimum->point[0], points[i][0], 1e-5);
    g_assert_cmpfloat_with_epsilon (minimum->point[1], points[i][1], 1e-5);
    g_assert_true (minimum->best);
    sum += minimum->n;
  }
  g_assert_cmpuint (sum, ==, basins->n_best);
  g_assert_cmpuint (basins->n_best, >, 900);
  tw_basins_order (basins, order);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (order[i], ==, i);
}

/* Minima that nobody listed are found: two of x^4 - x^2 at +-1/sqrt 2, one of them lower where it is tilted. */
static void
test_found (void)
{
  g_autoptr (TwExperiment) experiment = experiment_of (NULL, "sgd,lr=0.05", 300);

  experiment->formula = g_strdup ("x^4 - x^2 + y^2");
  experiment->has_domain = TRUE;
  memcpy (experiment->domain, (const double[]){ -1.5, 1.5, -1, 1 }, sizeof experiment->domain);
  g_autoptr (TwBasins) basins = compute (experiment, 1);
  g_assert_false (basins->best_known);
  g_assert_cmpuint (basins->minima->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const TwBasinMinimum *minimum = &g_array_index (basins->minima, TwBasinMinimum, i);
    g_assert_cmpfloat_with_epsilon (fabs (minimum->point[0]), sqrt (0.5), 1e-6);
    g_assert_cmpfloat_with_epsilon (minimum->loss, -0.25, 1e-9);
    g_assert_cmpuint (minimum->n, ==, 512);
  }
  g_assert_cmpint (basins->minimum[cell_at (basins, -1, 0.5)], !=, basins->minimum[cell_at (basins, 1, 0.5)]);

  /* With the minimum given, the right half is a higher one. */
  g_free (experiment->formula);
  experiment->formula = g_strdup ("x^4 - x^2 + y^2 + 0.1*x");
  experiment->minimum = -0.3219;
  g_autoptr (TwBasins) tilted = compute (experiment, 1);
  g_assert_true (tilted->best_known);
  g_assert_cmpuint (tilted->minima->len, ==, 2);
  g_assert_cmpuint (tilted->n_reached, ==, 1024);
  g_assert_cmpuint (tilted->n_best, <, 600);
  g_assert_cmpuint (tilted->n_best, >, 450);
  g_autofree char *words = tw_basins_describe (tilted);
  g_assert_nonnull (strstr (words, "ends in a higher one from"));
}

/* Rates that are too large, or too small. */
static void
test_not_reached (void)
{
  g_autoptr (TwExperiment) wild = experiment_of ("bowl", "sgd,lr=1000", 400);
  g_autoptr (TwBasins) diverged = compute (wild, 1);
  g_autoptr (TwExperiment) tame = experiment_of ("bowl", "sgd,lr=1e-6", 10);
  g_autoptr (TwBasins) none = compute (tame, 1);
  g_autofree char *words = tw_basins_describe (diverged), *idle = tw_basins_describe (none);

  g_assert_cmpuint (diverged->n_diverged, ==, 1024);
  g_assert_cmpint (diverged->minimum[0], ==, TW_BASIN_DIVERGED);
  g_assert_true (isnan (diverged->median_steps));
  g_assert_cmpstr (words, ==, "Reaches the minimum from 0 % of 1024 starts; diverges from 100 %.");
  g_assert_cmpint (none->minimum[0], ==, TW_BASIN_NONE);
  g_assert_true (isnan (none->steps[0]));
  g_assert_cmpuint (none->n_diverged + none->n_reached, ==, 0);
  g_assert_cmpstr (idle, ==, "Reaches the minimum from 0 % of 1024 starts; is not there yet from 100 %.");
}

static void
assert_same (const TwBasins *a, const TwBasins *b)
{
  gsize n = (gsize)a->refinement.width * a->refinement.height;

  g_assert_cmpmem (a->minimum, n * sizeof *a->minimum, b->minimum, n * sizeof *b->minimum);
  g_assert_cmpmem (a->steps, n * sizeof *a->steps, b->steps, n * sizeof *b->steps);
  g_assert_cmpuint (a->minima->len, ==, b->minima->len);
  for (guint i = 0; i < a->minima->len; i++) {
    const TwBasinMinimum *p = &g_array_index (a->minima, TwBasinMinimum, i), *q = &g_array_index (b->minima, TwBasinMinimum, i);
    g_assert_cmpfloat (p->point[0], ==, q->point[0]);
    g_assert_cmpfloat (p->point[1], ==, q->point[1]);
    g_assert_cmpuint (p->n, ==, q->n);
  }
}

/* With noise, and minima that are found on the way. */
static void
test_threads (void)
{
  g_autoptr (TwExperiment) experiment = experiment_of ("rastrigin", "adam,lr=0.05", 200);

  experiment->noise = 0.05;
  g_autoptr (TwBasins) one = compute (experiment, 1);
  g_autoptr (TwBasins) five = compute (experiment, 5);
  g_assert_cmpuint (one->minima->len, >, 10);
  assert_same (one, five);
}

typedef struct {
  guint n, levels;
  gsize done;
  GCancellable *cancel; /* at the third news */
  TwBasins *copy;
} Watch;

static void
on_basins (const TwBasins *so_far, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpuint (so_far->n_done, >, watch->done);
  g_assert_cmpuint (so_far->n_levels_done, >=, watch->levels);
  watch->done = so_far->n_done;
  watch->levels = so_far->n_levels_done;
  watch->n++;
  if (watch->n == 1)
    watch->copy = tw_basins_copy (so_far);
  if (watch->n == 3 && watch->cancel != NULL)
    g_cancellable_cancel (watch->cancel);
}

static void
test_progress (void)
{
  g_autoptr (TwExperiment) experiment = experiment_of ("himmelblau", "sgd,lr=0.003", 100);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };

  g_autoptr (TwBasins) all = tw_basins_compute (experiment, 0, NULL, 64, 2, NULL, on_basins, &watch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (watch.levels, ==, TW_BASINS_LEVELS);
  g_assert_cmpuint (watch.done, ==, 64 * 64);
  /* What was shown first stays as it was, and as it is in the end. */
  g_assert_cmpuint (watch.copy->n_levels_done, ==, 1);
  g_assert_cmpuint (watch.copy->n_cells, ==, 64);
  for (guint i = 0; i < 64 * 64; i++)
    if (watch.copy->done[i])
      g_assert_cmpint (watch.copy->minimum[i], ==, all->minimum[i]);
  tw_basins_free (watch.copy);

  Watch stopped = { .cancel = cancellable };
  g_assert_null (tw_basins_compute (experiment, 0, NULL, 64, 2, cancellable, on_basins, &stopped, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
  g_assert_cmpuint (stopped.n, ==, 3);
  tw_basins_free (stopped.copy);
}

static void
test_part (void)
{
  static const double domain[4] = { 2, 4, 1, 3 };
  g_autoptr (TwExperiment) experiment = experiment_of ("himmelblau", "sgd,lr=0.003", 400);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwBasins) part = tw_basins_compute (experiment, 0, domain, 16, 1, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (part->n_best, ==, 256);
  g_assert_cmpuint (g_array_index (part->minima, TwBasinMinimum, 0).n, >, 250);

  /* What has no landscape has no map. */
  g_autoptr (TwExperiment) network = experiment_of ("softmax", "sgd", 10);
  g_assert_null (tw_basins_compute (network, 0, NULL, 16, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
}

/* Two settings */

static const TwSweepAxis *
axis_named (const TwSweepAxis *axes, gsize n, const char *key)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (axes[i].param->key, key) == 0)
      return &axes[i];
  return NULL;
}

static void
test_axes (void)
{
  gsize n;
  g_autofree TwSweepAxis *axes = tw_sweep_list_axes ("adam,lr=0.05", 2, &n);

  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpstr (axes[0].param->key, ==, "lr");
  g_assert_cmpint (axes[0].scale, ==, TW_SWEEP_LOG);
  g_assert_cmpstr (axes[tw_sweep_second_axis (axes, n)].param->key, ==, "beta1");
  g_assert_null (axis_named (axes, n, "warmup"));
  const TwSweepAxis *beta = axis_named (axes, n, "beta1");
  g_assert_cmpint (beta->scale, ==, TW_SWEEP_DECAY);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (beta, 0), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (beta, 0.99), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (beta, 0.9999), 1, 1e-12);
  g_assert_cmpfloat (tw_sweep_axis_present (beta, "adam", 2), ==, 0.9);
  g_assert_cmpfloat (tw_sweep_axis_present (beta, "adam,beta1=0.5", 2), ==, 0.5);
  /* The default may depend on how many coordinates there are. */
  gsize n_learned;
  g_autofree TwSweepAxis *learned = tw_sweep_list_axes ("learned", 2, &n_learned);
  const TwSweepAxis *initial = axis_named (learned, n_learned, "lr");
  g_assert_cmpfloat (tw_sweep_axis_present (initial, "learned", 100), ==, 0.003);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_present (initial, "learned", 10000), 0.002, 1e-15);
  g_assert_cmpfloat (tw_sweep_axis_present (initial, "learned,lr=0.5", 400), ==, 0.5);
  /* As far as it makes a difference. */
  static const struct {
    const char *spec;
    gsize dim;
    double most;
  } bounds[] = { { "learned", 2, 0.2 / G_SQRT2 }, { "learned", 400, 0.01 }, { "learned,bound=off", 400, 10 },
                 { "learned,weights=full", 400, 10 }, { "learned,lr=0.5", 400, 0.5 }, { "adam", 400, 10 } };
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++) {
    gsize n_bounded;
    g_autofree TwSweepAxis *bounded = tw_sweep_list_axes (bounds[i].spec, bounds[i].dim, &n_bounded);
    g_assert_cmpfloat_with_epsilon (axis_named (bounded, n_bounded, "lr")->max, bounds[i].most, 1e-12);
  }
  /* Values are short, ascending, where they stand on the axis, and read back as they are. */
  for (gsize a = 0; a < n; a++)
    for (guint i = 0; i < axes[a].n && axes[a].scale != TW_SWEEP_CHOICE; i++) {
      double value = tw_sweep_axis_value (&axes[a], i), position = tw_sweep_axis_position (&axes[a], value) * axes[a].n;
      g_autofree char *text = tw_sweep_axis_text (&axes[a], i);
      g_assert_cmpfloat_with_epsilon (g_ascii_strtod (text, NULL), value, 1e-9 * fabs (value));
      g_assert_cmpuint (strlen (text), <=, 9);
      g_assert_cmpfloat (position, >, i);
      g_assert_cmpfloat (position, <, i + 1);
    }
  g_autofree char *spec = tw_sweep_make_spec (&axes[0], beta, "adam,lr=0.05,eps=1e-6", 0, 0);
  g_autofree char *lr = tw_sweep_axis_text (&axes[0], 0), *first = tw_sweep_axis_text (beta, 0);
  g_autofree char *expected = g_strdup_printf ("adam,lr=%s,eps=1e-6,beta1=%s", lr, first);
  g_assert_cmpstr (spec, ==, expected);

  /* Taking a cell leaves the axes as they are; a value that is off the usual range widens them. */
  gsize n_after;
  g_autofree TwSweepAxis *after = tw_sweep_list_axes (spec, 2, &n_after);
  g_assert_cmpmem (axes, n * sizeof *axes, after, n_after * sizeof *after);
  g_autofree TwSweepAxis *wide = tw_sweep_list_axes ("sgd,lr=500", 2, &n);
  g_assert_cmpfloat (wide[0].max, ==, 500);
  g_autofree TwSweepAxis *scheduled = tw_sweep_list_axes ("sgd,schedule=step", 2, &n);
  g_assert_nonnull (axis_named (scheduled, n, "every"));
  g_assert_null (tw_sweep_list_axes ("nonsense", 2, &n));
  g_assert_cmpuint (n, ==, 0);
}

/* Every optimizer has a map, and every cell of it is one that may be run. */
static void
test_every_optimizer (void)
{
  gsize n_types;
  const TwOptimizerType *const *types = tw_optimizer_types (&n_types);

  for (gsize t = 0; t < n_types; t++) {
    gsize n;
    const char *name = tw_optimizer_type_get_name (types[t]);
    g_autofree TwSweepAxis *axes = tw_sweep_list_axes (name, 2, &n);
    g_assert_cmpuint (n, >=, 2);
    for (gsize a = 1; a < n; a++)
      for (int end = 0; end < 2; end++) {
        g_autofree char *text = tw_sweep_make_spec (&axes[0], &axes[a], name, end ? axes[0].n - 1 : 0, end ? axes[a].n - 1 : 0);
        g_autoptr (GError) error = NULL;
        g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);
        g_assert_no_error (error);
        tw_optimizer_check (spec, &error);
        g_assert_no_error (error);
      }
  }
}

static TwSweep *
sweep_of (const TwExperiment *experiment, guint n_threads)
{
  gsize n;
  g_autofree TwSweepAxis *axes = tw_sweep_list_axes (experiment->optimizers->pdata[0], 2, &n);
  gsize second = tw_sweep_second_axis (axes, n);
  g_autoptr (GError) error = NULL;
  TwSweep *sweep = tw_sweep_compute (experiment, 0, &axes[0], &axes[second], n_threads, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return sweep;
}

/* Momentum on a bowl: too much of either diverges, and each cell is what a run with its settings does. */
static void
test_sweep (void)
{
  g_autoptr (TwExperiment) experiment = experiment_of ("bowl", "momentum,lr=0.01", 60);
  g_autoptr (TwSweep) sweep = sweep_of (experiment, 2);
  guint width = sweep->refinement.width, n = width * sweep->refinement.height;

  g_assert_cmpstr (sweep->y.param->key, ==, "momentum");
  g_assert_cmpuint (n, ==, 32 * 32);
  g_assert_cmpuint (sweep->n_done, ==, n);
  g_assert_cmpuint (sweep->n_levels_done, ==, TW_SWEEP_LEVELS);
  g_assert_cmpuint (sweep->best, <, n);
  g_assert_cmpfloat (tw_sweep_get_excess (sweep, sweep->best), <, 1e-6);
  g_assert_cmpfloat (tw_sweep_get_excess (sweep, 0), >, 1); /* hardly moved */
  for (guint cell = 7; cell < n; cell += 101) {
    g_autoptr (TwExperiment) one = tw_experiment_copy (experiment);
    g_autofree char *spec = tw_sweep_make_spec (&sweep->x, &sweep->y, "momentum,lr=0.01", cell % width, cell / width);
    tw_experiment_set_optimizer (one, 0, spec);
    g_autoptr (TwTrace) trace = tw_run_experiment (one, 1, NULL, NULL);
    if (tw_trace_get_stop_reason (trace, 0, 0) == TW_STOP_DIVERGED)
      g_assert_true (isinf (sweep->loss[cell]));
    else
      g_assert_cmpfloat (sweep->loss[cell], ==, tw_trace_get_final_loss (trace, 0, 0));
  }
  g_autofree char *words = tw_sweep_describe (sweep);
  g_assert_true (g_str_has_prefix (words, "Lowest at lr = "));

  g_autoptr (TwSweep) again = sweep_of (experiment, 5);
  g_assert_cmpmem (sweep->loss, n * sizeof (double), again->loss, n * sizeof (double));
  g_assert_cmpuint (sweep->best, ==, again->best);
}

/* A rate that ends every run. */
static void
test_sweep_diverges (void)
{
  g_autoptr (TwExperiment) experiment = experiment_of ("bowl-10000", "sgd,lr=0.01", 500);
  const double starts[] = { 1, 1, -3, 2 };

  g_array_append_vals (experiment->starts, starts, 4);
  g_autoptr (TwSweep) sweep = sweep_of (experiment, 2);
  guint width = sweep->refinement.width;
  g_assert_cmpuint (sweep->n_starts, ==, 2);
  g_assert_cmpuint (sweep->n_diverged, >, 0);
  g_assert_true (isinf (sweep->loss[width - 1]));
  g_assert_true (isfinite (sweep->loss[0]));
  g_autofree char *words = tw_sweep_describe (sweep);
  g_assert_nonnull (strstr (words, "% of the cells diverge"));
}

static void
on_sweep (const TwSweep *so_far, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpuint (so_far->n_done, >, watch->done);
  watch->done = so_far->n_done;
  if (++watch->n == 2)
    g_cancellable_cancel (watch->cancel);
}

static void
test_sweep_cancel (void)
{
  g_autoptr (TwExperiment) experiment = experiment_of ("rosenbrock", "learned", 50);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch watch = { .cancel = cancellable };
  gsize n;
  g_autofree TwSweepAxis *axes = tw_sweep_list_axes ("learned", 2, &n);

  /* The learned one has words for its second axis: its cells stand there from the first level on. */
  const TwSweepAxis *words = &axes[tw_sweep_second_axis (axes, n)];
  g_assert_cmpint (words->scale, ==, TW_SWEEP_CHOICE);
  g_assert_null (tw_sweep_compute (experiment, 0, &axes[0], words, 2, cancellable, on_sweep, &watch, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
  g_assert_cmpuint (watch.n, ==, 2);
}

/* An axis goes where it is told, and cells of decays are even in 1 - value wherever it begins. */
static void
test_range (void)
{
  gsize n, lr = 0, beta1 = 0;
  g_autofree TwSweepAxis *axes = tw_sweep_list_axes ("adam", 2, &n);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < n; i++) {
    lr = g_str_equal (axes[i].param->key, "lr") ? i : lr;
    beta1 = g_str_equal (axes[i].param->key, "beta1") ? i : beta1;
  }
  g_assert_true (tw_sweep_axis_set_range (&axes[lr], 1e-3, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (&axes[lr], 1e-3), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (&axes[lr], 1), 1, 1e-12);
  g_assert_true (tw_sweep_axis_set_range (&axes[beta1], 0.5, 0.995, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (&axes[beta1], 0.5), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (&axes[beta1], 0.95), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (&axes[beta1], 0.995), 1, 1e-12);
  for (guint i = 0; i < axes[beta1].n; i++)
    g_assert_cmpfloat_with_epsilon (tw_sweep_axis_position (&axes[beta1], tw_sweep_axis_value (&axes[beta1], i)),
                                    (i + 0.5) / axes[beta1].n, 0.5 / axes[beta1].n);
  g_assert_false (tw_sweep_axis_set_range (&axes[lr], 0, 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_sweep_axis_set_range (&axes[beta1], 0.9, 0.5, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/maps/range", test_range);
  g_test_add_func ("/maps/refinement", test_refinement);
  g_test_add_func ("/maps/bowl", test_bowl);
  g_test_add_func ("/maps/himmelblau", test_himmelblau);
  g_test_add_func ("/maps/found", test_found);
  g_test_add_func ("/maps/not-reached", test_not_reached);
  g_test_add_func ("/maps/threads", test_threads);
  g_test_add_func ("/maps/progress", test_progress);
  g_test_add_func ("/maps/part", test_part);
  g_test_add_func ("/maps/axes", test_axes);
  g_test_add_func ("/maps/every-optimizer", test_every_optimizer);
  g_test_add_func ("/maps/sweep", test_sweep);
  g_test_add_func ("/maps/sweep-diverges", test_sweep_diverges);
  g_test_add_func ("/maps/sweep-cancel", test_sweep_cancel);
  return g_test_run ();
}
