#include "ui/offset-panel.h"

#include <math.h>

#include "ui/drawing/curves.h"
#include "ui/look-ahead.h"

#define LINE_WIDTH 1.8

/* |phi - theta| of the first start of one optimizer, or how far Nesterov's momentum looks ahead. */
typedef struct {
  gsize optimizer;
  GArray *lengths; /* (rows) of double */
} Offset;

struct _TwOffsetPanel {
  TwPanel parent_instance;

  TwRect rect;
  TwAxis x, y;
  GArray *offsets; /* of Offset */
  GArray *curves;  /* of TwCurve, one for each of them */
  TwLayer frame;
  gboolean nesterov; /* too */
};

G_DEFINE_FINAL_TYPE (TwOffsetPanel, tw_offset_panel, TW_TYPE_PANEL)

static void
clear_offset (gpointer data)
{
  g_array_unref (((Offset *)data)->lengths);
}

static double
length_of (const double *vector, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += vector[i] * vector[i];
  return sqrt (sum);
}

static void
measure (Offset *offset, const TwTrace *trace, gsize rows)
{
  const double *theta = tw_trace_get_theta (trace, offset->optimizer, 0);
  const double *phi = tw_trace_get_phi (trace, offset->optimizer, 0);
  gsize n = tw_trace_get_n_coordinates (trace);
  g_autofree double *vector = g_new (double, n); /* (n) */
  double momentum = 0;

  tw_look_ahead_momentum (tw_trace_get_optimizer_spec (trace, offset->optimizer), &momentum);
  for (gsize k = offset->lengths->len; k < rows; k++) {
    double length = NAN;
    if (tw_trace_attends (trace, offset->optimizer)) {
      for (gsize i = 0; i < n; i++)
        vector[i] = phi[k * n + i] - theta[k * n + i];
      length = length_of (vector, n);
    } else if (tw_look_ahead_offset (trace, offset->optimizer, momentum, k, n, vector)) {
      length = length_of (vector, n);
    }
    g_array_append_val (offset->lengths, length);
  }
}

static gboolean
looks_elsewhere (TwOffsetPanel *self, const TwTrace *trace, gsize optimizer)
{
  double momentum;

  return tw_trace_attends (trace, optimizer) ||
         (self->nesterov && tw_look_ahead_momentum (tw_trace_get_optimizer_spec (trace, optimizer), &momentum));
}

/* New rows only, unless the trace or the choice of optimizers changed. */
static void
collect (TwOffsetPanel *self, guint changes)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  TwTrace *trace = tw_session_get_trace (session);

  if (changes & ~(guint)(TW_SESSION_ROWS | TW_SESSION_STEP | TW_PANEL_LOOKS)) {
    g_array_set_size (self->offsets, 0);
    for (gsize o = 0; trace != NULL && o < tw_trace_get_n_optimizers (trace); o++)
      if (tw_session_get_enabled (session, o) && looks_elsewhere (self, trace, o)) {
        Offset offset = { o, g_array_new (FALSE, FALSE, sizeof (double)) };
        g_array_append_val (self->offsets, offset);
      }
  }
  g_array_set_size (self->curves, 0);
  for (guint i = 0; i < self->offsets->len; i++) {
    Offset *offset = &g_array_index (self->offsets, Offset, i);
    measure (offset, trace, tw_trace_get_n_rows (trace, offset->optimizer, 0));
    TwCurve curve = { .values = (double *)(gpointer)offset->lengths->data,
                      .n = offset->lengths->len,
                      .style = tw_session_get_style (session, offset->optimizer),
                      .primary = TRUE };
    g_array_append_val (self->curves, curve);
  }
  self->x = (TwAxis){ 0, MAX ((double)tw_session_get_n_steps (session), 1), FALSE };
  tw_curves_range ((TwCurve *)(gpointer)self->curves->data, self->curves->len, TRUE, &self->y);
}

static void
tw_offset_panel_update (TwPanel *panel, guint changes)
{
  TwOffsetPanel *self = TW_OFFSET_PANEL (panel);
  double font = tw_panel_get_font_size (panel);
  double left = floor (5.0 * font), bottom = floor (2.2 * font);

  if (!(changes & ~(guint)TW_SESSION_STEP))
    return;
  self->rect = (TwRect){ left, 6, MAX (gtk_widget_get_width (GTK_WIDGET (panel)) - left - 14, 16),
                         MAX (gtk_widget_get_height (GTK_WIDGET (panel)) - 6 - bottom, 16) };
  collect (self, changes);
  tw_layer_clear (&self->frame);
}

static void
draw_frame (TwOffsetPanel *self, const TwTheme *theme, const graphene_rect_t *bounds)
{
  cairo_t *cr = tw_layer_begin (&self->frame, bounds);

  cairo_rectangle (cr, self->rect.x, self->rect.y, self->rect.width, self->rect.height);
  tw_set_color (cr, &theme->background, 1);
  cairo_fill (cr);
  tw_draw_frame (cr, theme, &self->rect, &self->x, &self->y, tw_panel_get_font_size (TW_PANEL (self)),
                 TW_FRAME_GRID);
  cairo_destroy (cr);
}

static void
tw_offset_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwOffsetPanel *self = TW_OFFSET_PANEL (panel);
  guint64 step = tw_session_get_step (tw_panel_get_session (panel));
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);

  if (self->curves->len == 0) {
    if (tw_session_get_trace (tw_panel_get_session (panel)) != NULL)
      tw_panel_draw_words (panel, snapshot, &bounds, "No optimizer that is switched on looks elsewhere.");
    return;
  }
  if (self->frame.node == NULL)
    draw_frame (self, theme, &bounds);
  tw_layer_append (&self->frame, snapshot);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  double x = floor (tw_rect_x (&self->rect, &self->x, (double)step)) + 0.5;
  tw_set_color (cr, &theme->dim, 0.55);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, x, self->rect.y);
  cairo_line_to (cr, x, self->rect.y + self->rect.height);
  cairo_stroke (cr);
  for (guint c = 0; c < self->curves->len; c++)
    tw_draw_curve (cr, theme, &self->rect, &self->x, &self->y, &g_array_index (self->curves, TwCurve, c),
                   LINE_WIDTH, step);
  cairo_destroy (cr);
}

static void
tw_offset_panel_finalize (GObject *object)
{
  TwOffsetPanel *self = TW_OFFSET_PANEL (object);

  tw_layer_clear (&self->frame);
  g_array_unref (self->curves);
  g_array_unref (self->offsets);
  G_OBJECT_CLASS (tw_offset_panel_parent_class)->finalize (object);
}

static void
tw_offset_panel_class_init (TwOffsetPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_offset_panel_finalize;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->update = tw_offset_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_offset_panel_draw;
}

static void
on_nesterov (GtkToggleButton *button, TwOffsetPanel *self)
{
  self->nesterov = gtk_toggle_button_get_active (button);
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_ENABLED);
}

static void
tw_offset_panel_init (TwOffsetPanel *self)
{
  GtkWidget *button = gtk_toggle_button_new_with_label ("Nesterov");

  gtk_widget_set_name (button, "offset-nesterov");
  gtk_widget_set_tooltip_text (button, "How far Nesterov\342\200\231s momentum looks ahead, too");
  g_signal_connect (button, "toggled", G_CALLBACK (on_nesterov), self);
  tw_panel_add_control (TW_PANEL (self), button);
  tw_panel_set_subtitle (TW_PANEL (self), "how far off its place it looks");
  self->curves = g_array_new (FALSE, TRUE, sizeof (TwCurve));
  self->offsets = g_array_new (FALSE, FALSE, sizeof (Offset));
  g_array_set_clear_func (self->offsets, clear_offset);
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 92);
}

TwPanel *
tw_offset_panel_new (TwSession *session)
{
  return g_object_new (TW_TYPE_OFFSET_PANEL, "session", session, "title", "Attention", "help",
                       "How far from where it stands the optimizer looks: the distance between its position and the "
                       "point where it takes the gradient, over the steps, on a logarithmic scale.  High: it "
                       "probes far ahead or aside.  Low: it looks where it is.  On the landscape that point is the hollow "
                       "diamond.  “Nesterov” adds how far Nesterov’s momentum looks ahead.",
                       NULL);
}
