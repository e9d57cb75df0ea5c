/* export.h: a finished trace as a table of numbers (CSV) and as a summary (JSON).
 *
 * CSV, RFC 4180: run,optimizer,start,step,loss,grad_norm and, for problems of two coordinates,
 * x,y,attend_x,attend_y.  Row k of a run is the state before update k, rows 0 to K; attend_* is where the
 * gradient was taken, empty where the optimizer has no such point.  The problem's metrics (train_loss,
 * test_loss, test_accuracy) are the last columns, empty at steps where they were not measured.  Runs and starts count from 0; run =
 * optimizer * N + start.
 */
#pragma once

#include "core/experiment/experiment.h"
#include "core/output.h"
#include "core/experiment/trace.h"

G_BEGIN_DECLS

/* Steps to these distances from the known minimum are told, the loosest first; `text` is how they are
 * written. */
typedef struct {
  double value;
  const char *text;
} TwTolerance;
const TwTolerance *tw_export_tolerances (gsize *n);

void tw_export_csv (const TwTrace *trace, TwOutput *output);
/* What the optimizers show of their inside, where the trace has it: run,optimizer,start,step,probe,item,unit,value.
 * `item` counts coordinates, tensors or runs, `unit` the numbers of one of them; both from 0. */
void tw_export_activations (const TwTrace *trace, TwOutput *output);
/* {"format": "thalweg-run", "version", "problem", "formula", "steps", "seed", "minimum", "runs": [...]}, and
 * of each run: run, optimizer, start {index, point}, final_loss, best_loss, steps_to_tolerance {"0.01": step
 * or null,
 * ...} (null where no minimum is known), stop ("budget", "converged", "diverged", "cancelled"), stop_step,
 * stop_text, evaluations, seconds; of a problem with metrics each of them (at the last step; null where the
 * run did not get there), and with an interval measured {step [...], train_loss [...], ...}.  What is not a finite number is null. */
void tw_export_json (const TwTrace *trace, TwOutput *output);

/* All that is given out as text without being drawn. */
typedef enum { TW_TABLE_CSV, TW_TABLE_JSON, TW_TABLE_ACTIVATIONS, TW_TABLE_EXPERIMENT, TW_TABLE_CAPTION } TwTable;
void tw_export_table (TwTable table, const TwExperiment *experiment, const TwTrace *trace, TwOutput *output);

G_END_DECLS
