#include "core/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"

#define BUFFER_SIZE (256 * 1024)

struct _TwOutput {
  char *path;      /* as it was given, for messages */
  char *target;    /* the file itself, behind symbolic links; NULL for pipes, devices and standard output */
  char *temporary; /* beside it; NULL once it has taken its place */
  FILE *file;      /* NULL once finished */
  int failure;     /* errno of the first error */
};

static gboolean
fail (GError **error, const char *path, int number)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "%s: can't be written: %s", *name != '\0' ? name : "a file without a name",
               g_strerror (number));
  return FALSE;
}

gboolean
tw_output_is_stdout (const char *path)
{
  return g_str_equal (path, "-") || g_str_equal (path, "/dev/stdout") || g_str_equal (path, "/dev/fd/1") ||
         g_str_equal (path, "/proc/self/fd/1");
}

/* The file that `path` leads to, which need not be there yet; NULL with *direct set where it is to be opened
 * as it is.  0 or errno. */
static int
find_target (const char *path, char **target, gboolean *direct)
{
  struct stat info;

  *target = NULL;
  *direct = tw_output_is_stdout (path);
  if (*direct)
    return 0;
  if (*path == '\0')
    return ENOENT;
  if (stat (path, &info) == 0) {
    if (S_ISDIR (info.st_mode))
      return EISDIR;
    if (access (path, W_OK) != 0)
      return errno;
    if (!S_ISREG (info.st_mode)) {
      *direct = TRUE;
      return 0;
    }
    char *real = realpath (path, NULL);
    if (real == NULL)
      return errno;
    *target = g_strdup (real);
    free (real);
    return 0;
  }
  if (errno != ENOENT)
    return errno;
  if (g_str_has_suffix (path, "/"))
    return EISDIR;
  if (lstat (path, &info) == 0) /* a link to nothing: its goal would be made elsewhere */
    return ENOENT;
  *target = g_strdup (path);
  return 0;
}

static int
open_beside (const char *target, char **temporary)
{
  g_autofree char *folder = g_path_get_dirname (target);
  char *name = g_strdup_printf ("%s/.thalweg-XXXXXX", folder);
  int fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0666);
  struct stat info;

  if (fd < 0) {
    g_free (name);
    return -1;
  }
  if (stat (target, &info) == 0 && fchmod (fd, info.st_mode & 0777) != 0)
    errno = 0; /* it keeps the mode of a new file */
  *temporary = name;
  return fd;
}

gboolean
tw_output_check (const char *path, GError **error)
{
  g_autofree char *target = NULL, *temporary = NULL;
  gboolean direct;
  int number = find_target (path, &target, &direct);

  if (number != 0)
    return fail (error, path, number);
  if (direct)
    return TRUE;
  int fd = open_beside (target, &temporary);
  if (fd < 0)
    return fail (error, path, errno);
  close (fd);
  g_unlink (temporary);
  return TRUE;
}

TwOutput *
tw_output_new (const char *path, GError **error)
{
  g_autoptr (TwOutput) output = g_new0 (TwOutput, 1);
  gboolean direct;
  int number = find_target (path, &output->target, &direct), fd = -1;

  output->path = g_strdup (path);
  if (number == 0) {
    if (tw_output_is_stdout (path))
      fd = dup (STDOUT_FILENO);
    else if (direct)
      fd = g_open (path, O_WRONLY | O_CLOEXEC, 0666);
    else
      fd = open_beside (output->target, &output->temporary);
    number = fd < 0 ? errno : 0;
  }
  if (number != 0) {
    fail (error, path, number);
    return NULL;
  }
  output->file = fdopen (fd, "w");
  setvbuf (output->file, NULL, _IOFBF, BUFFER_SIZE);
  return g_steal_pointer (&output);
}

TwOutput *
tw_output_new_memory (char *buffer, gsize size)
{
  TwOutput *output = g_new0 (TwOutput, 1);

  output->path = g_strdup ("");
  memset (buffer, 0, size);
  output->file = fmemopen (buffer, size - 1, "w");
  /* So that it is noticed soon that the rest is not wanted. */
  setvbuf (output->file, NULL, _IOFBF, 1024);
  return output;
}

static void
note_failure (TwOutput *output)
{
  if (output->failure == 0)
    output->failure = errno != 0 ? errno : EIO;
}

void
tw_output_write (TwOutput *output, const char *text)
{
  if (output->failure == 0 && fputs (text, output->file) < 0)
    note_failure (output);
}

void
tw_output_write_bytes (TwOutput *output, gconstpointer data, gsize size)
{
  if (output->failure == 0 && fwrite (data, 1, size, output->file) != size)
    note_failure (output);
}

void
tw_output_printf (TwOutput *output, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (output->failure == 0 && vfprintf (output->file, format, arguments) < 0)
    note_failure (output);
  va_end (arguments);
}

void
tw_output_write_number (TwOutput *output, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (output->failure == 0)
    tw_output_write (output, g_ascii_formatd (text, sizeof text, "%.17g", value));
}

void
tw_output_write_json_string (TwOutput *output, const char *text)
{
  g_autofree char *json = text != NULL ? tw_format_json_string (text) : NULL;

  tw_output_write (output, json != NULL ? json : "null");
}

void
tw_output_write_json_number (TwOutput *output, double value)
{
  if (isfinite (value))
    tw_output_write_number (output, value);
  else
    tw_output_write (output, "null");
}

gboolean
tw_output_finish (TwOutput *output, GError **error)
{
  if (output->file != NULL) {
    errno = 0;
    if (fflush (output->file) != 0)
      note_failure (output);
    /* Without this a crash of the machine soon after could leave an empty file under the name. */
    if (output->temporary != NULL && output->failure == 0 && fsync (fileno (output->file)) != 0)
      note_failure (output);
    if (fclose (output->file) != 0)
      note_failure (output);
    output->file = NULL;
  }
  return output->failure == 0 ? TRUE : fail (error, output->path, output->failure);
}

gboolean
tw_output_commit (TwOutput *output, GError **error)
{
  if (!tw_output_finish (output, error))
    return FALSE;
  if (output->temporary == NULL)
    return TRUE;
  if (g_rename (output->temporary, output->target) != 0)
    return fail (error, output->path, errno);
  g_clear_pointer (&output->temporary, g_free);
  return TRUE;
}

void
tw_output_free (TwOutput *output)
{
  if (output == NULL)
    return;
  if (output->file != NULL)
    fclose (output->file);
  if (output->temporary != NULL)
    g_unlink (output->temporary);
  g_free (output->temporary);
  g_free (output->target);
  g_free (output->path);
  g_free (output);
}

char *
tw_format_number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits <= 17; digits++) {
    char format[8];
    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, value);
    if (g_ascii_strtod (text, NULL) == value)
      break;
  }
  return g_strdup (text);
}

char *
tw_format_json_string (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), valid);

  return json_to_string (node, FALSE);
}
