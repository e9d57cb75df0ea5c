/* plane-painter.h: lays a plane through the runs of a trace and paints the loss on it, in the background.
 *
 * An order goes through up to three stages on a thread of its own: the plane is laid (unless it is given), the
 * snapshots are projected on it, and the loss is evaluated on a grid, coarse to fine; after every stage that there
 * is something new to show of, news come to the main thread.  Cancelled, no more news come.
 */
#pragma once

#include <gio/gio.h>

#include "core/experiment/plane-scene.h"
#include "ui/drawing/landscape.h"

G_BEGIN_DECLS

/* The loss on part of a plane. */
typedef struct {
  double domain[4];
  int width, height;        /* units of the widget */
  gsize columns, rows;      /* of the grid so far */
  gboolean finest;          /* no finer one will come */
  TwField *field;
  cairo_surface_t *picture; /* heat map and contours */
  char *loss;               /* tw_plane_loss_describe() */
} TwPlanePicture;

void tw_plane_picture_free (TwPlanePicture *picture);

typedef struct {
  TwPlaneScene *scene;     /* of this order */
  TwPlanePicture *picture; /* to be taken (set to NULL) by who wants it; NULL: only the scene is news */
  const char *error;       /* nothing else then */
  gboolean done;           /* no more news of this order */
} TwPlaneNews;
typedef void (*TwPlaneNewsFunc) (TwPlaneNews *news, gpointer data);

typedef struct {
  TwTrace *trace;
  TwPlaneKind kind;
  gboolean *used; /* (O) */
  gsize chosen;
  TwPlane *plane;   /* to be kept; NULL: laid anew */
  gboolean project_only;
  gboolean has_domain;
  double domain[4]; /* what to show; else the runs, fitted to the shape */
  int width, height, scale;
  const TwTheme *theme;
  gboolean alone; /* the runs are done, so that all processors may be used */
} TwPlaneOrder;

/* The order is copied.  `data` (a GObject) lives until the last news. */
void tw_plane_paint (const TwPlaneOrder *order, GCancellable *cancellable, TwPlaneNewsFunc news, gpointer data);

G_END_DECLS
