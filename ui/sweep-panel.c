#include "ui/sweep-panel.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "ui/drawing/sweep-map.h"
#include "ui/words.h"

struct _TwSweepPanel {
  TwMapPanel parent_instance;

  TwSweep *sweep; /* NULL: none yet */
  char *found_for; /* what the axes were found for */
  char *kind;     /* name of the optimizer that `axes` are of */
  TwSweepAxis *axes;
  gsize n_axes;
  gsize chosen[2];         /* of the axes: x, y */
  GtkDropDown *choices[2]; /* the same */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (TwSweepPanel, tw_sweep_panel, TW_TYPE_MAP_PANEL)

static const char *
spec_of (TwMapPanel *map)
{
  const TwExperiment *now = tw_session_get_experiment (tw_panel_get_session (TW_PANEL (map)));

  return now->optimizers->pdata[tw_map_panel_get_optimizer (map)];
}

/* Axes */

static gsize
find_axis (const TwSweepAxis *axes, gsize n, const char *key)
{
  gsize i = 0;

  while (i < n && strcmp (axes[i].param->key, key) != 0)
    i++;
  return i;
}

static void
show_choices (TwSweepPanel *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; i < self->n_axes; i++)
    g_strv_builder_add (builder, self->axes[i].param->key);
  g_auto (GStrv) keys = g_strv_builder_end (builder);
  self->updating = TRUE;
  for (int side = 0; side < 2; side++)
    tw_drop_down_show_names (self->choices[side], (const char *const *)keys, (guint)self->chosen[side]);
  self->updating = FALSE;
}

/* Of the problem that is shown; 0 while none is: the axes are found again then. */
static gsize
get_dim (TwSweepPanel *self)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));

  return trace != NULL ? tw_problem_get_dim (tw_trace_get_problem (trace)) : 0;
}

/* The axes of the present spec; those that were chosen stay so where they are still there. */
static void
find_axes (TwSweepPanel *self)
{
  const char *spec = spec_of (TW_MAP_PANEL (self));
  g_autofree char *found_for = g_strdup_printf ("%" G_GSIZE_FORMAT " %s", get_dim (self), spec);
  gsize n;

  if (g_strcmp0 (found_for, self->found_for) == 0) /* this is asked in every frame, and may read a weight file */
    return;
  g_free (self->found_for);
  self->found_for = g_steal_pointer (&found_for);
  TwSweepAxis *axes = tw_sweep_list_axes (spec, get_dim (self), &n);
  g_autofree char *kind = g_strndup (spec, strcspn (spec, ","));
  gsize x = n, y = n;

  if (g_strcmp0 (kind, self->kind) == 0 && self->n_axes > 1) {
    x = find_axis (axes, n, self->axes[self->chosen[0]].param->key);
    y = find_axis (axes, n, self->axes[self->chosen[1]].param->key);
  }
  if (x >= n || y >= n || x == y) {
    x = 0;
    y = n > 1 ? tw_sweep_second_axis (axes, n) : 0;
  }
  g_free (self->axes);
  g_free (self->kind);
  self->kind = g_steal_pointer (&kind);
  self->axes = axes;
  self->n_axes = n;
  self->chosen[0] = x;
  self->chosen[1] = y;
  show_choices (self);
}

static void
on_choice (GtkDropDown *choice, GParamSpec *pspec, TwSweepPanel *self)
{
  int side = choice == self->choices[1];
  guint selected = gtk_drop_down_get_selected (choice);

  if (self->updating || selected >= self->n_axes)
    return;
  if (selected == self->chosen[!side]) /* they change places */
    self->chosen[!side] = self->chosen[side];
  self->chosen[side] = selected;
  show_choices (self);
  tw_map_panel_check (TW_MAP_PANEL (self));
}

/* The computation */

typedef struct {
  TwExperiment *experiment; /* of one optimizer */
  TwSweepAxis x, y;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  tw_experiment_free (request->experiment);
  g_free (request);
}

/* With one optimizer, without the settings that are the axes. */
static TwExperiment *
bare_experiment (TwSweepPanel *self)
{
  TwExperiment *bare = tw_experiment_copy (tw_session_get_experiment (tw_panel_get_session (TW_PANEL (self))));
  g_autoptr (TwSpec) spec = tw_spec_parse (spec_of (TW_MAP_PANEL (self)), NULL);

  for (int side = 0; spec != NULL && side < 2 && self->n_axes > 0; side++)
    tw_spec_set (spec, self->axes[self->chosen[side]].param->key, NULL);
  while (bare->optimizers->len > 0)
    tw_experiment_remove_optimizer (bare, 0);
  tw_experiment_insert_optimizer (bare, 0, spec != NULL ? tw_spec_get_text (spec) : spec_of (TW_MAP_PANEL (self)), NULL, -1);
  return bare;
}

static char *
make_key (TwMapPanel *map)
{
  TwSweepPanel *self = TW_SWEEP_PANEL (map);

  find_axes (self);
  g_autoptr (TwExperiment) bare = bare_experiment (self);
  g_autofree char *json = tw_experiment_to_json (bare);
  g_autoptr (GString) key = g_string_new (json);
  for (int side = 0; side < 2 && self->n_axes > 0; side++) {
    const TwSweepAxis *axis = &self->axes[self->chosen[side]];
    g_string_append_printf (key, " %s %a %a", axis->param->key, axis->min, axis->max);
  }
  return g_strdup (key->str);
}

static gpointer
make_request (TwMapPanel *map)
{
  TwSweepPanel *self = TW_SWEEP_PANEL (map);
  Request *request = g_new0 (Request, 1);

  request->experiment = bare_experiment (self);
  if (self->n_axes > 0) {
    request->x = self->axes[self->chosen[0]];
    request->y = self->axes[self->chosen[1]];
  }
  return request;
}

static void
on_so_far (const TwSweep *so_far, gpointer data)
{
  if (tw_map_queue_is_due (data))
    tw_map_queue_tell (data, tw_sweep_copy (so_far));
}

static gpointer
work (gpointer data, TwMapQueue *queue, GCancellable *cancellable, GError **error)
{
  const Request *request = data;

  if (request->x.param == request->y.param) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "This optimizer has fewer than two settings to map.");
    return NULL;
  }
  return tw_sweep_compute (request->experiment, 0, &request->x, &request->y, MAX (g_get_num_processors (), 2) - 1, cancellable,
                           on_so_far, queue, error);
}

static void
take (TwMapPanel *map, gpointer result)
{
  TwSweepPanel *self = TW_SWEEP_PANEL (map);

  tw_sweep_free (self->sweep);
  self->sweep = result;
}

static char *
describe_result (TwMapPanel *map)
{
  return tw_sweep_describe (TW_SWEEP_PANEL (map)->sweep);
}

static char *
describe_progress (TwMapPanel *map)
{
  const TwSweep *sweep = TW_SWEEP_PANEL (map)->sweep;
  guint width = sweep->refinement.width, height = sweep->refinement.height;

  if (tw_map_panel_is_busy (map))
    return g_strdup_printf ("%.0f %% of %u × %u", 100 * (double)sweep->n_done / ((double)width * height), width, height);
  return g_strdup_printf ("%u × %u, %" G_GUINT64_FORMAT " steps, %" G_GSIZE_FORMAT " start%s", width, height, sweep->n_steps,
                          sweep->n_starts, sweep->n_starts == 1 ? "" : "s");
}

/* Cells */

static gboolean
get_grid (TwMapPanel *map, guint *width, guint *height)
{
  const TwSweep *sweep = TW_SWEEP_PANEL (map)->sweep;

  *width = sweep->refinement.width;
  *height = sweep->refinement.height;
  return TRUE;
}

static guint
read_cell (TwMapPanel *map, guint x, guint y, char title[64], TwReadoutRow *rows)
{
  const TwSweep *sweep = TW_SWEEP_PANEL (map)->sweep;
  g_autofree char *across = tw_sweep_axis_text (&sweep->x, x), *up = tw_sweep_axis_text (&sweep->y, y);
  guint from;

  g_snprintf (title, 64, "%s %s, %s %s", sweep->x.param->key, across, sweep->y.param->key, up);
  if (!tw_refinement_find_done (&sweep->refinement, sweep->done, x, y, &from))
    return 0;
  if (isinf (sweep->loss[from])) {
    g_strlcpy (rows[0].label, "diverges", sizeof rows[0].label);
    return 1;
  }
  g_strlcpy (rows[0].label, "loss at the end", sizeof rows[0].label);
  g_snprintf (rows[0].value, sizeof rows[0].value, "%.4g", sweep->loss[from]);
  if (!isfinite (sweep->minimum))
    return 1;
  g_strlcpy (rows[1].label, "above the minimum", sizeof rows[1].label);
  g_snprintf (rows[1].value, sizeof rows[1].value, "%.3g", tw_sweep_get_excess (sweep, from));
  return 2;
}

/* Whether the optimizer has the settings that the map is of. */
static gboolean
fits (TwSweepPanel *self)
{
  return find_axis (self->axes, self->n_axes, self->sweep->x.param->key) < self->n_axes &&
         find_axis (self->axes, self->n_axes, self->sweep->y.param->key) < self->n_axes;
}

static void
choose (TwMapPanel *map, guint x, guint y, gboolean first)
{
  TwSweepPanel *self = TW_SWEEP_PANEL (map);
  TwSession *session = tw_panel_get_session (TW_PANEL (map));
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (session));
  g_autofree char *spec = tw_sweep_make_spec (&self->sweep->x, &self->sweep->y, spec_of (map), x, y);

  if (!fits (self))
    return; /* the map of the optimizer before is still there */
  tw_experiment_set_optimizer (experiment, tw_map_panel_get_optimizer (map), spec);
  tw_session_set_experiment (session, experiment);
}

/* Drawing */

static void
lay_out (TwMapPanel *map, cairo_t *cr, double width, double height, TwRect *rect)
{
  double font = tw_panel_get_font_size (TW_PANEL (map)), left, bottom, top = 6;

  tw_sweep_frame_size (cr, &TW_SWEEP_PANEL (map)->sweep->y, font, &left, &bottom);
  *rect = (TwRect){ left, top, floor (MAX (width - left - tw_sweep_scale_width (font) - 20, 32)),
                    floor (MAX (height - top - bottom, 32)) };
}

static void
paint (TwMapPanel *map, cairo_t *cr, const TwTheme *theme, const TwRect *rect, int scale)
{
  const TwSweep *sweep = TW_SWEEP_PANEL (map)->sweep;
  double font = tw_panel_get_font_size (TW_PANEL (map));
  cairo_surface_t *picture = tw_sweep_render (sweep, theme, (int)rect->width * scale, (int)rect->height * scale, 1);
  TwRect bar = { rect->x + rect->width + 14, rect->y, tw_sweep_scale_width (font), rect->height };

  cairo_surface_set_device_scale (picture, scale, scale);
  cairo_set_source_surface (cr, picture, rect->x, rect->y);
  cairo_paint (cr);
  cairo_surface_destroy (picture);
  tw_draw_sweep_frame (cr, theme, rect, &sweep->x, &sweep->y, font);
  tw_draw_sweep_scale (cr, theme, &bar, sweep, font);
}

/* FALSE: the present settings are off the map. */
static gboolean
place_present (TwSweepPanel *self, const TwRect *rect, double *px, double *py)
{
  const char *spec = spec_of (TW_MAP_PANEL (self));
  gsize n = MAX (get_dim (self), 1);
  double x = tw_sweep_axis_position (&self->sweep->x, tw_sweep_axis_present (&self->sweep->x, spec, n));
  double y = tw_sweep_axis_position (&self->sweep->y, tw_sweep_axis_present (&self->sweep->y, spec, n));

  *px = rect->x + rect->width * x;
  *py = rect->y + rect->height * (1 - y);
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

static void
mark (TwMapPanel *map, cairo_t *cr, const TwTheme *theme, const TwRect *rect)
{
  TwSweepPanel *self = TW_SWEEP_PANEL (map);
  guint width = self->sweep->refinement.width;
  double x, y;

  if (!fits (self))
    return;
  if (self->sweep->best < (gsize)width * self->sweep->refinement.height &&
      tw_map_panel_get_place (map, (guint)(self->sweep->best % width), (guint)(self->sweep->best / width), &x, &y))
    tw_draw_sweep_best (cr, theme, x, y, 4);
  if (place_present (self, rect, &x, &y))
    tw_draw_sweep_ring (cr, theme, x, y, 8);
}

const TwSweep *
tw_sweep_panel_get_sweep (TwSweepPanel *self)
{
  return self->sweep;
}

static void
tw_sweep_panel_finalize (GObject *object)
{
  TwSweepPanel *self = TW_SWEEP_PANEL (object);

  tw_sweep_free (self->sweep);
  g_free (self->axes);
  g_free (self->found_for);
  g_free (self->kind);
  G_OBJECT_CLASS (tw_sweep_panel_parent_class)->finalize (object);
}

static void
tw_sweep_panel_class_init (TwSweepPanelClass *klass)
{
  TwMapPanelClass *map = TW_MAP_PANEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tw_sweep_panel_finalize;
  map->make_key = make_key;
  map->make_request = make_request;
  map->work = work;
  map->free_request = request_free;
  map->free_result = (GDestroyNotify)tw_sweep_free;
  map->take = take;
  map->describe_result = describe_result;
  map->describe_progress = describe_progress;
  map->get_grid = get_grid;
  map->read_cell = read_cell;
  map->choose = choose;
  map->lay_out = lay_out;
  map->paint = paint;
  map->mark = mark;
}

static void
tw_sweep_panel_init (TwSweepPanel *self)
{
  static const char *const names[] = { "sweep-x", "sweep-y" };
  static const char *const words[] = { "Setting across", "Setting up" };

  for (int side = 0; side < 2; side++) {
    GtkWidget *choice = gtk_drop_down_new (NULL, NULL);
    self->choices[side] = GTK_DROP_DOWN (choice);
    gtk_widget_set_name (choice, names[side]);
    tw_set_words (choice, words[side]);
    g_signal_connect (choice, "notify::selected", G_CALLBACK (on_choice), self);
    tw_panel_add_control (TW_PANEL (self), choice);
  }
  gtk_widget_set_size_request (GTK_WIDGET (self), 300, 160);
}

TwPanel *
tw_sweep_panel_new (TwSession *session)
{
  return g_object_new (
    TW_TYPE_SWEEP_PANEL, "session", session, "title", "Two Settings", "help",
    "The loss at the last step, from the start of the experiment, for each pair of values of two settings: dark is low, "
    "grey with stripes diverged.  A wide dark region is an optimizer that forgives wrong settings.  Of several starts the "
    "first four are run, and the colour is their median.\n\n"
    "The ring is the present setting, the dot the best one found.  Hover to read a cell, click to take its values; with "
    "the keyboard, arrow keys and Enter.  Undo (Ctrl+Z) brings the values before back.",
    NULL);
}
