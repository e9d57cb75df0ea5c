/* figure-private.h: a figure is prepared by its view (figure-view.h), laid out and drawn by it with what is here,
 * and made a file (figure-file.c).
 *
 * Lengths are in units: a tenth of the font size, so that lines, marks and margins grow with the text.
 */
#pragma once

#include <gio/gio.h>

#include "ui/drawing/curves.h"
#include "ui/drawing/figure.h"
#include "ui/drawing/inside.h"
#include "ui/drawing/landscape.h"
#include "ui/drawing/trajectory.h"

G_BEGIN_DECLS

#define TW_FIGURE_FONT 10.0
#define TW_LEGEND_ROW (1.6 * TW_FIGURE_FONT)
#define TW_FIGURE_MAX_THIN 200 /* runs per optimizer that are drawn thin, beside the first */
/* Around plots. */
#define TW_FIGURE_MARGIN 12.0
#define TW_FIGURE_TOP 34.0    /* with a heading */
#define TW_FIGURE_BOTTOM 42.0 /* tick labels and the name of the axis */
#define TW_FIGURE_RIGHT 16.0

typedef struct {
  TwRect rect; /* width 0: there is none */
  guint columns, rows;
  double column_width;
  gboolean values; /* with the loss at the right end */
} TwLegendLayout;

typedef struct {
  const TwLineStyle *style;
  char *name;
} TwLegendEntry;

struct _TwFigure {
  TwTrace *trace;
  const TwExperiment *experiment; /* only while it is made; nullable */
  const TwFigureWork *work;       /* the same */
  GCancellable *cancellable;      /* of what is computed */
  TwFigureOptions options;
  TwTextTarget text;
  const TwFigureView *shows;
  gpointer own; /* of the view */
  const TwTheme *theme;
  gsize n_series, *series;    /* (n_series) optimizers that are shown */
  const TwLineStyle **styles; /* by optimizer */
  char **names;               /* by optimizer, as the window calls them; NULL at the end */
  char *title, *caption;
  GPtrArray *data; /* what tw_figure_get_data() gave, kept as long as the figure */

  double unit;          /* points */
  double width, height; /* units */
  double line;          /* width of lines, units */
  GPtrArray *entries; /* of TwLegendEntry: instead of the optimizers that are shown; nullable */
  TwLegendLayout legend;
  TwAxis x; /* steps */

  /* Of those that have a landscape, and those that have curves: scripts draw these. */
  gboolean has_landscape, has_curves;
  TwView view;
  TwField *field;
  TwContourSet *contours;
  cairo_surface_t *picture; /* of the landscape */
  double picture_scale;     /* pixels per unit it was made for */

  TwRect curves;
  TwAxis y;
  GArray *lines;      /* of TwCurve: the first start last */
  GPtrArray *columns; /* of double *: metrics that the trace has not got as a column */
  const char *y_title;
};

/* A context for text of any size: no hinting, so that all resolutions break alike. */
void tw_figure_prepare (TwFigure *figure, cairo_t *cr);
double tw_figure_get_dpi (const TwFigure *figure);
/* Of a PDF by cairo, which always has one: the same figure is the same bytes. */
void tw_pdf_blank_date (GByteArray *pdf);
/* What stays the same in all frames, and what moves, of the whole figure. */
void tw_figure_draw_still (TwFigure *figure, cairo_t *cr, double scale);
void tw_figure_draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last);

/* For prepare() of views */

/* What compute() makes, or made before under this key, which names all that it depends on beside the view and the
 * experiment.  Belongs to the figure.  figure->experiment is there for it.  It stops where the cancellable says so,
 * and tells how far it is by tw_figure_tell().  Errors: those of compute(); TW_ERROR_INPUT without an experiment. */
typedef gpointer (*TwFigureCompute) (TwFigure *figure, GCancellable *cancellable, GError **error);
gconstpointer tw_figure_get_data (TwFigure *figure, const char *key, TwFigureCompute compute, GDestroyNotify free,
                                  GError **error);
/* A picture of a map, made by `render` of this many pixels where the resolution has changed, in `rect`: picture and
 * picture_scale of the figure.  `line`: pixels of a thin line. */
void tw_figure_draw_map (TwFigure *figure, cairo_t *cr, double scale, const TwRect *rect,
                         cairo_surface_t *(*render) (const TwFigure *figure, int width, int height, int line));
void tw_figure_tell (TwFigure *figure, double share);
guint tw_figure_get_n_threads (const TwFigure *figure);
/* domain: what is shown of it, by the setting "area".  Errors: TW_ERROR_INPUT where the problem is no landscape of two
 * coordinates. */
gboolean tw_figure_check_flat (const TwFigure *figure, double domain[4], GError **error);
/* Errors: TW_ERROR_INPUT where the trace has no snapshots, with the reason. */
gboolean tw_figure_check_snapshots (const TwFigure *figure, GError **error);
/* Whose figure it is: number in the experiment of the setting "optimizer"; where that is not set, the first of those that
 * are shown.  Errors: TW_ERROR_INPUT where it names nobody. */
gboolean tw_figure_choose_optimizer (const TwFigure *figure, gsize *optimizer, GError **error);
/* The same among learned ones, which `has` knows.  Errors: TW_ERROR_INPUT where it is not one, or there is none, so that
 * there `nothing` ("is no inside to show"). */
typedef gboolean (*TwFigureHas) (const TwFigure *figure, gsize optimizer);
gboolean tw_figure_choose_learned (const TwFigure *figure, TwFigureHas has, const char *nothing, gsize *optimizer,
                                   GError **error);
/* That of the learned ones, and the coordinate of the setting of that name.  Errors: TW_ERROR_INPUT where there is none. */
gboolean tw_figure_choose_inside (const TwFigure *figure, TwInside *inside, GError **error);
/* The last row of it up to `last` that was recorded. */
gsize tw_figure_inside_row (const TwInside *inside, gsize last);
/* Takes the name. */
void tw_figure_add_legend_entry (TwFigure *figure, const TwLineStyle *style, char *name);
/* Of the view that has them, and the comparison: axes and lines of the curves. */
gboolean tw_figure_prepare_curves (TwFigure *figure, GError **error);

/* Of the setting "camera", in degrees; FALSE: it makes no sense. */
gboolean tw_figure_parse_camera (const char *value, double *yaw, double *pitch);
/* Of the setting "area": x0, x1, y0, y1. */
gboolean tw_figure_parse_area (const char *value, double area[4]);

/* For lay_out() */

/* Left of a plot: tick labels and, where it has one, the name of the axis. */
double tw_figure_left_room (cairo_t *cr, const TwAxis *axis, double height, gboolean named);
gsize tw_figure_get_n_entries (const TwFigure *figure); /* of the legend */
TwLegendEntry tw_figure_get_entry (const TwFigure *figure, gsize i);
double tw_figure_widest_name (const TwFigure *figure, cairo_t *cr); /* of those in the legend */
/* How a legend of this width breaks into columns; its height.  `single`: one column, with values where they fit. */
double tw_figure_measure_legend (TwFigure *figure, cairo_t *cr, double width, gboolean single);
/* The same with other room left of and below the plot. */
void tw_figure_lay_out_within (TwFigure *figure, cairo_t *cr, TwRect *rect, double left, double bottom, double ratio);
/* One plot with a legend beside or below; ratio: height by width where the height is free. */
void tw_figure_lay_out_single (TwFigure *figure, cairo_t *cr, TwRect *rect, const TwAxis *y, double ratio);
/* A legend in the corner of the curves where it hides the least; FALSE: it is too high. */
gboolean tw_figure_lay_out_inside (TwFigure *figure, cairo_t *cr);
gboolean tw_figure_is_titled (const TwFigure *figure);
gboolean tw_figure_too_small (const TwRect *rect); /* for any plot */
double tw_figure_domain_ratio (const TwFigure *figure); /* height by width of the landscape's */
gboolean tw_figure_settle_landscape (TwFigure *figure, GError **error);

/* For drawing */

void tw_figure_draw_name_x (const TwFigure *figure, cairo_t *cr, const TwRect *rect, const char *name);
/* What a heading leaves free for the number of the step, where a still picture has one. */
double tw_figure_step_room (const TwFigure *figure);
/* At x, read from below. */
void tw_figure_draw_name_y (const TwFigure *figure, cairo_t *cr, const TwRect *rect, const char *name, double x);
void tw_figure_draw_heading (const TwFigure *figure, cairo_t *cr, const TwRect *rect, double width, const char *text);
/* figure->field as a heat map, made anew where the resolution has changed. */
void tw_figure_draw_picture (TwFigure *figure, cairo_t *cr, double scale);
/* Of series i: marks along the path, so that it is known without its colour. */
void tw_figure_draw_path_markers (TwFigure *figure, cairo_t *cr, const TwTrajectory *path, gsize i, gsize last);
void tw_figure_draw_landscape_still (TwFigure *figure, cairo_t *cr, double scale);
void tw_figure_draw_landscape_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last);
void tw_figure_draw_curves_still (TwFigure *figure, cairo_t *cr, double scale);
void tw_figure_draw_curves_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last);

G_END_DECLS
