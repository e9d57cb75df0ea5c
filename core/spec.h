/* spec.h: NAME[,KEY=VALUE]..., the way problems and optimizers are named in the window, in files and on the
 * command line, and the tables that say which keys a name takes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TW_PARAM_REAL,
  TW_PARAM_INTEGER,
  TW_PARAM_SWITCH, /* on/off, true/false, 1/0 */
  TW_PARAM_CHOICE, /* one of `choices` */
  TW_PARAM_TEXT,   /* anything: a file name, a list such as 128x64 */
} TwParamKind;

/* One key: its type, default, range and one line of help.  Menus, sliders, help texts and tests read these
 * tables.  A table ends with an entry whose key is NULL. */
typedef struct {
  const char *key;
  TwParamKind kind;
  double initial;      /* default of a number or switch */
  double min, max;     /* inclusive range of a number */
  gboolean log;        /* a number that is searched and dragged on a log scale */
  const char *choices; /* "cosine|step|linear": of a choice, the first is the default; else default text */
  const char *summary;
} TwParam;

typedef struct {
  double number;  /* also the index of a choice, and 0 or 1 of a switch */
  char *text;     /* of a text or choice */
  gboolean given; /* FALSE where the default stands */
} TwValue;

typedef struct _TwSpec TwSpec;

/* A comma that belongs to a value is written "\,", as in data=red\, white.csv; a value can't end in a backslash.
 * Errors: an empty name, a key without '=', a key given twice. */
TwSpec *tw_spec_parse (const char *text, GError **error);
TwSpec *tw_spec_copy (const TwSpec *spec);
void tw_spec_free (TwSpec *spec);
const char *tw_spec_get_name (const TwSpec *spec);
const char *tw_spec_get_text (const TwSpec *spec);                    /* as it was given */
const char *tw_spec_get (const TwSpec *spec, const char *key);        /* NULL where it was not given */
void tw_spec_set (TwSpec *spec, const char *key, const char *value);  /* value NULL removes; text is remade */
guint tw_spec_get_n_keys (const TwSpec *spec);
char *tw_spec_join_keys (const TwSpec *spec, const char *separator);  /* "lr=0.1  beta1=0.9", to be read by people */
char *tw_spec_escape (const char *value);                             /* as it stands in a spec */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSpec, tw_spec_free)

/* The values of a spec under a table: one TwValue per entry, in the table's order.  Errors name the key, what
 * was given and what is allowed: unknown keys (with the ones there are), malformed or out-of-range numbers,
 * NaN, unknown choices. */
TwValue *tw_spec_read (const TwSpec *spec, const TwParam *params, GError **error);
void tw_values_free (TwValue *values, const TwParam *params);
guint tw_params_length (const TwParam *params);
/* A new table, owned by the caller (g_free), with the entries of both. */
TwParam *tw_params_join (const TwParam *first, const TwParam *second);
/* Shared by specs and command-line options: a whole, finite number, or an error that shows the text. */
gboolean tw_parse_number (const char *text, double *number, GError **error);
/* The names closest to what was typed, for "did you mean"; NULL if nothing is close. */
const char *tw_closest_name (const char *typed, const char *const *names);

G_END_DECLS
