/* landscape.h: what lies under the trajectories: contour lines, known minima. */
#pragma once

#include "ui/drawing/axis.h"
#include "ui/drawing/contour.h"
#include "ui/drawing/field.h"

G_BEGIN_DECLS

/* Where a landscape is drawn: pixels of the plot and the coordinates they show. */
typedef struct {
  TwRect rect;
  TwAxis x, y;
} TwView;

void tw_view_init (TwView *view, const TwRect *rect, const double domain[4]);

static inline double
tw_view_x (const TwView *view, double x)
{
  return tw_rect_x (&view->rect, &view->x, x);
}

static inline double
tw_view_y (const TwView *view, double y)
{
  return tw_rect_y (&view->rect, &view->y, y);
}

static inline gboolean
tw_view_contains (const TwView *view, double px, double py)
{
  return px >= view->rect.x && px <= view->rect.x + view->rect.width && py >= view->rect.y &&
         py <= view->rect.y + view->rect.height;
}

/* Cuts the segment (in pixels) to the rectangle grown by `margin`; FALSE where nothing is left.  Needed
 * because cairo's coordinates end at 2^23 while a diverging run goes on to 1e300. */
gboolean tw_clip_segment (const TwRect *rect, double margin, double from[2], double to[2]);

/* Contours at levels that are about evenly spaced in the field's compression, that is, at log-spaced values: those
 * that are labelled at round values, the others evenly between them. */
typedef struct {
  guint n;
  double *values;       /* (n) of the loss */
  TwContour **contours; /* (n) */
} TwContourSet;

TwContourSet *tw_contour_set_new (const TwField *field, guint n_levels);
void tw_contour_set_free (TwContourSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwContourSet, tw_contour_set_free)

void tw_draw_contours (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwField *field,
                       const TwContourSet *set);
/* The values of the index lines, along the lines, on what is drawn already. */
void tw_draw_contour_labels (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwField *field,
                             const TwContourSet *set, double font_size);
/* A star at each known minimum; points (n, 2). */
void tw_draw_minima (cairo_t *cr, const TwTheme *theme, const TwView *view, const double *points, gsize n,
                     double radius);
/* What was painted before, at its place in the view: `picture`, width by height (of its user space), shows `domain`
 * (x0, x1, y0, y1); NULL: nothing.  Where the view shows more there is the colour of what is missing. */
void tw_draw_picture (cairo_t *cr, const TwTheme *theme, const TwView *view, cairo_surface_t *picture,
                      const double domain[4], double width, double height);
/* Where the runs start. */
void tw_draw_start (cairo_t *cr, const TwTheme *theme, const TwView *view, double x, double y, double radius);

G_END_DECLS
