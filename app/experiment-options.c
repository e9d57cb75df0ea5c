#include "app/experiment-options.h"

#include <math.h>
#include <string.h>

#include "app/command.h"
#include "config.h"
#include "core/error.h"
#include "core/experiment/runner.h"
#include "core/output.h"
#include "core/spec.h"
#ifdef TW_HAVE_GUI
#include "ui/drawing/looks.h"
#endif

GOptionEntry *
tw_experiment_options_entries (TwExperimentOptions *options)
{
#define TEXT(field) 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &options->field
#define LIST(field) 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, &options->field
  const GOptionEntry entries[] = {
    { "problem", TEXT (problem), "a built-in problem, or a network on data (thalweg list problems)", "SPEC" },
    { "formula", TEXT (formula), "a landscape in x and y: + - * / ^, sin exp abs ..., pi, e", "EXPR" },
    { "domain", TEXT (domain), "where it is drawn, and where random starts come from", "X0,X1,Y0,Y1" },
    { "minimum", TEXT (minimum), "its known minimum, if any", "F" },
    { "optimizer", LIST (optimizers), "what to compare; once for each (thalweg list optimizers)", "SPEC" },
    { "label", LIST (labels), "what optimizer N (from 1) is called in figures and reports", "N=TEXT" },
    { "colour", LIST (colors), "how optimizer N is drawn: a colour by name (\"sky blue\"), or number from 0", "N=COLOUR" },
    { "start", LIST (starts), "where all begin; several may be given", "X,Y" },
    { "starts", TEXT (n_starts), "or N random starts from the domain", "N" },
    { "noise", TEXT (noise), "standard deviation of Gaussian noise on each gradient coordinate", "SIGMA" },
    { "steps", TEXT (steps), "how many steps each takes (200)", "N" },
    { "seed", TEXT (seed), "decides all that is random (0)", "N" },
    { "threads", TEXT (threads), "how many to use (one per processor); results do not depend on it", "N" },
  };
  const GOptionEntry last[] = {
    { G_OPTION_REMAINING, LIST (files), NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  GArray *all = g_array_new (FALSE, FALSE, sizeof (GOptionEntry));
#undef TEXT
#undef LIST

  g_array_append_vals (all, entries, G_N_ELEMENTS (entries));
  tw_output_options_add_entries (&options->outputs, all);
  g_array_append_vals (all, last, G_N_ELEMENTS (last));
  return (GOptionEntry *)(gpointer)g_array_free (all, FALSE);
}

void
tw_experiment_options_clear (TwExperimentOptions *options)
{
  char **texts[] = { &options->problem,  &options->formula, &options->domain, &options->minimum,
                     &options->n_starts, &options->noise,   &options->steps,  &options->seed,
                     &options->threads };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  tw_output_options_clear (&options->outputs);
  g_clear_pointer (&options->files, g_strfreev);
  g_clear_pointer (&options->optimizers, g_strfreev);
  g_clear_pointer (&options->labels, g_strfreev);
  g_clear_pointer (&options->colors, g_strfreev);
  g_clear_pointer (&options->starts, g_strfreev);
}

/* Anything that changes what an experiment file says. */
static gboolean
any_override (const TwExperimentOptions *o)
{
  return o->problem != NULL || o->formula != NULL || o->domain != NULL || o->minimum != NULL ||
         o->optimizers != NULL || o->labels != NULL || o->colors != NULL || o->starts != NULL || o->n_starts != NULL || o->noise != NULL ||
         o->steps != NULL || o->seed != NULL;
}

const char *
tw_experiment_options_unchanged_file (const TwExperimentOptions *options)
{
  return options->files != NULL && !any_override (options) ? options->files[0] : NULL;
}

gboolean
tw_experiment_options_any (const TwExperimentOptions *options)
{
  return options->files != NULL || any_override (options);
}

/* Exactly n numbers with commas between; `form` shows what was expected. */
static gboolean
read_numbers (const char *option, const char *form, const char *text, guint n, double *numbers,
              GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (g_strv_length (parts) != n) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--%s: expected %s but found \"%s\"", option, form, text);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    if (!tw_parse_number (g_strstrip (parts[i]), &numbers[i], error)) {
      g_prefix_error (error, "--%s: ", option);
      return FALSE;
    }
  return TRUE;
}

static gboolean
apply_problem (const TwExperimentOptions *options, TwExperiment *experiment, GError **error)
{
  if (options->problem != NULL && options->formula != NULL) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "--problem and --formula: one of them is enough");
    return FALSE;
  }
  if (options->problem != NULL || options->formula != NULL) {
    /* The view, the minimum and the starting points of the old problem go with it. */
    g_free (experiment->problem);
    g_free (experiment->formula);
    experiment->problem = g_strdup (options->problem);
    experiment->formula = g_strdup (options->formula);
    experiment->has_domain = FALSE;
    experiment->minimum = NAN;
    g_array_set_size (experiment->starts, 0);
  }
  if (options->domain != NULL) {
    if (!read_numbers ("domain", "X0,X1,Y0,Y1", options->domain, 4, experiment->domain, error))
      return FALSE;
    experiment->has_domain = TRUE;
  }
  return options->minimum == NULL ||
         read_numbers ("minimum", "a number", options->minimum, 1, &experiment->minimum, error);
}

static gboolean
apply_starts (const TwExperimentOptions *options, TwExperiment *experiment, GError **error)
{
  guint64 n = 0;

  if (options->starts != NULL && options->n_starts != NULL) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT,
                         "--start and --starts: give points or a number of random ones");
    return FALSE;
  }
  if (options->starts != NULL || options->n_starts != NULL) {
    g_array_set_size (experiment->starts, 0);
    experiment->n_random_starts = 0;
  }
  for (guint i = 0; options->starts != NULL && options->starts[i] != NULL; i++) {
    double point[2];
    if (!read_numbers ("start", "X,Y", options->starts[i], 2, point, error))
      return FALSE;
    g_array_append_vals (experiment->starts, point, 2);
  }
  if (!tw_read_whole ("starts", options->n_starts, 1, TW_EXPERIMENT_MAX_STARTS, &n, error))
    return FALSE;
  if (options->n_starts != NULL)
    experiment->n_random_starts = (guint)n;
  return TRUE;
}

static gboolean
apply_numbers (const TwExperimentOptions *options, TwExperiment *experiment, GError **error)
{
  if (options->noise != NULL &&
      !read_numbers ("noise", "a number", options->noise, 1, &experiment->noise, error))
    return FALSE;
  if (options->noise != NULL && experiment->noise < 0) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--noise: %s is negative", options->noise);
    return FALSE;
  }
  return tw_read_whole ("steps", options->steps, 1, TW_EXPERIMENT_MAX_STEPS, &experiment->steps, error) &&
         tw_read_whole ("seed", options->seed, 0, G_MAXINT64, &experiment->seed, error);
}

/* "2=My Adam": the number of an optimizer from 0, and the text. */
static const char *
split_look (const char *option, const char *text, const TwExperiment *experiment, gsize *i, GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *number = equals != NULL ? g_strndup (text, (gsize)(equals - text)) : NULL;
  guint64 n;

  if (number == NULL || !g_ascii_string_to_unsigned (number, 10, 1, experiment->optimizers->len, &n, NULL)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--%s: expected N=%s with N from 1 to %u but found \"%s\"", option,
                 g_str_equal (option, "label") ? "TEXT" : "COLOUR", experiment->optimizers->len, text);
    return NULL;
  }
  *i = (gsize)n - 1;
  return equals + 1;
}

static int
find_style (const char *word, GError **error)
{
#ifdef TW_HAVE_GUI
  int style = tw_looks_find_style (word);
  if (style >= 0)
    return style;
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < TW_N_LINE_STYLES; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", tw_line_style_get (i)->name);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--colour: \"%s\" is none of %s, and no number from 0 to %d", word, names->str,
               TW_EXPERIMENT_MAX_LINE_STYLE);
#else
  guint64 number;
  if (g_ascii_string_to_unsigned (word, 10, 0, TW_EXPERIMENT_MAX_LINE_STYLE, &number, NULL))
    return (int)number;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--colour: \"%s\" is no number from 0 to %d", word,
               TW_EXPERIMENT_MAX_LINE_STYLE);
#endif
  return -1;
}

static gboolean
apply_looks (const TwExperimentOptions *options, TwExperiment *experiment, GError **error)
{
  gsize o = 0;

  for (guint i = 0; options->labels != NULL && options->labels[i] != NULL; i++) {
    const char *label = split_look ("label", options->labels[i], experiment, &o, error);
    if (label == NULL)
      return FALSE;
    if (!g_utf8_validate (label, -1, NULL)) {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "--label: the text is not UTF-8");
      return FALSE;
    }
    tw_experiment_set_label (experiment, o, label);
  }
  for (guint i = 0; options->colors != NULL && options->colors[i] != NULL; i++) {
    const char *word = split_look ("colour", options->colors[i], experiment, &o, error);
    int style = word != NULL ? find_style (word, error) : -1;
    if (style < 0)
      return FALSE;
    tw_experiment_set_line_style (experiment, o, style);
  }
  return TRUE;
}

static void
fill_gaps (TwExperiment *experiment)
{
  const char *optimizers[] = { "momentum", "adam", "learned" };

  if (experiment->problem == NULL && experiment->formula == NULL)
    experiment->problem = g_strdup ("rosenbrock");
  for (gsize i = 0; experiment->optimizers->len < G_N_ELEMENTS (optimizers) && i < G_N_ELEMENTS (optimizers);
       i++)
    g_ptr_array_add (experiment->optimizers, g_strdup (optimizers[i]));
}

TwExperiment *
tw_experiment_options_read (const TwExperimentOptions *options, gboolean fill, GError **error)
{
  g_autoptr (TwExperiment) experiment = NULL;
  gboolean from_file = options->files != NULL;

  if (from_file && g_strv_length (options->files) > 1) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "\"%s\": one experiment at a time, and \"%s\" was given before it", options->files[1],
                 options->files[0]);
    return NULL;
  }
  experiment = from_file ? tw_experiment_load (options->files[0], error) : tw_experiment_new ();
  if (experiment == NULL)
    return NULL;
  if (!apply_problem (options, experiment, error) || !apply_starts (options, experiment, error) ||
      !apply_numbers (options, experiment, error))
    return NULL;
  if (options->optimizers != NULL) {
    /* What those of the file are called says nothing about these. */
    g_ptr_array_set_size (experiment->optimizers, 0);
    g_ptr_array_set_size (experiment->labels, 0);
    g_array_set_size (experiment->line_styles, 0);
    for (guint i = 0; options->optimizers[i] != NULL; i++)
      g_ptr_array_add (experiment->optimizers, g_strdup (options->optimizers[i]));
  }
  if (fill && experiment->optimizers->len == 0)
    fill_gaps (experiment);
  if (experiment->optimizers->len > 0 && !apply_looks (options, experiment, error))
    return NULL;
  if (!from_file && experiment->problem == NULL && experiment->formula == NULL) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT,
                         "nothing to minimise: give --problem, --formula or an experiment file");
    return NULL;
  }
  if (!from_file && experiment->optimizers->len == 0) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT,
                         "no optimizer: give --optimizer at least once (thalweg list optimizers)");
    return NULL;
  }
  if (!tw_experiment_check (experiment, error)) {
    if (from_file && !any_override (options))
      g_prefix_error (error, "%s: ", options->files[0]);
    return NULL;
  }
  return g_steal_pointer (&experiment);
}

gboolean
tw_experiment_options_threads (const TwExperimentOptions *options, guint *n_threads, GError **error)
{
  guint64 n = 0;

  if (!tw_read_whole ("threads", options->threads, 1, TW_RUNNER_MAX_THREADS, &n, error))
    return FALSE;
  *n_threads = (guint)n;
  return TRUE;
}
