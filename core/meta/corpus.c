#include "core/meta/corpus.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "core/error.h"
#include "core/json-input.h"
#include "core/output.h"
#include "core/problems/problem.h"

#define FORMAT "thalweg-corpus"
#define RESOURCE_FOLDER "/org/thalweg/Thalweg/corpora/"

typedef enum { KEY_RANGE, KEY_ONE_OF } KeyKind;

typedef struct {
  char *name;
  KeyKind kind;
  double from, to;
  gboolean log, whole;
  GPtrArray *texts; /* of char *: the values of a list, or the one fixed value */
} Key;

typedef struct {
  char *problem;
  double weight;
  GPtrArray *keys; /* of Key */
} Entry;

struct _TwCorpus {
  char *json;
  GPtrArray *entries; /* of Entry */
  double total_weight;
};

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->name);
  g_ptr_array_unref (key->texts);
  g_free (key);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->problem);
  g_ptr_array_unref (entry->keys);
  g_free (entry);
}

void
tw_corpus_free (TwCorpus *corpus)
{
  if (corpus == NULL)
    return;
  g_ptr_array_unref (corpus->entries);
  g_free (corpus->json);
  g_free (corpus);
}


static gboolean
check_members (JsonObject *object, const char *const *known, const char *where, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      return tw_refuse (error, "%s: unknown member \"%s\"", where, (char *) l->data);
  return TRUE;
}

static gboolean
is_number (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static gboolean
read_range (JsonObject *object, Key *key, const char *where, GError **error)
{
  const char *known[] = { "from", "to", "log", "whole", NULL };

  if (!check_members (object, known, where, error))
    return FALSE;
  JsonNode *from = json_object_get_member (object, "from"), *to = json_object_get_member (object, "to");
  if (!is_number (from) || !is_number (to))
    return tw_refuse (error, "%s: a range needs the numbers \"from\" and \"to\"", where);
  key->kind = KEY_RANGE;
  key->from = json_node_get_double (from);
  key->to = json_node_get_double (to);
  key->log = json_object_get_boolean_member_with_default (object, "log", FALSE);
  key->whole = json_object_get_boolean_member_with_default (object, "whole", FALSE);
  if (!(key->from <= key->to) || !isfinite (key->to - key->from))
    return tw_refuse (error, "%s: \"from\" is above \"to\"", where);
  if (key->log && key->from <= 0)
    return tw_refuse (error, "%s: a log range must begin above 0", where);
  return TRUE;
}

static gboolean
add_text (Key *key, JsonNode *node, const char *where, GError **error)
{
  if (is_number (node))
    g_ptr_array_add (key->texts, tw_format_number (json_node_get_double (node)));
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    g_ptr_array_add (key->texts, json_node_dup_string (node));
  else
    return tw_refuse (error, "%s: expected a number, a text, a range or \"one_of\"", where);
  return TRUE;
}

static gboolean
read_list (JsonObject *object, Key *key, const char *where, GError **error)
{
  const char *known[] = { "one_of", NULL };
  JsonNode *node = json_object_get_member (object, "one_of");

  if (!check_members (object, known, where, error))
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
    return tw_refuse (error, "%s: \"one_of\" must be a list with something in it", where);
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!add_text (key, json_array_get_element (array, i), where, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_key (JsonNode *node, Key *key, const char *where, GError **error)
{
  key->kind = KEY_ONE_OF;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return add_text (key, node, where, error);
  JsonObject *object = json_node_get_object (node);
  return json_object_has_member (object, "one_of") ? read_list (object, key, where, error)
                                                   : read_range (object, key, where, error);
}

static gboolean
read_keys (JsonObject *keys, Entry *entry, const char *where, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (keys);

  for (GList *l = members; l != NULL; l = l->next) {
    Key *key = g_new0 (Key, 1);
    key->name = g_strdup (l->data);
    key->texts = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (entry->keys, key);
    g_autofree char *inner = g_strdup_printf ("%s, %s", where, key->name);
    if (!read_key (json_object_get_member (keys, key->name), key, inner, error))
      return FALSE;
  }
  return TRUE;
}

static char *
draw_value (const Key *key, double u)
{
  if (key->kind == KEY_ONE_OF) {
    guint i = (guint) (u * key->texts->len);
    return g_strdup (key->texts->pdata[MIN (i, key->texts->len - 1)]);
  }
  double value;
  if (key->log)
    value = exp (log (key->from) + u * (log (key->to) - log (key->from)));
  else
    value = key->from + u * (key->to - key->from);
  return tw_format_number (key->whole ? round (value) : value);
}

/* A spec whose key i has the value at u[i] (0 to 1) of its range or list. */
static TwSpec *
spec_at (const Entry *entry, const double *u, GError **error)
{
  TwSpec *spec = tw_spec_parse (entry->problem, error);

  for (guint i = 0; spec != NULL && i < entry->keys->len; i++) {
    const Key *key = entry->keys->pdata[i];
    g_autofree char *value = draw_value (key, u[i]);
    tw_spec_set (spec, key->name, value);
  }
  return spec;
}

/* Where trial t draws a key: at either end of a range, then inside it, and each value of a list in turn. */
static double
trial_place (const Key *key, guint t)
{
  static const double inside = 0.382; /* no simple fraction: a value that must be whole is not by chance */

  if (key->kind == KEY_ONE_OF)
    return (t % key->texts->len + 0.5) / key->texts->len;
  return t < 2 ? t : inside;
}

/* Made from the ends of its ranges, from within them and from every value of its lists: a wrong key, or what the
 * problem does not take, is found now, not after an hour of training. */
static gboolean
try_entry (const Entry *entry, const char *where, GError **error)
{
  g_autofree double *u = g_new (double, entry->keys->len + 1);
  guint n_trials = 3;

  for (guint i = 0; i < entry->keys->len; i++)
    n_trials = MAX (n_trials, ((const Key *) entry->keys->pdata[i])->texts->len);
  for (guint t = 0; t < n_trials; t++) {
    for (guint i = 0; i < entry->keys->len; i++)
      u[i] = trial_place (entry->keys->pdata[i], t);
    g_autoptr (TwSpec) spec = spec_at (entry, u, error);
    g_autoptr (TwProblem) problem = spec != NULL ? tw_problem_new (spec, 0, error) : NULL;
    if (problem == NULL) {
      g_prefix_error (error, "%s: ", where);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_entry (JsonNode *node, Entry *entry, const char *where, GError **error)
{
  const char *known[] = { "problem", "weight", "keys", NULL };

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return tw_refuse (error, "%s: expected an object", where);
  JsonObject *object = json_node_get_object (node);
  if (!check_members (object, known, where, error))
    return FALSE;
  JsonNode *problem = json_object_get_member (object, "problem");
  if (problem == NULL || !JSON_NODE_HOLDS_VALUE (problem) || json_node_get_string (problem) == NULL)
    return tw_refuse (error, "%s: \"problem\" must be a name", where);
  entry->problem = json_node_dup_string (problem);

  JsonNode *weight = json_object_get_member (object, "weight");
  if (weight != NULL && !is_number (weight))
    return tw_refuse (error, "%s: \"weight\" must be a number", where);
  entry->weight = weight != NULL ? json_node_get_double (weight) : 1;
  if (!(entry->weight > 0) || !isfinite (entry->weight))
    return tw_refuse (error, "%s: \"weight\" must be above 0", where);

  JsonNode *keys = json_object_get_member (object, "keys");
  if (keys != NULL && !JSON_NODE_HOLDS_OBJECT (keys))
    return tw_refuse (error, "%s: \"keys\" must be an object", where);
  if (keys != NULL && !read_keys (json_node_get_object (keys), entry, where, error))
    return FALSE;
  return try_entry (entry, where, error);
}

static gboolean
read_corpus (JsonNode *root, TwCorpus *corpus, const char *label, GError **error)
{
  const char *known[] = { "format", "version", "problems", "about", NULL };

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return tw_refuse (error, "%s: not a corpus: expected a JSON object", label);
  JsonObject *object = json_node_get_object (root);
  if (!check_members (object, known, label, error))
    return FALSE;
  if (g_strcmp0 (json_object_get_string_member_with_default (object, "format", NULL), FORMAT) != 0)
    return tw_refuse (error, "%s: not a corpus: \"format\" must be \"" FORMAT "\"", label);
  if (json_object_get_int_member_with_default (object, "version", 0) != 1)
    return tw_refuse (error, "%s: this program reads version 1 of corpora", label);
  JsonNode *problems = json_object_get_member (object, "problems");
  if (problems == NULL || !JSON_NODE_HOLDS_ARRAY (problems) ||
      json_array_get_length (json_node_get_array (problems)) == 0)
    return tw_refuse (error, "%s: \"problems\" must be a list with something in it", label);

  JsonArray *array = json_node_get_array (problems);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    Entry *entry = g_new0 (Entry, 1);
    entry->keys = g_ptr_array_new_with_free_func (key_free);
    g_ptr_array_add (corpus->entries, entry);
    g_autofree char *where = g_strdup_printf ("%s: problem %u", label, i + 1);
    if (!read_entry (json_array_get_element (array, i), entry, where, error))
      return FALSE;
    corpus->total_weight += entry->weight;
  }
  return TRUE;
}

TwCorpus *
tw_corpus_from_json (const char *label, const char *json, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = tw_json_parse (label, json, length, error);

  if (parser == NULL)
    return NULL;
  g_autoptr (TwCorpus) corpus = g_new0 (TwCorpus, 1);
  corpus->entries = g_ptr_array_new_with_free_func (entry_free);
  corpus->json = length < 0 ? g_strdup (json) : g_strndup (json, (gsize) length);
  if (!read_corpus (json_parser_get_root (parser), corpus, label, error))
    return NULL;
  return g_steal_pointer (&corpus);
}

static const char *const builtin_names[] = {
  "default", "refine", "minibatches", "noisy", "noisy-small", "noisy-slow", "networks", NULL,
};

const char *const *
tw_corpus_builtin_names (void)
{
  return builtin_names;
}

TwCorpus *
tw_corpus_open (const char *name_or_path, GError **error)
{
  g_autoptr (GString) json = tw_json_open ("corpus", RESOURCE_FOLDER, builtin_names, name_or_path, error);

  return json != NULL ? tw_corpus_from_json (name_or_path, json->str, (gssize) json->len, error) : NULL;
}

const char *
tw_corpus_get_json (const TwCorpus *corpus)
{
  return corpus->json;
}

gsize
tw_corpus_get_n_entries (const TwCorpus *corpus)
{
  return corpus->entries->len;
}

const char *
tw_corpus_get_entry_name (const TwCorpus *corpus, gsize entry)
{
  return ((Entry *) corpus->entries->pdata[entry])->problem;
}

TwSpec *
tw_corpus_draw (const TwCorpus *corpus, TwDraw draw, gsize *entry)
{
  double left = tw_random_uniform (draw, 0) * corpus->total_weight;
  guint i = 0;

  while (i + 1 < corpus->entries->len && left >= ((Entry *) corpus->entries->pdata[i])->weight)
    left -= ((Entry *) corpus->entries->pdata[i++])->weight;
  if (entry != NULL)
    *entry = i;

  /* Number 0 chose the entry; the numbers after it are its keys'. */
  const Entry *chosen = corpus->entries->pdata[i];
  g_autofree double *u = g_new (double, chosen->keys->len + 1);
  for (guint k = 0; k < chosen->keys->len; k++)
    u[k] = tw_random_uniform (draw, k + 1);
  return spec_at (chosen, u, NULL);
}
