/* Any bytes as a file on disk: packed or not, read as data. */
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/data/data-private.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static char *path;
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    path = g_strdup_printf ("%s/thalweg-fuzz-%d",
                            g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : "/tmp", getpid ());
  FILE *file = g_fopen (path, "wb");
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  fclose (file);
  g_autoptr (TwDataSet) data = tw_data_set_load (path, &options, &error);
  if (data == NULL)
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  else
    g_assert_no_error (error);
  g_remove (path);
  return 0;
}
