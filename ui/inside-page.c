#include "ui/inside-page.h"

#include "ui/offset-panel.h"

GtkWidget *
tw_inside_page_new (TwSession *session)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scrolled = gtk_scrolled_window_new ();

  gtk_box_append (GTK_BOX (box), tw_panel_wrap (tw_offset_panel_new (session)));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  return scrolled;
}
