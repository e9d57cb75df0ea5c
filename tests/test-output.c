/* Files that appear whole or not at all, and numbers and text that read back as they were. */
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/output.h"

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "file.csv", NULL);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0); /* nothing was left beside it */
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
assert_content (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutput) output = tw_output_new (fixture->path, &error);

  g_assert_no_error (error);
  tw_output_write (output, "a,");
  tw_output_printf (output, "%d,", 5);
  tw_output_write_number (output, 0.1);
  tw_output_write_bytes (output, "\n\0", 1);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS)); /* not yet */
  g_assert_true (tw_output_finish (output, &error));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (tw_output_commit (output, &error));
  assert_content (fixture->path, "a,5,0.10000000000000001\n");
}

static void
test_abandoned (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  TwOutput *output = tw_output_new (fixture->path, &error);
  tw_output_write (output, "new");
  tw_output_free (output);
  assert_content (fixture->path, "old");
  output = tw_output_new (fixture->path, &error);
  tw_output_write (output, "new");
  g_assert_true (tw_output_finish (output, &error));
  tw_output_free (output);
  assert_content (fixture->path, "old");
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
}

/* What is replaced keeps its mode, and a link keeps being one. */
static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link_path = g_build_filename (fixture->folder, "link", NULL);
  struct stat info;

  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  g_assert_cmpint (chmod (fixture->path, 0640), ==, 0);
  g_assert_cmpint (symlink (fixture->path, link_path), ==, 0);
  g_autoptr (TwOutput) output = tw_output_new (link_path, &error);
  tw_output_write (output, "new");
  g_assert_true (tw_output_commit (output, &error));
  assert_content (fixture->path, "new");
  g_assert_cmpint (lstat (link_path, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  g_unlink (link_path);
}

static void
assert_output_error (const char *path, const char *names)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_output_check (path, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_OUTPUT);
  g_assert_true (g_str_has_prefix (error->message, path));
  if (strstr (error->message, names) == NULL)
    g_error ("“%s” does not say “%s”", error->message, names);
  g_clear_error (&error);
  g_assert_null (tw_output_new (path, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_OUTPUT);
}

static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder_path = g_strconcat (fixture->folder, "/", NULL);
  g_autofree char *missing_folder = g_strconcat (fixture->folder, "/new/", NULL);
  g_autofree char *below = g_strconcat (fixture->path, "/x.csv", NULL);
  g_autofree char *dangling = g_build_filename (fixture->folder, "dangling", NULL);
  g_autofree char *loop = g_build_filename (fixture->folder, "loop", NULL);
  g_autofree char *long_name = g_strdup_printf ("%s/%0300d", fixture->folder, 1);

  assert_output_error ("", g_strerror (ENOENT));
  assert_output_error ("/nowhere/at/all.csv", g_strerror (ENOENT));
  assert_output_error (fixture->folder, g_strerror (EISDIR));
  assert_output_error (folder_path, g_strerror (EISDIR));
  assert_output_error (missing_folder, g_strerror (EISDIR));
  assert_output_error (long_name, g_strerror (ENAMETOOLONG));
  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  assert_output_error (below, g_strerror (ENOTDIR));
  g_assert_cmpint (symlink ("/nowhere/at/all", dangling), ==, 0);
  assert_output_error (dangling, g_strerror (ENOENT));
  g_assert_cmpint (symlink (loop, loop), ==, 0);
  assert_output_error (loop, g_strerror (ELOOP));
  g_unlink (dangling);
  g_unlink (loop);
  assert_content (fixture->path, "old");
  if (geteuid () != 0) { /* root may write anywhere */
    g_assert_cmpint (chmod (fixture->path, 0400), ==, 0);
    assert_output_error (fixture->path, g_strerror (EACCES));
  }
}

/* A device is written as it is; that it is full is told in the end, also when much was written. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  for (int much = 0; much < 2; much++) {
    g_autoptr (GError) error = NULL;
    g_assert_true (tw_output_check ("/dev/full", &error));
    g_autoptr (TwOutput) output = tw_output_new ("/dev/full", &error);
    g_assert_no_error (error);
    for (int i = 0; i < (much ? 100000 : 1); i++) {
      tw_output_write (output, "some text");
      tw_output_printf (output, "%s", "more");
      tw_output_write_bytes (output, "bytes", 5);
    }
    g_assert_false (tw_output_finish (output, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_OUTPUT);
    g_assert_nonnull (strstr (error->message, g_strerror (ENOSPC)));
    g_clear_error (&error);
    g_assert_false (tw_output_commit (output, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_OUTPUT);
  }
  g_autoptr (TwOutput) nothing = tw_output_new ("/dev/null", NULL);
  tw_output_write (nothing, "text");
  g_assert_true (tw_output_commit (nothing, NULL));
}

static void
test_stdout_names (void)
{
  g_assert_true (tw_output_is_stdout ("-") && tw_output_is_stdout ("/dev/stdout"));
  g_assert_false (tw_output_is_stdout ("./-") || tw_output_is_stdout ("stdout"));
}

/* All bits come back, in a locale with a decimal comma too (where there is one). */
static void
test_numbers (void)
{
  static const double special[] = { 0, -0.0, 0.1, 1.0 / 3, 1e-320, 5e-324, 1.7976931348623157e308, -2, 1e22,
                                    123456789012345678.0 };
  const char *comma = setlocale (LC_NUMERIC, "de_DE.UTF-8");

  for (guint i = 0; i < 20000; i++) {
    union {
      guint64 bits;
      double value;
    } number = { .bits = (guint64)g_test_rand_int () << 32 | (guint32)g_test_rand_int () };
    if (i < G_N_ELEMENTS (special))
      number.value = special[i];
    if (!isfinite (number.value))
      continue;
    g_autofree char *text = tw_format_number (number.value);
    double back = g_ascii_strtod (text, NULL);
    g_assert_cmpmem (&back, sizeof back, &number.value, sizeof number.value);
    g_assert_null (strchr (text, ','));
  }
  g_autofree char *tenth = tw_format_number (0.1), *whole = tw_format_number (200);
  g_assert_cmpstr (tenth, ==, "0.1");
  g_assert_cmpstr (whole, ==, "200");
  if (comma != NULL)
    setlocale (LC_NUMERIC, "C");
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "", "plain", "a \"quote\" and \\ and / ", "line\nend\ttab", "\342\202\254 \302\205",
                                       "\001\037" };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *json = tw_format_json_string (texts[i]);
    g_autoptr (JsonNode) node = json_from_string (json, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (json_node_get_string (node), ==, texts[i]);
    g_assert_null (strchr (json, '\n'));
  }
  g_autofree char *broken = tw_format_json_string ("a\xff z");
  g_assert_true (g_utf8_validate (broken, -1, NULL));

  g_autoptr (TwOutput) output = tw_output_new (fixture->path, &error);
  tw_output_write_json_number (output, NAN);
  tw_output_write (output, " ");
  tw_output_write_json_number (output, -INFINITY);
  tw_output_write (output, " ");
  tw_output_write_json_number (output, 0.5);
  tw_output_write_json_string (output, NULL);
  tw_output_write_json_string (output, "x");
  g_assert_true (tw_output_commit (output, &error));
  assert_content (fixture->path, "null null 0.5null\"x\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/output/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("whole", test_whole);
  ADD ("abandoned", test_abandoned);
  ADD ("replaced", test_replaced);
  ADD ("unwritable", test_unwritable);
  ADD ("full", test_full);
  ADD ("json", test_json);
#undef ADD
  g_test_add_func ("/output/stdout-names", test_stdout_names);
  g_test_add_func ("/output/numbers", test_numbers);
  return g_test_run ();
}
