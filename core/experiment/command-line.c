/* command-line.c: an experiment as the command that runs it. */
#include <math.h>
#include <string.h>

#include "core/experiment/experiment.h"
#include "core/output.h"

/* A space, and the word as a shell wants it. */
static void
append_word (GString *line, const char *word)
{
  const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=,./:+@%";
  g_autofree char *quoted = NULL;

  if (*word == '\0' || strspn (word, plain) != strlen (word))
    quoted = g_shell_quote (word);
  g_string_append_printf (line, " %s", quoted != NULL ? quoted : word);
}

/* "--name=value" in one word, so that a value may begin with a minus. */
static void
append_option (GString *line, const char *name, const char *value)
{
  g_autofree char *word = g_strdup_printf ("--%s=%s", name, value);

  append_word (line, word);
}

static void
append_numbers (GString *line, const char *name, const double *numbers, gsize n)
{
  g_autoptr (GString) value = g_string_new (NULL);

  for (gsize i = 0; i < n; i++) {
    g_autofree char *text = tw_format_number (numbers[i]);
    g_string_append_printf (value, "%s%s", i == 0 ? "" : ",", text);
  }
  append_option (line, name, value->str);
}

static void
append_whole (GString *line, const char *name, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  append_option (line, name, text);
}

/* "--label=2=My Adam" */
static void
append_looks (GString *line, const TwExperiment *experiment)
{
  for (guint i = 0; i < experiment->optimizers->len; i++) {
    const char *label = tw_experiment_get_label (experiment, i);
    int style = tw_experiment_get_line_style (experiment, i);
    g_autofree char *name = label != NULL ? g_strdup_printf ("%u=%s", i + 1, label) : NULL;
    g_autofree char *color = style >= 0 ? g_strdup_printf ("%u=%d", i + 1, style) : NULL;
    if (name != NULL)
      append_option (line, "label", name);
    if (color != NULL)
      append_option (line, "colour", color);
  }
}

char *
tw_experiment_to_command_line (const TwExperiment *experiment)
{
  GString *line = g_string_new ("thalweg run");

  if (experiment->problem != NULL)
    append_option (line, "problem", experiment->problem);
  if (experiment->formula != NULL)
    append_option (line, "formula", experiment->formula);
  if (experiment->has_domain)
    append_numbers (line, "domain", experiment->domain, 4);
  if (!isnan (experiment->minimum))
    append_numbers (line, "minimum", &experiment->minimum, 1);
  for (guint i = 0; i < experiment->optimizers->len; i++)
    append_option (line, "optimizer", experiment->optimizers->pdata[i]);
  append_looks (line, experiment);
  for (guint i = 0; i + 1 < experiment->starts->len; i += 2)
    append_numbers (line, "start", &g_array_index (experiment->starts, double, i), 2);
  if (experiment->starts->len == 0 && experiment->n_random_starts > 0)
    append_whole (line, "starts", experiment->n_random_starts);
  if (!isnan (experiment->noise))
    append_numbers (line, "noise", &experiment->noise, 1);
  append_whole (line, "steps", experiment->steps);
  append_whole (line, "seed", experiment->seed);
  return g_string_free (line, FALSE);
}
