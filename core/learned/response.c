#include "core/learned/response.h"

#include <string.h>

#include "core/error.h"
#include "core/optimizers/optimizer.h"

/* A batch of n copies of the run, that differ in one gradient. */
struct _TwResponse {
  TwHrnnWeights *weights;
  TwLayout *layout; /* n runs of T tensors of D rows in all */
  gsize n, D, T;
  TwHrnn *hrnn;
  TwHrnnState *state;
  double *theta, *phi, *gradient; /* (n, D) */
};

TwResponse *
tw_response_new (const char *spec_text, gsize n_tensors, const gsize *sizes, gsize n, GError **error)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (spec_text, error);

  if (spec == NULL || !tw_optimizer_check (spec, error))
    return NULL;
  if (strcmp (tw_spec_get_name (spec), "learned") != 0) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not a learned optimizer", spec_text);
    return NULL;
  }
  const char *name = tw_spec_get (spec, "weights"), *timescale = tw_spec_get (spec, "timescale");
  TwHrnnWeights *weights = tw_hrnn_weights_find (name != NULL ? name : "default", error);
  if (weights == NULL)
    return NULL;

  TwResponse *response = g_new0 (TwResponse, 1);
  response->weights = weights;
  response->layout = tw_layout_new_repeated (n, n_tensors, sizes);
  response->n = n;
  response->T = n_tensors;
  response->D = response->layout->n_rows / MAX (n, 1);
  response->hrnn = tw_hrnn_new (weights, response->layout);
  if (timescale != NULL && strcmp (timescale, "all") != 0)
    tw_hrnn_set_timescale (response->hrnn, (int)g_ascii_strtoll (timescale, NULL, 10));
  response->state = tw_hrnn_state_new (&weights->config, response->layout);
  response->theta = g_new0 (double, response->layout->n_rows);
  response->phi = g_new0 (double, response->layout->n_rows);
  response->gradient = g_new0 (double, response->layout->n_rows);
  return response;
}

void
tw_response_free (TwResponse *response)
{
  if (response == NULL)
    return;
  tw_hrnn_free (response->hrnn);
  tw_hrnn_state_free (response->state);
  tw_hrnn_weights_unref (response->weights);
  tw_layout_free (response->layout);
  g_free (response->theta);
  g_free (response->phi);
  g_free (response->gradient);
  g_free (response);
}

/* planes (width, row_stride) of all copies, from values (D, width) of one. */
static void
spread (const TwResponse *response, const float *values, gsize width, TwReal *planes)
{
  for (gsize j = 0; j < width; j++) {
    TwReal *plane = planes + j * response->state->row_stride;
    for (gsize i = 0; i < response->D; i++)
      plane[i] = values[i * width + j];
    for (gsize copy = 1; copy < response->n; copy++)
      memcpy (plane + copy * response->D, plane, response->D * sizeof (TwReal));
  }
}

static void
repeat (const TwResponse *response, const float *values, gsize size, TwReal *to)
{
  for (gsize i = 0; values != NULL && i < response->n * size; i++)
    to[i] = values[i % size];
}

void
tw_response_evaluate (TwResponse *response, const TwResponseState *state, const float *gradient, gsize row,
                      const double *tried, double *update, double *attend)
{
  const TwHrnnConfig *config = &response->weights->config;
  gsize n = response->n, D = response->D;

  g_return_if_fail (row < D);
  spread (response, state->h0, config->hidden[0], response->state->h0);
  spread (response, state->input_decay, 1, response->state->input_decay);
  spread (response, state->scale_decay, 1, response->state->scale_decay);
  spread (response, state->log_lr, 1, response->state->log_lr);
  spread (response, state->average, config->scales, response->state->average);
  spread (response, state->mean_square, config->scales, response->state->mean_square);
  repeat (response, state->h1, response->T * config->hidden[1], response->state->h1);
  repeat (response, state->h2, config->hidden[2], response->state->h2);
  for (gsize i = 0; i < n * D; i++) {
    response->theta[i] = response->phi[i] = 0;
    response->gradient[i] = gradient[i % D];
  }
  for (gsize i = 0; i < n; i++)
    response->gradient[i * D + row] = tried[i];
  tw_hrnn_step (response->hrnn, response->state, response->theta, response->phi, response->gradient, NULL, NULL);
  for (gsize i = 0; i < n; i++) {
    update[i] = response->theta[i * D + row];
    if (attend != NULL)
      attend[i] = response->phi[i * D + row];
  }
}

gboolean
tw_response_of_baseline (const char *spec_text, const float *history, gsize k, gsize n, const double *tried,
                         double *update, GError **error)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (spec_text, error);

  if (spec == NULL)
    return FALSE;
  const char *name = tw_spec_get_name (spec);
  if (strcmp (name, "newton") == 0 || strcmp (name, "lbfgs") == 0) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: no response to a single gradient", name);
    return FALSE;
  }
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (n, 1, (const gsize[]){ 1 });
  g_autoptr (TwOptimizer) optimizer = tw_optimizer_new (spec, layout, error);
  if (optimizer == NULL)
    return FALSE;
  g_autofree double *gradient = g_new (double, MAX (n, 1)), *loss = g_new0 (double, MAX (n, 1));
  g_autofree double *phi = g_new0 (double, MAX (n, 1));
  g_autofree guint8 *ended = g_new0 (guint8, MAX (n, 1));
  for (gsize step = 0; step <= k; step++) {
    for (gsize i = 0; i < n; i++) {
      gradient[i] = step < k ? (double)history[step] : tried[i];
      update[i] = 0; /* theta */
    }
    tw_optimizer_step (optimizer, &(TwStep){ .k = step,
                                             .theta = update,
                                             .phi = tw_optimizer_attends (optimizer) ? phi : NULL,
                                             .gradient = gradient,
                                             .loss = loss,
                                             .ended = ended });
  }
  return TRUE;
}
