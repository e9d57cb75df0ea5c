#include "ui/sensitivity-panel.h"

#include <math.h>

#include "ui/drawing/sensitivity.h"

#define LINE_WIDTH 1.8
#define REACH 16.0 /* pixels from a point that still hit it */

struct _TwSensitivityPanel {
  TwPanel parent_instance;

  const TwTuning *tuning;
  const TwLineStyle **styles; /* (O) */
  TwSensitivityClicked clicked;
  gpointer data;
  TwRect rect;
  TwSensitivityAxes axes;
  TwLayer layer;
};

G_DEFINE_FINAL_TYPE (TwSensitivityPanel, tw_sensitivity_panel, TW_TYPE_PANEL)

static void
tw_sensitivity_panel_update (TwPanel *panel, guint changes)
{
  TwSensitivityPanel *self = TW_SENSITIVITY_PANEL (panel);
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (panel);
  double left = floor (5.0 * font), bottom = floor (3.6 * font), top = 10, right = 14;

  if (!(changes & (TW_PANEL_LOOKS | TW_SESSION_TRACE)))
    return;
  self->rect = (TwRect){ left, top, MAX (gtk_widget_get_width (widget) - left - right, 16),
                         MAX (gtk_widget_get_height (widget) - top - bottom, 16) };
  if (self->tuning != NULL)
    tw_sensitivity_find_axes (self->tuning, &self->axes);
  tw_layer_clear (&self->layer);
}

static void
draw_all (TwSensitivityPanel *self, cairo_t *cr, const TwTheme *theme)
{
  double font = tw_panel_get_font_size (TW_PANEL (self));

  cairo_rectangle (cr, self->rect.x, self->rect.y, self->rect.width, self->rect.height);
  tw_set_color (cr, &theme->background, 1);
  cairo_fill (cr);
  tw_draw_frame (cr, theme, &self->rect, &self->axes.x, &self->axes.y, font, TW_FRAME_GRID);
  tw_set_color (cr, &theme->dim, 1);
  tw_set_font (cr, font, FALSE);
  tw_draw_text (cr, self->rect.x + self->rect.width / 2, self->rect.y + self->rect.height + 2.9 * font, 0.5,
                "learning rate");
  for (gsize o = 0; o < self->tuning->n_optimizers; o++)
    if (self->tuning->optimizers[o].n > 0)
      tw_draw_sensitivity (cr, theme, &self->rect, &self->axes, &self->tuning->optimizers[o], self->styles[o], LINE_WIDTH);
}

static void
tw_sensitivity_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwSensitivityPanel *self = TW_SENSITIVITY_PANEL (panel);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);

  if (self->tuning == NULL) {
    tw_panel_draw_words (panel, snapshot, &bounds,
                         "Tune Fairly tries the same number of learning rates for every optimizer that is "
                         "switched on, and shows how each one fared.");
    return;
  }
  if (self->layer.node == NULL) {
    cairo_t *cr = tw_layer_begin (&self->layer, &bounds);
    draw_all (self, cr, theme);
    cairo_destroy (cr);
  }
  tw_layer_append (&self->layer, snapshot);
}

static void
on_click (GtkGestureClick *gesture, int n_press, double px, double py, TwSensitivityPanel *self)
{
  double nearest = REACH;
  gsize optimizer = 0;
  double lr = 0;

  for (gsize o = 0; self->tuning != NULL && o < self->tuning->n_optimizers; o++)
    for (guint i = 0; i < self->tuning->optimizers[o].n; i++) {
      gboolean off;
      double x, y;
      tw_sensitivity_place (&self->axes, &self->rect, &self->tuning->optimizers[o], i, &x, &y, &off);
      if (hypot (x - px, y - py) < nearest) {
        nearest = hypot (x - px, y - py);
        optimizer = o;
        lr = self->tuning->optimizers[o].lr[i];
      }
    }
  if (nearest < REACH)
    self->clicked (optimizer, lr, self->data);
}

gboolean
tw_sensitivity_panel_get_point (TwSensitivityPanel *self, gsize optimizer, gsize i, double *x, double *y)
{
  gboolean off;

  if (self->tuning == NULL || optimizer >= self->tuning->n_optimizers || i >= self->tuning->optimizers[optimizer].n)
    return FALSE;
  tw_sensitivity_place (&self->axes, &self->rect, &self->tuning->optimizers[optimizer], (guint)i, x, y, &off);
  return TRUE;
}

void
tw_sensitivity_panel_set_tuning (TwSensitivityPanel *self, const TwTuning *tuning, const TwLineStyle *const *styles)
{
  g_clear_pointer (&self->styles, g_free);
  self->tuning = tuning;
  if (tuning != NULL)
    self->styles = g_memdup2 (styles, tuning->n_optimizers * sizeof *styles);
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_TRACE);
}

static void
tw_sensitivity_panel_finalize (GObject *object)
{
  TwSensitivityPanel *self = TW_SENSITIVITY_PANEL (object);

  tw_layer_clear (&self->layer);
  g_free (self->styles);
  G_OBJECT_CLASS (tw_sensitivity_panel_parent_class)->finalize (object);
}

static void
tw_sensitivity_panel_class_init (TwSensitivityPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_sensitivity_panel_finalize;
  TW_PANEL_CLASS (klass)->interests = 0;
  TW_PANEL_CLASS (klass)->update = tw_sensitivity_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_sensitivity_panel_draw;
}

static void
tw_sensitivity_panel_init (TwSensitivityPanel *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (on_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 110);
}

TwPanel *
tw_sensitivity_panel_new (TwSession *session, TwSensitivityClicked clicked, gpointer data)
{
  TwSensitivityPanel *self = g_object_new (
    TW_TYPE_SENSITIVITY_PANEL, "session", session, "title", "Sensitivity", "help",
    "The loss at the last step, for each learning rate that was tried.  Every optimizer gets the same number of "
    "trials, steps and starts.  A wide valley is an optimizer that forgives a wrong learning rate; a cross at the "
    "top is a run that diverged.  The large dot is the best; a click on a dot takes that learning rate.",
    NULL);

  self->clicked = clicked;
  self->data = data;
  return TW_PANEL (self);
}
