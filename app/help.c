/* help.c: the help of a command, in groups and within 80 columns. */
#include "app/help.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 80
#define COLUMN 29 /* where the words of an option begin */

/* What comes before the option of this name. */
static const struct {
  const char *option, *heading;
} groups[] = {
  { "problem", "What is run" },
  { "csv", "Files that are written, where asked for" },
  { "figure-view", "How figures look" },
  { "animate-fps", "How animations play, and what a report repeats" },
};

void
tw_help_append (GString *to, const char *left, gsize column, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gsize at = (gsize)g_utf8_strlen (left, -1);

  g_string_append (to, left);
  if (at + 2 > column)
    g_string_append_printf (to, "\n%*s", (int)column, "");
  else
    g_string_append_printf (to, "%*s", (int)(column - at), "");
  at = column;
  for (char **word = words; *word != NULL; word++) {
    gsize length = (gsize)g_utf8_strlen (*word, -1);
    if (at > column && at + 1 + length > WIDTH) {
      g_string_append_printf (to, "\n%*s", (int)column, "");
      at = column;
    } else if (word != words) {
      g_string_append_c (to, ' ');
      at++;
    }
    g_string_append (to, *word);
    at += length;
  }
  g_string_append_c (to, '\n');
}

/* Many choices are told in words: "--figure-view=VIEW  what it shows (comparison, landscape, ...)" */
static void
print_option (const GOptionEntry *entry)
{
  const char *form = entry->arg_description;
  g_autofree char *name = NULL, *words = g_strdup (entry->description);
  g_autoptr (GString) left = g_string_new (NULL), line = g_string_new (NULL);

  if (form != NULL && strchr (form, '|') != NULL && strlen (form) > 12) {
    g_auto (GStrv) choices = g_strsplit (form, "|", -1);
    g_autofree char *list = g_strjoinv (", ", choices);
    const char *dash = strrchr (entry->long_name, '-');
    name = g_ascii_strup (dash != NULL ? dash + 1 : entry->long_name, -1);
    g_free (words);
    words = g_strdup_printf ("%s (%s)", entry->description, list);
    form = name;
  }
  g_string_append (left, "  ");
  if (entry->short_name != 0)
    g_string_append_printf (left, "-%c, ", entry->short_name);
  g_string_append_printf (left, "--%s", entry->long_name);
  if (form != NULL)
    g_string_append_printf (left, "=%s", form);
  tw_help_append (line, left->str, COLUMN, words);
  fputs (line->str, stdout);
}

void
tw_print_help (const char *command, const char *arguments, const char *summary, const char *words,
               const GOptionEntry *entries)
{
  static const GOptionEntry help = { "help", 'h', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, "show this help", NULL };
  gboolean grouped = FALSE, any = arguments != NULL && *arguments != '\0';

  printf ("Usage:\n  thalweg %s [OPTION…]%s%s\n\n%s\n", command, any ? " " : "", any ? arguments : "",
          summary);
  for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
    const char *heading = entry == entries ? "Options" : NULL;
    if (*entry->long_name == '\0') /* the arguments */
      continue;
    for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
      if (g_str_equal (groups[g].option, entry->long_name))
        heading = groups[g].heading;
    if (heading != NULL) {
      grouped = grouped || strcmp (heading, "Options") != 0;
      printf ("\n%s:\n", heading);
    }
    print_option (entry);
  }
  if (grouped)
    putchar ('\n');
  print_option (&help);
  if (words != NULL)
    printf ("\n%s", words);
}
