/* map-panel.h: what maps of cells that are computed in the background share.
 *
 * A map is of one optimizer.  It is computed while it is on screen, anew when what it depends on changes (its key),
 * and can be stopped.  The pointer reads a cell and takes it; arrow keys move a cursor, Enter takes the cell.
 */
#pragma once

#include "ui/drawing/axis.h"
#include "ui/drawing/readout.h"
#include "ui/map-queue.h"
#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_MAP_PANEL (tw_map_panel_get_type ())
G_DECLARE_DERIVABLE_TYPE (TwMapPanel, tw_map_panel, TW, MAP_PANEL, TwPanel)

struct _TwMapPanelClass {
  TwPanelClass parent_class;

  /* The computation */
  char *(*make_key) (TwMapPanel *map); /* all it depends on, as text */
  gpointer (*make_request) (TwMapPanel *map);
  TwMapWork work;
  GDestroyNotify free_request, free_result;
  void (*take) (TwMapPanel *map, gpointer result); /* (transfer full); NULL: forget it */
  char *(*describe_result) (TwMapPanel *map);      /* in a sentence; after the first news */
  char *(*describe_progress) (TwMapPanel *map);    /* for the subtitle, done or not */

  /* Its cells: columns and rows, row 0 at the bottom; FALSE: there are none yet. */
  gboolean (*get_grid) (TwMapPanel *map, guint *width, guint *height);
  guint (*read_cell) (TwMapPanel *map, guint x, guint y, char title[64], TwReadoutRow *rows); /* returns how many */
  void (*choose) (TwMapPanel *map, guint x, guint y, gboolean first); /* first: of a drag */
  gboolean drags;                                                    /* a drag chooses all along its way */

  /* Drawing */
  void (*lay_out) (TwMapPanel *map, cairo_t *cr, double width, double height, TwRect *rect);
  void (*paint) (TwMapPanel *map, cairo_t *cr, const TwTheme *theme, const TwRect *rect, int scale); /* kept */
  void (*mark) (TwMapPanel *map, cairo_t *cr, const TwTheme *theme, const TwRect *rect);             /* each time */
};

/* Number in the experiment; what it shows is of another one at once. */
void tw_map_panel_set_optimizer (TwMapPanel *map, gsize optimizer);
gsize tw_map_panel_get_optimizer (TwMapPanel *map);
/* Looks whether it has to be computed anew. */
void tw_map_panel_check (TwMapPanel *map);
gboolean tw_map_panel_is_busy (TwMapPanel *map);
gboolean tw_map_panel_is_done (TwMapPanel *map); /* all of the present one is there */
const char *tw_map_panel_get_words (TwMapPanel *map); /* what it tells; signal "told" when that changes */
/* Where a cell is drawn, in the widget: its middle.  FALSE where there is none. */
gboolean tw_map_panel_get_place (TwMapPanel *map, guint x, guint y, double *px, double *py);

G_END_DECLS
