#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "config.h"
#include "core/spec.h"

static const TwCommand commands[] = {
  { "run", "[EXPERIMENT] [OPTION...]", "run optimizers without a window: a table, CSV, JSON, figures",
    tw_command_run },
  { "export", "EXPERIMENT [OPTION...]", "write figures, animations, reports and tables of an experiment",
    tw_command_export },
  { "show", "[EXPERIMENT] [OPTION...]", "open the window on an experiment, playing", tw_command_show },
  { "train", "--out DIR [OPTION...]", "meta-train a learned optimizer", tw_command_train },
  { "eval", "[OPTION...]", "compare learned optimizers with tuned baselines: a table, JSON, a page",
    tw_command_eval },
  { "list", "problems|optimizers|datasets [--json]", "what there is to choose from", tw_command_list },
};

static int
print_help (void)
{
  fputs ("Usage:\n"
         "  thalweg                    open the window\n",
         stdout);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  thalweg %-18s %s\n", commands[i].name, commands[i].summary);
  fputs ("\n"
         "Shows how optimizers find their way down, a learned one beside SGD, momentum, Adam and others.\n"
         "\n"
         "Options:\n"
         "  -h, --help                 show this help; thalweg COMMAND --help has the options of a command\n"
         "  --version                  show the version\n"
         "\n"
         "Examples:\n"
         "  Watch two optimizers on Rosenbrock's valley:\n"
         "    thalweg show --problem rosenbrock --optimizer adam,lr=0.05 --optimizer learned\n"
         "  The same without a window, each step in a table:\n"
         "    thalweg run --problem rosenbrock --optimizer adam,lr=0.05 --optimizer learned --csv steps.csv\n"
         "  A landscape of your own, from 100 random starts:\n"
         "    thalweg run --formula 'x^2 + 10*sin(y)^2' --minimum 0 --optimizer momentum --starts 100\n"
         "  A network that learns from a table, its last column the class:\n"
         "    thalweg show --problem mlp,data=flowers.csv --optimizer adam,lr=0.01 --optimizer learned\n"
         "  What can be named after --problem, --optimizer and data=:\n"
         "    thalweg list problems\n"
         "    thalweg list optimizers\n"
         "    thalweg list datasets\n",
         stdout);
  return tw_finish_stdout ();
}

static const TwCommand *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

static int
fail_command (const char *name)
{
  const char *names[G_N_ELEMENTS (commands) + 2] = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    names[i] = commands[i].name;
  names[G_N_ELEMENTS (commands)] = "help";
  const char *near = tw_closest_name (name, names);
  const char *kind = *name == '-' ? "option" : "command";
  if (near != NULL)
    return tw_fail (TW_EXIT_INPUT, "there is no command \"%s\"; did you mean %s?", name, near);
  return tw_fail (TW_EXIT_INPUT, "there is no %s \"%s\" (see thalweg --help)", kind, name);
}

int
main (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "show";

  /* Only how text is encoded: numbers are the same in every locale. */
  setlocale (LC_CTYPE, "");
  g_set_prgname ("thalweg");
  if (g_str_equal (word, "--version")) {
    puts ("thalweg " TW_VERSION);
    return tw_finish_stdout ();
  }
  if (g_str_equal (word, "--help") || g_str_equal (word, "-h") || (g_str_equal (word, "help") && argc < 3))
    return print_help ();
  if (g_str_equal (word, "help")) {
    char *asked[] = { argv[2], (char *)"--help", NULL };
    const TwCommand *command = find_command (argv[2]);
    return command != NULL ? command->main (2, asked) : fail_command (argv[2]);
  }
  const TwCommand *command = find_command (word);
  if (command == NULL)
    return fail_command (word);
  return argc > 1 ? command->main (argc - 1, argv + 1) : command->main (argc, argv);
}
