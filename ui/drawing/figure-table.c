#include <math.h>

#include "core/experiment/summary.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define TOLERANCE 1e-6
#define N_COLUMNS 5

typedef struct {
  TwRect rect;
  GPtrArray *cells; /* of char *: (1 + n_series, N_COLUMNS), the head first */
  double widths[N_COLUMNS];
} Own;

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

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  gboolean many = tw_trace_get_n_starts (figure->trace) > 1;
  const char *head[N_COLUMNS] = { "Optimizer", many ? "Final loss, median [95 %]" : "Final loss",
                                         "Best loss", "Steps to 1e-06", "Ended" };

  own->cells = g_ptr_array_new_with_free_func (g_free);
  for (gsize c = 0; c < N_COLUMNS; c++)
    g_ptr_array_add (own->cells, g_strdup (head[c]));
  for (gsize i = 0; i < figure->n_series; i++) {
    gsize o = figure->series[i];
    TwRunSummary summary;
    tw_summarise (&figure->trace, 1, o, TOLERANCE, &summary);
    summary.best_loss.low = summary.best_loss.high = summary.best_loss.value;
    summary.steps.low = summary.steps.high = summary.steps.value;
    g_ptr_array_add (own->cells, g_strdup (figure->names[o]));
    g_ptr_array_add (own->cells, format_interval (&summary.final_loss, "%.4g"));
    g_ptr_array_add (own->cells, format_interval (&summary.best_loss, "%.4g"));
    g_ptr_array_add (own->cells, format_interval (&summary.steps, "%.10g"));
    g_ptr_array_add (own->cells, tw_summary_describe_end (&summary, figure->trace, o));
  }
  return TRUE;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  double total = 2 * TW_FIGURE_MARGIN, top = tw_figure_is_titled (figure) ? TW_FIGURE_TOP : TW_FIGURE_MARGIN;
  guint n_rows = own->cells->len / N_COLUMNS;

  for (guint c = 0; c < N_COLUMNS; c++) {
    double widest = 0;
    for (guint r = 0; r < n_rows; r++) {
      tw_set_font (cr, FONT, r == 0);
      widest = MAX (widest, tw_text_width (cr, own->cells->pdata[r * N_COLUMNS + c]));
    }
    own->widths[c] = widest + (c == 0 ? 38 : 0) + (c + 1 < N_COLUMNS ? 20 : 0);
    total += own->widths[c];
  }
  if (figure->width == 0)
    figure->width = total;
  /* Names give way; what is left over goes between the columns. */
  double spare = figure->width - total;
  if (spare < 0)
    own->widths[0] = MAX (own->widths[0] + spare, 70);
  else
    for (guint c = 0; c + 1 < N_COLUMNS; c++)
      own->widths[c] += spare / (N_COLUMNS - 1);
  if (figure->height == 0)
    figure->height = top + (n_rows + 0.3) * 1.8 * FONT + TW_FIGURE_MARGIN;
  own->rect = (TwRect){ TW_FIGURE_MARGIN, top, figure->width - 2 * TW_FIGURE_MARGIN, figure->height - top - TW_FIGURE_MARGIN };
  total = 2 * TW_FIGURE_MARGIN;
  for (guint c = 0; c < N_COLUMNS; c++)
    total += own->widths[c];
  return figure->height >= n_rows * 1.4 * FONT && own->widths[0] <= figure->width - 2 * TW_FIGURE_MARGIN &&
         total <= figure->width + 1;
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;
  const TwTheme *theme = figure->theme;
  const TwRect *rect = &own->rect;
  guint n_rows = own->cells->len / N_COLUMNS;
  double row = rect->height / (n_rows + 0.3), y = rect->y;

  row = MIN (row, 2.6 * FONT);
  tw_figure_draw_heading (figure, cr, rect, rect->width, figure->title);
  for (guint r = 0; r < n_rows; r++, y += row) {
    double x = rect->x;
    if (r == 1) {
      tw_set_color (cr, &theme->dim, 0.7);
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, rect->x, y + 0.12 * row);
      cairo_line_to (cr, rect->x + rect->width, y + 0.12 * row);
      cairo_stroke (cr);
    }
    for (guint c = 0; c < N_COLUMNS; c++) {
      const char *text = own->cells->pdata[r * N_COLUMNS + c];
      double inset = c == 0 ? 38 : 0, width = own->widths[c];
      if (r > 0 && c == 0)
        tw_draw_swatch (cr, theme, figure->styles[figure->series[r - 1]], x, y + 0.36 * row, 30, 0.5 * row);
      tw_set_font (cr, FONT, r == 0);
      tw_set_color (cr, r == 0 || c > 0 ? &theme->dim : &theme->foreground, 1);
      if (c == 0)
        tw_draw_text_within (cr, x + inset, y + 0.74 * row, 0, width - inset - 16, text);
      else if (c + 1 < N_COLUMNS)
        tw_draw_text (cr, x + width - 20, y + 0.74 * row, 1, text);
      else
        tw_draw_text_within (cr, x, y + 0.74 * row, 0, rect->x + rect->width - x, text);
      x += width;
    }
  }
}

static void
clear (TwFigure *figure)
{
  Own *own = figure->own;

  g_clear_pointer (&own->cells, g_ptr_array_unref);
}

const TwFigureView tw_figure_table = {
  .word = "table",
  .title = "Table",
  .summary = "how far each optimizer got",
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .clear = clear,
};
