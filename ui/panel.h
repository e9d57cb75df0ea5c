/* panel.h: what every view of a session shares.
 *
 * A panel is a subclass of TwPanel in a file of its own.  It says in its class which changes of the session
 * it shows (`interests`), and has up to three functions:
 *
 *   describe (panel)          may set title and subtitle; after changes other than step and rows (optional)
 *   update (panel, changes)   prepares data and cached layers after changes; at most once a frame
 *   draw (panel, snapshot, theme, width, height)   draws the present moment
 *
 * The base collects changes and asks for frames.  Heavy layers are kept in a TwLayer until their data or
 * TW_PANEL_LOOKS (size, scale, light or dark, font) changes.  The window shows it with tw_panel_wrap():
 * a heading, a help popover that says in a sentence or two what it shows and how to read it, and the panel.
 *
 * To add one: write the subclass, set title and help with g_object_new(), and put it where it belongs in
 * window.c.  Nothing else has to know it.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_PANEL_LOOKS (1u << 16) /* with TwSessionChange in `changes` of update() */

#define TW_TYPE_PANEL (tw_panel_get_type ())
G_DECLARE_DERIVABLE_TYPE (TwPanel, tw_panel, TW, PANEL, GtkWidget)

struct _TwPanelClass {
  GtkWidgetClass parent_class;

  guint interests; /* TwSessionChange */
  void (*describe) (TwPanel *panel);
  void (*update) (TwPanel *panel, guint changes);
  void (*draw) (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height);
};

TwSession *tw_panel_get_session (TwPanel *panel);
const TwTheme *tw_panel_get_theme (TwPanel *panel);
double tw_panel_get_font_size (TwPanel *panel); /* of labels in a chart, in pixels */
const char *tw_panel_get_title (TwPanel *panel);
void tw_panel_set_title (TwPanel *panel, const char *title);
void tw_panel_set_subtitle (TwPanel *panel, const char *subtitle); /* after the title; NULL for none */
/* To be updated with these flags at the next frame, as if the session had changed. */
void tw_panel_invalidate (TwPanel *panel, guint changes);
/* A button, a chooser, ... in the heading, left of the help button; before tw_panel_wrap(). */
void tw_panel_add_control (TwPanel *panel, GtkWidget *control);
/* A drop-down list of strings for a heading: a long one is cut off there, so that the window may be narrow, but not in
 * the list. */
GtkWidget *tw_drop_down_new_narrow (void);
/* Shows `names` and which is chosen; where they stand there already an open list stays open. */
void tw_drop_down_show_names (GtkDropDown *list, const char *const *names, guint selected);
/* The panel under its heading, as it stands in the window. */
GtkWidget *tw_panel_wrap (TwPanel *panel);
/* The button that shows help about something else than a panel. */
GtkWidget *tw_help_button_new (const char *title, const char *help);
/* Words in the middle of an area, for when there is nothing to draw. */
void tw_panel_draw_words (TwPanel *panel, GtkSnapshot *snapshot, const graphene_rect_t *area,
                          const char *words);
/* Theme of a widget that is not a panel, from its text colour. */
const TwTheme *tw_theme_of_widget (GtkWidget *widget);

/* A drawing that is kept.  The same layer again is the same node, which the renderer does not draw again. */
typedef struct {
  GskRenderNode *node;
} TwLayer;

cairo_t *tw_layer_begin (TwLayer *layer,
                         const graphene_rect_t *bounds); /* empty; cairo_destroy() when drawn */
void tw_layer_append (const TwLayer *layer, GtkSnapshot *snapshot);
void tw_layer_clear (TwLayer *layer);

G_END_DECLS
