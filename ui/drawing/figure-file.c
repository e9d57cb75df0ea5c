#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "config.h"
#include "core/error.h"
#include "core/output.h"
#include "ui/drawing/figure-private.h"

#define VECTOR_DPI 150.0 /* of the heat maps in SVG and PDF, which are smooth */

TwFigureKind
tw_figure_kind_of_path (const char *path)
{
  static const char *const endings[] = { ".png", ".svg", ".pdf" };
  gsize length = strlen (path);

  for (int i = 0; i < 3; i++)
    if (length > 4 && g_ascii_strcasecmp (path + length - 4, endings[i]) == 0)
      return (TwFigureKind)i;
  return TW_FIGURE_NO_KIND;
}

void
tw_figure_draw (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  tw_figure_prepare (figure, cr);
  cairo_save (cr);
  cairo_scale (cr, figure->unit, figure->unit);
  tw_figure_draw_still (figure, cr, scale * figure->unit);
  tw_figure_draw_moving (figure, cr, scale * figure->unit, last);
  cairo_restore (cr);
  tw_set_text_target (cr, NULL);
}

static cairo_status_t
append_bytes (gpointer closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
png_append (png_structp png, png_bytep data, png_size_t length)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint)length);
}

static void
png_nothing (png_structp png)
{
}

static void
png_failed (png_structp png, png_const_charp message)
{
  longjmp (png_jmpbuf (png), 1);
}

/* A row of cairo's pixels as R, G, B and, where `alpha`, A, which cairo holds multiplied into the colours. */
static void
unpack_row (const guint32 *from, guint8 *to, int width, gboolean alpha)
{
  for (int x = 0; x < width; x++) {
    guint32 pixel = from[x], a = alpha ? pixel >> 24 : 255;
    for (int c = 0; c < 3; c++) {
      guint32 value = pixel >> (16 - 8 * c) & 255;
      *to++ = (guint8)(a == 255 || a == 0 ? value : MIN ((value * 255 + a / 2) / a, 255));
    }
    if (alpha)
      *to++ = (guint8)a;
  }
}

GBytes *
tw_png_encode (cairo_surface_t *surface, double dpi, const char *caption, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  gboolean alpha = cairo_image_surface_get_format (surface) == CAIRO_FORMAT_ARGB32;
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  guint8 *row = g_malloc ((gsize)width * 4);
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, png_failed, NULL);
  png_infop info = png_create_info_struct (png);
  png_text texts[] = {
    { .compression = PNG_TEXT_COMPRESSION_NONE, .key = (char *)"Software", .text = (char *)"Thalweg " TW_VERSION },
    { .compression = PNG_ITXT_COMPRESSION_NONE, .key = (char *)"Description", .text = (char *)caption },
  };

  if (setjmp (png_jmpbuf (png))) {
    png_destroy_write_struct (&png, &info);
    g_free (row);
    g_byte_array_unref (bytes);
    g_set_error_literal (error, TW_ERROR, TW_ERROR_OUTPUT, "libpng could not encode the picture");
    return NULL;
  }
  png_set_write_fn (png, bytes, png_append, png_nothing);
  png_set_IHDR (png, info, (png_uint_32)width, (png_uint_32)height, 8, alpha ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_RGB,
                PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (dpi > 0)
    png_set_pHYs (png, info, (png_uint_32)lround (dpi / 0.0254), (png_uint_32)lround (dpi / 0.0254), PNG_RESOLUTION_METER);
  png_set_text (png, info, texts, caption != NULL ? 2 : 1);
  /* Half the time of libpng's defaults, and files of the same size. */
  png_set_compression_level (png, 4);
  png_set_filter (png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB | PNG_FILTER_UP);
  png_write_info (png, info);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++) {
    unpack_row ((const guint32 *)(gconstpointer)(cairo_image_surface_get_data (surface) + (gsize)y * (gsize)stride), row, width,
                alpha);
    png_write_row (png, row);
  }
  png_write_end (png, info);
  png_destroy_write_struct (&png, &info);
  g_free (row);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
render_png (TwFigure *figure, GError **error)
{
  int width, height;
  double dpi = tw_figure_get_dpi (figure), scale = dpi / 72;
  GBytes *bytes = NULL;

  tw_figure_get_pixels (figure, &width, &height);
  cairo_surface_t *surface =
    cairo_image_surface_create (figure->options.transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  if (!figure->options.transparent) {
    /* Sizes are rounded to whole pixels: no seam at the edges. */
    tw_set_color (cr, &figure->theme->background, 1);
    cairo_paint (cr);
  }
  cairo_scale (cr, scale, scale);
  tw_figure_draw (figure, cr, scale, tw_figure_get_step (figure));
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    bytes = tw_png_encode (surface, dpi, figure->caption, error);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "a picture of %d by %d pixels: %s", width, height,
                 cairo_status_to_string (status));
  cairo_surface_destroy (surface);
  return bytes;
}

/* cairo numbers surfaces over the life of the process; count them within the file instead, so that the same
 * figure is the same bytes. */
static gboolean
renumber (const GMatchInfo *match, GString *out, gpointer data)
{
  GHashTable *seen = data;
  g_autofree char *name = g_match_info_fetch (match, 1), *number = g_match_info_fetch (match, 2);
  g_autofree char *key = g_strconcat (strrchr (name, '#') != NULL ? strrchr (name, '#') + 1 : strrchr (name, '"') + 1, number, NULL);
  guint own = GPOINTER_TO_UINT (g_hash_table_lookup (seen, key));
  if (own == 0) {
    own = g_hash_table_size (seen) + 1;
    g_hash_table_insert (seen, g_steal_pointer (&key), GUINT_TO_POINTER (own));
  }
  g_string_append_printf (out, "%s%u", name, own);
  return FALSE;
}

/* Coordinates of paths to a thousandth of a point: a third of the file less.  In place. */
static void
shorten_paths (char *text)
{
  char *to = text;
  gboolean inside = FALSE;
  int digits = -1; /* behind the point; < 0: before it */

  for (const char *from = text; *from != '\0'; from++) {
    if (!inside && from > text + 3 && strncmp (from - 3, " d=\"", 4) == 0)
      inside = TRUE;
    else if (inside && *from == '"')
      inside = FALSE;
    if (*from == '.')
      digits = 0;
    else if (digits >= 0 && g_ascii_isdigit (*from))
      digits++;
    else
      digits = -1;
    if (!inside || digits <= 3)
      *to++ = *from;
  }
  *to = '\0';
}

/* Numbers of its own, a title and the caption, and the text as text. */
static GBytes *
finish_svg (const TwFigure *figure, GByteArray *svg, const GString *texts)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRegex) regex = g_regex_new (
    "((?:id=\"|href=\"#|url\\(#)(?:surface|image|mask|clip|pattern|linear|radial|source|glyph|filter))(\\d+)", 0, 0, NULL);
  g_autofree char *text = g_regex_replace_eval (regex, (const char *)svg->data, svg->len, 0, 0, renumber, seen, NULL);
  shorten_paths (text);
  g_autofree char *title = g_markup_escape_text (tw_problem_get_title (tw_trace_get_problem (figure->trace)), -1);
  g_autofree char *caption = g_markup_escape_text (figure->caption, -1);
  GString *out = g_string_new (NULL);
  char *root = strstr (text, "<svg"), *body = strchr (root, '>') + 1, *end = g_strrstr (body, "</svg>");

  g_string_append_len (out, text, body - text);
  g_string_append_printf (out, "\n<title>%s</title>\n<desc>%s</desc>", title, caption);
  g_string_append_len (out, body, end - body);
  g_string_append_printf (out, "%s</svg>\n", texts->str);
  return g_string_free_to_bytes (out);
}

/* Spaces in place of the date, so that no offset of the file changes. */
void
tw_pdf_blank_date (GByteArray *pdf)
{
  static const char key[] = "/CreationDate (";
  guint8 *at = memmem (pdf->data, pdf->len, key, strlen (key));
  guint8 *end = at != NULL ? memchr (at, ')', pdf->len - (gsize)(at - pdf->data)) : NULL;

  if (end != NULL)
    memset (at, ' ', (gsize)(end - at) + 1);
}

static void
set_pdf_metadata (const TwFigure *figure, cairo_surface_t *surface)
{
  /* Taken out in the end; without one cairo writes the time of day. */
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  *figure->title != '\0' ? figure->title
                                                         : tw_problem_get_title (tw_trace_get_problem (figure->trace)));
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, figure->caption);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Thalweg " TW_VERSION);
}

static GBytes *
render_vector (TwFigure *figure, TwFigureKind kind, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GString) texts = g_string_new (NULL);
  double width, height;
  cairo_surface_t *surface;

  tw_figure_get_size (figure, &width, &height);
  if (kind == TW_FIGURE_SVG) {
    surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, width, height);
  } else {
    surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, width, height);
    set_pdf_metadata (figure, surface);
  }
  cairo_t *cr = cairo_create (surface);
  tw_figure_prepare (figure, cr);
  figure->text.svg = kind == TW_FIGURE_SVG ? texts : NULL;
  cairo_scale (cr, figure->unit, figure->unit);
  tw_figure_draw_still (figure, cr, VECTOR_DPI / 72 * figure->unit);
  tw_figure_draw_moving (figure, cr, VECTOR_DPI / 72 * figure->unit, tw_figure_get_step (figure));
  figure->text.svg = NULL;
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS) {
    g_byte_array_unref (bytes);
    g_set_error_literal (error, TW_ERROR, TW_ERROR_OUTPUT, cairo_status_to_string (status));
    return NULL;
  }
  if (kind == TW_FIGURE_PDF) {
    tw_pdf_blank_date (bytes);
    return g_byte_array_free_to_bytes (bytes);
  }
  GBytes *svg = finish_svg (figure, bytes, texts);
  g_byte_array_unref (bytes);
  return svg;
}

GBytes *
tw_figure_render (TwFigure *figure, TwFigureKind kind, GError **error)
{
  g_return_val_if_fail (kind != TW_FIGURE_NO_KIND, NULL);

  return kind == TW_FIGURE_PNG ? render_png (figure, error) : render_vector (figure, kind, error);
}

gboolean
tw_figure_save (TwFigure *figure, const char *path, GError **error)
{
  TwFigureKind kind = tw_figure_kind_of_path (path);

  if (kind == TW_FIGURE_NO_KIND) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "a figure must end in .png, .svg or .pdf, not \"%s\"", path);
    return FALSE;
  }
  g_autoptr (GBytes) bytes = tw_figure_render (figure, kind, error);
  if (bytes == NULL) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  g_autoptr (TwOutput) output = tw_output_new (path, error);
  if (output == NULL)
    return FALSE;
  tw_output_write_bytes (output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return tw_output_commit (output, error);
}

gboolean
tw_figure_save_comparison (TwTrace *trace, const char *path, GError **error)
{
  const TwFigureOptions options = { 0 };
  g_autoptr (TwFigure) figure = tw_figure_new (trace, NULL, &options, NULL, error);

  return figure != NULL && tw_figure_save (figure, path, error);
}
