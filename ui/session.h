/* session.h: what the window is about: an experiment, its trace, and the moment that is shown.
 *
 * All views observe one session and keep nothing of it, so that every one of them shows the same moment.  It
 * knows no widget: the window calls tw_session_tick() once a frame.
 *
 * Three rules for who uses it:
 *  - An experiment is a value.  To change anything, copy it, change the copy, and hand it to
 *    tw_session_set_experiment(); the helpers below do that.  This is the only way in, and where undo will
 * be.
 *  - Runs happen in the background.  tw_session_get_trace() is what can be shown now: NULL at first, then
 *    possibly of the experiment before the last change, or still filling (rows below tw_trace_get_n_rows()
 *    are final).  It always has as many optimizers as the experiment, in the same order.
 *  - Whatever changes is told by the one signal "changed" (session, guint flags: TwSessionChange).
 *
 * Letters as in trace.h: O optimizers, N starts, K steps.
 */
#pragma once

#include <glib-object.h>

#include "core/experiment/experiment.h"
#include "core/experiment/trace.h"
#include "ui/drawing/style.h"

G_BEGIN_DECLS

typedef enum {
  TW_SESSION_EXPERIMENT = 1 << 0, /* another experiment; its trace is on the way */
  TW_SESSION_PROBLEM = 1 << 1,    /* the trace is of another problem than the one before; with TRACE */
  TW_SESSION_TRACE = 1 << 2,      /* another trace is shown, or none */
  TW_SESSION_ROWS = 1 << 3,       /* the trace has more rows, or is complete now */
  TW_SESSION_STEP = 1 << 4,       /* the moment moved */
  TW_SESSION_ENABLED = 1 << 5,    /* an optimizer was switched on or off */
  TW_SESSION_PLAYBACK = 1 << 6,   /* playing, speed or loop */
  TW_SESSION_ERROR = 1 << 7,      /* tw_session_get_error() */
  TW_SESSION_LOOKS = 1 << 8,      /* what an optimizer is called or how it is drawn; no new runs for it */
  TW_SESSION_ALL = (1 << 9) - 1,
} TwSessionChange;

#define TW_TYPE_SESSION (tw_session_get_type ())
G_DECLARE_FINAL_TYPE (TwSession, tw_session, TW, SESSION, GObject)

TwSession *tw_session_new (const TwExperiment *experiment); /* at step 0, its runs started */

/* The experiment.  Playback goes on where it is, unless the problem or the number of optimizers is another:
 * then it starts again at step 0. */
const TwExperiment *tw_session_get_experiment (TwSession *session);
void tw_session_set_experiment (TwSession *session, const TwExperiment *experiment);
/* Every experiment that was replaced can be had again.  What is changed while something is held, and quick
 * changes of one and the same thing, count as one. */
gboolean tw_session_can_undo (TwSession *session);
gboolean tw_session_can_redo (TwSession *session);
void tw_session_undo (TwSession *session);
void tw_session_redo (TwSession *session);
/* Other random numbers: noise, random starts, what is random about the problem.  Where nothing of it is
 * random (no noise, an explicit start), a random start. */
void tw_session_new_seed (TwSession *session);
void tw_session_set_problem (TwSession *session, const char *spec); /* with its own start */
/* Moves start `i` (of the explicit ones); others than explicit starts are replaced by this one. */
void tw_session_set_start (TwSession *session, gsize i, double x, double y);

/* What its runs did. */
TwTrace *tw_session_get_trace (TwSession *session);    /* (transfer none) (nullable) */
gboolean tw_session_is_complete (TwSession *session);  /* no more rows will come */
gboolean tw_session_is_settled (TwSession *session);   /* and they are of the experiment as it is now */
const char *tw_session_get_error (TwSession *session); /* one sentence, or NULL */
/* Row of the trace that is shown of run (optimizer, start): the step, or the last before it ended.  FALSE
 * where it has none yet. */
gboolean tw_session_get_row (TwSession *session, gsize optimizer, gsize start, gsize *row);

/* Its optimizers: O of them, each with one look in every panel. */
gsize tw_session_get_n_optimizers (TwSession *session);
const char *tw_session_get_name (TwSession *session, gsize optimizer); /* its label, else its spec */
const TwLineStyle *tw_session_get_style (TwSession *session, gsize optimizer);
gboolean tw_session_get_enabled (TwSession *session, gsize optimizer);
void tw_session_set_enabled (TwSession *session, gsize optimizer, gboolean enabled);

/* The moment: 0 to K. */
guint64 tw_session_get_step (TwSession *session);
guint64 tw_session_get_n_steps (TwSession *session);
void tw_session_set_step (TwSession *session, guint64 step); /* clamped; leaves playing alone */
void tw_session_move (TwSession *session, gint64 steps);     /* forward or back, and pauses */

/* Playback.  Playing at the end starts again at 0.  Speed in steps per second. */
#define TW_SESSION_MIN_SPEED 1.0
#define TW_SESSION_MAX_SPEED 10000.0
gboolean tw_session_get_playing (TwSession *session);
void tw_session_set_playing (TwSession *session, gboolean playing);
gboolean tw_session_get_loop (TwSession *session);
void tw_session_set_loop (TwSession *session, gboolean loop);
double tw_session_get_speed (TwSession *session);
void tw_session_set_speed (TwSession *session, double speed);
void tw_session_restart (TwSession *session); /* step 0, playing */

/* While something is dragged that changes the experiment: playback waits, and the end of the runs is shown.
 * After the release it plays from the start if it was playing.  Calls nest. */
void tw_session_begin_change (TwSession *session); /* at the press: what comes is not part of what was before */
void tw_session_hold (TwSession *session);
void tw_session_release (TwSession *session);

/* Once a frame; time in microseconds.  TRUE while anything moves by itself. */
gboolean tw_session_tick (TwSession *session, gint64 frame_time);

G_END_DECLS
