#include "ui/drawing/bands.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/cells.h"

#define GAP 6.0

static void
label_band (TwBand *band, const TwProbe *probe, const TwTrace *trace, gsize count)
{
  gsize row = probe->level == TW_LEVEL_ROW ? tw_trace_get_coordinates (trace)[band->item] : 0;

  if (probe->level == TW_LEVEL_RUN)
    g_strlcpy (band->label, "Global", sizeof band->label);
  else if (probe->level == TW_LEVEL_TENSOR && count > 1)
    g_snprintf (band->label, sizeof band->label, "Tensor %" G_GSIZE_FORMAT, band->item + 1);
  else if (probe->level == TW_LEVEL_TENSOR)
    g_strlcpy (band->label, "Tensor", sizeof band->label);
  else if (tw_problem_get_dim (tw_trace_get_problem (trace)) == 2)
    g_snprintf (band->label, sizeof band->label, "Param %s", band->item == 0 ? "x" : "y");
  else
    g_snprintf (band->label, sizeof band->label, row < 99999 ? "#%" G_GSIZE_FORMAT : "%" G_GSIZE_FORMAT, row + 1);
}

static gboolean
is_chosen (const TwTrace *trace, const TwProbe *probe, gsize item, gssize tensor, gssize coordinate)
{
  if (tensor < 0 || probe->level == TW_LEVEL_RUN)
    return TRUE;
  if (probe->level == TW_LEVEL_TENSOR)
    return (gssize)item == tensor;
  return (gssize)tw_trace_get_coordinate_tensor (trace, item) == tensor && (coordinate < 0 || (gssize)item == coordinate);
}

gsize
tw_bands_find (const TwTrace *trace, gsize optimizer, gssize tensor, gssize coordinate, TwBand bands[TW_MAX_BANDS])
{
  static const char *const states[] = { "h0", "h1", "h2", NULL };
  gsize n_probes, n = 0;
  const TwProbe *probes = tw_trace_get_probes (trace, optimizer, &n_probes);

  for (gsize p = 0; p < n_probes; p++) {
    gsize count;
    if (!g_strv_contains (states, probes[p].name) || tw_trace_get_probe (trace, optimizer, 0, p, 0, &count) == NULL)
      continue;
    for (gsize i = 0, shown = 0; i < count && shown < TW_MAX_BAND_ITEMS && n < TW_MAX_BANDS; i++) {
      if (!is_chosen (trace, &probes[p], i, tensor, coordinate))
        continue;
      shown++;
      bands[n] = (TwBand){ .probe = p, .item = i, .units = probes[p].width };
      label_band (&bands[n++], &probes[p], trace, count);
    }
  }
  return n;
}

/* A picture of rows 0 to n_rows - 1, one column of pixels each or fewer. */
static void
draw_cells (cairo_t *cr, const TwTheme *theme, const TwRect *rect, double share, const TwTrace *trace, gsize optimizer,
            const TwBand *band, gsize n_rows, double scale)
{
  double width = rect->width * share;
  gsize columns = MIN (n_rows, (gsize)ceil (width * scale)), filled = 0;
  g_autofree float *values = g_new (float, MAX (columns, 1) * band->units); /* (columns, units) */

  for (gsize c = 0; c < columns; c++) {
    gsize count;
    const float *probe = tw_trace_get_probe (trace, optimizer, 0, band->probe, c * n_rows / columns, &count);
    if (probe == NULL || band->item >= count)
      break;
    memcpy (values + c * band->units, probe + band->item * band->units, band->units * sizeof (float));
    filled++;
  }
  if (filled == 0)
    return;
  width *= (double)filled / (double)columns;
  int w = MAX ((int)round (width * scale), 1), h = MAX ((int)round (rect->height * scale), 1);
  cairo_surface_t *picture = tw_cells_render (values, filled, band->units, 1, theme, w, h);
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, width / w, rect->height / h);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, 0, 0, w, h);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (picture);
}

void
tw_bands_lay_out (const TwBand *bands, gsize n, const TwRect *rect, gboolean snapped, TwRect *rects)
{
  double units = 0, y = rect->y, room = rect->height - GAP * (double)(MAX (n, 1) - 1);

  /* Small levels get more than their share, so that their names fit. */
  for (gsize b = 0; b < n; b++)
    units += bands[b].units + 6;
  for (gsize b = 0; b < n; b++) {
    rects[b] = (TwRect){ rect->x, y, rect->width, room * (bands[b].units + 6) / units };
    if (snapped) {
      rects[b].height = MAX (floor (rects[b].height), 1);
      rects[b].width = floor (rects[b].width);
      rects[b].x = floor (rects[b].x);
      rects[b].y = floor (rects[b].y);
    }
    y += rects[b].height + GAP;
  }
}

void
tw_draw_bands (cairo_t *cr, const TwTheme *theme, const TwRect *rects, const TwAxis *x, const TwTrace *trace,
               gsize optimizer, const TwBand *bands, gsize n, double font_size, double scale, gsize last)
{
  gsize n_rows = tw_trace_get_n_rows (trace, optimizer, 0);
  TwTicks ticks;

  if (n == 0)
    return;
  n_rows = last < n_rows ? last + 1 : n_rows;
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  for (gsize b = 0; b < n; b++) {
    const TwRect *band = &rects[b];
    if (n_rows > 0)
      draw_cells (cr, theme, band, MIN ((double)n_rows / (x->max + 1), 1), trace, optimizer, &bands[b], n_rows, scale);
    tw_set_color (cr, &theme->dim, 0.7);
    cairo_rectangle (cr, band->x - 0.5, band->y - 0.5, band->width + 1, band->height + 1);
    cairo_stroke (cr);
    tw_set_font (cr, font_size, FALSE);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, band->x - 7, band->y + band->height / 2 + 0.36 * font_size, 1, bands[b].label);
  }
  tw_axis_ticks (x, (guint)CLAMP (rects[0].width / (font_size * 5.5), 2, 12), &ticks);
  for (guint i = 0; i < ticks.n; i++) {
    char text[48];
    double at = tw_rect_x (&rects[0], x, ticks.values[i]), bottom = rects[n - 1].y + rects[n - 1].height;
    tw_set_color (cr, &theme->dim, 0.7);
    cairo_move_to (cr, at, bottom);
    cairo_line_to (cr, at, bottom + 4);
    cairo_stroke (cr);
    tw_tick_format (ticks.values[i], ticks.step, text, sizeof text);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_x_label (cr, &rects[0], at, bottom + 5 + font_size, text, font_size);
  }
  cairo_restore (cr);
}
