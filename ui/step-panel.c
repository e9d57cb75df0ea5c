#include "ui/step-panel.h"

#include <math.h>

#include "ui/drawing/inside.h"

struct _TwStepPanel {
  TwPanel parent_instance;

  TwInsideFocus *focus;
};

G_DEFINE_FINAL_TYPE (TwStepPanel, tw_step_panel, TW_TYPE_PANEL)

static void
tw_step_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwStepPanel *self = TW_STEP_PANEL (panel);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  double font = tw_panel_get_font_size (panel), left = 14, gap = 24;
  double inputs = floor (0.56 * (width - 2 * left - gap));
  gsize k;

  if (!tw_inside_focus_get_row (self->focus, &k))
    return;
  if (k == 0) {
    tw_panel_draw_words (panel, snapshot, &bounds, "Before the first step nothing has gone in yet.");
    return;
  }
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  TwInside inside = tw_inside_focus_get_inside (self->focus);
  tw_draw_inside_inputs (cr, theme, &(TwRect){ left, 0, inputs, height }, &inside, k, font);
  tw_draw_inside_outputs (cr, theme, &(TwRect){ left + inputs + gap, 0, width - 2 * left - gap - inputs, height }, &inside, k,
                          font);
  cairo_destroy (cr);
}

static void
tw_step_panel_finalize (GObject *object)
{
  g_clear_object (&TW_STEP_PANEL (object)->focus);
  G_OBJECT_CLASS (tw_step_panel_parent_class)->finalize (object);
}

static void
tw_step_panel_class_init (TwStepPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_step_panel_finalize;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->draw = tw_step_panel_draw;
}

static void
tw_step_panel_init (TwStepPanel *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 186);
}

TwPanel *
tw_step_panel_new (TwInsideFocus *focus)
{
  TwStepPanel *self = g_object_new (
    TW_TYPE_STEP_PANEL, "session", tw_inside_focus_get_session (focus), "title", "In and out", "help",
    "The last step of one coordinate.  In: averages m of the gradient on four timescales, each twice as long as the "
    "one before, relative to their usual size v; products of neighbours (positive: they agree); how sizes compare; "
    "and its learning rate beside the others’.  Out: where to step and where to look, the learning rate, and for how "
    "many steps it remembers gradients and their size.",
    NULL);

  self->focus = g_object_ref (focus);
  tw_inside_focus_watch (focus, TW_PANEL (self));
  return TW_PANEL (self);
}
