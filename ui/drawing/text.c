#include <math.h>
#include <string.h>

#include "ui/drawing/style.h"

static const cairo_user_data_key_t target_key;

void
tw_set_text_target (cairo_t *cr, TwTextTarget *target)
{
  cairo_set_user_data (cr, &target_key, target, NULL);
}

static const char *
family_of (const TwTextTarget *target)
{
  return target != NULL && target->family != NULL ? target->family : "sans-serif";
}

void
tw_set_font (cairo_t *cr, double size, gboolean bold)
{
  cairo_select_font_face (cr, family_of (cairo_get_user_data (cr, &target_key)), CAIRO_FONT_SLANT_NORMAL,
                          bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, size);
}

double
tw_text_width (cairo_t *cr, const char *text)
{
  cairo_text_extents_t extents;
  cairo_text_extents (cr, text, &extents);
  return extents.x_advance;
}

/* "%.2f" without trailing zeros, in any locale. */
static void
append_number (GString *out, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.2f", value);
  if (strchr (text, '.') != NULL) {
    char *end = text + strlen (text);
    while (end[-1] == '0')
      *--end = '\0';
    if (end[-1] == '.')
      end[-1] = '\0';
  }
  g_string_append_printf (out, " %s=\"%s\"", name, text);
}

/* As an element in the coordinates of the surface, turned as the user space is. */
static void
append_svg (cairo_t *cr, const TwTextTarget *target, double x, double y, double align, const char *text)
{
  static const char *const anchors[] = { "start", "middle", "end" };
  g_autofree char *escaped = g_markup_escape_text (text, -1), *family = g_markup_escape_text (family_of (target), -1);
  double red = 0, green = 0, blue = 0, alpha = 1, dx = 1, dy = 0;
  cairo_matrix_t font;
  char turned[3][G_ASCII_DTOSTR_BUF_SIZE];

  cairo_pattern_get_rgba (cairo_get_source (cr), &red, &green, &blue, &alpha);
  cairo_get_font_matrix (cr, &font);
  cairo_user_to_device (cr, &x, &y);
  cairo_user_to_device_distance (cr, &dx, &dy);
  g_string_append (target->svg, "<text");
  append_number (target->svg, "x", x);
  append_number (target->svg, "y", y);
  append_number (target->svg, "font-size", font.yy * hypot (dx, dy));
  g_string_append_printf (target->svg, " text-anchor=\"%s\" font-family=\"%s%s\" fill=\"#%02x%02x%02x\"",
                          anchors[align < 0.25 ? 0 : align < 0.75 ? 1 : 2], family,
                          strcmp (family, "sans-serif") == 0 ? "" : ", sans-serif", (guint)lround (255 * red),
                          (guint)lround (255 * green), (guint)lround (255 * blue));
  if (alpha < 1)
    append_number (target->svg, "fill-opacity", alpha);
  if (cairo_toy_font_face_get_weight (cairo_get_font_face (cr)) == CAIRO_FONT_WEIGHT_BOLD)
    g_string_append (target->svg, " font-weight=\"bold\"");
  if (dy != 0)
    g_string_append_printf (target->svg, " transform=\"rotate(%s,%s,%s)\"",
                            g_ascii_formatd (turned[0], sizeof turned[0], "%.6g", atan2 (dy, dx) * 180 / G_PI),
                            g_ascii_formatd (turned[1], sizeof turned[1], "%.2f", x),
                            g_ascii_formatd (turned[2], sizeof turned[2], "%.2f", y));
  g_string_append_printf (target->svg, ">%s</text>\n", escaped);
}

void
tw_draw_text (cairo_t *cr, double x, double y, double align, const char *text)
{
  const TwTextTarget *target = cairo_get_user_data (cr, &target_key);

  if (*text == '\0')
    return;
  if (target != NULL && target->svg != NULL) {
    append_svg (cr, target, x, y, align, text);
    return;
  }
  if (align != 0.0)
    x -= align * tw_text_width (cr, text);
  cairo_move_to (cr, x, y);
  cairo_show_text (cr, text);
  cairo_new_path (cr);
}

void
tw_draw_text_within (cairo_t *cr, double x, double y, double align, double width, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *cut = g_strdup (valid);

  for (glong n = g_utf8_strlen (valid, -1); n > 1 && tw_text_width (cr, cut) > width; n--) {
    g_autofree char *start = g_utf8_substring (valid, 0, n - 1);
    g_free (cut);
    cut = g_strconcat (start, "\u2026", NULL);
  }
  tw_draw_text (cr, x, y, align, cut);
}
