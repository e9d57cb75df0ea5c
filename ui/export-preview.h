/* export-preview.h: what a file will look like, drawn by the code that writes it, on a worker thread.
 *
 * One picture is drawn at a time; what is asked for meanwhile is drawn next, the latest only.  The last picture stays
 * until then, so that nothing flickers and the window never waits.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/export-settings.h"

G_BEGIN_DECLS

#define TW_TYPE_EXPORT_PREVIEW (tw_export_preview_get_type ())
G_DECLARE_FINAL_TYPE (TwExportPreview, tw_export_preview, TW, EXPORT_PREVIEW, GtkWidget)

/* Called on the main thread after each picture that shows other settings than the one before: what it is
 * ("178 x 92 mm"), the caption ("" where there is none), and why it can't be made (nullable). */
typedef void (*TwPreviewDone) (const char *about, const char *caption, const char *error, gpointer data);

GtkWidget *tw_export_preview_new (TwPreviewDone done, gpointer data);
/* Everything is copied or referenced. */
void tw_export_preview_set (TwExportPreview *preview, const TwExportSettings *settings, const TwExperiment *experiment,
                            TwTrace *trace);
/* Words in place of a picture, until the next one is set. */
void tw_export_preview_set_words (TwExportPreview *preview, const char *words);
/* What its figures computed, for the file.  (transfer none) */
TwFigureCache *tw_export_preview_get_cache (TwExportPreview *preview);
/* Whether what was set last is shown. */
gboolean tw_export_preview_is_current (TwExportPreview *preview);
/* The picture as it is shown, for tests; NULL where there is none.  (transfer none) */
cairo_surface_t *tw_export_preview_get_picture (TwExportPreview *preview);

G_END_DECLS
