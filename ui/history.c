#include "ui/history.h"

#include <math.h>
#include <string.h>

/* What a change is of: a set of parts, and the optimizer where one alone is another. */
typedef enum {
  PART_PROBLEM = 1 << 0, /* a built-in one, or a formula that was none before */
  PART_FORMULA = 1 << 1,
  PART_DOMAIN = 1 << 2,
  PART_OPTIMIZER = 1 << 3, /* the settings of one */
  PART_LIST = 1 << 4,      /* how many, or in which order */
  PART_LOOKS = 1 << 5,
  PART_STARTS = 1 << 6,
  PART_NUMBERS = 1 << 7, /* steps, noise, minimum */
  PART_SEED = 1 << 8,
} Parts;

typedef struct {
  guint parts;
  gsize optimizer;
} Change;

struct _TwHistory {
  GPtrArray *past, *future; /* of TwExperiment *, the next one last */
  Change last;
  gint64 last_time;
  gboolean open; /* the next change may be part of the last */
};

static gboolean
same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static gboolean
same_kind (const char *a, const char *b)
{
  gsize length = strcspn (a, ",");

  return length == strcspn (b, ",") && strncmp (a, b, length) == 0;
}

static guint
compare_optimizers (const TwExperiment *a, const TwExperiment *b, gsize *which)
{
  gsize n_specs = 0, n_looks = 0;
  gboolean kinds = TRUE;

  if (a->optimizers->len != b->optimizers->len)
    return PART_LIST;
  for (gsize o = 0; o < a->optimizers->len; o++) {
    const char *x = a->optimizers->pdata[o], *y = b->optimizers->pdata[o];
    if (strcmp (x, y) != 0) {
      n_specs++;
      kinds = kinds && same_kind (x, y);
      *which = o;
    }
    if (g_strcmp0 (tw_experiment_get_label (a, o), tw_experiment_get_label (b, o)) != 0 ||
        tw_experiment_get_line_style (a, o) != tw_experiment_get_line_style (b, o)) {
      n_looks++;
      *which = o;
    }
  }
  return (n_specs == 0 ? 0 : n_specs == 1 && kinds ? PART_OPTIMIZER : PART_LIST) | (n_looks > 0 ? PART_LOOKS : 0);
}

static Change
compare (const TwExperiment *a, const TwExperiment *b)
{
  Change change = { 0 };

  change.parts = compare_optimizers (a, b, &change.optimizer);
  if (g_strcmp0 (a->problem, b->problem) != 0 || (a->formula == NULL) != (b->formula == NULL))
    change.parts |= PART_PROBLEM;
  else if (g_strcmp0 (a->formula, b->formula) != 0)
    change.parts |= PART_FORMULA;
  if (a->has_domain != b->has_domain || (a->has_domain && memcmp (a->domain, b->domain, sizeof a->domain) != 0))
    change.parts |= PART_DOMAIN;
  if (a->starts->len != b->starts->len || a->n_random_starts != b->n_random_starts ||
      (a->starts->len > 0 && memcmp (a->starts->data, b->starts->data, a->starts->len * sizeof (double)) != 0))
    change.parts |= PART_STARTS;
  if (a->steps != b->steps || !same_number (a->noise, b->noise) || !same_number (a->minimum, b->minimum))
    change.parts |= PART_NUMBERS;
  if (a->seed != b->seed)
    change.parts |= PART_SEED;
  return change;
}

gboolean
tw_history_only_looks_differ (const TwExperiment *a, const TwExperiment *b)
{
  return compare (a, b).parts == PART_LOOKS;
}

TwHistory *
tw_history_new (void)
{
  TwHistory *history = g_new0 (TwHistory, 1);

  history->past = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_experiment_free);
  history->future = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_experiment_free);
  return history;
}

void
tw_history_free (TwHistory *history)
{
  if (history == NULL)
    return;
  g_ptr_array_unref (history->past);
  g_ptr_array_unref (history->future);
  g_free (history);
}

void
tw_history_note (TwHistory *history, const TwExperiment *from, const TwExperiment *to, gboolean held, gint64 time)
{
  Change change = compare (from, to);
  /* New optimizers, problems and seeds are never part of what came before. */
  guint gradual = PART_FORMULA | PART_DOMAIN | PART_OPTIMIZER | PART_LOOKS | PART_STARTS | PART_NUMBERS;
  gboolean same = change.parts == history->last.parts && change.optimizer == history->last.optimizer &&
                  (change.parts & ~gradual) == 0 && (held || time - history->last_time < TW_HISTORY_PAUSE);

  if (change.parts == 0)
    return;
  g_ptr_array_set_size (history->future, 0);
  if (!history->open || !same) {
    g_ptr_array_add (history->past, tw_experiment_copy (from));
    if (history->past->len > TW_HISTORY_LENGTH)
      g_ptr_array_remove_index (history->past, 0);
  }
  history->open = TRUE;
  history->last = change;
  history->last_time = time;
}

void
tw_history_close (TwHistory *history)
{
  history->open = FALSE;
}

gboolean
tw_history_can_undo (const TwHistory *history)
{
  return history->past->len > 0;
}

gboolean
tw_history_can_redo (const TwHistory *history)
{
  return history->future->len > 0;
}

static TwExperiment *
move (TwHistory *history, GPtrArray *from, GPtrArray *to, const TwExperiment *now)
{
  history->open = FALSE;
  if (from->len == 0)
    return NULL;
  g_ptr_array_add (to, tw_experiment_copy (now));
  return g_ptr_array_steal_index (from, from->len - 1);
}

TwExperiment *
tw_history_undo (TwHistory *history, const TwExperiment *now)
{
  return move (history, history->past, history->future, now);
}

TwExperiment *
tw_history_redo (TwHistory *history, const TwExperiment *now)
{
  return move (history, history->future, history->past, now);
}
