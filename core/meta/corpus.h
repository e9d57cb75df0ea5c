/* corpus.h: the distribution of problems that a learned optimizer is trained on.
 *
 * A corpus is a data file:
 *
 *   { "format": "thalweg-corpus", "version": 1, "problems": [
 *     { "problem": "quadratic", "weight": 3,
 *       "keys": { "dim": { "from": 20, "to": 2048, "log": true, "whole": true }, "noise": { "one_of": [0, 0.1] } } },
 *     { "problem": "rosenbrock", "weight": 1, "keys": { "noise": 1 } } ] }
 *
 * A key is a fixed number or text, a range (uniform, or log-uniform; whole numbers if asked), or one of a list.
 */
#pragma once

#include "core/random.h"
#include "core/spec.h"

G_BEGIN_DECLS

typedef struct _TwCorpus TwCorpus;

/* Errors name the file and the entry: not JSON, wrong format or version, unknown members, a problem or key that
 * does not exist, ranges and weights that make no sense.  Every entry is tried: its problem is made once. */
TwCorpus *tw_corpus_open (const char *name_or_path, GError **error);
/* Those that ship (data/corpora/NAME.json), "default" first. */
const char *const *tw_corpus_builtin_names (void);
TwCorpus *tw_corpus_from_json (const char *label, const char *json, gssize length, GError **error);
void tw_corpus_free (TwCorpus *corpus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCorpus, tw_corpus_free)

gsize tw_corpus_get_n_entries (const TwCorpus *corpus);
const char *tw_corpus_get_json (const TwCorpus *corpus);                    /* as it was given */
const char *tw_corpus_get_entry_name (const TwCorpus *corpus, gsize entry); /* the problem's name */

/* A spec drawn from the corpus; `entry` (or NULL) receives which entry it is of. */
TwSpec *tw_corpus_draw (const TwCorpus *corpus, TwDraw draw, gsize *entry);

G_END_DECLS
