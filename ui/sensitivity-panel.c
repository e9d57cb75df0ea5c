#include "ui/sensitivity-panel.h"

#include <math.h>

#include "ui/drawing/axis.h"

#define REACH 16.0 /* pixels from a point that still hit it */

struct _TwSensitivityPanel {
  TwPanel parent_instance;

  const TwTuning *tuning;
  const TwLineStyle **styles; /* (O) */
  TwSensitivityClicked clicked;
  gpointer data;
  TwRect rect;
  TwAxis x, y;
  double offset; /* taken off the losses */
  TwLayer layer;
};

G_DEFINE_FINAL_TYPE (TwSensitivityPanel, tw_sensitivity_panel, TW_TYPE_PANEL)

/* Everything between the best and the worst that did not diverge; a thousandfold of the start is as bad. */
static void
find_axes (TwSensitivityPanel *self)
{
  double low = INFINITY, high = -INFINITY, left = INFINITY, right = 0;
  gboolean known = isfinite (self->tuning->minimum);

  self->offset = known ? self->tuning->minimum : 0;
  for (gsize o = 0; o < self->tuning->n_optimizers; o++)
    for (guint i = 0; i < self->tuning->optimizers[o].n; i++) {
      double loss = self->tuning->optimizers[o].loss[i] - self->offset;
      left = MIN (left, self->tuning->optimizers[o].lr[i]);
      right = MAX (right, self->tuning->optimizers[o].lr[i]);
      if (!isfinite (loss) || loss > 1e12)
        continue;
      low = MIN (low, loss);
      high = MAX (high, loss);
    }
  if (!(low <= high))
    low = high = 1;
  self->x = (TwAxis){ left, MAX (right, left * 1.0001), TRUE };
  if (known || low > 0) {
    low = MAX (low, 1e-18 * MAX (high, 1e-6));
    self->y = (TwAxis){ low / 1.5, MAX (high, low) * 2, TRUE };
  } else {
    double margin = 0.06 * MAX (high - low, 1e-9);
    self->y = (TwAxis){ low - margin, high + margin, FALSE };
  }
}

/* Where a trial is drawn; what diverged or is off the scale stands at the top. */
static void
place (TwSensitivityPanel *self, const TwSensitivity *curve, guint i, double *x, double *y, gboolean *off)
{
  double loss = curve->loss[i] - self->offset, p = isfinite (loss) ? tw_axis_position (&self->y, loss) : 2;

  *off = p > 1;
  *x = tw_rect_x (&self->rect, &self->x, curve->lr[i]);
  *y = self->rect.y + self->rect.height * (1 - CLAMP (p, 0, 1));
}

static void
draw_curve (TwSensitivityPanel *self, cairo_t *cr, const TwTheme *theme, gsize o)
{
  const TwSensitivity *curve = &self->tuning->optimizers[o];
  gboolean off;
  double x, y;

  tw_set_line_style (cr, theme, self->styles[o], 1.8, 1, 0);
  for (guint i = 0; i < curve->n; i++) {
    place (self, curve, i, &x, &y, &off);
    cairo_line_to (cr, x, y);
  }
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  for (guint i = 0; i < curve->n; i++) {
    place (self, curve, i, &x, &y, &off);
    tw_set_color (cr, theme->dark ? &self->styles[o]->dark : &self->styles[o]->light, 1);
    if (off) {
      cairo_set_line_width (cr, 1.4);
      cairo_move_to (cr, x - 3, y - 3);
      cairo_line_to (cr, x + 3, y + 3);
      cairo_move_to (cr, x + 3, y - 3);
      cairo_line_to (cr, x - 3, y + 3);
      cairo_stroke (cr);
      continue;
    }
    gboolean best = i == curve->best && curve->spec != NULL;
    cairo_arc (cr, x, y, best ? 5.5 : 2.2, 0, 2 * G_PI);
    cairo_fill_preserve (cr);
    if (best) {
      tw_set_color (cr, &theme->background, 1);
      cairo_set_line_width (cr, 1.5);
      cairo_stroke (cr);
    }
    cairo_new_path (cr);
  }
}

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
    find_axes (self);
  tw_layer_clear (&self->layer);
}

static void
draw_all (TwSensitivityPanel *self, cairo_t *cr, const TwTheme *theme)
{
  double font = tw_panel_get_font_size (TW_PANEL (self));

  cairo_rectangle (cr, self->rect.x, self->rect.y, self->rect.width, self->rect.height);
  tw_set_color (cr, &theme->background, 1);
  cairo_fill (cr);
  tw_draw_frame (cr, theme, &self->rect, &self->x, &self->y, font, TW_FRAME_GRID);
  tw_set_color (cr, &theme->dim, 1);
  tw_set_font (cr, font, FALSE);
  tw_draw_text (cr, self->rect.x + self->rect.width / 2, self->rect.y + self->rect.height + 2.9 * font, 0.5,
                "learning rate");
  for (gsize o = 0; o < self->tuning->n_optimizers; o++)
    if (self->tuning->optimizers[o].n > 0)
      draw_curve (self, cr, theme, o);
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
      place (self, &self->tuning->optimizers[o], i, &x, &y, &off);
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
  place (self, &self->tuning->optimizers[optimizer], (guint)i, x, y, &off);
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
