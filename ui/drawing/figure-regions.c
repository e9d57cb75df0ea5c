/* figure-regions.c: what the network of each optimizer answers on all inputs of two features. */
#include <math.h>

#include "ui/drawing/figure-panels.h"

#define FONT TW_FIGURE_FONT
#define LABELS 34.0  /* ticks at the left, and their name */
#define BOTTOM 38.0  /* ticks below, and their name */
#define KEY_WIDTH 84.0 /* where it stands beside */
#define KEY_GAP 18.0

typedef struct {
  TwFigurePanels panels;
  double domain[4];
  TwRegionMap **maps; /* (n_series) of the snapshots that were drawn last; NULL: none yet */
  gsize *shown;       /* (n_series) which they are */
} Own;

static const TwDataSet *
data_of (const TwFigure *figure)
{
  return tw_task_get_data (tw_trace_get_problem (figure->trace));
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;

  if (!tw_figure_check_network (figure, TW_NETWORK_REGIONS, error))
    return FALSE;
  own->maps = g_new0 (TwRegionMap *, figure->n_series);
  own->shown = g_new0 (gsize, figure->n_series);
  return TRUE;
}

static gboolean
has_key_beside (const TwFigure *figure)
{
  return figure->options.legend == TW_LEGEND_RIGHT;
}

/* The key in rows below all panels; its height. */
static double
put_key_below (TwFigure *figure, cairo_t *cr, double y, gboolean draw)
{
  const TwDataSet *data = data_of (figure);
  double x = TW_FIGURE_MARGIN + LABELS;

  if (figure->options.legend == TW_LEGEND_NONE || has_key_beside (figure))
    return 0;
  return 8 + tw_draw_regions_key_row (cr, figure->theme, x, y, figure->width - x - TW_FIGURE_MARGIN, FONT,
                                      data->class_names, data->n_classes, draw);
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  const TwDataSet *data = data_of (figure);
  TwRect whole = { 0, 0, 1000, 1e6 };

  tw_regions_fit (data, &whole, own->domain); /* of a rectangle that is too high: the data alone decides */
  double across = own->domain[1] - own->domain[0], up = own->domain[3] - own->domain[2];
  double foot = put_key_below (figure, cr, 0, FALSE) + 6, beside = has_key_beside (figure) ? KEY_WIDTH + KEY_GAP : 0;
  figure->width -= beside;
  gboolean fits = tw_figure_panels_lay_out (figure, &own->panels, LABELS, BOTTOM, foot, CLAMP (up / across, 0.55, 1));
  figure->width += beside;
  if (!fits)
    return FALSE;
  TwRect rect = own->panels.rects[0];
  tw_regions_fit (data, &rect, own->domain);
  for (gsize i = 0; i < figure->n_series; i++)
    own->panels.rects[i].width = rect.width;
  return !tw_figure_too_small (&rect);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;
  const TwDataSet *data = data_of (figure);
  const TwFigurePanels *panels = &own->panels;

  tw_figure_panels_draw_names (figure, cr, panels);
  for (gsize i = 0; i < figure->n_series; i++) {
    char *name = data->feature_names != NULL ? data->feature_names[0] : (char *)"feature 1";
    tw_set_font (cr, FONT, FALSE);
    tw_set_color (cr, &figure->theme->dim, 1);
    if (i + panels->columns >= figure->n_series)
      tw_draw_text_within (cr, panels->rects[i].x + panels->rects[i].width / 2,
                           panels->rects[i].y + panels->rects[i].height + 2.7 * FONT, 0.5, panels->rects[i].width, name);
    name = data->feature_names != NULL ? data->feature_names[1] : (char *)"feature 2";
    if (i % panels->columns == 0)
      tw_figure_draw_name_y (figure, cr, &panels->rects[i], name, TW_FIGURE_MARGIN + 0.2 * FONT);
  }
  put_key_below (figure, cr, panels->foot + 10, TRUE);
  if (has_key_beside (figure))
    tw_draw_regions_key (cr, figure->theme, figure->width - TW_FIGURE_RIGHT - KEY_WIDTH, panels->rects[0].y + 0.6 * FONT,
                         KEY_WIDTH, FONT, data->class_names, data->n_classes);
}

static void
draw_panel (TwFigure *figure, cairo_t *cr, gsize i, gsize last)
{
  Own *own = figure->own;
  const TwFigurePanels *panels = &own->panels;
  const TwRect *rect = &panels->rects[i];
  gsize snapshot, left_out = 0;
  const float *theta = tw_figure_get_network (figure, i, last, &snapshot);

  if (theta == NULL) {
    tw_figure_panels_draw_words (figure, cr, panels, i, TW_FIGURE_NO_NETWORK);
    return;
  }
  if (own->maps[i] == NULL || own->shown[i] != snapshot) {
    g_clear_pointer (&own->maps[i], tw_region_map_free);
    own->maps[i] = tw_region_map_new (tw_trace_get_problem (figure->trace), theta, rect, own->domain);
    own->shown[i] = snapshot;
  }
  const TwRegionMap *map = own->maps[i];
  g_autofree char *words = tw_region_map_describe (map);
  tw_figure_panels_draw_words (figure, cr, panels, i, words);
  tw_draw_regions (cr, figure->theme, &map->view, &map->regions);
  left_out |= i % panels->columns != 0 ? TW_FRAME_NO_Y_LABELS : 0;
  left_out |= i + panels->columns < figure->n_series ? TW_FRAME_NO_X_LABELS : 0;
  tw_draw_frame (cr, figure->theme, rect, &map->view.x, &map->view.y, 0.9 * FONT, (TwFrameFlags)left_out);
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  for (gsize i = 0; i < figure->n_series; i++)
    draw_panel (figure, cr, i, last);
}

static char *
make_title (const TwFigure *figure)
{
  return g_strdup_printf ("%s: decision regions", tw_problem_get_title (tw_trace_get_problem (figure->trace)));
}

static void
describe (const TwFigure *figure, GString *words)
{
  g_string_append (words, "What the network of each optimizer says for every input: each place in the colours of the classes, "
                          "mixed by the probabilities it gives them; lines are where two are equally likely. Discs are rows it "
                          "is trained on, rings rows held out, crosses rows it gets wrong.");
  tw_figure_describe_moment (figure, words);
}

static void
clear (TwFigure *figure)
{
  Own *own = figure->own;

  for (gsize i = 0; own->maps != NULL && i < figure->n_series; i++)
    tw_region_map_free (own->maps[i]);
  g_free (own->maps);
  g_free (own->shown);
  tw_figure_panels_clear (&own->panels);
}

const TwFigureView tw_figure_regions = {
  .word = "regions",
  .title = "Decision regions",
  .summary = "what each network answers on all inputs, of data with two features",
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
