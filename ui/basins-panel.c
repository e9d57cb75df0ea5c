#include "ui/basins-panel.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/basin-map.h"

#define MOST_STARTS 100 /* drawn */
#define STRETCH 1.6     /* to use the room, one axis may be so much longer than the other */

struct _TwBasinsPanel {
  TwMapPanel parent_instance;

  TwBasins *basins; /* NULL: none yet */
  gboolean has_domain;
  double domain[4];
  gsize dragged; /* number of the start */
};

G_DEFINE_FINAL_TYPE (TwBasinsPanel, tw_basins_panel, TW_TYPE_MAP_PANEL)

static TwSession *
session_of (TwBasinsPanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

/* The computation */

typedef struct {
  TwExperiment *experiment; /* of one optimizer */
  gboolean has_domain;
  double domain[4];
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  tw_experiment_free (request->experiment);
  g_free (request);
}

/* The experiment without what makes no difference: its starts and the other optimizers. */
static TwExperiment *
bare_experiment (TwMapPanel *map)
{
  const TwExperiment *now = tw_session_get_experiment (tw_panel_get_session (TW_PANEL (map)));
  TwExperiment *bare = tw_experiment_copy (now);

  while (bare->optimizers->len > 0)
    tw_experiment_remove_optimizer (bare, 0);
  tw_experiment_insert_optimizer (bare, 0, now->optimizers->pdata[tw_map_panel_get_optimizer (map)], NULL, -1);
  g_array_set_size (bare->starts, 0);
  bare->n_random_starts = 0;
  return bare;
}

static char *
make_key (TwMapPanel *map)
{
  TwBasinsPanel *self = TW_BASINS_PANEL (map);
  g_autoptr (TwExperiment) bare = bare_experiment (map);
  g_autofree char *json = tw_experiment_to_json (bare);

  if (!self->has_domain)
    return g_steal_pointer (&json);
  return g_strdup_printf ("%s %a %a %a %a", json, self->domain[0], self->domain[1], self->domain[2], self->domain[3]);
}

static gpointer
make_request (TwMapPanel *map)
{
  TwBasinsPanel *self = TW_BASINS_PANEL (map);
  Request *request = g_new0 (Request, 1);

  request->experiment = bare_experiment (map);
  request->has_domain = self->has_domain;
  memcpy (request->domain, self->domain, sizeof request->domain);
  return request;
}

static void
on_so_far (const TwBasins *so_far, gpointer data)
{
  if (tw_map_queue_is_due (data))
    tw_map_queue_tell (data, tw_basins_copy (so_far));
}

static gpointer
work (gpointer data, TwMapQueue *queue, GCancellable *cancellable, GError **error)
{
  const Request *request = data;

  return tw_basins_compute (request->experiment, 0, request->has_domain ? request->domain : NULL, TW_BASINS_SIZE,
                            MAX (g_get_num_processors (), 2) - 1, cancellable, on_so_far, queue, error);
}

static void
take (TwMapPanel *map, gpointer result)
{
  TwBasinsPanel *self = TW_BASINS_PANEL (map);

  tw_basins_free (self->basins);
  self->basins = result;
}

static char *
describe_result (TwMapPanel *map)
{
  return tw_basins_describe (TW_BASINS_PANEL (map)->basins);
}

static char *
describe_progress (TwMapPanel *map)
{
  const TwBasins *basins = TW_BASINS_PANEL (map)->basins;
  guint size = basins->refinement.width;
  double share = (double)basins->n_done / ((double)size * size);

  if (tw_map_panel_is_busy (map))
    return g_strdup_printf ("%.0f %% of %u × %u starts", 100 * share, size, size);
  return g_strdup_printf ("%u × %u starts, %" G_GUINT64_FORMAT " steps each", size, size, basins->n_steps);
}

/* Cells */

static gboolean
get_grid (TwMapPanel *map, guint *width, guint *height)
{
  const TwBasins *basins = TW_BASINS_PANEL (map)->basins;

  *width = basins->refinement.width;
  *height = basins->refinement.height;
  return TRUE;
}

static guint
read_cell (TwMapPanel *map, guint x, guint y, char title[64], TwReadoutRow *rows)
{
  const TwBasins *basins = TW_BASINS_PANEL (map)->basins;
  guint cell = y * basins->refinement.width + x, from;
  double point[2];
  char text[48];

  tw_basins_get_point (basins, cell, point);
  tw_format_point (point, text, sizeof text);
  g_snprintf (title, 64, "from %s", text);
  if (!tw_refinement_find_done (&basins->refinement, basins->done, x, y, &from))
    return 0;
  if (basins->minimum[from] < 0) {
    g_strlcpy (rows[0].label, basins->minimum[from] == TW_BASIN_DIVERGED ? "diverges" : "reaches none", sizeof rows[0].label);
    return 1;
  }
  const TwBasinMinimum *minimum = &g_array_index (basins->minima, TwBasinMinimum, basins->minimum[from]);
  g_autofree guint *order = g_new (guint, basins->minima->len);
  guint rank = 0;
  tw_basins_order (basins, order);
  while (order[rank] != (guint)basins->minimum[from])
    rank++;
  if (rank < TW_BASIN_COLORS)
    g_snprintf (rows[0].label, sizeof rows[0].label, "reaches %u", rank + 1);
  else
    g_strlcpy (rows[0].label, "reaches", sizeof rows[0].label);
  tw_format_point (minimum->point, rows[0].value, sizeof rows[0].value);
  g_strlcpy (rows[1].label, "in steps", sizeof rows[1].label);
  g_snprintf (rows[1].value, sizeof rows[1].value, "%.0f", (double)basins->steps[from]);
  return 2;
}

static gsize
nearest_start (TwBasinsPanel *self, const double point[2])
{
  const GArray *starts = tw_session_get_experiment (session_of (self))->starts;
  gsize nearest = 0;
  double least = INFINITY;

  for (gsize i = 0; 2 * i + 1 < starts->len; i++) {
    double d = hypot (g_array_index (starts, double, 2 * i) - point[0], g_array_index (starts, double, 2 * i + 1) - point[1]);
    if (d < least) {
      least = d;
      nearest = i;
    }
  }
  return nearest;
}

/* The start goes to the middle of the cell: what the map says of it is what is seen then. */
static void
choose (TwMapPanel *map, guint x, guint y, gboolean first)
{
  TwBasinsPanel *self = TW_BASINS_PANEL (map);
  double point[2];

  tw_basins_get_point (self->basins, y * self->basins->refinement.width + x, point);
  if (first)
    self->dragged = nearest_start (self, point);
  tw_session_set_start (session_of (self), self->dragged, point[0], point[1]);
}

/* Drawing */

static void
lay_out (TwMapPanel *map, cairo_t *cr, double width, double height, TwRect *rect)
{
  const double *domain = TW_BASINS_PANEL (map)->basins->domain;
  double font = tw_panel_get_font_size (TW_PANEL (map)), left = floor (3.6 * font), bottom = floor (2.2 * font), top = 6;
  double w = MAX (width - left - tw_basin_legend_width (font) - 24, 32), h = MAX (height - top - bottom, 32);
  double across = domain[1] - domain[0], up = domain[3] - domain[2], scale = MIN (w / across, h / up);

  *rect = (TwRect){ left, top, floor (MIN (STRETCH * scale * across, w)), floor (MIN (STRETCH * scale * up, h)) };
}

static TwView
view_of (TwBasinsPanel *self, const TwRect *rect)
{
  TwView view;

  tw_view_init (&view, rect, self->basins->domain);
  return view;
}

static void
paint (TwMapPanel *map, cairo_t *cr, const TwTheme *theme, const TwRect *rect, int scale)
{
  TwBasinsPanel *self = TW_BASINS_PANEL (map);
  double font = tw_panel_get_font_size (TW_PANEL (map)), height = gtk_widget_get_height (GTK_WIDGET (map));
  cairo_surface_t *picture =
    tw_basins_render (self->basins, theme, (int)rect->width * scale, (int)rect->height * scale, 1);
  TwView view = view_of (self, rect);
  TwRect legend = { rect->x + rect->width + 14, rect->y, tw_basin_legend_width (font), height - rect->y - 6 };

  cairo_surface_set_device_scale (picture, scale, scale);
  cairo_set_source_surface (cr, picture, rect->x, rect->y);
  cairo_paint (cr);
  cairo_surface_destroy (picture);
  tw_draw_frame (cr, theme, rect, &view.x, &view.y, font, 0);
  tw_draw_basin_legend (cr, theme, &legend, self->basins, font);
}

static void
mark (TwMapPanel *map, cairo_t *cr, const TwTheme *theme, const TwRect *rect)
{
  TwBasinsPanel *self = TW_BASINS_PANEL (map);
  const GArray *starts = tw_session_get_experiment (session_of (self))->starts;
  TwTrace *trace = tw_session_get_trace (session_of (self));
  TwView view = view_of (self, rect);

  tw_draw_basin_minima (cr, theme, &view, self->basins, tw_panel_get_font_size (TW_PANEL (map)));
  if (starts->len > 0) {
    for (gsize s = MIN (starts->len / 2, MOST_STARTS); s-- > 0;)
      tw_draw_start (cr, theme, &view, g_array_index (starts, double, 2 * s), g_array_index (starts, double, 2 * s + 1),
                     s == 0 ? 6 : 5);
  } else if (trace != NULL && tw_trace_get_n_optimizers (trace) > 0 && tw_problem_get_dim (tw_trace_get_problem (trace)) == 2) {
    for (gsize s = MIN (tw_trace_get_n_starts (trace), MOST_STARTS); s-- > 0;)
      if (tw_trace_get_n_rows (trace, 0, s) > 0) {
        const double *theta = tw_trace_get_theta (trace, 0, s);
        tw_draw_start (cr, theme, &view, theta[0], theta[1], s == 0 ? 6 : 3);
      }
  }
}

void
tw_basins_panel_set_domain (TwBasinsPanel *self, const double *domain)
{
  self->has_domain = domain != NULL;
  if (domain != NULL)
    memcpy (self->domain, domain, sizeof self->domain);
  tw_map_panel_check (TW_MAP_PANEL (self));
}

const TwBasins *
tw_basins_panel_get_basins (TwBasinsPanel *self)
{
  return self->basins;
}

static void
tw_basins_panel_finalize (GObject *object)
{
  tw_basins_free (TW_BASINS_PANEL (object)->basins);
  G_OBJECT_CLASS (tw_basins_panel_parent_class)->finalize (object);
}

static void
tw_basins_panel_class_init (TwBasinsPanelClass *klass)
{
  TwMapPanelClass *map = TW_MAP_PANEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tw_basins_panel_finalize;
  TW_PANEL_CLASS (klass)->interests = TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS | TW_SESSION_TRACE;
  map->make_key = make_key;
  map->make_request = make_request;
  map->work = work;
  map->free_request = request_free;
  map->free_result = (GDestroyNotify)tw_basins_free;
  map->take = take;
  map->describe_result = describe_result;
  map->describe_progress = describe_progress;
  map->get_grid = get_grid;
  map->read_cell = read_cell;
  map->choose = choose;
  map->drags = TRUE;
  map->lay_out = lay_out;
  map->paint = paint;
  map->mark = mark;
}

static void
tw_basins_panel_init (TwBasinsPanel *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), 300, 160);
}

TwPanel *
tw_basins_panel_new (TwSession *session)
{
  return g_object_new (
    TW_TYPE_BASINS_PANEL, "session", session, "title", "Basins", "help",
    "Where a run ends, for each place it can start from: the colour says at which minimum, the brightness how soon, "
    "bright is fast.  Plain grey: it reached none within the steps of the experiment.  Grey with stripes: it diverged.\n\n"
    "A minimum counts as reached once the loss is within 0.001 of its lowest.  Minima that nobody knew of are found from "
    "where runs end.  The list gives their places, and the share of starts from which each is reached.\n\n"
    "Hover to read a place, click or drag to start there; with the keyboard, arrow keys (with Shift, by eight) and "
    "Enter.  Zoom into the landscape to map that part of it.",
    NULL);
}
