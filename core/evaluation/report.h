/* report.h: an evaluation as JSON and as a page.
 *
 * JSON: { "format": "thalweg-evaluation", "version": 1, "suite", "seed", "seeds", "tuning_seeds", "budget",
 * "families": [...], "seconds",
 *   "contestants": [{ "label", "name", "kind": "learned" | "fixed" | "tuned" }],
 *   "problems": [{ "name", "group", "problem" or "formula", "dim", "steps", "stochastic", "fingerprint",
 * "minimum", "minimum_known", "minimum_beaten", "first_loss", "results": [{ "contestant", "spec",
 * "tuning_score", "mean_log_loss": E, "final_loss": E, "diverged": E, "above_first": E, "speed_up": E or
 * null, "speed_ups_capped", "mean_log_losses": [per seed], "final_losses": [per seed], "speed_ups": [per
 * seed], "curve": [median r at 101 steps] }] }], "summary": [{ "contestant", "mean_log_loss": E,
 * "mean_log_loss_2d", "mean_log_loss_others", "speed_up": E or null, "diverged": E, "above_first": E,
 * "reckless" }], "wins": [{ "learned", "over": label or "best tuned", "2d": { "wins", "of" }, "others":
 * {...}, "all": {...} }] } with E = { "value", "low", "high" }, a bootstrap 95 % interval over seeds.  What
 * is not finite is null.
 */
#pragma once

#include "core/evaluation/evaluation.h"
#include "core/output.h"

G_BEGIN_DECLS

/* How the numbers are defined, in a few sentences. */
extern const char *const tw_report_definitions;

void tw_report_json (const TwEvaluation *evaluation, TwOutput *output);
/* Self-contained: tables, and curves as inline SVG, for light and dark. */
void tw_report_html (const TwEvaluation *evaluation, TwOutput *output);

G_END_DECLS
