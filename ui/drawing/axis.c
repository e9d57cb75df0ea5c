#include "ui/drawing/axis.h"

#include <math.h>

static double
nice_step (double span, guint max_ticks)
{
  double rough = span / MAX (max_ticks - 1, 1);
  double power = pow (10.0, floor (log10 (rough)));
  static const double factors[] = { 1, 2, 5, 10 };
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++) {
    double step = factors[i] * power;
    if (floor (span / step) + 1 <= max_ticks)
      return step;
  }
  return 20 * power;
}

/* At least two, as one number tells no scale: steps of 1, 2, 5 for five ticks always give that. */
static void
linear_ticks (double min, double max, guint max_ticks, TwTicks *ticks)
{
  ticks->n = 0;
  for (guint room = max_ticks; ticks->n < 2 && room <= MAX (max_ticks, 5); room++) {
    double step = nice_step (max - min, room), slack = 1e-9 * step;
    double first = ceil ((min - slack) / step);
    ticks->n = 0;
    ticks->step = step;
    for (double i = first; i * step <= max + slack && ticks->n < max_ticks; i++)
      ticks->values[ticks->n++] = i == 0 ? 0.0 : i * step;
  }
}

void
tw_axis_ticks (const TwAxis *axis, guint max_ticks, TwTicks *ticks)
{
  max_ticks = CLAMP (max_ticks, 2, TW_MAX_TICKS);
  if (!axis->log) {
    linear_ticks (axis->min, axis->max, max_ticks, ticks);
    return;
  }
  double low = ceil (log10 (axis->min) - 1e-9), high = floor (log10 (axis->max) + 1e-9);
  ticks->n = 0;
  if (high - low < 1) {
    /* Less than a decade or so: its powers of ten alone would say too little. */
    static const double factors[] = { 1, 2, 5 };
    ticks->step = 0;
    for (double p = low - 1; p <= high + 1; p++)
      for (guint i = 0; i < 3; i++) {
        double value = factors[i] * pow (10.0, p);
        if (value >= axis->min * (1 - 1e-9) && value <= axis->max * (1 + 1e-9) && ticks->n < max_ticks)
          ticks->values[ticks->n++] = value;
      }
    return;
  }
  double stride = 1;
  static const double strides[] = { 1, 2, 3, 5, 10, 20, 50, 100, 200 };
  for (guint i = 0; i < G_N_ELEMENTS (strides); i++) {
    stride = strides[i];
    if (floor ((high - low) / stride) + 1 <= max_ticks)
      break;
  }
  ticks->step = stride;
  for (double p = ceil (low / stride) * stride; p <= high && ticks->n < max_ticks; p += stride)
    ticks->values[ticks->n++] = pow (10.0, p);
}

void
tw_tick_format (double value, double step, char *text, gsize size)
{
  double magnitude = MAX (fabs (value), fabs (step));
  if (magnitude >= 1e6 || (step > 0 && step < 1e-4)) {
    g_snprintf (text, size, "%.3g", value);
  } else {
    int digits = step > 0 ? (int)ceil (-log10 (step) - 1e-9) : 3;
    g_snprintf (text, size, "%.*f", CLAMP (digits, 0, 6), value);
  }
  /* A real minus sign, and never "-0". */
  if (text[0] == '-') {
    g_autofree char *rest = g_strdup (text + 1);
    g_snprintf (text, size, "\342\210\222%s", rest);
  }
}

void
tw_power_format (double value, char *text, gsize size)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  double power = log10 (value);
  char exponent[16];

  if (fabs (power) < 3.5 || fabs (power - round (power)) > 1e-9) {
    g_snprintf (text, size, "%.4g", value);
    return;
  }
  g_snprintf (exponent, sizeof exponent, "%d", (int)lround (fabs (power)));
  g_strlcpy (text, power < 0 ? "10⁻" : "10", size);
  for (const char *at = exponent; *at != '\0'; at++)
    g_strlcat (text, digits[*at - '0'], size);
}

double
tw_axis_position (const TwAxis *axis, double value)
{
  if (!axis->log)
    return (value - axis->min) / (axis->max - axis->min);
  if (!(value > 0))
    return -1e3;
  return log (value / axis->min) / log (axis->max / axis->min);
}

double
tw_axis_value (const TwAxis *axis, double position)
{
  if (!axis->log)
    return axis->min + position * (axis->max - axis->min);
  return axis->min * pow (axis->max / axis->min, position);
}

/* "10" with a raised exponent; its right end at x. */
static void
draw_power (cairo_t *cr, double x, double y, double size, double value)
{
  char exponent[16];
  int power = (int)lround (log10 (value));
  if (power == 0 || power == 1) {
    tw_draw_text (cr, x, y + size * 0.36, 1.0, power == 0 ? "1" : "10");
    return;
  }
  g_snprintf (exponent, sizeof exponent, "%s%d", power < 0 ? "\342\210\222" : "", ABS (power));
  tw_set_font (cr, size * 0.8, FALSE);
  double width = tw_text_width (cr, exponent);
  tw_draw_text (cr, x - width, y + size * 0.36 - size * 0.38, 0.0, exponent);
  tw_set_font (cr, size, FALSE);
  tw_draw_text (cr, x - width - 1, y + size * 0.36, 1.0, "10");
}

static void
draw_y_label (cairo_t *cr, double x, double y, double size, const TwAxis *axis, double value, double step)
{
  char text[48];
  if (axis->log && step >= 1) {
    draw_power (cr, x, y, size, value);
    return;
  }
  if (axis->log)
    g_snprintf (text, sizeof text, "%.4g", value);
  else
    tw_tick_format (value, step, text, sizeof text);
  tw_draw_text (cr, x, y + size * 0.36, 1.0, text);
}

void
tw_draw_x_label (cairo_t *cr, const TwRect *rect, double x, double y, const char *text, double font_size)
{
  double end = rect->x + rect->width + 1.1 * font_size, half = tw_text_width (cr, text) / 2;

  tw_draw_text (cr, MIN (x, MAX (end - half, rect->x)), y, 0.5, text);
}

void
tw_draw_frame (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwAxis *x, const TwAxis *y,
               double font_size, TwFrameFlags flags)
{
  TwTicks x_ticks, y_ticks;
  tw_axis_ticks (x, (guint)CLAMP (rect->width / (font_size * 5.5), 2, 12), &x_ticks);
  tw_axis_ticks (y, (guint)CLAMP (rect->height / (font_size * 2.2), 2, 12), &y_ticks);
  double bottom = rect->y + rect->height;

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1.0);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  if (flags & TW_FRAME_GRID) {
    tw_set_color (cr, &theme->grid, 1.0);
    for (guint i = 0; i < x_ticks.n; i++) {
      double at = floor (tw_rect_x (rect, x, x_ticks.values[i])) + 0.5;
      cairo_move_to (cr, at, rect->y);
      cairo_line_to (cr, at, bottom);
    }
    for (guint i = 0; i < y_ticks.n; i++) {
      double at = floor (tw_rect_y (rect, y, y_ticks.values[i])) + 0.5;
      cairo_move_to (cr, rect->x, at);
      cairo_line_to (cr, rect->x + rect->width, at);
    }
    cairo_stroke (cr);
  }
  tw_set_color (cr, &theme->dim, 0.7);
  for (guint i = 0; i < x_ticks.n; i++) {
    double at = floor (tw_rect_x (rect, x, x_ticks.values[i])) + 0.5;
    cairo_move_to (cr, at, bottom);
    cairo_line_to (cr, at, bottom + 4);
  }
  for (guint i = 0; i < y_ticks.n; i++) {
    double at = floor (tw_rect_y (rect, y, y_ticks.values[i])) + 0.5;
    cairo_move_to (cr, rect->x - 4, at);
    cairo_line_to (cr, rect->x, at);
  }
  cairo_stroke (cr);
  cairo_rectangle (cr, floor (rect->x) - 0.5, floor (rect->y) - 0.5, floor (rect->width) + 1,
                   floor (rect->height) + 1);
  cairo_stroke (cr);

  tw_set_font (cr, font_size, FALSE);
  tw_set_color (cr, &theme->dim, 1.0);
  for (guint i = 0; i < y_ticks.n && !(flags & TW_FRAME_NO_Y_LABELS); i++)
    draw_y_label (cr, rect->x - 7, tw_rect_y (rect, y, y_ticks.values[i]), font_size, y, y_ticks.values[i],
                  y_ticks.step);
  for (guint i = 0; i < x_ticks.n && !(flags & TW_FRAME_NO_X_LABELS); i++) {
    double at = tw_rect_x (rect, x, x_ticks.values[i]);
    char text[48];
    if (x->log && x_ticks.step >= 1) {
      draw_power (cr, at + font_size, bottom + 5 + 0.64 * font_size, font_size, x_ticks.values[i]);
      continue;
    }
    if (x->log)
      g_snprintf (text, sizeof text, "%.4g", x_ticks.values[i]);
    else
      tw_tick_format (x_ticks.values[i], x_ticks.step, text, sizeof text);
    tw_draw_x_label (cr, rect, at, bottom + 5 + font_size, text, font_size);
  }
  cairo_restore (cr);
}
