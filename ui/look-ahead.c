#include "ui/look-ahead.h"

#include <string.h>

#include "core/optimizers/optimizer.h"
#include "core/spec.h"

static gsize
find_probe (const TwTrace *trace, gsize optimizer, const char *name)
{
  gsize n;
  const TwProbe *probes = tw_trace_get_probes (trace, optimizer, &n);

  for (gsize p = 0; p < n; p++)
    if (strcmp (probes[p].name, name) == 0)
      return p;
  return G_MAXSIZE;
}

gboolean
tw_look_ahead_momentum (const char *text, double *momentum)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);
  const char *given = spec != NULL ? tw_spec_get (spec, "momentum") : NULL;
  const TwOptimizerType *type = tw_optimizer_type_by_name ("nesterov");

  if (spec == NULL || type == NULL || strcmp (tw_spec_get_name (spec), "nesterov") != 0)
    return FALSE;
  for (const TwParam *param = tw_optimizer_type_get_params (type); param->key != NULL; param++)
    if (strcmp (param->key, "momentum") == 0)
      *momentum = param->initial;
  return given == NULL || tw_parse_number (given, momentum, NULL);
}

gboolean
tw_look_ahead_offset (const TwTrace *trace, gsize optimizer, double momentum, gsize row, gsize n, double *offset)
{
  gsize p_m = find_probe (trace, optimizer, "m"), p_lr = find_probe (trace, optimizer, "lr"), n_m, n_lr;

  if (p_m == G_MAXSIZE || p_lr == G_MAXSIZE)
    return FALSE;
  const float *m = tw_trace_get_probe (trace, optimizer, 0, p_m, row, &n_m),
              *lr = tw_trace_get_probe (trace, optimizer, 0, p_lr, row, &n_lr);
  if (m == NULL || lr == NULL || n_m != n)
    return FALSE;
  for (gsize d = 0; d < n; d++)
    offset[d] = (double)lr[0] * momentum * (double)m[d];
  return TRUE;
}
