/* error.h: the one error domain of the project.
 *
 * The code says whose fault it is, which is what callers act on (the command line exits 2 for input and 1 for
 * output); the message is one sentence that says what is wrong and where.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TW_ERROR_INPUT,     /* an argument, formula, spec or file that was given is wrong */
  TW_ERROR_OUTPUT,    /* something could not be written */
  TW_ERROR_CANCELLED, /* the user stopped it */
} TwErrorCode;

#define TW_ERROR (tw_error_quark ())
GQuark tw_error_quark (void);

/* Sets TW_ERROR_INPUT with that message and returns FALSE, for `return tw_refuse (error, ...)`. */
gboolean tw_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
