/* export-driver.h: what tests of the export window share: its controls by pointer and keys, and the files it writes beside
 * those of the command line.  All files are in one folder, which is removed at the end. */
#pragma once

#include "tests/ui/driver.h"
#include "ui/export-preview.h"
#include "ui/export-window.h"

G_BEGIN_DECLS

/* g_test_run(), with the folder. */
int export_run_tests (void);
const char *export_get_folder (void);
char *export_in_folder (const char *name); /* its path */

/* What is remembered, as a test finds it: the folder and (nullable) one more key. */
void export_remember (const char *key, const char *word);
/* On Rosenbrock, three optimizers with looks of their own. */
TwExperiment *export_make_experiment (void);
/* What export_compare() gives to the command line. */
void export_keep (const TwExperiment *experiment);
/* A small network with two optimizers, kept. */
void export_run_network (void (*body) (Driver *driver));

/* What is on screen is the end of the runs, if nothing else is said. */
void export_go_to (Driver *driver, guint64 step);
Driver export_open (Driver *driver); /* at the end of the runs */
Driver export_open_now (Driver *driver);
TwExportPreview *export_preview_of (Driver *window);

/* Rows come and go with what is chosen: not before they have found their places. */
void export_settle (Driver *window);
void export_press (Driver *window, const char *name);
void export_write_into (Driver *window, const char *name, const char *text);
/* The view of this word, out of the list; its settings stand below. */
void export_choose_view (Driver *window, const char *word);
gboolean export_is_ready (Driver *window);
gboolean export_says (Driver *window, const char *words);
void export_as (Driver *window, const char *name); /* by the return key in the name */

void export_run_program (char **arguments); /* which must end well */
void export_assert_same_bytes (const char *path, const char *other);
/* Written from the window now, and by "thalweg export" with these options (NULL at the end). */
#define export_compare(window, name, option, ...)                                                                   \
  export_compare_with (window, name, option, (const char *const[]){ __VA_ARGS__, NULL })
void export_compare_with (Driver *window, const char *name, const char *option, const char *const *options);

G_END_DECLS
