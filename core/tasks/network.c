#include "core/tasks/network-private.h"

#include <string.h>

void
tw_network_start (TwNetwork *network, gsize channels, gsize height, gsize width)
{
  memset (network, 0, sizeof *network);
  network->layers[0].channels = channels;
  network->layers[0].height = height;
  network->layers[0].width = width;
}

void
tw_network_get_shape (const TwNetwork *network, gsize *channels, gsize *height, gsize *width)
{
  const TwLayer *last = network->n_layers > 0 ? &network->layers[network->n_layers - 1] : NULL;

  *channels = last != NULL ? last->out_channels : network->layers[0].channels;
  *height = last != NULL ? last->out_height : network->layers[0].height;
  *width = last != NULL ? last->out_width : network->layers[0].width;
}

static TwLayer *
add_layer (TwNetwork *network, const TwLayerType *type, TwActivation activation)
{
  g_assert (network->n_layers < TW_NETWORK_MAX_LAYERS);
  gsize channels, height, width;
  tw_network_get_shape (network, &channels, &height, &width);
  TwLayer *layer = &network->layers[network->n_layers++];

  *layer = (TwLayer){
    .type = type, .channels = channels, .height = height, .width = width, .activation = activation
  };
  layer->in_units = channels * height * width;
  layer->at = network->dim;
  return layer;
}

static void
set_out (TwLayer *layer, gsize channels, gsize height, gsize width)
{
  layer->out_channels = channels;
  layer->out_height = height;
  layer->out_width = width;
  layer->out_units = channels * height * width;
}

/* fan_in 0: a bias. */
static void
add_tensor (TwNetwork *network, TwLayer *layer, const char *part, gsize size, gsize fan_in, gsize fan_out)
{
  guint t = layer->n_tensors++;

  layer->parts[t] = part;
  layer->sizes[t] = size;
  layer->fan_in[t] = fan_in;
  layer->fan_out[t] = fan_out;
  network->dim += size;
}

void
tw_network_add_dense (TwNetwork *network, gsize units, TwActivation activation)
{
  TwLayer *layer = add_layer (network, &tw_dense_layer, activation);

  set_out (layer, units, 1, 1);
  add_tensor (network, layer, "weight", layer->in_units * units, layer->in_units, units);
  add_tensor (network, layer, "bias", units, 0, 0);
}

void
tw_network_add_conv (TwNetwork *network, gsize channels, gsize kernel, TwActivation activation)
{
  TwLayer *layer = add_layer (network, &tw_conv_layer, activation);
  gsize area = kernel * kernel;

  layer->kernel = kernel;
  set_out (layer, channels, layer->height, layer->width);
  add_tensor (network, layer, "weight", channels * layer->channels * area, layer->channels * area,
              channels * area);
  add_tensor (network, layer, "bias", channels, 0, 0);
}

void
tw_network_add_pool (TwNetwork *network, gsize side)
{
  TwLayer *layer = add_layer (network, &tw_pool_layer, TW_ACT_NONE);

  layer->kernel = side;
  set_out (layer, layer->channels, layer->height / side, layer->width / side);
}

void
tw_network_add_recurrent (TwNetwork *network, gsize units)
{
  TwLayer *layer = add_layer (network, &tw_recurrent_layer, TW_ACT_NONE);
  gsize features = layer->channels * layer->width;

  set_out (layer, units, 1, 1);
  add_tensor (network, layer, "weight_in", features * units, features, units);
  add_tensor (network, layer, "weight_state", units * units, units, units);
  add_tensor (network, layer, "bias", units, 0, 0);
}

/* 64-byte steps, so that every buffer is aligned when base is. */
static TwReal *
cut (TwReal *base, gsize *at, gsize n)
{
  TwReal *part = base != NULL ? base + *at : NULL;

  *at += (n + 15) & ~(gsize)15;
  return part;
}

gsize
tw_network_lay_out (const TwNetwork *network, TwReal *base, TwNetworkWork *work)
{
  const gsize C = TW_NETWORK_ROWS;
  gsize widest = 0, shared = 0, at = 0;

  work->out[0] = cut (base, &at, C * network->layers[0].in_units);
  for (guint l = 0; l < network->n_layers; l++) {
    const TwLayer *layer = &network->layers[l];
    work->out[l + 1] = cut (base, &at, C * layer->out_units);
    work->kept[l] =
      layer->type->kept_size != NULL ? cut (base, &at, C * layer->type->kept_size (layer)) : NULL;
    work->before[l] = layer->activation == TW_ACT_GELU ? cut (base, &at, C * layer->out_units) : NULL;
    if (layer->type->work_size != NULL)
      shared = MAX (shared, layer->type->work_size (layer));
    widest = MAX (widest, layer->out_units);
  }
  work->delta[0] = cut (base, &at, C * widest);
  work->delta[1] = cut (base, &at, C * widest);
  work->work = cut (base, &at, shared);
  return at;
}

void
tw_network_forward (const TwNetwork *network, gsize rows, const TwReal *theta, const TwNetworkWork *work)
{
  for (guint l = 0; l < network->n_layers; l++) {
    const TwLayer *layer = &network->layers[l];
    layer->type->forward (layer, rows, theta + layer->at, work->out[l], work->out[l + 1], work->kept[l],
                          work->work);
    tw_activate (layer->activation, rows * layer->out_units, work->out[l + 1], work->before[l]);
  }
}

void
tw_network_backward (const TwNetwork *network, gsize rows, const TwReal *theta, TwNetworkWork *work,
                     TwReal *slopes)
{
  TwReal *delta = work->delta[0], *back = work->delta[1];

  for (guint l = network->n_layers; l-- > 0;) {
    const TwLayer *layer = &network->layers[l];
    tw_activate_back (layer->activation, rows * layer->out_units, work->out[l + 1], work->before[l], delta);
    layer->type->backward (layer, rows, theta + layer->at, work->out[l], work->out[l + 1], work->kept[l],
                           delta, slopes + layer->at, l > 0 ? back : NULL, work->work);
    TwReal *swap = delta;
    delta = back;
    back = swap;
  }
}
