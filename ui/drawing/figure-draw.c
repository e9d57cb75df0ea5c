#include <math.h>

#include "ui/drawing/figure-private.h"
#include "ui/drawing/trajectory.h"

#define FONT TW_FIGURE_FONT
#define MARKER_DISTANCE 46.0 /* along a trajectory, in print */
#define MARKER_RADIUS 3.4

static void
draw_name_x (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const char *name)
{
  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, rect->x + rect->width / 2, rect->y + rect->height + 3.1 * FONT, 0.5, name);
}

/* At the left edge of the figure, read from below. */
static void
draw_name_y (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const char *name, double x)
{
  cairo_save (cr);
  cairo_translate (cr, x, rect->y + rect->height / 2);
  cairo_rotate (cr, -G_PI / 2);
  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, 0, 0, 0.5, name);
  cairo_restore (cr);
}

static void
draw_heading (cairo_t *cr, const TwTheme *theme, const TwRect *rect, double width, const char *text)
{
  tw_set_font (cr, 1.1 * FONT, TRUE);
  tw_set_color (cr, &theme->foreground, 1);
  tw_draw_text_within (cr, rect->x, rect->y - 11, 0, width, text);
}

/* The heat map, made anew where the resolution has changed. */
static void
draw_picture (TwFigure *figure, cairo_t *cr, double scale)
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

static void
draw_landscape_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const TwRect *rect = &figure->view.rect;
  const double *minima;
  gsize n_minima = tw_problem_get_minima (tw_trace_get_problem (figure->trace), &minima);

  draw_picture (figure, cr, scale);
  tw_draw_contours (cr, figure->theme, &figure->view, figure->field, figure->contours);
  tw_draw_minima (cr, figure->theme, &figure->view, minima, n_minima, 7);
  tw_draw_frame (cr, figure->theme, rect, &figure->view.x, &figure->view.y, FONT, 0);
  draw_name_x (cr, figure->theme, rect, "x");
  tw_draw_text (cr, 14, rect->y + rect->height / 2 + 0.36 * FONT, 0.5, "y");
  draw_heading (cr, figure->theme, rect, rect->width, figure->title);
}

/* Marks along the path, so that it is known without its colour. */
static void
draw_path_markers (TwFigure *figure, cairo_t *cr, const TwTrajectory *t, double first, gsize last)
{
  double x = NAN, y = NAN, since = MARKER_DISTANCE - first;

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

static void
draw_paths (TwFigure *figure, cairo_t *cr, gsize last)
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
      draw_path_markers (figure, cr, &trajectory, 8 + MARKER_DISTANCE * (double)i / (double)figure->n_series, last);
    tw_trajectory_draw_attention (cr, theme, &figure->view, &trajectory, last, 4.5);
    tw_trajectory_draw_head (cr, theme, &figure->view, &trajectory, last, 4);
  }
  cairo_restore (cr);
}

static void
draw_curves_still (TwFigure *figure, cairo_t *cr)
{
  const TwTheme *theme = figure->theme;
  const TwRect *rect = &figure->curves;

  tw_draw_frame (cr, theme, rect, &figure->x, &figure->y, FONT, TW_FRAME_GRID);
  draw_name_x (cr, theme, rect, "step");
  if (tw_figure_names_beside (figure)) {
    draw_name_y (cr, theme, rect, figure->y_title, 14 + 0.2 * FONT);
    draw_heading (cr, theme, rect, rect->width, figure->title);
  } else {
    draw_heading (cr, theme, rect, rect->width, figure->y_title);
    /* Without a landscape the problem's name has no other place. */
    if (!figure->has_landscape) {
      double used = tw_text_width (cr, figure->y_title) + 24;
      tw_draw_text_within (cr, rect->x + rect->width, rect->y - 11, 1, rect->width - used, figure->title);
    }
  }
}

static void
draw_curve_markers (TwFigure *figure, cairo_t *cr, const TwCurve *curve, guint i, gsize last)
{
  const TwRect *rect = &figure->curves;
  double period = (figure->x.max - figure->x.min) / 8;
  gsize end = MIN (last, curve->n - 1);

  for (double step = period * (0.25 + (double)(i % 8) / 10); step <= (double)end; step += period) {
    gsize k = (gsize)step;
    double position = tw_axis_position (&figure->y, curve->values[k] - curve->offset);
    if (position >= 0 && position <= 1)
      tw_draw_marker (cr, figure->theme, curve->style, tw_rect_x (rect, &figure->x, (double)k),
                      rect->y + rect->height * (1 - position), MARKER_RADIUS);
  }
}

static void
draw_curves_moving (TwFigure *figure, cairo_t *cr, gsize last)
{
  const TwTheme *theme = figure->theme;
  const TwRect *rect = &figure->curves;

  for (guint c = 0; c < figure->lines->len; c++)
    tw_draw_curve (cr, theme, rect, &figure->x, &figure->y, &g_array_index (figure->lines, TwCurve, c), figure->line,
                   last);
  for (guint c = 0; c < figure->lines->len; c++) {
    const TwCurve *curve = &g_array_index (figure->lines, TwCurve, c);
    if (!curve->primary || curve->n == 0)
      continue;
    if (theme->print)
      draw_curve_markers (figure, cr, curve, c, last);
    if (last >= tw_trace_get_n_steps (figure->trace))
      continue;
    /* In the middle of a run: where it is. */
    gsize row = MIN (last, curve->n - 1);
    double position = tw_axis_position (&figure->y, curve->values[row] - curve->offset);
    if (!(position >= 0 && position <= 1))
      continue;
    cairo_arc (cr, tw_rect_x (rect, &figure->x, (double)row), rect->y + rect->height * (1 - position), 3.2, 0, 2 * G_PI);
    tw_set_color (cr, theme->dark ? &curve->style->dark : &curve->style->light, 1);
    cairo_fill (cr);
  }
}

static void
draw_legend_still (TwFigure *figure, cairo_t *cr)
{
  const TwLegendLayout *legend = &figure->legend;
  const TwTheme *theme = figure->theme;
  double room = legend->column_width - 38 - (legend->values ? 70 : 6);

  if (!(legend->rect.width > 0))
    return;
  for (gsize i = 0; i < figure->n_series; i++) {
    double x = legend->rect.x + (double)(i % legend->columns) * legend->column_width;
    double y = legend->rect.y + ((double)(i / legend->columns) + 0.68) * TW_LEGEND_ROW;
    gsize o = figure->series[i];
    tw_draw_swatch (cr, theme, figure->styles[o], x, y - 0.62 * TW_LEGEND_ROW, 30, 0.8 * TW_LEGEND_ROW);
    tw_set_font (cr, FONT, FALSE);
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text_within (cr, x + 38, y, 0, room, figure->names[o]);
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

static void
draw_table (TwFigure *figure, cairo_t *cr)
{
  const TwTheme *theme = figure->theme;
  const TwRect *rect = &figure->bands;
  guint n_rows = figure->cells->len / TW_TABLE_COLUMNS;
  double row = rect->height / (n_rows + 0.3), y = rect->y;

  row = MIN (row, 2.6 * FONT);
  draw_heading (cr, theme, rect, rect->width, figure->title);
  for (guint r = 0; r < n_rows; r++, y += row) {
    double x = rect->x;
    if (r == 1) {
      tw_set_color (cr, &theme->dim, 0.7);
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, rect->x, y + 0.12 * row);
      cairo_line_to (cr, rect->x + rect->width, y + 0.12 * row);
      cairo_stroke (cr);
    }
    for (guint c = 0; c < TW_TABLE_COLUMNS; c++) {
      const char *text = figure->cells->pdata[r * TW_TABLE_COLUMNS + c];
      double inset = c == 0 ? 38 : 0, width = figure->column_widths[c];
      if (r > 0 && c == 0)
        tw_draw_swatch (cr, theme, figure->styles[figure->series[r - 1]], x, y + 0.36 * row, 30, 0.5 * row);
      tw_set_font (cr, FONT, r == 0);
      tw_set_color (cr, r == 0 || c > 0 ? &theme->dim : &theme->foreground, 1);
      if (c == 0)
        tw_draw_text_within (cr, x + inset, y + 0.74 * row, 0, width - inset - 16, text);
      else if (c + 1 < TW_TABLE_COLUMNS)
        tw_draw_text (cr, x + width - 20, y + 0.74 * row, 1, text);
      else
        tw_draw_text_within (cr, x, y + 0.74 * row, 0, rect->x + rect->width - x, text);
      x += width;
    }
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
  if (figure->has_landscape)
    draw_landscape_still (figure, cr, scale);
  if (figure->has_curves)
    draw_curves_still (figure, cr);
  if (figure->options.legend != TW_LEGEND_INSIDE)
    draw_legend_still (figure, cr);
  if (figure->options.view == TW_FIGURE_TABLE)
    draw_table (figure, cr);
  if (figure->options.view == TW_FIGURE_ACTIVATIONS) {
    draw_heading (cr, figure->theme, &figure->bands, figure->bands.width, figure->title);
    draw_name_x (cr, figure->theme, &figure->bands, "step");
  }
}

void
tw_figure_draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  if (figure->has_landscape)
    draw_paths (figure, cr, last);
  if (figure->has_curves)
    draw_curves_moving (figure, cr, last);
  if (figure->options.legend == TW_LEGEND_INSIDE && figure->legend.rect.width > 0) {
    draw_legend_box (figure, cr);
    draw_legend_still (figure, cr);
  }
  draw_legend_values (figure, cr, last);
  TwRect rects[TW_MAX_BANDS];
  tw_bands_lay_out (figure->band, figure->n_bands, &figure->bands, FALSE, rects);
  if (figure->n_bands > 0)
    tw_draw_bands (cr, figure->theme, rects, &figure->x, figure->trace, figure->learned, figure->band,
                   figure->n_bands, FONT, scale, last);
  if (last < tw_trace_get_n_steps (figure->trace))
    draw_step (figure, cr, last);
}
