#include "core/learned/hrnn-config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "core/error.h"
#include "core/json-input.h"

typedef struct {
  const char *key;
  gsize offset;
} Switch;

#define SWITCH(name)                                                                                         \
  {                                                                                                          \
#name, G_STRUCT_OFFSET(TwHrnnConfig, name)                                                               \
  }
static const Switch switches[] = {
  SWITCH (attention),     SWITCH (log_ms),      SWITCH (relative_lr),   SWITCH (grad_products),
  SWITCH (grad_shortcut), SWITCH (learn_decay), SWITCH (dynamic_scale), SWITCH (input_scaling),
};

static gboolean *
switch_of (const TwHrnnConfig *config, const Switch *s)
{
  return G_STRUCT_MEMBER_P (config, s->offset);
}

void
tw_hrnn_config_init (TwHrnnConfig *config)
{
  *config = (TwHrnnConfig){ .n_levels = 3, .hidden = { 10, 30, 20 }, .scales = 4 };
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    *switch_of (config, &switches[i]) = TRUE;
}

gboolean
tw_hrnn_config_check (const TwHrnnConfig *config, GError **error)
{
  if (config->n_levels < 1 || config->n_levels > 3) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "hidden: 1 to 3 sizes are possible, not %u",
                 config->n_levels);
    return FALSE;
  }
  for (guint l = 0; l < config->n_levels; l++)
    if (config->hidden[l] < 1 || config->hidden[l] > TW_HRNN_MAX_HIDDEN) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "hidden: a size is from 1 to %d, not %u",
                   TW_HRNN_MAX_HIDDEN, config->hidden[l]);
      return FALSE;
    }
  for (guint l = config->n_levels; l < 3; l++)
    if (config->hidden[l] != 0) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "hidden: level %u is not there, but has size %u", l + 1,
                   config->hidden[l]);
      return FALSE;
    }
  if (config->scales < 1 || config->scales > TW_HRNN_MAX_SCALES) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "scales: from 1 to %d, not %u", TW_HRNN_MAX_SCALES,
                 config->scales);
    return FALSE;
  }
  if (!config->input_scaling && config->log_ms) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "log_ms: needs the mean squares, which are not kept with input_scaling off");
    return FALSE;
  }
  return TRUE;
}

gboolean
tw_hrnn_config_equal (const TwHrnnConfig *a, const TwHrnnConfig *b)
{
  if (a->n_levels != b->n_levels || a->scales != b->scales)
    return FALSE;
  for (guint l = 0; l < a->n_levels; l++)
    if (a->hidden[l] != b->hidden[l])
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    if (!*switch_of (a, &switches[i]) != !*switch_of (b, &switches[i]))
      return FALSE;
  return TRUE;
}

static void
add (TwHrnnShape *shape, TwHrnnTensor which, const char *name, guint rows, guint cols)
{
  gsize size = (gsize)rows * MAX (cols, 1);

  shape->tensors[which] =
    (TwHrnnTensorInfo){ .name = name, .rows = rows, .cols = cols, .offset = shape->P, .size = size };
  shape->P += size;
}

void
tw_hrnn_config_shape (const TwHrnnConfig *config, TwHrnnShape *shape)
{
  guint S = config->scales, H0 = config->hidden[0], H1 = config->hidden[1], H2 = config->hidden[2];
  guint F =
    S + (config->grad_products ? S - 1 : 0) + (config->log_ms ? S : 0) + (config->relative_lr ? 1 : 0);

  memset (shape, 0, sizeof *shape);
  shape->F = F;
  add (shape, TW_HRNN_PARAM_GATES_W, "param_rnn.gates.weight", F + H0, 2 * H0);
  add (shape, TW_HRNN_PARAM_GATES_B, "param_rnn.gates.bias", 2 * H0, 0);
  add (shape, TW_HRNN_PARAM_CAND_W, "param_rnn.candidate.weight", F + H0, H0);
  add (shape, TW_HRNN_PARAM_CAND_B, "param_rnn.candidate.bias", H0, 0);
  add (shape, TW_HRNN_PARAM_INIT, "param_rnn.init", H0, 0);
  if (config->n_levels >= 2) {
    add (shape, TW_HRNN_TENSOR_GATES_W, "tensor_rnn.gates.weight", H0 + F + H1, 2 * H1);
    add (shape, TW_HRNN_TENSOR_GATES_B, "tensor_rnn.gates.bias", 2 * H1, 0);
    add (shape, TW_HRNN_TENSOR_CAND_W, "tensor_rnn.candidate.weight", H0 + F + H1, H1);
    add (shape, TW_HRNN_TENSOR_CAND_B, "tensor_rnn.candidate.bias", H1, 0);
    add (shape, TW_HRNN_TENSOR_INIT, "tensor_rnn.init", H1, 0);
  }
  if (config->n_levels >= 3) {
    add (shape, TW_HRNN_GLOBAL_GATES_W, "global_rnn.gates.weight", H1 + H2, 2 * H2);
    add (shape, TW_HRNN_GLOBAL_GATES_B, "global_rnn.gates.bias", 2 * H2, 0);
    add (shape, TW_HRNN_GLOBAL_CAND_W, "global_rnn.candidate.weight", H1 + H2, H2);
    add (shape, TW_HRNN_GLOBAL_CAND_B, "global_rnn.candidate.bias", H2, 0);
    add (shape, TW_HRNN_GLOBAL_INIT, "global_rnn.init", H2, 0);
  }
  if (config->n_levels >= 2) {
    add (shape, TW_HRNN_TENSOR_TO_PARAM_W, "tensor_to_param.weight", H1, 3 * H0);
    add (shape, TW_HRNN_TENSOR_TO_PARAM_B, "tensor_to_param.bias", 3 * H0, 0);
  }
  if (config->n_levels >= 3) {
    add (shape, TW_HRNN_GLOBAL_TO_PARAM_W, "global_to_param.weight", H2, 3 * H0);
    add (shape, TW_HRNN_GLOBAL_TO_PARAM_B, "global_to_param.bias", 3 * H0, 0);
    add (shape, TW_HRNN_GLOBAL_TO_TENSOR_W, "global_to_tensor.weight", H2, 3 * H1);
    add (shape, TW_HRNN_GLOBAL_TO_TENSOR_B, "global_to_tensor.bias", 3 * H1, 0);
  }
  add (shape, TW_HRNN_UPDATE_W, "update.weight", H0, 0);
  if (config->grad_shortcut)
    add (shape, TW_HRNN_UPDATE_SHORTCUT, "update.shortcut", S, 0);
  if (config->attention) {
    add (shape, TW_HRNN_ATTENTION_W, "attention.weight", H0, 0);
    if (config->grad_shortcut)
      add (shape, TW_HRNN_ATTENTION_SHORTCUT, "attention.shortcut", S, 0);
  }
  if (config->learn_decay) {
    add (shape, TW_HRNN_INPUT_DECAY_W, "input_decay.weight", H0, 0);
    add (shape, TW_HRNN_INPUT_DECAY_B, "input_decay.bias", 1, 0);
    add (shape, TW_HRNN_SCALE_DECAY_W, "scale_decay.weight", H0, 0);
    add (shape, TW_HRNN_SCALE_DECAY_B, "scale_decay.bias", 1, 0);
  }
  if (config->dynamic_scale) {
    add (shape, TW_HRNN_LOG_LR_W, "log_lr.weight", H0, 0);
    add (shape, TW_HRNN_LOG_LR_B, "log_lr.bias", 1, 0);
    add (shape, TW_HRNN_LOG_LR_MOMENTUM, "log_lr.momentum_logit", 1, 0);
    add (shape, TW_HRNN_LOG_LR_OFFSET, "log_lr.step_offset", 1, 0);
  }
}

char *
tw_hrnn_config_to_json (const TwHrnnConfig *config)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "hidden");
  json_builder_begin_array (builder);
  for (guint l = 0; l < config->n_levels; l++)
    json_builder_add_int_value (builder, config->hidden[l]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "scales");
  json_builder_add_int_value (builder, config->scales);
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++) {
    json_builder_set_member_name (builder, switches[i].key);
    json_builder_add_boolean_value (builder, *switch_of (config, &switches[i]));
  }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* A whole number in [1, most], or 0. */
static guint
positive_int (JsonNode *node, guint most)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return 0;
  gint64 value = json_node_get_int (node);
  return value >= 1 && value <= most ? (guint)value : 0;
}

static gboolean
read_hidden (TwHrnnConfig *config, JsonNode *node, GError **error)
{
  JsonArray *sizes = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = sizes != NULL ? json_array_get_length (sizes) : 0;

  if (n < 1 || n > 3) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "config: hidden must be a list of 1 to 3 sizes");
    return FALSE;
  }
  config->n_levels = n;
  for (guint l = 0; l < 3; l++) {
    config->hidden[l] = l < n ? positive_int (json_array_get_element (sizes, l), TW_HRNN_MAX_HIDDEN) : 0;
    if (l < n && config->hidden[l] == 0) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "config: hidden[%u] must be a whole number from 1 to %d",
                   l, TW_HRNN_MAX_HIDDEN);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_member (TwHrnnConfig *config, const char *key, JsonNode *node, GError **error)
{
  if (strcmp (key, "hidden") == 0)
    return read_hidden (config, node, error);
  if (strcmp (key, "scales") == 0) {
    config->scales = positive_int (node, TW_HRNN_MAX_SCALES);
    if (config->scales == 0)
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "config: scales must be a whole number from 1 to %d",
                   TW_HRNN_MAX_SCALES);
    return config->scales != 0;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    if (strcmp (key, switches[i].key) == 0) {
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN) {
        g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "config: %s must be true or false", key);
        return FALSE;
      }
      *switch_of (config, &switches[i]) = json_node_get_boolean (node);
      return TRUE;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "config: unknown key “%s”", key);
  return FALSE;
}

gboolean
tw_hrnn_config_from_json (TwHrnnConfig *config, const char *json, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (JsonNode) root = NULL;

  if (!tw_json_check_text (json, strlen (json), error)) {
    g_prefix_error (error, "config: ");
    return FALSE;
  }
  root = json_from_string (json, &why);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "config: not a JSON object%s%s", why != NULL ? ": " : "",
                 why != NULL ? why->message : "");
    return FALSE;
  }
  tw_hrnn_config_init (config);
  JsonObject *object = json_node_get_object (root);
  for (const char *const *key = (const char *const[]){ "hidden", "scales", NULL }; *key != NULL; key++)
    if (!json_object_has_member (object, *key)) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "config: %s is missing", *key);
      return FALSE;
    }
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node))
    if (!read_member (config, key, node, error))
      return FALSE;
  return tw_hrnn_config_check (config, error);
}
