/* trajectory.h: the path of one run across a landscape, its head, and where it attends. */
#pragma once

#include "core/experiment/trace.h"
#include "ui/drawing/landscape.h"

G_BEGIN_DECLS

typedef struct {
  const double *theta; /* (n_rows, stride): the first two coordinates are drawn */
  const double *phi;   /* same, or NULL */
  gsize n_rows, stride;
  const TwLineStyle *style;
  gboolean primary; /* the first start; the others are drawn thin */
  TwStopReason stop;
} TwTrajectory;

/* Of one run of a trace; problems of two coordinates. */
void tw_trajectory_init (TwTrajectory *trajectory, const TwTrace *trace, gsize optimizer, gsize start,
                         const TwLineStyle *style);

/* A trail grows: a pen remembers how far it was drawn, so that a frame draws only what is new.
 * Halos go under all lines, so they are a pass (and in the window a surface) of their own. */
typedef enum { TW_TRAIL_HALO, TW_TRAIL_LINE } TwTrailPass;
typedef struct {
  gsize next_row;        /* first row not yet drawn; 0: nothing is */
  double x, y;           /* end of what is drawn, in pixels */
  double length;         /* of what is drawn, for the dash */
  double mark_x, mark_y; /* the last step marker */
} TwTrailPen;

/* Rows that are one path: what a path costs grows with the square of its crossings with itself, and a run that swings
 * has many. */
#define TW_TRAIL_PIECE 256

/* Draws rows pen->next_row to `row` (clamped to what there is).  Points that move less than a pixel are
 * skipped; steps are marked where they are far enough apart to be told. */
void tw_trail_draw (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwTrajectory *trajectory,
                    TwTrailPass pass, double width, TwTrailPen *pen, gsize row);

/* Where the run is at `row`: a disc; at the border, an arrow to where it went; a cross where it diverged; a
 * ring around it where it converged. */
void tw_trajectory_draw_head (cairo_t *cr, const TwTheme *theme, const TwView *view,
                              const TwTrajectory *trajectory, gsize row, double radius);
/* A thin line and a hollow diamond from the iterate to the point where the gradient was taken; the last few
 * before `row` are faint. */
void tw_trajectory_draw_attention (cairo_t *cr, const TwTheme *theme, const TwView *view,
                                   const TwTrajectory *trajectory, gsize row, double radius);

G_END_DECLS
