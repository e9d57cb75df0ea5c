/* Every landscape of the data file: its derivatives against differences, and its known minima found. */
#include <math.h>
#include <string.h>

#include "core/problems/problem.h"

typedef struct {
  const TwProblemInfo *info;
  TwProblem *problem;
  TwProblemWork *work;
  double domain[4], minimum;
  gsize n_minima;
  const double *minima; /* (n, 2) */
  gboolean kinked;      /* its minimum is a tip or lies on a crease */
} Case;

static const char *const expected_names[] = {
  "rosenbrock",
  "ackley",
  "beale",
  "booth",
  "styblinski-tang",
  "matyas",
  "branin",
  "michalewicz",
  "log-sum-exp",
  "bowl",
  "bowl-100",
  "bowl-10000",
  "bowl-rotated",
  "saddle",
  "monkey-saddle",
  "himmelblau",
  "three-hump-camel",
  "six-hump-camel",
  "goldstein-price",
  "rastrigin",
  "griewank",
  "levy",
  "easom",
  "zakharov",
  "cliff",
  "ravine",
  "non-smooth",
};

static void
case_init (Case *c, const char *name)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (name, NULL);
  gsize n;
  const TwProblemInfo *infos = tw_problem_list (&n);

  *c = (Case){ NULL };
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (infos[i].name, name))
      c->info = &infos[i];
  g_assert_nonnull (c->info);
  c->problem = tw_problem_new (spec, 0, NULL);
  g_assert_nonnull (c->problem);
  c->work = tw_problem_work_new (c->problem, 1);
  g_assert_true (tw_problem_get_domain (c->problem, c->domain));
  c->minimum = tw_problem_get_minimum (c->problem);
  c->n_minima = tw_problem_get_minima (c->problem, &c->minima);
  c->kinked = g_str_equal (name, "ackley") || g_str_equal (name, "non-smooth");
}

static void
case_clear (Case *c)
{
  tw_problem_work_free (c->work);
  tw_problem_unref (c->problem);
}

static double
value (const Case *c, const double xy[2])
{
  double v;

  tw_problem_eval (c->problem, c->work, 1, xy, NULL, &v, NULL);
  return v;
}

/* d (5): x, y, xx, xy, yy */
static void
derivatives (const Case *c, const double xy[2], double d[5])
{
  const double along_x[] = { 1, 0 }, along_y[] = { 0, 1 };
  double column[2];

  g_assert_cmpint (tw_problem_eval (c->problem, c->work, 1, xy, NULL, NULL, d), ==, TW_STATUS_OK);
  tw_problem_hessian_vector (c->problem, c->work, 1, xy, along_x, NULL, d + 2);
  tw_problem_hessian_vector (c->problem, c->work, 1, xy, along_y, NULL, column);
  g_assert_cmpfloat (column[0], ==, d[3]);
  d[4] = column[1];
}

static double
sample (const Case *c, const double xy[2], int k, int along, double h)
{
  double at[2] = { xy[0], xy[1] }, d[5];

  at[along] += h;
  if (k < 0)
    return value (c, at);
  derivatives (c, at, d);
  return d[k];
}

/* Ridders (1982): central differences over shrinking steps, extrapolated; the estimate that moved least. */
static double
differentiate (const Case *c, const double xy[2], int k, int along)
{
  enum { ROWS = 9 };
  double table[ROWS][ROWS], h = 0.05, least = INFINITY, best = NAN;

  for (int row = 0; row < ROWS; row++, h /= 1.6) {
    double factor = 1;
    table[row][0] = (sample (c, xy, k, along, h) - sample (c, xy, k, along, -h)) / (2 * h);
    for (int j = 1; j <= row; j++) {
      factor *= 1.6 * 1.6;
      table[row][j] = (factor * table[row][j - 1] - table[row - 1][j - 1]) / (factor - 1);
      double moved =
        fmax (fabs (table[row][j] - table[row][j - 1]), fabs (table[row][j] - table[row - 1][j - 1]));
      if (moved < least) {
        least = moved;
        best = table[row][j];
      }
    }
  }
  return best;
}

static gboolean
near_kink (const Case *c, const double xy[2])
{
  if (g_str_equal (c->info->name, "ackley"))
    return hypot (xy[0], xy[1]) < 0.2;
  if (g_str_equal (c->info->name, "non-smooth"))
    return fabs (xy[1] - 2 * xy[0] * xy[0] + 1) < 0.6;
  return FALSE;
}

static void
test_derivatives (gconstpointer data)
{
  enum { POINTS = 40 };
  Case c;
  double found[POINTS][5], expected[POINTS][5], scale[5] = { 0 };
  int n = 0;

  case_init (&c, data);
  for (guint64 i = 0; n < POINTS; i++) {
    double xy[2];
    tw_problem_draw_start (c.problem, (TwDraw){ 11, i }, xy);
    if (near_kink (&c, xy))
      continue;
    derivatives (&c, xy, found[n]);
    for (int k = 0; k < 5; k++) {
      const int along[] = { 0, 1, 0, 1, 1 }, of[] = { -1, -1, 0, 0, 1 };
      expected[n][k] = differentiate (&c, xy, of[k], along[k]);
      scale[k] += fabs (found[n][k]) / POINTS;
    }
    n++;
  }
  for (int i = 0; i < POINTS; i++)
    for (int k = 0; k < 5; k++)
      /* Relative; where a derivative passes through zero, relative to a hundredth of its mean size. */
      if (!(fabs (found[i][k] - expected[i][k]) <= 1e-6 * fmax (fabs (expected[i][k]), 0.01 * scale[k])))
        g_error ("%s: derivative %d is %.17g, but differences give %.17g", c.info->name, k, found[i][k],
                 expected[i][k]);
  case_clear (&c);
}

/* Newton's method where the curvature is positive, else straight down; halving steps until they descend. */
static void
descend (const Case *c, double xy[2])
{
  for (int step = 0; step < 200; step++) {
    double d[5], at[2], t = 1, v = value (c, xy);
    derivatives (c, xy, d);
    double det = d[2] * d[4] - d[3] * d[3], size = hypot (d[0], d[1]);
    double p[2] = { -d[0] / fmax (1, size), -d[1] / fmax (1, size) };
    if (d[2] > 0 && det > 1e-12 * d[2] * d[2]) {
      p[0] = -(d[4] * d[0] - d[3] * d[1]) / det;
      p[1] = -(d[2] * d[1] - d[3] * d[0]) / det;
    }
    do {
      at[0] = xy[0] + t * p[0];
      at[1] = xy[1] + t * p[1];
      t /= 2;
    } while (!(value (c, at) < v) && t > 1e-12);
    if (!(value (c, at) < v)) {
      /* At the limit of what values can tell, the gradient still can. */
      if (d[2] > 0 && det > 0 && hypot (p[0], p[1]) < 1e-6) {
        xy[0] += p[0];
        xy[1] += p[1];
      }
      return;
    }
    xy[0] = at[0];
    xy[1] = at[1];
  }
}

static double
distance (const double a[2], const double b[2])
{
  return hypot (a[0] - b[0], a[1] - b[1]);
}

/* Rings of points, ever closer: none is below. */
static void
check_rings (const Case *c, const double minimum[2])
{
  for (double radius = 0.5; radius > 1e-8; radius /= 3)
    for (int i = 0; i < 64; i++) {
      double angle = 2 * G_PI * i / 64;
      double at[2] = { minimum[0] + radius * cos (angle), minimum[1] + radius * sin (angle) };
      g_assert_cmpfloat (value (c, at), >, c->minimum);
    }
}

static void
test_minima (gconstpointer data)
{
  Case c;
  double mean = 0;

  case_init (&c, data);
  g_assert_cmpuint (c.n_minima, >, 0);
  for (guint64 i = 0; i < 100; i++) {
    double xy[2];
    tw_problem_draw_start (c.problem, (TwDraw){ 3, i }, xy);
    mean += (value (&c, xy) - c.minimum) / 100;
  }
  for (gsize m = 0; m < c.n_minima; m++) {
    const double *point = c.minima + 2 * m;
    double d[5];
    g_assert_true (point[0] > c.domain[0] && point[0] < c.domain[1] && point[1] > c.domain[2] &&
                   point[1] < c.domain[3]);
    g_assert_cmpfloat (fabs (value (&c, point) - c.minimum), <=, 1e-14 * fmax (1, fabs (c.minimum)));
    derivatives (&c, point, d);
    g_assert_cmpfloat (hypot (d[0], d[1]), <=, 1e-12 * fmax (1, mean));
    if (c.kinked) {
      check_rings (&c, point);
      continue;
    }
    for (int i = 0; i < 8; i++) {
      double xy[2] = { point[0] + 0.02 * cos (i), point[1] + 0.02 * sin (i) };
      descend (&c, xy);
      if (distance (xy, point) > 1e-8)
        g_error ("%s: descent near %.17g, %.17g ended at %.17g, %.17g", c.info->name, point[0], point[1],
                 xy[0], xy[1]);
    }
  }
  case_clear (&c);
}

/* A search of the whole domain: nothing lies below the known minimum, and each minimiser is come upon. */
static void
test_search (gconstpointer data)
{
  enum { POINTS = 6000, STARTS = 600 };
  Case c;
  gboolean met[8] = { FALSE };

  case_init (&c, data);
  g_assert_cmpuint (c.n_minima, <=, G_N_ELEMENTS (met));
  for (guint64 i = 0; i < POINTS; i++) {
    double xy[2];
    tw_problem_draw_start (c.problem, (TwDraw){ 21, i }, xy);
    g_assert_cmpfloat (value (&c, xy), >, c.minimum);
    if (i >= STARTS || c.kinked)
      continue;
    descend (&c, xy);
    g_assert_cmpfloat (value (&c, xy), >=, c.minimum - 1e-13 * fmax (1, fabs (c.minimum)));
    for (gsize m = 0; m < c.n_minima; m++)
      met[m] |= distance (xy, c.minima + 2 * m) < 1e-8;
    /* Nor is there another of the same depth. */
    if (value (&c, xy) < c.minimum + 1e-12 && xy[0] > c.domain[0] && xy[0] < c.domain[1] &&
        xy[1] > c.domain[2] && xy[1] < c.domain[3]) {
      double nearest = INFINITY;
      for (gsize m = 0; m < c.n_minima; m++)
        nearest = fmin (nearest, distance (xy, c.minima + 2 * m));
      g_assert_cmpfloat (nearest, <, 1e-3);
    }
  }
  for (gsize m = 0; m < c.n_minima && !c.kinked; m++)
    if (!met[m])
      g_error ("%s: minimum %" G_GSIZE_FORMAT " was not found", c.info->name, m);
  case_clear (&c);
}

static void
test_description (gconstpointer data)
{
  Case c;
  double start[2];
  gsize n = 0;

  case_init (&c, data);
  g_assert_cmpstr (tw_problem_get_name (c.problem), ==, c.info->name);
  g_assert_cmpstr (tw_problem_get_title (c.problem), ==, c.info->title);
  g_assert_cmpstr (tw_problem_get_formula (c.problem), ==, c.info->formula);
  g_assert_cmpint (c.info->summary[strlen (c.info->summary) - 1], ==, '.');
  g_assert_cmpuint (strlen (c.info->summary), <=, 100);
  g_assert_nonnull (strstr (c.info->source, " ("));
  g_assert_true (c.domain[0] < c.domain[1] && c.domain[2] < c.domain[3]);
  for (; tw_problem_get_start (c.problem, n, start); n++) {
    double d[5];
    g_assert_true (start[0] >= c.domain[0] && start[0] <= c.domain[1] && start[1] >= c.domain[2] &&
                   start[1] <= c.domain[3]);
    derivatives (&c, start, d);
    g_assert_cmpfloat (hypot (d[0], d[1]), >, 0);
    g_assert_cmpfloat (value (&c, start), >, c.minimum + 1e-3 * fabs (c.minimum));
  }
  g_assert_cmpuint (n, >=, 2);
  case_clear (&c);
}

static void
test_list (void)
{
  gsize n, n_landscapes = 0;
  const TwProblemInfo *infos = tw_problem_list (&n);

  for (gsize i = 0; i < n; i++) {
    n_landscapes += infos[i].formula != NULL;
    for (gsize k = 0; k < i; k++)
      g_assert_cmpstr (infos[i].name, !=, infos[k].name);
  }
  g_assert_cmpuint (n_landscapes, ==, G_N_ELEMENTS (expected_names));
  for (gsize i = 0; i < n_landscapes; i++)
    g_assert_cmpstr (infos[i].name, ==, expected_names[i]);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "description", test_description },
    { "derivatives", test_derivatives },
    { "minima", test_minima },
    { "search", test_search },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/landscapes/list", test_list);
  for (gsize i = 0; i < G_N_ELEMENTS (expected_names); i++)
    for (gsize t = 0; t < G_N_ELEMENTS (tests); t++) {
      g_autofree char *path = g_strdup_printf ("/landscapes/%s/%s", expected_names[i], tests[t].name);
      g_test_add_data_func (path, expected_names[i], tests[t].func);
    }
  return g_test_run ();
}
