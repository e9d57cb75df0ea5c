/* network-paint.h: the views of a network, painted on any thread. */
#pragma once

#include "core/experiment/trace.h"
#include "ui/drawing/network.h"
#include "ui/network-panel.h"

G_BEGIN_DECLS

/* What is to be painted: snapshot i of run (optimizer, 0), in so many units of the widget. */
typedef struct {
  TwTrace *trace;
  gsize optimizer, snapshot;
  guint64 step;
  int width, height, scale;
  const TwTheme *theme;
  double font_size;
} TwNetworkShot;

/* The picture (width, height); words (g_free): what there is to say about it. */
cairo_surface_t *tw_network_paint (TwNetworkView view, const TwNetworkShot *shot, char **words);

G_END_DECLS
