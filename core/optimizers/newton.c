/* newton.c: Newton's method in two dimensions, regularised by a trust region (Nocedal and Wright 2006, ch.
 * 4).
 *
 *   p = -(H + lambda I)^-1 g,   theta <- theta + lr p
 *
 * lambda is the smallest number for which every eigenvalue of H + lambda I is at least `damping` and |p| is
 * at most the radius.  In two dimensions the eigenvalues are at hand, so it is found exactly.  The radius
 * shrinks while the loss at theta + lr p fails to fall as the quadratic model promises, and grows, up to
 * max_step, where the model is good: a run's loss never rises.  Each Hessian column and each tried loss
 * counts as one evaluation.
 *
 * Where there is no problem to ask (TwStep.problem is NULL) it takes the plain step theta - lr g, at most
 * max_step long; where the Hessian is unknown or not finite it counts as 0.
 */
#include "core/optimizers/optimizer-private.h"

#include <float.h>
#include <math.h>

#include "core/error.h"

#define MOST_TRIES 16 /* each quarters the radius: 4^-16 = 2e-10 */
#define SMALLEST_RADIUS 1e-12

enum { LR, DAMPING, MAX_STEP };

static const TwParam params[] = {
  [LR] = { "lr", TW_PARAM_REAL, 1, 1e-6, 1, TRUE, NULL, "share of each step that is taken" },
  [DAMPING] = { "damping", TW_PARAM_REAL, 1e-6, 1e-12, 1e6, TRUE, NULL, "least eigenvalue of H + lambda I" },
  [MAX_STEP] = { "max_step", TW_PARAM_REAL, 5, 1e-6, 1e6, TRUE, NULL, "longest step, and the first radius" },
  { NULL },
};

enum { PROBE_LAMBDA, PROBE_RADIUS, PROBE_CURVATURE };

static const char *const curvature_names[] = { "smallest", "largest" };
static const TwProbe probes[] = {
  { "lambda", "added to the Hessian's diagonal", TW_LEVEL_RUN, 1, NULL },
  { "radius", "trust radius", TW_LEVEL_RUN, 1, NULL },
  { "curvature", "eigenvalues of the Hessian", TW_LEVEL_RUN, 2, curvature_names },
  { NULL },
};

/* The quadratic model of one run in the axes of its Hessian. */
typedef struct {
  double lambda_1, lambda_2; /* eigenvalues, ascending */
  double cosine, sine;       /* eigenvector of lambda_2 is (cosine, sine), of lambda_1 (-sine, cosine) */
  double g_1, g_2;           /* the gradient along them */
} Model;

typedef struct {
  TwOptimizer parent;
  double *radius, *lambda; /* (B) */
  Model *model;            /* (B) */
  double *predicted;       /* (B) fall of the loss that the model promises */
  double *moved;           /* (B) length of the tried step */
  gsize *live;             /* (n) runs that are evaluated now, n <= B; what follows is in their order */
  TwDraw *draws;           /* (n) */
  double *points;          /* (n, 2) */
  double *unit;            /* (n, 2) */
  double *columns[2];      /* (n, 2) of the Hessians */
  double *loss;            /* (n) */
} Newton;

static gboolean
newton_create (TwOptimizer *optimizer, GError **error)
{
  Newton *newton = (Newton *)optimizer;
  const TwLayout *layout = optimizer->layout;
  gsize B = layout->n_runs;

  for (gsize b = 0; b < B; b++) {
    gsize rows = tw_layout_run_row (layout, b + 1) - tw_layout_run_row (layout, b);
    if (rows != 2) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                   "newton: it works on problems of 2 coordinates only, and this one has %" G_GSIZE_FORMAT,
                   rows);
      return FALSE;
    }
  }
  newton->radius = g_new0 (double, B);
  newton->lambda = g_new0 (double, B);
  newton->model = g_new0 (Model, B);
  newton->predicted = g_new0 (double, B);
  newton->moved = g_new0 (double, B);
  newton->live = g_new0 (gsize, B);
  newton->draws = g_new0 (TwDraw, B);
  newton->points = g_new0 (double, 2 * B);
  newton->unit = g_new0 (double, 2 * B);
  newton->columns[0] = g_new0 (double, 2 * B);
  newton->columns[1] = g_new0 (double, 2 * B);
  newton->loss = g_new0 (double, B);
  for (gsize b = 0; b < B; b++)
    newton->radius[b] = optimizer->values[MAX_STEP].number;
  return TRUE;
}

static void
newton_finalize (TwOptimizer *optimizer)
{
  Newton *newton = (Newton *)optimizer;

  g_free (newton->radius);
  g_free (newton->lambda);
  g_free (newton->model);
  g_free (newton->predicted);
  g_free (newton->moved);
  g_free (newton->live);
  g_free (newton->draws);
  g_free (newton->points);
  g_free (newton->unit);
  g_free (newton->columns[0]);
  g_free (newton->columns[1]);
  g_free (newton->loss);
}

static Model
model_of (double a, double b, double c, double gx, double gy)
{
  if (!isfinite (a) || !isfinite (b) || !isfinite (c))
    a = b = c = 0;
  double mean = (a + c) / 2, half = (a - c) / 2, spread = hypot (half, b);
  double angle = 0.5 * atan2 (b, half);
  Model model = { mean - spread, mean + spread, cos (angle), sin (angle) };

  model.g_1 = -model.sine * gx + model.cosine * gy;
  model.g_2 = model.cosine * gx + model.sine * gy;
  return model;
}

static double
length_of_step (const Model *model, double lambda)
{
  return hypot (model->g_1 / (model->lambda_1 + lambda), model->g_2 / (model->lambda_2 + lambda));
}

/* The smallest lambda >= least whose step is no longer than the radius. */
static double
find_lambda (const Model *model, double least, double radius)
{
  if (length_of_step (model, least) <= radius)
    return least;
  /* |p| <= |g| / (lambda_1 + lambda), so this one is large enough; |p| falls in between. */
  double low = least, high = MAX (least, hypot (model->g_1, model->g_2) / radius - model->lambda_1);
  for (int i = 0; i < 50; i++) {
    double middle = low + (high - low) / 2;
    if (length_of_step (model, middle) <= radius)
      high = middle;
    else
      low = middle;
  }
  return high;
}

/* Fills columns[] for the n live runs at `points`. */
static void
evaluate_hessians (Newton *newton, const TwStep *step, gsize n)
{
  for (gsize axis = 0; axis < 2; axis++) {
    for (gsize i = 0; i < n; i++) {
      newton->unit[2 * i] = axis == 0;
      newton->unit[2 * i + 1] = axis == 1;
    }
    if (tw_problem_hessian_vector (step->problem, step->work, n, newton->points, newton->unit, newton->draws,
                                   newton->columns[axis]) == TW_STATUS_UNSUPPORTED)
      for (gsize i = 0; i < 2 * n; i++)
        newton->columns[axis][i] = 0;
  }
}

/* Puts the step of run b within its radius to out (2). */
static void
propose (Newton *newton, const TwStep *step, gsize b, double lr, double *out)
{
  const Model *model = &newton->model[b];
  double least = MAX (0, newton->parent.values[DAMPING].number - model->lambda_1);
  double lambda = find_lambda (model, least, newton->radius[b]);
  double p_1 = -lr * model->g_1 / (model->lambda_1 + lambda),
         p_2 = -lr * model->g_2 / (model->lambda_2 + lambda);

  newton->lambda[b] = lambda;
  newton->moved[b] = hypot (p_1, p_2);
  newton->predicted[b] = -(model->g_1 * p_1 + model->g_2 * p_2) -
                         0.5 * (model->lambda_1 * p_1 * p_1 + model->lambda_2 * p_2 * p_2);
  out[0] = step->theta[2 * b] - model->sine * p_1 + model->cosine * p_2;
  out[1] = step->theta[2 * b + 1] + model->cosine * p_1 + model->sine * p_2;
}

/* TRUE if the tried point (2) with its loss is taken; the radius follows how good the model was. */
static gboolean
judge (Newton *newton, const TwStep *step, gsize b, double lr, const double *point, double loss)
{
  double max_step = newton->parent.values[MAX_STEP].number;
  double ratio = (step->loss[b] - loss) / newton->predicted[b];
  /* Where the promised fall is below the rounding of the loss, only the model can be trusted. */
  gboolean below_rounding =
    newton->predicted[b] <= 16 * DBL_EPSILON * fabs (step->loss[b]) && isfinite (loss);

  if (!below_rounding && !(ratio > 1e-4)) {
    newton->radius[b] = MAX (SMALLEST_RADIUS, 0.25 * newton->moved[b] / lr);
    return FALSE;
  }
  if (!below_rounding && ratio < 0.25)
    newton->radius[b] = MAX (SMALLEST_RADIUS, 0.5 * newton->moved[b] / lr);
  else if (below_rounding || ratio > 0.75)
    newton->radius[b] = MIN (max_step, 2 * newton->radius[b]);
  step->theta[2 * b] = point[0];
  step->theta[2 * b + 1] = point[1];
  return TRUE;
}

static void
plain_step (Newton *newton, const TwStep *step, double lr)
{
  double max_step = newton->parent.values[MAX_STEP].number;

  for (gsize b = 0; b < newton->parent.layout->n_runs; b++) {
    if (step->ended[b])
      continue;
    double *theta = step->theta + 2 * b;
    const double *g = step->gradient + 2 * b;
    double length = lr * hypot (g[0], g[1]);
    double rate = length > max_step ? lr * max_step / length : lr;
    theta[0] -= rate * g[0];
    theta[1] -= rate * g[1];
  }
}

static void
newton_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  Newton *newton = (Newton *)optimizer;
  gsize n = 0;

  if (step->problem == NULL) {
    plain_step (newton, step, lr);
    return;
  }
  for (gsize b = 0; b < optimizer->layout->n_runs; b++) {
    /* A zero gradient leaves nothing to do, and no promised fall to compare with. */
    if (step->ended[b] || (step->gradient[2 * b] == 0 && step->gradient[2 * b + 1] == 0))
      continue;
    newton->live[n] = b;
    newton->draws[n] = step->draws != NULL ? step->draws[b] : (TwDraw){ 0, 0 };
    newton->points[2 * n] = step->theta[2 * b];
    newton->points[2 * n + 1] = step->theta[2 * b + 1];
    n++;
  }
  if (n == 0)
    return;
  evaluate_hessians (newton, step, n);
  for (gsize i = 0; i < n; i++) {
    gsize b = newton->live[i];
    const double *x = newton->columns[0] + 2 * i, *y = newton->columns[1] + 2 * i;
    newton->model[b] =
      model_of (x[0], (x[1] + y[0]) / 2, y[1], step->gradient[2 * b], step->gradient[2 * b + 1]);
    step->evaluations[b] += 2;
  }
  for (int try = 0; try < MOST_TRIES && n > 0; try++) {
    for (gsize i = 0; i < n; i++)
      propose (newton, step, newton->live[i], lr, newton->points + 2 * i);
    tw_problem_eval (step->problem, step->work, n, newton->points, newton->draws, newton->loss, NULL);
    gsize left = 0;
    for (gsize i = 0; i < n; i++) {
      gsize b = newton->live[i];
      step->evaluations[b]++;
      if (judge (newton, step, b, lr, newton->points + 2 * i, newton->loss[i]))
        continue;
      newton->live[left] = b;
      newton->draws[left++] = newton->draws[i];
    }
    n = left;
  }
}

static void
newton_read_probe (const TwOptimizer *optimizer, gsize p, float *out)
{
  const Newton *newton = (const Newton *)optimizer;

  for (gsize b = 0; b < optimizer->layout->n_runs; b++)
    switch (p) {
    case PROBE_LAMBDA:
      out[b] = (float)newton->lambda[b];
      break;
    case PROBE_RADIUS:
      out[b] = (float)newton->radius[b];
      break;
    case PROBE_CURVATURE:
      out[2 * b] = (float)newton->model[b].lambda_1;
      out[2 * b + 1] = (float)newton->model[b].lambda_2;
      break;
    }
}

const TwOptimizerType tw_optimizer_newton = {
  .name = "newton",
  .title = "Newton",
  .summary = "second order, 2-D only: theta <- theta - (H + lambda I)^-1 g within a trust radius",
  .params = params,
  .no_schedule = TRUE,
  .instance_size = sizeof (Newton),
  .create = newton_create,
  .finalize = newton_finalize,
  .step = newton_step,
  .probes = probes,
  .read_probe = newton_read_probe,
};
