/* Corpora: what is drawn stays in its ranges and repeats; what is wrong is said in one sentence. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/meta/corpus.h"
#include "core/problems/problem.h"

#define CORPUS(problems) "{\"format\":\"thalweg-corpus\",\"version\":1,\"problems\":[" problems "]}"

static void
test_draw (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCorpus) corpus = tw_corpus_from_json (
    "test",
    CORPUS ("{\"problem\":\"rosenbrock\",\"weight\":3,\"keys\":{\"noise\":{\"from\":0.01,\"to\":100,\"log\":true}}},"
            "{\"problem\":\"beale\",\"keys\":{\"noise\":{\"one_of\":[0,0.5,1]}}}"),
    -1, &error);
  enum { N = 4000 };
  guint of_first = 0, below_one = 0, counts[3] = { 0 };

  g_assert_no_error (error);
  g_assert_cmpuint (tw_corpus_get_n_entries (corpus), ==, 2);
  g_assert_cmpstr (tw_corpus_get_entry_name (corpus, 1), ==, "beale");
  for (guint i = 0; i < N; i++) {
    gsize entry;
    g_autoptr (TwSpec) spec = tw_corpus_draw (corpus, (TwDraw){ 5, i }, &entry);
    g_autoptr (TwSpec) again = tw_corpus_draw (corpus, (TwDraw){ 5, i }, NULL);
    double noise = g_ascii_strtod (tw_spec_get (spec, "noise"), NULL);
    g_assert_cmpstr (tw_spec_get_text (spec), ==, tw_spec_get_text (again));
    g_assert_cmpstr (tw_spec_get_name (spec), ==, tw_corpus_get_entry_name (corpus, entry));
    if (entry == 0) {
      of_first++;
      g_assert_true (noise >= 0.0099999 && noise <= 100.00001);
      below_one += noise < 1;
    } else {
      g_assert_true (noise == 0 || noise == 0.5 || noise == 1);
      counts[(int) (2 * noise)]++;
    }
  }
  /* Weights 3 : 1, and half of a log range lies below its geometric mean: five standard errors. */
  g_assert_cmpfloat (fabs (of_first - 0.75 * N), <, 5 * sqrt (N * 0.75 * 0.25));
  g_assert_cmpfloat (fabs (below_one - 0.5 * of_first), <, 5 * sqrt (of_first * 0.25));
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (fabs (counts[i] - (N - of_first) / 3.0), <, 5 * sqrt (N * 0.25 * 2 / 9));
}

static void
test_errors (void)
{
  const struct {
    const char *json, *says;
  } bad[] = {
    { "", "not a corpus" },
    { "{", "not valid JSON, line 1" },
    { "\xff", "UTF-8" },
    { "[[[[[[[[[[[[[[[[[[", "too many brackets" },
    { CORPUS ("{\"problem\":\"beale\",\"weight\":99999999999999999999}"), "too large" },
    { "[]", "not a corpus" },
    { "{\"format\":\"x\"}", "\"format\" must be" },
    { "{\"format\":\"thalweg-corpus\",\"version\":2}", "version 1" },
    { "{\"format\":\"thalweg-corpus\",\"version\":1}", "\"problems\" must be a list" },
    { "{\"format\":\"thalweg-corpus\",\"version\":1,\"problems\":[]}", "something in it" },
    { "{\"format\":\"thalweg-corpus\",\"version\":1,\"extra\":0,\"problems\":[]}", "unknown member \"extra\"" },
    { CORPUS ("3"), "problem 1: expected an object" },
    { CORPUS ("{}"), "must be a name" },
    { CORPUS ("{\"problem\":\"beale\",\"wieght\":1}"), "unknown member \"wieght\"" },
    { CORPUS ("{\"problem\":\"no-such\"}"), "problem 1: " },
    { CORPUS ("{\"problem\":\"beale\",\"weight\":0}"), "above 0" },
    { CORPUS ("{\"problem\":\"beale\",\"weight\":\"1\"}"), "must be a number" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":[]}"), "must be an object" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"nois\":1}}"), "nois" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":-1}}"), "noise" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":null}}"), "expected a number" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"from\":1}}}"), "needs the numbers" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"from\":2,\"to\":1}}}"), "above \"to\"" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"from\":0,\"to\":1,\"log\":true}}}"), "above 0" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"from\":0,\"to\":1e12}}}"), "noise" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"from\":0,\"to\":1,\"steps\":3}}}"), "\"steps\"" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"one_of\":[]}}}"), "something in it" },
    /* wrong between the ends */
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"one_of\":[0,-1,1]}}}"), "noise" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"one_of\":[0,1,2,-1,3]}}}"), "noise" },
    { CORPUS ("{\"problem\":\"quadratic\",\"keys\":{\"dim\":{\"from\":2,\"to\":4}}}"), "whole number" },
    { CORPUS ("{\"problem\":\"beale\",\"keys\":{\"noise\":{\"one_of\":[[]]}}}"), "expected a number" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (tw_corpus_from_json ("file", bad[i].json, -1, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, bad[i].says));
    g_assert_null (strchr (error->message, '\n'));
    g_assert_true (g_str_has_prefix (error->message, "file"));
  }

  g_autoptr (GError) error = NULL;
  g_assert_null (tw_corpus_open ("/no/such/corpus.json", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (tw_corpus_open ("no-such", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "there is no corpus \"no-such\": name a file or one of default, "));
}

/* Every file of data/corpora is one of those that ship, and is right. */
static void
test_builtin (void)
{
  const char *const *names = tw_corpus_builtin_names ();
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "data", "corpora", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_files = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (g_strv_length ((char **)names), ==, n_files);
  g_assert_cmpstr (names[0], ==, "default");
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwCorpus) corpus = tw_corpus_open (names[i], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (tw_corpus_get_n_entries (corpus), >, 5);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/corpus/draw", test_draw);
  g_test_add_func ("/corpus/errors", test_errors);
  g_test_add_func ("/corpus/builtin", test_builtin);
  return g_test_run ();
}
