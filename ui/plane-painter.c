#include "ui/plane-painter.h"
#include "ui/background.h"

#include <math.h>
#include <string.h>

#define N_CONTOURS 14
#define LABEL_SIZE 10.0
#define MARGIN 0.14      /* of the box, on each side */
#define POINTS 96        /* of the finest grid, along the longer side; a multiple of COARSEST */
#define COARSEST 8       /* stride of the first grid */
#define TOTAL_COST 6e10  /* multiplications: finer grids that would take more are not begun */

typedef struct {
  TwPlaneOrder order; /* with its own used, and references */
  GCancellable *cancellable;
  TwPlaneNewsFunc news;
  GObject *data;
} Job;

static void
scene_clear (gpointer data)
{
  TwPlaneScene *scene = data;

  tw_plane_unref (scene->plane);
  for (gsize i = 0; i < scene->n_optimizers * scene->n_starts; i++)
    g_free (scene->points[i]);
  g_free (scene->points);
  g_free (scene->n_points);
}

TwPlaneScene *
tw_plane_scene_ref (TwPlaneScene *scene)
{
  return g_atomic_rc_box_acquire (scene);
}

void
tw_plane_scene_unref (TwPlaneScene *scene)
{
  if (scene != NULL)
    g_atomic_rc_box_release_full (scene, scene_clear);
}

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

void
tw_plane_fit_domain (double domain[4], double width, double height)
{
  double across = (domain[1] - domain[0]) / width, up = (domain[3] - domain[2]) / height, unit = MAX (across, up);

  for (int axis = 0; axis < 2; axis++) {
    double middle = (domain[2 * axis] + domain[2 * axis + 1]) / 2, half = unit * (axis == 0 ? width : height) / 2;
    domain[2 * axis] = middle - half;
    domain[2 * axis + 1] = middle + half;
  }
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

/* The scene */

/* Around the snapshots that count, and the network in the middle of a random plane with its neighbourhood. */
static void
find_box (TwPlaneScene *scene, const TwPlaneOrder *order)
{
  double *box = scene->box;

  box[0] = box[2] = INFINITY;
  box[1] = box[3] = -INFINITY;
  for (gsize r = 0; r < scene->n_optimizers * scene->n_starts; r++) {
    gsize o = r / scene->n_starts, usable = tw_plane_count_usable (order->trace, o, r % scene->n_starts);
    for (gsize i = 0; order->used[o] && i < MIN (usable, scene->n_points[r]); i++)
      for (int axis = 0; axis < 2; axis++) {
        box[2 * axis] = MIN (box[2 * axis], scene->points[r][2 * i + axis]);
        box[2 * axis + 1] = MAX (box[2 * axis + 1], scene->points[r][2 * i + axis]);
      }
  }
  if (order->kind == TW_PLANE_RANDOM || !(box[0] <= box[1]))
    for (int axis = 0; axis < 2; axis++) {
      box[2 * axis] = MIN (box[2 * axis], -1);
      box[2 * axis + 1] = MAX (box[2 * axis + 1], 1);
    }
  double span = MAX (box[1] - box[0], box[3] - box[2]);
  span = span > 0 ? span : 1;
  for (int axis = 0; axis < 2; axis++) { /* a line gets some width */
    double lacking = MAX (0.15 * span - (box[2 * axis + 1] - box[2 * axis]), 0) / 2 + MARGIN * span;
    box[2 * axis] -= lacking;
    box[2 * axis + 1] += lacking;
  }
}

static TwPlaneScene *
make_scene (const Job *job, TwPlane *plane)
{
  const TwPlaneOrder *order = &job->order;
  gsize O = tw_trace_get_n_optimizers (order->trace), S = tw_trace_get_n_snapshot_starts (order->trace);
  TwPlaneScene *scene = g_atomic_rc_box_new0 (TwPlaneScene);

  scene->plane = tw_plane_ref (plane);
  scene->n_optimizers = O;
  scene->n_starts = S;
  scene->n_points = g_new0 (gsize, O * S);
  scene->points = g_new0 (double *, O * S);
  for (gsize r = 0; r < O * S && !g_cancellable_is_cancelled (job->cancellable); r++) {
    gsize n = tw_trace_get_n_snapshots (order->trace, r / S, r % S);
    scene->points[r] = g_new (double, 2 * MAX (n, 1));
    for (gsize i = 0; i < n; i++)
      tw_plane_project (plane, tw_trace_get_snapshot (order->trace, r / S, r % S, i), scene->points[r] + 2 * i);
    scene->n_points[r] = n;
    scene->n_snapshots += order->used[r / S] ? n : 0;
  }
  find_box (scene, order);
  return scene;
}

/* The ground */

/* What is known of every stride-th point, as a grid of its own. */
static TwField *
make_field (const TwPlaneGrid *grid, gsize stride, gsize *columns, gsize *rows)
{
  *columns = (grid->width - 1) / stride + 1;
  *rows = (grid->height - 1) / stride + 1;
  g_autofree double *values = g_new (double, *columns * *rows);

  for (gsize j = 0; j < *rows; j++)
    for (gsize i = 0; i < *columns; i++)
      values[j * *columns + i] = grid->values[j * stride * grid->width + i * stride];
  return tw_field_new_from_values (values, grid->domain, *columns, *rows, TRUE);
}

static TwPlanePicture *
paint_picture (const Job *job, const TwPlaneGrid *grid, gsize stride)
{
  const TwPlaneOrder *order = &job->order;
  const TwTheme *theme = tw_theme_get (order->dark);
  TwPlanePicture *picture = g_new0 (TwPlanePicture, 1);
  TwRect rect = { 0, 0, order->width, order->height };
  TwView view;

  memcpy (picture->domain, grid->domain, sizeof picture->domain);
  picture->width = order->width;
  picture->height = order->height;
  picture->field = make_field (grid, stride, &picture->columns, &picture->rows);
  g_autoptr (TwContourSet) contours = tw_contour_set_new (picture->field, N_CONTOURS);
  picture->picture = tw_field_render (picture->field, theme, order->width * order->scale, order->height * order->scale);
  cairo_surface_set_device_scale (picture->picture, order->scale, order->scale);
  cairo_t *cr = cairo_create (picture->picture);
  tw_view_init (&view, &rect, grid->domain);
  tw_draw_contours (cr, theme, &view, picture->field, contours);
  tw_draw_contour_labels (cr, theme, &view, picture->field, contours, LABEL_SIZE);
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
    TwPlaneScene *scene = make_scene (job, plane);
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
