/* optimizer-helpers.h: making optimizers and running them, for the tests of optimizers and runs. */
#pragma once

#include "core/experiment/runner.h"
#include "core/optimizers/optimizer.h"

G_GNUC_UNUSED static TwOptimizer *
make_optimizer (const char *text, const TwLayout *layout)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (text, &error);

  g_assert_no_error (error);
  TwOptimizer *optimizer = tw_optimizer_new (spec, layout, &error);
  g_assert_no_error (error);
  return optimizer;
}

G_GNUC_UNUSED static gboolean
has_key (const TwOptimizerType *type, const char *key)
{
  for (const TwParam *param = tw_optimizer_type_get_params (type); param->key != NULL; param++)
    if (g_str_equal (param->key, key))
      return TRUE;
  return FALSE;
}

/* `optimizers`: one or several specs with spaces between. */
G_GNUC_UNUSED static TwExperiment *
make_experiment (const char *problem, const char *optimizers, guint n_random_starts, guint64 steps)
{
  TwExperiment *experiment = tw_experiment_new ();
  g_auto (GStrv) specs = g_strsplit (optimizers, " ", -1);

  experiment->problem = g_strdup (problem);
  for (guint i = 0; specs[i] != NULL; i++)
    g_ptr_array_add (experiment->optimizers, g_strdup (specs[i]));
  experiment->n_random_starts = n_random_starts;
  experiment->steps = steps;
  experiment->seed = 5;
  return experiment;
}

G_GNUC_UNUSED static TwTrace *
run_on (const char *problem, const char *optimizers, guint n_random_starts, guint64 steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwExperiment) experiment = make_experiment (problem, optimizers, n_random_starts, steps);
  TwTrace *trace = tw_run_experiment (experiment, 1, NULL, &error);

  g_assert_no_error (error);
  return trace;
}
