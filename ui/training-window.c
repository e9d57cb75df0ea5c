#include "ui/training-window.h"

#include <math.h>

#include "core/meta/corpus.h"
#include "ui/landscape-panel.h"
#include "ui/training-charts.h"
#include "ui/training-job.h"

#define POLL_MILLISECONDS 100

struct _TwTrainingWindow {
  GtkApplicationWindow parent_instance;

  TwSession *session; /* the weights as they are, on a landscape */
  GtkWidget *start, *stop, *resume, *settings, *corpus, *init, *estimator, *minutes, *seed;
  GtkWidget *curve, *problems, *status;
  guint tick, poll;

  TwTrainingJob *job; /* NULL: none was started here */
  char *dir;          /* of the training that is shown */
  TwTrainingNews news;
  GArray *objectives, *diverged; /* of double, since this window began or resumed it */
  guint64 first;                 /* iteration of their first */
  guint64 shown;                 /* iteration of the weights on the landscape */
};

G_DEFINE_FINAL_TYPE (TwTrainingWindow, tw_training_window, GTK_TYPE_APPLICATION_WINDOW)

static const char *const inits[] = { "New weights", "The default weights", NULL };
static const char *const estimators[] = { "Backpropagation", "Evolution strategies (PES)", NULL };
static const char *const estimator_keys[] = { "backprop", "pes" };

/* The landscape */

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  tw_session_tick (TW_TRAINING_WINDOW (widget)->session, gdk_frame_clock_get_frame_time (clock));
  return G_SOURCE_CONTINUE;
}

static void
show_weights (TwTrainingWindow *self)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));
  g_autofree char *path = g_build_filename (self->dir, "weights.safetensors", NULL);
  g_autofree char *weights = tw_spec_escape (path);

  self->shown = self->news.weights_at;
  g_ptr_array_set_size (experiment->optimizers, 0);
  g_ptr_array_add (experiment->optimizers, g_strconcat ("learned,weights=", weights, NULL));
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  /* The file has other contents under the same name: another experiment. */
  experiment->seed = self->shown;
  tw_session_set_experiment (self->session, experiment);
  if (!tw_session_get_playing (self->session))
    tw_session_restart (self->session);
}

/* The job */

static void
update_buttons (TwTrainingWindow *self)
{
  gboolean running = self->job != NULL && self->news.running;

  gtk_widget_set_visible (self->start, !running);
  gtk_widget_set_visible (self->stop, running);
  gtk_widget_set_sensitive (self->settings, !running);
  gtk_widget_set_sensitive (self->resume, !running && self->dir != NULL);
}

static char *
describe (TwTrainingWindow *self)
{
  gsize n = self->objectives->len;
  double last = 0;
  gsize window = MIN (n, 100);

  if (self->news.error != NULL)
    return g_strdup (self->news.error);
  if (self->job == NULL)
    return g_strdup ("Choose what to learn from, and start.");
  if (n == 0)
    return g_strdup ("Preparing…");
  for (gsize i = n - window; i < n; i++)
    last += g_array_index (self->objectives, double, i) / (double)window;
  return g_strdup_printf ("%s · iteration %" G_GUINT64_FORMAT " · meta-objective %.2f · %s",
                          self->news.running ? "Training" : "Stopped", self->news.iteration, last, self->dir);
}

static gboolean
on_poll (gpointer data)
{
  TwTrainingWindow *self = data;

  tw_training_news_clear (&self->news);
  tw_training_job_read (self->job, &self->news, self->objectives, self->diverged);
  if (self->objectives->len > 0 && self->first == G_MAXUINT64)
    self->first = self->news.iteration - self->objectives->len;
  g_autofree char *text = describe (self);
  gtk_label_set_text (GTK_LABEL (self->status), text);
  gtk_drawing_area_set_content_height (
    GTK_DRAWING_AREA (self->problems), (int)tw_training_problems_height (self->news.n_entries, 11));
  gtk_widget_queue_draw (self->curve);
  gtk_widget_queue_draw (self->problems);
  if (self->news.weights_at > 0 && self->news.weights_at != self->shown)
    show_weights (self);
  update_buttons (self);
  if (self->news.running)
    return G_SOURCE_CONTINUE;
  self->poll = 0;
  return G_SOURCE_REMOVE;
}

static void
begin (TwTrainingWindow *self, const TwTrainingPlan *plan)
{
  g_clear_pointer (&self->job, tw_training_job_free);
  g_array_set_size (self->objectives, 0);
  g_array_set_size (self->diverged, 0);
  self->first = G_MAXUINT64;
  self->shown = 0;
  /* A processor is left for the window. */
  self->job = tw_training_job_new (plan, self->dir, MAX (g_get_num_processors (), 2) - 1);
  self->news.running = TRUE;
  update_buttons (self);
  if (self->poll == 0)
    self->poll = g_timeout_add (POLL_MILLISECONDS, on_poll, self);
}

static void
on_start (GtkButton *button, TwTrainingWindow *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");
  guint init = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->init));
  g_autofree char *config = g_strconcat (
    "estimator=", estimator_keys[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->estimator))], NULL);
  TwTrainingPlan plan = {
    .corpus = tw_corpus_builtin_names ()[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->corpus))],
    .config = config,
    .init = init == 1 ? "default" : NULL,
    .seed = (guint64)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->seed)),
    .minutes = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->minutes)),
  };

  g_free (self->dir);
  self->dir = g_build_filename (g_get_user_data_dir (), "thalweg", "trainings", name, NULL);
  begin (self, &plan);
}

static void
on_stop (GtkButton *button, TwTrainingWindow *self)
{
  tw_training_job_stop (self->job);
}

static void
on_resume (GtkButton *button, TwTrainingWindow *self)
{
  begin (self, NULL);
}

static void
on_folder_chosen (GtkNativeDialog *dialog, int response, TwTrainingWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_free (self->dir);
    self->dir = g_file_get_path (file);
    begin (self, NULL);
  }
  g_object_unref (dialog);
}

static void
on_open (GtkButton *button, TwTrainingWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    "Go On With a Training", GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, "_Open", "_Cancel");

  g_signal_connect (dialog, "response", G_CALLBACK (on_folder_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Parts */

static void
draw_curve (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  TwTrainingWindow *self = data;

  tw_draw_training_curve (cr, tw_theme_of_widget (GTK_WIDGET (area)), width, height, 12,
                          (const double *)(gpointer)self->objectives->data,
                          (const double *)(gpointer)self->diverged->data, self->objectives->len,
                          self->first == G_MAXUINT64 ? 0 : self->first);
}

static void
draw_problems (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  TwTrainingWindow *self = data;

  if (self->news.n_entries > 0)
    tw_draw_training_problems (cr, tw_theme_of_widget (GTK_WIDGET (area)), width, height, 11,
                               (const char *const *)self->news.names, self->news.objectives, self->news.n_entries);
}

static GtkWidget *
labelled (const char *text, GtkWidget *widget)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *label = gtk_label_new_with_mnemonic (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), widget);
  gtk_widget_add_css_class (label, "caption");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL, -1);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), widget);
  return box;
}

static GtkWidget *
make_settings (TwTrainingWindow *self)
{
  GtkWidget *box = gtk_flow_box_new ();
  const struct {
    const char *label;
    GtkWidget **widget, *made;
  } parts[] = {
    { "_Learn from", &self->corpus, gtk_drop_down_new_from_strings (tw_corpus_builtin_names ()) },
    { "_Go on from", &self->init, gtk_drop_down_new_from_strings (inits) },
    { "_Meta-gradient", &self->estimator, gtk_drop_down_new_from_strings (estimators) },
    { "M_inutes (0: no end)", &self->minutes, gtk_spin_button_new_with_range (0, 10000, 1) },
    { "S_eed", &self->seed, gtk_spin_button_new_with_range (0, 1e9, 1) },
  };

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (box), GTK_SELECTION_NONE);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (box), 8);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (box), 5);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    *parts[i].widget = parts[i].made;
    gtk_flow_box_insert (GTK_FLOW_BOX (box), labelled (parts[i].label, parts[i].made), -1);
  }
  gtk_widget_set_margin_start (box, 10);
  gtk_widget_set_margin_end (box, 10);
  return box;
}

static GtkWidget *
make_button (TwTrainingWindow *self, const char *label, const char *tooltip, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
make_header (TwTrainingWindow *self)
{
  GtkWidget *header = gtk_header_bar_new ();

  self->start = make_button (self, "_Start", "Begin a new training", G_CALLBACK (on_start));
  self->stop = make_button (self, "_Stop", "Stop with a checkpoint, to go on later", G_CALLBACK (on_stop));
  self->resume = make_button (self, "_Resume", "Go on where it stopped", G_CALLBACK (on_resume));
  gtk_widget_set_name (self->start, "start");
  gtk_widget_set_name (self->stop, "stop");
  gtk_widget_set_name (self->resume, "resume");
  gtk_widget_add_css_class (self->start, "suggested-action");
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), self->start);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), self->stop);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), self->resume);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header),
                             make_button (self, "_Open…", "Go on with the training in a folder", G_CALLBACK (on_open)));
  return header;
}

static GtkWidget *
make_area (TwTrainingWindow *self, GtkDrawingAreaDrawFunc draw, const char *name, int height)
{
  GtkWidget *area = gtk_drawing_area_new ();

  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw, self, NULL);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), height);
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_hexpand (area, TRUE);
  return area;
}

static GtkWidget *
make_heading (const char *title, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *heading = gtk_label_new (title);
  GtkWidget *caption = gtk_label_new (text);

  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_widget_set_tooltip_text (caption, text);
  gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_widget_set_hexpand (caption, TRUE);
  gtk_widget_add_css_class (box, "panel-heading");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), caption);
  return box;
}

static GtkWidget *
make_charts (TwTrainingWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scrolled = gtk_scrolled_window_new ();

  self->curve = make_area (self, draw_curve, "Meta-objective over iterations", 260);
  gtk_widget_set_vexpand (self->curve, TRUE);
  self->problems = make_area (self, draw_problems, "Meta-objective by problem", 160);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->problems);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), make_heading ("Meta-objective",
                                               "mean log of the loss over its first value: lower is better"));
  gtk_box_append (GTK_BOX (box), self->curve);
  gtk_box_append (GTK_BOX (box),
                  make_heading ("By problem", "the longer a bar to the left, the faster that problem is solved"));
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_widget_set_size_request (box, 420, -1);
  return box;
}

static void
fill (TwTrainingWindow *self)
{
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *panes = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);

  self->settings = make_settings (self);
  self->status = gtk_label_new (NULL);
  gtk_widget_set_name (self->status, "status");
  gtk_label_set_ellipsize (GTK_LABEL (self->status), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_widget_set_margin_start (self->status, 14);
  gtk_widget_set_margin_bottom (self->status, 8);
  gtk_paned_set_start_child (GTK_PANED (panes), make_charts (self));
  gtk_paned_set_end_child (GTK_PANED (panes), tw_panel_wrap (tw_landscape_panel_new (self->session)));
  gtk_paned_set_shrink_start_child (GTK_PANED (panes), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (panes), FALSE);
  gtk_widget_set_vexpand (panes, TRUE);
  gtk_widget_set_margin_top (self->settings, 8);
  gtk_box_append (GTK_BOX (body), self->settings);
  gtk_box_append (GTK_BOX (body), panes);
  gtk_box_append (GTK_BOX (body), self->status);
  gtk_window_set_child (GTK_WINDOW (self), body);
  gtk_window_set_titlebar (GTK_WINDOW (self), make_header (self));
}

static void
tw_training_window_dispose (GObject *object)
{
  TwTrainingWindow *self = TW_TRAINING_WINDOW (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->poll, g_source_remove);
  /* Its last iteration and checkpoint are waited for: nothing is lost. */
  g_clear_pointer (&self->job, tw_training_job_free);
  G_OBJECT_CLASS (tw_training_window_parent_class)->dispose (object);
  g_clear_object (&self->session);
}

static void
tw_training_window_finalize (GObject *object)
{
  TwTrainingWindow *self = TW_TRAINING_WINDOW (object);

  tw_training_news_clear (&self->news);
  g_array_unref (self->objectives);
  g_array_unref (self->diverged);
  g_free (self->dir);
  G_OBJECT_CLASS (tw_training_window_parent_class)->finalize (object);
}

static void
tw_training_window_class_init (TwTrainingWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_training_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_training_window_finalize;
}

static void
tw_training_window_init (TwTrainingWindow *self)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  self->first = G_MAXUINT64;
  self->objectives = g_array_new (FALSE, FALSE, sizeof (double));
  self->diverged = g_array_new (FALSE, FALSE, sizeof (double));
  experiment->problem = g_strdup ("himmelblau");
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  self->session = tw_session_new (experiment);
  gtk_window_set_title (GTK_WINDOW (self), "Meta-Training");
  gtk_window_set_default_size (GTK_WINDOW (self), 1120, 740);
  fill (self);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->minutes), 10);
  g_autofree char *text = describe (self);
  gtk_label_set_text (GTK_LABEL (self->status), text);
  update_buttons (self);
  tw_session_set_loop (self->session, TRUE);
  tw_session_set_playing (self->session, TRUE);
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

GtkWidget *
tw_training_window_new (GtkApplication *application)
{
  return g_object_new (TW_TYPE_TRAINING_WINDOW, "application", application, NULL);
}
