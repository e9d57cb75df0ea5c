#include "ui/drawing/plane.h"
#include "ui/plane-private.h"

#define LINE_WIDTH 2.0

static void
draw_axis_titles (TwPlanePanel *self, cairo_t *cr, const TwTheme *theme)
{
  double font = tw_panel_get_font_size (TW_PANEL (self));
  const TwRect *rect = &self->view.rect;
  g_autofree char *across = tw_plane_describe_axis (self->scene->plane, 0),
                  *up = tw_plane_describe_axis (self->scene->plane, 1);

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

/* Run (o, s) at the session's step; FALSE: not shown. */
static gboolean
get_run (TwPlanePanel *self, gsize o, gsize s, TwPlaneRun *run)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));

  return tw_session_get_enabled (session, o) &&
         tw_plane_run_init (run, self->scene, tw_plane_panel_get_trace (self), o, s, tw_session_get_style (session, o),
                            tw_session_get_step (session));
}

/* The last snapshot that some run has passed. */
static gsize
get_last_row (TwPlanePanel *self)
{
  gsize last = 0;
  TwPlaneRun run;

  for (gsize o = 0; o < self->scene->n_optimizers; o++)
    if (get_run (self, o, 0, &run))
      last = MAX (last, run.row);
  return last;
}

static void
grow_trails (TwPlanePanel *self, const TwTheme *theme)
{
  gsize S = self->scene->n_starts, O = self->scene->n_optimizers, last = get_last_row (self);
  TwPlaneRun run;

  tw_trails_begin (&self->trails, &self->view.rect, gtk_widget_get_scale_factor (GTK_WIDGET (self)), O * S, last);
  for (int pass = 0; pass < 2; pass++) {
    cairo_t *cr = tw_trails_open (&self->trails, (TwTrailPass)pass);
    for (gsize s = S; s-- > 0;)
      for (gsize o = 0; o < O; o++)
        if (get_run (self, o, s, &run))
          tw_trail_draw (cr, theme, &self->view, &run.path, (TwTrailPass)pass, LINE_WIDTH,
                         tw_trails_get_pen (&self->trails, (TwTrailPass)pass, o * S + s), run.row);
    cairo_destroy (cr);
  }
}

static void
draw_runs (TwPlanePanel *self, GtkSnapshot *snapshot, const TwTheme *theme)
{
  const TwRect *rect = &self->view.rect;
  gsize S = self->scene->n_starts, O = self->scene->n_optimizers;
  TwPlaneRun run;

  grow_trails (self, theme);
  cairo_t *cr = gtk_snapshot_append_cairo (
    snapshot, &GRAPHENE_RECT_INIT ((float)rect->x, (float)rect->y, (float)rect->width, (float)rect->height));
  tw_trails_paint (&self->trails, cr);
  for (gsize s = S; s-- > 0;) {
    gboolean begun = FALSE;
    for (gsize o = 0; o < O; o++)
      if (!begun && get_run (self, o, s, &run)) {
        tw_draw_start (cr, theme, &self->view, run.path.theta[0], run.path.theta[1], s == 0 ? 6 : 3);
        begun = TRUE;
      }
    for (gsize o = 0; o < O; o++)
      if (get_run (self, o, s, &run)) {
        const TwTrailPen *pens[2];
        for (int pass = 0; pass < 2; pass++)
          pens[pass] = tw_trails_get_pen (&self->trails, (TwTrailPass)pass, o * S + s);
        if (s == 0)
          tw_plane_run_draw_attention (cr, theme, &self->view, &run, 5);
        tw_plane_run_draw_end (cr, theme, &self->view, &run, LINE_WIDTH, pens, s == 0 ? 4.5 : 2.5);
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
