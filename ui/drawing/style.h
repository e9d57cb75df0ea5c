/* style.h: colours, themes, and the colour and dash by which an optimizer is known everywhere.
 *
 * Drawing code takes prepared data and a cairo_t; it knows no toolkit.  The same lines make the screen, PNG,
 * SVG and PDF.
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  double r, g, b;
} TwColor;

typedef struct {
  gboolean dark;
  double stroke;      /* widths of lines and sizes of marks are times this: 1, more for a projector */
  gboolean print; /* what differs in colour differs in grey too: a grey landscape, markers on lines */
  TwColor background; /* of a chart */
  TwColor foreground; /* text */
  TwColor dim;        /* secondary text, axes */
  TwColor grid;
  TwColor halo;    /* around what lies on the landscape */
  TwColor ink;     /* marks on the landscape that belong to no optimizer */
  TwColor missing; /* where a landscape has no finite value */
} TwTheme;

const TwTheme *tw_theme_get (gboolean dark);
const TwTheme *tw_theme_get_large (gboolean dark); /* the same with strokes for the last row of a lecture hall */
const TwTheme *tw_theme_get_print (void);

/* How one optimizer is drawn, in every panel.  Hue, lightness and dash all differ, so that it survives
 * colour-blind eyes and a grey printout. */
typedef struct {
  const char *name; /* of the colour, for people who can't see it */
  TwColor light, dark;
  const double *dash; /* (n_dash) in line widths; NULL: solid */
  int n_dash;
  const char *dash_name;
} TwLineStyle;

#define TW_N_LINE_STYLES 14
const TwLineStyle *tw_line_style_get (guint i);
/* The same optimizer has the same style whatever it stands beside; a second one of its kind takes one that is
 * still free.  specs (n) as in an experiment, styles (n) out. */
void tw_line_styles_assign (const char *const *specs, gsize n, const TwLineStyle **styles);

void tw_set_color (cairo_t *cr, const TwColor *color, double alpha);
void tw_set_line_style (cairo_t *cr, const TwTheme *theme, const TwLineStyle *style, double width,
                        double alpha, double dash_offset);
/* The mark by which a line is known in print: a shape of its own, filled or hollow. */
void tw_draw_marker (cairo_t *cr, const TwTheme *theme, const TwLineStyle *style, double x, double y,
                     double radius);
/* A short sample of the line, centred in the given box. */
void tw_draw_swatch (cairo_t *cr, const TwTheme *theme, const TwLineStyle *style, double x, double y,
                     double width, double height);

/* Text by its left (align 0), middle (0.5) or right (1) end; y is the baseline. */
void tw_set_font (cairo_t *cr, double size, gboolean bold);
double tw_text_width (cairo_t *cr, const char *text);
void tw_draw_text (cairo_t *cr, double x, double y, double align, const char *text);
/* The same, with the end cut off ("adam,lr=0.0…") where it is wider than `width`. */
void tw_draw_text_within (cairo_t *cr, double x, double y, double align, double width, const char *text);

/* What text looks like, and where it goes, of all text drawn with one cairo_t.  Neither is copied. */
typedef struct {
  const char *family; /* NULL: sans-serif */
  GString *svg;       /* not NULL: instead of being drawn, text is added here as SVG <text> elements, which stay
                         text (cairo's own SVG has outlines only) */
} TwTextTarget;
void tw_set_text_target (cairo_t *cr, TwTextTarget *target);

G_END_DECLS
