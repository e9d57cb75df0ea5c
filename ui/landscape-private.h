/* landscape-private.h: what the files of the landscape panel share: drawing (landscape-panel.c), the user's
 * hands (landscape-input.c), and what can be laid over it (landscape-overlays.c). */
#pragma once

#include "ui/drawing/surface.h"
#include "ui/drawing/trails.h"
#include "ui/landscape-panel.h"
#include "ui/scenery.h"

G_BEGIN_DECLS

#define TW_LANDSCAPE_MAX_STARTS 100 /* drawn per optimizer */

typedef enum {
  TW_OVERLAY_FIELD = 1 << 0,      /* arrows down the slope */
  TW_OVERLAY_CURVATURE = 1 << 1,  /* ellipse of the Hessian */
  TW_OVERLAY_LOOK_AHEAD = 1 << 2, /* Nesterov's, drawn as attention */
  TW_OVERLAY_GRADIENTS = 1 << 3,  /* of each run, where it was taken */
  TW_OVERLAY_ATTENTION = 1 << 4,  /* the point that the learned optimizer looks at */
} TwOverlay;

struct _TwLandscapePanel {
  TwPanel parent_instance;

  gboolean has_landscape;
  TwView view;     /* in the widget */
  gboolean zoomed; /* else the whole domain is shown */
  double shown[4]; /* where zoomed: x0, x1, y0, y1 */
  TwScenery *scenery;
  GCancellable *painting; /* of the picture that is on the way */
  gboolean paint_again;   /* another one is wanted by now */
  double asked_domain[4];
  int asked_width, asked_height, asked_scale;
  const TwTheme *asked_theme;
  TwLayer ground;

  TwTrails trails;
  cairo_t *sheets[2]; /* of `trails`, while they grow */
  gsize n_grown;      /* steps of all runs, in this frame */
  gint64 grow_until;  /* monotonic time */
  gboolean unfinished;

  /* What the pointer reads. */
  double pointer[2]; /* in the widget; NAN: elsewhere */
  TwProblem *read_problem;
  TwProblemWork *read_work; /* of that problem, for a point */

  /* The same as a surface in space. */
  gboolean in_space;
  TwCamera camera;
  TwSurface *surface; /* of `scenery`; NULL: to be drawn */

  guint overlays; /* TwOverlay */
  TwLayer field_layer;

  /* Hands */
  gsize dragged; /* number of the start */
  enum { TW_HAND_NONE, TW_HAND_START, TW_HAND_PLACE, TW_HAND_ADD, TW_HAND_PAN, TW_HAND_TURN } hand;
  gboolean dragging;     /* moved far enough */
  double hand_domain[4]; /* shown when the hand came down */
  double hand_at[2];     /* pixels */
  TwCamera hand_camera;
  gint64 pressed_at;          /* microseconds */
  TwExperiment *before_click; /* for a double click, which means the view and not the start */
};

TwProblem *tw_landscape_panel_get_problem (TwLandscapePanel *self, double domain[4]); /* NULL: no landscape */
/* Shows this part of the landscape, all of it where `domain` is NULL. */
void tw_landscape_panel_show_domain (TwLandscapePanel *self, const double domain[4]);
/* Looks at the surface from there, or at the map where `camera` is NULL. */
void tw_landscape_panel_look_from (TwLandscapePanel *self, const TwCamera *camera);
/* Exact loss and gradient (2) at a point; FALSE where there is no landscape. */
gboolean tw_landscape_panel_evaluate (TwLandscapePanel *self, const double point[2], double *loss,
                                      double gradient[2]);
/* Where the pointer is, in coordinates. */
gboolean tw_landscape_panel_get_pointed (TwLandscapePanel *self, double point[2]);
void tw_landscape_panel_add_gestures (TwLandscapePanel *self);
void tw_landscape_panel_add_controls (TwLandscapePanel *self);                     /* the overlays' popover */
void tw_landscape_panel_draw_field (TwLandscapePanel *self, const TwTheme *theme); /* its layer */
void tw_landscape_panel_draw_overlays (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme);
/* Eigenvalues at the pointer; NULL where the ellipse is off. */
char *tw_landscape_panel_describe_curvature (TwLandscapePanel *self);

G_END_DECLS
