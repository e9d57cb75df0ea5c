#include "ui/drawing/trajectory.h"

#include <math.h>

#define SKIP 0.8        /* pixels */
#define MARK_DISTANCE 7 /* pixels between step markers, at least */
#define FAINT_OFFSETS 6

void
tw_trajectory_init (TwTrajectory *trajectory, const TwTrace *trace, gsize optimizer, gsize start,
                    const TwLineStyle *style)
{
  /* The number of rows first: what lies below it is final. */
  trajectory->stop = tw_trace_get_stop_reason (trace, optimizer, start);
  trajectory->n_rows = tw_trace_get_n_rows (trace, optimizer, start);
  trajectory->theta = tw_trace_get_theta (trace, optimizer, start);
  trajectory->phi = tw_trace_attends (trace, optimizer) ? tw_trace_get_phi (trace, optimizer, start) : NULL;
  trajectory->stride = tw_trace_get_n_coordinates (trace);
  trajectory->style = style;
  trajectory->primary = start == 0;
}

static void
point_at (const TwView *view, const double *positions, gsize stride, gsize row, double out[2])
{
  out[0] = tw_view_x (view, positions[row * stride]);
  out[1] = tw_view_y (view, positions[row * stride + 1]);
}

static void
draw_rows (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwTrajectory *t, TwTrailPass pass, double width,
           TwTrailPen *pen, gsize row)
{
  double at[2], alpha = t->primary ? 1.0 : 0.45, period = 0;
  width *= theme->stroke;
  if (!t->primary)
    width *= 0.55;
  for (int i = 0; i < t->style->n_dash; i++)
    period += t->style->dash[i] * width;
  if (pen->next_row == 0) {
    point_at (view, t->theta, t->stride, 0, at);
    *pen = (TwTrailPen){ .next_row = 1, .x = at[0], .y = at[1], .mark_x = at[0], .mark_y = at[1] };
  }

  cairo_save (cr);
  if (pass == TW_TRAIL_HALO) {
    cairo_set_dash (cr, NULL, 0, 0);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width (cr, width + (t->primary ? 2.6 : 1.2));
    tw_set_color (cr, &theme->halo, 1.0);
  } else {
    tw_set_line_style (cr, theme, t->style, width, alpha, period > 0 ? fmod (pen->length, period) : 0);
  }
  cairo_new_path (cr);
  gboolean joined = FALSE;
  gsize first = pen->next_row;
  double start_x = pen->mark_x, start_y = pen->mark_y;
  for (; pen->next_row <= row; pen->next_row++) {
    point_at (view, t->theta, t->stride, pen->next_row, at);
    double from[2] = { pen->x, pen->y }, to[2] = { at[0], at[1] },
           moved = hypot (to[0] - from[0], to[1] - from[1]);
    if (moved < SKIP)
      continue;
    if (tw_clip_segment (&view->rect, 24, from, to)) {
      if (!joined || from[0] != pen->x || from[1] != pen->y)
        cairo_move_to (cr, from[0], from[1]);
      cairo_line_to (cr, to[0], to[1]);
      pen->length += hypot (to[0] - from[0], to[1] - from[1]);
      joined = to[0] == at[0] && to[1] == at[1];
    } else {
      joined = FALSE;
    }
    pen->x = at[0], pen->y = at[1];
  }
  cairo_stroke (cr);

  if (t->primary) {
    double radius = width * (pass == TW_TRAIL_HALO ? 1.15 + 1.0 / width : 1.15);
    for (gsize r = first; r <= row; r++) {
      point_at (view, t->theta, t->stride, r, at);
      if (hypot (at[0] - start_x, at[1] - start_y) < MARK_DISTANCE)
        continue;
      start_x = at[0], start_y = at[1];
      if (tw_view_contains (view, at[0], at[1])) {
        cairo_new_sub_path (cr);
        cairo_arc (cr, at[0], at[1], radius, 0, 2 * G_PI);
      }
    }
    cairo_fill (cr);
    pen->mark_x = start_x, pen->mark_y = start_y;
  }
  cairo_restore (cr);
}

void
tw_trail_draw (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwTrajectory *t, TwTrailPass pass,
               double width, TwTrailPen *pen, gsize row)
{
  if (t->n_rows == 0)
    return;
  row = MIN (row, t->n_rows - 1);
  while (pen->next_row <= row)
    draw_rows (cr, theme, view, t, pass, width, pen, MIN (row, pen->next_row + TW_TRAIL_PIECE - 1));
}

static void
draw_cross (cairo_t *cr, double x, double y, double r)
{
  cairo_move_to (cr, x - r, y - r);
  cairo_line_to (cr, x + r, y + r);
  cairo_move_to (cr, x - r, y + r);
  cairo_line_to (cr, x + r, y - r);
}

/* A triangle on the border that points to where the run is. */
static void
draw_exit (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwColor *color, const double at[2],
           double radius)
{
  const TwRect *rect = &view->rect;
  double inset = radius + 2;
  double x = CLAMP (at[0], rect->x + inset, rect->x + rect->width - inset);
  double y = CLAMP (at[1], rect->y + inset, rect->y + rect->height - inset);
  double angle = atan2 (CLAMP (at[1] - y, -1e9, 1e9), CLAMP (at[0] - x, -1e9, 1e9));
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, angle);
  cairo_move_to (cr, radius, 0);
  cairo_line_to (cr, -0.8 * radius, 0.9 * radius);
  cairo_line_to (cr, -0.8 * radius, -0.9 * radius);
  cairo_close_path (cr);
  cairo_restore (cr);
  tw_set_color (cr, color, 1.0);
  cairo_fill_preserve (cr);
  tw_set_color (cr, &theme->halo, 1.0);
  cairo_set_line_width (cr, 1.4);
  cairo_stroke (cr);
}

void
tw_trajectory_draw_head (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwTrajectory *t,
                         gsize row, double radius)
{
  if (t->n_rows == 0)
    return;
  gboolean ended = row >= t->n_rows - 1 && t->stop != TW_STOP_RUNNING;
  const TwColor *color = theme->dark ? &t->style->dark : &t->style->light;
  double at[2];
  row = MIN (row, t->n_rows - 1);
  radius *= theme->stroke;
  point_at (view, t->theta, t->stride, row, at);

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_new_path (cr);
  if (ended && t->stop == TW_STOP_DIVERGED) {
    double inset = radius + 3;
    double x = CLAMP (at[0], view->rect.x + inset, view->rect.x + view->rect.width - inset);
    double y = CLAMP (at[1], view->rect.y + inset, view->rect.y + view->rect.height - inset);
    for (int pass = 0; pass < 2; pass++) {
      draw_cross (cr, x, y, radius * 0.9);
      cairo_set_line_width (cr, pass == 0 ? 5.5 : 2.6);
      tw_set_color (cr, pass == 0 ? &theme->halo : color, 1.0);
      cairo_stroke (cr);
    }
  } else if (!tw_view_contains (view, at[0], at[1])) {
    draw_exit (cr, theme, view, color, at, radius);
  } else {
    cairo_arc (cr, at[0], at[1], radius, 0, 2 * G_PI);
    tw_set_color (cr, color, 1.0);
    cairo_fill_preserve (cr);
    tw_set_color (cr, &theme->halo, 1.0);
    cairo_set_line_width (cr, 1.6);
    cairo_stroke (cr);
    if (ended && t->stop == TW_STOP_CONVERGED) {
      cairo_arc (cr, at[0], at[1], radius + 3, 0, 2 * G_PI);
      tw_set_color (cr, color, 1.0);
      cairo_set_line_width (cr, 1.4);
      cairo_stroke (cr);
    }
  }
  cairo_restore (cr);
}

static void
draw_offset (cairo_t *cr, const TwView *view, const double from[2], const double to[2], double radius)
{
  double a[2] = { from[0], from[1] }, b[2] = { to[0], to[1] };
  if (tw_clip_segment (&view->rect, 24, a, b)) {
    cairo_move_to (cr, a[0], a[1]);
    cairo_line_to (cr, b[0], b[1]);
  }
  if (tw_view_contains (view, to[0], to[1])) {
    cairo_move_to (cr, to[0], to[1] - radius);
    cairo_line_to (cr, to[0] + radius, to[1]);
    cairo_line_to (cr, to[0], to[1] + radius);
    cairo_line_to (cr, to[0] - radius, to[1]);
    cairo_close_path (cr);
  }
}

void
tw_trajectory_draw_attention (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwTrajectory *t,
                              gsize row, double radius)
{
  if (t->phi == NULL || t->n_rows == 0)
    return;
  row = MIN (row, t->n_rows - 1);
  const TwColor *color = theme->dark ? &t->style->dark : &t->style->light;
  gsize first = row > FAINT_OFFSETS ? row - FAINT_OFFSETS : 0;
  radius *= theme->stroke;

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  for (gsize r = first; r <= row; r++) {
    double from[2], to[2], age = (double)(row - r) / (FAINT_OFFSETS + 1);
    point_at (view, t->theta, t->stride, r, from);
    point_at (view, t->phi, t->stride, r, to);
    cairo_new_path (cr);
    draw_offset (cr, view, from, to, r == row ? radius : 0.6 * radius);
    if (r == row) {
      cairo_set_line_width (cr, 2.4 + 1.8 * theme->stroke);
      tw_set_color (cr, &theme->halo, 0.9);
      cairo_stroke_preserve (cr);
      cairo_set_line_width (cr, 1.8 * theme->stroke);
      tw_set_color (cr, color, 1.0);
    } else {
      cairo_set_line_width (cr, 1.0);
      tw_set_color (cr, color, 0.65 * (1 - age));
    }
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}
