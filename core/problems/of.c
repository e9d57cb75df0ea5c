/* of.c: the problems inside a problem, the value of `of=`. */
#include <string.h>

#include "core/error.h"
#include "core/problems/families.h"

#define DEEPEST 8
#define MOST_PARTS 64

static gboolean
check_parentheses (const char *family, const char *text, GError **error)
{
  int depth = 0;

  for (const char *at = text; *at != '\0' && depth >= 0 && depth <= DEEPEST; at++)
    depth += (*at == '(') - (*at == ')');
  if (depth == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: of=\"%s\": parentheses %s", family, text,
               depth > DEEPEST ? "go more than 8 levels deep" : "do not match");
  return FALSE;
}

/* Cuts at the separators that stand outside of parentheses. */
static GPtrArray *
split (const char *text, char separator)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  const char *start = text;
  int depth = 0;

  for (const char *at = text;; at++) {
    depth += (*at == '(') - (*at == ')');
    if (*at == '\0' || (*at == separator && depth == 0)) {
      g_ptr_array_add (parts, g_strstrip (g_strndup (start, (gsize)(at - start))));
      start = at + 1;
    }
    if (*at == '\0')
      return parts;
  }
}

/* "(a:b)" is "a:b", but "(a)+(b)" stays. */
static char *
unwrap (const char *text)
{
  char *inner = g_strstrip (g_strdup (text));

  for (;;) {
    gsize length = strlen (inner), at = 0;
    int depth = 0;
    do
      depth += (inner[at] == '(') - (inner[at] == ')');
    while (depth > 0 && ++at < length);
    if (length < 2 || at + 1 != length)
      return inner;
    memmove (inner, inner + 1, length - 2);
    inner[length - 2] = '\0';
    g_strstrip (inner);
  }
}

static TwProblem *
create (const char *family, const char *part, gboolean may_be_noisy, guint64 seed, GError **error)
{
  g_autofree char *inner = unwrap (part);
  g_autoptr (GPtrArray) words = split (inner, ':');
  g_autoptr (GString) text = g_string_new (words->pdata[0]);

  for (guint i = 1; i < words->len; i++)
    g_string_append_printf (text, ",%s", (char *)words->pdata[i]);
  g_autoptr (TwSpec) spec = tw_spec_parse (text->str, error);
  g_autoptr (TwProblem) problem = spec != NULL ? tw_problem_new (spec, seed, error) : NULL;
  if (problem == NULL) {
    g_prefix_error (error, "%s: of=", family);
    return NULL;
  }
  if (problem->type == &tw_sparse_type) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: of=sparse: sparse can only be outermost", family);
    return NULL;
  }
  if (problem->noise > 0 && !may_be_noisy) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "%s: of=%s: noise is a key of %s here, not of what is inside it", family, problem->name,
                 family);
    return NULL;
  }
  return g_steal_pointer (&problem);
}

TwProblem *
tw_of_problem (const char *family, const char *text, gboolean may_be_noisy, guint64 seed, GError **error)
{
  if (!check_parentheses (family, text, error))
    return NULL;
  return create (family, text, may_be_noisy, tw_random_stream (seed, TW_STREAM_PROBLEM, 0), error);
}

GPtrArray *
tw_of_problems (const char *family, const char *text, guint64 seed, GError **error)
{
  if (!check_parentheses (family, text, error))
    return NULL;
  g_autofree char *list = unwrap (text);
  g_autoptr (GPtrArray) parts = split (list, '+');
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_problem_unref);
  if (parts->len > MOST_PARTS) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: of= has %u parts, more than %d", family, parts->len,
                 MOST_PARTS);
    return NULL;
  }
  for (guint i = 0; i < parts->len; i++) {
    TwProblem *problem =
      create (family, parts->pdata[i], FALSE, tw_random_stream (seed, TW_STREAM_PROBLEM, i), error);
    if (problem == NULL)
      return NULL;
    g_ptr_array_add (problems, problem);
  }
  return g_steal_pointer (&problems);
}
