#include "ui/tuning-page.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/tuning.h"
#include "ui/background.h"
#include "ui/drawing/looks.h"
#include "ui/optimizer-editor.h"
#include "ui/sensitivity-panel.h"
#include "ui/words.h"

#define USUAL_TRIALS 24
#define POLL 100 /* ms, of the progress */

/* What the thread works on; it owns it until it is done. */
typedef struct {
  TwExperiment *experiment;
  gboolean *which; /* (O) */
  guint budget;
  gint *progress; /* atomic, in thousandths; the page's own, kept alive by the task */
} Job;

struct _TwTuningPage {
  GtkWidget parent_instance;

  TwSession *session;
  GtkWidget *box, *start, *cancel, *apply, *trials, *each, *bar;
  GtkLabel *message;
  TwPanel *panel;
  GCancellable *cancellable; /* NULL: nothing runs */
  gint progress;
  guint poll;
  TwTuning *tuning;    /* NULL: none yet */
  TwExperiment *tuned; /* what it is of */
};

G_DEFINE_FINAL_TYPE (TwTuningPage, tw_tuning_page, GTK_TYPE_WIDGET)

static void
job_free (gpointer data)
{
  Job *job = data;

  tw_experiment_free (job->experiment);
  g_free (job->which);
  g_free (job);
}

static void
on_progress (double share, gpointer data)
{
  g_atomic_int_set (((Job *)data)->progress, (gint)(1000 * share));
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  TwTuning *tuning =
    tw_tune (job->experiment, job->which, job->budget, 0, cancellable, on_progress, job, &error);

  if (tuning != NULL)
    g_task_return_pointer (task, tuning, (GDestroyNotify)tw_tuning_free);
  else
    g_task_return_error (task, error);
}

/* The optimizer of the present experiment that was tuned as number `o`, or O. */
static gsize
find_now (TwTuningPage *self, gsize o)
{
  const GPtrArray *now = tw_session_get_experiment (self->session)->optimizers, *then = self->tuned->optimizers;
  gsize length = strcspn (then->pdata[o], ",");

  if (o < now->len && strcspn (now->pdata[o], ",") == length && strncmp (now->pdata[o], then->pdata[o], length) == 0)
    return o;
  for (gsize i = 0; i < now->len; i++)
    if (strcmp (now->pdata[i], then->pdata[o]) == 0)
      return i;
  return now->len;
}

static gboolean
set_lr (TwTuningPage *self, TwExperiment *experiment, gsize o, double lr)
{
  gsize now = find_now (self, o);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (now >= experiment->optimizers->len)
    return FALSE;
  g_autoptr (TwSpec) spec = tw_spec_parse (experiment->optimizers->pdata[now], NULL);
  if (spec == NULL)
    return FALSE;
  tw_spec_set (spec, "lr", g_ascii_formatd (number, sizeof number, "%.3g", lr));
  tw_experiment_set_optimizer (experiment, now, tw_spec_get_text (spec));
  return TRUE;
}

static void
on_point (gsize optimizer, double lr, gpointer data)
{
  TwTuningPage *self = data;
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));

  if (self->tuning != NULL && set_lr (self, experiment, optimizer, lr))
    tw_session_set_experiment (self->session, experiment);
}

static void
on_apply (GtkButton *button, TwTuningPage *self)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));
  gboolean any = FALSE;

  for (gsize o = 0; o < self->tuning->n_optimizers; o++) {
    const TwSensitivity *curve = &self->tuning->optimizers[o];
    if (curve->spec != NULL)
      any = set_lr (self, experiment, o, curve->lr[curve->best]) || any;
  }
  if (!any)
    return;
  tw_session_set_experiment (self->session, experiment);
  tw_session_restart (self->session);
}

static void
show_state (TwTuningPage *self)
{
  gboolean busy = self->cancellable != NULL;

  gtk_widget_set_visible (self->start, !busy);
  gtk_widget_set_visible (self->cancel, busy);
  gtk_widget_set_sensitive (self->cancel, TRUE);
  gtk_widget_set_visible (self->bar, busy); /* in the place of these words: no wider than without it */
  gtk_widget_set_visible (self->each, !busy);
  gtk_widget_set_sensitive (self->trials, !busy);
  gtk_widget_set_sensitive (self->apply, !busy && self->tuning != NULL);
}

static char *
name_of (TwTuningPage *self, gsize o)
{
  return tw_looks_get_tuned_name (self->tuned, self->tuned->optimizers->pdata[o], o);
}

/* "Best: Adam 0.12, SGD 0.0016" */
static char *
describe (TwTuningPage *self)
{
  GString *text = g_string_new (NULL);

  for (gsize o = 0; o < self->tuning->n_optimizers; o++) {
    const TwSensitivity *curve = &self->tuning->optimizers[o];
    if (curve->n == 0)
      continue;
    g_autofree char *name = name_of (self, o);
    g_string_append_printf (text, "%s%s ", text->len > 0 ? ",  " : "Best:  ", name);
    if (curve->spec != NULL)
      g_string_append_printf (text, "%.3g", curve->lr[curve->best]);
    else
      g_string_append (text, "none, all diverged");
  }
  return g_string_free (text, FALSE);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  TwTuningPage *self = TW_TUNING_PAGE (source);
  g_autoptr (GError) error = NULL;
  TwTuning *tuning = g_task_propagate_pointer (G_TASK (result), &error);
  Job *job = g_task_get_task_data (G_TASK (result));

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_object (&self->cancellable);
  if (self->session == NULL) { /* the window is gone */
    tw_tuning_free (tuning);
    return;
  }
  if (tuning == NULL) {
    gtk_label_set_text (self->message, !g_error_matches (error, TW_ERROR, TW_ERROR_CANCELLED) ? error->message
                                       : self->tuning != NULL ? "Cancelled; the curves are those of the search before."
                                                              : "Cancelled; nothing was changed.");
    show_state (self);
    return;
  }
  g_autoptr (GPtrArray) styles = g_ptr_array_new (), names = g_ptr_array_new_with_free_func (g_free);
  tw_sensitivity_panel_set_tuning (TW_SENSITIVITY_PANEL (self->panel), NULL, NULL, NULL);
  tw_tuning_free (self->tuning);
  g_clear_pointer (&self->tuned, tw_experiment_free);
  self->tuning = tuning;
  self->tuned = tw_experiment_copy (job->experiment);
  for (gsize o = 0; o < tuning->n_optimizers; o++) {
    gsize now = find_now (self, o);
    g_ptr_array_add (styles, (gpointer)(now < tw_session_get_n_optimizers (self->session)
                                          ? tw_session_get_style (self->session, now)
                                          : tw_line_style_get ((guint)o)));
    g_ptr_array_add (names, name_of (self, o));
  }
  tw_sensitivity_panel_set_tuning (TW_SENSITIVITY_PANEL (self->panel), tuning,
                                   (const TwLineStyle *const *)styles->pdata, (const char *const *)names->pdata);
  g_autofree char *text = describe (self);
  gtk_label_set_text (self->message, text);
  g_autofree char *subtitle =
    g_strdup_printf ("%u trials each, %" G_GUINT64_FORMAT " steps, %" G_GSIZE_FORMAT " start%s", tuning->budget,
                     self->tuned->steps, tuning->n_starts, tuning->n_starts == 1 ? "" : "s");
  tw_panel_set_subtitle (self->panel, subtitle);
  show_state (self);
}

static gboolean
on_poll (gpointer data)
{
  TwTuningPage *self = data;

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), CLAMP (g_atomic_int_get (&self->progress) / 1000.0, 0, 1));
  return G_SOURCE_CONTINUE;
}

static void
on_start (GtkButton *button, TwTuningPage *self)
{
  const TwExperiment *experiment = tw_session_get_experiment (self->session);
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = NULL;

  job->experiment = tw_experiment_copy (experiment);
  job->which = g_new0 (gboolean, experiment->optimizers->len);
  for (gsize o = 0; o < experiment->optimizers->len; o++)
    job->which[o] =
      tw_session_get_enabled (self->session, o) && tw_tuning_can_tune (experiment->optimizers->pdata[o]);
  job->budget = (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->trials));
  job->progress = &self->progress; /* the task keeps its source, this page */
  self->progress = 0;
  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), 0);
  gtk_label_set_text (self->message, "");
  task = g_task_new (self, self->cancellable, on_done, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  tw_background_run (task, work);
  self->poll = g_timeout_add (POLL, on_poll, self);
  show_state (self);
}

static void
on_cancel (GtkButton *button, TwTuningPage *self)
{
  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  gtk_widget_set_sensitive (self->cancel, FALSE); /* heard; the trials of this moment come to their next step first */
  gtk_label_set_text (self->message, "Cancelling\342\200\246");
}

gboolean
tw_tuning_page_is_busy (TwTuningPage *self)
{
  return self->cancellable != NULL;
}

static void
on_session_changed (TwSession *session, guint changes, TwTuningPage *self)
{
  const TwExperiment *now = tw_session_get_experiment (session);

  if (!(changes & TW_SESSION_EXPERIMENT) || self->tuning == NULL)
    return;
  if (g_strcmp0 (now->problem, self->tuned->problem) != 0 || g_strcmp0 (now->formula, self->tuned->formula) != 0)
    tw_panel_set_subtitle (self->panel, "of the landscape before; tune again for this one");
}

/* Parts */

static GtkWidget *
add_button (TwTuningPage *self, GtkWidget *row, const char *label, const char *name, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_name (button, name);
  gtk_widget_set_tooltip_text (button, words);
  g_signal_connect (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (row), button);
  return button;
}

static GtkWidget *
make_controls (TwTuningPage *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->start = add_button (self, row, "Tune Fairly", "tune-start",
                            "Search the learning rate of every optimizer that is switched on, with the same effort",
                            G_CALLBACK (on_start));
  self->cancel = add_button (self, row, "Cancel", "tune-cancel", "Stop the search", G_CALLBACK (on_cancel));
  self->trials = gtk_spin_button_new_with_range (TW_TUNING_MIN_BUDGET, 200, 6);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->trials), USUAL_TRIALS);
  gtk_widget_set_name (self->trials, "tune-trials");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->trials), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Trials for each optimizer", -1);
  gtk_box_append (GTK_BOX (row), self->trials);
  self->each = gtk_label_new ("trials each");
  gtk_widget_add_css_class (self->each, "dim-label");
  gtk_box_append (GTK_BOX (row), self->each);
  self->bar = gtk_progress_bar_new ();
  gtk_widget_set_hexpand (self->bar, TRUE);
  gtk_widget_set_valign (self->bar, GTK_ALIGN_CENTER);
  gtk_widget_set_name (self->bar, "tune-progress");
  gtk_box_append (GTK_BOX (row), self->bar);
  self->apply = add_button (self, row, "Use Best", "tune-apply", "Give every optimizer its best learning rate",
                            G_CALLBACK (on_apply));
  gtk_widget_add_css_class (row, "controls");
  return row;
}

static void
tw_tuning_page_dispose (GObject *object)
{
  TwTuningPage *self = TW_TUNING_PAGE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->poll, g_source_remove);
  if (self->panel != NULL)
    tw_sensitivity_panel_set_tuning (TW_SENSITIVITY_PANEL (self->panel), NULL, NULL, NULL);
  self->panel = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->tuning, tw_tuning_free);
  g_clear_pointer (&self->tuned, tw_experiment_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_tuning_page_parent_class)->dispose (object);
}

/* Leaving the window ends the search, which would otherwise keep the page. */
static void
tw_tuning_page_unroot (GtkWidget *widget)
{
  TwTuningPage *self = TW_TUNING_PAGE (widget);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  GTK_WIDGET_CLASS (tw_tuning_page_parent_class)->unroot (widget);
}

static void
tw_tuning_page_class_init (TwTuningPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_tuning_page_dispose;
  GTK_WIDGET_CLASS (klass)->unroot = tw_tuning_page_unroot;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "tuning");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tw_tuning_page_init (TwTuningPage *self)
{
  tw_set_name (GTK_WIDGET (self), "Tuning");
}

GtkWidget *
tw_tuning_page_new (TwSession *session)
{
  TwTuningPage *self = g_object_new (TW_TYPE_TUNING_PAGE, NULL);

  self->session = g_object_ref (session);
  self->panel = tw_sensitivity_panel_new (session, on_point, self);
  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->message, TRUE);
  gtk_label_set_xalign (self->message, 0);
  gtk_widget_set_name (GTK_WIDGET (self->message), "tune-message");
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "tune-message");
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_controls (self));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->message));
  gtk_box_append (GTK_BOX (self->box), tw_panel_wrap (self->panel));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  show_state (self);
  return GTK_WIDGET (self);
}
