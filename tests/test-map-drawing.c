/* Maps of one optimizer: what stands in a cell is what is drawn there. */
#include <cairo.h>
#include <glib.h>
#include <math.h>
#include <string.h>

#include "ui/drawing/axis.h"
#include "ui/drawing/basin-map.h"
#include "ui/drawing/colormap.h"
#include "ui/drawing/missing.h"
#include "ui/drawing/sweep-map.h"

static void
test_powers (void)
{
  static const struct {
    double value;
    const char *text;
  } cases[] = { { 1, "1" }, { 0.001, "0.001" }, { 1e-4, "10⁻⁴" }, { 1e12, "10¹²" }, { 5e-7, "5e-07" }, { 1000, "1000" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    char text[32];
    tw_power_format (cases[i].value, text, sizeof text);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static guint32
pixel_at (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);

  return *(const guint32 *)(gconstpointer)(data + y * cairo_image_surface_get_stride (surface) + 4 * x) & 0xffffff;
}

/* Brighter is faster, colours differ in hue and those without their own are paler. */
static void
test_basin_colors (void)
{
  for (guint rank = 0; rank < 2 * TW_BASIN_COLORS; rank++) {
    TwColor slow = tw_basin_color (tw_theme_get (FALSE), rank, 0), middle = tw_basin_color (tw_theme_get (FALSE), rank, 0.5), fast = tw_basin_color (tw_theme_get (FALSE), rank, 1);
    g_assert_cmpfloat (tw_color_lightness (&slow) + 0.15, <, tw_color_lightness (&middle));
    g_assert_cmpfloat (tw_color_lightness (&middle) + 0.15, <, tw_color_lightness (&fast));
    for (guint other = 0; other < rank; other++) {
      TwColor its = tw_basin_color (tw_theme_get (FALSE), other, 0.5);
      double distance = hypot (hypot (middle.r - its.r, middle.g - its.g), middle.b - its.b);
      g_assert_cmpfloat (distance, >, rank < TW_BASIN_COLORS ? 0.12 : 0.03);
    }
  }
}

static TwExperiment *
one_optimizer (const char *problem, const char *spec, guint64 steps)
{
  TwExperiment *experiment = tw_experiment_new ();

  experiment->problem = g_strdup (problem);
  experiment->steps = steps;
  g_ptr_array_add (experiment->optimizers, g_strdup (spec));
  return experiment;
}

/* What stands in a cell is what is drawn there, row 0 at the bottom; in both themes and for every size. */
static void
test_basin_map (void)
{
  g_autoptr (TwExperiment) experiment = one_optimizer ("three-hump-camel", "sgd,lr=0.3", 100);
  g_autoptr (TwBasins) basins = tw_basins_compute (experiment, 0, NULL, 32, 1, NULL, NULL, NULL, NULL);
  guint width = basins->refinement.width;

  g_assert_cmpuint (basins->n_diverged, >, 10);
  g_assert_cmpuint (basins->n_best, >, 100);
  for (int dark = 0; dark < 2; dark++) {
    const TwTheme *theme = tw_theme_get (dark);
    cairo_surface_t *picture = tw_basins_render (basins, theme, 320, 320, 1);
    guint checked = 0;
    for (guint cell = 0; cell < width * width; cell++) {
      int x = (int)(cell % width) * 10 + 4, y = 319 - ((int)(cell / width) * 10 + 4);
      guint32 pixel = pixel_at (picture, x, y);
      if (basins->minimum[cell] == TW_BASIN_DIVERGED)
        g_assert_true (pixel == tw_missing_pixel (theme, TRUE, x, y));
      else if (basins->minimum[cell] == TW_BASIN_NONE)
        g_assert_true (pixel == tw_missing_pixel (theme, FALSE, x, y));
      else if (basins->steps[cell] <= basins->fast_steps) {
        TwColor fast = tw_basin_color (tw_theme_get (FALSE), (guint)basins->minimum[cell], 1);
        g_assert_true (pixel == tw_color_to_pixel (&fast));
        checked++;
      }
    }
    g_assert_cmpuint (checked, >, 5);
    cairo_surface_destroy (picture);
    /* As small as it gets, and with nothing in it. */
    cairo_surface_destroy (tw_basins_render (basins, theme, 1, 1, 1));
    g_autoptr (TwBasins) empty = tw_basins_copy (basins);
    memset (empty->done, 0, width * width);
    picture = tw_basins_render (empty, theme, 8, 8, 1);
    g_assert_true (pixel_at (picture, 3, 3) == tw_color_to_pixel (&theme->background));
    cairo_surface_destroy (picture);
  }

  cairo_surface_t *sheet = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 300);
  cairo_t *cr = cairo_create (sheet);
  for (double height = 10; height < 300; height += 40) /* as many lines as fit */
    tw_draw_basin_legend (cr, tw_theme_get (FALSE), &(TwRect){ 0, 0, tw_basin_legend_width (12), height }, basins, 12);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  TwColor color = tw_basin_color (tw_theme_get (FALSE), 0, 1);
  guint32 wanted = tw_color_to_pixel (&color);
  gboolean found = FALSE;
  for (int i = 0; i < 300 * 300; i++) {
    guint32 pixel = pixel_at (sheet, i % 300, i / 300);
    gboolean near = TRUE;
    for (int shift = 0; shift < 24; shift += 8)
      near = near && ABS ((int)(pixel >> shift & 255) - (int)(wanted >> shift & 255)) < 16;
    found = found || near;
  }
  g_assert_true (found);
  cairo_destroy (cr);
  cairo_surface_destroy (sheet);
}

static void
test_sweep_map (void)
{
  g_autoptr (TwExperiment) experiment = one_optimizer ("bowl-10000", "momentum", 200);
  gsize n;
  g_autofree TwSweepAxis *axes = tw_sweep_list_axes ("momentum", 2, &n);
  g_autoptr (TwSweep) sweep = tw_sweep_compute (experiment, 0, &axes[0], &axes[1], 1, NULL, NULL, NULL, NULL);
  const TwTheme *theme = tw_theme_get (FALSE);
  const guint32 *map = tw_colormap_get (TW_COLORMAP_LANDSCAPE, FALSE);
  guint width = sweep->refinement.width;
  TwAxis range;

  g_assert_true (tw_sweep_get_range (sweep, &range));
  g_assert_true (range.log && range.min > 0 && range.max > range.min);
  cairo_surface_t *picture = tw_sweep_render (sweep, theme, 320, 320, 1);
  for (guint cell = 0; cell < width * width; cell++) {
    int x = (int)(cell % width) * 10 + 5, y = 319 - ((int)(cell / width) * 10 + 5);
    guint32 pixel = pixel_at (picture, x, y);
    if (isinf (sweep->loss[cell]))
      g_assert_true (pixel == tw_missing_pixel (theme, TRUE, x, y));
    else
      g_assert_true (pixel == tw_colormap_pixel (map, tw_axis_position (&range, MAX (tw_sweep_get_excess (sweep, cell), range.min))));
  }
  cairo_surface_destroy (picture);

  /* Room is left for the longest label, words as well as numbers. */
  cairo_surface_t *sheet = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 300);
  cairo_t *cr = cairo_create (sheet);
  gsize n_learned;
  g_autofree TwSweepAxis *learned = tw_sweep_list_axes ("learned", 2, &n_learned);
  double narrow, wide, bottom;
  tw_sweep_frame_size (cr, &axes[0], 10, &narrow, &bottom);
  for (gsize i = 0; i < n_learned; i++) {
    tw_sweep_frame_size (cr, &learned[i], 10, &wide, &bottom);
    g_assert_cmpfloat (wide, >, 20);
    g_assert_cmpfloat (wide, <, 120);
    tw_draw_sweep_frame (cr, theme, &(TwRect){ wide, 5, 200, 200 }, &axes[0], &learned[i], 10);
  }
  tw_draw_sweep_scale (cr, theme, &(TwRect){ 320, 5, 60, 200 }, sweep, 10);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (sheet);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-drawing/powers", test_powers);
  g_test_add_func ("/map-drawing/basin-colors", test_basin_colors);
  g_test_add_func ("/map-drawing/basin-map", test_basin_map);
  g_test_add_func ("/map-drawing/sweep-map", test_sweep_map);
  return g_test_run ();
}
