/* landscape-input.c: the user's hands on the landscape: starts, zoom, pan. */
#include <math.h>
#include <string.h>

#include "ui/landscape-private.h"

#define CLICK_DISTANCE 3.0 /* pixels until a press becomes a drag */
#define GRAB_DISTANCE 16.0 /* pixels around a start within which it is taken */
#define WHEEL_FACTOR 1.25  /* per click */
#define TURN 0.01          /* radians per pixel */
#define MAX_ZOOM 1e10      /* in and ... */
#define MAX_SPAN 50.0      /* ... out, against the domain */

static TwSession *
session_of (TwLandscapePanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

/* Starts */

/* x, y of each start that is shown. */
static GArray *
list_starts (TwLandscapePanel *self)
{
  const GArray *own = tw_session_get_experiment (session_of (self))->starts;
  TwTrace *trace = tw_session_get_trace (session_of (self));
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (double));

  if (own->len > 0)
    g_array_append_vals (starts, own->data, own->len);
  else if (trace != NULL && tw_trace_get_n_optimizers (trace) > 0)
    for (gsize s = 0; s < MIN (tw_trace_get_n_starts (trace), TW_LANDSCAPE_MAX_STARTS); s++)
      if (tw_trace_get_n_rows (trace, 0, s) > 0)
        g_array_append_vals (starts, tw_trace_get_theta (trace, 0, s), 2);
  return starts;
}

static void
set_starts (TwLandscapePanel *self, const GArray *starts)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (session_of (self)));

  g_array_set_size (experiment->starts, 0);
  g_array_append_vals (experiment->starts, starts->data, starts->len);
  experiment->n_random_starts = 0;
  tw_session_set_experiment (session_of (self), experiment);
}

static gsize
nearest_start (TwLandscapePanel *self, const GArray *starts, double px, double py, double *distance)
{
  gsize nearest = 0;

  *distance = INFINITY;
  for (gsize i = 0; 2 * i + 1 < starts->len; i++) {
    double x = tw_view_x (&self->view, g_array_index (starts, double, 2 * i));
    double y = tw_view_y (&self->view, g_array_index (starts, double, 2 * i + 1));
    if (hypot (x - px, y - py) < *distance) {
      *distance = hypot (x - px, y - py);
      nearest = i;
    }
  }
  return nearest;
}

/* With no more digits than a pixel can tell, so that they can be read out and typed again. */
static void
point_at (TwLandscapePanel *self, double px, double py, double point[2])
{
  const TwRect *rect = &self->view.rect;
  double x = tw_axis_value (&self->view.x, CLAMP ((px - rect->x) / rect->width, 0, 1));
  double y = tw_axis_value (&self->view.y, CLAMP (1 - (py - rect->y) / rect->height, 0, 1));
  double power = floor (log10 ((self->view.x.max - self->view.x.min) / rect->width)), unit = pow (10, fabs (power));

  /* A quotient of whole numbers is the double nearest to the decimal number; a product with 0.001 is not. */
  point[0] = power < 0 ? round (x * unit) / unit : round (x / unit) * unit;
  point[1] = power < 0 ? round (y * unit) / unit : round (y / unit) * unit;
}

static void
move_start (TwLandscapePanel *self, double px, double py)
{
  double point[2];

  point_at (self, px, py, point);
  tw_session_set_start (session_of (self), self->dragged, point[0], point[1]);
}

/* FALSE: there is none there. */
static gboolean
grab_start (TwLandscapePanel *self, double px, double py)
{
  g_autoptr (GArray) starts = list_starts (self);
  gboolean own = tw_session_get_experiment (session_of (self))->starts->len > 0;
  double distance;

  self->dragged = nearest_start (self, starts, px, py, &distance);
  if (distance > GRAB_DISTANCE)
    return FALSE;
  if (!own && starts->len > 2)
    set_starts (self, starts); /* to move one of the random ones, they become the user's own */
  return TRUE;
}

/* Where there is none: the nearest comes here, or this one replaces those that are random. */
static void
place_start (TwLandscapePanel *self, double px, double py)
{
  g_autoptr (GArray) starts = list_starts (self);
  double distance;

  self->dragged = nearest_start (self, starts, px, py, &distance);
  move_start (self, px, py);
}

static void
add_or_remove_start (TwLandscapePanel *self, double px, double py)
{
  g_autoptr (GArray) starts = list_starts (self);
  double distance, point[2];
  gsize nearest = nearest_start (self, starts, px, py, &distance);

  if (distance <= GRAB_DISTANCE && starts->len > 2) {
    g_array_remove_range (starts, (guint)(2 * nearest), 2);
  } else {
    point_at (self, px, py, point);
    g_array_append_vals (starts, point, 2);
  }
  set_starts (self, starts);
}

/* The view */

static void
get_domain (TwLandscapePanel *self, double domain[4])
{
  domain[0] = self->view.x.min, domain[1] = self->view.x.max;
  domain[2] = self->view.y.min, domain[3] = self->view.y.max;
}

/* Scales a domain by `factor` (< 1: closer) around the point at (px, py), which stays where it is. */
static void
zoom (TwLandscapePanel *self, const double from[4], double px, double py, double factor)
{
  const TwRect *rect = &self->view.rect;

  if (self->in_space) /* around the middle: the pointer is not over a point of the plane */
    px = rect->x + rect->width / 2, py = rect->y + rect->height / 2;
  double u = CLAMP ((px - rect->x) / rect->width, 0, 1), v = CLAMP (1 - (py - rect->y) / rect->height, 0, 1);
  double all[4], x = from[0] + u * (from[1] - from[0]), y = from[2] + v * (from[3] - from[2]);
  const double domain[4] = { x + (from[0] - x) * factor, x + (from[1] - x) * factor,
                             y + (from[2] - y) * factor, y + (from[3] - y) * factor };

  if (!self->has_landscape || tw_landscape_panel_get_problem (self, all) == NULL)
    return;
  double span = (domain[1] - domain[0]) / (all[1] - all[0]);
  double size =
    MAX (fabs (x), fabs (y)) * 1e-13 * rect->width; /* where doubles still differ from pixel to pixel */
  if (span > MAX_SPAN || span < 1 / MAX_ZOOM || domain[1] - domain[0] < size || domain[3] - domain[2] < size)
    return;
  tw_landscape_panel_show_domain (self, domain);
}

static void
pan (TwLandscapePanel *self, const double from[4], double dx, double dy)
{
  double x = -dx / self->view.rect.width * (from[1] - from[0]),
         y = dy / self->view.rect.height * (from[3] - from[2]);
  const double domain[4] = { from[0] + x, from[1] + x, from[2] + y, from[3] + y };

  if (self->has_landscape)
    tw_landscape_panel_show_domain (self, domain);
}

static void
turn (TwLandscapePanel *self, const TwCamera *from, double dx, double dy)
{
  TwCamera camera = { .yaw = remainder (from->yaw + TURN * dx, 2 * G_PI),
                      .pitch = CLAMP (from->pitch + TURN * dy, 0.1, G_PI / 2) };

  tw_landscape_panel_look_from (self, &camera);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TwLandscapePanel *self)
{
  double domain[4];

  if (!self->has_landscape || !tw_view_contains (&self->view, self->pointer[0], self->pointer[1]))
    return GDK_EVENT_PROPAGATE;
  get_domain (self, domain);
  zoom (self, domain, self->pointer[0], self->pointer[1], pow (WHEEL_FACTOR, dy));
  return GDK_EVENT_STOP;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, TwLandscapePanel *self)
{
  get_domain (self, self->hand_domain);
  if (!gtk_gesture_get_bounding_box_center (gesture, &self->hand_at[0], &self->hand_at[1]))
    self->hand_at[0] = self->hand_at[1] = 0;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, TwLandscapePanel *self)
{
  zoom (self, self->hand_domain, self->hand_at[0], self->hand_at[1], 1 / scale);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TwLandscapePanel *self)
{
  const TwRect *rect = &self->view.rect;
  double domain[4], px = rect->x + rect->width / 2, py = rect->y + rect->height / 2, step = 0.1 * rect->width;

  if (!self->has_landscape || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return GDK_EVENT_PROPAGATE;
  get_domain (self, domain);
  if (key == GDK_KEY_plus || key == GDK_KEY_equal || key == GDK_KEY_KP_Add)
    zoom (self, domain, px, py, 1 / WHEEL_FACTOR);
  else if (key == GDK_KEY_minus || key == GDK_KEY_KP_Subtract)
    zoom (self, domain, px, py, WHEEL_FACTOR);
  else if (key == GDK_KEY_0 || key == GDK_KEY_KP_0)
    tw_landscape_panel_show_domain (self, NULL);
  else if (!(state & GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  else if (self->in_space && (key == GDK_KEY_Left || key == GDK_KEY_Right))
    turn (self, &self->camera, key == GDK_KEY_Left ? -10 : 10, 0);
  else if (self->in_space && (key == GDK_KEY_Up || key == GDK_KEY_Down))
    turn (self, &self->camera, 0, key == GDK_KEY_Up ? 10 : -10);
  else if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    pan (self, domain, key == GDK_KEY_Left ? step : -step, 0);
  else if (key == GDK_KEY_Up || key == GDK_KEY_Down)
    pan (self, domain, 0, key == GDK_KEY_Up ? step : -step);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* Presses and drags */

/* The second press of two: the first one moved a start, which was not what the user wanted. */
static gboolean
is_second_press (TwLandscapePanel *self, double px, double py)
{
  gint64 now = g_get_monotonic_time (), before = self->pressed_at;
  int most;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &most, NULL);
  self->pressed_at = now;
  gboolean second = now - before < most * 1000LL && hypot (px - self->hand_at[0], py - self->hand_at[1]) < 5;
  self->hand_at[0] = px, self->hand_at[1] = py;
  return second;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double px, double py, TwLandscapePanel *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  self->hand = TW_HAND_NONE;
  self->dragging = FALSE;
  if (!self->has_landscape || !tw_view_contains (&self->view, px, py) || button > GDK_BUTTON_MIDDLE) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  tw_session_begin_change (session_of (self));
  get_domain (self, self->hand_domain);
  if (self->in_space) {
    if (is_second_press (self, px, py) && self->zoomed)
      tw_landscape_panel_show_domain (self, NULL);
    self->hand = TW_HAND_TURN;
    self->hand_camera = self->camera;
  } else if (button == GDK_BUTTON_MIDDLE || (state & GDK_CONTROL_MASK)) {
    self->hand = TW_HAND_PAN;
  } else if (is_second_press (self, px, py) && self->zoomed) {
    if (self->before_click != NULL)
      tw_session_set_experiment (session_of (self), self->before_click);
    tw_landscape_panel_show_domain (self, NULL);
  } else if (state & GDK_SHIFT_MASK) {
    self->hand = TW_HAND_ADD;
  } else {
    g_clear_pointer (&self->before_click, tw_experiment_free);
    self->before_click = tw_experiment_copy (tw_session_get_experiment (session_of (self)));
    self->hand = grab_start (self, px, py) ? TW_HAND_START : TW_HAND_PLACE;
  }
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TwLandscapePanel *self)
{
  double px, py;

  if (!self->dragging && hypot (dx, dy) < CLICK_DISTANCE)
    return;
  if (!self->dragging && self->hand == TW_HAND_START)
    tw_session_hold (session_of (self));
  if (!self->dragging && (self->hand == TW_HAND_PLACE || self->hand == TW_HAND_START))
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  self->dragging = TRUE;
  gtk_gesture_drag_get_start_point (gesture, &px, &py);
  if (self->hand == TW_HAND_START)
    move_start (self, px + dx, py + dy);
  else if (self->hand == TW_HAND_PAN || self->hand == TW_HAND_PLACE)
    pan (self, self->hand_domain, dx, dy);
  else if (self->hand == TW_HAND_TURN)
    turn (self, &self->hand_camera, dx, dy);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TwLandscapePanel *self)
{
  if (self->hand == TW_HAND_PLACE && !self->dragging)
    place_start (self, self->hand_at[0], self->hand_at[1]);
  if (self->hand == TW_HAND_ADD)
    add_or_remove_start (self, self->hand_at[0] + dx, self->hand_at[1] + dy);
  if (self->hand == TW_HAND_START && self->dragging)
    tw_session_release (session_of (self));
  else if (self->hand == TW_HAND_START || self->hand == TW_HAND_ADD ||
           (self->hand == TW_HAND_PLACE && !self->dragging))
    tw_session_restart (session_of (self));
  self->hand = TW_HAND_NONE;
  self->dragging = FALSE;
}

/* The pointer */

static void
on_motion (GtkEventControllerMotion *controller, double px, double py, TwLandscapePanel *self)
{
  g_autoptr (GArray) starts = self->has_landscape && !self->in_space ? list_starts (self) : NULL;
  double distance = INFINITY;

  self->pointer[0] = px, self->pointer[1] = py;
  if (self->dragging) {
    gtk_widget_queue_draw (GTK_WIDGET (self));
    return;
  }
  if (starts != NULL)
    nearest_start (self, starts, px, py, &distance);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), self->in_space              ? "all-scroll"
                                                      : distance <= GRAB_DISTANCE ? "grab"
                                                                                  : "crosshair");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *controller, TwLandscapePanel *self)
{
  self->pointer[0] = self->pointer[1] = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_landscape_panel_add_gestures (TwLandscapePanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new (), *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new (), *key = gtk_event_controller_key_new (),
                     *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
}
