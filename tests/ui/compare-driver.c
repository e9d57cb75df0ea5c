#include "tests/ui/compare-driver.h"

GtkWidget *
compare_part (Driver *driver, GType type)
{
  return driver_find_type (GTK_WIDGET (driver->window), type, 0);
}

const char *
compare_spec_of (Driver *driver, guint i)
{
  const GPtrArray *specs = tw_session_get_experiment (driver->session)->optimizers;

  return i < specs->len ? specs->pdata[i] : "";
}

guint
compare_count (Driver *driver)
{
  return tw_session_get_experiment (driver->session)->optimizers->len;
}

void
compare_click_on (Driver *driver, GtkWidget *widget)
{
  driver_click (driver, widget, gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);
}

void
compare_press (Driver *driver, const char *name)
{
  g_signal_emit_by_name (driver_find (driver, name), "clicked");
  driver_live (driver, 0.1);
}

void
compare_retype (Driver *driver, const char *name, const char *text)
{
  gtk_widget_grab_focus (driver_find (driver, name));
  driver_key (driver, "ctrl+a");
  driver_type (driver, text);
  driver_live (driver, 0.1);
}

double
compare_final_loss (Driver *driver, guint optimizer)
{
  return tw_trace_get_final_loss (tw_session_get_trace (driver->session), optimizer, 0);
}
