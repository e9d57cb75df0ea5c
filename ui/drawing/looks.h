/* looks.h: what the optimizers of an experiment are called and how they are drawn, in the window and in files. */
#pragma once

#include "core/experiment/experiment.h"
#include "ui/drawing/style.h"

G_BEGIN_DECLS

/* specs (n); styles (n) out: those of the experiment where it says so, else their own.  experiment: nullable. */
void tw_looks_assign (const TwExperiment *experiment, const char *const *specs, gsize n, const TwLineStyle **styles);
/* "Adam" of "adam,lr=0.05". */
const char *tw_optimizer_title_of_spec (const char *spec);
/* Its label, else what it is called and its settings: "Adam lr=0.05".  To be freed. */
char *tw_looks_get_name (const TwExperiment *experiment, const char *spec, gsize i);
/* The same without the learning rate, which is what tuning finds: "Adam", "Adam beta1=0.5".  To be freed. */
char *tw_looks_get_tuned_name (const TwExperiment *experiment, const char *spec, gsize i);
/* Number of a line style by the name of its colour ("sky-blue" too) or its number; -1: there is none. */
int tw_looks_find_style (const char *word);

G_END_DECLS
