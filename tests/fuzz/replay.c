/* replay FOLDER: a fuzz target on every file of its corpus, and on every beginning of each. */
#include <stdio.h>

#include "tests/fuzz/fuzz.h"

int
main (int argc, char **argv)
{
  g_autoptr (GDir) dir = argc == 2 ? g_dir_open (argv[1], 0, NULL) : NULL;
  const char *name;
  guint n = 0;

  if (dir == NULL) {
    fprintf (stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (argv[1], name, NULL), *text = NULL;
    gsize length;
    if (!g_file_get_contents (path, &text, &length, NULL))
      return 1;
    for (gsize part = 0; part <= length; part++)
      LLVMFuzzerTestOneInput ((const guint8 *)text, part);
    n++;
  }
  printf ("1..1\n%s 1 %u files\n", n > 0 ? "ok" : "not ok", n);
  return n > 0 ? 0 : 1;
}
