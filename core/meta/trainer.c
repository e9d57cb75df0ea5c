#include <cblas.h>
#include <math.h>
#include <string.h>

#include "config.h"
#include "core/error.h"
#include "core/meta/all-rows.h"
#include "core/meta/ranks.h"
#include "core/meta/trainer-private.h"
#include "core/output.h"

static const TwParam params[] = {
  { "hidden", TW_PARAM_TEXT, 0, 0, 0, FALSE, "10x30x20", "units of the Parameter, Tensor and Global RNN" },
  { "scales", TW_PARAM_INTEGER, 4, 1, TW_HRNN_MAX_SCALES, FALSE, NULL, "timescales of momentum" },
  { "attention", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "the gradient is taken at an attended point" },
  { "log_ms", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "feature: log mean squares" },
  { "relative_lr", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "feature: relative log learning rate" },
  { "grad_products", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "feature: products of neighbouring timescales" },
  { "grad_shortcut", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "scaled averages enter the directions" },
  { "learn_decay", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "decays are outputs of the network" },
  { "dynamic_scale", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "the learning rate is an output of the network" },
  { "input_scaling", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "averages are divided by their root mean square" },
  { "groups", TW_PARAM_INTEGER, 8, 1, 1024, FALSE, NULL, "groups of a meta-batch" },
  { "problems", TW_PARAM_INTEGER, 8, 1, 4096, FALSE, NULL, "problems of a group" },
  { "starts", TW_PARAM_INTEGER, 2, 1, 4096, FALSE, NULL, "runs of each problem" },
  { "unroll_min", TW_PARAM_INTEGER, 20, 1, 100000, FALSE, NULL, "shortest partial unroll, steps" },
  { "unroll_mean", TW_PARAM_REAL, 50, 1, 100000, FALSE, NULL, "mean partial unroll, steps" },
  { "unroll_max", TW_PARAM_INTEGER, 200, 1, 100000, FALSE, NULL, "longest partial unroll, steps" },
  { "unrolls_min", TW_PARAM_INTEGER, 1, 1, 100000, FALSE, NULL, "fewest partial unrolls of an episode" },
  { "unrolls_mean", TW_PARAM_REAL, 6, 1, 100000, FALSE, NULL, "mean number of partial unrolls" },
  { "unrolls_max", TW_PARAM_INTEGER, 40, 1, 100000, FALSE, NULL, "most partial unrolls" },
  { "lr_min", TW_PARAM_REAL, 1e-6, 1e-12, 1e3, TRUE, NULL, "initial learning rates are log-uniform from here" },
  { "lr_max", TW_PARAM_REAL, 1e-1, 1e-12, 1e3, TRUE, NULL, "to here" },
  { "first_step", TW_PARAM_REAL, 0, 0, 1e9, FALSE, NULL,
    "initial learning rates of n coordinates are at most this/sqrt(n), in training and in use; 0: as --init has it" },
  { "estimator", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "backprop|pes", "of the meta-gradient" },
  { "sigma", TW_PARAM_REAL, 0.01, 1e-9, 10, TRUE, NULL, "standard deviation of the perturbations of pes" },
  { "second", TW_PARAM_SWITCH, 1, 0, 1, FALSE, NULL, "second derivatives in the meta-gradient" },
  { "diverged_at", TW_PARAM_REAL, 1e6, 0, 1e300, TRUE, NULL, "a run whose loss grows by this factor is left out" },
  { "cut_at", TW_PARAM_REAL, 1e6, 0, 1e300, TRUE, NULL, "cotangents of a run beyond this are cut" },
  { "optimizer", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "adam|rmsprop", "meta-optimizer" },
  { "meta_lr", TW_PARAM_REAL, 1e-3, 1e-12, 10, TRUE, NULL, "learning rate of the meta-optimizer" },
  { "beta1", TW_PARAM_REAL, 0.9, 0, 0.999999, FALSE, NULL, "decay of its mean" },
  { "beta2", TW_PARAM_REAL, 0.999, 0, 0.999999, FALSE, NULL, "decay of its mean square" },
  { "warmup", TW_PARAM_INTEGER, 100, 0, 1e9, FALSE, NULL, "iterations until meta_lr is reached" },
  { "half_life", TW_PARAM_REAL, 0, 0, 1e12, FALSE, NULL, "iterations in which meta_lr halves; 0: it stays" },
  { "clip", TW_PARAM_REAL, 1, 0, 1e300, TRUE, NULL, "largest norm of a group's gradient; 0: any" },
  { "average", TW_PARAM_REAL, 0, 0, 0.999999, FALSE, NULL,
    "decay of the running average of the weights that is kept; 0: the last ones" },
  { "all_rows", TW_PARAM_SWITCH, 0, 0, 1, FALSE, NULL,
    "what learns from minibatches is scored by its loss over all rows, above the lowest that L-BFGS finds" },
  { "margin", TW_PARAM_REAL, 0.05, 0, 1, FALSE, NULL, "that lowest loss is taken to be lower still by this share of it" },
  { "late", TW_PARAM_REAL, 0, 0, 10, FALSE, NULL,
    "step k of a run counts k to this power: the larger, the more it matters where runs end" },
  { "lr_bias", TW_PARAM_REAL, 0, -10, 10, FALSE, NULL,
    "added to the bias of the log learning rate before the first iteration: above 0 it falls later" },
  { "only", TW_PARAM_TEXT, 0, 0, 0, FALSE, "all",
    "tensors that are trained, by the beginning of their names, such as log_lr+param_rnn.init" },
  { NULL },
};

const TwParam *
tw_trainer_params (void)
{
  return params;
}

static double
number (const TwTrainer *trainer, guint key)
{
  return trainer->values[key].number;
}

/* Streams of the meta-training: episode e of group g has one of its own. */
static TwDraw
episode_draw (const TwTrainer *trainer, gsize group, guint64 episode)
{
  return (TwDraw){ tw_random_stream (trainer->seed, TW_STREAM_META, group), episode };
}

/* min + Exp(mean - min), rounded down, at most max. */
static guint64
shifted_exponential (double min, double mean, double max, double u)
{
  return (guint64) MIN (max, floor (min - log (u) * MAX (mean - min, 0)));
}

/* Draws of an episode by index: its number of unrolls, then blocks of its own for lengths, problems and runs. */
enum {
  DRAW_N_UNROLLS,
  DRAW_LENGTHS = 1u << 20,
  DRAW_PROBLEMS = 1u << 21,
  DRAW_RUNS = 1u << 22,
  DRAW_PERTURBATIONS = 1u << 23
};

/* The length of partial unroll number `unroll` of an episode. */
static gsize
draw_length (const TwTrainer *trainer, TwDraw episode, guint64 unroll)
{
  return (gsize) shifted_exponential (number (trainer, TW_TRAIN_UNROLL_MIN), number (trainer, TW_TRAIN_UNROLL_MEAN),
                                      number (trainer, TW_TRAIN_UNROLL_MAX),
                                      tw_random_uniform (episode, DRAW_LENGTHS + unroll));
}

void
tw_trainer_begin_episode (TwTrainer *trainer, gsize index)
{
  TwTrainerGroup *group = &trainer->groups[index];
  gsize n_problems = (gsize) number (trainer, TW_TRAIN_PROBLEMS);
  gsize n_starts = (gsize) number (trainer, TW_TRAIN_STARTS);
  TwDraw draw = episode_draw (trainer, index, group->episode);
  double log_min = log (number (trainer, TW_TRAIN_LR_MIN)), log_max = log (number (trainer, TW_TRAIN_LR_MAX));

  group->unroll = 0;
  group->n_unrolls =
    shifted_exponential (number (trainer, TW_TRAIN_UNROLLS_MIN), number (trainer, TW_TRAIN_UNROLLS_MEAN),
                         number (trainer, TW_TRAIN_UNROLLS_MAX), tw_random_uniform (draw, DRAW_N_UNROLLS));

  g_autofree TwUnrollRun *runs = g_new0 (TwUnrollRun, group->n_runs);
  g_autoptr (GPtrArray) starts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_problem_unref);
  for (gsize p = 0; p < n_problems; p++) {
    guint64 own = tw_random_bits (draw, DRAW_PROBLEMS + p);
    gsize entry;
    g_autoptr (TwSpec) spec = tw_corpus_draw (trainer->corpus, (TwDraw){ own, 0 }, &entry);
    g_autoptr (GError) error = NULL;
    guint64 problem_seed = tw_random_bits ((TwDraw){ own, 1 }, 0);
    TwProblem *problem = tw_problem_new (spec, problem_seed, &error);
    /* The corpus tried every range and list. */
    if (problem == NULL)
      g_error ("corpus: %s", error->message);
    g_ptr_array_add (problems, problem);
    TwProblem *scored = number (trainer, TW_TRAIN_ALL_ROWS) != 0 ? tw_all_rows_new (spec, problem_seed) : NULL;
    if (scored != NULL)
      g_ptr_array_add (problems, scored);
    /* Losses of families without a known minimum are bounded below by 0. */
    double minimum = isnan (tw_problem_get_minimum (problem)) ? 0 : tw_problem_get_minimum (problem);
    for (gsize s = 0; s < n_starts; s++) {
      gsize b = p * n_starts + s;
      double log_lr = tw_hrnn_weights_initial_log_lr (
        trainer->weights, log_min + (log_max - log_min) * tw_random_uniform (draw, DRAW_RUNS + b),
        tw_problem_get_dim (problem));
      double *start = g_new (double, tw_problem_get_dim (problem));
      tw_problem_draw_start (problem, (TwDraw){ own, 2 + s }, start);
      g_ptr_array_add (starts, start);
      if (scored != NULL && s == 0)
        minimum = tw_all_rows_lowest (scored, start, number (trainer, TW_TRAIN_MARGIN), minimum);
      runs[b] = (TwUnrollRun){ .problem = problem,
                               .start = start,
                               .log_lr = log_lr,
                               .stream = tw_random_stream (own, TW_STREAM_MINIBATCH, s),
                               .minimum = minimum,
                               .scored = scored };
      group->entries[b] = entry;
    }
  }
  gsize max_steps = 0; /* as few as can be: clearing memory for the longest there is would take longer than training */
  for (guint64 unroll = 0; unroll < group->n_unrolls; unroll++)
    max_steps = MAX (max_steps, draw_length (trainer, draw, unroll));
  g_clear_pointer (&group->runs, tw_unroll_free);
  g_clear_pointer (&group->pes, tw_pes_free);
  if (number (trainer, TW_TRAIN_ESTIMATOR) == 1)
    group->pes = tw_pes_new (&trainer->weights->config, runs, group->n_runs);
  else
    group->runs = tw_unroll_new (&trainer->weights->config, runs, group->n_runs, max_steps, 1);
}

static void
iterate_group (gpointer data, gpointer user_data)
{
  TwTrainer *trainer = user_data;
  gsize index = GPOINTER_TO_SIZE (data) - 1;
  TwTrainerGroup *group = &trainer->groups[index];
  TwUnrollOptions options = { .first_only = number (trainer, TW_TRAIN_SECOND) == 0,
                              .diverged_at = number (trainer, TW_TRAIN_DIVERGED_AT),
                              .cut_at = number (trainer, TW_TRAIN_CUT_AT),
                              .late = number (trainer, TW_TRAIN_LATE) };

  gboolean began = group->runs != NULL || group->pes != NULL;

  if (!began || group->unroll == group->n_unrolls) {
    if (began)
      group->episode++;
    tw_trainer_begin_episode (trainer, index);
  }
  TwDraw draw = episode_draw (trainer, index, group->episode);
  group->n_steps = draw_length (trainer, draw, group->unroll);
  if (group->pes != NULL)
    tw_pes_run (group->pes, trainer->weights, group->n_steps, &options, number (trainer, TW_TRAIN_SIGMA), trainer->trained,
                (TwDraw){ tw_random_bits (draw, DRAW_PERTURBATIONS + group->unroll), 0 }, group->gradient,
                &group->result);
  else
    tw_unroll_run (group->runs, trainer->weights, group->n_steps, &options, group->gradient, &group->result);
  for (gsize i = 0; i < trainer->weights->shape.P; i++)
    group->gradient[i] = trainer->trained[i] ? group->gradient[i] : 0;
  group->unroll++;
}

static double
norm (const double *v, gsize n)
{
  double squares = 0;

  for (gsize i = 0; i < n; i++)
    squares += v[i] * v[i];
  return sqrt (squares);
}

/* What a meta-batch adds up to, over the groups and then over the ranks; all in one array, so that one message
 * carries it. */
enum { SUM_OBJECTIVE, SUM_COUNTED, SUM_STEPS, SUM_RUNS, SUM_DIVERGED, SUM_RUN_STEPS, N_SUMS };

typedef struct {
  double *gradient;  /* (P) */
  double *tallies;   /* (N_SUMS) */
  double *entries;   /* (E) objectives of the runs of each corpus entry */
  double *counts;    /* (E) how many */
} Sums;

static gsize
n_sums (const TwTrainer *trainer)
{
  return trainer->weights->shape.P + N_SUMS + 2 * tw_corpus_get_n_entries (trainer->corpus);
}

static Sums
get_sums (TwTrainer *trainer)
{
  double *tallies = trainer->sums + trainer->weights->shape.P, *entries = tallies + N_SUMS;

  return (Sums){ trainer->sums, tallies, entries, entries + tw_corpus_get_n_entries (trainer->corpus) };
}

static void
add_group (TwTrainer *trainer, const TwTrainerGroup *group, const Sums *sums)
{
  gsize P = trainer->weights->shape.P;
  double clip = number (trainer, TW_TRAIN_CLIP), size = norm (group->gradient, P);
  double share = 1.0 / (double) trainer->n_groups * (clip > 0 && size > clip ? clip / size : 1);

  for (gsize i = 0; i < P; i++)
    sums->gradient[i] += share * group->gradient[i];
  if (group->result.n_counted > 0)
    sums->tallies[SUM_OBJECTIVE] += group->result.objective * (double) group->result.n_counted;
  sums->tallies[SUM_COUNTED] += (double) group->result.n_counted;
  sums->tallies[SUM_STEPS] += (double) group->n_steps;
  sums->tallies[SUM_RUNS] += (double) group->n_runs;
  sums->tallies[SUM_DIVERGED] += (double) group->result.n_diverged;
  sums->tallies[SUM_RUN_STEPS] += (double) (group->n_steps * group->n_runs);
  for (gsize b = 0; b < group->n_runs; b++) {
    double objective = group->pes != NULL ? tw_pes_get_objective (group->pes, b)
                                          : tw_unroll_get_objective (group->runs, b);
    if (!isfinite (objective))
      continue;
    sums->entries[group->entries[b]] += objective;
    sums->counts[group->entries[b]] += 1;
  }
}

static void
note_entries (TwTrainer *trainer, const Sums *sums)
{
  for (gsize i = 0; i < tw_corpus_get_n_entries (trainer->corpus); i++) {
    double *smooth = &trainer->entry_objectives[i];
    if (sums->counts[i] == 0)
      continue;
    double mean = sums->entries[i] / sums->counts[i];
    *smooth = isnan (*smooth) ? mean : *smooth + (1 - pow (0.98, sums->counts[i])) * (mean - *smooth);
  }
}

gboolean
tw_trainer_is_own_group (gsize index)
{
  return index % tw_ranks_get_size () == tw_ranks_get_rank ();
}

void
tw_trainer_set_weights (TwTrainer *trainer)
{
  for (gsize i = 0; i < trainer->weights->shape.P; i++)
    trainer->weights->values[i] = (TwReal) trainer->master[i];
}

/* The running average after k updates.  It forgets its beginning sooner at first: decay min(d, k / (k + 9)), so
 * that the first update replaces it whole (Polyak and Juditsky 1992; the schedule is the field's usual one). */
static void
average_weights (TwTrainer *trainer)
{
  double k = (double) trainer->optimizer.n_updates - 1;
  double keep = MIN (number (trainer, TW_TRAIN_AVERAGE), k / (k + 9));

  for (gsize i = 0; i < trainer->weights->shape.P; i++)
    trainer->average[i] += (1 - keep) * (trainer->master[i] - trainer->average[i]);
}

void
tw_trainer_iterate (TwTrainer *trainer, guint n_threads, TwTrainerProgress *progress)
{
  Sums sums = get_sums (trainer);
  GThreadPool *pool =
    n_threads > 1 ? g_thread_pool_new (iterate_group, trainer, (gint) n_threads, FALSE, NULL) : NULL;

  for (gsize g = 0; g < trainer->n_groups; g++) {
    if (!tw_trainer_is_own_group (g))
      continue;
    if (pool != NULL)
      g_thread_pool_push (pool, GSIZE_TO_POINTER (g + 1), NULL);
    else
      iterate_group (GSIZE_TO_POINTER (g + 1), trainer);
  }
  if (pool != NULL)
    g_thread_pool_free (pool, FALSE, TRUE);

  /* In the order of the groups, whichever thread did them. */
  memset (trainer->sums, 0, n_sums (trainer) * sizeof (double));
  for (gsize g = 0; g < trainer->n_groups; g++)
    if (tw_trainer_is_own_group (g))
      add_group (trainer, &trainer->groups[g], &sums);
  tw_ranks_sum (trainer->sums, n_sums (trainer));

  const double *tallies = sums.tallies;
  *progress = (TwTrainerProgress){
    .iteration = trainer->iteration,
    .meta_objective = tallies[SUM_COUNTED] > 0 ? tallies[SUM_OBJECTIVE] / tallies[SUM_COUNTED] : NAN,
    .lr = tw_meta_optimizer_get_lr (&trainer->optimizer),
    .n_runs = (gsize) tallies[SUM_RUNS],
    .n_diverged = (gsize) tallies[SUM_DIVERGED],
    .mean_steps = tallies[SUM_STEPS] / (double) trainer->n_groups,
    .run_steps = (guint64) tallies[SUM_RUN_STEPS],
  };
  note_entries (trainer, &sums);
  progress->gradient_norm = tw_meta_optimizer_update (&trainer->optimizer, trainer->master, sums.gradient);
  tw_trainer_set_weights (trainer);
  if (trainer->average != NULL && trainer->optimizer.n_updates > 0)
    average_weights (trainer);
  trainer->run_steps += progress->run_steps;
  trainer->iteration++;
}

static gboolean
read_hidden (const char *text, TwHrnnConfig *config, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);

  config->n_levels = g_strv_length (parts);
  if (config->n_levels < 1 || config->n_levels > 3) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "hidden=%s: expected 1 to 3 sizes such as 10x30x20", text);
    return FALSE;
  }
  memset (config->hidden, 0, sizeof config->hidden);
  for (guint i = 0; i < config->n_levels; i++) {
    guint64 size;
    if (!g_ascii_string_to_unsigned (parts[i], 10, 1, TW_HRNN_MAX_HIDDEN, &size, NULL)) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "hidden=%s: \"%s\" is not a size from 1 to %d", text, parts[i],
                   TW_HRNN_MAX_HIDDEN);
      return FALSE;
    }
    config->hidden[i] = (guint) size;
  }
  return TRUE;
}

static gboolean
read_config (const TwValue *values, TwHrnnConfig *config, GError **error)
{
  tw_hrnn_config_init (config);
  if (!read_hidden (values[TW_TRAIN_HIDDEN].text, config, error))
    return FALSE;
  config->scales = (guint) values[TW_TRAIN_SCALES].number;
  config->attention = values[TW_TRAIN_ATTENTION].number != 0;
  config->log_ms = values[TW_TRAIN_LOG_MS].number != 0;
  config->relative_lr = values[TW_TRAIN_RELATIVE_LR].number != 0;
  config->grad_products = values[TW_TRAIN_GRAD_PRODUCTS].number != 0;
  config->grad_shortcut = values[TW_TRAIN_GRAD_SHORTCUT].number != 0;
  config->learn_decay = values[TW_TRAIN_LEARN_DECAY].number != 0;
  config->dynamic_scale = values[TW_TRAIN_DYNAMIC_SCALE].number != 0;
  config->input_scaling = values[TW_TRAIN_INPUT_SCALING].number != 0;
  return tw_hrnn_config_check (config, error);
}

static gboolean
check_ranges (const TwValue *values, GError **error)
{
  static const guint ordered[][2] = { { TW_TRAIN_UNROLL_MIN, TW_TRAIN_UNROLL_MAX },
                                      { TW_TRAIN_UNROLLS_MIN, TW_TRAIN_UNROLLS_MAX },
                                      { TW_TRAIN_LR_MIN, TW_TRAIN_LR_MAX } };

  for (gsize i = 0; i < G_N_ELEMENTS (ordered); i++)
    if (values[ordered[i][0]].number > values[ordered[i][1]].number) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s=%g is above %s=%g", params[ordered[i][0]].key,
                   values[ordered[i][0]].number, params[ordered[i][1]].key, values[ordered[i][1]].number);
      return FALSE;
    }
  return TRUE;
}

/* trained (P) from only=: "all", or beginnings of tensors' names with + between them. */
static gboolean
read_only (const char *text, const TwHrnnShape *shape, guint8 *trained, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text, "+", -1);

  if (g_str_equal (text, "all")) {
    memset (trained, TRUE, shape->P);
    return TRUE;
  }
  if (names[0] == NULL)
    return tw_refuse (error, "only=: names no tensor");
  for (guint i = 0; names[i] != NULL; i++) {
    gboolean found = FALSE;
    for (guint t = 0; t < TW_HRNN_N_TENSORS; t++) {
      const TwHrnnTensorInfo *tensor = &shape->tensors[t];
      if (tensor->name == NULL || names[i][0] == '\0' || !g_str_has_prefix (tensor->name, names[i]))
        continue;
      memset (trained + tensor->offset, TRUE, tensor->size);
      found = TRUE;
    }
    if (!found)
      return tw_refuse (error, "only=%s: no tensor of these weights has a name that begins with \"%s\"", text, names[i]);
  }
  return TRUE;
}

TwTrainer *
tw_trainer_new (TwCorpus *corpus, const TwSpec *config, const TwHrnnWeights *init, guint64 seed, GError **error)
{
  TwHrnnConfig shape;
  g_autoptr (TwTrainer) trainer = g_new0 (TwTrainer, 1);

  openblas_set_num_threads (1); /* the threads are ours: one per group */
  trainer->config = tw_spec_copy (config);
  trainer->values = tw_spec_read (config, params, error);
  if (trainer->values == NULL || !check_ranges (trainer->values, error)
      || !read_config (trainer->values, &shape, error))
    return NULL;
  trainer->seed = seed;
  trainer->weights = init != NULL ? tw_hrnn_weights_copy (init) : tw_hrnn_weights_new (&shape, seed);
  trainer->init_json = init != NULL ? g_strdup (init->provenance) : NULL;
  gsize P = trainer->weights->shape.P;
  trainer->trained = g_new0 (guint8, P);
  if (!read_only (trainer->values[TW_TRAIN_ONLY].text, &trainer->weights->shape, trainer->trained, error))
    return NULL;
  const TwHrnnTensorInfo *bias = &trainer->weights->shape.tensors[TW_HRNN_LOG_LR_B];
  if (bias->name != NULL)
    trainer->weights->values[bias->offset] += (TwReal) number (trainer, TW_TRAIN_LR_BIAS);
  if (number (trainer, TW_TRAIN_FIRST_STEP) > 0)
    trainer->weights->first_step = number (trainer, TW_TRAIN_FIRST_STEP);
  trainer->master = g_new (double, P);
  for (gsize i = 0; i < P; i++)
    trainer->master[i] = trainer->weights->values[i];
  if (number (trainer, TW_TRAIN_AVERAGE) > 0)
    trainer->average = g_memdup2 (trainer->master, P * sizeof *trainer->master);
  /* Clipping is done group by group. */
  TwMetaOptimizerOptions options = { .rmsprop = number (trainer, TW_TRAIN_OPTIMIZER) == 1,
                                     .lr = number (trainer, TW_TRAIN_META_LR),
                                     .beta1 = number (trainer, TW_TRAIN_BETA1),
                                     .beta2 = number (trainer, TW_TRAIN_BETA2),
                                     .epsilon = 1e-8,
                                     .warmup = number (trainer, TW_TRAIN_WARMUP),
                                     .half_life = number (trainer, TW_TRAIN_HALF_LIFE) };
  tw_meta_optimizer_init (&trainer->optimizer, &options, P);
  trainer->n_groups = (gsize) number (trainer, TW_TRAIN_GROUPS);
  trainer->groups = g_new0 (TwTrainerGroup, trainer->n_groups);
  for (gsize g = 0; g < trainer->n_groups; g++) {
    TwTrainerGroup *group = &trainer->groups[g];
    group->n_runs = (gsize) (number (trainer, TW_TRAIN_PROBLEMS) * number (trainer, TW_TRAIN_STARTS));
    group->entries = g_new0 (gsize, group->n_runs);
    group->gradient = g_new0 (double, P);
  }
  trainer->entry_objectives = g_new (double, tw_corpus_get_n_entries (corpus));
  for (gsize i = 0; i < tw_corpus_get_n_entries (corpus); i++)
    trainer->entry_objectives[i] = NAN;
  trainer->corpus = corpus;
  trainer->sums = g_new0 (double, n_sums (trainer));
  return g_steal_pointer (&trainer);
}

void
tw_trainer_free (TwTrainer *trainer)
{
  if (trainer == NULL)
    return;
  for (gsize g = 0; g < trainer->n_groups; g++) {
    tw_unroll_free (trainer->groups[g].runs);
    tw_pes_free (trainer->groups[g].pes);
    g_free (trainer->groups[g].entries);
    g_free (trainer->groups[g].gradient);
  }
  g_free (trainer->groups);
  tw_values_free (trainer->values, params);
  tw_spec_free (trainer->config);
  tw_corpus_free (trainer->corpus); /* NULL where making it failed */
  g_free (trainer->init_json);
  tw_meta_optimizer_clear (&trainer->optimizer);
  if (trainer->weights != NULL)
    tw_hrnn_weights_unref (trainer->weights);
  g_free (trainer->master);
  g_free (trainer->trained);
  g_free (trainer->average);
  g_free (trainer->sums);
  g_free (trainer->entry_objectives);
  g_free (trainer);
}

guint64
tw_trainer_get_iteration (const TwTrainer *trainer)
{
  return trainer->iteration;
}

const double *
tw_trainer_get_entry_objectives (const TwTrainer *trainer)
{
  return trainer->entry_objectives;
}

const TwCorpus *
tw_trainer_get_corpus (const TwTrainer *trainer)
{
  return trainer->corpus;
}

TwHrnnWeights *
tw_trainer_get_weights (const TwTrainer *trainer)
{
  TwHrnnWeights *weights = tw_hrnn_weights_copy (trainer->weights);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, tw_corpus_get_json (trainer->corpus), -1);
  g_autofree char *config = tw_format_json_string (tw_spec_get_text (trainer->config));

  if (trainer->average != NULL)
    for (gsize i = 0; i < weights->shape.P; i++)
      weights->values[i] = (TwReal) trainer->average[i];
  GString *text = g_string_new ("{\"made_by\": \"thalweg " TW_VERSION " train\"");

  g_string_append_printf (text, ", \"config\": %s, \"values\": {", config);
  for (gsize i = 0; params[i].key != NULL; i++) {
    const TwValue *value = &trainer->values[i];
    g_autofree char *number = tw_format_number (value->number);
    g_autofree char *quoted = value->text != NULL ? tw_format_json_string (value->text) : NULL;
    g_string_append_printf (text, "%s\"%s\": %s", i > 0 ? ", " : "", params[i].key, quoted != NULL ? quoted : number);
  }
  g_string_append_printf (text,
                          "}, \"corpus_sha256\": \"%s\", \"seed\": %" G_GUINT64_FORMAT
                          ", \"iterations\": %" G_GUINT64_FORMAT ", \"run_steps\": %" G_GUINT64_FORMAT
                          ", \"init\": %s}",
                          sum, trainer->seed, trainer->iteration, trainer->run_steps,
                          trainer->init_json != NULL ? trainer->init_json : "null");
  g_free (weights->provenance);
  weights->provenance = g_string_free (text, FALSE);
  return weights;
}
