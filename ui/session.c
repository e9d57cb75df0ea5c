#include "ui/session.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/looks.h"
#include "ui/history.h"
#include "ui/run-queue.h"

#define DEFAULT_SPEED 40.0
#define LONGEST_FRAME 0.1 /* seconds: after a stall, go on instead of jumping */
#define LOOP_PAUSE 1.2    /* seconds at the end before it starts again */

struct _TwSession {
  GObject parent_instance;

  TwExperiment *experiment;
  GArray *styles;  /* (O) of const TwLineStyle * */
  GArray *enabled; /* (O) of gboolean */

  TwHistory *history;

  TwRunQueue *queue;
  guint64 generation;       /* of the last request */
  guint64 shown_generation; /* of the trace */
  guint64 problem_since;    /* generation from which on the problem is the present one */
  TwTrace *trace;
  gboolean complete;
  gboolean problem_shown; /* a trace of the present problem has been shown */
  gsize rows_seen;
  char *error;

  double position; /* step, with the fraction playback is at */
  gboolean playing, loop;
  double speed;
  gint64 last_tick; /* 0: none yet since it began to play */
  double waited;    /* seconds at the end, where it loops */
  guint held;
  gboolean play_after;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_TYPE (TwSession, tw_session, G_TYPE_OBJECT)

static void
set_text (char **field, const char *text)
{
  char *copy = g_strdup (text);

  g_free (*field);
  *field = copy;
}

static void
emit (TwSession *session, guint flags)
{
  if (flags != 0)
    g_signal_emit (session, signals[CHANGED], 0, flags);
}

/* The experiment */

static gboolean
same_problem (const TwExperiment *a, const TwExperiment *b)
{
  return g_strcmp0 (a->problem, b->problem) == 0 && g_strcmp0 (a->formula, b->formula) == 0 &&
         a->has_domain == b->has_domain &&
         (!a->has_domain || memcmp (a->domain, b->domain, sizeof a->domain) == 0) &&
         (a->minimum == b->minimum || (isnan (a->minimum) && isnan (b->minimum))) &&
         (a->formula != NULL || a->seed == b->seed);
}

/* An optimizer that stays keeps its switch, wherever it stands in the list now. */
static GArray *
carry_enabled (const TwExperiment *from, const GArray *enabled, const TwExperiment *to)
{
  gsize n = to->optimizers->len, old = from != NULL ? from->optimizers->len : 0;
  GArray *result = g_array_sized_new (FALSE, FALSE, sizeof (gboolean), (guint)MAX (n, 1));
  g_autofree gboolean *used = g_new0 (gboolean, MAX (old, 1));

  for (gsize i = 0; i < n; i++) {
    gboolean value = TRUE;
    gsize match = old;
    for (gsize k = 0; k < old && match == old; k++)
      if (!used[k] && strcmp (from->optimizers->pdata[k], to->optimizers->pdata[i]) == 0)
        match = k;
    if (match == old && old == n && !used[i])
      match = i;
    if (match < old) {
      used[match] = TRUE;
      value = g_array_index (enabled, gboolean, match);
    }
    g_array_append_val (result, value);
  }
  return result;
}

static void
assign_styles (TwSession *session)
{
  gsize n = session->experiment->optimizers->len;
  const TwLineStyle **styles;

  g_array_set_size (session->styles, (guint)n);
  styles = (const TwLineStyle **)(gpointer)session->styles->data;
  tw_looks_assign (session->experiment, (const char *const *)session->experiment->optimizers->pdata, n, styles);
}

static void
put_experiment (TwSession *session, const TwExperiment *experiment)
{
  TwExperiment *before = session->experiment;
  gboolean other_problem = before == NULL || !same_problem (before, experiment);
  gboolean other_shape = other_problem || before->optimizers->len != experiment->optimizers->len;
  gboolean looks_only = before != NULL && tw_history_only_looks_differ (before, experiment);
  guint flags = TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS;
  GArray *enabled = carry_enabled (before, session->enabled, experiment);

  session->experiment = tw_experiment_copy (experiment);
  g_clear_pointer (&before, tw_experiment_free);
  g_array_unref (session->enabled);
  session->enabled = enabled;
  assign_styles (session);
  if (looks_only) {
    emit (session, TW_SESSION_LOOKS | TW_SESSION_ENABLED);
    return;
  }

  session->generation++;
  if (other_problem) {
    session->problem_since = session->generation;
    session->problem_shown = FALSE;
  }
  if (other_shape) {
    /* What is on screen no longer fits; at step 0 there is little to miss. */
    g_clear_pointer (&session->trace, tw_trace_unref);
    session->shown_generation = session->generation;
    session->position = 0;
    session->waited = 0;
    flags |= TW_SESSION_TRACE | TW_SESSION_STEP;
  }
  if (session->position > (double)experiment->steps) {
    session->position = (double)experiment->steps;
    flags |= TW_SESSION_STEP;
  }
  tw_run_queue_push (session->queue, session->experiment, session->generation, session->trace == NULL);
  emit (session, flags);
}

void
tw_session_set_experiment (TwSession *session, const TwExperiment *experiment)
{
  g_return_if_fail (TW_IS_SESSION (session) && experiment != NULL);

  if (session->experiment != NULL)
    tw_history_note (session->history, session->experiment, experiment, session->held > 0, g_get_monotonic_time ());
  put_experiment (session, experiment);
}

gboolean
tw_session_can_undo (TwSession *session)
{
  return tw_history_can_undo (session->history);
}

gboolean
tw_session_can_redo (TwSession *session)
{
  return tw_history_can_redo (session->history);
}

static void
go_back_or_forth (TwSession *session, TwExperiment *(*step) (TwHistory *, const TwExperiment *))
{
  g_autoptr (TwExperiment) experiment = step (session->history, session->experiment);
  double before = session->position;

  if (experiment == NULL)
    return;
  put_experiment (session, experiment);
  if (before > 0 && session->position == 0) /* other runs, from their start: nobody wants to press play for that */
    tw_session_restart (session);
}

void
tw_session_undo (TwSession *session)
{
  go_back_or_forth (session, tw_history_undo);
}

void
tw_session_redo (TwSession *session)
{
  go_back_or_forth (session, tw_history_redo);
}

void
tw_session_new_seed (TwSession *session)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (session->experiment);
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (experiment, NULL);
  double domain[4];

  experiment->seed = experiment->seed >= G_MAXINT64 ? 0 : experiment->seed + 1;
  if (problem != NULL && tw_problem_get_domain (problem, domain) && tw_problem_get_noise (problem) == 0 &&
      (experiment->starts->len > 0 || experiment->n_random_starts == 0)) {
    experiment->n_random_starts = MAX (experiment->starts->len / 2, 1);
    g_array_set_size (experiment->starts, 0);
  }
  tw_session_set_experiment (session, experiment);
}

void
tw_session_set_problem (TwSession *session, const char *spec)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (session->experiment);

  set_text (&experiment->problem, spec);
  g_clear_pointer (&experiment->formula, g_free);
  experiment->has_domain = FALSE;
  experiment->minimum = NAN;
  g_array_set_size (experiment->starts, 0);
  tw_session_set_experiment (session, experiment);
}

void
tw_session_set_start (TwSession *session, gsize i, double x, double y)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (session->experiment);
  double point[2] = { x, y };

  if (2 * i + 1 < experiment->starts->len) {
    memcpy (&g_array_index (experiment->starts, double, 2 * i), point, sizeof point);
  } else {
    g_array_set_size (experiment->starts, 0);
    g_array_append_vals (experiment->starts, point, 2);
    experiment->n_random_starts = 0;
  }
  tw_session_set_experiment (session, experiment);
}

/* What comes back from the background */

static void
on_news (const TwRunNews *news, gpointer data)
{
  TwSession *session = data;
  guint flags = 0;

  /* Late: it belongs to another problem or list of optimizers, or something newer is shown. */
  if (news->generation < session->shown_generation || news->generation < session->problem_since)
    return;
  if (news->trace != NULL && tw_trace_get_n_optimizers (news->trace) != session->experiment->optimizers->len)
    return;

  const char *message = news->error != NULL ? news->error->message : NULL;
  if (g_strcmp0 (message, session->error) != 0) {
    set_text (&session->error, message);
    flags |= TW_SESSION_ERROR;
  }
  session->shown_generation = news->generation;
  if (news->trace != NULL && news->trace != session->trace) {
    g_clear_pointer (&session->trace, tw_trace_unref);
    session->trace = tw_trace_ref (news->trace);
    session->rows_seen = 0;
    flags |= TW_SESSION_TRACE;
    if (!session->problem_shown)
      flags |= TW_SESSION_PROBLEM;
    session->problem_shown = TRUE;
  }
  session->complete = news->done;
  if (news->done)
    flags |= TW_SESSION_ROWS;
  emit (session, flags);
}

/* The last row that every run of the first start has, or the end. */
static guint64
last_available_step (TwSession *session)
{
  guint64 last = session->experiment->steps;

  if (session->trace == NULL)
    return 0;
  for (gsize o = 0; !session->complete && o < tw_trace_get_n_optimizers (session->trace); o++)
    if (tw_trace_get_stop_reason (session->trace, o, 0) == TW_STOP_RUNNING) {
      gsize rows = tw_trace_get_n_rows (session->trace, o, 0);
      last = MIN (last, rows > 0 ? rows - 1 : 0);
    }
  return last;
}

static gboolean
rows_grew (TwSession *session)
{
  gsize rows = 0;

  if (session->trace == NULL || session->complete)
    return FALSE;
  for (gsize o = 0; o < tw_trace_get_n_optimizers (session->trace); o++)
    rows += tw_trace_get_n_rows (session->trace, o, 0);
  gboolean grew = rows != session->rows_seen;
  session->rows_seen = rows;
  return grew;
}

/* The moment */

static guint
move_to (TwSession *session, double position)
{
  guint64 before = tw_session_get_step (session);

  session->position = CLAMP (position, 0, (double)session->experiment->steps);
  return tw_session_get_step (session) != before ? TW_SESSION_STEP : 0;
}

gboolean
tw_session_tick (TwSession *session, gint64 frame_time)
{
  guint flags = rows_grew (session) ? TW_SESSION_ROWS : 0;

  if (session->playing && session->held == 0 && session->trace != NULL) {
    double passed = session->last_tick > 0 ? (double)(frame_time - session->last_tick) / G_USEC_PER_SEC : 0;
    double last = (double)last_available_step (session), end = (double)session->experiment->steps;
    passed = CLAMP (passed, 0, LONGEST_FRAME);
    session->last_tick = frame_time;
    if (session->position < end) {
      session->waited = 0;
      flags |= move_to (session, MIN (session->position + passed * session->speed, last));
    } else if (!session->loop) {
      session->playing = FALSE;
      flags |= TW_SESSION_PLAYBACK;
    } else if ((session->waited += passed) >= LOOP_PAUSE) {
      session->waited = 0;
      flags |= move_to (session, 0);
    }
  }
  emit (session, flags);
  return session->playing || !session->complete;
}

void
tw_session_set_step (TwSession *session, guint64 step)
{
  session->waited = 0;
  emit (session, move_to (session, (double)MIN (step, session->experiment->steps)));
}

void
tw_session_move (TwSession *session, gint64 steps)
{
  guint flags = session->playing ? TW_SESSION_PLAYBACK : 0;

  session->playing = FALSE;
  flags |= move_to (session, (double)tw_session_get_step (session) + (double)steps);
  emit (session, flags);
}

void
tw_session_set_playing (TwSession *session, gboolean playing)
{
  guint flags = 0;

  if (session->playing == !!playing)
    return;
  session->playing = !!playing;
  session->last_tick = 0;
  session->waited = 0;
  if (playing && session->position >= (double)session->experiment->steps)
    flags |= move_to (session, 0);
  emit (session, flags | TW_SESSION_PLAYBACK);
}

void
tw_session_restart (TwSession *session)
{
  guint flags = move_to (session, 0);

  if (session->held > 0)
    session->play_after = TRUE;
  else if (!session->playing)
    flags |= TW_SESSION_PLAYBACK;
  session->playing = TRUE;
  session->last_tick = 0;
  session->waited = 0;
  emit (session, flags);
}

void
tw_session_begin_change (TwSession *session)
{
  tw_history_close (session->history);
}

void
tw_session_hold (TwSession *session)
{
  if (session->held++ > 0)
    return;
  session->play_after = session->playing;
  emit (session, move_to (session, (double)session->experiment->steps));
}

void
tw_session_release (TwSession *session)
{
  g_return_if_fail (session->held > 0);

  if (--session->held > 0)
    return;
  tw_history_close (session->history);
  session->last_tick = 0;
  if (session->play_after)
    tw_session_restart (session);
}

/* Getters and plain setters */

const TwExperiment *
tw_session_get_experiment (TwSession *session)
{
  return session->experiment;
}

TwTrace *
tw_session_get_trace (TwSession *session)
{
  return session->trace;
}

gboolean
tw_session_is_complete (TwSession *session)
{
  return session->trace != NULL && session->complete;
}

gboolean
tw_session_is_settled (TwSession *session)
{
  return tw_session_is_complete (session) && session->shown_generation == session->generation;
}

const char *
tw_session_get_error (TwSession *session)
{
  return session->error;
}

gboolean
tw_session_get_row (TwSession *session, gsize optimizer, gsize start, gsize *row)
{
  if (session->trace == NULL || start >= tw_trace_get_n_starts (session->trace))
    return FALSE;
  gsize rows = tw_trace_get_n_rows (session->trace, optimizer, start);
  if (rows == 0)
    return FALSE;
  *row = MIN (tw_session_get_step (session), rows - 1);
  return TRUE;
}

gsize
tw_session_get_n_optimizers (TwSession *session)
{
  return session->experiment->optimizers->len;
}

const char *
tw_session_get_name (TwSession *session, gsize optimizer)
{
  const char *label = tw_experiment_get_label (session->experiment, optimizer);

  g_return_val_if_fail (optimizer < session->experiment->optimizers->len, "");
  return label != NULL ? label : session->experiment->optimizers->pdata[optimizer];
}

const TwLineStyle *
tw_session_get_style (TwSession *session, gsize optimizer)
{
  g_return_val_if_fail (optimizer < session->styles->len, tw_line_style_get (0));
  return g_array_index (session->styles, const TwLineStyle *, optimizer);
}

gboolean
tw_session_get_enabled (TwSession *session, gsize optimizer)
{
  return optimizer < session->enabled->len && g_array_index (session->enabled, gboolean, optimizer);
}

void
tw_session_set_enabled (TwSession *session, gsize optimizer, gboolean enabled)
{
  g_return_if_fail (optimizer < session->enabled->len);
  gboolean *value = &g_array_index (session->enabled, gboolean, optimizer);
  if (*value == !!enabled)
    return;
  *value = !!enabled;
  emit (session, TW_SESSION_ENABLED);
}

guint64
tw_session_get_step (TwSession *session)
{
  return (guint64)session->position;
}

guint64
tw_session_get_n_steps (TwSession *session)
{
  return session->experiment->steps;
}

gboolean
tw_session_get_playing (TwSession *session)
{
  return session->playing;
}

gboolean
tw_session_get_loop (TwSession *session)
{
  return session->loop;
}

void
tw_session_set_loop (TwSession *session, gboolean loop)
{
  if (session->loop == !!loop)
    return;
  session->loop = !!loop;
  emit (session, TW_SESSION_PLAYBACK);
}

double
tw_session_get_speed (TwSession *session)
{
  return session->speed;
}

void
tw_session_set_speed (TwSession *session, double speed)
{
  speed = CLAMP (speed, TW_SESSION_MIN_SPEED, TW_SESSION_MAX_SPEED);
  if (session->speed == speed)
    return;
  session->speed = speed;
  emit (session, TW_SESSION_PLAYBACK);
}

static void
tw_session_dispose (GObject *object)
{
  TwSession *session = TW_SESSION (object);

  g_clear_pointer (&session->queue, tw_run_queue_free);
  G_OBJECT_CLASS (tw_session_parent_class)->dispose (object);
}

static void
tw_session_finalize (GObject *object)
{
  TwSession *session = TW_SESSION (object);

  g_clear_pointer (&session->experiment, tw_experiment_free);
  g_clear_pointer (&session->trace, tw_trace_unref);
  tw_history_free (session->history);
  g_array_unref (session->styles);
  g_array_unref (session->enabled);
  g_free (session->error);
  G_OBJECT_CLASS (tw_session_parent_class)->finalize (object);
}

static void
tw_session_class_init (TwSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tw_session_dispose;
  object_class->finalize = tw_session_finalize;
  signals[CHANGED] = g_signal_new ("changed", TW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
tw_session_init (TwSession *session)
{
  session->styles = g_array_new (FALSE, TRUE, sizeof (const TwLineStyle *));
  session->enabled = g_array_new (FALSE, TRUE, sizeof (gboolean));
  session->history = tw_history_new ();
  session->speed = DEFAULT_SPEED;
  session->queue = tw_run_queue_new (on_news, session);
}

TwSession *
tw_session_new (const TwExperiment *experiment)
{
  g_return_val_if_fail (experiment != NULL, NULL);
  TwSession *session = g_object_new (TW_TYPE_SESSION, NULL);

  tw_session_set_experiment (session, experiment);
  return session;
}
