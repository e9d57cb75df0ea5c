/* evaluation-private.h: the parts of an evaluation. */
#pragma once

#include "core/evaluation/evaluation.h"

G_BEGIN_DECLS

/* summary.c: from the losses of problem p, of contestant c and seed s at [s * n_contestants + c], everything
 * its cells tell.  minima (N); tuned Adam's losses may go on past the horizon. */
void tw_evaluation_score_problem (TwEvaluation *evaluation, gsize p, const TwLosses *losses,
                                  const double *minima);
/* Then, over all problems, summaries and wins. */
void tw_evaluation_summarise (TwEvaluation *evaluation);

/* baselines.c: the tuned settings of an earlier evaluation. */
typedef struct _TwBaselines TwBaselines;
TwBaselines *tw_baselines_load (const char *path, GError **error);
void tw_baselines_free (TwBaselines *baselines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBaselines, tw_baselines_free)
guint tw_baselines_get_budget (const TwBaselines *baselines);
const char *const *tw_baselines_get_families (const TwBaselines *baselines);
/* All problems of the evaluation were tuned there, as they are now, from the same seed. */
gboolean tw_baselines_check (const TwBaselines *baselines, const TwEvaluation *evaluation, GError **error);
const char *tw_baselines_get_spec (const TwBaselines *baselines, const char *problem, const char *family,
                                   double *score);
/* The lowest loss that was seen then, for problems with no known minimum. */
double tw_baselines_get_minimum (const TwBaselines *baselines, const char *problem);

/* What makes a problem of a suite the same as before: a checksum of all that defines it. g_free(). */
char *tw_suite_problem_fingerprint (const TwSuiteProblem *problem, guint n_tuning_seeds);

G_END_DECLS
