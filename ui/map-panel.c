#include "ui/map-panel.h"

#include <math.h>

#define DELAY 120 /* ms without a change until it is computed */
#define STALE 0.3 /* alpha of what is not of the present experiment */
#define CLICK_DISTANCE 3.0

typedef struct {
  TwMapQueue *queue;
  gsize optimizer;
  char *key;       /* of what is shown or on the way; NULL: nothing */
  gboolean busy, stopped, stale; /* stale: what is shown has another key */
  gboolean has_result;
  char *words;
  GtkWidget *stop;

  TwRect rect;
  TwLayer layer;
  double pointer[2]; /* in the widget; NAN: elsewhere */
  gboolean has_cursor;
  guint cursor[2];
  gboolean pressed, dragging, held;
} TwMapPanelPrivate;

enum { TOLD, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TwMapPanel, tw_map_panel, TW_TYPE_PANEL)

#define PRIVATE(map) ((TwMapPanelPrivate *)tw_map_panel_get_instance_private (map))

/* The computation */

static void
tell (TwMapPanel *map, char *words)
{
  TwMapPanelPrivate *own = PRIVATE (map);

  g_free (own->words);
  own->words = words;
  g_signal_emit (map, signals[TOLD], 0);
}

static void
show_state (TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  const char *words = own->busy ? "Stop computing this map" : "Compute it again";
  g_autofree char *subtitle = own->has_result ? TW_MAP_PANEL_GET_CLASS (map)->describe_progress (map) : NULL;

  gtk_button_set_icon_name (GTK_BUTTON (own->stop), own->busy ? "process-stop-symbolic" : "view-refresh-symbolic");
  gtk_widget_set_visible (own->stop, own->busy || own->stopped);
  gtk_widget_set_tooltip_text (own->stop, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (own->stop), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  tw_panel_set_subtitle (TW_PANEL (map), own->stopped ? "stopped" : subtitle);
}

static void
repaint (TwMapPanel *map)
{
  tw_layer_clear (&PRIVATE (map)->layer);
  gtk_widget_queue_draw (GTK_WIDGET (map));
}

static void
on_news (gpointer result, gboolean done, const GError *error, gpointer data)
{
  TwMapPanel *map = data;
  TwMapPanelPrivate *own = PRIVATE (map);
  TwMapPanelClass *klass = TW_MAP_PANEL_GET_CLASS (map);

  own->busy = !done;
  own->stale = FALSE;
  own->has_result = result != NULL;
  klass->take (map, result);
  repaint (map);
  show_state (map);
  tell (map, result != NULL ? klass->describe_result (map) : g_strdup (error->message));
}

static void
stop (TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);

  if (own->busy)
    tw_map_queue_stop (own->queue);
  own->busy = FALSE;
}

void
tw_map_panel_check (TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  TwMapPanelClass *klass = TW_MAP_PANEL_GET_CLASS (map);

  if (!gtk_widget_get_mapped (GTK_WIDGET (map)) ||
      own->optimizer >= tw_session_get_n_optimizers (tw_panel_get_session (TW_PANEL (map))))
    return;
  g_autofree char *key = klass->make_key (map);
  if (g_strcmp0 (key, own->key) == 0) {
    gtk_widget_queue_draw (GTK_WIDGET (map)); /* marks may have moved */
    return;
  }
  g_free (own->key);
  own->key = g_steal_pointer (&key);
  own->busy = TRUE;
  own->stopped = FALSE;
  own->stale = own->has_result;
  tw_map_queue_push (own->queue, klass->make_request (map), DELAY);
  repaint (map);
  show_state (map);
}

static void
on_stop (GtkButton *button, TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);

  if (own->busy) {
    stop (map);
    own->stopped = TRUE;
    show_state (map);
    return;
  }
  g_clear_pointer (&own->key, g_free);
  tw_map_panel_check (map);
}

/* What a drag held is let go. */
static void
release (TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  gboolean held = own->held;

  own->pressed = own->held = FALSE;
  if (held)
    tw_session_release (tw_panel_get_session (TW_PANEL (map)));
}

/* Nobody looks: it is begun again when somebody does. */
static void
tw_map_panel_unmap (GtkWidget *widget)
{
  TwMapPanel *map = TW_MAP_PANEL (widget);
  TwMapPanelPrivate *own = PRIVATE (map);

  if (own->busy)
    g_clear_pointer (&own->key, g_free);
  stop (map);
  release (map);
  GTK_WIDGET_CLASS (tw_map_panel_parent_class)->unmap (widget);
}

static void
tw_map_panel_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tw_map_panel_parent_class)->map (widget);
  tw_map_panel_check (TW_MAP_PANEL (widget));
}

/* Cells */

static gboolean
cell_at (TwMapPanel *map, double px, double py, gboolean clamp, guint cell[2])
{
  TwMapPanelPrivate *own = PRIVATE (map);
  double u = (px - own->rect.x) / own->rect.width, v = 1 - (py - own->rect.y) / own->rect.height;
  guint width, height;

  if (!own->has_result || !TW_MAP_PANEL_GET_CLASS (map)->get_grid (map, &width, &height))
    return FALSE;
  if (!clamp && !(u >= 0 && u < 1 && v >= 0 && v < 1))
    return FALSE;
  cell[0] = MIN ((guint)(CLAMP (u, 0, 1) * width), width - 1);
  cell[1] = MIN ((guint)(CLAMP (v, 0, 1) * height), height - 1);
  return TRUE;
}

gboolean
tw_map_panel_get_place (TwMapPanel *map, guint x, guint y, double *px, double *py)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  guint width, height;

  if (!own->has_result || !TW_MAP_PANEL_GET_CLASS (map)->get_grid (map, &width, &height) || x >= width || y >= height)
    return FALSE;
  *px = own->rect.x + own->rect.width * (x + 0.5) / width;
  *py = own->rect.y + own->rect.height * (1 - (y + 0.5) / height);
  return TRUE;
}

/* The one that is read: under the pointer, or else the cursor. */
static gboolean
current_cell (TwMapPanel *map, guint cell[2])
{
  TwMapPanelPrivate *own = PRIVATE (map);

  if (!isnan (own->pointer[0]) && cell_at (map, own->pointer[0], own->pointer[1], own->pressed, cell))
    return TRUE;
  cell[0] = own->cursor[0];
  cell[1] = own->cursor[1];
  double x, y;
  return own->has_cursor && tw_map_panel_get_place (map, cell[0], cell[1], &x, &y);
}

/* For people who can't see the map. */
static void
read_out (TwMapPanel *map, const guint cell[2])
{
  TwReadoutRow rows[TW_READOUT_MAX_ROWS] = { 0 };
  char title[64];
  guint n = TW_MAP_PANEL_GET_CLASS (map)->read_cell (map, cell[0], cell[1], title, rows);
  g_autoptr (GString) words = g_string_new (title);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (words, ", %s %s", rows[i].label, rows[i].value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (map), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words->str, -1);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  TwMapPanelClass *klass = TW_MAP_PANEL_GET_CLASS (map);
  guint width, height, by = (state & GDK_SHIFT_MASK) ? 8 : 1;
  int dx = (key == GDK_KEY_Right) - (key == GDK_KEY_Left), dy = (key == GDK_KEY_Up) - (key == GDK_KEY_Down);

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) || !own->has_result || !klass->get_grid (map, &width, &height))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Escape && own->has_cursor) {
    own->has_cursor = FALSE;
  } else if ((key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && own->has_cursor) {
    tw_session_begin_change (tw_panel_get_session (TW_PANEL (map)));
    klass->choose (map, MIN (own->cursor[0], width - 1), MIN (own->cursor[1], height - 1), TRUE);
  } else if (dx == 0 && dy == 0) {
    return GDK_EVENT_PROPAGATE;
  } else if (!own->has_cursor) {
    own->has_cursor = TRUE;
    own->cursor[0] = width / 2;
    own->cursor[1] = height / 2;
  } else {
    own->cursor[0] = (guint)CLAMP ((int)own->cursor[0] + dx * (int)MIN (by, width), 0, (int)width - 1);
    own->cursor[1] = (guint)CLAMP ((int)own->cursor[1] + dy * (int)MIN (by, height), 0, (int)height - 1);
  }
  own->pointer[0] = NAN; /* the keys have it now */
  if (own->has_cursor)
    read_out (map, own->cursor);
  gtk_widget_queue_draw (GTK_WIDGET (map));
  return GDK_EVENT_STOP;
}

/* The pointer */

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);

  own->pointer[0] = x;
  own->pointer[1] = y;
  gtk_widget_queue_draw (GTK_WIDGET (map));
}

static void
on_leave (GtkEventControllerMotion *controller, TwMapPanel *map)
{
  on_motion (controller, NAN, NAN, map);
}

static void
choose_at (TwMapPanel *map, double px, double py, gboolean first)
{
  guint cell[2];

  if (cell_at (map, px, py, TRUE, cell))
    TW_MAP_PANEL_GET_CLASS (map)->choose (map, cell[0], cell[1], first);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double px, double py, TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  guint cell[2];

  own->pressed = own->dragging = FALSE;
  if (!cell_at (map, px, py, FALSE, cell)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_widget_grab_focus (GTK_WIDGET (map));
  own->pressed = TRUE;
  own->has_cursor = FALSE;
  tw_session_begin_change (tw_panel_get_session (TW_PANEL (map)));
  choose_at (map, px, py, TRUE);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  double px, py;

  if (!own->pressed || !TW_MAP_PANEL_GET_CLASS (map)->drags || (!own->dragging && hypot (dx, dy) < CLICK_DISTANCE))
    return;
  if (!own->dragging) {
    tw_session_hold (tw_panel_get_session (TW_PANEL (map)));
    own->held = TRUE;
  }
  own->dragging = TRUE;
  gtk_gesture_drag_get_start_point (gesture, &px, &py);
  choose_at (map, px + dx, py + dy, FALSE);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  gboolean clicked = own->pressed && !own->dragging;

  release (map);
  if (clicked)
    tw_session_restart (tw_panel_get_session (TW_PANEL (map)));
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, TwMapPanel *map)
{
  release (map);
}

/* Drawing */

static void
tw_map_panel_update (TwPanel *panel, guint changes)
{
  if (changes & TW_PANEL_LOOKS)
    tw_layer_clear (&PRIVATE (TW_MAP_PANEL (panel))->layer);
}

static void
paint_layer (TwMapPanel *map, const TwTheme *theme, int width, int height)
{
  TwMapPanelPrivate *own = PRIVATE (map);
  TwMapPanelClass *klass = TW_MAP_PANEL_GET_CLASS (map);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  cairo_t *cr = tw_layer_begin (&own->layer, &bounds);

  klass->lay_out (map, cr, width, height, &own->rect);
  if (own->stale)
    cairo_push_group (cr);
  klass->paint (map, cr, theme, &own->rect, gtk_widget_get_scale_factor (GTK_WIDGET (map)));
  if (own->stale) {
    cairo_pop_group_to_source (cr);
    cairo_paint_with_alpha (cr, STALE);
  }
  cairo_destroy (cr);
}

static void
draw_cell (TwMapPanel *map, cairo_t *cr, const TwTheme *theme, const guint cell[2])
{
  TwMapPanelPrivate *own = PRIVATE (map);
  TwMapPanelClass *klass = TW_MAP_PANEL_GET_CLASS (map);
  TwReadoutRow rows[TW_READOUT_MAX_ROWS] = { 0 };
  char title[64];
  guint width = 1, height = 1;
  double x, y;

  klass->get_grid (map, &width, &height);
  tw_map_panel_get_place (map, cell[0], cell[1], &x, &y);
  double w = MAX (own->rect.width / width, 7), h = MAX (own->rect.height / height, 7);
  cairo_set_line_width (cr, 3.5);
  tw_set_color (cr, &theme->halo, 0.9);
  cairo_rectangle (cr, round (x - w / 2) + 0.5, round (y - h / 2) + 0.5, round (w) - 1, round (h) - 1);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 1.4);
  tw_set_color (cr, &theme->ink, 1);
  cairo_stroke (cr);
  guint n = klass->read_cell (map, cell[0], cell[1], title, rows);
  tw_draw_readout (cr, theme, &own->rect, x, title, rows, n, tw_panel_get_font_size (TW_PANEL (map)));
}

static void
tw_map_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwMapPanel *map = TW_MAP_PANEL (panel);
  TwMapPanelPrivate *own = PRIVATE (map);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  guint cell[2];

  if (!own->has_result) {
    tw_panel_draw_words (panel, snapshot, &bounds, own->busy || own->words == NULL ? "Computing …" : own->words);
    return;
  }
  if (own->layer.node == NULL)
    paint_layer (map, theme, width, height);
  tw_layer_append (&own->layer, snapshot);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  TW_MAP_PANEL_GET_CLASS (map)->mark (map, cr, theme, &own->rect);
  if (current_cell (map, cell))
    draw_cell (map, cr, theme, cell);
  cairo_destroy (cr);
}

static void
tw_map_panel_describe (TwPanel *panel)
{
  if (PRIVATE (TW_MAP_PANEL (panel))->queue != NULL) /* it is made */
    tw_map_panel_check (TW_MAP_PANEL (panel));
}

/* The object */

void
tw_map_panel_set_optimizer (TwMapPanel *map, gsize optimizer)
{
  PRIVATE (map)->optimizer = optimizer;
  tw_map_panel_check (map);
}

gsize
tw_map_panel_get_optimizer (TwMapPanel *map)
{
  return PRIVATE (map)->optimizer;
}

gboolean
tw_map_panel_is_busy (TwMapPanel *map)
{
  return PRIVATE (map)->busy;
}

gboolean
tw_map_panel_is_done (TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);

  return own->has_result && !own->busy && !own->stale && !own->stopped;
}

const char *
tw_map_panel_get_words (TwMapPanel *map)
{
  return PRIVATE (map)->words != NULL ? PRIVATE (map)->words : "";
}

static void
add_gestures (TwMapPanel *map)
{
  GtkWidget *widget = GTK_WIDGET (map);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new (), *keys = gtk_event_controller_key_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), map);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), map);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), map);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), map);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), map);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), map);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), map);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), map);
  gtk_widget_add_controller (widget, keys);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_cursor_from_name (widget, "crosshair");
}

static void
tw_map_panel_constructed (GObject *object)
{
  TwMapPanel *map = TW_MAP_PANEL (object);
  TwMapPanelPrivate *own = PRIVATE (map);
  TwMapPanelClass *klass = TW_MAP_PANEL_GET_CLASS (map);

  G_OBJECT_CLASS (tw_map_panel_parent_class)->constructed (object);
  own->queue = tw_map_queue_new (klass->work, klass->free_request, klass->free_result, on_news, map);
  own->stop = gtk_button_new_from_icon_name ("view-refresh-symbolic");
  gtk_widget_add_css_class (own->stop, "flat");
  gtk_widget_set_name (own->stop, "map-stop");
  tw_panel_add_control (TW_PANEL (map), own->stop);
  g_signal_connect (own->stop, "clicked", G_CALLBACK (on_stop), map);
  show_state (map);
}

static void
tw_map_panel_dispose (GObject *object)
{
  TwMapPanelPrivate *own = PRIVATE (TW_MAP_PANEL (object));

  g_clear_pointer (&own->queue, tw_map_queue_free);
  tw_layer_clear (&own->layer);
  G_OBJECT_CLASS (tw_map_panel_parent_class)->dispose (object);
}

static void
tw_map_panel_finalize (GObject *object)
{
  TwMapPanelPrivate *own = PRIVATE (TW_MAP_PANEL (object));

  g_free (own->key);
  g_free (own->words);
  G_OBJECT_CLASS (tw_map_panel_parent_class)->finalize (object);
}

static void
tw_map_panel_class_init (TwMapPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = tw_map_panel_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_map_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_map_panel_finalize;
  GTK_WIDGET_CLASS (klass)->map = tw_map_panel_map;
  GTK_WIDGET_CLASS (klass)->unmap = tw_map_panel_unmap;
  TW_PANEL_CLASS (klass)->interests = TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS;
  TW_PANEL_CLASS (klass)->describe = tw_map_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_map_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_map_panel_draw;
  signals[TOLD] =
    g_signal_new ("told", TW_TYPE_MAP_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_map_panel_init (TwMapPanel *map)
{
  TwMapPanelPrivate *own = PRIVATE (map);

  own->pointer[0] = own->pointer[1] = NAN;
  add_gestures (map);
}
