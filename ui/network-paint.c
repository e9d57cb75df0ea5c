#include "ui/network-paint.h"

#include <math.h>
#include <string.h>

#include "core/tasks/watch.h"

#define GRID 150            /* points of the regions along the longer side */
#define MOST_ROWS 3000      /* of each part that are drawn or judged */
#define MISTAKES_COST 3e8   /* multiplications that looking for mistakes may cost, beyond FEWEST_ROWS */
#define FEWEST_ROWS 200
#define DOMAIN_MARGIN 0.08
#define MOST_EXTENSION 1.7 /* of the data, for equal units on both axes */

typedef struct {
  const TwNetworkShot *shot;
  TwProblem *problem;
  const TwDataSet *data;
  const float *theta;
  TwProblemWork *work;
  cairo_t *cr;
} Painting;

/* Regions */

/* Around the data; equal units, with more of the shorter axis, and what is still too wide cut off the rectangle. */
static void
fit_regions (const double *points, gsize n, TwRect *rect, double domain[4])
{
  double box[4] = { INFINITY, -INFINITY, INFINITY, -INFINITY };

  for (gsize i = 0; i < 2 * n; i++) {
    box[2 * (i % 2)] = MIN (box[2 * (i % 2)], points[i]);
    box[2 * (i % 2) + 1] = MAX (box[2 * (i % 2) + 1], points[i]);
  }
  for (int axis = 0; axis < 2; axis++) {
    double span = box[2 * axis + 1] - box[2 * axis], margin = DOMAIN_MARGIN * (span > 0 ? span : 1);
    domain[2 * axis] = box[2 * axis] - margin;
    domain[2 * axis + 1] = box[2 * axis + 1] + margin;
  }
  double across = domain[1] - domain[0], up = domain[3] - domain[2], most = across * MOST_EXTENSION;
  double width = MIN (rect->width, rect->height * most / up);
  double wanted = up * width / rect->height; /* of the x axis, for equal units */
  rect->width = floor (width);
  if (wanted >= across) {
    domain[0] -= (wanted - across) / 2;
    domain[1] += (wanted - across) / 2;
  } else if (across * rect->height / width <= up * MOST_EXTENSION) {
    double more = across * rect->height / width - up;
    domain[2] -= more / 2;
    domain[3] += more / 2;
  }
}

/* Of each part the first rows: their place, class and prediction, the training rows first. */
static void
gather_points (const Painting *p, TwRegions *regions, double *points, guint16 *classes, guint16 *predicted,
               gsize right[2])
{
  const TwDataPart *parts[] = { &p->data->train, &p->data->test };

  regions->n_rows = 0;
  for (int part = 0; part < 2; part++) {
    gsize n = MIN (parts[part]->n, MOST_ROWS), at = regions->n_rows;
    g_autofree TwReal *x = g_new (TwReal, 2 * MAX (n, 1));
    right[part] =
      n > 0 ? tw_task_classify (p->problem, p->work, p->theta, parts[part], 0, n, predicted + at, NULL) : 0;
    tw_data_gather (p->data, parts[part], NULL, 0, n, x);
    for (gsize i = 0; i < n; i++) {
      points[2 * (at + i)] = x[2 * i];
      points[2 * (at + i) + 1] = x[2 * i + 1];
      classes[at + i] = parts[part]->classes[tw_data_row (parts[part], i)];
    }
    regions->n_rows += n;
    if (part == 0)
      regions->n_train = n;
  }
}

static char *
paint_regions (Painting *p)
{
  const TwNetworkShot *shot = p->shot;
  gsize most = MIN (p->data->train.n, MOST_ROWS) + MIN (p->data->test.n, MOST_ROWS), K = p->data->n_classes, right[2];
  g_autofree double *points = g_new (double, 2 * most);
  g_autofree guint16 *classes = g_new (guint16, most), *predicted = g_new (guint16, most);
  double font = shot->font_size, left = floor (3.6 * font), bottom = floor (2.2 * font), key = floor (8.5 * font), top = 6;
  TwRect rect = { left, top, MAX (shot->width - left - key - 14, 32), MAX (shot->height - top - bottom, 32) };
  TwRegions regions = { .n_classes = K, .points = points, .classes = classes, .predicted = predicted };
  double domain[4];
  TwView view;

  gather_points (p, &regions, points, classes, predicted, right);
  fit_regions (points, regions.n_rows, &rect, domain);
  double longer = MAX (rect.width, rect.height);
  regions.width = (gsize)MAX (lround (GRID * rect.width / longer), 2);
  regions.height = (gsize)MAX (lround (GRID * rect.height / longer), 2);
  g_autofree float *shares = g_new (float, regions.width * regions.height * K);
  tw_task_predict_grid (p->problem, p->work, p->theta, domain, regions.width, regions.height, shares);
  regions.shares = shares;
  tw_view_init (&view, &rect, domain);
  tw_draw_regions (p->cr, shot->theme, &view, &regions);
  tw_draw_frame (p->cr, shot->theme, &rect, &view.x, &view.y, font, 0);
  tw_draw_regions_key (p->cr, shot->theme, rect.x + rect.width + 14, rect.y + 0.9 * font, key - 6, font,
                       p->data->class_names, K);
  gsize n_test = regions.n_rows - regions.n_train;
  double train = 100.0 * (double)right[0] / (double)MAX (regions.n_train, 1), test = 100.0 * (double)right[1] / (double)MAX (n_test, 1);
  return n_test > 0 ? g_strdup_printf ("%.3g %% right, held out %.3g %%", train, test) : g_strdup_printf ("%.3g %% right", train);
}

/* Filters */

static char *
paint_filters (Painting *p)
{
  const TwNetworkShot *shot = p->shot;
  TwFilterShape shape;
  TwMosaic mosaic;
  double range = 0;
  TwRect rect = { 14, 4, MAX (shot->width - 28, 16), MAX (shot->height - 10, 16) };

  tw_task_get_filter_shape (p->problem, &shape);
  gsize size = shape.height * shape.width, images = shape.n * shape.channels;
  g_autofree float *pixels = g_new (float, shape.channels * size);
  for (gsize f = 0; f < shape.n; f++) {
    tw_task_read_filter (p->problem, p->theta, f, pixels);
    for (gsize i = 0; i < shape.channels * size; i++)
      range = MAX (range, fabs ((double)pixels[i]));
  }
  tw_mosaic_fit (&mosaic, &rect, images, shape.width, shape.height, 4, 0, 0, 1, 64);
  for (gsize i = 0; i < mosaic.shown; i++) {
    double x, y;
    tw_task_read_filter (p->problem, p->theta, i / shape.channels, pixels);
    tw_mosaic_get_corner (&mosaic, &rect, i, &x, &y);
    tw_draw_pixels (p->cr, shot->theme, x, y, mosaic.zoom, pixels + i % shape.channels * size, shape.width, shape.height,
                    range);
  }
  if (mosaic.shown < images)
    return g_strdup_printf ("first %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ", \302\261%.2g", mosaic.shown, images, range);
  return g_strdup_printf ("all %" G_GSIZE_FORMAT ", \302\261%.2g", images, range);
}

/* Mistakes */

static const char *
name_class (const Painting *p, guint16 k, char number[8])
{
  if (p->data->class_names != NULL)
    return p->data->class_names[k];
  g_snprintf (number, 8, "%u", k);
  return number;
}

/* Black to white, whatever the features were scaled to. */
static void
read_image (const Painting *p, const TwDataPart *part, gsize row, TwReal *x, float *pixels)
{
  gsize n = p->data->height * p->data->width;
  TwReal low = INFINITY, high = -INFINITY;

  tw_data_gather (p->data, part, NULL, row, 1, x);
  for (gsize i = 0; i < n; i++) {
    low = MIN (low, x[i]);
    high = MAX (high, x[i]);
  }
  for (gsize i = 0; i < n; i++)
    pixels[i] = high > low ? (float)((x[i] - low) / (high - low)) : 0;
}

static char *
paint_mistakes (Painting *p)
{
  const TwNetworkShot *shot = p->shot;
  const TwDataPart *part = p->data->test.n > 0 ? &p->data->test : &p->data->train;
  double afford = MAX (MISTAKES_COST / MAX (tw_problem_get_row_cost (p->problem), 1), FEWEST_ROWS), font = shot->font_size;
  gsize n = MIN (part->n, (gsize)MIN (afford, MOST_ROWS)), at = 0, longest = 1;
  g_autofree guint16 *predicted = g_new (guint16, n);
  g_autofree TwReal *x = g_new (TwReal, p->data->n_features);
  g_autofree float *pixels = g_new (float, p->data->height * p->data->width);
  gsize wrong = n - tw_task_classify (p->problem, p->work, p->theta, part, 0, n, predicted, NULL);
  TwRect rect = { 14, 4, MAX (shot->width - 28, 16), MAX (shot->height - 10, 16) };
  TwMosaic mosaic;
  char number[2][8];

  for (gsize k = 0; p->data->class_names != NULL && k < p->data->n_classes; k++)
    longest = MAX (longest, strlen (p->data->class_names[k]));
  /* Short names side by side, long ones in two lines. */
  gboolean two_lines = longest > 3;
  double foot = ceil ((two_lines ? 2.7 : 1.45) * font), least = two_lines ? MIN (0.58 * (double)longest, 6) * font : 3.2 * font;
  tw_mosaic_fit (&mosaic, &rect, MAX (wrong, 8), p->data->width, p->data->height, 6, foot, least,
                 MAX (ceil (28.0 / (double)p->data->width), 1),
                 MAX (floor (56.0 / (double)p->data->width), 1));
  tw_set_font (p->cr, font, FALSE);
  for (gsize i = 0; i < n && at < MIN (mosaic.shown, wrong); i++) {
    guint16 label = part->classes[tw_data_row (part, i)];
    double left, top, width = mosaic.zoom * (double)p->data->width, cell = mosaic.cell_width - 6;
    if (predicted[i] == label)
      continue;
    tw_mosaic_get_corner (&mosaic, &rect, at++, &left, &top);
    read_image (p, part, i, x, pixels);
    tw_draw_pixels (p->cr, shot->theme, floor (left + (cell - width) / 2), top, mosaic.zoom, pixels, p->data->width,
                    p->data->height, 0);
    double middle = left + cell / 2, y = top + mosaic.zoom * (double)p->data->height + 1.15 * font;
    const char *is = name_class (p, label, number[0]), *said = name_class (p, predicted[i], number[1]);
    g_autofree char *line = two_lines ? g_strdup (is) : g_strdup_printf ("%s \342\206\222 %s", is, said);
    tw_set_color (p->cr, &shot->theme->foreground, 1);
    tw_draw_text_within (p->cr, middle, y, 0.5, cell + 4, line);
    if (two_lines) {
      g_autofree char *below = g_strdup_printf ("\342\206\222 %s", said);
      tw_set_color (p->cr, &shot->theme->dim, 1);
      tw_draw_text_within (p->cr, middle, y + 1.2 * font, 0.5, cell + 4, below);
    }
  }
  return g_strdup_printf ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " %s", wrong, n,
                          part == &p->data->test ? "held out" : "trained on");
}

/* All */

cairo_surface_t *
tw_network_paint (TwNetworkView view, const TwNetworkShot *shot, char **words)
{
  static char *(*const paint[]) (Painting *) = { paint_regions, paint_filters, paint_mistakes };
  TwProblem *problem = tw_trace_get_problem (shot->trace);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, MAX (shot->width, 1) * shot->scale,
                                                         MAX (shot->height, 1) * shot->scale);
  cairo_surface_set_device_scale (surface, shot->scale, shot->scale);
  Painting p = { shot,
                 problem,
                 tw_task_get_data (problem),
                 tw_trace_get_snapshot (shot->trace, shot->optimizer, 0, shot->snapshot),
                 work,
                 cairo_create (surface) };

  *words = paint[view](&p);
  cairo_destroy (p.cr);
  return surface;
}
