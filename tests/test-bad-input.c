/* Whatever is wrong: one line on standard error that says what and where, exit status 2 (1 for outputs), nothing on
 * standard output, and no file made or changed. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cli-helpers.h"

typedef struct {
  int status;
  const char *line;  /* after "thalweg", as in a shell */
  const char *names; /* what the message has to contain */
} BadInput;

#define RUN "run --problem booth --optimizer adam --steps 3 "
#define FORMULA "run --optimizer adam --steps 3 --formula "
#define OPTIMIZER "run --problem booth --steps 3 --optimizer "
#define PROBLEM "run --optimizer adam --steps 3 --problem "

static const BadInput cases[] = {
  /* commands and options */
  { 2, "fly", "there is no command \"fly\"" },
  { 2, "rum --problem booth", "did you mean run?" },
  { 2, "''", "there is no command \"\"" },
  { 2, "--flying", "--flying" },
  { 2, "help fly", "fly" },
  { 2, "run --flying", "--flying" },
  { 2, "run --fomula x", "did you mean" },
  { 2, RUN "--steps", "--steps" },
  { 2, "run", "nothing to minimise" },
  { 2, "run --problem booth", "no optimizer" },
  { 2, "run --optimizer adam", "nothing to minimise" },
  { 2, "run --problem booth --formula x^2 --optimizer adam", "one of them is enough" },
  { 2, "list", "name one of" },
  { 2, "list problem", "did you mean problems?" },
  { 2, "list everything", "everything" },
  { 2, "list problems optimizers", "one list at a time" },
  { 2, "list problems --yaml", "--yaml" },
  { 2, "show --flying", "--flying" },
  { 2, "show --problem bot", "bot" },
  { 2, "show --problem booth --optimizer adam --threads 0", "--threads" },
  { 2, "show missing.thalweg", "missing.thalweg" },
  /* formulas: the column is named */
  { 2, FORMULA "''", "formula" },
  { 2, FORMULA "' '", "formula" },
  { 2, FORMULA "'x +'", "column 4" },
  { 2, FORMULA "'(x^2'", "column" },
  { 2, FORMULA "'x^2)'", "column 4" },
  { 2, FORMULA "'x * * y'", "column 5" },
  { 2, FORMULA "'x y'", "column 3" },
  { 2, FORMULA "'2x'", "column 2" },
  { 2, FORMULA "'x^'", "column 3" },
  { 2, FORMULA "'z^2'", "z" },
  { 2, FORMULA "'sinus(x)'", "sinus" },
  { 2, FORMULA "'sin'", "column" },
  { 2, FORMULA "'sin()'", "column 5" },
  { 2, FORMULA "'sin(x, y)'", "column" },
  { 2, FORMULA "'min(x)'", "column" },
  { 2, FORMULA "'max(x,'", "column" },
  { 2, FORMULA "'x = y'", "column 3" },
  { 2, FORMULA "'1.2.3'", "column" },
  { 2, FORMULA "'1e'", "column" },
  { 2, FORMULA "'x\302\2622'", "column 2" },
  { 2, FORMULA "'x \377'", "UTF-8" },
  { 2, FORMULA "'x\n+'", "column" },
  { 2, FORMULA "'$(reboot)'", "column 1" },
  /* problems and their keys */
  { 2, PROBLEM "rosenbrok", "did you mean rosenbrock?" },
  { 2, PROBLEM "''", "" },
  { 2, PROBLEM "no-such-problem-at-all", "no-such-problem-at-all" },
  { 2, PROBLEM "'booth\nbooth'", "booth\\nbooth" },
  { 2, PROBLEM "booth,dim=3", "dim" },
  { 2, PROBLEM "booth,noise", "noise" },
  { 2, PROBLEM "booth,noise=-1", "noise" },
  { 2, PROBLEM "booth,noise=nan", "noise" },
  { 2, PROBLEM "booth,=1", "" },
  { 2, PROBLEM "quadratic,dim=0", "dim" },
  { 2, PROBLEM "quadratic,dim=1e9", "dim" },
  { 2, PROBLEM "quadratic,dim=2.5", "dim" },
  { 2, PROBLEM "quadratic,dim=", "dim" },
  { 2, PROBLEM "quadratic,dim=5,dim=6", "dim is given twice" },
  { 2, PROBLEM "mlp-random,hidden=8xx5", "hidden" },
  { 2, PROBLEM "mlp-random,activation=cubic", "cubic" },
  { 2, PROBLEM "sum,of=nothing+booth", "nothing" },
  { 2, PROBLEM "log,of=", "of" },
  /* optimizers and theirs */
  { 2, OPTIMIZER "adamm", "did you mean adam?" },
  { 2, OPTIMIZER "''", "" },
  { 2, OPTIMIZER "adam,", "" },
  { 2, OPTIMIZER "adam,lr", "lr" },
  { 2, OPTIMIZER "adam,lr=", "lr" },
  { 2, OPTIMIZER "adam,lr=fast", "fast" },
  { 2, OPTIMIZER "adam,lr=0", "lr" },
  { 2, OPTIMIZER "adam,lr=-0.1", "lr" },
  { 2, OPTIMIZER "adam,lr=nan", "lr" },
  { 2, OPTIMIZER "adam,lr=inf", "lr" },
  { 2, OPTIMIZER "adam,lr=1e999", "lr" },
  { 2, OPTIMIZER "adam,lr=0,1", "1" },
  { 2, OPTIMIZER "adam,lr=0.1,lr=0.2", "lr is given twice" },
  { 2, OPTIMIZER "adam,beta=0.9", "did you mean" },
  { 2, OPTIMIZER "adam,beta1=1", "beta1" },
  { 2, OPTIMIZER "adam,schedule=cosin", "cosin" },
  { 2, OPTIMIZER "adam,warmup=1.5", "warmup" },
  { 2, OPTIMIZER "rmsprop,centered=maybe", "maybe" },
  { 2, OPTIMIZER "newton --problem quadratic", "newton" },
  { 2, OPTIMIZER "lbfgs,history=0", "history" },
  { 2, OPTIMIZER "learned,weights=", "there is no set of weights \"\": name a file or one of coordinatewise, default, " },
  { 2, OPTIMIZER "learned,weights=defualt", "no set of weights \"defualt\"" },
  { 2, OPTIMIZER "learned,weights=missing.safetensors", "missing.safetensors" },
  { 2, OPTIMIZER "learned,weights=empty", "empty" },
  { 2, OPTIMIZER "learned,weights=folder", "folder" },
  { 2, OPTIMIZER "learned,weights=garbage", "garbage" },
  { 2, OPTIMIZER "learned,weights=half.safetensors", "half.safetensors" },
  { 2, OPTIMIZER "learned,weights=nan.safetensors", "not finite" },
  { 2, OPTIMIZER "learned,weights=/dev/zero", "/dev/zero" },
  /* numbers */
  { 2, RUN "--steps 0", "--steps" },
  { 2, RUN "--steps -5", "--steps" },
  { 2, RUN "--steps 1.5", "--steps" },
  { 2, RUN "--steps ten", "--steps" },
  { 2, RUN "--steps 10000001", "10000000" },
  { 2, RUN "--steps 99999999999999999999999", "--steps" },
  { 2, RUN "--seed -1", "--seed" },
  { 2, RUN "--seed 9223372036854775808", "--seed" },
  { 2, RUN "--threads 0", "--threads" },
  { 2, RUN "--threads 100000", "--threads" },
  { 2, RUN "--threads two", "--threads" },
  { 2, RUN "--noise -1", "--noise" },
  { 2, RUN "--noise nan", "--noise" },
  { 2, RUN "--noise 1e999", "--noise" },
  { 2, RUN "--noise ''", "--noise" },
  { 2, RUN "--minimum inf", "--minimum" },
  { 2, RUN "--minimum low", "--minimum" },
  { 2, RUN "--start 1", "--start" },
  { 2, RUN "--start 1,2,3", "--start" },
  { 2, RUN "--start 1,nan", "--start" },
  { 2, RUN "--start a,b", "--start" },
  { 2, RUN "--start ,", "--start" },
  { 2, RUN "--starts 0", "--starts" },
  { 2, RUN "--starts 100001", "--starts" },
  { 2, RUN "--start 1,1 --starts 3", "--starts" },
  { 2, RUN "--domain 0,1,0", "--domain" },
  { 2, RUN "--domain 1,0,0,1", "x0 = 1 is not below x1 = 0" },
  { 2, RUN "--domain 0,1,2,2", "y0 = 2 is not below y1 = 2" },
  { 2, RUN "--domain 0,inf,0,1", "--domain" },
  { 2, RUN "--domain=-1e308,1e308,0,1", "domain" },
  { 2, PROBLEM "quadratic --domain 0,1,0,1", "domain" },
  { 2, PROBLEM "quadratic --start 1,1", "starts" },
  { 2, RUN "--steps 10000000 --starts 100000", "GiB" },
  /* experiment files */
  { 2, "run missing.thalweg", "missing.thalweg" },
  { 2, "run ''", "can't be read" },
  { 2, "run folder", "folder" },
  { 2, "run /dev/zero", "larger than" },
  { 2, "run empty", "empty" },
  { 2, "run garbage", "garbage" },
  { 2, "run half.thalweg", "half.thalweg" },
  { 2, "run newer.thalweg", "newer Thalweg" },
  { 2, "run wrong-key.thalweg", "no key \"optimisers\"" },
  { 2, "run wrong-optimizer.thalweg", "wrong-optimizer.thalweg: " },
  { 2, "run wrong-formula.thalweg", "column" },
  { 2, "run lines.thalweg", "lines.thalweg" },
  { 2, "run good.thalweg good.thalweg", "one experiment at a time" },
  { 2, "run good.thalweg --optimizer adamm", "adamm" },
  /* outputs */
  { 1, RUN "--csv nowhere/out.csv", "nowhere/out.csv: can't be written" },
  { 1, RUN "--json nowhere/out.json", "nowhere/out.json" },
  { 1, RUN "--save nowhere/out.thalweg", "nowhere/out.thalweg" },
  { 1, RUN "--csv folder", "folder" },
  { 1, RUN "--csv folder/", "folder/" },
  { 1, RUN "--csv good.thalweg/out.csv", "out.csv" },
  { 1, RUN "--csv ''", "a file without a name: can't be written" },
  { 1, RUN "--csv /dev/full", "/dev/full: can't be written: No space left" },
  { 1, RUN "--json /dev/full", "/dev/full" },
  { 1, RUN "--save /dev/full", "/dev/full" },
  { 1, RUN "--csv out.csv --json /dev/full", "/dev/full" },
  { 1, RUN "--csv out.csv --json nowhere/x", "nowhere/x" },
  { 1, RUN "--csv /proc/out.csv", "/proc/out.csv" },
  { 2, RUN "--csv out --json out", "given for two outputs" },
  { 2, RUN "--csv - --json -", "given for two outputs" },
  { 2, "eval --suite smoke --json - --html /dev/stdout", "given for two outputs" },
  { 2, "eval --suite smoke --json out --html out", "given for two outputs" },
  { 2, RUN "--plot out.gif", "--plot" },
  { 2, RUN "--plot out", "--plot" },
  { 2, "show --problem booth --optimizer adam --steps 3 --plot out.gif", "--plot" },
  { 1, "show --problem booth --optimizer adam --steps 3 --csv nowhere/out.csv", "nowhere/out.csv" },
};

#define HEAD "{\"format\": \"thalweg-experiment\", \"version\": 1, "
static const struct {
  const char *name, *content;
} files[] = {
  { "empty", "" },
  { "garbage", "\001\002\377\376 not anything\n" },
  { "good.thalweg", HEAD "\"problem\": \"booth\", \"optimizers\": [\"adam\"], \"steps\": 3}" },
  { "half.thalweg", HEAD "\"problem\": \"booth\", \"optimizers\": [\"ad" },
  { "newer.thalweg", "{\"format\": \"thalweg-experiment\", \"version\": 7}" },
  { "wrong-key.thalweg", HEAD "\"optimisers\": []}" },
  { "wrong-optimizer.thalweg", HEAD "\"problem\": \"booth\", \"optimizers\": [\"adam,lr=-1\"]}" },
  { "wrong-formula.thalweg", HEAD "\"formula\": \"x +\", \"optimizers\": [\"adam\"]}" },
  { "lines.thalweg", HEAD "\"a\\nkey\\u0007\": 1}" },
};

/* The interim weights, cut in the middle, and with a NaN at the end. */
static void
write_weights (const char *folder)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "hrnn-interim.safetensors", NULL);
  g_autofree char *half = g_build_filename (folder, "half.safetensors", NULL);
  g_autofree char *nan = g_build_filename (folder, "nan.safetensors", NULL);
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_true (g_file_set_contents (half, data, (gssize)size / 2, NULL));
  memset (data + size - 4, 0xff, 4);
  g_assert_true (g_file_set_contents (nan, data, (gssize)size, NULL));
}

static void
assert_refused (const char *folder, const BadInput *bad)
{
  g_autofree char *before = list_folder (folder);
  g_auto (CliResult) result = cli_run (folder, bad->line);
  g_autofree char *after = list_folder (folder);

  if (result.status != bad->status || result.n_lines != 1 || !g_str_has_prefix (result.err, "thalweg: ") ||
      !g_str_has_suffix (result.err, "\n") || strlen (result.err) < 20 || strlen (result.err) > 1000 ||
      strstr (result.err, bad->names) == NULL || !g_utf8_validate (result.err, -1, NULL) || *result.out != '\0' ||
      !g_str_equal (before, after)) {
    g_test_message ("thalweg %s\n  should end with status %d and one line that says “%s”; it ended with %d and\n%s%s%s",
                    bad->line, bad->status, bad->names, result.status, result.err, result.out,
                    g_str_equal (before, after) ? "" : "and there are other files");
    g_test_fail ();
  }
}

static void
test_table (gconstpointer folder)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (cases) >= 60);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (folder, &cases[i]);
}

/* Too long for a table. */
static void
test_large (gconstpointer folder)
{
  static const struct {
    const char *piece;
    guint times;
    const char *end;
  } pieces[] = { { "(", 5000, "x" },  { "-", 5000, "x)" },    { "sin(", 5000, "x" },
                 { "x^", 5000, ")" }, { "x+", 40000, "" },    { "min(x,", 5000, "" },
                 { "9", 5000, "." },  { "a", 5000, "(x)" },   { "2^", 20000, "2 2" } };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    GString *formula = g_string_new (NULL);
    for (guint k = 0; k < pieces[i].times; k++)
      g_string_append (formula, pieces[i].piece);
    g_string_append (formula, pieces[i].end);
    char *argv[] = { (char *)"run", (char *)"--optimizer", (char *)"adam", (char *)"--steps", (char *)"1",
                     (char *)"--formula", formula->str, NULL };
    g_auto (CliResult) result = cli_run_argv (folder, argv);
    if (i == 6 && result.status == 0) { /* a large number is a number */
      g_string_free (formula, TRUE);
      continue;
    }
    if (result.status != 2 || result.n_lines != 1 || strlen (result.err) > 1000) {
      g_test_message ("%u times %s: status %d, %zu lines, %.300s", pieces[i].times, pieces[i].piece, result.status,
                      result.n_lines, result.err);
      g_test_fail ();
    }
    g_string_free (formula, TRUE);
  }
}

/* A reader that has gone, or a full disk behind standard output. */
static void
test_standard_output (gconstpointer folder)
{
  static const char *const commands[] = { "--help", "--version", "run --help", "list problems", "list problems --json",
                                          "run good.thalweg", "run good.thalweg --csv -", "run good.thalweg --json -" };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *line = g_strdup_printf ("exec \"$THALWEG\" %s >/dev/full", commands[i]);
    char *argv[] = { (char *)"/bin/sh", (char *)"-c", line, NULL };
    g_autofree char *err = NULL;
    int status;
    g_assert_true (g_spawn_sync (folder, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &err, &status, NULL));
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 1);
    g_assert_true (g_str_has_prefix (err, "thalweg: "));
    g_assert_true (strchr (err, '\n') == err + strlen (err) - 1);
  }
}

/* What was there before is still there, byte by byte. */
static void
test_old_file_stays (gconstpointer folder)
{
  g_autofree char *path = g_build_filename (folder, "good.thalweg", NULL), *before = NULL, *after = NULL;

  g_assert_true (g_file_get_contents (path, &before, NULL, NULL));
  static const BadInput bad[] = {
    { 1, RUN "--save good.thalweg --csv /dev/full", "/dev/full" },
    { 1, RUN "--csv good.thalweg --json /dev/full", "/dev/full" },
    { 2, RUN "--csv good.thalweg --noise nan", "--noise" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (folder, &bad[i]);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "folder", NULL);

  g_mkdir (inner, 0755);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, files[i].name, NULL);
    g_assert_true (g_file_set_contents (path, files[i].content, -1, NULL));
  }
  write_weights (folder);
  g_test_add_data_func ("/bad-input/table", folder, test_table);
  g_test_add_data_func ("/bad-input/large", folder, test_large);
  g_test_add_data_func ("/bad-input/standard-output", folder, test_standard_output);
  g_test_add_data_func ("/bad-input/old-file-stays", folder, test_old_file_stays);
  int status = g_test_run ();
  remove_folder (folder);
  return status;
}
