#include "ui/drawing/plane.h"

#include <string.h>

#define LAST_POINTS 7 /* snapshots whose attended point may be shown */

gboolean
tw_plane_run_init (TwPlaneRun *run, const TwPlaneScene *scene, const TwTrace *trace, gsize optimizer, gsize start,
                   const TwLineStyle *style, guint64 step)
{
  gsize r = optimizer * scene->n_starts + start, n = scene->n_points[r], n_steps;

  tw_trace_get_snapshot_steps (trace, &n_steps);
  n = MIN (n, n_steps); /* of the trace before, perhaps, while a new scene is on the way */
  if (n == 0)
    return FALSE;
  gboolean all = n == tw_trace_get_n_snapshots (trace, optimizer, start);
  run->path = (TwTrajectory){ .theta = scene->points[r],
                              .phi = scene->attended[r],
                              .n_rows = n,
                              .stride = 2,
                              .style = style,
                              .primary = start == 0,
                              .stop = all ? tw_trace_get_stop_reason (trace, optimizer, start) : TW_STOP_RUNNING };
  tw_plane_find_step (trace, n, step, &run->row, &run->part);
  return TRUE;
}

/* `part` of the way from one row of (n, 2) to the next. */
static void
between (const double *positions, const TwPlaneRun *run, double out[2])
{
  const double *at = positions + 2 * run->row;

  for (int axis = 0; axis < 2; axis++)
    out[axis] = at[axis] + (run->part > 0 ? run->part * (at[2 + axis] - at[axis]) : 0);
}

void
tw_plane_run_draw_end (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwPlaneRun *run, double width,
                       const TwTrailPen *const pens[2], double radius)
{
  double ends[4];
  TwTrajectory way = run->path;

  memcpy (ends, run->path.theta + 2 * run->row, 2 * sizeof *ends);
  between (run->path.theta, run, ends + 2);
  way.theta = ends;
  way.phi = NULL;
  way.n_rows = 2;
  if (run->row + 1 < run->path.n_rows)
    way.stop = TW_STOP_RUNNING;
  for (int pass = 0; run->part > 0 && pass < 2; pass++) {
    TwTrailPen pen = *pens[pass];
    pen.next_row = 1;
    tw_trail_draw (cr, theme, view, &way, (TwTrailPass)pass, width, &pen, 1);
  }
  tw_trajectory_draw_head (cr, theme, view, &way, 1, radius);
}

void
tw_plane_run_draw_attention (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwPlaneRun *run, double radius)
{
  double theta[2 * (LAST_POINTS + 1)], phi[2 * (LAST_POINTS + 1)];
  gsize first = run->row + 1 > LAST_POINTS ? run->row + 1 - LAST_POINTS : 0, n = run->row + 1 - first;
  TwTrajectory last = run->path;

  if (run->path.phi == NULL)
    return;
  memcpy (theta, run->path.theta + 2 * first, 2 * n * sizeof *theta);
  memcpy (phi, run->path.phi + 2 * first, 2 * n * sizeof *phi);
  if (run->part > 0) {
    between (run->path.theta, run, theta + 2 * n);
    between (run->path.phi, run, phi + 2 * n);
    n++;
  }
  last.theta = theta;
  last.phi = phi;
  last.n_rows = n;
  tw_trajectory_draw_attention (cr, theme, view, &last, n - 1, radius);
}

TwField *
tw_plane_field_new (const TwPlaneGrid *grid, gsize stride, gsize *columns, gsize *rows)
{
  *columns = (grid->width - 1) / stride + 1;
  *rows = (grid->height - 1) / stride + 1;
  g_autofree double *values = g_new (double, *columns * *rows);

  for (gsize j = 0; j < *rows; j++)
    for (gsize i = 0; i < *columns; i++)
      values[j * *columns + i] = grid->values[j * stride * grid->width + i * stride];
  return tw_field_new_from_values (values, grid->domain, *columns, *rows, TRUE);
}
