/* network-views.c: the views of a network as they stand in the window and in figures. */
#include <math.h>
#include <string.h>

#include "ui/drawing/network.h"

#define GRID 150          /* points of the regions along the longer side */
#define MOST_ROWS 3000    /* of each part that are drawn */
#define DOMAIN_MARGIN 0.08
#define MOST_EXTENSION 1.7 /* of the data, for equal units on both axes */
#define FULL_MARKS 260.0   /* units of the longer side, from which on marks have their full size */
#define MISTAKES_GAP 6.0
#define LEAST_MISTAKES 8 /* room for so many, so that few are not huge */

const char *
tw_network_view_why_missing (TwNetworkView view, const TwProblem *problem)
{
  const TwDataSet *data = tw_task_get_data (problem);
  TwFilterShape shape;

  if (data == NULL)
    return "it is no network that learns from data";
  switch (view) {
  case TW_NETWORK_REGIONS:
    return !tw_task_has_classes (problem) ? "it tells no classes apart"
           : data->n_features != 2        ? "its data does not have two features"
                                          : NULL;
  case TW_NETWORK_FILTERS:
    return tw_task_get_filter_shape (problem, &shape) ? NULL : "its data is no images";
  case TW_NETWORK_MISTAKES:
  default:
    return !tw_task_has_classes (problem)               ? "it tells no classes apart"
           : data->channels != 1 || data->is_sequence ? "its data is no images"
                                                      : NULL;
  }
}

/* Regions */

void
tw_regions_fit (const TwDataSet *data, TwRect *rect, double domain[4])
{
  const TwDataPart *parts[] = { &data->train, &data->test };
  double box[4] = { INFINITY, -INFINITY, INFINITY, -INFINITY };

  for (int p = 0; p < 2; p++) {
    gsize n = MIN (parts[p]->n, MOST_ROWS);
    g_autofree TwReal *x = g_new (TwReal, 2 * n);
    tw_data_gather (data, parts[p], NULL, 0, n, x);
    for (gsize i = 0; i < 2 * n; i++) {
      box[2 * (i % 2)] = MIN (box[2 * (i % 2)], x[i]);
      box[2 * (i % 2) + 1] = MAX (box[2 * (i % 2) + 1], x[i]);
    }
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

TwRegionMap *
tw_region_map_new (const TwProblem *problem, const float *theta, const TwRect *rect, const double domain[4])
{
  g_autoptr (TwProblemWork) work = tw_problem_work_new ((TwProblem *)problem, 1);
  TwRegionMap *map = g_new0 (TwRegionMap, 1);
  double longer = MAX (rect->width, rect->height);
  gsize K = tw_task_get_data (problem)->n_classes, width = (gsize)MAX (lround (GRID * rect->width / longer), 2),
        height = (gsize)MAX (lround (GRID * rect->height / longer), 2);

  tw_view_init (&map->view, rect, domain);
  map->rows = tw_task_judge_rows (problem, work, theta, MOST_ROWS);
  map->shares = g_new (float, width * height * K);
  tw_task_predict_grid (problem, work, theta, domain, width, height, map->shares);
  map->regions = (TwRegions){ .width = width,
                              .height = height,
                              .n_classes = K,
                              .shares = map->shares,
                              .n_rows = map->rows->n,
                              .n_train = map->rows->n_train,
                              .points = map->rows->points,
                              .classes = map->rows->classes,
                              .predicted = map->rows->predicted,
                              .mark = CLAMP (longer / FULL_MARKS, 0.5, 1) };
  return map;
}

void
tw_region_map_free (TwRegionMap *map)
{
  if (map == NULL)
    return;
  tw_judged_rows_free (map->rows);
  g_free (map->shares);
  g_free (map);
}

char *
tw_region_map_describe (const TwRegionMap *map)
{
  const TwJudgedRows *rows = map->rows;
  gsize n_test = rows->n - rows->n_train;
  double train = 100.0 * (double)rows->n_right[0] / (double)MAX (rows->n_train, 1),
         test = 100.0 * (double)rows->n_right[1] / (double)MAX (n_test, 1);

  return n_test > 0 ? g_strdup_printf ("%.3g %% right, held out %.3g %%", train, test) : g_strdup_printf ("%.3g %% right", train);
}

/* Filters */

void
tw_filter_sheet_init (TwFilterSheet *sheet, const TwProblem *problem, const float *theta, const TwRect *rect, double gap,
                      double least, double largest)
{
  TwFilterShape *shape = &sheet->shape;

  tw_task_get_filter_shape (problem, shape);
  gsize size = shape->channels * shape->height * shape->width;
  g_autofree float *pixels = g_new (float, size);
  sheet->range = 0;
  for (gsize f = 0; f < shape->n; f++) {
    tw_task_read_filter (problem, theta, f, pixels);
    for (gsize i = 0; i < size; i++)
      sheet->range = MAX (sheet->range, fabs ((double)pixels[i]));
  }
  tw_mosaic_fit (&sheet->mosaic, rect, shape->n * shape->channels, shape->width, shape->height, gap, 0, 0, least, largest);
}

void
tw_draw_filters (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwFilterSheet *sheet, const TwProblem *problem,
                 const float *theta)
{
  const TwFilterShape *shape = &sheet->shape;
  gsize size = shape->height * shape->width;
  g_autofree float *pixels = g_new (float, shape->channels * size);

  for (gsize i = 0; i < sheet->mosaic.shown; i++) {
    double x, y;
    tw_task_read_filter (problem, theta, i / shape->channels, pixels);
    tw_mosaic_get_corner (&sheet->mosaic, rect, i, &x, &y);
    tw_draw_pixels (cr, theme, x, y, sheet->mosaic.zoom, pixels + i % shape->channels * size, shape->width, shape->height,
                    sheet->range);
  }
}

char *
tw_filter_sheet_describe (const TwFilterSheet *sheet)
{
  gsize images = sheet->shape.n * sheet->shape.channels;

  if (sheet->mosaic.shown < images)
    return g_strdup_printf ("first %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ", \302\261%.2g", sheet->mosaic.shown, images,
                            sheet->range);
  return g_strdup_printf ("all %" G_GSIZE_FORMAT ", \302\261%.2g", images, sheet->range);
}

/* Mistakes */

/* Short names stand side by side, long ones in two lines. */
static gboolean
needs_two_lines (const TwDataSet *data, gsize *longest)
{
  *longest = 1;
  for (gsize k = 0; k < data->n_classes; k++) {
    g_autofree char *name = tw_data_name_class (data, k);
    *longest = MAX (*longest, strlen (name));
  }
  return *longest > 3;
}

/* The room of the words below an image. */
static double
get_foot (gboolean two_lines, double font_size)
{
  return ceil ((two_lines ? 2.7 : 1.45) * font_size);
}

double
tw_mistakes_row_height (const TwDataSet *data, double least, double font_size)
{
  gsize longest;

  return MAX (ceil (least / (double)data->width), 1) * (double)data->height +
         get_foot (needs_two_lines (data, &longest), font_size) + MISTAKES_GAP;
}

void
tw_draw_mistakes (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwDataSet *data, const TwMistakes *mistakes,
                  gsize room, double least, double font_size)
{
  gsize longest, W = data->width, H = data->height;
  gboolean two_lines = needs_two_lines (data, &longest);
  double foot = get_foot (two_lines, font_size),
         cell_width = two_lines ? MIN (0.58 * (double)longest, 6) * font_size : 3.2 * font_size;
  g_autofree float *pixels = g_new (float, W *H);
  TwMosaic mosaic;

  tw_mosaic_fit (&mosaic, rect, MAX (room, LEAST_MISTAKES), W, H, MISTAKES_GAP, foot, cell_width,
                 MAX (ceil (least / (double)W), 1), MAX (floor (56.0 / (double)W), 1));
  tw_set_font (cr, font_size, FALSE);
  for (gsize i = 0; i < MIN (mosaic.shown, mistakes->n); i++) {
    double left, top, width = mosaic.zoom * (double)W, cell = mosaic.cell_width - MISTAKES_GAP;
    g_autofree char *is = tw_data_name_class (data, mistakes->classes[i]),
                    *said = tw_data_name_class (data, mistakes->predicted[i]),
                    *line = two_lines ? g_strdup (is) : g_strdup_printf ("%s \342\206\222 %s", is, said);
    tw_mosaic_get_corner (&mosaic, rect, i, &left, &top);
    tw_data_read_image (data, mistakes->part, mistakes->rows[i], pixels);
    tw_draw_pixels (cr, theme, floor (left + (cell - width) / 2), top, mosaic.zoom, pixels, W, H, 0);
    double middle = left + cell / 2, y = top + mosaic.zoom * (double)H + 1.15 * font_size;
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text_within (cr, middle, y, 0.5, cell + 4, line);
    if (two_lines) {
      g_autofree char *below = g_strdup_printf ("\342\206\222 %s", said);
      tw_set_color (cr, &theme->dim, 1);
      tw_draw_text_within (cr, middle, y + 1.2 * font_size, 0.5, cell + 4, below);
    }
  }
}

char *
tw_mistakes_describe (const TwMistakes *mistakes)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " %s", mistakes->n, mistakes->n_judged,
                          mistakes->held_out ? "held out" : "trained on");
}
