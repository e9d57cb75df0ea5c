#include "ui/export-screen.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/looks.h"
#include "ui/drawing/surface.h"

/* To a thousandth of how wide it is, so that the command that is copied can be read. */
static char *
format_area (const double domain[4])
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (int i = 0; i < 4; i++) {
    char format[16], text[64];
    int digits = 3 - (int)floor (log10 (domain[i / 2 * 2 + 1] - domain[i / 2 * 2]));
    g_snprintf (format, sizeof format, "%%.%df", CLAMP (digits, 0, 17));
    g_string_append_printf (words, "%s%s", i > 0 ? "," : "", g_ascii_formatd (text, sizeof text, format, domain[i]));
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* A moment is meant where the runs are paused. */
static char *
format_moment (TwSession *session)
{
  guint64 step = tw_session_get_step (session);

  if (tw_session_get_playing (session) || step == tw_session_get_n_steps (session))
    return g_strdup ("");
  return g_strdup_printf ("%" G_GUINT64_FORMAT, step);
}

void
tw_export_screen_take (const TwExportScreen *screen, TwSession *session, TwExportRows *rows)
{
  double domain[4], yaw, pitch;
  g_autofree char *moment = format_moment (session);
  g_autofree char *area = tw_landscape_panel_get_shown (screen->landscape, domain) ? format_area (domain) : g_strdup ("");

  tw_landscape_panel_get_camera (screen->landscape, &yaw, &pitch);
  g_autofree char *camera = g_strdup_printf ("%.0f,%.0f", yaw, pitch);
  tw_export_rows_set_text (rows, "step", moment);
  tw_export_rows_set_text (rows, "area", area);
  tw_export_rows_set_text (rows, "camera", strcmp (camera, TW_CAMERA_WORD) != 0 ? camera : "");

  static const char *const planes[] = { "components", "random", "ends" }; /* of TwPlaneKind */
  const TwFigureOptions shown = { .metric = tw_curves_panel_get_metric (screen->curves) };
  g_autofree char *metric = tw_figure_options_get (&shown, "metric");
  tw_export_rows_choose (rows, "metric", metric != NULL ? metric : "loss");
  tw_export_rows_choose (rows, "plane", planes[tw_plane_panel_get_kind (screen->plane)]);

  gsize c = screen->inside != NULL ? tw_inside_focus_get_coordinate (screen->inside) : 0;
  g_autofree char *coordinate = c > 0 ? tw_trace_name_coordinate (tw_session_get_trace (session), c) : g_strdup ("");
  tw_export_rows_set_text (rows, "coordinate", coordinate);
}

/* One among many; where there is another of its name, its number. */
static char *
name_optimizer (const TwExperiment *experiment, gsize optimizer)
{
  const GPtrArray *specs = experiment->optimizers;
  g_autofree char *name = tw_looks_get_name (experiment, specs->pdata[optimizer], optimizer);

  for (guint o = 0; o < specs->len; o++) {
    g_autofree char *other = tw_looks_get_name (experiment, specs->pdata[o], o);
    if (o != optimizer && strcmp (name, other) == 0)
      return g_strdup_printf ("%" G_GSIZE_FORMAT, optimizer + 1);
  }
  return g_steal_pointer (&name);
}

char *
tw_export_screen_name_optimizer (const TwExportScreen *screen, TwSession *session)
{
  const TwExperiment *experiment = tw_session_get_experiment (session);
  gssize optimizer = screen->maps != NULL     ? (gssize)tw_maps_page_get_optimizer (screen->maps)
                     : screen->inside != NULL ? tw_inside_focus_get_optimizer (screen->inside)
                                              : -1;

  /* The trace may be that of an experiment before, with more of them. */
  if (optimizer < 0 || (gsize)optimizer >= experiment->optimizers->len)
    return g_strdup ("");
  return name_optimizer (experiment, (gsize)optimizer);
}
