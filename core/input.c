#include "core/input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/error.h"

GString *
tw_read_file (const char *path, gsize max_bytes, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0), number = fd < 0 ? errno : 0;
  char block[16384];
  gssize n = 0;

  while (fd >= 0 && text->len <= max_bytes && (n = read (fd, block, sizeof block)) != 0) {
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
  if (text->len > max_bytes) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: larger than %" G_GSIZE_FORMAT " MiB, so not what it should be",
                 name, max_bytes >> 20);
    return NULL;
  }
  return g_steal_pointer (&text);
}
