#include "config.h"
#include "ui/drawing/report-private.h"

static const char style[] =
  ":root{color-scheme:light dark;--back:#fff;--text:#1c1c1e;--soft:#5c5c62;--line:#dcdce0;--code:#f4f4f6}\n"
  "@media(prefers-color-scheme:dark){:root{--back:#1b1b1f;--text:#ececf0;--soft:#a8a8b0;--line:#3a3a42;--code:#26262b}}\n"
  "body{background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;"
  "padding:0 1em}\n"
  "h1{font-size:1.7em;margin-bottom:.2em}h2{font-size:1.2em;margin-top:2em}p{max-width:75ch}.soft,figcaption{color:var(--soft)}\n"
  ".wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
  "th,td{padding:.25em .9em .25em 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}\n"
  "figure{margin:1.5em 0}figure img{width:100%;height:auto;display:block;border-radius:4px}\n"
  "pre{background:var(--code);padding:.8em;overflow-x:auto;border-radius:4px;font-size:.85em}\n"
  "@media print{body{max-width:none;margin:0}figure,tr{break-inside:avoid}}\n";

static void
append_escaped (GString *out, const char *before, const char *text, const char *after)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (out, before);
  g_string_append (out, escaped);
  g_string_append (out, after);
}

/* The picture inside the page, so that the page is one file. */
static gboolean
append_figure (GString *out, TwFigure *figure, const char *caption, GError **error)
{
  g_autoptr (GBytes) svg = tw_figure_render (figure, TW_FIGURE_SVG, error);

  if (svg == NULL)
    return FALSE;
  gsize size;
  const char *data = g_bytes_get_data (svg, &size);
  /* Most of it is numbers, which need no code: a third less than in base 64. */
  g_autofree char *code = g_uri_escape_bytes ((const guint8 *)data, size, " !$'()*+,-./:;=@[]^_{}|~");
  g_string_append (out, "<figure><img src=\"data:image/svg+xml,");
  g_string_append (out, code);
  append_escaped (out, "\" alt=\"", caption, "\">");
  append_escaped (out, "<figcaption>", caption, "</figcaption></figure>\n");
  return TRUE;
}

static void
append_setting (GString *out, const TwReport *report)
{
  g_string_append (out, "<h2>Setting</h2>\n<table>\n");
  for (guint i = 0; i < report->setting->len; i += 2) {
    append_escaped (out, "<tr><th scope=\"row\">", report->setting->pdata[i], "</th>");
    append_escaped (out, "<td>", report->setting->pdata[i + 1], "</td></tr>\n");
  }
  g_string_append (out, "</table>\n");
}

static void
append_table (GString *out, const TwReport *report)
{
  g_string_append (out, "<h2>How far they got</h2>\n<div class=\"wide\"><table>\n");
  for (guint i = 0; i < report->table->len; i++) {
    gboolean head = i < TW_REPORT_COLUMNS;
    g_string_append (out, i % TW_REPORT_COLUMNS == 0 ? "<tr>" : "");
    append_escaped (out, head ? "<th>" : "<td>", report->table->pdata[i], head ? "</th>" : "</td>");
    g_string_append (out, i % TW_REPORT_COLUMNS == TW_REPORT_COLUMNS - 1 ? "</tr>\n" : "");
  }
  append_escaped (out, "</table></div>\n<p class=\"soft\">", report->table_note, "</p>\n");
}

GBytes *
tw_report_render_html (const TwReport *report, GError **error)
{
  g_autoptr (GString) out = g_string_new ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                                          "<meta name=\"viewport\" content=\"width=device-width\">\n"
                                          "<meta name=\"generator\" content=\"Thalweg " TW_VERSION "\">\n");

  append_escaped (out, "<title>", report->title, "</title>\n<style>");
  g_string_append_printf (out, "%s</style>\n</head>\n<body>\n", style);
  append_escaped (out, "<h1>", report->title, "</h1>\n");
  append_escaped (out, "<p class=\"soft\">", tw_figure_get_caption (report->figures->pdata[0]), "</p>\n");
  append_setting (out, report);
  g_string_append (out, "<h2>Figures</h2>\n");
  for (guint i = 0; i < report->figures->len; i++)
    if (!append_figure (out, report->figures->pdata[i], report->captions->pdata[i], error))
      return NULL;
  append_table (out, report);
  g_string_append (out, "<h2>How to repeat it</h2>\n<p>With Thalweg " TW_VERSION
                        ", which gives the same numbers to the bit on any number of threads:</p>\n");
  append_escaped (out, "<pre>", report->command, "</pre>\n<p>or with this file, opened in the window or run as "
                                                 "<code>thalweg run FILE.thalweg</code>:</p>\n");
  append_escaped (out, "<pre>", report->file, "</pre>\n</body>\n</html>\n");
  return g_string_free_to_bytes (g_steal_pointer (&out));
}
