#include "ui/drawing/style.h"

#include <math.h>
#include <string.h>

#define LARGE_STROKE 1.7

#define LIGHT_THEME(factor)                                                                                  \
  {                                                                                                          \
    .dark = FALSE, .stroke = factor, .background = { 1.0, 1.0, 1.0 }, .foreground = { 0.12, 0.13, 0.15 },    \
    .dim = { 0.36, 0.38, 0.41 }, .grid = { 0.89, 0.90, 0.91 }, .halo = { 1.0, 1.0, 1.0 },                    \
    .ink = { 0.10, 0.11, 0.15 }, .missing = { 0.80, 0.80, 0.80 },                                            \
  }

#define DARK_THEME(factor)                                                                                   \
  {                                                                                                          \
    .dark = TRUE, .stroke = factor, .background = { 0.115, 0.118, 0.130 },                                   \
    .foreground = { 0.93, 0.93, 0.94 }, .dim = { 0.66, 0.67, 0.69 }, .grid = { 0.21, 0.215, 0.23 },          \
    .halo = { 0.05, 0.05, 0.08 }, .ink = { 0.96, 0.96, 0.98 }, .missing = { 0.24, 0.24, 0.24 },              \
  }

static const TwTheme light_themes[] = { LIGHT_THEME (1), LIGHT_THEME (LARGE_STROKE) };
static const TwTheme dark_themes[] = { DARK_THEME (1), DARK_THEME (LARGE_STROKE) };

/* For paper: black on white, a grey landscape, and markers beside dashes. */
static const TwTheme print_theme = {
  .print = TRUE,
  .stroke = 1,
  .background = { 1.0, 1.0, 1.0 },
  .foreground = { 0.0, 0.0, 0.0 },
  .dim = { 0.20, 0.20, 0.20 },
  .grid = { 0.88, 0.88, 0.88 },
  .halo = { 1.0, 1.0, 1.0 },
  .ink = { 0.0, 0.0, 0.0 },
  .missing = { 0.70, 0.70, 0.70 },
};

const TwTheme *
tw_theme_get (gboolean dark)
{
  return dark ? &dark_themes[0] : &light_themes[0];
}

const TwTheme *
tw_theme_get_large (gboolean dark)
{
  return dark ? &dark_themes[1] : &light_themes[1];
}

const TwTheme *
tw_theme_get_print (void)
{
  return &print_theme;
}

/* In line widths. */
static const double dashed[] = { 5.0, 2.0 };
static const double dotted[] = { 1.2, 1.8 };
static const double dash_dot[] = { 5.0, 1.8, 1.2, 1.8 };
static const double long_dash[] = { 9.0, 2.2 };
static const double dash_dot_dot[] = { 5.0, 1.6, 1.2, 1.6, 1.2, 1.6 };

#define DASH(pattern, words) pattern, G_N_ELEMENTS (pattern), words
#define SOLID NULL, 0, "solid"

/* Hues after Okabe and Ito, made darker on light ground and lighter on dark ground.  Neighbours in the list
 * of optimizers differ in hue as well as in lightness, and no two styles share both hue and dash. */
static const TwLineStyle styles[TW_N_LINE_STYLES] = {
  { "vermilion", { 0.76, 0.27, 0.00 }, { 1.00, 0.47, 0.22 }, SOLID },
  { "blue", { 0.00, 0.33, 0.62 }, { 0.42, 0.68, 1.00 }, DASH (dashed, "dashed") },
  { "purple", { 0.62, 0.22, 0.50 }, { 0.95, 0.58, 0.82 }, DASH (dash_dot, "dash-dot") },
  { "amber", { 0.67, 0.45, 0.00 }, { 0.98, 0.74, 0.18 }, DASH (long_dash, "long dashes") },
  { "black", { 0.08, 0.08, 0.10 }, { 1.00, 1.00, 1.00 }, SOLID },
  { "teal", { 0.00, 0.43, 0.34 }, { 0.16, 0.86, 0.68 }, DASH (dotted, "dotted") },
  { "red", { 0.65, 0.04, 0.16 }, { 1.00, 0.50, 0.55 }, DASH (dash_dot_dot, "dash-dot-dot") },
  { "sky blue", { 0.05, 0.46, 0.70 }, { 0.55, 0.84, 0.98 }, SOLID },
  { "brown", { 0.42, 0.24, 0.08 }, { 0.87, 0.69, 0.48 }, DASH (dashed, "dashed") },
  { "green", { 0.20, 0.46, 0.05 }, { 0.62, 0.88, 0.34 }, SOLID },
  { "violet", { 0.36, 0.22, 0.70 }, { 0.72, 0.62, 1.00 }, DASH (dotted, "dotted") },
  { "grey", { 0.33, 0.35, 0.38 }, { 0.75, 0.77, 0.80 }, DASH (long_dash, "long dashes") },
  { "olive", { 0.42, 0.41, 0.00 }, { 0.86, 0.85, 0.36 }, DASH (dash_dot, "dash-dot") },
  { "navy", { 0.10, 0.13, 0.45 }, { 0.60, 0.70, 0.95 }, DASH (dash_dot_dot, "dash-dot-dot") },
};

/* Which style a kind of optimizer takes first. */
static const char *const owners[TW_N_LINE_STYLES] = {
  "sgd",  "momentum", "rmsprop", "adam",  "learned", "nesterov", "adagrad",
  "lion", "adadelta", "adamw",   "nadam", "amsgrad", "newton",   "lbfgs",
};

const TwLineStyle *
tw_line_style_get (guint i)
{
  return &styles[i % TW_N_LINE_STYLES];
}

static int
style_of_kind (const char *spec)
{
  gsize length = strcspn (spec, ",");
  for (int i = 0; i < TW_N_LINE_STYLES; i++)
    if (strlen (owners[i]) == length && strncmp (spec, owners[i], length) == 0)
      return i;
  return -1;
}

void
tw_line_styles_assign (const char *const *specs, gsize n, const TwLineStyle **out)
{
  guint uses[TW_N_LINE_STYLES] = { 0 };
  for (gsize i = 0; i < n; i++) {
    int own = style_of_kind (specs[i]);
    out[i] = NULL;
    if (own >= 0 && uses[own] == 0) {
      out[i] = &styles[own];
      uses[own]++;
    }
  }
  for (gsize i = 0; i < n; i++) {
    if (out[i] != NULL)
      continue;
    guint best = 0;
    for (guint s = 1; s < TW_N_LINE_STYLES; s++)
      if (uses[s] < uses[best])
        best = s;
    out[i] = &styles[best];
    uses[best]++;
  }
}

void
tw_set_color (cairo_t *cr, const TwColor *color, double alpha)
{
  cairo_set_source_rgba (cr, color->r, color->g, color->b, alpha);
}

void
tw_set_line_style (cairo_t *cr, const TwTheme *theme, const TwLineStyle *style, double width, double alpha,
                   double dash_offset)
{
  double dash[8];
  for (int i = 0; i < style->n_dash; i++)
    dash[i] = style->dash[i] * width;
  cairo_set_dash (cr, dash, style->n_dash, dash_offset);
  cairo_set_line_width (cr, width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, style->n_dash > 0 ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  tw_set_color (cr, theme->dark ? &style->dark : &style->light, alpha);
}

#define N_SHAPES 7

static void
trace_shape (cairo_t *cr, int shape, double x, double y, double r)
{
  /* Corners of a regular polygon; 0: a circle. */
  static const struct {
    int corners;
    double size, turn;
  } shapes[N_SHAPES] = {
    { 0, 0.9, 0 },         { 4, 1.2, G_PI / 4 }, { 3, 1.3, -G_PI / 2 },  { 4, 1.25, 0 },
    { 3, 1.3, G_PI / 2 },  { 5, 1.1, -G_PI / 2 }, { 3, 1.3, 0 },
  };
  int n = shapes[shape].corners;

  cairo_new_sub_path (cr);
  if (n == 0)
    cairo_arc (cr, x, y, shapes[shape].size * r, 0, 2 * G_PI);
  for (int i = 0; i < n; i++) {
    double angle = shapes[shape].turn + 2 * G_PI * i / n;
    cairo_line_to (cr, x + shapes[shape].size * r * cos (angle), y + shapes[shape].size * r * sin (angle));
  }
  cairo_close_path (cr);
}

void
tw_draw_marker (cairo_t *cr, const TwTheme *theme, const TwLineStyle *style, double x, double y, double radius)
{
  int i = (int)(style - styles);
  const TwColor *color = theme->dark ? &style->dark : &style->light;
  gboolean hollow = i >= N_SHAPES;

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  cairo_new_path (cr);
  trace_shape (cr, i % N_SHAPES, x, y, radius);
  tw_set_color (cr, hollow ? &theme->halo : color, 1);
  cairo_fill_preserve (cr);
  tw_set_color (cr, hollow ? color : &theme->halo, 1);
  cairo_set_line_width (cr, hollow ? 0.4 * radius : 0.2 * radius);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
tw_draw_swatch (cairo_t *cr, const TwTheme *theme, const TwLineStyle *style, double x, double y, double width,
                double height)
{
  cairo_save (cr);
  tw_set_line_style (cr, theme, style, 2.5 * theme->stroke, 1.0, 0.0);
  cairo_move_to (cr, x, y + height / 2);
  cairo_line_to (cr, x + width, y + height / 2);
  cairo_stroke (cr);
  cairo_restore (cr);
  if (theme->print)
    tw_draw_marker (cr, theme, style, x + width / 2, y + height / 2, 3.2);
}
