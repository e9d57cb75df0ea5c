/* input.h: files that come from outside. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All of a file, of at most `max_bytes`: a device that never ends must not fill the memory.  The text is followed by
 * a 0 byte.  Errors (TW_ERROR_INPUT) begin with the path. */
GString *tw_read_file (const char *path, gsize max_bytes, GError **error);

G_END_DECLS
