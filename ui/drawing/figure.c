#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/summary.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/looks.h"

#define TOLERANCE 1e-6
#define N_LEVELS 16

/* "1,learned": numbers from 1, or every optimizer of that name. */
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
    guint64 number;
    gboolean found = FALSE;
    if (g_ascii_string_to_unsigned (word, 10, 1, O, &number, NULL))
      found = chosen[number - 1] = TRUE;
    gboolean number_given = found;
    for (gsize o = 0; o < O && !number_given; o++) {
      const char *spec = tw_trace_get_optimizer_spec (figure->trace, o);
      if ((strlen (word) == strcspn (spec, ",") && g_str_has_prefix (spec, word)) || strcmp (word, figure->names[o]) == 0)
        found = chosen[o] = TRUE;
    }
    if (!found) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                   "\"%s\" is no optimizer of this experiment: give a number from 1 to %" G_GSIZE_FORMAT " or a name",
                   word, O);
      return FALSE;
    }
  }
  figure->series = g_new (gsize, MAX (O, 1));
  for (gsize o = 0; o < O; o++)
    if (chosen[o])
      figure->series[figure->n_series++] = o;
  return TRUE;
}

static double *
new_column (TwFigure *figure, TwMetric metric, gsize o, gsize s)
{
  gsize n = tw_trace_get_n_rows (figure->trace, o, s);
  double *values = g_new (double, MAX (n, 1));

  for (gsize k = 0; k < n; k++)
    values[k] = tw_metric_get_value (metric, figure->trace, o, s, k);
  g_ptr_array_add (figure->columns, values);
  return values;
}

/* The sentence without its capital and its full stop. */
static void
set_missing (GError **error, const char *why)
{
  g_autofree char *words = g_strdup (why);
  gsize length = strlen (words);

  if (length > 0 && words[length - 1] == '.')
    words[length - 1] = '\0';
  words[0] = g_ascii_tolower (words[0]);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, words);
}

static void
add_curve (TwFigure *figure, TwMetric metric, double minimum, gsize o, gsize s)
{
  TwCurve curve = { .n = tw_trace_get_n_rows (figure->trace, o, s), .style = figure->styles[o], .primary = s == 0,
                    .bridged = tw_metric_is_sparse (metric) };

  if (metric == TW_METRIC_LOSS || metric == TW_METRIC_EXCESS) {
    curve.values = tw_trace_get_loss (figure->trace, o, s);
    curve.offset = metric == TW_METRIC_EXCESS ? minimum : 0;
  } else {
    curve.values = metric == TW_METRIC_GRADIENT ? tw_trace_get_grad_norm (figure->trace, o, s)
                                                : new_column (figure, metric, o, s);
  }
  g_array_append_val (figure->lines, curve);
}

static gboolean
prepare_curves (TwFigure *figure, GError **error)
{
  static const char *const titles[TW_N_METRICS] = {
    [TW_METRIC_LOSS] = "Loss",
    [TW_METRIC_EXCESS] = "Loss above the known minimum",
    [TW_METRIC_GRADIENT] = "Gradient norm",
    [TW_METRIC_STEP] = "Length of the update",
    [TW_METRIC_RATE] = "Learning rate",
    [TW_METRIC_DISTANCE] = "Distance to the nearest minimum",
    [TW_METRIC_TRAIN_LOSS] = "Training loss",
    [TW_METRIC_TEST_LOSS] = "Test loss",
    [TW_METRIC_TEST_ACCURACY] = "Test accuracy",
  };
  const TwProblem *problem = tw_trace_get_problem (figure->trace);
  double minimum = tw_problem_get_minimum (problem), least = INFINITY;
  gsize n_starts = MIN (tw_trace_get_n_starts (figure->trace), TW_FIGURE_MAX_THIN + 1);
  TwMetric metric = figure->options.metric;
  const char *why = tw_metric_why_missing (metric, problem);
  gboolean any = FALSE;

  if (why != NULL) {
    set_missing (error, why);
    return FALSE;
  }
  if (metric == TW_METRIC_LOSS && isfinite (minimum))
    metric = TW_METRIC_EXCESS;
  for (gsize s = n_starts; s-- > 0;)
    for (gsize i = 0; i < figure->n_series; i++)
      add_curve (figure, metric, minimum, figure->series[i], s);
  for (guint c = 0; c < figure->lines->len; c++) {
    const TwCurve *curve = &g_array_index (figure->lines, TwCurve, c);
    for (gsize k = 0; k < curve->n; k++) {
      least = MIN (least, curve->values[k] - curve->offset);
      any = any || !isnan (curve->values[k]);
    }
  }
  if (!any && metric == TW_METRIC_RATE) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "none of these optimizers has a learning rate to draw");
    return FALSE;
  }
  /* Losses below zero have no logarithm; where no minimum is known the axis stays linear. */
  gboolean log = tw_metric_may_be_log (metric) && (metric != TW_METRIC_LOSS || least > 0);
  tw_curves_range ((TwCurve *)(gpointer)figure->lines->data, figure->lines->len, log, &figure->y);
  figure->y_title = titles[metric == TW_METRIC_EXCESS && minimum == 0 ? TW_METRIC_LOSS : metric];
  return TRUE;
}

static gboolean
prepare_bands (TwFigure *figure, GError **error)
{
  for (gsize i = 0; i < figure->n_series && figure->n_bands == 0; i++) {
    figure->learned = figure->series[i];
    figure->n_bands = tw_bands_find (figure->trace, figure->learned, -1, -1, figure->band);
  }
  if (figure->n_bands == 0)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT,
                         "no learned optimizer is in this figure, so there are no activations");
  return figure->n_bands > 0;
}

static char *
format_interval (const TwInterval *interval, const char *format)
{
  char texts[3][G_ASCII_DTOSTR_BUF_SIZE];
  const double values[] = { interval->value, interval->low, interval->high };

  for (int i = 0; i < 3; i++)
    if (isfinite (values[i]))
      g_ascii_formatd (texts[i], sizeof texts[i], format, values[i]);
    else
      g_strlcpy (texts[i], isnan (values[i]) ? "\u2013" : "\u221e", sizeof texts[i]);
  if (interval->low == interval->high || isnan (interval->value))
    return g_strdup (isinf (interval->value) ? "\u2013" : texts[0]);
  return g_strdup_printf ("%s [%s, %s]", texts[0], texts[1], texts[2]);
}

static void
prepare_table (TwFigure *figure)
{
  gboolean many = tw_trace_get_n_starts (figure->trace) > 1;
  const char *head[TW_TABLE_COLUMNS] = { "Optimizer", many ? "Final loss, median [95 %]" : "Final loss",
                                         "Best loss", "Steps to 1e-06", "Ended" };

  for (gsize c = 0; c < TW_TABLE_COLUMNS; c++)
    g_ptr_array_add (figure->cells, g_strdup (head[c]));
  for (gsize i = 0; i < figure->n_series; i++) {
    gsize o = figure->series[i];
    TwRunSummary summary;
    tw_summarise (&figure->trace, 1, o, TOLERANCE, &summary);
    summary.best_loss.low = summary.best_loss.high = summary.best_loss.value;
    summary.steps.low = summary.steps.high = summary.steps.value;
    g_ptr_array_add (figure->cells, g_strdup (figure->names[o]));
    g_ptr_array_add (figure->cells, format_interval (&summary.final_loss, "%.4g"));
    g_ptr_array_add (figure->cells, format_interval (&summary.best_loss, "%.4g"));
    g_ptr_array_add (figure->cells, format_interval (&summary.steps, "%.10g"));
    g_ptr_array_add (figure->cells, tw_summary_describe_end (&summary, figure->trace, o));
  }
}

static char *
choose_title (const TwFigure *figure)
{
  const TwProblem *problem = tw_trace_get_problem (figure->trace);
  const char *formula = tw_problem_get_formula (problem);

  if (figure->options.title != NULL)
    return g_strdup (figure->options.title);
  if (figure->options.view == TW_FIGURE_ACTIVATIONS)
    return g_strdup_printf ("%s: %s", tw_problem_get_title (problem),
                            figure->names[figure->learned]);
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
  gboolean fits = tw_figure_lay_out (figure, cr, error);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return fits;
}

static gboolean
prepare_views (TwFigure *figure, GError **error)
{
  TwProblem *problem = tw_trace_get_problem (figure->trace);
  TwFigureView view = figure->options.view;
  double domain[4];
  gboolean flat = tw_problem_get_dim (problem) == 2 && tw_problem_get_domain (problem, domain);

  if (view == TW_FIGURE_LANDSCAPE && !flat) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s is no landscape: it has %" G_GSIZE_FORMAT " coordinates",
                 tw_problem_get_title (problem), tw_problem_get_dim (problem));
    return FALSE;
  }
  figure->has_landscape = flat && (view == TW_FIGURE_LANDSCAPE || view == TW_FIGURE_COMPARISON);
  figure->has_curves = view == TW_FIGURE_CURVES || view == TW_FIGURE_COMPARISON;
  if (figure->has_landscape)
    tw_view_init (&figure->view, &(TwRect){ 0 }, domain);
  figure->x = (TwAxis){ 0, MAX ((double)tw_trace_get_n_steps (figure->trace), 1), FALSE };
  if (figure->has_curves && !prepare_curves (figure, error))
    return FALSE;
  if (view == TW_FIGURE_ACTIVATIONS && !prepare_bands (figure, error))
    return FALSE;
  if (view == TW_FIGURE_TABLE)
    prepare_table (figure);
  return TRUE;
}

TwFigure *
tw_figure_new (TwTrace *trace, const TwExperiment *looks, const TwFigureOptions *options, GError **error)
{
  g_autoptr (TwFigure) figure = g_new0 (TwFigure, 1);
  gsize O = tw_trace_get_n_optimizers (trace);
  g_autofree const char **specs = g_new (const char *, MAX (O, 1));

  figure->trace = tw_trace_ref (trace);
  tw_figure_options_copy (options, &figure->options);
  figure->text.family = figure->options.font;
  figure->theme = options->theme == TW_FIGURE_PRINT ? tw_theme_get_print () : tw_theme_get (options->theme == TW_FIGURE_DARK);
  figure->caption = tw_trace_caption (trace, looks);
  figure->lines = g_array_new (FALSE, FALSE, sizeof (TwCurve));
  figure->columns = g_ptr_array_new_with_free_func (g_free);
  figure->cells = g_ptr_array_new_with_free_func (g_free);
  figure->styles = g_new (const TwLineStyle *, MAX (O, 1));
  figure->names = g_new0 (char *, O + 1);
  for (gsize o = 0; o < O; o++) {
    specs[o] = tw_trace_get_optimizer_spec (trace, o);
    figure->names[o] = g_strdup (tw_looks_get_name (looks, specs[o], o));
  }
  tw_looks_assign (looks, specs, O, figure->styles);
  if (!choose_series (figure, error) || !prepare_views (figure, error))
    return NULL;
  figure->title = choose_title (figure);
  choose_sizes (figure);
  if (!lay_out (figure, error))
    return NULL;
  if (figure->has_landscape) {
    const TwRect *rect = &figure->view.rect;
    const double domain[] = { figure->view.x.min, figure->view.x.max, figure->view.y.min, figure->view.y.max };
    figure->field = tw_field_new (tw_trace_get_problem (trace), domain, (gsize)CLAMP (rect->width, 100, 400),
                                  (gsize)CLAMP (rect->height, 100, 400), TRUE, NULL, NULL);
    figure->contours = tw_contour_set_new (figure->field, N_LEVELS);
  }
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
  g_clear_pointer (&figure->lines, g_array_unref);
  g_clear_pointer (&figure->columns, g_ptr_array_unref);
  g_clear_pointer (&figure->cells, g_ptr_array_unref);
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

const char *
tw_figure_get_caption (const TwFigure *figure)
{
  return figure->caption;
}
