/* export-job.h: files are written on a worker thread, whole or not at all. */
#pragma once

#include <gio/gio.h>

#include "ui/export-settings.h"

G_BEGIN_DECLS

typedef struct _TwExportJob TwExportJob;

/* Called on the main thread: error is NULL where it is written. */
typedef void (*TwExportDone) (const GError *error, gpointer data);

/* Takes a copy of everything; `path` with its ending; `cache` (nullable): what the preview computed already.  `done` is called once, unless the job is dropped before.
 * NULL and an error where the settings make no sense. */
TwExportJob *tw_export_job_start (const TwExportSettings *settings, const TwExperiment *experiment, TwTrace *trace,
                                  const char *path, TwFigureCache *cache, TwExportDone done, gpointer data, GError **error);
double tw_export_job_get_progress (TwExportJob *job); /* 0 to 1; < 0: not known */
void tw_export_job_cancel (TwExportJob *job);         /* `done` comes with TW_ERROR_CANCELLED */
/* Cancelled where it still works, and `done` is not called any more. */
void tw_export_job_drop (TwExportJob *job);

/* What it will write at `path`: (NULL at the end). */
char **tw_export_paths (const TwExportSettings *settings, const char *path);

G_END_DECLS
