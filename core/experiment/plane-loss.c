/* plane-loss.c: the loss on a plane, over a grid of its points. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/plane.h"
#include "core/problems/families.h"

#define DRAWS 16 /* minibatches that are averaged where a problem draws its own */

/* Whether minibatches or the like make the loss another at every step. */
static gboolean
is_drawn (TwProblem *problem)
{
  gsize dim = tw_problem_get_dim (problem);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *theta = g_new (double, dim);
  double loss[2];

  tw_random_normals ((TwDraw){ 1, 0 }, 0, dim, theta);
  for (guint i = 0; i < 2; i++)
    tw_problem_eval_exact (problem, work, 1, theta, &(TwDraw){ 1, i }, &loss[i], NULL);
  return loss[0] != loss[1];
}

TwPlaneLoss *
tw_plane_loss_new (TwProblem *problem)
{
  TwPlaneLoss *loss = g_new0 (TwPlaneLoss, 1);
  gsize rows = tw_problem_get_n_rows (problem);
  double row_cost = MAX (tw_problem_get_row_cost (problem), 1);

  loss->problem = tw_problem_ref (problem);
  loss->n_draws = 1;
  if (rows > 0) {
    double afford = MAX (TW_PLANE_POINT_COST / row_cost, TW_PLANE_FEWEST_ROWS);
    loss->n_rows = afford < (double)rows ? (gsize)afford : rows;
    loss->rows = g_new (guint32, loss->n_rows);
    tw_minibatch (rows, loss->n_rows, (TwDraw){ 0x706c616e65, 0 }, loss->rows);
    loss->cost = row_cost * (double)loss->n_rows;
    return loss;
  }
  if (is_drawn (problem))
    loss->n_draws = DRAWS;
  loss->cost = (double)tw_problem_get_dim (problem) * 64 * loss->n_draws;
  return loss;
}

void
tw_plane_loss_free (TwPlaneLoss *loss)
{
  if (loss == NULL)
    return;
  tw_problem_unref (loss->problem);
  g_free (loss->rows);
  g_free (loss);
}

double
tw_plane_loss_eval (const TwPlaneLoss *loss, TwProblemWork *work, const double *theta)
{
  double sum = 0;

  if (loss->n_rows > 0)
    return tw_problem_loss_over (loss->problem, work, theta, loss->rows, loss->n_rows);
  for (guint i = 0; i < loss->n_draws; i++) {
    double value;
    tw_problem_eval_exact (loss->problem, work, 1, theta, &(TwDraw){ 0, i }, &value, NULL);
    sum += value;
  }
  return sum / loss->n_draws;
}

char *
tw_plane_loss_describe (const TwPlaneLoss *loss)
{
  gsize all = tw_problem_get_n_rows (loss->problem);

  if (loss->n_rows > 0 && loss->n_rows == all)
    return g_strdup_printf ("all %" G_GSIZE_FORMAT " training rows", all);
  if (loss->n_rows > 0)
    return g_strdup_printf ("a sample of %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " rows",
                            loss->n_rows, all);
  if (loss->n_draws > 1)
    return g_strdup_printf ("%u minibatches, the same everywhere", loss->n_draws);
  return g_strdup ("everything: it is exact");
}

TwPlaneGrid *
tw_plane_grid_new (const double domain[4], gsize width, gsize height)
{
  TwPlaneGrid *grid = g_new0 (TwPlaneGrid, 1);

  grid->width = width;
  grid->height = height;
  memcpy (grid->domain, domain, sizeof grid->domain);
  grid->values = g_new0 (double, width *height);
  grid->known = g_new0 (guint8, width *height);
  return grid;
}

void
tw_plane_grid_free (TwPlaneGrid *grid)
{
  if (grid == NULL)
    return;
  g_free (grid->values);
  g_free (grid->known);
  g_free (grid);
}

/* Threads take points one by one; each point is evaluated alone, so it does not matter which thread does. */
typedef struct {
  TwPlaneGrid *grid;
  const TwPlane *plane;
  const TwPlaneLoss *loss;
  gsize stride, columns, count;
  gsize next; /* atomic */
  GCancellable *cancellable;
  TwPlaneTell tell; /* nullable */
  gpointer data;
  GThread *teller;
} Refinement;

static gpointer
refine (gpointer data)
{
  Refinement *own = data;
  TwPlaneGrid *grid = own->grid;
  g_autoptr (TwProblemWork) work = tw_problem_work_new (own->loss->problem, 1);
  g_autofree double *theta = g_new (double, own->plane->dim);
  const double *d = grid->domain;

  while (!g_cancellable_is_cancelled (own->cancellable)) {
    gsize n = __atomic_fetch_add (&own->next, 1, __ATOMIC_RELAXED);
    if (n >= own->count)
      break;
    if (own->tell != NULL && own->teller == g_thread_self ())
      own->tell ((double)n / (double)own->count, own->data);
    gsize i = n % own->columns * own->stride, j = n / own->columns * own->stride, at = j * grid->width + i;
    if (grid->known[at])
      continue;
    double point[2] = { d[0] + (d[1] - d[0]) * (double)i / (double)(grid->width - 1),
                        d[2] + (d[3] - d[2]) * (double)j / (double)(grid->height - 1) };
    tw_plane_get_point (own->plane, point, theta);
    grid->values[at] = tw_plane_loss_eval (own->loss, work, theta);
    grid->known[at] = TRUE;
  }
  return NULL;
}

gboolean
tw_plane_grid_refine_telling (TwPlaneGrid *grid, const TwPlane *plane, const TwPlaneLoss *loss, gsize stride,
                              guint n_threads, GCancellable *cancellable, TwPlaneTell tell, gpointer data)
{
  Refinement own = { .grid = grid,
                     .plane = plane,
                     .loss = loss,
                     .stride = stride,
                     .columns = (grid->width - 1) / stride + 1,
                     .cancellable = cancellable,
                     .tell = tell,
                     .data = data,
                     .teller = g_thread_self () };

  own.count = own.columns * ((grid->height - 1) / stride + 1);
  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  n_threads = (guint)MIN (n_threads, own.count);
  g_autofree GThread **threads = g_new0 (GThread *, n_threads);
  for (guint t = 1; t < n_threads; t++)
    threads[t] = g_thread_new ("thalweg-plane", refine, &own);
  refine (&own);
  for (guint t = 1; t < n_threads; t++)
    g_thread_join (threads[t]);
  return !g_cancellable_is_cancelled (cancellable);
}

gboolean
tw_plane_grid_refine (TwPlaneGrid *grid, const TwPlane *plane, const TwPlaneLoss *loss, gsize stride,
                      guint n_threads, GCancellable *cancellable)
{
  return tw_plane_grid_refine_telling (grid, plane, loss, stride, n_threads, cancellable, NULL, NULL);
}
