#include "core/experiment/narration.h"

#include <math.h>
#include <string.h>

#include "core/experiment/statistics.h"

#define MAX_SHOWN 2 /* coordinates in words */

/* What is done with the numbers before it.  "$lr" stands for the learning rate of this update. */
static const struct {
  const char *name, *rule;
} rules[] = {
  { "sgd", "it goes against the gradient, $lr times as far" },
  { "momentum", "the velocity m keeps most of what it was and adds g; it goes against m, $lr times as far" },
  { "nesterov", "the velocity m adds g, and the step looks ahead along it: $lr times (g + momentum m)" },
  { "adagrad", "v sums all squared gradients so far; it goes $lr times g / sqrt(v) in each coordinate" },
  { "rmsprop", "g is divided by its recent size sqrt(v) in each coordinate, then goes $lr times as far" },
  { "adadelta", "g is divided by its recent size sqrt(v) and given the recent size of the updates, sqrt(u), "
                "times $lr" },
  { "adam", "the mean m is divided by the size sqrt(v), both corrected for their start at 0; each coordinate "
            "goes $lr times that" },
  { "amsgrad", "as Adam, but m is divided by the largest size so far, sqrt(vmax); each coordinate goes $lr "
               "times that" },
  { "nadam", "as Adam, with the gradient mixed in once more to look ahead; each coordinate goes $lr times "
             "that" },
  { "adamw", "as Adam, with the weights themselves shrunk a little first; each coordinate goes $lr times m / "
             "sqrt(v)" },
  { "lion", "only the sign of the mean counts: each coordinate goes $lr, whatever the slope" },
  { "newton", "it solves for the bottom of the parabola that fits here, inside the trust radius" },
  { "lbfgs",
    "the direction d comes from how the gradient changed over the last steps, and a line search chose "
    "how far to go" },
};

/* Titles */

char *
tw_optimizer_spec_title (const char *spec)
{
  g_autoptr (TwSpec) parsed = tw_spec_parse (spec, NULL);
  const TwOptimizerType *type = parsed != NULL ? tw_optimizer_type_by_name (tw_spec_get_name (parsed)) : NULL;

  return g_strdup (type != NULL ? tw_optimizer_type_get_title (type) : spec);
}

char *
tw_optimizer_spec_title_with_keys (const char *spec)
{
  g_autofree char *title = tw_optimizer_spec_title (spec);
  g_autoptr (TwSpec) parsed = tw_spec_parse (spec, NULL);
  g_autofree char *list = parsed != NULL ? tw_spec_join_keys (parsed, ", ") : g_strdup ("");

  return *list != '\0' ? g_strdup_printf ("%s (%s)", title, list) : g_steal_pointer (&title);
}

/* Numbers */

static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.3g", value + 0.0));
}

/* "(1, 2)", or "1" of one number; of more than `shown` "(1, 2, ...)" */
static void
append_vector (GString *text, const double *values, gsize n, gsize shown)
{
  if (n > 1)
    g_string_append_c (text, '(');
  for (gsize i = 0; i < MIN (n, shown); i++) {
    if (i > 0)
      g_string_append (text, ", ");
    append_number (text, values[i]);
  }
  if (n > shown)
    g_string_append (text, ", ...");
  if (n > 1)
    g_string_append_c (text, ')');
}

/* Unit `unit` of a probe at a row, as a vector over its coordinates; FALSE where it was not sampled. */
static gboolean
append_probe (GString *text, const TwTrace *trace, gsize optimizer, gsize start, gsize p, guint unit,
              gsize row, gboolean exponential)
{
  gsize n, count;
  const TwProbe *probes = tw_trace_get_probes (trace, optimizer, &n);
  const float *values = tw_trace_get_probe (trace, optimizer, start, p, row, &count);
  double shown[MAX_SHOWN];

  if (values == NULL)
    return FALSE;
  for (gsize i = 0; i < MIN (count, MAX_SHOWN); i++) {
    double value = values[i * probes[p].width + unit];
    shown[i] = exponential ? exp (value) : value;
  }
  append_vector (text, shown, count, MAX_SHOWN);
  return TRUE;
}

static gssize
find_probe (const TwTrace *trace, gsize optimizer, const char *name)
{
  gsize n;
  const TwProbe *probes = tw_trace_get_probes (trace, optimizer, &n);

  for (gsize p = 0; p < n; p++)
    if (g_str_equal (probes[p].name, name))
      return (gssize)p;
  return -1;
}

/* The gradient that update `row` (from 0) used, with its noise: evaluated again, from the same draw. */
static gboolean
append_gradient (GString *text, const TwTrace *trace, gsize optimizer, gsize start, gsize row)
{
  TwProblem *problem = tw_trace_get_problem (trace);
  gsize dim = tw_problem_get_dim (problem);
  const double *points = tw_trace_get_phi (trace, optimizer, start);

  if (dim != tw_trace_get_n_coordinates (trace))
    return FALSE;
  if (points == NULL)
    points = tw_trace_get_theta (trace, optimizer, start);
  g_autoptr (TwProblemWork) work = tw_problem_work_new (problem, 1);
  g_autofree double *gradient = g_new (double, dim);
  TwDraw draw = { tw_random_stream (tw_trace_get_seed (trace), TW_STREAM_GRADIENT_NOISE, start), row };
  if (tw_problem_eval (problem, work, 1, points + row * dim, &draw, NULL, gradient) != TW_STATUS_OK)
    return FALSE;
  g_string_append (text, "g = ");
  append_vector (text, gradient, dim, MAX_SHOWN);
  return TRUE;
}

/* The parts of a step */

static void
append_learned (GString *text, const TwTrace *trace, gsize optimizer, gsize start, gsize row)
{
  gssize direction = find_probe (trace, optimizer, "direction");
  gssize log_lr = find_probe (trace, optimizer, "log_lr");

  g_string_append (text, ", which its networks read at four memories of different length");
  if (direction >= 0 && log_lr >= 0) {
    g_string_append (text, "; they propose the direction ");
    if (!append_probe (text, trace, optimizer, start, (gsize)direction, 0, row, FALSE))
      g_string_append (text, "(not kept)");
    g_string_append (text, " and the learning rate ");
    if (!append_probe (text, trace, optimizer, start, (gsize)log_lr, 0, row, TRUE))
      g_string_append (text, "(not kept)");
  }
}

/* RMSProp keeps a mean and a velocity only where its settings ask for them; unasked they tell nothing. */
static gboolean
is_used (const char *spec_text, const char *probe)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (spec_text, NULL);

  if (spec == NULL || !g_str_equal (tw_spec_get_name (spec), "rmsprop"))
    return TRUE;
  if (g_str_equal (probe, "b"))
    return tw_spec_get (spec, "momentum") != NULL && g_ascii_strtod (tw_spec_get (spec, "momentum"), NULL) != 0;
  const char *centered = tw_spec_get (spec, "centered"), *const off[] = { "off", "false", "no", "0", NULL };
  return !g_str_equal (probe, "m") || (centered != NULL && !g_strv_contains (off, centered));
}

/* All numbers of its state, by the names they have in the equations. */
static void
append_state (GString *text, const TwTrace *trace, gsize optimizer, gsize start, gsize row)
{
  gsize n;
  const TwProbe *probes = tw_trace_get_probes (trace, optimizer, &n);

  for (gsize p = 0; p < n; p++)
    for (guint unit = 0; unit < probes[p].width; unit++) {
      gsize length = text->len;
      if (g_str_equal (probes[p].name, "lr") || !is_used (tw_trace_get_optimizer_spec (trace, optimizer), probes[p].name))
        continue;
      g_string_append (text, text->len > 0 && !g_str_has_suffix (text->str, ": ") ? ", " : "");
      if (probes[p].unit_names != NULL)
        g_string_append_printf (text, "%s ", probes[p].unit_names[unit]);
      g_string_append_printf (text, "%s = ", probes[p].name);
      if (!append_probe (text, trace, optimizer, start, p, unit, row, FALSE))
        g_string_truncate (text, length);
    }
}

static void
append_rule (GString *text, const TwTrace *trace, gsize optimizer, gsize start, gsize row, const char *name)
{
  gssize lr = find_probe (trace, optimizer, "lr");
  g_autoptr (GString) number = g_string_new (NULL);

  if (lr < 0 || !append_probe (number, trace, optimizer, start, (gsize)lr, 0, row, FALSE))
    g_string_assign (number, "its learning rate");
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].name, name)) {
      g_auto (GStrv) parts = g_strsplit (rules[i].rule, "$lr", -1);
      g_autofree char *rule = g_strjoinv (number->str, parts);
      g_string_append_printf (text, "; %s", rule);
    }
}

static void
append_step (GString *text, const TwTrace *trace, gsize optimizer, gsize start, gsize row)
{
  gsize kept = tw_trace_get_n_coordinates (trace);
  const double *theta = tw_trace_get_theta (trace, optimizer, start);
  const double *phi = tw_trace_get_phi (trace, optimizer, start);
  double step[MAX_SHOWN], offset[MAX_SHOWN];

  for (gsize i = 0; i < MIN (kept, MAX_SHOWN); i++) {
    step[i] = theta[row * kept + i] - theta[(row - 1) * kept + i];
    offset[i] = phi != NULL ? phi[row * kept + i] - theta[row * kept + i] : 0;
  }
  g_string_append (text, ", so the step is ");
  append_vector (text, step, kept, MAX_SHOWN);
  if (phi != NULL) {
    g_string_append (text, ".  It looks ");
    append_vector (text, offset, kept, MAX_SHOWN);
    g_string_append (text, " away for its next gradient");
  }
  g_string_append (text, ".  Loss ");
  append_number (text, tw_trace_get_loss (trace, optimizer, start)[row]);
  g_string_append_c (text, '.');
}

static void
append_start (GString *text, const TwTrace *trace, gsize optimizer, gsize start)
{
  g_string_append (text, "it stands at ");
  append_vector (text, tw_trace_get_theta (trace, optimizer, start), tw_trace_get_n_coordinates (trace),
                 MAX_SHOWN);
  g_string_append (text, ", loss ");
  append_number (text, tw_trace_get_loss (trace, optimizer, start)[0]);
  g_string_append (text, "; ");
  if (!append_gradient (text, trace, optimizer, start, 0))
    g_string_append (text, "the gradient is the next thing it sees");
  g_string_append_c (text, '.');
}

char *
tw_narrate_step (const TwTrace *trace, gsize optimizer, gsize start, guint64 row)
{
  gsize rows = tw_trace_get_n_rows (trace, optimizer, start);
  const char *spec_text = tw_trace_get_optimizer_spec (trace, optimizer);
  g_autofree char *title = tw_optimizer_spec_title (spec_text);
  g_autoptr (TwSpec) spec = tw_spec_parse (spec_text, NULL);
  TwStopReason stop = tw_trace_get_stop_reason (trace, optimizer, start);

  if (rows == 0 || (row >= rows && stop == TW_STOP_RUNNING))
    return NULL;
  GString *text = g_string_new (title);
  g_string_append (text, ": ");
  if (row >= rows) {
    g_autofree char *reason = tw_trace_describe_stop (trace, optimizer, start);
    g_string_append_printf (text, "%s; its last loss was ", reason);
    append_number (text, tw_trace_get_final_loss (trace, optimizer, start));
    g_string_append_c (text, '.');
    return g_string_free (text, FALSE);
  }
  if (row == 0) {
    append_start (text, trace, optimizer, start);
    return g_string_free (text, FALSE);
  }
  const char *name = spec != NULL ? tw_spec_get_name (spec) : "";
  append_gradient (text, trace, optimizer, start, row - 1);
  if (g_str_equal (name, "learned")) {
    append_learned (text, trace, optimizer, start, row);
  } else {
    append_state (text, trace, optimizer, start, row);
    append_rule (text, trace, optimizer, start, row, name);
  }
  append_step (text, trace, optimizer, start, row);
  return g_string_free (text, FALSE);
}

/* All of it */

static void
append_one (GString *text, const TwTrace *trace, gsize optimizer)
{
  g_autofree char *reason = tw_trace_describe_stop (trace, optimizer, 0);
  gint64 step = tw_trace_steps_to_tolerance (trace, optimizer, 0, 1e-3);

  g_string_append (text, "final loss ");
  append_number (text, tw_trace_get_final_loss (trace, optimizer, 0));
  g_string_append (text, ", best ");
  append_number (text, tw_trace_get_best_loss (trace, optimizer, 0));
  if (step >= 0)
    g_string_append_printf (text, ", within 0.001 of the minimum at step %" G_GINT64_FORMAT, step);
  g_string_append_printf (text, "; %s.", reason);
}

static void
append_many (GString *text, const TwTrace *trace, gsize optimizer)
{
  gsize n = tw_trace_get_n_starts (trace), diverged = 0, reached = 0;
  g_autofree double *losses = g_new (double, n);

  for (gsize i = 0; i < n; i++) {
    double loss = tw_trace_get_final_loss (trace, optimizer, i);
    gboolean left = tw_trace_get_stop_reason (trace, optimizer, i) == TW_STOP_DIVERGED;
    losses[i] = left || isnan (loss) ? INFINITY : loss;
    diverged += left;
    reached += tw_trace_steps_to_tolerance (trace, optimizer, i, 1e-3) >= 0;
  }
  g_string_append (text, "median final loss ");
  append_number (text, tw_median (losses, n));
  if (!isnan (tw_problem_get_minimum (tw_trace_get_problem (trace))))
    g_string_append_printf (
      text, "; %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " came within 0.001 of the minimum", reached, n);
  g_string_append_printf (text, "; %" G_GSIZE_FORMAT " diverged.", diverged);
}

char *
tw_narrate_trace (const TwTrace *trace)
{
  TwProblem *problem = tw_trace_get_problem (trace);
  gsize n_starts = tw_trace_get_n_starts (trace);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s, %" G_GUINT64_FORMAT " steps from ", tw_problem_get_title (problem),
                          tw_trace_get_n_steps (trace));
  if (n_starts > 1)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT " starts.", n_starts);
  else if (tw_trace_get_n_optimizers (trace) > 0 && tw_trace_get_n_rows (trace, 0, 0) > 0) {
    append_vector (text, tw_trace_get_theta (trace, 0, 0), tw_trace_get_n_coordinates (trace), MAX_SHOWN);
    g_string_append_c (text, '.');
  } else
    g_string_append (text, "one start.");
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    g_autofree char *title = tw_optimizer_spec_title_with_keys (tw_trace_get_optimizer_spec (trace, o));
    g_string_append_printf (text, "\n%s: ", title);
    if (n_starts > 1)
      append_many (text, trace, o);
    else
      append_one (text, trace, o);
  }
  return g_string_free (text, FALSE);
}
