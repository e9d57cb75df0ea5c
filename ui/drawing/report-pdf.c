#include <cairo-pdf.h>
#include <string.h>

#include "config.h"
#include "core/error.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/report-private.h"

#define PAGE_WIDTH TW_REPORT_PAGE_WIDTH
#define PAGE_HEIGHT TW_REPORT_PAGE_HEIGHT
#define MARGIN 50.0
#define SIZE 9.0
#define REPORT_DPI 150.0 /* of heat maps */
#define LEADING 1.4

typedef struct {
  cairo_t *cr;
  GPtrArray *recorded; /* of cairo_surface_t: a page each, where it is no PDF */
  TwTextTarget text;
  const TwTheme *theme;
  const char *title;
  double y;
  int number;
} Page;

static void
begin_page (Page *page)
{
  char number[16];

  if (page->recorded != NULL) {
    const cairo_rectangle_t extents = { 0, 0, PAGE_WIDTH, PAGE_HEIGHT };
    cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &extents);
    g_clear_pointer (&page->cr, cairo_destroy);
    g_ptr_array_add (page->recorded, surface);
    page->cr = cairo_create (surface);
  }
  tw_set_color (page->cr, &page->theme->background, 1);
  cairo_paint (page->cr);
  page->y = MARGIN;
  page->number++;
  g_snprintf (number, sizeof number, "%d", page->number);
  tw_set_text_target (page->cr, &page->text);
  tw_set_font (page->cr, 8, FALSE);
  tw_set_color (page->cr, &page->theme->dim, 1);
  tw_draw_text (page->cr, PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 28, 1, number);
  tw_draw_text_within (page->cr, MARGIN, PAGE_HEIGHT - 28, 0, 400, page->title);
}

/* A new page where less than `height` is left. */
static void
need (Page *page, double height)
{
  if (page->y + height <= PAGE_HEIGHT - MARGIN)
    return;
  cairo_show_page (page->cr);
  begin_page (page);
}

/* How many bytes of `text` fit into `width`: up to a space where there is one. */
static gsize
fitting (Page *page, const char *text, double width)
{
  gsize length = strlen (text), space = 0, at = 0;

  while (at < length) {
    gsize next = (gsize)(g_utf8_next_char (text + at) - text);
    g_autofree char *start = g_strndup (text, next);
    if (tw_text_width (page->cr, start) > width)
      return space > 0 ? space : MAX (at, 1);
    if (text[at] == ' ')
      space = next;
    at = next;
  }
  return length;
}

/* Lines of text from x on, broken at `width`; each line end of the text is one on the page. */
static void
put_text (Page *page, double x, double width, double size, gboolean bold, const TwColor *color, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++) {
    const char *rest = *line;
    do {
      need (page, size * LEADING);
      tw_set_font (page->cr, size, bold);
      tw_set_color (page->cr, color, 1);
      gsize n = fitting (page, rest, width);
      g_autofree char *part = g_strndup (rest, n);
      tw_draw_text (page->cr, x, page->y + size, 0, part);
      page->y += size * LEADING;
      rest += n;
    } while (*rest != '\0');
  }
}

static void
put_heading (Page *page, const char *text)
{
  page->y += 14;
  need (page, 80);
  put_text (page, MARGIN, TW_REPORT_WIDTH, 12, TRUE, &page->theme->foreground, text);
  page->y += 4;
}

static void
put_setting (Page *page, const TwReport *report)
{
  for (guint i = 0; i < report->setting->len; i += 2) {
    need (page, SIZE * LEADING);
    tw_set_font (page->cr, SIZE, FALSE);
    tw_set_color (page->cr, &page->theme->dim, 1);
    tw_draw_text (page->cr, MARGIN, page->y + SIZE, 0, report->setting->pdata[i]);
    put_text (page, MARGIN + 95, TW_REPORT_WIDTH - 95, SIZE, FALSE, &page->theme->foreground, report->setting->pdata[i + 1]);
  }
}

static void
put_figure (Page *page, TwFigure *figure, const char *caption)
{
  double width, height;

  tw_figure_get_size (figure, &width, &height);
  need (page, MIN (height + 40, PAGE_HEIGHT - 2 * MARGIN));
  cairo_save (page->cr);
  cairo_translate (page->cr, MARGIN, page->y);
  tw_figure_draw (figure, page->cr, REPORT_DPI / 72, tw_figure_get_step (figure));
  cairo_restore (page->cr);
  tw_set_text_target (page->cr, &page->text);
  page->y += height + 4;
  put_text (page, MARGIN, TW_REPORT_WIDTH, 8.5, FALSE, &page->theme->dim, caption);
  page->y += 14;
}

static void
put_table (Page *page, const TwReport *report)
{
  double widths[TW_REPORT_COLUMNS], total = 0, size = 8;

  tw_set_font (page->cr, size, TRUE);
  for (guint c = 0; c < TW_REPORT_COLUMNS; c++) {
    widths[c] = 0;
    for (guint i = c; i < report->table->len; i += TW_REPORT_COLUMNS)
      widths[c] = MAX (widths[c], tw_text_width (page->cr, report->table->pdata[i]));
    widths[c] += 12;
    total += widths[c];
  }
  /* Names and endings give way. */
  double over = total - TW_REPORT_WIDTH;
  if (over > 0) {
    double cut = MIN (over, MAX (widths[0] - 90, 0));
    widths[0] -= cut;
    widths[4] -= over - cut;
  }
  for (guint i = 0; i < report->table->len; i += TW_REPORT_COLUMNS) {
    double x = MARGIN;
    need (page, 1.7 * size);
    for (guint c = 0; c < TW_REPORT_COLUMNS; c++) {
      tw_set_font (page->cr, size, i == 0);
      tw_set_color (page->cr, i == 0 ? &page->theme->dim : &page->theme->foreground, 1);
      tw_draw_text_within (page->cr, x, page->y + 1.2 * size, 0, widths[c] - 6, report->table->pdata[i + c]);
      x += widths[c];
    }
    page->y += 1.7 * size;
    tw_set_color (page->cr, &page->theme->grid, 1);
    cairo_set_line_width (page->cr, i == 0 ? 1 : 0.5);
    cairo_move_to (page->cr, MARGIN, page->y);
    cairo_line_to (page->cr, MARGIN + TW_REPORT_WIDTH, page->y);
    cairo_stroke (page->cr);
  }
  page->y += 4;
  put_text (page, MARGIN, TW_REPORT_WIDTH, 8, FALSE, &page->theme->dim, report->table_note);
}

static cairo_status_t
append_bytes (gpointer closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
put_all (Page *page, const TwReport *report)
{
  begin_page (page);
  put_text (page, MARGIN, TW_REPORT_WIDTH, 18, TRUE, &page->theme->foreground, report->title);
  page->y += 2;
  put_heading (page, "Setting");
  put_setting (page, report);
  put_heading (page, "Figures");
  for (guint i = 0; i < report->figures->len; i++)
    put_figure (page, report->figures->pdata[i], report->captions->pdata[i]);
  put_heading (page, "How far they got");
  put_table (page, report);
  put_heading (page, "How to repeat it");
  put_text (page, MARGIN, TW_REPORT_WIDTH, SIZE, FALSE, &page->theme->dim,
            "With Thalweg " TW_VERSION ", which gives the same numbers to the bit on any number of threads:");
  put_text (page, MARGIN + 10, TW_REPORT_WIDTH - 10, SIZE, FALSE, &page->theme->foreground, report->command);
  page->y += 6;
  put_text (page, MARGIN, TW_REPORT_WIDTH, SIZE, FALSE, &page->theme->dim,
            "or with this file, opened in the window or run as thalweg run FILE.thalweg:");
  put_text (page, MARGIN + 10, TW_REPORT_WIDTH - 10, 8, FALSE, &page->theme->foreground, report->file);
}

static Page
make_page (const TwReport *report)
{
  TwFigureTheme theme = report->look->theme;
  Page page = { .title = report->title, .text = { .family = report->look->font } };

  page.theme = theme == TW_FIGURE_PRINT ? tw_theme_get_print () : tw_theme_get (theme == TW_FIGURE_DARK);
  return page;
}

GPtrArray *
tw_report_draw_pages (const TwReport *report)
{
  Page page = make_page (report);

  page.recorded = g_ptr_array_new_with_free_func ((GDestroyNotify)cairo_surface_destroy);
  put_all (&page, report);
  cairo_destroy (page.cr);
  return page.recorded;
}

GBytes *
tw_report_render_pdf (const TwReport *report, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, PAGE_WIDTH, PAGE_HEIGHT);
  Page page = make_page (report);

  page.cr = cairo_create (surface);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, report->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, tw_figure_get_caption (report->figures->pdata[0]));
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Thalweg " TW_VERSION);
  put_all (&page, report);
  cairo_status_t status = cairo_status (page.cr);
  cairo_destroy (page.cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS) {
    tw_pdf_blank_date (bytes);
    return g_byte_array_free_to_bytes (bytes);
  }
  g_byte_array_unref (bytes);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_OUTPUT, cairo_status_to_string (status));
  return NULL;
}
