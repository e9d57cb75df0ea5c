/* colormap.h: perceptually uniform colour maps.
 *
 * A map is a handful of control points in OKLab (B. Ottosson, 2020), where equal steps look equal, evenly
 * spaced and interpolated there.  Lightness of the sequential maps grows at a constant rate, so that they
 * read the same for every kind of colour vision and in grey.
 */
#pragma once

#include "ui/drawing/style.h"

G_BEGIN_DECLS

typedef enum {
  TW_COLORMAP_LANDSCAPE, /* 0 low, dark; 1 high, light */
  TW_COLORMAP_DIVERGING, /* 0 blue, 0.5 neutral, 1 orange */
  TW_COLORMAP_PRINT,     /* for landscapes on paper: 0 low, grey; 1 high, almost white */
  TW_COLORMAP_PRINT_SIGNED, /* 0 white, 1 almost black */
} TwColormapKind;

#define TW_COLORMAP_SIZE 1024
/* (TW_COLORMAP_SIZE) pixels as CAIRO_FORMAT_RGB24 holds them; never freed. */
const guint32 *tw_colormap_get (TwColormapKind kind, gboolean dark); /* of print there is one */

static inline guint32
tw_colormap_pixel (const guint32 *map, double t)
{
  int i = (int)(t * TW_COLORMAP_SIZE);
  return map[CLAMP (i, 0, TW_COLORMAP_SIZE - 1)];
}

/* Lightness 0 to 1, chroma from 0 (grey), hue in degrees; what a screen can't show is clipped. */
TwColor tw_color_from_oklch (double lightness, double chroma, double hue);
/* OKLab lightness (0 to 1) of a colour. */
double tw_color_lightness (const TwColor *color);

G_END_DECLS
