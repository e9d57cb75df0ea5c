/* surface.h: a landscape as a surface in space, seen from anywhere, and what lies on it.
 *
 * A software renderer with a depth buffer, so that a path behind a ridge can be told from one before it.  The
 * projection is parallel; the height is the field's compression level.
 */
#pragma once

#include "ui/drawing/field.h"
#include "ui/drawing/trajectory.h"

G_BEGIN_DECLS

typedef struct {
  double yaw;   /* radians, around the vertical */
  double pitch; /* radians above the horizon, 0 to pi / 2 */
  double margin; /* > 0: as near as it fits with ticks of this font size; 0: so that it fits from any yaw */
} TwCamera;

/* Where a surface is seen from while nobody has turned it, in degrees. */
#define TW_CAMERA_YAW 23
#define TW_CAMERA_PITCH 54
#define TW_CAMERA_WORD G_STRINGIFY (TW_CAMERA_YAW) "," G_STRINGIFY (TW_CAMERA_PITCH) /* as an option of figures */

typedef struct _TwSurface TwSurface;

/* `field` must outlive it.  Drawn to fill `rect`, `scale` pixels per unit. */
TwSurface *tw_surface_new (const TwField *field, const TwTheme *theme, const TwRect *rect, int scale,
                           const TwCamera *camera);
void tw_surface_free (TwSurface *surface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSurface, tw_surface_free)

/* Where a point of the surface is drawn; points outside of the domain stand at its border.  FALSE where the
 * surface is behind something there. */
gboolean tw_surface_project (const TwSurface *surface, double x, double y, double out[2]);
/* The ground plane with its ticks, and the surface on it. */
void tw_surface_draw (const TwSurface *surface, cairo_t *cr, const TwTheme *theme, double font_size);
/* As tw_trail_draw(); what is hidden is drawn faint. */
void tw_surface_draw_trail (const TwSurface *surface, cairo_t *cr, const TwTheme *theme,
                            const TwTrajectory *trajectory, TwTrailPass pass, double width, TwTrailPen *pen,
                            gsize row);
/* Where the run is at `row`, and where it attends. */
void tw_surface_draw_head (const TwSurface *surface, cairo_t *cr, const TwTheme *theme, const TwTrajectory *trajectory,
                           gsize row, double radius, gboolean attention);
/* Stars at minima (n, 2) that can be seen. */
void tw_surface_draw_minima (const TwSurface *surface, cairo_t *cr, const TwTheme *theme, const double *points, gsize n,
                             double radius);
/* Ticks with values of the landscape, along the vertical edge at the left. */
void tw_surface_draw_heights (const TwSurface *surface, cairo_t *cr, const TwTheme *theme, double font_size);
/* A view in which coordinates are pixels, to draw what stands at a projected point. */
TwView tw_view_of_pixels (const TwRect *rect);

G_END_DECLS
