#include <math.h>
#include <string.h>

#include "ui/plane-private.h"
#include "ui/words.h"


#define REFIT 1.5 /* times as many snapshots as the plane was laid through: it is laid anew */

G_DEFINE_FINAL_TYPE (TwPlanePanel, tw_plane_panel, TW_TYPE_PANEL)

static TwSession *
session_of (TwPlanePanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

TwTrace *
tw_plane_panel_get_trace (TwPlanePanel *self)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));

  return trace != NULL && tw_trace_get_n_snapshot_starts (trace) > 0 ? trace : NULL;
}

static gsize
count_snapshots (TwPlanePanel *self)
{
  TwTrace *trace = tw_plane_panel_get_trace (self);
  gsize n = 0;

  for (gsize o = 0; trace != NULL && o < tw_trace_get_n_optimizers (trace); o++)
    for (gsize s = 0; tw_session_get_enabled (session_of (self), o) && s < tw_trace_get_n_snapshot_starts (trace); s++)
      n += tw_trace_get_n_snapshots (trace, o, s);
  return n;
}

/* Words */

static void
describe (TwPlanePanel *self)
{
  TwPanel *panel = TW_PANEL (self);

  if (self->scene == NULL || self->picture == NULL) {
    tw_panel_set_subtitle (panel, NULL);
    return;
  }
  const TwPlane *plane = self->scene->plane;
  g_autofree char *over = g_strdup_printf ("over %s", self->picture->loss);
  g_autofree char *spoken = g_strdup_printf (
    "Loss %s, on a grid of %" G_GSIZE_FORMAT " by %" G_GSIZE_FORMAT " points; the plane holds %.3g %% of the runs' variance",
    over, self->picture->columns, self->picture->rows, 100 * (plane->explained[0] + plane->explained[1]));
  tw_panel_set_subtitle (panel, over);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, spoken, -1);
}

/* Orders */

static void order (TwPlanePanel *self, gboolean lay);

static void
cancel (GCancellable **cancellable)
{
  if (*cancellable != NULL)
    g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
}

static void
take_scene (TwPlanePanel *self, TwPlaneScene *scene)
{
  if (scene == self->scene)
    return;
  tw_plane_scene_unref (self->scene);
  self->scene = tw_plane_scene_ref (scene);
  self->trails.stale = TRUE;
}

static void
take_picture (TwPlanePanel *self, TwPlaneNews *news)
{
  tw_plane_picture_free (self->picture);
  self->picture = g_steal_pointer (&news->picture);
  tw_layer_clear (&self->ground);
}

static void
on_news (TwPlaneNews *news, gpointer data)
{
  TwPlanePanel *self = data;

  g_free (self->error);
  self->error = g_strdup (news->error);
  /* A new plane is shown with its ground, unless there is nothing yet. */
  if (news->scene != NULL && (news->picture != NULL || self->scene == NULL)) {
    take_scene (self, news->scene);
    self->laid_through = self->laying ? self->asked : self->laid_through;
  }
  if (news->picture != NULL)
    take_picture (self, news);
  if (news->done) {
    g_clear_object (&self->painting);
    self->laying = FALSE;
  }
  describe (self);
  /* More may have come while the plane was laid.  What failed is not tried again before it does. */
  tw_panel_invalidate (TW_PANEL (self), news->done && news->error == NULL ? TW_SESSION_ROWS : TW_SESSION_STEP);
}

static void
on_projected (TwPlaneNews *news, gpointer data)
{
  TwPlanePanel *self = data;

  g_clear_object (&self->projecting);
  if (news->scene != NULL && self->scene != NULL && news->scene->plane == self->scene->plane)
    take_scene (self, news->scene);
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_STEP);
}

/* Room for labels left and below. */
static void
lay_out (TwPlanePanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (TW_PANEL (self));
  double left = floor (5.0 * font), bottom = floor (3.6 * font), right = 12, top = 6;
  TwRect rect = { left, top, MAX (floor (gtk_widget_get_width (widget) - left - right), 16),
                  MAX (floor (gtk_widget_get_height (widget) - top - bottom), 16) };
  double domain[4] = { -1, 1, -1, 1 };

  if (self->zoomed)
    memcpy (domain, self->shown, sizeof domain);
  else if (self->scene != NULL)
    memcpy (domain, self->scene->box, sizeof domain);
  tw_plane_fit_domain (domain, rect.width, rect.height);
  tw_view_init (&self->view, &rect, domain);
}

static void
fill_order (TwPlanePanel *self, TwPlaneOrder *order, gboolean *used)
{
  TwTrace *trace = tw_plane_panel_get_trace (self);
  gssize chosen = tw_network_focus_get_optimizer (self->focus);

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    used[o] = tw_session_get_enabled (session_of (self), o);
  *order = (TwPlaneOrder){
    .trace = trace,
    .kind = self->kind,
    .used = used,
    .chosen = (gsize)MAX (chosen, 0),
    .has_domain = self->zoomed,
    .width = (int)self->view.rect.width,
    .height = (int)self->view.rect.height,
    .scale = gtk_widget_get_scale_factor (GTK_WIDGET (self)),
    .theme = tw_panel_get_theme (TW_PANEL (self)),
    .alone = tw_session_is_complete (session_of (self)),
  };
  memcpy (order->domain, self->shown, sizeof order->domain);
}

/* The loss on the plane as it is shown; with `lay`, the plane anew. */
static void
order (TwPlanePanel *self, gboolean lay)
{
  TwTrace *trace = tw_plane_panel_get_trace (self);
  TwPlaneOrder new_order;

  if (trace == NULL || gtk_widget_get_width (GTK_WIDGET (self)) == 0)
    return;
  lay = lay || self->laying || self->scene == NULL;
  cancel (&self->painting);
  if (lay)
    cancel (&self->projecting);
  g_autofree gboolean *used = g_new0 (gboolean, tw_trace_get_n_optimizers (trace));
  fill_order (self, &new_order, used);
  new_order.plane = lay ? NULL : self->scene->plane;
  self->laying = lay;
  self->asked = count_snapshots (self);
  self->painting = g_cancellable_new ();
  tw_plane_paint (&new_order, self->painting, on_news, self);
}

/* More snapshots, on the plane there is. */
static void
project (TwPlanePanel *self)
{
  TwPlaneOrder new_order;
  TwTrace *trace = tw_plane_panel_get_trace (self);

  if (self->projecting != NULL)
    return;
  g_autofree gboolean *used = g_new0 (gboolean, tw_trace_get_n_optimizers (trace));
  fill_order (self, &new_order, used);
  new_order.plane = self->scene->plane;
  new_order.project_only = TRUE;
  self->projecting = g_cancellable_new ();
  tw_plane_paint (&new_order, self->projecting, on_projected, self);
}

/* While runs go on: a plane that was laid through few of their snapshots is laid anew, else they are added. */
static void
follow_rows (TwPlanePanel *self)
{
  gsize n = count_snapshots (self);
  gboolean complete = tw_session_is_complete (session_of (self));

  if (tw_plane_panel_get_trace (self) == NULL || n < 2 || (self->painting != NULL && self->laying))
    return;
  if (self->scene == NULL || ((double)n >= REFIT * (double)self->laid_through && !complete) ||
      (complete && n != self->laid_through))
    order (self, TRUE);
  else if (n != self->scene->n_snapshots)
    project (self);
}

static void
forget (TwPlanePanel *self)
{
  cancel (&self->painting);
  cancel (&self->projecting);
  self->laying = FALSE;
  g_clear_pointer (&self->scene, tw_plane_scene_unref);
  g_clear_pointer (&self->picture, tw_plane_picture_free);
  g_clear_pointer (&self->error, g_free);
  self->laid_through = 0;
  self->zoomed = FALSE;
  tw_layer_clear (&self->ground);
  describe (self);
}

static void
tw_plane_panel_update (TwPanel *panel, guint changes)
{
  TwPlanePanel *self = TW_PLANE_PANEL (panel);

  lay_out (self);
  if (changes & (TW_SESSION_PROBLEM | TW_SESSION_TRACE | TW_SESSION_ENABLED | TW_PANEL_LOOKS))
    self->trails.stale = TRUE;
  if (changes & TW_PANEL_LOOKS)
    tw_layer_clear (&self->ground);
  /* Of another trace the old plane stays in sight until the new one is there. */
  if (changes & (TW_SESSION_TRACE | TW_SESSION_ENABLED)) {
    self->laid_through = 0;
    if (tw_plane_panel_get_trace (self) != NULL && count_snapshots (self) >= 2)
      order (self, TRUE);
  } else if ((changes & TW_PANEL_LOOKS) && self->scene != NULL) {
    order (self, FALSE);
  }
  if (changes & TW_SESSION_ROWS)
    follow_rows (self);
}

/* At once, so that nothing of another problem is drawn. */
static void
tw_plane_panel_describe (TwPanel *panel)
{
  TwPlanePanel *self = TW_PLANE_PANEL (panel);
  TwTrace *trace = tw_plane_panel_get_trace (self);

  if (self->scene != NULL && (trace == NULL || tw_trace_get_n_optimizers (trace) != self->scene->n_optimizers ||
                              tw_trace_get_n_snapshot_starts (trace) != self->scene->n_starts ||
                              tw_problem_get_dim (tw_trace_get_problem (trace)) != self->scene->plane->dim))
    forget (self);
}

static void
tw_plane_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwPlanePanel *self = TW_PLANE_PANEL (panel);
  TwTrace *trace = tw_session_get_trace (session_of (self));
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);

  if (tw_plane_panel_get_trace (self) == NULL || self->scene == NULL) {
    if (trace != NULL && tw_trace_get_n_snapshot_starts (trace) == 0)
      tw_panel_draw_words (panel, snapshot, &all,
                           "So many coordinates that whole positions are not kept: two of each run would not fit into "
                           "512 MB.  The curves show how the runs go.");
    else if (trace != NULL)
      tw_panel_draw_words (panel, snapshot, &all, self->error != NULL && tw_session_is_complete (session_of (self))
                                                    ? self->error
                                                    : "Laying a plane through the runs\342\200\246");
    return;
  }
  tw_plane_panel_draw_plane (self, snapshot, theme, width, height);
}

char *
tw_plane_panel_read_out (TwPlanePanel *self, double x, double y)
{
  const TwPlanePicture *picture = self->picture;
  const TwView *view = &self->view;

  if (self->scene == NULL || picture == NULL || !tw_view_contains (view, x, y))
    return NULL;
  double a = tw_axis_value (&view->x, (x - view->rect.x) / view->rect.width),
         b = tw_axis_value (&view->y, 1 - (y - view->rect.y) / view->rect.height);
  const double *d = picture->domain;
  double u = (a - d[0]) / (d[1] - d[0]) * (double)(picture->columns - 1),
         v = (b - d[2]) / (d[3] - d[2]) * (double)(picture->rows - 1);
  if (!(u >= 0 && v >= 0 && u <= (double)(picture->columns - 1) && v <= (double)(picture->rows - 1)))
    return NULL;
  gsize i = (gsize)lround (u), j = (gsize)lround (v);
  double loss = tw_field_value_of_level (picture->field, picture->field->level[j * picture->columns + i]);
  return g_strdup_printf ("(%.3g, %.3g): loss %.4g at the nearest of %" G_GSIZE_FORMAT " \303\227 %" G_GSIZE_FORMAT
                          " points",
                          a, b, loss,
                          picture->columns, picture->rows);
}

static gboolean
tw_plane_panel_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *text = keyboard ? NULL : tw_plane_panel_read_out (TW_PLANE_PANEL (widget), x, y);

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

/* The choice */

void
tw_plane_panel_set_kind (TwPlanePanel *self, TwPlaneKind kind)
{
  gtk_drop_down_set_selected (self->kinds, kind);
}

TwPlaneKind
tw_plane_panel_get_kind (TwPlanePanel *self)
{
  return self->kind;
}

const TwPlane *
tw_plane_panel_get_plane (TwPlanePanel *self, gsize *columns, gsize *rows, gboolean *finest)
{
  *columns = self->picture != NULL ? self->picture->columns : 0;
  *rows = self->picture != NULL ? self->picture->rows : 0;
  *finest = self->picture != NULL && self->picture->finest && self->painting == NULL;
  return self->scene != NULL ? self->scene->plane : NULL;
}

static void
lay_anew (TwPlanePanel *self)
{
  self->zoomed = FALSE;
  self->laid_through = 0;
  if (count_snapshots (self) >= 2)
    order (self, TRUE);
}

static void
on_kind (GtkDropDown *list, GParamSpec *pspec, TwPlanePanel *self)
{
  self->kind = (TwPlaneKind)gtk_drop_down_get_selected (list);
  gtk_widget_set_visible (self->chosen_box, self->kind != TW_PLANE_PRINCIPAL);
  lay_anew (self);
}

static void
on_chosen (TwNetworkFocus *focus, TwPlanePanel *self)
{
  if (self->kind != TW_PLANE_PRINCIPAL)
    lay_anew (self);
}

static void
add_controls (TwPlanePanel *self)
{
  static const char *const names[] = { "Principal Components", "Random Directions", "End Points", NULL };
  GtkWidget *kinds = gtk_drop_down_new_from_strings (names);

  self->chosen_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_box_append (GTK_BOX (self->chosen_box), tw_network_focus_chooser_new (self->focus));
  gtk_widget_set_visible (self->chosen_box, FALSE);
  tw_panel_add_control (TW_PANEL (self), self->chosen_box);
  tw_set_words (kinds, "Which plane");
  g_signal_connect (kinds, "notify::selected", G_CALLBACK (on_kind), self);
  self->kinds = GTK_DROP_DOWN (kinds);
  tw_panel_add_control (TW_PANEL (self), kinds);
}

/* The object */

static void
tw_plane_panel_dispose (GObject *object)
{
  TwPlanePanel *self = TW_PLANE_PANEL (object);

  cancel (&self->painting);
  cancel (&self->projecting);
  tw_layer_clear (&self->ground);
  if (self->focus != NULL)
    g_signal_handlers_disconnect_by_data (self->focus, self);
  g_clear_object (&self->focus);
  G_OBJECT_CLASS (tw_plane_panel_parent_class)->dispose (object);
}

static void
tw_plane_panel_finalize (GObject *object)
{
  TwPlanePanel *self = TW_PLANE_PANEL (object);

  tw_plane_scene_unref (self->scene);
  tw_plane_picture_free (self->picture);
  g_free (self->error);
  tw_trails_clear (&self->trails);
  G_OBJECT_CLASS (tw_plane_panel_parent_class)->finalize (object);
}

static void
tw_plane_panel_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 380 : 150;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 300;
}

static void
tw_plane_panel_class_init (TwPlanePanelClass *klass)
{
  GTK_WIDGET_CLASS (klass)->measure = tw_plane_panel_measure;
  GTK_WIDGET_CLASS (klass)->query_tooltip = tw_plane_panel_query_tooltip;
  G_OBJECT_CLASS (klass)->dispose = tw_plane_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_plane_panel_finalize;
  TW_PANEL_CLASS (klass)->interests = TW_SESSION_PROBLEM | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP |
                                      TW_SESSION_ENABLED | TW_SESSION_LOOKS;
  TW_PANEL_CLASS (klass)->describe = tw_plane_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_plane_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_plane_panel_draw;
}

static void
tw_plane_panel_init (TwPlanePanel *self)
{
  tw_trails_init (&self->trails);
  self->pointer[0] = self->pointer[1] = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  tw_plane_panel_add_controllers (self);
}

TwPanel *
tw_plane_panel_new (TwNetworkFocus *focus)
{
  TwPlanePanel *self = g_object_new (
    TW_TYPE_PLANE_PANEL, "session", tw_network_focus_get_session (focus), "title", "Loss on a Plane", "help",
    "A plane through parameter space, with the true loss on it: dark is low, light is high.  Every run is shown by the "
    "nearest point of the plane, at up to 128 of its steps, with straight lines between.  A run is seldom on the plane, "
    "so its own loss may differ from the colour under it; the axes say how much of the runs\342\200\231 variance lies "
    "along them, the heading over which rows the loss is taken: all of them, or the same random sample at every point.  "
    "Of a learned optimizer a diamond shows where it takes its gradient.\n\n"
    "\342\200\234Principal Components\342\200\235 shows the two directions in which the runs that are switched on vary "
    "most.  \342\200\234Random Directions\342\200\235 looks around the end of one run, along two random directions that "
    "are as long as the network, filter by filter (Li et al. 2018).  \342\200\234End Points\342\200\235 goes through the "
    "ends of up to three runs, and the start where there are fewer.\n\n"
    "Turn the wheel to zoom, double-click to see all of it; + and \342\210\222 and 0 do the same.",
    NULL);

  self->focus = g_object_ref (focus);
  g_signal_connect (focus, "changed", G_CALLBACK (on_chosen), self);
  add_controls (self);
  return TW_PANEL (self);
}
