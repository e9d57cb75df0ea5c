/* sum: f (theta) = sum_i f_i (theta_i), theta all the coordinates of the parts, one after the other.
 *
 * Letters: D coordinates, D_i those of part i, n points.
 */
#include <string.h>

#include "core/problems/families.h"

typedef struct {
  TwProblem parent;
  GPtrArray *parts; /* of TwProblem * */
  gsize widest;     /* the largest D_i */
} Sum;

static const TwParam sum_params[] = {
  { "of", TW_PARAM_TEXT, 0, 0, 0, FALSE, "rosenbrock+quadratic:dim=11",
    "problems joined by +, each NAME[:KEY=VALUE]..., one with parts of its own in parentheses" },
  { NULL },
};

static const TwProblem *
part (const Sum *sum, guint i)
{
  return sum->parts->pdata[i];
}

/* Tensors keep their names behind the number of their part. */
static void
init_tensors (Sum *sum)
{
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sum->parts->len; i++) {
    const TwProblem *inner = part (sum, i);
    g_array_append_vals (sizes, inner->tensor_sizes, (guint)inner->n_tensors);
    for (gsize j = 0; j < inner->n_tensors; j++)
      g_ptr_array_add (names, g_strdup_printf ("%u/%s", i + 1, tw_problem_get_tensor_name (inner, j)));
    sum->widest = MAX (sum->widest, inner->dim);
  }
  g_ptr_array_add (names, NULL);
  tw_problem_init (&sum->parent, &tw_sum_type, tw_sum_type.name, tw_sum_type.title, sizes->len,
                   (const gsize *)(void *)sizes->data);
  tw_family_name_tensors (&sum->parent, (const char *const *)names->pdata);
}

static TwProblem *
sum_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autoptr (GPtrArray) parts = tw_of_problems ("sum", values[0].text, seed, error);
  double minimum = 0;

  if (parts == NULL)
    return NULL;
  for (guint i = 0; i < parts->len; i++)
    minimum += ((const TwProblem *)parts->pdata[i])->minimum;
  Sum *sum = g_new0 (Sum, 1);
  sum->parts = g_steal_pointer (&parts);
  init_tensors (sum);
  sum->parent.minimum = minimum; /* NAN if one part's is */
  return &sum->parent;
}

static void
sum_finalize (TwProblem *problem)
{
  g_ptr_array_unref (((Sum *)problem)->parts);
}

/* theta_i, its gradient or product, v_i (n, widest) each and the loss (n), a multiple of 64; then the scratch
 * of each part. */
static gsize
own_size (const Sum *sum, gsize n)
{
  return ((3 * sum->widest + 1) * n * sizeof (double) + 63) & ~(gsize)63;
}

static gsize
sum_work_size (const TwProblem *problem, gsize n)
{
  const Sum *sum = (const Sum *)problem;
  gsize size = own_size (sum, n);

  for (guint i = 0; i < sum->parts->len; i++)
    size += tw_inner_work_size (part (sum, i), n);
  return size;
}

/* Columns first .. first + width of (n, D), as (n, width), and back. */
static void
gather (const Sum *sum, gsize n, gsize first, gsize width, const double *from, double *to)
{
  for (gsize i = 0; i < n; i++)
    memcpy (to + i * width, from + i * sum->parent.dim + first, width * sizeof *to);
}

static void
scatter (const Sum *sum, gsize n, gsize first, gsize width, const double *from, double *to)
{
  for (gsize i = 0; i < n; i++)
    memcpy (to + i * sum->parent.dim + first, from + i * width, width * sizeof *to);
}

static TwStatus
sum_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
          double *loss, double *gradient)
{
  const Sum *sum = (const Sum *)problem;
  double *t = scratch, *g = t + n * sum->widest, *l = t + 3 * n * sum->widest;
  char *inner_scratch = (char *)scratch + own_size (sum, n);
  gsize first = 0;

  if (loss != NULL)
    memset (loss, 0, n * sizeof *loss);
  for (guint i = 0; i < sum->parts->len; i++) {
    const TwProblem *inner = part (sum, i);
    gather (sum, n, first, inner->dim, theta, t);
    inner->type->eval (inner, inner_scratch, n, t, draws, loss != NULL ? l : NULL,
                       gradient != NULL ? g : NULL);
    for (gsize j = 0; loss != NULL && j < n; j++)
      loss[j] += l[j];
    if (gradient != NULL)
      scatter (sum, n, first, inner->dim, g, gradient);
    first += inner->dim;
    inner_scratch += tw_inner_work_size (inner, n);
  }
  return TW_STATUS_OK;
}

static TwStatus
sum_hessian_vector (const TwProblem *problem, void *scratch, gsize n, const double *theta, const double *v,
                    const TwDraw *draws, double *out)
{
  const Sum *sum = (const Sum *)problem;
  double *t = scratch, *h = t + n * sum->widest, *u = t + 2 * n * sum->widest;
  char *inner_scratch = (char *)scratch + own_size (sum, n);
  gsize first = 0;

  for (guint i = 0; i < sum->parts->len; i++) {
    const TwProblem *inner = part (sum, i);
    if (inner->type->hessian_vector == NULL)
      return TW_STATUS_UNSUPPORTED;
    gather (sum, n, first, inner->dim, theta, t);
    gather (sum, n, first, inner->dim, v, u);
    TwStatus status = inner->type->hessian_vector (inner, inner_scratch, n, t, u, draws, h);
    if (status == TW_STATUS_UNSUPPORTED)
      return status;
    scatter (sum, n, first, inner->dim, h, out);
    first += inner->dim;
    inner_scratch += tw_inner_work_size (inner, n);
  }
  return TW_STATUS_OK;
}

static void
sum_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  const Sum *sum = (const Sum *)problem;

  for (guint i = 0; i < sum->parts->len; i++) {
    TwDraw own = { .stream = tw_random_stream (draw.stream, TW_STREAM_STARTS, i), .step = draw.step };
    tw_problem_draw_start (part (sum, i), own, theta);
    theta += part (sum, i)->dim;
  }
}

const TwProblemType tw_sum_type = {
  .name = "sum",
  .title = "Sum of problems",
  .summary = "f = sum_i f_i (theta_i): unlike problems at once, under one budget of steps",
  .source = TW_FAMILY_SOURCE,
  .params = sum_params,
  .create = sum_create,
  .finalize = sum_finalize,
  .work_size = sum_work_size,
  .eval = sum_eval,
  .hessian_vector = sum_hessian_vector,
  .draw_start = sum_draw_start,
};
