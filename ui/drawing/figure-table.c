#include <math.h>

#include "core/experiment/summary.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define TOLERANCE 1e-6
#define INSET 38.0 /* of names: the swatch is before them */
#define LEAST_NAME 70.0

typedef enum { NAME, FINAL, BEST, STEPS, ENDED, N_COLUMNS } Column;

/* What is written: less of it where there is less room. */
static const struct {
  const char *number;
  double gap;
  guint left_out; /* bits of columns */
  gboolean brief; /* the head */
} levels[] = {
  { "%.4g", 20, 0, FALSE },
  { "%.3g", 14, 0, FALSE },
  { "%.3g", 14, 1 << ENDED, FALSE },
  { "%.3g", 14, 1 << ENDED | 1 << BEST, FALSE },
  { "%.2g", 12, 1 << ENDED | 1 << BEST, TRUE },
};

typedef struct {
  TwRect rect;
  TwRunSummary *summaries; /* (n_series) */
  GPtrArray *cells;        /* of char *: (1 + n_series, N_COLUMNS), the head first */
  double widths[N_COLUMNS]; /* 0: it is left out */
  double gap;
  Column last; /* that is not left out */
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

static void
fill_cells (TwFigure *figure, guint level)
{
  Own *own = figure->own;
  gboolean many = tw_trace_get_n_starts (figure->trace) > 1;
  gboolean brief = levels[level].brief;
  const char *head[N_COLUMNS] = { "Optimizer",
                                  !many   ? "Final loss"
                                  : brief ? "Final loss [95 %]"
                                          : "Final loss, median [95 %]",
                                  "Best loss", brief ? "To 1e-06" : "Steps to 1e-06", "Ended" };
  const char *number = levels[level].number;

  g_ptr_array_set_size (own->cells, 0);
  for (gsize c = 0; c < N_COLUMNS; c++)
    g_ptr_array_add (own->cells, g_strdup (head[c]));
  for (gsize i = 0; i < figure->n_series; i++) {
    gsize o = figure->series[i];
    const TwRunSummary *summary = &own->summaries[i];
    /* Where no column says why a run ended. */
    gboolean told = summary->n_diverged > 0 && isinf (summary->final_loss.value) && levels[level].left_out & 1 << ENDED;
    g_ptr_array_add (own->cells, g_strdup (figure->names[o]));
    g_ptr_array_add (own->cells, told ? g_strdup ("diverged") : format_interval (&summary->final_loss, number));
    g_ptr_array_add (own->cells, format_interval (&summary->best_loss, number));
    g_ptr_array_add (own->cells, format_interval (&summary->steps, "%.10g"));
    g_ptr_array_add (own->cells, tw_summary_describe_end (summary, figure->trace, o));
  }
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;

  own->cells = g_ptr_array_new_with_free_func (g_free);
  own->summaries = g_new (TwRunSummary, figure->n_series);
  for (gsize i = 0; i < figure->n_series; i++) {
    TwRunSummary *summary = &own->summaries[i];
    tw_summarise (&figure->trace, 1, figure->series[i], TOLERANCE, summary);
    summary->best_loss.low = summary->best_loss.high = summary->best_loss.value;
    summary->steps.low = summary->steps.high = summary->steps.value;
  }
  return TRUE;
}

/* Widths of the columns, 0 of those that are left out; what all of it takes. */
static double
measure (TwFigure *figure, cairo_t *cr, guint level)
{
  Own *own = figure->own;
  double total = 2 * TW_FIGURE_MARGIN;
  guint n_rows = own->cells->len / N_COLUMNS;

  own->gap = levels[level].gap;
  for (Column c = 0; c < N_COLUMNS; c++) {
    double widest = 0;
    for (guint r = 0; r < n_rows; r++) {
      tw_set_font (cr, FONT, r == 0);
      widest = MAX (widest, tw_text_width (cr, own->cells->pdata[r * N_COLUMNS + c]));
    }
    own->widths[c] = levels[level].left_out & 1 << c ? 0 : widest + (c == NAME ? INSET : 0) + own->gap;
    total += own->widths[c];
    own->last = own->widths[c] > 0 ? c : own->last;
  }
  own->widths[own->last] -= own->gap;
  return total - own->gap;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  double total = 0, top = tw_figure_is_titled (figure) ? TW_FIGURE_TOP : TW_FIGURE_MARGIN;

  for (guint level = 0; level < G_N_ELEMENTS (levels) && (level == 0 || total > figure->width); level++) {
    fill_cells (figure, level);
    total = measure (figure, cr, level);
    if (figure->width == 0)
      figure->width = total;
  }
  /* Names give way last; what is left over goes between the columns. */
  double spare = figure->width - total;
  guint n_gaps = 0;
  for (guint c = 0; c < own->last; c++)
    n_gaps += own->widths[c] > 0;
  if (spare < 0)
    own->widths[NAME] = MAX (own->widths[NAME] + spare, LEAST_NAME);
  else
    for (guint c = 0; c < own->last; c++)
      own->widths[c] += own->widths[c] > 0 ? spare / n_gaps : 0;
  guint n_rows = own->cells->len / N_COLUMNS;
  if (figure->height == 0)
    figure->height = top + (n_rows + 0.3) * 1.8 * FONT + TW_FIGURE_MARGIN;
  own->rect = (TwRect){ TW_FIGURE_MARGIN, top, figure->width - 2 * TW_FIGURE_MARGIN, figure->height - top - TW_FIGURE_MARGIN };
  total = 2 * TW_FIGURE_MARGIN;
  for (guint c = 0; c < N_COLUMNS; c++)
    total += own->widths[c];
  return figure->height >= n_rows * 1.4 * FONT && own->widths[NAME] <= figure->width - 2 * TW_FIGURE_MARGIN &&
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
      double inset = c == NAME ? INSET : 0, width = own->widths[c];
      if (width == 0)
        continue;
      if (r > 0 && c == NAME)
        tw_draw_swatch (cr, theme, figure->styles[figure->series[r - 1]], x, y + 0.36 * row, 30, 0.5 * row);
      tw_set_font (cr, FONT, r == 0);
      tw_set_color (cr, r == 0 || c != NAME ? &theme->dim : &theme->foreground, 1);
      if (c == NAME)
        tw_draw_text_within (cr, x + inset, y + 0.74 * row, 0, width - inset - 0.8 * own->gap, text);
      else if (c != ENDED)
        tw_draw_text (cr, x + width - (c < own->last ? own->gap : 0), y + 0.74 * row, 1, text);
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
  g_clear_pointer (&own->summaries, g_free);
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
