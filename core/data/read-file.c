/* read-file.c: a file as bytes, unpacked where it is gzip. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/data/data-private.h"
#include "core/error.h"

#define BLOCK ((gsize)1 << 20)

static void
set_error (GError **error, const char *path, const char *what)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: %s", path, what);
}

/* A pipe or a device could wait or go on for ever. */
static gboolean
check_kind (const char *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0) {
    set_error (error, path, g_strerror (errno));
    return FALSE;
  }
  if (S_ISREG (info.st_mode))
    return TRUE;
  set_error (error, path, S_ISDIR (info.st_mode) ? "is a folder, not a file" : "is not a regular file");
  return FALSE;
}

/* GLib's words for damaged gzip data are about its own buffers. */
static void
set_read_error (GError **error, const char *path, const GError *why)
{
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    set_error (error, path, "the gzip data ends too early: the file is not whole");
  else if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    set_error (error, path, "the gzip data is damaged");
  else
    set_error (error, path, why->message);
}

static GBytes *
read_all (const char *path, GInputStream *stream, GError **error)
{
  g_autoptr (GError) why = NULL;
  guint8 *data = NULL;
  gsize length = 0, room = 0, got = 0;

  do {
    if (room - length < BLOCK) {
      gsize larger = MAX (length + BLOCK, room + room / 2);
      guint8 *grown = g_try_realloc (data, larger);
      if (grown == NULL) {
        g_free (data);
        set_error (error, path, "there is not enough memory to read it");
        return NULL;
      }
      data = grown;
      room = larger;
    }
    if (!g_input_stream_read_all (stream, data + length, BLOCK, &got, NULL, &why)) {
      g_free (data);
      set_read_error (error, path, why);
      return NULL;
    }
    length += got;
    if (length > TW_DATA_MAX_FILE) {
      g_free (data);
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: has more than %u GiB of data", path,
                   (guint)(TW_DATA_MAX_FILE >> 30));
      return NULL;
    }
  } while (got == BLOCK);
  return g_bytes_new_take (g_realloc (data, MAX (length, 1)), length);
}

GBytes *
tw_data_read_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) why = NULL;
  guint8 start[2] = { 0 };
  gsize got = 0;

  if (!check_kind (path, error))
    return NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &why);
  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), start, 2, &got, NULL, &why) ||
      !g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_SET, NULL, &why)) {
    set_error (error, path, why->message);
    return NULL;
  }
  if (got < 2 || start[0] != 0x1f || start[1] != 0x8b)
    return read_all (path, G_INPUT_STREAM (stream), error);
  g_autoptr (GZlibDecompressor) gzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) unpacked =
    g_converter_input_stream_new (G_INPUT_STREAM (stream), G_CONVERTER (gzip));
  return read_all (path, unpacked, error);
}
