#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/summary.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/looks.h"

#define EARLY 10 /* a tenth of the run */

/* A number from 1, a name or a label: the next optimizer from `o` on that it means; as many as there are: none. */
static gsize
find_meant (const TwFigure *figure, const char *word, gsize o)
{
  gsize O = tw_trace_get_n_optimizers (figure->trace);
  guint64 number;

  if (g_ascii_string_to_unsigned (word, 10, 1, O, &number, NULL))
    return number - 1 >= o ? (gsize)number - 1 : O;
  for (; o < O; o++) {
    const char *spec = tw_trace_get_optimizer_spec (figure->trace, o);
    if ((strlen (word) == strcspn (spec, ",") && g_str_has_prefix (spec, word)) || strcmp (word, figure->names[o]) == 0)
      break;
  }
  return o;
}

static gboolean
means_nobody (const TwFigure *figure, const char *word, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
               "\"%s\" is no optimizer of this experiment: give a number from 1 to %" G_GSIZE_FORMAT " or a name",
               word, tw_trace_get_n_optimizers (figure->trace));
  return FALSE;
}

/* "1,learned": numbers, or every optimizer of that name. */
static gboolean
choose_series (TwFigure *figure, GError **error)
{
  gsize O = tw_trace_get_n_optimizers (figure->trace);
  g_autofree gboolean *chosen = g_new0 (gboolean, MAX (O, 1));
  g_auto (GStrv) words = g_strsplit (figure->options.series != NULL ? figure->options.series : "", ",", -1);

  for (gsize o = 0; o < O && words[0] == NULL; o++)
    chosen[o] = TRUE;
  for (gsize w = 0; words[w] != NULL; w++) {
    const char *word = g_strstrip (words[w]);
    gsize o = find_meant (figure, word, 0);
    if (o == O)
      return means_nobody (figure, word, error);
    for (; o < O; o = find_meant (figure, word, o + 1))
      chosen[o] = TRUE;
  }
  figure->series = g_new (gsize, MAX (O, 1));
  for (gsize o = 0; o < O; o++)
    if (chosen[o])
      figure->series[figure->n_series++] = o;
  return TRUE;
}

gboolean
tw_figure_choose_optimizer (const TwFigure *figure, gsize *optimizer, GError **error)
{
  const char *wanted = tw_figure_options_get_setting (&figure->options, "optimizer");

  *optimizer = wanted != NULL ? find_meant (figure, wanted, 0) : figure->series[0];
  return *optimizer < tw_trace_get_n_optimizers (figure->trace) || means_nobody (figure, wanted, error);
}

gboolean
tw_figure_choose_learned (const TwFigure *figure, TwFigureHas has, const char *nothing, gsize *optimizer, GError **error)
{
  gboolean named = tw_figure_options_get_setting (&figure->options, "optimizer") != NULL;

  if (!tw_figure_choose_optimizer (figure, optimizer, error))
    return FALSE;
  for (gsize i = 0; !named && !has (figure, *optimizer) && i < figure->n_series; i++)
    *optimizer = figure->series[i];
  if (has (figure, *optimizer))
    return TRUE;
  g_autofree char *who = named ? g_strconcat (figure->names[*optimizer], " is not a learned optimizer", NULL)
                               : g_strdup ("no learned optimizer is in this figure");
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s, so there %s", who, nothing);
  return FALSE;
}

static char *
choose_title (const TwFigure *figure)
{
  const TwProblem *problem = tw_trace_get_problem (figure->trace);
  const char *formula = tw_problem_get_formula (problem);

  if (figure->options.title != NULL)
    return g_strdup (figure->options.title);
  if (figure->shows->make_title != NULL)
    return figure->shows->make_title (figure);
  if (strcmp (tw_problem_get_name (problem), "formula") == 0 && formula != NULL && strlen (formula) < 60)
    return g_strconcat ("f(x, y) = ", formula, NULL);
  return g_strdup (tw_problem_get_title (problem));
}

static double
points_per_pixel (const TwFigure *figure)
{
  return figure->options.pixels ? 72 / tw_figure_get_dpi (figure) : 1;
}

static void
choose_sizes (TwFigure *figure)
{
  const TwFigureOptions *o = &figure->options;
  double width = o->width * points_per_pixel (figure), height = o->height * points_per_pixel (figure);
  double font = o->font_size;

  /* Seven points in a column of a journal, fourteen on a slide of 960 by 540. */
  if (font == 0)
    font = width == 0 ? TW_FIGURE_FONT : CLAMP (7 + ((height > 0 ? MIN (width, 1.78 * height) : width) - 250) / 100, 5, 48);
  figure->unit = font / TW_FIGURE_FONT;
  figure->width = width / figure->unit;
  figure->height = height / figure->unit;
  figure->line = o->line_width > 0 ? o->line_width / figure->unit : 1.8;
}

double
tw_figure_get_dpi (const TwFigure *figure)
{
  const TwFigureOptions *o = &figure->options;

  return o->dpi > 0 ? o->dpi : o->width == 0 ? 144 : o->pixels ? 96 : 300;
}

void
tw_figure_prepare (TwFigure *figure, cairo_t *cr)
{
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options (cr, options);
  cairo_font_options_destroy (options);
  figure->text.svg = NULL;
  tw_set_text_target (cr, &figure->text);
}

static gboolean
lay_out (TwFigure *figure, GError **error)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);

  tw_figure_prepare (figure, cr);
  if (figure->width == 0)
    figure->width = figure->shows->width;
  gboolean fits = figure->shows->lay_out (figure, cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  if (!fits)
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "%.0f by %.0f points is too small for this figure with text of %.3g points; give it more room or "
                 "smaller text",
                 figure->width * figure->unit, figure->height * figure->unit, figure->unit * TW_FIGURE_FONT);
  return fits;
}

/* What the view says, then what was run. */
static char *
make_caption (const TwFigure *figure)
{
  g_autofree char *run = tw_trace_caption (figure->trace, figure->experiment);
  GString *words = g_string_new (NULL);

  if (figure->shows->describe != NULL) {
    figure->shows->describe (figure, words);
    g_string_append_c (words, ' ');
  }
  g_string_append (words, run);
  return g_string_free (words, FALSE);
}

/* Everything but what is drawn. */
static gboolean
make (TwFigure *figure, GError **error)
{
  const TwFigureView *shows = figure->shows;

  if (!choose_series (figure, error))
    return FALSE;
  figure->own = shows->own_size > 0 ? g_malloc0 (shows->own_size) : NULL;
  figure->x = (TwAxis){ 0, MAX ((double)tw_trace_get_n_steps (figure->trace), 1), FALSE };
  if (!shows->prepare (figure, error))
    return FALSE;
  figure->title = choose_title (figure);
  figure->caption = make_caption (figure);
  choose_sizes (figure);
  if (!lay_out (figure, error))
    return FALSE;
  return shows->settle == NULL || shows->settle (figure, error);
}

TwFigure *
tw_figure_new (TwTrace *trace, const TwExperiment *experiment, const TwFigureOptions *options, const TwFigureWork *work,
               GError **error)
{
  g_autoptr (TwFigure) figure = g_new0 (TwFigure, 1);
  gsize O = tw_trace_get_n_optimizers (trace);
  g_autofree const char **specs = g_new (const char *, MAX (O, 1));

  figure->trace = tw_trace_ref (trace);
  figure->experiment = experiment;
  figure->work = work;
  figure->cancellable = g_cancellable_new ();
  tw_figure_options_copy (options, &figure->options);
  figure->shows = options->view != NULL ? options->view : &tw_figure_comparison;
  figure->text.family = figure->options.font;
  figure->theme = options->theme == TW_FIGURE_PRINT ? tw_theme_get_print () : tw_theme_get (options->theme == TW_FIGURE_DARK);
  figure->lines = g_array_new (FALSE, FALSE, sizeof (TwCurve));
  figure->columns = g_ptr_array_new_with_free_func (g_free);
  figure->styles = g_new (const TwLineStyle *, MAX (O, 1));
  figure->names = g_new0 (char *, O + 1);
  for (gsize o = 0; o < O; o++) {
    specs[o] = tw_trace_get_optimizer_spec (trace, o);
    figure->names[o] = tw_looks_get_name (experiment, specs[o], o);
  }
  tw_looks_assign (experiment, specs, O, figure->styles);
  if (!make (figure, error))
    return NULL;
  figure->experiment = NULL;
  figure->work = NULL;
  return g_steal_pointer (&figure);
}

void
tw_figure_free (TwFigure *figure)
{
  if (figure == NULL)
    return;
  g_clear_pointer (&figure->picture, cairo_surface_destroy);
  g_clear_pointer (&figure->contours, tw_contour_set_free);
  g_clear_pointer (&figure->field, tw_field_free);
  g_clear_pointer (&figure->entries, g_ptr_array_unref);
  g_clear_pointer (&figure->lines, g_array_unref);
  g_clear_pointer (&figure->columns, g_ptr_array_unref);
  if (figure->shows->clear != NULL && figure->own != NULL)
    figure->shows->clear (figure);
  g_free (figure->own);
  g_clear_pointer (&figure->data, g_ptr_array_unref);
  g_object_unref (figure->cancellable);
  g_free (figure->series);
  g_free (figure->styles);
  g_strfreev (figure->names);
  g_free (figure->title);
  g_free (figure->caption);
  tw_figure_options_clear (&figure->options);
  tw_trace_unref (figure->trace);
  g_free (figure);
}

void
tw_figure_get_size (const TwFigure *figure, double *width, double *height)
{
  *width = figure->width * figure->unit;
  *height = figure->height * figure->unit;
}

void
tw_figure_get_pixels (const TwFigure *figure, int *width, int *height)
{
  double scale = tw_figure_get_dpi (figure) / 72 * figure->unit;

  *width = MAX ((int)round (figure->width * scale), 1);
  *height = MAX ((int)round (figure->height * scale), 1);
}

gsize
tw_figure_get_step (const TwFigure *figure)
{
  const char *word = tw_figure_options_get_setting (&figure->options, "step");

  if (word != NULL && figure->shows->plays)
    return (gsize)g_ascii_strtoull (word, NULL, 10);
  return figure->shows->early ? (gsize)(tw_trace_get_n_steps (figure->trace) / EARLY) : G_MAXSIZE;
}

const char *
tw_figure_get_caption (const TwFigure *figure)
{
  return figure->caption;
}
