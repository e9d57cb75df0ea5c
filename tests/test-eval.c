/* Suites, tuning, scores and whole evaluations: against values worked out by hand and by theory. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/report.h"
#include "core/evaluation/search.h"
#include "core/experiment/statistics.h"

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon ((a), (b), 1e-9)
#define HEAD "{\"format\": \"thalweg-suite\", \"version\": 1, "
#define BOWL "{\"name\": \"a\", \"group\": \"2d\", \"problem\": \"bowl\", \"steps\": 40}"

static const char *const *
names (const char *first)
{
  static const char *list[2];

  list[0] = first;
  return list;
}

static void
test_builtin_suites (void)
{
  /* What the default weights learn from; see issue and paper. */
  const char *corpus[] = { "rosenbrock",      "ackley",  "beale",  "booth",
                           "styblinski-tang", "matyas",  "branin", "michalewicz",
                           "log-sum-exp",     "ripples", NULL };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *const *name = tw_suite_builtin_names (); *name != NULL; name++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSuite) suite = tw_suite_open (*name, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (suite->problems->len, >=,
                      g_str_equal (*name, "smoke") ? 2 : g_str_equal (*name, "networks") ? 10 : 24);
    for (guint p = 0; p < suite->problems->len; p++) {
      const TwSuiteProblem *problem = suite->problems->pdata[p];
      const TwExperiment *experiment = problem->experiment;
      if (g_str_equal (*name, "smoke"))
        continue;
      g_autoptr (TwProblem) made = tw_suite_problem_create (problem, 0, &error);
      g_assert_no_error (error);
      g_assert_false (isnan (tw_problem_get_minimum (made)));
      g_assert_false (g_strv_contains (corpus, tw_problem_get_name (made)));
      /* Noise or steps do not make it another problem. */
      char *what = g_strdup (experiment->problem != NULL ? experiment->problem : experiment->formula);
      const char *other = g_hash_table_lookup (seen, what);
      g_assert_true (other == NULL || g_str_equal (other, *name));
      g_hash_table_insert (seen, what, (gpointer)*name);
    }
  }
}

static void
test_bad_suites (void)
{
  const struct {
    const char *json, *expected;
  } cases[] = {
    { "", "not a suite" },
    { "{", "not valid JSON, line 1" },
    { "[]", "expected a JSON object" },
    { "{\"format\": \"thalweg-corpus\"}", "\"format\" must be" },
    { "{\"format\": \"thalweg-suite\", \"version\": 2}", "version 1" },
    { HEAD "\"problems\": []}", "1 to 10000 problems" },
    { HEAD "\"problem\": []}", "did you mean \"problems\"" },
    { HEAD "\"seeds\": 0, \"problems\": [" BOWL "]}", "\"seeds\" must be a whole number from 1" },
    { HEAD "\"problems\": [3]}", "problem 1: expected an object" },
    { HEAD "\"problems\": [{}]}", "\"name\" is missing" },
    { HEAD "\"problems\": [" BOWL ", " BOWL "]}", "problem 2 (a): there are two problems of this name" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"3d\", \"problem\": \"bowl\"}]}",
      "\"group\" must be" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"other\", \"problem\": \"bowl\"}]}",
      "has 2 coordinates" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"2d\", \"problem\": \"bowll\"}]}",
      "did you mean bowl" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"2d\", \"formula\": \"x +\"}]}", "(a): formula" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"2d\"}]}", "there is no problem" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"2d\", \"problem\": \"bowl\", \"steps\": 1.5}]}",
      "\"steps\" must be a whole number" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"2d\", \"problem\": \"bowl\", \"noise\": -1}]}",
      "noise" },
    { HEAD "\"problems\": [{\"name\": \"a\", \"group\": \"2d\", \"problem\": \"bowl\", \"domain\": [1]}]}",
      "a list of four numbers" },
    { "[[[[[[[[[[[[[[[[[[[[", "too many brackets" },
    { "{\"version\": 99999999999999999999}", "too large" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwSuite) suite = tw_suite_from_json ("mine.json", cases[i].json, -1, &error);
    g_test_message ("%s", cases[i].json);
    g_assert_null (suite);
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, "mine.json: "));
    g_assert_nonnull (strstr (error->message, cases[i].expected));
    g_assert_null (strchr (error->message, '\n'));
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (tw_suite_open ("tset", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "test, unseen, fresh, validation"));
}

/* Learning rates cover seven decades evenly, even ones of few trials; decays stay in their ranges. */
static void
test_search (void)
{
  guint in_decade[7] = { 0 }, with_betas = 0;

  for (guint i = 0; i < 70; i++) {
    g_autofree char *text = tw_search_trial ("adam", "somewhere", 5, i),
                    *again = tw_search_trial ("adam", "somewhere", 5, i);
    g_autofree char *elsewhere = tw_search_trial ("adam", "elsewhere", 5, i);
    g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
    double lr, beta;
    g_assert_cmpstr (text, ==, again);
    g_assert_cmpstr (text, !=, elsewhere);
    g_assert_true (tw_parse_number (tw_spec_get (spec, "lr"), &lr, NULL));
    g_assert_true (lr >= 1e-6 && lr <= 10);
    in_decade[CLAMP ((int)floor (log10 (lr) + 6), 0, 6)]++;
    if (tw_spec_get (spec, "beta2") == NULL)
      continue;
    with_betas++;
    g_assert_true (tw_parse_number (tw_spec_get (spec, "beta2"), &beta, NULL));
    g_assert_true (beta >= 0.5 && beta <= 0.9999);
    g_assert_true (tw_parse_number (tw_spec_get (spec, "beta1"), &beta, NULL));
    g_assert_true (beta >= 0 && beta <= 0.995);
  }
  for (int d = 0; d < 7; d++)
    g_assert_true (in_decade[d] >= 8 && in_decade[d] <= 12);
  g_assert_cmpuint (with_betas, ==, 35);

  g_autoptr (GError) error = NULL;
  g_assert_false (tw_search_check_family ("adamm", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_search_check_family ("learned", &error));
  g_clear_error (&error);
  g_assert_true (tw_search_check_family ("lion", &error));
}

static void
test_scores (void)
{
  /* f0 - f* + 1e-6 is 1: the ratios are the numbers themselves. */
  double first = 1 - 1e-6;
  double falling[] = { first, 1e-1, 1e-2, 1e-3, 1e-8 }, rising[] = { first, 10, 1e9 };
  TwLosses good = { .n_rows = 5, .loss = falling }, bad = { .n_rows = 3, .diverged = TRUE, .loss = rising };

  NEAR (tw_score_mean_log_loss (&good, 4, 0),
        (log (1e-1 + 1e-6) + log (1e-2 + 1e-6) + log (1e-3 + 1e-6) + log (1e-8 + 1e-6)) / 4);
  NEAR (tw_score_mean_log_loss (&good, 1, 0), log (1e-1 + 1e-6));
  /* Below a wrong minimum: the floor, not a NaN. */
  NEAR (tw_score_mean_log_loss (&good, 4, 0.9), log (1e-6));
  /* 10, 1e9 cut to 1e6, and two steps that were not reached. */
  NEAR (tw_score_mean_log_loss (&bad, 4, 0), (log (10 + 1e-6) + 3 * log (1e6)) / 4);

  NEAR (tw_score_final_loss (&good, 4, FALSE), 1e-8);
  NEAR (tw_score_final_loss (&good, 3, FALSE), 1e-3);
  g_assert_true (isinf (tw_score_final_loss (&bad, 4, FALSE)));
  NEAR (tw_score_lowest (&good, 2), 1e-2);

  /* A minibatch loss is averaged over 2 % of 100 steps. */
  double noisy[101];
  for (int k = 0; k <= 100; k++)
    noisy[k] = k % 2 == 0 ? 1 : 3;
  TwLosses minibatch = { .n_rows = 101, .loss = noisy };
  NEAR (tw_score_final_loss (&minibatch, 100, TRUE), 2);
}

/* Losses q^k: reaching r takes log r / log q steps. */
static TwLosses
geometric (double q, gsize n)
{
  TwLosses losses = { .n_rows = n, .loss = g_new (double, n) };

  for (gsize k = 0; k < n; k++)
    losses.loss[k] = pow (q, (double)k);
  return losses;
}

static void
test_speed_up (void)
{
  TwLosses fast = geometric (0.9, 101), slow = geometric (sqrt (sqrt (0.9)), 501),
           slower = geometric (0.999, 501);
  TwLosses stuck = geometric (1, 101), diverged = geometric (0.9, 50);
  gboolean capped;

  /* The level is 1.1 * 0.9^100: the fast one is there from step 100 on, the slow one from 397. */
  NEAR (tw_score_speed_up (&fast, &slow, 100, 500, 0, FALSE, &capped),
        ceil (4 * (100 - log (1.1) / -log (0.9))) / 100);
  g_assert_false (capped);
  NEAR (tw_score_speed_up (&fast, &slower, 100, 500, 0, FALSE, &capped), 5);
  g_assert_true (capped);
  NEAR (tw_score_speed_up (&slow, &fast, 100, 500, 0, FALSE, &capped),
        ceil (25 - log (1.1) / -log (0.9)) / 97);
  NEAR (tw_score_speed_up (&fast, &fast, 100, 100, 0, FALSE, &capped), 1);
  /* Ends where it began, or not at all: as slow as can be. */
  NEAR (tw_score_speed_up (&stuck, &fast, 100, 100, 0, FALSE, &capped), 0.01);
  NEAR (tw_score_speed_up (&diverged, &fast, 100, 100, 0, FALSE, &capped), 0.01);
  /* A dip that is lost again does not count: it settles at its last step. */
  stuck.loss[1] = 1e-3;
  stuck.loss[100] = 0.5;
  NEAR (tw_score_speed_up (&stuck, &fast, 100, 100, 0, FALSE, &capped), 6.0 / 100);
  g_free (fast.loss);
  g_free (slow.loss);
  g_free (slower.loss);
  g_free (stuck.loss);
  g_free (diverged.loss);
}

static void
test_estimates (void)
{
  double values[] = { 1, 1, 2, 2, 3, 3, 100, 100 }; /* four problems, two seeds each: no spread within */
  double spread[] = { 1, 3, 1, 3, 1, 3, 1, 3 };

  TwEstimate e = tw_estimate_over_problems (values, 4, 2, FALSE);
  NEAR (e.value, 2.5);
  NEAR (e.low, 2.5);
  NEAR (e.high, 2.5);
  e = tw_estimate_over_problems (spread, 4, 2, FALSE);
  NEAR (e.value, 2);
  g_assert_true (e.low >= 1 && e.low < 2 && e.high > 2 && e.high <= 3);
  e = tw_estimate_over_problems (spread, 4, 2, TRUE);
  NEAR (e.value, sqrt (3));
  e = tw_estimate_geometric_mean ((double[]){ 2, 8 }, 2);
  NEAR (e.value, 4);
  NEAR (e.low, 2);
  NEAR (e.high, 8);
}

static TwSuite *
open_suite (const char *json)
{
  g_autoptr (GError) error = NULL;
  TwSuite *suite = tw_suite_from_json ("a test", json, -1, &error);

  g_assert_no_error (error);
  return suite;
}

/* On f = |p|^2 / 2 gradient descent is (1 - lr)^k: only rates near 1 are good, and those above 2 diverge. */
static void
test_tuning_finds (void)
{
  g_autoptr (GError) error = NULL;
  TwEvaluationOptions options = { .families = names ("sgd"), .budget = 30, .n_threads = 2 };
  g_autoptr (TwEvaluation) evaluation = tw_evaluate (
    open_suite (HEAD "\"seeds\": 3, \"problems\": [" BOWL "]}"), &options, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  gsize sgd = tw_evaluation_find_tuned (evaluation, "sgd");
  const TwCell *cell = tw_evaluation_get_cell (evaluation, 0, sgd);
  g_autoptr (TwSpec) spec = tw_spec_parse (cell->spec, NULL);
  double lr;
  g_assert_true (tw_parse_number (tw_spec_get (spec, "lr"), &lr, NULL));
  g_test_message ("%s: %g", cell->spec, cell->mean_log_loss.value);
  g_assert_true (lr > 0.5 && lr < 1.5);
  g_assert_cmpfloat (cell->mean_log_loss.value, <, -9);
  g_assert_true (fabs (cell->tuning_score - cell->mean_log_loss.value) < 1);
  g_assert_cmpuint (tw_evaluation_best_tuned (evaluation, 0), ==, sgd);
  g_assert_cmpuint (tw_evaluation_find_tuned (evaluation, "adam"), ==, evaluation->n_contestants);
  g_assert_null (tw_evaluation_get_cell (evaluation, 0, 0)->speed_up);

  /* Adam with 1e-3 moves 0.04 in 40 steps: closed form to a few percent of the distance. */
  const TwCell *adam = tw_evaluation_get_cell (evaluation, 0, 1);
  g_assert_cmpstr (adam->spec, ==, "adam,lr=0.001");
  g_assert_true (adam->mean_log_loss.value < 0 && adam->mean_log_loss.value > -0.3);
  g_assert_cmpfloat (adam->curve[0], >, 0.99);
}

/* A trial that diverges from one of the tuning seeds is not chosen, however good it was from the others. */
static void
test_diverging_baselines (void)
{
  g_autoptr (GError) error = NULL;
  TwEvaluationOptions options = { .families = names ("sgd"), .budget = 20 };
  g_autoptr (TwEvaluation) evaluation = tw_evaluate (
    open_suite (
      HEAD
      "\"seeds\": 4, \"tuning_seeds\": 4, \"problems\": [{\"name\": \"x^4\", \"group\": \"2d\", \"formula\": "
      "\"x^4 + 50*y^4\", \"domain\": [-4, 4, -4, 4], \"minimum\": 0, \"steps\": 60}]}"),
    &options, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  const TwCell *cell = tw_evaluation_get_cell (evaluation, 0, tw_evaluation_find_tuned (evaluation, "sgd"));
  g_test_message ("%s: %g", cell->spec, cell->tuning_score);
  g_assert_cmpfloat (cell->tuning_score, <, 0);
}

static char *
to_json (const TwEvaluation *evaluation, const char *name, char **path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  char *json;

  *path = g_build_filename (folder, name, NULL);
  g_autoptr (TwOutput) output = tw_output_new (*path, &error);
  g_assert_no_error (error);
  if (g_str_has_suffix (name, ".html"))
    tw_report_html (evaluation, output);
  else
    tw_report_json (evaluation, output);
  g_assert_true (tw_output_commit (output, &error));
  g_assert_true (g_file_get_contents (*path, &json, NULL, &error));
  return json;
}

static void
remove_file (char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_remove (path);
  g_rmdir (folder);
  g_free (path);
}

/* All but how long it took. */
static void
assert_same (const char *a, const char *b)
{
  g_autoptr (GRegex) seconds = g_regex_new ("\"seconds\": [0-9.e-]+", 0, 0, NULL);
  g_autofree char *left = g_regex_replace (seconds, a, -1, 0, "", 0, NULL),
                  *right = g_regex_replace (seconds, b, -1, 0, "", 0, NULL);

  g_assert_cmpstr (left, ==, right);
}

static TwEvaluation *
evaluate_smoke (guint n_threads, guint64 seed, const char *baselines, GError **error)
{
  TwEvaluationOptions options = {
    .budget = baselines != NULL ? 0 : 6, .seed = seed, .n_threads = n_threads, .baselines = baselines
  };

  return tw_evaluate (tw_suite_open ("smoke", NULL), &options, NULL, NULL, NULL, error);
}

static void
test_threads_and_baselines (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwEvaluation) one = evaluate_smoke (1, 0, NULL, &error);
  g_autoptr (TwEvaluation) three = evaluate_smoke (3, 0, NULL, &error);
  g_autoptr (TwEvaluation) other = evaluate_smoke (2, 9, NULL, &error);
  char *path_one, *path_three, *path_again;

  g_assert_no_error (error);
  g_autofree char *json_one = to_json (one, "a.json", &path_one),
                  *json_three = to_json (three, "b.json", &path_three);
  assert_same (json_one, json_three);
  g_assert_cmpfloat (tw_evaluation_get_cell (one, 0, 0)->score[0], !=,
                     tw_evaluation_get_cell (other, 0, 0)->score[0]);

  /* Tuned settings found once give the same again. */
  g_autoptr (TwEvaluation) again = evaluate_smoke (2, 0, path_one, &error);
  g_assert_no_error (error);
  g_autofree char *json_again = to_json (again, "c.json", &path_again);
  assert_same (json_one, json_again);

  g_assert_null (evaluate_smoke (2, 1, path_one, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "seed"));
  g_clear_error (&error);
  TwEvaluationOptions options = { .baselines = path_one };
  g_assert_null (
    tw_evaluate (open_suite (HEAD "\"problems\": [{\"name\": \"bowl\", \"group\": \"2d\", \"problem\": "
                                  "\"bowl-100\", \"steps\": 40}]}"),
                 &options, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "bowl was another problem when it was tuned"));
  g_clear_error (&error);
  options.budget = 7;
  g_assert_null (tw_evaluate (tw_suite_open ("smoke", NULL), &options, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "budget of 6, not 7"));
  g_clear_error (&error);
  const char *broken[] = { "{}", "[",
                           "{\"format\": \"thalweg-evaluation\", \"version\": 1, \"budget\": 3, \"seed\": 0}",
                           "{\"format\": \"thalweg-evaluation\", \"version\": 1, \"budget\": 3, \"seed\": 0, "
                           "\"families\": [\"adam\"], \"problems\": [{\"name\": \"bowl\"}]}" };
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_assert_true (g_file_set_contents (path_three, broken[i], -1, NULL));
    g_assert_null (evaluate_smoke (1, 0, path_three, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, path_three));
    g_clear_error (&error);
  }
  remove_file (path_one);
  remove_file (path_three);
  remove_file (path_again);
}

/* What is told over all problems follows from the cells. */
static void
test_summary (void)
{
  g_autoptr (GError) error = NULL;
  const char *lrs[] = { "0.01", "0.1", NULL };
  TwEvaluationOptions options = { .budget = 4, .learned_lr = lrs };
  g_autoptr (TwEvaluation) e =
    tw_evaluate (tw_suite_open ("smoke", NULL), &options, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (e->n_learned, ==, 2);
  g_assert_cmpstr (e->contestants[1].name, ==, "learned,weights=default,lr=0.1");
  gsize n_problems = e->suite->problems->len, adam = tw_evaluation_find_tuned (e, "adam");
  g_autofree double *scores = g_new (double, n_problems);
  for (gsize l = 0; l < 2; l++) {
    guint wins = 0, best_wins = 0;
    for (gsize p = 0; p < n_problems; p++) {
      const TwCell *mine = tw_evaluation_get_cell (e, p, l);
      gboolean beats_all = TRUE;
      scores[p] = tw_mean (mine->score, e->n_seeds);
      NEAR (mine->mean_log_loss.value, scores[p]);
      g_assert_true (mine->mean_log_loss.low <= scores[p] && scores[p] <= mine->mean_log_loss.high);
      g_assert_true (mine->mean_speed_up.value > 0);
      wins += scores[p] < tw_evaluation_get_cell (e, p, adam)->mean_log_loss.value;
      for (gsize c = e->n_learned + e->n_fixed; c < e->n_contestants; c++)
        beats_all = beats_all && scores[p] < tw_evaluation_get_cell (e, p, c)->mean_log_loss.value;
      best_wins += beats_all;
    }
    const TwWins *over_adam = &e->wins[l * (e->n_contestants + 1) + adam];
    const TwWins *over_best = &e->wins[l * (e->n_contestants + 1) + e->n_contestants];
    NEAR (e->summaries[l].mean_log_loss.value, tw_interquartile_mean (scores, n_problems));
    g_assert_cmpuint (over_adam->wins[0] + over_adam->wins[1], ==, wins);
    g_assert_cmpuint (over_best->wins[0] + over_best->wins[1], ==, best_wins);
    g_assert_cmpuint (over_adam->n[0], ==, 2);
    g_assert_cmpuint (over_adam->n[1], ==, 1);
  }
  /* Only on the softmax regression is 0.1 in each of its 8 coordinates more than the weights allow. */
  g_assert_null (tw_evaluation_describe_bound (e, 0));
  char *json_path, *page_path;
  g_autofree char *json = to_json (e, "e.json", &json_path), *page = to_json (e, "e.html", &page_path);
  const char *note = strstr (json, "\"note\": \"the learning rate begins at 0.0707, the most that is allowed with 8 coordinates");
  g_assert_nonnull (note);
  g_assert_null (strstr (note + 1, "\"note\""));
  g_assert_nonnull (strstr (page, "lr=0.1</code>; on 1 of 3 problems its weights bound the first step"));
  remove_file (json_path);
  remove_file (page_path);
  /* The formula comes without a minimum, the bowl with one; minibatches are noticed. */
  g_assert_true (e->problems[0].minimum_known);
  g_assert_false (e->problems[1].minimum_known);
  g_assert_false (e->problems[1].minimum_beaten);
  g_assert_false (e->problems[1].stochastic);
  g_assert_true (e->problems[2].stochastic);
}

static void
test_minimum (void)
{
  g_autoptr (GError) error = NULL;
  TwEvaluationOptions options = { .budget = 0 };
  g_autoptr (TwEvaluation) e = tw_evaluate (
    open_suite (
      HEAD
      "\"seeds\": 2, \"problems\": [{\"name\": \"wrong\", \"group\": \"2d\", \"formula\": \"x^2 + y^2\", "
      "\"minimum\": 1, \"domain\": [1, 2, 1, 2], \"steps\": 400}]}"),
    &options, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (e->problems[0].minimum_known && e->problems[0].minimum_beaten);
  g_assert_cmpuint (e->n_contestants, ==, 3);
  g_assert_null (e->families[0]);
}

static void
test_bad_options (void)
{
  const TwEvaluationOptions cases[] = {
    { .weights = names ("/no/such/file.safetensors") },
    { .budget = 1, .families = (const char *const[]){ "adam", "adam", NULL } },
    { .budget = 1, .families = (const char *const[]){ "lbfgs?", NULL } },
    { .learned_lr = (const char *const[]){ "fast", NULL } },
    { .baselines = "/no/such/file.json" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (tw_evaluate (tw_suite_open ("smoke", NULL), &cases[i], NULL, NULL, NULL, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_test_message ("%s", error->message);
  }
}

typedef struct {
  GCancellable *cancellable;
  double last; /* share done when it was told last */
} Stop;

static void
stop_after_some (double done, const char *what, gpointer data)
{
  Stop *stop = data;

  g_assert_true (done >= 0 && done <= 1);
  stop->last = done;
  if (done > 0.01)
    g_cancellable_cancel (stop->cancellable);
}

static void
test_cancel (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TwEvaluationOptions options = { .budget = 1000 };
  Stop stop = { cancellable, 0 };

  g_assert_null (
    tw_evaluate (tw_suite_open ("test", NULL), &options, cancellable, stop_after_some, &stop, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
  g_assert_cmpfloat (stop.last, <, 0.1);
}

static void
count_element (GMarkupParseContext *context, const char *name, const char **keys, const char **values,
               gpointer data, GError **error)
{
  gpointer n = g_hash_table_lookup (data, name);

  g_hash_table_insert (data, g_strdup (name), GUINT_TO_POINTER (GPOINTER_TO_UINT (n) + 1));
  for (gsize i = 0; keys[i] != NULL; i++)
    g_assert_false (g_str_equal (keys[i], "src") || g_str_equal (keys[i], "href"));
}

/* Well-formed to the last tag, nothing fetched, one curve for each contestant and problem. */
static void
test_page (void)
{
  g_autoptr (GError) error = NULL;
  TwEvaluationOptions options = { .budget = 2 };
  g_autoptr (TwEvaluation) e = tw_evaluate (
    open_suite (HEAD "\"seeds\": 2, \"problems\": [{\"name\": \"<b> & co\", \"group\": \"2d\", \"formula\": "
                     "\"x^2 + y^2\", \"steps\": 20}, " BOWL "]}"),
    &options, NULL, NULL, NULL, &error);
  char *path;

  g_assert_no_error (error);
  g_autofree char *page = to_json (e, "page.html", &path);
  g_autoptr (GHashTable) count = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const GMarkupParser parser = { .start_element = count_element };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, count, NULL);
  g_assert_true (g_str_has_prefix (page, "<!DOCTYPE html>\n"));
  g_markup_parse_context_parse (context, page, -1, &error);
  g_assert_no_error (error);
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (count, "polyline")), ==, 3 * e->n_contestants);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (count, "figure")), ==, 2);
  g_assert_nonnull (strstr (page, "&lt;b&gt; &amp; co"));
  g_assert_null (strstr (page, "nan"));
  g_assert_null (strstr (page, "http"));
  g_assert_nonnull (strstr (page, "prefers-color-scheme:dark"));
  remove_file (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/eval/builtin-suites", test_builtin_suites);
  g_test_add_func ("/eval/bad-suites", test_bad_suites);
  g_test_add_func ("/eval/search", test_search);
  g_test_add_func ("/eval/scores", test_scores);
  g_test_add_func ("/eval/speed-up", test_speed_up);
  g_test_add_func ("/eval/estimates", test_estimates);
  g_test_add_func ("/eval/tuning-finds", test_tuning_finds);
  g_test_add_func ("/eval/diverging-baselines", test_diverging_baselines);
  g_test_add_func ("/eval/threads-and-baselines", test_threads_and_baselines);
  g_test_add_func ("/eval/summary", test_summary);
  g_test_add_func ("/eval/minimum", test_minimum);
  g_test_add_func ("/eval/bad-options", test_bad_options);
  g_test_add_func ("/eval/cancel", test_cancel);
  g_test_add_func ("/eval/page", test_page);
  return g_test_run ();
}
