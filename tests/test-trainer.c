/* Meta-training: the same bits for any number of threads and after any interruption, errors, and that it learns. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/error.h"
#include "core/meta/training.h"

#define CORPUS                                                                                               \
  "{\"format\":\"thalweg-corpus\",\"version\":1,\"problems\":["                                              \
  "{\"problem\":\"bowl-nd\",\"keys\":{\"dim\":2,\"condition\":{\"from\":1,\"to\":100,\"log\":true}}},"        \
  "{\"problem\":\"rosenbrock\",\"keys\":{\"noise\":{\"one_of\":[0,1]}}},"                                    \
  "{\"problem\":\"quadratic\",\"keys\":{\"dim\":{\"from\":3,\"to\":9,\"whole\":true}}},"                     \
  "{\"problem\":\"softmax\",\"keys\":{\"features\":4,\"n\":50,\"batch\":10}}]}"
#define CONFIG                                                                                               \
  "train,hidden=4x5x3,groups=3,problems=3,starts=2,unroll_min=3,unroll_mean=6,unroll_max=12,unrolls_mean=3,"  \
  "unrolls_max=5,warmup=3"

static TwTrainer *
trainer_new_from (const char *config, const TwHrnnWeights *init, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (config, &error);
  TwCorpus *corpus = tw_corpus_from_json ("test", CORPUS, -1, &error);

  g_assert_no_error (error);
  TwTrainer *trainer = tw_trainer_new (corpus, spec, init, seed, &error);
  g_assert_no_error (error);
  return trainer;
}

static TwTrainer *
trainer_new (const char *config, guint64 seed)
{
  return trainer_new_from (config, NULL, seed);
}

static void
iterate (TwTrainer *trainer, int n, guint n_threads)
{
  TwTrainerProgress progress;

  for (int i = 0; i < n; i++)
    tw_trainer_iterate (trainer, n_threads, &progress);
}

static void
assert_same (const TwTrainer *a, const TwTrainer *b)
{
  g_autoptr (TwHrnnWeights) wa = tw_trainer_get_weights (a), wb = tw_trainer_get_weights (b);

  g_assert_cmpstr (wa->provenance, ==, wb->provenance);
  g_assert_cmpmem (wa->values, wa->shape.P * sizeof (TwReal), wb->values, wb->shape.P * sizeof (TwReal));
  /* NaN of entries not seen yet are equal as bytes */
  g_assert_cmpmem (tw_trainer_get_entry_objectives (a), 4 * sizeof (double), tw_trainer_get_entry_objectives (b),
                   4 * sizeof (double));
}

static const char *const estimators[] = { "backprop", "pes", "pes,only=log_lr+global", "backprop,all_rows=on,margin=0.01,late=1,lr_bias=0.5,first_step=0.01" };

static void
test_threads (gconstpointer estimator)
{
  g_autofree char *config = g_strdup_printf ("%s,estimator=%s", CONFIG, (const char *)estimator);
  g_autoptr (TwTrainer) one = trainer_new (config, 5), three = trainer_new (config, 5), other = trainer_new (config, 6);

  iterate (one, 25, 1);
  iterate (three, 25, 3);
  iterate (other, 25, 1);
  assert_same (one, three);
  g_autoptr (TwHrnnWeights) a = tw_trainer_get_weights (one), b = tw_trainer_get_weights (other);
  g_assert_true (memcmp (a->values, b->values, a->shape.P * sizeof (TwReal)) != 0);
  for (gsize i = 0; i < a->shape.P; i++)
    g_assert_true (isfinite (a->values[i]));
}

static char *
temporary (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("thalweg-train-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static void
clean (char *dir)
{
  g_autoptr (GDir) open = g_dir_open (dir, 0, NULL);
  const char *name;

  while (open != NULL && (name = g_dir_read_name (open)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);
    g_remove (path);
  }
  g_rmdir (dir);
  g_free (dir);
}

/* One number of the weights is another before the first iteration. */
static void
test_lr_bias (void)
{
  g_autoptr (TwTrainer) plain = trainer_new (CONFIG, 3), biased = trainer_new (CONFIG ",lr_bias=0.5", 3);
  g_autoptr (TwHrnnWeights) a = tw_trainer_get_weights (plain), b = tw_trainer_get_weights (biased);
  gsize bias = a->shape.tensors[TW_HRNN_LOG_LR_B].offset;

  for (gsize i = 0; i < a->shape.P; i++)
    g_assert_cmpfloat (b->values[i] - a->values[i], ==, i == bias ? 0.5 : 0);
}

/* It is part of the weights: what goes on from them has it, also through a checkpoint, unless it says otherwise.  And
 * it changes what they learn from: learning rates up to 0.1, of 2 to 8 coordinates. */
static void
test_first_step (void)
{
  char *dir = temporary ();
  g_autofree char *path = g_build_filename (dir, "checkpoint", NULL);
  g_autoptr (TwTrainer) plain = trainer_new (CONFIG, 3), bounded = trainer_new (CONFIG ",first_step=0.01", 3);
  g_autoptr (GError) error = NULL;

  g_autoptr (TwHrnnWeights) unbounded = tw_trainer_get_weights (plain), first = tw_trainer_get_weights (bounded);
  g_assert_true (unbounded->first_step == INFINITY && first->first_step == 0.01);
  g_autoptr (TwTrainer) onwards = trainer_new_from (CONFIG, first, 3),
                        wider = trainer_new_from (CONFIG ",first_step=2", first, 3);
  iterate (plain, 2, 1);
  iterate (bounded, 2, 1);
  iterate (onwards, 1, 1);
  g_assert_true (tw_trainer_save (onwards, path, &error));
  g_autoptr (TwTrainer) resumed = tw_trainer_load (path, &error);
  g_assert_no_error (error);
  iterate (resumed, 1, 1);
  iterate (wider, 2, 1);
  g_autoptr (TwHrnnWeights) a = tw_trainer_get_weights (plain), b = tw_trainer_get_weights (bounded),
                            c = tw_trainer_get_weights (resumed), d = tw_trainer_get_weights (wider);
  g_assert_true (c->first_step == 0.01 && d->first_step == 2);
  g_assert_cmpmem (b->values, b->shape.P * sizeof (TwReal), c->values, c->shape.P * sizeof (TwReal));
  g_assert_cmpmem (a->values, a->shape.P * sizeof (TwReal), d->values, d->shape.P * sizeof (TwReal));
  g_assert_true (memcmp (a->values, b->values, a->shape.P * sizeof (TwReal)) != 0);
  clean (dir);
}

/* Only what is named changes, whichever the estimator; with one tensor as with several. */
static void
test_only (void)
{
  static const char *const estimated[] = { "backprop", "pes" };

  for (gsize e = 0; e < G_N_ELEMENTS (estimated); e++) {
    g_autofree char *config =
      g_strdup_printf ("%s,estimator=%s,only=log_lr.weight+param_rnn.init", CONFIG, estimated[e]);
    g_autoptr (TwTrainer) trainer = trainer_new (config, 3);
    g_autoptr (TwHrnnWeights) before = tw_trainer_get_weights (trainer);
    iterate (trainer, 4, 1);
    g_autoptr (TwHrnnWeights) after = tw_trainer_get_weights (trainer);
    for (int t = 0; t < TW_HRNN_N_TENSORS; t++) {
      const TwHrnnTensorInfo *tensor = &before->shape.tensors[t];
      gboolean named = t == TW_HRNN_LOG_LR_W || t == TW_HRNN_PARAM_INIT;
      for (gsize i = tensor->offset; tensor->name != NULL && i < tensor->offset + tensor->size; i++)
        g_assert_true ((before->values[i] != after->values[i]) == named);
    }
  }
}

static void
test_resume (gconstpointer estimator)
{
  g_autofree char *config = g_strdup_printf ("%s,estimator=%s", CONFIG, (const char *)estimator);
  char *dir = temporary ();
  g_autofree char *path = g_build_filename (dir, "checkpoint", NULL);
  g_autoptr (TwTrainer) whole = trainer_new (config, 9), first = trainer_new (config, 9);
  g_autoptr (GError) error = NULL;

  iterate (whole, 20, 1);
  /* Before the first iteration, in the middle of episodes, and again. */
  for (int part = 0; part < 4; part++) {
    iterate (first, part == 0 ? 0 : part == 1 ? 1 : part == 2 ? 6 : 13, 1);
    g_assert_true (tw_trainer_save (first, path, &error));
    tw_trainer_free (first);
    first = tw_trainer_load (path, &error);
    g_assert_no_error (error);
  }
  assert_same (whole, first);
  clean (dir);
}

/* Rows of progress.csv that are whole, header included. */
static guint
count_rows (const char *path)
{
  g_autofree char *text = NULL;
  guint n = 0;

  if (g_file_get_contents (path, &text, NULL, NULL))
    for (const char *c = text; *c != '\0'; c++)
      n += *c == '\n';
  return n;
}

static void
train_in (TwTraining *training, guint64 iterations)
{
  g_autoptr (GError) error = NULL;
  TwTrainerProgress progress;

  tw_training_set_intervals (training, 0.01, 0);
  while (tw_trainer_get_iteration (tw_training_get_trainer (training)) < iterations) {
    tw_training_iterate (training, 1, &progress, &error);
    g_assert_no_error (error);
  }
}

/* A training that was killed at any moment goes on to the same bits, and its curve has every iteration once. */
static void
test_kill (void)
{
  char *dir = temporary ();
  g_autofree char *progress = g_build_filename (dir, "progress.csv", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwTrainer) whole = trainer_new (CONFIG, 3);

  iterate (whole, 60, 1);
  for (int kills = 0; kills < 3; kills++) {
    pid_t child = fork ();
    if (child == 0) {
      TwTraining *training =
        kills == 0 ? tw_training_new (trainer_new (CONFIG, 3), dir, &error) : tw_training_resume (dir, NULL, &error);
      g_assert_no_error (error);
      train_in (training, 100000);
      _exit (0);
    }
    for (int i = 0; i < 2000 && count_rows (progress) < 8 + 8 * (guint)kills; i++)
      g_usleep (5000);
    kill (child, SIGKILL);
    waitpid (child, NULL, 0);
  }
  g_autoptr (TwTraining) training = tw_training_resume (dir, NULL, &error);
  g_assert_no_error (error);
  if (tw_trainer_get_iteration (tw_training_get_trainer (training)) > 60) {
    g_test_skip ("the machine got further than the comparison before it was killed");
    clean (dir);
    return;
  }
  train_in (training, 60);
  assert_same (whole, tw_training_get_trainer (training));
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (progress, &text, NULL, &error));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_true (g_str_has_prefix (lines[0], "iteration,meta_objective,"));
  for (guint64 i = 0; i < 60; i++)
    g_assert_cmpuint (g_ascii_strtoull (lines[i + 1], NULL, 10), ==, i);
  /* The time goes on where it was, too. */
  for (guint64 i = 1; i < 60; i++)
    g_assert_cmpfloat (g_ascii_strtod (strrchr (lines[i], ',') + 1, NULL), <=,
                       g_ascii_strtod (strrchr (lines[i + 1], ',') + 1, NULL));
  g_assert_cmpstr (lines[61], ==, "");
  clean (dir);
}

/* What is kept with average=d is the mean of the weights so far, recent ones counting more; training itself goes the
 * same way, and resumes to the same bits. */
static void
test_average (void)
{
  const double decay = 0.6;
  g_autofree char *config = g_strdup_printf ("%s,average=%g", CONFIG, decay);
  char *dir = temporary ();
  g_autofree char *path = g_build_filename (dir, "checkpoint", NULL);
  g_autoptr (TwTrainer) plain = trainer_new (CONFIG, 2), averaged = trainer_new (config, 2);
  g_autoptr (GError) error = NULL;
  g_autofree double *mean = NULL;

  for (int k = 0; k < 30; k++) {
    double keep = MIN (decay, k / (k + 9.0));
    iterate (plain, 1, 1);
    iterate (averaged, 1, 1);
    g_autoptr (TwHrnnWeights) now = tw_trainer_get_weights (plain);
    if (mean == NULL)
      mean = g_new0 (double, now->shape.P);
    for (gsize i = 0; i < now->shape.P; i++)
      mean[i] = keep * mean[i] + (1 - keep) * now->values[i];
    if (k == 14) {
      g_assert_true (tw_trainer_save (averaged, path, &error));
      tw_trainer_free (averaged);
      averaged = tw_trainer_load (path, &error);
      g_assert_no_error (error);
    }
  }
  g_autoptr (TwHrnnWeights) kept = tw_trainer_get_weights (averaged), last = tw_trainer_get_weights (plain);
  for (gsize i = 0; i < kept->shape.P; i++)
    g_assert_cmpfloat_with_epsilon (kept->values[i], mean[i], 1e-6);
  g_assert_true (memcmp (kept->values, last->values, kept->shape.P * sizeof (TwReal)) != 0);
  clean (dir);
}

static void
test_config_errors (void)
{
  const struct {
    const char *config, *says;
  } bad[] = {
    { "train,hidden=0", "hidden=0" },
    { "train,hidden=1x2x3x4", "1 to 3 sizes" },
    { "train,hidden=10xx", "not a size" },
    { "train,unroll_min=300", "unroll_min=300 is above unroll_max=200" },
    { "train,lr_min=1", "lr_min=1 is above" },
    { "train,meta_lr=nan", "meta_lr" },
    { "train,estimator=magic", "estimator" },
    { "train,sigma=0", "sigma" },
    { "train,no_such_key=1", "no_such_key" },
    { "train,input_scaling=off", "log_ms" },
    { "train,only=log_lr+nothing", "only=log_lr+nothing: no tensor of these weights has a name that begins with \"nothing\"" },
    { "train,only=", "no tensor" },
    { "train,hidden=4,only=global_rnn", "no tensor" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSpec) spec = tw_spec_parse (bad[i].config, NULL);
    g_autoptr (TwCorpus) corpus = tw_corpus_from_json ("test", CORPUS, -1, NULL);
    g_assert_null (tw_trainer_new (corpus, spec, NULL, 0, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    if (strstr (error->message, bad[i].says) == NULL)
      g_error ("\"%s\" does not say \"%s\"", error->message, bad[i].says);
  }
}

/* Every byte of a checkpoint counts: whichever changes, and wherever it is cut, it is refused. */
static void
test_damage (void)
{
  char *dir = temporary ();
  g_autofree char *path = g_build_filename (dir, "checkpoint", NULL), *good = NULL;
  g_autoptr (TwTrainer) trainer = trainer_new (CONFIG, 1);
  g_autoptr (GError) error = NULL;
  gsize size;

  iterate (trainer, 2, 1);
  g_assert_true (tw_trainer_save (trainer, path, &error));
  g_assert_true (g_file_get_contents (path, &good, &size, &error));
  for (int i = 0; i < 60; i++) {
    g_autofree char *bad = g_memdup2 (good, size);
    gsize at = i < 30 ? (gsize)i * size / 30 : 0, length = i < 30 ? size : (gsize)(i - 30) * size / 30;
    bad[at] ^= i < 30 ? 1 : 0;
    g_assert_true (g_file_set_contents (path, bad, (gssize)length, NULL));
    g_assert_null (tw_trainer_load (path, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_null (strchr (error->message, '\n'));
    g_clear_error (&error);
  }
  g_assert_null (tw_training_resume ("/nowhere/at/all", NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  /* An existing training is not overwritten. */
  g_assert_null (tw_training_new (trainer_new (CONFIG, 1), dir, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  /* Nor by one that goes on from elsewhere; its own folder under another name is its own. */
  char *other = temporary ();
  g_autofree char *same = g_strconcat (other, "/.//", NULL);
  g_autoptr (TwTraining) training = tw_training_new (trainer_new (CONFIG, 2), other, &error);
  g_assert_no_error (error);
  g_assert_null (tw_training_resume (other, dir, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, dir));
  g_clear_error (&error);
  g_autoptr (TwTraining) resumed = tw_training_resume (other, same, &error);
  g_assert_no_error (error);
  clean (other);
  clean (dir);
}

/* A minute of one core from scratch: the mean meta-objective of the second half of its iterations is at least 1 below
 * that of the first ten, that is, losses are on average a factor of e lower.  Half of them, as problems are so unlike
 * that the mean of fifty iterations goes up and down by more than that.  The minute is processor time: what else the
 * machine does then must not decide the test. */
static void
test_learns (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse ("train,lr_min=1e-4,meta_lr=0.002,groups=4", &error);
  TwCorpus *corpus = tw_corpus_open ("default", &error);
  g_assert_no_error (error);
  g_autoptr (TwTrainer) trainer = tw_trainer_new (corpus, spec, NULL, 0, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) objectives = g_array_new (FALSE, FALSE, sizeof (double));

  while (clock () < 60 * CLOCKS_PER_SEC) {
    TwTrainerProgress progress;
    tw_trainer_iterate (trainer, 1, &progress);
    g_assert_true (isfinite (progress.meta_objective));
    g_array_append_val (objectives, progress.meta_objective);
  }
  g_assert_cmpuint (objectives->len, >, 100);
  double before = 0, after = 0;
  for (guint i = 0; i < 10; i++)
    before += g_array_index (objectives, double, i) / 10;
  guint half = objectives->len / 2;
  for (guint i = objectives->len - half; i < objectives->len; i++)
    after += g_array_index (objectives, double, i) / half;
  g_test_message ("%u iterations: meta-objective from %.3f to %.3f", objectives->len, before, after);
  g_assert_cmpfloat (after, <, before - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/lr-bias", test_lr_bias);
  g_test_add_func ("/trainer/first-step", test_first_step);
  g_test_add_func ("/trainer/only", test_only);
  for (gsize i = 0; i < G_N_ELEMENTS (estimators); i++) {
    g_autofree char *threads = g_strdup_printf ("/trainer/threads/%s", estimators[i]);
    g_autofree char *resume = g_strdup_printf ("/trainer/resume/%s", estimators[i]);
    g_test_add_data_func (threads, estimators[i], test_threads);
    g_test_add_data_func (resume, estimators[i], test_resume);
  }
  g_test_add_func ("/trainer/kill", test_kill);
  g_test_add_func ("/trainer/average", test_average);
  g_test_add_func ("/trainer/config-errors", test_config_errors);
  g_test_add_func ("/trainer/damage", test_damage);
  if (g_test_slow ())
    g_test_add_func ("/trainer/learns", test_learns);
  return g_test_run ();
}
