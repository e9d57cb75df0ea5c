/* report.h: an experiment on a few pages: setting, figures, table, the inside of the learned optimizer, and how to
 * repeat it. */
#pragma once

#include "core/experiment/experiment.h"
#include "ui/drawing/figure.h"

G_BEGIN_DECLS

typedef enum { TW_REPORT_PDF, TW_REPORT_HTML, TW_REPORT_NO_KIND } TwReportKind;
TwReportKind tw_report_kind_of_path (const char *path);

/* traces (n): of the experiment, and of the same with other seeds, which enter the table only.  The first needs
 * probes for the activations to be shown.  Of `look`, theme, font and series are used.
 * HTML: one file, nothing to fetch.  The same traces give the same bytes.  work (nullable): how what its figures compute
 * is, and who is told how much of that is done.  Errors: TW_ERROR_INPUT, TW_ERROR_OUTPUT, TW_ERROR_CANCELLED. */
GBytes *tw_report_render (const TwExperiment *experiment, TwTrace *const *traces, gsize n, TwReportKind kind,
                          const TwFigureOptions *look, const TwFigureWork *work, GError **error);
/* Its pages, to be looked at: a list of cairo recording surfaces of TW_REPORT_PAGE_WIDTH by TW_REPORT_PAGE_HEIGHT. */
#define TW_REPORT_PAGE_WIDTH 595.0 /* A4, in points */
#define TW_REPORT_PAGE_HEIGHT 842.0
GPtrArray *tw_report_draw (const TwExperiment *experiment, TwTrace *const *traces, gsize n, const TwFigureOptions *look,
                           const TwFigureWork *work, GError **error);

G_END_DECLS
