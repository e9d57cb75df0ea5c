#include "ui/levels-panel.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/axis.h"
#include "ui/drawing/colormap.h"

#define MAX_STRIPS 4
#define RIGHT 30.0 /* pixels: room for the bias that skips a level */

/* The units of one RNN, side by side. */
typedef struct {
  const char *probe, *level; /* "h1", "Tensor RNN" */
  char *label;
  gsize item; /* which coordinate or tensor; 0 for the run */
  guint units;
  TwRect rect;
  gboolean second; /* in its row */
} Strip;

struct _TwLevelsPanel {
  TwPanel parent_instance;

  TwInsideFocus *focus;
  gsize n_strips;
  Strip strips[MAX_STRIPS];
  guint n_rows;   /* levels that there are */
  double tops[3]; /* of them, the highest first */
  double cell_height;
};

G_DEFINE_FINAL_TYPE (TwLevelsPanel, tw_levels_panel, TW_TYPE_PANEL)

static void
clear_strips (TwLevelsPanel *self)
{
  for (gsize i = 0; i < self->n_strips; i++)
    g_free (self->strips[i].label);
  self->n_strips = 0;
}

static void
add_strip (TwLevelsPanel *self, const char *probe, const char *level, gsize item, char *label)
{
  gsize count;
  guint units;

  if (self->n_strips < MAX_STRIPS && tw_inside_focus_get_all (self->focus, probe, 0, &count, &units) != NULL &&
      item < count)
    self->strips[self->n_strips++] = (Strip){ probe, level, label, item, units, { 0 } };
  else
    g_free (label);
}

/* The run, the tensor of the focus, and its coordinate; both where there are two. */
static void
find_strips (TwLevelsPanel *self)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));

  clear_strips (self);
  if (tw_inside_focus_get_optimizer (self->focus) < 0)
    return;
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize tensor = tw_inside_focus_get_tensor (self->focus), coordinate = tw_inside_focus_get_coordinate (self->focus);
  add_strip (self, "h2", "Global RNN", 0, g_strdup ("Global"));
  add_strip (self, "h1", "Tensor RNN", tensor,
             tw_problem_get_n_tensors (problem) > 1
               ? g_strdup_printf ("Tensor %s", tw_problem_get_tensor_name (problem, tensor))
               : g_strdup ("Tensor"));
  gboolean both = tw_problem_get_dim (problem) == 2;
  for (gsize i = both ? 0 : coordinate; i < (both ? 2 : coordinate + 1); i++) {
    g_autofree char *name = tw_trace_name_coordinate (trace, i);
    add_strip (self, "h0", "Parameter RNN", i, g_strdup_printf ("Param %s", name));
  }
}

static void
lay_out (TwLevelsPanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (TW_PANEL (self));
  double left = 14, width = gtk_widget_get_width (widget) - left - RIGHT;
  double height = gtk_widget_get_height (widget), label = ceil (1.5 * font), foot = ceil (1.9 * font);
  gsize shared = 0;

  self->n_rows = 0;
  for (gsize i = 0; i < self->n_strips; i++) {
    gboolean new_row = i == 0 || self->strips[i].probe != self->strips[i - 1].probe;
    self->n_rows += new_row;
    shared = i + 1 < self->n_strips && self->strips[i].probe == self->strips[i + 1].probe ? 2 : shared;
  }
  double pitch = (height - foot) / MAX (self->n_rows, 1);
  self->cell_height = CLAMP (floor (pitch - label - 1.2 * font), 10, 44);
  guint row = 0;
  for (gsize i = 0; i < self->n_strips; i++) {
    Strip *strip = &self->strips[i];
    gboolean second = i > 0 && strip->probe == self->strips[i - 1].probe;
    gboolean split = second || (i + 1 < self->n_strips && strip->probe == self->strips[i + 1].probe);
    strip->second = second;
    row += i > 0 && !second;
    double gap = 16, own = split ? (width - gap) / 2 : width;
    self->tops[row] = floor (row * pitch + label);
    strip->rect = (TwRect){ left + (second ? own + gap : 0), self->tops[row], MAX (own, 16), self->cell_height };
  }
}

static void
tw_levels_panel_update (TwPanel *panel, guint changes)
{
  TwLevelsPanel *self = TW_LEVELS_PANEL (panel);

  if (!(changes & ~(guint)(TW_SESSION_STEP | TW_SESSION_ROWS)) && self->n_strips > 0)
    return;
  find_strips (self);
  lay_out (self);
}

static const float *
values_of (TwLevelsPanel *self, const Strip *strip, gsize k)
{
  gsize count;
  guint width;
  const float *all = tw_inside_focus_get_all (self->focus, strip->probe, k, &count, &width);

  return all != NULL && strip->item < count ? all + strip->item * width : NULL;
}

static void
draw_strip (TwLevelsPanel *self, cairo_t *cr, const TwTheme *theme, const Strip *strip, const float *values)
{
  const guint32 *map = tw_colormap_get (TW_COLORMAP_DIVERGING, theme->dark);
  const TwRect *rect = &strip->rect;
  double font = tw_panel_get_font_size (TW_PANEL (self));

  for (guint u = 0; u < strip->units; u++) {
    double x0 = floor (rect->x + rect->width * u / strip->units);
    double x1 = floor (rect->x + rect->width * (u + 1) / strip->units);
    guint32 pixel = tw_colormap_pixel (map, 0.5 + 0.5 * CLAMP (values[u], -1, 1));
    cairo_set_source_rgb (cr, (pixel >> 16 & 255) / 255.0, (pixel >> 8 & 255) / 255.0, (pixel & 255) / 255.0);
    cairo_rectangle (cr, x0, rect->y, x1 - x0 - 1, rect->height);
    cairo_fill_preserve (cr);
    tw_set_color (cr, &theme->dim, 0.35);
    cairo_set_line_width (cr, 1);
    cairo_stroke (cr);
  }
  tw_set_font (cr, font, FALSE);
  tw_set_color (cr, &theme->foreground, 1);
  /* That of a second one in a row stands at its end: the words of the arrows are where it begins. */
  tw_draw_text (cr, strip->second ? rect->x + rect->width : rect->x, rect->y - 0.4 * font, strip->second ? 1 : 0,
                strip->label);
}

/* From (x, y0) to (x, y1), with a head at y1 and words beside it. */
static void
draw_arrow (cairo_t *cr, const TwTheme *theme, double x, double y0, double y1, double font, const char *words)
{
  double head = y1 > y0 ? -5 : 5;

  tw_set_color (cr, &theme->dim, 1);
  cairo_set_line_width (cr, 1.4);
  cairo_move_to (cr, x, y0);
  cairo_line_to (cr, x, y1 + head);
  cairo_stroke (cr);
  cairo_move_to (cr, x, y1);
  cairo_line_to (cr, x - 4, y1 + head);
  cairo_line_to (cr, x + 4, y1 + head);
  cairo_close_path (cr);
  cairo_fill (cr);
  if (words != NULL)
    tw_draw_text (cr, x + 8, (y0 + y1) / 2 + 0.36 * font, 0, words);
}

static void
draw_flow (TwLevelsPanel *self, cairo_t *cr, const TwTheme *theme)
{
  double font = tw_panel_get_font_size (TW_PANEL (self));
  double width = gtk_widget_get_width (GTK_WIDGET (self));

  tw_set_font (cr, font, FALSE);
  for (guint row = 1; row < self->n_rows; row++) {
    double above = self->tops[row - 1] + self->cell_height + 3, below = self->tops[row] - 3;
    draw_arrow (cr, theme, floor (0.36 * width) + 0.5, below, above, font, "averages");
    draw_arrow (cr, theme, floor (0.62 * width) + 0.5, above, below, font, "biases");
  }
  if (self->n_rows == 3) {
    double x = floor (width - RIGHT / 2) + 0.5, y = self->tops[0] + self->cell_height / 2;
    double end = self->tops[2] + self->cell_height / 2, edge = width - RIGHT + 3;
    tw_set_color (cr, &theme->dim, 1);
    cairo_set_line_width (cr, 1.4);
    cairo_move_to (cr, edge, y);
    cairo_line_to (cr, x, y);
    cairo_line_to (cr, x, end);
    cairo_line_to (cr, edge + 5, end);
    cairo_stroke (cr);
    cairo_move_to (cr, edge, end);
    cairo_line_to (cr, edge + 5, end - 4);
    cairo_line_to (cr, edge + 5, end + 4);
    cairo_close_path (cr);
    cairo_fill (cr);
  }
  double foot = self->tops[self->n_rows - 1] + self->cell_height + 3;
  double low = MIN (foot + 1.7 * font, gtk_widget_get_height (GTK_WIDGET (self)) - 1);
  draw_arrow (cr, theme, floor (0.36 * width) + 0.5, low, foot, font, "features of the gradient");
  draw_arrow (cr, theme, floor (0.10 * width) + 0.5, foot, low, font, "step");
}

static void
tw_levels_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwLevelsPanel *self = TW_LEVELS_PANEL (panel);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  gsize k;

  if (self->n_strips == 0 || !tw_inside_focus_get_row (self->focus, &k)) {
    if (tw_session_get_trace (tw_panel_get_session (panel)) != NULL)
      tw_panel_draw_words (panel, snapshot, &bounds, "Switch a learned optimizer on to look into it.");
    return;
  }
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw_flow (self, cr, theme);
  for (gsize i = 0; i < self->n_strips; i++) {
    const float *values = values_of (self, &self->strips[i], k);
    if (values != NULL)
      draw_strip (self, cr, theme, &self->strips[i], values);
  }
  cairo_destroy (cr);
}

char *
tw_levels_panel_describe_at (TwLevelsPanel *self, double x, double y)
{
  gsize k;

  if (!tw_inside_focus_get_row (self->focus, &k))
    return NULL;
  for (gsize i = 0; i < self->n_strips; i++) {
    const Strip *strip = &self->strips[i];
    const TwRect *rect = &strip->rect;
    const float *values = values_of (self, strip, k);
    if (values == NULL || x < rect->x || x >= rect->x + rect->width || y < rect->y || y >= rect->y + rect->height)
      continue;
    guint unit = MIN ((guint)((x - rect->x) / rect->width * strip->units), strip->units - 1);
    const char *whose = strchr (strip->label, ' '); /* " x" of "Param x" */
    return g_strdup_printf ("%s%s%s, unit %u of %u: %.3f", strip->level, whose != NULL ? " of" : "",
                            whose != NULL ? whose : "", unit + 1, strip->units, (double)values[unit]);
  }
  return NULL;
}

static gboolean
tw_levels_panel_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *text = keyboard ? NULL : tw_levels_panel_describe_at (TW_LEVELS_PANEL (widget), x, y);

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static void
tw_levels_panel_finalize (GObject *object)
{
  TwLevelsPanel *self = TW_LEVELS_PANEL (object);

  clear_strips (self);
  g_clear_object (&self->focus);
  G_OBJECT_CLASS (tw_levels_panel_parent_class)->finalize (object);
}

static void
tw_levels_panel_class_init (TwLevelsPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_levels_panel_finalize;
  GTK_WIDGET_CLASS (klass)->query_tooltip = tw_levels_panel_query_tooltip;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->update = tw_levels_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_levels_panel_draw;
}

static void
tw_levels_panel_init (TwLevelsPanel *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 148);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

TwPanel *
tw_levels_panel_new (TwInsideFocus *focus)
{
  TwLevelsPanel *self = g_object_new (
    TW_TYPE_LEVELS_PANEL, "session", tw_inside_focus_get_session (focus), "title", "Memory now", "help",
    "The memory of the learned optimizer at this moment, one cell for each unit: orange is positive, blue negative, "
    "between −1 and 1.  Averages go up, from each parameter to its tensor and from the tensors to the whole run; "
    "biases come down and tell the lower RNNs what the upper ones have seen.  Hover a cell to read it.",
    NULL);

  self->focus = g_object_ref (focus);
  tw_inside_focus_watch (focus, TW_PANEL (self));
  return TW_PANEL (self);
}
