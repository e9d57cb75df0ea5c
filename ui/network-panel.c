#include "ui/network-panel.h"

#include <string.h>

#include "core/tasks/watch.h"
#include "ui/background.h"
#include "ui/network-paint.h"

struct _TwNetworkPanel {
  TwPanel parent_instance;

  TwNetworkFocus *focus;
  TwNetworkView view;

  /* What stands on the screen. */
  cairo_surface_t *picture;
  TwNetworkShot shown; /* its trace is a reference; NULL: nothing */
  char *words;

  gboolean painting; /* on another thread; when it is done, what is wanted by then is painted */
};

G_DEFINE_FINAL_TYPE (TwNetworkPanel, tw_network_panel, TW_TYPE_PANEL)

static const struct {
  const char *title, *help;
} views[] = {
  { "Decision Regions",
    "What the network of one optimizer says for every input: each place in the colours of the classes, mixed by the "
    "probabilities it gives them; the line is where two are equally likely.  Discs are the rows it is trained on, rings "
    "those held out, and what it gets wrong is crossed.\n\nIt follows the steps; shown is the nearest of up to 128 steps "
    "at which the whole network is kept." },
  { "Filters",
    "The weights of the first layer of one optimizer\342\200\231s network, an image for each unit or map: orange is "
    "positive, blue negative, all on one scale.\n\nThey start as noise; what they become is what the network looks for.  "
    "Shown is the nearest of up to 128 steps at which the whole network is kept." },
  { "Mistakes",
    "Rows held out that the network gets wrong at this moment, in the order of the data: the true class, an arrow, and "
    "what it said; as many as fit.  At most the first 3000 rows are looked at, fewer of a large network.\n\nAs it learns "
    "mistakes become fewer, and what is left is what people hesitate at, too." },
};

gboolean
tw_network_view_applies (TwNetworkView view, const TwProblem *problem)
{
  return tw_network_view_why_missing (view, problem) == NULL;
}

/* What should be on the screen; FALSE: nothing can. */
static gboolean
get_wanted (TwNetworkPanel *self, TwNetworkShot *shot)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));
  GtkWidget *widget = GTK_WIDGET (self);
  gssize optimizer = trace != NULL ? tw_network_focus_get_optimizer (self->focus) : -1;
  gsize snapshot;
  guint64 step;

  if (optimizer < 0 || !tw_network_view_applies (self->view, tw_trace_get_problem (trace)) ||
      !tw_network_focus_get_snapshot (self->focus, &snapshot, &step) || gtk_widget_get_width (widget) == 0)
    return FALSE;
  *shot = (TwNetworkShot){ .trace = trace,
                           .optimizer = (gsize)optimizer,
                           .snapshot = snapshot,
                           .step = step,
                           .width = gtk_widget_get_width (widget),
                           .height = gtk_widget_get_height (widget),
                           .scale = gtk_widget_get_scale_factor (widget),
                           .theme = tw_panel_get_theme (TW_PANEL (self)),
                           .font_size = tw_panel_get_font_size (TW_PANEL (self)) };
  return TRUE;
}

static gboolean
same_shot (const TwNetworkShot *a, const TwNetworkShot *b)
{
  return a->trace == b->trace && a->optimizer == b->optimizer && a->snapshot == b->snapshot && a->width == b->width &&
         a->height == b->height && a->scale == b->scale && a->theme == b->theme && a->font_size == b->font_size;
}

static void
describe (TwNetworkPanel *self)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));

  if (self->picture == NULL) {
    tw_panel_set_subtitle (TW_PANEL (self), NULL);
    return;
  }
  g_autofree char *subtitle =
    g_strdup_printf ("step %" G_GUINT64_FORMAT " \302\267 %s", self->shown.step, self->words);
  tw_panel_set_subtitle (TW_PANEL (self), subtitle);
  g_autofree char *spoken = g_strdup_printf ("%s at step %" G_GUINT64_FORMAT ": %s",
                                             self->shown.optimizer < tw_session_get_n_optimizers (session)
                                               ? tw_session_get_name (session, self->shown.optimizer)
                                               : "",
                                             self->shown.step, self->words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, spoken, -1);
}

static void
forget (TwNetworkPanel *self)
{
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_clear_pointer (&self->shown.trace, tw_trace_unref);
  g_clear_pointer (&self->words, g_free);
}

/* In the background */

typedef struct {
  TwNetworkView view;
  TwNetworkShot shot; /* its trace is a reference */
  cairo_surface_t *picture;
  char *words;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->shot.trace, tw_trace_unref);
  g_clear_pointer (&order->picture, cairo_surface_destroy);
  g_free (order->words);
  g_free (order);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Order *order = data;

  order->picture = tw_network_paint (order->view, &order->shot, &order->words);
  g_task_return_boolean (task, TRUE);
}

static void paint_if_wanted (TwNetworkPanel *self);

static void
on_painted (GObject *source, GAsyncResult *result, gpointer data)
{
  TwNetworkPanel *self = TW_NETWORK_PANEL (source);
  Order *order = g_task_get_task_data (G_TASK (result));

  self->painting = FALSE;
  if (self->focus == NULL) /* closed meanwhile */
    return;
  forget (self);
  self->picture = g_steal_pointer (&order->picture);
  self->shown = order->shot;
  order->shot.trace = NULL;
  self->words = g_steal_pointer (&order->words);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  paint_if_wanted (self);
}

static void
paint_if_wanted (TwNetworkPanel *self)
{
  TwNetworkShot wanted;

  if (self->painting || !gtk_widget_get_mapped (GTK_WIDGET (self)) || !get_wanted (self, &wanted) ||
      (self->picture != NULL && same_shot (&wanted, &self->shown)))
    return;
  g_autoptr (GTask) task = g_task_new (self, NULL, on_painted, NULL);
  Order *order = g_new0 (Order, 1);
  order->view = self->view;
  order->shot = wanted;
  order->shot.trace = tw_trace_ref (wanted.trace);
  g_task_set_task_data (task, order, order_free);
  self->painting = TRUE;
  tw_background_run (task, work);
}

static void
tw_network_panel_update (TwPanel *panel, guint changes)
{
  paint_if_wanted (TW_NETWORK_PANEL (panel));
}

/* Of another problem nothing is left to see. */
static void
tw_network_panel_describe (TwPanel *panel)
{
  TwNetworkPanel *self = TW_NETWORK_PANEL (panel);
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (panel));

  if (self->picture != NULL && (trace == NULL || tw_trace_get_problem (trace) != tw_trace_get_problem (self->shown.trace)))
    if (trace == NULL || strcmp (tw_problem_get_title (tw_trace_get_problem (trace)),
                                 tw_problem_get_title (tw_trace_get_problem (self->shown.trace))) != 0) {
      forget (self);
      describe (self);
    }
}

static void
tw_network_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwNetworkPanel *self = TW_NETWORK_PANEL (panel);
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (panel));

  if (self->picture == NULL) {
    if (trace != NULL && tw_session_is_complete (tw_panel_get_session (panel)) &&
        tw_network_focus_get_optimizer (self->focus) < 0)
      tw_panel_draw_words (panel, snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height),
                           "Switch an optimizer on to look at its network.");
    return;
  }
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  cairo_set_source_surface (cr, self->picture, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
}

gboolean
tw_network_panel_get_step (TwNetworkPanel *self, guint64 *step)
{
  *step = self->shown.step;
  return self->picture != NULL;
}

const char *
tw_network_panel_get_words (TwNetworkPanel *self)
{
  return self->words != NULL ? self->words : "";
}

static void
on_focus_changed (TwNetworkFocus *focus, TwPanel *panel)
{
  tw_panel_invalidate (panel, TW_SESSION_ENABLED);
}

static void
tw_network_panel_dispose (GObject *object)
{
  TwNetworkPanel *self = TW_NETWORK_PANEL (object);

  if (self->focus != NULL)
    g_signal_handlers_disconnect_by_data (self->focus, self);
  g_clear_object (&self->focus);
  forget (self);
  G_OBJECT_CLASS (tw_network_panel_parent_class)->dispose (object);
}

static void
tw_network_panel_class_init (TwNetworkPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_network_panel_dispose;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_PROBLEM | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->describe = tw_network_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_network_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_network_panel_draw;
}

static void
tw_network_panel_init (TwNetworkPanel *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), 170, 130);
}

TwPanel *
tw_network_panel_new (TwNetworkFocus *focus, TwNetworkView view)
{
  TwNetworkPanel *self = g_object_new (TW_TYPE_NETWORK_PANEL, "session", tw_network_focus_get_session (focus), "title",
                                       views[view].title, "help", views[view].help, NULL);

  self->focus = g_object_ref (focus);
  self->view = view;
  g_signal_connect (focus, "changed", G_CALLBACK (on_focus_changed), self);
  if (view != TW_NETWORK_MISTAKES)
    tw_panel_add_control (TW_PANEL (self), tw_network_focus_chooser_new (focus));
  return TW_PANEL (self);
}
