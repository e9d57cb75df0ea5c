/* experiment.h: what to run: a problem, optimizers, starts, steps, noise and a seed.
 *
 * The same experiment gives the same trace, to the bit, in the window, on the command line and with any
 * number of threads.
 */
#pragma once

#include <glib.h>

#include "core/problems/problem.h"

G_BEGIN_DECLS

/* Bounds, so that a slip of the finger is an error and not a machine out of memory. */
#define TW_EXPERIMENT_MAX_STEPS 10000000
#define TW_EXPERIMENT_MAX_STARTS 100000
#define TW_EXPERIMENT_MAX_OPTIMIZERS 256

typedef struct {
  char *problem; /* a spec; NULL where `formula` is set */
  char *formula; /* a landscape in x and y */
  gboolean has_domain;
  double domain[4];      /* x0, x1, y0, y1: drawn, and where random starts come from */
  double minimum;        /* NAN where not given */
  GPtrArray *optimizers; /* of char *: specs, in order; the same one may stand there twice */
  /* How optimizer i is called and drawn; either may be shorter than `optimizers` (see below). */
  GPtrArray *labels;     /* of char *: a name of the user's, or NULL */
  GArray *line_styles;   /* of int: number of a colour and dash, or -1 for its own */
  GArray *starts;        /* of double: x, y of each explicit start (2-D problems) */
  guint n_random_starts; /* used where `starts` is empty; 0 with no starts: the problem's own first start */
  double noise;          /* NAN where not given: the problem's own */
  guint64 steps;
  guint64 seed;
} TwExperiment;

TwExperiment *tw_experiment_new (void); /* empty: 200 steps, seed 0 */
TwExperiment *tw_experiment_copy (const TwExperiment *experiment);
void tw_experiment_free (TwExperiment *experiment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwExperiment, tw_experiment_free)

/* The optimizers with their labels and line styles, which move with them. */
#define TW_EXPERIMENT_MAX_LINE_STYLE 255
const char *tw_experiment_get_label (const TwExperiment *experiment, gsize i);  /* NULL: none */
int tw_experiment_get_line_style (const TwExperiment *experiment, gsize i);     /* -1: its own */
void tw_experiment_set_label (TwExperiment *experiment, gsize i, const char *label); /* NULL or "": none */
void tw_experiment_set_line_style (TwExperiment *experiment, gsize i, int style);
void tw_experiment_set_optimizer (TwExperiment *experiment, gsize i, const char *spec);
/* Before the one at `at` (at most their number). */
void tw_experiment_insert_optimizer (TwExperiment *experiment, gsize at, const char *spec, const char *label,
                                     int style);
void tw_experiment_remove_optimizer (TwExperiment *experiment, gsize i);
void tw_experiment_move_optimizer (TwExperiment *experiment, gsize from, gsize to);

/* Everything that can be wrong with it is found here, before anything runs. */
gboolean tw_experiment_check (const TwExperiment *experiment, GError **error);
TwProblem *tw_experiment_create_problem (const TwExperiment *experiment, GError **error);
gsize tw_experiment_n_starts (const TwExperiment *experiment);
/* Start i of `problem`: theta (D). */
void tw_experiment_get_start (const TwExperiment *experiment, const TwProblem *problem, gsize i,
                              double *theta);

/* A small network that learns from the data at `path` (a CSV file, or a folder in MNIST's format), with three optimizers. */
TwExperiment *tw_experiment_new_for_data (const char *path);

/* .thalweg files: JSON with a version inside.  Loading refuses what it does not know and says where. */
TwExperiment *tw_experiment_load (const char *path, GError **error);
gboolean tw_experiment_save (const TwExperiment *experiment, const char *path, GError **error);
char *tw_experiment_to_json (const TwExperiment *experiment);
TwExperiment *tw_experiment_from_json (const char *label, const char *json, gssize length, GError **error);

/* "thalweg run --problem=... ...": what runs this experiment in a shell, to the same bits. */
char *tw_experiment_to_command_line (const TwExperiment *experiment);

G_END_DECLS
