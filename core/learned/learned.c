/* learned.c: the hierarchical RNN of Wichrowska et al. 2017 as one more optimizer.  Equations: DEVELOPERS.md. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/learned/hrnn.h"
#include "core/optimizers/optimizer-private.h"

enum { LR, WEIGHTS, FREEZE, ATTEND, TIMESCALE, BOUND };

#define FREEZE_NONE 0 /* of the choices; the levels follow, from the lowest */

static const TwParam params[] = {
  [LR] = { "lr", TW_PARAM_REAL, 0.003, 1e-12, 1e3, TRUE, NULL,
           "initial learning rate of every coordinate; where not given, of n coordinates at most 0.2/sqrt(n)" },
  [WEIGHTS] = { "weights", TW_PARAM_TEXT, 0, 0, 0, FALSE, "default",
                "a set that ships (default; networks was also trained on small networks), or a weight file" },
  [FREEZE] = { "freeze", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "none|param|tensor|global",
               "the RNN of this level forgets: its memory is what it was at the start after every step" },
  [ATTEND] = { "attend", TW_PARAM_SWITCH, 1, 0, 0, FALSE, NULL, "off: the gradient is taken at the position itself" },
  [TIMESCALE] = { "timescale", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "all|0|1|2|3",
                  "all averages of the gradient on this one of the doubling timescales" },
  [BOUND] = { "bound", TW_PARAM_SWITCH, 1, 0, 0, FALSE, NULL,
              "a given lr too is at most what the weights allow (default, networks: 0.2/sqrt(n)); off: it is taken as it is" },
  { NULL },
};

/* In the order of the probe table. */
typedef enum {
  PROBE_H0,
  PROBE_H1,
  PROBE_H2,
  PROBE_FEATURES,
  PROBE_INPUT_DECAY,
  PROBE_SCALE_DECAY,
  PROBE_LOG_LR,
  PROBE_DIRECTION,
  PROBE_ATTENTION,
  PROBE_AVERAGE,
  PROBE_MEAN_SQUARE,
  PROBE_GRADIENT,
  N_PROBES
} ProbeKind;

typedef struct {
  TwOptimizer base;
  TwHrnnWeights *weights;
  TwHrnnState *state;
  TwHrnn *hrnn;
  TwHrnnWatch watch;
  float *gradient; /* (n_watched) of the last step */
  guint n_probes;
  TwProbe probes[N_PROBES];
  ProbeKind kinds[N_PROBES]; /* (n_probes) fewer levels have fewer probes */
  char **feature_names;      /* (F + 1) */
} Learned;

static char **
name_features (const TwHrnnConfig *config)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  guint S = config->scales;

#define ADD(...)                                                                                             \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autofree char *name = g_strdup_printf (__VA_ARGS__);                                                   \
    g_strv_builder_add (names, name);                                                                        \
  }                                                                                                          \
  G_STMT_END
  for (guint s = 0; s < S; s++)
    ADD ("m%u", s);
  for (guint s = 0; config->grad_products && s + 1 < S; s++)
    ADD ("m%u m%u", s, s + 1);
  for (guint s = 0; config->log_ms && s < S; s++)
    ADD ("log v%u", s);
  if (config->relative_lr)
    ADD ("relative log lr");
#undef ADD
  return g_strv_builder_end (names);
}

static void
list_probes (Learned *learned)
{
  const TwHrnnConfig *config = &learned->weights->config;
  const char *const *features = (const char *const *)learned->feature_names;
  const TwProbe all[N_PROBES] = {
    [PROBE_H0] = { "h0", "Parameter RNN", TW_LEVEL_ROW, config->hidden[0], NULL },
    [PROBE_H1] = { "h1", "Tensor RNN", TW_LEVEL_TENSOR, config->hidden[1], NULL },
    [PROBE_H2] = { "h2", "Global RNN", TW_LEVEL_RUN, config->hidden[2], NULL },
    [PROBE_FEATURES] = { "features", "features", TW_LEVEL_ROW, learned->weights->shape.F, features },
    [PROBE_INPUT_DECAY] = { "input_decay", "input decay", TW_LEVEL_ROW, 1, NULL },
    [PROBE_SCALE_DECAY] = { "scale_decay", "scale decay", TW_LEVEL_ROW, 1, NULL },
    [PROBE_LOG_LR] = { "log_lr", "log learning rate", TW_LEVEL_ROW, 1, NULL },
    [PROBE_DIRECTION] = { "direction", "direction", TW_LEVEL_ROW, 1, NULL },
    [PROBE_ATTENTION] = { "attention", "attention direction", TW_LEVEL_ROW, 1, NULL },
    [PROBE_AVERAGE] = { "average", "averages of the gradient", TW_LEVEL_ROW, config->scales, NULL },
    [PROBE_MEAN_SQUARE] = { "mean_square", "mean squares of the averages", TW_LEVEL_ROW, config->scales, NULL },
    [PROBE_GRADIENT] = { "gradient", "gradient", TW_LEVEL_ROW, 1, NULL },
  };

  for (guint p = 0; p < N_PROBES; p++) {
    if ((p == PROBE_H1 && config->n_levels < 2) || (p == PROBE_H2 && config->n_levels < 3) ||
        (p == PROBE_ATTENTION && !config->attention))
      continue;
    learned->kinds[learned->n_probes] = p;
    learned->probes[learned->n_probes++] = all[p];
  }
}

/* What can't be cut out of these weights because they don't have it. */
static gboolean
check_interventions (const TwOptimizer *optimizer, const char *weights, const TwHrnnConfig *config,
                     GError **error)
{
  guint freeze = (guint)optimizer->values[FREEZE].number, scale = (guint)optimizer->values[TIMESCALE].number;

  if (freeze > config->n_levels) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "learned: freeze=%s, but the weights \"%s\" have %u level%s",
                 optimizer->values[FREEZE].text, weights, config->n_levels, config->n_levels > 1 ? "s" : "");
    return FALSE;
  }
  if (scale > config->scales) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "learned: timescale=%s, but the weights \"%s\" have timescales 0 to %u",
                 optimizer->values[TIMESCALE].text, weights, config->scales - 1);
    return FALSE;
  }
  return TRUE;
}

/* Where lr is not given, a first step is at most LONGEST_START long: tw_hrnn_weights_initial_log_lr() says why. */
#define LONGEST_START 0.2
static double
learned_initial (const TwParam *param, gsize n)
{
  return param == &params[LR] ? MIN (param->initial, LONGEST_START / sqrt ((double)n)) : param->initial;
}

/* Of every row of a run of n coordinates. */
static double
initial_log_lr (const TwValue *values, const TwHrnnWeights *weights, gsize n)
{
  double log_lr = log (values[LR].given ? values[LR].number : learned_initial (&params[LR], n));

  return values[BOUND].number != 0 ? tw_hrnn_weights_initial_log_lr (weights, log_lr, n) : log_lr;
}

static double
learned_largest_lr (const TwValue *values, gsize n)
{
  g_autoptr (TwHrnnWeights) weights =
    values[BOUND].number != 0 ? tw_hrnn_weights_find (values[WEIGHTS].text, NULL) : NULL;

  return weights != NULL ? exp (tw_hrnn_weights_initial_log_lr (weights, INFINITY, n)) : INFINITY;
}

static gboolean
learned_create (TwOptimizer *optimizer, GError **error)
{
  Learned *learned = (Learned *)optimizer;
  const TwLayout *layout = optimizer->layout;
  const char *name = optimizer->values[WEIGHTS].text;

  learned->weights = tw_hrnn_weights_find (name, error);
  if (learned->weights == NULL)
    return FALSE;
  if (!check_interventions (optimizer, name, &learned->weights->config, error))
    return FALSE;
  learned->feature_names = name_features (&learned->weights->config);
  list_probes (learned);
  learned->state = tw_hrnn_state_new (&learned->weights->config, layout);
  learned->hrnn = tw_hrnn_new (learned->weights, layout);
  tw_hrnn_set_timescale (learned->hrnn, (int)optimizer->values[TIMESCALE].number - 1);
  tw_hrnn_state_reset (learned->state, learned->weights, layout, NULL);
  for (gsize b = 0; b < layout->n_runs; b++) {
    gsize first = tw_layout_run_row (layout, b), end = tw_layout_run_row (layout, b + 1);
    TwReal log_lr = (TwReal)initial_log_lr (optimizer->values, learned->weights, end - first);
    for (gsize r = first; r < end; r++)
      learned->state->log_lr[r] = log_lr;
  }
  return TRUE;
}

static void
learned_finalize (TwOptimizer *optimizer)
{
  Learned *learned = (Learned *)optimizer;

  g_free (learned->watch.features);
  g_free (learned->watch.direction);
  g_free (learned->watch.attention);
  g_free (learned->gradient);
  g_strfreev (learned->feature_names);
  tw_hrnn_free (learned->hrnn);
  tw_hrnn_state_free (learned->state);
  g_clear_pointer (&learned->weights, tw_hrnn_weights_unref);
}

static gboolean
learned_attends (const TwOptimizer *optimizer)
{
  return ((const Learned *)optimizer)->weights->config.attention && optimizer->values[ATTEND].number != 0;
}

/* A run that has ended stays in the batch: what becomes of its rows touches no other run. */
static void
learned_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  Learned *learned = (Learned *)optimizer;
  guint freeze = (guint)optimizer->values[FREEZE].number;

  for (gsize i = 0; i < learned->watch.n; i++)
    learned->gradient[i] = (float)step->gradient[learned->watch.rows[i]];
  tw_hrnn_step (learned->hrnn, learned->state, step->theta, step->phi, step->gradient,
                learned->watch.n > 0 ? &learned->watch : NULL, NULL);
  if (freeze != FREEZE_NONE)
    tw_hrnn_state_reset_level (learned->state, learned->weights, optimizer->layout, freeze - 1);
}

static void
learned_watch (TwOptimizer *optimizer)
{
  Learned *learned = (Learned *)optimizer;
  TwHrnnWatch *watch = &learned->watch;
  gsize n = optimizer->n_watched;

  watch->n = n;
  watch->rows = optimizer->watched;
  watch->features = g_renew (TwReal, watch->features, n * learned->weights->shape.F);
  watch->direction = g_renew (TwReal, watch->direction, n);
  watch->attention = g_renew (TwReal, watch->attention, n);
  learned->gradient = g_renew (float, learned->gradient, n);
  for (gsize i = 0; i < n; i++)
    watch->direction[i] = watch->attention[i] = learned->gradient[i] = 0;
  for (gsize i = 0; i < n * learned->weights->shape.F; i++)
    watch->features[i] = 0;
}

static const TwProbe *
learned_get_probes (const TwOptimizer *optimizer, gsize *n)
{
  const Learned *learned = (const Learned *)optimizer;

  *n = learned->n_probes;
  return learned->probes;
}

static void
copy (float *out, const TwReal *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = (float)values[i];
}

/* out (n_watched, width) from planes (width, row_stride). */
static void
gather (const Learned *learned, const TwReal *planes, gsize width, float *out)
{
  for (gsize i = 0; i < learned->watch.n; i++)
    for (gsize j = 0; j < width; j++)
      out[i * width + j] = (float)planes[j * learned->state->row_stride + learned->watch.rows[i]];
}

static void
learned_read_probe (const TwOptimizer *optimizer, gsize p, float *out)
{
  const Learned *learned = (const Learned *)optimizer;
  const TwHrnnState *state = learned->state;
  const TwHrnnConfig *config = &learned->weights->config;
  const TwHrnnWatch *watch = &learned->watch;

  switch (learned->kinds[p]) {
  case PROBE_H0:
    gather (learned, state->h0, config->hidden[0], out);
    break;
  case PROBE_H1:
    copy (out, state->h1, optimizer->layout->n_tensors * config->hidden[1]);
    break;
  case PROBE_H2:
    copy (out, state->h2, optimizer->layout->n_runs * config->hidden[2]);
    break;
  case PROBE_FEATURES:
    copy (out, watch->features, watch->n * learned->weights->shape.F);
    break;
  case PROBE_INPUT_DECAY:
    gather (learned, state->input_decay, 1, out);
    break;
  case PROBE_SCALE_DECAY:
    gather (learned, state->scale_decay, 1, out);
    break;
  case PROBE_LOG_LR:
    gather (learned, state->log_lr, 1, out);
    break;
  case PROBE_DIRECTION:
    copy (out, watch->direction, watch->n);
    break;
  case PROBE_ATTENTION:
    copy (out, watch->attention, watch->n);
    break;
  case PROBE_AVERAGE:
    gather (learned, state->average, config->scales, out);
    break;
  case PROBE_MEAN_SQUARE:
    gather (learned, state->mean_square, config->scales, out);
    break;
  case PROBE_GRADIENT:
    memcpy (out, learned->gradient, watch->n * sizeof (float));
    break;
  case N_PROBES:
    g_assert_not_reached ();
  }
}

const TwOptimizerType tw_optimizer_learned = {
  .name = "learned",
  .title = "Learned",
  .summary = "a hierarchical RNN turns gradients into steps: theta <- theta - exp(n + o) delta, gradient at phi",
  .params = params,
  .no_schedule = TRUE,
  .initial = learned_initial,
  .largest_lr = learned_largest_lr,
  .instance_size = sizeof (Learned),
  .create = learned_create,
  .finalize = learned_finalize,
  .attends = learned_attends,
  .step = learned_step,
  .watch = learned_watch,
  .get_probes = learned_get_probes,
  .read_probe = learned_read_probe,
};
