/* replot.h: a figure as a program of others: its landscape and curves drawn again by matplotlib and pgfplots. */
#pragma once

#include "core/output.h"
#include "ui/drawing/figure.h"

G_BEGIN_DECLS

/* Python; reads the table of tw_export_csv() at `csv` (a path, seen from the script) and saves a picture beside
 * itself.  Errors (TW_ERROR_INPUT): a view that has neither landscape nor curves, a metric that this table has not got. */
gboolean tw_figure_write_matplotlib (const TwFigure *figure, const char *csv, TwOutput *output, GError **error);
/* A complete LaTeX document (class standalone) with the numbers inside; long runs are thinned to 500 points.
 * Errors: TW_ERROR_INPUT, the same view. */
gboolean tw_figure_write_pgfplots (const TwFigure *figure, TwOutput *output, GError **error);

G_END_DECLS
