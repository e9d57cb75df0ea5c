#include "ui/drawing/landscape.h"

#include <math.h>

#define INDEX_EVERY 4       /* every fourth line is an index line, as on maps */
#define LABEL_DISTANCE 90.0 /* pixels between labels */
#define MAX_LABELS 24

void
tw_view_init (TwView *view, const TwRect *rect, const double domain[4])
{
  view->rect = *rect;
  view->x = (TwAxis){ domain[0], domain[1], FALSE };
  view->y = (TwAxis){ domain[2], domain[3], FALSE };
}

gboolean
tw_clip_segment (const TwRect *rect, double margin, double from[2], double to[2])
{
  double low[2] = { rect->x - margin, rect->y - margin };
  double high[2] = { rect->x + rect->width + margin, rect->y + rect->height + margin };
  double start[2] = { from[0], from[1] }, end[2] = { to[0], to[1] }, d[2] = { end[0] - start[0], end[1] - start[1] };
  /* Each cut is measured from the other end, so that one end at 1e300 costs no digits. */
  double t0 = 0, t1 = 1, back = 1;

  if (!isfinite (d[0]) || !isfinite (d[1]))
    return FALSE;
  for (int c = 0; c < 2; c++) {
    if (d[c] == 0) {
      if (start[c] < low[c] || start[c] > high[c])
        return FALSE;
      continue;
    }
    double a = (low[c] - start[c]) / d[c], b = (high[c] - start[c]) / d[c];
    t0 = MAX (t0, MIN (a, b));
    t1 = MIN (t1, MAX (a, b));
    back = MIN (back, MAX ((end[c] - low[c]) / d[c], (end[c] - high[c]) / d[c]));
  }
  if (t0 > t1)
    return FALSE;
  for (int c = 0; c < 2; c++) {
    if (t1 < 1)
      to[c] = CLAMP (start[c] + t1 * d[c], low[c], high[c]);
    if (back < 1)
      from[c] = CLAMP (end[c] - back * d[c], low[c], high[c]);
  }
  return TRUE;
}

/* The roundest number above low and below high, the nearest to `wanted` of those: 0, or few digits. */
static double
round_between (double low, double wanted, double high)
{
  static const double parts[] = { 5, 2, 1 };
  double largest = MAX (fabs (low), fabs (high));

  if (!(largest > 0) || !isfinite (largest))
    return wanted;
  for (int exponent = (int)floor (log10 (largest)) + 1, end = exponent - 10; exponent > end; exponent--)
    for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
      /* Divided by a power of ten, so that 0.1 is the number that reads so. */
      double power = pow (10, abs (exponent)), unit = exponent < 0 ? parts[i] / power : parts[i] * power;
      double count = round (wanted / unit), number = exponent < 0 ? count * parts[i] / power : count * unit;
      if (number > low && number < high)
        return number + 0.0; /* no -0 */
    }
  return wanted;
}

TwContourSet *
tw_contour_set_new (const TwField *field, guint n_levels)
{
  TwContourSet *set = g_new0 (TwContourSet, 1);
  double from = 0, to; /* levels of the index lines below and above */
  guint next = 0;

  set->n = n_levels;
  set->contours = g_new0 (TwContour *, n_levels);
  set->values = g_new0 (double, n_levels);
  for (guint at = 0; at < n_levels; at = next) {
    gboolean index_line = at + INDEX_EVERY <= n_levels;
    double line = at == 0 ? -0.5 : at - 1.0; /* where `from` is, in lines */
    next = MIN (at + INDEX_EVERY, n_levels);
    guint top = next - 1;
    to = (top + 0.5) / n_levels;
    if (index_line) {
      double around[3];
      for (int i = 0; i < 3; i++)
        around[i] = tw_field_value_of_level (field, to + 0.45 * (i - 1) / n_levels);
      set->values[top] = round_between (around[0], around[1], around[2]);
      to = tw_field_level_of_value (field, set->values[top]);
    }
    for (guint i = at; i <= top; i++) {
      double level = from + (to - from) * (i - line) / (top - line);
      if (i < top || !index_line)
        set->values[i] = tw_field_value_of_level (field, level);
      set->contours[i] = tw_contour_new (field->level, field->width, field->height, level);
    }
    from = to;
  }
  return set;
}

void
tw_contour_set_free (TwContourSet *set)
{
  if (set == NULL)
    return;
  for (guint i = 0; i < set->n; i++)
    tw_contour_free (set->contours[i]);
  g_free (set->contours);
  g_free (set->values);
  g_free (set);
}

static void
trace_contour (cairo_t *cr, const TwView *view, const TwField *field, const TwContour *contour)
{
  const double *points = (const double *)contour->points->data;
  const gsize *starts = (const gsize *)contour->starts->data;
  double sx = view->rect.width / (field->width - 1), sy = view->rect.height / (field->height - 1);
  double bottom = view->rect.y + view->rect.height;

  for (gsize line = 0; line < tw_contour_get_n_lines (contour); line++) {
    double last_x = -1e9, last_y = -1e9;
    for (gsize p = starts[line]; p < starts[line + 1]; p++) {
      double x = view->rect.x + points[2 * p] * sx, y = bottom - points[2 * p + 1] * sy;
      gboolean last = p + 1 == starts[line + 1];
      if (p == starts[line])
        cairo_move_to (cr, x, y);
      else if (last || hypot (x - last_x, y - last_y) > 1.0)
        cairo_line_to (cr, x, y);
      else
        continue;
      last_x = x, last_y = y;
    }
  }
}

void
tw_draw_contours (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwField *field,
                  const TwContourSet *set)
{
  cairo_save (cr);
  cairo_rectangle (cr, view->rect.x, view->rect.y, view->rect.width, view->rect.height);
  cairo_clip (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < set->n; i++) {
    trace_contour (cr, view, field, set->contours[i]);
    gboolean index_line = i % INDEX_EVERY == INDEX_EVERY - 1;
    cairo_set_line_width (cr, index_line ? 1.1 : 0.8);
    tw_set_color (cr, &theme->ink, index_line ? 0.34 : 0.20);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

/* Where along a line its label goes: the straightest piece of `width` pixels well inside the view.  FALSE:
 * nowhere. */
typedef struct {
  double x, y, angle;
} Place;

static gboolean
find_place (const TwView *view, const double *points, gsize n, double sx, double sy, double width, Place *place)
{
  const TwRect *rect = &view->rect;
  double best = 0.94, bottom = rect->y + rect->height;
  gboolean found = FALSE;

  for (gsize i = 0; i + 1 < n; i += MAX (n / 64, 1)) {
    double x0 = rect->x + points[2 * i] * sx, y0 = bottom - points[2 * i + 1] * sy, length = 0, x = x0, y = y0;
    gsize k = i + 1;
    for (; k < n && hypot (x - x0, y - y0) < width; k++) {
      double nx = rect->x + points[2 * k] * sx, ny = bottom - points[2 * k + 1] * sy;
      length += hypot (nx - x, ny - y);
      x = nx, y = ny;
    }
    double chord = hypot (x - x0, y - y0), straight = length > 0 ? chord / length : 0;
    double mx = (x + x0) / 2, my = (y + y0) / 2;
    if (chord < width || straight <= best || mx < rect->x + width || mx > rect->x + rect->width - width ||
        my < rect->y + width || my > bottom - width)
      continue;
    best = straight;
    found = TRUE;
    place->x = mx, place->y = my;
    place->angle = atan2 (y - y0, x - x0);
    if (fabs (place->angle) > G_PI / 2) /* never upside down */
      place->angle += place->angle > 0 ? -G_PI : G_PI;
  }
  return found;
}

static void
draw_label (cairo_t *cr, const TwTheme *theme, const Place *place, const char *text, double font_size)
{
  cairo_save (cr);
  cairo_translate (cr, place->x, place->y);
  cairo_rotate (cr, place->angle);
  for (int dx = -1; dx <= 1; dx++)
    for (int dy = -1; dy <= 1; dy++) {
      tw_set_color (cr, &theme->halo, 0.35);
      tw_draw_text (cr, dx, font_size * 0.36 + dy, 0.5, text);
    }
  tw_set_color (cr, &theme->ink, 0.85);
  tw_draw_text (cr, 0, font_size * 0.36, 0.5, text);
  cairo_restore (cr);
}

void
tw_draw_contour_labels (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwField *field,
                        const TwContourSet *set, double font_size)
{
  Place placed[MAX_LABELS];
  guint n_placed = 0;
  double sx = view->rect.width / (double)(field->width - 1), sy = view->rect.height / (double)(field->height - 1);

  cairo_save (cr);
  tw_set_font (cr, font_size, FALSE);
  for (guint i = INDEX_EVERY - 1; i < set->n; i += INDEX_EVERY) {
    const TwContour *contour = set->contours[i];
    const double *points = (const double *)(const void *)contour->points->data;
    const gsize *starts = (const gsize *)(const void *)contour->starts->data;
    char text[32];
    g_snprintf (text, sizeof text, "%.6g", set->values[i]);
    double width = tw_text_width (cr, text) + 6;
    for (gsize line = 0; line < tw_contour_get_n_lines (contour) && n_placed < MAX_LABELS; line++) {
      Place place;
      gboolean free_place = find_place (view, points + 2 * starts[line], starts[line + 1] - starts[line], sx, sy,
                                        width, &place);
      for (guint p = 0; p < n_placed && free_place; p++)
        free_place = hypot (place.x - placed[p].x, place.y - placed[p].y) > LABEL_DISTANCE;
      if (!free_place)
        continue;
      draw_label (cr, theme, &place, text, font_size);
      placed[n_placed++] = place;
    }
  }
  cairo_restore (cr);
}

static void
trace_star (cairo_t *cr, double x, double y, double radius)
{
  for (int i = 0; i < 10; i++) {
    double angle = -G_PI / 2 + i * G_PI / 5, r = i % 2 ? 0.42 * radius : radius;
    cairo_line_to (cr, x + r * cos (angle), y + r * sin (angle));
  }
  cairo_close_path (cr);
}

void
tw_draw_minima (cairo_t *cr, const TwTheme *theme, const TwView *view, const double *points, gsize n,
                double radius)
{
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (gsize i = 0; i < n; i++) {
    double x = tw_view_x (view, points[2 * i]), y = tw_view_y (view, points[2 * i + 1]);
    if (!tw_view_contains (view, x, y))
      continue;
    trace_star (cr, x, y, radius);
    tw_set_color (cr, &theme->halo, 0.95);
    cairo_fill_preserve (cr);
    tw_set_color (cr, &theme->ink, 1.0);
    cairo_set_line_width (cr, 1.4);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

void
tw_draw_start (cairo_t *cr, const TwTheme *theme, const TwView *view, double x, double y, double radius)
{
  double px = tw_view_x (view, x), py = tw_view_y (view, y);
  if (!tw_view_contains (view, px, py))
    return;
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  for (int pass = 0; pass < 2; pass++) {
    tw_set_color (cr, pass == 0 ? &theme->halo : &theme->ink, pass == 0 ? 0.85 : 1.0);
    cairo_set_line_width (cr, pass == 0 ? 4.0 : 1.6);
    cairo_arc (cr, px, py, radius, 0, 2 * G_PI);
    cairo_stroke (cr);
    for (int arm = 0; arm < 4; arm++) {
      double ax = arm == 0 ? 1 : arm == 2 ? -1 : 0, ay = arm == 1 ? 1 : arm == 3 ? -1 : 0;
      cairo_move_to (cr, px + ax * radius * 0.55, py + ay * radius * 0.55);
      cairo_line_to (cr, px + ax * radius * 1.5, py + ay * radius * 1.5);
    }
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

void
tw_draw_picture (cairo_t *cr, const TwTheme *theme, const TwView *view, cairo_surface_t *picture,
                 const double domain[4], double width, double height)
{
  const TwRect *rect = &view->rect;

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  tw_set_color (cr, &theme->missing, 1);
  cairo_paint (cr);
  if (picture != NULL) {
    double x = tw_view_x (view, domain[0]), y = tw_view_y (view, domain[3]);
    cairo_translate (cr, x, y);
    cairo_scale (cr, (tw_view_x (view, domain[1]) - x) / width, (tw_view_y (view, domain[2]) - y) / height);
    cairo_set_source_surface (cr, picture, 0, 0);
    cairo_paint (cr);
  }
  cairo_restore (cr);
}
