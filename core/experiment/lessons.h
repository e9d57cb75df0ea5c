/* lessons.h: the lessons of data/lessons.json, which is compiled into the program. */
#pragma once

#include "core/experiment/experiment.h"

G_BEGIN_DECLS

/* One experiment and what to see in it. */
typedef struct {
  const char *name; /* one word, for actions and tests */
  const char *title;
  const char *text;     /* a few sentences: what is on the screen */
  const char *question; /* to predict first */
  const char *answer;   /* to reveal */
  const TwExperiment *experiment;
} TwLesson;

/* In their order; the first is what a newcomer sees. */
const TwLesson *tw_lessons (gsize *n);
/* Its number, or -1. */
gssize tw_lesson_find (const char *name);

G_END_DECLS
