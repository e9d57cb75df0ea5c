#include "ui/drawing/cells.h"

#include <math.h>

#include "ui/drawing/colormap.h"

cairo_surface_t *
tw_cells_render (const float *values, gsize n_columns, gsize n_units, float range, const TwTheme *theme,
                 int width, int height)
{
  g_return_val_if_fail (range > 0, NULL);

  const guint32 *map = tw_colormap_get (theme->print ? TW_COLORMAP_PRINT_SIGNED : TW_COLORMAP_DIVERGING, theme->dark);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  guint32 missing = theme->dark ? 0x505050 : 0xb0b0b0;

  if (data == NULL || n_columns == 0 || n_units == 0)
    return surface;
  cairo_surface_flush (surface);
  for (int row = 0; row < height; row++) {
    gsize unit = (gsize)row * n_units / height;
    guint32 *out = (guint32 *)(data + (gsize)row * stride);
    for (int column = 0; column < width; column++) {
      float value = values[(gsize)column * n_columns / width * n_units + unit];
      out[column] = isfinite (value) ? tw_colormap_pixel (map, 0.5 + 0.5 * value / range) : missing;
    }
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}
