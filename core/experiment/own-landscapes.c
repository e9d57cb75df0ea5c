#include "core/experiment/own-landscapes.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/expression/expression.h"
#include "core/json-input.h"
#include "core/output.h"

#define FORMAT "thalweg-landscapes"

TwOwnLandscape *
tw_own_landscape_new (const char *name, const char *formula, const double domain[4], double noise, double minimum)
{
  TwOwnLandscape *landscape = g_new0 (TwOwnLandscape, 1);

  landscape->name = g_strdup (name);
  landscape->formula = g_strdup (formula);
  memcpy (landscape->domain, domain, sizeof landscape->domain);
  landscape->noise = noise;
  landscape->minimum = minimum;
  return landscape;
}

void
tw_own_landscape_free (TwOwnLandscape *landscape)
{
  if (landscape == NULL)
    return;
  g_free (landscape->name);
  g_free (landscape->formula);
  g_free (landscape);
}

char *
tw_own_landscapes_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "thalweg", "landscapes.json", NULL);
}

static gboolean
is_number (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE) &&
         isfinite (json_node_get_double (node));
}

static const char *
text_of (JsonObject *row, const char *key)
{
  JsonNode *node = json_object_get_member (row, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

/* FALSE where it is there and no number. */
static gboolean
number_of (JsonObject *row, const char *key, double *number)
{
  JsonNode *node = json_object_get_member (row, key);

  *number = NAN;
  if (node == NULL)
    return TRUE;
  if (!is_number (node))
    return FALSE;
  *number = json_node_get_double (node);
  return TRUE;
}

/* NULL, or what is wrong with it. */
static const char *
read_row (JsonNode *node, TwOwnLandscape *row)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return "expected an object";
  JsonObject *object = json_node_get_object (node);
  JsonNode *domain = json_object_get_member (object, "domain");
  g_autoptr (TwExpression) expression = NULL;
  row->name = g_strdup (text_of (object, "name"));
  row->formula = g_strdup (text_of (object, "formula"));
  if (row->name == NULL || *row->name == '\0')
    return "its name is missing";
  if (row->formula == NULL || (expression = tw_expression_parse (row->formula, NULL, NULL)) == NULL)
    return "its formula is missing or wrong";
  if (domain == NULL || !JSON_NODE_HOLDS_ARRAY (domain) || json_array_get_length (json_node_get_array (domain)) != 4)
    return "its domain is not a list of four numbers";
  for (guint i = 0; i < 4; i++) {
    JsonNode *number = json_array_get_element (json_node_get_array (domain), i);
    if (!is_number (number))
      return "its domain is not a list of four numbers";
    row->domain[i] = json_node_get_double (number);
  }
  if (!(row->domain[0] < row->domain[1] && row->domain[2] < row->domain[3]))
    return "its domain does not go from the smaller to the larger number";
  if (!number_of (object, "noise", &row->noise) || row->noise < 0)
    return "its noise is not a number from 0 on";
  if (!number_of (object, "minimum", &row->minimum))
    return "its minimum is not a number";
  return NULL;
}

static GPtrArray *
parse (const char *json, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_own_landscape_free);
  g_autoptr (GError) problem = NULL;
  JsonNode *root, *rows = NULL;

  if (!tw_json_check_text (json, length, error))
    return NULL;
  if (!json_parser_load_from_data (parser, json, (gssize)length, &problem)) {
    g_autofree char *words = tw_json_describe_error (problem);
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, words);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root) &&
      g_strcmp0 (text_of (json_node_get_object (root), "format"), FORMAT) == 0)
    rows = json_object_get_member (json_node_get_object (root), "landscapes");
  if (rows == NULL || !JSON_NODE_HOLDS_ARRAY (rows)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "not a list of landscapes");
    return NULL;
  }
  JsonNode *version = json_object_get_member (json_node_get_object (root), "version");
  if (!is_number (version) || json_node_get_double (version) != 1) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "version: expected 1; it may be of a newer Thalweg");
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (rows)); i++) {
    TwOwnLandscape *row = g_new0 (TwOwnLandscape, 1);
    g_ptr_array_add (list, row);
    const char *wrong = read_row (json_array_get_element (json_node_get_array (rows), i), row);
    if (wrong != NULL) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "landscapes[%u]: %s", i, wrong);
      return NULL;
    }
  }
  return g_steal_pointer (&list);
}

GPtrArray *
tw_own_landscapes_load (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_ptr_array_new_with_free_func ((GDestroyNotify)tw_own_landscape_free);
  GString *text = tw_json_read_file (path, "list of landscapes", error);
  if (text == NULL)
    return NULL;
  GPtrArray *list = parse (text->str, text->len, error);
  g_string_free (text, TRUE);
  if (list == NULL)
    g_prefix_error (error, "%s: ", name);
  return list;
}

static void
write_row (TwOutput *output, const TwOwnLandscape *row, gboolean first)
{
  tw_output_write (output, first ? "\n    { \"name\": " : ",\n    { \"name\": ");
  tw_output_write_json_string (output, row->name);
  tw_output_write (output, ", \"formula\": ");
  tw_output_write_json_string (output, row->formula);
  for (int i = 0; i < 4; i++) {
    tw_output_write (output, i == 0 ? ",\n      \"domain\": [" : ", ");
    tw_output_write_json_number (output, row->domain[i]);
  }
  tw_output_write (output, "]");
  if (!isnan (row->noise)) {
    tw_output_write (output, ", \"noise\": ");
    tw_output_write_json_number (output, row->noise);
  }
  if (!isnan (row->minimum)) {
    tw_output_write (output, ", \"minimum\": ");
    tw_output_write_json_number (output, row->minimum);
  }
  tw_output_write (output, " }");
}

static gboolean
save (const char *path, const GPtrArray *landscapes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *name = g_filename_display_name (folder);

  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "%s: can't be made: %s", name, g_strerror (errno));
    return FALSE;
  }
  g_autoptr (TwOutput) output = tw_output_new (path, error);
  if (output == NULL)
    return FALSE;
  tw_output_write (output, "{\n  \"format\": \"" FORMAT "\",\n  \"version\": 1,\n  \"landscapes\": [");
  for (guint i = 0; i < landscapes->len; i++)
    write_row (output, landscapes->pdata[i], i == 0);
  tw_output_write (output, "\n  ]\n}\n");
  return tw_output_commit (output, error);
}

static guint
find (const GPtrArray *list, const char *name)
{
  guint i = 0;

  while (i < list->len && strcmp (((TwOwnLandscape *)list->pdata[i])->name, name) != 0)
    i++;
  return i;
}

gboolean
tw_own_landscapes_add (const char *path, const TwOwnLandscape *landscape, GError **error)
{
  g_autoptr (GPtrArray) list = tw_own_landscapes_load (path, error);

  if (list == NULL)
    return FALSE;
  guint at = find (list, landscape->name);
  TwOwnLandscape *copy = tw_own_landscape_new (landscape->name, landscape->formula, landscape->domain,
                                               landscape->noise, landscape->minimum);
  if (at < list->len)
    g_ptr_array_remove_index (list, at);
  g_ptr_array_insert (list, (int)at, copy);
  return save (path, list, error);
}

gboolean
tw_own_landscapes_remove (const char *path, const char *name, GError **error)
{
  g_autoptr (GPtrArray) list = tw_own_landscapes_load (path, error);

  if (list == NULL)
    return FALSE;
  guint at = find (list, name);
  if (at < list->len)
    g_ptr_array_remove_index (list, at);
  return save (path, list, error);
}
