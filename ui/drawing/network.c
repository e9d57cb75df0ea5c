#include "ui/drawing/network.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/colormap.h"

#define POINT_RADIUS 2.4
#define MAX_BORDERS 20       /* with more classes than this the colours alone tell */
#define CRISP 4.5            /* device pixels per pixel of an image, from which on it has edges */
#define FINE_WIDTH 16        /* images from here on may be enlarged by quarters */
#define MAX_LARGE_POINTS 600 /* more of them are drawn smaller */

/* Of many classes: hues that stay apart, for light ground; two take the ends of the diverging map. */
static const TwColor hues[] = {
  { 0.12, 0.42, 0.75 }, { 0.90, 0.50, 0.05 }, { 0.15, 0.55, 0.25 }, { 0.75, 0.15, 0.20 }, { 0.48, 0.30, 0.70 },
  { 0.50, 0.33, 0.20 }, { 0.85, 0.35, 0.65 }, { 0.35, 0.38, 0.42 }, { 0.62, 0.62, 0.10 }, { 0.05, 0.60, 0.68 },
};

void
tw_class_color (const TwTheme *theme, gsize k, gsize n_classes, TwColor *color)
{
  *color = hues[k % G_N_ELEMENTS (hues)];
  if (theme->dark) { /* lighter, to stand on dark ground */
    color->r = 0.35 + 0.65 * color->r;
    color->g = 0.35 + 0.65 * color->g;
    color->b = 0.35 + 0.65 * color->b;
  }
}

static guint32
to_pixel (double r, double g, double b)
{
  return (guint32)lround (CLAMP (r, 0, 1) * 255) << 16 | (guint32)lround (CLAMP (g, 0, 1) * 255) << 8 |
         (guint32)lround (CLAMP (b, 0, 1) * 255);
}

/* Each point in the colours of its classes, mixed by their probabilities, on the ground of the chart. */
static cairo_surface_t *
render_shares (const TwTheme *theme, const TwRegions *regions)
{
  gsize W = regions->width, H = regions->height, K = regions->n_classes;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)W, (int)H);
  guint8 *data = cairo_image_surface_get_data (surface);
  gsize stride = (gsize)cairo_image_surface_get_stride (surface);
  double ground = theme->dark ? 0.5 : 0.55;
  g_autofree TwColor *colors = g_new (TwColor, K);

  for (gsize k = 0; k < K; k++)
    tw_class_color (theme, k, K, &colors[k]);
  cairo_surface_flush (surface);
  for (gsize j = 0; data != NULL && j < H; j++) {
    guint32 *out = (guint32 *)(data + (H - 1 - j) * stride);
    for (gsize i = 0; i < W; i++) {
      const float *share = regions->shares + (j * W + i) * K;
      double r = 0, g = 0, b = 0;
      for (gsize k = 0; k < K; k++) {
        r += share[k] * colors[k].r;
        g += share[k] * colors[k].g;
        b += share[k] * colors[k].b;
      }
      out[i] = to_pixel (ground * theme->background.r + (1 - ground) * r, ground * theme->background.g + (1 - ground) * g,
                         ground * theme->background.b + (1 - ground) * b);
    }
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

/* Where class k is as likely as the likeliest other. */
static void
draw_border (cairo_t *cr, const TwView *view, const TwRegions *regions, gsize k)
{
  gsize W = regions->width, H = regions->height, K = regions->n_classes;
  g_autofree float *lead = g_new (float, W *H);

  for (gsize i = 0; i < W * H; i++) {
    const float *share = regions->shares + i * K;
    float other = 0;
    for (gsize c = 0; c < K; c++)
      if (c != k)
        other = MAX (other, share[c]);
    lead[i] = share[k] - other;
  }
  g_autoptr (TwContour) border = tw_contour_new (lead, W, H, 0);
  for (gsize line = 0; line < tw_contour_get_n_lines (border); line++) {
    gsize first = g_array_index (border->starts, gsize, line), end = g_array_index (border->starts, gsize, line + 1);
    for (gsize p = first; p < end; p++) {
      double u = g_array_index (border->points, double, 2 * p) / (double)(W - 1),
             v = g_array_index (border->points, double, 2 * p + 1) / (double)(H - 1);
      cairo_line_to (cr, view->rect.x + u * view->rect.width, view->rect.y + (1 - v) * view->rect.height);
    }
    cairo_new_sub_path (cr);
  }
  cairo_stroke (cr);
}

/* A disc of one that is trained on, a ring of one that is held out.  pen: of its lines, 1 or less. */
static void
draw_point (cairo_t *cr, const TwTheme *theme, const TwColor *color, double x, double y, double radius, double pen,
            gboolean train)
{
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  tw_set_color (cr, train ? color : &theme->background, 1);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, (train ? 0.8 : 1.3) * pen);
  tw_set_color (cr, train ? &theme->background : color, 1);
  cairo_stroke (cr);
}

/* A cross, in the colour of what it should have been. */
static void
draw_wrong (cairo_t *cr, const TwTheme *theme, const TwColor *color, double x, double y, double r, double pen)
{
  cairo_new_path (cr);
  for (int pass = 0; pass < 2; pass++) {
    cairo_move_to (cr, x - r, y - r);
    cairo_line_to (cr, x + r, y + r);
    cairo_move_to (cr, x - r, y + r);
    cairo_line_to (cr, x + r, y - r);
    cairo_set_line_width (cr, (pass == 0 ? 3.2 : 1.7) * pen * theme->stroke);
    tw_set_color (cr, pass == 0 ? &theme->background : color, 1);
    cairo_stroke (cr);
  }
}

void
tw_draw_regions (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwRegions *regions)
{
  const TwRect *rect = &view->rect;
  double mark = regions->mark > 0 ? regions->mark : 1,
         radius = mark * POINT_RADIUS * theme->stroke * (regions->n_rows > MAX_LARGE_POINTS ? 0.8 : 1);
  cairo_surface_t *ground = render_shares (theme, regions);

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / (double)regions->width, rect->height / (double)regions->height);
  cairo_set_source_surface (cr, ground, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (ground);
  cairo_set_line_width (cr, 1.6 * mark * theme->stroke);
  tw_set_color (cr, &theme->foreground, 0.85);
  gsize n_borders = regions->n_classes == 2 ? 1 : regions->n_classes <= MAX_BORDERS ? regions->n_classes : 0;
  for (gsize k = 0; k < n_borders; k++)
    draw_border (cr, view, regions, k);
  for (int pass = 0; pass < 2; pass++) /* those that are wrong lie on top */
    for (gsize i = 0; i < regions->n_rows; i++) {
      gboolean wrong = regions->classes[i] != regions->predicted[i];
      double x = tw_view_x (view, regions->points[2 * i]), y = tw_view_y (view, regions->points[2 * i + 1]);
      TwColor color;
      if (wrong != (pass == 1))
        continue;
      tw_class_color (theme, regions->classes[i], regions->n_classes, &color);
      if (wrong)
        draw_wrong (cr, theme, &color, x, y, radius + 0.6 * mark, mark);
      else
        draw_point (cr, theme, &color, x, y, radius, mark, i < regions->n_train);
    }
  cairo_restore (cr);
}

#define MOST_LISTED 10
static const char *const mark_words[] = { "trained on", "held out", "wrong" };

/* A class by its name, or its number in words. */
static void
name_class (char *const *class_names, gsize k, char text[40])
{
  if (class_names == NULL)
    g_snprintf (text, 40, "class %" G_GSIZE_FORMAT, k);
  else if (g_ascii_isdigit (*class_names[k]))
    g_snprintf (text, 40, "class %s", class_names[k]);
  else
    g_strlcpy (text, class_names[k], 40);
}

/* Left of its words, which stand on the baseline y: a square of class k, or from n_classes on a mark. */
static void
draw_key_sign (cairo_t *cr, const TwTheme *theme, double x, double y, double font_size, gsize k, gsize n_classes)
{
  double radius = POINT_RADIUS * theme->stroke, at = x + 0.45 * font_size, middle = y - 0.36 * font_size;
  TwColor color;

  if (k < n_classes) {
    tw_class_color (theme, k, n_classes, &color);
    cairo_rectangle (cr, x, middle - 0.45 * font_size, 0.9 * font_size, 0.9 * font_size);
    tw_set_color (cr, &color, 1);
    cairo_fill (cr);
  } else if (k < n_classes + 2) {
    draw_point (cr, theme, &theme->foreground, at, middle, radius, 1, k == n_classes);
  } else {
    draw_wrong (cr, theme, &theme->foreground, at, middle, radius + 0.6, 1);
  }
}

void
tw_draw_regions_key (cairo_t *cr, const TwTheme *theme, double x, double y, double width, double font_size,
                     char *const *class_names, gsize n_classes)
{
  double line = ceil (1.6 * font_size), text = x + 1.6 * font_size;
  gsize listed = MIN (n_classes, MOST_LISTED);
  char name[40];

  y += 0.36 * font_size;
  tw_set_font (cr, font_size, FALSE);
  for (gsize k = 0; k < listed; k++, y += line) {
    name_class (class_names, k, name);
    draw_key_sign (cr, theme, x, y, font_size, k, n_classes);
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text_within (cr, text, y, 0, width - 1.6 * font_size, name);
  }
  y += 0.6 * line;
  for (gsize i = 0; i < 3; i++, y += line) {
    draw_key_sign (cr, theme, x, y, font_size, n_classes + i, n_classes);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text_within (cr, text, y, 0, width - 1.6 * font_size, mark_words[i]);
  }
}

double
tw_draw_regions_key_row (cairo_t *cr, const TwTheme *theme, double x, double y, double width, double font_size,
                         char *const *class_names, gsize n_classes, gboolean draw)
{
  double line = 1.6 * font_size, at = 0, height = line;
  gsize listed = MIN (n_classes, MOST_LISTED);
  char name[40];

  tw_set_font (cr, font_size, FALSE);
  for (gsize i = 0; i < listed + 3; i++) {
    if (i < listed)
      name_class (class_names, i, name);
    else
      g_strlcpy (name, mark_words[i - listed], sizeof name);
    double wide = 1.4 * font_size + tw_text_width (cr, name);
    if (at > 0 && at + wide > width) {
      at = 0;
      height += line;
    }
    if (draw) {
      draw_key_sign (cr, theme, x + at, y + height - line, font_size, i < listed ? i : n_classes + i - listed, n_classes);
      tw_set_color (cr, i < listed ? &theme->foreground : &theme->dim, 1);
      tw_draw_text_within (cr, x + at + 1.4 * font_size, y + height - line, 0, width - 1.4 * font_size, name);
    }
    at += wide + 1.6 * font_size;
  }
  return height;
}

void
tw_mosaic_fit (TwMosaic *mosaic, const TwRect *rect, gsize n, gsize width, gsize height, double gap, double foot,
               double least_width, double least, double largest)
{
  double step = width >= FINE_WIDTH ? 0.25 : 1;

  memset (mosaic, 0, sizeof *mosaic);
  for (double zoom = largest;; zoom = MAX (zoom - step, least)) {
    mosaic->zoom = zoom;
    mosaic->cell_width = MAX (zoom * (double)width, least_width) + gap;
    mosaic->cell_height = zoom * (double)height + foot + gap;
    mosaic->columns = (gsize)MAX (floor ((rect->width + gap) / mosaic->cell_width), 0);
    mosaic->rows = (gsize)MAX (floor ((rect->height + gap) / mosaic->cell_height), 0);
    mosaic->shown = MIN (mosaic->columns * mosaic->rows, n);
    if (mosaic->shown == n || zoom <= least)
      return;
  }
}

void
tw_mosaic_get_corner (const TwMosaic *mosaic, const TwRect *rect, gsize i, double *x, double *y)
{
  *x = floor (rect->x + (double)(i % mosaic->columns) * mosaic->cell_width);
  *y = floor (rect->y + (double)(i / mosaic->columns) * mosaic->cell_height);
}

void
tw_draw_pixels (cairo_t *cr, const TwTheme *theme, double x, double y, double zoom, const float *values, gsize width,
                gsize height, double range)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)width, (int)height);
  guint8 *data = cairo_image_surface_get_data (surface);
  gsize stride = (gsize)cairo_image_surface_get_stride (surface);
  const guint32 *map = tw_colormap_get (TW_COLORMAP_DIVERGING, theme->dark);
  double across = zoom, up = 0;

  /* Whole pixels, or so many that a part of one more does not show; on paper always. */
  cairo_user_to_device_distance (cr, &across, &up);
  gboolean crisp = zoom == floor (zoom) || hypot (across, up) >= CRISP ||
                   cairo_surface_get_type (cairo_get_target (cr)) != CAIRO_SURFACE_TYPE_IMAGE;
  cairo_surface_flush (surface);
  for (gsize j = 0; data != NULL && j < height; j++)
    for (gsize i = 0; i < width; i++) {
      double value = values[j * width + i], grey = theme->dark ? value : 1 - value;
      ((guint32 *)(data + j * stride))[i] =
        range > 0 ? tw_colormap_pixel (map, 0.5 + 0.5 * CLAMP (value / range, -1, 1)) : to_pixel (grey, grey, grey);
    }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, zoom, zoom);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), crisp ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_BILINEAR);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, (double)width, (double)height);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_rectangle (cr, x - 0.5, y - 0.5, zoom * (double)width + 1, zoom * (double)height + 1);
  cairo_set_line_width (cr, 1);
  tw_set_color (cr, &theme->dim, 0.5);
  cairo_stroke (cr);
  cairo_surface_destroy (surface);
}
