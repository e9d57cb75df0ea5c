/* export-settings.h: what the export window is set to, as words: those of the command line where it has them.
 *
 * Most are remembered from one time to the next (key "export" of the settings); what belongs to one experiment is not.
 */
#pragma once

#include "ui/drawing/exports.h"

G_BEGIN_DECLS

typedef enum { TW_EXPORT_TAB_FIGURE, TW_EXPORT_TAB_ANIMATION, TW_EXPORT_TAB_REPORT, TW_EXPORT_TAB_DATA } TwExportTab;

typedef struct _TwExportSettings TwExportSettings;

/* changed (data) is called after every change. */
TwExportSettings *tw_export_settings_new (void (*changed) (gpointer data), gpointer data);
void tw_export_settings_free (TwExportSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwExportSettings, tw_export_settings_free)

const char *tw_export_settings_get (const TwExportSettings *settings, const char *key); /* never NULL */
gboolean tw_export_settings_is (const TwExportSettings *settings, const char *key, const char *word);
void tw_export_settings_set (TwExportSettings *settings, const char *key, const char *word);

TwExportTab tw_export_settings_get_tab (const TwExportSettings *settings);
/* Of the tab and format that are chosen. */
TwExportKind tw_export_settings_get_kind (const TwExportSettings *settings);
const char *tw_export_settings_get_ending (const TwExportSettings *settings); /* ".png" */
/* What a file of this kind shows is chosen by view and metric. */
gboolean tw_export_settings_has_view (const TwExportSettings *settings);

/* Whether a key is a setting that single views have (TwFigureKey.check), and whether the view that is chosen reads it. */
gboolean tw_export_settings_is_of_view (const char *key);
gboolean tw_export_settings_reads (const TwExportSettings *settings, const char *key);

/* figure, animation and seeds are filled.  Errors: TW_ERROR_INPUT, a sentence. */
gboolean tw_export_settings_read (const TwExportSettings *settings, TwFigureOptions *figure, TwAnimationOptions *animation,
                                  guint64 *seeds, GError **error);
/* The file at `path` by a command, without a window. */
char *tw_export_settings_to_command_line (const TwExportSettings *settings, const TwExperiment *experiment, const char *path);

G_END_DECLS
