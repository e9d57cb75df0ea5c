#include "ui/drawing/sweep-map.h"

#include <math.h>

#include "core/experiment/statistics.h"
#include "ui/drawing/colormap.h"
#include "ui/drawing/missing.h"

#define DECADES 12    /* that differ in colour */
#define LARGE 0.9     /* quantile of the losses that are told apart from larger ones, ... */
#define WORSE 10      /* unless so many times the first loss is less */

gboolean
tw_sweep_get_range (const TwSweep *sweep, TwAxis *range)
{
  gsize n = (gsize)sweep->refinement.width * sweep->refinement.height, n_finite = 0;
  g_autofree double *values = g_new (double, n);
  double low = INFINITY;

  for (gsize i = 0; i < n; i++) {
    if (!sweep->done[i] || isinf (sweep->loss[i]))
      continue;
    values[n_finite] = tw_sweep_get_excess (sweep, i);
    if (values[n_finite] > 0)
      low = MIN (low, values[n_finite]);
    n_finite++;
  }
  if (n_finite == 0)
    return FALSE;
  double high = tw_quantile (values, n_finite, LARGE), first = WORSE * (sweep->start - tw_sweep_get_offset (sweep));
  if (first > 0)
    high = MIN (high, first);
  high = high > 0 ? high : isfinite (low) ? low : 1;
  low = CLAMP (low, high * pow (10, -DECADES), high / 10);
  /* Whole decades, so that the bar has a tick at either end. */
  *range = (TwAxis){ pow (10, floor (log10 (low))), pow (10, ceil (log10 (high))), TRUE };
  return TRUE;
}

static const guint32 *
map_of (const TwTheme *theme)
{
  return tw_colormap_get (theme->print ? TW_COLORMAP_PRINT : TW_COLORMAP_LANDSCAPE, theme->dark);
}

cairo_surface_t *
tw_sweep_render (const TwSweep *sweep, const TwTheme *theme, int width, int height, int line)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  guint across = sweep->refinement.width, up = sweep->refinement.height, cell;
  const guint32 *map = map_of (theme);
  TwAxis range = { 1, 10, TRUE };

  if (data == NULL)
    return surface;
  tw_sweep_get_range (sweep, &range);
  cairo_surface_flush (surface);
  for (int py = 0; py < height; py++) {
    guint32 *out = (guint32 *)(data + (gsize)py * (gsize)stride);
    guint y = up - 1 - (guint)((gsize)py * up / (gsize)height);
    for (int px = 0; px < width; px++) {
      guint x = (guint)((gsize)px * across / (gsize)width);
      if (!tw_refinement_find_done (&sweep->refinement, sweep->done, x, y, &cell))
        out[px] = tw_color_to_pixel (&theme->background);
      else if (isinf (sweep->loss[cell]))
        out[px] = tw_missing_pixel (theme, TRUE, px / line, py / line);
      else
        out[px] = tw_colormap_pixel (map, tw_axis_position (&range, MAX (tw_sweep_get_excess (sweep, cell), range.min)));
    }
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

/* The frame */

static TwAxis
plain_axis (const TwSweepAxis *axis)
{
  return (TwAxis){ axis->min, axis->max, axis->scale == TW_SWEEP_LOG };
}

/* Ticks with their labels: at most `most`. */
typedef struct {
  guint n;
  double position[TW_MAX_TICKS];
  char label[TW_MAX_TICKS][32];
} Labels;

static void
add_label (Labels *labels, double position, const char *text)
{
  if (labels->n < TW_MAX_TICKS && position >= -1e-9 && position <= 1 + 1e-9) {
    labels->position[labels->n] = position;
    g_strlcpy (labels->label[labels->n++], text, sizeof labels->label[0]);
  }
}

static void
find_labels (const TwSweepAxis *axis, guint most, Labels *labels)
{
  static const double decays[] = { 0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999 };
  TwAxis plain = plain_axis (axis);
  char text[32];

  labels->n = 0;
  if (axis->scale == TW_SWEEP_CHOICE) {
    for (guint i = 0; i < axis->n; i++) {
      g_autofree char *word = tw_sweep_axis_text (axis, i);
      add_label (labels, (i + 0.5) / axis->n, word);
    }
    return;
  }
  if (axis->scale == TW_SWEEP_DECAY) {
    for (gsize i = 0; i < G_N_ELEMENTS (decays); i++) {
      g_snprintf (text, sizeof text, "%.7g", decays[i]);
      if (i != 1 || most > 7)
        add_label (labels, tw_sweep_axis_position (axis, decays[i]), text);
    }
    return;
  }
  TwTicks ticks;
  tw_axis_ticks (&plain, most, &ticks);
  for (guint i = 0; i < ticks.n; i++) {
    if (plain.log)
      tw_power_format (ticks.values[i], text, sizeof text);
    else
      tw_tick_format (ticks.values[i], ticks.step, text, sizeof text);
    add_label (labels, tw_axis_position (&plain, ticks.values[i]), text);
  }
}

void
tw_sweep_frame_size (cairo_t *cr, const TwSweepAxis *y, double font_size, double *left, double *bottom)
{
  Labels labels;
  double widest = 0;

  find_labels (y, 12, &labels);
  tw_set_font (cr, font_size, FALSE);
  for (guint i = 0; i < labels.n; i++)
    widest = MAX (widest, tw_text_width (cr, labels.label[i]));
  *left = ceil (widest + 8 + 1.8 * font_size);
  *bottom = ceil (3.4 * font_size + 4);
}

void
tw_draw_sweep_frame (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwSweepAxis *x, const TwSweepAxis *y,
                     double font_size)
{
  Labels across, up;
  double bottom = rect->y + rect->height, end = -INFINITY;

  find_labels (x, (guint)CLAMP (rect->width / (4.2 * font_size), 2, 12), &across);
  find_labels (y, (guint)CLAMP (rect->height / (2.2 * font_size), 2, 12), &up);
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  tw_set_font (cr, font_size, FALSE);
  for (guint i = 0; i < across.n; i++) {
    double at = rect->x + rect->width * across.position[i], half = tw_text_width (cr, across.label[i]) / 2;
    tw_set_color (cr, &theme->dim, 0.7);
    if (x->scale != TW_SWEEP_CHOICE) {
      cairo_move_to (cr, floor (at) + 0.5, bottom);
      cairo_rel_line_to (cr, 0, 4);
      cairo_stroke (cr);
    }
    if (at - half < end + 0.6 * font_size)
      continue; /* no room for it */
    end = at + half;
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, at, bottom + 5 + font_size, 0.5, across.label[i]);
  }
  for (guint i = 0; i < up.n; i++) {
    double at = bottom - rect->height * up.position[i];
    tw_set_color (cr, &theme->dim, 0.7);
    if (y->scale != TW_SWEEP_CHOICE) {
      cairo_move_to (cr, rect->x - 4, floor (at) + 0.5);
      cairo_rel_line_to (cr, 4, 0);
      cairo_stroke (cr);
    }
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, rect->x - 7, at + 0.36 * font_size, 1, up.label[i]);
  }
  tw_set_color (cr, &theme->dim, 0.7);
  cairo_rectangle (cr, floor (rect->x) - 0.5, floor (rect->y) - 0.5, floor (rect->width) + 1, floor (rect->height) + 1);
  cairo_stroke (cr);
  tw_set_color (cr, &theme->foreground, 1);
  tw_draw_text (cr, rect->x + rect->width / 2, bottom + 5 + 2.5 * font_size, 0.5, x->param->key);
  double left, below;
  tw_sweep_frame_size (cr, y, font_size, &left, &below);
  cairo_translate (cr, rect->x - left + 1.1 * font_size, rect->y + rect->height / 2);
  cairo_rotate (cr, -G_PI / 2);
  tw_draw_text (cr, 0, 0, 0.5, y->param->key);
  cairo_restore (cr);
}

double
tw_sweep_scale_width (double font_size)
{
  return ceil (7.2 * font_size);
}

void
tw_draw_sweep_scale (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwSweep *sweep, double font_size)
{
  TwAxis range;
  TwTicks ticks;
  double width = ceil (1.3 * font_size), top = rect->y + 3.2 * font_size, foot = sweep->n_diverged > 0 ? 2.4 * font_size : 0;
  TwRect bar = { rect->x, top, width, MAX (rect->y + rect->height - foot - top, 8) };

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  tw_set_font (cr, font_size, FALSE);
  if (tw_sweep_get_range (sweep, &range)) {
    for (int i = 0; i < (int)bar.height; i++) {
      guint32 pixel = tw_colormap_pixel (map_of (theme), 1 - (i + 0.5) / bar.height);
      cairo_set_source_rgb (cr, (pixel >> 16 & 255) / 255.0, (pixel >> 8 & 255) / 255.0, (pixel & 255) / 255.0);
      /* The next one covers half of it: no seams at any resolution. */
      cairo_rectangle (cr, bar.x, floor (bar.y) + i, bar.width, MIN (2, (int)bar.height - i));
      cairo_fill (cr);
    }
    tw_axis_ticks (&range, (guint)CLAMP (bar.height / (2.2 * font_size), 2, 8), &ticks);
    tw_set_color (cr, &theme->dim, 1);
    for (guint i = 0; i < ticks.n; i++) {
      char text[32];
      tw_power_format (ticks.values[i], text, sizeof text);
      tw_draw_text (cr, bar.x + width + 5, tw_rect_y (&bar, &range, ticks.values[i]) + 0.36 * font_size, 0, text);
    }
    tw_draw_text (cr, rect->x, rect->y + font_size, 0, "loss above");
    tw_draw_text (cr, rect->x, rect->y + 2.2 * font_size, 0, isfinite (sweep->minimum) ? "the minimum" : "the lowest");
  }
  if (sweep->n_diverged > 0) {
    double y = floor (rect->y + rect->height - 1.2 * font_size);
    TwRect box = { bar.x, y, width, ceil (1.2 * font_size) };
    tw_draw_missing (cr, theme, &box, TRUE);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, bar.x + width + 5, y + font_size, 0, "diverged");
  }
  cairo_restore (cr);
}

void
tw_draw_sweep_ring (cairo_t *cr, const TwTheme *theme, double x, double y, double radius)
{
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  tw_set_color (cr, &theme->halo, 0.9);
  cairo_set_line_width (cr, 5);
  cairo_stroke_preserve (cr);
  tw_set_color (cr, &theme->ink, 1);
  cairo_set_line_width (cr, 2.2);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
tw_draw_sweep_best (cairo_t *cr, const TwTheme *theme, double x, double y, double radius)
{
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  tw_set_color (cr, &theme->ink, 1);
  cairo_fill_preserve (cr);
  tw_set_color (cr, &theme->halo, 0.9);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_restore (cr);
}
