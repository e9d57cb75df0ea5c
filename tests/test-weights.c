/* Weight files: what is written is read again to the last bit, and what is damaged is refused by name. */
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/learned/hrnn-weights.h"

/* --- configurations --- */

static void
test_shape (void)
{
  TwHrnnConfig config;
  TwHrnnShape shape;
  gsize sum = 0;

  tw_hrnn_config_init (&config);
  tw_hrnn_config_shape (&config, &shape);
  g_assert_cmpuint (shape.F, ==, 12);
  for (guint i = 0; i < TW_HRNN_N_TENSORS; i++) {
    g_assert_nonnull (shape.tensors[i].name);
    g_assert_cmpuint (shape.tensors[i].offset, ==, sum);
    sum += shape.tensors[i].size;
  }
  g_assert_cmpuint (shape.P, ==, sum);
  g_assert_cmpuint (shape.tensors[TW_HRNN_TENSOR_GATES_W].rows, ==, 52);
  g_assert_cmpuint (shape.tensors[TW_HRNN_TENSOR_GATES_W].cols, ==, 60);
  config.attention = config.learn_decay = config.dynamic_scale = config.grad_shortcut = FALSE;
  config.n_levels = 1;
  config.hidden[1] = config.hidden[2] = 0;
  tw_hrnn_config_shape (&config, &shape);
  for (guint i = 0; i < TW_HRNN_N_TENSORS; i++)
    g_assert_cmpint (shape.tensors[i].name != NULL, ==, i <= TW_HRNN_PARAM_INIT || i == TW_HRNN_UPDATE_W);
}

static void
test_config_json (void)
{
  TwHrnnConfig config, back;
  g_autoptr (GError) error = NULL;

  tw_hrnn_config_init (&config);
  g_autofree char *first = tw_hrnn_config_to_json (&config);
  g_assert_true (tw_hrnn_config_from_json (&back, first, &error));
  g_assert_true (tw_hrnn_config_equal (&config, &back));
  config.n_levels = 2;
  config.hidden[2] = 0;
  config.scales = 6;
  config.log_ms = config.input_scaling = FALSE;
  g_assert_false (tw_hrnn_config_equal (&config, &back));
  g_autofree char *second = tw_hrnn_config_to_json (&config);
  g_assert_true (tw_hrnn_config_from_json (&back, second, &error));
  g_assert_true (tw_hrnn_config_equal (&config, &back));
  config.hidden[1]++;
  g_assert_false (tw_hrnn_config_equal (&config, &back));
  config.hidden[1]--;
  config.attention = FALSE;
  g_assert_false (tw_hrnn_config_equal (&config, &back));
  /* older files know nothing of input_scaling; switches are on by default */
  g_assert_true (tw_hrnn_config_from_json (&back, "{\"hidden\": [4], \"scales\": 2}", &error));
  g_assert_true (back.input_scaling && back.attention && back.n_levels == 1 && back.hidden[0] == 4);
  g_assert_no_error (error);
}

static void
test_config_check (void)
{
  TwHrnnConfig config;
  static const struct {
    guint n_levels, hidden[3], scales;
    gboolean good;
  } rows[] = {
    { 3, { 10, 30, 20 }, 4, TRUE },  { 1, { 256 }, 8, TRUE },         { 0, { 0 }, 4, FALSE },
    { 4, { 1, 1, 1 }, 4, FALSE },    { 2, { 10, 0 }, 4, FALSE },      { 1, { 257 }, 4, FALSE },
    { 2, { 10, 30, 20 }, 4, FALSE }, { 3, { 10, 30, 20 }, 0, FALSE }, { 3, { 10, 30, 20 }, 9, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    tw_hrnn_config_init (&config);
    config.n_levels = rows[i].n_levels;
    memcpy (config.hidden, rows[i].hidden, sizeof config.hidden);
    config.scales = rows[i].scales;
    g_assert_cmpint (tw_hrnn_config_check (&config, &error), ==, rows[i].good);
    if (!rows[i].good)
      g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  }
}

/* --- new weights --- */

static void
test_new (void)
{
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  config.hidden[0] = 200; /* enough numbers for their spread to be seen */
  g_autoptr (TwHrnnWeights) a = tw_hrnn_weights_new (&config, 7), b = tw_hrnn_weights_new (&config, 7),
                            c = tw_hrnn_weights_new (&config, 8), copy = tw_hrnn_weights_copy (c);
  const TwHrnnTensorInfo *info = a->shape.tensors;

  g_assert_cmpmem (a->values, a->shape.P * sizeof (TwReal), b->values, b->shape.P * sizeof (TwReal));
  g_assert_cmpmem (c->values, c->shape.P * sizeof (TwReal), copy->values, copy->shape.P * sizeof (TwReal));
  g_assert_true (a->values[0] != c->values[0]);
  g_assert_cmpstr (a->provenance, ==, "{}");
#define VALUE(which, i) (a->values[info[which].offset + (i)])
  g_assert_cmpfloat (VALUE (TW_HRNN_GLOBAL_GATES_B, 5), ==, (TwReal)2.2);
  g_assert_cmpfloat (VALUE (TW_HRNN_GLOBAL_CAND_B, 5), ==, 0);
  g_assert_cmpfloat (VALUE (TW_HRNN_INPUT_DECAY_B, 0), ==, (TwReal)2.2);
  g_assert_cmpfloat (VALUE (TW_HRNN_SCALE_DECAY_B, 0), ==, (TwReal)3.2);
  g_assert_cmpfloat (VALUE (TW_HRNN_LOG_LR_MOMENTUM, 0), ==, (TwReal)3.2);
  g_assert_cmpfloat (VALUE (TW_HRNN_LOG_LR_OFFSET, 0), ==, -1);
  double square = 0, low = 1, high = -1;
  for (gsize i = 0; i < info[TW_HRNN_PARAM_GATES_W].size; i++)
    square += pow (VALUE (TW_HRNN_PARAM_GATES_W, i), 2);
  g_assert_cmpfloat_with_epsilon (sqrt (square / info[TW_HRNN_PARAM_GATES_W].size) * sqrt (212), 0.5, 0.01);
  for (gsize i = 0; i < 200; i++) {
    g_assert_cmpfloat (VALUE (TW_HRNN_LOG_LR_W, i), ==, 0);
    g_assert_cmpfloat (VALUE (TW_HRNN_UPDATE_W, i), ==, VALUE (TW_HRNN_ATTENTION_W, i));
    low = MIN (low, VALUE (TW_HRNN_PARAM_INIT, i));
    high = MAX (high, VALUE (TW_HRNN_PARAM_INIT, i));
  }
  g_assert_true (low > -1 && low < -0.9 && high < 1 && high > 0.9);
  for (gsize s = 0; s < 4; s++)
    g_assert_cmpfloat_with_epsilon (VALUE (TW_HRNN_UPDATE_SHORTCUT, s), 0.25, 0.25);
#undef VALUE
}

static void
test_builtin (void)
{
  const char *const *names = tw_hrnn_weights_builtin_names ();
  g_autoptr (TwHrnnWeights) first = tw_hrnn_weights_builtin ("default"),
                            second = tw_hrnn_weights_builtin ("default");

  g_assert_true (g_strv_contains (names, "default"));
  g_assert_true (first != NULL && first == second);
  g_assert_null (tw_hrnn_weights_builtin ("no such set"));
  g_assert_cmpuint (first->config.hidden[1], ==, 30);
  g_assert_nonnull (strstr (first->provenance, "iterations"));
}

/* --- files --- */

static void
test_round_trip (void)
{
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "w.safetensors", NULL);
  static const guint hidden[][3] = { { 10, 30, 20 }, { 5, 7, 0 }, { 8, 0, 0 }, { 3, 4, 5 } };

  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++) {
    g_autoptr (GError) error = NULL;
    TwHrnnConfig config;
    tw_hrnn_config_init (&config);
    memcpy (config.hidden, hidden[i], sizeof hidden[i]);
    config.n_levels = hidden[i][1] == 0 ? 1 : hidden[i][2] == 0 ? 2 : 3;
    config.attention = i != 3;
    config.learn_decay = i != 1;
    g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, i);
    for (gsize p = 0; p < weights->shape.P; p++) /* the file keeps floats */
      weights->values[p] = (float)weights->values[p];
    g_free (weights->provenance);
    weights->provenance = g_strdup ("{\"note\": \"“quoted” \\\"text\\\" \\\\ é\"}");
    if (i % 2 == 1)
      weights->first_step = 0.1 * i;

    g_assert_true (tw_hrnn_weights_save (weights, path, &error));
    g_autoptr (TwHrnnWeights) back = tw_hrnn_weights_load (path, &error);
    g_assert_no_error (error);
    g_assert_true (tw_hrnn_config_equal (&weights->config, &back->config));
    g_assert_cmpmem (weights->values, weights->shape.P * sizeof (TwReal), back->values,
                     back->shape.P * sizeof (TwReal));
    g_assert_cmpstr (weights->provenance, ==, back->provenance);
    g_assert_true (back->first_step == (i % 2 == 1 ? 0.1 * i : INFINITY));
  }
  g_unlink (path);
  g_rmdir (folder);
}

/* As another program reads it: 8 bytes of length, JSON, data without holes that begin at a multiple of 8. */
static void
test_format (void)
{
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "w.safetensors", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  TwHrnnConfig config;
  guint64 length;
  gsize size;

  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 3);
  g_assert_true (tw_hrnn_weights_save (weights, path, &error));
  g_assert_true (g_file_get_contents (path, &data, &size, &error));
  memcpy (&length, data, 8);
  length = GUINT64_FROM_LE (length);
  g_assert_cmpuint (length % 8, ==, 0);
  g_assert_cmpuint (size, ==, 8 + length + 4 * weights->shape.P);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, data + 8, length, &error));
  JsonObject *header = json_node_get_object (json_parser_get_root (parser));
  JsonObject *entry = json_object_get_object_member (header, "tensor_rnn.candidate.bias");
  g_assert_cmpstr (json_object_get_string_member (entry, "dtype"), ==, "F32");
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (entry, "shape"), 0), ==, 30);
  gint64 begin = json_array_get_int_element (json_object_get_array_member (entry, "data_offsets"), 0);
  entry = json_object_get_object_member (header, "scale_decay.bias");
  begin = json_array_get_int_element (json_object_get_array_member (entry, "data_offsets"), 0);
  float value;
  memcpy (&value, data + 8 + length + begin, 4);
  g_assert_cmpfloat (value, ==, 3.2f);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_unwritable (void)
{
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_builtin ("default");
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_hrnn_weights_save (weights, "/nowhere/at/all/w.safetensors", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_OUTPUT);
  g_clear_error (&error);
  g_assert_null (tw_hrnn_weights_load ("/nowhere/at/all/w.safetensors", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "/nowhere/at/all"));
}

/* --- damage --- */

/* The interim file, with one text of its header replaced by another (the header's length follows), or bytes
 * changed.  `names` is what the message has to contain. */
typedef struct {
  const char *what;
  const char *from, *to; /* in the header; from NULL: leave it */
  const char *names;
} Damage;

#define GATES                                                                                                \
  "\"param_rnn.gates.weight\": {\"dtype\": \"F32\", \"shape\": [22, 20], \"data_offsets\": [0, 1760]}"

/* Brackets that a recursive parser would fall over. */
#define DEEP_16 "[[[[[[[[[[[[[[[["
#define DEEP_64 DEEP_16 DEEP_16 DEEP_16 DEEP_16
#define DEEP_256 DEEP_64 DEEP_64 DEEP_64 DEEP_64

static const Damage damages[] = {
  { "missing", "\"update.weight\"", "\"update.weights\"", "update.weight is missing" },
  { "missing bias", "\"log_lr.bias\": ", "\"log_lr.bios\": ", "log_lr.bias is missing" },
  { "extra", "{\"__metadata__\"",
    "{\"extra.weight\": {\"dtype\": \"F32\", \"shape\": [0], \"data_offsets\": [0, 0]}, "
    "\"__metadata__\"",
    "extra.weight" },
  { "twice", GATES, GATES ", " GATES, "“param_rnn.gates.weight” is there twice" },
  { "shape", "\"shape\": [22, 20]", "\"shape\": [20, 22]",
    "param_rnn.gates.weight: its shape must be [22, 20]" },
  { "rank", "\"shape\": [22, 20]", "\"shape\": [440]", "param_rnn.gates.weight: its shape" },
  { "rank 3", "\"shape\": [22, 20]", "\"shape\": [22, 20, 1]", "param_rnn.gates.weight: its shape" },
  { "shape text", "\"shape\": [22, 20]", "\"shape\": \"22\"", "param_rnn.gates.weight: its shape" },
  { "shape fraction", "\"shape\": [22, 20]", "\"shape\": [22.5, 20]", "param_rnn.gates.weight: its shape" },
  { "shape negative", "\"shape\": [22, 20]", "\"shape\": [-22, -20]", "param_rnn.gates.weight: its shape" },
  { "no shape", "\"shape\": [22, 20]", "\"form\": [22, 20]", "param_rnn.gates.weight: its shape" },
  { "dtype", "\"dtype\": \"F32\", \"shape\": [22, 20]", "\"dtype\": \"F64\", \"shape\": [22, 20]",
    "param_rnn.gates.weight: dtype is F64" },
  { "dtype number", "\"dtype\": \"F32\", \"shape\": [22, 20]", "\"dtype\": 32, \"shape\": [22, 20]",
    "param_rnn.gates.weight: dtype" },
  { "entry", GATES, "\"param_rnn.gates.weight\": 5", "param_rnn.gates.weight: its entry" },
  { "overlap", "[1760, 1840]", "[1756, 1836]", "param_rnn.gates.bias: its data overlap" },
  { "hole", "[1760, 1840]", "[1764, 1844]", "param_rnn.gates.bias: there is a hole" },
  { "too short", "[1760, 1840]", "[1760, 1836]", "param_rnn.gates.bias: 76 bytes" },
  { "descending", "[1760, 1840]", "[1840, 1760]", "param_rnn.gates.bias: data_offsets" },
  { "negative", "[1760, 1840]", "[-80, 0]", "param_rnn.gates.bias: data_offsets" },
  { "beyond", "[1760, 1840]", "[90000000, 90000080]", "param_rnn.gates.bias: its data end" },
  { "huge", "[1760, 1840]", "[9223372036854775727, 9223372036854775807]",
    "param_rnn.gates.bias: its data end" },
  { "offsets text", "[1760, 1840]", "[\"1760\", 1840]", "param_rnn.gates.bias: data_offsets" },
  { "one offset", "[1760, 1840]", "[1760]", "param_rnn.gates.bias: data_offsets" },
  { "no metadata", "\"__metadata__\"", "\"metadata\"", "__metadata__ is missing" },
  { "metadata list", "{\"__metadata__\": {", "{\"__metadata__\": [], \"x\": {", "__metadata__ is missing" },
  { "format", "thalweg-hrnn", "other-format", "format is “other-format”" },
  { "no format", "\"format\"", "\"farmat\"", "format is missing" },
  { "version", "\"version\": \"1\"", "\"version\": \"2\"", "version is “2”" },
  { "version number", "\"version\": \"1\"", "\"version\": 1", "version must be a string" },
  { "no config", "\"config\"", "\"canfig\"", "config is missing" },
  { "config text", "\"config\": \"{", "\"config\": \"", "config: not a JSON object" },
  { "config key", "\\\"attention\\\"", "\\\"attenuation\\\"", "config: unknown key “attenuation”" },
  { "config type", "\\\"attention\\\": true", "\\\"attention\\\": 1",
    "config: attention must be true or false" },
  { "config hidden", "[10, 30, 20]", "[10, 30, 20, 5]", "config: hidden" },
  { "config hidden empty", "[10, 30, 20]", "[]", "config: hidden" },
  { "config hidden zero", "[10, 30, 20]", "[10, 0, 20]", "config: hidden[1]" },
  { "config hidden huge", "[10, 30, 20]", "[10, 30, 2000000000]", "config: hidden[2]" },
  { "config hidden text", "[10, 30, 20]", "[10, \\\"a\\\", 20]", "config: hidden[1]" },
  { "config no hidden", "\\\"hidden\\\"", "\\\"attention\\\"", "config: hidden is missing" },
  { "config scales", "\\\"scales\\\": 4", "\\\"scales\\\": 9", "config: scales" },
  { "config scales fraction", "\\\"scales\\\": 4", "\\\"scales\\\": 4.5", "config: scales" },
  { "config disagrees", "[10, 30, 20]", "[10, 30, 21]", "global_rnn.gates.weight: its shape" },
  { "config level", "[10, 30, 20]", "[10, 30]", "has no place" },
  { "config switch", "\\\"attention\\\": true", "\\\"attention\\\": false", "attention.weight has no place" },
  { "config clash", "\\\"attention\\\": true", "\\\"input_scaling\\\": false", "log_ms" },
  { "deep", GATES, "\"deep\": " DEEP_16 "[", "header: line 1: too many brackets" },
  { "config deep", "[10, 30, 20]", DEEP_16 "[10, 30, 20]", "config: line 1: too many brackets" },
  { "provenance deep", "\"provenance\": \"{", "\"provenance\": \"" DEEP_256 "{",
    "provenance: line 1: too many brackets" },
  { "first step text", "\"version\": \"1\"", "\"version\": \"1\", \"first_step\": \"far\"", "first_step is “far”, not a number above 0" },
  { "first step 0", "\"version\": \"1\"", "\"version\": \"1\", \"first_step\": \"0\"", "first_step is “0”" },
  { "first step number", "\"version\": \"1\"", "\"version\": \"1\", \"first_step\": 0.2", "first_step must be a string" },
  { "no provenance", "\"provenance\"", "\"pravenance\"", "provenance is missing" },
  { "provenance text", "\"provenance\": \"{", "\"provenance\": \"", "provenance is not a JSON object" },
  { "not JSON", "{\"__metadata__\": {", "{\"__metadata__\": {{", "header: not valid JSON" },
  { "list", "{\"__metadata__\"", "[\"__metadata__\"", "header: does not begin with {" },
  { "not UTF-8", "thalweg-hrnn", "thalweg\xff\xfe", "header: not valid UTF-8" },
};

static char *
interim (gsize *size)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "hrnn-interim.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  char *data;

  g_file_get_contents (path, &data, size, &error);
  g_assert_no_error (error);
  return data;
}

static void
refuse (const void *data, gsize size, const char *names)
{
  g_autoptr (GError) error = NULL;

  /* a copy of its own size, so that a read beyond its end is seen */
  g_autofree char *copy = g_memdup2 (data, size);
  g_assert_null (tw_hrnn_weights_load_bytes ("damaged.safetensors", copy, size, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "damaged.safetensors: "));
  g_assert_null (strchr (error->message, '\n'));
  if (strstr (error->message, names) == NULL)
    g_error ("“%s” does not say “%s”", error->message, names);
}

static void
test_damage (gconstpointer user_data)
{
  const Damage *damage = user_data;
  gsize size;
  g_autofree char *data = interim (&size);
  guint64 length;

  memcpy (&length, data, 8);
  length = GUINT64_FROM_LE (length);
  g_autoptr (GString) header = g_string_new_len (data + 8, length);
  guint n = g_string_replace (header, damage->from, damage->to, 1);
  g_assert_cmpuint (n, ==, 1);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint64 new_length = GUINT64_TO_LE ((guint64)header->len);
  g_byte_array_append (file, (const guint8 *)&new_length, 8);
  g_byte_array_append (file, (const guint8 *)header->str, header->len);
  g_byte_array_append (file, (const guint8 *)data + 8 + length, size - 8 - length);
  refuse (file->data, file->len, damage->names);
}

static void
set_length (char *data, guint64 length)
{
  length = GUINT64_TO_LE (length);
  memcpy (data, &length, 8);
}

static void
test_bytes (void)
{
  static const guint32 not_finite[] = { 0x7f800000, 0xff800000, 0x7fc00000 };
  gsize size;
  g_autofree char *data = interim (&size), *longer = g_malloc0 (size + 4);
  guint64 length;

  memcpy (&length, data, 8);
  length = GUINT64_FROM_LE (length);
  for (gsize i = 0; i < G_N_ELEMENTS (not_finite); i++) {
    char kept[4];
    guint32 bits = GUINT32_TO_LE (not_finite[i]);

    memcpy (kept, data + size - 4, 4);
    memcpy (data + size - 4, &bits, 4);
    refuse (data, size, "is not finite");
    memcpy (data + size - 4, kept, 4);
  }
  refuse ("", 0, "truncated");
  refuse (data, 7, "truncated");
  refuse (data, 8, "truncated");
  refuse (data, 8 + length / 2, "truncated");
  refuse (data, 8 + length, "the file is truncated");
  refuse (data, size - 4, "the file is truncated");
  refuse (data, size - 1, "the file is truncated");
  memcpy (longer, data, size);
  refuse (longer, size + 4, "4 bytes after the data");
  set_length (data, length - 8);
  refuse (data, size, "header: not valid JSON");
  set_length (data, G_MAXUINT64);
  refuse (data, size, "a header of");
  set_length (data, 0);
  refuse (data, size, "header: does not begin with {");
  set_length (data, size);
  refuse (data, size, "truncated");
  refuse ("hello, I am no weights", 22, "a header of");
}

/* Any byte of the header may change, or the file end anywhere: it is read or refused, nothing else. */
static void
test_fuzz (void)
{
  gsize size;
  g_autofree char *data = interim (&size);
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (int i = 0; i < 300; i++) {
    gsize at = 8 + g_rand_int_range (random, 0, 3552),
          end = i % 3 == 0 ? (gsize)g_rand_int_range (random, 0, size) : size;
    g_autofree char *copy = g_memdup2 (data, end);
    g_autoptr (GError) error = NULL;

    if (at < end)
      copy[at] = (char)g_rand_int_range (random, 0, 256);
    g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_load_bytes ("fuzz", copy, end, &error);
    g_assert_true ((weights == NULL) == (error != NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weights/config/shape", test_shape);
  g_test_add_func ("/weights/config/json", test_config_json);
  g_test_add_func ("/weights/config/check", test_config_check);
  g_test_add_func ("/weights/new", test_new);
  g_test_add_func ("/weights/builtin", test_builtin);
  g_test_add_func ("/weights/file/round-trip", test_round_trip);
  g_test_add_func ("/weights/file/format", test_format);
  g_test_add_func ("/weights/file/unwritable", test_unwritable);
  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autofree char *path = g_strdup_printf ("/weights/damage/%s", damages[i].what);
    g_test_add_data_func (path, &damages[i], test_damage);
  }
  g_test_add_func ("/weights/damage/bytes", test_bytes);
  g_test_add_func ("/weights/damage/fuzz", test_fuzz);
  return g_test_run ();
}
