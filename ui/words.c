#include "ui/words.h"

#include <string.h>

void
tw_set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  /* The focus is on the button inside of these. */
  if (GTK_IS_DROP_DOWN (widget))
    tw_set_name (gtk_widget_get_first_child (widget), name);
}

void
tw_set_words (GtkWidget *widget, const char *words)
{
  const char *bracket = g_str_has_suffix (words, ")") ? strrchr (words, '(') : NULL;
  g_autofree char *name = bracket != NULL ? g_strndup (words, (gsize)(bracket - words)) : g_strdup (words);

  gtk_widget_set_tooltip_text (widget, words);
  tw_set_name (widget, g_strchomp (name));
}
