/* figure-filters.c: the weights of the first layer of each optimizer's network, as images. */
#include <math.h>

#include "ui/drawing/colormap.h"
#include "ui/drawing/figure-panels.h"

#define FONT TW_FIGURE_FONT
#define SMALLEST 20.0 /* of an image's side, where not all fit otherwise */
#define LARGEST 44.0
#define GAP 4.0
#define ENOUGH 0.5  /* of a panel's width: as high as it is where the images can be large */
#define HIGHEST 1.4 /* the same, at most */
#define BAR_WIDTH 90.0

typedef struct {
  TwFigurePanels panels;
} Own;

static gboolean
prepare (TwFigure *figure, GError **error)
{
  return tw_figure_check_network (figure, TW_NETWORK_FILTERS, error);
}

/* How high a panel of this width has to be for all images, as large as they are where that is low, else small. */
static double
get_height (const TwFilterShape *shape, double width)
{
  double side = (double)MAX (shape->width, shape->height);
  TwMosaic mosaic;

  for (double height = ENOUGH * width;; height += GAP) {
    const TwRect rect = { 0, 0, width, height };
    tw_mosaic_fit (&mosaic, &rect, shape->n * shape->channels, shape->width, shape->height, GAP, 0, 0, SMALLEST / side,
                   LARGEST / side);
    if (mosaic.shown == shape->n * shape->channels || height >= HIGHEST * width)
      break;
  }
  gsize rows = (mosaic.shown + mosaic.columns - 1) / MAX (mosaic.columns, 1);
  return (double)rows * mosaic.cell_height - GAP + 1;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  double foot = figure->options.legend == TW_LEGEND_NONE ? 4 : 26, free = figure->height;
  TwFilterShape shape;

  if (!tw_figure_panels_lay_out (figure, &own->panels, 0, 8, foot, ENOUGH) || free > 0)
    return free > 0 && !tw_figure_too_small (&own->panels.rects[0]);
  tw_task_get_filter_shape (tw_trace_get_problem (figure->trace), &shape);
  double width = own->panels.rects[0].width, ratio = MAX (get_height (&shape, width), 60) / width;
  figure->height = 0;
  return tw_figure_panels_lay_out (figure, &own->panels, 0, 8, foot, ratio + 1e-6);
}

/* Negative, none, positive. */
static void
draw_key (TwFigure *figure, cairo_t *cr)
{
  const Own *own = figure->own;
  const TwTheme *theme = figure->theme;
  const char *whole = "\302\261: the largest weight of each network, where its scale ends";
  double x = own->panels.rects[0].x, y = own->panels.foot + 2, note, room;
  const guint32 *map = tw_colormap_get (TW_COLORMAP_DIVERGING, theme->dark);
  cairo_pattern_t *colors;

  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, x, y + 9, 0, "negative");
  x += tw_text_width (cr, "negative") + 8;
  tw_draw_text (cr, x + BAR_WIDTH + 8, y + 9, 0, "positive");
  note = x + BAR_WIDTH + 8 + tw_text_width (cr, "positive") + 16;
  room = figure->width - note - TW_FIGURE_MARGIN;
  tw_draw_text_within (cr, note, y + 9, 0, room, tw_text_width (cr, whole) <= room ? whole : "\302\261: largest weight");
  colors = cairo_pattern_create_linear (x, 0, x + BAR_WIDTH, 0);
  for (int i = 0; i <= 32; i++) {
    guint32 pixel = tw_colormap_pixel (map, i / 32.0);
    cairo_pattern_add_color_stop_rgb (colors, i / 32.0, (pixel >> 16 & 255) / 255.0, (pixel >> 8 & 255) / 255.0,
                                      (pixel & 255) / 255.0);
  }
  cairo_rectangle (cr, x, y, BAR_WIDTH, 10);
  cairo_set_source (cr, colors);
  cairo_fill_preserve (cr);
  cairo_pattern_destroy (colors);
  cairo_set_line_width (cr, 1);
  tw_set_color (cr, &theme->dim, 0.7);
  cairo_stroke (cr);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;

  tw_figure_panels_draw_names (figure, cr, &own->panels);
  if (figure->options.legend != TW_LEGEND_NONE)
    draw_key (figure, cr);
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const Own *own = figure->own;
  const TwFigurePanels *panels = &own->panels;
  TwProblem *problem = tw_trace_get_problem (figure->trace);

  for (gsize i = 0; i < figure->n_series; i++) {
    gsize snapshot;
    const float *theta = tw_figure_get_network (figure, i, last, &snapshot);
    TwFilterSheet sheet;
    TwFilterShape shape;
    if (theta == NULL) {
      tw_figure_panels_draw_words (figure, cr, panels, i, TW_FIGURE_NO_NETWORK);
      continue;
    }
    tw_task_get_filter_shape (problem, &shape);
    double side = (double)MAX (shape.width, shape.height);
    tw_filter_sheet_init (&sheet, problem, theta, &panels->rects[i], GAP, SMALLEST / side, LARGEST / side);
    g_autofree char *words = tw_filter_sheet_describe (&sheet);
    tw_figure_panels_draw_words (figure, cr, panels, i, words);
    tw_draw_filters (cr, figure->theme, &panels->rects[i], &sheet, problem, theta);
  }
}

static char *
make_title (const TwFigure *figure)
{
  return g_strdup_printf ("%s: filters", tw_problem_get_title (tw_trace_get_problem (figure->trace)));
}

static void
describe (const TwFigure *figure, GString *words)
{
  g_string_append (words, "The weights of the first layer of each optimizer's network, an image for each unit or map: orange is "
                          "positive, blue negative, from minus to plus the largest weight of that network, which is told over "
                          "it.");
  tw_figure_describe_moment (figure, words);
}

static void
clear (TwFigure *figure)
{
  Own *own = figure->own;

  tw_figure_panels_clear (&own->panels);
}

const TwFigureView tw_figure_filters = {
  .word = "filters",
  .title = "Filters",
  .summary = "the weights of the first layer of each network, of data that are images",
  .needs = TW_FIGURE_NEEDS_SNAPSHOTS,
  .plays = TRUE,
  .settings = "step",
  .width = 560,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .draw_moving = draw_moving,
  .make_title = make_title,
  .describe = describe,
  .clear = clear,
};
