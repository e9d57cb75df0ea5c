/* lbfgs.c: limited-memory BFGS (Liu and Nocedal 1989) with a line search.
 *
 * The direction d = -H g comes from the last `history` pairs s = theta' - theta, y = g' - g by the two-loop
 * recursion (Nocedal and Wright 2006, algorithm 7.4), H_0 = (s.y / y.y) I.  The line search brackets a step t
 * with the weak Wolfe conditions by bisection and doubling (Lewis and Overton 2013):
 *
 *   f(theta + t d) <= f + c1 t g.d      and      g(theta + t d).d >= c2 g.d
 *
 * All runs search together: each round evaluates the next trial point of every run that still searches. Every
 * trial counts as one evaluation of that run.  A search that finds no lower loss leaves theta and forgets the
 * history.  Trials use the random draw of the step, so both gradients of a pair have the same noise.
 *
 * Where there is no problem to ask (TwStep.problem is NULL) it takes steps of fixed length t = lr along d,
 * with pairs from the gradients that come in.
 */
#include "core/optimizers/optimizer-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

TW_ELEMENTWISE

enum { LR, HISTORY, MAX_EVALUATIONS, C1, C2 };

static const TwParam params[] = {
  [LR] = { "lr", TW_PARAM_REAL, 1, 1e-6, 1e3, TRUE, NULL, "first step that the line search tries" },
  [HISTORY] = { "history", TW_PARAM_INTEGER, 10, 1, 100, FALSE, NULL,
                "pairs of steps and gradient changes kept" },
  [MAX_EVALUATIONS] = { "max_evaluations", TW_PARAM_INTEGER, 25, 1, 1000, FALSE, NULL,
                        "evaluations in a line search at most" },
  [C1] = { "c1", TW_PARAM_REAL, 1e-4, 1e-8, 0.5, TRUE, NULL, "share of the promised fall that is asked for" },
  [C2] = { "c2", TW_PARAM_REAL, 0.9, 0.5, 0.999, FALSE, NULL, "share of the slope that may remain" },
  { NULL },
};

enum { PROBE_DIRECTION, PROBE_STEP, PROBE_PAIRS };

static const TwProbe probes[] = {
  { "d", "direction", TW_LEVEL_ROW, 1, NULL },
  { "step", "length of the step over the direction", TW_LEVEL_RUN, 1, NULL },
  { "pairs", "pairs in the history", TW_LEVEL_RUN, 1, NULL },
  { NULL },
};

/* One run's history and line search. */
typedef struct {
  gsize first, n_rows;   /* its rows */
  gsize count, newest;   /* pairs kept, and the slot of the newest */
  gboolean has_previous; /* without a problem: theta0 and g0 are those of the last step */
  double t, low, high;   /* trial step, and the bracket around what is looked for */
  double slope;          /* g.d */
  double taken;          /* the accepted t, 0 where none was */
} Run;

typedef struct {
  TwOptimizer parent;
  gsize M;
  double *s, *y;                  /* (M, R) the pairs; slot j of row r at [j R + r] */
  double *sy;                     /* (B, M) s.y of each */
  double *alpha;                  /* (M) scratch of the two-loop recursion */
  double *theta0, *g0;            /* (R) where the search starts */
  Run *runs;                      /* (B) */
  gsize *searching;               /* (n) runs that still search, n <= B; what follows is in their order */
  TwDraw *draws;                  /* (n) */
  double *trial, *trial_gradient; /* (n, D) */
  double *trial_loss;             /* (n) */
} Lbfgs;

static gboolean
lbfgs_create (TwOptimizer *optimizer, GError **error)
{
  Lbfgs *lbfgs = (Lbfgs *)optimizer;
  const TwLayout *layout = optimizer->layout;
  gsize R = layout->n_rows, B = layout->n_runs;

  lbfgs->M = (gsize)optimizer->values[HISTORY].number;
  lbfgs->s = g_new0 (double, lbfgs->M *R);
  lbfgs->y = g_new0 (double, lbfgs->M *R);
  lbfgs->sy = g_new0 (double, lbfgs->M *B);
  lbfgs->alpha = g_new0 (double, lbfgs->M);
  lbfgs->theta0 = g_new0 (double, R);
  lbfgs->g0 = g_new0 (double, R);
  lbfgs->runs = g_new0 (Run, B);
  lbfgs->searching = g_new0 (gsize, B);
  lbfgs->draws = g_new0 (TwDraw, B);
  lbfgs->trial = g_new0 (double, R);
  lbfgs->trial_gradient = g_new0 (double, R);
  lbfgs->trial_loss = g_new0 (double, B);
  for (gsize b = 0; b < B; b++) {
    lbfgs->runs[b].first = tw_layout_run_row (layout, b);
    lbfgs->runs[b].n_rows = tw_layout_run_row (layout, b + 1) - lbfgs->runs[b].first;
  }
  return TRUE;
}

static void
lbfgs_finalize (TwOptimizer *optimizer)
{
  Lbfgs *lbfgs = (Lbfgs *)optimizer;

  g_free (lbfgs->s);
  g_free (lbfgs->y);
  g_free (lbfgs->sy);
  g_free (lbfgs->alpha);
  g_free (lbfgs->theta0);
  g_free (lbfgs->g0);
  g_free (lbfgs->runs);
  g_free (lbfgs->searching);
  g_free (lbfgs->draws);
  g_free (lbfgs->trial);
  g_free (lbfgs->trial_gradient);
  g_free (lbfgs->trial_loss);
}

static double
dot (gsize n, const double *a, const double *b)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Keeps the pair of run b: from (theta0, g0) to theta, g (both at its first row), unless its curvature is not
 * positive: H would stop being positive definite. */
static void
keep_pair (Lbfgs *lbfgs, gsize b, const double *theta, const double *g)
{
  Run *run = &lbfgs->runs[b];
  gsize slot = run->count == 0 ? 0 : (run->newest + 1) % lbfgs->M;
  double *s = lbfgs->s + slot * lbfgs->parent.layout->n_rows + run->first;
  double *y = lbfgs->y + slot * lbfgs->parent.layout->n_rows + run->first;
  const double *theta0 = lbfgs->theta0 + run->first, *g0 = lbfgs->g0 + run->first;
  double sy = 0, ss = 0, yy = 0;

  for (gsize i = 0; i < run->n_rows; i++) {
    double ds = theta[i] - theta0[i], dy = g[i] - g0[i];
    sy += ds * dy;
    ss += ds * ds;
    yy += dy * dy;
  }
  if (!(sy > 1e-10 * sqrt (ss) * sqrt (yy)) || !isfinite (yy))
    return;
  for (gsize i = 0; i < run->n_rows; i++) {
    s[i] = theta[i] - theta0[i];
    y[i] = g[i] - g0[i];
  }
  lbfgs->sy[b * lbfgs->M + slot] = sy;
  run->newest = slot;
  run->count = MIN (run->count + 1, lbfgs->M);
}

/* d = -H g of run b, from g0; sets its slope and first trial step. */
static void
find_direction (Lbfgs *lbfgs, gsize b, double lr)
{
  Run *run = &lbfgs->runs[b];
  gsize n = run->n_rows, M = lbfgs->M, R = lbfgs->parent.layout->n_rows;
  const double *g = lbfgs->g0 + run->first;
  double *d = tw_optimizer_state (&lbfgs->parent, 0) + run->first;

  for (gsize i = 0; i < n; i++)
    d[i] = -g[i];
  for (gsize j = 0; j < run->count; j++) {
    gsize slot = (run->newest + M - j) % M;
    const double *s = lbfgs->s + slot * R + run->first, *y = lbfgs->y + slot * R + run->first;
    double alpha = dot (n, s, d) / lbfgs->sy[b * M + slot];
    lbfgs->alpha[slot] = alpha;
    for (gsize i = 0; i < n; i++)
      d[i] -= alpha * y[i];
  }
  if (run->count > 0) {
    const double *y = lbfgs->y + run->newest * R + run->first;
    double scale = lbfgs->sy[b * M + run->newest] / dot (n, y, y);
    for (gsize i = 0; i < n; i++)
      d[i] *= scale;
  }
  for (gsize j = run->count; j-- > 0;) {
    gsize slot = (run->newest + M - j) % M;
    const double *s = lbfgs->s + slot * R + run->first, *y = lbfgs->y + slot * R + run->first;
    double change = lbfgs->alpha[slot] - dot (n, y, d) / lbfgs->sy[b * M + slot];
    for (gsize i = 0; i < n; i++)
      d[i] += change * s[i];
  }

  run->slope = dot (n, g, d);
  if (!(run->slope < 0)) { /* rounding, or numbers that ran away: start over */
    run->count = 0;
    for (gsize i = 0; i < n; i++)
      d[i] = -g[i];
    run->slope = dot (n, g, d);
  }
  run->t = lr;
  if (run->count == 0) { /* nothing is known of the scale: a step of about lr, as torch.optim.LBFGS does */
    double size = 0;
    for (gsize i = 0; i < n; i++)
      size += fabs (g[i]);
    run->t = lr * MIN (1, 1 / size);
  }
  run->low = 0;
  run->high = INFINITY;
  run->taken = 0;
}

static void
put_trial (const Lbfgs *lbfgs, const Run *run, double t, double *out)
{
  const double *theta0 = lbfgs->theta0 + run->first;
  const double *d = tw_optimizer_state (&lbfgs->parent, 0) + run->first;

  for (gsize i = 0; i < run->n_rows; i++)
    out[i] = theta0[i] + t * d[i];
}

/* Looks at the trial of run b; TRUE if its search is over. */
static gboolean
judge (Lbfgs *lbfgs, const TwStep *step, gsize b, const double *trial, const double *gradient, double loss)
{
  Run *run = &lbfgs->runs[b];
  const TwValue *values = lbfgs->parent.values;
  const double *d = tw_optimizer_state (&lbfgs->parent, 0) + run->first;
  double slope = dot (run->n_rows, gradient, d);

  if (!(loss <= step->loss[b] + values[C1].number * run->t * run->slope) || !isfinite (slope)) {
    run->high = run->t;
  } else if (slope < values[C2].number * run->slope) {
    run->low = run->t;
  } else {
    run->taken = run->t;
    memcpy (step->theta + run->first, trial, run->n_rows * sizeof (double));
    keep_pair (lbfgs, b, trial, gradient);
    return TRUE;
  }
  run->t = isfinite (run->high) ? run->low + (run->high - run->low) / 2 : 2 * run->low;
  return FALSE;
}

/* The bracket did not close: the lower end fell enough, if there is one. */
static void
give_up (Lbfgs *lbfgs, const TwStep *step, gsize b)
{
  Run *run = &lbfgs->runs[b];

  run->taken = run->low;
  if (run->low > 0)
    put_trial (lbfgs, run, run->low, step->theta + run->first);
  else
    run->count = 0;
}

/* The line searches of the n runs in `searching`, all from (theta0, g0) along d. */
static void
search (Lbfgs *lbfgs, const TwStep *step, gsize n)
{
  gsize most = (gsize)lbfgs->parent.values[MAX_EVALUATIONS].number;

  for (gsize try = 0; try < most && n > 0; try++) {
    gsize D = lbfgs->runs[lbfgs->searching[0]].n_rows; /* of all: it is one problem */
    for (gsize i = 0; i < n; i++) {
      const Run *run = &lbfgs->runs[lbfgs->searching[i]];
      put_trial (lbfgs, run, run->t, lbfgs->trial + i * D);
    }
    tw_problem_eval (step->problem, step->work, n, lbfgs->trial, lbfgs->draws, lbfgs->trial_loss,
                     lbfgs->trial_gradient);
    gsize left = 0;
    for (gsize i = 0; i < n; i++) {
      gsize b = lbfgs->searching[i];
      step->evaluations[b]++;
      if (judge (lbfgs, step, b, lbfgs->trial + i * D, lbfgs->trial_gradient + i * D, lbfgs->trial_loss[i]))
        continue;
      lbfgs->searching[left] = b;
      lbfgs->draws[left++] = lbfgs->draws[i];
    }
    n = left;
  }
  for (gsize i = 0; i < n; i++)
    give_up (lbfgs, step, lbfgs->searching[i]);
}

static void
lbfgs_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  Lbfgs *lbfgs = (Lbfgs *)optimizer;
  gsize n = 0;

  for (gsize b = 0; b < optimizer->layout->n_runs; b++) {
    Run *run = &lbfgs->runs[b];
    if (step->ended[b])
      continue;
    double *theta = step->theta + run->first;
    const double *g = step->gradient + run->first;
    gsize bytes = run->n_rows * sizeof (double);

    if (run->has_previous)
      keep_pair (lbfgs, b, theta, g);
    run->has_previous = step->problem == NULL;
    memcpy (lbfgs->theta0 + run->first, theta, bytes);
    memcpy (lbfgs->g0 + run->first, g, bytes);
    find_direction (lbfgs, b, lr);
    if (run->slope == 0) /* the gradient is zero: nowhere to go */
      continue;
    if (step->problem == NULL) {
      run->taken = run->t;
      put_trial (lbfgs, run, run->t, theta);
    } else {
      lbfgs->draws[n] = step->draws != NULL ? step->draws[b] : (TwDraw){ 0, 0 };
      lbfgs->searching[n++] = b;
    }
  }
  if (n > 0)
    search (lbfgs, step, n);
}

static void
lbfgs_read_probe (const TwOptimizer *optimizer, gsize p, float *out)
{
  const Lbfgs *lbfgs = (const Lbfgs *)optimizer;

  if (p == PROBE_DIRECTION) {
    tw_optimizer_read_state (optimizer, 0, out);
    return;
  }
  for (gsize b = 0; b < optimizer->layout->n_runs; b++)
    out[b] = p == PROBE_STEP ? (float)lbfgs->runs[b].taken : (float)lbfgs->runs[b].count;
}

const TwOptimizerType tw_optimizer_lbfgs = {
  .name = "lbfgs",
  .title = "L-BFGS",
  .summary = "curvature from past gradients: theta <- theta - t H g, H from the last steps, t by line search",
  .params = params,
  .no_schedule = TRUE,
  .instance_size = sizeof (Lbfgs),
  .rows_of_state = 1,
  .create = lbfgs_create,
  .finalize = lbfgs_finalize,
  .step = lbfgs_step,
  .probes = probes,
  .read_probe = lbfgs_read_probe,
};
