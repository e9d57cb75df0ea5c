#include "core/learned/hrnn-private.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/json-input.h"
#include "core/random.h"
#include "data/core-resources.h"

#define RESOURCE_FOLDER "/org/thalweg/Thalweg/weights/"

TwHrnnWeights *
tw_hrnn_weights_alloc (const TwHrnnConfig *config)
{
  TwHrnnWeights *weights = g_new0 (TwHrnnWeights, 1);

  weights->config = *config;
  tw_hrnn_config_shape (config, &weights->shape);
  weights->values = g_new0 (TwReal, weights->shape.P);
  weights->provenance = g_strdup ("{}");
  weights->first_step = INFINITY;
  g_atomic_ref_count_init (&weights->ref_count);
  return weights;
}

/* How a tensor starts: constant, or normal around a mean, or uniform in (-1, 1). */
static void
initial_values (const TwHrnnConfig *config, TwHrnnTensor which, const TwHrnnTensorInfo *info, guint64 stream,
                TwReal *out)
{
  TwDraw draw = { .stream = stream, .step = which };
  double mean = 0, deviation = 0;

  switch (which) {
  case TW_HRNN_PARAM_INIT:
  case TW_HRNN_TENSOR_INIT:
  case TW_HRNN_GLOBAL_INIT:
    for (gsize i = 0; i < info->size; i++)
      out[i] = 2 * tw_random_uniform (draw, i) - 1;
    return;
  case TW_HRNN_PARAM_GATES_B:
  case TW_HRNN_TENSOR_GATES_B:
  case TW_HRNN_GLOBAL_GATES_B:
  case TW_HRNN_INPUT_DECAY_B:
    mean = 2.2;
    break;
  case TW_HRNN_SCALE_DECAY_B:
  case TW_HRNN_LOG_LR_MOMENTUM:
    mean = 3.2;
    break;
  case TW_HRNN_LOG_LR_OFFSET:
    mean = -1;
    break;
  case TW_HRNN_UPDATE_SHORTCUT:
  case TW_HRNN_ATTENTION_SHORTCUT:
    mean = 1.0 / config->scales;
    deviation = 0.1 / sqrt (config->scales);
    break;
  case TW_HRNN_LOG_LR_W:
    break;
  default:
    if (g_str_has_suffix (info->name, ".weight"))
      deviation = 0.5 / sqrt (info->rows);
  }
  for (gsize i = 0; i < info->size; i++)
    out[i] = mean + (deviation > 0 ? deviation * tw_random_normal (draw, i) : 0);
}

TwHrnnWeights *
tw_hrnn_weights_new (const TwHrnnConfig *config, guint64 seed)
{
  TwHrnnWeights *weights = tw_hrnn_weights_alloc (config);
  guint64 stream = tw_random_stream (seed, TW_STREAM_WEIGHTS, 0);
  const TwHrnnTensorInfo *tensors = weights->shape.tensors;

  for (guint i = 0; i < TW_HRNN_N_TENSORS; i++)
    if (tensors[i].name != NULL)
      initial_values (config, i, &tensors[i], stream, weights->values + tensors[i].offset);
  /* at first the next gradient is taken where the next step leads */
  static const TwHrnnTensor twins[][2] = { { TW_HRNN_ATTENTION_W, TW_HRNN_UPDATE_W },
                                           { TW_HRNN_ATTENTION_SHORTCUT, TW_HRNN_UPDATE_SHORTCUT } };
  for (gsize i = 0; i < G_N_ELEMENTS (twins); i++)
    if (tensors[twins[i][0]].name != NULL)
      memcpy (weights->values + tensors[twins[i][0]].offset, weights->values + tensors[twins[i][1]].offset,
              tensors[twins[i][0]].size * sizeof (TwReal));
  return weights;
}

TwHrnnWeights *
tw_hrnn_weights_copy (const TwHrnnWeights *weights)
{
  TwHrnnWeights *copy = tw_hrnn_weights_alloc (&weights->config);

  memcpy (copy->values, weights->values, weights->shape.P * sizeof (TwReal));
  g_free (copy->provenance);
  copy->provenance = g_strdup (weights->provenance);
  copy->first_step = weights->first_step;
  return copy;
}

TwHrnnWeights *
tw_hrnn_weights_ref (TwHrnnWeights *weights)
{
  g_atomic_ref_count_inc (&weights->ref_count);
  return weights;
}

void
tw_hrnn_weights_unref (TwHrnnWeights *weights)
{
  if (weights == NULL || !g_atomic_ref_count_dec (&weights->ref_count))
    return;
  g_free (weights->values);
  g_free (weights->provenance);
  g_free (weights);
}

double
tw_hrnn_weights_initial_log_lr (const TwHrnnWeights *weights, double log_lr, gsize n)
{
  return MIN (log_lr, log (weights->first_step / sqrt ((double)n)));
}

/* The name of each set and, once it was asked for, the set.  Never freed: they are part of the program. */
typedef struct {
  GStrv names;
  TwHrnnWeights **sets;
} Builtin;

static const Builtin *
builtin_get (void)
{
  static Builtin builtin;
  static gsize ready;

  if (g_once_init_enter (&ready)) {
    GResource *resource = tw_core_get_resource (); /* also keeps it in a statically linked program */
    g_auto (GStrv) files = g_resource_enumerate_children (resource, RESOURCE_FOLDER, 0, NULL);
    guint n = files != NULL ? g_strv_length (files) : 0;

    builtin.names = g_new0 (char *, n + 1);
    builtin.sets = g_new0 (TwHrnnWeights *, n + 1);
    for (guint i = 0; i < n; i++) {
      g_autofree char *path = g_strconcat (RESOURCE_FOLDER, files[i], NULL);
      g_autoptr (GBytes) bytes = g_resource_lookup_data (resource, path, 0, NULL);
      g_autoptr (GError) error = NULL;

      builtin.names[i] = g_str_has_suffix (files[i], ".safetensors")
                           ? g_strndup (files[i], strlen (files[i]) - strlen (".safetensors"))
                           : g_strdup (files[i]);
      builtin.sets[i] = tw_hrnn_weights_load_bytes (files[i], g_bytes_get_data (bytes, NULL),
                                                    g_bytes_get_size (bytes), &error);
      if (builtin.sets[i] == NULL)
        g_error ("the weights inside the program are damaged: %s", error->message);
    }
    g_once_init_leave (&ready, 1);
  }
  return &builtin;
}

TwHrnnWeights *
tw_hrnn_weights_builtin (const char *name)
{
  const Builtin *builtin = builtin_get ();

  for (guint i = 0; builtin->names[i] != NULL; i++)
    if (strcmp (builtin->names[i], name) == 0)
      return tw_hrnn_weights_ref (builtin->sets[i]);
  return NULL;
}

const char *const *
tw_hrnn_weights_builtin_names (void)
{
  return (const char *const *)builtin_get ()->names;
}

TwHrnnWeights *
tw_hrnn_weights_find (const char *name, GError **error)
{
  TwHrnnWeights *weights = tw_hrnn_weights_builtin (name);

  if (weights != NULL)
    return weights;
  return tw_check_path ("set of weights", tw_hrnn_weights_builtin_names (), name, error) ? tw_hrnn_weights_load (name, error)
                                                                                         : NULL;
}
