#include <math.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/looks.h"
#include "ui/drawing/sensitivity.h"

#define FONT TW_FIGURE_FONT
#define USUAL_TRIALS 24

typedef struct {
  const TwTuning *tuning;
  TwSensitivityAxes axes;
  TwRect rect;
} Own;

static guint
get_trials (const TwFigure *figure)
{
  const char *trials = tw_figure_options_get_setting (&figure->options, "trials");

  return trials != NULL ? (guint)g_ascii_strtoull (trials, NULL, 10) : USUAL_TRIALS;
}

static void
on_progress (double share, gpointer data)
{
  tw_figure_tell (data, share);
}

static gpointer
compute (TwFigure *figure, GCancellable *cancellable, GError **error)
{
  g_autofree gboolean *which = g_new0 (gboolean, MAX (figure->experiment->optimizers->len, 1));

  for (gsize i = 0; i < figure->n_series; i++)
    which[figure->series[i]] = tw_tuning_can_tune (tw_trace_get_optimizer_spec (figure->trace, figure->series[i]));
  return tw_tune (figure->experiment, which, get_trials (figure), tw_figure_get_n_threads (figure), cancellable, on_progress,
                  figure, error);
}

/* "Adam lr=0.05" is what it was; what counts here is what came out. */
static char *
name_and_best (const TwFigure *figure, const TwExperiment *experiment, gsize o, const TwSensitivity *curve)
{
  g_autofree char *name = tw_looks_get_tuned_name (experiment, tw_trace_get_optimizer_spec (figure->trace, o), o);

  return curve->spec != NULL ? g_strdup_printf ("%s, best %.3g", name, curve->lr[curve->best])
                             : g_strdup_printf ("%s, all diverged", name);
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  g_autoptr (GString) key = g_string_new (NULL);

  g_string_append_printf (key, "%u", get_trials (figure));
  for (gsize i = 0; i < figure->n_series; i++)
    g_string_append_printf (key, " %" G_GSIZE_FORMAT, figure->series[i]);
  own->tuning = tw_figure_get_data (figure, key->str, compute, (GDestroyNotify)tw_tuning_free, error);
  if (own->tuning == NULL)
    return FALSE;
  tw_sensitivity_find_axes (own->tuning, &own->axes);
  for (gsize o = 0; o < own->tuning->n_optimizers; o++)
    if (own->tuning->optimizers[o].n > 0)
      tw_figure_add_legend_entry (figure, figure->styles[o],
                                  name_and_best (figure, figure->experiment, o, &own->tuning->optimizers[o]));
  return TRUE;
}

static char *
make_title (const TwFigure *figure)
{
  return g_strdup_printf ("%s: tuned with the same effort", tw_problem_get_title (tw_trace_get_problem (figure->trace)));
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;

  tw_figure_lay_out_single (figure, cr, &own->rect, &own->axes.y, 0.6);
  return !tw_figure_too_small (&own->rect);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;
  const TwTuning *tuning = own->tuning;

  tw_draw_frame (cr, figure->theme, &own->rect, &own->axes.x, &own->axes.y, FONT, TW_FRAME_GRID);
  tw_figure_draw_name_x (figure, cr, &own->rect, "learning rate");
  tw_figure_draw_name_y (figure, cr, &own->rect, own->axes.offset != 0 ? "Last loss above the minimum" : "Last loss",
                         14 + 0.2 * FONT);
  tw_figure_draw_heading (figure, cr, &own->rect, own->rect.width, figure->title);
  for (gsize o = 0; o < tuning->n_optimizers; o++)
    if (tuning->optimizers[o].n > 0)
      tw_draw_sensitivity (cr, figure->theme, &own->rect, &own->axes, &tuning->optimizers[o], figure->styles[o], figure->line);
}

static void
describe (const TwFigure *figure, GString *words)
{
  const Own *own = figure->own;
  const TwTuning *tuning = own->tuning;

  g_string_append_printf (
    words,
    "The loss after %" G_GUINT64_FORMAT " steps for each learning rate that was tried, with the same effort for every "
    "optimizer: %u trials from %" G_GSIZE_FORMAT " start%s%s, two thirds spread evenly in the logarithm, the rest around the best "
    "of those. A wide valley is an optimizer that forgives a wrong learning rate. Large dot: the best, as in the legend. Cross "
    "at the top: it diverged.",
    tw_trace_get_n_steps (figure->trace), tuning->budget, tuning->n_starts, tuning->n_starts == 1 ? "" : "s",
    tuning->n_starts > 1 ? " (median)" : "");
  for (gsize o = 0; o < tuning->n_optimizers; o++) {
    const TwSensitivity *curve = &tuning->optimizers[o];
    if (curve->n > 0 && curve->lr[curve->n - 1] < own->axes.x.max) {
      g_string_append (words, " A curve that ends early does so where the weights of a learned optimizer bound its learning rate.");
      return;
    }
  }
}

const TwFigureView tw_figure_tuning = {
  .word = "tuning",
  .title = "Sensitivity",
  .summary = "the last loss against the learning rate of each optimizer, all tuned with the same effort",
  .settings = "trials",
  .width = 560,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .make_title = make_title,
  .describe = describe,
};
