/* suite.h: a set of problems that optimizers are compared on, read from a JSON file.
 *
 *   { "format": "thalweg-suite", "version": 1, "about": TEXT, "seeds": N, "tuning_seeds": N,
 *     "problems": [ { "name": TEXT, "group": "2d" | "network" | "other", "steps": N,
 *                     "problem": SPEC } or
 *                   { ..., "formula": EXPR, "domain": [x0, x1, y0, y1], "minimum": F }, ... ] }
 *
 * "noise", "domain" and "minimum" may stand with either kind.  Names are unique.
 */
#pragma once

#include "core/experiment/experiment.h"

G_BEGIN_DECLS

#define TW_SUITE_MAX_SEEDS 1000

typedef struct {
  char *name;
  char *group;              /* "2d", "network" or "other" */
  TwExperiment *experiment; /* problem, noise and steps; one random start, no optimizers, any seed */
} TwSuiteProblem;

typedef struct {
  char *name;           /* of one that ships, or the path as it was given */
  char *about;          /* one line, or NULL */
  GPtrArray *problems;  /* of TwSuiteProblem *, at least one */
  guint n_seeds;        /* what results are reported on */
  guint n_tuning_seeds; /* what baselines are tuned on */
} TwSuite;

/* One that ships inside the program ("test", "unseen", "validation", "smoke", "networks") by its name, else a file.
 * Errors name the file, the problem and the member. */
TwSuite *tw_suite_open (const char *name_or_path, GError **error);
TwSuite *tw_suite_from_json (const char *label, const char *json, gssize length, GError **error);
const char *const *tw_suite_builtin_names (void);
/* The problem that `seed` makes. */
TwProblem *tw_suite_problem_create (const TwSuiteProblem *problem, guint64 seed, GError **error);
void tw_suite_free (TwSuite *suite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSuite, tw_suite_free)

G_END_DECLS
