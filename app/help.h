/* help.h: what "thalweg COMMAND --help" prints. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Usage with `arguments` (NULL or "": none), the summary, the options, then `words` (or NULL), which end with a line end. */
void tw_print_help (const char *command, const char *arguments, const char *summary, const char *words,
                    const GOptionEntry *entries);

/* One line of it, `left` and from `column` on what that is, and as many more as 80 columns ask for; ends with a line
 * end. */
void tw_help_append (GString *to, const char *left, gsize column, const char *text);

G_END_DECLS
