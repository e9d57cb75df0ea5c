/* fold.h: two widgets, one above the other, with a divider; the second goes where there is no room for both.
 *
 * A lecture's large type, or a small window with a lesson's answer in it, would otherwise push what is below out of
 * the window.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TW_TYPE_FOLD (tw_fold_get_type ())
G_DECLARE_FINAL_TYPE (TwFold, tw_fold, TW, FOLD, GtkWidget)

GtkWidget *tw_fold_new (GtkWidget *first, GtkWidget *second);
/* FALSE: the second has nothing to show, and the first gets its place. */
void tw_fold_set_wanted (TwFold *fold, gboolean wanted);

G_END_DECLS
