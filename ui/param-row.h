/* param-row.h: one key of a spec under its TwParam: a slider on the scale that fits it, with the value typed
 * beside it; a switch, a choice or a text. */
#pragma once

#include <gtk/gtk.h>

#include "core/spec.h"

G_BEGIN_DECLS

typedef struct _TwParamRow TwParamRow;

/* What the user made of it: the value as text, or NULL for the default. */
typedef void (*TwParamRowFunc) (const TwParam *param, const char *value, gpointer data);

/* Puts its widgets into line `line` of `grid`: label, slider, entry.  Lives as long as the grid. */
TwParamRow *tw_param_row_new (const TwParam *param, GtkGrid *grid, int line, TwParamRowFunc changed, gpointer data);
/* Where the default is not that of its TwParam: it depends on how many coordinates there are.  Shown from the next
 * tw_param_row_show() on. */
void tw_param_row_set_initial (TwParamRow *row, double initial);
/* `value`: as in the spec, NULL for the default. */
void tw_param_row_show (TwParamRow *row, const char *value);
/* Marks what was typed as wrong, or right again. */
void tw_param_row_set_wrong (TwParamRow *row, gboolean wrong);
/* Calls `pressed` with TRUE when the slider is taken, with FALSE when it is let go. */
void tw_param_row_on_press (TwParamRow *row, void (*pressed) (gboolean down, gpointer data), gpointer data);
/* Of a text: a menu beside it with `values` (ends with NULL), and with a dialog of that title for a file of that kind.
 * The texts must live as long as the row. */
void tw_param_row_offer (TwParamRow *row, const char *const *values, const char *file_title, const char *file_suffix);

G_END_DECLS
