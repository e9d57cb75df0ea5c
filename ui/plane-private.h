/* plane-private.h: what the files of the plane panel share: orders and what comes of them (plane-panel.c), drawing
 * (plane-draw.c), and the user's hands (plane-input.c). */
#pragma once

#include "ui/drawing/trails.h"
#include "ui/plane-painter.h"
#include "ui/plane-panel.h"

G_BEGIN_DECLS

struct _TwPlanePanel {
  TwPanel parent_instance;

  TwNetworkFocus *focus;
  GtkDropDown *kinds;
  GtkWidget *chosen_box; /* the optimizers, where the plane depends on one */
  TwPlaneKind kind;

  TwPlaneScene *scene; /* NULL: nothing to show yet */
  TwPlanePicture *picture;
  gsize laid_through; /* snapshots when the plane was laid */
  char *error;

  GCancellable *painting; /* of the order that is under way; NULL: none */
  gboolean laying;        /* it lays a new plane */
  gsize asked;            /* snapshots there were */
  GCancellable *projecting;

  TwView view;
  gboolean zoomed;
  double shown[4]; /* where zoomed */
  double pointer[2];
  TwLayer ground;

  TwTrails trails; /* up to the last snapshot that was passed */
};

/* The trace that is shown, if whole positions are kept of it; else NULL. */
TwTrace *tw_plane_panel_get_trace (TwPlanePanel *self);
/* The loss with its axes, and the runs on it up to the session's step; there is a scene. */
void tw_plane_panel_draw_plane (TwPlanePanel *self, GtkSnapshot *snapshot, const TwTheme *theme, int width,
                                int height);
void tw_plane_panel_add_controllers (TwPlanePanel *self);

G_END_DECLS
