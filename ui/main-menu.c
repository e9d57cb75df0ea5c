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
  gtk_menu_button_set_primary (GTK_MENU_BUTTON (button), TRUE);
  tw_set_words (button, "Menu (F10)");
  return button;
}
