#include "ui/plane-private.h"

#define LINE_WIDTH 2.0

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

  if (self->picture != NULL)
    tw_draw_picture (cr, theme, &self->view, self->picture->picture, self->picture->domain, self->picture->width,
                     self->picture->height);
  else
    tw_draw_picture (cr, theme, &self->view, NULL, NULL, 0, 0);
  tw_draw_frame (cr, theme, rect, &self->view.x, &self->view.y, tw_panel_get_font_size (TW_PANEL (self)), 0);
  draw_axis_titles (self, cr, theme);
  cairo_destroy (cr);
}

/* Run (o, s) on the plane, and where the session's step is among its snapshots: at `row`, and `part` of the way to the
 * next.  FALSE: not shown. */
static gboolean
get_run (TwPlanePanel *self, gsize o, gsize s, TwTrajectory *run, gsize *row, double *part)
{
  const TwPlaneScene *scene = self->scene;
  TwTrace *trace = tw_plane_panel_get_trace (self);
  gsize n = scene->n_points[o * scene->n_starts + s], n_steps;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &n_steps);
  guint64 now = tw_session_get_step (tw_panel_get_session (TW_PANEL (self)));

  n = MIN (n, n_steps); /* of the trace before, perhaps, while a new scene is on the way */
  if (n == 0 || !tw_session_get_enabled (tw_panel_get_session (TW_PANEL (self)), o))
    return FALSE;
  gboolean all = n == tw_trace_get_n_snapshots (trace, o, s);
  *run = (TwTrajectory){ .theta = scene->points[o * scene->n_starts + s],
                         .n_rows = n,
                         .stride = 2,
                         .style = tw_session_get_style (tw_panel_get_session (TW_PANEL (self)), o),
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

  tw_trails_begin (&self->trails, &self->view.rect, gtk_widget_get_scale_factor (GTK_WIDGET (self)), O * S, last);
  for (int pass = 0; pass < 2; pass++) {
    cairo_t *cr = tw_trails_open (&self->trails, (TwTrailPass)pass);
    for (gsize s = S; s-- > 0;)
      for (gsize o = 0; o < O; o++)
        if (get_run (self, o, s, &run, &row, &part))
          tw_trail_draw (cr, theme, &self->view, &run, (TwTrailPass)pass, LINE_WIDTH,
                         tw_trails_get_pen (&self->trails, (TwTrailPass)pass, o * S + s), row);
    cairo_destroy (cr);
  }
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
  tw_trails_paint (&self->trails, cr);
  for (gsize s = S; s-- > 0;) {
    for (gsize o = 0; o < O; o++)
      if (get_run (self, o, s, &run, &row, &part)) {
        tw_draw_start (cr, theme, &self->view, run.theta[0], run.theta[1], s == 0 ? 6 : 3);
        break;
      }
    for (gsize o = 0; o < O; o++)
      if (get_run (self, o, s, &run, &row, &part)) {
        const TwTrailPen *pens[2];
        for (int pass = 0; pass < 2; pass++)
          pens[pass] = tw_trails_get_pen (&self->trails, (TwTrailPass)pass, o * S + s);
        draw_head (self, cr, theme, &run, row, part, pens);
      }
  }
  cairo_destroy (cr);
}

void
tw_plane_panel_draw_plane (TwPlanePanel *self, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  if (self->ground.node == NULL)
    draw_ground (self, theme, width, height);
  tw_layer_append (&self->ground, snapshot);
  draw_runs (self, snapshot, theme);
}
