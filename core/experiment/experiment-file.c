/* .thalweg files: an experiment as JSON. */
#include "core/experiment/experiment.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/json-input.h"
#include "core/output.h"
#include "core/spec.h"

#define FORMAT "thalweg-experiment"
#define VERSION 1

static gboolean
refuse (GError **error, const char *where, const char *what)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: %s", where, what);
  return FALSE;
}

static const char *
kind_of (JsonNode *node)
{
  switch (json_node_get_node_type (node)) {
  case JSON_NODE_OBJECT:
    return "an object";
  case JSON_NODE_ARRAY:
    return "a list";
  case JSON_NODE_NULL:
    return "null";
  case JSON_NODE_VALUE:
    break;
  }
  GType type = json_node_get_value_type (node);
  return type == G_TYPE_STRING ? "text" : type == G_TYPE_BOOLEAN ? "true or false" : "a number";
}

static gboolean
wrong_kind (JsonNode *node, const char *where, const char *expected, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: expected %s but found %s", where, expected,
               kind_of (node));
  return FALSE;
}

static gboolean
read_text (JsonNode *node, const char *where, char **text, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return wrong_kind (node, where, "text", error);
  g_free (*text);
  *text = json_node_dup_string (node);
  return TRUE;
}

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && (json_node_get_value_type (node) == G_TYPE_INT64 ||
                                          json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static gboolean
read_number (JsonNode *node, const char *where, double *number, GError **error)
{
  if (!is_number (node))
    return wrong_kind (node, where, "a number", error);
  *number = json_node_get_double (node);
  return isfinite (*number) ? TRUE : refuse (error, where, "expected a finite number");
}

static gboolean
read_whole (JsonNode *node, const char *where, guint64 max, guint64 *number, GError **error)
{
  if (!is_number (node))
    return wrong_kind (node, where, "a whole number", error);
  gint64 value = json_node_get_int (node);
  if (json_node_get_value_type (node) != G_TYPE_INT64 || value < 0 || (guint64)value > max) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: expected a whole number from 0 to %" G_GUINT64_FORMAT,
                 where, max);
    return FALSE;
  }
  *number = (guint64)value;
  return TRUE;
}

/* A list of exactly n numbers. */
static gboolean
read_numbers (JsonNode *node, const char *where, guint n, double *numbers, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wrong_kind (node, where, "a list", error);
  JsonArray *array = json_node_get_array (node);
  if (json_array_get_length (array) != n) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: expected %u numbers but found %u", where, n,
                 json_array_get_length (array));
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    g_autofree char *here = g_strdup_printf ("%s[%u]", where, i);
    if (!read_number (json_array_get_element (array, i), here, &numbers[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_problem (TwExperiment *experiment, JsonNode *node, GError **error)
{
  return read_text (node, "problem", &experiment->problem, error);
}

static gboolean
read_formula (TwExperiment *experiment, JsonNode *node, GError **error)
{
  return read_text (node, "formula", &experiment->formula, error);
}

static gboolean
read_domain (TwExperiment *experiment, JsonNode *node, GError **error)
{
  experiment->has_domain = TRUE;
  return read_numbers (node, "domain", 4, experiment->domain, error);
}

static gboolean
read_minimum (TwExperiment *experiment, JsonNode *node, GError **error)
{
  return read_number (node, "minimum", &experiment->minimum, error);
}

/* One that has a label or a line style of its own: { "optimizer": SPEC, "label": TEXT, "style": N }. */
static gboolean
read_dressed (TwExperiment *experiment, JsonNode *node, const char *where, guint i, GError **error)
{
  JsonObject *object = json_node_get_object (node);
  g_autoptr (GList) keys = json_object_get_members (object);
  g_autofree char *spec = NULL, *label = NULL;
  guint64 style = G_MAXUINT64;

  for (GList *l = keys; l != NULL; l = l->next) {
    JsonNode *value = json_object_get_member (object, l->data);
    g_autofree char *here = g_strdup_printf ("%s.%s", where, (char *)l->data);
    gboolean ok = g_str_equal (l->data, "optimizer") ? read_text (value, here, &spec, error)
                  : g_str_equal (l->data, "label")   ? read_text (value, here, &label, error)
                  : g_str_equal (l->data, "style")
                    ? read_whole (value, here, TW_EXPERIMENT_MAX_LINE_STYLE, &style, error)
                    : refuse (error, here, "there is no such key; there are optimizer, label and style");
    if (!ok)
      return FALSE;
  }
  if (spec == NULL)
    return refuse (error, where, "its \"optimizer\" is missing");
  tw_experiment_insert_optimizer (experiment, i, spec, label, style == G_MAXUINT64 ? -1 : (int)style);
  return TRUE;
}

static gboolean
read_optimizers (TwExperiment *experiment, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wrong_kind (node, "optimizers", "a list", error);
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *where = g_strdup_printf ("optimizers[%u]", i);
    JsonNode *element = json_array_get_element (array, i);
    char *text = NULL;
    if (JSON_NODE_HOLDS_OBJECT (element)) {
      if (!read_dressed (experiment, element, where, i, error))
        return FALSE;
      continue;
    }
    if (!read_text (element, where, &text, error))
      return FALSE;
    g_ptr_array_add (experiment->optimizers, text);
  }
  return TRUE;
}

static gboolean
read_starts (TwExperiment *experiment, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wrong_kind (node, "starts", "a list", error);
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *where = g_strdup_printf ("starts[%u]", i);
    double point[2];
    if (!read_numbers (json_array_get_element (array, i), where, 2, point, error))
      return FALSE;
    g_array_append_vals (experiment->starts, point, 2);
  }
  return TRUE;
}

static gboolean
read_random_starts (TwExperiment *experiment, JsonNode *node, GError **error)
{
  guint64 n = 0;

  if (!read_whole (node, "random_starts", TW_EXPERIMENT_MAX_STARTS, &n, error))
    return FALSE;
  experiment->n_random_starts = (guint)n;
  return TRUE;
}

static gboolean
read_noise (TwExperiment *experiment, JsonNode *node, GError **error)
{
  return read_number (node, "noise", &experiment->noise, error);
}

static gboolean
read_steps (TwExperiment *experiment, JsonNode *node, GError **error)
{
  return read_whole (node, "steps", TW_EXPERIMENT_MAX_STEPS, &experiment->steps, error);
}

static gboolean
read_seed (TwExperiment *experiment, JsonNode *node, GError **error)
{
  return read_whole (node, "seed", G_MAXINT64, &experiment->seed, error);
}

/* Format and version are read before all others; the rest in the order of a file we write. */
static const struct {
  const char *key;
  gboolean (*read) (TwExperiment *experiment, JsonNode *node, GError **error);
} members[] = {
  { "format", NULL },
  { "version", NULL },
  { "problem", read_problem },
  { "formula", read_formula },
  { "domain", read_domain },
  { "minimum", read_minimum },
  { "optimizers", read_optimizers },
  { "starts", read_starts },
  { "random_starts", read_random_starts },
  { "noise", read_noise },
  { "steps", read_steps },
  { "seed", read_seed },
};

static gboolean
check_version (JsonObject *object, GError **error)
{
  JsonNode *format = json_object_get_member (object, "format");
  JsonNode *version = json_object_get_member (object, "version");
  g_autofree char *name = NULL;
  guint64 number = 0;

  if (format == NULL || version == NULL)
    return refuse (error, format == NULL ? "format" : "version", "missing; this is not a Thalweg experiment");
  if (!read_text (format, "format", &name, error))
    return FALSE;
  if (!g_str_equal (name, FORMAT)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "format: expected \"" FORMAT "\" but found \"%s\"", name);
    return FALSE;
  }
  if (!read_whole (version, "version", G_MAXINT64, &number, error))
    return FALSE;
  if (number > VERSION) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "version: this is format %" G_GUINT64_FORMAT ", written by a newer Thalweg; this one reads up to format %d",
                 number, VERSION);
    return FALSE;
  }
  return number >= 1 ? TRUE : refuse (error, "version", "expected 1");
}

static gboolean
check_keys (JsonObject *object, GError **error)
{
  g_autoptr (GList) keys = json_object_get_members (object);
  const char *known[G_N_ELEMENTS (members) + 1] = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    known[i] = members[i].key;
  for (GList *l = keys; l != NULL; l = l->next) {
    if (g_strv_contains (known, l->data))
      continue;
    const char *near = tw_closest_name (l->data, known);
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "there is no key \"%s\" in an experiment%s%s%s",
                 (char *)l->data, near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                 near != NULL ? "\"?" : "");
    return FALSE;
  }
  if (json_object_has_member (object, "starts") && json_object_has_member (object, "random_starts"))
    return refuse (error, "starts", "given together with random_starts; one of them is enough");
  return TRUE;
}

static TwExperiment *
parse (const char *json, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  g_autoptr (GError) problem = NULL;

  if (!tw_json_check_text (json, length, error))
    return NULL;
  if (!json_parser_load_from_data (parser, json, (gssize)length, &problem)) {
    g_autofree char *words = tw_json_describe_error (problem);
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, words);
    return NULL;
  }
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "expected an object but found %s",
                 root != NULL ? kind_of (root) : "nothing");
    return NULL;
  }
  JsonObject *object = json_node_get_object (root);
  if (!check_version (object, error) || !check_keys (object, error))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *node = json_object_get_member (object, members[i].key);
    if (node != NULL && members[i].read != NULL && !members[i].read (experiment, node, error))
      return NULL;
  }
  return g_steal_pointer (&experiment);
}

TwExperiment *
tw_experiment_from_json (const char *label, const char *json, gssize length, GError **error)
{
  g_autofree char *name = g_filename_display_name (label);
  GError *why = NULL;
  TwExperiment *experiment = parse (json, length < 0 ? strlen (json) : (gsize)length, &why);

  if (experiment == NULL) {
    /* The parser quotes what it found, down to single bytes of a character. */
    g_autofree char *message = g_utf8_make_valid (why->message, -1);
    g_set_error (error, why->domain, why->code, "%s: %s", name, message);
    g_error_free (why);
  }
  return experiment;
}

TwExperiment *
tw_experiment_load (const char *path, GError **error)
{
  GString *text = tw_json_read_file (path, "experiment", error);

  if (text == NULL)
    return NULL;
  TwExperiment *experiment = tw_experiment_from_json (path, text->str, (gssize)text->len, error);
  g_string_free (text, TRUE);
  return experiment;
}

static void
append_text (GString *json, const char *key, const char *text)
{
  g_autofree char *quoted = tw_format_json_string (text);

  g_string_append_printf (json, ",\n  \"%s\": %s", key, quoted);
}

/* "[1, 2.5]" */
static void
append_numbers (GString *json, const double *numbers, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *text = tw_format_number (numbers[i]);
    g_string_append_printf (json, "%s%s", i == 0 ? "[" : ", ", text);
  }
  g_string_append_c (json, ']');
}

static void
append_number (GString *json, const char *key, double number)
{
  g_autofree char *text = tw_format_number (number);

  g_string_append_printf (json, ",\n  \"%s\": %s", key, text);
}

/* As text alone where nothing but the spec is to be said. */
static void
append_optimizer (GString *json, const TwExperiment *experiment, gsize i)
{
  const char *label = tw_experiment_get_label (experiment, i);
  int style = tw_experiment_get_line_style (experiment, i);
  g_autofree char *spec = tw_format_json_string (experiment->optimizers->pdata[i]);
  g_autofree char *name = label != NULL ? tw_format_json_string (label) : NULL;

  g_string_append_printf (json, "%s\n    ", i == 0 ? "" : ",");
  if (label == NULL && style < 0) {
    g_string_append (json, spec);
    return;
  }
  g_string_append_printf (json, "{ \"optimizer\": %s", spec);
  if (name != NULL)
    g_string_append_printf (json, ", \"label\": %s", name);
  if (style >= 0)
    g_string_append_printf (json, ", \"style\": %d", style);
  g_string_append (json, " }");
}

char *
tw_experiment_to_json (const TwExperiment *experiment)
{
  GString *json = g_string_new ("{\n  \"format\": \"" FORMAT "\",\n  \"version\": " G_STRINGIFY (VERSION));

  if (experiment->problem != NULL)
    append_text (json, "problem", experiment->problem);
  if (experiment->formula != NULL)
    append_text (json, "formula", experiment->formula);
  if (experiment->has_domain) {
    g_string_append (json, ",\n  \"domain\": ");
    append_numbers (json, experiment->domain, 4);
  }
  if (!isnan (experiment->minimum))
    append_number (json, "minimum", experiment->minimum);
  g_string_append (json, ",\n  \"optimizers\": [");
  for (guint i = 0; i < experiment->optimizers->len; i++)
    append_optimizer (json, experiment, i);
  g_string_append (json, "\n  ]");
  if (experiment->starts->len > 0) {
    g_string_append (json, ",\n  \"starts\": [");
    for (guint i = 0; i + 1 < experiment->starts->len; i += 2) {
      g_string_append (json, i == 0 ? "" : ", ");
      append_numbers (json, &g_array_index (experiment->starts, double, i), 2);
    }
    g_string_append_c (json, ']');
  } else if (experiment->n_random_starts > 0) {
    g_string_append_printf (json, ",\n  \"random_starts\": %u", experiment->n_random_starts);
  }
  if (!isnan (experiment->noise))
    append_number (json, "noise", experiment->noise);
  g_string_append_printf (json,
                          ",\n  \"steps\": %" G_GUINT64_FORMAT ",\n  \"seed\": %" G_GUINT64_FORMAT "\n}\n",
                          experiment->steps, experiment->seed);
  return g_string_free (json, FALSE);
}

gboolean
tw_experiment_save (const TwExperiment *experiment, const char *path, GError **error)
{
  g_autofree char *json = tw_experiment_to_json (experiment);
  g_autoptr (TwOutput) output = tw_output_new (path, error);

  if (output == NULL)
    return FALSE;
  tw_output_write (output, json);
  return tw_output_commit (output, error);
}
