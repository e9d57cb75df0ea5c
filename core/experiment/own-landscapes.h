/* own-landscapes.h: the user's own landscapes, in a JSON file that is written whole:
 *
 *   { "format": "thalweg-landscapes", "version": 1,
 *     "landscapes": [ { "name": TEXT, "formula": EXPR, "domain": [x0, x1, y0, y1], "noise": SIGMA, "minimum": F }, ... ] }
 *
 * "noise" and "minimum" are left out where they are not given.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *name, *formula;
  double domain[4];
  double noise, minimum; /* NAN: not given */
} TwOwnLandscape;

TwOwnLandscape *tw_own_landscape_new (const char *name, const char *formula, const double domain[4], double noise,
                                      double minimum);
void tw_own_landscape_free (TwOwnLandscape *landscape);

/* Where the program keeps them: thalweg/landscapes.json among the user's data.  g_free() */
char *tw_own_landscapes_path (void);
/* (of TwOwnLandscape *) in the order of the file; empty where there is no file.  Errors name the file. */
GPtrArray *tw_own_landscapes_load (const char *path, GError **error);
/* Loads, puts it at the end or in the place of one with its name, and saves; makes the folder where there is none. */
gboolean tw_own_landscapes_add (const char *path, const TwOwnLandscape *landscape, GError **error);
gboolean tw_own_landscapes_remove (const char *path, const char *name, GError **error);

G_END_DECLS
