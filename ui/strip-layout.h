/* strip-layout.h: one child of wrapping text across the window.
 *
 * As GtkBinLayout, but the height without a width is that of one very long line.  GTK 4.8 rounds the heights
 * of wrapping labels in two ways, one with a width and one without, and complains where the first is larger.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TW_TYPE_STRIP_LAYOUT (tw_strip_layout_get_type ())
G_DECLARE_FINAL_TYPE (TwStripLayout, tw_strip_layout, TW, STRIP_LAYOUT, GtkLayoutManager)

G_END_DECLS
