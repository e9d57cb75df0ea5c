#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "core/data/data-set.h"
#include "core/optimizers/optimizer.h"
#include "core/output.h"

/* What problems, optimizers and data sets have in common. */
typedef struct {
  const char *name, *title, *summary, *formula, *source;
  const TwParam *params;
  const char *shape, *licence; /* of data sets */
} Item;

static char *
format_default (const TwParam *param)
{
  switch (param->kind) {
  case TW_PARAM_REAL:
  case TW_PARAM_INTEGER:
    return tw_format_number (param->initial);
  case TW_PARAM_SWITCH:
    return g_strdup (param->initial != 0 ? "on" : "off");
  case TW_PARAM_CHOICE:
    return g_strndup (param->choices, strcspn (param->choices, "|"));
  case TW_PARAM_TEXT:
    break;
  }
  return g_strdup (param->choices != NULL ? param->choices : "");
}

static void
print_keys (const TwParam *params)
{
  guint column = 0;

  for (guint i = 0; params != NULL && params[i].key != NULL; i++) {
    g_autofree char *text = format_default (&params[i]);
    guint length = (guint)(strlen (params[i].key) + strlen (text) + 2);
    if (column > 0 && column + length > 76) {
      column = 0;
      putchar ('\n');
    }
    printf ("%s%s=%s", column == 0 ? "    " : " ", params[i].key, text);
    column += length;
  }
  if (column > 0)
    putchar ('\n');
}

static void
print_items (const Item *items, gsize n)
{
  int width = 0;

  for (gsize i = 0; i < n; i++)
    width = MAX (width, (int)strlen (items[i].name));
  for (gsize i = 0; i < n; i++) {
    printf ("%-*s  %s\n", width, items[i].name, items[i].summary);
    if (items[i].formula == NULL)
      print_keys (items[i].params);
    if (items[i].shape != NULL)
      printf ("    %s (%s; %s)\n", items[i].shape, items[i].source, items[i].licence);
  }
}

/* "key": "text" or null */
static void
print_member (const char *key, const char *text)
{
  g_autofree char *json = text != NULL ? tw_format_json_string (text) : g_strdup ("null");

  printf (", \"%s\": %s", key, json);
}

static void
print_json_param (const TwParam *param)
{
  const char *kinds[] = { "real", "integer", "switch", "choice", "text" };
  g_autofree char *key = tw_format_json_string (param->key), *initial = format_default (param);
  gboolean number = param->kind == TW_PARAM_REAL || param->kind == TW_PARAM_INTEGER;

  printf ("{\"key\": %s, \"kind\": \"%s\"", key, kinds[param->kind]);
  print_member ("default", initial);
  if (number) {
    g_autofree char *min = tw_format_number (param->min), *max = tw_format_number (param->max);
    print_member ("min", min);
    print_member ("max", max);
  }
  if (param->kind == TW_PARAM_CHOICE)
    print_member ("choices", param->choices);
  print_member ("summary", param->summary);
  putchar ('}');
}

static void
print_json (const Item *items, gsize n)
{
  fputs ("[", stdout);
  for (gsize i = 0; i < n; i++) {
    g_autofree char *name = tw_format_json_string (items[i].name);
    printf ("%s{\"name\": %s", i == 0 ? "\n  " : ",\n  ", name);
    print_member ("title", items[i].title);
    print_member ("summary", items[i].summary);
    print_member ("formula", items[i].formula);
    print_member ("source", items[i].source);
    if (items[i].shape != NULL) {
      print_member ("shape", items[i].shape);
      print_member ("licence", items[i].licence);
    }
    fputs (", \"keys\": [", stdout);
    for (guint p = 0; items[i].params != NULL && items[i].params[p].key != NULL; p++) {
      fputs (p == 0 ? "" : ", ", stdout);
      print_json_param (&items[i].params[p]);
    }
    fputs ("]}", stdout);
  }
  fputs (n == 0 ? "]\n" : "\n]\n", stdout);
}

static Item *
list_problems (gsize *n)
{
  const TwProblemInfo *problems = tw_problem_list (n);
  Item *items = g_new0 (Item, MAX (*n, 1));

  for (gsize i = 0; i < *n; i++)
    items[i] = (Item){ problems[i].name,    problems[i].title,  problems[i].summary,
                       problems[i].formula, problems[i].source, problems[i].params };
  return items;
}

static Item *
list_optimizers (gsize *n)
{
  const TwOptimizerType *const *types = tw_optimizer_types (n);
  Item *items = g_new0 (Item, MAX (*n, 1));

  for (gsize i = 0; i < *n; i++)
    items[i] = (Item){ .name = tw_optimizer_type_get_name (types[i]),
                       .title = tw_optimizer_type_get_title (types[i]),
                       .summary = tw_optimizer_type_get_summary (types[i]),
                       .params = tw_optimizer_type_get_params (types[i]) };
  return items;
}

static Item *
list_datasets (gsize *n)
{
  const TwDataInfo *infos = tw_data_list (n);
  Item *items = g_new0 (Item, MAX (*n, 1));

  for (gsize i = 0; i < *n; i++)
    items[i] = (Item){ .name = infos[i].name,
                       .title = infos[i].title,
                       .summary = infos[i].summary,
                       .source = infos[i].source,
                       .shape = infos[i].shape,
                       .licence = infos[i].licence };
  return items;
}

static const struct {
  const char *name;
  Item *(*list) (gsize *n);
  const char *if_empty;
} kinds[] = {
  { "problems", list_problems, "There are no problems." },
  { "optimizers", list_optimizers, "There are no optimizers." },
  { "datasets", list_datasets, "There are no data sets." },
};

static int
fail_kind (const char *given)
{
  const char *names[G_N_ELEMENTS (kinds) + 1] = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    names[i] = kinds[i].name;
  const char *near = tw_closest_name (given, names);
  if (near != NULL)
    return tw_fail (TW_EXIT_INPUT, "list: there is no \"%s\"; did you mean %s?", given, near);
  return tw_fail (TW_EXIT_INPUT, "list: \"%s\" is none of problems, optimizers and datasets", given);
}

int
tw_command_list (int argc, char **argv)
{
  g_auto (GStrv) words = NULL;
  gboolean json = FALSE;
  int status;
  const GOptionEntry entries[] = {
    { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &json, "as JSON, with all that is known of each",
      NULL },
    { G_OPTION_REMAINING, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!tw_parse_options ("list", "problems|optimizers|datasets",
                         "Lists what there is to choose from, with all keys.",
                         "Examples:\n"
                         "  thalweg list problems\n"
                         "  thalweg list optimizers --json\n",
                         entries, &argc, &argv, &status))
    return status;
  if (words == NULL)
    return tw_fail (TW_EXIT_INPUT, "list: name one of problems, optimizers and datasets");
  if (words[1] != NULL)
    return tw_fail (TW_EXIT_INPUT, "list: \"%s\": one list at a time", words[1]);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!g_str_equal (kinds[i].name, words[0]))
      continue;
    gsize n;
    g_autofree Item *items = kinds[i].list (&n);
    if (json)
      print_json (items, n);
    else if (n == 0)
      puts (kinds[i].if_empty);
    else
      print_items (items, n);
    return tw_finish_stdout ();
  }
  return fail_kind (words[0]);
}
