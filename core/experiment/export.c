#include "core/experiment/export.h"

#include <math.h>
#include <string.h>

#include "config.h"
#include "core/experiment/summary.h"

static const TwTolerance tolerances[] = {
  { 1e-2, "0.01" }, { 1e-4, "0.0001" }, { 1e-6, "1e-06" }, { 1e-8, "1e-08" }
};

const TwTolerance *
tw_export_tolerances (gsize *n)
{
  *n = G_N_ELEMENTS (tolerances);
  return tolerances;
}

/* RFC 4180: a field with a comma, a quote or a line end stands in quotes, and its quotes are doubled. */
static char *
quote_field (const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    return g_strdup (text);
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *inner = g_strjoinv ("\"\"", parts);
  return g_strdup_printf ("\"%s\"", inner);
}

/* The metrics of step k, the next of which are row `next`: empty where they were not measured or are not
 * defined. */
static gboolean
write_csv_metrics (const TwTrace *trace, gsize o, gsize s, gsize k, gsize next, TwOutput *output)
{
  gboolean now = next < tw_trace_get_n_metric_rows (trace, o, s) &&
                 tw_trace_get_metric_steps (trace, o, s)[next] == k;
  gsize n;

  tw_problem_get_metric_names (tw_trace_get_problem (trace), &n);
  for (gsize m = 0; m < n; m++) {
    double value = now ? tw_trace_get_metrics (trace, o, s)[next * n + m] : NAN;
    tw_output_write (output, ",");
    if (isfinite (value))
      tw_output_write_number (output, value);
  }
  return now;
}

static void
write_csv_run (const TwTrace *trace, gsize o, gsize s, const char *optimizer, TwOutput *output)
{
  gsize rows = tw_trace_get_n_rows (trace, o, s);
  gboolean flat = tw_problem_get_dim (tw_trace_get_problem (trace)) == 2;
  const double *loss = tw_trace_get_loss (trace, o, s), *norm = tw_trace_get_grad_norm (trace, o, s);
  const double *theta = tw_trace_get_theta (trace, o, s), *phi = tw_trace_get_phi (trace, o, s);

  gsize measured = 0;

  for (gsize k = 0; k < rows; k++) {
    tw_output_printf (output, "%" G_GSIZE_FORMAT ",%s,%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",",
                      o * tw_trace_get_n_starts (trace) + s, optimizer, s, k);
    tw_output_write_number (output, loss[k]);
    tw_output_write (output, ",");
    tw_output_write_number (output, norm[k]);
    for (gsize i = 0; flat && i < 2; i++) {
      tw_output_write (output, ",");
      tw_output_write_number (output, theta[2 * k + i]);
    }
    for (gsize i = 0; flat && i < 2; i++) {
      tw_output_write (output, ",");
      if (phi != NULL)
        tw_output_write_number (output, phi[2 * k + i]);
    }
    measured += write_csv_metrics (trace, o, s, k, measured, output);
    tw_output_write (output, "\n");
  }
}

void
tw_export_csv (const TwTrace *trace, TwOutput *output)
{
  gboolean flat = tw_problem_get_dim (tw_trace_get_problem (trace)) == 2;
  gsize n_metrics;
  const char *const *metrics = tw_problem_get_metric_names (tw_trace_get_problem (trace), &n_metrics);

  tw_output_printf (output, "run,optimizer,start,step,loss,grad_norm%s",
                    flat ? ",x,y,attend_x,attend_y" : "");
  for (gsize m = 0; m < n_metrics; m++)
    tw_output_printf (output, ",%s", metrics[m]);
  tw_output_write (output, "\n");
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    g_autofree char *optimizer = quote_field (tw_trace_get_optimizer_spec (trace, o));
    for (gsize s = 0; s < tw_trace_get_n_starts (trace); s++)
      write_csv_run (trace, o, s, optimizer, output);
  }
}

static void
write_activations_row (const TwTrace *trace, gsize o, gsize s, gsize k, const char *optimizer, TwOutput *output)
{
  gsize n_probes, count;
  const TwProbe *probes = tw_trace_get_probes (trace, o, &n_probes);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (gsize p = 0; p < n_probes; p++) {
    const float *values = tw_trace_get_probe (trace, o, s, p, k, &count);
    for (gsize i = 0; values != NULL && i < count * probes[p].width; i++)
      if (isfinite (values[i]))
        tw_output_printf (output, "%" G_GSIZE_FORMAT ",%s,%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",%s,%" G_GSIZE_FORMAT
                                  ",%" G_GSIZE_FORMAT ",%s\n",
                          o * tw_trace_get_n_starts (trace) + s, optimizer, s, k, probes[p].name,
                          i / probes[p].width, i % probes[p].width,
                          g_ascii_formatd (number, sizeof number, "%.9g", values[i]));
  }
}

void
tw_export_activations (const TwTrace *trace, TwOutput *output)
{
  tw_output_write (output, "run,optimizer,start,step,probe,item,unit,value\n");
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    g_autofree char *optimizer = quote_field (tw_trace_get_optimizer_spec (trace, o));
    for (gsize s = 0; s < tw_trace_get_n_starts (trace); s++)
      for (gsize k = 0; k < tw_trace_get_n_rows (trace, o, s); k++)
        write_activations_row (trace, o, s, k, optimizer, output);
  }
}

static void
write_tolerances (const TwTrace *trace, gsize o, gsize s, TwOutput *output)
{
  if (!isfinite (tw_problem_get_minimum (tw_trace_get_problem (trace)))) {
    tw_output_write (output, "null");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tolerances); i++) {
    gint64 steps = tw_trace_steps_to_tolerance (trace, o, s, tolerances[i].value);
    tw_output_printf (output, "%s\"%s\": ", i == 0 ? "{" : ", ", tolerances[i].text);
    if (steps >= 0)
      tw_output_printf (output, "%" G_GINT64_FORMAT, steps);
    else
      tw_output_write (output, "null");
  }
  tw_output_write (output, "}");
}

/* The point itself where the trace has all of it; large problems are told by the index alone. */
static void
write_start (const TwTrace *trace, gsize o, gsize s, TwOutput *output)
{
  gsize n = tw_trace_get_n_coordinates (trace);
  gboolean whole =
    n == tw_problem_get_dim (tw_trace_get_problem (trace)) && tw_trace_get_n_rows (trace, o, s) > 0;

  tw_output_printf (output, "{\"index\": %" G_GSIZE_FORMAT ", \"point\": %s", s, whole ? "" : "null");
  for (gsize i = 0; whole && i < n; i++) {
    tw_output_write (output, i == 0 ? "[" : ", ");
    tw_output_write_json_number (output, tw_trace_get_theta (trace, o, s)[i]);
  }
  tw_output_write (output, whole ? "]}" : "}");
}

/* The final metrics as members, and the history where there is an interval. */
static void
write_json_metrics (const TwTrace *trace, gsize o, gsize s, TwOutput *output)
{
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize n, rows = tw_trace_get_n_metric_rows (trace, o, s);
  const char *const *names = tw_problem_get_metric_names (problem, &n);
  const double *final = tw_trace_get_final_metrics (trace, o, s);

  for (gsize m = 0; m < n; m++) {
    tw_output_printf (output, ",\n     \"%s\": ", names[m]);
    tw_output_write_json_number (output, final != NULL ? final[m] : NAN);
  }
  if (n == 0 || tw_problem_get_metric_interval (problem) == 0)
    return;
  tw_output_write (output, ",\n     \"measured\": {\"step\": [");
  for (gsize r = 0; r < rows; r++)
    tw_output_printf (output, "%s%" G_GUINT64_FORMAT, r == 0 ? "" : ", ",
                      tw_trace_get_metric_steps (trace, o, s)[r]);
  for (gsize m = 0; m < n; m++) {
    tw_output_printf (output, "], \"%s\": [", names[m]);
    for (gsize r = 0; r < rows; r++) {
      tw_output_write (output, r == 0 ? "" : ", ");
      tw_output_write_json_number (output, tw_trace_get_metrics (trace, o, s)[r * n + m]);
    }
  }
  tw_output_write (output, "]}");
}

static void
write_json_run (const TwTrace *trace, gsize o, gsize s, const char *note, TwOutput *output)
{
  TwStopReason stop = tw_trace_get_stop_reason (trace, o, s);
  g_autofree char *stop_text = tw_trace_describe_stop (trace, o, s);
  gsize rows = tw_trace_get_n_rows (trace, o, s);
  gboolean early = stop == TW_STOP_DIVERGED || stop == TW_STOP_CANCELLED;

  tw_output_printf (output,
                    "{\"run\": %" G_GSIZE_FORMAT ", \"optimizer\": ", o * tw_trace_get_n_starts (trace) + s);
  tw_output_write_json_string (output, tw_trace_get_optimizer_spec (trace, o));
  if (note != NULL) {
    tw_output_write (output, ", \"note\": ");
    tw_output_write_json_string (output, note);
  }
  tw_output_write (output, ", \"start\": ");
  write_start (trace, o, s, output);
  tw_output_write (output, ",\n     \"final_loss\": ");
  tw_output_write_json_number (output, tw_trace_get_final_loss (trace, o, s));
  tw_output_write (output, ", \"best_loss\": ");
  tw_output_write_json_number (output, tw_trace_get_best_loss (trace, o, s));
  tw_output_write (output, ", \"steps_to_tolerance\": ");
  write_tolerances (trace, o, s, output);
  tw_output_printf (output, ",\n     \"stop\": \"%s\", \"stop_step\": %" G_GSIZE_FORMAT ", \"stop_text\": ",
                    tw_stop_reason_name (stop), early ? rows : rows - 1);
  tw_output_write_json_string (output, stop_text);
  tw_output_printf (output, ", \"evaluations\": %" G_GUINT64_FORMAT ", \"seconds\": ",
                    tw_trace_get_evaluations (trace, o, s));
  tw_output_write_json_number (output, tw_trace_get_seconds (trace, o, s));
  write_json_metrics (trace, o, s, output);
  tw_output_write (output, "}");
}

void
tw_export_json (const TwTrace *trace, TwOutput *output)
{
  const TwProblem *problem = tw_trace_get_problem (trace);

  tw_output_write (output,
                   "{\n  \"format\": \"thalweg-run\",\n  \"version\": \"" TW_VERSION "\",\n  \"problem\": ");
  tw_output_write_json_string (output, tw_problem_get_name (problem));
  tw_output_write (output, ",\n  \"formula\": ");
  tw_output_write_json_string (output, tw_problem_get_formula (problem));
  tw_output_printf (
    output, ",\n  \"steps\": %" G_GUINT64_FORMAT ",\n  \"seed\": %" G_GUINT64_FORMAT ",\n  \"minimum\": ",
    tw_trace_get_n_steps (trace), tw_trace_get_seed (trace));
  tw_output_write_json_number (output, tw_problem_get_minimum (problem));
  tw_output_write (output, ",\n  \"runs\": [");
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    g_autofree char *note = tw_trace_note (trace, o);
    for (gsize s = 0; s < tw_trace_get_n_starts (trace); s++) {
      tw_output_write (output, o + s == 0 ? "\n    " : ",\n    ");
      write_json_run (trace, o, s, note, output);
    }
  }
  tw_output_write (output, "\n  ]\n}\n");
}

void
tw_export_table (TwTable table, const TwExperiment *experiment, const TwTrace *trace, TwOutput *output)
{
  g_autofree char *text = NULL;

  switch (table) {
  case TW_TABLE_CSV:
    tw_export_csv (trace, output);
    break;
  case TW_TABLE_JSON:
    tw_export_json (trace, output);
    break;
  case TW_TABLE_ACTIVATIONS:
    tw_export_activations (trace, output);
    break;
  case TW_TABLE_EXPERIMENT:
    text = tw_experiment_to_json (experiment);
    tw_output_write (output, text);
    break;
  case TW_TABLE_CAPTION:
    text = tw_trace_caption (trace, experiment);
    tw_output_write (output, text);
    tw_output_write (output, "\n");
    break;
  }
}
