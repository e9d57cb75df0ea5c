/* cli-helpers.h: runs the program (its path is in the environment as THALWEG) and looks at what it says. */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <sys/wait.h>

typedef struct {
  int status; /* of the exit; 128 + signal where one ended it */
  char *out, *err;
  gsize n_lines; /* of err */
} CliResult;

/* argv without the program itself; in `folder`, with no display. */
G_GNUC_UNUSED static CliResult
cli_run_argv (const char *folder, char **argv)
{
  const char *program = g_getenv ("THALWEG");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  CliResult result = { 0 };
  int wait_status = 0;

  g_assert_nonnull (program);
  g_strv_builder_add (builder, program);
  for (; *argv != NULL; argv++)
    g_strv_builder_add (builder, *argv);
  g_auto (GStrv) all = g_strv_builder_end (builder);
  g_auto (GStrv) environment = g_get_environ ();
  environment = g_environ_unsetenv (environment, "DISPLAY");
  environment = g_environ_unsetenv (environment, "WAYLAND_DISPLAY");
  g_spawn_sync (folder, all, environment, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err, &wait_status,
                &error);
  g_assert_no_error (error);
  result.status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 128 + WTERMSIG (wait_status);
  for (const char *c = result.err; *c != '\0'; c++)
    result.n_lines += *c == '\n';
  return result;
}

/* `line` as in a shell, without its expansions. */
G_GNUC_UNUSED static CliResult
cli_run (const char *folder, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;

  if (*line == '\0')
    argv = g_new0 (char *, 1);
  else
    g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  return cli_run_argv (folder, argv);
}

G_GNUC_UNUSED static void
cli_result_clear (CliResult *result)
{
  g_clear_pointer (&result->out, g_free);
  g_clear_pointer (&result->err, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliResult, cli_result_clear)

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b);
}

/* What is in a folder, sorted, one name a line. */
G_GNUC_UNUSED static char *
list_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv ("\n", (char **)names->pdata);
}

/* A new folder's files go with it. */
G_GNUC_UNUSED static void
remove_folder (const char *folder)
{
  g_autofree char *list = list_folder (folder);
  g_auto (GStrv) names = g_strsplit (list, "\n", -1);

  for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    remove (path);
  }
  remove (folder);
}
