#include "ui/drawing/figure.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/output.h"
#include "ui/drawing/curves.h"
#include "ui/drawing/landscape.h"
#include "ui/drawing/trajectory.h"

#define FONT 10.0
#define PNG_SCALE 2.0
#define MAX_THIN_RUNS 200 /* per optimizer, beside the first */

typedef enum { KIND_PNG, KIND_SVG, KIND_PDF, KIND_NONE } Kind;

/* All in points. */
typedef struct {
  double width, height;
  gboolean has_landscape;
  TwRect landscape, curves;
  double legend_x, legend_y;
} Layout;

static Kind
kind_of_path (const char *path)
{
  static const char *const endings[] = { ".png", ".svg", ".pdf" };
  for (int i = 0; i < 3; i++) {
    gsize length = strlen (path);
    if (length > 4 && g_ascii_strcasecmp (path + length - 4, endings[i]) == 0)
      return (Kind)i;
  }
  return KIND_NONE;
}

gboolean
tw_figure_check_path (const char *path, GError **error)
{
  if (kind_of_path (path) != KIND_NONE)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "a figure must end in .png, .svg or .pdf, not \"%s\"", path);
  return FALSE;
}

static void
lay_out (Layout *layout, const TwTrace *trace, double domain[4])
{
  TwProblem *problem = tw_trace_get_problem (trace);
  double legend = (tw_trace_get_n_optimizers (trace) + 1) * FONT * 1.7;
  layout->has_landscape = tw_problem_get_dim (problem) == 2 && tw_problem_get_domain (problem, domain);
  if (layout->has_landscape) {
    /* Equal units on both axes where the domain is not too far from a square. */
    double ratio = (domain[3] - domain[2]) / (domain[1] - domain[0]), side = 380;
    double height = CLAMP (side * ratio, 0.6 * side, 1.25 * side);
    layout->landscape = (TwRect){ 48, 40, side, height };
    double right = 48 + side + 76;
    double curves = MAX (height - legend - 54, 170);
    layout->curves = (TwRect){ right, 40, 290, curves };
    layout->width = right + 290 + 16;
    layout->height = MAX (40 + height + 44, 40 + curves + 54 + legend + 8);
  } else {
    layout->curves = (TwRect){ 64, 40, 480, 280 };
    layout->width = 64 + 480 + 16;
    layout->height = 40 + 280 + 54 + legend + 8;
  }
  layout->legend_x = layout->curves.x - 10;
  layout->legend_y = layout->curves.y + layout->curves.height + 54;
}

static void
draw_landscape (cairo_t *cr, const TwTheme *theme, const Layout *layout, const TwTrace *trace,
                const double domain[4], const TwLineStyle **styles)
{
  TwProblem *problem = tw_trace_get_problem (trace);
  TwView view;
  tw_view_init (&view, &layout->landscape, domain);
  const TwRect *rect = &view.rect;
  gsize columns = (gsize)rect->width, rows = (gsize)rect->height;
  g_autoptr (TwField) field = tw_field_new (problem, domain, columns, rows, TRUE, NULL, NULL);
  g_autoptr (TwContourSet) contours = tw_contour_set_new (field, 16);

  cairo_surface_t *picture = tw_field_render (field, theme, (int)(2 * rect->width), (int)(2 * rect->height));
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, 0.5, 0.5);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (picture);
  tw_draw_contours (cr, theme, &view, field, contours);

  const double *minima;
  gsize n_minima = tw_problem_get_minima (problem, &minima);
  tw_draw_minima (cr, theme, &view, minima, n_minima, 7);
  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  gsize n_starts = MIN (tw_trace_get_n_starts (trace), MAX_THIN_RUNS);
  gsize last = tw_trace_get_n_steps (trace);
  for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++)
    for (gsize s = n_starts; s-- > 0;)
      for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
        TwTrajectory trajectory;
        TwTrailPen pen = { 0 };
        tw_trajectory_init (&trajectory, trace, o, s, styles[o]);
        tw_trail_draw (cr, theme, &view, &trajectory, pass, 1.8, &pen, last);
      }
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    TwTrajectory trajectory;
    tw_trajectory_init (&trajectory, trace, o, 0, styles[o]);
    if (o == 0 && trajectory.n_rows > 0)
      tw_draw_start (cr, theme, &view, trajectory.theta[0], trajectory.theta[1], 5);
    tw_trajectory_draw_attention (cr, theme, &view, &trajectory, last, 4.5);
    tw_trajectory_draw_head (cr, theme, &view, &trajectory, last, 4);
  }
  cairo_restore (cr);
  tw_draw_frame (cr, theme, rect, &view.x, &view.y, FONT, 0);
  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, rect->x + rect->width / 2, rect->y + rect->height + 3.2 * FONT, 0.5, "x");
  tw_draw_text (cr, rect->x - 38, rect->y + rect->height / 2, 0.5, "y");
}

static void
draw_curves (cairo_t *cr, const TwTheme *theme, const Layout *layout, const TwTrace *trace,
             const TwLineStyle **styles)
{
  gsize O = tw_trace_get_n_optimizers (trace), N = MIN (tw_trace_get_n_starts (trace), MAX_THIN_RUNS);
  g_autofree TwCurve *curves = g_new0 (TwCurve, MAX (O * N, 1)); /* (N, O), the first start last */
  double minimum = tw_problem_get_minimum (tw_trace_get_problem (trace)), least = INFINITY;
  const TwRect *rect = &layout->curves;
  for (gsize s = 0; s < N; s++)
    for (gsize o = 0; o < O; o++) {
      TwCurve *curve = &curves[(N - 1 - s) * O + o];
      curve->n = tw_trace_get_n_rows (trace, o, s);
      curve->values = tw_trace_get_loss (trace, o, s);
      curve->style = styles[o];
      curve->primary = s == 0;
      curve->offset = isfinite (minimum) ? minimum : 0;
      for (gsize i = 0; i < curve->n; i++)
        least = MIN (least, curve->values[i] - curve->offset);
    }
  /* Losses below zero have no logarithm; where no minimum is known the axis stays linear. */
  gboolean log = isfinite (minimum) || least > 0;
  TwAxis x = { 0, MAX ((double)tw_trace_get_n_steps (trace), 1), FALSE }, y;
  tw_curves_range (curves, O * N, log, &y);
  tw_draw_frame (cr, theme, rect, &x, &y, FONT, TW_FRAME_GRID);
  for (gsize c = 0; c < O * N; c++)
    tw_draw_curve (cr, theme, rect, &x, &y, &curves[c], 1.8, G_MAXSIZE);
  tw_set_font (cr, FONT, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, rect->x + rect->width / 2, rect->y + rect->height + 3.2 * FONT, 0.5, "step");
  tw_set_font (cr, FONT * 1.1, TRUE);
  tw_set_color (cr, &theme->foreground, 1);
  tw_draw_text (cr, rect->x, rect->y - 12, 0,
                isfinite (minimum) && minimum != 0 ? "Loss above the known minimum" : "Loss");
}

static void
draw_legend (cairo_t *cr, const TwTheme *theme, const Layout *layout, const TwTrace *trace,
             const TwLineStyle **styles)
{
  double y = layout->legend_y, row = FONT * 1.7, right = layout->curves.x + layout->curves.width;
  tw_set_font (cr, FONT, FALSE);
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++, y += row) {
    gsize rows = tw_trace_get_n_rows (trace, o, 0);
    TwStopReason stop = tw_trace_get_stop_reason (trace, o, 0);
    char ending[64] = "", number[32];
    tw_draw_swatch (cr, theme, styles[o], layout->legend_x, y - 0.75 * row, 30, row * 0.8);
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text (cr, layout->legend_x + 38, y, 0, tw_trace_get_optimizer_spec (trace, o));
    if (stop == TW_STOP_DIVERGED) {
      g_autofree char *words = tw_trace_describe_stop (trace, o, 0);
      g_strlcpy (ending, words, sizeof ending);
    } else if (rows > 0) {
      g_ascii_formatd (number, sizeof number, "%.3g", tw_trace_get_loss (trace, o, 0)[rows - 1]);
      g_snprintf (ending, sizeof ending, "%s", number);
    }
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, right, y, 1, ending);
  }
}

static void
draw_figure (cairo_t *cr, const Layout *layout, const TwTrace *trace, const double domain[4])
{
  const TwTheme *theme = tw_theme_get (FALSE);
  gsize O = tw_trace_get_n_optimizers (trace);
  g_autofree const TwLineStyle **styles = g_new (const TwLineStyle *, MAX (O, 1));
  g_autofree const char **specs = g_new (const char *, MAX (O, 1));
  for (gsize o = 0; o < O; o++)
    specs[o] = tw_trace_get_optimizer_spec (trace, o);
  tw_line_styles_assign (specs, O, styles);

  tw_set_color (cr, &theme->background, 1);
  cairo_paint (cr);
  if (layout->has_landscape)
    draw_landscape (cr, theme, layout, trace, domain, styles);
  draw_curves (cr, theme, layout, trace, styles);
  draw_legend (cr, theme, layout, trace, styles);
  TwProblem *problem = tw_trace_get_problem (trace);
  const char *formula = tw_problem_get_formula (problem);
  gboolean own = g_strcmp0 (tw_problem_get_name (problem), "formula") == 0;
  tw_set_font (cr, FONT * 1.1, TRUE);
  tw_set_color (cr, &theme->foreground, 1);
  if (layout->has_landscape) {
    g_autofree char *title = own && formula != NULL && strlen (formula) < 52
                               ? g_strconcat ("f(x, y) = ", formula, NULL)
                               : g_strdup (tw_problem_get_title (problem));
    tw_draw_text (cr, layout->landscape.x, layout->landscape.y - 12, 0, title);
  } else {
    tw_draw_text (cr, layout->curves.x + layout->curves.width, layout->curves.y - 12, 1,
                  tw_problem_get_title (problem));
  }
}

static cairo_status_t
append_bytes (gpointer closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* cairo numbers surfaces over the life of the process; count them within the file instead, so that the same
 * figure is the same bytes. */
static gboolean
renumber (const GMatchInfo *match, GString *out, gpointer data)
{
  GHashTable *seen = data;
  g_autofree char *name = g_match_info_fetch (match, 1), *number = g_match_info_fetch (match, 2);
  g_autofree char *key = g_strconcat (name, number, NULL);
  guint own = GPOINTER_TO_UINT (g_hash_table_lookup (seen, key));
  if (own == 0) {
    own = g_hash_table_size (seen) + 1;
    g_hash_table_insert (seen, g_steal_pointer (&key), GUINT_TO_POINTER (own));
  }
  g_string_append_printf (out, "%s%u\"", name, own);
  return FALSE;
}

static GByteArray *
normalise_svg (GByteArray *svg)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRegex) regex = g_regex_new (
    "((?:id|href)=\"#?(?:surface|image|mask|clip|pattern|linear|radial|source))(\\d+)\"", 0, 0, NULL);
  char *text = g_regex_replace_eval (regex, (const char *)svg->data, svg->len, 0, 0, renumber, seen, NULL);
  g_byte_array_unref (svg);
  return g_byte_array_new_take ((guint8 *)text, strlen (text));
}

static gboolean
save_bytes (const char *path, const GByteArray *bytes, GError **error)
{
  g_autoptr (TwOutput) output = tw_output_new (path, error);
  if (output == NULL)
    return FALSE;
  tw_output_write_bytes (output, bytes->data, bytes->len);
  return tw_output_commit (output, error);
}

gboolean
tw_figure_save_comparison (const TwTrace *trace, const char *path, GError **error)
{
  g_return_val_if_fail (trace != NULL && path != NULL, FALSE);
  if (!tw_figure_check_path (path, error))
    return FALSE;

  Kind kind = kind_of_path (path);
  Layout layout = { 0 };
  double domain[4] = { 0 };
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  lay_out (&layout, trace, domain);
  if (kind == KIND_PNG) {
    surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)ceil (PNG_SCALE * layout.width),
                                          (int)ceil (PNG_SCALE * layout.height));
    cairo_surface_set_device_scale (surface, PNG_SCALE, PNG_SCALE);
  } else if (kind == KIND_SVG) {
    surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, layout.width, layout.height);
  } else {
    surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, layout.width, layout.height);
    /* A fixed date: without one cairo writes the time of day. */
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                    tw_problem_get_title (tw_trace_get_problem (trace)));
  }
  cairo_t *cr = cairo_create (surface);
  draw_figure (cr, &layout, trace, domain);
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && kind == KIND_PNG)
    status = cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS && kind == KIND_SVG)
    bytes = normalise_svg (bytes);

  gboolean written = FALSE;
  if (status != CAIRO_STATUS_SUCCESS)
    g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "%s: %s", path, cairo_status_to_string (status));
  else
    written = save_bytes (path, bytes, error);
  g_byte_array_unref (bytes);
  return written;
}
