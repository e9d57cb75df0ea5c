/* palette.h: at most 255 colours for a picture of many, by median cut (Heckbert 1982). */
#pragma once

#include <glib.h>

#include "ui/drawing/style.h"

G_BEGIN_DECLS

#define TW_PALETTE_MAX 255

typedef struct {
  guint n;
  guint8 colors[TW_PALETTE_MAX][3];
  guint16 *nearest; /* (32768) of 15-bit colours: index, or 0xffff where not looked up yet */
  guint32 *counts;  /* (32768) */
} TwPalette;

TwPalette *tw_palette_new (void);
void tw_palette_free (TwPalette *palette);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPalette, tw_palette_free)
/* Counts the colours of a CAIRO_FORMAT_RGB24 surface. */
void tw_palette_count (TwPalette *palette, cairo_surface_t *surface);
/* After all were counted; `exact` (n_exact): colours that come out as they are. */
void tw_palette_build (TwPalette *palette, const TwColor *exact, guint n_exact);
guint8 tw_palette_index (TwPalette *palette, guint32 pixel);

G_END_DECLS
