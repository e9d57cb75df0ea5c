#include <math.h>
#include <string.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define NARROW 430.0 /* units: below, what comes out stands under what goes in */
#define LEAST_WIDE 380.0 /* but not where that has no room, if it is at least so wide */
#define LEAST_LINE (1.1 * FONT)
#define GAP 28.0
#define TOP 30.0

typedef struct {
  TwInside inside;
  TwRect inputs, outputs;
} Own;

static gboolean
has_inside (const TwFigure *figure, gsize optimizer)
{
  return tw_inside_can_show (figure->trace, optimizer);
}

gboolean
tw_figure_choose_inside (const TwFigure *figure, TwInside *inside, GError **error)
{
  const char *wanted = tw_figure_options_get_setting (&figure->options, "coordinate");
  gsize n = tw_trace_get_n_coordinates (figure->trace), optimizer;
  guint64 number;

  if (!tw_figure_choose_learned (figure, has_inside, "is no inside to show", &optimizer, error))
    return FALSE;
  *inside = (TwInside){ figure->trace, optimizer, 0 };
  if (wanted == NULL)
    return TRUE;
  for (gsize c = 0; c < n; c++) {
    g_autofree char *name = tw_trace_name_coordinate (figure->trace, c);
    if (strcmp (name, wanted) == 0) {
      inside->coordinate = c;
      return TRUE;
    }
  }
  if (g_ascii_string_to_unsigned (wanted, 10, 1, n, &number, NULL)) {
    inside->coordinate = (gsize)number - 1;
    return TRUE;
  }
  g_autofree char *first = tw_trace_name_coordinate (figure->trace, 0), *last = tw_trace_name_coordinate (figure->trace, n - 1);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
               "\"%s\" is no coordinate that was recorded: give a number from 1 to %" G_GSIZE_FORMAT " or a name, %s to %s",
               wanted, n, first, last);
  return FALSE;
}

gsize
tw_figure_inside_row (const TwInside *inside, gsize last)
{
  gsize rows = tw_trace_get_n_rows (inside->trace, inside->optimizer, 0), k = MIN (last, MAX (rows, 1) - 1), count;

  while (k > 0 && tw_inside_get_all (inside, "h0", k, &count, NULL) == NULL)
    k--;
  return k;
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;

  return tw_figure_choose_inside (figure, &own->inside, error);
}

static char *
make_title (const TwFigure *figure)
{
  const Own *own = figure->own;
  g_autofree char *name = tw_trace_name_coordinate (figure->trace, own->inside.coordinate);

  return g_strdup_printf ("%s: %s, %s", tw_problem_get_title (tw_trace_get_problem (figure->trace)),
                          figure->names[own->inside.optimizer], name);
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  guint n_in = tw_inside_count_inputs (&own->inside), n_out = tw_inside_count_outputs (&own->inside, 1);
  double top = tw_figure_is_titled (figure) ? TOP : TW_FIGURE_MARGIN, line = TW_INSIDE_LINE * FONT;
  double width = figure->width - 2 * TW_FIGURE_MARGIN;
  double stacked = n_in + 0.6 + n_out, room = figure->height - top - TW_FIGURE_MARGIN;
  gboolean narrow = figure->width < NARROW && (figure->height == 0 || room >= stacked * LEAST_LINE || width < LEAST_WIDE);
  double lines = narrow ? stacked : MAX (n_in, n_out);

  if (figure->height == 0)
    figure->height = top + (lines + 0.5) * line + TW_FIGURE_MARGIN;
  double height = figure->height - top - TW_FIGURE_MARGIN;
  if (narrow) {
    double share = (n_in + 0.6) / lines;
    own->inputs = (TwRect){ TW_FIGURE_MARGIN, top, width, share * height };
    own->outputs = (TwRect){ TW_FIGURE_MARGIN, top + share * height, width, (1 - share) * height };
  } else {
    double left = floor (0.56 * (width - GAP));
    own->inputs = (TwRect){ TW_FIGURE_MARGIN, top, left, height };
    own->outputs = (TwRect){ TW_FIGURE_MARGIN + left + GAP, top, width - left - GAP, height };
  }
  return width >= 230 && height >= lines * LEAST_LINE;
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const TwRect rect = { TW_FIGURE_MARGIN, TOP, figure->width - 2 * TW_FIGURE_MARGIN - 60, 0 };

  tw_figure_draw_heading (figure, cr, &rect, rect.width, figure->title);
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const Own *own = figure->own;
  gsize k = tw_figure_inside_row (&own->inside, last);

  if (k == 0) {
    tw_set_font (cr, FONT, FALSE);
    tw_set_color (cr, &figure->theme->dim, 1);
    tw_draw_text_within (cr, own->inputs.x, own->inputs.y + 2 * FONT, 0, figure->width - 2 * TW_FIGURE_MARGIN,
                         "Before the first step nothing has gone in yet.");
    return;
  }
  tw_draw_inside_inputs (cr, figure->theme, &own->inputs, &own->inside, k, FONT);
  tw_draw_inside_outputs (cr, figure->theme, &own->outputs, &own->inside, k, FONT);
}

static void
describe (const TwFigure *figure, GString *words)
{
  const Own *own = figure->own;
  g_autofree char *name = tw_trace_name_coordinate (figure->trace, own->inside.coordinate);

  g_string_append_printf (
    words,
    "What went into and came out of %s for coordinate %s at step %" G_GSIZE_FORMAT
    ". In: averages m of the gradient on timescales that double, relative to their usual size v; products of neighbours "
    "(positive: they agree); how the sizes compare; and its learning rate beside the others\342\200\231. Bars grow with asinh, "
    "the end is \302\26110. Out: where to step and where to look, the learning rate, and for how many steps it remembers "
    "gradients and their size.",
    figure->names[own->inside.optimizer], name, tw_figure_inside_row (&own->inside, tw_figure_get_step (figure)));
}

const TwFigureView tw_figure_inside = {
  .word = "inside",
  .title = "In and out",
  .summary = "what goes into a learned optimizer at a step and what comes out",
  .needs = TW_FIGURE_NEEDS_PROBES,
  .plays = TRUE,
  .early = TRUE,
  .settings = "step|optimizer|coordinate",
  .width = 560,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .draw_moving = draw_moving,
  .make_title = make_title,
  .describe = describe,
};
