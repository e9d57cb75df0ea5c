/* task-types.c: which network each task is. */
#include <string.h>

#include "core/error.h"
#include "core/tasks/task-private.h"

#define MOST_UNITS 65536
#define MOST_LAYERS 20

static gboolean fail (GError **error, const TwProblemType *type, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

static gboolean
fail (GError **error, const TwProblemType *type, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: %s", type->name, what);
  return FALSE;
}

/* Dense layers of the sizes in text, "128x64"; "none" or "0" where that is allowed. */
static gboolean
add_hidden (TwTask *task, const TwProblemType *type, const char *text, gboolean may_be_none,
            TwActivation activation, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  guint n = g_strv_length (parts);
  guint64 units;

  if (may_be_none && g_str_equal (text, "none"))
    return TRUE;
  for (guint i = 0; i < MAX (n, 1); i++) {
    if (n < 1 || n > MOST_LAYERS || !g_ascii_string_to_unsigned (parts[i], 10, 1, MOST_UNITS, &units, NULL))
      return fail (error, type, "hidden=\"%s\" is not 1 to %d layer sizes from 1 to %d, such as 128x64%s",
                   text, MOST_LAYERS, MOST_UNITS, may_be_none ? ", or none" : "");
    tw_network_add_dense (&task->network, units, activation);
  }
  return TRUE;
}

enum { OWN = TW_TASK_N_PARAMS };

static const TwParam linear_params[] = { TW_TASK_PARAMS ("diabetes", 1000, "glorot|he"), { NULL } };

static TwProblem *
linear_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autoptr (TwTask) task = tw_task_new (values, error);

  if (task == NULL)
    return NULL;
  if (task->data->n_classes > 0) {
    fail (error, &tw_linear_type,
          "data=%s has classes, not a number to predict; logistic and softmax-regression "
          "tell classes apart",
          task->data->name);
    return NULL;
  }
  tw_network_add_dense (&task->network, tw_task_choose_loss (task), TW_ACT_NONE);
  TwProblem *problem = tw_task_finish (task, &tw_linear_type, error);
  if (problem != NULL)
    g_steal_pointer (&task);
  return problem;
}

const TwProblemType tw_linear_type = {
  .name = "linear",
  .title = "Linear regression",
  .summary = "a number as a weighted sum of features: least squares, a convex bowl",
  .source = "Legendre 1805",
  .params = linear_params,
  .create = linear_create,
  TW_TASK_FUNCTIONS,
};

static const TwParam logistic_params[] = { TW_TASK_PARAMS ("breast-cancer", 1000, "glorot|he"), { NULL } };

static TwProblem *
logistic_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autoptr (TwTask) task = tw_task_new (values, error);

  if (task == NULL)
    return NULL;
  if (task->data->n_classes != 2) {
    if (task->data->n_classes == 0)
      fail (error, &tw_logistic_type, "data=%s has a number to predict, not two classes", task->data->name);
    else
      fail (error, &tw_logistic_type,
            "data=%s has %" G_GSIZE_FORMAT " classes, not two; softmax-regression takes "
            "any number",
            task->data->name, task->data->n_classes);
    return NULL;
  }
  task->loss = TW_LOSS_LOGISTIC;
  tw_network_add_dense (&task->network, 1, TW_ACT_NONE);
  TwProblem *problem = tw_task_finish (task, &tw_logistic_type, error);
  if (problem != NULL)
    g_steal_pointer (&task);
  return problem;
}

const TwProblemType tw_logistic_type = {
  .name = "logistic",
  .title = "Logistic regression",
  .summary = "two classes parted by a plane: convex, flat far out",
  .source = "Cox 1958",
  .params = logistic_params,
  .create = logistic_create,
  TW_TASK_FUNCTIONS,
};

/* FALSE with an error where data has no classes. */
static gboolean
check_classes (const TwTask *task, const TwProblemType *type, GError **error)
{
  return task->data->n_classes > 0 ||
         fail (error, type, "data=%s has a number to predict, not classes", task->data->name);
}

static const TwParam softmax_params[] = { TW_TASK_PARAMS ("iris", 1000, "glorot|he"), { NULL } };

static TwProblem *
softmax_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autoptr (TwTask) task = tw_task_new (values, error);

  if (task == NULL || !check_classes (task, &tw_softmax_regression_type, error))
    return NULL;
  tw_network_add_dense (&task->network, tw_task_choose_loss (task), TW_ACT_NONE);
  TwProblem *problem = tw_task_finish (task, &tw_softmax_regression_type, error);
  if (problem != NULL)
    g_steal_pointer (&task);
  return problem;
}

const TwProblemType tw_softmax_regression_type = {
  .name = "softmax-regression",
  .title = "Softmax regression",
  .summary = "any number of classes, each with a weighted sum of features: convex",
  .source = "Cox 1966",
  .params = softmax_params,
  .create = softmax_create,
  TW_TASK_FUNCTIONS,
};

enum { MLP_HIDDEN = OWN, MLP_ACTIVATION };

static const TwParam mlp_params[] = {
  TW_TASK_PARAMS ("digits", 1000, "he|glorot"),
  { "hidden", TW_PARAM_TEXT, 0, 0, 0, FALSE, "32", "sizes of the hidden layers, joined by x: 128x64" },
  { "activation", TW_PARAM_CHOICE, 0, 0, 0, FALSE, TW_ACTIVATION_CHOICES, "of the hidden layers" },
  { NULL },
};

static TwProblem *
mlp_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autoptr (TwTask) task = tw_task_new (values, error);

  if (task == NULL || !add_hidden (task, &tw_mlp_type, values[MLP_HIDDEN].text, FALSE,
                                   (TwActivation)values[MLP_ACTIVATION].number, error))
    return NULL;
  tw_network_add_dense (&task->network, tw_task_choose_loss (task), TW_ACT_NONE);
  TwProblem *problem = tw_task_finish (task, &tw_mlp_type, error);
  if (problem != NULL)
    g_steal_pointer (&task);
  return problem;
}

const TwProblemType tw_mlp_type = {
  .name = "mlp",
  .title = "MLP",
  .summary = "a fully connected network with any hidden layers learns from data, in minibatches",
  .source = "Rumelhart, Hinton and Williams 1986",
  .params = mlp_params,
  .create = mlp_create,
  TW_TASK_FUNCTIONS,
};

enum { CONV_LAYERS = OWN, CONV_HIDDEN, CONV_ACTIVATION };

static const TwParam conv_params[] = {
  TW_TASK_PARAMS ("digits", 1000, "he|glorot"),
  { "layers", TW_PARAM_TEXT, 0, 0, 0, FALSE, "16c3-p2-32c3-p2",
    "joined by -: 16c3, 16 maps by kernels of 3 x 3; p2, the largest of 2 x 2" },
  { "hidden", TW_PARAM_TEXT, 0, 0, 0, FALSE, "none", "sizes of the dense layers that follow, joined by x" },
  { "activation", TW_PARAM_CHOICE, 0, 0, 0, FALSE, TW_ACTIVATION_CHOICES, "of all but the last layer" },
  { NULL },
};

/* "16c3" or "p2" */
static gboolean
add_conv_layer (TwTask *task, const char *text, TwActivation activation, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "c", -1);
  guint64 maps, side;
  gsize channels, height, width;

  tw_network_get_shape (&task->network, &channels, &height, &width);
  if (*text == 'p' && g_ascii_string_to_unsigned (text + 1, 10, 2, 16, &side, NULL)) {
    if (side > height || side > width)
      return fail (error, &tw_conv_type,
                   "layers: \"%s\": images are only %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " there", text,
                   height, width);
    tw_network_add_pool (&task->network, side);
    return TRUE;
  }
  if (g_strv_length (parts) == 2 && g_ascii_string_to_unsigned (parts[0], 10, 1, 1024, &maps, NULL) &&
      g_ascii_string_to_unsigned (parts[1], 10, 1, 15, &side, NULL) && side % 2 == 1) {
    tw_network_add_conv (&task->network, maps, side, activation);
    return TRUE;
  }
  return fail (error, &tw_conv_type,
               "layers: \"%s\" is neither maps and an odd kernel, such as 16c3, nor p2 to p16", text);
}

static TwProblem *
conv_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autoptr (TwTask) task = tw_task_new (values, error);
  g_auto (GStrv) parts = g_strsplit (values[CONV_LAYERS].text, "-", -1);
  TwActivation activation = (TwActivation)values[CONV_ACTIVATION].number;

  if (task == NULL)
    return NULL;
  if (task->data->channels == 0 || task->data->is_sequence) {
    fail (error, &tw_conv_type, "data=%s has no images", task->data->name);
    return NULL;
  }
  if (g_strv_length (parts) > 10) {
    fail (error, &tw_conv_type, "layers: at most 10 of them");
    return NULL;
  }
  for (guint i = 0; i == 0 || parts[i] != NULL; i++)
    if (!add_conv_layer (task, parts[i] != NULL ? parts[i] : "", activation, error))
      return NULL;
  if (!add_hidden (task, &tw_conv_type, values[CONV_HIDDEN].text, TRUE, activation, error))
    return NULL;
  tw_network_add_dense (&task->network, tw_task_choose_loss (task), TW_ACT_NONE);
  TwProblem *problem = tw_task_finish (task, &tw_conv_type, error);
  if (problem != NULL)
    g_steal_pointer (&task);
  return problem;
}

const TwProblemType tw_conv_type = {
  .name = "conv",
  .title = "Convolutional network",
  .summary = "convolution and pooling layers learn to tell images apart",
  .source = "LeCun et al. 1998",
  .params = conv_params,
  .create = conv_create,
  TW_TASK_FUNCTIONS,
};

enum { AUTO_HIDDEN = OWN, AUTO_ACTIVATION };

static const TwParam autoencoder_params[] = {
  TW_TASK_PARAMS ("digits", 1000, "glorot|he"),
  { "hidden", TW_PARAM_TEXT, 0, 0, 0, FALSE, "32x8x32", "sizes of the hidden layers, joined by x" },
  { "activation", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "tanh|relu|sigmoid|gelu", "of the hidden layers" },
  { NULL },
};

static TwProblem *
autoencoder_create (const TwValue *values, guint64 seed, GError **error)
{
  const TwActivation activations[] = { TW_ACT_TANH, TW_ACT_RELU, TW_ACT_SIGMOID, TW_ACT_GELU };
  g_autoptr (TwTask) task = tw_task_new (values, error);

  if (task == NULL || !add_hidden (task, &tw_autoencoder_type, values[AUTO_HIDDEN].text, FALSE,
                                   activations[(int)values[AUTO_ACTIVATION].number], error))
    return NULL;
  task->loss = TW_LOSS_RECONSTRUCT;
  tw_network_add_dense (&task->network, task->data->n_features, TW_ACT_NONE);
  TwProblem *problem = tw_task_finish (task, &tw_autoencoder_type, error);
  if (problem != NULL)
    g_steal_pointer (&task);
  return problem;
}

const TwProblemType tw_autoencoder_type = {
  .name = "autoencoder",
  .title = "Autoencoder",
  .summary = "a network gives back what it is shown, through a narrow layer: slow valleys",
  .source = "Hinton and Salakhutdinov 2006",
  .params = autoencoder_params,
  .create = autoencoder_create,
  TW_TASK_FUNCTIONS,
};

enum { RNN_HIDDEN = OWN };

static const TwParam rnn_params[] = {
  TW_TASK_PARAMS ("digits", 1000, "glorot|he"),
  { "hidden", TW_PARAM_INTEGER, 32, 1, 4096, TRUE, NULL, "units of the recurrent layer" },
  { NULL },
};

/* An image is read row by row; features without a shape, one by one. */
static TwProblem *
rnn_create (const TwValue *values, guint64 seed, GError **error)
{
  g_autoptr (TwTask) task = tw_task_new (values, error);

  if (task == NULL)
    return NULL;
  if (task->data->channels == 0)
    tw_network_start (&task->network, 1, task->data->n_features, 1);
  tw_network_add_recurrent (&task->network, (gsize)values[RNN_HIDDEN].number);
  tw_network_add_dense (&task->network, tw_task_choose_loss (task), TW_ACT_NONE);
  TwProblem *problem = tw_task_finish (task, &tw_rnn_type, error);
  if (problem != NULL)
    g_steal_pointer (&task);
  return problem;
}

const TwProblemType tw_rnn_type = {
  .name = "rnn",
  .title = "Recurrent network",
  .summary = "a recurrent network reads a sequence, or an image row by row: gradients vanish or explode",
  .source = "Elman 1990",
  .params = rnn_params,
  .create = rnn_create,
  TW_TASK_FUNCTIONS,
};
