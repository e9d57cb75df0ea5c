/* safetensors: a header length of 8 bytes (little endian), a JSON header, then the data without holes.  The
 * header maps each tensor's name to {"dtype", "shape", "data_offsets": [begin, end]}, and "__metadata__" to
 * strings. */

#include "core/learned/hrnn-private.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/json-input.h"
#include "core/output.h"
#include "core/spec.h"

#define FORMAT "thalweg-hrnn"
#define VERSION "1"
/* Far more than 33 tensors and a long provenance need. */
#define HEADER_MAX (1u << 20)
/* Weights that were trained on from others hold the provenance of those within their own. */
#define PROVENANCE_DEPTH 256

static void
note_member (JsonParser *parser, JsonObject *object, const char *name, gpointer user_data)
{
  GHashTable *seen = user_data;
  char *id = g_strdup_printf ("%p %s", (void *)object, name);

  /* Only the first: what it replaces is freed, and its address may come back as another object's. */
  if (g_hash_table_contains (seen, id) && !g_hash_table_contains (seen, ""))
    g_hash_table_insert (seen, g_strdup (""), g_strdup (name));
  g_hash_table_insert (seen, id, NULL);
}

/* The header's object.  JSON leaves open what a key given twice means; here it is an error. */
static JsonNode *
parse_header (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) why = NULL;

  if (length == 0 || text[0] != '{') {
    tw_refuse (error, "header: does not begin with {");
    return NULL;
  }
  if (!g_utf8_validate (text, length, NULL)) {
    tw_refuse (error, "header: not valid UTF-8");
    return NULL;
  }
  if (!tw_json_check_text (text, length, &why)) {
    tw_refuse (error, "header: %s", why->message);
    return NULL;
  }
  g_signal_connect (parser, "object-member", G_CALLBACK (note_member), seen);
  if (!json_parser_load_from_data (parser, text, length, &why)) {
    g_autofree char *words = tw_json_describe_error (why);
    tw_refuse (error, "header: %s", words);
    return NULL;
  }
  if (g_hash_table_contains (seen, "")) {
    tw_refuse (error, "header: “%s” is there twice", (const char *)g_hash_table_lookup (seen, ""));
    return NULL;
  }
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    tw_refuse (error, "header: not a JSON object");
    return NULL;
  }
  return json_node_ref (root);
}

/* A string of __metadata__, or NULL and an error. */
static const char *
metadata (JsonObject *header, const char *key, GError **error)
{
  JsonNode *meta = json_object_get_member (header, "__metadata__");

  if (meta == NULL || !JSON_NODE_HOLDS_OBJECT (meta)) {
    tw_refuse (error, "__metadata__ is missing");
    return NULL;
  }
  JsonNode *node = json_object_get_member (json_node_get_object (meta), key);
  if (node == NULL) {
    tw_refuse (error, "__metadata__: %s is missing", key);
    return NULL;
  }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
    tw_refuse (error, "__metadata__: %s must be a string", key);
    return NULL;
  }
  return json_node_get_string (node);
}

/* "first_step", which may be missing, as INFINITY. */
static gboolean
read_first_step (JsonObject *header, double *first_step, GError **error)
{
  g_autoptr (GError) why = NULL;

  *first_step = INFINITY;
  if (!json_object_has_member (json_object_get_object_member (header, "__metadata__"), "first_step"))
    return TRUE;
  const char *text = metadata (header, "first_step", error);
  if (text == NULL)
    return FALSE;
  if (!tw_parse_number (text, first_step, &why) || !(*first_step > 0 && isfinite (*first_step)))
    return tw_refuse (error, "__metadata__: first_step is “%s”, not a number above 0", text);
  return TRUE;
}

/* The weights object the metadata describe, its values still 0. */
static TwHrnnWeights *
read_metadata (JsonObject *header, GError **error)
{
  const char *format = metadata (header, "format", error);
  const char *version = format != NULL ? metadata (header, "version", error) : NULL;
  const char *text = version != NULL ? metadata (header, "config", error) : NULL;
  const char *provenance = text != NULL ? metadata (header, "provenance", error) : NULL;
  TwHrnnConfig config;
  double first_step;

  if (provenance == NULL)
    return NULL;
  if (strcmp (format, FORMAT) != 0) {
    tw_refuse (error, "__metadata__: format is “%s”, not “%s”", format, FORMAT);
    return NULL;
  }
  if (strcmp (version, VERSION) != 0) {
    tw_refuse (error, "__metadata__: version is “%s”; this program reads version %s", version, VERSION);
    return NULL;
  }
  if (!read_first_step (header, &first_step, error))
    return NULL;
  g_autoptr (GError) why = NULL;
  if (!tw_hrnn_config_from_json (&config, text, &why)) {
    tw_refuse (error, "__metadata__: %s", why->message);
    return NULL;
  }
  if (!tw_json_check_text_to_depth (provenance, strlen (provenance), PROVENANCE_DEPTH, &why)) {
    tw_refuse (error, "__metadata__: provenance: %s", why->message);
    return NULL;
  }
  g_autoptr (JsonNode) object = json_from_string (provenance, NULL);
  if (object == NULL || !JSON_NODE_HOLDS_OBJECT (object)) {
    tw_refuse (error, "__metadata__: provenance is not a JSON object");
    return NULL;
  }
  TwHrnnWeights *weights = tw_hrnn_weights_alloc (&config);
  g_free (weights->provenance);
  weights->provenance = g_strdup (provenance);
  weights->first_step = first_step;
  return weights;
}

/* Whole numbers of a JSON array, none negative; FALSE if it is anything else or has not exactly n of them. */
static gboolean
read_numbers (JsonObject *object, const char *key, guint n, gint64 *out)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element (json_node_get_array (node), i);

    if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_INT64)
      return FALSE;
    out[i] = json_node_get_int (element);
    if (out[i] < 0)
      return FALSE;
  }
  return TRUE;
}

typedef struct {
  const TwHrnnTensorInfo *info;
  gint64 begin, end; /* bytes of the data */
} Span;

static gboolean
read_entry (JsonObject *header, const TwHrnnTensorInfo *info, gsize data_size, Span *span, GError **error)
{
  JsonNode *node = json_object_get_member (header, info->name);
  gint64 shape[2] = { 0, 0 }, offsets[2];

  if (node == NULL)
    return tw_refuse (error, "tensor %s is missing", info->name);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return tw_refuse (error, "tensor %s: its entry is not an object", info->name);
  JsonObject *entry = json_node_get_object (node);
  JsonNode *dtype = json_object_get_member (entry, "dtype");
  if (dtype == NULL || !JSON_NODE_HOLDS_VALUE (dtype) || json_node_get_value_type (dtype) != G_TYPE_STRING)
    return tw_refuse (error, "tensor %s: dtype is missing", info->name);
  if (strcmp (json_node_get_string (dtype), "F32") != 0)
    return tw_refuse (error, "tensor %s: dtype is %s, not F32", info->name, json_node_get_string (dtype));
  g_autofree char *wanted = info->cols > 0 ? g_strdup_printf ("[%u, %u]", info->rows, info->cols)
                                           : g_strdup_printf ("[%u]", info->rows);
  if (!read_numbers (entry, "shape", info->cols > 0 ? 2 : 1, shape) || shape[0] != info->rows ||
      shape[1] != info->cols)
    return tw_refuse (error, "tensor %s: its shape must be %s", info->name, wanted);
  if (!read_numbers (entry, "data_offsets", 2, offsets) || offsets[1] < offsets[0])
    return tw_refuse (error, "tensor %s: data_offsets must be two ascending whole numbers", info->name);
  if ((guint64)offsets[1] > data_size)
    return tw_refuse (error,
                 "tensor %s: its data end at byte %" G_GINT64_FORMAT " of %" G_GSIZE_FORMAT
                 ": the file is truncated",
                 info->name, offsets[1], data_size);
  if ((guint64)(offsets[1] - offsets[0]) != info->size * 4)
    return tw_refuse (error, "tensor %s: %" G_GINT64_FORMAT " bytes of data for shape %s", info->name,
                 offsets[1] - offsets[0], wanted);
  *span = (Span){ .info = info, .begin = offsets[0], .end = offsets[1] };
  return TRUE;
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;
  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static gboolean
read_values (const Span *span, const guint8 *data, TwReal *out, GError **error)
{
  for (gsize i = 0; i < span->info->size; i++) {
    guint32 bits;
    float value;

    memcpy (&bits, data + span->begin + 4 * i, 4);
    bits = GUINT32_FROM_LE (bits);
    memcpy (&value, &bits, 4);
    if (!isfinite (value))
      return tw_refuse (error, "tensor %s: value %" G_GSIZE_FORMAT " is not finite", span->info->name, i);
    out[i] = value;
  }
  return TRUE;
}

static gboolean
read_tensors (TwHrnnWeights *weights, JsonObject *header, const guint8 *data, gsize size, GError **error)
{
  Span spans[TW_HRNN_N_TENSORS];
  guint n = 0;

  for (guint i = 0; i < TW_HRNN_N_TENSORS; i++)
    if (weights->shape.tensors[i].name != NULL) {
      if (!read_entry (header, &weights->shape.tensors[i], size, &spans[n], error))
        return FALSE;
      n++;
    }
  if (json_object_get_size (header) != n + 1) {
    g_autoptr (GList) names = json_object_get_members (header);

    for (GList *l = names; l != NULL; l = l->next) {
      guint i = 0;

      while (i < n && strcmp (l->data, spans[i].info->name) != 0)
        i++;
      if (i == n && strcmp (l->data, "__metadata__") != 0)
        return tw_refuse (error, "tensor %s has no place in this configuration", (const char *)l->data);
    }
  }
  qsort (spans, n, sizeof spans[0], compare_spans);
  for (guint i = 0; i < n; i++) {
    gint64 end = i > 0 ? spans[i - 1].end : 0;

    if (spans[i].begin < end)
      return tw_refuse (error, "tensor %s: its data overlap those of %s", spans[i].info->name,
                   spans[i - 1].info->name);
    if (spans[i].begin > end)
      return tw_refuse (error, "tensor %s: there is a hole before its data", spans[i].info->name);
    if (!read_values (&spans[i], data, weights->values + spans[i].info->offset, error))
      return FALSE;
  }
  if ((gsize)spans[n - 1].end != size)
    return tw_refuse (error, "%" G_GSIZE_FORMAT " bytes after the data of the last tensor, %s",
                 size - (gsize)spans[n - 1].end, spans[n - 1].info->name);
  return TRUE;
}

static TwHrnnWeights *
read_bytes (const guint8 *data, gsize size, GError **error)
{
  guint64 length;

  if (size < 8) {
    tw_refuse (error, "truncated: %" G_GSIZE_FORMAT " bytes", size);
    return NULL;
  }
  memcpy (&length, data, 8);
  length = GUINT64_FROM_LE (length);
  if (length > HEADER_MAX) {
    tw_refuse (error, "not a safetensors file: a header of %" G_GUINT64_FORMAT " bytes", length);
    return NULL;
  }
  if (length > size - 8) {
    tw_refuse (error, "truncated: the header is %" G_GUINT64_FORMAT " bytes long, the file has %" G_GSIZE_FORMAT,
          length, size - 8);
    return NULL;
  }
  g_autoptr (JsonNode) root = parse_header ((const char *)data + 8, length, error);
  if (root == NULL)
    return NULL;
  JsonObject *header = json_node_get_object (root);
  g_autoptr (TwHrnnWeights) weights = read_metadata (header, error);
  if (weights == NULL || !read_tensors (weights, header, data + 8 + length, size - 8 - length, error))
    return NULL;
  return g_steal_pointer (&weights);
}

TwHrnnWeights *
tw_hrnn_weights_load_bytes (const char *label, const void *data, gsize size, GError **error)
{
  TwHrnnWeights *weights = read_bytes (data, size, error);

  if (weights == NULL)
    g_prefix_error (error, "%s: ", label);
  return weights;
}

TwHrnnWeights *
tw_hrnn_weights_load (const char *path, GError **error)
{
  g_autoptr (GString) data = tw_json_read_file (path, "weight file", error);

  return data != NULL ? tw_hrnn_weights_load_bytes (path, data->str, data->len, error) : NULL;
}

static void
add_string (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

/* The header, padded with spaces to a multiple of 8 bytes. */
static GString *
write_header (const TwHrnnWeights *weights)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *config = tw_hrnn_config_to_json (&weights->config);
  gint64 offset = 0;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  add_string (builder, "format", FORMAT);
  add_string (builder, "version", VERSION);
  add_string (builder, "config", config);
  if (isfinite (weights->first_step)) {
    g_autofree char *first_step = tw_format_number (weights->first_step);
    add_string (builder, "first_step", first_step);
  }
  add_string (builder, "provenance", weights->provenance);
  json_builder_end_object (builder);
  for (guint i = 0; i < TW_HRNN_N_TENSORS; i++) {
    const TwHrnnTensorInfo *info = &weights->shape.tensors[i];

    if (info->name == NULL)
      continue;
    json_builder_set_member_name (builder, info->name);
    json_builder_begin_object (builder);
    add_string (builder, "dtype", "F32");
    json_builder_set_member_name (builder, "shape");
    json_builder_begin_array (builder);
    json_builder_add_int_value (builder, info->rows);
    if (info->cols > 0)
      json_builder_add_int_value (builder, info->cols);
    json_builder_end_array (builder);
    json_builder_set_member_name (builder, "data_offsets");
    json_builder_begin_array (builder);
    json_builder_add_int_value (builder, offset);
    offset += (gint64)info->size * 4;
    json_builder_add_int_value (builder, offset);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);
  GString *header = g_string_new (text);
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');
  return header;
}

gboolean
tw_hrnn_weights_save (const TwHrnnWeights *weights, const char *path, GError **error)
{
  GString *header = write_header (weights);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GError) why = NULL;
  guint64 length = GUINT64_TO_LE ((guint64)header->len);

  g_byte_array_append (file, (const guint8 *)&length, 8);
  g_byte_array_append (file, (const guint8 *)header->str, header->len);
  g_string_free (header, TRUE);
  for (gsize i = 0; i < weights->shape.P; i++) {
    float value = weights->values[i];
    guint32 bits;

    memcpy (&bits, &value, 4);
    bits = GUINT32_TO_LE (bits);
    g_byte_array_append (file, (const guint8 *)&bits, 4);
  }
  if (!g_file_set_contents_full (path, (const char *)file->data, file->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, &why)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_OUTPUT, why->message);
    return FALSE;
  }
  return TRUE;
}
