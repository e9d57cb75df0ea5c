#include "ui/scenery.h"
#include "ui/background.h"

#define N_CONTOURS 16
#define LABEL_SIZE 10.0
#define MAX_GRID 900 /* points along an edge: finer than that the picture looks no better */

typedef struct {
  TwProblem *problem;
  TwScenery *scenery; /* what is asked for, then the result */
} Order;

void
tw_scenery_free (TwScenery *scenery)
{
  if (scenery == NULL)
    return;
  tw_field_free (scenery->field);
  g_clear_pointer (&scenery->picture, cairo_surface_destroy);
  g_free (scenery);
}

static void
order_free (gpointer data)
{
  Order *order = data;

  tw_problem_unref (order->problem);
  tw_scenery_free (order->scenery);
  g_free (order);
}

static void
paint (TwScenery *scenery, const TwProblem *problem)
{
  const TwTheme *theme = scenery->theme;
  TwRect rect = { 0, 0, scenery->width, scenery->height };
  TwView view;
  const double *minima;
  gsize n_minima = tw_problem_get_minima (problem, &minima);
  g_autoptr (TwContourSet) contours = tw_contour_set_new (scenery->field, N_CONTOURS);

  scenery->picture = tw_field_render (scenery->field, theme, scenery->width * scenery->scale,
                                      scenery->height * scenery->scale);
  cairo_surface_set_device_scale (scenery->picture, scenery->scale, scenery->scale);
  cairo_t *cr = cairo_create (scenery->picture);
  tw_view_init (&view, &rect, scenery->domain);
  tw_draw_contours (cr, theme, &view, scenery->field, contours);
  tw_draw_contour_labels (cr, theme, &view, scenery->field, contours, LABEL_SIZE * theme->stroke);
  tw_draw_minima (cr, theme, &view, minima, n_minima, 8);
  cairo_destroy (cr);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Order *order = data;
  TwScenery *scenery = order->scenery;
  GError *error = NULL;

  scenery->field = tw_field_new (order->problem, scenery->domain, (gsize)CLAMP (scenery->width, 2, MAX_GRID),
                                 (gsize)CLAMP (scenery->height, 2, MAX_GRID), TRUE, cancellable, &error);
  if (scenery->field == NULL) {
    g_task_return_error (task, error);
    return;
  }
  paint (scenery, order->problem);
  g_task_return_pointer (task, g_steal_pointer (&order->scenery), (GDestroyNotify)tw_scenery_free);
}

void
tw_scenery_paint_async (TwProblem *problem, const double domain[4], int width, int height, int scale,
                        const TwTheme *theme, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Order *order = g_new0 (Order, 1);

  order->problem = tw_problem_ref (problem);
  order->scenery = g_new0 (TwScenery, 1);
  for (int i = 0; i < 4; i++)
    order->scenery->domain[i] = domain[i];
  order->scenery->width = width;
  order->scenery->height = height;
  order->scenery->scale = scale;
  order->scenery->theme = theme;
  g_task_set_task_data (task, order, order_free);
  tw_background_run (task, work);
}

TwScenery *
tw_scenery_paint_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
