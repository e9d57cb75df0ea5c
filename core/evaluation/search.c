#include "core/evaluation/search.h"

#include <math.h>

#include "core/error.h"
#include "core/optimizers/optimizer.h"
#include "core/random.h"

#define GOLDEN 0.6180339887498949

/* Keys beside the learning rate: 1 - value is log-uniform from `low` to `high`. */
static const struct {
  const char *key;
  double low, high;
} decays[] = {
  { "momentum", 0.005, 1 }, { "beta1", 0.005, 1 }, { "beta2", 1e-4, 0.5 },
  { "alpha", 1e-4, 0.5 },   { "rho", 1e-4, 0.5 },
};

static const TwParam *
find_param (const TwOptimizerType *type, const char *key)
{
  const TwParam *param = tw_optimizer_type_get_params (type);

  while (param->key != NULL && !g_str_equal (param->key, key))
    param++;
  return param->key != NULL ? param : NULL;
}

gboolean
tw_search_check_family (const char *family, GError **error)
{
  const TwOptimizerType *type = tw_optimizer_type_by_name (family);

  if (type == NULL) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "there is no optimizer \"%s\" to tune; \"list optimizers\" names them all", family);
    return FALSE;
  }
  if (find_param (type, "lr") == NULL || g_str_equal (family, "learned")) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s is not a baseline to be tuned", family);
    return FALSE;
  }
  return TRUE;
}

static double
log_uniform (double low, double high, double u)
{
  return low * pow (high / low, u);
}

/* Few digits: the spec is meant to be read, and typed in again. */
static void
append (GString *spec, const char *key, const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (spec, ",%s=%s", key, g_ascii_formatd (text, sizeof text, format, value));
}

char *
tw_search_trial (const char *family, const char *problem, guint64 seed, guint i)
{
  const TwOptimizerType *type = tw_optimizer_type_by_name (family);
  guint64 item = (guint64)g_str_hash (problem) << 32 | g_str_hash (family), whole;
  TwDraw draw = { tw_random_stream (seed, TW_STREAM_META, item), 0 };
  GString *spec = g_string_new (family);
  double u = tw_random_uniform (draw, 0) + GOLDEN * i;

  whole = (guint64)u;
  append (spec, "lr", "%.4g", log_uniform (TW_SEARCH_LOWEST_LR, TW_SEARCH_HIGHEST_LR, u - (double)whole));
  draw.step = 1 + i;
  for (gsize d = 0; i % 2 == 1 && d < G_N_ELEMENTS (decays); d++)
    if (find_param (type, decays[d].key) != NULL)
      append (spec, decays[d].key, "%.6g",
              1 - log_uniform (decays[d].low, decays[d].high, tw_random_uniform (draw, d)));
  return g_string_free (spec, FALSE);
}
