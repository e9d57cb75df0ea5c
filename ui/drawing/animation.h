/* animation.h: the playing figure as GIF, animated WebP, or one PNG per frame. */
#pragma once

#include "ui/drawing/figure.h"

G_BEGIN_DECLS

typedef enum { TW_ANIMATION_GIF, TW_ANIMATION_WEBP, TW_ANIMATION_PNG, TW_ANIMATION_NO_KIND } TwAnimationKind;

typedef struct {
  double fps;          /* at most; > 0 */
  double seconds;      /* from the first step to the last; > 0.  It then rests for a second. */
  guint64 first, last; /* steps; last is cut to what there is */
  guint loop;          /* how often it plays; 0: for ever */
} TwAnimationOptions;
#define TW_ANIMATION_DEFAULTS { .fps = 25, .seconds = 10, .first = 0, .last = G_MAXUINT64, .loop = 0 }

TwAnimationKind tw_animation_kind_of_path (const char *path);
gsize tw_animation_get_n_frames (TwFigure *figure, const TwAnimationOptions *options);

/* `progress` is called before each frame.  One file, or for PNG one per frame: a list of GBytes.  The same figure gives the same bytes.
 * Errors: TW_ERROR_CANCELLED, TW_ERROR_OUTPUT (too large for the format), TW_ERROR_INPUT (no such steps, or nothing that
 * changes with them). */
GPtrArray *tw_animation_render (TwFigure *figure, TwAnimationKind kind, const TwAnimationOptions *options,
                                TwFigureProgress progress, gpointer data, GError **error);

G_END_DECLS
