/* json-input.h: JSON from outside, looked at before the parser sees it. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A whole file (JSON, or with a JSON header) of at most 16 MiB, so that a device that never ends doesn't fill
 * the memory.  `what` it should have been is for the message; errors name the file.  g_string_free(). */
GString *tw_json_read_file (const char *path, const char *what, GError **error);
/* The same of `what` that ships, by one of its names (ends with NULL; NAME.json in this folder of the resources), or of
 * a file.  A name that is neither is told with those there are. */
GString *tw_json_open (const char *what, const char *folder, const char *const *names, const char *name_or_path,
                       GError **error);
/* FALSE: `path` is no file, and as it has no folder it was meant as a name: it is told with `names`, those there are. */
gboolean tw_check_path (const char *what, const char *const *names, const char *path, GError **error);
/* The parser recurses and is lenient: FALSE for what could hurt it: not UTF-8, brackets more than 16 deep,
 * whole numbers beyond 64 bits.  Errors say the line, not the file. */
gboolean tw_json_check_text (const char *json, gsize length, GError **error);
/* The same with another bound, for what nests by its nature. */
gboolean tw_json_check_text_to_depth (const char *json, gsize length, gsize max_depth, GError **error);
/* What a parser's error means, in place of its own words ("unexpected character `}', expected character `}'"): "not valid
 * JSON, line 1, column 8: ...".  g_free(). */
char *tw_json_describe_error (const GError *error);
/* Checks and parses `length` bytes (-1: to the end of the string).  Errors begin with `label`, the name of
 * the file as it is shown. */
JsonParser *tw_json_parse (const char *label, const char *json, gssize length, GError **error);

G_END_DECLS
