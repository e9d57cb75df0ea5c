#include <math.h>

#include "ui/drawing/figure-private.h"
#include "ui/drawing/surface.h"

#define FONT TW_FIGURE_FONT
#define N_FIELD 241          /* points along each side */
#define SHARP 2              /* pixels of the picture per pixel of the figure, along each side */
#define MOST_SCALE 8         /* and at most so many per unit */
#define MARKER_DISTANCE 46.0 /* along a trajectory, in print */
#define MARKER_RADIUS 3.4

typedef struct {
  TwRect rect;
  TwCamera camera;
  TwSurface *surface; /* NULL: to be made for `scale` */
  double scale;
} Own;

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  double domain[4], yaw = TW_CAMERA_YAW, pitch = TW_CAMERA_PITCH;
  const char *camera = tw_figure_options_get_setting (&figure->options, "camera");

  if (!tw_figure_check_flat (figure, domain, error))
    return FALSE;
  if (camera != NULL)
    tw_figure_parse_camera (camera, &yaw, &pitch);
  own->camera = (TwCamera){ yaw * G_PI / 180, pitch * G_PI / 180, FONT };
  figure->field = tw_field_new (tw_trace_get_problem (figure->trace), domain, N_FIELD, N_FIELD, TRUE, NULL, NULL);
  return TRUE;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;

  tw_figure_lay_out_within (figure, cr, &own->rect, TW_FIGURE_MARGIN, TW_FIGURE_MARGIN, 0.72);
  return own->rect.width >= 120 && own->rect.height >= 100;
}

/* Depths and picture are of one resolution. */
static const TwSurface *
surface_for (TwFigure *figure, double scale)
{
  Own *own = figure->own;

  if (own->surface == NULL || own->scale != scale) {
    g_clear_pointer (&own->surface, tw_surface_free);
    own->surface = tw_surface_new (figure->field, figure->theme, &own->rect, (int)CLAMP (ceil (SHARP * scale), 1, MOST_SCALE),
                                   &own->camera);
    own->scale = scale;
  }
  return own->surface;
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;
  const TwSurface *surface = surface_for (figure, scale);
  const double *minima;
  gsize n_minima = tw_problem_get_minima (tw_trace_get_problem (figure->trace), &minima);

  tw_surface_draw (surface, cr, figure->theme, FONT);
  tw_surface_draw_heights (surface, cr, figure->theme, FONT);
  tw_surface_draw_minima (surface, cr, figure->theme, minima, n_minima, 7);
  tw_figure_draw_heading (figure, cr, &own->rect, own->rect.width, figure->title);
}

/* Marks along what can be seen of the path, so that it is known without its colour. */
static void
draw_path_markers (const TwFigure *figure, cairo_t *cr, const TwSurface *surface, const TwTrajectory *t, double first,
                   gsize last)
{
  double at[2], before[2] = { NAN, NAN }, since = MARKER_DISTANCE - first;

  for (gsize r = 0; r < t->n_rows && r <= last; r++) {
    gboolean visible = tw_surface_project (surface, t->theta[r * t->stride], t->theta[r * t->stride + 1], at);
    since += r > 0 ? hypot (at[0] - before[0], at[1] - before[1]) : 0;
    before[0] = at[0], before[1] = at[1];
    if (since < MARKER_DISTANCE || !visible)
      continue;
    tw_draw_marker (cr, figure->theme, t->style, at[0], at[1], MARKER_RADIUS);
    since = 0;
  }
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const Own *own = figure->own;
  const TwSurface *surface = surface_for (figure, scale);
  const TwTheme *theme = figure->theme;
  gsize n_starts = MIN (tw_trace_get_n_starts (figure->trace), TW_FIGURE_MAX_THIN);
  TwView pixels = tw_view_of_pixels (&own->rect);
  TwTrajectory run;

  for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++)
    for (gsize s = n_starts; s-- > 0;)
      for (gsize i = 0; i < figure->n_series; i++) {
        TwTrailPen pen = { 0 };
        tw_trajectory_init (&run, figure->trace, figure->series[i], s, figure->styles[figure->series[i]]);
        if (pass == TW_TRAIL_LINE || run.primary)
          tw_surface_draw_trail (surface, cr, theme, &run, (TwTrailPass)pass, figure->line, &pen, last);
      }
  for (gsize i = 0; i < figure->n_series; i++) {
    double at[2];
    tw_trajectory_init (&run, figure->trace, figure->series[i], 0, figure->styles[figure->series[i]]);
    if (i == 0 && run.n_rows > 0) {
      tw_surface_project (surface, run.theta[0], run.theta[1], at);
      tw_draw_start (cr, theme, &pixels, at[0], at[1], 5);
    }
    if (theme->print)
      draw_path_markers (figure, cr, surface, &run, 8 + MARKER_DISTANCE * (double)i / (double)figure->n_series, last);
    tw_surface_draw_head (surface, cr, theme, &run, last, 4, TRUE);
  }
}

static void
describe (const TwFigure *figure, GString *words)
{
  const Own *own = figure->own;

  g_string_append_printf (words,
                          "The landscape as a surface, seen from %.0f\302\260 around and %.0f\302\260 above. Its height is the "
                          "loss on a scale that is linear at the floor and logarithmic above, as at the left edge; the "
                          "paths lie on it, faint where a ridge hides them. Star: known minimum. Ring: start.",
                          own->camera.yaw * 180 / G_PI, own->camera.pitch * 180 / G_PI);
}

static void
clear (TwFigure *figure)
{
  Own *own = figure->own;

  g_clear_pointer (&own->surface, tw_surface_free);
}

const TwFigureView tw_figure_surface = {
  .word = "surface",
  .title = "Surface",
  .summary = "the landscape in space with the paths on it",
  .plays = TRUE,
  .settings = "step|camera|area",
  .width = 520,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .draw_moving = draw_moving,
  .describe = describe,
  .clear = clear,
};
