#include "core/tasks/watch.h"

#include <math.h>
#include <string.h>

#include "core/tasks/task-private.h"

static const TwTask *
get_task (const TwProblem *problem)
{
  return problem->type->eval == tw_task_eval ? (const TwTask *)problem : NULL;
}

const TwDataSet *
tw_task_get_data (const TwProblem *problem)
{
  const TwTask *task = get_task (problem);

  return task != NULL ? task->data : NULL;
}

gboolean
tw_task_has_classes (const TwProblem *problem)
{
  const TwTask *task = get_task (problem);

  return task != NULL && (task->loss == TW_LOSS_SOFTMAX || task->loss == TW_LOSS_LOGISTIC);
}

/* z (O) of one row to probabilities (K). */
static void
to_probabilities (const TwTask *task, gsize O, const TwReal *z, float *out)
{
  double largest = z[0], sum = 0;

  if (task->loss == TW_LOSS_LOGISTIC) {
    double p = 1 / (1 + exp (-(double)z[0]));
    out[0] = (float)(1 - p);
    out[1] = (float)p;
    return;
  }
  for (gsize k = 1; k < O; k++)
    largest = MAX (largest, z[k]);
  for (gsize k = 0; k < O; k++)
    sum += exp (z[k] - largest);
  for (gsize k = 0; k < O; k++)
    out[k] = (float)(exp (z[k] - largest) / sum);
}

static void
load (const TwTask *task, const float *theta, TwReal *w)
{
  for (gsize i = 0; i < task->parent.dim; i++)
    w[i] = theta[i];
}

void
tw_task_predict (const TwProblem *problem, TwProblemWork *work, const float *theta, gsize n, const TwReal *x,
                 float *out)
{
  const TwTask *task = get_task (problem);
  const TwNetwork *network = &task->network;
  gsize F = task->data->n_features, K = task->data->n_classes;
  gsize O = network->layers[network->n_layers - 1].out_units;
  TwNetworkWork net;
  TwReal *w;

  tw_task_get_scratch (task, tw_problem_work_get_scratch (work), &w, &net);
  load (task, theta, w);
  for (gsize at = 0; at < n; at += TW_NETWORK_ROWS) {
    gsize rows = MIN (TW_NETWORK_ROWS, n - at);
    memcpy (net.out[0], x + at * F, rows * F * sizeof (TwReal));
    tw_network_forward (network, rows, w, &net);
    for (gsize i = 0; i < rows; i++)
      to_probabilities (task, O, net.out[network->n_layers] + i * O, out + (at + i) * K);
  }
}

void
tw_task_predict_grid (const TwProblem *problem, TwProblemWork *work, const float *theta, const double domain[4],
                      gsize width, gsize height, float *out)
{
  g_autofree TwReal *x = g_new (TwReal, 2 * width * height);

  for (gsize j = 0; j < height; j++)
    for (gsize i = 0; i < width; i++) {
      TwReal *point = x + 2 * (j * width + i);
      point[0] = (TwReal)(domain[0] + (domain[1] - domain[0]) * (double)i / (double)(width - 1));
      point[1] = (TwReal)(domain[2] + (domain[3] - domain[2]) * (double)j / (double)(height - 1));
    }
  tw_task_predict (problem, work, theta, width * height, x, out);
}

gsize
tw_task_classify (const TwProblem *problem, TwProblemWork *work, const float *theta, const TwDataPart *part,
                  gsize first, gsize n, guint16 *classes, float *certainty)
{
  const TwTask *task = get_task (problem);
  const TwNetwork *network = &task->network;
  gsize K = task->data->n_classes, O = network->layers[network->n_layers - 1].out_units, n_right = 0;
  g_autofree float *share = g_new (float, K);
  TwNetworkWork net;
  TwReal *w;

  tw_task_get_scratch (task, tw_problem_work_get_scratch (work), &w, &net);
  load (task, theta, w);
  for (gsize at = 0; at < n; at += TW_NETWORK_ROWS) {
    gsize rows = MIN (TW_NETWORK_ROWS, n - at);
    tw_data_gather (task->data, part, NULL, first + at, rows, net.out[0]);
    tw_network_forward (network, rows, w, &net);
    for (gsize i = 0; i < rows; i++) {
      guint16 best = 0;
      to_probabilities (task, O, net.out[network->n_layers] + i * O, share);
      for (gsize k = 1; k < K; k++)
        if (share[k] > share[best])
          best = (guint16)k;
      classes[at + i] = best;
      if (certainty != NULL)
        certainty[at + i] = share[best];
      n_right += best == part->classes[tw_data_row (part, first + at + i)];
    }
  }
  return n_right;
}

gboolean
tw_task_get_filter_shape (const TwProblem *problem, TwFilterShape *shape)
{
  const TwTask *task = get_task (problem);

  if (task == NULL || task->data->channels == 0 || task->data->is_sequence)
    return FALSE;
  const TwLayer *layer = &task->network.layers[0];
  if (layer->type == &tw_conv_layer)
    *shape = (TwFilterShape){ layer->out_channels, layer->channels, layer->kernel, layer->kernel };
  else if (layer->type == &tw_dense_layer)
    *shape =
      (TwFilterShape){ layer->out_units, task->data->channels, task->data->height, task->data->width };
  else
    return FALSE;
  return TRUE;
}

/* The tensor's units, and how its weights lie: (fan in, units) of dense and recurrent layers, (units, fan in) of
 * convolutions. */
static void
add_layer_filters (GArray *filters, const TwLayer *layer)
{
  gsize at = layer->at;

  for (guint t = 0; t < layer->n_tensors; at += layer->sizes[t++]) {
    gsize units = layer->out_channels, n = layer->sizes[t] / units;
    gboolean rows = layer->type == &tw_conv_layer;
    if (layer->fan_in[t] == 0) {
      TwFilter bias = { at, layer->sizes[t], 1, TRUE };
      g_array_append_val (filters, bias);
    }
    for (gsize unit = 0; layer->fan_in[t] > 0 && unit < units; unit++) {
      TwFilter filter = { at + unit * (rows ? n : 1), n, rows ? 1 : units, FALSE };
      g_array_append_val (filters, filter);
    }
  }
}

void
tw_task_read_filter (const TwProblem *problem, const float *theta, gsize filter, float *out)
{
  const TwLayer *layer = &get_task (problem)->network.layers[0];
  gsize units = layer->out_channels, n = layer->sizes[0] / units;

  for (gsize i = 0; i < n; i++)
    out[i] = theta[layer->at + (layer->type == &tw_conv_layer ? filter * n + i : i * units + filter)];
}

GArray *
tw_problem_list_filters (const TwProblem *problem)
{
  const TwTask *task = get_task (problem);
  GArray *filters = g_array_new (FALSE, FALSE, sizeof (TwFilter));
  gsize at = 0;

  for (guint l = 0; task != NULL && l < task->network.n_layers; l++)
    add_layer_filters (filters, &task->network.layers[l]);
  for (gsize t = 0; task == NULL && t < problem->n_tensors; at += problem->tensor_sizes[t++]) {
    TwFilter filter = { at, problem->tensor_sizes[t], 1, FALSE };
    g_array_append_val (filters, filter);
  }
  return filters;
}

/* The layer that a tensor belongs to, and which of its own it is. */
static const TwLayer *
find_layer (const TwNetwork *network, gsize tensor, guint *own)
{
  for (guint l = 0; l < network->n_layers; l++) {
    if (tensor < network->layers[l].n_tensors) {
      *own = (guint)tensor;
      return &network->layers[l];
    }
    tensor -= network->layers[l].n_tensors;
  }
  g_return_val_if_reached (NULL);
}

char *
tw_problem_describe_tensor (const TwProblem *problem, gsize tensor)
{
  const TwTask *task = get_task (problem);
  const char *name = tw_problem_get_tensor_name (problem, tensor);
  gsize size = problem->tensor_sizes[tensor];
  guint own = 0;

  if (task == NULL)
    return g_strdup_printf ("%s %" G_GSIZE_FORMAT, name, size);
  const TwLayer *layer = find_layer (&task->network, tensor, &own);
  if (layer->fan_in[own] == 0)
    return g_strdup_printf ("%s %" G_GSIZE_FORMAT, name, size);
  if (layer->type == &tw_conv_layer)
    return g_strdup_printf ("%s %" G_GSIZE_FORMAT " \303\227 %" G_GSIZE_FORMAT " \303\227 %" G_GSIZE_FORMAT
                            " \303\227 %" G_GSIZE_FORMAT,
                            name, layer->out_channels, layer->channels, layer->kernel, layer->kernel);
  return g_strdup_printf ("%s %" G_GSIZE_FORMAT " \303\227 %" G_GSIZE_FORMAT, name, size / layer->out_units,
                          layer->out_units);
}
