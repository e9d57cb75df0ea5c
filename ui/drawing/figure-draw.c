#include <math.h>

#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define LEAST_MAP_SCALE 2.0 /* pixels per unit: cells have sharp edges */

void
tw_figure_draw_name_x (const TwFigure *figure, cairo_t *cr, const TwRect *rect, const char *name)
{
  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &figure->theme->dim, 1);
  tw_draw_text_within (cr, rect->x + rect->width / 2, rect->y + rect->height + 3.1 * FONT, 0.5, rect->width + 2 * TW_FIGURE_RIGHT, name);
}

void
tw_figure_draw_name_y (const TwFigure *figure, cairo_t *cr, const TwRect *rect, const char *name, double x)
{
  cairo_save (cr);
  cairo_translate (cr, x, rect->y + rect->height / 2);
  cairo_rotate (cr, -G_PI / 2);
  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &figure->theme->dim, 1);
  tw_draw_text_within (cr, 0, 0, 0.5, rect->height + 2 * TW_FIGURE_TOP, name);
  cairo_restore (cr);
}

double
tw_figure_step_room (const TwFigure *figure)
{
  return tw_figure_get_step (figure) < tw_trace_get_n_steps (figure->trace) ? 6 * FONT : 0;
}

void
tw_figure_draw_heading (const TwFigure *figure, cairo_t *cr, const TwRect *rect, double width, const char *text)
{
  tw_set_font (cr, 1.1 * FONT, TRUE);
  tw_set_color (cr, &figure->theme->foreground, 1);
  tw_draw_text_within (cr, rect->x, rect->y - 11, 0, width, text);
}

void
tw_figure_draw_map (TwFigure *figure, cairo_t *cr, double scale, const TwRect *rect,
                    cairo_surface_t *(*render) (const TwFigure *figure, int width, int height, int line))
{
  if (figure->picture == NULL || figure->picture_scale != scale) {
    double fine = MAX (scale, LEAST_MAP_SCALE);
    g_clear_pointer (&figure->picture, cairo_surface_destroy);
    figure->picture = render (figure, MAX ((int)ceil (rect->width * fine), 1), MAX ((int)ceil (rect->height * fine), 1),
                              MAX ((int)lround (0.8 * fine), 1));
    figure->picture_scale = scale;
  }
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / cairo_image_surface_get_width (figure->picture),
               rect->height / cairo_image_surface_get_height (figure->picture));
  cairo_set_source_surface (cr, figure->picture, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (figure->picture),
                   cairo_image_surface_get_height (figure->picture));
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_legend_still (TwFigure *figure, cairo_t *cr)
{
  const TwLegendLayout *legend = &figure->legend;
  const TwTheme *theme = figure->theme;
  double room = legend->column_width - 38 - (legend->values ? 70 : 6);

  if (!(legend->rect.width > 0))
    return;
  for (gsize i = 0; i < tw_figure_get_n_entries (figure); i++) {
    double x = legend->rect.x + (double)(i % legend->columns) * legend->column_width;
    double y = legend->rect.y + ((double)(i / legend->columns) + 0.68) * TW_LEGEND_ROW;
    TwLegendEntry entry = tw_figure_get_entry (figure, i);
    tw_draw_swatch (cr, theme, entry.style, x, y - 0.62 * TW_LEGEND_ROW, 30, 0.8 * TW_LEGEND_ROW);
    tw_set_font (cr, FONT, FALSE);
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text_within (cr, x + 38, y, 0, room, entry.name);
  }
}

static void
draw_legend_box (TwFigure *figure, cairo_t *cr)
{
  const TwRect *rect = &figure->legend.rect;

  tw_set_color (cr, &figure->theme->background, 0.88);
  cairo_rectangle (cr, rect->x - 6, rect->y - 4, rect->width + 10, rect->height + 6);
  cairo_fill (cr);
}

/* The loss of the first start, or that it diverged. */
static void
draw_legend_values (TwFigure *figure, cairo_t *cr, gsize last)
{
  const TwLegendLayout *legend = &figure->legend;

  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &figure->theme->dim, 1);
  for (gsize i = 0; legend->rect.width > 0 && legend->values && i < figure->n_series; i++) {
    gsize o = figure->series[i], rows = tw_trace_get_n_rows (figure->trace, o, 0);
    double y = legend->rect.y + ((double)i + 0.68) * TW_LEGEND_ROW;
    char number[G_ASCII_DTOSTR_BUF_SIZE] = "";
    gboolean diverged = tw_trace_get_stop_reason (figure->trace, o, 0) == TW_STOP_DIVERGED && last >= rows;
    if (!diverged && rows > 0)
      g_ascii_formatd (number, sizeof number, "%.3g", tw_trace_get_loss (figure->trace, o, 0)[MIN (last, rows - 1)]);
    tw_draw_text (cr, legend->rect.x + legend->rect.width, y, 1, diverged ? "diverged" : number);
  }
}

/* Which step a frame shows, in the upper right corner. */
static void
draw_step (TwFigure *figure, cairo_t *cr, gsize last)
{
  g_autofree char *text = g_strdup_printf ("step %" G_GSIZE_FORMAT, last);

  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &figure->theme->dim, 1);
  tw_draw_text (cr, figure->width - 16, 1.5 * FONT, 1, text);
}

void
tw_figure_draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  if (!figure->options.transparent) {
    tw_set_color (cr, &figure->theme->background, 1);
    cairo_rectangle (cr, 0, 0, figure->width, figure->height);
    cairo_fill (cr);
  }
  figure->shows->draw_still (figure, cr, scale);
  if (figure->options.legend != TW_LEGEND_INSIDE)
    draw_legend_still (figure, cr);
}

void
tw_figure_draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  if (figure->shows->draw_moving != NULL)
    figure->shows->draw_moving (figure, cr, scale, last);
  if (figure->options.legend == TW_LEGEND_INSIDE && figure->legend.rect.width > 0) {
    draw_legend_box (figure, cr);
    draw_legend_still (figure, cr);
  }
  draw_legend_values (figure, cr, last);
  if (figure->shows->plays && last < tw_trace_get_n_steps (figure->trace))
    draw_step (figure, cr, last);
}
