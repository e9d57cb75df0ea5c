#include "core/error.h"

G_DEFINE_QUARK (tw - error - quark, tw_error)

gboolean
tw_refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, message);
  return FALSE;
}
