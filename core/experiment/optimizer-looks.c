/* optimizer-looks.c: the optimizers of an experiment, with what they are called and how they are drawn. */
#include "core/experiment/experiment.h"

const char *
tw_experiment_get_label (const TwExperiment *experiment, gsize i)
{
  return i < experiment->labels->len ? experiment->labels->pdata[i] : NULL;
}

int
tw_experiment_get_line_style (const TwExperiment *experiment, gsize i)
{
  return i < experiment->line_styles->len ? g_array_index (experiment->line_styles, int, i) : -1;
}

/* Makes both lists as long as that of the optimizers. */
static void
fill_up (TwExperiment *experiment)
{
  const int own = -1;

  g_ptr_array_set_size (experiment->labels, (int)experiment->optimizers->len);
  g_array_set_size (experiment->line_styles,
                    MIN (experiment->line_styles->len, experiment->optimizers->len));
  while (experiment->line_styles->len < experiment->optimizers->len)
    g_array_append_val (experiment->line_styles, own);
}

void
tw_experiment_set_label (TwExperiment *experiment, gsize i, const char *label)
{
  g_return_if_fail (i < experiment->optimizers->len);
  fill_up (experiment);
  char *copy = label != NULL && *label != '\0' ? g_strdup (label) : NULL;
  g_free (experiment->labels->pdata[i]);
  experiment->labels->pdata[i] = copy;
}

void
tw_experiment_set_line_style (TwExperiment *experiment, gsize i, int style)
{
  g_return_if_fail (i < experiment->optimizers->len && style <= TW_EXPERIMENT_MAX_LINE_STYLE);
  fill_up (experiment);
  g_array_index (experiment->line_styles, int, i) = MAX (style, -1);
}

void
tw_experiment_set_optimizer (TwExperiment *experiment, gsize i, const char *spec)
{
  g_return_if_fail (i < experiment->optimizers->len);
  char *copy = g_strdup (spec);
  g_free (experiment->optimizers->pdata[i]);
  experiment->optimizers->pdata[i] = copy;
}

void
tw_experiment_insert_optimizer (TwExperiment *experiment, gsize at, const char *spec, const char *label,
                                int style)
{
  g_return_if_fail (at <= experiment->optimizers->len);
  fill_up (experiment);
  style = CLAMP (style, -1, TW_EXPERIMENT_MAX_LINE_STYLE);
  g_ptr_array_insert (experiment->optimizers, (int)at, g_strdup (spec));
  g_ptr_array_insert (experiment->labels, (int)at,
                      label != NULL && *label != '\0' ? g_strdup (label) : NULL);
  g_array_insert_val (experiment->line_styles, (guint)at, style);
}

void
tw_experiment_remove_optimizer (TwExperiment *experiment, gsize i)
{
  g_return_if_fail (i < experiment->optimizers->len);
  fill_up (experiment);
  g_ptr_array_remove_index (experiment->optimizers, (guint)i);
  g_ptr_array_remove_index (experiment->labels, (guint)i);
  g_array_remove_index (experiment->line_styles, (guint)i);
}

void
tw_experiment_move_optimizer (TwExperiment *experiment, gsize from, gsize to)
{
  g_return_if_fail (from < experiment->optimizers->len && to < experiment->optimizers->len);
  fill_up (experiment);
  int style = g_array_index (experiment->line_styles, int, from);
  gpointer spec = g_ptr_array_steal_index (experiment->optimizers, (guint)from);
  gpointer label = g_ptr_array_steal_index (experiment->labels, (guint)from);
  g_array_remove_index (experiment->line_styles, (guint)from);
  g_ptr_array_insert (experiment->optimizers, (int)to, spec);
  g_ptr_array_insert (experiment->labels, (int)to, label);
  g_array_insert_val (experiment->line_styles, (guint)to, style);
}
