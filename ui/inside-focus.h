/* inside-focus.h: which learned optimizer, and which of its coordinates, the "Inside" page looks at.
 *
 * All panels of the page share one focus, so that they speak of the same optimizer, tensor and coordinate at
 * the session's moment.  It keeps nothing of the trace.  Signal "changed" () when the choice changed.
 */
#pragma once

#include "ui/drawing/inside.h"
#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_INSIDE_FOCUS (tw_inside_focus_get_type ())
G_DECLARE_FINAL_TYPE (TwInsideFocus, tw_inside_focus, TW, INSIDE_FOCUS, GObject)

TwInsideFocus *tw_inside_focus_new (TwSession *session);
TwSession *tw_inside_focus_get_session (TwInsideFocus *focus);

/* Whether optimizer `o` of the trace that is shown is a learned one, switched on, with a recorded inside. */
gboolean tw_inside_focus_can_show (TwInsideFocus *focus, gsize o);
/* The chosen one; where it is gone or off, the first that can be shown; -1: there is none. */
gssize tw_inside_focus_get_optimizer (TwInsideFocus *focus);
void tw_inside_focus_set_optimizer (TwInsideFocus *focus, gsize optimizer);
/* An index into tw_trace_get_coordinates(). */
gsize tw_inside_focus_get_coordinate (TwInsideFocus *focus);
void tw_inside_focus_set_coordinate (TwInsideFocus *focus, gsize coordinate);
/* The tensor that coordinate belongs to. */
gsize tw_inside_focus_get_tensor (TwInsideFocus *focus);

/* The row that is shown of the first start; FALSE: none yet, or it was not recorded. */
gboolean tw_inside_focus_get_row (TwInsideFocus *focus, gsize *row);
/* Probe `name` at row k: all coordinates, tensors or the run (count, width); NULL where there is none. */
const float *tw_inside_focus_get_all (TwInsideFocus *focus, const char *name, gsize k, gsize *count, guint *width);
/* The same choice for ui/drawing; only where there is an optimizer. */
TwInside tw_inside_focus_get_inside (TwInsideFocus *focus);

/* The panel is drawn again when the focus changes. */
void tw_inside_focus_watch (TwInsideFocus *focus, TwPanel *panel);

G_END_DECLS
