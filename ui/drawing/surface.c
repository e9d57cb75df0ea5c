#include "ui/drawing/surface.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/colormap.h"

#define N_CELLS 120 /* along each side */
#define HEIGHT 0.9  /* of the whole surface; its sides are 2 long */
#define N_CONTOURS 16
#define LABEL_AT 1.13 /* of a tick, */
#define NAME_AT 1.27   /* of an axis, outside of the ground */
#define N_HEIGHTS 5
#define PIECE 6.0        /* pixels: a path is bent to the surface in pieces of this length */
#define SKIP 0.8         /* pixels */
#define DEPTH_SLACK 0.02 /* a path on the surface is not behind it */

struct _TwSurface {
  const TwField *field;
  TwRect rect;
  int scale;
  double sin_yaw, cos_yaw, sin_pitch, cos_pitch, unit; /* unit: pixels of rect per unit of space */
  double middle[2];
  cairo_surface_t *picture;
  int width, height;
  float *depth; /* (height, width) distance from the eye of what is seen; INFINITY: nothing */
};

typedef struct {
  double x, y, depth; /* in pixels of rect; larger is farther */
} Projected;

/* x, y in [-1, 1], z in [-HEIGHT/2, HEIGHT/2] */
static Projected
project (const TwSurface *s, double x, double y, double z)
{
  double across = x * s->cos_yaw - y * s->sin_yaw, along = x * s->sin_yaw + y * s->cos_yaw;

  return (Projected){ .x = s->middle[0] + s->unit * across,
                      .y = s->middle[1] - s->unit * (along * s->sin_pitch + z * s->cos_pitch),
                      .depth = along * s->cos_pitch - z * s->sin_pitch };
}

/* Level at (u, v) in [0, 1]^2; NAN where the landscape has no value. */
static double
level_at (const TwField *field, double u, double v)
{
  double x = CLAMP (u, 0, 1) * (double)(field->width - 1), y = CLAMP (v, 0, 1) * (double)(field->height - 1);
  gsize i = MIN ((gsize)x, field->width - 2), j = MIN ((gsize)y, field->height - 2);
  const float *below = field->level + j * field->width + i, *above = below + field->width;
  double fx = x - (double)i, fy = y - (double)j;

  return (1 - fy) * ((1 - fx) * (double)below[0] + fx * (double)below[1]) +
         fy * ((1 - fx) * (double)above[0] + fx * (double)above[1]);
}

/* The surface */

typedef struct {
  Projected at; /* in pixels of the picture */
  double level, light;
} Vertex;

static guint32
shade (guint32 pixel, double light)
{
  guint32 out = 0xff000000u;

  for (int shift = 0; shift <= 16; shift += 8)
    out |= (guint32)CLAMP (((pixel >> shift) & 0xff) * light, 0, 255) << shift;
  return out;
}

/* Level, light and depth are linear on a triangle: q = q0 + dx x + dy y. */
static void
fill_triangle (TwSurface *s, const guint32 *map, const Vertex *a, const Vertex *b, const Vertex *c)
{
  double ux = b->at.x - a->at.x, uy = b->at.y - a->at.y, vx = c->at.x - a->at.x, vy = c->at.y - a->at.y;
  double area = ux * vy - uy * vx;
  guint8 *data = cairo_image_surface_get_data (s->picture);
  int stride = cairo_image_surface_get_stride (s->picture);

  if (!isfinite (a->level + b->level + c->level) || fabs (area) < 1e-9)
    return;
  const double at_a[3] = { a->level, a->light, a->at.depth }, at_b[3] = { b->level, b->light, b->at.depth },
               at_c[3] = { c->level, c->light, c->at.depth };
  double dx[3], dy[3];
  for (int q = 0; q < 3; q++) {
    dx[q] = ((at_b[q] - at_a[q]) * vy - (at_c[q] - at_a[q]) * uy) / area;
    dy[q] = ((at_c[q] - at_a[q]) * ux - (at_b[q] - at_a[q]) * vx) / area;
  }
  double line =
    0.45 * s->scale * N_CONTOURS * hypot (dx[0], dy[0]); /* half a contour line's width, in levels */
  int top = MAX ((int)floor (MIN (MIN (a->at.y, b->at.y), c->at.y)), 0);
  int bottom = MIN ((int)ceil (MAX (MAX (a->at.y, b->at.y), c->at.y)), s->height - 1);
  int left = MAX ((int)floor (MIN (MIN (a->at.x, b->at.x), c->at.x)), 0);
  int right = MIN ((int)ceil (MAX (MAX (a->at.x, b->at.x), c->at.x)), s->width - 1);
  for (int y = top; y <= bottom; y++)
    for (int x = left; x <= right; x++) {
      double px = x + 0.5 - a->at.x, py = y + 0.5 - a->at.y;
      double beta = (px * vy - py * vx) / area, gamma = (py * ux - px * uy) / area;
      double depth = at_a[2] + dx[2] * px + dy[2] * py;
      float *nearest = s->depth + (gsize)y * (gsize)s->width + x;
      if (beta < -1e-6 || gamma < -1e-6 || beta + gamma > 1 + 1e-6 || depth >= (double)*nearest)
        continue;
      double level = at_a[0] + dx[0] * px + dy[0] * py, light = at_a[1] + dx[1] * px + dy[1] * py;
      double beside = fabs (level * N_CONTOURS - 0.5 - round (level * N_CONTOURS - 0.5));
      if (beside < line)
        light *= 0.86;
      *nearest = (float)depth;
      ((guint32 *)(void *)(data + (gsize)y * (gsize)stride))[x] =
        shade (tw_colormap_pixel (map, level), light);
    }
}

/* Light from the upper left of the map; the slope is that of the drawn surface. */
static double
light_at (const TwField *field, double u, double v, double step)
{
  double dx = (level_at (field, u + step, v) - level_at (field, u - step, v)) * HEIGHT / (4 * step);
  double dy = (level_at (field, u, v + step) - level_at (field, u, v - step)) * HEIGHT / (4 * step);
  double cosine = (0.45 * dx - 0.45 * dy + 0.77) / sqrt (1 + dx * dx + dy * dy);

  return isfinite (cosine) ? 0.62 + 0.44 * MAX (cosine, 0) : 0.9;
}

static void
render (TwSurface *s, const TwTheme *theme)
{
  const guint32 *map = tw_colormap_get (theme->print ? TW_COLORMAP_PRINT : TW_COLORMAP_LANDSCAPE, theme->dark);
  g_autofree Vertex *vertices = g_new (Vertex, (N_CELLS + 1) * (N_CELLS + 1));

  for (int j = 0; j <= N_CELLS; j++)
    for (int i = 0; i <= N_CELLS; i++) {
      Vertex *vertex = vertices + j * (N_CELLS + 1) + i;
      double u = (double)i / N_CELLS, v = (double)j / N_CELLS;
      vertex->level = level_at (s->field, u, v);
      vertex->light = light_at (s->field, u, v, 0.5 / N_CELLS);
      vertex->at = project (s, 2 * u - 1, 2 * v - 1, HEIGHT * (vertex->level - 0.5));
      vertex->at.x = (vertex->at.x - s->rect.x) * s->scale;
      vertex->at.y = (vertex->at.y - s->rect.y) * s->scale;
    }
  cairo_surface_flush (s->picture);
  for (int j = 0; j < N_CELLS; j++)
    for (int i = 0; i < N_CELLS; i++) {
      const Vertex *corner = vertices + j * (N_CELLS + 1) + i;
      fill_triangle (s, map, corner, corner + 1, corner + N_CELLS + 1);
      fill_triangle (s, map, corner + 1, corner + N_CELLS + 2, corner + N_CELLS + 1);
    }
  cairo_surface_mark_dirty (s->picture);
}

/* Corners of the ground in order around it. */
static const double corners[4][2] = { { -1, -1 }, { 1, -1 }, { 1, 1 }, { -1, 1 } };

/* As large as its box and the labels of its ticks let it be. */
static void
fit (TwSurface *s, double font_size)
{
  double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;

  s->unit = 1;
  s->middle[0] = s->middle[1] = 0;
  for (int i = 0; i < 12; i++) {
    double out = i < 4 ? NAME_AT : 1; /* names stand out from the ground, less at its corners */
    double x = out * corners[i % 4][0], y = corners[i % 4][1];
    Projected at = project (s, i < 4 ? 0.75 * x : x, i < 4 ? 0.75 * out * y : y, i < 8 ? -HEIGHT / 2 : HEIGHT / 2);
    left = MIN (left, at.x), right = MAX (right, at.x);
    top = MIN (top, at.y), bottom = MAX (bottom, at.y);
  }
  double aside = 3.4 * font_size, foot = 1.6 * font_size;
  s->unit = MIN ((s->rect.width - 2 * aside) / (right - left), (s->rect.height - foot) / (bottom - top));
  s->middle[0] = s->rect.x + s->rect.width / 2 - s->unit * (left + right) / 2;
  s->middle[1] = s->rect.y + (s->rect.height - foot) / 2 - s->unit * (top + bottom) / 2;
}

TwSurface *
tw_surface_new (const TwField *field, const TwTheme *theme, const TwRect *rect, int scale,
                const TwCamera *camera)
{
  TwSurface *s = g_new0 (TwSurface, 1);

  s->field = field;
  s->rect = *rect;
  s->scale = scale;
  s->sin_yaw = sin (camera->yaw), s->cos_yaw = cos (camera->yaw);
  s->sin_pitch = sin (camera->pitch), s->cos_pitch = cos (camera->pitch);
  /* It fits whatever the yaw is, so that it does not breathe while it is turned. */
  double tall = 2 * G_SQRT2 * s->sin_pitch + HEIGHT * s->cos_pitch;
  s->unit = 0.9 * MIN (rect->width / (2 * G_SQRT2), rect->height / MAX (tall, 2));
  s->middle[0] = rect->x + rect->width / 2;
  s->middle[1] = rect->y + rect->height / 2;
  if (camera->margin > 0)
    fit (s, camera->margin);
  s->width = MAX ((int)ceil (rect->width * scale), 1);
  s->height = MAX ((int)ceil (rect->height * scale), 1);
  s->depth = g_new (float, (gsize)s->width *(gsize)s->height);
  for (gsize i = 0; i < (gsize)s->width * (gsize)s->height; i++)
    s->depth[i] = INFINITY;
  s->picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, s->width, s->height);
  if (cairo_surface_status (s->picture) == CAIRO_STATUS_SUCCESS)
    render (s, theme);
  cairo_surface_set_device_scale (s->picture, scale, scale);
  return s;
}

void
tw_surface_free (TwSurface *s)
{
  if (s == NULL)
    return;
  cairo_surface_destroy (s->picture);
  g_free (s->depth);
  g_free (s);
}

/* On it */

static gboolean
project_point (const TwSurface *s, double x, double y, Projected *out)
{
  const double *d = s->field->domain;
  double u = CLAMP ((x - d[0]) / (d[1] - d[0]), 0, 1), v = CLAMP ((y - d[2]) / (d[3] - d[2]), 0, 1);
  double level = level_at (s->field, u, v);

  *out = project (s, 2 * u - 1, 2 * v - 1, HEIGHT * ((isfinite (level) ? level : 1) - 0.5));
  int column = (int)((out->x - s->rect.x) * s->scale), row = (int)((out->y - s->rect.y) * s->scale);
  if (column < 0 || row < 0 || column >= s->width || row >= s->height)
    return TRUE;
  return out->depth <= (double)s->depth[(gsize)row * (gsize)s->width + (gsize)column] + DEPTH_SLACK;
}

gboolean
tw_surface_project (const TwSurface *s, double x, double y, double out[2])
{
  Projected at;
  gboolean visible = project_point (s, x, y, &at);

  out[0] = at.x, out[1] = at.y;
  return visible;
}

TwView
tw_view_of_pixels (const TwRect *rect)
{
  return (TwView){ .rect = *rect,
                   .x = { rect->x, rect->x + rect->width, FALSE },
                   .y = { rect->y + rect->height, rect->y, FALSE } };
}

/* The edge of the ground at y = -1 or 1 (axis 0) or x = -1 or 1 (axis 1) that is nearer to the eye. */
static void
draw_ticks (const TwSurface *s, cairo_t *cr, int axis, double font_size)
{
  const double *d = s->field->domain + 2 * axis;
  const TwAxis range = { d[0], d[1], FALSE };
  double side = (axis == 0 ? s->cos_yaw : s->sin_yaw) > 0 ? -1 : 1;
  double widest = 0;
  TwTicks ticks;

  tw_axis_ticks (&range, 7, &ticks);
  for (guint i = 0; i < ticks.n; i++) {
    double t = 2 * tw_axis_position (&range, ticks.values[i]) - 1;
    Projected edge = axis == 0 ? project (s, t, side, -HEIGHT / 2) : project (s, side, t, -HEIGHT / 2);
    Projected out =
      axis == 0 ? project (s, t, side * 1.04, -HEIGHT / 2) : project (s, side * 1.04, t, -HEIGHT / 2);
    Projected label =
      axis == 0 ? project (s, t, side * LABEL_AT, -HEIGHT / 2) : project (s, side * LABEL_AT, t, -HEIGHT / 2);
    char text[48];
    cairo_move_to (cr, edge.x, edge.y);
    cairo_line_to (cr, out.x, out.y);
    cairo_stroke (cr);
    tw_tick_format (ticks.values[i], ticks.step, text, sizeof text);
    /* Beside the edge where that is steep, below it where it is flat. */
    double away = (label.x - edge.x) / MAX (hypot (label.x - edge.x, label.y - edge.y), 1e-9);
    tw_draw_text (cr, label.x, label.y + 0.36 * font_size, 0.5 - 0.5 * away, text);
    widest = MAX (widest, fabs (away) * tw_text_width (cr, text));
  }
  /* The name farther out than the labels, however small all of it is. */
  Projected middle = axis == 0 ? project (s, 0, side, -HEIGHT / 2) : project (s, side, 0, -HEIGHT / 2);
  Projected name = axis == 0 ? project (s, 0, side * NAME_AT, -HEIGHT / 2) : project (s, side * NAME_AT, 0, -HEIGHT / 2);
  double dx = name.x - middle.x, dy = name.y - middle.y, distance = MAX (hypot (dx, dy), 1e-9);
  double least = (LABEL_AT - 1) / (NAME_AT - 1) * distance + widest + 1.3 * font_size;
  double stretch = MAX (1, least / distance);
  tw_draw_text (cr, middle.x + stretch * dx, middle.y + stretch * dy + 0.36 * font_size, 0.5, axis == 0 ? "x" : "y");
}

void
tw_surface_draw (const TwSurface *s, cairo_t *cr, const TwTheme *theme, double font_size)
{
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  cairo_new_path (cr);
  for (int i = 0; i < 4; i++) {
    Projected at = project (s, corners[i][0], corners[i][1], -HEIGHT / 2);
    cairo_line_to (cr, at.x, at.y);
  }
  cairo_close_path (cr);
  tw_set_color (cr, &theme->dim, 0.6);
  cairo_stroke (cr);
  tw_set_font (cr, font_size, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  draw_ticks (s, cr, 0, font_size);
  draw_ticks (s, cr, 1, font_size);
  cairo_set_source_surface (cr, s->picture, s->rect.x, s->rect.y);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* Strokes what was gathered; hidden pieces have no halo. */
static void
stroke_pieces (cairo_t *cr, const TwTheme *theme, const TwTrajectory *t, TwTrailPass pass, double width,
               double offset, gboolean visible)
{
  double period = 0;

  for (int i = 0; i < t->style->n_dash; i++)
    period += t->style->dash[i] * width;
  if (pass == TW_TRAIL_LINE) {
    tw_set_line_style (cr, theme, t->style, width, visible ? t->primary ? 1 : 0.45 : 0.3,
                       period > 0 ? fmod (offset, period) : 0);
  } else {
    cairo_set_dash (cr, NULL, 0, 0);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width (cr, width + (t->primary ? 2.6 : 1.2));
    tw_set_color (cr, &theme->halo, visible ? 1 : 0);
  }
  cairo_stroke (cr);
}

static void
draw_rows (const TwSurface *s, cairo_t *cr, const TwTheme *theme, const TwTrajectory *t, TwTrailPass pass, double width,
           TwTrailPen *pen, gsize row)
{
  const double *d = s->field->domain;
  const TwRect domain = { d[0], d[2], d[1] - d[0], d[3] - d[2] };
  gboolean was_visible = TRUE;
  double offset = pen->length; /* where the path that is being gathered began */
  Projected at;

  if (pen->next_row == 0)
    *pen = (TwTrailPen){ .next_row = 1, .mark_x = t->theta[0], .mark_y = t->theta[1] };
  cairo_save (cr);
  cairo_new_path (cr);
  for (; pen->next_row <= row; pen->next_row++) {
    const double *theta = t->theta + pen->next_row * t->stride;
    double from[2] = { pen->mark_x, pen->mark_y }, to[2] = { theta[0], theta[1] };
    Projected a, b;
    project_point (s, from[0], from[1], &a);
    project_point (s, to[0], to[1], &b);
    if (hypot (b.x - a.x, b.y - a.y) < SKIP)
      continue;
    pen->mark_x = to[0], pen->mark_y = to[1];
    if (!tw_clip_segment (&domain, 0, from, to))
      continue;
    project_point (s, from[0], from[1], &a);
    project_point (s, to[0], to[1], &b);
    int n = (int)CLAMP (ceil (hypot (b.x - a.x, b.y - a.y) / PIECE), 1, 64);
    if (!cairo_has_current_point (cr))
      cairo_move_to (cr, a.x, a.y);
    else
      cairo_line_to (cr, a.x, a.y);
    for (int i = 1; i <= n; i++) {
      double f = (double)i / n;
      gboolean visible =
        project_point (s, from[0] + f * (to[0] - from[0]), from[1] + f * (to[1] - from[1]), &at);
      if (visible != was_visible) {
        stroke_pieces (cr, theme, t, pass, width, offset, was_visible);
        cairo_move_to (cr, a.x, a.y);
        was_visible = visible;
        offset = pen->length;
      }
      cairo_line_to (cr, at.x, at.y);
      pen->length += hypot (at.x - a.x, at.y - a.y);
      a = at;
    }
  }
  stroke_pieces (cr, theme, t, pass, width, offset, was_visible);
  cairo_restore (cr);
}

void
tw_surface_draw_trail (const TwSurface *s, cairo_t *cr, const TwTheme *theme, const TwTrajectory *t,
                       TwTrailPass pass, double width, TwTrailPen *pen, gsize row)
{
  if (t->n_rows == 0)
    return;
  row = MIN (row, t->n_rows - 1);
  if (!t->primary)
    width *= 0.55;
  while (pen->next_row <= row)
    draw_rows (s, cr, theme, t, pass, width, pen, MIN (row, pen->next_row + TW_TRAIL_PIECE - 1));
}

/* The run at one step, as if the picture were its landscape. */
void
tw_surface_draw_head (const TwSurface *s, cairo_t *cr, const TwTheme *theme, const TwTrajectory *t, gsize row, double radius,
                      gboolean attention)
{
  TwView pixels = tw_view_of_pixels (&s->rect);
  double at[2], attended[2];
  TwTrajectory moment = *t;

  if (t->n_rows == 0)
    return;
  if (row < t->n_rows - 1)
    moment.stop = TW_STOP_RUNNING;
  row = MIN (row, t->n_rows - 1);
  tw_surface_project (s, t->theta[row * t->stride], t->theta[row * t->stride + 1], at);
  if (t->phi != NULL)
    tw_surface_project (s, t->phi[row * t->stride], t->phi[row * t->stride + 1], attended);
  moment.theta = at;
  moment.phi = t->phi != NULL ? attended : NULL;
  moment.n_rows = 1;
  moment.stride = 2;
  if (t->primary && attention)
    tw_trajectory_draw_attention (cr, theme, &pixels, &moment, 0, radius + 0.5);
  tw_trajectory_draw_head (cr, theme, &pixels, &moment, 0, radius);
}

void
tw_surface_draw_minima (const TwSurface *s, cairo_t *cr, const TwTheme *theme, const double *points, gsize n, double radius)
{
  TwView pixels = tw_view_of_pixels (&s->rect);
  const double *d = s->field->domain;
  double at[2];

  for (gsize i = 0; i < n; i++) {
    double x = points[2 * i], y = points[2 * i + 1];
    if (x >= d[0] && x <= d[1] && y >= d[2] && y <= d[3] && tw_surface_project (s, x, y, at))
      tw_draw_minima (cr, theme, &pixels, at, 1, radius);
  }
}

/* Two digits, that people can read. */
static double
round_height (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_ascii_strtod (g_ascii_formatd (text, sizeof text, "%.1e", value), NULL);
}

void
tw_surface_draw_heights (const TwSurface *s, cairo_t *cr, const TwTheme *theme, double font_size)
{
  int leftmost = 0;

  for (int i = 1; i < 4; i++)
    if (project (s, corners[i][0], corners[i][1], 0).x < project (s, corners[leftmost][0], corners[leftmost][1], 0).x)
      leftmost = i;
  const double *corner = corners[leftmost];
  Projected foot = project (s, corner[0], corner[1], -HEIGHT / 2), head = project (s, corner[0], corner[1], HEIGHT / 2);
  double last = -INFINITY;

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  tw_set_font (cr, font_size, FALSE);
  tw_set_color (cr, &theme->dim, 0.6);
  cairo_move_to (cr, foot.x, foot.y);
  cairo_line_to (cr, head.x, head.y);
  cairo_stroke (cr);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, head.x, head.y - 1.2 * font_size, 0.5, "loss");
  /* From the top, and not the lowest, which would stand among the ticks of the ground. */
  for (int i = N_HEIGHTS - 1; i > 0 && s->field->has_values; i--) {
    double value = round_height (tw_field_value_of_level (s->field, (double)i / (N_HEIGHTS - 1)));
    double level = tw_field_level_of_value (s->field, value);
    Projected at = project (s, corner[0], corner[1], HEIGHT * (CLAMP (level, 0, 1) - 0.5));
    char text[48];
    if (fabs (at.y - last) < 1.3 * font_size)
      continue;
    last = at.y;
    tw_set_color (cr, &theme->dim, 0.6);
    cairo_move_to (cr, at.x, at.y);
    cairo_line_to (cr, at.x - 4, at.y);
    cairo_stroke (cr);
    tw_tick_format (value, fabs (value) > 0 ? pow (10, floor (log10 (fabs (value))) - 1) : 1, text, sizeof text);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, at.x - 7, at.y + 0.36 * font_size, 1, text);
  }
  cairo_restore (cr);
}
