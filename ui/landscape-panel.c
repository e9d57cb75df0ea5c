#include "ui/landscape-private.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/readout.h"
#include "ui/drawing/trajectory.h"

#define LINE_WIDTH 2.0
#define GROW_TIME (12 * G_TIME_SPAN_MILLISECOND) /* of trails in a frame, ... */
#define ROWS_AT_ONCE 20000                       /* ... but at least so many steps */
#define MAX_EXTENSION 1.5 /* of the domain, for equal units on both axes */

G_DEFINE_FINAL_TYPE (TwLandscapePanel, tw_landscape_panel, TW_TYPE_PANEL)

enum { VIEW_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static TwSession *
session_of (TwLandscapePanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

/* Layout */

TwProblem *
tw_landscape_panel_get_problem (TwLandscapePanel *self, double domain[4])
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

  self->has_landscape = tw_landscape_panel_get_problem (self, domain) != NULL;
  if (!self->has_landscape)
    return;
  if (self->zoomed)
    memcpy (domain, self->shown, sizeof domain);
  fit_domain (domain, rect.width, rect.height);
  tw_view_init (&self->view, &rect, domain);
}

void
tw_landscape_panel_show_domain (TwLandscapePanel *self, const double domain[4])
{
  self->zoomed = domain != NULL;
  if (domain != NULL)
    memcpy (self->shown, domain, sizeof self->shown);
  tw_panel_invalidate (TW_PANEL (self), TW_PANEL_LOOKS);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

gboolean
tw_landscape_panel_get_shown (TwLandscapePanel *self, double domain[4])
{
  memcpy (domain, self->shown, sizeof self->shown);
  return self->zoomed && self->has_landscape;
}

void
tw_landscape_panel_get_camera (TwLandscapePanel *self, double *yaw, double *pitch)
{
  *yaw = self->camera.yaw * 180 / G_PI;
  *pitch = self->camera.pitch * 180 / G_PI;
}

void
tw_landscape_panel_look_from (TwLandscapePanel *self, const TwCamera *camera)
{
  self->in_space = camera != NULL;
  if (camera != NULL)
    self->camera = *camera;
  g_clear_pointer (&self->surface, tw_surface_free);
  tw_layer_clear (&self->ground);
  self->trails.stale = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
tw_landscape_panel_get_view (TwLandscapePanel *self, TwView *view)
{
  if (self->has_landscape)
    *view = self->view;
  return self->has_landscape;
}

/* The ground */

gboolean
tw_landscape_panel_is_painted (TwLandscapePanel *self)
{
  return self->scenery != NULL && self->painting == NULL;
}

static void order_scenery (TwLandscapePanel *self, gboolean other_problem);

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
  g_clear_pointer (&self->surface, tw_surface_free);
  g_clear_pointer (&self->scenery, tw_scenery_free);
  self->scenery = scenery;
  self->trails.stale |= self->in_space;
  tw_layer_clear (&self->ground);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->paint_again)
    order_scenery (self, FALSE);
}

static void
order_scenery (TwLandscapePanel *self, gboolean other_problem)
{
  double domain[4], shown[4] = { self->view.x.min, self->view.x.max, self->view.y.min, self->view.y.max };
  TwProblem *problem = tw_landscape_panel_get_problem (self, domain);
  int width = (int)self->view.rect.width, height = (int)self->view.rect.height;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  const TwTheme *theme = tw_panel_get_theme (TW_PANEL (self));

  if (problem == NULL)
    return;
  if (!other_problem && (self->painting != NULL || self->scenery != NULL) && width == self->asked_width &&
      height == self->asked_height && scale == self->asked_scale && theme == self->asked_theme &&
      memcmp (shown, self->asked_domain, sizeof shown) == 0)
    return;
  /* While the view moves each picture is finished, so that there is something to see on the way. */
  if (!other_problem && self->painting != NULL && self->scenery != NULL) {
    self->paint_again = TRUE;
    return;
  }
  self->paint_again = FALSE;
  memcpy (self->asked_domain, shown, sizeof shown);
  self->asked_width = width;
  self->asked_height = height;
  self->asked_scale = scale;
  self->asked_theme = theme;
  if (self->painting != NULL)
    g_cancellable_cancel (self->painting);
  g_clear_object (&self->painting);
  self->painting = g_cancellable_new ();
  if (other_problem) {
    g_clear_pointer (&self->surface, tw_surface_free);
    g_clear_pointer (&self->scenery, tw_scenery_free);
  }
  tw_scenery_paint_async (problem, shown, width, height, scale, theme, self->painting, on_painted,
                          g_object_ref (self));
}

/* Axes, and the picture; while a new one is on the way the old one, at its place. */
static void
draw_ground (TwLandscapePanel *self, const TwTheme *theme, int width, int height)
{
  const TwRect *rect = &self->view.rect;
  cairo_t *cr = tw_layer_begin (&self->ground, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

  if (self->scenery != NULL)
    tw_draw_picture (cr, theme, &self->view, self->scenery->picture, self->scenery->domain, self->scenery->width,
                     self->scenery->height);
  else
    tw_draw_picture (cr, theme, &self->view, NULL, NULL, 0, 0);
  tw_draw_frame (cr, theme, rect, &self->view.x, &self->view.y, tw_panel_get_font_size (TW_PANEL (self)), 0);
  cairo_destroy (cr);
}

static void
draw_surface (TwLandscapePanel *self, const TwTheme *theme, int width, int height)
{
  cairo_t *cr = tw_layer_begin (&self->ground, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

  if (self->surface == NULL && self->scenery != NULL) {
    self->surface = tw_surface_new (self->scenery->field, theme, &self->view.rect,
                                    gtk_widget_get_scale_factor (GTK_WIDGET (self)), &self->camera);
    self->trails.stale = TRUE;
  }
  if (self->surface != NULL)
    tw_surface_draw (self->surface, cr, theme, tw_panel_get_font_size (TW_PANEL (self)));
  cairo_destroy (cr);
}

/* The trails */

/* Calls draw_run for every run that is shown, the first start last, so that it lies on top; until it says FALSE. */
typedef gboolean (*DrawRun) (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, const TwTrajectory *run,
                             gsize number);

static void
for_each_run (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, DrawRun draw_run)
{
  TwSession *session = session_of (self);
  TwTrace *trace = tw_session_get_trace (session);
  gsize n_starts = MIN (tw_trace_get_n_starts (trace), TW_LANDSCAPE_MAX_STARTS),
        O = tw_trace_get_n_optimizers (trace);

  for (gsize s = n_starts; s-- > 0;)
    for (gsize o = 0; o < O; o++) {
      TwTrajectory run;
      if (!tw_session_get_enabled (session, o))
        continue;
      tw_trajectory_init (&run, trace, o, s, tw_session_get_style (session, o));
      if (!draw_run (self, cr, theme, &run, o * n_starts + s))
        return;
    }
}

/* Both passes, piece by piece; FALSE when this frame has had enough. */
static gboolean
grow_trail (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, const TwTrajectory *run, gsize number)
{
  gsize step = tw_session_get_step (session_of (self)), first;

  while ((first = tw_trails_get_pen (&self->trails, TW_TRAIL_LINE, number)->next_row) <= step && first < run->n_rows) {
    if (self->n_grown > ROWS_AT_ONCE && g_get_monotonic_time () > self->grow_until) {
      self->unfinished = TRUE;
      return FALSE;
    }
    gsize last = MIN (step, first + TW_TRAIL_PIECE - 1);
    for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++) {
      TwTrailPen *pen = tw_trails_get_pen (&self->trails, (TwTrailPass)pass, number);
      if (self->in_space)
        tw_surface_draw_trail (self->surface, self->sheets[pass], theme, run, (TwTrailPass)pass, LINE_WIDTH, pen, last);
      else
        tw_trail_draw (self->sheets[pass], theme, &self->view, run, (TwTrailPass)pass, LINE_WIDTH, pen, last);
    }
    self->n_grown += MIN (last, run->n_rows - 1) + 1 - first;
  }
  return TRUE;
}

static gboolean
draw_head (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, const TwTrajectory *run, gsize number)
{
  guint64 step = tw_session_get_step (session_of (self));

  if (self->in_space) {
    tw_surface_draw_head (self->surface, cr, theme, run, step, run->primary ? 4.5 : 2.5,
                          (self->overlays & TW_OVERLAY_ATTENTION) != 0);
    return TRUE;
  }
  if (run->primary && (self->overlays & TW_OVERLAY_ATTENTION))
    tw_trajectory_draw_attention (cr, theme, &self->view, run, step, 5);
  tw_trajectory_draw_head (cr, theme, &self->view, run, step, run->primary ? 4.5 : 2.5);
  return TRUE;
}

static gboolean
on_go_on (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_REMOVE;
}

/* Millions of steps that are wanted at once are drawn over some frames. */
static void
grow_trails (TwLandscapePanel *self, const TwTheme *theme)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  guint64 step = tw_session_get_step (session_of (self));

  tw_trails_begin (&self->trails, &self->view.rect, gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                   tw_trace_get_n_optimizers (trace) * MIN (tw_trace_get_n_starts (trace), TW_LANDSCAPE_MAX_STARTS), step);
  self->n_grown = 0;
  self->unfinished = FALSE;
  self->grow_until = g_get_monotonic_time () + GROW_TIME;
  for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++)
    self->sheets[pass] = tw_trails_open (&self->trails, (TwTrailPass)pass);
  for_each_run (self, NULL, theme, grow_trail);
  for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++)
    g_clear_pointer (&self->sheets[pass], cairo_destroy);
  if (self->unfinished)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), on_go_on, NULL, NULL);
}

static void
draw_starts (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  gsize n = MIN (tw_trace_get_n_starts (trace), TW_LANDSCAPE_MAX_STARTS);
  TwView view = self->in_space ? tw_view_of_pixels (&self->view.rect) : self->view;
  gboolean explicit_starts = tw_session_get_experiment (session_of (self))->starts->len > 0;

  for (gsize s = n; s-- > 0;)
    if (tw_trace_get_n_optimizers (trace) > 0 && tw_trace_get_n_rows (trace, 0, s) > 0) {
      const double *theta = tw_trace_get_theta (trace, 0, s);
      double at[2] = { theta[0], theta[1] };
      if (self->in_space)
        tw_surface_project (self->surface, theta[0], theta[1], at);
      tw_draw_start (cr, theme, &view, at[0], at[1], s == 0 ? 6 : explicit_starts ? 5 : 3);
    }
}

static void
draw_minima_in_space (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme)
{
  const double *minima;
  gsize n = tw_problem_get_minima (tw_trace_get_problem (tw_session_get_trace (session_of (self))), &minima);

  tw_surface_draw_minima (self->surface, cr, theme, minima, n, 8);
}

/* A corner that the pointer is not in tells what is under it. */
static void
draw_pointed (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme)
{
  g_autofree char *words = tw_landscape_panel_read_out (self);
  const TwRect *rect = &self->view.rect;
  double font = tw_panel_get_font_size (TW_PANEL (self)), line = ceil (1.45 * font), width = 0;

  if (words == NULL)
    return;
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);
  guint n = g_strv_length (lines);
  cairo_save (cr);
  tw_set_font (cr, font, FALSE);
  for (guint i = 0; i < n; i++)
    width = MAX (width, tw_text_width (cr, lines[i]));
  double height = n * line + 8, left = rect->x + 6, top = rect->y + 6;
  width += 14;
  if (self->pointer[0] < left + width + 24 && self->pointer[1] < top + height + 24)
    top = rect->y + rect->height - height - 6;
  cairo_rectangle (cr, floor (left) + 0.5, floor (top) + 0.5, floor (width), floor (height));
  tw_set_color (cr, &theme->background, 0.88);
  cairo_fill (cr);
  tw_set_color (cr, &theme->foreground, 1);
  for (guint i = 0; i < n; i++)
    tw_draw_text (cr, left + 7, top + 4 + (i + 1) * line - 0.35 * font, 0, lines[i]);
  cairo_restore (cr);
}

static void
draw_runs (TwLandscapePanel *self, GtkSnapshot *snapshot, const TwTheme *theme)
{
  const TwRect *rect = &self->view.rect;
  graphene_rect_t bounds =
    GRAPHENE_RECT_INIT ((float)rect->x, (float)rect->y, (float)rect->width, (float)rect->height);

  grow_trails (self, theme);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  tw_trails_paint (&self->trails, cr);
  if (self->in_space)
    draw_minima_in_space (self, cr, theme);
  draw_starts (self, cr, theme);
  if (!self->in_space)
    tw_landscape_panel_draw_overlays (self, cr, theme);
  for_each_run (self, cr, theme, draw_head);
  draw_pointed (self, cr, theme);
  cairo_destroy (cr);
}

static void
tw_landscape_panel_describe (TwPanel *panel)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (panel));
  const char *words = NULL;
  double domain[4];
  gsize n;
  const TwProblemInfo *all = tw_problem_list (&n);

  /* Of others than landscapes the name may be long, and would make the window wide though the panel is hidden. */
  if (trace == NULL || tw_landscape_panel_get_problem (TW_LANDSCAPE_PANEL (panel), domain) == NULL)
    return;
  TwProblem *problem = tw_trace_get_problem (trace);
  for (gsize i = 0; i < n; i++)
    if (strcmp (all[i].name, tw_problem_get_name (problem)) == 0)
      words = all[i].summary;
  tw_panel_set_title (panel, tw_problem_get_title (problem));
  const char *formula = tw_problem_get_formula (problem);
  if (words == NULL && g_strcmp0 (formula, tw_problem_get_title (problem)) != 0)
    words = formula;
  tw_panel_set_subtitle (panel, words);
}

static void
tw_landscape_panel_update (TwPanel *panel, guint changes)
{
  TwLandscapePanel *self = TW_LANDSCAPE_PANEL (panel);

  if (changes & TW_SESSION_PROBLEM)
    self->zoomed = FALSE;
  if (changes & (TW_SESSION_PROBLEM | TW_SESSION_TRACE | TW_PANEL_LOOKS)) {
    lay_out (self);
    order_scenery (self, (changes & TW_SESSION_PROBLEM) != 0);
  }
  if (changes & (TW_SESSION_PROBLEM | TW_PANEL_LOOKS)) {
    tw_layer_clear (&self->ground);
    tw_layer_clear (&self->field_layer);
    g_clear_pointer (&self->surface, tw_surface_free);
  }
  if (changes & (TW_SESSION_TRACE | TW_SESSION_EXPERIMENT | TW_SESSION_ENABLED | TW_PANEL_LOOKS))
    self->trails.stale = TRUE;
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
  if (self->ground.node == NULL && self->in_space)
    draw_surface (self, theme, width, height);
  else if (self->ground.node == NULL)
    draw_ground (self, theme, width, height);
  tw_layer_append (&self->ground, snapshot);
  if ((self->overlays & TW_OVERLAY_FIELD) && !self->in_space) {
    if (self->field_layer.node == NULL)
      tw_landscape_panel_draw_field (self, theme);
    tw_layer_append (&self->field_layer, snapshot);
  }
  if (trace != NULL && (!self->in_space || self->surface != NULL))
    draw_runs (self, snapshot, theme);
  if (self->scenery != NULL && !self->scenery->field->has_values)
    tw_panel_draw_words (panel, snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height),
                         "Nowhere in what is shown is the loss a number.");
}

/* What is at a point */

gboolean
tw_landscape_panel_evaluate (TwLandscapePanel *self, const double point[2], double *loss, double gradient[2])
{
  double domain[4];
  TwProblem *problem = tw_landscape_panel_get_problem (self, domain);

  if (problem == NULL)
    return FALSE;
  if (problem != self->read_problem) {
    g_clear_pointer (&self->read_work, tw_problem_work_free);
    g_clear_pointer (&self->read_problem, tw_problem_unref);
    self->read_problem = tw_problem_ref (problem);
    self->read_work = tw_problem_work_new (problem, 1);
  }
  tw_problem_eval_exact (problem, self->read_work, 1, point, NULL, loss, gradient);
  return TRUE;
}

gboolean
tw_landscape_panel_get_pointed (TwLandscapePanel *self, double point[2])
{
  if (!self->has_landscape || self->in_space ||
      !tw_view_contains (&self->view, self->pointer[0], self->pointer[1]))
    return FALSE;
  point[0] = tw_axis_value (&self->view.x, (self->pointer[0] - self->view.rect.x) / self->view.rect.width);
  point[1] =
    tw_axis_value (&self->view.y, 1 - (self->pointer[1] - self->view.rect.y) / self->view.rect.height);
  return TRUE;
}

char *
tw_landscape_panel_read_out (TwLandscapePanel *self)
{
  double point[2], loss, gradient[2];

  if (!tw_landscape_panel_get_pointed (self, point) ||
      !tw_landscape_panel_evaluate (self, point, &loss, gradient))
    return NULL;
  /* No more digits than a pixel can tell. */
  double unit = (self->view.x.max - self->view.x.min) / self->view.rect.width;
  int digits = CLAMP ((int)-floor (log10 (unit)), 0, 12);
  g_autofree char *curvature = tw_landscape_panel_describe_curvature (self);
  return g_strdup_printf ("x = (%.*f, %.*f)    f = %.4g\ngradient = (%.3g, %.3g)%s%s", digits, point[0],
                          digits, point[1], loss, gradient[0], gradient[1], curvature != NULL ? "\n" : "",
                          curvature != NULL ? curvature : "");
}

static void
tw_landscape_panel_dispose (GObject *object)
{
  TwLandscapePanel *self = TW_LANDSCAPE_PANEL (object);

  if (self->painting != NULL)
    g_cancellable_cancel (self->painting);
  g_clear_object (&self->painting);
  tw_layer_clear (&self->ground);
  tw_layer_clear (&self->field_layer);
  G_OBJECT_CLASS (tw_landscape_panel_parent_class)->dispose (object);
}

static void
tw_landscape_panel_finalize (GObject *object)
{
  TwLandscapePanel *self = TW_LANDSCAPE_PANEL (object);

  g_clear_pointer (&self->surface, tw_surface_free);
  g_clear_pointer (&self->scenery, tw_scenery_free);
  g_clear_pointer (&self->read_work, tw_problem_work_free);
  g_clear_pointer (&self->read_problem, tw_problem_unref);
  g_clear_pointer (&self->before_click, tw_experiment_free);
  tw_trails_clear (&self->trails);
  G_OBJECT_CLASS (tw_landscape_panel_parent_class)->finalize (object);
}

/* As much room as beside it the curves get. */
static void
tw_landscape_panel_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                            int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 380 : 280;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 500;
}

static void
tw_landscape_panel_class_init (TwLandscapePanelClass *klass)
{
  GTK_WIDGET_CLASS (klass)->measure = tw_landscape_panel_measure;
  G_OBJECT_CLASS (klass)->dispose = tw_landscape_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_landscape_panel_finalize;
  TW_PANEL_CLASS (klass)->interests = TW_SESSION_EXPERIMENT | TW_SESSION_PROBLEM | TW_SESSION_TRACE |
                                      TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->describe = tw_landscape_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_landscape_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_landscape_panel_draw;
  signals[VIEW_CHANGED] =
    g_signal_new ("view-changed", TW_TYPE_LANDSCAPE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_landscape_panel_init (TwLandscapePanel *self)
{
  tw_trails_init (&self->trails);
  self->pointer[0] = self->pointer[1] = NAN;
  self->overlays = TW_OVERLAY_ATTENTION;
  self->camera = (TwCamera){ .yaw = TW_CAMERA_YAW * G_PI / 180, .pitch = TW_CAMERA_PITCH * G_PI / 180 };
  tw_landscape_panel_add_gestures (self);
  tw_landscape_panel_add_controls (self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
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
    "Click anywhere to start there, or drag the ring: all runs follow.  With Shift, a click adds a start, or takes "
    "one away.  Turn the wheel to zoom, drag the ground to move the view, double-click to see all of it again.\n\n"
    "“3-D” shows the same as a surface; drag to turn it.  What lies behind a ridge is drawn faint.",
    NULL);
}
