#include "ui/export-settings.h"

#include <string.h>

#include "core/error.h"
#include "ui/preferences.h"

#define KEY "export"

struct _TwExportSettings {
  GHashTable *words; /* of char *, by key */
  void (*changed) (gpointer data);
  gpointer data;
};

static const struct {
  const char *key, *word;
  gboolean remembered;
} defaults[] = {
  { "tab", "figure", TRUE },
  { "figure-format", "png", TRUE },
  { "animation-format", "gif", TRUE },
  { "report-format", "pdf", TRUE },
  { "data-format", "csv", TRUE },
  /* What it shows */
  { "view", "comparison", TRUE },
  { "metric", "loss", TRUE },
  { "series", "", FALSE }, /* all */
  { "title", "", FALSE },  /* the problem's */
  { "titled", "yes", TRUE },
  /* How large */
  { "size", "", TRUE }, /* as it comes; a preset; or "custom": width, height (0: as it comes), unit */
  { "width", "120", TRUE },
  { "height", "0", TRUE },
  { "unit", "mm", TRUE },
  { "animation-size", "", TRUE }, /* the same, in pixels */
  { "animation-width", "800", TRUE },
  { "animation-height", "600", TRUE },
  { "dpi", "0", TRUE }, /* 0 here and below: chosen */
  { "transparent", "no", TRUE },
  /* How it looks */
  { "theme", "light", TRUE },
  { "legend", "auto", TRUE },
  { "font", "", TRUE },
  { "font-size", "0", TRUE },
  { "line-width", "0", TRUE },
  /* How it plays */
  { "seconds", "10", TRUE },
  { "fps", "25", TRUE },
  { "loop", "0", TRUE },
  { "from", "0", FALSE },
  { "to", "", FALSE }, /* the end */
  { "seeds", "1", TRUE },
  { "folder", "", TRUE },
};

gboolean
tw_export_settings_is_of_view (const char *key)
{
  gsize n;
  const TwFigureKey *keys = tw_figure_keys (&n);

  for (gsize i = 0; i < n; i++)
    if (keys[i].check != NULL && strcmp (keys[i].key, key) == 0)
      return TRUE;
  return FALSE;
}

static const char *
default_of (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (strcmp (defaults[i].key, key) == 0)
      return defaults[i].word;
  g_return_val_if_fail (tw_export_settings_is_of_view (key), "");
  return ""; /* what the view itself takes */
}

TwExportSettings *
tw_export_settings_new (void (*changed) (gpointer data), gpointer data)
{
  TwExportSettings *self = g_new0 (TwExportSettings, 1);
  g_autoptr (GVariant) kept = g_settings_get_value (tw_settings_get (), KEY);
  GVariantIter iter;
  const char *key, *word;

  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_variant_iter_init (&iter, kept);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &word))
    g_hash_table_insert (self->words, g_strdup (key), g_strdup (word));
  self->changed = changed;
  self->data = data;
  return self;
}

void
tw_export_settings_free (TwExportSettings *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->words);
  g_free (self);
}

const char *
tw_export_settings_get (const TwExportSettings *self, const char *key)
{
  const char *word = g_hash_table_lookup (self->words, key);

  return word != NULL ? word : default_of (key);
}

gboolean
tw_export_settings_is (const TwExportSettings *self, const char *key, const char *word)
{
  return strcmp (tw_export_settings_get (self, key), word) == 0;
}

static void
keep (TwExportSettings *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++) {
    const char *word = tw_export_settings_get (self, defaults[i].key);
    if (defaults[i].remembered && strcmp (word, defaults[i].word) != 0)
      g_variant_builder_add (&builder, "{ss}", defaults[i].key, word);
  }
  g_settings_set_value (tw_settings_get (), KEY, g_variant_builder_end (&builder));
}

void
tw_export_settings_set (TwExportSettings *self, const char *key, const char *word)
{
  if (tw_export_settings_is (self, key, word))
    return;
  g_hash_table_insert (self->words, g_strdup (key), g_strdup (word));
  keep (self);
  if (self->changed != NULL)
    self->changed (self->data);
}

static const char *const tabs[] = { "figure", "animation", "report", "data" };

TwExportTab
tw_export_settings_get_tab (const TwExportSettings *self)
{
  for (int i = 0; i < 4; i++)
    if (tw_export_settings_is (self, "tab", tabs[i]))
      return (TwExportTab)i;
  return TW_EXPORT_TAB_FIGURE;
}

static const char *
get_format (const TwExportSettings *self)
{
  g_autofree char *key = g_strconcat (tabs[tw_export_settings_get_tab (self)], "-format", NULL);

  return tw_export_settings_get (self, key);
}

/* Data comes in five kinds. */
static const struct {
  const char *word, *ending, *option;
  TwExportKind kind;
} tables[] = {
  { "csv", ".csv", "csv", TW_EXPORT_CSV },
  { "json", ".json", "json", TW_EXPORT_JSON },
  { "activations", ".csv", "activations", TW_EXPORT_ACTIVATIONS },
  { "matplotlib", ".py", "matplotlib", TW_EXPORT_MATPLOTLIB },
  { "pgfplots", ".tex", "pgfplots", TW_EXPORT_PGFPLOTS },
};

static gsize
get_table (const TwExportSettings *self)
{
  gsize i = G_N_ELEMENTS (tables) - 1;

  while (i > 0 && strcmp (get_format (self), tables[i].word) != 0)
    i--;
  return i;
}

TwExportKind
tw_export_settings_get_kind (const TwExportSettings *self)
{
  switch (tw_export_settings_get_tab (self)) {
  case TW_EXPORT_TAB_FIGURE:
    return TW_EXPORT_FIGURE;
  case TW_EXPORT_TAB_ANIMATION:
    return TW_EXPORT_ANIMATION;
  case TW_EXPORT_TAB_REPORT:
    return TW_EXPORT_REPORT;
  case TW_EXPORT_TAB_DATA:
  default:
    return tables[get_table (self)].kind;
  }
}

const char *
tw_export_settings_get_ending (const TwExportSettings *self)
{
  static const char *const endings[] = { ".png", ".svg", ".pdf", ".gif", ".webp", ".html" };

  if (tw_export_settings_get_tab (self) == TW_EXPORT_TAB_DATA)
    return tables[get_table (self)].ending;
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (strcmp (get_format (self), endings[i] + 1) == 0)
      return endings[i];
  return endings[0];
}

gboolean
tw_export_settings_has_view (const TwExportSettings *self)
{
  TwExportKind kind = tw_export_settings_get_kind (self);

  return kind == TW_EXPORT_FIGURE || kind == TW_EXPORT_ANIMATION || kind == TW_EXPORT_MATPLOTLIB ||
         kind == TW_EXPORT_PGFPLOTS;
}

gboolean
tw_export_settings_reads (const TwExportSettings *self, const char *key)
{
  const TwFigureView *view = tw_figure_view_find (tw_export_settings_get (self, "view"));
  TwExportKind kind = tw_export_settings_get_kind (self);

  if (view == NULL || !tw_export_settings_has_view (self))
    return FALSE;
  if (kind != TW_EXPORT_FIGURE && kind != TW_EXPORT_ANIMATION && strcmp (key, "area") != 0) /* scripts show all steps */
    return FALSE;
  /* An animation shows all steps. */
  if (strcmp (key, "step") == 0)
    return view->plays && kind == TW_EXPORT_FIGURE;
  return tw_figure_view_has_setting (view, key);
}

/* The words for the command line, in pairs: "--figure-size", "85mm". */
static void
add_pair (GPtrArray *pairs, const char *key, const char *word)
{
  g_ptr_array_add (pairs, g_strdup (key));
  g_ptr_array_add (pairs, g_strdup (word));
}

static char *
get_size (const TwExportSettings *self)
{
  gboolean animation = tw_export_settings_get_tab (self) == TW_EXPORT_TAB_ANIMATION;
  const char *size = tw_export_settings_get (self, animation ? "animation-size" : "size");
  const char *width = tw_export_settings_get (self, animation ? "animation-width" : "width");
  const char *height = tw_export_settings_get (self, animation ? "animation-height" : "height");
  const char *unit = animation ? "px" : tw_export_settings_get (self, "unit");

  if (strcmp (size, "custom") != 0)
    return g_strdup (size);
  return strcmp (height, "0") != 0 ? g_strconcat (width, unit, "x", height, unit, NULL) : g_strconcat (width, unit, NULL);
}

/* Of those that this kind of file knows, with what differs from the default. */
static GPtrArray *
get_figure_words (const TwExportSettings *self)
{
  static const char *const zero_is_chosen[] = { "dpi", "font-size", "line-width", NULL };
  GPtrArray *pairs = g_ptr_array_new_with_free_func (g_free);
  TwExportKind kind = tw_export_settings_get_kind (self);
  gboolean picture = kind == TW_EXPORT_FIGURE || kind == TW_EXPORT_ANIMATION, view = tw_export_settings_has_view (self);
  const struct {
    const char *key;
    gboolean known;
  } keys[] = {
    { "view", view },         { "metric", view },
    { "theme", view || kind == TW_EXPORT_REPORT },
    { "legend", picture },    { "series", view || kind == TW_EXPORT_REPORT },
    { "font", picture || kind == TW_EXPORT_REPORT },
    { "font-size", picture }, { "line-width", picture },
    { "dpi", kind == TW_EXPORT_FIGURE && tw_export_settings_is (self, "figure-format", "png") },
    { "transparent", kind == TW_EXPORT_FIGURE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *word = tw_export_settings_get (self, keys[i].key);
    gboolean chosen = g_strv_contains (zero_is_chosen, keys[i].key) ? strcmp (word, "0") != 0
                                                                    : strcmp (word, default_of (keys[i].key)) != 0;
    if (keys[i].known && chosen)
      add_pair (pairs, keys[i].key, word);
  }
  gsize n;
  const TwFigureKey *own = tw_figure_keys (&n);
  for (gsize i = 0; i < n; i++)
    if (own[i].check != NULL && tw_export_settings_reads (self, own[i].key) &&
        *tw_export_settings_get (self, own[i].key) != '\0')
      add_pair (pairs, own[i].key, tw_export_settings_get (self, own[i].key));
  if (picture) {
    g_autofree char *size = get_size (self);
    if (*size != '\0')
      add_pair (pairs, "size", size);
  }
  if (view || kind == TW_EXPORT_REPORT) {
    const char *title = tw_export_settings_get (self, "title");
    if (!tw_export_settings_is (self, "titled", "yes") && kind != TW_EXPORT_REPORT)
      add_pair (pairs, "title", "");
    else if (*title != '\0')
      add_pair (pairs, "title", title);
  }
  return pairs;
}

static gboolean
read_whole (const char *word, guint64 *number)
{
  return g_ascii_string_to_unsigned (word, 10, 0, G_MAXINT64, number, NULL);
}

gboolean
tw_export_settings_read (const TwExportSettings *self, TwFigureOptions *figure, TwAnimationOptions *animation, guint64 *seeds,
                         GError **error)
{
  g_autoptr (GPtrArray) pairs = get_figure_words (self);
  guint64 loop = 0;

  *animation = (TwAnimationOptions)TW_ANIMATION_DEFAULTS;
  *seeds = 1;
  for (guint i = 0; i < pairs->len; i += 2)
    if (!tw_figure_options_set (figure, pairs->pdata[i], pairs->pdata[i + 1], error))
      return FALSE;
  animation->seconds = g_ascii_strtod (tw_export_settings_get (self, "seconds"), NULL);
  animation->fps = g_ascii_strtod (tw_export_settings_get (self, "fps"), NULL);
  read_whole (tw_export_settings_get (self, "from"), &animation->first);
  if (*tw_export_settings_get (self, "to") != '\0')
    read_whole (tw_export_settings_get (self, "to"), &animation->last);
  read_whole (tw_export_settings_get (self, "loop"), &loop);
  animation->loop = (guint)MIN (loop, 60000);
  read_whole (tw_export_settings_get (self, "seeds"), seeds);
  animation->seconds = CLAMP (animation->seconds, 0.1, 600);
  animation->fps = CLAMP (animation->fps, 1, 100);
  *seeds = CLAMP (*seeds, 1, 1000);
  if (animation->first > animation->last) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "The first step is after the last one.");
    return FALSE;
  }
  return TRUE;
}

static void
append_option (GString *line, const char *option, const char *word)
{
  g_autofree char *quoted = g_shell_quote (word);
  const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=,./:+@%";

  g_string_append_printf (line, " --%s=%s", option, *word != '\0' && strspn (word, plain) == strlen (word) ? word : quoted);
}

static void
append_animation (const TwExportSettings *self, const TwExperiment *experiment, GString *line)
{
  static const char *const keys[] = { "seconds", "fps", "loop" };
  const char *from = tw_export_settings_get (self, "from"), *to = tw_export_settings_get (self, "to");

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *option = g_strconcat ("animate-", keys[i], NULL);
    if (!tw_export_settings_is (self, keys[i], default_of (keys[i])))
      append_option (line, option, tw_export_settings_get (self, keys[i]));
  }
  g_autofree char *end = g_strdup_printf ("%" G_GUINT64_FORMAT, experiment->steps);
  if (strcmp (from, "0") != 0 || (*to != '\0' && strcmp (to, end) != 0)) {
    g_autofree char *steps = g_strdup_printf ("%s-%s", from, *to != '\0' ? to : end);
    append_option (line, "animate-steps", steps);
  }
}

char *
tw_export_settings_to_command_line (const TwExportSettings *self, const TwExperiment *experiment, const char *path)
{
  static const char *const options[] = { "plot", "animate", "report" };
  g_autofree char *run = tw_experiment_to_command_line (experiment);
  g_autoptr (GPtrArray) pairs = get_figure_words (self);
  GString *line = g_string_new (run);
  TwExportTab tab = tw_export_settings_get_tab (self);

  append_option (line, tab == TW_EXPORT_TAB_DATA ? tables[get_table (self)].option : options[tab], path);
  if (tw_export_settings_get_kind (self) == TW_EXPORT_MATPLOTLIB) {
    g_autofree char *stem = g_strndup (path, strlen (path) - strlen (".py"));
    g_autofree char *csv = g_strconcat (stem, ".csv", NULL);
    append_option (line, "csv", csv);
  }
  for (guint i = 0; i < pairs->len; i += 2) {
    g_autofree char *option =
      strcmp (pairs->pdata[i], "dpi") == 0 ? g_strdup ("dpi") : g_strconcat ("figure-", pairs->pdata[i], NULL);
    append_option (line, option, pairs->pdata[i + 1]);
  }
  if (tab == TW_EXPORT_TAB_ANIMATION)
    append_animation (self, experiment, line);
  if (tab == TW_EXPORT_TAB_REPORT && !tw_export_settings_is (self, "seeds", "1"))
    append_option (line, "report-seeds", tw_export_settings_get (self, "seeds"));
  return g_string_free (line, FALSE);
}
