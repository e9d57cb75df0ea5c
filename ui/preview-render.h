/* preview-render.h: one picture of a preview, made on any thread. */
#pragma once

#include <gio/gio.h>

#include "ui/export-settings.h"

G_BEGIN_DECLS

#define TW_PREVIEW_GAP 16 /* pixels between the pages of a report */

typedef struct {
  /* What is asked for */
  guint64 generation; /* of the settings: frames of one animation share it */
  TwExportKind kind;
  char *ending;
  TwExperiment *experiment;
  TwTrace *trace;
  TwFigureOptions options;
  TwAnimationOptions animation;
  char *error;       /* the settings themselves make no sense */
  int width, height; /* room, in pixels of the screen */
  int device_scale;  /* and how many of the screen's pixels one of a widget is */
  double time;       /* of an animation, seconds since its beginning */
  TwFigureCache *cache;
  GCancellable *cancellable; /* of what views compute */
  gint64 begun;              /* monotonic time */
  int permille;              /* atomic: how much of that is done; -1: nothing is computed */
  /* Kept from one frame to the next */
  TwFigure *figure;
  /* What comes out: a picture, or text, or an error. */
  cairo_surface_t *picture; /* its device scale is 1 */
  gboolean transparent;
  char *text, *about, *caption;
} TwPreviewRequest;

void tw_preview_request_free (TwPreviewRequest *request);
void tw_preview_render (TwPreviewRequest *request);

G_END_DECLS
