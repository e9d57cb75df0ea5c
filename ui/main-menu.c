#include "ui/main-menu.h"

#include "ui/words.h"
static void
append_section (GMenu *menu, const char *title, const char *const items[][2], gsize n)
{
  g_autoptr (GMenu) section = g_menu_new ();

  for (gsize i = 0; i < n; i++)
    g_menu_append (section, items[i][0], items[i][1]);
  g_menu_append_section (menu, title, G_MENU_MODEL (section));
}

/* GTK 4.8 leaves the focus inside of a menu that was closed from a submenu, and no key reaches the window any more: it goes
 * back to where it was. */
typedef struct {
  GtkWidget *button; /* owns this */
  GtkWidget *before; /* weak */
  guint source;
} Focus;

static gboolean
on_restore (gpointer data)
{
  Focus *focus = data;
  GtkRoot *root = gtk_widget_get_root (focus->button);
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (focus->button));

  focus->source = 0;
  if (root == NULL)
    return G_SOURCE_REMOVE;
  GtkWidget *now = gtk_root_get_focus (root);
  if (now != NULL && gtk_widget_get_mapped (now) && !gtk_widget_is_ancestor (now, GTK_WIDGET (popover)))
    return G_SOURCE_REMOVE;
  gtk_root_set_focus (root, NULL);
  if (focus->before != NULL && gtk_widget_get_mapped (focus->before))
    gtk_widget_grab_focus (focus->before);
  else
    gtk_widget_child_focus (GTK_WIDGET (root), GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}

static void
on_closed (GtkPopover *popover, Focus *focus)
{
  if (focus->source == 0)
    focus->source = g_idle_add (on_restore, focus);
}

static void
on_show (GtkWidget *popover, Focus *focus)
{
  GtkRoot *root = gtk_widget_get_root (focus->button);
  GtkWidget *now = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (now != NULL && !gtk_widget_is_ancestor (now, popover))
    g_set_weak_pointer (&focus->before, now);
}

static void
focus_free (gpointer data)
{
  Focus *focus = data;

  g_clear_handle_id (&focus->source, g_source_remove);
  g_clear_weak_pointer (&focus->before);
  g_free (focus);
}

static void
keep_focus (GtkWidget *button)
{
  Focus *focus = g_new0 (Focus, 1);

  focus->button = button;
  g_object_set_data_full (G_OBJECT (button), "tw-focus", focus, focus_free);
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (button));
  g_signal_connect (popover, "show", G_CALLBACK (on_show), focus);
  g_signal_connect (popover, "closed", G_CALLBACK (on_closed), focus);
}

GtkWidget *
tw_main_menu_button_new (GMenuModel *recent)
{
  static const char *const files[][2] = {
    { "Save", "win.save" },
    { "Save As\342\200\246", "win.save-as" },
    { "Export\342\200\246", "win.export" },
    { "Copy as Command Line", "win.copy-command-line" },
    { "The Runs in Words", "win.summary" },
  };
  static const char *const views[][2] = {
    { "Lesson", "win.show-lessons" },
    { "Steps in Words", "win.narration" },
    { "Lecture Mode", "win.lecture" },
  };
  static const char *const styles[][2] = {
    { "Follow System", "app.color-scheme::system" },
    { "Light", "app.color-scheme::light" },
    { "Dark", "app.color-scheme::dark" },
  };
  static const char *const program[][2] = {
    { "Meta-Training", "app.train" },
    { "Preferences", "app.preferences" },
    { "Keyboard Shortcuts", "app.shortcuts" },
    { "About Thalweg", "app.about" },
  };
  g_autoptr (GMenu) menu = g_menu_new (), opening = g_menu_new (), style = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();

  g_menu_append (opening, "Open\342\200\246", "win.open");
  g_menu_append_submenu (opening, "Open Recent", recent);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (opening));
  append_section (menu, NULL, files, G_N_ELEMENTS (files));
  append_section (menu, NULL, views, G_N_ELEMENTS (views));
  append_section (style, NULL, styles, G_N_ELEMENTS (styles));
  g_menu_append_submenu (menu, "Style", G_MENU_MODEL (style));
  append_section (menu, NULL, program, G_N_ELEMENTS (program));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "open-menu-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  keep_focus (button);
  gtk_menu_button_set_primary (GTK_MENU_BUTTON (button), TRUE);
  tw_set_words (button, "Menu (F10)");
  return button;
}
