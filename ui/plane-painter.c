#include "ui/plane-painter.h"
#include "ui/background.h"
#include "ui/drawing/plane.h"

#include <math.h>
#include <string.h>

#define N_CONTOURS 14
#define LABEL_SIZE 10.0
#define POINTS 96        /* of the finest grid, along the longer side; a multiple of COARSEST */
#define COARSEST 8       /* stride of the first grid */
#define TOTAL_COST 6e10  /* multiplications: finer grids that would take more are not begun */

typedef struct {
  TwPlaneOrder order; /* with its own used, and references */
  GCancellable *cancellable;
  TwPlaneNewsFunc news;
  GObject *data;
} Job;

void
tw_plane_picture_free (TwPlanePicture *picture)
{
  if (picture == NULL)
    return;
  tw_field_free (picture->field);
  g_clear_pointer (&picture->picture, cairo_surface_destroy);
  g_free (picture->loss);
  g_free (picture);
}

/* News */

typedef struct {
  Job *job; /* a reference */
  TwPlaneNews news;
  char *error;
} Message;

static void
job_clear (gpointer data)
{
  Job *job = data;

  tw_trace_unref (job->order.trace);
  tw_plane_unref (job->order.plane);
  g_free (job->order.used);
  g_object_unref (job->cancellable);
}

/* On the main thread: widgets must not die elsewhere. */
static gboolean
drop_data (gpointer data)
{
  g_object_unref (data);
  return G_SOURCE_REMOVE;
}

static gboolean
deliver (gpointer data)
{
  Message *message = data;

  if (!g_cancellable_is_cancelled (message->job->cancellable))
    message->job->news (&message->news, message->job->data);
  return G_SOURCE_REMOVE;
}

static void
message_free (gpointer data)
{
  Message *message = data;

  tw_plane_scene_unref (message->news.scene);
  tw_plane_picture_free (message->news.picture);
  g_free (message->error);
  g_atomic_rc_box_release_full (message->job, job_clear);
  g_free (message);
}

static void
post (Job *job, TwPlaneScene *scene, TwPlanePicture *picture, const char *error, gboolean done)
{
  Message *message = g_new0 (Message, 1);

  message->job = g_atomic_rc_box_acquire (job);
  message->news.scene = scene != NULL ? tw_plane_scene_ref (scene) : NULL;
  message->news.picture = picture;
  message->error = g_strdup (error);
  message->news.error = message->error;
  message->news.done = done;
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, message, message_free);
}

/* The ground */

static TwPlanePicture *
paint_picture (const Job *job, const TwPlaneGrid *grid, gsize stride)
{
  const TwPlaneOrder *order = &job->order;
  const TwTheme *theme = order->theme;
  TwPlanePicture *picture = g_new0 (TwPlanePicture, 1);
  TwRect rect = { 0, 0, order->width, order->height };
  TwView view;

  memcpy (picture->domain, grid->domain, sizeof picture->domain);
  picture->width = order->width;
  picture->height = order->height;
  picture->field = tw_plane_field_new (grid, stride, &picture->columns, &picture->rows);
  g_autoptr (TwContourSet) contours = tw_contour_set_new (picture->field, N_CONTOURS);
  picture->picture = tw_field_render (picture->field, theme, order->width * order->scale, order->height * order->scale);
  cairo_surface_set_device_scale (picture->picture, order->scale, order->scale);
  cairo_t *cr = cairo_create (picture->picture);
  tw_view_init (&view, &rect, grid->domain);
  tw_draw_contours (cr, theme, &view, picture->field, contours);
  tw_draw_contour_labels (cr, theme, &view, picture->field, contours, LABEL_SIZE * theme->stroke);
  cairo_destroy (cr);
  return picture;
}

/* Half the processors while the runs need the others. */
static guint
count_threads (const TwPlaneOrder *order)
{
  return order->alone ? 0 : MAX (g_get_num_processors () / 2, 1);
}

static void
paint_ground (Job *job, TwPlaneScene *scene)
{
  const TwPlaneOrder *order = &job->order;
  double domain[4], longer = MAX (order->width, order->height);
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (tw_trace_get_problem (order->trace));
  gsize sides[2] = { (gsize)order->width, (gsize)order->height };

  memcpy (domain, order->has_domain ? order->domain : scene->box, sizeof domain);
  tw_plane_fit_domain (domain, order->width, order->height);
  for (int axis = 0; axis < 2; axis++) /* points are as far apart on both */
    sides[axis] = COARSEST * MAX ((gsize)lround ((double)sides[axis] / longer * POINTS / COARSEST), 2) + 1;
  g_autoptr (TwPlaneGrid) grid = tw_plane_grid_new (domain, sides[0], sides[1]);
  for (gsize stride = COARSEST; stride > 0; stride /= 2) {
    double next = (double)(sides[0] * sides[1]) / (double)(stride * stride / 4 + (stride == 1)) * loss->cost;
    gboolean finest = stride == 1 || next > TOTAL_COST;
    if (!tw_plane_grid_refine (grid, scene->plane, loss, stride, count_threads (order), job->cancellable))
      return;
    TwPlanePicture *picture = paint_picture (job, grid, stride);
    picture->finest = finest;
    picture->loss = tw_plane_loss_describe (loss);
    post (job, scene, picture, NULL, finest);
    if (finest)
      return;
  }
}

static gpointer
work (gpointer data)
{
  Job *job = data;
  const TwPlaneOrder *order = &job->order;
  g_autoptr (GError) error = NULL;
  TwPlaneChoice choice = { order->used, order->chosen, 0 };
  g_autoptr (TwPlane) plane = order->plane != NULL
                                ? tw_plane_ref (order->plane)
                                : tw_plane_new (order->trace, order->kind, &choice, job->cancellable, &error);

  if (plane == NULL) {
    post (job, NULL, NULL, error->message, TRUE);
  } else {
    TwPlaneScene *scene = tw_plane_scene_new (order->trace, plane, order->used, job->cancellable);
    post (job, scene, NULL, NULL, order->project_only);
    if (!order->project_only)
      paint_ground (job, scene);
    tw_plane_scene_unref (scene);
  }
  g_idle_add_full (G_PRIORITY_DEFAULT, drop_data, job->data, NULL);
  g_atomic_rc_box_release_full (job, job_clear);
  tw_background_end ();
  return NULL;
}

void
tw_plane_paint (const TwPlaneOrder *order, GCancellable *cancellable, TwPlaneNewsFunc news, gpointer data)
{
  Job *job = g_atomic_rc_box_new0 (Job);
  gsize O = tw_trace_get_n_optimizers (order->trace);

  job->order = *order;
  job->order.trace = tw_trace_ref (order->trace);
  job->order.used = g_memdup2 (order->used, O * sizeof *order->used);
  job->order.plane = order->plane != NULL ? tw_plane_ref (order->plane) : NULL;
  job->cancellable = g_object_ref (cancellable);
  job->news = news;
  job->data = g_object_ref (data);
  tw_background_begin ();
  g_thread_unref (g_thread_new ("thalweg-plane", work, job));
}
