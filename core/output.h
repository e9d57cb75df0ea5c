/* output.h: files that appear whole or not at all.
 *
 * What is written goes to a hidden file beside the target and takes its place in the end, so an interrupted
 * or failed program leaves what was there before.  Pipes and devices are written as they are; "-" is standard
 * output.  All errors are TW_ERROR_OUTPUT and name the file.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwOutput TwOutput;

/* Whether a file could be written there, without leaving a trace: to ask before a long computation. */
gboolean tw_output_check (const char *path, GError **error);
gboolean tw_output_is_stdout (const char *path);

TwOutput *tw_output_new (const char *path, GError **error);
/* The first `size` - 1 bytes of what is written, as text in `buffer`, which is filled by tw_output_free(). */
TwOutput *tw_output_new_memory (char *buffer, gsize size);
/* An error is kept, and told by tw_output_finish(). */
void tw_output_write (TwOutput *output, const char *text);
void tw_output_write_bytes (TwOutput *output, gconstpointer data, gsize size);
void tw_output_printf (TwOutput *output, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* As "%.17g" in any locale: reading it gives the same bits.  `value` must be finite. */
void tw_output_write_number (TwOutput *output, double value);
/* As a JSON string, or null. */
void tw_output_write_json_string (TwOutput *output, const char *text);
/* As a JSON number, or null where it is not finite. */
void tw_output_write_json_number (TwOutput *output, double value);
/* All of it is on disk beside the target; the target is still as it was.  Several outputs can thus be
 * finished before the first is committed. */
gboolean tw_output_finish (TwOutput *output, GError **error);
/* Finishes where that was not done, and puts it in place. */
gboolean tw_output_commit (TwOutput *output, GError **error);
/* What was not committed is removed. */
void tw_output_free (TwOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwOutput, tw_output_free)

/* The shortest text that reads back as `value`, in any locale. */
char *tw_format_number (double value);
/* `text` as a JSON string with its quotes. */
char *tw_format_json_string (const char *text);

G_END_DECLS
