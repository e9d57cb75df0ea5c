#include "ui/drawing/trails.h"

#include <math.h>

void
tw_trails_init (TwTrails *trails)
{
  *trails = (TwTrails){ .pens = g_array_new (FALSE, TRUE, sizeof (TwTrailPen)), .stale = TRUE };
}

void
tw_trails_clear (TwTrails *trails)
{
  for (int pass = 0; pass < 2; pass++)
    g_clear_pointer (&trails->sheets[pass], cairo_surface_destroy);
  g_clear_pointer (&trails->pens, g_array_unref);
}

void
tw_trails_begin (TwTrails *trails, const TwRect *rect, int scale, gsize n_runs, guint64 now)
{
  if (trails->stale || trails->sheets[0] == NULL || n_runs != trails->n_runs || now < trails->drawn) {
    for (int pass = 0; pass < 2; pass++) {
      g_clear_pointer (&trails->sheets[pass], cairo_surface_destroy);
      trails->sheets[pass] = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)ceil (rect->width) * scale,
                                                         (int)ceil (rect->height) * scale);
      cairo_surface_set_device_scale (trails->sheets[pass], scale, scale);
      cairo_surface_set_device_offset (trails->sheets[pass], -rect->x * scale, -rect->y * scale);
    }
    g_array_set_size (trails->pens, 0);
    g_array_set_size (trails->pens, (guint)(2 * n_runs));
    trails->n_runs = n_runs;
    trails->stale = FALSE;
  }
  trails->drawn = now;
}

cairo_t *
tw_trails_open (TwTrails *trails, TwTrailPass pass)
{
  return cairo_create (trails->sheets[pass]);
}

TwTrailPen *
tw_trails_get_pen (const TwTrails *trails, TwTrailPass pass, gsize run)
{
  return &g_array_index (trails->pens, TwTrailPen, (gsize)pass * trails->n_runs + run);
}

void
tw_trails_paint (const TwTrails *trails, cairo_t *cr)
{
  for (int pass = 0; pass < 2; pass++) {
    cairo_set_source_surface (cr, trails->sheets[pass], 0, 0);
    cairo_paint (cr);
  }
}
