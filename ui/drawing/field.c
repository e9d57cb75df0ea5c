#include "ui/drawing/field.h"

#include <math.h>

#include "core/error.h"
#include "ui/drawing/colormap.h"

#define BLOCK 512   /* points per evaluation */
#define SAMPLE 4096 /* values that the distribution is judged by */
#define SCALE_QUANTILE 0.03

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* s: low in the distribution, but not so low that most of the colours go to the last digits. */
static double
choose_scale (const double *values, gsize n, double low, double high)
{
  gsize stride = MAX (1, n / SAMPLE), count = 0;
  g_autofree double *sample = g_new (double, n / stride + 1);
  for (gsize i = 0; i < n; i += stride)
    if (isfinite (values[i]))
      sample[count++] = values[i] - low;
  if (count == 0 || !(high > low))
    return 1.0;
  qsort (sample, count, sizeof *sample, compare_doubles);
  double s = sample[(gsize)(SCALE_QUANTILE * (count - 1))];
  return MAX (s, 1e-5 * (high - low));
}

double
tw_field_level_of_value (const TwField *field, double value)
{
  double span = field->high - field->low;
  if (!(span > 0))
    return 0.5;
  if (field->scale == 0)
    return (value - field->low) / span;
  return log1p (MAX (value - field->low, 0) / field->scale) / log1p (span / field->scale);
}

double
tw_field_value_of_level (const TwField *field, double level)
{
  double span = field->high - field->low;
  if (field->scale == 0)
    return field->low + level * span;
  return field->low + field->scale * expm1 (level * log1p (span / field->scale));
}

TwField *
tw_field_new_from_values (const double *values, const double domain[4], gsize width, gsize height,
                          gboolean compress)
{
  TwField *field = g_new0 (TwField, 1);
  gsize total = width * height;

  field->width = width;
  field->height = height;
  for (int i = 0; i < 4; i++)
    field->domain[i] = domain[i];
  field->low = INFINITY;
  field->high = -INFINITY;
  for (gsize i = 0; i < total; i++)
    if (isfinite (values[i])) {
      field->low = MIN (field->low, values[i]);
      field->high = MAX (field->high, values[i]);
    }
  field->has_values = isfinite (field->low);
  if (!field->has_values)
    field->low = field->high = 0;
  field->scale = compress ? choose_scale (values, total, field->low, field->high) : 0;
  field->level = g_new (float, total);
  for (gsize i = 0; i < total; i++)
    field->level[i] = isfinite (values[i]) ? (float)tw_field_level_of_value (field, values[i]) : NAN;
  return field;
}

TwField *
tw_field_new (const TwProblem *problem, const double domain[4], gsize width, gsize height, gboolean compress,
              GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (width >= 2 && height >= 2, NULL);
  g_return_val_if_fail (tw_problem_get_dim (problem) == 2, NULL);

  g_autofree double *values = g_new (double, width *height); /* (H, W) */
  g_autofree double *points = g_new (double, 2 * BLOCK);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, BLOCK);
  double dx = (domain[1] - domain[0]) / (width - 1), dy = (domain[3] - domain[2]) / (height - 1);
  gsize total = width * height;

  for (gsize at = 0; at < total; at += BLOCK) {
    gsize n = MIN (BLOCK, total - at);
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED,
                           "the picture of the landscape was not finished");
      return NULL;
    }
    for (gsize i = 0; i < n; i++) {
      points[2 * i] = domain[0] + dx * ((at + i) % width);
      points[2 * i + 1] = domain[2] + dy * ((at + i) / width);
    }
    tw_problem_eval (problem, work, n, points, NULL, values + at, NULL);
  }
  return tw_field_new_from_values (values, domain, width, height, compress);
}

void
tw_field_free (TwField *field)
{
  if (field == NULL)
    return;
  g_free (field->level);
  g_free (field);
}

cairo_surface_t *
tw_field_render (const TwField *field, const TwTheme *theme, int width, int height)
{
  const guint32 *map = tw_colormap_get (theme->print ? TW_COLORMAP_PRINT : TW_COLORMAP_LANDSCAPE, theme->dark);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  guint32 missing = ((guint32)lround (theme->missing.r * 255) << 16) |
                    ((guint32)lround (theme->missing.g * 255) << 8) |
                    (guint32)lround (theme->missing.b * 255);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  gsize W = field->width;

  if (data == NULL)
    return surface;
  cairo_surface_flush (surface);
  for (int row = 0; row < height; row++) {
    double v = (1 - (row + 0.5) / height) * (field->height - 1);
    gsize j = MIN ((gsize)MAX (v, 0), field->height - 2);
    float fy = (float)(v - j);
    const float *below = field->level + j * W, *above = below + W;
    guint32 *out = (guint32 *)(data + (gsize)row * stride);
    for (int column = 0; column < width; column++) {
      double u = (column + 0.5) / width * (W - 1);
      gsize i = MIN ((gsize)MAX (u, 0), W - 2);
      float fx = (float)(u - i);
      float level =
        (1 - fy) * ((1 - fx) * below[i] + fx * below[i + 1]) + fy * ((1 - fx) * above[i] + fx * above[i + 1]);
      out[column] = isnan (level) ? missing : tw_colormap_pixel (map, level);
    }
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}
