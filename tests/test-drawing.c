/* What is drawn stands where it should: axes, colours, contours, trails, curves, surfaces, readouts. */
#include <cairo.h>
#include <glib.h>
#include <math.h>

#include "core/error.h"
#include "ui/drawing/axis.h"
#include "ui/drawing/cells.h"
#include "ui/drawing/colormap.h"
#include "ui/drawing/contour.h"
#include "ui/drawing/curves.h"
#include "ui/drawing/field.h"
#include "ui/drawing/landscape.h"
#include "ui/drawing/readout.h"
#include "ui/drawing/sensitivity.h"
#include "ui/drawing/surface.h"
#include "ui/drawing/trajectory.h"

static void
test_ticks (void)
{
  static const struct {
    TwAxis axis;
    guint max, n;
    double first, last;
  } cases[] = {
    { { 0, 10, FALSE }, 6, 6, 0, 10 },         { { -2, 2, FALSE }, 5, 5, -2, 2 },
    { { 0.13, 0.87, FALSE }, 5, 4, 0.2, 0.8 }, { { -1e-6, 1e-6, FALSE }, 5, 5, -1e-6, 1e-6 },
    { { 1e-3, 1e3, TRUE }, 10, 7, 1e-3, 1e3 }, { { 1e-12, 1e4, TRUE }, 9, 9, 1e-12, 1e4 },
    { { 2, 60, TRUE }, 9, 5, 2, 50 },          { { 0, 500, FALSE }, 6, 6, 0, 500 },
    { { -0.8, 1.3, FALSE }, 2, 2, 0, 1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    TwTicks ticks;
    tw_axis_ticks (&cases[i].axis, cases[i].max, &ticks);
    g_assert_cmpuint (ticks.n, ==, cases[i].n);
    g_assert_cmpfloat_with_epsilon (ticks.values[0], cases[i].first, 1e-9 * fabs (cases[i].first) + 1e-30);
    g_assert_cmpfloat_with_epsilon (ticks.values[ticks.n - 1], cases[i].last, 1e-9 * fabs (cases[i].last) + 1e-30);
  }
}

/* Whatever the range: never more than asked for, at least two (of powers of ten one), inside, ascending. */
static void
test_ticks_random (void)
{
  for (int i = 0; i < 5000; i++) {
    double a = g_test_rand_double_range (-1, 1) * pow (10, g_test_rand_double_range (-8, 8));
    TwAxis axis = { a, a + pow (10, g_test_rand_double_range (-3, 8)), FALSE };
    if (i % 2) {
      axis.min = pow (10, g_test_rand_double_range (-20, 10));
      axis.max = axis.min * pow (10, g_test_rand_double_range (0.7, 25));
      axis.log = TRUE;
    }
    guint max = (guint)g_test_rand_int_range (2, 14);
    TwTicks ticks;
    tw_axis_ticks (&axis, max, &ticks);
    g_assert_cmpuint (ticks.n, <=, max);
    g_assert_cmpuint (ticks.n, >=, (guint)(axis.log ? 1 : 2));
    for (guint k = 0; k < ticks.n; k++) {
      double position = tw_axis_position (&axis, ticks.values[k]);
      g_assert_cmpfloat (position, >=, -1e-6);
      g_assert_cmpfloat (position, <=, 1 + 1e-6);
      g_assert_true (k == 0 || ticks.values[k] > ticks.values[k - 1]);
      g_assert_cmpfloat_with_epsilon (tw_axis_value (&axis, position), ticks.values[k],
                                      1e-6 * (axis.log ? ticks.values[k] : axis.max - axis.min));
    }
  }
}

static void
test_tick_text (void)
{
  char text[48];
  static const struct {
    double value, step;
    const char *text;
  } cases[] = {
    { 0, 0.5, "0.0" },     { 0.25, 0.05, "0.25" }, { -2, 1, "\342\210\2222" },
    { 1500, 500, "1500" }, { 2e6, 1e6, "2e+06" },  { 3e-6, 1e-6, "3e-06" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    tw_tick_format (cases[i].value, cases[i].step, text, sizeof text);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static double
map_lightness (const guint32 *map, int i)
{
  TwColor color = { (map[i] >> 16 & 255) / 255.0, (map[i] >> 8 & 255) / 255.0, (map[i] & 255) / 255.0 };
  return tw_color_lightness (&color);
}

/* Lightness grows at a steady rate from end to end. */
static void
test_colormap_lightness (void)
{
  for (int dark = 0; dark < 2; dark++) {
    const guint32 *map = tw_colormap_get (TW_COLORMAP_LANDSCAPE, dark);
    double low = map_lightness (map, 0), high = map_lightness (map, TW_COLORMAP_SIZE - 1);
    g_assert_cmpfloat (high - low, >, 0.3);
    for (int i = 32; i < TW_COLORMAP_SIZE; i += 32) {
      double slope =
        (map_lightness (map, i) - map_lightness (map, i - 32)) / (high - low) * TW_COLORMAP_SIZE / 32;
      g_assert_cmpfloat (slope, >, 0.7);
      g_assert_cmpfloat (slope, <, 1.3);
    }
    /* The other one is symmetric in lightness, with the ground colour in the middle. */
    map = tw_colormap_get (TW_COLORMAP_DIVERGING, dark);
    double middle = map_lightness (map, TW_COLORMAP_SIZE / 2);
    g_assert_cmpfloat (fabs (map_lightness (map, 0) - map_lightness (map, TW_COLORMAP_SIZE - 1)), <, 0.02);
    g_assert_true ((middle < map_lightness (map, 0)) == (dark == 1));
  }
}

/* One style belongs to one optimizer, wherever it stands in the list. */
static void
test_styles (void)
{
  const char *first[] = { "sgd,lr=0.1", "adam", "learned" },
             *second[] = { "learned", "adam,lr=1", "adam,lr=2" };
  const TwLineStyle *a[3], *b[3];
  tw_line_styles_assign (first, 3, a);
  tw_line_styles_assign (second, 3, b);
  g_assert_true (a[1] == b[1] && a[2] == b[0]);
  g_assert_true (b[2] != b[1] && b[2] != b[0] && b[2] != NULL);
  for (guint i = 0; i < TW_N_LINE_STYLES; i++)
    for (guint j = 0; j < i; j++) {
      const TwLineStyle *p = tw_line_style_get (i), *q = tw_line_style_get (j);
      g_assert_cmpstr (p->name, !=, q->name);
    }
}

/* Every line colour can be told from the landscape's lightness range ends or has its halo: contrast of at
 * least 3 to 1 (WCAG, graphics) against the ground of the charts. */
static double
luminance (const TwColor *c)
{
  double v[3] = { c->r, c->g, c->b };
  for (int i = 0; i < 3; i++)
    v[i] = v[i] <= 0.04045 ? v[i] / 12.92 : pow ((v[i] + 0.055) / 1.055, 2.4);
  return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
}

static void
test_contrast (void)
{
  for (int dark = 0; dark < 2; dark++) {
    const TwTheme *theme = tw_theme_get (dark);
    double ground = luminance (&theme->background);
    for (guint i = 0; i < TW_N_LINE_STYLES; i++) {
      const TwLineStyle *style = tw_line_style_get (i);
      double line = luminance (dark ? &style->dark : &style->light);
      g_assert_cmpfloat ((MAX (line, ground) + 0.05) / (MIN (line, ground) + 0.05), >, 3.5);
    }
    double text = luminance (&theme->dim);
    g_assert_cmpfloat ((MAX (text, ground) + 0.05) / (MIN (text, ground) + 0.05), >, 4.5);
  }
}

/* Circles of a paraboloid: closed, and at the right distance from the centre all along. */
static void
test_contour_circle (void)
{
  enum { N = 101 };
  g_autofree float *values = g_new (float, N *N);
  for (int j = 0; j < N; j++)
    for (int i = 0; i < N; i++)
      values[j * N + i] = (float)((i - 50) * (i - 50) + (j - 50) * (j - 50));
  for (double radius = 5.5; radius < 49; radius += 7.25) {
    g_autoptr (TwContour) contour = tw_contour_new (values, N, N, radius * radius);
    const double *p = (const double *)contour->points->data;
    gsize n = contour->points->len / 2;
    g_assert_cmpuint (tw_contour_get_n_lines (contour), ==, 1);
    double length = 0;
    for (gsize i = 0; i < n; i++) {
      g_assert_cmpfloat_with_epsilon (hypot (p[2 * i] - 50, p[2 * i + 1] - 50), radius, 0.03);
      if (i > 0)
        length += hypot (p[2 * i] - p[2 * i - 2], p[2 * i + 1] - p[2 * i - 1]);
    }
    g_assert_cmpfloat (p[0], ==, p[2 * n - 2]);
    g_assert_cmpfloat (p[1], ==, p[2 * n - 1]);
    g_assert_cmpfloat_with_epsilon (length, 2 * G_PI * radius, 0.02 * length);
  }
}

static void
test_contour_open (void)
{
  /* A plane: one straight line from border to border; a saddle xy = 0.3: two branches; holes are left out. */
  enum { W = 31, H = 21 };
  float values[W * H];
  for (int j = 0; j < H; j++)
    for (int i = 0; i < W; i++)
      values[j * W + i] = (float)(i + 2 * j);
  g_autoptr (TwContour) plane = tw_contour_new (values, W, H, 25.5);
  g_assert_cmpuint (tw_contour_get_n_lines (plane), ==, 1);
  for (gsize i = 0; i < plane->points->len / 2; i++) {
    const double *p = (const double *)plane->points->data + 2 * i;
    g_assert_cmpfloat_with_epsilon (p[0] + 2 * p[1], 25.5, 1e-5);
  }
  for (int j = 0; j < H; j++)
    for (int i = 0; i < W; i++)
      values[j * W + i] = (float)((i - 15) * (j - 10)) / 100;
  g_autoptr (TwContour) saddle = tw_contour_new (values, W, H, 0.305);
  g_assert_cmpuint (tw_contour_get_n_lines (saddle), ==, 2);
  for (int i = 0; i < W * H; i++)
    values[i] = NAN;
  g_autoptr (TwContour) nothing = tw_contour_new (values, W, H, 0);
  g_assert_cmpuint (tw_contour_get_n_lines (nothing), ==, 0);
}

static void
test_field (void)
{
  g_autoptr (GError) error = NULL;
  double domain[4] = { -2, 3, -1, 4 };
  g_autoptr (TwProblem) problem = tw_problem_new_formula ("(x-1)^2 + 100*(y-x^2)^2", domain, 0, &error);
  g_assert_no_error (error);
  g_autoptr (TwField) field = tw_field_new (problem, domain, 51, 51, TRUE, NULL, &error);
  g_assert_no_error (error);
  gsize least = 0;
  for (gsize i = 0; i < 51 * 51; i++) {
    double x = -2 + 0.1 * (i % 51), y = -1 + 0.1 * (i / 51), f = pow (x - 1, 2) + 100 * pow (y - x * x, 2);
    g_assert_cmpfloat_with_epsilon (tw_field_value_of_level (field, field->level[i]), f, 1e-4 * (1 + f));
    g_assert_true (field->level[i] >= 0 && field->level[i] <= 1.0001f);
    if (field->level[i] < field->level[least])
      least = i;
  }
  g_assert_cmpuint (least % 51, ==, 30);
  g_assert_cmpuint (least / 51, ==, 20);
  /* Compression spreads the colours: the median is near the middle, while uncompressed it is near the floor.
   */
  g_autoptr (TwField) linear = tw_field_new (problem, domain, 51, 51, FALSE, NULL, NULL);
  gsize above = 0, above_linear = 0;
  for (gsize i = 0; i < 51 * 51; i++) {
    above += field->level[i] > 0.5f;
    above_linear += linear->level[i] > 0.5f;
  }
  g_assert_cmpuint (above, >, 51 * 51 / 3);
  g_assert_cmpuint (above_linear, <, 51 * 51 / 5);

  /* What is not finite is marked, not smeared. */
  g_autoptr (TwProblem) half = tw_problem_new_formula ("log(x)", domain, NAN, &error);
  g_autoptr (TwField) holes = tw_field_new (half, domain, 51, 11, TRUE, NULL, &error);
  g_assert_true (isnan (holes->level[0]) && !isnan (holes->level[50]));
  cairo_surface_t *picture = tw_field_render (holes, tw_theme_get (FALSE), 100, 20);
  guint32 pixel = *(guint32 *)cairo_image_surface_get_data (picture) & 0xffffff;
  g_assert_cmphex (pixel, ==, 0xcccccc);
  cairo_surface_destroy (picture);

  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_cancellable_cancel (cancelled);
  g_assert_null (tw_field_new (problem, domain, 51, 51, TRUE, cancelled, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
}

static void
test_clip (void)
{
  TwRect rect = { 0, 0, 100, 50 };
  double a[2] = { -1e300, 25 }, b[2] = { 50, 25 };
  g_assert_true (tw_clip_segment (&rect, 10, a, b));
  g_assert_cmpfloat_with_epsilon (a[0], -10, 1e-6);
  g_assert_cmpfloat (b[0], ==, 50);
  double c[2] = { -50, 300 }, d[2] = { 150, 200 };
  g_assert_false (tw_clip_segment (&rect, 10, c, d));
  double e[2] = { 10, 10 }, f[2] = { 10, INFINITY };
  g_assert_false (tw_clip_segment (&rect, 10, e, f));
  double g[2] = { 20, 20 }, h[2] = { 30, 40 };
  g_assert_true (tw_clip_segment (&rect, 10, g, h));
  g_assert_true (g[0] == 20 && g[1] == 20 && h[0] == 30 && h[1] == 40);
  /* Both ends far out, on a line through the middle: still inside. */
  double i[2] = { -3e299, -1e300 }, j[2] = { 4e299, 1.2e300 };
  if (tw_clip_segment (&rect, 10, i, j))
    g_assert_true (i[0] >= -10 && i[0] <= 110 && j[1] >= -10 && j[1] <= 60);
  double k[2] = { 50, 25 }, l[2] = { 50 + 3e200, 25 - 1e200 };
  g_assert_true (tw_clip_segment (&rect, 10, k, l));
  g_assert_cmpfloat_with_epsilon (l[0], 110, 1e-6);
  g_assert_cmpfloat_with_epsilon (l[1], 5, 1e-6);
}

static gsize
count_painted (cairo_surface_t *surface)
{
  gsize count = 0;
  cairo_surface_flush (surface);
  const guint8 *data = cairo_image_surface_get_data (surface);
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      count +=
        (((const guint32 *)(data + (gsize)y * cairo_image_surface_get_stride (surface)))[x] >> 24) > 127;
  return count;
}

/* A trail that grows frame by frame covers what the same trail drawn at once covers. */
static void
test_trail_grows (void)
{
  enum { N = 400 };
  double theta[2 * N];
  for (int i = 0; i < N; i++) {
    theta[2 * i] = cos (0.05 * i) * (1 - i / 500.0);
    theta[2 * i + 1] = sin (0.05 * i) * (1 - i / 500.0);
  }
  theta[2 * N - 2] = 1e200; /* the last step leaves for good */
  double domain[4] = { -1.2, 1.2, -1.2, 1.2 };
  TwTrajectory t = { theta, NULL, N, 2, tw_line_style_get (0), TRUE, TW_STOP_BUDGET };
  TwView view;
  tw_view_init (&view, &(TwRect){ 0, 0, 300, 300 }, domain);
  cairo_surface_t *surfaces[2];
  gsize painted[2];
  for (int way = 0; way < 2; way++) {
    surfaces[way] = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 300, 300);
    cairo_t *cr = cairo_create (surfaces[way]);
    TwTrailPen pen = { 0 };
    for (gsize row = way == 0 ? N : 0; row <= N; row++)
      tw_trail_draw (cr, tw_theme_get (FALSE), &view, &t, TW_TRAIL_LINE, 2, &pen, row);
    g_assert_cmpuint (pen.next_row, ==, N);
    g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
    cairo_destroy (cr);
    painted[way] = count_painted (surfaces[way]);
    cairo_surface_destroy (surfaces[way]);
  }
  g_assert_cmpuint (painted[0], >, 2000);
  g_assert_cmpfloat (fabs ((double)painted[0] - painted[1]), <, 0.03 * painted[0]);
}

static void
test_curves (void)
{
  const double falling[] = { 100, 10, 1, 0.1, 0.01 }, wild[] = { 100, 1e10, 1e100, 1e300 };
  TwCurve curves[] = { { falling, 5, 0, tw_line_style_get (0), TRUE },
                       { wild, 4, 0, tw_line_style_get (1), TRUE } };
  TwAxis axis;
  tw_curves_range (curves, 2, TRUE, &axis);
  g_assert_true (axis.log);
  g_assert_cmpfloat (axis.min, >, 0.001);
  g_assert_cmpfloat (axis.min, <, 0.01);
  g_assert_cmpfloat (axis.max, <, 1e5);
  const double zeros[] = { 4, 0, 0 }, level[] = { -3, -3 };
  TwCurve exact = { zeros, 3, 0, tw_line_style_get (0), TRUE },
          flat = { level, 2, 0, tw_line_style_get (0), TRUE };
  tw_curves_range (&exact, 1, TRUE, &axis);
  g_assert_true (axis.min > 0 && axis.min < axis.max);
  tw_curves_range (&flat, 1, FALSE, &axis);
  g_assert_true (axis.min < -3 && axis.max > -3);
  tw_curves_range (&flat, 1, TRUE, &axis);
  g_assert_true (axis.min > 0 && axis.min < axis.max);
}

static void
test_cells (void)
{
  const float values[] = { -1, 0, 1, NAN }; /* (2 columns, 2 units) */
  const guint32 *map = tw_colormap_get (TW_COLORMAP_DIVERGING, FALSE);
  cairo_surface_t *surface = tw_cells_render (values, 2, 2, 1, tw_theme_get (FALSE), 40, 20);
  const guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
#define PIXEL(x, y) (((const guint32 *)(data + (gsize)(y)*stride))[x] & 0xffffff)
  g_assert_cmphex (PIXEL (5, 5), ==, map[0]);
  g_assert_cmphex (PIXEL (5, 15), ==, map[TW_COLORMAP_SIZE / 2]);
  g_assert_cmphex (PIXEL (35, 5), ==, map[TW_COLORMAP_SIZE - 1]);
  g_assert_cmphex (PIXEL (35, 15), ==, 0xb0b0b0);
#undef PIXEL
  cairo_surface_destroy (surface);
}

/* What lies behind a ridge is hidden from where one looks, and not from above. */
static void
test_surface (void)
{
  const double domain[4] = { -1, 1, -1, 1 };
  const TwRect rect = { 10, 20, 300, 200 };
  g_autoptr (TwProblem) problem = tw_problem_new_formula ("exp(-20*y^2)", domain, NAN, NULL);
  g_autoptr (TwField) field = tw_field_new (problem, domain, 101, 101, FALSE, NULL, NULL);
  double before[2], top[2], behind[2];

  for (int i = 0; i < 2; i++) {
    const TwCamera camera = { .yaw = i * G_PI, .pitch = 0.2 };
    g_autoptr (TwSurface) surface = tw_surface_new (field, tw_theme_get (FALSE), &rect, 1, &camera);
    double side = i == 0 ? 1 : -1;
    g_assert_true (tw_surface_project (surface, 0.3, -0.6 * side, before));
    g_assert_true (tw_surface_project (surface, 0.3, 0, top));
    g_assert_false (tw_surface_project (surface, 0.3, 0.6 * side, behind));
    /* Higher up is higher, farther back too, and x goes to the right of who looks along y. */
    g_assert_cmpfloat (top[1], <, behind[1]);
    g_assert_cmpfloat (behind[1], <, before[1]);
    g_assert_cmpfloat ((top[0] - 160) * side, >, 10);
  }
  const TwCamera above = { .yaw = 0, .pitch = G_PI / 2 };
  g_autoptr (TwSurface) map = tw_surface_new (field, tw_theme_get (FALSE), &rect, 1, &above);
  g_assert_true (tw_surface_project (map, 0.3, 0.6, behind));
  g_assert_true (tw_surface_project (map, 0.3, -0.6, before));
  g_assert_cmpfloat (fabs (behind[0] - before[0]), <, 1e-9);
}

/* Labelled contours lie at numbers of few digits, in order, and the others between them. */
static void
test_contour_values (void)
{
  static const struct {
    double offset, factor;
  } cases[] = { { 0, 1 }, { -700, 1 }, { 3e-9, 1e-9 }, { 0, 1e12 }, { 5, 1e-3 } };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    const double domain[4] = { -2, 2, -1, 3 };
    double values[50 * 50];
    for (int i = 0; i < 50 * 50; i++) {
      double x = -2 + 4 * (i % 50) / 49.0, y = -1 + 4 * (i / 50) / 49.0;
      values[i] = cases[c].offset + cases[c].factor * ((1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x));
    }
    g_autoptr (TwField) field = tw_field_new_from_values (values, domain, 50, 50, TRUE);
    g_autoptr (TwContourSet) set = tw_contour_set_new (field, 16);
    for (guint i = 0; i < set->n; i++) {
      if (i > 0)
        g_assert_cmpfloat (set->values[i], >, set->values[i - 1]);
      if (i % 4 != 3)
        continue;
      /* At most four digits, and with these the number itself, also where all values are about 5. */
      char text[32];
      g_snprintf (text, sizeof text, "%.4g", set->values[i]);
      g_assert_cmpfloat_with_epsilon (g_ascii_strtod (text, NULL), set->values[i], 1e-12 * fabs (set->values[i]));
      g_assert_cmpfloat (fabs (tw_field_level_of_value (field, set->values[i]) - (i + 0.5) / 16), <, 0.5 / 16);
    }
  }
}

/* In a low chart every row is read out, in columns. */
static void
test_readout_columns (void)
{
  const TwTheme *theme = tw_theme_get (FALSE);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 600, 110);
  cairo_t *cr = cairo_create (surface);
  const TwRect rect = { 0, 0, 600, 110 };
  TwReadoutRow rows[8];

  for (guint i = 0; i < 8; i++) {
    rows[i].style = tw_line_style_get (i);
    g_snprintf (rows[i].label, sizeof rows[i].label, "Optimizer %u", i);
    g_snprintf (rows[i].value, sizeof rows[i].value, "%u", i);
  }
  tw_set_color (cr, &theme->background, 1);
  cairo_paint (cr);
  tw_draw_readout (cr, theme, &rect, 100, "Step 1", rows, 8, 11);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  const guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  for (guint i = 0; i < 8; i++) {
    const TwColor *color = &rows[i].style->light;
    guint found = 0;
    for (int y = 0; y < 110; y++)
      for (int x = 0; x < 600; x++) {
        const guint8 *p = data + y * stride + 4 * x;
        found += fabs (p[2] / 255.0 - color->r) < 0.02 && fabs (p[1] / 255.0 - color->g) < 0.02 &&
                 fabs (p[0] / 255.0 - color->b) < 0.02;
      }
    g_assert_cmpuint (found, >, 3);
  }
  cairo_surface_destroy (surface);
}

/* Losses that are never below 0 are told apart by powers of ten, also where one of them is 0: that is at the bottom.
 * Where they are of both signs the axis is plain. */
static void
test_sensitivity_axes (void)
{
  static const struct {
    double loss[4];
    gboolean log;
    double min;
  } cases[] = {
    { { 2, 1e-6, 0, 80 }, TRUE, 1e-6 / 1.5 },
    { { 2, 1e-6, 1e-9, 80 }, TRUE, 1e-9 / 1.5 },
    { { 2, 1e-6, -1, INFINITY }, FALSE, -1 - 0.06 * 3 },
    { { 0, 0, 0, 0 }, FALSE, -0.06e-9 },
  };
  double lr[4] = { 1e-3, 1e-2, 0.1, 1 };
  const TwRect rect = { 0, 0, 100, 100 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    TwSensitivity curve = { .n = 4, .lr = lr, .loss = g_memdup2 (cases[i].loss, sizeof cases[i].loss) };
    TwTuning tuning = { .n_optimizers = 1, .optimizers = &curve, .minimum = NAN };
    TwSensitivityAxes axes;
    double x, y;
    gboolean off;
    tw_sensitivity_find_axes (&tuning, &axes);
    g_assert_true (axes.y.log == cases[i].log);
    g_assert_cmpfloat_with_epsilon (axes.y.min, cases[i].min, 1e-9 * fabs (cases[i].min));
    tw_sensitivity_place (&axes, &rect, &curve, 2, &x, &y, &off);
    g_assert_false (off);
    g_assert_true (y >= 50 && y <= 100); /* the lowest of each, or the middle of all the same */
    g_free (curve.loss);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drawing/ticks", test_ticks);
  g_test_add_func ("/drawing/ticks-random", test_ticks_random);
  g_test_add_func ("/drawing/tick-text", test_tick_text);
  g_test_add_func ("/drawing/colormap-lightness", test_colormap_lightness);
  g_test_add_func ("/drawing/styles", test_styles);
  g_test_add_func ("/drawing/contrast", test_contrast);
  g_test_add_func ("/drawing/contour-circle", test_contour_circle);
  g_test_add_func ("/drawing/contour-open", test_contour_open);
  g_test_add_func ("/drawing/contour-values", test_contour_values);
  g_test_add_func ("/drawing/readout-columns", test_readout_columns);
  g_test_add_func ("/drawing/field", test_field);
  g_test_add_func ("/drawing/clip", test_clip);
  g_test_add_func ("/drawing/trail-grows", test_trail_grows);
  g_test_add_func ("/drawing/curves", test_curves);
  g_test_add_func ("/drawing/cells", test_cells);
  g_test_add_func ("/drawing/surface", test_surface);
  g_test_add_func ("/drawing/sensitivity-axes", test_sensitivity_axes);
  return g_test_run ();
}
