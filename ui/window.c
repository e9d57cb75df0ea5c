#include "ui/window.h"

#include <gtk/gtk.h>

int
tw_ui_show (const TwExperiment *experiment, int *argc, char ***argv)
{
  if (!gtk_init_check ()) {
    g_printerr ("thalweg: there is no display to open a window on (thalweg run works without one)\n");
    return 2;
  }
  return 0;
}
