/* figure.h: what the window shows, as a figure for a page. */
#pragma once

#include "core/experiment/trace.h"

G_BEGIN_DECLS

/* Landscape with trajectories (two coordinates only), loss curves and a legend, as .png, .svg or .pdf by the
 * ending of `path` ("-" is not taken: it has no ending).  The same trace gives the same bytes.
 * Errors: TW_ERROR_INPUT for another ending, TW_ERROR_OUTPUT where it can't be written; the file appears
 * whole or not at all.  Needs no display. */
gboolean tw_figure_save_comparison (const TwTrace *trace, const char *path, GError **error);
/* Whether `path` has an ending that can be written; to ask before a long run. */
gboolean tw_figure_check_path (const char *path, GError **error);

G_END_DECLS
