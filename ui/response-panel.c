#include "ui/response-panel.h"

#include <math.h>
#include <string.h>

#include "core/learned/response.h"
#include "core/optimizers/optimizer.h"
#include "ui/drawing/curves.h"

#define N 81             /* gradients that are tried */
#define MAX_HISTORY 2000 /* a hand-designed optimizer has seen at most this many before */
#define LINE_WIDTH 1.8

/* One hand-designed optimizer beside it. */
typedef struct {
  const char *name;
  char *spec; /* as in the experiment, or with its defaults */
  const TwLineStyle *style;
  double update[N], factor; /* already multiplied with the factor */
  gboolean valid;
} Baseline;

struct _TwResponsePanel {
  TwPanel parent_instance;

  TwInsideFocus *focus;
  /* Of one trace and optimizer: the RNN, and which of its tensors have recorded coordinates. */
  TwTrace *trace;
  gsize optimizer;
  TwResponse *response; /* NULL: its weights are gone */
  GArray *tensors;      /* of gsize */
  float *h1;            /* (tensors, H1) */
  Baseline baselines[3];
  /* Of the moment. */
  gboolean valid;
  double tried[N], update[N];
  double gradient, step; /* what it really got, and did */
  TwRect rect;
  TwAxis x, y;
};

G_DEFINE_FINAL_TYPE (TwResponsePanel, tw_response_panel, TW_TYPE_PANEL)

static void
forget (TwResponsePanel *self)
{
  g_clear_pointer (&self->response, tw_response_free);
  g_clear_pointer (&self->trace, tw_trace_unref);
  g_clear_pointer (&self->h1, g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (self->baselines); i++)
    g_clear_pointer (&self->baselines[i].spec, g_free);
  g_array_set_size (self->tensors, 0);
  self->valid = FALSE;
}

static gboolean
is_taken (TwResponsePanel *self, TwSession *session, const TwLineStyle *style)
{
  gboolean taken = FALSE;

  for (gsize o = 0; o < tw_session_get_n_optimizers (session); o++)
    taken = taken || tw_session_get_style (session, o) == style;
  for (gsize b = 0; b < G_N_ELEMENTS (self->baselines); b++)
    taken = taken || self->baselines[b].style == style;
  return taken;
}

/* Its own, unless in this experiment that means somebody else; then one that is free. */
static const TwLineStyle *
choose_style (TwResponsePanel *self, TwSession *session, const char *name)
{
  const TwLineStyle *own, *style;

  tw_line_styles_assign (&name, 1, &own);
  style = own;
  for (guint i = 0; i < TW_N_LINE_STYLES && is_taken (self, session, style); i++)
    style = tw_line_style_get (i);
  return is_taken (self, session, style) ? own : style;
}

static void
find_baselines (TwResponsePanel *self, TwSession *session)
{
  static const char *const names[] = { "sgd", "momentum", "adam" };
  const GPtrArray *specs = tw_session_get_experiment (session)->optimizers;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    Baseline *baseline = &self->baselines[i];
    gsize length = strlen (names[i]);
    baseline->name = names[i];
    baseline->style = NULL;
    for (guint o = 0; o < specs->len && baseline->spec == NULL; o++) {
      const char *spec = specs->pdata[o];
      if (strncmp (spec, names[i], length) == 0 && (spec[length] == '\0' || spec[length] == ',')) {
        baseline->spec = g_strdup (spec);
        baseline->style = tw_session_get_style (session, o);
      }
    }
  }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (self->baselines[i].spec == NULL) {
      self->baselines[i].spec = g_strdup (names[i]);
      self->baselines[i].style = choose_style (self, session, names[i]);
    }
}

/* The RNN on the coordinates that were recorded: all of them, or of a large problem a sample. */
static void
prepare (TwResponsePanel *self, TwTrace *trace, gsize optimizer)
{
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gsize));

  forget (self);
  self->trace = tw_trace_ref (trace);
  self->optimizer = optimizer;
  for (gsize c = 0; c < tw_trace_get_n_coordinates (trace); c++) {
    gsize tensor = tw_trace_get_coordinate_tensor (trace, c), one = 1;
    if (self->tensors->len > 0 && g_array_index (self->tensors, gsize, self->tensors->len - 1) == tensor) {
      g_array_index (sizes, gsize, sizes->len - 1)++;
    } else {
      g_array_append_val (self->tensors, tensor);
      g_array_append_val (sizes, one);
    }
  }
  self->response = tw_response_new (tw_trace_get_optimizer_spec (trace, optimizer), sizes->len,
                                    (const gsize *)(gpointer)sizes->data, N, NULL);
  find_baselines (self, tw_panel_get_session (TW_PANEL (self)));
}

/* The least of 1, 2, 5 times a power of ten that is not below: an axis that does not tremble. */
static double
round_up (double value)
{
  double decade = pow (10, floor (log10 (MAX (value, 1e-300))));
  double digit = value / decade;

  return decade * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

static double
size_of (const double *values)
{
  double sum = 0;

  for (gsize i = 0; i < N; i++)
    sum += values[i] * values[i];
  return sqrt (sum / N);
}

/* State k - 1, as the response wants it; FALSE where it was not recorded. */
static gboolean
read_state (TwResponsePanel *self, gsize k, TwResponseState *state)
{
  TwInsideFocus *focus = self->focus;
  gsize count;
  guint width;

  *state = (TwResponseState){ .h0 = tw_inside_focus_get_all (focus, "h0", k, &count, NULL),
                              .input_decay = tw_inside_focus_get_all (focus, "input_decay", k, &count, NULL),
                              .scale_decay = tw_inside_focus_get_all (focus, "scale_decay", k, &count, NULL),
                              .log_lr = tw_inside_focus_get_all (focus, "log_lr", k, &count, NULL),
                              .average = tw_inside_focus_get_all (focus, "average", k, &count, NULL),
                              .mean_square = tw_inside_focus_get_all (focus, "mean_square", k, &count, NULL),
                              .h2 = tw_inside_focus_get_all (focus, "h2", k, &count, NULL) };
  const float *h1 = tw_inside_focus_get_all (focus, "h1", k, &count, &width);
  if (h1 != NULL) {
    self->h1 = g_renew (float, self->h1, self->tensors->len * width);
    for (guint t = 0; t < self->tensors->len; t++)
      memcpy (self->h1 + t * width, h1 + g_array_index (self->tensors, gsize, t) * width, width * sizeof (float));
    state->h1 = self->h1;
  }
  return state->h0 != NULL;
}

static void
respond_baselines (TwResponsePanel *self, gsize k)
{
  gsize first = k > MAX_HISTORY ? k - MAX_HISTORY : 1, n = k - first;
  g_autofree float *history = g_new (float, MAX (n, 1));
  double own = size_of (self->update);

  n = tw_inside_focus_read_history (self->focus, "gradient", first, n, history);
  for (gsize b = 0; b < G_N_ELEMENTS (self->baselines); b++) {
    Baseline *baseline = &self->baselines[b];
    baseline->valid = tw_response_of_baseline (baseline->spec, history, n, N, self->tried, baseline->update, NULL);
    double size = baseline->valid ? size_of (baseline->update) : 0;
    baseline->valid = baseline->valid && size > 0 && isfinite (size);
    baseline->factor = baseline->valid ? own / size : 1;
    for (gsize i = 0; i < N; i++)
      baseline->update[i] *= baseline->factor;
  }
}

static void
respond (TwResponsePanel *self)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  gssize optimizer = tw_inside_focus_get_optimizer (self->focus);
  TwTrace *trace = tw_session_get_trace (session);
  gsize k, count;
  TwResponseState state;

  self->valid = FALSE;
  if (optimizer < 0 || !tw_inside_focus_get_row (self->focus, &k))
    return;
  if (self->trace != trace || self->optimizer != (gsize)optimizer)
    prepare (self, trace, (gsize)optimizer);
  k = MAX (k, 1); /* before the first step: what it will be */
  const float *gradient = tw_inside_focus_get_all (self->focus, "gradient", k, &count, NULL);
  if (self->response == NULL || gradient == NULL || !read_state (self, k - 1, &state))
    return;
  gsize c = tw_inside_focus_get_coordinate (self->focus), n = tw_trace_get_n_coordinates (trace);
  const double *theta = tw_trace_get_theta (trace, (gsize)optimizer, 0);
  guint scales;
  const float *mean_square = tw_inside_focus_get_own (self->focus, "mean_square", k, &scales);
  self->gradient = gradient[c];
  self->step = theta[k * n + c] - theta[(k - 1) * n + c];
  double reach = round_up (2 * MAX (fabs (self->gradient), sqrt (mean_square[scales - 1])));
  for (gsize i = 0; i < N; i++)
    self->tried[i] = reach * (2.0 * (double)i / (N - 1) - 1);
  tw_response_evaluate (self->response, &state, gradient, c, self->tried, self->update, NULL);
  double most = fabs (self->step);
  for (gsize i = 0; i < N; i++)
    most = MAX (most, fabs (self->update[i]));
  if (!isfinite (most) || !(most > 0))
    return;
  respond_baselines (self, k);
  self->x = (TwAxis){ -reach, reach, FALSE };
  most = round_up (1.1 * most);
  self->y = (TwAxis){ -most, most, FALSE };
  self->valid = TRUE;
}

static void
tw_response_panel_update (TwPanel *panel, guint changes)
{
  TwResponsePanel *self = TW_RESPONSE_PANEL (panel);
  double font = tw_panel_get_font_size (panel);
  double left = floor (5.8 * font), bottom = floor (2.2 * font), top = floor (1.9 * font);

  self->rect = (TwRect){ left, top, MAX (gtk_widget_get_width (GTK_WIDGET (panel)) - left - 14, 16),
                         MAX (gtk_widget_get_height (GTK_WIDGET (panel)) - top - bottom, 16) };
  if (changes & TW_SESSION_EXPERIMENT)
    forget (self); /* the hand-designed ones may be others now */
  respond (self);
}

/* Returns where the next entry begins. */
static double
draw_entry (TwResponsePanel *self, cairo_t *cr, const TwTheme *theme, const TwLineStyle *style, double x,
            const char *words)
{
  double font = tw_panel_get_font_size (TW_PANEL (self));

  tw_draw_swatch (cr, theme, style, x, 0, 22, 1.5 * font);
  tw_set_color (cr, &theme->foreground, 1);
  tw_draw_text (cr, x + 26, 1.15 * font, 0, words);
  return x + 26 + tw_text_width (cr, words) + 14;
}

static void
draw_legend (TwResponsePanel *self, cairo_t *cr, const TwTheme *theme)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  double x = 14;

  tw_set_font (cr, tw_panel_get_font_size (TW_PANEL (self)), FALSE);
  x = draw_entry (self, cr, theme, tw_session_get_style (session, self->optimizer), x, "Learned");
  for (gsize b = 0; b < G_N_ELEMENTS (self->baselines); b++) {
    const Baseline *baseline = &self->baselines[b];
    const TwOptimizerType *type = tw_optimizer_type_by_name (baseline->name);
    if (!baseline->valid)
      continue;
    g_autofree char *words =
      g_strdup_printf ("%s × %.2g", tw_optimizer_type_get_title (type), baseline->factor);
    x = draw_entry (self, cr, theme, baseline->style, x, words);
  }
}

static void
draw_plot (TwResponsePanel *self, cairo_t *cr, const TwTheme *theme)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  const TwRect *rect = &self->rect;
  const TwLineStyle *own = tw_session_get_style (session, self->optimizer);
  double font = tw_panel_get_font_size (TW_PANEL (self));
  TwAxis index = { 0, N - 1, FALSE };
  TwCurve curve = { .values = self->update, .n = N, .style = own, .primary = TRUE };

  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  tw_set_color (cr, &theme->background, 1);
  cairo_fill (cr);
  tw_draw_frame (cr, theme, rect, &self->x, &self->y, font, TW_FRAME_GRID);
  tw_set_color (cr, &theme->dim, 0.6);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, floor (tw_rect_x (rect, &self->x, 0)) + 0.5, rect->y);
  cairo_rel_line_to (cr, 0, rect->height);
  cairo_move_to (cr, rect->x, floor (tw_rect_y (rect, &self->y, 0)) + 0.5);
  cairo_rel_line_to (cr, rect->width, 0);
  cairo_stroke (cr);
  tw_set_font (cr, font, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, rect->x + 6, rect->y + 1.3 * font, 0, "step");
  tw_draw_text (cr, rect->x + rect->width - 6, rect->y + rect->height - 0.5 * font, 1, "gradient");
  for (gsize b = 0; b < G_N_ELEMENTS (self->baselines); b++) {
    const Baseline *baseline = &self->baselines[b];
    TwCurve beside = { .values = baseline->update, .n = N, .style = baseline->style, .primary = TRUE };
    if (baseline->valid)
      tw_draw_curve (cr, theme, rect, &index, &self->y, &beside, 0.75 * LINE_WIDTH, N - 1);
  }
  tw_draw_curve (cr, theme, rect, &index, &self->y, &curve, 1.4 * LINE_WIDTH, N - 1);
  cairo_new_path (cr);
  cairo_arc (cr, tw_rect_x (rect, &self->x, self->gradient), tw_rect_y (rect, &self->y, self->step), 4, 0, 2 * G_PI);
  tw_set_color (cr, theme->dark ? &own->dark : &own->light, 1);
  cairo_fill_preserve (cr);
  tw_set_color (cr, &theme->background, 1);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

static void
tw_response_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwResponsePanel *self = TW_RESPONSE_PANEL (panel);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);

  if (!self->valid)
    return;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw_legend (self, cr, theme);
  draw_plot (self, cr, theme);
  cairo_destroy (cr);
}

static void
tw_response_panel_finalize (GObject *object)
{
  TwResponsePanel *self = TW_RESPONSE_PANEL (object);

  forget (self);
  g_array_unref (self->tensors);
  g_clear_object (&self->focus);
  G_OBJECT_CLASS (tw_response_panel_parent_class)->finalize (object);
}

static void
tw_response_panel_class_init (TwResponsePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_response_panel_finalize;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->update = tw_response_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_response_panel_draw;
}

static void
tw_response_panel_init (TwResponsePanel *self)
{
  self->tensors = g_array_new (FALSE, FALSE, sizeof (gsize));
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 160);
}

TwPanel *
tw_response_panel_new (TwInsideFocus *focus)
{
  TwResponsePanel *self = g_object_new (
    TW_TYPE_RESPONSE_PANEL, "session", tw_inside_focus_get_session (focus), "title", "Response", "help",
    "The last step of one coordinate, had its gradient been another and all else the same; the dot is what it did.  "
    "A line: it steps in proportion, like SGD.  Flat ends: it clips.  A jump at zero: only the sign counts.  Above or "
    "below zero at no gradient: momentum.  SGD, momentum and Adam have seen the same gradients; each is scaled by the "
    "factor that is shown, so that shapes can be compared.",
    NULL);

  self->focus = g_object_ref (focus);
  tw_inside_focus_watch (focus, TW_PANEL (self));
  return TW_PANEL (self);
}
