/* matmul: find an algorithm that multiplies two n x n matrices with k products.
 *
 * Letters: Q = n^2, K products.  theta is A (Q, K) and B (Q, K), row-major.  With P (Q^2, K),
 * P_(q q'),r = A_qr B_q'r, and C (Q^2, Q) the true products of all pairs of one-hot matrices,
 *
 *   f = min_X |P X - C|^2 + 1e-9 |X|^2,    X (K, Q) = G^-1 M,  G = P^T P + 1e-9,  M = P^T C,
 *
 * which is 0 (but for the ridge, which keeps G invertible everywhere) exactly where A, B and X multiply
 * without error: n = 2 needs 7 products (Strassen 1969), n = 3 is known with 23 (Laderman 1976).  Both
 * factors of G are small: G = (A^T A) .* (B^T B), and column r of M is the matrix product of the columns r of
 * A and B.
 *
 * X being optimal, df = -2 <dM, X> + <dG, X X^T>:  with M, X, A_r, B_r read as (n, n) per product r,
 *   df/dA_r = -2 X_r B_r^T + 2 (A (X X^T .* B^T B))_r,   df/dB_r = -2 A_r^T X_r + 2 (B (X X^T .* A^T A))_r.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/problems/families.h"

#define RIDGE 1e-9

typedef struct {
  TwProblem parent;
  gsize n, q, k;
} Matmul;

/* What an evaluation computes on the way, all in scratch. */
typedef struct {
  double *aa, *bb;         /* (K, K) A^T A, B^T B */
  double *factor;          /* (K, K) the Cholesky factor of G, lower */
  double *x;               /* (K, Q) */
  double *xx;              /* (K, K) X X^T */
  double *small, *product; /* (K, K), (Q^2, K) */
  double *residual;        /* (Q^2, Q) */
  double *daa, *dbb, *dxx; /* (K, K) their derivatives along v */
  double *dx;              /* (K, Q) */
} Work;

static const TwParam matmul_params[] = {
  { "n", TW_PARAM_INTEGER, 2, 2, 4, FALSE, NULL, "size of the matrices" },
  { "k", TW_PARAM_INTEGER, 0, 0, 64, FALSE, NULL, "products, n^2 to n^3; 0: as few as are known to do" },
  { NULL },
};

static TwProblem *
matmul_create (const TwValue *values, guint64 seed, GError **error)
{
  const gsize known[] = { 7, 23, 49 };
  gsize n = (gsize)values[0].number, k = (gsize)values[1].number, q = n * n;

  if (k == 0)
    k = known[n - 2];
  if (k < q || k > q * n) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "matmul: k=%" G_GSIZE_FORMAT " is outside %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT
                 ", the products that n=%" G_GSIZE_FORMAT " can use",
                 k, q, q * n, n);
    return NULL;
  }
  Matmul *matmul = g_new0 (Matmul, 1);
  tw_problem_init (&matmul->parent, &tw_matmul_type, tw_matmul_type.name, tw_matmul_type.title, 2,
                   (const gsize[]){ q * k, q * k });
  tw_family_name_tensors (&matmul->parent, (const char *const[]){ "a", "b", NULL });
  matmul->parent.minimum = 0;
  matmul->n = n;
  matmul->q = q;
  matmul->k = k;
  return &matmul->parent;
}

/* Gives Work its parts and returns the bytes that takes; with scratch NULL, only counts. */
static gsize
lay_out (const Matmul *matmul, void *scratch, Work *work)
{
  gsize k = matmul->k, q = matmul->q, at = 0;
  double **parts[] = { &work->aa,  &work->bb,  &work->factor, &work->xx, &work->small,   &work->daa,
                       &work->dbb, &work->dxx, &work->x,      &work->dx, &work->product, &work->residual };
  gsize sizes[] = {
    k * k, k * k, k * k, k * k, k * k, k * k, k * k, k * k, k * q, k * q, q * q * k, q * q * q
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (scratch != NULL)
      *parts[i] = (double *)scratch + at;
    at += sizes[i];
  }
  return at * sizeof (double);
}

static gsize
matmul_work_size (const TwProblem *problem, gsize n)
{
  Work none;

  return lay_out ((const Matmul *)problem, NULL, &none);
}

/* out (K, K) = X^T Y for X, Y (Q, K). */
static void
gram (const Matmul *matmul, const double *x, const double *y, double *out)
{
  int k = (int)matmul->k, q = (int)matmul->q;

  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, k, k, q, 1, x, k, y, k, 0, out, k);
}

/* The lower Cholesky factor of `a` (K, K) in its place; what is not positive definite becomes NaN. */
static void
factorize (gsize k, double *a)
{
  for (gsize j = 0; j < k; j++) {
    double pivot = sqrt (a[j * k + j] - cblas_ddot ((int)j, a + j * k, 1, a + j * k, 1));
    a[j * k + j] = pivot;
    for (gsize i = j + 1; i < k; i++)
      a[i * k + j] = (a[i * k + j] - cblas_ddot ((int)j, a + i * k, 1, a + j * k, 1)) / pivot;
  }
}

/* G y = b for (K, Q) right-hand sides, in their place. */
static void
solve (const Matmul *matmul, const double *factor, double *b)
{
  int k = (int)matmul->k, q = (int)matmul->q;

  cblas_dtrsm (CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, k, q, 1, factor, k, b, q);
  cblas_dtrsm (CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, k, q, 1, factor, k, b, q);
}

/* m (K, Q) += for each product r the matrix product of the columns r of a and b (Q, K). */
static void
add_products (const Matmul *matmul, const double *a, const double *b, double *m)
{
  gsize n = matmul->n, k = matmul->k;

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      for (gsize l = 0; l < n; l++)
        for (gsize r = 0; r < k; r++)
          m[r * matmul->q + i * n + l] += a[(i * n + j) * k + r] * b[(j * n + l) * k + r];
}

/* Its two transposes: ga_r -= 2 x_r b_r^T and gb_r -= 2 a_r^T x_r for x (K, Q). */
static void
subtract_transposed_products (const Matmul *matmul, const double *a, const double *b, const double *x,
                              double *ga, double *gb)
{
  gsize n = matmul->n, k = matmul->k;

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      for (gsize l = 0; l < n; l++)
        for (gsize r = 0; r < k; r++) {
          double twice = 2 * x[r * matmul->q + i * n + l];
          ga[(i * n + j) * k + r] -= twice * b[(j * n + l) * k + r];
          gb[(j * n + l) * k + r] -= twice * a[(i * n + j) * k + r];
        }
}

/* out (Q, K) += 2 a (s .* t) for a (Q, K) and s, t (K, K), s .* t symmetric. */
static void
add_weighted (const Matmul *matmul, double *small, const double *a, const double *s, const double *t,
              double *out)
{
  int k = (int)matmul->k, q = (int)matmul->q;

  for (gsize i = 0; i < matmul->k * matmul->k; i++)
    small[i] = s[i] * t[i];
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, q, k, k, 2, a, k, small, k, 1, out, k);
}

/* Everything up to X at theta. */
static void
solve_at (const Matmul *matmul, Work *work, const double *a, const double *b)
{
  gsize k = matmul->k;

  gram (matmul, a, a, work->aa);
  gram (matmul, b, b, work->bb);
  for (gsize i = 0; i < k * k; i++)
    work->factor[i] = work->aa[i] * work->bb[i];
  for (gsize r = 0; r < k; r++)
    work->factor[r * k + r] += RIDGE;
  factorize (k, work->factor);
  memset (work->x, 0, k * matmul->q * sizeof (double));
  add_products (matmul, a, b, work->x);
  solve (matmul, work->factor, work->x);
}

/* xx (K, K) = alpha x y^T + beta xx. */
static void
outer (const Matmul *matmul, const double *x, const double *y, double beta, double *xx)
{
  int k = (int)matmul->k, q = (int)matmul->q;

  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, k, k, q, 1, x, q, y, q, beta, xx, k);
}

/* From the residual itself: the short form |C|^2 - <M, X> would lose all digits near a solution. */
static double
value (const Matmul *matmul, Work *work, const double *a, const double *b)
{
  gsize n = matmul->n, q = matmul->q, k = matmul->k;
  int count = (int)(q * q * q);

  for (gsize i = 0; i < q; i++)
    for (gsize j = 0; j < q; j++)
      for (gsize r = 0; r < k; r++)
        work->product[(i * q + j) * k + r] = a[i * k + r] * b[j * k + r];
  memset (work->residual, 0, q * q * q * sizeof (double));
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      for (gsize l = 0; l < n; l++) /* E_ij E_jl = E_il */
        work->residual[((i * n + j) * q + j * n + l) * q + i * n + l] = -1;
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(q * q), (int)q, (int)k, 1, work->product,
               (int)k, work->x, (int)q, 1, work->residual, (int)q);
  return cblas_ddot (count, work->residual, 1, work->residual, 1) +
         RIDGE * cblas_ddot ((int)(k * q), work->x, 1, work->x, 1);
}

static TwStatus
matmul_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
             double *loss, double *gradient)
{
  const Matmul *matmul = (const Matmul *)problem;
  gsize half = matmul->q * matmul->k;
  Work work;

  lay_out (matmul, scratch, &work);
  for (gsize i = 0; i < n; i++) {
    const double *a = theta + i * problem->dim, *b = a + half;
    solve_at (matmul, &work, a, b);
    if (loss != NULL)
      loss[i] = value (matmul, &work, a, b);
    if (gradient == NULL)
      continue;
    double *ga = gradient + i * problem->dim, *gb = ga + half;
    memset (ga, 0, problem->dim * sizeof *ga);
    outer (matmul, work.x, work.x, 0, work.xx);
    subtract_transposed_products (matmul, a, b, work.x, ga, gb);
    add_weighted (matmul, work.small, a, work.xx, work.bb, ga);
    add_weighted (matmul, work.small, b, work.xx, work.aa, gb);
  }
  return TW_STATUS_OK;
}

/* out (K, K) = d(x^T x) along dx: x^T dx and its transpose. */
static void
gram_change (const Matmul *matmul, const double *x, const double *dx, double *out)
{
  int k = (int)matmul->k, q = (int)matmul->q;

  gram (matmul, x, dx, out);
  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, k, k, q, 1, dx, k, x, k, 1, out, k);
}

/* The derivative of everything above along v = (da, db):  dX = G^-1 (dM - dG X). */
static TwStatus
matmul_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                       const TwDraw *draws, double *out)
{
  const Matmul *matmul = (const Matmul *)problem;
  gsize q = matmul->q, k = matmul->k, half = q * k;
  Work w;

  lay_out (matmul, scratch, &w);
  for (gsize i = 0; i < n; i++) {
    const double *a = theta + i * problem->dim, *b = a + half, *da = v + i * problem->dim, *db = da + half;
    double *ha = out + i * problem->dim, *hb = ha + half;
    solve_at (matmul, &w, a, b);
    outer (matmul, w.x, w.x, 0, w.xx);
    gram_change (matmul, a, da, w.daa);
    gram_change (matmul, b, db, w.dbb);

    for (gsize j = 0; j < k * k; j++)
      w.small[j] = w.daa[j] * w.bb[j] + w.aa[j] * w.dbb[j];
    memset (w.dx, 0, k * q * sizeof (double));
    add_products (matmul, da, b, w.dx);
    add_products (matmul, a, db, w.dx);
    cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)k, (int)q, (int)k, -1, w.small, (int)k, w.x,
                 (int)q, 1, w.dx, (int)q);
    solve (matmul, w.factor, w.dx);
    outer (matmul, w.dx, w.x, 0, w.dxx);
    outer (matmul, w.x, w.dx, 1, w.dxx);

    memset (ha, 0, problem->dim * sizeof *ha);
    subtract_transposed_products (matmul, a, b, w.dx, ha, hb);
    subtract_transposed_products (matmul, da, db, w.x, ha, hb);
    add_weighted (matmul, w.small, da, w.xx, w.bb, ha);
    add_weighted (matmul, w.small, a, w.dxx, w.bb, ha);
    add_weighted (matmul, w.small, a, w.xx, w.dbb, ha);
    add_weighted (matmul, w.small, db, w.xx, w.aa, hb);
    add_weighted (matmul, w.small, b, w.dxx, w.aa, hb);
    add_weighted (matmul, w.small, b, w.xx, w.daa, hb);
  }
  return TW_STATUS_OK;
}

/* N(0, 1), then every column of A and of B is brought to length 1. */
static void
matmul_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  const Matmul *matmul = (const Matmul *)problem;
  int q = (int)matmul->q, k = (int)matmul->k;

  tw_family_draw_normal (problem, draw, theta);
  for (gsize r = 0; r < 2 * matmul->k; r++) {
    double *column = theta + r / matmul->k * matmul->q * matmul->k + r % matmul->k;
    cblas_dscal (q, 1 / cblas_dnrm2 (q, column, k), column, k);
  }
}

const TwProblemType tw_matmul_type = {
  .name = "matmul",
  .title = "Matrix multiplication",
  .summary = "f = min_X |P(A, B) X - C|^2: discover how to multiply n x n matrices with k products",
  .source = TW_FAMILY_SOURCE "; Strassen 1969",
  .params = matmul_params,
  .create = matmul_create,
  .work_size = matmul_work_size,
  .eval = matmul_eval,
  .hessian_vector = matmul_hessian_vector,
  .draw_start = matmul_draw_start,
};
