#include "ui/lecture.h"

#include "core/experiment/narration.h"
#include "ui/panel.h"
#include "ui/strip-layout.h"

struct _TwLecture {
  GtkWidget parent_instance;

  GtkApplicationWindow *window; /* owns this */
  TwSession *session;
  GtkWidget *strip, *swatch;
  GtkLabel *step, *words;
  gsize optimizer;          /* the one that is told */
  gboolean narrated_before; /* the words were there before the lecture began */
  gsize told;               /* whose words `height` is for */
  int width, font, height;  /* of the highest words so far, at this width and size of type */
  guint source;             /* the type has another size now */
};

G_DEFINE_FINAL_TYPE (TwLecture, tw_lecture, GTK_TYPE_WIDGET)

static gboolean
is_shown (TwLecture *self)
{
  return gtk_widget_get_visible (self->strip);
}

/* The next one that is switched on, in direction `by`; the present one where it is alone. */
static void
choose (TwLecture *self, int by)
{
  gsize n = tw_session_get_n_optimizers (self->session);

  for (gsize i = 0; i < n; i++) {
    self->optimizer = (self->optimizer + n + (gsize)by) % n;
    if (by == 0 || tw_session_get_enabled (self->session, self->optimizer))
      return;
  }
}

/* The strip grows to the longest words of an optimizer and stays so: what is above must not jump while it plays. */
static void
keep_height (TwLecture *self)
{
  GtkWidget *words = GTK_WIDGET (self->words);
  int width = gtk_widget_get_width (words), height;
  int font = pango_font_description_get_size (pango_context_get_font_description (gtk_widget_get_pango_context (words)));

  if (width <= 0)
    return;
  if (width != self->width || font != self->font || self->told != self->optimizer)
    self->height = 0;
  self->width = width;
  self->font = font;
  self->told = self->optimizer;
  gtk_widget_set_size_request (words, -1, -1);
  gtk_widget_measure (words, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  self->height = MAX (self->height, height);
  gtk_widget_set_size_request (words, -1, self->height);
}

static void
tell (TwLecture *self)
{
  TwTrace *trace = tw_session_get_trace (self->session);
  gsize n = tw_session_get_n_optimizers (self->session);
  guint64 step = tw_session_get_step (self->session);
  g_autofree char *place = g_strdup_printf ("Step %" G_GUINT64_FORMAT, step);

  if (self->optimizer >= n)
    self->optimizer = 0;
  if (n > 0 && !tw_session_get_enabled (self->session, self->optimizer))
    choose (self, 1);
  gboolean any = n > 0 && tw_session_get_enabled (self->session, self->optimizer);
  g_autofree char *words = !any ? g_strdup ("Switch an optimizer on to hear of its steps.")
                           : trace != NULL && self->optimizer < tw_trace_get_n_optimizers (trace)
                             ? tw_narrate_step (trace, self->optimizer, 0, step)
                             : NULL;
  gtk_label_set_text (self->step, place);
  gtk_label_set_text (self->words, words != NULL ? words : "");
  keep_height (self);
  gtk_widget_queue_draw (self->swatch);
}

static void
on_session_changed (TwSession *session, guint changes, TwLecture *self)
{
  const guint told = TW_SESSION_TRACE | TW_SESSION_STEP | TW_SESSION_ROWS | TW_SESSION_ENABLED;

  if (is_shown (self) && (changes & told) != 0)
    tell (self);
}

static void
set_shown (TwLecture *self, gboolean shown)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), "narration");

  gtk_widget_set_visible (self->strip, shown);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (shown));
  if (shown)
    tell (self);
}

/* Actions */

static void
on_narration (GSimpleAction *action, GVariant *value, gpointer data)
{
  set_shown (data, g_variant_get_boolean (value));
}

/* Large type needs a large screen: on a small one it would leave no room for the landscape. */
static gboolean
is_small_screen (GtkWidget *window)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));
  GdkMonitor *monitor =
    surface != NULL ? gdk_display_get_monitor_at_surface (gtk_widget_get_display (window), surface) : NULL;
  GdkRectangle place = { 0 };

  if (monitor == NULL)
    return FALSE;
  gdk_monitor_get_geometry (monitor, &place);
  return place.width < 1200 || place.height < 760;
}

static void
on_lecture (GSimpleAction *action, GVariant *value, gpointer data)
{
  TwLecture *self = data;

  if (g_variant_get_boolean (value)) {
    self->narrated_before = is_shown (self);
    gtk_widget_add_css_class (GTK_WIDGET (self->window), "lecture");
    if (is_small_screen (GTK_WIDGET (self->window)))
      gtk_widget_add_css_class (GTK_WIDGET (self->window), "compact");
    gtk_window_fullscreen (GTK_WINDOW (self->window));
    set_shown (self, TRUE);
  } else {
    gtk_widget_remove_css_class (GTK_WIDGET (self->window), "lecture");
    gtk_widget_remove_css_class (GTK_WIDGET (self->window), "compact");
    gtk_window_unfullscreen (GTK_WINDOW (self->window));
    set_shown (self, self->narrated_before);
  }
  g_simple_action_set_state (action, value);
}

/* Escape leads out of it, and does nothing else. */
static void
on_leave (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwLecture *self = data;

  if (gtk_widget_has_css_class (GTK_WIDGET (self->window), "lecture"))
    g_action_group_change_action_state (G_ACTION_GROUP (self->window), "lecture",
                                        g_variant_new_boolean (FALSE));
}

static void
on_next (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose (data, 1);
  set_shown (data, TRUE);
}

static void
on_previous (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose (data, -1);
  set_shown (data, TRUE);
}

static void
on_toggle (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwLecture *self = data;
  gsize i = (gsize)g_variant_get_int32 (parameter);

  if (i < tw_session_get_n_optimizers (self->session))
    tw_session_set_enabled (self->session, i, !tw_session_get_enabled (self->session, i));
}

static const GActionEntry actions[] = {
  { .name = "lecture", .state = "false", .change_state = on_lecture },
  { .name = "leave-lecture", .activate = on_leave },
  { .name = "narration", .state = "false", .change_state = on_narration },
  { .name = "narrate-next", .activate = on_next },
  { .name = "narrate-previous", .activate = on_previous },
  { .name = "toggle-optimizer", .parameter_type = "i", .activate = on_toggle },
};

/* The widget */

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  TwLecture *self = data;

  if (self->optimizer < tw_session_get_n_optimizers (self->session))
    tw_draw_swatch (cr, tw_theme_of_widget (GTK_WIDGET (area)),
                    tw_session_get_style (self->session, self->optimizer), 2, 0, width - 4, height);
}

static void
fill (TwLecture *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *step = gtk_label_new (NULL),
            *words = gtk_label_new (NULL);

  self->step = GTK_LABEL (step);
  self->words = GTK_LABEL (words);
  self->swatch = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->swatch), 36);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->swatch), 16);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->swatch), draw_swatch, self, NULL);
  gtk_widget_set_valign (self->swatch, GTK_ALIGN_START);
  gtk_widget_set_valign (step, GTK_ALIGN_START);
  gtk_widget_add_css_class (step, "heading");
  gtk_widget_add_css_class (step, "numeric");
  gtk_label_set_width_chars (self->step, 9);
  gtk_label_set_xalign (self->step, 0);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_yalign (self->words, 0);
  gtk_label_set_lines (self->words, 4);
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_add_css_class (words, "numeric");
  gtk_widget_set_name (words, "narration");
  gtk_box_append (GTK_BOX (box), step);
  gtk_box_append (GTK_BOX (box), self->swatch);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "narration");
  gtk_widget_set_tooltip_text (box, "What the last update did (N); Up and Down choose the optimizer");
  self->strip = box;
  gtk_widget_set_visible (box, FALSE);
  gtk_widget_set_parent (self->strip, GTK_WIDGET (self));
}

static gboolean
on_looks (gpointer data)
{
  TwLecture *self = data;

  self->source = 0;
  if (is_shown (self))
    tell (self);
  return G_SOURCE_REMOVE;
}

/* The words have their size a little later. */
static void
tw_lecture_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  TwLecture *self = TW_LECTURE (widget);

  GTK_WIDGET_CLASS (tw_lecture_parent_class)->css_changed (widget, change);
  if (self->source == 0 && self->session != NULL)
    self->source = g_timeout_add (100, on_looks, self);
}

static void
tw_lecture_dispose (GObject *object)
{
  TwLecture *self = TW_LECTURE (object);

  g_clear_handle_id (&self->source, g_source_remove);

  g_clear_pointer (&self->strip, gtk_widget_unparent);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_func (self->session, on_session_changed, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_lecture_parent_class)->dispose (object);
}

static void
tw_lecture_class_init (TwLectureClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_lecture_dispose;
  GTK_WIDGET_CLASS (klass)->css_changed = tw_lecture_css_changed;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), TW_TYPE_STRIP_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "narrator");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
tw_lecture_init (TwLecture *self)
{
  fill (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "The last step in words", -1);
}

GtkWidget *
tw_lecture_new (GtkApplicationWindow *window, TwSession *session)
{
  TwLecture *self = g_object_new (TW_TYPE_LECTURE, NULL);

  self->window = window;
  self->session = g_object_ref (session);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  return GTK_WIDGET (self);
}
