/* figure-private.h: a figure is laid out (figure-layout.c), drawn (figure-draw.c) and made a file (figure-file.c).
 *
 * Lengths are in units: a tenth of the font size, so that lines, marks and margins grow with the text.
 */
#pragma once

#include "ui/drawing/bands.h"
#include "ui/drawing/curves.h"
#include "ui/drawing/figure.h"
#include "ui/drawing/landscape.h"

G_BEGIN_DECLS

#define TW_FIGURE_FONT 10.0
#define TW_LEGEND_ROW (1.6 * TW_FIGURE_FONT)
#define TW_FIGURE_MAX_THIN 200 /* runs per optimizer that are drawn thin, beside the first */

typedef struct {
  TwRect rect; /* width 0: there is none */
  guint columns, rows;
  double column_width;
  gboolean values; /* with the loss at the right end */
} TwLegendLayout;

#define TW_TABLE_COLUMNS 5
struct _TwFigure {
  TwTrace *trace;
  TwFigureOptions options;
  TwTextTarget text;
  const TwTheme *theme;
  gsize n_series, *series;   /* (n_series) optimizers that are shown */
  const TwLineStyle **styles; /* by optimizer */
  char **names;               /* by optimizer: labels or specs; NULL at the end */
  char *title, *caption;

  double unit;          /* points */
  double width, height; /* units */
  double line;          /* width of lines, units */
  gboolean has_landscape, has_curves;

  TwView view;
  TwField *field;
  TwContourSet *contours;
  cairo_surface_t *picture; /* of the landscape */
  double picture_scale;     /* pixels per unit it was made for */

  TwRect curves;
  TwAxis x, y;
  GArray *lines;        /* of TwCurve: the first start last */
  GPtrArray *columns;   /* of double *: metrics that the trace has not got as a column */
  const char *y_title;

  TwRect bands;
  TwBand band[TW_MAX_BANDS];
  gsize n_bands, learned; /* whose they are */

  GPtrArray *cells; /* of char *: (1 + n_series, TW_TABLE_COLUMNS), the head first */
  double column_widths[TW_TABLE_COLUMNS];

  TwLegendLayout legend;
};

/* All places; FALSE where something does not fit.  `cr` measures text. */
gboolean tw_figure_lay_out (TwFigure *figure, cairo_t *cr, GError **error);
/* Whether a curves' y axis has a name beside it rather than above. */
gboolean tw_figure_names_beside (const TwFigure *figure);
/* What stays the same in all frames, and what moves.  In units. */
void tw_figure_draw_still (TwFigure *figure, cairo_t *cr, double scale);
void tw_figure_draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last);
/* A context for text of any size: no hinting, so that all resolutions break alike. */
void tw_figure_prepare (TwFigure *figure, cairo_t *cr);
double tw_figure_get_dpi (const TwFigure *figure);
/* Of a PDF by cairo, which always has one: the same figure is the same bytes. */
void tw_pdf_blank_date (GByteArray *pdf);

G_END_DECLS
