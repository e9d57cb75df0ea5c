/* export-screen.h: what of the window the export window begins with. */
#pragma once

#include "ui/curves-panel.h"
#include "ui/export-rows.h"
#include "ui/inside-focus.h"
#include "ui/landscape-panel.h"
#include "ui/maps-page.h"
#include "ui/plane-panel.h"

G_BEGIN_DECLS

typedef struct {
  TwLandscapePanel *landscape; /* the part that is shown, and where the surface is seen from */
  TwCurvesPanel *curves;       /* what they are of */
  TwPlanePanel *plane;         /* which it is */
  TwMapsPage *maps;            /* whose they are; NULL: another page is shown */
  TwInsideFocus *inside;       /* whose it is; NULL: another page is shown */
} TwExportScreen;

/* The moment and the view that are on screen now.  Nothing stands where it is what a figure shows by itself. */
void tw_export_screen_take (const TwExportScreen *screen, TwSession *session, TwExportRows *rows);
/* Whose maps or inside are looked at, as a word of the setting "optimizer"; "": nobody's. */
char *tw_export_screen_name_optimizer (const TwExportScreen *screen, TwSession *session);

G_END_DECLS
