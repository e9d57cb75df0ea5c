/* figure-mistakes.c: what the network of each optimizer gets wrong: images with their class and what it said. */
#include "ui/drawing/figure-panels.h"

#define FONT TW_FIGURE_FONT
#define TEXT (0.9 * FONT)
#define LEAST 24.0 /* of an image's side */
#define ROWS 3     /* of the smallest, where the height is free */

typedef struct {
  TwFigurePanels panels;
  TwMistakes **mistakes; /* (n_series) of the snapshots that were drawn last; NULL: none yet */
  gsize *shown;          /* (n_series) which they are */
} Own;

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;

  if (!tw_figure_check_network (figure, TW_NETWORK_MISTAKES, error))
    return FALSE;
  own->mistakes = g_new0 (TwMistakes *, figure->n_series);
  own->shown = g_new0 (gsize, figure->n_series);
  return TRUE;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  const TwDataSet *data = tw_task_get_data (tw_trace_get_problem (figure->trace));
  double foot = figure->options.legend == TW_LEGEND_NONE ? 4 : 22, free = figure->height;

  if (!tw_figure_panels_lay_out (figure, &own->panels, 0, 4, foot, 0.7) || free > 0)
    return free > 0 && !tw_figure_too_small (&own->panels.rects[0]);
  figure->height = 0;
  double height = ROWS * tw_mistakes_row_height (data, LEAST, TEXT), width = own->panels.rects[0].width;
  return tw_figure_panels_lay_out (figure, &own->panels, 0, 4, foot, height / width + 1e-6);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;

  tw_figure_panels_draw_names (figure, cr, &own->panels);
  if (figure->options.legend == TW_LEGEND_NONE)
    return;
  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &figure->theme->dim, 1);
  tw_draw_text_within (cr, own->panels.rects[0].x, own->panels.foot + 8, 0,
                       figure->width - own->panels.rects[0].x - TW_FIGURE_MARGIN,
                       "true class \342\206\222 what the network said");
}

/* Of series i at a moment; NULL: there is no network. */
static const TwMistakes *
get_mistakes (TwFigure *figure, gsize i, gsize last)
{
  Own *own = figure->own;
  TwProblem *problem = tw_trace_get_problem (figure->trace);
  gsize snapshot;
  const float *theta = tw_figure_get_network (figure, i, last, &snapshot);

  if (theta != NULL && (own->mistakes[i] == NULL || own->shown[i] != snapshot)) {
    g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
    g_clear_pointer (&own->mistakes[i], tw_mistakes_free);
    own->mistakes[i] = tw_task_find_mistakes (problem, work, theta);
    own->shown[i] = snapshot;
  }
  return theta != NULL ? own->mistakes[i] : NULL;
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const Own *own = figure->own;
  const TwDataSet *data = tw_task_get_data (tw_trace_get_problem (figure->trace));
  gsize most = 0;

  for (gsize i = 0; i < figure->n_series; i++) {
    const TwMistakes *mistakes = get_mistakes (figure, i, last);
    most = MAX (most, mistakes != NULL ? mistakes->n : 0);
  }
  for (gsize i = 0; i < figure->n_series; i++) {
    const TwMistakes *mistakes = get_mistakes (figure, i, last);
    g_autofree char *count = mistakes != NULL ? tw_mistakes_describe (mistakes) : NULL;
    g_autofree char *words = mistakes != NULL ? g_strconcat ("wrong: ", count, NULL) : g_strdup (TW_FIGURE_NO_NETWORK);
    tw_figure_panels_draw_words (figure, cr, &own->panels, i, words);
    if (mistakes != NULL)
      tw_draw_mistakes (cr, figure->theme, &own->panels.rects[i], data, mistakes, most, LEAST, TEXT);
  }
}

static char *
make_title (const TwFigure *figure)
{
  return g_strdup_printf ("%s: mistakes", tw_problem_get_title (tw_trace_get_problem (figure->trace)));
}

static void
describe (const TwFigure *figure, GString *words)
{
  g_string_append (words, "Rows that the network of each optimizer gets wrong, in the order of the data, as many as fit: the true "
                          "class, an arrow, and what it said. They are rows held out, where there are any; at most the first "
                          "3000 were looked at, fewer of a large network.");
  tw_figure_describe_moment (figure, words);
}

static void
clear (TwFigure *figure)
{
  Own *own = figure->own;

  for (gsize i = 0; own->mistakes != NULL && i < figure->n_series; i++)
    tw_mistakes_free (own->mistakes[i]);
  g_free (own->mistakes);
  g_free (own->shown);
  tw_figure_panels_clear (&own->panels);
}

const TwFigureView tw_figure_mistakes = {
  .word = "mistakes",
  .title = "Mistakes",
  .summary = "what each network gets wrong, of data that are images of classes",
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
