/* report-private.h: what a report says, before it is a page. */
#pragma once

#include "ui/drawing/report.h"

G_BEGIN_DECLS

#define TW_REPORT_COLUMNS 5

typedef struct {
  const TwFigureOptions *look;
  const TwFigureWork *work; /* nullable */
  const TwExperiment *experiment;
  char *title;
  GPtrArray *setting;   /* of char *: name, value, name, value, ... */
  GPtrArray *table;     /* of char *: (1 + optimizers, TW_REPORT_COLUMNS), the head first */
  char *table_note;
  guint n_expected;     /* figures there will be, at most */
  GPtrArray *figures;   /* of TwFigure, in points of a page of `width` */
  GPtrArray *captions;  /* of char *, one per figure */
  char *command, *file; /* how to repeat it */
} TwReport;

#define TW_REPORT_WIDTH 495.0 /* points, of figures */

GBytes *tw_report_render_html (const TwReport *report, GError **error);
GBytes *tw_report_render_pdf (const TwReport *report, GError **error);
GPtrArray *tw_report_draw_pages (const TwReport *report);

G_END_DECLS
