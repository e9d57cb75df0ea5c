/* plane.h: a plane through parameter space, and the true loss on it.
 *
 * A point of the plane is origin + a u + b v.  Runs are shown on it by the point nearest to each of their
 * snapshots (snapshots.h); how much of them that is, is told by `explained`.
 *
 * Letters: D coordinates, O optimizers, m snapshots of all runs that are used, W x H grid points.
 *
 *  - principal: the first two principal components of all snapshots about their mean, from the m x m Gram
 *    matrix, so that D may be large (Li et al. 2018, section 7.2, do so for one run).  u and v have length 1.
 *  - random: two random directions around the last snapshot of one run.  Each filter of a direction (the weights
 *    into one unit or map) is scaled to the length of the same filter of the network; biases do not move
 *    (Li et al. 2018, section 4).  In problems that are not networks each tensor is one filter.
 *  - ends: through the last snapshots of the chosen run and of one or two others; where there is no third, through
 *    the start.  u leads from the first to the second, and has length 1, as has v.
 */
#pragma once

#include <gio/gio.h>

#include "core/experiment/trace.h"

G_BEGIN_DECLS

typedef enum { TW_PLANE_PRINCIPAL, TW_PLANE_RANDOM, TW_PLANE_ENDS } TwPlaneKind;

typedef struct {
  TwPlaneKind kind;
  gsize dim;
  double *origin, *u, *v; /* (D) */
  double metric[3];       /* u.u, u.v, v.v */
  gsize n_used;           /* m */
  gatomicrefcount ref_count;
  double explained[2];    /* shares of the snapshots' variance: along u, and what v adds; 0 where they do not vary */
} TwPlane;

/* What of a trace it is laid through. */
typedef struct {
  const gboolean *used; /* (O) optimizers; NULL: all */
  gsize chosen;         /* the optimizer whose end is the middle of a random plane, or the first of ends */
  guint64 seed;         /* of random directions */
} TwPlaneChoice;

/* Snapshots of a diverged run count only while its loss is at most its first.  May take seconds; any thread.
 * Errors: fewer than two snapshots, cancelled. */
TwPlane *tw_plane_new (const TwTrace *trace, TwPlaneKind kind, const TwPlaneChoice *choice,
                       GCancellable *cancellable, GError **error);
/* Through points (m, D), for who has them. */
TwPlane *tw_plane_new_principal (const float *const *points, gsize m, gsize dim, GCancellable *cancellable,
                                 GError **error);
TwPlane *tw_plane_ref (TwPlane *plane); /* immutable, so that threads may share it */
void tw_plane_unref (TwPlane *plane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPlane, tw_plane_unref)

/* The nearest point of the plane. */
void tw_plane_project (const TwPlane *plane, const float *theta, double at[2]);
/* What axis 0 or 1 is: "component 1 · 71 % of variance". */
char *tw_plane_describe_axis (const TwPlane *plane, int axis);
/* theta (D) at a point of the plane. */
void tw_plane_get_point (const TwPlane *plane, const double at[2], double *theta);
/* How many snapshots of a run count: see tw_plane_new(). */
gsize tw_plane_count_usable (const TwTrace *trace, gsize optimizer, gsize start);

/* The loss that is drawn on a plane: over all training rows where that is cheap, else over a fixed sample of them;
 * where a problem draws its minibatches itself, the mean of some; else the loss.  The same at every point. */
typedef struct {
  TwProblem *problem;
  gsize n_rows;   /* of data: evaluated of each point; 0: no data */
  guint32 *rows;  /* (n_rows) */
  guint n_draws;  /* without data: 1, or the minibatches that are averaged */
  double cost;    /* multiplications per point, roughly */
} TwPlaneLoss;

/* At most so many multiplications per point, if that leaves TW_PLANE_FEWEST_ROWS. */
#define TW_PLANE_POINT_COST 3e7
#define TW_PLANE_FEWEST_ROWS 256
TwPlaneLoss *tw_plane_loss_new (TwProblem *problem);
void tw_plane_loss_free (TwPlaneLoss *loss);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPlaneLoss, tw_plane_loss_free)
double tw_plane_loss_eval (const TwPlaneLoss *loss, TwProblemWork *work, const double *theta);
/* What it is over: "all 800 training rows" */
char *tw_plane_loss_describe (const TwPlaneLoss *loss);

/* The loss on a grid over part of a plane; (0, 0) is the lower left corner. */
typedef struct {
  gsize width, height;
  double domain[4]; /* of a and b: a0, a1, b0, b1 */
  double *values;   /* (H, W) of those that are known */
  guint8 *known;    /* (H, W) */
} TwPlaneGrid;

TwPlaneGrid *tw_plane_grid_new (const double domain[4], gsize width, gsize height);
void tw_plane_grid_free (TwPlaneGrid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPlaneGrid, tw_plane_grid_free)
/* Evaluates every stride-th point of each axis that is not known yet, on n threads (0: one per processor).  FALSE:
 * cancelled; what is known stays so.  The same bits for any number of threads. */
gboolean tw_plane_grid_refine (TwPlaneGrid *grid, const TwPlane *plane, const TwPlaneLoss *loss, gsize stride,
                               guint n_threads, GCancellable *cancellable);
/* The same; tell is called on this thread now and then with the share of these points that is done. */
typedef void (*TwPlaneTell) (double share, gpointer data);
gboolean tw_plane_grid_refine_telling (TwPlaneGrid *grid, const TwPlane *plane, const TwPlaneLoss *loss, gsize stride,
                                       guint n_threads, GCancellable *cancellable, TwPlaneTell tell, gpointer data);

G_END_DECLS
