/* The contract of the command line: run, list, show, their help, and what they write. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli-helpers.h"
#include "config.h"
#include "core/optimizers/optimizer.h"

static char *folder;

static char *
read_output (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static CliResult
succeed (const char *line)
{
  CliResult result = cli_run (folder, line);

  if (result.status != 0 || *result.err != '\0')
    g_error ("thalweg %s: status %d\n%s", line, result.status, result.err);
  return result;
}

static void
test_help (void)
{
  static const struct {
    const char *line, *says[6];
  } cases[] = {
    { "--help", { "thalweg run", "thalweg show", "thalweg list", "--version", "Examples" } },
    { "-h", { "thalweg run" } },
    { "help", { "thalweg run" } },
    { "run --help",
      { "--problem=SPEC", "--formula=EXPR", "--optimizer=SPEC", "--csv=FILE", "Examples", "--domain=X0,X1,Y0,Y1" } },
    { "run --help --steps 5", { "--minimum=F", "--start=X,Y", "--starts=N", "--noise=SIGMA", "--steps=N", "--seed=N" } },
    { "help run", { "--threads=N", "--json=FILE", "--plot=FILE", "--save=FILE" } },
    { "show --help", { "thalweg show", "--problem=SPEC", "Examples" } },
    { "list --help", { "problems|optimizers|datasets", "--json", "Examples" } },
    { "--version", { "thalweg " } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) result = succeed (cases[i].line);
    for (gsize s = 0; s < G_N_ELEMENTS (cases[i].says) && cases[i].says[s] != NULL; s++)
      if (strstr (result.out, cases[i].says[s]) == NULL)
        g_error ("thalweg %s does not say “%s”", cases[i].line, cases[i].says[s]);
  }
  g_auto (CliResult) version = succeed ("--version");
  g_assert_true (g_regex_match_simple ("^thalweg [0-9]+\\.[0-9]+\\.[0-9]+\n$", version.out, 0, 0));
}

/* Options and what they do fit into a terminal of 80 columns, under headings. */
static void
test_help_fits (void)
{
  static const char *const commands[] = { "run", "show", "export", "train", "eval", "list" };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *line = g_strdup_printf ("%s --help", commands[i]);
    g_auto (CliResult) result = succeed (line);
    g_auto (GStrv) lines = g_strsplit (result.out, "\n", -1);
    guint n = 0;
    for (char **l = lines; *l != NULL; l++) {
      gboolean option = g_str_has_prefix (*l, "  -");
      n += option;
      if ((option || g_str_has_prefix (*l, "          ")) && g_utf8_strlen (*l, -1) > 80)
        g_error ("thalweg %s: too wide: %s", line, *l);
      g_assert_false (g_str_has_suffix (*l, " "));
    }
    g_assert_cmpuint (n, >=, i == 5 ? 2 : 8);
#ifdef TW_HAVE_GUI
    gboolean draws = i < 3; /* run, show and export */
#else
    gboolean draws = FALSE;
#endif
    g_assert_cmpint (strstr (result.out, "How figures look:") != NULL, ==, draws);
    g_assert_cmpint (strstr (result.out, "not in this build") != NULL, ==, i < 3 && !draws);
  }
}

static void
test_list (void)
{
  static const char *const kinds[] = { "problems", "optimizers", "datasets" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *line = g_strdup_printf ("list %s --json", kinds[i]);
    g_auto (CliResult) json = succeed (line), text = cli_run (folder, line);
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = json_from_string (json.out, &error);
    g_assert_no_error (error);
    JsonArray *items = json_node_get_array (node);
    line[strlen (line) - strlen (" --json")] = '\0';
    cli_result_clear (&text);
    text = succeed (line);
    for (guint k = 0; k < json_array_get_length (items); k++) {
      JsonObject *item = json_array_get_object_element (items, k);
      const char *name = json_object_get_string_member (item, "name");
      g_autofree char *pattern = g_strdup_printf ("^%s ", name);
      g_assert_true (g_regex_match_simple (pattern, text.out, G_REGEX_MULTILINE, 0));
      g_assert_cmpstr (json_object_get_string_member (item, "summary"), !=, "");
      JsonArray *keys = json_object_get_array_member (item, "keys");
      for (guint p = 0; p < json_array_get_length (keys); p++)
        g_assert_true (json_object_has_member (json_array_get_object_element (keys, p), "default"));
    }
    g_assert_cmpuint (json_array_get_length (items), >=, i == 0 ? 40 : i == 1 ? 14 : 0);
  }
}

/* --- run --- */

/* Every row of the file: columns, their order, numbers that read back, the runs one after the other. */
static void
test_csv (void)
{
  static const char *const optimizers[] = { "adam,lr=0.1", "learned", "adam,lr=0.1", "sgd,lr=50" };
  g_auto (CliResult) result =
    succeed ("run --problem rosenbrock --start=-1.2,1 --start 0.1,0.30000000000000004 --steps 20 --csv a.csv"
             " --optimizer adam,lr=0.1 --optimizer learned --optimizer adam,lr=0.1 --optimizer sgd,lr=50");
  g_autofree char *text = read_output ("a.csv");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint rows[8] = { 0 }, at = 1;

  g_assert_cmpstr (lines[0], ==, "run,optimizer,start,step,loss,grad_norm,x,y,attend_x,attend_y");
  for (; *lines[at] != '\0'; at++) {
    /* The spec holds a comma, so it stands in quotes. */
    g_autoptr (GRegex) row = g_regex_new ("^(\\d+),(\"[^\"]*\"|[^,\"]*),(\\d+),(\\d+),([^,]*),([^,]*),([^,]*),([^,]*),"
                                          "([^,]*),([^,]*)$", 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    g_assert_true (g_regex_match (row, lines[at], 0, &match));
    g_autofree char *run_text = g_match_info_fetch (match, 1), *spec = g_match_info_fetch (match, 2),
                    *start = g_match_info_fetch (match, 3), *step = g_match_info_fetch (match, 4),
                    *loss = g_match_info_fetch (match, 5), *x = g_match_info_fetch (match, 7),
                    *y = g_match_info_fetch (match, 8), *attend = g_match_info_fetch (match, 9);
    guint run = (guint)g_ascii_strtoull (run_text, NULL, 10);
    g_assert_cmpuint (run, <, 8);
    g_autofree char *quoted = g_strdup_printf ("\"%s\"", optimizers[run / 2]);
    g_assert_cmpstr (spec, ==, strchr (optimizers[run / 2], ',') != NULL ? quoted : optimizers[run / 2]);
    g_assert_cmpuint (g_ascii_strtoull (start, NULL, 10), ==, run % 2);
    g_assert_cmpuint (g_ascii_strtoull (step, NULL, 10), ==, rows[run]);
    if (rows[run] == 0) {
      g_assert_true (g_ascii_strtod (x, NULL) == (run % 2 == 0 ? -1.2 : 0.1));
      g_assert_true (g_ascii_strtod (y, NULL) == (run % 2 == 0 ? 1 : 0.30000000000000004));
      if (run % 2 == 0)
        g_assert_cmpfloat_with_epsilon (g_ascii_strtod (loss, NULL), 24.2, 1e-12);
    }
    g_assert_true ((*attend != '\0') == (run / 2 == 1));
    rows[run]++;
  }
  g_assert_null (lines[at + 1]);
  for (guint run = 0; run < 6; run++)
    g_assert_cmpuint (rows[run], ==, 21);
  g_assert_cmpuint (rows[6], <, 21); /* it diverged, and ends there */
  g_assert_nonnull (strstr (result.out, "diverged"));
  g_assert_nonnull (strstr (result.out, "learned"));
}

static void
test_csv_of_many_dimensions (void)
{
  g_auto (CliResult) result = succeed ("run --problem quadratic,dim=7 --optimizer adam --steps 5 --csv -");
  g_auto (GStrv) lines = g_strsplit (result.out, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 8);
  g_assert_cmpstr (lines[0], ==, "run,optimizer,start,step,loss,grad_norm");
  g_assert_true (g_str_has_prefix (lines[6], "0,adam,0,5,"));
}

/* Same file, same seed, same bits: whatever the threads, saved and opened again. */
static void
test_repeatable (void)
{
  static const char *const lines[] = {
    "--problem beale --starts 70 --noise 0.1 --seed 3 --steps 30 --optimizer adam --optimizer learned"
    " --threads 1 --csv 0.csv --save e.thalweg",
    "e.thalweg --threads 2 --csv 1.csv",
    "e.thalweg --csv 2.csv --json 2.json",
    "e.thalweg --seed 4 --csv 3.csv",
  };
  char *texts[4];

  for (guint i = 0; i < 4; i++) {
    g_autofree char *line = g_strconcat ("run ", lines[i], NULL), *name = g_strdup_printf ("%u.csv", i);
    g_auto (CliResult) result = succeed (line);
    texts[i] = read_output (name);
  }
  g_assert_cmpstr (texts[0], ==, texts[1]);
  g_assert_cmpstr (texts[0], ==, texts[2]);
  g_assert_cmpstr (texts[0], !=, texts[3]);
  for (guint i = 0; i < 4; i++)
    g_free (texts[i]);

  g_autofree char *json = read_output ("2.json");
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonArray *runs = json_object_get_array_member (json_node_get_object (node), "runs");
  g_assert_cmpuint (json_array_get_length (runs), ==, 140);
  JsonObject *last = json_array_get_object_element (runs, 139);
  g_assert_cmpstr (json_object_get_string_member (last, "stop"), ==, "budget");
  g_assert_true (json_object_has_member (last, "seconds"));
}

/* Options go over what the file says; a new problem takes the starts of the old one with it. */
static void
test_overrides (void)
{
  g_auto (CliResult) saved =
    succeed ("run --problem booth --start 1,1 --optimizer sgd --steps 4 --save b.thalweg");
  g_auto (CliResult) steps = succeed ("run b.thalweg --steps 6 --optimizer adam --csv -");
  g_auto (CliResult) other = succeed ("run b.thalweg --problem quadratic,dim=3 --csv -");
  g_auto (CliResult) formula = succeed ("run b.thalweg --formula 'x^2+y^2' --minimum 0 --domain=-1,1,-1,1 --starts 2 --csv -");

  g_assert_nonnull (strstr (steps.out, "\n0,adam,0,6,"));
  g_assert_null (strstr (steps.out, "sgd"));
  g_assert_nonnull (strstr (other.out, "\n0,sgd,0,4,"));
  g_assert_nonnull (strstr (formula.out, "\n1,sgd,1,4,"));
}

/* Two files of one command: either both appear or none; what was printed is the table. */
static void
test_table (void)
{
  g_auto (CliResult) one = succeed ("run --problem booth --optimizer newton --steps 5");
  g_auto (CliResult) many = succeed ("run --problem booth --optimizer newton --optimizer adam --starts 9 --steps 5");

  g_assert_nonnull (strstr (one.out, "final loss"));
  g_assert_nonnull (strstr (one.out, "newton"));
  g_auto (GStrv) lines = g_strsplit (g_strchomp (many.out), "\n", -1);
  g_assert_true (g_str_has_prefix (lines[g_strv_length (lines) - 1], "adam"));
}

/* Whether a process has a handler for SIGINT: before that it could not but die of it. */
static gboolean
catches_interrupts (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int)pid), *text = NULL;
  const char *caught;

  return g_file_get_contents (path, &text, NULL, NULL) && (caught = strstr (text, "SigCgt:")) != NULL &&
         (g_ascii_strtoull (caught + strlen ("SigCgt:\t"), NULL, 16) >> (SIGINT - 1) & 1);
}

/* Interrupted: it says so, leaves no file, and the exit status is that of an interrupt. */
/* A learning rate that is bounded is told below the table, in the summary and in the caption, once for each that is. */
static void
test_notes (void)
{
  static const char run[] = "run --problem quadratic,dim=100 --steps 3 --optimizer learned,lr=0.1 --optimizer adam,lr=0.1 "
                            "--optimizer learned,lr=0.1,bound=off --optimizer learned,lr=0.02";
  static const char note[] = "the learning rate begins at 0.02, the most that is allowed with 100 coordinates; with bound=off at 0.1";
  g_autofree char *below = g_strconcat ("\nlearned,lr=0.1: ", note, "\n", NULL);
  g_autofree char *member = g_strconcat ("{\"run\": 0, \"optimizer\": \"learned,lr=0.1\", \"note\": \"", note, "\"", NULL);
  g_autofree char *in_caption = g_strconcat ("learned,lr=0.1 (", note, "); adam,lr=0.1; learned,lr=0.1,bound=off; learned,lr=0.02.", NULL);
  const struct {
    const char *option, *says;
  } cases[] = { { "", below }, { " --json -", member }, { " --caption -", in_caption } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *line = g_strconcat (run, cases[i].option, NULL);
    CliResult result = cli_run (NULL, line);
    g_assert_cmpint (result.status, ==, 0);
    const char *first = strstr (result.out, cases[i].says);
    g_assert_nonnull (first);
    g_assert_null (strstr (first + strlen (cases[i].says), "begins at"));
    cli_result_clear (&result);
  }
}

static void
test_interrupt (void)
{
  g_autofree char *before = list_folder (folder);
  char *argv[] = { (char *)g_getenv ("THALWEG"), (char *)"run", (char *)"--problem", (char *)"rosenbrock",
                   (char *)"--optimizer", (char *)"lbfgs", (char *)"--starts", (char *)"64", (char *)"--steps",
                   (char *)"100000", (char *)"--csv", (char *)"never.csv", NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;
  int status;

  g_spawn_async (folder, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  while (!catches_interrupts (pid))
    g_usleep (1000);
  g_assert_cmpint (kill (pid, SIGINT), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 130);
  g_autofree char *after = list_folder (folder);
  g_assert_cmpstr (before, ==, after);
}

/* Twelve optimizers from 100 starts, 200 steps, end within a second on one core.  Processor time, so that it
 * does not matter what else the machine does. */
static double
seconds_of_children (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
test_speed (void)
{
  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);
  g_autoptr (GString) line = g_string_new ("run --problem rosenbrock --starts 100 --steps 200 --threads 1 --json s.json");

  for (gsize i = 0, taken = 0; i < n && taken < 12; i++) {
    const char *name = tw_optimizer_type_get_name (types[i]);
    if (g_str_equal (name, "lbfgs") || g_str_equal (name, "newton"))
      continue;
    g_string_append_printf (line, " --optimizer %s", name);
    taken++;
  }
  double before = seconds_of_children ();
  g_auto (CliResult) result = succeed (line->str);
  double seconds = seconds_of_children () - before;
  g_test_message ("twelve optimizers, 100 starts, 200 steps: %.3f s", seconds);
#ifdef __SANITIZE_ADDRESS__
  g_assert_cmpfloat (seconds, <, 20);
#else
  g_assert_cmpfloat (seconds, <, 1);
#endif
}

/* show: what is wrong is told before a window is asked for; with no display it says so in one line. */
static void
test_show (void)
{
  g_auto (CliResult) result = cli_run (folder, "show --problem booth --optimizer adam");
  g_auto (CliResult) bare = cli_run (folder, "");

  g_assert_cmpint (result.status, ==, 2);
  g_assert_cmpuint (result.n_lines, ==, 1);
  g_assert_true (g_str_has_prefix (result.err, "thalweg: "));
  g_assert_cmpint (bare.status, ==, 2);
  g_assert_cmpuint (bare.n_lines, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/help/fits", test_help_fits);
  g_test_add_func ("/cli/list", test_list);
  g_test_add_func ("/cli/csv", test_csv);
  g_test_add_func ("/cli/csv-of-many-dimensions", test_csv_of_many_dimensions);
  g_test_add_func ("/cli/repeatable", test_repeatable);
  g_test_add_func ("/cli/overrides", test_overrides);
  g_test_add_func ("/cli/table", test_table);
  g_test_add_func ("/cli/notes", test_notes);
  g_test_add_func ("/cli/interrupt", test_interrupt);
  g_test_add_func ("/cli/speed", test_speed);
  g_test_add_func ("/cli/show", test_show);
  int status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
