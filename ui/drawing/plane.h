/* plane.h: runs on a plane through parameter space, as they stand at a step, and the loss under them. */
#pragma once

#include "core/experiment/plane-scene.h"
#include "ui/drawing/trajectory.h"

G_BEGIN_DECLS

/* A run on a plane at a moment: past snapshot `row`, and `part` of the way to the next. */
typedef struct {
  TwTrajectory path; /* its rows are the snapshots */
  gsize row;
  double part;
} TwPlaneRun;

/* FALSE: nothing of it is on the plane. */
gboolean tw_plane_run_init (TwPlaneRun *run, const TwPlaneScene *scene, const TwTrace *trace, gsize optimizer,
                            gsize start, const TwLineStyle *style, guint64 step);
/* On the trail that is drawn up to its row (with these pens, by TwTrailPass; they stay as they are): the straight way
 * from there to where it is, and its head. */
void tw_plane_run_draw_end (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwPlaneRun *run, double width,
                            const TwTrailPen *const pens[2], double radius);
/* From where it is to where it takes the gradient, and of the last snapshots faintly; nothing where that is the same. */
void tw_plane_run_draw_attention (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwPlaneRun *run,
                                  double radius);

/* What is known of every stride-th point of a grid, as a field of (*rows, *columns). */
TwField *tw_plane_field_new (const TwPlaneGrid *grid, gsize stride, gsize *columns, gsize *rows);

G_END_DECLS
