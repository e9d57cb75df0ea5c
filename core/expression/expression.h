/* expression.h: a formula in x and y, with its exact gradient and Hessian.
 *
 * Grammar, loosest first: sums (+ -), products (* /), signs (+ -), powers (^, which groups to the right, so
 * that -x^2 is -(x^2) and 2^3^2 is 2^9), then numbers (2, .5, 1e-3), x, y, pi, e, parentheses and the
 * functions sin cos tan asin acos atan sinh cosh tanh exp log sqrt abs of one argument, min max of two or
 * more.
 *
 * Arithmetic is that of IEEE: 1/0 is infinite, log(-1) is NaN, 0^0 is 1, a negative number to a whole power
 * is real and to any other power NaN; NaN passes through min and max.  Derivatives come from second-order
 * Taylor arithmetic, with these conventions where a function has none:
 *   - abs has slope 0 at 0; min and max take their first argument at ties;
 *   - zero times an infinite derivative is zero.  The slope of sqrt at 0 is infinite, but sqrt(x^2 + y^2) has
 *     gradient 0 at its tip, so that Ackley's function is stationary at its minimum.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwExpression TwExpression;

/* Errors (TW_ERROR_INPUT) read "column 7: expected ... but found ...".  `column`, if not NULL, is set to that
 * column: the 1-based place, in characters, of what is wrong, 0 where nothing is. */
TwExpression *tw_expression_parse (const char *text, guint *column, GError **error);
void tw_expression_free (TwExpression *expression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwExpression, tw_expression_free)

/* At n points xy (n, 2): value (n), gradient (n, 2) and hessian (n, 3) as xx, xy, yy; each may be NULL.  What
 * is computed at a point has the same bits whatever other points or derivatives are asked for with it (of a
 * NaN, the sign and payload may differ).  Takes no memory; safe from any number of threads. */
void tw_expression_eval (const TwExpression *expression, gsize n, const double *xy, double *value,
                         double *gradient, double *hessian);

/* How many operations a point costs, after folding constants and sharing common parts. */
gsize tw_expression_get_n_steps (const TwExpression *expression);

G_END_DECLS
