/* landscape.h: the landscapes of data/landscapes.json, and problems made of a formula in x and y. */
#pragma once

#include "core/expression/expression.h"
#include "core/problems/problem-private.h"

G_BEGIN_DECLS

typedef struct {
  const char *name, *title, *formula;
  const char *summary; /* one line: what it teaches */
  const char *source;
  double domain[4]; /* x0, x1, y0, y1 */
  double minimum;
  gsize n_minima, n_starts;
  double *minima, *starts; /* (n, 2) */
} TwLandscape;

/* Read once, from inside the program; they live as long as it does.  A defect in that file is a programming
 * error and aborts. */
const TwLandscape *tw_landscapes (gsize *n);

TwProblem *tw_landscape_new (const TwLandscape *landscape);
TwProblem *tw_landscape_new_formula (const char *formula, const double domain[4], double minimum,
                                     GError **error);

G_END_DECLS
