/* checkpoint.c: a trainer as a file.
 *
 * One line, "thalweg-checkpoint 1 SHA256", then a GVariant dictionary (its byte order is the machine's) whose
 * checksum that is.  Problems are not in it: they are drawn again from the corpus, the seed and the episode.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/meta/ranks.h"
#include "core/meta/trainer-private.h"

#define MAGIC "thalweg-checkpoint 1 "
#define HEADER_SIZE (sizeof MAGIC - 1 + 64 + 1)


static void
add (GVariantBuilder *dictionary, const char *key, GVariant *value)
{
  g_variant_builder_add (dictionary, "{sv}", key, value);
}

static GVariant *
doubles (const double *values, gsize n)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values, n, sizeof (double));
}

static GVariant *
save_group (const TwTrainer *trainer, const TwTrainerGroup *group)
{
  GVariantBuilder saved;

  g_variant_builder_init (&saved, G_VARIANT_TYPE_VARDICT);
  add (&saved, "episode", g_variant_new_uint64 (group->episode));
  add (&saved, "n_unrolls", g_variant_new_uint64 (group->n_unrolls));
  add (&saved, "unroll", g_variant_new_uint64 (group->unroll));
  if (group->runs != NULL || group->pes != NULL)
    add (&saved, "runs", group->pes != NULL ? tw_pes_save (group->pes) : tw_unroll_save (group->runs));
  return g_variant_builder_end (&saved);
}

/* Of the rank whose group it is, on rank 0; on the others an empty dictionary. */
static GVariant *
fetch_group (const TwTrainer *trainer, gsize index)
{
  g_autoptr (GBytes) own = NULL, bytes = NULL;

  if (tw_trainer_is_own_group (index)) {
    g_autoptr (GVariant) saved = g_variant_ref_sink (save_group (trainer, &trainer->groups[index]));
    own = g_variant_get_data_as_bytes (saved);
  }
  bytes = tw_ranks_fetch (own, (guint)(index % tw_ranks_get_size ()));
  if (bytes == NULL)
    return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
  return g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, TRUE);
}

gboolean
tw_trainer_save (const TwTrainer *trainer, const char *path, GError **error)
{
  gsize P = trainer->weights->shape.P;
  g_autofree char *shape = tw_hrnn_config_to_json (&trainer->weights->config);
  g_autoptr (GError) why = NULL;
  GVariantBuilder saved, groups;

  g_variant_builder_init (&saved, G_VARIANT_TYPE_VARDICT);
  add (&saved, "config", g_variant_new_string (tw_spec_get_text (trainer->config)));
  add (&saved, "corpus", g_variant_new_string (tw_corpus_get_json (trainer->corpus)));
  add (&saved, "shape", g_variant_new_string (shape));
  if (trainer->init_json != NULL)
    add (&saved, "init", g_variant_new_string (trainer->init_json));
  if (isfinite (trainer->weights->first_step))
    add (&saved, "first_step", g_variant_new_double (trainer->weights->first_step));
  add (&saved, "seed", g_variant_new_uint64 (trainer->seed));
  add (&saved, "iteration", g_variant_new_uint64 (trainer->iteration));
  add (&saved, "run_steps", g_variant_new_uint64 (trainer->run_steps));
  add (&saved, "weights", doubles (trainer->master, P));
  if (trainer->average != NULL)
    add (&saved, "average", doubles (trainer->average, P));
  add (&saved, "m", doubles (trainer->optimizer.m, P));
  add (&saved, "v", doubles (trainer->optimizer.v, P));
  add (&saved, "n_updates", g_variant_new_uint64 (trainer->optimizer.n_updates));
  add (&saved, "n_skipped", g_variant_new_uint64 (trainer->optimizer.n_skipped));
  add (&saved, "entries", doubles (trainer->entry_objectives, tw_corpus_get_n_entries (trainer->corpus)));
  g_variant_builder_init (&groups, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize g = 0; g < trainer->n_groups; g++)
    g_variant_builder_add_value (&groups, fetch_group (trainer, g));
  add (&saved, "groups", g_variant_builder_end (&groups));

  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_builder_end (&saved));
  if (!tw_ranks_is_first ())
    return TRUE;
  gsize size = g_variant_get_size (variant);
  g_autofree char *file = g_malloc (HEADER_SIZE + size);
  memcpy (file + HEADER_SIZE, g_variant_get_data (variant), size);
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)file + HEADER_SIZE, size);
  g_autofree char *header = g_strconcat (MAGIC, sum, "\n", NULL);
  memcpy (file, header, HEADER_SIZE);
  if (!g_file_set_contents_full (path, file, HEADER_SIZE + size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, &why)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_OUTPUT, why->message);
    return FALSE;
  }
  return TRUE;
}

static GVariant *
read_file (const char *path, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *file = NULL;
  gsize size;

  if (!g_file_get_contents (path, &file, &size, &why)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, why->message);
    return NULL;
  }
  if (size < HEADER_SIZE || memcmp (file, MAGIC, sizeof MAGIC - 1) != 0) {
    tw_refuse (error, "%s: not a checkpoint of this version", path);
    return NULL;
  }
  g_autofree char *sum =
    g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)file + HEADER_SIZE, size - HEADER_SIZE);
  if (memcmp (file + sizeof MAGIC - 1, sum, 64) != 0) {
    tw_refuse (error, "%s: this checkpoint is damaged: its checksum does not match", path);
    return NULL;
  }
  g_autoptr (GBytes) bytes = g_bytes_new (file + HEADER_SIZE, size - HEADER_SIZE);
  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
}

/* Exactly n numbers under `key`. */
static gboolean
read_doubles (GVariant *saved, const char *key, double *values, gsize n)
{
  g_autoptr (GVariant) array = g_variant_lookup_value (saved, key, G_VARIANT_TYPE ("ad"));
  gsize size;

  if (array == NULL)
    return FALSE;
  gconstpointer data = g_variant_get_fixed_array (array, &size, sizeof (double));
  if (size != n)
    return FALSE;
  memcpy (values, data, n * sizeof (double));
  return TRUE;
}

static gboolean
load_group (TwTrainer *trainer, gsize index, GVariant *saved)
{
  TwTrainerGroup *group = &trainer->groups[index];
  g_autoptr (GVariant) runs = g_variant_lookup_value (saved, "runs", NULL);
  guint64 n_unrolls, unroll;

  if (!g_variant_lookup (saved, "episode", "t", &group->episode) ||
      !g_variant_lookup (saved, "n_unrolls", "t", &n_unrolls) || !g_variant_lookup (saved, "unroll", "t", &unroll))
    return FALSE;
  if (runs == NULL || !tw_trainer_is_own_group (index))
    return TRUE;
  tw_trainer_begin_episode (trainer, index);
  group->n_unrolls = n_unrolls;
  group->unroll = unroll;
  return group->pes != NULL ? tw_pes_restore (group->pes, runs) : tw_unroll_restore (group->runs, runs);
}

static gboolean
load_state (TwTrainer *trainer, GVariant *saved)
{
  gsize P = trainer->weights->shape.P;
  g_autoptr (GVariant) groups = g_variant_lookup_value (saved, "groups", G_VARIANT_TYPE ("aa{sv}"));

  if (groups == NULL || g_variant_n_children (groups) != trainer->n_groups ||
      !g_variant_lookup (saved, "iteration", "t", &trainer->iteration) ||
      !g_variant_lookup (saved, "run_steps", "t", &trainer->run_steps) ||
      !g_variant_lookup (saved, "n_updates", "t", &trainer->optimizer.n_updates) ||
      !g_variant_lookup (saved, "n_skipped", "t", &trainer->optimizer.n_skipped) ||
      !read_doubles (saved, "weights", trainer->master, P) || !read_doubles (saved, "m", trainer->optimizer.m, P) ||
      !read_doubles (saved, "v", trainer->optimizer.v, P) ||
      (trainer->average != NULL && !read_doubles (saved, "average", trainer->average, P)) ||
      !read_doubles (saved, "entries", trainer->entry_objectives, tw_corpus_get_n_entries (trainer->corpus)))
    return FALSE;
  tw_trainer_set_weights (trainer);
  for (gsize g = 0; g < trainer->n_groups; g++) {
    g_autoptr (GVariant) group = g_variant_get_child_value (groups, g);
    if (!load_group (trainer, g, group))
      return FALSE;
  }
  return TRUE;
}

TwTrainer *
tw_trainer_load (const char *path, GError **error)
{
  g_autoptr (GVariant) saved = read_file (path, error);
  const char *text = NULL, *json = NULL, *shape = NULL, *init = NULL;
  guint64 seed;
  TwHrnnConfig config;

  if (saved == NULL)
    return NULL;
  if (!g_variant_lookup (saved, "config", "&s", &text) || !g_variant_lookup (saved, "corpus", "&s", &json) ||
      !g_variant_lookup (saved, "shape", "&s", &shape) || !g_variant_lookup (saved, "seed", "t", &seed)) {
    tw_refuse (error, "%s: this checkpoint lacks its settings", path);
    return NULL;
  }
  g_autoptr (TwSpec) spec = tw_spec_parse (text, error);
  if (spec == NULL || !tw_hrnn_config_from_json (&config, shape, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  g_autoptr (TwCorpus) corpus = tw_corpus_from_json (path, json, -1, error);
  if (corpus == NULL)
    return NULL;
  /* Their values are read next; their shape counts, and where they came from. */
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 0);
  g_autoptr (TwTrainer) trainer = tw_trainer_new (corpus, spec, weights, seed, error);
  if (trainer == NULL) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  g_steal_pointer (&corpus); /* the trainer's now */
  g_variant_lookup (saved, "first_step", "d", &trainer->weights->first_step);
  g_variant_lookup (saved, "init", "&s", &init);
  g_free (trainer->init_json);
  trainer->init_json = g_strdup (init);
  if (!load_state (trainer, saved)) {
    tw_refuse (error, "%s: this checkpoint does not fit its own settings", path);
    return NULL;
  }
  return g_steal_pointer (&trainer);
}
