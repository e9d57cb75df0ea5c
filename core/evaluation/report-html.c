/* report-html.c: one page with everything on it: no scripts, no fonts, nothing to fetch. */
#include <math.h>

#include "core/evaluation/report.h"

/* Of a plot, in pixels; the curves show r from 1e-6 to 10. */
#define WIDTH 300
#define HEIGHT 190
#define LEFT 34
#define RIGHT 8
#define TOP 8
#define BOTTOM 22
#define HIGHEST_EXPONENT 1.0
#define LOWEST_EXPONENT (-6.0)
#define N_COLOURS 8

/* Colours by Okabe and Ito (2008), told apart with any eyes; a little lighter on dark. */
static const char *const style =
  ":root{color-scheme:light dark;--back:#fff;--text:#1c1c1e;--soft:#6b6b70;--line:#dcdce0;--mark:#eef3fb;"
  "--c0:#d55e00;--c1:#0072b2;--c2:#009e73;--c3:#cc79a7;--c4:#a67c00;--c5:#3a87c8;--c6:#7a4fb5;--c7:#5c5c5c}\n"
  "@media(prefers-color-scheme:dark){:root{--back:#1b1b1f;--text:#ececf0;--soft:#a0a0a8;--line:#3a3a42;"
  "--mark:#25303f;--c0:#ff8a3d;--c1:#58b0ee;--c2:#3ecf9e;--c3:#e8a3c8;--c4:#e6c34a;--c5:#8cc6f5;--c6:#b79af0;"
  "--c7:#b0b0b0}}\n"
  "body{background:var(--back);color:var(--text);font:15px/1.45 system-ui,sans-serif;margin:2em auto;"
  "max-width:1320px;padding:0 1em}\n"
  "h1{font-size:1.6em;margin-bottom:.2em}h2{font-size:1.2em;margin-top:2em}p{max-width:80ch}.soft{color:var(-"
  "-soft)}\n"
  ".wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
  "th,td{padding:.25em .7em;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\n"
  "th:first-child,td:first-child{text-align:left}td.best{background:var(--mark);font-weight:600}\n"
  "td "
  "small{color:var(--soft)}.plots{display:grid;gap:1.2em;grid-template-columns:repeat(auto-fill,minmax(300px,"
  "1fr))}\n"
  "figure{margin:0}figcaption{font-weight:600}figcaption small{font-weight:400;color:var(--soft)}\n"
  "svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font:10px system-ui,sans-serif}\n"
  ".axis{stroke:var(--line);stroke-width:1}polyline{fill:none;stroke-width:1.4;stroke-linejoin:round}\n"
  "polyline.learned{stroke-width:2.6}polyline.fixed{stroke-dasharray:3 3}\n"
  ".key{display:flex;flex-wrap:wrap;gap:.3em 1.4em;padding:0;list-style:none}.key "
  "svg{width:28px;display:inline-block;"
  "vertical-align:middle;margin-right:.4em}\n"
  "details{font-size:.85em;color:var(--soft)}summary{cursor:pointer}details ul{margin:.3em "
  "0;padding-left:1.2em}\n";

static void
write_escaped (TwOutput *output, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  tw_output_write (output, escaped);
}

/* "1.23", in any locale. */
static void
write_number (TwOutput *output, const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (value))
    tw_output_write (output, g_ascii_formatd (text, sizeof text, format, value));
  else
    tw_output_write (output, isnan (value) ? "\u2013" : "\u221e");
}

static void
write_interval (TwOutput *output, const char *format, const TwEstimate *estimate)
{
  write_number (output, format, estimate->value);
  tw_output_write (output, " <small>[");
  write_number (output, format, estimate->low);
  tw_output_write (output, ", ");
  write_number (output, format, estimate->high);
  tw_output_write (output, "]</small>");
}

static const char *
class_of (const TwContestant *contestant)
{
  return contestant->kind == TW_CONTESTANT_LEARNED ? "learned"
         : contestant->kind == TW_CONTESTANT_FIXED ? "fixed"
                                                   : "tuned";
}

static double
x_of (gsize i)
{
  return LEFT + (double)i / (TW_EVALUATION_CURVE - 1) * (WIDTH - LEFT - RIGHT);
}

static double
y_of (double fraction)
{
  double exponent = CLAMP (log10 (fraction), LOWEST_EXPONENT, HIGHEST_EXPONENT);

  return TOP + (HIGHEST_EXPONENT - exponent) / (HIGHEST_EXPONENT - LOWEST_EXPONENT) * (HEIGHT - TOP - BOTTOM);
}

static void
write_axes (TwOutput *output, guint64 n_steps)
{
  for (int exponent = -6; exponent <= 0; exponent += 2) {
    tw_output_printf (output, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"", LEFT, WIDTH - RIGHT);
    write_number (output, "%.1f", y_of (pow (10, exponent)));
    tw_output_write (output, "\" y2=\"");
    write_number (output, "%.1f", y_of (pow (10, exponent)));
    tw_output_printf (output, "\"/><text text-anchor=\"end\" x=\"%d\" y=\"", LEFT - 4);
    write_number (output, "%.1f", y_of (pow (10, exponent)) + 3);
    tw_output_printf (output, "\">%s%d</text>", exponent == 0 ? "" : "1e", exponent == 0 ? 1 : exponent);
  }
  tw_output_printf (output, "<text x=\"%d\" y=\"%d\">0</text>", LEFT, HEIGHT - 8);
  tw_output_printf (output, "<text text-anchor=\"end\" x=\"%d\" y=\"%d\">step %" G_GUINT64_FORMAT "</text>",
                    WIDTH - RIGHT, HEIGHT - 8, n_steps);
}

/* The learned ones last, above the others. */
static void
write_curves (const TwEvaluation *evaluation, const TwProblemResult *result, TwOutput *output)
{
  for (gsize c = evaluation->n_contestants; c-- > 0;) {
    const TwContestant *contestant = &evaluation->contestants[c];
    tw_output_printf (output, "<polyline class=\"%s\" stroke=\"var(--c%d)\" points=\"", class_of (contestant),
                      (int)(c % N_COLOURS));
    for (gsize i = 0; i < TW_EVALUATION_CURVE; i++) {
      write_number (output, "%.1f", x_of (i));
      tw_output_write (output, ",");
      write_number (output, "%.1f ", y_of (result->cells[c].curve[i]));
    }
    tw_output_write (output, "\"><title>");
    write_escaped (output, contestant->label);
    tw_output_write (output, "</title></polyline>");
  }
}

static void
write_plot (const TwEvaluation *evaluation, gsize p, TwOutput *output)
{
  const TwProblemResult *result = &evaluation->problems[p];
  const TwExperiment *experiment = result->problem->experiment;

  tw_output_write (output, "<figure><figcaption>");
  write_escaped (output, result->problem->name);
  tw_output_printf (output, " <small>%" G_GSIZE_FORMAT " coordinates%s</small></figcaption>\n", result->dim,
                    result->stochastic ? ", minibatches" : "");
  tw_output_printf (output, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Loss over steps\">", WIDTH,
                    HEIGHT);
  write_axes (output, experiment->steps);
  write_curves (evaluation, result, output);
  tw_output_write (output, "</svg>\n<details><summary>what ran</summary><p><code>");
  write_escaped (output, experiment->formula != NULL ? experiment->formula : experiment->problem);
  tw_output_write (output, "</code></p><ul>");
  for (gsize c = 0; c < evaluation->n_contestants; c++) {
    tw_output_write (output, "<li><code>");
    write_escaped (output, result->cells[c].spec);
    tw_output_write (output, "</code>: final loss ");
    write_number (output, "%.4g", result->cells[c].median_final_loss.value);
    tw_output_write (output, "</li>");
  }
  tw_output_write (output, "</ul></details></figure>\n");
}

static void
write_key (const TwEvaluation *evaluation, TwOutput *output)
{
  tw_output_write (output, "<ul class=\"key\">");
  for (gsize c = 0; c < evaluation->n_contestants; c++) {
    tw_output_printf (output,
                      "<li><svg viewBox=\"0 0 28 8\"><polyline class=\"%s\" stroke=\"var(--c%d)\" "
                      "points=\"0,4 28,4\"/></svg>",
                      class_of (&evaluation->contestants[c]), (int)(c % N_COLOURS));
    write_escaped (output, evaluation->contestants[c].label);
    tw_output_write (output, "</li>");
  }
  tw_output_write (output, "</ul>\n");
}

static void
write_labels (const TwEvaluation *evaluation, const char *first, TwOutput *output)
{
  tw_output_printf (output, "<tr><th>%s</th>", first);
  for (gsize c = 0; c < evaluation->n_contestants; c++) {
    tw_output_write (output, "<th>");
    write_escaped (output, evaluation->contestants[c].label);
    tw_output_write (output, "</th>");
  }
}

static void
write_scores (const TwEvaluation *evaluation, TwOutput *output)
{
  gsize n = evaluation->n_contestants;
  gboolean has_speed = evaluation->problems[0].cells[0].speed_up != NULL;

  tw_output_write (output, "<h2>Mean log loss</h2>\n<div class=\"wide\"><table>\n");
  write_labels (evaluation, "problem", output);
  for (gsize l = 0; has_speed && l < evaluation->n_learned; l++)
    tw_output_write (output, "<th>speed-up</th>");
  tw_output_write (output, "</tr>\n");
  for (guint p = 0; p < evaluation->suite->problems->len; p++) {
    const TwProblemResult *result = &evaluation->problems[p];
    gsize best = 0;
    for (gsize c = 1; c < n; c++)
      if (result->cells[c].mean_log_loss.value < result->cells[best].mean_log_loss.value)
        best = c;
    tw_output_write (output, "<tr><td>");
    write_escaped (output, result->problem->name);
    tw_output_write (output, "</td>");
    for (gsize c = 0; c < n; c++) {
      tw_output_write (output, c == best ? "<td class=\"best\">" : "<td>");
      write_interval (output, "%.2f", &result->cells[c].mean_log_loss);
      tw_output_write (output, "</td>");
    }
    for (gsize l = 0; has_speed && l < evaluation->n_learned; l++) {
      tw_output_write (output, "<td>");
      write_interval (output, "%.2f", &result->cells[l].mean_speed_up);
      tw_output_write (output, "</td>");
    }
    tw_output_write (output, "</tr>\n");
  }
  tw_output_write (output, "</table></div>\n");
}

typedef const TwEstimate *(*Pick) (const TwSummary *summary);

static const TwEstimate *
pick_score (const TwSummary *summary)
{
  return &summary->mean_log_loss;
}

static const TwEstimate *
pick_speed_up (const TwSummary *summary)
{
  return &summary->speed_up;
}

static const TwEstimate *
pick_diverged (const TwSummary *summary)
{
  return &summary->share_diverged;
}

static const TwEstimate *
pick_above (const TwSummary *summary)
{
  return &summary->share_above;
}

static void
write_summary (const TwEvaluation *evaluation, TwOutput *output)
{
  const struct {
    const char *title;
    Pick pick;
  } rows[] = { { "mean log loss, interquartile mean over problems", pick_score },
               { "speed-up over tuned Adam, interquartile mean", pick_speed_up },
               { "share of runs that diverged", pick_diverged },
               { "share of runs that ended above their first loss", pick_above } };

  tw_output_write (output, "<h2>Over all problems</h2>\n<div class=\"wide\"><table>\n");
  write_labels (evaluation, "", output);
  tw_output_write (output, "</tr>\n");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].pick == pick_speed_up && evaluation->problems[0].cells[0].speed_up == NULL)
      continue;
    tw_output_printf (output, "<tr><td>%s</td>", rows[i].title);
    for (gsize c = 0; c < evaluation->n_contestants; c++) {
      tw_output_write (output, "<td>");
      if (rows[i].pick == pick_speed_up && evaluation->problems[0].cells[c].speed_up == NULL)
        tw_output_write (output, "\u2013");
      else
        write_interval (output, "%.3g", rows[i].pick (&evaluation->summaries[c]));
      tw_output_write (output, "</td>");
    }
    tw_output_write (output, "</tr>\n");
  }
  tw_output_write (output, "</table></div>\n");
}

static void
write_wins (const TwEvaluation *evaluation, TwOutput *output)
{
  gsize n = evaluation->n_contestants;

  tw_output_write (output, "<h2>Problems with the lower mean log loss</h2>\n<div class=\"wide\"><table>\n"
                           "<tr><th>learned</th><th>over</th><th>2-D</th><th>others</th><th>all</th></tr>\n");
  for (gsize l = 0; l < evaluation->n_learned; l++)
    for (gsize c = 0; c <= n; c++) {
      const TwWins *wins = &evaluation->wins[l * (n + 1) + c];
      if (wins->n[0] + wins->n[1] == 0)
        continue;
      tw_output_write (output, "<tr><td>");
      write_escaped (output, evaluation->contestants[l].label);
      tw_output_write (output, "</td><td>");
      write_escaped (output, c < n ? evaluation->contestants[c].label : "best tuned");
      tw_output_printf (output, "</td><td>%u of %u</td><td>%u of %u</td><td>%u of %u</td></tr>\n",
                        wins->wins[0], wins->n[0], wins->wins[1], wins->n[1], wins->wins[0] + wins->wins[1],
                        wins->n[0] + wins->n[1]);
    }
  tw_output_write (output, "</table></div>\n");
}

void
tw_report_html (const TwEvaluation *evaluation, TwOutput *output)
{
  const TwSuite *suite = evaluation->suite;

  tw_output_write (output,
                   "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                   "<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>Thalweg: suite ");
  write_escaped (output, suite->name);
  tw_output_printf (
    output, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>Learned and tuned optimizers: suite ",
    style);
  write_escaped (output, suite->name);
  tw_output_printf (output,
                    "</h1>\n<p class=\"soft\">%u problems, %u seeds, first seed %" G_GUINT64_FORMAT ". ",
                    suite->problems->len, evaluation->n_seeds, evaluation->seed);
  if (*evaluation->families != NULL)
    tw_output_printf (output,
                      "Optimizers with a * were tuned on each problem: %u settings from %u other seeds. "
                      "The learned ones run with their defaults.",
                      evaluation->budget, suite->n_tuning_seeds);
  tw_output_write (output, "</p>\n<ul>");
  for (gsize l = 0; l < evaluation->n_learned; l++) {
    tw_output_write (output, "<li>");
    write_escaped (output, evaluation->contestants[l].label);
    tw_output_write (output, ": <code>");
    write_escaped (output, evaluation->contestants[l].name);
    tw_output_write (output, "</code>");
    g_autofree char *bound = tw_evaluation_describe_bound (evaluation, l);
    if (bound != NULL)
      tw_output_printf (output, "; %s", bound);
    tw_output_write (output, "</li>");
  }
  tw_output_write (output, "</ul>\n");
  write_wins (evaluation, output);
  write_summary (evaluation, output);
  tw_output_write (output,
                   "<h2>Curves</h2>\n<p>What is left of the first distance to the minimum, median over "
                   "seeds.</p>\n");
  write_key (evaluation, output);
  tw_output_write (output, "<div class=\"plots\">\n");
  for (guint p = 0; p < suite->problems->len; p++)
    write_plot (evaluation, p, output);
  tw_output_write (output, "</div>\n");
  write_scores (evaluation, output);
  tw_output_write (output, "<h2>What the numbers are</h2>\n<p>");
  write_escaped (output, tw_report_definitions);
  tw_output_write (output, "</p>\n</body>\n</html>\n");
}
