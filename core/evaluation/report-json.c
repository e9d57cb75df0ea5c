#include <math.h>

#include "core/evaluation/evaluation-private.h"
#include "core/evaluation/report.h"

#define WHOLE "%" G_GUINT64_FORMAT

static const char *const kind_names[] = { "learned", "fixed", "tuned" };

const char *const tw_report_definitions =
  "Mean log loss: mean over steps 1 to K of log((f - f*) / (f0 - f* + 1e-6) + 1e-6), each term between log "
  "1e-6 and "
  "log 1e6; steps that a diverged run did not reach count as log 1e6. "
  "Final loss: after K steps (mean of the last 2 % of steps where minibatches change the loss); median over "
  "seeds. "
  "Speed-up: the first step at which tuned Adam is as low as the learned optimizer ends (within 10 % of the "
  "distance to "
  "the minimum), over the step from which the learned one stays there; Adam runs for 5 K steps and counts as "
  "that where "
  "it never gets there; a learned run that ends no lower than it began counts as 1 / K; geometric mean over "
  "seeds. "
  "Intervals: 95 %, bootstrap over seeds. Over problems: interquartile mean.";

static void
write_estimate (TwOutput *output, const char *key, const TwEstimate *estimate)
{
  tw_output_printf (output, ", \"%s\": {\"value\": ", key);
  tw_output_write_json_number (output, estimate->value);
  tw_output_write (output, ", \"low\": ");
  tw_output_write_json_number (output, estimate->low);
  tw_output_write (output, ", \"high\": ");
  tw_output_write_json_number (output, estimate->high);
  tw_output_write (output, "}");
}

static void
write_text (TwOutput *output, const char *key, const char *text)
{
  tw_output_printf (output, "\"%s\": ", key);
  tw_output_write_json_string (output, text);
}

static void
write_number (TwOutput *output, const char *key, double number)
{
  tw_output_printf (output, ", \"%s\": ", key);
  tw_output_write_json_number (output, number);
}

static void
write_list (TwOutput *output, const char *key, const double *values, gsize n)
{
  tw_output_printf (output, ", \"%s\": [", key);
  for (gsize i = 0; i < n; i++) {
    tw_output_write (output, i == 0 ? "" : ", ");
    tw_output_write_json_number (output, values[i]);
  }
  tw_output_write (output, "]");
}

/* Enough for a curve on a page. */
static void
write_curve (TwOutput *output, const double *curve)
{
  tw_output_write (output, ", \"curve\": [");
  for (gsize i = 0; i < TW_EVALUATION_CURVE; i++) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    tw_output_printf (output, "%s%s", i == 0 ? "" : ", ",
                      g_ascii_formatd (text, sizeof text, "%.4g", curve[i]));
  }
  tw_output_write (output, "]");
}

static void
write_cell (const TwEvaluation *evaluation, const TwCell *cell, const TwContestant *contestant,
            TwOutput *output)
{
  gsize n = evaluation->n_seeds;

  tw_output_write (output, "      {");
  write_text (output, "contestant", contestant->label);
  tw_output_write (output, ", ");
  write_text (output, "spec", cell->spec);
  if (cell->note != NULL) {
    tw_output_write (output, ", ");
    write_text (output, "note", cell->note);
  }
  write_number (output, "tuning_score", cell->tuning_score);
  write_estimate (output, "mean_log_loss", &cell->mean_log_loss);
  write_estimate (output, "final_loss", &cell->median_final_loss);
  write_estimate (output, "diverged", &cell->share_diverged);
  write_estimate (output, "above_first", &cell->share_above);
  if (cell->speed_up != NULL) {
    write_estimate (output, "speed_up", &cell->mean_speed_up);
    tw_output_printf (output, ", \"speed_ups_capped\": %u", cell->n_capped);
    write_list (output, "speed_ups", cell->speed_up, n);
  } else {
    tw_output_write (output, ", \"speed_up\": null");
  }
  write_list (output, "mean_log_losses", cell->score, n);
  write_list (output, "final_losses", cell->final_loss, n);
  write_curve (output, cell->curve);
  tw_output_write (output, "}");
}

static void
write_problem (const TwEvaluation *evaluation, const TwProblemResult *result, TwOutput *output)
{
  const TwSuiteProblem *problem = result->problem;
  g_autofree char *fingerprint = tw_suite_problem_fingerprint (problem, evaluation->suite->n_tuning_seeds);

  tw_output_write (output, "    {");
  write_text (output, "name", problem->name);
  tw_output_write (output, ", ");
  write_text (output, "group", problem->group);
  tw_output_write (output, ", ");
  if (problem->experiment->formula != NULL)
    write_text (output, "formula", problem->experiment->formula);
  else
    write_text (output, "problem", problem->experiment->problem);
  tw_output_printf (output, ", \"dim\": %" G_GSIZE_FORMAT ", \"steps\": " WHOLE ", \"stochastic\": %s, ",
                    result->dim, problem->experiment->steps, result->stochastic ? "true" : "false");
  write_text (output, "fingerprint", fingerprint);
  write_number (output, "minimum", result->minimum);
  tw_output_printf (output, ", \"minimum_known\": %s, \"minimum_beaten\": %s",
                    result->minimum_known ? "true" : "false", result->minimum_beaten ? "true" : "false");
  write_number (output, "first_loss", result->first_loss);
  tw_output_write (output, ",\n     \"results\": [\n");
  for (gsize c = 0; c < evaluation->n_contestants; c++) {
    tw_output_write (output, c == 0 ? "" : ",\n");
    write_cell (evaluation, &result->cells[c], &evaluation->contestants[c], output);
  }
  tw_output_write (output, "]}");
}

static void
write_summary (const TwEvaluation *evaluation, gsize c, TwOutput *output)
{
  const TwSummary *summary = &evaluation->summaries[c];

  tw_output_write (output, "    {");
  write_text (output, "contestant", evaluation->contestants[c].label);
  write_estimate (output, "mean_log_loss", &summary->mean_log_loss);
  write_number (output, "mean_log_loss_2d", summary->mean_log_loss_2d);
  write_number (output, "mean_log_loss_others", summary->mean_log_loss_others);
  if (evaluation->problems[0].cells[c].speed_up != NULL)
    write_estimate (output, "speed_up", &summary->speed_up);
  else
    tw_output_write (output, ", \"speed_up\": null");
  write_estimate (output, "diverged", &summary->share_diverged);
  write_estimate (output, "above_first", &summary->share_above);
  if (c < evaluation->n_learned)
    tw_output_printf (output, ", \"reckless\": %u", evaluation->n_reckless[c]);
  tw_output_write (output, "}");
}

static void
write_wins (const TwEvaluation *evaluation, gsize learned, TwOutput *output, gboolean *first)
{
  gsize n = evaluation->n_contestants;

  for (gsize c = 0; c <= n; c++) {
    const TwWins *wins = &evaluation->wins[learned * (n + 1) + c];
    if (wins->n[0] + wins->n[1] == 0)
      continue;
    tw_output_write (output, *first ? "    {" : ",\n    {");
    *first = FALSE;
    write_text (output, "learned", evaluation->contestants[learned].label);
    tw_output_write (output, ", ");
    write_text (output, "over", c < n ? evaluation->contestants[c].label : "best tuned");
    tw_output_printf (output,
                      ", \"2d\": {\"wins\": %u, \"of\": %u}, \"others\": {\"wins\": %u, \"of\": %u}, "
                      "\"all\": {\"wins\": %u, \"of\": %u}}",
                      wins->wins[0], wins->n[0], wins->wins[1], wins->n[1], wins->wins[0] + wins->wins[1],
                      wins->n[0] + wins->n[1]);
  }
}

static void
write_head (const TwEvaluation *evaluation, TwOutput *output)
{
  tw_output_write (output, "{\n  \"format\": \"thalweg-evaluation\", \"version\": 1,\n  ");
  write_text (output, "suite", evaluation->suite->name);
  tw_output_printf (
    output, ", \"seed\": " WHOLE ", \"seeds\": %u, \"tuning_seeds\": %u, \"budget\": %u,\n  \"families\": [",
    evaluation->seed, evaluation->n_seeds, evaluation->suite->n_tuning_seeds, evaluation->budget);
  for (gsize f = 0; evaluation->families[f] != NULL; f++) {
    tw_output_write (output, f == 0 ? "" : ", ");
    tw_output_write_json_string (output, evaluation->families[f]);
  }
  tw_output_write (output, "]");
  write_number (output, "seconds", evaluation->seconds);
  tw_output_write (output, ",\n  ");
  write_text (output, "definitions", tw_report_definitions);
  tw_output_write (output, ",\n  \"contestants\": [\n");
  for (gsize c = 0; c < evaluation->n_contestants; c++) {
    const TwContestant *contestant = &evaluation->contestants[c];
    tw_output_write (output, c == 0 ? "    {" : ",\n    {");
    write_text (output, "label", contestant->label);
    tw_output_write (output, ", ");
    write_text (output, "name", contestant->name);
    tw_output_printf (output, ", \"kind\": \"%s\"}", kind_names[contestant->kind]);
  }
  tw_output_write (output, "],\n");
}

void
tw_report_json (const TwEvaluation *evaluation, TwOutput *output)
{
  gboolean first = TRUE;

  write_head (evaluation, output);
  tw_output_write (output, "  \"problems\": [\n");
  for (guint p = 0; p < evaluation->suite->problems->len; p++) {
    tw_output_write (output, p == 0 ? "" : ",\n");
    write_problem (evaluation, &evaluation->problems[p], output);
  }
  tw_output_write (output, "],\n  \"summary\": [\n");
  for (gsize c = 0; c < evaluation->n_contestants; c++) {
    tw_output_write (output, c == 0 ? "" : ",\n");
    write_summary (evaluation, c, output);
  }
  tw_output_write (output, "],\n  \"wins\": [\n");
  for (gsize l = 0; l < evaluation->n_learned; l++)
    write_wins (evaluation, l, output, &first);
  tw_output_write (output, "]\n}\n");
}
