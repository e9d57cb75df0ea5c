/* command.h: the commands of the program, and how they say that something went wrong. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit statuses. */
enum { TW_EXIT_OK = 0, TW_EXIT_OUTPUT = 1, TW_EXIT_INPUT = 2, TW_EXIT_INTERRUPTED = 130 };

typedef struct {
  const char *name;
  const char *arguments;
  const char *summary;
  /* argv[0] is the command's name; returns the exit status */
  int (*main) (int argc, char **argv);
} TwCommand;

int tw_command_run (int argc, char **argv);
int tw_command_show (int argc, char **argv);
int tw_command_export (int argc, char **argv);
int tw_command_train (int argc, char **argv);
int tw_command_eval (int argc, char **argv);
int tw_command_list (int argc, char **argv);

/* One line on standard error, "thalweg: ...", whatever is in the text; returns `status`. */
int tw_fail (int status, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The same for an error; the status says whether an input or an output was at fault. */
int tw_fail_error (const GError *error);
/* SIGINT and SIGTERM are noted from here on, and asked for with tw_interrupted(); or end the program again. */
void tw_interrupts_catch (gboolean yes);
gboolean tw_interrupted (void);
/* What was printed has reached its reader; else complains and returns the status of that. */
int tw_finish_stdout (void);

/* Parses the options of `command`; help is printed where it is asked for.  FALSE: return *status. */
gboolean tw_parse_options (const char *command, const char *arguments, const char *summary,
                           const char *examples, const GOptionEntry *entries, int *argc, char ***argv,
                           int *status);

/* The whole number of --option, from min to max.  text NULL: it was not given, and *number stays. */
gboolean tw_read_whole (const char *option, const char *text, guint64 min, guint64 max, guint64 *number,
                        GError **error);
/* Before anything is computed: n paths, NULL where not given, that can all be written, each another. */
gboolean tw_check_outputs (const char *const *paths, gsize n, GError **error);

G_END_DECLS
