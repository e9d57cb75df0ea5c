#include <math.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define N_LEVELS 16
#define MARKER_DISTANCE 46.0 /* along a trajectory, in print */
#define MARKER_RADIUS 3.4

gboolean
tw_figure_check_flat (const TwFigure *figure, double domain[4], GError **error)
{
  TwProblem *problem = tw_trace_get_problem (figure->trace);
  const char *area = tw_figure_options_get_setting (&figure->options, "area");

  if (tw_problem_get_dim (problem) == 2 && tw_problem_get_domain (problem, domain)) {
    if (area != NULL)
      tw_figure_parse_area (area, domain);
    return TRUE;
  }
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s is no landscape: it has %" G_GSIZE_FORMAT " coordinates",
               tw_problem_get_title (problem), tw_problem_get_dim (problem));
  return FALSE;
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  double domain[4];

  if (!tw_figure_check_flat (figure, domain, error))
    return FALSE;
  figure->has_landscape = TRUE;
  tw_view_init (&figure->view, &(TwRect){ 0 }, domain);
  return TRUE;
}

double
tw_figure_domain_ratio (const TwFigure *figure)
{
  return (figure->view.y.max - figure->view.y.min) / (figure->view.x.max - figure->view.x.min);
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  tw_figure_lay_out_single (figure, cr, &figure->view.rect, &figure->view.y,
                            CLAMP (tw_figure_domain_ratio (figure), 0.6, 1.25));
  return !tw_figure_too_small (&figure->view.rect);
}

gboolean
tw_figure_settle_landscape (TwFigure *figure, GError **error)
{
  const TwRect *rect = &figure->view.rect;
  const double domain[] = { figure->view.x.min, figure->view.x.max, figure->view.y.min, figure->view.y.max };

  figure->field = tw_field_new (tw_trace_get_problem (figure->trace), domain, (gsize)CLAMP (rect->width, 100, 400),
                                (gsize)CLAMP (rect->height, 100, 400), TRUE, NULL, NULL);
  figure->contours = tw_contour_set_new (figure->field, N_LEVELS);
  return TRUE;
}

void
tw_figure_draw_picture (TwFigure *figure, cairo_t *cr, double scale)
{
  const TwRect *rect = &figure->view.rect;

  if (figure->picture == NULL || figure->picture_scale != scale) {
    g_clear_pointer (&figure->picture, cairo_surface_destroy);
    figure->picture = tw_field_render (figure->field, figure->theme, MAX ((int)ceil (rect->width * scale), 1),
                                       MAX ((int)ceil (rect->height * scale), 1));
    figure->picture_scale = scale;
  }
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / cairo_image_surface_get_width (figure->picture),
               rect->height / cairo_image_surface_get_height (figure->picture));
  cairo_set_source_surface (cr, figure->picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (figure->picture),
                   cairo_image_surface_get_height (figure->picture));
  cairo_fill (cr);
  cairo_restore (cr);
}

void
tw_figure_draw_landscape_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const TwRect *rect = &figure->view.rect;
  const TwTheme *theme = figure->theme;
  const double *minima;
  gsize n_minima = tw_problem_get_minima (tw_trace_get_problem (figure->trace), &minima);

  tw_figure_draw_picture (figure, cr, scale);
  tw_draw_contours (cr, theme, &figure->view, figure->field, figure->contours);
  tw_draw_minima (cr, theme, &figure->view, minima, n_minima, 7);
  tw_draw_frame (cr, theme, rect, &figure->view.x, &figure->view.y, FONT, 0);
  tw_figure_draw_name_x (figure, cr, rect, "x");
  tw_draw_text (cr, 14, rect->y + rect->height / 2 + 0.36 * FONT, 0.5, "y");
  tw_figure_draw_heading (figure, cr, rect, rect->width, figure->title);
}

void
tw_figure_draw_path_markers (TwFigure *figure, cairo_t *cr, const TwTrajectory *t, gsize i, gsize last)
{
  double x = NAN, y = NAN, first = 8 + MARKER_DISTANCE * (double)i / (double)figure->n_series,
         since = MARKER_DISTANCE - first;

  for (gsize r = 0; r < t->n_rows && r <= last; r++) {
    double px = tw_view_x (&figure->view, t->theta[r * t->stride]);
    double py = tw_view_y (&figure->view, t->theta[r * t->stride + 1]);
    since += r > 0 ? hypot (px - x, py - y) : 0;
    x = px, y = py;
    if (since < MARKER_DISTANCE || !tw_view_contains (&figure->view, x, y))
      continue;
    tw_draw_marker (cr, figure->theme, t->style, x, y, MARKER_RADIUS);
    since = 0;
  }
}

void
tw_figure_draw_landscape_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const TwTheme *theme = figure->theme;
  const TwRect *rect = &figure->view.rect;
  gsize n_starts = MIN (tw_trace_get_n_starts (figure->trace), TW_FIGURE_MAX_THIN);

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++)
    for (gsize s = n_starts; s-- > 0;)
      for (gsize i = 0; i < figure->n_series; i++) {
        TwTrajectory trajectory;
        TwTrailPen pen = { 0 };
        gsize o = figure->series[i];
        tw_trajectory_init (&trajectory, figure->trace, o, s, figure->styles[o]);
        /* Halos of many thin lines would hide the lines. */
        if (pass == TW_TRAIL_LINE || trajectory.primary)
          tw_trail_draw (cr, theme, &figure->view, &trajectory, pass, figure->line, &pen, last);
      }
  for (gsize i = 0; i < figure->n_series; i++) {
    TwTrajectory trajectory;
    tw_trajectory_init (&trajectory, figure->trace, figure->series[i], 0, figure->styles[figure->series[i]]);
    if (i == 0 && trajectory.n_rows > 0)
      tw_draw_start (cr, theme, &figure->view, trajectory.theta[0], trajectory.theta[1], 5);
    if (theme->print)
      tw_figure_draw_path_markers (figure, cr, &trajectory, i, last);
    tw_trajectory_draw_attention (cr, theme, &figure->view, &trajectory, last, 4.5);
    tw_trajectory_draw_head (cr, theme, &figure->view, &trajectory, last, 4);
  }
  cairo_restore (cr);
}

const TwFigureView tw_figure_landscape = {
  .word = "landscape",
  .title = "Landscape",
  .summary = "the landscape with the paths on it",
  .plays = TRUE,
  .redraws = TRUE,
  .settings = "step|area",
  .width = 480,
  .prepare = prepare,
  .lay_out = lay_out,
  .settle = tw_figure_settle_landscape,
  .draw_still = tw_figure_draw_landscape_still,
  .draw_moving = tw_figure_draw_landscape_moving,
};
