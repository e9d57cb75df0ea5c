/* trails.h: trails of runs that grow with the step: a sheet of halos under a sheet of lines, kept from frame to frame,
 * so that a frame draws only what is new.
 */
#pragma once

#include "ui/drawing/trajectory.h"

G_BEGIN_DECLS

typedef struct {
  cairo_surface_t *sheets[2]; /* by TwTrailPass; NULL: nothing is drawn yet */
  GArray *pens;               /* (2, n_runs) of TwTrailPen */
  gsize n_runs;
  gboolean stale;             /* what is drawn is no longer true: to be drawn anew */
  guint64 drawn;              /* up to this moment */
} TwTrails;

void tw_trails_init (TwTrails *trails);
void tw_trails_clear (TwTrails *trails);

/* Before the trails of n_runs runs are drawn up to `now` (any count that grows with time): empty sheets the size of
 * `rect` (of the user space), of `scale` pixels per unit, where they are stale or time went back. */
void tw_trails_begin (TwTrails *trails, const TwRect *rect, int scale, gsize n_runs, guint64 now);
/* To draw one pass with: its sheet in the user space (free with cairo_destroy()), and the pen of a run. */
cairo_t *tw_trails_open (TwTrails *trails, TwTrailPass pass);
TwTrailPen *tw_trails_get_pen (const TwTrails *trails, TwTrailPass pass, gsize run);
/* Both sheets, at the place of `rect`. */
void tw_trails_paint (const TwTrails *trails, cairo_t *cr);

G_END_DECLS
