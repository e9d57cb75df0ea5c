/* The meta-gradient against finite differences on every family of the corpus (double build), and persistent
 * evolution strategies against the meta-gradient. */
#include <math.h>
#include <string.h>

#include "core/meta/all-rows.h"
#include "core/meta/pes.h"
#include "core/meta/unroll.h"

static const char *const problems[] = {
  "rosenbrock",
  "ackley,noise=1",
  "michalewicz",
  "log-sum-exp",
  "quadratic,dim=7,noise=0.1",
  "bowl-nd,dim=5,condition=30,angle=20",
  "norm,dim=6,power=1",
  "norm,dim=6,power=2.5",
  "softmax,features=4,n=40,batch=8",
  "sparse-softmax",
  "mlp-random,features=4,hidden=5x3,n=50,batch=10",
  "matmul,n=2,k=7",
  "dependency-chain,dim=6",
  "min-max-well,dim=5",
  "outward-snake,dim=5,n=40,batch=10",
  "projection-quadratic,dim=5,n=40,batch=10",
  "sum-of-quadratics,dim=5,n=40,batch=10",
  "sum,of=rosenbrock+quadratic:dim=3",
  "log,of=quadratic:dim=4",
  "rescaled,of=quadratic:dim=4,scale=0.1",
  "sparse,of=quadratic:dim=8,zero=0.5",
  "ripples,dim=4",
  "turned,of=beale,angle=50,stretch=3",
};

static const char *const with_minibatches[] = {
  "softmax,features=4,n=40,batch=8,noise=0.1",
  "sparse-softmax",
  "mlp-random,features=4,hidden=5x3,n=50,batch=10",
  "outward-snake,dim=5,n=40,batch=10",
  "projection-quadratic,dim=5,n=40,batch=10",
  "sum-of-quadratics,dim=5,n=40,batch=10",
};

typedef struct {
  TwProblem *problem, *scored; /* scored: NULL where it is the problem itself */
  TwUnrollRun runs[3];
  double *starts;
  TwUnrollOptions options;
} Batch;

static void
batch_init (Batch *batch, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);
  g_assert_no_error (error);
  batch->problem = tw_problem_new (spec, 11, &error);
  batch->scored = NULL;
  batch->options = (TwUnrollOptions){ 0 };
  g_assert_no_error (error);
  gsize dim = tw_problem_get_dim (batch->problem);
  double minimum = tw_problem_get_minimum (batch->problem);
  batch->starts = g_new (double, 3 * dim);
  for (gsize b = 0; b < 3; b++) {
    tw_problem_draw_start (batch->problem, (TwDraw){ 3, b }, batch->starts + b * dim);
    batch->runs[b] = (TwUnrollRun){ .problem = batch->problem,
                                    .start = batch->starts + b * dim,
                                    .log_lr = log (0.003) + 1.5 * (double)b,
                                    .stream = b,
                                    .minimum = isnan (minimum) ? 0 : minimum };
  }
}

/* From here on the losses over all rows count. */
static void
batch_score_all_rows (Batch *batch, const char *text)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
  batch->scored = tw_all_rows_new (spec, 11);
  g_assert_nonnull (batch->scored);
  for (gsize b = 0; b < 3; b++) {
    batch->runs[b].scored = batch->scored;
    batch->runs[b].minimum = tw_all_rows_lowest (batch->scored, batch->starts, 0.05, 0);
  }
}

static void
batch_clear (Batch *batch)
{
  g_clear_pointer (&batch->scored, tw_problem_unref);
  tw_problem_unref (batch->problem);
  g_free (batch->starts);
}

static TwHrnnWeights *
small_weights (void)
{
  TwHrnnConfig config;

  tw_hrnn_config_init (&config);
  config.hidden[0] = 4;
  config.hidden[1] = 5;
  config.hidden[2] = 3;
  return tw_hrnn_weights_new (&config, 2);
}

static double
objective_at (const Batch *batch, const TwHrnnWeights *weights, const double *direction, double by)
{
  g_autoptr (TwHrnnWeights) moved = tw_hrnn_weights_copy (weights);
  g_autoptr (TwUnroll) unroll = tw_unroll_new (&weights->config, batch->runs, 3, 8, 1);
  TwUnrollResult result;

  for (gsize i = 0; i < weights->shape.P; i++)
    moved->values[i] += (TwReal)(by * direction[i]);
  tw_unroll_run (unroll, moved, 8, &batch->options, NULL, &result);
  g_assert_cmpuint (result.n_counted, ==, 3);
  return result.objective;
}

static void
check_gradient (const Batch *batch)
{
  g_autoptr (TwHrnnWeights) weights = small_weights ();
  gsize P = weights->shape.P;
  g_autofree double *gradient = g_new (double, P), *direction = g_new (double, P);
  TwUnrollResult result;
  g_autoptr (TwUnroll) unroll = tw_unroll_new (&weights->config, batch->runs, 3, 8, 1);
  tw_unroll_run (unroll, weights, 8, &batch->options, gradient, &result);
  g_assert_cmpuint (result.n_counted, ==, 3);
  double squares = 0;
  for (gsize i = 0; i < P; i++)
    squares += gradient[i] * gradient[i];
  g_assert_cmpfloat (squares, >, 0);
  for (guint d = 0; d < 4; d++) {
    double slope = 0, best = INFINITY;
    tw_random_normals ((TwDraw){ 77, d }, 0, P, direction);
    for (gsize i = 0; i < P; i++)
      slope += gradient[i] * direction[i];
    /* One step size is too coarse for some, another too fine. */
    for (double h = 1e-4; h > 1e-7; h /= 4) {
      double difference =
        (objective_at (batch, weights, direction, h) - objective_at (batch, weights, direction, -h)) / (2 * h);
      best = MIN (best, fabs (difference - slope));
    }
    g_assert_cmpfloat (best, <=, 1e-6 * (fabs (slope) + sqrt (squares)));
  }
}

static void
test_family (gconstpointer text)
{
  Batch batch;

  batch_init (&batch, text);
  check_gradient (&batch);
  batch_clear (&batch);
}

/* What counts is the loss over all rows, above the lowest, whichever minibatches the gradients are of. */
static void
test_all_rows (gconstpointer text)
{
  g_autoptr (TwHrnnWeights) weights = small_weights ();
  const TwUnrollOptions options = { 0 };
  TwUnrollResult result;
  Batch batch;

  batch_init (&batch, text);
  batch_score_all_rows (&batch, text);
  check_gradient (&batch);
  g_autoptr (TwUnroll) unroll = tw_unroll_new (&weights->config, batch.runs, 3, 1, 1);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (batch.scored, 1);
  tw_unroll_run (unroll, weights, 1, &options, NULL, &result);
  for (gsize b = 0; b < 3; b++) {
    double before, after, minimum = batch.runs[b].minimum;
    tw_problem_eval_exact (batch.scored, work, 1, batch.runs[b].start, NULL, &before, NULL);
    tw_problem_eval_exact (batch.scored, work, 1, tw_unroll_get_theta (unroll, b), NULL, &after, NULL);
    g_assert_cmpfloat (minimum, <, 0.95 * before);
    double expected = log ((after - minimum) / (before - minimum + 1e-6) + 1e-6);
    g_assert_cmpfloat_with_epsilon (tw_unroll_get_objective (unroll, b), expected, 1e-9);
  }
  batch_clear (&batch);
}

/* Step k, from the start of the run, counts k^late times; here told apart by runs of one step after another. */
static void
test_late (void)
{
  g_autoptr (TwHrnnWeights) weights = small_weights ();
  const TwUnrollOptions alike = { 0 };
  double steps[8], expected = 0, counts = 0;
  TwUnrollResult result;
  Batch batch;

  batch_init (&batch, "rosenbrock");
  batch.options.late = 2;
  check_gradient (&batch);
  g_autoptr (TwUnroll) single = tw_unroll_new (&weights->config, batch.runs, 3, 8, 1);
  g_autoptr (TwUnroll) late = tw_unroll_new (&weights->config, batch.runs, 3, 8, 1);
  for (gsize k = 0; k < 8; k++) {
    tw_unroll_run (single, weights, 1, &alike, NULL, &result);
    steps[k] = result.objective;
  }
  tw_unroll_run (late, weights, 3, &batch.options, NULL, &result);
  g_assert_cmpfloat_with_epsilon (result.objective, (steps[0] + 4 * steps[1] + 9 * steps[2]) / 14, 1e-9);
  tw_unroll_run (late, weights, 5, &batch.options, NULL, &result);
  for (int k = 3; k < 8; k++) {
    expected += (k + 1) * (k + 1) * steps[k];
    counts += (k + 1) * (k + 1);
  }
  g_assert_cmpfloat_with_epsilon (result.objective, expected / counts, 1e-9);
  batch_clear (&batch);
}

static void
test_lowest (void)
{
  g_autoptr (TwSpec) spec = tw_spec_parse ("softmax,features=3,n=60,batch=6,sep=0.3", NULL);
  g_autoptr (TwSpec) alien = tw_spec_parse ("rosenbrock", NULL);
  g_autoptr (TwProblem) problem = tw_all_rows_new (spec, 4);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  double theta[8], gradient[8], loss = 0;

  g_assert_null (tw_all_rows_new (alien, 4));
  g_assert_cmpuint (tw_problem_get_dim (problem), ==, G_N_ELEMENTS (theta));
  tw_problem_draw_start (problem, (TwDraw){ 3, 0 }, theta);
  double lowest = tw_all_rows_lowest (problem, theta, 0.05, 0);
  /* It is convex: plain gradient descent gets there in the end. */
  for (int k = 0; k < 20000; k++) {
    tw_problem_eval_exact (problem, work, 1, theta, NULL, &loss, gradient);
    for (gsize i = 0; i < G_N_ELEMENTS (theta); i++)
      theta[i] -= 0.1 * gradient[i];
  }
  g_assert_cmpfloat (lowest, <, 0.95 * loss + 1e-9);
  g_assert_cmpfloat (lowest, >, 0.95 * loss - 1e-4);
  tw_problem_draw_start (problem, (TwDraw){ 3, 0 }, theta);
  g_assert_cmpfloat_with_epsilon (tw_all_rows_lowest (problem, theta, 0, 0), lowest / 0.95, 1e-12);
  g_assert_cmpfloat (tw_all_rows_lowest (problem, theta, 0.05, 0.99 * loss), ==, 0.99 * loss);
}

/* Without a tape the same steps are taken by the optimizer as it is used: the same objectives to rounding, in partial
 * unrolls of any length, and from where a saved one was. */
static void
test_objectives_only (void)
{
  const TwUnrollOptions options = { 0 };

  for (int attention = 0; attention < 2; attention++) {
    TwHrnnConfig config;
    tw_hrnn_config_init (&config);
    config.attention = attention != 0;
    g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 2), other = tw_hrnn_weights_new (&config, 3);
    TwUnrollResult taped, free, again;
    Batch batch;
    batch_init (&batch, "quadratic,dim=12");
    g_autoptr (TwUnroll) tape = tw_unroll_new (&config, batch.runs, 3, 20, 1);
    g_autoptr (TwUnroll) none = tw_unroll_new (&config, batch.runs, 3, 0, 1);
    g_autoptr (TwUnroll) copy = tw_unroll_new (&config, batch.runs, 3, 0, 1);
    for (int u = 0; u < 3; u++) { /* the weights may be others from call to call */
      const TwHrnnWeights *now = u == 1 ? other : weights;
      if (u == 2) {
        g_autoptr (GVariant) saved = g_variant_ref_sink (tw_unroll_save (none));
        g_assert_true (tw_unroll_restore (copy, saved));
        tw_unroll_run (copy, now, 20, &options, NULL, &again);
      }
      tw_unroll_run (tape, now, 20, &options, NULL, &taped);
      tw_unroll_run (none, now, 20, &options, NULL, &free);
      g_assert_cmpuint (free.n_counted, ==, 3);
      g_assert_cmpfloat_with_epsilon (taped.objective, free.objective, 1e-7);
    }
    g_assert_cmpfloat (free.objective, ==, again.objective);
    g_assert_cmpfloat (free.objective, <, 0);
    batch_clear (&batch);
  }
}

/* The mean of many estimates over an episode of three partial unrolls, along the gradient through all of it and
 * along another direction.  The gradient of the partial unrolls alone is told apart. */
static void
test_pes (void)
{
  enum { UNROLLS = 3, STEPS = 4, N = 4000 };
  g_autoptr (TwHrnnWeights) weights = small_weights ();
  gsize P = weights->shape.P;
  g_autofree double *whole = g_new (double, P), *part = g_new (double, P), *cut = g_new0 (double, P);
  const TwUnrollOptions options = { 0 };
  TwUnrollResult result;
  Batch batch;

  batch_init (&batch, "quadratic,dim=3");
  g_autoptr (TwUnroll) one = tw_unroll_new (&weights->config, batch.runs, 3, UNROLLS * STEPS, 1);
  tw_unroll_run (one, weights, UNROLLS * STEPS, &options, whole, &result);
  tw_unroll_restart (one);
  for (int u = 0; u < UNROLLS; u++) {
    tw_unroll_run (one, weights, STEPS, &options, part, &result);
    for (gsize i = 0; i < P; i++)
      cut[i] += part[i] / UNROLLS;
  }

  double size = 0, sum[2] = { 0 }, squares[2] = { 0 }, expected[2] = { 0 }, truncated = 0;
  g_autofree double *other = g_new (double, P);
  for (gsize i = 0; i < P; i++)
    size += whole[i] * whole[i];
  for (gsize i = 0; i < P; i++)
    other[i] = cut[i] - whole[i];
  for (gsize i = 0; i < P; i++) {
    expected[0] += whole[i] * whole[i];
    expected[1] += whole[i] * other[i];
    truncated += cut[i] * other[i];
  }
  for (guint n = 0; n < N; n++) {
    g_autoptr (TwPes) pes = tw_pes_new (&weights->config, batch.runs, 3);
    double along[2] = { 0 };
    for (guint u = 0; u < UNROLLS; u++) {
      tw_pes_run (pes, weights, STEPS, &options, 1e-3, NULL, (TwDraw){ 100 + n, u }, part, &result);
      g_assert_cmpuint (result.n_counted, ==, 3);
      for (gsize i = 0; i < P; i++) {
        along[0] += part[i] * whole[i] / UNROLLS;
        along[1] += part[i] * other[i] / UNROLLS;
      }
    }
    for (int k = 0; k < 2; k++) {
      sum[k] += along[k];
      squares[k] += along[k] * along[k];
    }
  }
  for (int k = 0; k < 2; k++) {
    double mean = sum[k] / N, error = sqrt ((squares[k] / N - mean * mean) / N);
    g_test_message ("direction %d: %g, expected %g, standard error %g", k, mean, expected[k], error);
    g_assert_cmpfloat (fabs (mean - expected[k]), <, 5 * error);
    if (k == 0)
      g_assert_cmpfloat (error, <, 0.1 * size);
    else
      g_assert_cmpfloat (fabs (truncated - mean), >, 5 * error);
  }
  batch_clear (&batch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++) {
    g_autofree char *path = g_strdup_printf ("/meta-families/%s", problems[i]);
    g_test_add_data_func (path, problems[i], test_family);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (with_minibatches); i++) {
    g_autofree char *path = g_strdup_printf ("/meta-families/all-rows/%s", with_minibatches[i]);
    g_test_add_data_func (path, with_minibatches[i], test_all_rows);
  }
  g_test_add_func ("/all-rows/lowest", test_lowest);
  g_test_add_func ("/late", test_late);
  g_test_add_func ("/objectives-only", test_objectives_only);
  g_test_add_func ("/pes/expectation", test_pes);
  return g_test_run ();
}
