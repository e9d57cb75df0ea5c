/* search.h: the trials that a baseline is tuned with.
 *
 * A family is an optimizer type with a learning rate.  Trial i of a budget has
 *   lr             log-uniform in 1e-6 .. 10,
 *   beta1, momentum    1 - value log-uniform in 0.005 .. 1,
 *   beta2, alpha, rho  1 - value log-uniform in 1e-4 .. 0.5,
 * whichever of them the family has; even trials leave all but the learning rate at the defaults, which are
 * often the best.  Learning rates follow a golden-ratio sequence from a random first value: any few of them
 * cover the range, which independent draws do not.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_SEARCH_LOWEST_LR 1e-6
#define TW_SEARCH_HIGHEST_LR 10.0

/* Errors: there is no such optimizer, or nothing to tune about it. */
gboolean tw_search_check_family (const char *family, GError **error);
/* The spec of trial i; a pure function of its arguments.  `problem` names what it is tuned for. */
char *tw_search_trial (const char *family, const char *problem, guint64 seed, guint i);

G_END_DECLS
