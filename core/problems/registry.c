/* registry.c: every problem there is, by name. */
#include "core/problems/families.h"
#include "core/problems/landscape.h"

#include "core/error.h"
#include "core/tasks/tasks.h"

/* The families of problems that are not landscapes; a new one is one line. */
static const TwProblemType *const families[] = {
  &tw_quadratic_type,
  &tw_bowl_type,
  &tw_norm_type,
  &tw_softmax_type,
  &tw_sparse_softmax_type,
  &tw_mlp_random_type,
  &tw_matmul_type,
  &tw_dependency_chain_type,
  &tw_min_max_well_type,
  &tw_outward_snake_type,
  &tw_projection_quadratic_type,
  &tw_sum_of_quadratics_type,
  &tw_sum_type,
  &tw_log_type,
  &tw_rescaled_type,
  &tw_sparse_type,
  &tw_linear_type,
  &tw_logistic_type,
  &tw_softmax_regression_type,
  &tw_mlp_type,
  &tw_conv_type,
  &tw_autoencoder_type,
  &tw_rnn_type,
  &tw_ripples_type,
  &tw_turned_type,
  NULL,
};

static const TwParam common_params[] = {
  { .key = "noise",
    .kind = TW_PARAM_REAL,
    .initial = 0,
    .min = 0,
    .max = 1e6,
    .summary = "standard deviation of Gaussian noise added to each coordinate of the gradient" },
  { NULL },
};

typedef struct {
  GArray *infos;    /* of TwProblemInfo, landscapes first */
  GPtrArray *names; /* NULL-terminated, in the same order */
  gsize n_landscapes;
} Registry;

static void
add_info (Registry *registry, TwProblemInfo info)
{
  g_array_append_val (registry->infos, info);
  g_ptr_array_add (registry->names, (gpointer)info.name);
}

static Registry *
new_registry (void)
{
  Registry *registry = g_new0 (Registry, 1);
  const TwLandscape *landscapes = tw_landscapes (&registry->n_landscapes);

  registry->infos = g_array_new (FALSE, TRUE, sizeof (TwProblemInfo));
  registry->names = g_ptr_array_new ();
  for (gsize i = 0; i < registry->n_landscapes; i++) {
    const TwLandscape *row = &landscapes[i];
    add_info (registry, (TwProblemInfo){ row->name, row->title, row->summary, row->formula, row->source,
                                         common_params });
  }
  for (gsize i = 0; families[i] != NULL; i++) {
    const TwProblemType *type = families[i];
    add_info (registry, (TwProblemInfo){ type->name, type->title, type->summary, NULL, type->source,
                                         tw_params_join (type->params, common_params) });
  }
  g_ptr_array_add (registry->names, NULL);
  return registry;
}

static const Registry *
get_registry (void)
{
  static Registry *registry;

  if (g_once_init_enter (&registry))
    g_once_init_leave (&registry, new_registry ());
  return registry;
}

const TwProblemInfo *
tw_problem_list (gsize *n)
{
  const Registry *registry = get_registry ();

  *n = registry->infos->len;
  return &g_array_index (registry->infos, TwProblemInfo, 0);
}

static void
set_unknown (const Registry *registry, const char *name, GError **error)
{
  const char *near = tw_closest_name (name, (const char *const *)registry->names->pdata);

  if (near != NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "there is no problem \"%s\"; did you mean %s?", name, near);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "there is no problem \"%s\"; \"list problems\" names them all", name);
}

TwProblem *
tw_problem_new (const TwSpec *spec, guint64 seed, GError **error)
{
  const Registry *registry = get_registry ();
  const char *name = tw_spec_get_name (spec);
  gsize at = 0, n_landscapes;
  const TwLandscape *landscapes = tw_landscapes (&n_landscapes);

  while (at < registry->infos->len && !g_str_equal (name, registry->names->pdata[at]))
    at++;
  if (at == registry->infos->len) {
    set_unknown (registry, name, error);
    return NULL;
  }
  const TwParam *params = g_array_index (registry->infos, TwProblemInfo, at).params;
  TwValue *values = tw_spec_read (spec, params, error);
  if (values == NULL)
    return NULL;

  /* The family's own keys come first, as its create() expects. */
  gsize n_own = tw_params_length (params) - tw_params_length (common_params);
  TwProblem *problem = at < n_landscapes ? tw_landscape_new (&landscapes[at])
                                         : families[at - n_landscapes]->create (values, seed, error);
  if (problem != NULL)
    tw_problem_set_noise (problem, values[n_own].number);
  tw_values_free (values, params);
  return problem;
}

TwProblem *
tw_problem_new_formula (const char *formula, const double domain[4], double minimum, GError **error)
{
  return tw_landscape_new_formula (formula, domain, minimum, error);
}
