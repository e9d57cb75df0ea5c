/* help.h: what "thalweg COMMAND --help" prints. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Usage with `arguments` (NULL or "": none), the summary, the options, then `words` (or NULL), which end with a line end. */
void tw_print_help (const char *command, const char *arguments, const char *summary, const char *words,
                    const GOptionEntry *entries);

G_END_DECLS
