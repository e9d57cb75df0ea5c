#include "ui/drawing/figure-view.h"

#include <string.h>

static const TwFigureView *const views[] = {
  &tw_figure_comparison, &tw_figure_landscape,   &tw_figure_surface, &tw_figure_curves,
  &tw_figure_table,      &tw_figure_activations, &tw_figure_inside,  &tw_figure_response,
  &tw_figure_basins,     &tw_figure_sweep,       &tw_figure_tuning,
  &tw_figure_plane,      &tw_figure_regions,     &tw_figure_filters, &tw_figure_mistakes,
  NULL,
};

const TwFigureView *const *
tw_figure_views (void)
{
  return views;
}

const TwFigureView *
tw_figure_view_find (const char *word)
{
  for (gsize i = 0; views[i] != NULL; i++)
    if (strcmp (views[i]->word, word) == 0)
      return views[i];
  return NULL;
}

gboolean
tw_figure_view_has_setting (const TwFigureView *view, const char *key)
{
  g_auto (GStrv) keys = g_strsplit (view->settings != NULL ? view->settings : "", "|", -1);

  return g_strv_contains ((const char *const *)keys, key);
}
