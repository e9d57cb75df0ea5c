/* baselines.c: tuned settings from the JSON of an earlier evaluation, so that they need not be found again.
 */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/evaluation-private.h"
#include "core/json-input.h"

struct _TwBaselines {
  char *path; /* for messages */
  guint64 seed;
  guint budget;
  char **families;
  GHashTable *problems; /* name -> Tuned */
};

typedef struct {
  char *fingerprint;
  double minimum;
  char **specs;   /* (families) */
  double *scores; /* (families) */
} Tuned;

static void
tuned_free (gpointer data)
{
  Tuned *tuned = data;

  g_free (tuned->fingerprint);
  g_strfreev (tuned->specs);
  g_free (tuned->scores);
  g_free (tuned);
}

void
tw_baselines_free (TwBaselines *baselines)
{
  if (baselines == NULL)
    return;
  g_free (baselines->path);
  g_strfreev (baselines->families);
  g_hash_table_unref (baselines->problems);
  g_free (baselines);
}

/* Members of the right kind, or NULL. */
static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static JsonArray *
get_list (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_object (JsonArray *list, guint i)
{
  JsonNode *node = json_array_get_element (list, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static double
get_number (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : NAN;
}

static gboolean
read_families (TwBaselines *baselines, JsonObject *root, GError **error)
{
  JsonArray *list = get_list (root, "families");
  g_autoptr (GStrvBuilder) families = g_strv_builder_new ();

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    const char *family = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
    if (family == NULL)
      return tw_refuse (error, "%s: \"families\" must be a list of names", baselines->path);
    g_strv_builder_add (families, family);
  }
  baselines->families = g_strv_builder_end (families);
  if (*baselines->families == NULL)
    return tw_refuse (error, "%s: nothing was tuned in this evaluation", baselines->path);
  return TRUE;
}

/* The results of tuned contestants stand under their label, FAMILY*. */
static gboolean
read_results (TwBaselines *baselines, JsonObject *problem, const char *name, Tuned *tuned, GError **error)
{
  JsonArray *results = get_list (problem, "results");
  gsize n = g_strv_length (baselines->families);

  tuned->specs = g_new0 (char *, n + 1);
  tuned->scores = g_new0 (double, n);
  for (gsize f = 0; f < n; f++) {
    g_autofree char *label = g_strconcat (baselines->families[f], "*", NULL);
    for (guint i = 0; results != NULL && i < json_array_get_length (results) && tuned->specs[f] == NULL;
         i++) {
      JsonObject *result = get_object (results, i);
      if (result == NULL || g_strcmp0 (get_text (result, "contestant"), label) != 0)
        continue;
      g_autoptr (TwSpec) spec =
        tw_spec_parse (get_text (result, "spec") != NULL ? get_text (result, "spec") : "", NULL);
      if (spec == NULL || !g_str_equal (tw_spec_get_name (spec), baselines->families[f]))
        return tw_refuse (error, "%s: %s: the settings of %s are wrong", baselines->path, name,
                          baselines->families[f]);
      tuned->specs[f] = g_strdup (tw_spec_get_text (spec));
      tuned->scores[f] = get_number (result, "tuning_score");
    }
    if (tuned->specs[f] == NULL)
      return tw_refuse (error, "%s: %s: there are no settings of %s", baselines->path, name,
                        baselines->families[f]);
  }
  return TRUE;
}

static gboolean
read_problems (TwBaselines *baselines, JsonObject *root, GError **error)
{
  JsonArray *problems = get_list (root, "problems");

  for (guint i = 0; problems != NULL && i < json_array_get_length (problems); i++) {
    JsonObject *problem = get_object (problems, i);
    const char *name = problem != NULL ? get_text (problem, "name") : NULL;
    if (name == NULL)
      return tw_refuse (error, "%s: problem %u has no name", baselines->path, i + 1);
    Tuned *tuned = g_new0 (Tuned, 1);
    g_hash_table_replace (baselines->problems, g_strdup (name), tuned);
    tuned->fingerprint = g_strdup (get_text (problem, "fingerprint"));
    tuned->minimum = get_number (problem, "minimum");
    if (!read_results (baselines, problem, name, tuned, error))
      return FALSE;
  }
  return TRUE;
}

TwBaselines *
tw_baselines_load (const char *path, GError **error)
{
  g_autoptr (TwBaselines) baselines = g_new0 (TwBaselines, 1);

  baselines->path = g_filename_display_name (path);
  baselines->problems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tuned_free);
  g_autoptr (GString) text = tw_json_read_file (path, "evaluation", error);
  if (text == NULL)
    return NULL;
  g_autoptr (JsonParser) parser = tw_json_parse (baselines->path, text->str, (gssize)text->len, error);
  if (parser == NULL)
    return NULL;
  JsonNode *node = json_parser_get_root (parser);
  JsonObject *root = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  double budget = root != NULL ? get_number (root, "budget") : NAN,
         seed = root != NULL ? get_number (root, "seed") : NAN;
  if (root == NULL || g_strcmp0 (get_text (root, "format"), "thalweg-evaluation") != 0 ||
      get_number (root, "version") != 1 || !(budget >= 0 && budget <= TW_EVALUATION_MAX_BUDGET) ||
      !(seed >= 0)) {
    tw_refuse (error, "%s: this is not the --json of an evaluation", baselines->path);
    return NULL;
  }
  baselines->budget = (guint)budget;
  baselines->seed = (guint64)seed;
  if (!read_families (baselines, root, error) || !read_problems (baselines, root, error))
    return NULL;
  return g_steal_pointer (&baselines);
}

guint
tw_baselines_get_budget (const TwBaselines *baselines)
{
  return baselines->budget;
}

const char *const *
tw_baselines_get_families (const TwBaselines *baselines)
{
  return (const char *const *)baselines->families;
}

gboolean
tw_baselines_check (const TwBaselines *baselines, const TwEvaluation *evaluation, GError **error)
{
  const TwSuite *suite = evaluation->suite;

  if (baselines->seed != evaluation->seed)
    return tw_refuse (error, "%s: tuned from seed %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT,
                      baselines->path, baselines->seed, evaluation->seed);
  for (guint p = 0; p < suite->problems->len; p++) {
    const TwSuiteProblem *problem = suite->problems->pdata[p];
    const Tuned *tuned = g_hash_table_lookup (baselines->problems, problem->name);
    g_autofree char *fingerprint = tw_suite_problem_fingerprint (problem, suite->n_tuning_seeds);
    if (tuned == NULL)
      return tw_refuse (error, "%s: nothing was tuned for %s", baselines->path, problem->name);
    if (g_strcmp0 (tuned->fingerprint, fingerprint) != 0)
      return tw_refuse (error, "%s: %s was another problem when it was tuned", baselines->path,
                        problem->name);
  }
  return TRUE;
}

const char *
tw_baselines_get_spec (const TwBaselines *baselines, const char *problem, const char *family, double *score)
{
  const Tuned *tuned = g_hash_table_lookup (baselines->problems, problem);
  gsize f = 0;

  while (!g_str_equal (baselines->families[f], family))
    f++;
  *score = tuned->scores[f];
  return tuned->specs[f];
}

double
tw_baselines_get_minimum (const TwBaselines *baselines, const char *problem)
{
  return ((const Tuned *)g_hash_table_lookup (baselines->problems, problem))->minimum;
}

char *
tw_suite_problem_fingerprint (const TwSuiteProblem *problem, guint n_tuning_seeds)
{
  g_autofree char *experiment = tw_experiment_to_json (problem->experiment);
  g_autofree char *all = g_strdup_printf ("%u %s", n_tuning_seeds, experiment);
  char *checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);

  checksum[16] = '\0';
  return checksum;
}
