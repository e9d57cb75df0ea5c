#include "ui/watch-stage.h"

#include "ui/network-panel.h"
#include "ui/plane-panel.h"
#include "ui/words.h"

#define N_VIEWS 3

typedef struct {
  GtkStack *stack;
  TwNetworkFocus *focus;
  GtkWidget *network;        /* the views in a row, under the plane */
  GtkWidget *views[N_VIEWS]; /* TwNetworkView, under their headings */
} Stage;

static void
show (Stage *stage, const TwProblem *problem)
{
  double domain[4];
  gboolean any = FALSE;

  for (int v = 0; v < N_VIEWS; v++) {
    gboolean applies = tw_network_view_applies ((TwNetworkView)v, problem);
    gtk_widget_set_visible (stage->views[v], applies);
    any = any || applies;
  }
  gtk_widget_set_visible (stage->network, any);
  gtk_stack_set_visible_child_name (
    stage->stack, tw_problem_get_dim (problem) == 2 && tw_problem_get_domain (problem, domain) ? "landscape" : "watch");
}

static void
on_session_changed (TwSession *session, guint changes, Stage *stage)
{
  if ((changes & (TW_SESSION_TRACE | TW_SESSION_PROBLEM)) && tw_session_get_trace (session) != NULL)
    show (stage, tw_trace_get_problem (tw_session_get_trace (session)));
}

static void
stage_free (gpointer data, GObject *stack)
{
  Stage *stage = data;

  g_signal_handlers_disconnect_by_data (tw_network_focus_get_session (stage->focus), stage);
  g_object_unref (stage->focus);
  g_free (stage);
}

GtkWidget *
tw_watch_stage_new (TwSession *session, GtkWidget *landscape)
{
  GtkWidget *stack = gtk_stack_new (), *panes = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
  Stage *stage = g_new0 (Stage, 1);

  stage->stack = GTK_STACK (stack);
  stage->focus = tw_network_focus_new (session);
  stage->network = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  for (int v = 0; v < N_VIEWS; v++) {
    stage->views[v] = tw_panel_wrap (tw_network_panel_new (stage->focus, (TwNetworkView)v));
    gtk_widget_set_visible (stage->views[v], FALSE); /* until a problem has it: all at once would be wide */
    gtk_box_append (GTK_BOX (stage->network), stage->views[v]);
  }
  gtk_widget_set_visible (stage->network, FALSE);
  tw_set_name (panes, "Height of the plane");
  TwPanel *plane = tw_plane_panel_new (stage->focus);
  gtk_paned_set_start_child (GTK_PANED (panes), tw_panel_wrap (plane));
  gtk_paned_set_end_child (GTK_PANED (panes), stage->network);
  gtk_paned_set_shrink_start_child (GTK_PANED (panes), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (panes), FALSE);
  gtk_stack_add_named (GTK_STACK (stack), landscape, "landscape");
  gtk_stack_add_named (GTK_STACK (stack), panes, "watch");
  gtk_stack_set_hhomogeneous (GTK_STACK (stack), TRUE);
  g_object_weak_ref (G_OBJECT (stack), stage_free, stage);
  g_object_set_data (G_OBJECT (stack), "tw-plane", plane);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), stage);
  on_session_changed (session, TW_SESSION_TRACE, stage);
  return stack;
}

TwPlanePanel *
tw_watch_stage_get_plane (GtkWidget *stage)
{
  return g_object_get_data (G_OBJECT (stage), "tw-plane");
}
