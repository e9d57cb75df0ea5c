#include "ui/drawing/inside.h"

#include <math.h>
#include <string.h>

#define LARGEST 10.0 /* value at the end of a bar; they grow with asinh */

/* -1: it has none of that name. */
static gssize
find_probe (const TwTrace *trace, gsize optimizer, const char *name)
{
  gsize n;
  const TwProbe *probes = tw_trace_get_probes (trace, optimizer, &n);

  for (gsize p = 0; p < n; p++)
    if (strcmp (probes[p].name, name) == 0)
      return (gssize)p;
  return -1;
}

gboolean
tw_inside_can_show (const TwTrace *trace, gsize o)
{
  gssize p = o < tw_trace_get_n_optimizers (trace) ? find_probe (trace, o, "h0") : -1;
  gsize count;

  return p >= 0 && tw_trace_get_probe (trace, o, 0, (gsize)p, 0, &count) != NULL;
}

const float *
tw_inside_get_all (const TwInside *inside, const char *name, gsize k, gsize *count, guint *width)
{
  gsize n_probes;

  if (k >= tw_trace_get_n_rows (inside->trace, inside->optimizer, 0))
    return NULL;
  gssize p = find_probe (inside->trace, inside->optimizer, name);
  if (p < 0)
    return NULL;
  if (width != NULL)
    *width = tw_trace_get_probes (inside->trace, inside->optimizer, &n_probes)[p].width;
  return tw_trace_get_probe (inside->trace, inside->optimizer, 0, (gsize)p, k, count);
}

/* Which of its coordinates, tensors or runs it looks at. */
static gsize
own_item (const TwInside *inside, TwLevel level)
{
  if (level == TW_LEVEL_RUN)
    return 0;
  return level == TW_LEVEL_ROW ? inside->coordinate : tw_trace_get_coordinate_tensor (inside->trace, inside->coordinate);
}

const float *
tw_inside_get_own (const TwInside *inside, const char *name, gsize k, guint *width)
{
  gsize count, n_probes;
  guint own_width;
  const float *all = tw_inside_get_all (inside, name, k, &count, &own_width);

  if (all == NULL)
    return NULL;
  const TwProbe *probe = &tw_trace_get_probes (inside->trace, inside->optimizer,
                                               &n_probes)[find_probe (inside->trace, inside->optimizer, name)];
  gsize item = own_item (inside, probe->level);
  if (width != NULL)
    *width = own_width;
  return item < count ? all + item * own_width : NULL;
}

gsize
tw_inside_read_history (const TwInside *inside, const char *name, gsize first, gsize n, float *out)
{
  gssize p = find_probe (inside->trace, inside->optimizer, name);
  gsize n_probes, count;

  if (p < 0)
    return 0;
  const TwProbe *probe = &tw_trace_get_probes (inside->trace, inside->optimizer, &n_probes)[p];
  gsize item = own_item (inside, probe->level);
  for (gsize i = 0; i < n; i++) {
    const float *all = tw_trace_get_probe (inside->trace, inside->optimizer, 0, (gsize)p, first + i, &count);
    if (all == NULL || item >= count)
      return i;
    out[i] = all[item * probe->width];
  }
  return n;
}

const char *const *
tw_inside_get_unit_names (const TwInside *inside, const char *name)
{
  gssize p = find_probe (inside->trace, inside->optimizer, name);
  gsize n_probes;

  return p >= 0 ? tw_trace_get_probes (inside->trace, inside->optimizer, &n_probes)[p].unit_names : NULL;
}

/* Numbers */

/* A number of one line: name, value, and what it says. */
typedef struct {
  cairo_t *cr;
  const TwTheme *theme;
  double x, y, width, font, line;
} Lines;

/* With a minus in place of the hyphen. */
static void
draw_numbers (cairo_t *cr, double x, double y, double align, const char *words)
{
  g_autoptr (GString) text = g_string_new (words);

  g_string_replace (text, "-", "\342\210\222", 0);
  tw_draw_text (cr, x, y, align, text->str);
}

static void
add_heading (Lines *lines, const char *words)
{
  tw_set_font (lines->cr, lines->font, TRUE);
  tw_set_color (lines->cr, &lines->theme->foreground, 1);
  draw_numbers (lines->cr, lines->x, lines->y, 0, words);
  tw_set_font (lines->cr, lines->font, FALSE);
  lines->y += lines->line;
}

static void
add_line (Lines *lines, const char *name, const char *value)
{
  tw_set_color (lines->cr, &lines->theme->dim, 1);
  tw_draw_text (lines->cr, lines->x, lines->y, 0, name);
  tw_set_color (lines->cr, &lines->theme->foreground, 1);
  draw_numbers (lines->cr, lines->x + lines->width, lines->y, 1, value);
  lines->y += lines->line;
}

static void
add_number (Lines *lines, const char *name, const float *value)
{
  char text[32];

  if (value == NULL)
    return;
  g_snprintf (text, sizeof text, "%.4g", (double)*value);
  add_line (lines, name, text);
}

/* How many steps an average with this decay reaches back. */
static void
add_timescale (Lines *lines, const char *name, const float *decay)
{
  char text[48];

  if (decay == NULL)
    return;
  double left = 1 - (double)*decay;
  if (left > 1e-6)
    g_snprintf (text, sizeof text, "%.3g step%s", 1 / left, left >= 1 ? "" : "s");
  else
    g_strlcpy (text, "over 1e6 steps", sizeof text);
  add_line (lines, name, text);
}

static void
draw_bar (Lines *lines, const char *name, double value, double names, double numbers)
{
  cairo_t *cr = lines->cr;
  double from = lines->x + names, to = lines->x + lines->width - numbers, middle = (from + to) / 2;
  double length = (to - from) / 2 * CLAMP (asinh (value) / asinh (LARGEST), -1, 1);
  char text[32];

  tw_set_color (cr, &lines->theme->dim, 1);
  tw_draw_text (cr, from - 6, lines->y, 1, name);
  tw_set_color (cr, &lines->theme->grid, 1);
  cairo_rectangle (cr, from, lines->y - 0.8 * lines->font, to - from, lines->font);
  cairo_fill (cr);
  if (value > 0)
    cairo_set_source_rgb (cr, 0.85, 0.45, 0.13);
  else
    cairo_set_source_rgb (cr, 0.22, 0.47, 0.78);
  cairo_rectangle (cr, MIN (middle, middle + length), lines->y - 0.8 * lines->font, fabs (length), lines->font);
  cairo_fill (cr);
  tw_set_color (cr, &lines->theme->dim, 1);
  cairo_rectangle (cr, floor (middle), lines->y - 0.9 * lines->font, 1, 1.2 * lines->font);
  cairo_fill (cr);
  g_snprintf (text, sizeof text, "%.3g", value);
  tw_set_color (cr, &lines->theme->foreground, 1);
  draw_numbers (cr, lines->x + lines->width, lines->y, 1, text);
  lines->y += lines->line;
}

guint
tw_inside_count_inputs (const TwInside *inside)
{
  gsize count;
  guint width = 0;

  tw_inside_get_all (inside, "features", 0, &count, &width);
  return 1 + width;
}

void
tw_draw_inside_inputs (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwInside *inside, gsize k,
                       double font_size)
{
  Lines lines = { cr, theme, rect->x, rect->y + ceil (1.1 * font_size), rect->width, font_size, TW_INSIDE_LINE * font_size };
  const char *const *names = tw_inside_get_unit_names (inside, "features");
  guint n;
  const float *features = tw_inside_get_own (inside, "features", k, &n);

  if (features == NULL || names == NULL)
    return;
  lines.line = MIN (lines.line, (rect->height - 2) / (n + 1.0));
  lines.font = MIN (lines.font, 0.85 * lines.line);
  const float *gradient = tw_inside_get_own (inside, "gradient", k, NULL);
  g_autofree char *heading = gradient != NULL ? g_strdup_printf ("In: the gradient %.4g, as features", (double)*gradient)
                                              : g_strdup ("In: features");
  add_heading (&lines, heading);
  for (guint i = 0; i < n; i++)
    draw_bar (&lines, names[i], features[i], 7.5 * lines.font, 4.4 * lines.font);
}

/* Those that this optimizer has. */
static const char *const outputs[] = { "direction", "attention", "log_lr", "log_lr", "input_decay", "scale_decay" };

guint
tw_inside_count_outputs (const TwInside *inside, gsize k)
{
  guint n = 2; /* the heading, and the step */

  for (gsize i = 0; i < G_N_ELEMENTS (outputs); i++)
    n += tw_inside_get_own (inside, outputs[i], k, NULL) != NULL;
  return n;
}

void
tw_draw_inside_outputs (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwInside *inside, gsize k,
                        double font_size)
{
  Lines lines = { cr, theme, rect->x, rect->y + ceil (1.1 * font_size), rect->width, font_size, TW_INSIDE_LINE * font_size };
  gsize n = tw_trace_get_n_coordinates (inside->trace), c = inside->coordinate;
  const double *theta = tw_trace_get_theta (inside->trace, inside->optimizer, 0);
  const float *log_lr = tw_inside_get_own (inside, "log_lr", k, NULL);
  char text[64];

  add_heading (&lines, "Out: step and settings");
  add_number (&lines, "direction", tw_inside_get_own (inside, "direction", k, NULL));
  add_number (&lines, "attention direction", tw_inside_get_own (inside, "attention", k, NULL));
  if (log_lr != NULL) {
    g_snprintf (text, sizeof text, "%.3f", (double)*log_lr);
    add_line (&lines, "log learning rate", text);
    g_snprintf (text, sizeof text, "%.3g", exp (*log_lr));
    add_line (&lines, "learning rate", text);
  }
  add_timescale (&lines, "gradient memory", tw_inside_get_own (inside, "input_decay", k, NULL));
  add_timescale (&lines, "scale memory", tw_inside_get_own (inside, "scale_decay", k, NULL));
  g_snprintf (text, sizeof text, "%.4g", theta[k * n + c] - theta[(k - 1) * n + c]);
  add_line (&lines, "step", text);
}
