/* variants.c: chooses between the two builds of the learned optimizer (variants.h), once per process: with AVX-512
 * the wide one, unless THALWEG_NARROW is in the environment, by which tests reach the other. */
#include "core/learned/hrnn-backward.h"
#include "core/learned/hrnn-private.h"

static gboolean
is_wide (void)
{
  static gsize choice; /* 0: not made yet */

  if (g_once_init_enter (&choice))
    g_once_init_leave (&choice, __builtin_cpu_supports ("x86-64-v4") && g_getenv ("THALWEG_NARROW") == NULL ? 2 : 1);
  return choice == 2;
}

/* `name` calls name_wide or name_narrow. */
#define CHOOSE(TYPE, NAME, PARAMETERS, ARGUMENTS)                                                            \
  TYPE NAME##_narrow PARAMETERS;                                                                             \
  TYPE NAME##_wide PARAMETERS;                                                                               \
  TYPE NAME PARAMETERS                                                                                       \
  {                                                                                                          \
    return is_wide () ? NAME##_wide ARGUMENTS : NAME##_narrow ARGUMENTS;                                     \
  }

CHOOSE (gsize, tw_hrnn_state_bytes, (const TwHrnnConfig *config, const TwLayout *layout), (config, layout))
CHOOSE (TwHrnnState *, tw_hrnn_state_new, (const TwHrnnConfig *config, const TwLayout *layout), (config,
        layout))
CHOOSE (void, tw_hrnn_state_reset, (TwHrnnState *state, const TwHrnnWeights *weights, const TwLayout
        *layout, const double *log_lr), (state, weights, layout, log_lr))
CHOOSE (void, tw_hrnn_state_reset_level, (TwHrnnState *state, const TwHrnnWeights *weights, const TwLayout
        *layout, guint level), (state, weights, layout, level))
CHOOSE (void, tw_hrnn_state_copy, (TwHrnnState *to, const TwHrnnState *from, const TwHrnnConfig *config,
        const TwLayout *layout), (to, from, config, layout))
CHOOSE (void, tw_hrnn_state_free, (TwHrnnState *state), (state))
CHOOSE (TwHrnn *, tw_hrnn_new, (const TwHrnnWeights *weights, const TwLayout *layout), (weights, layout))
CHOOSE (void, tw_hrnn_set_weights, (TwHrnn *hrnn, const TwHrnnWeights *weights), (hrnn, weights))
CHOOSE (void, tw_hrnn_set_timescale, (TwHrnn *hrnn, int s), (hrnn, s))
CHOOSE (void, tw_hrnn_free, (TwHrnn *hrnn), (hrnn))
CHOOSE (void, tw_hrnn_step, (TwHrnn *hrnn, TwHrnnState *state, double *theta, double *phi, double *gradient,
        const TwHrnnWatch *watch, TwHrnnTape *tape), (hrnn, state, theta, phi, gradient, watch, tape))
CHOOSE (gsize, tw_hrnn_tape_size, (const TwTapeWeights *weights, const TwLayout *layout, gsize n_steps),
        (weights, layout, n_steps))
CHOOSE (TwHrnnTape *, tw_hrnn_tape_new, (gsize bytes), (bytes))
CHOOSE (void, tw_hrnn_tape_free, (TwHrnnTape *tape), (tape))
CHOOSE (void, tw_hrnn_tape_begin, (TwHrnnTape *tape, const TwTapeWeights *weights, const TwLayout *layout,
        gsize n_steps, const TwHrnnState *state), (tape, weights, layout, n_steps, state))
CHOOSE (void, tw_hrnn_tape_step, (TwHrnnTape *tape, gsize k, const double *gradient, double *theta, double
        *phi), (tape, k, gradient, theta, phi))
CHOOSE (void, tw_hrnn_tape_get_state, (const TwHrnnTape *tape, gsize k, TwHrnnState *state), (tape, k,
        state))
CHOOSE (void, tw_hrnn_backward_begin, (TwHrnnTape *tape), (tape))
CHOOSE (void, tw_hrnn_backward_step, (TwHrnnTape *tape, gsize k, double *theta_bar, const double *phi_bar,
        double *gradient_bar), (tape, k, theta_bar, phi_bar, gradient_bar))
CHOOSE (double, tw_hrnn_backward_magnitude, (const TwHrnnTape *tape, gsize run), (tape, run))
CHOOSE (void, tw_hrnn_backward_cut, (TwHrnnTape *tape, gsize run), (tape, run))
CHOOSE (void, tw_hrnn_backward_end, (TwHrnnTape *tape, const guint8 *fresh), (tape, fresh))
CHOOSE (void, tw_hrnn_backward_add_gradient, (const TwHrnnTape *tape, double *gradient), (tape, gradient))
CHOOSE (TwTapeWeights *, tw_tape_weights_new, (const TwHrnnConfig *config), (config))
CHOOSE (void, tw_tape_weights_set, (TwTapeWeights *weights, const TwReal *values), (weights, values))
CHOOSE (void, tw_tape_weights_free, (TwTapeWeights *weights), (weights))
