#include "ui/sensitivity-panel.h"

#include <math.h>

#include "ui/drawing/readout.h"
#include "ui/drawing/sensitivity.h"

#define LINE_WIDTH 1.8
#define REACH 16.0 /* pixels from a point that still hit it */

struct _TwSensitivityPanel {
  TwPanel parent_instance;

  const TwTuning *tuning;
  const TwLineStyle **styles; /* (O) */
  char **names;               /* (O) */
  double pointer[2];          /* NAN: elsewhere */
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

/* Reading out */

/* The trial nearest to a place, and its distance; INFINITY where there is none. */
static double
nearest_trial (TwSensitivityPanel *self, double px, double py, gsize *optimizer, guint *trial)
{
  double nearest = INFINITY;

  for (gsize o = 0; self->tuning != NULL && o < self->tuning->n_optimizers; o++)
    for (guint i = 0; i < self->tuning->optimizers[o].n; i++) {
      gboolean off;
      double x, y;
      tw_sensitivity_place (&self->axes, &self->rect, &self->tuning->optimizers[o], i, &x, &y, &off);
      if (hypot (x - px, y - py) < nearest) {
        nearest = hypot (x - px, y - py);
        *optimizer = o;
        *trial = i;
      }
    }
  return nearest;
}

typedef struct {
  guint trial; /* of its optimizer */
  gsize optimizer;
  double loss; /* as it is drawn; INFINITY where it diverged */
  TwReadoutRow row;
} Reading;

static int
compare_readings (gconstpointer a, gconstpointer b)
{
  double x = ((const Reading *)a)->loss, y = ((const Reading *)b)->loss;

  return (x < y) - (x > y);
}

static guint
trial_near (const TwSensitivity *curve, double lr)
{
  guint nearest = 0;

  for (guint i = 1; i < curve->n; i++)
    if (fabs (log (curve->lr[i] / lr)) < fabs (log (curve->lr[nearest] / lr)))
      nearest = i;
  return nearest;
}

/* Every optimizer at the trial nearest to the pointed learning rate, the largest loss first, as the curves lie. */
static guint
read_values (TwSensitivityPanel *self, double *lr, Reading readings[TW_READOUT_MAX_ROWS])
{
  const double *p = self->pointer;
  gsize optimizer;
  guint trial, n = 0;

  if (!(p[0] >= self->rect.x - REACH && p[0] <= self->rect.x + self->rect.width + REACH && p[1] >= 0 &&
        p[1] <= self->rect.y + self->rect.height + REACH) ||
      !isfinite (nearest_trial (self, p[0], p[1], &optimizer, &trial)))
    return 0;
  *lr = self->tuning->optimizers[optimizer].lr[trial];
  for (gsize o = 0; o < self->tuning->n_optimizers && n < TW_READOUT_MAX_ROWS; o++) {
    const TwSensitivity *curve = &self->tuning->optimizers[o];
    Reading *reading = &readings[n];
    char at[24] = "", value[16] = "diverged";
    if (curve->n == 0)
      continue;
    reading->optimizer = o;
    reading->trial = trial_near (curve, *lr);
    reading->loss = curve->loss[reading->trial] - self->axes.offset;
    if (isfinite (reading->loss))
      g_snprintf (value, sizeof value, "%.4g", reading->loss);
    if (curve->lr[reading->trial] != *lr)
      g_snprintf (at, sizeof at, " at %.3g", curve->lr[reading->trial]);
    reading->row.style = self->styles[o];
    g_strlcpy (reading->row.label, self->names[o], sizeof reading->row.label);
    g_snprintf (reading->row.value, sizeof reading->row.value, "%s%s", value, at);
    n++;
  }
  qsort (readings, n, sizeof *readings, compare_readings);
  return n;
}

static void
draw_readout (TwSensitivityPanel *self, cairo_t *cr, const TwTheme *theme)
{
  Reading readings[TW_READOUT_MAX_ROWS];
  TwReadoutRow rows[TW_READOUT_MAX_ROWS];
  char title[64];
  double lr = 0;
  guint n = read_values (self, &lr, readings);

  if (n == 0)
    return;
  double line = floor (tw_rect_x (&self->rect, &self->axes.x, lr)) + 0.5;
  tw_set_color (cr, &theme->dim, 0.9);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, line, self->rect.y);
  cairo_line_to (cr, line, self->rect.y + self->rect.height);
  cairo_stroke (cr);
  for (guint i = 0; i < n; i++) {
    gboolean off;
    double x, y;
    rows[i] = readings[i].row;
    tw_sensitivity_place (&self->axes, &self->rect, &self->tuning->optimizers[readings[i].optimizer], readings[i].trial,
                          &x, &y, &off);
    tw_set_color (cr, theme->dark ? &readings[i].row.style->dark : &readings[i].row.style->light, 1);
    cairo_set_line_width (cr, 1.5);
    cairo_arc (cr, x, y, 7, 0, 2 * G_PI);
    cairo_stroke (cr);
  }
  g_snprintf (title, sizeof title, "%s, learning rate %.3g",
              isfinite (self->tuning->minimum) ? "Loss above the minimum" : "Loss", lr);
  tw_draw_readout (cr, theme, &self->rect, line, title, rows, n, tw_panel_get_font_size (TW_PANEL (self)));
}

char *
tw_sensitivity_panel_read_out (TwSensitivityPanel *self)
{
  Reading readings[TW_READOUT_MAX_ROWS];
  double lr;
  guint n = read_values (self, &lr, readings);

  if (n == 0)
    return NULL;
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "learning rate\t%.3g\n", lr);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s\t%s\n", readings[i].row.label, readings[i].row.value);
  return g_string_free (text, FALSE);
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
  if (isnan (self->pointer[0]))
    return;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw_readout (self, cr, theme);
  cairo_destroy (cr);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TwSensitivityPanel *self)
{
  gsize optimizer;
  guint trial;
  gboolean hits = nearest_trial (self, x, y, &optimizer, &trial) < REACH;

  self->pointer[0] = x;
  self->pointer[1] = y;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), hits ? "pointer" : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *controller, TwSensitivityPanel *self)
{
  self->pointer[0] = self->pointer[1] = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_click (GtkGestureClick *gesture, int n_press, double px, double py, TwSensitivityPanel *self)
{
  gsize optimizer;
  guint trial;

  if (nearest_trial (self, px, py, &optimizer, &trial) < REACH)
    self->clicked (optimizer, self->tuning->optimizers[optimizer].lr[trial], self->data);
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
tw_sensitivity_panel_set_tuning (TwSensitivityPanel *self, const TwTuning *tuning, const TwLineStyle *const *styles,
                                 const char *const *names)
{
  g_clear_pointer (&self->styles, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  self->tuning = tuning;
  if (tuning != NULL) {
    self->styles = g_memdup2 (styles, tuning->n_optimizers * sizeof *styles);
    self->names = g_new0 (char *, tuning->n_optimizers + 1);
    for (gsize o = 0; o < tuning->n_optimizers; o++)
      self->names[o] = g_strdup (names[o]);
  }
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_TRACE);
}

static void
tw_sensitivity_panel_finalize (GObject *object)
{
  TwSensitivityPanel *self = TW_SENSITIVITY_PANEL (object);

  tw_layer_clear (&self->layer);
  g_free (self->styles);
  g_strfreev (self->names);
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
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->pointer[0] = self->pointer[1] = NAN;
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
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
    "top is a run that diverged.  The large dot is the best.  The curve of a "
    "learned optimizer may end early: where its weights bound the learning rate.\n\n"
    "Point to read all of them at a learning rate; a click on a dot takes that learning rate.",
    NULL);

  self->clicked = clicked;
  self->data = data;
  return TW_PANEL (self);
}
