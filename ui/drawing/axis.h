/* axis.h: axes, ticks, and the frame of a chart. */
#pragma once

#include "ui/drawing/style.h"

G_BEGIN_DECLS

typedef struct {
  double x, y, width, height;
} TwRect;

typedef struct {
  double min, max; /* min < max; both > 0 where log */
  gboolean log;
} TwAxis;

#define TW_MAX_TICKS 24
typedef struct {
  guint n;
  double values[TW_MAX_TICKS];
  double step; /* linear: distance of ticks; log: in decades */
} TwTicks;

/* Ticks at 1, 2 or 5 times a power of ten (linear), or at powers of ten (log); at most `max_ticks` (>= 2) of
 * them, all within the axis.  A log axis of less than one decade gets ticks at 1, 2, 5. */
void tw_axis_ticks (const TwAxis *axis, guint max_ticks, TwTicks *ticks);
/* As text, with no more digits than the step needs: "0.25", "1e+06". */
void tw_tick_format (double value, double step, char *text, gsize size);

/* A tick of a log axis: "0.01", and "10" with a raised exponent where that is shorter. */
void tw_power_format (double value, char *text, gsize size);

/* Where a value stands along the axis, 0 to 1 inside; values that a log axis can't hold are far below 0. */
double tw_axis_position (const TwAxis *axis, double value);
double tw_axis_value (const TwAxis *axis, double position);

static inline double
tw_rect_x (const TwRect *rect, const TwAxis *x, double value)
{
  return rect->x + rect->width * tw_axis_position (x, value);
}

static inline double
tw_rect_y (const TwRect *rect, const TwAxis *y, double value)
{
  return rect->y + rect->height * (1 - tw_axis_position (y, value));
}

typedef enum {
  TW_FRAME_GRID = 1 << 0,
  TW_FRAME_NO_X_LABELS = 1 << 1,
  TW_FRAME_NO_Y_LABELS = 1 << 2,
} TwFrameFlags;

/* Ticks, their labels outside the rectangle (left of and below it), grid lines inside, and the border. */
void tw_draw_frame (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwAxis *x, const TwAxis *y,
                    double font_size, TwFrameFlags flags);

/* A label at x, in the middle; a long one near the right end of `rect` ends there: there may be no room beyond. */
void tw_draw_x_label (cairo_t *cr, const TwRect *rect, double x, double y, const char *text, double font_size);

G_END_DECLS
