#include "app/command.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/help.h"
#include "core/error.h"
#include "core/output.h"
#include "core/spec.h"

/* Names of files and formulas end up in messages: line ends and other control characters in them are shown as
 * escapes, so that one error stays one line. */
static char *
one_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar u = g_utf8_get_char (c);
    if (u == '\n')
      g_string_append (line, "\\n");
    else if (g_unichar_iscntrl (u) || u == 0x2028 || u == 0x2029)
      g_string_append_printf (line, "\\x%02x", u);
    else
      g_string_append_unichar (line, u);
  }
  return g_string_free (line, FALSE);
}

int
tw_fail (int status, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *line = one_line (message);
  fflush (stdout);
  fprintf (stderr, "thalweg: %s\n", line);
  return status;
}

int
tw_fail_error (const GError *error)
{
  int status = g_error_matches (error, TW_ERROR, TW_ERROR_OUTPUT) ? TW_EXIT_OUTPUT : TW_EXIT_INPUT;

  return tw_fail (status, "%s", error->message);
}

static volatile sig_atomic_t interrupted;

static void
note_interrupt (int number)
{
  interrupted = number;
}

void
tw_interrupts_catch (gboolean yes)
{
  struct sigaction action = { .sa_handler = yes ? note_interrupt : SIG_DFL };

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

gboolean
tw_interrupted (void)
{
  return interrupted != 0;
}

int
tw_finish_stdout (void)
{
  errno = 0;
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TW_EXIT_OK;
  return tw_fail (TW_EXIT_OUTPUT, "standard output: can't be written: %s",
                  g_strerror (errno != 0 ? errno : EIO));
}

/* "Unknown option --fomula" and what was probably meant. */
static int
fail_option (const char *command, const GError *error, const GOptionEntry *entries)
{
  const char *unknown = "Unknown option --";
  const char *near = NULL;

  if (g_str_has_prefix (error->message, unknown)) {
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    for (; entries->long_name != NULL; entries++)
      if (*entries->long_name != '\0')
        g_ptr_array_add (names, (char *)entries->long_name);
    g_ptr_array_add (names, (char *)"help");
    g_ptr_array_add (names, NULL);
    g_auto (GStrv) typed = g_strsplit (error->message + strlen (unknown), "=", 2);
    near = tw_closest_name (typed[0] != NULL ? typed[0] : "", (const char *const *)names->pdata);
  }
  if (near != NULL)
    return tw_fail (TW_EXIT_INPUT, "%s; did you mean --%s?", error->message, near);
  return tw_fail (TW_EXIT_INPUT, "%s (see thalweg %s --help)", error->message, command);
}

gboolean
tw_parse_options (const char *command, const char *arguments, const char *summary, const char *examples,
                  const GOptionEntry *entries, int *argc, char ***argv, int *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  const GOptionEntry own[] = {
    { "help", 'h', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &help, "show this help", NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, own, NULL);
  gboolean parsed = g_option_context_parse (context, argc, argv, &error);
  /* Who asks for help gets it, whatever else is on the line. */
  if (help) {
    tw_print_help (command, arguments, summary, examples, entries);
    *status = tw_finish_stdout ();
    return FALSE;
  }
  if (!parsed)
    *status = fail_option (command, error, entries);
  return parsed;
}

gboolean
tw_read_whole (const char *option, const char *text, guint64 min, guint64 max, guint64 *number, GError **error)
{
  return text == NULL || g_ascii_string_to_unsigned (text, 10, min, max, number, NULL) ||
         tw_refuse (error, "--%s: \"%s\" is not a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                    option, text, min, max);
}

gboolean
tw_check_outputs (const char *const *paths, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; paths[i] != NULL && j < i; j++)
      if (paths[j] != NULL && (g_str_equal (paths[i], paths[j]) ||
                               (tw_output_is_stdout (paths[i]) && tw_output_is_stdout (paths[j]))))
        return tw_refuse (error, "\"%s\" is given for two outputs", paths[i]);
  for (gsize i = 0; i < n; i++)
    if (paths[i] != NULL && !tw_output_check (paths[i], error))
      return FALSE;
  return TRUE;
}
