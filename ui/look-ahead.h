/* look-ahead.h: how far Nesterov's momentum looks ahead.
 *
 * Nesterov's iterate as it is kept (theta) is the point it looks ahead to, where the gradient is taken.  Where it would
 * stand without looking ahead is theta + lr momentum m.
 */
#pragma once

#include "core/experiment/trace.h"

G_BEGIN_DECLS

/* FALSE: that is not Nesterov's momentum. */
gboolean tw_look_ahead_momentum (const char *spec, double *momentum);
/* lr momentum m of the first start at a row, n coordinates; FALSE where it is not kept. */
gboolean tw_look_ahead_offset (const TwTrace *trace, gsize optimizer, double momentum, gsize row, gsize n,
                               double *offset);

G_END_DECLS
