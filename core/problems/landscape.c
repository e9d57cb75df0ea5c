/* landscape.c: a problem of two coordinates, given by a formula. */
#include "core/problems/landscape.h"

#include <math.h>
#include <string.h>

#include "core/error.h"

typedef struct {
  TwProblem head;
  TwExpression *expression;
} Landscape;

static void
landscape_finalize (TwProblem *problem)
{
  tw_expression_free (((Landscape *)problem)->expression);
}

static TwStatus
landscape_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
                double *loss, double *gradient)
{
  tw_expression_eval (((const Landscape *)problem)->expression, n, theta, loss, gradient, NULL);
  return TW_STATUS_OK;
}

/* As in the expressions, a direction that is not taken adds nothing, even where the curvature is infinite. */
static double
times (double curvature, double v)
{
  return v == 0.0 ? 0.0 : curvature * v;
}

static TwStatus
landscape_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                          const double *v, const TwDraw *draws, double *out)
{
  enum { BLOCK = 64 };
  double hessian[3 * BLOCK]; /* (BLOCK, 3) xx, xy, yy */

  for (gsize at = 0; at < n; at += BLOCK) {
    gsize length = MIN (BLOCK, n - at);
    tw_expression_eval (((const Landscape *)problem)->expression, length, theta + 2 * at, NULL, NULL,
                        hessian);
    for (gsize i = 0; i < length; i++) {
      const double *h = hessian + 3 * i, *from = v + 2 * (at + i);
      double x = times (h[0], from[0]) + times (h[1], from[1]);
      double y = times (h[1], from[0]) + times (h[2], from[1]);
      out[2 * (at + i)] = x;
      out[2 * (at + i) + 1] = y;
    }
  }
  return TW_STATUS_OK;
}

/* Landscapes have no keys of their own and no create(): there is one for each row of the data file. */
const TwProblemType tw_landscape_type = {
  .title = "Landscape",
  .finalize = landscape_finalize,
  .eval = landscape_eval,
  .hessian_vector = landscape_hessian_vector,
};

static TwProblem *
new_landscape (const char *name, const char *title, const char *formula, TwExpression *expression,
               const double domain[4], double minimum)
{
  const gsize sizes[] = { 2 };
  Landscape *landscape = g_new0 (Landscape, 1);
  TwProblem *head = &landscape->head;

  tw_problem_init (head, &tw_landscape_type, name, title, 1, sizes);
  head->tensor_names = g_new0 (char *, 2);
  head->tensor_names[0] = g_strdup ("x, y");
  head->formula = g_strdup (formula);
  head->has_domain = TRUE;
  memcpy (head->domain, domain, sizeof head->domain);
  head->minimum = minimum;
  landscape->expression = expression;
  return head;
}

TwProblem *
tw_landscape_new (const TwLandscape *row)
{
  g_autoptr (GError) error = NULL;
  TwExpression *expression = tw_expression_parse (row->formula, NULL, &error);

  if (expression == NULL)
    g_error ("landscapes.json: %s: %s", row->name, error->message);
  TwProblem *problem =
    new_landscape (row->name, row->title, row->formula, expression, row->domain, row->minimum);
  problem->n_minima = row->n_minima;
  problem->minima = g_memdup2 (row->minima, 2 * row->n_minima * sizeof (double));
  problem->n_starts = row->n_starts;
  problem->starts = g_memdup2 (row->starts, 2 * row->n_starts * sizeof (double));
  return problem;
}

TwProblem *
tw_landscape_new_formula (const char *formula, const double domain[4], double minimum, GError **error)
{
  static const double usual[4] = { -5, 5, -5, 5 };
  const double *d = domain != NULL ? domain : usual;

  for (int i = 0; i < 4; i += 2)
    if (!isfinite (d[i]) || !isfinite (d[i + 1]) || !isfinite (d[i + 1] - d[i]) || d[i] >= d[i + 1]) {
      g_set_error (
        error, TW_ERROR, TW_ERROR_INPUT,
        "domain: expected two finite numbers, the smaller one first, for %c, but found %.10g and %.10g",
        i == 0 ? 'x' : 'y', d[i], d[i + 1]);
      return NULL;
    }
  if (isinf (minimum)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "minimum: expected a finite number, but found %g", minimum);
    return NULL;
  }
  TwExpression *expression = tw_expression_parse (formula, NULL, error);
  if (expression == NULL) {
    g_prefix_error (error, "formula: ");
    return NULL;
  }
  return new_landscape ("formula", formula, formula, expression, d, minimum);
}
