#include "ui/drawing/colormap.h"

#include <math.h>

#define N_POINTS 16

/* L, a, b.  Sequential: from indigo over teal to pale green, dark ones for the dark theme, all of it light
 * enough for dark lines to stand out in the light theme. */
static const double landscape_dark[N_POINTS][3] = {
  { 0.2000, 0.0223, -0.0552 },  { 0.2387, 0.0148, -0.0667 },  { 0.2773, 0.0041, -0.0767 },
  { 0.3160, -0.0094, -0.0840 }, { 0.3547, -0.0232, -0.0818 }, { 0.3933, -0.0364, -0.0768 },
  { 0.4320, -0.0485, -0.0698 }, { 0.4707, -0.0593, -0.0609 }, { 0.5093, -0.0685, -0.0503 },
  { 0.5480, -0.0759, -0.0383 }, { 0.5867, -0.0811, -0.0253 }, { 0.6253, -0.0842, -0.0116 },
  { 0.6640, -0.0844, 0.0024 },  { 0.7027, -0.0754, 0.0147 },  { 0.7413, -0.0640, 0.0240 },
  { 0.7800, -0.0515, 0.0298 },
};

static const double landscape_light[N_POINTS][3] = {
  { 0.6000, 0.0180, -0.0493 },  { 0.6250, 0.0080, -0.0598 },  { 0.6500, -0.0055, -0.0675 },
  { 0.6750, -0.0218, -0.0713 }, { 0.7000, -0.0367, -0.0654 }, { 0.7250, -0.0499, -0.0560 },
  { 0.7500, -0.0607, -0.0441 }, { 0.7750, -0.0687, -0.0301 }, { 0.8000, -0.0735, -0.0147 },
  { 0.8250, -0.0750, 0.0013 },  { 0.8500, -0.0730, 0.0173 },  { 0.8750, -0.0676, 0.0325 },
  { 0.9000, -0.0587, 0.0459 },  { 0.9250, -0.0432, 0.0522 },  { 0.9500, -0.0277, 0.0536 },
  { 0.9750, -0.0136, 0.0507 },
};

static const double diverging_dark[N_POINTS][3] = {
  { 0.7600, -0.0321, -0.1198 }, { 0.6907, -0.0336, -0.1256 }, { 0.6213, -0.0285, -0.1063 },
  { 0.5520, -0.0233, -0.0869 }, { 0.4827, -0.0181, -0.0676 }, { 0.4133, -0.0129, -0.0483 },
  { 0.3440, -0.0078, -0.0290 }, { 0.2747, -0.0026, -0.0097 }, { 0.2747, 0.0057, 0.0082 },
  { 0.3440, 0.0172, 0.0246 },   { 0.4133, 0.0287, 0.0410 },   { 0.4827, 0.0402, 0.0573 },
  { 0.5520, 0.0516, 0.0737 },   { 0.6213, 0.0631, 0.0901 },   { 0.6907, 0.0746, 0.1065 },
  { 0.7600, 0.0860, 0.1229 },
};

static const double diverging_light[N_POINTS][3] = {
  { 0.5200, -0.0388, -0.1449 }, { 0.5800, -0.0336, -0.1256 }, { 0.6400, -0.0285, -0.1063 },
  { 0.7000, -0.0233, -0.0869 }, { 0.7600, -0.0181, -0.0676 }, { 0.8200, -0.0129, -0.0483 },
  { 0.8800, -0.0078, -0.0290 }, { 0.9400, -0.0026, -0.0097 }, { 0.9400, 0.0064, 0.0077 },
  { 0.8800, 0.0193, 0.0230 },   { 0.8200, 0.0321, 0.0383 },   { 0.7600, 0.0450, 0.0536 },
  { 0.7000, 0.0579, 0.0689 },   { 0.6400, 0.0707, 0.0843 },   { 0.5800, 0.0836, 0.0996 },
  { 0.5200, 0.0861, 0.1026 },
};

static double
encode (double linear)
{
  linear = CLAMP (linear, 0.0, 1.0);
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow (linear, 1 / 2.4) - 0.055;
}

static double
decode (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static TwColor
from_oklab (double L, double a, double b)
{
  double l = L + 0.3963377774 * a + 0.2158037573 * b;
  double m = L - 0.1055613458 * a - 0.0638541728 * b;
  double s = L - 0.0894841775 * a - 1.2914855480 * b;
  l = l * l * l, m = m * m * m, s = s * s * s;
  return (TwColor){ encode (4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                    encode (-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                    encode (-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s) };
}

TwColor
tw_color_from_oklch (double lightness, double chroma, double hue)
{
  double angle = hue * G_PI / 180;

  return from_oklab (lightness, chroma * cos (angle), chroma * sin (angle));
}

double
tw_color_lightness (const TwColor *color)
{
  double r = decode (color->r), g = decode (color->g), b = decode (color->b);
  double l = cbrt (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  double m = cbrt (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  double s = cbrt (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
}

static void
fill_map (guint32 *map, const double points[N_POINTS][3])
{
  for (int i = 0; i < TW_COLORMAP_SIZE; i++) {
    double at = (double)i / (TW_COLORMAP_SIZE - 1) * (N_POINTS - 1);
    int p = MIN ((int)at, N_POINTS - 2);
    double f = at - p, lab[3];
    for (int c = 0; c < 3; c++)
      lab[c] = (1 - f) * points[p][c] + f * points[p + 1][c];
    TwColor color = from_oklab (lab[0], lab[1], lab[2]);
    map[i] = ((guint32)lround (color.r * 255) << 16) | ((guint32)lround (color.g * 255) << 8) |
             (guint32)lround (color.b * 255);
  }
}

static void
fill_grey (guint32 *map, double from, double to)
{
  double points[N_POINTS][3] = { { 0 } };

  for (int i = 0; i < N_POINTS; i++)
    points[i][0] = from + (to - from) * i / (N_POINTS - 1);
  fill_map (map, points);
}

const guint32 *
tw_colormap_get (TwColormapKind kind, gboolean dark)
{
  static guint32 maps[6][TW_COLORMAP_SIZE];
  static gsize ready;
  if (g_once_init_enter (&ready)) {
    fill_map (maps[0], landscape_light);
    fill_map (maps[1], landscape_dark);
    fill_map (maps[2], diverging_light);
    fill_map (maps[3], diverging_dark);
    fill_grey (maps[4], 0.76, 0.985);
    fill_grey (maps[5], 0.985, 0.22);
    g_once_init_leave (&ready, 1);
  }
  if (kind == TW_COLORMAP_PRINT || kind == TW_COLORMAP_PRINT_SIGNED)
    return maps[kind == TW_COLORMAP_PRINT ? 4 : 5];
  return maps[2 * (kind == TW_COLORMAP_DIVERGING) + (dark ? 1 : 0)];
}
