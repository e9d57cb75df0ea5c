#include "core/tasks/task-private.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/learned/vector-math.h"
#include "core/problems/families.h"

/* Scratch of one evaluation. */
typedef struct {
  TwReal *w;        /* (D) theta */
  TwReal *slopes;   /* (D) */
  guint32 *indices; /* (B) */
  TwNetworkWork net;
} Work;

TwTask *
tw_task_new (const TwValue *values, GError **error)
{
  g_autoptr (TwDataSet) data = tw_data_set_new (values, error);

  if (data == NULL)
    return NULL;
  TwTask *task = g_new0 (TwTask, 1);
  task->batch = tw_minibatch_size (data->train.n, values[TW_TASK_BATCH].number);
  task->glorot = g_str_equal (values[TW_TASK_INIT].text, "glorot");
  task->weight_decay = values[TW_TASK_WEIGHT_DECAY].number;
  task->parent.metric_interval = (guint64)values[TW_TASK_REPORT_EVERY].number;
  if (data->channels > 0)
    tw_network_start (&task->network, data->channels, data->height, data->width);
  else
    tw_network_start (&task->network, data->n_features, 1, 1);
  task->data = g_steal_pointer (&data);
  return task;
}

/* Of one that is not a problem yet. */
void
tw_task_free (TwTask *task)
{
  tw_data_set_unref (task->data);
  g_free (task);
}

gsize
tw_task_choose_loss (TwTask *task)
{
  task->loss = task->data->n_classes > 0 ? TW_LOSS_SOFTMAX : TW_LOSS_SQUARE;
  return MAX (task->data->n_classes, 1);
}

/* Tensors dense1.weight, dense1.bias, ... */
static void
init_tensors (TwTask *task, const TwProblemType *type, const char *title)
{
  const TwNetwork *network = &task->network;
  gsize sizes[3 * TW_NETWORK_MAX_LAYERS], n = 0;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint l = 0; l < network->n_layers; l++)
    for (guint t = 0; t < network->layers[l].n_tensors; t++) {
      const TwLayer *layer = &network->layers[l];
      g_autofree char *name = g_strdup_printf ("%s%u.%s", layer->type->name, l + 1, layer->parts[t]);
      g_strv_builder_add (names, name);
      sizes[n++] = layer->sizes[t];
    }
  tw_problem_init (&task->parent, type, type->name, title, n, sizes);
  task->parent.tensor_names = g_strv_builder_end (names);
}

/* "MLP 784-128-10 on fashion-mnist": of layers with weights, the units. */
static char *
describe (const TwTask *task, const TwProblemType *type)
{
  GString *text = g_string_new (type->title);

  g_string_append_printf (text, " %" G_GSIZE_FORMAT, task->network.layers[0].in_units);
  for (guint l = 0; l < task->network.n_layers; l++)
    if (task->network.layers[l].n_tensors > 0)
      g_string_append_printf (text, "-%" G_GSIZE_FORMAT, task->network.layers[l].out_channels);
  g_autofree char *base = g_path_get_basename (task->data->name);
  g_string_append_printf (text, " on %s", base);
  return g_string_free (text, FALSE);
}

/* A row's way forward: every weight once, those of a convolution or a recurrence at every place. */
static double
count_row_cost (const TwNetwork *network)
{
  double cost = 0;

  for (guint l = 0; l < network->n_layers; l++) {
    const TwLayer *layer = &network->layers[l];
    double places = layer->type == &tw_conv_layer        ? (double)(layer->height * layer->width)
                    : layer->type == &tw_recurrent_layer ? (double)layer->height
                                                         : 1;
    for (guint t = 0; t < layer->n_tensors; t++)
      cost += places * (double)layer->sizes[t];
  }
  return cost;
}

TwProblem *
tw_task_finish (TwTask *task, const TwProblemType *type, GError **error)
{
  static const char *const names[] = { "train_loss", "test_loss", "test_accuracy" };

  if (task->network.dim > TW_NETWORK_MAX_DIM) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "%s: a network of %" G_GSIZE_FORMAT " weights is larger than %d", type->name,
                 task->network.dim, TW_NETWORK_MAX_DIM);
    return NULL;
  }
  g_autofree char *title = describe (task, type);
  init_tensors (task, type, title);
  task->parent.minimum = NAN;
  task->parent.n_rows = task->data->train.n;
  task->parent.row_cost = count_row_cost (&task->network);
  task->parent.metric_names = names;
  task->parent.n_metrics = task->loss == TW_LOSS_SOFTMAX || task->loss == TW_LOSS_LOGISTIC ? 3 : 2;
  return &task->parent;
}

void
tw_task_finalize (TwProblem *problem)
{
  tw_data_set_unref (((TwTask *)problem)->data);
}

/* With scratch NULL, only counts bytes. */
static gsize
lay_out (const TwTask *task, void *scratch, Work *work)
{
  gsize D = (task->parent.dim + 15) & ~(gsize)15;
  TwReal *base = scratch;
  gsize at = 2 * D + tw_network_lay_out (&task->network, base != NULL ? base + 2 * D : NULL, &work->net);

  work->w = base;
  work->slopes = base != NULL ? base + D : NULL;
  work->indices = base != NULL ? (guint32 *)(base + at) : NULL;
  return at * sizeof (TwReal) + task->batch * sizeof (guint32);
}

gsize
tw_task_work_size (const TwProblem *problem, gsize n)
{
  Work none;

  return lay_out ((const TwTask *)problem, NULL, &none);
}

#define VECTORISED __attribute__ ((optimize ("tree-vectorize", "vect-cost-model=dynamic")))

TW_KERNEL VECTORISED static void
to_real (gsize n, const double *restrict from, TwReal *restrict to)
{
  for (gsize i = 0; i < n; i++)
    to[i] = (TwReal)from[i];
}

TW_KERNEL VECTORISED static void
to_double (gsize n, const TwReal *restrict from, double *restrict to)
{
  for (gsize i = 0; i < n; i++)
    to[i] = from[i];
}

/* Cross entropy of one row of z (O) at `label`; delta (O) or NULL: its slope times `share`. */
static double
softmax_loss (gsize O, const TwReal *z, gsize label, TwReal share, TwReal *delta, gboolean *right)
{
  TwReal largest = z[0], sum = 0, e[TW_DATA_MAX_CLASSES];
  gsize best = 0;

  for (gsize k = 1; k < O; k++)
    if (z[k] > largest) {
      largest = z[k];
      best = k;
    }
  for (gsize k = 0; k < O; k++) {
#ifdef TW_REAL_DOUBLE
    e[k] = exp (z[k] - largest);
#else
    e[k] = expf (z[k] - largest);
#endif
    sum += e[k];
  }
  for (gsize k = 0; delta != NULL && k < O; k++)
    delta[k] = (e[k] / sum - (k == label)) * share;
  *right = best == label;
  return log ((double)sum) - (z[label] - largest);
}

/* Of two classes with one output: log (1 + exp (-y z)), y = 1 or -1. */
static double
logistic_loss (TwReal z, gsize label, TwReal share, TwReal *delta, gboolean *right)
{
  double y = label ? 1 : -1, margin = y * z, tail = exp (-fabs (margin));

  if (delta != NULL)
    *delta = (TwReal)(-y * (margin < 0 ? 1 : tail) / (1 + tail)) * share;
  *right = (z > 0) == (label != 0);
  return log1p (tail) + (margin < 0 ? -margin : 0) + (isnan (z) ? NAN : 0);
}

static double
square_loss (gsize O, const TwReal *z, const TwReal *target, TwReal share, TwReal *delta)
{
  double sum = 0;

  for (gsize k = 0; k < O; k++) {
    double off = (double)z[k] - target[k];
    sum += off * off;
    if (delta != NULL)
      delta[k] = (TwReal)(2 * off / (double)O) * share;
  }
  return sum / (double)O;
}

/* The loss of rows that went through the network: the sum over them.  With `slope`, their share of the slope
 * along the output goes to net.delta[0].  n_right counts predictions. */
static double
add_up (const TwTask *task, const TwDataPart *part, const Work *work, const guint32 *indices, gsize first,
        gsize rows, gboolean slope, gsize *n_right)
{
  const TwNetwork *network = &task->network;
  gsize O = network->layers[network->n_layers - 1].out_units;
  const TwReal *z = work->net.out[network->n_layers], *x = work->net.out[0];
  TwReal share = (TwReal)(1 / (double)task->batch);
  double sum = 0;

  for (gsize i = 0; i < rows; i++, z += O) {
    gsize row = tw_data_row (part, indices != NULL ? indices[i] : first + i);
    TwReal *delta = slope ? work->net.delta[0] + i * O : NULL;
    gboolean right = FALSE;
    switch (task->loss) {
    case TW_LOSS_SOFTMAX:
      sum += softmax_loss (O, z, part->classes[row], share, delta, &right);
      break;
    case TW_LOSS_LOGISTIC:
      sum += logistic_loss (*z, part->classes[row], share, delta, &right);
      break;
    case TW_LOSS_SQUARE:
      sum += square_loss (1, z, part->targets + row, share, delta);
      break;
    case TW_LOSS_RECONSTRUCT:
      sum += square_loss (O, z, x + i * O, share, delta);
      break;
    }
    *n_right += right;
  }
  return sum;
}

/* weight_decay / 2 sum of squares of the weights; adds its slope where slopes is not NULL. */
static double
decay (const TwTask *task, const double *theta, double *gradient)
{
  const TwNetwork *network = &task->network;
  double sum = 0;
  gsize at = 0;

  for (guint l = 0; l < network->n_layers; l++)
    for (guint t = 0; t < network->layers[l].n_tensors; at += network->layers[l].sizes[t++])
      for (gsize i = 0; network->layers[l].fan_in[t] > 0 && i < network->layers[l].sizes[t]; i++) {
        double v = theta[at + i];
        sum += v * v;
        if (gradient != NULL)
          gradient[at + i] += task->weight_decay * v;
      }
  return task->weight_decay / 2 * sum;
}

TwStatus
tw_task_eval (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
              double *loss, double *gradient)
{
  const TwTask *task = (const TwTask *)problem;
  const TwDataPart *part = &task->data->train;
  gsize D = problem->dim, n_right = 0;
  Work work;

  lay_out (task, scratch, &work);
  for (gsize i = 0; i < n; i++) {
    const double *t = theta + i * D;
    double *g = gradient != NULL ? gradient + i * D : NULL, sum = 0, penalty = 0;
    to_real (D, t, work.w);
    if (g != NULL)
      memset (work.slopes, 0, D * sizeof (TwReal));
    tw_minibatch (part->n, task->batch, draws != NULL ? draws[i] : (TwDraw){ 0, 0 }, work.indices);
    for (gsize at = 0; at < task->batch; at += TW_NETWORK_ROWS) {
      gsize rows = MIN (TW_NETWORK_ROWS, task->batch - at);
      tw_data_gather (task->data, part, work.indices + at, 0, rows, work.net.out[0]);
      tw_network_forward (&task->network, rows, work.w, &work.net);
      sum += add_up (task, part, &work, work.indices + at, 0, rows, g != NULL, &n_right);
      if (g != NULL)
        tw_network_backward (&task->network, rows, work.w, &work.net, work.slopes);
    }
    if (g != NULL)
      to_double (D, work.slopes, g);
    if (task->weight_decay > 0)
      penalty = decay (task, t, g);
    if (loss != NULL)
      loss[i] = sum / (double)task->batch + penalty;
  }
  return TW_STATUS_OK;
}

/* Mean loss and share of right predictions over all rows of a part. */
static void
measure_part (const TwTask *task, const TwDataPart *part, const Work *work, double *loss, double *accuracy)
{
  gsize n_right = 0;
  double sum = 0;

  for (gsize at = 0; at < part->n; at += TW_NETWORK_ROWS) {
    gsize rows = MIN (TW_NETWORK_ROWS, part->n - at);
    tw_data_gather (task->data, part, NULL, at, rows, work->net.out[0]);
    tw_network_forward (&task->network, rows, work->w, &work->net);
    sum += add_up (task, part, work, NULL, at, rows, FALSE, &n_right);
  }
  *loss = part->n > 0 ? sum / (double)part->n : NAN;
  *accuracy = part->n > 0 ? (double)n_right / (double)part->n : NAN;
}

void
tw_task_measure (const TwProblem *problem, void *scratch, const double *theta, double *values)
{
  const TwTask *task = (const TwTask *)problem;
  double all[3], train_accuracy;
  Work work;

  lay_out (task, scratch, &work);
  to_real (problem->dim, theta, work.w);
  measure_part (task, &task->data->train, &work, &all[0], &train_accuracy);
  measure_part (task, &task->data->test, &work, &all[1], &all[2]);
  memcpy (values, all, problem->n_metrics * sizeof *values);
}

double
tw_task_loss_over (const TwProblem *problem, void *scratch, const double *theta, const guint32 *rows, gsize n)
{
  const TwTask *task = (const TwTask *)problem;
  double sum = 0;
  gsize n_right = 0;
  Work work;

  lay_out (task, scratch, &work);
  to_real (problem->dim, theta, work.w);
  for (gsize at = 0; at < n; at += TW_NETWORK_ROWS) {
    gsize count = MIN (TW_NETWORK_ROWS, n - at);
    tw_data_gather (task->data, &task->data->train, rows + at, 0, count, work.net.out[0]);
    tw_network_forward (&task->network, count, work.w, &work.net);
    sum += add_up (task, &task->data->train, &work, rows + at, 0, count, FALSE, &n_right);
  }
  return sum / (double)n + (task->weight_decay > 0 ? decay (task, theta, NULL) : 0);
}

void
tw_task_get_scratch (const TwTask *task, void *scratch, TwReal **theta, TwNetworkWork *net)
{
  Work work;

  lay_out (task, scratch, &work);
  *theta = work.w;
  *net = work.net;
}

/* He et al. 2015: N(0, 2 / fan in).  Glorot and Bengio 2010: uniform, variance 2 / (fan in + fan out). Biases
 * start at 0. */
void
tw_task_draw_start (const TwProblem *problem, TwDraw draw, double *theta)
{
  const TwTask *task = (const TwTask *)problem;
  gsize at = 0;

  for (guint l = 0; l < task->network.n_layers; l++) {
    const TwLayer *layer = &task->network.layers[l];
    for (guint t = 0; t < layer->n_tensors; at += layer->sizes[t++]) {
      gsize n = layer->sizes[t];
      double in = (double)layer->fan_in[t], width = sqrt (6 / (in + (double)layer->fan_out[t]));
      if (layer->fan_in[t] == 0) {
        memset (theta + at, 0, n * sizeof *theta);
      } else if (task->glorot) {
        for (gsize i = 0; i < n; i++)
          theta[at + i] = width * (2 * tw_random_uniform (draw, at + i) - 1);
      } else {
        tw_random_normals (draw, at, n, theta + at);
        for (gsize i = 0; i < n; i++)
          theta[at + i] *= sqrt (2 / in);
      }
    }
  }
}
