#include "ui/drawing/basin-map.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/colormap.h"
#include "ui/drawing/missing.h"

#define PALE 0.35 /* of the chroma */

/* Degrees; neighbours in the list are far apart for every kind of colour vision. */
static const double hues[TW_BASIN_COLORS] = { 250, 65, 165, 345, 100, 300, 30, 200 };

/* Lightness in print, as far apart. */
static const double greys[TW_BASIN_COLORS] = { 0.58, 0.84, 0.70, 0.92, 0.50, 0.77, 0.64, 0.88 };

TwColor
tw_basin_color (const TwTheme *theme, guint rank, double speed)
{
  double chroma = rank < TW_BASIN_COLORS ? 0.12 : PALE * 0.12;
  double light = theme->print ? greys[rank % TW_BASIN_COLORS] - 0.06 + 0.12 * CLAMP (speed, 0, 1)
                              : 0.40 + 0.46 * CLAMP (speed, 0, 1);

  return tw_color_from_oklch (light, theme->print ? 0.7 * chroma : chroma, hues[rank % TW_BASIN_COLORS]);
}

static double
speed_of (const TwBasins *basins, double steps)
{
  double fast = basins->fast_steps, slow = basins->slow_steps;

  if (!(slow > fast))
    return 1;
  return 1 - log ((steps + 1) / (fast + 1)) / log ((slow + 1) / (fast + 1));
}

static guint *
ranks_of (const TwBasins *basins)
{
  guint n = basins->minima->len;
  guint *ranks = g_new (guint, MAX (n, 1));
  g_autofree guint *order = g_new (guint, MAX (n, 1));

  tw_basins_order (basins, order);
  for (guint i = 0; i < n; i++)
    ranks[order[i]] = i;
  return ranks;
}

/* Of each cell: its pixel, and for edges what is reached there: the number of a minimum, TW_BASIN_* or PENDING. */
#define PENDING (TW_BASIN_DIVERGED - 1)

static void
paint_cells (const TwBasins *basins, const TwTheme *theme, guint32 *pixels, int *what)
{
  guint width = basins->refinement.width, height = basins->refinement.height, from;
  g_autofree guint *ranks = ranks_of (basins);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++) {
      guint cell = y * width + x;
      gboolean found = tw_refinement_find_done (&basins->refinement, basins->done, x, y, &from);
      what[cell] = found ? basins->minimum[from] : PENDING;
      TwColor color = what[cell] >= 0 ? tw_basin_color (theme, ranks[what[cell]], speed_of (basins, basins->steps[from]))
                                      : theme->background;
      pixels[cell] = what[cell] >= 0 || !found ? tw_color_to_pixel (&color) : tw_missing_pixel (theme, FALSE, 0, 0);
    }
}

/* For the line between two minima. */
static guint32
darker (guint32 pixel)
{
  return pixel >> 2 & 0x3f3f3f;
}

cairo_surface_t *
tw_basins_render (const TwBasins *basins, const TwTheme *theme, int width, int height, int line)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  guint across = basins->refinement.width, up = basins->refinement.height;
  g_autofree guint32 *pixels = g_new (guint32, (gsize)across * up);
  g_autofree int *what = g_new (int, (gsize)across * up);

  if (data == NULL)
    return surface;
  paint_cells (basins, theme, pixels, what);
  cairo_surface_flush (surface);
  for (int py = 0; py < height; py++) {
    guint32 *out = (guint32 *)(data + (gsize)py * (gsize)stride);
    guint y = up - 1 - (guint)((gsize)py * up / (gsize)height);
    guint below = py + line < height ? up - 1 - (guint)((gsize)(py + line) * up / (gsize)height) : y;
    for (int px = 0; px < width; px++) {
      guint x = (guint)((gsize)px * across / (gsize)width);
      guint right = px + line < width ? (guint)((gsize)(px + line) * across / (gsize)width) : x;
      int here = what[y * across + x];
      int across_of = what[y * across + right], below_of = what[below * across + x];
      gboolean border = (across_of != here && across_of >= 0) || (below_of != here && below_of >= 0);
      if (border && here >= 0)
        out[px] = darker (pixels[y * across + x]);
      else if (here == TW_BASIN_DIVERGED)
        out[px] = tw_missing_pixel (theme, TRUE, px / line, py / line);
      else
        out[px] = pixels[y * across + x];
    }
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

/* A number in a small disc. */
static void
draw_number (cairo_t *cr, const TwTheme *theme, double x, double y, guint number, double font_size)
{
  char text[16];

  g_snprintf (text, sizeof text, "%u", number);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, 0.82 * font_size, 0, 2 * G_PI);
  tw_set_color (cr, &theme->halo, 0.92);
  cairo_fill_preserve (cr);
  tw_set_color (cr, &theme->ink, 1);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
  tw_set_font (cr, font_size, TRUE);
  tw_draw_text (cr, x, y + 0.36 * font_size, 0.5, text);
}

void
tw_draw_basin_minima (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwBasins *basins, double font_size)
{
  guint n = basins->minima->len;
  g_autofree guint *order = g_new (guint, MAX (n, 1));

  tw_basins_order (basins, order);
  for (guint rank = MIN (n, TW_BASIN_COLORS); rank-- > 0;) {
    const TwBasinMinimum *minimum = &g_array_index (basins->minima, TwBasinMinimum, order[rank]);
    double x = tw_view_x (view, minimum->point[0]), y = tw_view_y (view, minimum->point[1]);
    if (tw_view_contains (view, x, y))
      draw_number (cr, theme, x, y, rank + 1, font_size);
  }
}

void
tw_format_point (const double point[2], char *text, gsize size)
{
  char plain[64];

  g_snprintf (plain, sizeof plain, "%.3g, %.3g", point[0], point[1]);
  g_auto (GStrv) parts = g_strsplit (plain, "-", -1);
  g_autofree char *joined = g_strjoinv ("−", parts);
  g_strlcpy (text, joined, size);
}

/* The legend */

double
tw_basin_legend_width (double font_size)
{
  return ceil (15.5 * font_size);
}

double
tw_basin_legend_height (const TwBasins *basins, double font_size)
{
  guint n = basins->minima->len;
  gboolean none = basins->n_cells > basins->n_reached + basins->n_diverged;
  guint lines = MIN (n, TW_BASIN_COLORS) + (n > TW_BASIN_COLORS) + none + (basins->n_diverged > 0);

  return ceil (1.8 * font_size) * (lines + 2.3);
}

typedef struct {
  cairo_t *cr;
  const TwTheme *theme;
  const TwBasins *basins;
  double x, y, right, font, line, indent; /* y: top of the next line; indent: for the numbers */
} Legend;

static void
format_share (const TwBasins *basins, gsize n, char *text, gsize size)
{
  double share = basins->n_cells > 0 ? 100.0 * (double)n / (double)basins->n_cells : 0;

  if (n > 0 && share < 0.1)
    g_snprintf (text, size, "<0.1 %%");
  else
    g_snprintf (text, size, share > 0 && share < 10 ? "%.1f %%" : "%.0f %%", share);
}

/* What is in the box is drawn already. */
static void
finish_line (Legend *legend, const char *words, gsize n)
{
  cairo_t *cr = legend->cr;
  double size = legend->font, base = legend->y + 0.5 * legend->line + 0.36 * size, box = 1.1 * size;
  double left = legend->x + legend->indent + 2 * box + 0.7 * size;
  char share[16];

  tw_set_color (cr, &legend->theme->dim, 0.8);
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, floor (legend->x + legend->indent) + 0.5, floor (legend->y + (legend->line - box) / 2) + 0.5, floor (2 * box), floor (box));
  cairo_stroke (cr);
  format_share (legend->basins, n, share, sizeof share);
  tw_set_font (cr, size, FALSE);
  tw_set_color (cr, &legend->theme->foreground, 1);
  double width = tw_text_width (cr, share);
  tw_draw_text (cr, legend->right, base, 1, share);
  tw_draw_text_within (cr, left, base, 0, legend->right - width - 0.5 * size - left, words);
  legend->y += legend->line;
}

static void
begin_line (Legend *legend, double *x, double *y, double *width, double *height)
{
  double box = 1.1 * legend->font;

  *x = floor (legend->x + legend->indent);
  *y = floor (legend->y + (legend->line - box) / 2);
  *width = floor (2 * box) + 1;
  *height = floor (box) + 1;
}

static void
add_minima (Legend *legend, guint rank, guint more, const char *words, gsize n)
{
  double x, y, width, height;

  begin_line (legend, &x, &y, &width, &height);
  cairo_pattern_t *shades = cairo_pattern_create_linear (x, 0, x + width, 0);
  for (int i = 0; i <= 4; i++) {
    TwColor color = tw_basin_color (legend->theme, rank, 1 - i / 4.0);
    cairo_pattern_add_color_stop_rgb (shades, i / 4.0, color.r, color.g, color.b);
  }
  cairo_rectangle (legend->cr, x, y, width, height);
  cairo_set_source (legend->cr, shades);
  cairo_fill (legend->cr);
  cairo_pattern_destroy (shades);
  if (more == 0)
    draw_number (legend->cr, legend->theme, legend->x + 0.75 * legend->font, legend->y + legend->line / 2, rank + 1, 0.84 * legend->font);
  finish_line (legend, words, n);
}

static void
add_plain (Legend *legend, gboolean striped, const char *words, gsize n)
{
  TwRect box;

  begin_line (legend, &box.x, &box.y, &box.width, &box.height);
  tw_draw_missing (legend->cr, legend->theme, &box, striped);
  finish_line (legend, words, n);
}

void
tw_draw_basin_legend (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwBasins *basins, double font_size)
{
  Legend legend = { cr, theme, basins, rect->x, rect->y, rect->x + rect->width, font_size, ceil (1.8 * font_size),
                    ceil (2 * font_size) };
  guint n = basins->minima->len;
  g_autofree guint *order = g_new (guint, MAX (n, 1));
  gsize none = basins->n_cells - basins->n_reached - basins->n_diverged, rest = basins->n_reached;
  double room = rect->height / legend.line - (none > 0) - (basins->n_diverged > 0) - 2.2; /* lines */
  char words[64];

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  tw_basins_order (basins, order);
  guint own = MIN (n, TW_BASIN_COLORS), shown = room < own + (n > own) ? (guint)MAX (room - 1, 1) : own;
  shown = MIN (shown, own);
  for (guint rank = 0; rank < shown; rank++) {
    const TwBasinMinimum *minimum = &g_array_index (basins->minima, TwBasinMinimum, order[rank]);
    tw_format_point (minimum->point, words, sizeof words);
    add_minima (&legend, rank, 0, words, minimum->n);
    rest -= minimum->n;
  }
  if (n > shown) {
    g_snprintf (words, sizeof words, "%u more", n - shown);
    add_minima (&legend, TW_BASIN_COLORS, n - shown, words, rest);
  }
  if (none > 0)
    add_plain (&legend, FALSE, "reaches none", none);
  if (basins->n_diverged > 0)
    add_plain (&legend, TRUE, "diverges", basins->n_diverged);
  if (basins->n_reached > 0 && legend.y + 2 * legend.line <= rect->y + rect->height + 1) {
    g_snprintf (words, sizeof words, "bright: %.0f steps", basins->fast_steps);
    tw_set_font (cr, font_size, FALSE);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, rect->x, legend.y + 1.2 * font_size, 0, words);
    g_snprintf (words, sizeof words, "dark: %.0f steps", basins->slow_steps);
    tw_draw_text (cr, rect->x, legend.y + 2.6 * font_size, 0, words);
  }
  cairo_restore (cr);
}
