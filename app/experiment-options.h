/* experiment-options.h: the options that describe an experiment and its outputs: of run and show. */
#pragma once

#include "app/outputs.h"
#include "core/experiment/experiment.h"

G_BEGIN_DECLS

typedef struct {
  /* As given; NULL where not */
  char **files;
  char *problem, *formula, *domain, *minimum;
  char **optimizers, **labels, **colors, **starts;
  char *n_starts, *noise, *steps, *seed;
  char *threads;
  TwOutputOptions outputs;
  gboolean quiet; /* no table on standard output; not an option */
} TwExperimentOptions;

/* For tw_parse_options(); `options` must outlive it.  g_free(). */
GOptionEntry *tw_experiment_options_entries (TwExperimentOptions *options);
void tw_experiment_options_clear (TwExperimentOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwExperimentOptions, tw_experiment_options_clear)

/* The experiment file where nothing else changes what it says, or NULL. */
const char *tw_experiment_options_unchanged_file (const TwExperimentOptions *options);
/* Whether anything describes an experiment. */
gboolean tw_experiment_options_any (const TwExperimentOptions *options);
/* The experiment file, if there is one, with the options over it.  `fill`: what is missing is chosen.
 * It has been checked. */
TwExperiment *tw_experiment_options_read (const TwExperimentOptions *options, gboolean fill, GError **error);
/* 0 where not given. */
gboolean tw_experiment_options_threads (const TwExperimentOptions *options, guint *n_threads, GError **error);

G_END_DECLS
