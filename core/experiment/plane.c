#include "core/experiment/plane.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/tasks/watch.h"

#undef I /* of <complex.h>, which cblas.h brings */

#define BLOCK 4096     /* coordinates that are centred at once */
#define SUBSPACE 8     /* vectors that are iterated, for two that are wanted */
#define ITERATIONS 1000
#define TOLERANCE 1e-13

TwPlane *
tw_plane_ref (TwPlane *plane)
{
  g_atomic_ref_count_inc (&plane->ref_count);
  return plane;
}

void
tw_plane_unref (TwPlane *plane)
{
  if (plane == NULL || !g_atomic_ref_count_dec (&plane->ref_count))
    return;
  g_free (plane->origin);
  g_free (plane->u);
  g_free (plane->v);
  g_free (plane);
}

static TwPlane *
new_plane (TwPlaneKind kind, gsize dim)
{
  TwPlane *plane = g_new0 (TwPlane, 1);

  g_atomic_ref_count_init (&plane->ref_count);
  plane->kind = kind;
  plane->dim = dim;
  plane->origin = g_new0 (double, dim);
  plane->u = g_new0 (double, dim);
  plane->v = g_new0 (double, dim);
  return plane;
}

static gboolean
check_cancelled (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "the plane was not finished");
  return TRUE;
}

static double
dot (gsize n, const double *a, const double *b)
{
  double sum = 0; /* in blocks, whose length does not matter to who calls */

  for (gsize at = 0; at < n; at += BLOCK)
    sum += cblas_ddot ((int)MIN (BLOCK, n - at), a + at, 1, b + at, 1);
  return sum;
}

static void
measure (TwPlane *plane)
{
  plane->metric[0] = dot (plane->dim, plane->u, plane->u);
  plane->metric[1] = dot (plane->dim, plane->u, plane->v);
  plane->metric[2] = dot (plane->dim, plane->v, plane->v);
}

/* a, b from the products with u and v: the nearest point. */
static void
solve (const TwPlane *plane, double pu, double pv, double at[2])
{
  const double *g = plane->metric;
  double det = g[0] * g[2] - g[1] * g[1];

  if (det > 1e-12 * g[0] * g[2]) {
    at[0] = (g[2] * pu - g[1] * pv) / det;
    at[1] = (g[0] * pv - g[1] * pu) / det;
  } else { /* a line, or a point */
    at[0] = g[0] > 0 ? pu / g[0] : 0;
    at[1] = 0;
  }
}

void
tw_plane_project (const TwPlane *plane, const float *theta, double at[2])
{
  double pu = 0, pv = 0;

  for (gsize i = 0; i < plane->dim; i++) {
    double off = theta[i] - plane->origin[i];
    pu += off * plane->u[i];
    pv += off * plane->v[i];
  }
  solve (plane, pu, pv, at);
}

char *
tw_plane_describe_axis (const TwPlane *plane, int axis)
{
  static const char *const words[][2] = { { "component 1", "component 2" },
                                          { "random direction 1", "random direction 2" },
                                          { "to the second end", "to the third point" } };

  return g_strdup_printf ("%s \302\267 %.3g %% of variance", words[plane->kind][axis], 100 * plane->explained[axis]);
}

void
tw_plane_get_point (const TwPlane *plane, const double at[2], double *theta)
{
  for (gsize i = 0; i < plane->dim; i++)
    theta[i] = plane->origin[i] + at[0] * plane->u[i] + at[1] * plane->v[i];
}

/* Principal components.  m points (D); X (m, D) are they less their mean. */

/* rows (m, n): columns at to at + n - 1 of X, and mean (n) of the points there. */
static void
centre (const float *const *points, gsize m, gsize at, gsize n, double *mean, double *rows)
{
  memset (mean, 0, n * sizeof *mean);
  for (gsize k = 0; k < m; k++)
    for (gsize i = 0; i < n; i++)
      mean[i] += points[k][at + i];
  for (gsize i = 0; i < n; i++)
    mean[i] /= (double)m;
  for (gsize k = 0; k < m; k++)
    for (gsize i = 0; i < n; i++)
      rows[k * n + i] = points[k][at + i] - mean[i];
}

/* Gram-Schmidt, twice, of the rows of q (r, m); what is left of a row that depends on others becomes 0. */
static void
orthonormalise (double *q, gsize r, gsize m)
{
  for (gsize i = 0; i < r; i++) {
    double *row = q + i * m, before = sqrt (dot (m, row, row));
    for (int pass = 0; pass < 2; pass++)
      for (gsize j = 0; j < i; j++)
        cblas_daxpy ((int)m, -dot (m, row, q + j * m), q + j * m, 1, row, 1);
    double length = sqrt (dot (m, row, row));
    cblas_dscal ((int)m, length > 1e-10 * before && length > 0 ? 1 / length : 0, row, 1);
  }
}

/* Eigenvectors of a symmetric a (r, r), by Jacobi's rotations: as rows of w, the largest first. */
static void
diagonalise (double *a, gsize r, double *w, double *values)
{
  for (gsize i = 0; i < r * r; i++)
    w[i] = i % (r + 1) == 0;
  for (int sweep = 0; sweep < 60; sweep++) {
    double off = 0, on = 0;
    for (gsize p = 0; p < r; p++) {
      on += a[p * r + p] * a[p * r + p];
      for (gsize q = p + 1; q < r; q++) {
        double apq = a[p * r + q];
        off += apq * apq;
        if (apq == 0)
          continue;
        double theta = (a[q * r + q] - a[p * r + p]) / (2 * apq);
        double t = (theta >= 0 ? 1 : -1) / (fabs (theta) + sqrt (theta * theta + 1)), c = 1 / sqrt (t * t + 1), s = t * c;
        cblas_drot ((int)r, a + p, (int)r, a + q, (int)r, c, -s);
        cblas_drot ((int)r, a + p * r, 1, a + q * r, 1, c, -s);
        cblas_drot ((int)r, w + p * r, 1, w + q * r, 1, c, -s);
      }
    }
    if (off <= 1e-32 * on)
      break;
  }
  for (gsize i = 0; i < r; i++)
    values[i] = a[i * r + i];
  for (gsize i = 0; i < r; i++)
    for (gsize j = i + 1; j < r; j++)
      if (values[j] > values[i]) {
        double swap = values[i];
        values[i] = values[j];
        values[j] = swap;
        cblas_dswap ((int)r, w + i * r, 1, w + j * r, 1);
      }
}

/* The two largest eigenvalues of gram (m, m) and their vectors, the first rows of q: subspace iteration with a
 * Rayleigh-Ritz step (Golub and Van Loan, section 8.2). */
static gboolean
find_components (const double *gram, gsize m, double *q, double values[2], GCancellable *cancellable)
{
  gsize r = MIN (SUBSPACE, m);
  g_autofree double *z = g_new (double, r *m);
  double small[SUBSPACE * SUBSPACE], w[SUBSPACE * SUBSPACE], ritz[SUBSPACE] = { 0 }, last[2] = { -1, -1 };

  for (gsize i = 0; i < r * m; i++)
    q[i] = tw_random_normal ((TwDraw){ 0x706c616e65, 0 }, i);
  orthonormalise (q, r, m);
  for (int k = 0; k < ITERATIONS; k++) {
    if (g_cancellable_is_cancelled (cancellable))
      return FALSE;
    cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)r, (int)m, (int)m, 1, q, (int)m, gram, (int)m, 0, z,
                 (int)m);
    cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int)r, (int)r, (int)m, 1, z, (int)m, q, (int)m, 0, small,
                 (int)r);
    diagonalise (small, r, w, ritz);
    /* The Ritz vectors, times gram. */
    cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)r, (int)m, (int)r, 1, w, (int)r, z, (int)m, 0, q,
                 (int)m);
    orthonormalise (q, r, m);
    double top = MAX (ritz[0], 0), second = r > 1 ? MAX (ritz[1], 0) : 0;
    if (fabs (top - last[0]) <= TOLERANCE * top && fabs (second - last[1]) <= TOLERANCE * top)
      break;
    last[0] = top;
    last[1] = second;
  }
  values[0] = MAX (ritz[0], 0);
  values[1] = r > 1 ? MAX (ritz[1], 0) : 0;
  return TRUE;
}

/* Scales (D) to length 1, so that the last point lies on its positive side of the first. */
static void
direct (double *axis, gsize dim, const float *first, const float *last)
{
  double length = sqrt (dot (dim, axis, axis)), side = 0;

  for (gsize i = 0; i < dim; i++)
    side += ((double)last[i] - first[i]) * axis[i];
  for (gsize i = 0; length > 0 && i < dim; i++)
    axis[i] *= (side < 0 ? -1 : 1) / length;
}

TwPlane *
tw_plane_new_principal (const float *const *points, gsize m, gsize dim, GCancellable *cancellable, GError **error)
{
  g_autofree double *gram = g_new0 (double, m *m), *rows = g_new (double, m *BLOCK);
  g_autofree double *weights = g_new0 (double, MAX (2, SUBSPACE) * m);
  g_autoptr (TwPlane) plane = new_plane (TW_PLANE_PRINCIPAL, dim);
  double values[2], total = 0;

  for (gsize at = 0; at < dim; at += BLOCK) {
    gsize n = MIN (BLOCK, dim - at);
    if (check_cancelled (cancellable, error))
      return NULL;
    centre (points, m, at, n, plane->origin + at, rows);
    cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, (int)m, (int)n, 1, rows, (int)n, 1, gram, (int)m);
  }
  for (gsize i = 0; i < m; i++) {
    total += gram[i * m + i];
    for (gsize j = 0; j < i; j++)
      gram[i * m + j] = gram[j * m + i];
  }
  if (!find_components (gram, m, weights, values, cancellable)) {
    check_cancelled (cancellable, error);
    return NULL;
  }
  for (gsize at = 0; at < dim; at += BLOCK) {
    gsize n = MIN (BLOCK, dim - at);
    if (check_cancelled (cancellable, error))
      return NULL;
    centre (points, m, at, n, plane->origin + at, rows);
    cblas_dgemv (CblasRowMajor, CblasTrans, (int)m, (int)n, 1, rows, (int)n, weights, 1, 0, plane->u + at, 1);
    cblas_dgemv (CblasRowMajor, CblasTrans, (int)m, (int)n, 1, rows, (int)n, weights + m, 1, 0, plane->v + at, 1);
  }
  direct (plane->u, dim, points[0], points[m - 1]);
  direct (plane->v, dim, points[0], points[m - 1]);
  if (values[1] <= 1e-12 * values[0]) /* all on a line */
    memset (plane->v, 0, dim * sizeof *plane->v);
  measure (plane);
  plane->n_used = m;
  for (int i = 0; i < 2; i++)
    plane->explained[i] = total > 0 ? MIN (values[i] / total, 1) : 0;
  return g_steal_pointer (&plane);
}

/* Of other planes: how much of the variance of the points is along u, and what v adds. */
static void
explain (TwPlane *plane, const float *const *points, gsize m)
{
  g_autofree double *mean = g_new0 (double, plane->dim);
  double total = 0, along = 0, within = 0;

  for (gsize k = 0; k < m; k++)
    for (gsize i = 0; i < plane->dim; i++)
      mean[i] += points[k][i] / (double)m;
  for (gsize k = 0; k < m; k++) {
    double pu = 0, pv = 0, square = 0, at[2];
    for (gsize i = 0; i < plane->dim; i++) {
      double off = points[k][i] - mean[i];
      square += off * off;
      pu += off * plane->u[i];
      pv += off * plane->v[i];
    }
    solve (plane, pu, pv, at);
    total += square;
    along += plane->metric[0] > 0 ? pu * pu / plane->metric[0] : 0;
    within += at[0] * pu + at[1] * pv;
  }
  plane->n_used = m;
  plane->explained[0] = total > 0 ? CLAMP (along / total, 0, 1) : 0;
  plane->explained[1] = total > 0 ? CLAMP ((within - along) / total, 0, 1) : 0;
}

/* Two random directions, filter by filter as long as the network at `origin`. */
static void
draw_directions (TwPlane *plane, const TwProblem *problem, guint64 seed)
{
  g_autoptr (GArray) filters = tw_problem_list_filters (problem);

  for (int axis = 0; axis < 2; axis++) {
    double *direction = axis == 0 ? plane->u : plane->v;
    TwDraw draw = { tw_random_stream (seed, TW_STREAM_PROBLEM, (guint64)axis), 0 };
    tw_random_normals (draw, 0, plane->dim, direction);
    for (guint f = 0; f < filters->len; f++) {
      const TwFilter *filter = &g_array_index (filters, TwFilter, f);
      double own = 0, drawn = 0;
      for (gsize i = 0; i < filter->n; i++) {
        double weight = plane->origin[filter->at + i * filter->stride],
               d = direction[filter->at + i * filter->stride];
        own += weight * weight;
        drawn += d * d;
      }
      double factor = filter->bias || drawn == 0 ? 0 : sqrt (own / drawn);
      for (gsize i = 0; i < filter->n; i++)
        direction[filter->at + i * filter->stride] *= factor;
    }
  }
}

/* Through a, b and c (D). */
static void
lay_through (TwPlane *plane, const float *a, const float *b, const float *c)
{
  for (gsize i = 0; i < plane->dim; i++) {
    plane->origin[i] = a[i];
    plane->u[i] = (double)b[i] - a[i];
    plane->v[i] = (double)c[i] - a[i];
  }
  double length = sqrt (dot (plane->dim, plane->u, plane->u)), whole = sqrt (dot (plane->dim, plane->v, plane->v));
  for (gsize i = 0; length > 0 && i < plane->dim; i++)
    plane->u[i] /= length;
  cblas_daxpy ((int)plane->dim, -dot (plane->dim, plane->u, plane->v), plane->u, 1, plane->v, 1);
  length = sqrt (dot (plane->dim, plane->v, plane->v));
  for (gsize i = 0; i < plane->dim; i++)
    plane->v[i] = length > 1e-9 * whole ? plane->v[i] / length : 0;
}

gsize
tw_plane_count_usable (const TwTrace *trace, gsize optimizer, gsize start)
{
  gsize n = tw_trace_get_n_snapshots (trace, optimizer, start), n_steps, usable = 0;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &n_steps);
  const double *loss = tw_trace_get_loss (trace, optimizer, start);

  if (tw_trace_get_stop_reason (trace, optimizer, start) != TW_STOP_DIVERGED)
    return n;
  while (usable < n && loss[steps[usable]] <= loss[0])
    usable++;
  return usable;
}

/* Of const float *: the snapshots that count, run by run. */
static GPtrArray *
gather (const TwTrace *trace, const TwPlaneChoice *choice)
{
  GPtrArray *points = g_ptr_array_new ();

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    for (gsize s = 0; s < tw_trace_get_n_snapshot_starts (trace); s++) {
      gsize n = choice->used == NULL || choice->used[o] ? tw_plane_count_usable (trace, o, s) : 0;
      for (gsize i = 0; i < n; i++)
        g_ptr_array_add (points, (gpointer)tw_trace_get_snapshot (trace, o, s, i));
    }
  return points;
}

/* The last snapshot of the first start that counts, or NULL. */
static const float *
get_end (const TwTrace *trace, gsize optimizer)
{
  gsize n = tw_plane_count_usable (trace, optimizer, 0);

  return n > 0 ? tw_trace_get_snapshot (trace, optimizer, 0, n - 1) : NULL;
}

/* The end of the chosen run, those of up to two others, and where fewer the start; FALSE: fewer than two. */
static gboolean
choose_ends (const TwTrace *trace, const TwPlaneChoice *choice, const float *ends[3])
{
  gsize n = 0, first = 0, O = tw_trace_get_n_optimizers (trace);

  for (gsize i = 0; i < O && n < 3; i++) {
    gsize o = i == 0 ? choice->chosen : i <= choice->chosen ? i - 1 : i;
    const float *end = i == 0 || choice->used == NULL || choice->used[o] ? get_end (trace, o) : NULL;
    if (end == NULL)
      continue;
    first = n == 0 ? o : first;
    ends[n++] = end;
  }
  if (n > 0 && n < 3)
    ends[n++] = tw_trace_get_snapshot (trace, first, 0, 0);
  if (n == 2)
    ends[2] = ends[1];
  return n >= 2;
}

TwPlane *
tw_plane_new (const TwTrace *trace, TwPlaneKind kind, const TwPlaneChoice *choice, GCancellable *cancellable,
              GError **error)
{
  TwProblem *problem = tw_trace_get_problem (trace);
  gsize dim = tw_problem_get_dim (problem);
  g_autoptr (GPtrArray) points = gather (trace, choice);
  const float *const *all = (const float *const *)points->pdata;
  const float *ends[3];

  if (points->len < 2) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "there are no two positions to lay a plane through yet");
    return NULL;
  }
  if (kind == TW_PLANE_PRINCIPAL)
    return tw_plane_new_principal (all, points->len, dim, cancellable, error);
  g_autoptr (TwPlane) plane = new_plane (kind, dim);
  if (!choose_ends (trace, choice, ends)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "the chosen run has no end to lay a plane through");
    return NULL;
  }
  if (kind == TW_PLANE_RANDOM) {
    for (gsize i = 0; i < dim; i++)
      plane->origin[i] = ends[0][i];
    draw_directions (plane, problem, choice->seed);
  } else {
    lay_through (plane, ends[0], ends[1], ends[2]);
  }
  if (check_cancelled (cancellable, error))
    return NULL;
  measure (plane);
  explain (plane, all, points->len);
  return g_steal_pointer (&plane);
}
