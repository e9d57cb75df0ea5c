/* json-input.c: what stands between a file of the user's and the JSON parser. */
#include "core/json-input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core-resources.h"
#include "core/error.h"

/* Far beyond any real one; what is larger or deeper was not meant for us. */
#define MAX_FILE_BYTES (16 << 20)
#define MAX_DEPTH 16

/* A whole number beyond 64 bits would wrap around in the parser.  Returns the end of the number. */
static const char *
skip_number (const char *at, const char *end, gboolean *too_large)
{
  const char *start = at;
  gboolean whole = TRUE;

  for (; at < end && (g_ascii_isdigit (*at) || strchr (".eE+-", *at) != NULL); at++)
    whole = whole && g_ascii_isdigit (*at);
  gsize digits = (gsize)(at - start);
  *too_large = whole && (digits > 19 || (digits == 19 && strncmp (start, "9223372036854775807", 19) > 0));
  return at;
}

static const char *
skip_string (const char *at, const char *end)
{
  for (at++; at < end && *at != '"'; at++)
    if (*at == '\\')
      at++;
  return MIN (at + 1, end);
}

gboolean
tw_json_check_text_to_depth (const char *json, gsize length, gsize max_depth, GError **error)
{
  const char *end = json + length;
  gsize depth = 0, line = 1;

  if (!g_utf8_validate (json, (gssize)length, NULL)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "not a text file (it is not valid UTF-8)");
    return FALSE;
  }
  for (const char *at = json; at < end;) {
    gboolean too_large = FALSE;
    if (*at == '"')
      at = skip_string (at, end);
    else if (g_ascii_isdigit (*at))
      at = skip_number (at, end, &too_large);
    else {
      line += *at == '\n';
      depth += *at == '[' || *at == '{';
      depth -= depth > 0 && (*at == ']' || *at == '}');
      at++;
    }
    if (too_large || depth > max_depth) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "line %" G_GSIZE_FORMAT ": %s", line,
                   too_large ? "a number is too large" : "too many brackets in brackets");
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
tw_json_check_text (const char *json, gsize length, GError **error)
{
  return tw_json_check_text_to_depth (json, length, MAX_DEPTH, error);
}

char *
tw_json_describe_error (const GError *error)
{
  unsigned line, column;

  if (sscanf (error->message, "<data>:%u:%u:", &line, &column) != 2)
    return g_strdup ("not valid JSON");
  return g_strdup_printf ("not valid JSON, line %u, column %u: it is cut off there, or a comma, colon, quote or bracket is "
                          "missing or too many",
                          line, column);
}

JsonParser *
tw_json_parse (const char *label, const char *json, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) inner = NULL;

  if (length < 0)
    length = (gssize)strlen (json);
  if (!tw_json_check_text (json, (gsize)length, error)) {
    g_prefix_error (error, "%s: ", label);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, json, length, &inner)) {
    g_autofree char *words = tw_json_describe_error (inner);
    tw_refuse (error, "%s: %s", label, words);
    return NULL;
  }
  return g_steal_pointer (&parser);
}

/* Of at most MAX_FILE_BYTES: a device that never ends must not fill the memory. */
GString *
tw_json_read_file (const char *path, const char *what, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0), number = fd < 0 ? errno : 0;
  char block[4096];
  gssize n = 0;

  while (fd >= 0 && text->len <= MAX_FILE_BYTES && (n = read (fd, block, sizeof block)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      number = errno;
      break;
    }
    g_string_append_len (text, block, n);
  }
  if (fd >= 0)
    close (fd);
  if (number != 0) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: can't be read: %s", name, g_strerror (number));
    return NULL;
  }
  if (text->len > MAX_FILE_BYTES) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: larger than %d MiB, so no %s", name,
                 MAX_FILE_BYTES >> 20, what);
    return NULL;
  }
  return g_steal_pointer (&text);
}

gboolean
tw_check_path (const char *what, const char *const *names, const char *path, GError **error)
{
  if (strchr (path, G_DIR_SEPARATOR) != NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autofree char *list = g_strjoinv (", ", (char **)names), *name = g_filename_display_name (path);
  return tw_refuse (error, "there is no %s \"%s\": name a file or one of %s", what, name, list);
}

GString *
tw_json_open (const char *what, const char *folder, const char *const *names, const char *name_or_path, GError **error)
{
  if (g_strv_contains (names, name_or_path)) {
    g_autofree char *path = g_strconcat (folder, name_or_path, ".json", NULL);
    g_autoptr (GError) inner = NULL;
    g_autoptr (GBytes) bytes =
      g_resource_lookup_data (tw_core_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, &inner);
    if (bytes == NULL)
      g_error ("%s: %s", path, inner->message);
    return g_string_new_len (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  }
  return tw_check_path (what, names, name_or_path, error) ? tw_json_read_file (name_or_path, what, error) : NULL;
}
