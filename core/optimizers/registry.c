/* registry.c: the table of optimizers, and what is derived from it once. */
#include "core/optimizers/optimizer-private.h"

/* In the order in which menus and lists show them. */
static const TwOptimizerType *const types[] = {
  &tw_optimizer_sgd,     &tw_optimizer_momentum, &tw_optimizer_nesterov, &tw_optimizer_adagrad,
  &tw_optimizer_rmsprop, &tw_optimizer_adadelta, &tw_optimizer_adam,     &tw_optimizer_amsgrad,
  &tw_optimizer_nadam,   &tw_optimizer_adamw,    &tw_optimizer_lion,     &tw_optimizer_newton,
  &tw_optimizer_lbfgs,   &tw_optimizer_learned,
};

static const TwParam *params[G_N_ELEMENTS (types)]; /* with the schedule keys */
static const TwProbe *probes[G_N_ELEMENTS (types)]; /* with "lr" */
static gsize n_probes[G_N_ELEMENTS (types)];

static const TwProbe lr_probe = { "lr", "learning rate", TW_LEVEL_RUN, 1, NULL };

static const TwProbe *
join_probes (const TwOptimizerType *type, gsize *n)
{
  *n = 0;
  while (type->probes != NULL && type->probes[*n].name != NULL)
    (*n)++;
  if (type->no_schedule)
    return type->probes;

  TwProbe *joined = g_new0 (TwProbe, *n + 2);
  for (gsize p = 0; p < *n; p++)
    joined[p] = type->probes[p];
  joined[(*n)++] = lr_probe;
  return joined;
}

/* These tables live as long as the program. */
static void
ensure_tables (void)
{
  static gsize ready;

  if (!g_once_init_enter (&ready))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    params[i] =
      types[i]->no_schedule ? types[i]->params : tw_params_join (types[i]->params, tw_schedule_params);
    probes[i] = join_probes (types[i], &n_probes[i]);
  }
  g_once_init_leave (&ready, 1);
}

static gsize
index_of (const TwOptimizerType *type)
{
  gsize i = 0;

  while (i + 1 < G_N_ELEMENTS (types) && types[i] != type)
    i++;
  return i;
}

const TwOptimizerType *const *
tw_optimizer_types (gsize *n)
{
  *n = G_N_ELEMENTS (types);
  return types;
}

const TwOptimizerType *
tw_optimizer_type_by_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i]->name, name))
      return types[i];
  return NULL;
}

const char *
tw_optimizer_type_get_name (const TwOptimizerType *type)
{
  return type->name;
}

const char *
tw_optimizer_type_get_title (const TwOptimizerType *type)
{
  return type->title;
}

const char *
tw_optimizer_type_get_summary (const TwOptimizerType *type)
{
  return type->summary;
}

const TwParam *
tw_optimizer_type_get_params (const TwOptimizerType *type)
{
  ensure_tables ();
  return params[index_of (type)];
}

const TwProbe *
tw_optimizer_type_get_probes (const TwOptimizerType *type, gsize *n)
{
  ensure_tables ();
  gsize i = index_of (type);
  *n = n_probes[i];
  return probes[i];
}
