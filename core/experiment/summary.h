/* summary.h: a finished trace in a few numbers and in words. */
#pragma once

#include "core/experiment/experiment.h"
#include "core/experiment/trace.h"

G_BEGIN_DECLS

typedef struct {
  double value, low, high; /* a median and its 95 % bootstrap interval; low = value = high for one run */
} TwInterval;

/* One optimizer over all starts of one or several traces of the same experiment (other seeds).  A run that
 * diverged or never began counts as infinitely bad; infinite medians are infinite here too. */
typedef struct {
  gsize n_runs, n_diverged, n_converged, n_reached; /* n_reached: within `tolerance` of the known minimum */
  TwInterval final_loss, best_loss;
  TwInterval steps; /* to the tolerance; NAN where no minimum is known */
} TwRunSummary;

void tw_summarise (TwTrace *const *traces, gsize n_traces, gsize optimizer, double tolerance,
                   TwRunSummary *summary);
/* "5 converged, 1 diverged", or of a single run what tw_trace_describe_stop() says. */
char *tw_summary_describe_end (const TwRunSummary *summary, const TwTrace *trace, gsize optimizer);

/* tw_optimizer_note() of one of its optimizers, or NULL. */
char *tw_trace_note (const TwTrace *trace, gsize optimizer);

/* What a figure of this trace shows, in sentences: problem, starts, steps, seed, optimizers with their
 * settings, and the version of the program. */
/* looks: what its optimizers are called; NULL: as their specs say. */
char *tw_trace_caption (const TwTrace *trace, const TwExperiment *looks);

G_END_DECLS
