/* replot.h: a figure as a program of others: its landscape and curves drawn again by matplotlib and pgfplots. */
#pragma once

#include "core/experiment/output.h"
#include "ui/drawing/figure.h"

G_BEGIN_DECLS

/* Python; reads the table of tw_export_csv() at `csv` (a path, seen from the script) and saves a picture beside
 * itself.  Views: comparison, landscape, curves; others are drawn as a comparison.  Errors (TW_ERROR_INPUT): a metric
 * that this table has not got. */
gboolean tw_figure_write_matplotlib (const TwFigure *figure, const char *csv, TwOutput *output, GError **error);
/* A complete LaTeX document (class standalone) with the numbers inside; long runs are thinned to 500 points. */
void tw_figure_write_pgfplots (const TwFigure *figure, TwOutput *output);

G_END_DECLS
