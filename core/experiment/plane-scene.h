/* plane-scene.h: the runs of a trace as they stand on a plane (plane.h): every snapshot by its nearest point, and of
 * optimizers that attend elsewhere that point too.
 *
 * Letters: O optimizers, S starts of which positions are kept.
 */
#pragma once

#include "core/experiment/plane.h"

G_BEGIN_DECLS

/* Immutable, shared. */
typedef struct {
  TwPlane *plane;
  gsize n_optimizers, n_starts; /* O, S */
  gsize *n_points;              /* (O, S) snapshots that were projected */
  double **points;              /* (O, S) each (n_points, 2) */
  double **attended;            /* the same; NULL where the optimizer attends where it stands, or it was not kept */
  double box[4];                /* of a and b: a0, a1, b0, b1 around those that count, with a margin */
  gsize n_snapshots;            /* of all runs that are used, when it was made */
} TwPlaneScene;

/* used (O): optimizers that the box is laid around and the snapshots counted of; NULL: all.  Cancelled, runs are
 * missing.  Any thread. */
TwPlaneScene *tw_plane_scene_new (const TwTrace *trace, TwPlane *plane, const gboolean *used, GCancellable *cancellable);
TwPlaneScene *tw_plane_scene_ref (TwPlaneScene *scene);
void tw_plane_scene_unref (TwPlaneScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPlaneScene, tw_plane_scene_unref)

/* Makes equal units on both axes; one side shows more than the box then. */
void tw_plane_fit_domain (double domain[4], double width, double height);
/* Where a run is at a step: at snapshot *row (of n > 0 that it has), and *part (0 to 1) of the way to the next. */
void tw_plane_find_step (const TwTrace *trace, gsize n, guint64 step, gsize *row, double *part);

G_END_DECLS
