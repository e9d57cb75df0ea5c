#include "ui/step-panel.h"

#include <math.h>

#include "ui/drawing/axis.h"

#define LARGEST 10.0 /* value at the end of a bar; they grow with asinh */

struct _TwStepPanel {
  TwPanel parent_instance;

  TwInsideFocus *focus;
};

G_DEFINE_FINAL_TYPE (TwStepPanel, tw_step_panel, TW_TYPE_PANEL)

/* A number of one line: name, value, and what it says. */
typedef struct {
  cairo_t *cr;
  const TwTheme *theme;
  double x, y, width, font, line;
} Lines;

static void
add_heading (Lines *lines, const char *words)
{
  tw_set_font (lines->cr, lines->font, TRUE);
  tw_set_color (lines->cr, &lines->theme->foreground, 1);
  tw_draw_text (lines->cr, lines->x, lines->y, 0, words);
  tw_set_font (lines->cr, lines->font, FALSE);
  lines->y += lines->line;
}

static void
add_line (Lines *lines, const char *name, const char *value)
{
  tw_set_color (lines->cr, &lines->theme->dim, 1);
  tw_draw_text (lines->cr, lines->x, lines->y, 0, name);
  tw_set_color (lines->cr, &lines->theme->foreground, 1);
  tw_draw_text (lines->cr, lines->x + lines->width, lines->y, 1, value);
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
  tw_draw_text (cr, lines->x + lines->width, lines->y, 1, text);
  lines->y += lines->line;
}

static void
draw_inputs (TwStepPanel *self, Lines *lines, gsize k)
{
  const char *const *names = tw_inside_focus_get_unit_names (self->focus, "features");
  guint n;
  const float *features = tw_inside_focus_get_own (self->focus, "features", k, &n);

  if (features == NULL || names == NULL)
    return;
  lines->line = MIN (lines->line, (gtk_widget_get_height (GTK_WIDGET (self)) - 2) / (n + 1.0));
  lines->font = MIN (lines->font, 0.85 * lines->line);
  const float *gradient = tw_inside_focus_get_own (self->focus, "gradient", k, NULL);
  g_autofree char *heading = gradient != NULL ? g_strdup_printf ("In: the gradient %.4g, as features", (double)*gradient)
                                              : g_strdup ("In: features");
  add_heading (lines, heading);
  for (guint i = 0; i < n; i++)
    draw_bar (lines, names[i], features[i], 7.5 * lines->font, 4.4 * lines->font);
}

static void
draw_outputs (TwStepPanel *self, Lines *lines, gsize k)
{
  TwInsideFocus *focus = self->focus;
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));
  gsize optimizer = (gsize)tw_inside_focus_get_optimizer (focus), c = tw_inside_focus_get_coordinate (focus);
  gsize n = tw_trace_get_n_coordinates (trace);
  const double *theta = tw_trace_get_theta (trace, optimizer, 0);
  const float *log_lr = tw_inside_focus_get_own (focus, "log_lr", k, NULL);
  char text[64];

  add_heading (lines, "Out: step and settings");
  add_number (lines, "direction", tw_inside_focus_get_own (focus, "direction", k, NULL));
  add_number (lines, "attention direction", tw_inside_focus_get_own (focus, "attention", k, NULL));
  if (log_lr != NULL) {
    g_snprintf (text, sizeof text, "%.3f", (double)*log_lr);
    add_line (lines, "log learning rate", text);
    g_snprintf (text, sizeof text, "%.3g", exp (*log_lr));
    add_line (lines, "learning rate", text);
  }
  add_timescale (lines, "gradient memory", tw_inside_focus_get_own (focus, "input_decay", k, NULL));
  add_timescale (lines, "scale memory", tw_inside_focus_get_own (focus, "scale_decay", k, NULL));
  g_snprintf (text, sizeof text, "%.4g", theta[k * n + c] - theta[(k - 1) * n + c]);
  add_line (lines, "step", text);
}

static void
tw_step_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwStepPanel *self = TW_STEP_PANEL (panel);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  double font = tw_panel_get_font_size (panel), left = 14, gap = 24;
  double inputs = floor (0.56 * (width - 2 * left - gap));
  gsize k;

  if (!tw_inside_focus_get_row (self->focus, &k))
    return;
  if (k == 0) {
    tw_panel_draw_words (panel, snapshot, &bounds, "Before the first step nothing has gone in yet.");
    return;
  }
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  Lines lines = { cr, theme, left, ceil (1.1 * font), inputs, font, 1.42 * font };
  draw_inputs (self, &lines, k);
  lines = (Lines){ cr, theme, left + inputs + gap, ceil (1.1 * font), width - 2 * left - gap - inputs, font,
                   1.42 * font };
  draw_outputs (self, &lines, k);
  cairo_destroy (cr);
}

static void
tw_step_panel_finalize (GObject *object)
{
  g_clear_object (&TW_STEP_PANEL (object)->focus);
  G_OBJECT_CLASS (tw_step_panel_parent_class)->finalize (object);
}

static void
tw_step_panel_class_init (TwStepPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_step_panel_finalize;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->draw = tw_step_panel_draw;
}

static void
tw_step_panel_init (TwStepPanel *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 186);
}

TwPanel *
tw_step_panel_new (TwInsideFocus *focus)
{
  TwStepPanel *self = g_object_new (
    TW_TYPE_STEP_PANEL, "session", tw_inside_focus_get_session (focus), "title", "In and out", "help",
    "The last step of one coordinate.  In: averages m of the gradient on four timescales, each twice as long as the "
    "one before, relative to their usual size v; products of neighbours (positive: they agree); how sizes compare; "
    "and its learning rate beside the others’.  Out: where to step and where to look, the learning rate, and for how "
    "many steps it remembers gradients and their size.",
    NULL);

  self->focus = g_object_ref (focus);
  tw_inside_focus_watch (focus, TW_PANEL (self));
  return TW_PANEL (self);
}
