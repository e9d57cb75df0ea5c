#include "core/error.h"
#include "ui/drawing/bands.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT

typedef struct {
  TwRect rect;
  TwBand band[TW_MAX_BANDS];
  gsize n_bands, learned; /* whose they are */
} Own;

static gboolean
has_bands (const TwFigure *figure, gsize optimizer)
{
  TwBand band[TW_MAX_BANDS];

  return tw_bands_find (figure->trace, optimizer, -1, -1, band) > 0;
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;

  if (!tw_figure_choose_learned (figure, has_bands, "are no activations", &own->learned, error))
    return FALSE;
  own->n_bands = tw_bands_find (figure->trace, own->learned, -1, -1, own->band);
  return TRUE;
}

static char *
make_title (const TwFigure *figure)
{
  const Own *own = figure->own;

  return g_strdup_printf ("%s: %s", tw_problem_get_title (tw_trace_get_problem (figure->trace)),
                          figure->names[own->learned]);
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  double units = 0, left = TW_FIGURE_MARGIN + 58;

  for (gsize b = 0; b < own->n_bands; b++)
    units += own->band[b].units + 6;
  if (figure->height == 0)
    figure->height = TW_FIGURE_TOP + 3.4 * units + TW_FIGURE_BOTTOM;
  own->rect = (TwRect){ left, TW_FIGURE_TOP, figure->width - left - TW_FIGURE_RIGHT,
                        figure->height - TW_FIGURE_TOP - TW_FIGURE_BOTTOM };
  return own->rect.width >= 60 && own->rect.height >= 14 * (double)own->n_bands;
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;

  tw_figure_draw_heading (figure, cr, &own->rect, own->rect.width, figure->title);
  tw_figure_draw_name_x (figure, cr, &own->rect, "step");
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const Own *own = figure->own;
  TwRect rects[TW_MAX_BANDS];

  tw_bands_lay_out (own->band, own->n_bands, &own->rect, FALSE, rects);
  tw_draw_bands (cr, figure->theme, rects, &figure->x, figure->trace, own->learned, own->band, own->n_bands, FONT, scale,
                 last);
}

const TwFigureView tw_figure_activations = {
  .word = "activations",
  .title = "Activations",
  .summary = "the memory of a learned optimizer, from the first start",
  .needs = TW_FIGURE_NEEDS_PROBES,
  .plays = TRUE,
  .settings = "step|optimizer",
  .width = 560,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .draw_moving = draw_moving,
  .make_title = make_title,
};
