/* eval-table.h: an evaluation as a table for the terminal. */
#pragma once

#include "core/evaluation/evaluation.h"

G_BEGIN_DECLS

/* One line per problem, then means over them, wins, and what the columns are. */
void tw_print_evaluation (const TwEvaluation *evaluation);

G_END_DECLS
