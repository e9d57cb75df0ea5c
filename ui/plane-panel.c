#include "ui/plane-panel.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/trajectory.h"
#include "ui/plane-painter.h"

#define LINE_WIDTH 2.0
#define REFIT 1.5 /* times as many snapshots as the plane was laid through: it is laid anew */
#define ZOOM 1.2

struct _TwPlanePanel {
  TwPanel parent_instance;

  TwNetworkFocus *focus;
  GtkDropDown *kinds;
  GtkWidget *chosen_box; /* the optimizers, where the plane depends on one */
  TwPlaneKind kind;

  TwPlaneScene *scene; /* NULL: nothing to show yet */
  TwPlanePicture *picture;
  gsize laid_through; /* snapshots when the plane was laid */
  char *error;

  GCancellable *painting; /* of the order that is under way; NULL: none */
  gboolean laying;        /* it lays a new plane */
  gsize asked;            /* snapshots there were */
  GCancellable *projecting;

  TwView view;
  gboolean zoomed;
  double shown[4]; /* where zoomed */
  double pointer[2];
  TwLayer ground;

  /* Trails up to the last snapshot: a surface of halos, one of lines. */
  cairo_surface_t *trails[2];
  GArray *pens; /* (2, O, S) of TwTrailPen */
  gboolean trails_stale;
  gsize drawn_row; /* of snapshots, the last that was drawn */
};

G_DEFINE_FINAL_TYPE (TwPlanePanel, tw_plane_panel, TW_TYPE_PANEL)

static TwSession *
session_of (TwPlanePanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

/* The trace that is shown, if whole positions are kept of it. */
static TwTrace *
get_trace (TwPlanePanel *self)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));

  return trace != NULL && tw_trace_get_n_snapshot_starts (trace) > 0 ? trace : NULL;
}

static gsize
count_snapshots (TwPlanePanel *self)
{
  TwTrace *trace = get_trace (self);
  gsize n = 0;

  for (gsize o = 0; trace != NULL && o < tw_trace_get_n_optimizers (trace); o++)
    for (gsize s = 0; tw_session_get_enabled (session_of (self), o) && s < tw_trace_get_n_snapshot_starts (trace); s++)
      n += tw_trace_get_n_snapshots (trace, o, s);
  return n;
}

/* Words */

static char *
describe_axis (TwPlanePanel *self, int axis)
{
  static const char *const words[][2] = { { "component 1", "component 2" },
                                          { "random direction 1", "random direction 2" },
                                          { "to the second end", "to the third point" } };
  const TwPlane *plane = self->scene->plane;

  return g_strdup_printf ("%s \302\267 %.3g %% of variance", words[plane->kind][axis], 100 * plane->explained[axis]);
}

static void
describe (TwPlanePanel *self)
{
  TwPanel *panel = TW_PANEL (self);

  if (self->scene == NULL || self->picture == NULL) {
    tw_panel_set_subtitle (panel, NULL);
    return;
  }
  const TwPlane *plane = self->scene->plane;
  g_autofree char *over = g_strdup_printf ("over %s", self->picture->loss);
  g_autofree char *spoken = g_strdup_printf (
    "Loss %s, on a grid of %" G_GSIZE_FORMAT " by %" G_GSIZE_FORMAT " points; the plane holds %.3g %% of the runs' variance",
    over, self->picture->columns, self->picture->rows, 100 * (plane->explained[0] + plane->explained[1]));
  tw_panel_set_subtitle (panel, over);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, spoken, -1);
}

/* Orders */

static void order (TwPlanePanel *self, gboolean lay);

static void
cancel (GCancellable **cancellable)
{
  if (*cancellable != NULL)
    g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
}

static void
take_scene (TwPlanePanel *self, TwPlaneScene *scene)
{
  if (scene == self->scene)
    return;
  tw_plane_scene_unref (self->scene);
  self->scene = tw_plane_scene_ref (scene);
  self->trails_stale = TRUE;
}

static void
take_picture (TwPlanePanel *self, TwPlaneNews *news)
{
  tw_plane_picture_free (self->picture);
  self->picture = g_steal_pointer (&news->picture);
  tw_layer_clear (&self->ground);
}

static void
on_news (TwPlaneNews *news, gpointer data)
{
  TwPlanePanel *self = data;

  g_free (self->error);
  self->error = g_strdup (news->error);
  /* A new plane is shown with its ground, unless there is nothing yet. */
  if (news->scene != NULL && (news->picture != NULL || self->scene == NULL)) {
    take_scene (self, news->scene);
    self->laid_through = self->laying ? self->asked : self->laid_through;
  }
  if (news->picture != NULL)
    take_picture (self, news);
  if (news->done) {
    g_clear_object (&self->painting);
    self->laying = FALSE;
  }
  describe (self);
  /* More may have come while the plane was laid.  What failed is not tried again before it does. */
  tw_panel_invalidate (TW_PANEL (self), news->done && news->error == NULL ? TW_SESSION_ROWS : TW_SESSION_STEP);
}

static void
on_projected (TwPlaneNews *news, gpointer data)
{
  TwPlanePanel *self = data;

  g_clear_object (&self->projecting);
  if (news->scene != NULL && self->scene != NULL && news->scene->plane == self->scene->plane)
    take_scene (self, news->scene);
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_STEP);
}

/* Room for labels left and below. */
static void
lay_out (TwPlanePanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (TW_PANEL (self));
  double left = floor (5.0 * font), bottom = floor (3.6 * font), right = 12, top = 6;
  TwRect rect = { left, top, MAX (floor (gtk_widget_get_width (widget) - left - right), 16),
                  MAX (floor (gtk_widget_get_height (widget) - top - bottom), 16) };
  double domain[4] = { -1, 1, -1, 1 };

  if (self->zoomed)
    memcpy (domain, self->shown, sizeof domain);
  else if (self->scene != NULL)
    memcpy (domain, self->scene->box, sizeof domain);
  tw_plane_fit_domain (domain, rect.width, rect.height);
  tw_view_init (&self->view, &rect, domain);
}

static void
fill_order (TwPlanePanel *self, TwPlaneOrder *order, gboolean *used)
{
  TwTrace *trace = get_trace (self);
  gssize chosen = tw_network_focus_get_optimizer (self->focus);

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    used[o] = tw_session_get_enabled (session_of (self), o);
  *order = (TwPlaneOrder){
    .trace = trace,
    .kind = self->kind,
    .used = used,
    .chosen = (gsize)MAX (chosen, 0),
    .has_domain = self->zoomed,
    .width = (int)self->view.rect.width,
    .height = (int)self->view.rect.height,
    .scale = gtk_widget_get_scale_factor (GTK_WIDGET (self)),
    .dark = tw_panel_get_theme (TW_PANEL (self))->dark,
    .alone = tw_session_is_complete (session_of (self)),
  };
  memcpy (order->domain, self->shown, sizeof order->domain);
}

/* The loss on the plane as it is shown; with `lay`, the plane anew. */
static void
order (TwPlanePanel *self, gboolean lay)
{
  TwTrace *trace = get_trace (self);
  TwPlaneOrder new_order;

  if (trace == NULL || gtk_widget_get_width (GTK_WIDGET (self)) == 0)
    return;
  lay = lay || self->laying || self->scene == NULL;
  cancel (&self->painting);
  if (lay)
    cancel (&self->projecting);
  g_autofree gboolean *used = g_new0 (gboolean, tw_trace_get_n_optimizers (trace));
  fill_order (self, &new_order, used);
  new_order.plane = lay ? NULL : self->scene->plane;
  self->laying = lay;
  self->asked = count_snapshots (self);
  self->painting = g_cancellable_new ();
  tw_plane_paint (&new_order, self->painting, on_news, self);
}

/* More snapshots, on the plane there is. */
static void
project (TwPlanePanel *self)
{
  TwPlaneOrder new_order;
  TwTrace *trace = get_trace (self);

  if (self->projecting != NULL)
    return;
  g_autofree gboolean *used = g_new0 (gboolean, tw_trace_get_n_optimizers (trace));
  fill_order (self, &new_order, used);
  new_order.plane = self->scene->plane;
  new_order.project_only = TRUE;
  self->projecting = g_cancellable_new ();
  tw_plane_paint (&new_order, self->projecting, on_projected, self);
}

/* While runs go on: a plane that was laid through few of their snapshots is laid anew, else they are added. */
static void
follow_rows (TwPlanePanel *self)
{
  gsize n = count_snapshots (self);
  gboolean complete = tw_session_is_complete (session_of (self));

  if (get_trace (self) == NULL || n < 2 || (self->painting != NULL && self->laying))
    return;
  if (self->scene == NULL || ((double)n >= REFIT * (double)self->laid_through && !complete) ||
      (complete && n != self->laid_through))
    order (self, TRUE);
  else if (n != self->scene->n_snapshots)
    project (self);
}

static void
forget (TwPlanePanel *self)
{
  cancel (&self->painting);
  cancel (&self->projecting);
  self->laying = FALSE;
  g_clear_pointer (&self->scene, tw_plane_scene_unref);
  g_clear_pointer (&self->picture, tw_plane_picture_free);
  g_clear_pointer (&self->error, g_free);
  self->laid_through = 0;
  self->zoomed = FALSE;
  tw_layer_clear (&self->ground);
  describe (self);
}

static void
tw_plane_panel_update (TwPanel *panel, guint changes)
{
  TwPlanePanel *self = TW_PLANE_PANEL (panel);

  lay_out (self);
  if (changes & (TW_SESSION_PROBLEM | TW_SESSION_TRACE | TW_SESSION_ENABLED | TW_PANEL_LOOKS))
    self->trails_stale = TRUE;
  if (changes & TW_PANEL_LOOKS)
    tw_layer_clear (&self->ground);
  /* Of another trace the old plane stays in sight until the new one is there. */
  if (changes & (TW_SESSION_TRACE | TW_SESSION_ENABLED)) {
    self->laid_through = 0;
    if (get_trace (self) != NULL && count_snapshots (self) >= 2)
      order (self, TRUE);
  } else if ((changes & TW_PANEL_LOOKS) && self->scene != NULL) {
    order (self, FALSE);
  }
  if (changes & TW_SESSION_ROWS)
    follow_rows (self);
}

/* At once, so that nothing of another problem is drawn. */
static void
tw_plane_panel_describe (TwPanel *panel)
{
  TwPlanePanel *self = TW_PLANE_PANEL (panel);
  TwTrace *trace = get_trace (self);

  if (self->scene != NULL && (trace == NULL || tw_trace_get_n_optimizers (trace) != self->scene->n_optimizers ||
                              tw_trace_get_n_snapshot_starts (trace) != self->scene->n_starts ||
                              tw_problem_get_dim (tw_trace_get_problem (trace)) != self->scene->plane->dim))
    forget (self);
}

/* Drawing */

static void
draw_axis_titles (TwPlanePanel *self, cairo_t *cr, const TwTheme *theme)
{
  double font = tw_panel_get_font_size (TW_PANEL (self));
  const TwRect *rect = &self->view.rect;
  g_autofree char *across = describe_axis (self, 0), *up = describe_axis (self, 1);

  tw_set_font (cr, font, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text_within (cr, rect->x + rect->width / 2, rect->y + rect->height + 3.1 * font, 0.5, rect->width, across);
  cairo_save (cr);
  cairo_translate (cr, 1.2 * font, rect->y + rect->height / 2);
  cairo_rotate (cr, -G_PI / 2);
  tw_draw_text_within (cr, 0, 0, 0.5, rect->height, up);
  cairo_restore (cr);
}

/* Axes, and the loss; while a new picture is on the way the old one, at its place. */
static void
draw_ground (TwPlanePanel *self, const TwTheme *theme, int width, int height)
{
  const TwRect *rect = &self->view.rect;
  cairo_t *cr = tw_layer_begin (&self->ground, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  tw_set_color (cr, &theme->missing, 1);
  cairo_paint (cr);
  if (self->picture != NULL) {
    const double *domain = self->picture->domain;
    double x = tw_view_x (&self->view, domain[0]), y = tw_view_y (&self->view, domain[3]);
    cairo_translate (cr, x, y);
    cairo_scale (cr, (tw_view_x (&self->view, domain[1]) - x) / self->picture->width,
                 (tw_view_y (&self->view, domain[2]) - y) / self->picture->height);
    cairo_set_source_surface (cr, self->picture->picture, 0, 0);
    cairo_paint (cr);
  }
  cairo_restore (cr);
  tw_draw_frame (cr, theme, rect, &self->view.x, &self->view.y, tw_panel_get_font_size (TW_PANEL (self)), 0);
  draw_axis_titles (self, cr, theme);
  cairo_destroy (cr);
}

static void
clear_trails (TwPlanePanel *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = (int)self->view.rect.width * scale, height = (int)self->view.rect.height * scale;

  for (int pass = 0; pass < 2; pass++) {
    g_clear_pointer (&self->trails[pass], cairo_surface_destroy);
    self->trails[pass] = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_surface_set_device_scale (self->trails[pass], scale, scale);
    cairo_surface_set_device_offset (self->trails[pass], -self->view.rect.x * scale, -self->view.rect.y * scale);
  }
  g_array_set_size (self->pens, 0);
  g_array_set_size (self->pens, (guint)(2 * self->scene->n_optimizers * self->scene->n_starts));
  self->trails_stale = FALSE;
  self->drawn_row = 0;
}

/* Run (o, s) on the plane, and where the session's step is among its snapshots: at `row`, and `part` of the way to the
 * next.  FALSE: not shown. */
static gboolean
get_run (TwPlanePanel *self, gsize o, gsize s, TwTrajectory *run, gsize *row, double *part)
{
  const TwPlaneScene *scene = self->scene;
  TwTrace *trace = get_trace (self);
  gsize n = scene->n_points[o * scene->n_starts + s], n_steps;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &n_steps);
  guint64 now = tw_session_get_step (session_of (self));

  n = MIN (n, n_steps); /* of the trace before, perhaps, while a new scene is on the way */
  if (n == 0 || !tw_session_get_enabled (session_of (self), o))
    return FALSE;
  gboolean all = n == tw_trace_get_n_snapshots (trace, o, s);
  *run = (TwTrajectory){ .theta = scene->points[o * scene->n_starts + s],
                         .n_rows = n,
                         .stride = 2,
                         .style = tw_session_get_style (session_of (self), o),
                         .primary = s == 0,
                         .stop = all ? tw_trace_get_stop_reason (trace, o, s) : TW_STOP_RUNNING };
  *row = 0;
  while (*row + 1 < n && steps[*row + 1] <= now)
    (*row)++;
  *part = *row + 1 < n ? (double)(now - steps[*row]) / (double)(steps[*row + 1] - steps[*row]) : 0;
  return TRUE;
}

/* The last snapshot that some run has passed. */
static gsize
get_last_row (TwPlanePanel *self)
{
  gsize last = 0, row;
  TwTrajectory run;
  double part;

  for (gsize o = 0; o < self->scene->n_optimizers; o++)
    if (get_run (self, o, 0, &run, &row, &part))
      last = MAX (last, row);
  return last;
}

static void
grow_trails (TwPlanePanel *self, const TwTheme *theme)
{
  gsize S = self->scene->n_starts, O = self->scene->n_optimizers, last = get_last_row (self), row;
  TwTrajectory run;
  double part;

  if (self->trails_stale || self->trails[0] == NULL || last < self->drawn_row)
    clear_trails (self);
  for (int pass = 0; pass < 2; pass++) {
    cairo_t *cr = cairo_create (self->trails[pass]);
    for (gsize s = S; s-- > 0;)
      for (gsize o = 0; o < O; o++)
        if (get_run (self, o, s, &run, &row, &part))
          tw_trail_draw (cr, theme, &self->view, &run, (TwTrailPass)pass, LINE_WIDTH,
                         &g_array_index (self->pens, TwTrailPen, ((gsize)pass * O + o) * S + s), row);
    cairo_destroy (cr);
  }
  self->drawn_row = last;
}

/* From the last snapshot to where the run is by now, on a straight line; and its head there. */
static void
draw_head (TwPlanePanel *self, cairo_t *cr, const TwTheme *theme, const TwTrajectory *run, gsize row, double part,
           const TwTrailPen *pens[2])
{
  const double *at = run->theta + 2 * row;
  double ends[4] = { at[0], at[1], at[0], at[1] };
  TwTrajectory way = *run;

  way.theta = ends;
  way.n_rows = 2;
  if (part > 0) {
    way.stop = TW_STOP_RUNNING;
    for (int axis = 0; axis < 2; axis++)
      ends[2 + axis] += part * (at[2 + axis] - at[axis]);
    for (int pass = 0; pass < 2; pass++) {
      TwTrailPen pen = *pens[pass];
      pen.next_row = 1;
      tw_trail_draw (cr, theme, &self->view, &way, (TwTrailPass)pass, LINE_WIDTH, &pen, 1);
    }
  } else if (row + 1 < run->n_rows) {
    way.stop = TW_STOP_RUNNING;
  }
  tw_trajectory_draw_head (cr, theme, &self->view, &way, 1, run->primary ? 4.5 : 2.5);
}

static void
draw_runs (TwPlanePanel *self, GtkSnapshot *snapshot, const TwTheme *theme)
{
  const TwRect *rect = &self->view.rect;
  gsize S = self->scene->n_starts, O = self->scene->n_optimizers, row;
  TwTrajectory run;
  double part;

  grow_trails (self, theme);
  cairo_t *cr = gtk_snapshot_append_cairo (
    snapshot, &GRAPHENE_RECT_INIT ((float)rect->x, (float)rect->y, (float)rect->width, (float)rect->height));
  for (int pass = 0; pass < 2; pass++) {
    cairo_set_source_surface (cr, self->trails[pass], 0, 0);
    cairo_paint (cr);
  }
  for (gsize s = S; s-- > 0;) {
    for (gsize o = 0; o < O; o++)
      if (get_run (self, o, s, &run, &row, &part)) {
        tw_draw_start (cr, theme, &self->view, run.theta[0], run.theta[1], s == 0 ? 6 : 3);
        break;
      }
    for (gsize o = 0; o < O; o++)
      if (get_run (self, o, s, &run, &row, &part)) {
        const TwTrailPen *pens[2];
        for (gsize pass = 0; pass < 2; pass++)
          pens[pass] = &g_array_index (self->pens, TwTrailPen, (pass * O + o) * S + s);
        draw_head (self, cr, theme, &run, row, part, pens);
      }
  }
  cairo_destroy (cr);
}

static void
tw_plane_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwPlanePanel *self = TW_PLANE_PANEL (panel);
  TwTrace *trace = tw_session_get_trace (session_of (self));
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);

  if (get_trace (self) == NULL || self->scene == NULL) {
    if (trace != NULL && tw_trace_get_n_snapshot_starts (trace) == 0)
      tw_panel_draw_words (panel, snapshot, &all,
                           "So many coordinates that whole positions are not kept: two of each run would not fit into "
                           "512 MB.  The curves show how the runs go.");
    else if (trace != NULL)
      tw_panel_draw_words (panel, snapshot, &all, self->error != NULL && tw_session_is_complete (session_of (self))
                                                    ? self->error
                                                    : "Laying a plane through the runs\342\200\246");
    return;
  }
  if (self->ground.node == NULL)
    draw_ground (self, theme, width, height);
  tw_layer_append (&self->ground, snapshot);
  draw_runs (self, snapshot, theme);
}

/* Hands */

static void
show_domain (TwPlanePanel *self, const double domain[4])
{
  self->zoomed = domain != NULL;
  if (domain != NULL)
    memcpy (self->shown, domain, sizeof self->shown);
  tw_panel_invalidate (TW_PANEL (self), TW_PANEL_LOOKS);
}

static void
zoom (TwPlanePanel *self, double factor, double x, double y)
{
  const TwView *view = &self->view;
  double domain[4] = { view->x.min, view->x.max, view->y.min, view->y.max };
  double at[2] = { tw_axis_value (&view->x, (x - view->rect.x) / view->rect.width),
                   tw_axis_value (&view->y, 1 - (y - view->rect.y) / view->rect.height) };

  if (self->scene == NULL)
    return;
  for (int i = 0; i < 4; i++)
    domain[i] = at[i / 2] + (domain[i] - at[i / 2]) * factor;
  show_domain (self, domain);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TwPlanePanel *self)
{
  if (self->scene == NULL || isnan (self->pointer[0]))
    return FALSE;
  zoom (self, pow (ZOOM, dy), self->pointer[0], self->pointer[1]);
  return TRUE;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TwPlanePanel *self)
{
  self->pointer[0] = x;
  self->pointer[1] = y;
}

static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, TwPlanePanel *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n == 2)
    show_domain (self, NULL);
}

/* + and - zoom around the middle, 0 shows all. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, TwPlanePanel *self)
{
  const TwRect *rect = &self->view.rect;
  double x = rect->x + rect->width / 2, y = rect->y + rect->height / 2;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  if (key == GDK_KEY_plus || key == GDK_KEY_equal || key == GDK_KEY_KP_Add)
    zoom (self, 1 / ZOOM, x, y);
  else if (key == GDK_KEY_minus || key == GDK_KEY_KP_Subtract)
    zoom (self, ZOOM, x, y);
  else if (key == GDK_KEY_0 || key == GDK_KEY_KP_0)
    show_domain (self, NULL);
  else
    return FALSE;
  return TRUE;
}

static void
add_controllers (TwPlanePanel *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new (), *keys = gtk_event_controller_key_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

char *
tw_plane_panel_read_out (TwPlanePanel *self, double x, double y)
{
  const TwPlanePicture *picture = self->picture;
  const TwView *view = &self->view;

  if (self->scene == NULL || picture == NULL || !tw_view_contains (view, x, y))
    return NULL;
  double a = tw_axis_value (&view->x, (x - view->rect.x) / view->rect.width),
         b = tw_axis_value (&view->y, 1 - (y - view->rect.y) / view->rect.height);
  const double *d = picture->domain;
  double u = (a - d[0]) / (d[1] - d[0]) * (double)(picture->columns - 1),
         v = (b - d[2]) / (d[3] - d[2]) * (double)(picture->rows - 1);
  if (!(u >= 0 && v >= 0 && u <= (double)(picture->columns - 1) && v <= (double)(picture->rows - 1)))
    return NULL;
  gsize i = (gsize)lround (u), j = (gsize)lround (v);
  double loss = tw_field_value_of_level (picture->field, picture->field->level[j * picture->columns + i]);
  return g_strdup_printf ("(%.3g, %.3g): loss %.4g at the nearest of %" G_GSIZE_FORMAT " \303\227 %" G_GSIZE_FORMAT
                          " points",
                          a, b, loss,
                          picture->columns, picture->rows);
}

static gboolean
tw_plane_panel_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *text = keyboard ? NULL : tw_plane_panel_read_out (TW_PLANE_PANEL (widget), x, y);

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

/* The choice */

void
tw_plane_panel_set_kind (TwPlanePanel *self, TwPlaneKind kind)
{
  gtk_drop_down_set_selected (self->kinds, kind);
}

const TwPlane *
tw_plane_panel_get_plane (TwPlanePanel *self, gsize *columns, gsize *rows, gboolean *finest)
{
  *columns = self->picture != NULL ? self->picture->columns : 0;
  *rows = self->picture != NULL ? self->picture->rows : 0;
  *finest = self->picture != NULL && self->picture->finest && self->painting == NULL;
  return self->scene != NULL ? self->scene->plane : NULL;
}

static void
lay_anew (TwPlanePanel *self)
{
  self->zoomed = FALSE;
  self->laid_through = 0;
  if (count_snapshots (self) >= 2)
    order (self, TRUE);
}

static void
on_kind (GtkDropDown *list, GParamSpec *pspec, TwPlanePanel *self)
{
  self->kind = (TwPlaneKind)gtk_drop_down_get_selected (list);
  gtk_widget_set_visible (self->chosen_box, self->kind != TW_PLANE_PRINCIPAL);
  lay_anew (self);
}

static void
on_chosen (TwNetworkFocus *focus, TwPlanePanel *self)
{
  if (self->kind != TW_PLANE_PRINCIPAL)
    lay_anew (self);
}

static void
add_controls (TwPlanePanel *self)
{
  static const char *const names[] = { "Principal Components", "Random Directions", "End Points", NULL };
  GtkWidget *kinds = gtk_drop_down_new_from_strings (names);

  self->chosen_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_box_append (GTK_BOX (self->chosen_box), tw_network_focus_chooser_new (self->focus));
  gtk_widget_set_visible (self->chosen_box, FALSE);
  tw_panel_add_control (TW_PANEL (self), self->chosen_box);
  gtk_widget_set_tooltip_text (kinds, "Which plane");
  gtk_accessible_update_property (GTK_ACCESSIBLE (kinds), GTK_ACCESSIBLE_PROPERTY_LABEL, "Which plane", -1);
  g_signal_connect (kinds, "notify::selected", G_CALLBACK (on_kind), self);
  self->kinds = GTK_DROP_DOWN (kinds);
  tw_panel_add_control (TW_PANEL (self), kinds);
}

/* The object */

static void
tw_plane_panel_dispose (GObject *object)
{
  TwPlanePanel *self = TW_PLANE_PANEL (object);

  cancel (&self->painting);
  cancel (&self->projecting);
  tw_layer_clear (&self->ground);
  if (self->focus != NULL)
    g_signal_handlers_disconnect_by_data (self->focus, self);
  g_clear_object (&self->focus);
  G_OBJECT_CLASS (tw_plane_panel_parent_class)->dispose (object);
}

static void
tw_plane_panel_finalize (GObject *object)
{
  TwPlanePanel *self = TW_PLANE_PANEL (object);

  tw_plane_scene_unref (self->scene);
  tw_plane_picture_free (self->picture);
  g_free (self->error);
  for (int pass = 0; pass < 2; pass++)
    g_clear_pointer (&self->trails[pass], cairo_surface_destroy);
  g_array_unref (self->pens);
  G_OBJECT_CLASS (tw_plane_panel_parent_class)->finalize (object);
}

static void
tw_plane_panel_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 380 : 150;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 300;
}

static void
tw_plane_panel_class_init (TwPlanePanelClass *klass)
{
  GTK_WIDGET_CLASS (klass)->measure = tw_plane_panel_measure;
  GTK_WIDGET_CLASS (klass)->query_tooltip = tw_plane_panel_query_tooltip;
  G_OBJECT_CLASS (klass)->dispose = tw_plane_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_plane_panel_finalize;
  TW_PANEL_CLASS (klass)->interests = TW_SESSION_PROBLEM | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP |
                                      TW_SESSION_ENABLED | TW_SESSION_LOOKS;
  TW_PANEL_CLASS (klass)->describe = tw_plane_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_plane_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_plane_panel_draw;
}

static void
tw_plane_panel_init (TwPlanePanel *self)
{
  self->pens = g_array_new (FALSE, TRUE, sizeof (TwTrailPen));
  self->trails_stale = TRUE;
  self->pointer[0] = self->pointer[1] = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  add_controllers (self);
}

TwPanel *
tw_plane_panel_new (TwNetworkFocus *focus)
{
  TwPlanePanel *self = g_object_new (
    TW_TYPE_PLANE_PANEL, "session", tw_network_focus_get_session (focus), "title", "Loss on a Plane", "help",
    "A plane through parameter space, with the true loss on it: dark is low, light is high.  Every run is shown by the "
    "nearest point of the plane, at up to 128 of its steps, with straight lines between.  A run is seldom on the plane, "
    "so its own loss may differ from the colour under it; the axes say how much of the runs\342\200\231 variance lies "
    "along them, the heading over which rows the loss is taken: all of them, or the same random sample at every point.\n\n"
    "\342\200\234Principal Components\342\200\235 shows the two directions in which the runs that are switched on vary "
    "most.  \342\200\234Random Directions\342\200\235 looks around the end of one run, along two random directions that "
    "are as long as the network, filter by filter (Li et al. 2018).  \342\200\234End Points\342\200\235 goes through the "
    "ends of up to three runs, and the start where there are fewer.\n\n"
    "Turn the wheel to zoom, double-click to see all of it; + and \342\210\222 and 0 do the same.",
    NULL);

  self->focus = g_object_ref (focus);
  g_signal_connect (focus, "changed", G_CALLBACK (on_chosen), self);
  add_controls (self);
  return TW_PANEL (self);
}
