/* family-helpers.h: what the two tests of the problem families share. */
#pragma once

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/problems/families.h"

G_GNUC_UNUSED static TwProblem *
make_seeded (const char *text, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);

  g_assert_no_error (error);
  TwProblem *problem = tw_problem_new (spec, seed, &error);
  g_assert_no_error (error);
  g_assert_nonnull (problem);
  return problem;
}

G_GNUC_UNUSED static TwProblem *
make (const char *text)
{
  return make_seeded (text, 7);
}

G_GNUC_UNUSED static double *
draw_starts (const TwProblem *problem, gsize n)
{
  gsize dim = tw_problem_get_dim (problem);
  double *theta = g_new (double, n *dim);

  for (gsize i = 0; i < n; i++)
    tw_problem_draw_start (problem, (TwDraw){ tw_random_stream (3, TW_STREAM_STARTS, i), 0 },
                           theta + i * dim);
  return theta;
}

G_GNUC_UNUSED static double
distance (gsize n, const double *a, const double *b)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (sum);
}

G_GNUC_UNUSED static double
dot (gsize n, const double *a, const double *b)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Central differences of fourth order: loss and gradient (D) of point `at`, along a direction (D). */
typedef struct {
  const TwProblem *problem;
  TwProblemWork *work;
  TwDraw draw;
  double *point, *gradient; /* (D) */
} Probe;

G_GNUC_UNUSED static double
differences (Probe *probe, const double *at, const double *along, double h, double *out)
{
  const double weights[] = { 1, -8, 8, -1 }, steps[] = { -2, -1, 1, 2 };
  gsize dim = tw_problem_get_dim (probe->problem);
  double slope = 0;

  memset (out, 0, dim * sizeof *out);
  for (int k = 0; k < 4; k++) {
    double loss;
    for (gsize j = 0; j < dim; j++)
      probe->point[j] = at[j] + steps[k] * h * along[j];
    tw_problem_eval (probe->problem, probe->work, 1, probe->point, &probe->draw, &loss, probe->gradient);
    slope += weights[k] * loss / (12 * h);
    for (gsize j = 0; j < dim; j++)
      out[j] += weights[k] * probe->gradient[j] / (12 * h);
  }
  return slope;
}
