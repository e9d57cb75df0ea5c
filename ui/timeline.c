#include "ui/timeline.h"

#include <math.h>

#include "ui/words.h"

struct _TwTimeline {
  GtkWidget parent_instance;

  TwSession *session;
  GtkWidget *box, *play, *speed_scale;
  GtkLabel *step_label, *speed_label;
  GtkAdjustment *step, *speed; /* speed: log10 of steps per second */
  gboolean updating;           /* what moves now was not moved by the user */
  guint64 shown_n_steps;
};

G_DEFINE_FINAL_TYPE (TwTimeline, tw_timeline, GTK_TYPE_WIDGET)

static void
show_playing (TwTimeline *self)
{
  gboolean playing = tw_session_get_playing (self->session);
  const char *words = playing ? "Pause (Space)" : "Play (Space)";

  gtk_button_set_icon_name (GTK_BUTTON (self->play),
                            playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  tw_set_words (self->play, words);
}

static void
show_speed (TwTimeline *self)
{
  double speed = tw_session_get_speed (self->session);
  g_autofree char *text = g_strdup_printf (speed < 9.95 ? "%.1f/s" : "%.0f/s", speed);
  g_autofree char *words = g_strdup_printf (speed < 9.95 ? "%.1f steps per second" : "%.0f steps per second", speed);

  gtk_adjustment_set_value (self->speed, log10 (speed));
  gtk_label_set_text (self->speed_label, text);
  /* The slider's own value is a logarithm. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed_scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
}

static void
show_step (TwTimeline *self)
{
  guint64 step = tw_session_get_step (self->session), n = tw_session_get_n_steps (self->session);
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT " / %" G_GUINT64_FORMAT, step, n);

  if (self->shown_n_steps != n) {
    g_autofree char *longest = g_strdup_printf ("%" G_GUINT64_FORMAT " / %" G_GUINT64_FORMAT, n, n);
    self->shown_n_steps = n;
    gtk_label_set_width_chars (self->step_label, (int)g_utf8_strlen (longest, -1));
    gtk_adjustment_configure (self->step, (double)step, 0, (double)n, 1, MAX ((double)n / 20, 1), 0);
  }
  gtk_adjustment_set_value (self->step, (double)step);
  gtk_label_set_text (self->step_label, text);
}

static void
on_session_changed (TwSession *session, guint changes, TwTimeline *self)
{
  self->updating = TRUE;
  if (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_STEP))
    show_step (self);
  if (changes & TW_SESSION_PLAYBACK) {
    show_playing (self);
    show_speed (self);
  }
  self->updating = FALSE;
}

static void
on_step_moved (GtkAdjustment *adjustment, TwTimeline *self)
{
  if (self->updating)
    return;
  tw_session_set_playing (self->session, FALSE);
  tw_session_set_step (self->session, (guint64)lround (gtk_adjustment_get_value (adjustment)));
}

static void
on_speed_moved (GtkAdjustment *adjustment, TwTimeline *self)
{
  if (!self->updating)
    tw_session_set_speed (self->session, pow (10, gtk_adjustment_get_value (adjustment)));
}

static GtkWidget *
add_button (TwTimeline *self, const char *icon, const char *words, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  tw_set_words (button, words);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->box), button);
  return button;
}

static GtkWidget *
add_scale (TwTimeline *self, GtkAdjustment *adjustment, const char *name)
{
  GtkWidget *scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, adjustment);

  gtk_scale_set_draw_value (GTK_SCALE (scale), FALSE);
  gtk_widget_set_focus_on_click (scale, FALSE);
  gtk_widget_set_valign (scale, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (self->box), scale);
  return scale;
}

static GtkLabel *
add_label (TwTimeline *self, int width)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (label), width);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_box_append (GTK_BOX (self->box), label);
  return GTK_LABEL (label);
}

static void
fill (TwTimeline *self)
{
  add_button (self, "media-skip-backward-symbolic", "Back to the start (Home)", "win.reset");
  add_button (self, "go-previous-symbolic", "One step back (Left)", "win.step-back");
  self->play = add_button (self, "media-playback-start-symbolic", "Play (Space)", "win.play");
  add_button (self, "go-next-symbolic", "One step forward (Right)", "win.step-forward");
  gtk_widget_add_css_class (self->play, "play");

  GtkWidget *step = add_scale (self, self->step, "Step");
  gtk_widget_set_hexpand (step, TRUE);
  gtk_widget_set_name (step, "step-scale");
  self->step_label = add_label (self, 9);
  gtk_widget_set_name (GTK_WIDGET (self->step_label), "step-label");

  GtkWidget *separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  gtk_box_append (GTK_BOX (self->box), separator);
  GtkWidget *slow = gtk_image_new_from_icon_name ("media-seek-forward-symbolic");
  gtk_widget_add_css_class (slow, "dim-label");
  gtk_widget_set_tooltip_text (slow, "Speed in steps per second ([ slower, ] faster)");
  gtk_box_append (GTK_BOX (self->box), slow);
  GtkWidget *speed = add_scale (self, self->speed, "Steps per second");
  self->speed_scale = speed;
  gtk_widget_set_size_request (speed, 96, -1);
  gtk_widget_set_name (speed, "speed-scale");
  gtk_widget_set_tooltip_text (speed, "Speed in steps per second ([ slower, ] faster)");
  self->speed_label = add_label (self, 7);

  GtkWidget *loop = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (loop), "media-playlist-repeat-symbolic");
  gtk_widget_add_css_class (loop, "flat");
  tw_set_words (loop, "Start again at the end (L)");
  gtk_widget_set_focus_on_click (loop, FALSE);
  gtk_widget_set_valign (loop, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (loop), "win.loop");
  gtk_box_append (GTK_BOX (self->box), loop);
}

static void
tw_timeline_dispose (GObject *object)
{
  TwTimeline *self = TW_TIMELINE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->step);
  g_clear_object (&self->speed);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_timeline_parent_class)->dispose (object);
}

static void
tw_timeline_class_init (TwTimelineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_timeline_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "timeline");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tw_timeline_init (TwTimeline *self)
{
  self->step = g_object_ref_sink (gtk_adjustment_new (0, 0, 1, 1, 1, 0));
  self->speed = g_object_ref_sink (
    gtk_adjustment_new (1, log10 (TW_SESSION_MIN_SPEED), log10 (TW_SESSION_MAX_SPEED), 0.1, 0.5, 0));
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "Timeline", -1);
  fill (self);
  g_signal_connect (self->step, "value-changed", G_CALLBACK (on_step_moved), self);
  g_signal_connect (self->speed, "value-changed", G_CALLBACK (on_speed_moved), self);
}

GtkWidget *
tw_timeline_new (TwSession *session)
{
  TwTimeline *self = g_object_new (TW_TYPE_TIMELINE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  on_session_changed (session, TW_SESSION_ALL, self);
  return GTK_WIDGET (self);
}
