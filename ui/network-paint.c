#include "ui/network-paint.h"

#include <math.h>

typedef struct {
  const TwNetworkShot *shot;
  TwProblem *problem;
  const TwDataSet *data;
  const float *theta;
  cairo_t *cr;
} Painting;

static char *
paint_regions (Painting *p)
{
  const TwNetworkShot *shot = p->shot;
  double font = shot->font_size, left = floor (3.6 * font), bottom = floor (2.2 * font), key = floor (8.5 * font), top = 6;
  TwRect rect = { left, top, MAX (shot->width - left - key - 14, 32), MAX (shot->height - top - bottom, 32) };
  double domain[4];

  tw_regions_fit (p->data, &rect, domain);
  g_autoptr (TwRegionMap) map = tw_region_map_new (p->problem, p->theta, &rect, domain);
  tw_draw_regions (p->cr, shot->theme, &map->view, &map->regions);
  tw_draw_frame (p->cr, shot->theme, &rect, &map->view.x, &map->view.y, font, 0);
  tw_draw_regions_key (p->cr, shot->theme, rect.x + rect.width + 14, rect.y + 0.9 * font, key - 6, font,
                       p->data->class_names, p->data->n_classes);
  return tw_region_map_describe (map);
}

static char *
paint_filters (Painting *p)
{
  const TwNetworkShot *shot = p->shot;
  TwRect rect = { 14, 4, MAX (shot->width - 28, 16), MAX (shot->height - 10, 16) };
  TwFilterSheet sheet;

  tw_filter_sheet_init (&sheet, p->problem, p->theta, &rect, 4, 1, 64);
  tw_draw_filters (p->cr, shot->theme, &rect, &sheet, p->problem, p->theta);
  return tw_filter_sheet_describe (&sheet);
}

static char *
paint_mistakes (Painting *p)
{
  const TwNetworkShot *shot = p->shot;
  TwRect rect = { 14, 4, MAX (shot->width - 28, 16), MAX (shot->height - 10, 16) };
  g_autoptr (TwProblemWork) work = tw_problem_work_new (p->problem, 1);
  g_autoptr (TwMistakes) mistakes = tw_task_find_mistakes (p->problem, work, p->theta);

  tw_draw_mistakes (p->cr, shot->theme, &rect, p->data, mistakes, mistakes->n, 28, shot->font_size);
  return tw_mistakes_describe (mistakes);
}

cairo_surface_t *
tw_network_paint (TwNetworkView view, const TwNetworkShot *shot, char **words)
{
  static char *(*const paint[]) (Painting *) = { paint_regions, paint_filters, paint_mistakes };
  TwProblem *problem = tw_trace_get_problem (shot->trace);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, MAX (shot->width, 1) * shot->scale,
                                                         MAX (shot->height, 1) * shot->scale);
  cairo_surface_set_device_scale (surface, shot->scale, shot->scale);
  Painting p = { shot, problem, tw_task_get_data (problem),
                 tw_trace_get_snapshot (shot->trace, shot->optimizer, 0, shot->snapshot), cairo_create (surface) };

  *words = paint[view](&p);
  cairo_destroy (p.cr);
  return surface;
}
