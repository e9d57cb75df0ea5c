#include "ui/network-focus.h"

#include <string.h>

#include "ui/optimizer-editor.h"
#include "ui/words.h"

struct _TwNetworkFocus {
  GObject parent_instance;

  TwSession *session;
  char *spec; /* of the chosen optimizer; NULL: the first */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TwNetworkFocus, tw_network_focus, G_TYPE_OBJECT)

TwSession *
tw_network_focus_get_session (TwNetworkFocus *focus)
{
  return focus->session;
}

static gboolean
can_show (TwNetworkFocus *focus, TwTrace *trace, gsize o)
{
  return tw_session_get_enabled (focus->session, o) && tw_trace_get_n_snapshots (trace, o, 0) > 0;
}

gssize
tw_network_focus_get_optimizer (TwNetworkFocus *focus)
{
  TwTrace *trace = tw_session_get_trace (focus->session);
  gsize n = trace != NULL ? tw_trace_get_n_optimizers (trace) : 0;

  for (gsize o = 0; focus->spec != NULL && o < n; o++)
    if (strcmp (tw_trace_get_optimizer_spec (trace, o), focus->spec) == 0 && can_show (focus, trace, o))
      return (gssize)o;
  for (gsize o = 0; o < n; o++)
    if (can_show (focus, trace, o))
      return (gssize)o;
  return -1;
}

void
tw_network_focus_set_optimizer (TwNetworkFocus *focus, gsize optimizer)
{
  TwTrace *trace = tw_session_get_trace (focus->session);

  if (trace == NULL || optimizer >= tw_trace_get_n_optimizers (trace))
    return;
  const char *spec = tw_trace_get_optimizer_spec (trace, optimizer);
  if (g_strcmp0 (spec, focus->spec) == 0)
    return;
  g_free (focus->spec);
  focus->spec = g_strdup (spec);
  g_signal_emit (focus, signals[CHANGED], 0);
}

gboolean
tw_network_focus_get_snapshot (TwNetworkFocus *focus, gsize *snapshot, guint64 *step)
{
  TwTrace *trace = tw_session_get_trace (focus->session);
  gssize optimizer = tw_network_focus_get_optimizer (focus);
  gsize all;

  if (optimizer < 0 ||
      !tw_trace_find_snapshot (trace, (gsize)optimizer, 0, tw_session_get_step (focus->session), snapshot))
    return FALSE;
  *step = tw_trace_get_snapshot_steps (trace, &all)[*snapshot];
  return TRUE;
}

/* The list */

typedef struct {
  TwNetworkFocus *focus;
  GtkDropDown *list;
  GArray *optimizer_of; /* of gsize: what the entries stand for */
  gboolean updating;
} Chooser;

static void
fill (Chooser *self)
{
  TwSession *session = self->focus->session;
  TwTrace *trace = tw_session_get_trace (session);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint selected = 0;

  g_array_set_size (self->optimizer_of, 0);
  for (gsize o = 0; trace != NULL && o < tw_trace_get_n_optimizers (trace); o++)
    if (can_show (self->focus, trace, o)) {
      if ((gssize)o == tw_network_focus_get_optimizer (self->focus))
        selected = self->optimizer_of->len;
      g_autofree char *words = tw_optimizer_words (tw_session_get_experiment (session), o);
      g_strv_builder_add (builder, words);
      g_array_append_val (self->optimizer_of, o);
    }
  g_auto (GStrv) names = g_strv_builder_end (builder);
  self->updating = TRUE;
  tw_drop_down_show_names (self->list, (const char *const *)names, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->list), self->optimizer_of->len > 1);
  self->updating = FALSE;
}

static void
on_session_changed (TwSession *session, guint changes, Chooser *self)
{
  if (changes & ~(guint)(TW_SESSION_STEP | TW_SESSION_PLAYBACK))
    fill (self);
}

static void
on_selected (GtkDropDown *list, GParamSpec *pspec, Chooser *self)
{
  guint i = gtk_drop_down_get_selected (list);

  if (!self->updating && i < self->optimizer_of->len)
    tw_network_focus_set_optimizer (self->focus, g_array_index (self->optimizer_of, gsize, i));
}

static void
chooser_free (gpointer data, GObject *list)
{
  Chooser *self = data;

  g_signal_handlers_disconnect_by_data (self->focus->session, self);
  g_signal_handlers_disconnect_by_data (self->focus, self);
  g_object_unref (self->focus);
  g_array_unref (self->optimizer_of);
  g_free (self);
}

GtkWidget *
tw_network_focus_chooser_new (TwNetworkFocus *focus)
{
  GtkWidget *list = tw_drop_down_new_narrow ();
  Chooser *self = g_new0 (Chooser, 1);

  self->focus = g_object_ref (focus);
  self->list = GTK_DROP_DOWN (list);
  self->optimizer_of = g_array_new (FALSE, FALSE, sizeof (gsize));
  tw_set_words (list, "Whose network is shown");
  g_object_weak_ref (G_OBJECT (list), chooser_free, self);
  g_signal_connect (list, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect (focus->session, "changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (focus, "changed", G_CALLBACK (fill), self);
  fill (self);
  return list;
}

static void
tw_network_focus_finalize (GObject *object)
{
  TwNetworkFocus *focus = TW_NETWORK_FOCUS (object);

  g_clear_object (&focus->session);
  g_free (focus->spec);
  G_OBJECT_CLASS (tw_network_focus_parent_class)->finalize (object);
}

static void
tw_network_focus_class_init (TwNetworkFocusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_network_focus_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", TW_TYPE_NETWORK_FOCUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_network_focus_init (TwNetworkFocus *focus)
{
}

TwNetworkFocus *
tw_network_focus_new (TwSession *session)
{
  TwNetworkFocus *focus = g_object_new (TW_TYPE_NETWORK_FOCUS, NULL);

  focus->session = g_object_ref (session);
  return focus;
}
