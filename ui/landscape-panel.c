#include "ui/landscape-panel.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/trajectory.h"
#include "ui/scenery.h"

#define MAX_STARTS 100 /* drawn per optimizer */
#define LINE_WIDTH 2.0
#define CLICK_DISTANCE 3.0 /* pixels until a press becomes a drag */
#define GRAB_DISTANCE 16.0 /* pixels around a start within which it is taken */
#define MAX_EXTENSION 1.5  /* of the domain, for equal units on both axes */

struct _TwLandscapePanel {
  TwPanel parent_instance;

  gboolean has_landscape;
  TwView view; /* in the widget */
  TwScenery *scenery;
  GCancellable *painting; /* of the picture that is on the way */
  double asked_domain[4];
  int asked_width, asked_height, asked_scale;
  gboolean asked_dark;
  TwLayer ground;

  /* Trails: a surface of halos and one of lines, that grow with the step. */
  cairo_surface_t *trails[2];
  GArray *pens; /* (2, O, N) of TwTrailPen */
  gboolean trails_stale;
  guint64 drawn_step;

  gsize dragged; /* number of the start */
  gboolean dragging;
};

G_DEFINE_FINAL_TYPE (TwLandscapePanel, tw_landscape_panel, TW_TYPE_PANEL)

static TwSession *
session_of (TwLandscapePanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

/* Layout */

static TwProblem *
landscape_of (TwLandscapePanel *self, double domain[4])
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  TwProblem *problem = trace != NULL ? tw_trace_get_problem (trace) : NULL;

  if (problem == NULL || tw_problem_get_dim (problem) != 2 || !tw_problem_get_domain (problem, domain))
    return NULL;
  return problem;
}

/* Equal units on both axes, so that a gradient looks perpendicular to its contour; the shorter side shows
 * more than the domain.  Where that would be much more, the axes keep units of their own. */
static void
fit_domain (double domain[4], double width, double height)
{
  double unit = ((domain[1] - domain[0]) / width) / ((domain[3] - domain[2]) / height);
  int axis = unit > 1 ? 2 : 0;
  double factor = unit > 1 ? unit : 1 / unit;

  if (factor > MAX_EXTENSION)
    return;
  double middle = (domain[axis] + domain[axis + 1]) / 2,
         half = (domain[axis + 1] - domain[axis]) / 2 * factor;
  domain[axis] = middle - half;
  domain[axis + 1] = middle + half;
}

static void
lay_out (TwLandscapePanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (TW_PANEL (self)), domain[4];
  double left = floor (3.6 * font), bottom = floor (2.2 * font), right = 12, top = 6;
  TwRect rect = { left, top, MAX (gtk_widget_get_width (widget) - left - right, 16),
                  MAX (gtk_widget_get_height (widget) - top - bottom, 16) };

  self->has_landscape = landscape_of (self, domain) != NULL;
  if (!self->has_landscape)
    return;
  fit_domain (domain, rect.width, rect.height);
  tw_view_init (&self->view, &rect, domain);
}

gboolean
tw_landscape_panel_get_view (TwLandscapePanel *self, TwView *view)
{
  if (self->has_landscape)
    *view = self->view;
  return self->has_landscape;
}

/* The ground */

static void
on_painted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwLandscapePanel) self = data;
  TwScenery *scenery = tw_scenery_paint_finish (result, NULL);

  if (scenery == NULL || g_task_get_cancellable (G_TASK (result)) != self->painting) {
    tw_scenery_free (scenery);
    return;
  }
  g_clear_object (&self->painting);
  g_clear_pointer (&self->scenery, tw_scenery_free);
  self->scenery = scenery;
  tw_layer_clear (&self->ground);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
order_scenery (TwLandscapePanel *self, gboolean other_problem)
{
  double domain[4], shown[4] = { self->view.x.min, self->view.x.max, self->view.y.min, self->view.y.max };
  TwProblem *problem = landscape_of (self, domain);
  int width = (int)self->view.rect.width, height = (int)self->view.rect.height;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gboolean dark = tw_panel_get_theme (TW_PANEL (self))->dark;

  if (problem == NULL)
    return;
  if (!other_problem && (self->painting != NULL || self->scenery != NULL) && width == self->asked_width &&
      height == self->asked_height && scale == self->asked_scale && dark == self->asked_dark &&
      memcmp (shown, self->asked_domain, sizeof shown) == 0)
    return;
  memcpy (self->asked_domain, shown, sizeof shown);
  self->asked_width = width;
  self->asked_height = height;
  self->asked_scale = scale;
  self->asked_dark = dark;
  if (self->painting != NULL)
    g_cancellable_cancel (self->painting);
  g_clear_object (&self->painting);
  self->painting = g_cancellable_new ();
  if (other_problem)
    g_clear_pointer (&self->scenery, tw_scenery_free);
  tw_scenery_paint_async (problem, shown, width, height, scale, dark, self->painting, on_painted,
                          g_object_ref (self));
}

/* Axes, and the picture; while a new one is on the way the old one, at its place. */
static void
draw_ground (TwLandscapePanel *self, const TwTheme *theme, int width, int height)
{
  const TwRect *rect = &self->view.rect;
  cairo_t *cr = tw_layer_begin (&self->ground, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  tw_set_color (cr, &theme->missing, 1);
  cairo_paint (cr);
  if (self->scenery != NULL) {
    const double *domain = self->scenery->domain;
    double x = tw_view_x (&self->view, domain[0]), y = tw_view_y (&self->view, domain[3]);
    cairo_translate (cr, x, y);
    cairo_scale (cr, (tw_view_x (&self->view, domain[1]) - x) / self->scenery->width,
                 (tw_view_y (&self->view, domain[2]) - y) / self->scenery->height);
    cairo_set_source_surface (cr, self->scenery->picture, 0, 0);
    cairo_paint (cr);
  }
  cairo_restore (cr);
  tw_draw_frame (cr, theme, rect, &self->view.x, &self->view.y, tw_panel_get_font_size (TW_PANEL (self)), 0);
  cairo_destroy (cr);
}

/* The trails */

static void
clear_trails (TwLandscapePanel *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  TwTrace *trace = tw_session_get_trace (session_of (self));
  int width = (int)ceil (self->view.rect.width) * scale, height = (int)ceil (self->view.rect.height) * scale;

  for (int pass = 0; pass < 2; pass++) {
    g_clear_pointer (&self->trails[pass], cairo_surface_destroy);
    self->trails[pass] = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_surface_set_device_scale (self->trails[pass], scale, scale);
    cairo_surface_set_device_offset (self->trails[pass], -self->view.rect.x * scale,
                                     -self->view.rect.y * scale);
  }
  g_array_set_size (self->pens, 0);
  if (trace != NULL)
    g_array_set_size (self->pens, (guint)(2 * tw_trace_get_n_optimizers (trace) *
                                          MIN (tw_trace_get_n_starts (trace), MAX_STARTS)));
  self->trails_stale = FALSE;
  self->drawn_step = 0;
}

/* Calls draw_run for every run that is shown, the first start last, so that it lies on top. */
typedef void (*DrawRun) (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, const TwTrajectory *run,
                         TwTrailPen *pen, TwTrailPass pass);

static void
for_each_run (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, TwTrailPass pass, DrawRun draw_run)
{
  TwSession *session = session_of (self);
  TwTrace *trace = tw_session_get_trace (session);
  gsize n_starts = MIN (tw_trace_get_n_starts (trace), MAX_STARTS), O = tw_trace_get_n_optimizers (trace);

  for (gsize s = n_starts; s-- > 0;)
    for (gsize o = 0; o < O; o++) {
      TwTrajectory run;
      if (!tw_session_get_enabled (session, o))
        continue;
      tw_trajectory_init (&run, trace, o, s, tw_session_get_style (session, o));
      draw_run (self, cr, theme, &run,
                &g_array_index (self->pens, TwTrailPen, ((gsize)pass * O + o) * n_starts + s), pass);
    }
}

static void
grow_trail (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, const TwTrajectory *run,
            TwTrailPen *pen, TwTrailPass pass)
{
  tw_trail_draw (cr, theme, &self->view, run, pass, LINE_WIDTH, pen, tw_session_get_step (session_of (self)));
}

static void
draw_head (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, const TwTrajectory *run,
           TwTrailPen *pen, TwTrailPass pass)
{
  guint64 step = tw_session_get_step (session_of (self));

  if (run->primary)
    tw_trajectory_draw_attention (cr, theme, &self->view, run, step, 5);
  tw_trajectory_draw_head (cr, theme, &self->view, run, step, run->primary ? 4.5 : 2.5);
}

static void
grow_trails (TwLandscapePanel *self, const TwTheme *theme)
{
  guint64 step = tw_session_get_step (session_of (self));

  if (self->trails_stale || step < self->drawn_step || self->trails[0] == NULL)
    clear_trails (self);
  for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++) {
    cairo_t *cr = cairo_create (self->trails[pass]);
    for_each_run (self, cr, theme, (TwTrailPass)pass, grow_trail);
    cairo_destroy (cr);
  }
  self->drawn_step = step;
}

static void
draw_starts (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  gsize n = MIN (tw_trace_get_n_starts (trace), MAX_STARTS);

  for (gsize s = n; s-- > 0;)
    if (tw_trace_get_n_optimizers (trace) > 0 && tw_trace_get_n_rows (trace, 0, s) > 0) {
      const double *theta = tw_trace_get_theta (trace, 0, s);
      tw_draw_start (cr, theme, &self->view, theta[0], theta[1], s == 0 ? 6 : 3);
    }
}

static void
draw_runs (TwLandscapePanel *self, GtkSnapshot *snapshot, const TwTheme *theme)
{
  const TwRect *rect = &self->view.rect;
  graphene_rect_t bounds =
    GRAPHENE_RECT_INIT ((float)rect->x, (float)rect->y, (float)rect->width, (float)rect->height);

  grow_trails (self, theme);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  for (int pass = 0; pass < 2; pass++) {
    cairo_set_source_surface (cr, self->trails[pass], 0, 0);
    cairo_paint (cr);
  }
  draw_starts (self, cr, theme);
  for_each_run (self, cr, theme, TW_TRAIL_LINE, draw_head);
  cairo_destroy (cr);
}

static void
tw_landscape_panel_describe (TwPanel *panel)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (panel));
  const char *words = NULL;
  gsize n;
  const TwProblemInfo *all = tw_problem_list (&n);

  if (trace == NULL)
    return;
  TwProblem *problem = tw_trace_get_problem (trace);
  for (gsize i = 0; i < n; i++)
    if (strcmp (all[i].name, tw_problem_get_name (problem)) == 0)
      words = all[i].summary;
  tw_panel_set_title (panel, tw_problem_get_title (problem));
  tw_panel_set_subtitle (panel, words != NULL ? words : tw_problem_get_formula (problem));
}

static void
tw_landscape_panel_update (TwPanel *panel, guint changes)
{
  TwLandscapePanel *self = TW_LANDSCAPE_PANEL (panel);

  if (changes & (TW_SESSION_PROBLEM | TW_SESSION_TRACE | TW_PANEL_LOOKS)) {
    lay_out (self);
    order_scenery (self, (changes & TW_SESSION_PROBLEM) != 0);
  }
  if (changes & (TW_SESSION_PROBLEM | TW_PANEL_LOOKS))
    tw_layer_clear (&self->ground);
  if (changes & (TW_SESSION_TRACE | TW_SESSION_EXPERIMENT | TW_SESSION_ENABLED | TW_PANEL_LOOKS))
    self->trails_stale = TRUE;
}

static void
tw_landscape_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwLandscapePanel *self = TW_LANDSCAPE_PANEL (panel);
  TwTrace *trace = tw_session_get_trace (session_of (self));

  if (!self->has_landscape) {
    if (trace != NULL)
      tw_panel_draw_words (
        panel, snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height),
        "This problem has more than two coordinates, so there is no landscape to draw.  The "
        "curves show how its runs go.");
    return;
  }
  if (self->ground.node == NULL)
    draw_ground (self, theme, width, height);
  tw_layer_append (&self->ground, snapshot);
  if (trace != NULL)
    draw_runs (self, snapshot, theme);
}

/* The start follows the pointer */

static gsize
nearest_start (TwLandscapePanel *self, double px, double py, double *distance)
{
  const GArray *starts = tw_session_get_experiment (session_of (self))->starts;
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

static void
move_start (TwLandscapePanel *self, double px, double py)
{
  const TwRect *rect = &self->view.rect;
  double x = tw_axis_value (&self->view.x, CLAMP ((px - rect->x) / rect->width, 0, 1));
  double y = tw_axis_value (&self->view.y, CLAMP (1 - (py - rect->y) / rect->height, 0, 1));
  /* No more digits than a pixel can tell, so that they can be read out and typed again. */
  double unit = pow (10, floor (log10 ((self->view.x.max - self->view.x.min) / rect->width)));

  tw_session_set_start (session_of (self), self->dragged, round (x / unit) * unit, round (y / unit) * unit);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double px, double py, TwLandscapePanel *self)
{
  double distance;

  if (!self->has_landscape || !tw_view_contains (&self->view, px, py)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  tw_session_begin_change (session_of (self));
  self->dragging = FALSE;
  self->dragged = nearest_start (self, px, py, &distance);
  if (distance > GRAB_DISTANCE)
    move_start (self, px, py);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TwLandscapePanel *self)
{
  double px, py;

  if (!self->dragging && hypot (dx, dy) < CLICK_DISTANCE)
    return;
  if (!self->dragging) {
    self->dragging = TRUE;
    tw_session_hold (session_of (self));
  }
  gtk_gesture_drag_get_start_point (gesture, &px, &py);
  move_start (self, px + dx, py + dy);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TwLandscapePanel *self)
{
  if (self->dragging)
    tw_session_release (session_of (self));
  else if (self->has_landscape)
    tw_session_restart (session_of (self));
  self->dragging = FALSE;
}

static void
tw_landscape_panel_dispose (GObject *object)
{
  TwLandscapePanel *self = TW_LANDSCAPE_PANEL (object);

  if (self->painting != NULL)
    g_cancellable_cancel (self->painting);
  g_clear_object (&self->painting);
  tw_layer_clear (&self->ground);
  G_OBJECT_CLASS (tw_landscape_panel_parent_class)->dispose (object);
}

static void
tw_landscape_panel_finalize (GObject *object)
{
  TwLandscapePanel *self = TW_LANDSCAPE_PANEL (object);

  g_clear_pointer (&self->scenery, tw_scenery_free);
  for (int pass = 0; pass < 2; pass++)
    g_clear_pointer (&self->trails[pass], cairo_surface_destroy);
  g_array_unref (self->pens);
  G_OBJECT_CLASS (tw_landscape_panel_parent_class)->finalize (object);
}

static void
tw_landscape_panel_class_init (TwLandscapePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_landscape_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_landscape_panel_finalize;
  TW_PANEL_CLASS (klass)->interests = TW_SESSION_EXPERIMENT | TW_SESSION_PROBLEM | TW_SESSION_TRACE |
                                      TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->describe = tw_landscape_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_landscape_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_landscape_panel_draw;
}

static void
tw_landscape_panel_init (TwLandscapePanel *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->pens = g_array_new (FALSE, TRUE, sizeof (TwTrailPen));
  self->trails_stale = TRUE;
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
  gtk_widget_set_size_request (GTK_WIDGET (self), 320, 280);
}

TwPanel *
tw_landscape_panel_new (TwSession *session)
{
  return g_object_new (
    TW_TYPE_LANDSCAPE_PANEL, "session", session, "title", "Landscape", "help",
    "The loss over its two coordinates: dark is low, light is high, each line joins points of "
    "equal loss.  A star is a known minimum.\n\n"
    "Each optimizer starts at the ring and leaves a trail; dots on it are its steps.  The "
    "hollow diamond is the point the learned optimizer attends to: it takes its gradient "
    "there, a little off its path.\n\n"
    "Click or drag anywhere to start there.",
    NULL);
}
