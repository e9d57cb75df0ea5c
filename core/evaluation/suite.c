#include "core/evaluation/suite.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/json-input.h"

#define FORMAT "thalweg-suite"
#define RESOURCE_FOLDER "/org/thalweg/Thalweg/suites/"
#define MAX_PROBLEMS 10000
#define DEFAULT_SEEDS 10
#define DEFAULT_TUNING_SEEDS 3
#define DEFAULT_STEPS 500

static const char *const builtin_names[] = { "test", "unseen", "fresh", "validation", "smoke", "networks", NULL };
static const char *const groups[] = { "2d", "network", "other", NULL };

const char *const *
tw_suite_builtin_names (void)
{
  return builtin_names;
}

static void
problem_free (gpointer data)
{
  TwSuiteProblem *problem = data;

  g_free (problem->name);
  g_free (problem->group);
  tw_experiment_free (problem->experiment);
  g_free (problem);
}

void
tw_suite_free (TwSuite *suite)
{
  if (suite == NULL)
    return;
  g_free (suite->name);
  g_free (suite->about);
  g_ptr_array_unref (suite->problems);
  g_free (suite);
}

TwProblem *
tw_suite_problem_create (const TwSuiteProblem *problem, guint64 seed, GError **error)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (problem->experiment);

  /* An experiment has one. */
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd"));
  experiment->seed = seed;
  return tw_experiment_create_problem (experiment, error);
}

static gboolean
check_members (JsonObject *object, const char *const *known, const char *where, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next) {
    if (g_strv_contains (known, l->data))
      continue;
    const char *near = tw_closest_name (l->data, known);
    return tw_refuse (error, "%s: unknown member \"%s\"%s%s%s", where, (char *)l->data,
                      near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                      near != NULL ? "\"?" : "");
  }
  return TRUE;
}

static gboolean
read_text (JsonObject *object, const char *member, const char *where, char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING ||
      *json_node_get_string (node) == '\0')
    return tw_refuse (error, "%s: \"%s\" must be a text", where, member);
  *text = json_node_dup_string (node);
  return TRUE;
}

static gboolean
read_whole (JsonObject *object, const char *member, const char *where, gint64 max, gint64 *number,
            GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 ||
      json_node_get_int (node) < 1 || json_node_get_int (node) > max)
    return tw_refuse (error, "%s: \"%s\" must be a whole number from 1 to %" G_GINT64_FORMAT, where, member,
                      max);
  *number = json_node_get_int (node);
  return TRUE;
}

static gboolean
read_number (JsonNode *node, const char *member, const char *where, double *number, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      (json_node_get_value_type (node) != G_TYPE_INT64 && json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return tw_refuse (error, "%s: \"%s\" must be a number", where, member);
  *number = json_node_get_double (node);
  return isfinite (*number) ? TRUE : tw_refuse (error, "%s: \"%s\" must be finite", where, member);
}

static gboolean
read_domain (JsonNode *node, const char *where, TwExperiment *experiment, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != 4)
    return tw_refuse (error, "%s: \"domain\" must be a list of four numbers", where);
  for (guint i = 0; i < 4; i++)
    if (!read_number (json_array_get_element (json_node_get_array (node), i), "domain", where,
                      &experiment->domain[i], error))
      return FALSE;
  experiment->has_domain = TRUE;
  return TRUE;
}

static gboolean
read_numbers (JsonObject *object, const char *where, TwExperiment *experiment, GError **error)
{
  JsonNode *domain = json_object_get_member (object, "domain");
  JsonNode *minimum = json_object_get_member (object, "minimum"),
           *noise = json_object_get_member (object, "noise");
  gint64 steps = DEFAULT_STEPS;

  if ((domain != NULL && !read_domain (domain, where, experiment, error)) ||
      (minimum != NULL && !read_number (minimum, "minimum", where, &experiment->minimum, error)) ||
      (noise != NULL && !read_number (noise, "noise", where, &experiment->noise, error)) ||
      !read_whole (object, "steps", where, TW_EXPERIMENT_MAX_STEPS / 10, &steps, error))
    return FALSE;
  experiment->steps = (guint64)steps;
  return TRUE;
}

static gboolean
is_name_taken (const TwSuite *suite, const TwSuiteProblem *problem)
{
  for (guint i = 0; i < suite->problems->len; i++) {
    const TwSuiteProblem *other = suite->problems->pdata[i];
    if (other != problem && other->name != NULL && g_str_equal (other->name, problem->name))
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_problem (const TwSuite *suite, JsonNode *node, TwSuiteProblem *problem, const char *place,
              GError **error)
{
  const char *known[] = {
    "name", "group", "problem", "formula", "domain", "minimum", "noise", "steps", NULL
  };
  TwExperiment *experiment = problem->experiment;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return tw_refuse (error, "%s: expected an object", place);
  JsonObject *object = json_node_get_object (node);
  if (!read_text (object, "name", place, &problem->name, error))
    return FALSE;
  if (problem->name == NULL)
    return tw_refuse (error, "%s: \"name\" is missing", place);
  g_autofree char *where = g_strdup_printf ("%s (%s)", place, problem->name);
  if (is_name_taken (suite, problem))
    return tw_refuse (error, "%s: there are two problems of this name", where);
  if (!check_members (object, known, where, error) ||
      !read_text (object, "group", where, &problem->group, error) ||
      !read_text (object, "problem", where, &experiment->problem, error) ||
      !read_text (object, "formula", where, &experiment->formula, error) ||
      !read_numbers (object, where, experiment, error))
    return FALSE;
  if (problem->group == NULL || !g_strv_contains (groups, problem->group))
    return tw_refuse (error, "%s: \"group\" must be \"2d\", \"network\" or \"other\"", where);
  /* Made once: what is wrong with it is found now, not after an hour of tuning. */
  g_autoptr (TwProblem) made = tw_suite_problem_create (problem, 0, error);
  if (made == NULL) {
    g_prefix_error (error, "%s: ", where);
    return FALSE;
  }
  if (g_str_equal (problem->group, "2d") != (tw_problem_get_dim (made) == 2))
    return tw_refuse (error, "%s: it has %" G_GSIZE_FORMAT " coordinates, so its group can't be \"%s\"",
                      where, tw_problem_get_dim (made), problem->group);
  return TRUE;
}

static gboolean
read_suite (JsonNode *root, TwSuite *suite, const char *label, GError **error)
{
  const char *known[] = { "format", "version", "about", "seeds", "tuning_seeds", "problems", NULL };
  gint64 n_seeds = DEFAULT_SEEDS, n_tuning = DEFAULT_TUNING_SEEDS, version = 0;
  g_autofree char *format = NULL;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return tw_refuse (error, "%s: not a suite: expected a JSON object", label);
  JsonObject *object = json_node_get_object (root);
  if (!read_text (object, "format", label, &format, error))
    return FALSE;
  if (g_strcmp0 (format, FORMAT) != 0)
    return tw_refuse (error, "%s: not a suite: \"format\" must be \"" FORMAT "\"", label);
  if (!read_whole (object, "version", label, G_MAXINT64, &version, error))
    return FALSE;
  if (version != 1)
    return tw_refuse (error, "%s: this program reads version 1 of suites", label);
  if (!check_members (object, known, label, error) ||
      !read_text (object, "about", label, &suite->about, error) ||
      !read_whole (object, "seeds", label, TW_SUITE_MAX_SEEDS, &n_seeds, error) ||
      !read_whole (object, "tuning_seeds", label, TW_SUITE_MAX_SEEDS, &n_tuning, error))
    return FALSE;
  suite->n_seeds = (guint)n_seeds;
  suite->n_tuning_seeds = (guint)n_tuning;

  JsonNode *problems = json_object_get_member (object, "problems");
  guint n = problems != NULL && JSON_NODE_HOLDS_ARRAY (problems)
              ? json_array_get_length (json_node_get_array (problems))
              : 0;
  if (n < 1 || n > MAX_PROBLEMS)
    return tw_refuse (error, "%s: \"problems\" must be a list of 1 to %d problems", label, MAX_PROBLEMS);
  for (guint i = 0; i < n; i++) {
    TwSuiteProblem *problem = g_new0 (TwSuiteProblem, 1);
    problem->experiment = tw_experiment_new ();
    problem->experiment->n_random_starts = 1;
    g_ptr_array_add (suite->problems, problem);
    g_autofree char *place = g_strdup_printf ("%s: problem %u", label, i + 1);
    if (!read_problem (suite, json_array_get_element (json_node_get_array (problems), i), problem, place,
                       error))
      return FALSE;
  }
  return TRUE;
}

TwSuite *
tw_suite_from_json (const char *label, const char *json, gssize length, GError **error)
{
  g_autofree char *name = g_filename_display_name (label);
  g_autoptr (JsonParser) parser = tw_json_parse (name, json, length, error);

  if (parser == NULL)
    return NULL;
  g_autoptr (TwSuite) suite = g_new0 (TwSuite, 1);
  suite->name = g_strdup (name);
  suite->problems = g_ptr_array_new_with_free_func (problem_free);
  if (!read_suite (json_parser_get_root (parser), suite, name, error))
    return NULL;
  return g_steal_pointer (&suite);
}

TwSuite *
tw_suite_open (const char *name_or_path, GError **error)
{
  g_autoptr (GString) json = tw_json_open ("suite", RESOURCE_FOLDER, builtin_names, name_or_path, error);

  return json != NULL ? tw_suite_from_json (name_or_path, json->str, (gssize)json->len, error) : NULL;
}
