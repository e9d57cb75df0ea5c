#include "app/outputs.h"

#include <math.h>
#include <string.h>

#include "app/command.h"
#include "app/help.h"
#include "config.h"
#include "core/error.h"
#include "core/experiment/export.h"
#include "core/experiment/snapshots.h"
#include "core/spec.h"
#ifdef TW_HAVE_GUI
#include "ui/drawing/exports.h"
#endif

/* Every file, in the order they are written. */
typedef struct {
  const char *option;
  gsize offset;
  gboolean drawn; /* needs the figures */
  const char *form, *summary;
} File;

#define FILE_OPTION(name, field) "" name, G_STRUCT_OFFSET (TwOutputOptions, field)
static const File files[] = {
  { FILE_OPTION ("csv", csv), FALSE, "FILE", "one row per run and step" },
  { FILE_OPTION ("json", json), FALSE, "FILE", "the summary of each run" },
  { FILE_OPTION ("activations", activations), FALSE, "FILE", "the inside of learned optimizers at every step, as CSV" },
  { FILE_OPTION ("save", save), FALSE, "FILE", "the experiment, to be opened again here or in the window" },
  { FILE_OPTION ("plot", plot), TRUE, "FILE", "a figure: .png, .svg or .pdf by its ending" },
  { FILE_OPTION ("caption", caption), FALSE, "FILE", "what the figure shows, in words" },
  { FILE_OPTION ("animate", animate), TRUE, "FILE", "the figure playing: .gif, .webp, or .png for FILE-0001.png ..." },
  { FILE_OPTION ("report", report), TRUE, "FILE", "setting, figures, table, how to repeat it: .pdf or .html" },
  { FILE_OPTION ("matplotlib", matplotlib), TRUE, "FILE.py", "a script that draws the figure again from --csv" },
  { FILE_OPTION ("pgfplots", pgfplots), TRUE, "FILE.tex", "the figure for LaTeX" },
};

static char **
field_of (const TwOutputOptions *options, gsize offset)
{
  return (char **)((char *)options + offset);
}

static const char *
path_of (const TwOutputOptions *options, gsize i)
{
  return *field_of (options, files[i].offset);
}

static void
add_entry (GArray *entries, const char *name, char **field, const char *summary, const char *form)
{
  const GOptionEntry entry = { name, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, field, summary, form };

  g_array_append_val (entries, entry);
}

#ifdef TW_HAVE_GUI
/* "--figure-theme"; the resolution is known everywhere as dpi. */
static const char *
option_of_key (const char *key)
{
  g_autofree char *name = strcmp (key, "dpi") == 0 ? g_strdup (key) : g_strconcat ("figure-", key, NULL);

  return g_intern_string (name);
}
#endif

void
tw_output_options_add_entries (TwOutputOptions *options, GArray *entries)
{
#ifdef TW_HAVE_GUI
  const gboolean draws = TRUE;
#else
  const gboolean draws = FALSE;
#endif

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    add_entry (entries, files[i].option, field_of (options, files[i].offset),
               files[i].drawn && !draws ? "not in this build, which has no figures" : files[i].summary, files[i].form);
#ifdef TW_HAVE_GUI
  gsize n;
  const TwFigureKey *keys = tw_figure_keys (&n);
  g_assert (n <= TW_MAX_FIGURE_KEYS);
  for (gsize i = 0; i < n; i++)
    add_entry (entries, option_of_key (keys[i].key), &options->figure[i], keys[i].summary, keys[i].form);
  add_entry (entries, "animate-fps", &options->fps, "frames per second (25)", "N");
  add_entry (entries, "animate-seconds", &options->seconds, "how long it plays (10)", "S");
  add_entry (entries, "animate-steps", &options->frames, "from which step to which (all)", "A-B");
  add_entry (entries, "animate-loop", &options->loop, "how often it plays; 0: for ever (0)", "N");
  add_entry (entries, "report-seeds", &options->seeds, "the table of the report over so many seeds (1)", "N");
#endif
}

char *
tw_outputs_describe_views (const char *more)
{
  g_autoptr (GString) text = g_string_new (NULL);

#ifdef TW_HAVE_GUI
  g_string_append (text, "VIEW is what a figure shows (in parentheses: options for it):\n");
  for (const TwFigureView *const *view = tw_figure_views (); *view != NULL; view++) {
    g_auto (GStrv) own = g_strsplit ((*view)->settings != NULL ? (*view)->settings : "", "|", -1);
    g_autoptr (GString) words = g_string_new ((*view)->summary);
    g_autofree char *left = g_strdup_printf ("  %s", (*view)->word);
    for (char **key = own; *key != NULL; key++)
      g_string_append_printf (words, "%s--%s%s", key == own ? " (" : ", ", option_of_key (*key),
                              key[1] == NULL ? ")" : "");
    tw_help_append (text, left, 15, words->str);
  }
  g_string_append (text, "\n");
#endif
  return g_strconcat (text->str, more, NULL);
}

void
tw_output_options_clear (TwOutputOptions *options)
{
  char ***texts = (char **[]){ &options->fps, &options->seconds, &options->frames, &options->loop, &options->seeds, NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    g_clear_pointer (field_of (options, files[i].offset), g_free);
  for (gsize i = 0; i < TW_MAX_FIGURE_KEYS; i++)
    g_clear_pointer (&options->figure[i], g_free);
  for (; *texts != NULL; texts++)
    g_clear_pointer (*texts, g_free);
}

gboolean
tw_output_options_any (const TwOutputOptions *options)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (path_of (options, i) != NULL)
      return TRUE;
  return FALSE;
}

gboolean
tw_output_options_to_stdout (const TwOutputOptions *options)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (path_of (options, i) != NULL && tw_output_is_stdout (path_of (options, i)))
      return TRUE;
  return FALSE;
}

#ifdef TW_HAVE_GUI

static gboolean
read_figure (const TwOutputOptions *options, TwFigureOptions *figure, GError **error)
{
  gsize n;
  const TwFigureKey *keys = tw_figure_keys (&n);

  for (gsize i = 0; i < n; i++)
    if (options->figure[i] != NULL && !tw_figure_options_set (figure, keys[i].key, options->figure[i], error)) {
      g_prefix_error (error, "--%s: ", option_of_key (keys[i].key));
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_number (const char *option, const char *text, double min, double max, double *number, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (!tw_parse_number (text, number, error)) {
    g_prefix_error (error, "--%s: ", option);
    return FALSE;
  }
  if (*number >= min && *number <= max)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--%s: %s is not from %g to %g", option, text, min, max);
  return FALSE;
}

static gboolean
read_animation (const TwOutputOptions *options, TwAnimationOptions *animation, GError **error)
{
  guint64 loop = 0;

  if (options->frames != NULL) {
    g_auto (GStrv) ends = g_strsplit (options->frames, "-", 2);
    if (g_strv_length (ends) != 2 || !g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXINT64, &animation->first, NULL) ||
        !g_ascii_string_to_unsigned (ends[1], 10, animation->first, G_MAXINT64, &animation->last, NULL)) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--animate-steps: expected A-B, as in 0-100, but found \"%s\"",
                   options->frames);
      return FALSE;
    }
  }
  if (!read_number ("animate-fps", options->fps, 1, 100, &animation->fps, error) ||
      !read_number ("animate-seconds", options->seconds, 0.1, 600, &animation->seconds, error) ||
      !tw_read_whole ("animate-loop", options->loop, 0, 60000, &loop, error))
    return FALSE;
  animation->loop = (guint)loop;
  return TRUE;
}

static gboolean
check_drawn (const TwOutputOptions *options, GError **error)
{
  g_auto (TwFigureOptions) figure = { 0 };
  TwAnimationOptions animation = TW_ANIMATION_DEFAULTS;
  guint64 seeds = 1;

  if (options->plot != NULL && tw_figure_kind_of_path (options->plot) == TW_FIGURE_NO_KIND) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--plot: \"%s\" ends in none of .png, .svg and .pdf", options->plot);
    return FALSE;
  }
  if (options->animate != NULL && tw_animation_kind_of_path (options->animate) == TW_ANIMATION_NO_KIND) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--animate: \"%s\" ends in none of .gif, .webp and .png", options->animate);
    return FALSE;
  }
  if (options->report != NULL && tw_report_kind_of_path (options->report) == TW_REPORT_NO_KIND) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--report: \"%s\" ends in none of .pdf and .html", options->report);
    return FALSE;
  }
  if (options->matplotlib != NULL && (options->csv == NULL || tw_output_is_stdout (options->csv))) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "--matplotlib: the script reads the table of --csv; give that too");
    return FALSE;
  }
  return read_figure (options, &figure, error) && read_animation (options, &animation, error) &&
         tw_read_whole ("report-seeds", options->seeds, 1, 1000, &seeds, error);
}

#else

static gboolean
check_drawn (const TwOutputOptions *options, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (files[i].drawn && path_of (options, i) != NULL) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--%s: this thalweg was built without the window and its figures",
                   files[i].option);
      return FALSE;
    }
  return TRUE;
}

#endif

gboolean
tw_output_options_check (const TwOutputOptions *options, GError **error)
{
  const char *paths[G_N_ELEMENTS (files)];

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    paths[i] = path_of (options, i);
  return check_drawn (options, error) && tw_check_outputs (paths, G_N_ELEMENTS (paths), error);
}

TwRunner *
tw_outputs_start_run (const TwOutputOptions *options, const TwExperiment *experiment, guint n_threads, GError **error)
{
  gboolean probes = options->activations != NULL, snapshots = FALSE;

#ifdef TW_HAVE_GUI
  g_auto (TwFigureOptions) figure = { 0 };
  TwFigureNeeds needs =
    read_figure (options, &figure, NULL) ? tw_export_get_needs (TW_EXPORT_FIGURE, &figure) : TW_FIGURE_NEEDS_NOTHING;
  if (options->report != NULL)
    needs |= tw_export_get_needs (TW_EXPORT_REPORT, &figure);
  snapshots = (needs & TW_FIGURE_NEEDS_SNAPSHOTS) != 0;
  probes = probes || (needs & TW_FIGURE_NEEDS_PROBES) != 0;
#endif
  return tw_runner_start_within (experiment, n_threads, probes ? TW_TRACE_PROBE_BYTES : 0, snapshots ? TW_SNAPSHOTS_BYTES : 0,
                                 error);
}

#ifdef TW_HAVE_GUI

static gboolean
add_drawn (GPtrArray *outputs, const TwOutputOptions *options, const TwExperiment *experiment, TwTrace *trace, guint n_threads,
           TwOutputProgress progress, GError **error)
{
  g_auto (TwFigureOptions) figure = { 0 };
  g_autoptr (TwFigureCache) cache = tw_figure_cache_new ();
  TwExport what = { .experiment = experiment, .trace = trace, .figure = &figure, .animation = TW_ANIMATION_DEFAULTS,
                    .seeds = 1, .n_threads = n_threads, .csv = options->csv, .progress = progress, .cache = cache };
  const struct {
    TwExportKind kind;
    const char *path;
  } wanted[] = {
    { TW_EXPORT_CAPTION, options->caption },     { TW_EXPORT_FIGURE, options->plot },         { TW_EXPORT_MATPLOTLIB, options->matplotlib },
    { TW_EXPORT_PGFPLOTS, options->pgfplots },   { TW_EXPORT_REPORT, options->report },
    { TW_EXPORT_ANIMATION, options->animate },
  };

  if (!read_figure (options, &figure, error) || !read_animation (options, &what.animation, error) ||
      !tw_read_whole ("report-seeds", options->seeds, 1, 1000, &what.seeds, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (wanted[i].path != NULL && !tw_export_write (wanted[i].kind, &what, wanted[i].path, outputs, error))
      return FALSE;
  return TRUE;
}

#endif

static gboolean
add_tables (GPtrArray *outputs, const TwOutputOptions *options, const TwExperiment *experiment, const TwTrace *trace,
            GError **error)
{
  const char *paths[] = { options->csv, options->json, options->activations, options->save, options->caption };

#ifdef TW_HAVE_GUI
  paths[TW_TABLE_CAPTION] = NULL; /* add_drawn() writes it: it depends on what is shown */
#endif
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    TwOutput *output = paths[i] != NULL ? tw_output_new (paths[i], error) : NULL;
    if (paths[i] == NULL)
      continue;
    if (output == NULL)
      return FALSE;
    g_ptr_array_add (outputs, output);
    tw_export_table ((TwTable)i, experiment, trace, output);
    if (!tw_output_finish (output, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tw_outputs_write (const TwOutputOptions *options, const TwExperiment *experiment, TwTrace *trace, guint n_threads,
                  TwOutputProgress progress, GError **error)
{
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_output_free);

  if (!add_tables (outputs, options, experiment, trace, error))
    return FALSE;
#ifdef TW_HAVE_GUI
  if (!add_drawn (outputs, options, experiment, trace, n_threads, progress, error))
    return FALSE;
#endif
  if (!progress (NAN, NULL)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "interrupted; nothing was written");
    return FALSE;
  }
  for (guint i = 0; i < outputs->len; i++)
    if (!tw_output_commit (outputs->pdata[i], error))
      return FALSE;
  return TRUE;
}
