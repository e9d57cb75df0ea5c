#include "core/spec.h"

#include <math.h>
#include <string.h>

#include "core/error.h"

struct _TwSpec {
  char *name;
  GPtrArray *keys, *values; /* of char *, in the order given */
  char *text;
};

/* At the commas that no backslash stands before; "\," is a comma of the part, any other backslash stands for itself. */
static GStrv
split (const char *text)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_autoptr (GString) part = g_string_new ("");

  for (const char *c = text; *c != '\0'; c++) {
    if (*c == ',') {
      g_strv_builder_add (parts, part->str);
      g_string_truncate (part, 0);
      continue;
    }
    if (c[0] == '\\' && c[1] == ',')
      c++;
    g_string_append_c (part, *c);
  }
  g_strv_builder_add (parts, part->str);
  return g_strv_builder_end (parts);
}

char *
tw_spec_escape (const char *value)
{
  g_autoptr (GString) text = g_string_new (value);

  g_string_replace (text, ",", "\\,", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

TwSpec *
tw_spec_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);
  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "a name is not valid UTF-8 text");
    return NULL;
  }

  g_auto (GStrv) parts = split (text);
  g_autoptr (TwSpec) spec = g_new0 (TwSpec, 1);
  spec->keys = g_ptr_array_new_with_free_func (g_free);
  spec->values = g_ptr_array_new_with_free_func (g_free);
  spec->text = g_strdup (text);
  spec->name = g_strdup (parts[0] != NULL ? g_strstrip (parts[0]) : "");
  if (*spec->name == '\0') {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\": a name is missing before the first comma", text);
    return NULL;
  }
  if (strchr (spec->name, '=') != NULL) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\": expected a name before \"%s\"", text, spec->name);
    return NULL;
  }
  for (guint i = 1; parts[i] != NULL; i++) {
    char *equals = strchr (parts[i], '=');
    if (equals == NULL || equals == parts[i]) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\": expected KEY=VALUE but found \"%s\"", text, parts[i]);
      return NULL;
    }
    *equals = '\0';
    const char *key = g_strstrip (parts[i]);
    if (tw_spec_get (spec, key) != NULL) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\": %s is given twice", text, key);
      return NULL;
    }
    g_ptr_array_add (spec->keys, g_strdup (key));
    g_ptr_array_add (spec->values, g_strdup (g_strstrip (equals + 1)));
  }
  return g_steal_pointer (&spec);
}

TwSpec *
tw_spec_copy (const TwSpec *spec)
{
  TwSpec *copy = g_new0 (TwSpec, 1);

  copy->name = g_strdup (spec->name);
  copy->text = g_strdup (spec->text);
  copy->keys = g_ptr_array_new_with_free_func (g_free);
  copy->values = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < spec->keys->len; i++) {
    g_ptr_array_add (copy->keys, g_strdup (spec->keys->pdata[i]));
    g_ptr_array_add (copy->values, g_strdup (spec->values->pdata[i]));
  }
  return copy;
}

void
tw_spec_free (TwSpec *spec)
{
  if (spec == NULL)
    return;
  g_free (spec->name);
  g_free (spec->text);
  g_ptr_array_unref (spec->keys);
  g_ptr_array_unref (spec->values);
  g_free (spec);
}

const char *
tw_spec_get_name (const TwSpec *spec)
{
  return spec->name;
}

const char *
tw_spec_get_text (const TwSpec *spec)
{
  return spec->text;
}

guint
tw_spec_get_n_keys (const TwSpec *spec)
{
  return spec->keys->len;
}

char *
tw_spec_join_keys (const TwSpec *spec, const char *separator)
{
  GString *text = g_string_new ("");

  for (guint i = 0; i < spec->keys->len; i++)
    g_string_append_printf (text, "%s%s=%s", i > 0 ? separator : "", (char *) spec->keys->pdata[i],
                            (char *) spec->values->pdata[i]);
  return g_string_free (text, FALSE);
}

static gboolean
find_key (const TwSpec *spec, const char *key, guint *at)
{
  return g_ptr_array_find_with_equal_func (spec->keys, key, g_str_equal, at);
}

const char *
tw_spec_get (const TwSpec *spec, const char *key)
{
  guint at;

  return find_key (spec, key, &at) ? spec->values->pdata[at] : NULL;
}

void
tw_spec_set (TwSpec *spec, const char *key, const char *value)
{
  guint at;

  if (find_key (spec, key, &at)) {
    g_ptr_array_remove_index (spec->keys, at);
    g_ptr_array_remove_index (spec->values, at);
  } else {
    at = spec->keys->len;
  }
  if (value != NULL) {
    g_ptr_array_insert (spec->keys, (int) at, g_strdup (key));
    g_ptr_array_insert (spec->values, (int) at, g_strdup (value));
  }

  GString *text = g_string_new (spec->name);
  for (guint i = 0; i < spec->keys->len; i++) {
    g_autofree char *escaped = tw_spec_escape (spec->values->pdata[i]);
    g_string_append_printf (text, ",%s=%s", (char *) spec->keys->pdata[i], escaped);
  }
  g_free (spec->text);
  spec->text = g_string_free (text, FALSE);
}

gboolean
tw_parse_number (const char *text, double *number, GError **error)
{
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || g_ascii_isspace (*text)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not a number", text);
    return FALSE;
  }
  if (!isfinite (value)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not a finite number", text);
    return FALSE;
  }
  *number = value;
  return TRUE;
}

static gboolean
read_switch (const char *text, double *number, GError **error)
{
  const char *on[] = { "on", "true", "yes", "1", NULL }, *off[] = { "off", "false", "no", "0", NULL };

  if (g_strv_contains (on, text) || g_strv_contains (off, text)) {
    *number = g_strv_contains (on, text);
    return TRUE;
  }
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is neither on nor off", text);
  return FALSE;
}

static gboolean
read_choice (const TwParam *param, const char *text, TwValue *value, GError **error)
{
  g_auto (GStrv) choices = g_strsplit (param->choices, "|", -1);

  for (guint i = 0; choices[i] != NULL; i++)
    if (g_str_equal (choices[i], text)) {
      value->number = i;
      value->text = g_strdup (text);
      return TRUE;
    }
  g_autofree char *list = g_strjoinv (", ", choices);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not one of %s", text, list);
  return FALSE;
}

static gboolean
read_in_range (const TwParam *param, const char *text, double *number, GError **error)
{
  if (!tw_parse_number (text, number, error))
    return FALSE;
  if (param->kind == TW_PARAM_INTEGER && *number != floor (*number)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not a whole number", text);
    return FALSE;
  }
  if (*number < param->min || *number > param->max) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s is outside %.10g to %.10g", text, param->min, param->max);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_value (const TwParam *param, const char *text, TwValue *value, GError **error)
{
  switch (param->kind) {
  case TW_PARAM_SWITCH:
    return read_switch (text, &value->number, error);
  case TW_PARAM_CHOICE:
    return read_choice (param, text, value, error);
  case TW_PARAM_TEXT:
    value->text = g_strdup (text);
    return TRUE;
  case TW_PARAM_REAL:
  case TW_PARAM_INTEGER:
    return read_in_range (param, text, &value->number, error);
  }
  g_return_val_if_reached (FALSE);
}

static void
set_initial (const TwParam *param, TwValue *value)
{
  value->number = param->initial;
  if (param->kind == TW_PARAM_TEXT)
    value->text = g_strdup (param->choices);
  else if (param->kind == TW_PARAM_CHOICE) {
    g_auto (GStrv) choices = g_strsplit (param->choices, "|", -1);
    value->number = 0;
    value->text = g_strdup (choices[0]);
  }
}

static gboolean
check_keys (const TwSpec *spec, const TwParam *params, GError **error)
{
  guint n = tw_params_length (params);
  g_autofree const char **names = g_new0 (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    names[i] = params[i].key;
  for (guint i = 0; i < spec->keys->len; i++) {
    const char *key = spec->keys->pdata[i];
    if (g_strv_contains (names, key))
      continue;
    const char *near = tw_closest_name (key, names);
    g_autofree char *list = g_strjoinv (", ", (char **) names);
    if (n == 0)
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: there is no key \"%s\": it takes none", spec->name, key);
    else if (near != NULL)
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: there is no key \"%s\"; did you mean %s? (it takes %s)",
                   spec->name, key, near, list);
    else
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: there is no key \"%s\"; it takes %s", spec->name, key,
                   list);
    return FALSE;
  }
  return TRUE;
}

TwValue *
tw_spec_read (const TwSpec *spec, const TwParam *params, GError **error)
{
  if (!check_keys (spec, params, error))
    return NULL;

  TwValue *values = g_new0 (TwValue, tw_params_length (params) + 1);
  for (guint i = 0; i < tw_params_length (params); i++) {
    const char *text = tw_spec_get (spec, params[i].key);
    values[i].given = text != NULL;
    if (text == NULL) {
      set_initial (&params[i], &values[i]);
    } else if (!read_value (&params[i], text, &values[i], error)) {
      g_prefix_error (error, "%s: %s=", spec->name, params[i].key);
      tw_values_free (values, params);
      return NULL;
    }
  }
  return values;
}

void
tw_values_free (TwValue *values, const TwParam *params)
{
  if (values == NULL)
    return;
  for (guint i = 0; i < tw_params_length (params); i++)
    g_free (values[i].text);
  g_free (values);
}

guint
tw_params_length (const TwParam *params)
{
  guint n = 0;

  while (params != NULL && params[n].key != NULL)
    n++;
  return n;
}

TwParam *
tw_params_join (const TwParam *first, const TwParam *second)
{
  guint a = tw_params_length (first), b = tw_params_length (second);
  TwParam *joined = g_new0 (TwParam, a + b + 1);

  for (guint i = 0; i < a; i++)
    joined[i] = first[i];
  for (guint i = 0; i < b; i++)
    joined[a + i] = second[i];
  return joined;
}

#define LONGEST_NAME 63

/* Levenshtein's distance over bytes; names are short and ASCII.  A swap of neighbours counts 2. */
static guint
edit_distance (const char *a, const char *b)
{
  gsize na = strlen (a), nb = strlen (b);
  guint row[LONGEST_NAME + 1];

  if (na > LONGEST_NAME || nb > LONGEST_NAME)
    return G_MAXUINT;
  for (gsize j = 0; j <= nb; j++)
    row[j] = (guint) j;
  for (gsize i = 1; i <= na; i++) {
    guint diagonal = row[0];
    row[0] = (guint) i;
    for (gsize j = 1; j <= nb; j++) {
      guint change = diagonal + (g_ascii_tolower (a[i - 1]) != g_ascii_tolower (b[j - 1]));
      diagonal = row[j];
      row[j] = MIN (change, MIN (row[j], row[j - 1]) + 1);
    }
  }
  return row[nb];
}

const char *
tw_closest_name (const char *typed, const char *const *names)
{
  const char *closest = NULL;
  guint least = (guint) MAX (1, strlen (typed) / 3);

  for (gsize i = 0; names[i] != NULL; i++) {
    guint distance = edit_distance (typed, names[i]);
    if (distance <= least && (closest == NULL || distance < least)) {
      closest = names[i];
      least = distance;
    }
  }
  /* An unfinished name: "rosen" means "rosenbrock" if nothing else begins so. */
  for (gsize i = 0; closest == NULL && strlen (typed) >= 3 && names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], typed))
      closest = names[i];
  return closest;
}
