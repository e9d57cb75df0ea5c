#include "ui/drawing/looks.h"

#include <string.h>

#include "core/optimizers/optimizer.h"

void
tw_looks_assign (const TwExperiment *experiment, const char *const *specs, gsize n, const TwLineStyle **styles)
{
  tw_line_styles_assign (specs, n, styles);
  for (gsize i = 0; experiment != NULL && i < n; i++) {
    int style = tw_experiment_get_line_style (experiment, i);
    if (style >= 0)
      styles[i] = tw_line_style_get ((guint)style);
  }
}

const char *
tw_optimizer_title_of_spec (const char *spec)
{
  g_autofree char *name = g_strndup (spec, strcspn (spec, ","));
  const TwOptimizerType *type = tw_optimizer_type_by_name (name);

  return type != NULL ? tw_optimizer_type_get_title (type) : g_intern_string (name);
}

char *
tw_looks_get_name (const TwExperiment *experiment, const char *spec, gsize i)
{
  const char *label = experiment != NULL ? tw_experiment_get_label (experiment, i) : NULL;

  if (label != NULL)
    return g_strdup (label);
  g_autoptr (TwSpec) parsed = tw_spec_parse (spec, NULL);
  g_autofree char *keys = parsed != NULL ? tw_spec_join_keys (parsed, " ") : g_strdup ("");
  return g_strconcat (tw_optimizer_title_of_spec (spec), *keys != '\0' ? " " : NULL, keys, NULL);
}

char *
tw_looks_get_tuned_name (const TwExperiment *experiment, const char *spec, gsize i)
{
  g_autoptr (TwSpec) parsed = tw_spec_parse (spec, NULL);

  if (parsed != NULL)
    tw_spec_set (parsed, "lr", NULL);
  return tw_looks_get_name (experiment, parsed != NULL ? tw_spec_get_text (parsed) : spec, i);
}

int
tw_looks_find_style (const char *word)
{
  g_autofree char *name = g_strdelimit (g_strdup (word), "-_", ' ');
  guint64 number;

  for (guint i = 0; i < TW_N_LINE_STYLES; i++)
    if (g_ascii_strcasecmp (tw_line_style_get (i)->name, name) == 0)
      return (int)i;
  if (g_ascii_string_to_unsigned (word, 10, 0, TW_EXPERIMENT_MAX_LINE_STYLE, &number, NULL))
    return (int)number;
  return -1;
}
