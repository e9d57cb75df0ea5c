#include "core/experiment/plane-scene.h"

#include <math.h>

#define MARGIN 0.14 /* of the box, on each side */

static void
scene_clear (gpointer data)
{
  TwPlaneScene *scene = data;

  tw_plane_unref (scene->plane);
  for (gsize i = 0; i < scene->n_optimizers * scene->n_starts; i++) {
    g_free (scene->points[i]);
    g_free (scene->attended[i]);
  }
  g_free (scene->points);
  g_free (scene->attended);
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

/* Around the snapshots that count, and the network in the middle of a random plane with its neighbourhood. */
static void
find_box (TwPlaneScene *scene, const TwTrace *trace, const gboolean *used)
{
  double *box = scene->box;

  box[0] = box[2] = INFINITY;
  box[1] = box[3] = -INFINITY;
  for (gsize r = 0; r < scene->n_optimizers * scene->n_starts; r++) {
    gsize o = r / scene->n_starts, usable = tw_plane_count_usable (trace, o, r % scene->n_starts);
    for (gsize i = 0; (used == NULL || used[o]) && i < MIN (usable, scene->n_points[r]); i++)
      for (int axis = 0; axis < 2; axis++) {
        box[2 * axis] = MIN (box[2 * axis], scene->points[r][2 * i + axis]);
        box[2 * axis + 1] = MAX (box[2 * axis + 1], scene->points[r][2 * i + axis]);
      }
  }
  if (scene->plane->kind == TW_PLANE_RANDOM || !(box[0] <= box[1]))
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

static void
project_run (TwPlaneScene *scene, const TwTrace *trace, gsize o, gsize s)
{
  gsize r = o * scene->n_starts + s, n = tw_trace_get_n_snapshots (trace, o, s);
  gboolean attends = n > 0 && tw_trace_get_attended_snapshot (trace, o, s, 0) != NULL;

  scene->points[r] = g_new (double, 2 * MAX (n, 1));
  scene->attended[r] = attends ? g_new (double, 2 * n) : NULL;
  for (gsize i = 0; i < n; i++) {
    tw_plane_project (scene->plane, tw_trace_get_snapshot (trace, o, s, i), scene->points[r] + 2 * i);
    if (attends)
      tw_plane_project (scene->plane, tw_trace_get_attended_snapshot (trace, o, s, i), scene->attended[r] + 2 * i);
  }
  scene->n_points[r] = n;
}

TwPlaneScene *
tw_plane_scene_new (const TwTrace *trace, TwPlane *plane, const gboolean *used, GCancellable *cancellable)
{
  TwPlaneScene *scene = g_atomic_rc_box_new0 (TwPlaneScene);
  gsize O = tw_trace_get_n_optimizers (trace), S = tw_trace_get_n_snapshot_starts (trace);

  scene->plane = tw_plane_ref (plane);
  scene->n_optimizers = O;
  scene->n_starts = S;
  scene->n_points = g_new0 (gsize, O * S);
  scene->points = g_new0 (double *, O * S);
  scene->attended = g_new0 (double *, O * S);
  for (gsize r = 0; r < O * S && !g_cancellable_is_cancelled (cancellable); r++) {
    project_run (scene, trace, r / S, r % S);
    scene->n_snapshots += used == NULL || used[r / S] ? scene->n_points[r] : 0;
  }
  find_box (scene, trace, used);
  return scene;
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

void
tw_plane_find_step (const TwTrace *trace, gsize n, guint64 step, gsize *row, double *part)
{
  gsize all;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &all);

  *row = 0;
  while (*row + 1 < n && steps[*row + 1] <= step)
    (*row)++;
  *part = *row + 1 < n ? (double)(step - steps[*row]) / (double)(steps[*row + 1] - steps[*row]) : 0;
}
