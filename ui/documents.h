/* documents.h: the experiment of a window as a file: open, save, recent files, drag and drop, and a copy on
 * disk while there are unsaved changes, for after a crash.
 *
 * Adds actions to the window: win.open, win.open-file (s, a URI), win.save, win.save-as,
 * win.copy-command-line, win.summary.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

typedef struct _TwDocuments TwDocuments;

/* Belongs to the window: freed with it. */
TwDocuments *tw_documents_new (GtkApplicationWindow *window, TwSession *session);
/* A bar that offers what a crash left behind; to be put on top of the window. */
GtkWidget *tw_documents_get_bar (TwDocuments *documents);
/* Files used lately, for a menu; it keeps itself up to date. */
GMenuModel *tw_documents_get_recent (TwDocuments *documents);

/* The window's experiment is that of `file`, or of no file (NULL), and has no unsaved changes.  `name` is for
 * the title; NULL: the file's. */
void tw_documents_set_file (TwDocuments *documents, GFile *file, const char *name);
/* Another name in the title, while there is no file; NULL: none. */
void tw_documents_set_name (TwDocuments *documents, const char *name);
gboolean tw_documents_is_modified (TwDocuments *documents);
gboolean tw_documents_has_file (TwDocuments *documents);
GFile *tw_documents_get_file (TwDocuments *documents); /* (transfer none) (nullable) */
/* Asks about unsaved changes of a file, if there are any; then, if it may, calls `proceed`. */
void tw_documents_confirm (TwDocuments *documents, void (*proceed) (gpointer data), gpointer data);
void tw_documents_open (TwDocuments *documents, GFile *file);
/* FALSE and a message box where it can't be written. */
gboolean tw_documents_save (TwDocuments *documents, GFile *file);

G_END_DECLS
