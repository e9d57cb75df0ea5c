#include "ui/inside-focus.h"

#include <string.h>

struct _TwInsideFocus {
  GObject parent_instance;

  TwSession *session;
  char *spec; /* of the chosen optimizer; NULL: the first */
  gsize coordinate;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TwInsideFocus, tw_inside_focus, G_TYPE_OBJECT)

TwSession *
tw_inside_focus_get_session (TwInsideFocus *focus)
{
  return focus->session;
}

gboolean
tw_inside_focus_can_show (TwInsideFocus *focus, gsize o)
{
  TwTrace *trace = tw_session_get_trace (focus->session);

  return trace != NULL && tw_inside_can_show (trace, o) && tw_session_get_enabled (focus->session, o);
}

gssize
tw_inside_focus_get_optimizer (TwInsideFocus *focus)
{
  TwTrace *trace = tw_session_get_trace (focus->session);
  gsize n = trace != NULL ? tw_trace_get_n_optimizers (trace) : 0;

  for (gsize o = 0; focus->spec != NULL && o < n; o++)
    if (strcmp (tw_trace_get_optimizer_spec (trace, o), focus->spec) == 0 && tw_inside_focus_can_show (focus, o))
      return (gssize)o;
  for (gsize o = 0; o < n; o++)
    if (tw_inside_focus_can_show (focus, o))
      return (gssize)o;
  return -1;
}

void
tw_inside_focus_set_optimizer (TwInsideFocus *focus, gsize optimizer)
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

gsize
tw_inside_focus_get_coordinate (TwInsideFocus *focus)
{
  TwTrace *trace = tw_session_get_trace (focus->session);

  return trace != NULL ? MIN (focus->coordinate, tw_trace_get_n_coordinates (trace) - 1) : 0;
}

void
tw_inside_focus_set_coordinate (TwInsideFocus *focus, gsize coordinate)
{
  if (focus->coordinate == coordinate)
    return;
  focus->coordinate = coordinate;
  g_signal_emit (focus, signals[CHANGED], 0);
}

gsize
tw_inside_focus_get_tensor (TwInsideFocus *focus)
{
  TwTrace *trace = tw_session_get_trace (focus->session);

  return trace != NULL ? tw_trace_get_coordinate_tensor (trace, tw_inside_focus_get_coordinate (focus)) : 0;
}

gboolean
tw_inside_focus_get_row (TwInsideFocus *focus, gsize *row)
{
  gssize optimizer = tw_inside_focus_get_optimizer (focus);
  gsize count;

  if (optimizer < 0 || !tw_session_get_row (focus->session, (gsize)optimizer, 0, row))
    return FALSE;
  return tw_inside_focus_get_all (focus, "h0", *row, &count, NULL) != NULL;
}

TwInside
tw_inside_focus_get_inside (TwInsideFocus *focus)
{
  return (TwInside){ tw_session_get_trace (focus->session), (gsize)MAX (tw_inside_focus_get_optimizer (focus), 0),
                     tw_inside_focus_get_coordinate (focus) };
}

const float *
tw_inside_focus_get_all (TwInsideFocus *focus, const char *name, gsize k, gsize *count, guint *width)
{
  TwInside inside = tw_inside_focus_get_inside (focus);

  return tw_inside_focus_get_optimizer (focus) >= 0 ? tw_inside_get_all (&inside, name, k, count, width) : NULL;
}

static void
on_changed (TwInsideFocus *focus, TwPanel *panel)
{
  tw_panel_invalidate (panel, TW_SESSION_ENABLED);
}

void
tw_inside_focus_watch (TwInsideFocus *focus, TwPanel *panel)
{
  g_signal_connect_object (focus, "changed", G_CALLBACK (on_changed), panel, 0);
}

static void
tw_inside_focus_finalize (GObject *object)
{
  TwInsideFocus *focus = TW_INSIDE_FOCUS (object);

  g_clear_object (&focus->session);
  g_free (focus->spec);
  G_OBJECT_CLASS (tw_inside_focus_parent_class)->finalize (object);
}

static void
tw_inside_focus_class_init (TwInsideFocusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_inside_focus_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", TW_TYPE_INSIDE_FOCUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_inside_focus_init (TwInsideFocus *focus)
{
}

TwInsideFocus *
tw_inside_focus_new (TwSession *session)
{
  TwInsideFocus *focus = g_object_new (TW_TYPE_INSIDE_FOCUS, NULL);

  focus->session = g_object_ref (session);
  return focus;
}
