#include "ui/curves-panel.h"

#include <math.h>
#include <string.h>

#include "core/optimizers/optimizer.h"
#include "ui/curve-series.h"
#include "ui/drawing/readout.h"
#include "ui/words.h"

#define LINE_WIDTH 1.8
#define ZOOM_FACTOR 1.3 /* per click of the wheel */
#define MIN_SPAN 5.0    /* steps that are always in view */

struct _TwCurvesPanel {
  TwPanel parent_instance;

  GtkDropDown *chooser;
  GtkToggleButton *log;
  TwMetric metric;
  gboolean chosen;   /* by the user; else what suits the problem */
  gboolean choosing; /* what changes now was not chosen by the user */

  TwRect rect;
  TwAxis x, y;
  double zoom[2];    /* steps from, to; equal: all */
  GPtrArray *series; /* of TwSeries: those that are shown */
  const char *words; /* why there is nothing to draw */
  TwLayer frame;
  cairo_surface_t *picture; /* of all curves, to their ends; what is past the moment is not shown */

  double pointer[2]; /* in the widget; NAN: elsewhere */
};

G_DEFINE_FINAL_TYPE (TwCurvesPanel, tw_curves_panel, TW_TYPE_PANEL)

static TwSession *
session_of (TwCurvesPanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

static TwProblem *
problem_of (TwCurvesPanel *self)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));

  return trace != NULL ? tw_trace_get_problem (trace) : NULL;
}

/* Data */

static void
collect (TwCurvesPanel *self)
{
  TwSession *session = session_of (self);
  TwTrace *trace = tw_session_get_trace (session);

  g_ptr_array_set_size (self->series, 0);
  self->words = trace != NULL ? tw_metric_why_missing (self->metric, tw_trace_get_problem (trace)) : NULL;
  if (trace == NULL || self->words != NULL)
    return;
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    if (tw_session_get_enabled (session, o))
      g_ptr_array_add (self->series, tw_series_new (o, tw_session_get_style (session, o)));
  if (self->series->len == 0)
    self->words = "Switch an optimizer on to see its curve.";
}

/* The runs are over and none of them has a number to draw. */
static gboolean
has_nothing (TwCurvesPanel *self)
{
  if (!tw_session_is_complete (session_of (self)))
    return FALSE;
  for (guint i = 0; i < self->series->len; i++) {
    const TwCurve *curve = &((const TwSeries *)self->series->pdata[i])->middle;
    for (gsize k = 0; k < curve->n; k++)
      if (isfinite (curve->values[k]))
        return FALSE;
  }
  return self->series->len > 0;
}

/* The part of a curve that the x axis shows. */
static TwCurve
visible_part (const TwCurve *curve, const TwAxis *x)
{
  TwCurve part = *curve;
  gsize stride = MAX (curve->stride, 1), first = MIN ((gsize)(x->min / (double)stride), curve->n);
  gsize last = (gsize)ceil (x->max / (double)stride);

  part.values += first;
  part.n = MIN (curve->n, last + 1) - first;
  return part;
}

static void
find_range (TwCurvesPanel *self)
{
  g_autoptr (GArray) curves = g_array_new (FALSE, FALSE, sizeof (TwCurve));
  double least = INFINITY;

  for (guint i = 0; i < self->series->len; i++) {
    const TwSeries *series = self->series->pdata[i];
    const TwCurve *all[] = { &series->middle, &series->low, &series->high };
    for (gsize c = 0; c < G_N_ELEMENTS (all); c++) {
      TwCurve part = visible_part (all[c], &self->x);
      for (gsize k = 0; k < part.n; k++)
        if (part.values[k] < least)
          least = part.values[k];
      g_array_append_val (curves, part);
    }
  }
  /* A loss below zero has no logarithm.  Of the others, only an exact zero is below: there, an end. */
  gboolean log = gtk_toggle_button_get_active (self->log) && tw_metric_may_be_log (self->metric) &&
                 (self->metric != TW_METRIC_LOSS || least >= 0);
  tw_curves_range ((const TwCurve *)(gpointer)curves->data, curves->len, log, &self->y);
}

static void
show_more (TwCurvesPanel *self)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  double end = MAX ((double)tw_session_get_n_steps (session_of (self)), 1);

  for (guint i = 0; i < self->series->len; i++)
    tw_series_grow (self->series->pdata[i], self->metric, trace);
  if (has_nothing (self))
    self->words = "None of the runs has a number to draw here.";
  self->x = (TwAxis){ 0, end, FALSE };
  if (self->zoom[0] < self->zoom[1] && self->zoom[0] < end) {
    self->x.min = self->zoom[0];
    self->x.max = MIN (self->zoom[1], end);
  }
  find_range (self);
  tw_layer_clear (&self->frame);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
}

static void
set_metric (TwCurvesPanel *self, TwMetric metric)
{
  self->metric = metric;
  self->choosing = TRUE;
  gtk_drop_down_set_selected (self->chooser, metric);
  self->choosing = FALSE;
}

/* The first few mean something everywhere, the others for networks only. */
static void
fill_chooser (TwCurvesPanel *self)
{
  GListModel *list = gtk_drop_down_get_model (self->chooser);
  gsize n = tw_metric_count (problem_of (self)), had = g_list_model_get_n_items (list);
  const char *titles[TW_N_METRICS + 1] = { NULL };

  if (n == had)
    return;
  for (gsize m = had; m < n; m++)
    titles[m - had] = tw_metric_get_title ((TwMetric)m);
  if (self->metric >= n) {
    self->chosen = FALSE;
    set_metric (self, TW_METRIC_LOSS);
  }
  self->choosing = TRUE;
  if (n > had)
    gtk_string_list_splice (GTK_STRING_LIST (list), (guint)had, 0, titles);
  else
    gtk_string_list_splice (GTK_STRING_LIST (list), (guint)n, (guint)(had - n), NULL);
  self->choosing = FALSE;
}

static void
tw_curves_panel_describe (TwPanel *panel)
{
  TwCurvesPanel *self = TW_CURVES_PANEL (panel);
  TwTrace *trace = tw_session_get_trace (session_of (self));
  g_autofree char *words = NULL;

  if (trace == NULL)
    return;
  fill_chooser (self);
  if (!self->chosen)
    set_metric (self, tw_metric_why_missing (TW_METRIC_EXCESS, problem_of (self)) == NULL ? TW_METRIC_EXCESS
                                                                                          : TW_METRIC_LOSS);
  gsize n = tw_trace_get_n_starts (trace);
  if (n > TW_SERIES_MAX_STARTS)
    words = g_strdup_printf ("median and quartiles of the first %d starts", TW_SERIES_MAX_STARTS);
  else if (n > 1)
    words = g_strdup_printf ("median and quartiles of %" G_GSIZE_FORMAT " starts", n);
  tw_panel_set_subtitle (panel, words);
}

static void
lay_out (TwCurvesPanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (TW_PANEL (self));
  double left = floor (5.0 * font), bottom = floor (2.2 * font), top = 6, right = 14;

  self->rect = (TwRect){ left, top, MAX (gtk_widget_get_width (widget) - left - right, 16),
                         MAX (gtk_widget_get_height (widget) - top - bottom, 16) };
}

static void
tw_curves_panel_update (TwPanel *panel, guint changes)
{
  TwCurvesPanel *self = TW_CURVES_PANEL (panel);

  if (changes & TW_PANEL_LOOKS)
    lay_out (self);
  if (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ENABLED))
    collect (self);
  if (changes & ~(guint)TW_SESSION_STEP)
    show_more (self);
}

/* Drawing */

static void
draw_frame (TwCurvesPanel *self, const TwTheme *theme, int width, int height)
{
  cairo_t *cr = tw_layer_begin (&self->frame, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

  cairo_rectangle (cr, self->rect.x, self->rect.y, self->rect.width, self->rect.height);
  tw_set_color (cr, &theme->background, 1);
  cairo_fill (cr);
  tw_draw_frame (cr, theme, &self->rect, &self->x, &self->y, tw_panel_get_font_size (TW_PANEL (self)),
                 TW_FRAME_GRID);
  cairo_destroy (cr);
}

static void
draw_picture (TwCurvesPanel *self, const TwTheme *theme)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  self->picture =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)ceil (self->rect.width + self->rect.x) * scale,
                                (int)ceil (self->rect.height + self->rect.y) * scale);
  cairo_surface_set_device_scale (self->picture, scale, scale);
  cairo_t *cr = cairo_create (self->picture);
  for (guint i = 0; i < self->series->len; i++) {
    const TwSeries *series = self->series->pdata[i];
    if (series->low.n > 0)
      tw_draw_band (cr, theme, &self->rect, &self->x, &self->y, &series->low, &series->high, G_MAXSIZE);
  }
  for (guint i = 0; i < self->series->len; i++) {
    const TwSeries *series = self->series->pdata[i];
    tw_draw_curve (cr, theme, &self->rect, &self->x, &self->y, &series->middle, LINE_WIDTH, G_MAXSIZE);
  }
  cairo_destroy (cr);
}

/* A line at a step; snapped, as it is thin. */
static void
draw_step (TwCurvesPanel *self, cairo_t *cr, const TwTheme *theme, double step, double alpha)
{
  double x = floor (tw_rect_x (&self->rect, &self->x, step)) + 0.5;

  if (step < self->x.min || step > self->x.max)
    return;
  tw_set_color (cr, &theme->dim, alpha);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, x, self->rect.y);
  cairo_line_to (cr, x, self->rect.y + self->rect.height);
  cairo_stroke (cr);
}

static void
draw_dots (TwCurvesPanel *self, cairo_t *cr, const TwTheme *theme, guint64 step)
{
  for (guint i = 0; i < self->series->len; i++) {
    const TwSeries *series = self->series->pdata[i];
    const TwCurve *curve = &series->middle;
    gsize sample;
    if (!tw_series_sample_at (series, step, &sample))
      continue;
    double x = tw_axis_position (&self->x, (double)(sample * curve->stride)),
           y = tw_axis_position (&self->y, curve->values[sample]);
    if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1))
      continue;
    cairo_arc (cr, self->rect.x + self->rect.width * x, self->rect.y + self->rect.height * (1 - y), 3.2, 0,
               2 * G_PI);
    tw_set_color (cr, theme->dark ? &curve->style->dark : &curve->style->light, 1);
    cairo_fill_preserve (cr);
    tw_set_color (cr, &theme->background, 1);
    cairo_set_line_width (cr, 1.2);
    cairo_stroke (cr);
  }
}

/* Reading out */

static gboolean
pointed_step (TwCurvesPanel *self, guint64 *step)
{
  double at = (self->pointer[0] - self->rect.x) / self->rect.width;

  if (!(at >= 0 && at <= 1) || self->series->len == 0 || !(self->pointer[1] >= self->rect.y) ||
      self->pointer[1] > self->rect.y + self->rect.height)
    return FALSE;
  *step = (guint64)lround (CLAMP (tw_axis_value (&self->x, at), 0, self->x.max));
  return TRUE;
}

typedef struct {
  double value;
  TwReadoutRow row;
} Reading;

static int
compare_readings (gconstpointer a, gconstpointer b)
{
  double x = ((const Reading *)a)->value, y = ((const Reading *)b)->value;

  if (isnan (x) || isnan (y))
    return isnan (x) - isnan (y);
  return (x < y) - (x > y);
}

/* The values at a step, the largest first, as the curves lie. */
static guint
read_values (TwCurvesPanel *self, guint64 step, Reading readings[TW_READOUT_MAX_ROWS])
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  guint n = MIN (self->series->len, TW_READOUT_MAX_ROWS);

  for (guint i = 0; i < n; i++) {
    const TwSeries *series = self->series->pdata[i];
    Reading *reading = &readings[i];
    const char *spec = tw_trace_get_optimizer_spec (trace, series->optimizer);
    gsize length = strcspn (spec, ","), sample;
    g_autofree char *name = g_strndup (spec, length);
    const TwOptimizerType *type = tw_optimizer_type_by_name (name);
    gboolean has = tw_series_sample_at (series, step, &sample);
    const char *shown = tw_session_get_name (session_of (self), series->optimizer);
    if (strcmp (shown, spec) != 0) /* a label of the user's own */
      g_strlcpy (reading->row.label, shown, sizeof reading->row.label);
    else
      g_snprintf (reading->row.label, sizeof reading->row.label, "%s%s%s",
                  type != NULL ? tw_optimizer_type_get_title (type) : name, spec[length] != '\0' ? " " : "",
                  spec[length] != '\0' ? spec + length + 1 : "");
    reading->row.style = series->middle.style;
    reading->value = has ? series->middle.values[sample] : NAN;
    if (isnan (reading->value))
      g_strlcpy (reading->row.value, "\342\200\223", sizeof reading->row.value);
    else
      g_snprintf (reading->row.value, sizeof reading->row.value, "%.4g", reading->value);
  }
  qsort (readings, n, sizeof *readings, compare_readings);
  return n;
}

static void
draw_readout (TwCurvesPanel *self, cairo_t *cr, const TwTheme *theme, guint64 step)
{
  Reading readings[TW_READOUT_MAX_ROWS];
  TwReadoutRow rows[TW_READOUT_MAX_ROWS];
  char title[48];
  guint n = read_values (self, step, readings);

  for (guint i = 0; i < n; i++)
    rows[i] = readings[i].row;
  g_snprintf (title, sizeof title, "Step %" G_GUINT64_FORMAT, step);
  tw_draw_readout (cr, theme, &self->rect, tw_rect_x (&self->rect, &self->x, (double)step), title, rows, n,
                   tw_panel_get_font_size (TW_PANEL (self)));
}

char *
tw_curves_panel_read_out (TwCurvesPanel *self)
{
  Reading readings[TW_READOUT_MAX_ROWS];
  guint64 step;

  if (!pointed_step (self, &step))
    return NULL;
  GString *text = g_string_new (NULL);
  guint n = read_values (self, step, readings);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s\t%s\n", readings[i].row.label, readings[i].row.value);
  return g_string_free (text, FALSE);
}

static void
tw_curves_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwCurvesPanel *self = TW_CURVES_PANEL (panel);
  guint64 step = tw_session_get_step (session_of (self)), pointed;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float)self->rect.x - 4, (float)self->rect.y - 4,
                                               (float)self->rect.width + 8, (float)self->rect.height + 8);

  if (self->words != NULL) {
    tw_panel_draw_words (panel, snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height),
                         self->words);
    return;
  }
  if (self->frame.node == NULL)
    draw_frame (self, theme, width, height);
  if (self->picture == NULL)
    draw_picture (self, theme);
  tw_layer_append (&self->frame, snapshot);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  double now = tw_rect_x (&self->rect, &self->x, (double)step) - self->rect.x;
  draw_step (self, cr, theme, (double)step, 0.55);
  cairo_save (cr);
  cairo_rectangle (cr, self->rect.x, self->rect.y, CLAMP (now, 0, self->rect.width), self->rect.height);
  cairo_clip (cr);
  cairo_set_source_surface (cr, self->picture, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
  draw_dots (self, cr, theme, step);
  if (pointed_step (self, &pointed)) {
    draw_step (self, cr, theme, (double)pointed, 0.9);
    draw_dots (self, cr, theme, pointed);
    draw_readout (self, cr, theme, pointed);
  }
  cairo_destroy (cr);
}

/* Pointer */

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TwCurvesPanel *self)
{
  self->pointer[0] = x;
  self->pointer[1] = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *controller, TwCurvesPanel *self)
{
  self->pointer[0] = self->pointer[1] = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_zoom (TwCurvesPanel *self, double from, double to)
{
  self->zoom[0] = from;
  self->zoom[1] = to;
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_ROWS);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TwCurvesPanel *self)
{
  double end = MAX ((double)tw_session_get_n_steps (session_of (self)), 1);
  double at = (self->pointer[0] - self->rect.x) / self->rect.width;

  if (!(at >= 0 && at <= 1))
    return GDK_EVENT_PROPAGATE;
  double span = self->x.max - self->x.min, fixed = tw_axis_value (&self->x, at);
  double new_span = CLAMP (span * pow (ZOOM_FACTOR, dy), MIN (MIN_SPAN, end), end);
  double from = CLAMP (fixed - at * new_span + dx * 0.05 * span, 0, end - new_span);
  if (new_span >= end)
    set_zoom (self, 0, 0);
  else
    set_zoom (self, from, from + new_span);
  return GDK_EVENT_STOP;
}

static void
scrub (TwCurvesPanel *self, double px)
{
  double at = CLAMP ((px - self->rect.x) / self->rect.width, 0, 1);

  tw_session_set_playing (session_of (self), FALSE);
  tw_session_set_step (session_of (self), (guint64)lround (MAX (tw_axis_value (&self->x, at), 0)));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TwCurvesPanel *self)
{
  if (self->series->len > 0)
    scrub (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TwCurvesPanel *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  if (self->series->len > 0)
    scrub (self, x + dx);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, TwCurvesPanel *self)
{
  if (n_press == 2)
    set_zoom (self, 0, 0);
}

/* The heading */

static void
on_metric_chosen (GObject *chooser, GParamSpec *pspec, TwCurvesPanel *self)
{
  if (self->choosing)
    return;
  self->metric = gtk_drop_down_get_selected (self->chooser);
  self->chosen = TRUE;
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_TRACE);
}

static void
on_log_toggled (GtkToggleButton *button, TwCurvesPanel *self)
{
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_ROWS);
}

static void
add_controls (TwCurvesPanel *self)
{
  const char *titles[TW_N_METRICS + 1] = { NULL };

  for (TwMetric m = 0; m < TW_METRIC_TRAIN_LOSS; m++)
    titles[m] = tw_metric_get_title (m);
  self->chooser = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (titles));
  gtk_drop_down_set_selected (self->chooser, self->metric);
  gtk_widget_set_name (GTK_WIDGET (self->chooser), "metric-chooser");
  tw_set_words (GTK_WIDGET (self->chooser), "What is drawn over the steps");
  gtk_widget_set_size_request (GTK_WIDGET (self->chooser), 164, -1); /* the same whatever is chosen */
  self->log = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label ("log"));
  gtk_toggle_button_set_active (self->log, TRUE);
  gtk_widget_set_name (GTK_WIDGET (self->log), "log-scale");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->log), "Logarithmic or linear scale");
  g_signal_connect (self->chooser, "notify::selected", G_CALLBACK (on_metric_chosen), self);
  g_signal_connect (self->log, "toggled", G_CALLBACK (on_log_toggled), self);
  tw_panel_add_control (TW_PANEL (self), GTK_WIDGET (self->chooser));
  tw_panel_add_control (TW_PANEL (self), GTK_WIDGET (self->log));
}

static void
add_gestures (TwCurvesPanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new (),
                     *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}

TwMetric
tw_curves_panel_get_metric (TwCurvesPanel *self)
{
  return self->metric;
}

const char *
tw_curves_panel_get_words (TwCurvesPanel *self)
{
  return self->words;
}

void
tw_curves_panel_get_axes (TwCurvesPanel *self, TwRect *rect, TwAxis *x, TwAxis *y)
{
  *rect = self->rect;
  *x = self->x;
  *y = self->y;
}

static void
tw_curves_panel_finalize (GObject *object)
{
  TwCurvesPanel *self = TW_CURVES_PANEL (object);

  tw_layer_clear (&self->frame);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_ptr_array_unref (self->series);
  G_OBJECT_CLASS (tw_curves_panel_parent_class)->finalize (object);
}

static void
tw_curves_panel_class_init (TwCurvesPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_curves_panel_finalize;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->describe = tw_curves_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_curves_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_curves_panel_draw;
}

static void
tw_curves_panel_init (TwCurvesPanel *self)
{
  self->series = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_series_free);
  self->metric = TW_METRIC_EXCESS;
  self->pointer[0] = self->pointer[1] = NAN;
  add_controls (self);
  add_gestures (self);
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 110);
}

TwPanel *
tw_curves_panel_new (TwSession *session)
{
  return g_object_new (
    TW_TYPE_CURVES_PANEL, "session", session, "title", "Curves", "help",
    "A number of each optimizer over its steps, up to the moment that is shown: the loss, the length of the "
    "gradient, ...\n\n"
    "On the logarithmic scale a straight line down means that the number shrinks by the same factor in every "
    "step.  With many starts a line is their median, and half of them lie in the band around it.\n\n"
    "Point to read all of them at a step.  Drag to go to a step, turn the wheel to zoom, double-click to see "
    "all "
    "steps.",
    NULL);
}
