/* scenery.h: the ground of the landscape view, painted in the background.
 *
 * Evaluating a landscape at a few hundred thousand points and drawing its contour lines takes longer than a
 * frame; it is done on a thread, once per problem, size and theme.
 */
#pragma once

#include <gio/gio.h>

#include "core/problems/problem.h"
#include "ui/drawing/landscape.h"

G_BEGIN_DECLS

typedef struct {
  double domain[4]; /* x0, x1, y0, y1: what the picture shows, corner to corner */
  int width, height, scale;
  const TwTheme *theme;
  TwField *field;
  cairo_surface_t *picture; /* (width, height) in units of the widget: heat map, contours, minima */
} TwScenery;

void tw_scenery_free (TwScenery *scenery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwScenery, tw_scenery_free)

void tw_scenery_paint_async (TwProblem *problem, const double domain[4], int width, int height, int scale,
                             const TwTheme *theme, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer data);
/* Errors: cancelled. */
TwScenery *tw_scenery_paint_finish (GAsyncResult *result, GError **error);

G_END_DECLS
