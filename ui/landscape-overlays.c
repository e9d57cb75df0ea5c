/* landscape-overlays.c: what can be laid over the landscape on request. */
#include <math.h>
#include <string.h>

#include "ui/drawing/trajectory.h"
#include "ui/landscape-private.h"
#include "ui/look-ahead.h"

#define FIELD_DISTANCE 34.0 /* pixels between arrows */
#define ELLIPSE_RADIUS 52.0 /* pixels, of its longer half axis */
#define TAIL 7              /* look-aheads that are shown, the last one included */

static TwSession *
session_of (TwLandscapePanel *self)
{
  return tw_panel_get_session (TW_PANEL (self));
}

/* The direction of -gradient in pixels, as a unit vector; FALSE where there is none. */
static gboolean
downhill (const TwView *view, const double gradient[2], double out[2])
{
  double x = -gradient[0] * view->rect.width / (view->x.max - view->x.min);
  double y = gradient[1] * view->rect.height / (view->y.max - view->y.min);
  double length = hypot (x, y);

  if (!(length > 0) || !isfinite (length))
    return FALSE;
  out[0] = x / length, out[1] = y / length;
  return TRUE;
}

static void
trace_arrow (cairo_t *cr, double x, double y, const double direction[2], double length, double head)
{
  double tip[2] = { x + direction[0] * length, y + direction[1] * length };

  cairo_move_to (cr, x, y);
  cairo_line_to (cr, tip[0], tip[1]);
  for (int side = -1; side <= 1; side += 2) {
    cairo_move_to (cr, tip[0], tip[1]);
    cairo_line_to (cr, tip[0] - head * (direction[0] - 0.6 * side * direction[1]),
                   tip[1] - head * (direction[1] + 0.6 * side * direction[0]));
  }
}

/* Arrows on a grid.  Their length grows with the logarithm of the gradient's, against the least one shown. */
void
tw_landscape_panel_draw_field (TwLandscapePanel *self, const TwTheme *theme)
{
  const TwRect *rect = &self->view.rect;
  int columns = (int)(rect->width / FIELD_DISTANCE), rows = (int)(rect->height / FIELD_DISTANCE),
      n = columns * rows;
  g_autofree double *gradients = g_new (double, 2 * MAX (n, 1)); /* (n, 2) */
  double least = INFINITY, most = 0, loss;
  cairo_t *cr =
    tw_layer_begin (&self->field_layer, &GRAPHENE_RECT_INIT ((float)rect->x, (float)rect->y,
                                                             (float)rect->width, (float)rect->height));

  for (int i = 0; i < n; i++) {
    double point[2] = { tw_axis_value (&self->view.x, (i % columns + 0.5) / columns),
                        tw_axis_value (&self->view.y, 1 - (i / columns + 0.5) / rows) };
    tw_landscape_panel_evaluate (self, point, &loss, gradients + 2 * i);
    double norm = hypot (gradients[2 * i], gradients[2 * i + 1]);
    if (norm > 0 && isfinite (norm)) {
      least = MIN (least, norm);
      most = MAX (most, norm);
    }
  }
  least = MAX (least, 1e-4 * most);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_new_path (cr);
  for (int i = 0; i < n; i++) {
    double direction[2], norm = hypot (gradients[2 * i], gradients[2 * i + 1]);
    if (!downhill (&self->view, gradients + 2 * i, direction))
      continue;
    double length = 7 + 17 * log1p (norm / least) / log1p (most / least);
    trace_arrow (cr, rect->x + (i % columns + 0.5) / columns * rect->width - direction[0] * length / 2,
                 rect->y + (i / columns + 0.5) / rows * rect->height - direction[1] * length / 2, direction,
                 length, 4.5);
  }
  tw_set_color (cr, &theme->halo, 0.6);
  cairo_set_line_width (cr, 3.2);
  cairo_stroke_preserve (cr);
  tw_set_color (cr, &theme->ink, 0.8);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

/* Curvature */

typedef struct {
  double at[2];
  double values[2];     /* eigenvalues, the larger magnitude first */
  double vectors[2][2]; /* of length 1 */
} Curvature;

/* At the pointer, else where the first shown optimizer is. */
static gboolean
curvature_point (TwLandscapePanel *self, double point[2])
{
  TwSession *session = session_of (self);
  TwTrace *trace = tw_session_get_trace (session);
  gsize row;

  if (tw_landscape_panel_get_pointed (self, point))
    return TRUE;
  for (gsize o = 0; trace != NULL && o < tw_trace_get_n_optimizers (trace); o++)
    if (tw_session_get_enabled (session, o) && tw_session_get_row (session, o, 0, &row)) {
      memcpy (point, tw_trace_get_theta (trace, o, 0) + 2 * row, 2 * sizeof *point);
      return TRUE;
    }
  return FALSE;
}

static gboolean
find_curvature (TwLandscapePanel *self, Curvature *curvature)
{
  const double unit[2][2] = { { 1, 0 }, { 0, 1 } };
  double hessian[2][2], loss, gradient[2];

  if (!(self->overlays & TW_OVERLAY_CURVATURE) || !curvature_point (self, curvature->at) ||
      !tw_landscape_panel_evaluate (self, curvature->at, &loss, gradient))
    return FALSE;
  for (int i = 0; i < 2; i++)
    if (tw_problem_hessian_vector (self->read_problem, self->read_work, 1, curvature->at, unit[i], NULL,
                                   hessian[i]) != TW_STATUS_OK)
      return FALSE;
  double a = hessian[0][0], b = (hessian[0][1] + hessian[1][0]) / 2, c = hessian[1][1];
  double middle = (a + c) / 2, half = hypot ((a - c) / 2, b), angle = 0.5 * atan2 (2 * b, a - c);
  gboolean first_larger = fabs (middle + half) >= fabs (middle - half);
  double directions[2] = { angle, angle + G_PI / 2 }, values[2] = { middle + half, middle - half };
  for (int i = 0; i < 2; i++) {
    int from = first_larger ? i : 1 - i;
    curvature->values[i] = values[from];
    curvature->vectors[i][0] = cos (directions[from]);
    curvature->vectors[i][1] = sin (directions[from]);
  }
  return isfinite (middle) && isfinite (half) && curvature->values[0] != 0;
}

/* The points where the quadratic at this point is equally high: half axes as 1 / sqrt |eigenvalue|; the axis
 * of a negative one is dashed. */
static void
draw_curvature (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme)
{
  Curvature c;
  const TwView *view = &self->view;

  if (!find_curvature (self, &c))
    return;
  double x = tw_view_x (view, c.at[0]), y = tw_view_y (view, c.at[1]);
  double scale[2] = { view->rect.width / (view->x.max - view->x.min),
                      -view->rect.height / (view->y.max - view->y.min) };
  double axes[2][2], longest = 0; /* half axes in pixels */
  if (!tw_view_contains (view, x, y))
    return;
  for (int i = 0; i < 2; i++) {
    double radius = 1 / sqrt (MAX (fabs (c.values[i]), 1e-6 * fabs (c.values[0])));
    for (int d = 0; d < 2; d++)
      axes[i][d] = radius * c.vectors[i][d] * scale[d];
    longest = MAX (longest, hypot (axes[i][0], axes[i][1]));
  }
  for (int i = 0; i < 2; i++)
    for (int d = 0; d < 2; d++)
      axes[i][d] *= ELLIPSE_RADIUS / longest;

  cairo_save (cr);
  cairo_new_path (cr);
  for (int i = 0; i <= 64; i++) {
    double u = cos (2 * G_PI * i / 64), v = sin (2 * G_PI * i / 64);
    cairo_line_to (cr, x + u * axes[0][0] + v * axes[1][0], y + u * axes[0][1] + v * axes[1][1]);
  }
  cairo_close_path (cr);
  for (int pass = 0; pass < 2; pass++) {
    tw_set_color (cr, pass == 0 ? &theme->halo : &theme->ink, pass == 0 ? 0.8 : 1);
    cairo_set_line_width (cr, pass == 0 ? 3.6 : 1.4);
    cairo_stroke_preserve (cr);
  }
  cairo_new_path (cr);
  for (int i = 0; i < 2; i++) {
    const double dash[] = { 3, 3 };
    cairo_set_dash (cr, dash, c.values[i] < 0 ? 2 : 0, 0);
    cairo_move_to (cr, x - axes[i][0], y - axes[i][1]);
    cairo_line_to (cr, x + axes[i][0], y + axes[i][1]);
    tw_set_color (cr, &theme->ink, 0.8);
    cairo_set_line_width (cr, 1);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

char *
tw_landscape_panel_describe_curvature (TwLandscapePanel *self)
{
  Curvature c;

  if (!find_curvature (self, &c))
    return NULL;
  if (c.values[0] < 0 && c.values[1] < 0)
    return g_strdup_printf ("curvature %.3g, %.3g: a hilltop", c.values[0], c.values[1]);
  if (c.values[0] < 0 || c.values[1] < 0)
    return g_strdup_printf ("curvature %.3g, %.3g: a saddle", c.values[0], c.values[1]);
  return g_strdup_printf ("curvature %.3g, %.3g: condition %.3g", c.values[0], c.values[1],
                          c.values[0] / c.values[1]);
}

/* Runs */

static void
draw_look_ahead (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, gsize optimizer, gsize row)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  double momentum, bases[TAIL][2];
  const double *theta = tw_trace_get_theta (trace, optimizer, 0);
  gsize first = row >= TAIL ? row - TAIL + 1 : 0;
  TwTrajectory run;

  if (!tw_look_ahead_momentum (tw_trace_get_optimizer_spec (trace, optimizer), &momentum))
    return;
  for (gsize r = first; r <= row; r++) {
    double *base = bases[r - first];
    if (!tw_look_ahead_offset (trace, optimizer, momentum, r, 2, base))
      return;
    for (int d = 0; d < 2; d++)
      base[d] += theta[2 * r + (gsize)d];
  }
  tw_trajectory_init (&run, trace, optimizer, 0, tw_session_get_style (session_of (self), optimizer));
  run.phi = run.theta + 2 * first;
  run.theta = bases[0];
  run.n_rows = row - first + 1;
  tw_trajectory_draw_attention (cr, theme, &self->view, &run, row - first, 5);
}

static void
draw_gradient (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme, gsize optimizer, gsize row)
{
  TwTrace *trace = tw_session_get_trace (session_of (self));
  const TwLineStyle *style = tw_session_get_style (session_of (self), optimizer);
  const double *points = tw_trace_attends (trace, optimizer) ? tw_trace_get_phi (trace, optimizer, 0)
                                                             : tw_trace_get_theta (trace, optimizer, 0);
  double loss, gradient[2], direction[2], x = tw_view_x (&self->view, points[2 * row]),
                                          y = tw_view_y (&self->view, points[2 * row + 1]);

  if (!tw_view_contains (&self->view, x, y) ||
      !tw_landscape_panel_evaluate (self, points + 2 * row, &loss, gradient) ||
      !downhill (&self->view, gradient, direction))
    return;
  double length = 22 + 12 * CLAMP (log10 (hypot (gradient[0], gradient[1])) + 1, -1, 4);
  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_new_path (cr);
  trace_arrow (cr, x, y, direction, length, 7);
  tw_set_color (cr, &theme->halo, 0.9);
  cairo_set_line_width (cr, 5);
  cairo_stroke_preserve (cr);
  tw_set_color (cr, theme->dark ? &style->dark : &style->light, 1);
  cairo_set_line_width (cr, 2.2);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
tw_landscape_panel_draw_overlays (TwLandscapePanel *self, cairo_t *cr, const TwTheme *theme)
{
  TwSession *session = session_of (self);
  gsize row, O = tw_trace_get_n_optimizers (tw_session_get_trace (session));

  draw_curvature (self, cr, theme);
  for (gsize o = 0; o < O; o++) {
    if (!tw_session_get_enabled (session, o) || !tw_session_get_row (session, o, 0, &row))
      continue;
    if (self->overlays & TW_OVERLAY_GRADIENTS)
      draw_gradient (self, cr, theme, o, row);
    if (self->overlays & TW_OVERLAY_LOOK_AHEAD)
      draw_look_ahead (self, cr, theme, o, row);
  }
}

/* The popover */

static void
on_toggled (GtkCheckButton *button, TwLandscapePanel *self)
{
  guint overlay = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "overlay"));

  if (gtk_check_button_get_active (button))
    self->overlays |= overlay;
  else
    self->overlays &= ~overlay;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_space_toggled (GtkToggleButton *button, TwLandscapePanel *self)
{
  tw_landscape_panel_look_from (self, gtk_toggle_button_get_active (button) ? &self->camera : NULL);
}

void
tw_landscape_panel_add_controls (TwLandscapePanel *self)
{
  static const struct {
    TwOverlay overlay;
    const char *name, *label, *tooltip;
  } overlays[] = {
    { TW_OVERLAY_ATTENTION, "overlay-attention", "Where attention looks",
      "The hollow diamond: the point, off its path, where the learned optimizer takes its gradient" },
    { TW_OVERLAY_LOOK_AHEAD, "overlay-look-ahead", "Nesterov\342\200\231s look-ahead",
      "From where it would stand to the point it looks ahead to, drawn as attention is" },
    { TW_OVERLAY_FIELD, "overlay-field", "Downhill arrows",
      "Against the gradient, everywhere; the longer, the steeper (on a logarithmic scale)" },
    { TW_OVERLAY_GRADIENTS, "overlay-gradients", "Gradients of the runs",
      "Downhill at the point where each optimizer takes its gradient" },
    { TW_OVERLAY_CURVATURE, "overlay-curvature", "Curvature",
      "An ellipse of equal loss of the quadratic at the pointer: long where it is flat.  A dashed axis bends "
      "down" },
  };
  GtkWidget *button = gtk_menu_button_new (), *popover = gtk_popover_new (),
            *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6),
            *space = gtk_toggle_button_new_with_label ("3-D");

  for (gsize i = 0; i < G_N_ELEMENTS (overlays); i++) {
    GtkWidget *check = gtk_check_button_new_with_label (overlays[i].label);
    g_object_set_data (G_OBJECT (check), "overlay", GUINT_TO_POINTER ((guint)overlays[i].overlay));
    gtk_widget_set_name (check, overlays[i].name);
    gtk_widget_set_tooltip_text (check, overlays[i].tooltip);
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check), (self->overlays & overlays[i].overlay) != 0);
    if (overlays[i].overlay != TW_OVERLAY_ATTENTION) /* the others belong to the map */
      g_object_bind_property (space, "active", check, "sensitive", G_BINDING_INVERT_BOOLEAN);
    g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
    gtk_box_append (GTK_BOX (box), check);
  }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_widget_add_css_class (popover, "help");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), "Show");
  gtk_widget_set_name (button, "overlays");
  gtk_widget_set_tooltip_text (button, "What is drawn on the landscape");
  gtk_widget_set_name (space, "in-space");
  gtk_widget_set_tooltip_text (space, "The landscape as a surface; drag to turn it");
  g_signal_connect (space, "toggled", G_CALLBACK (on_space_toggled), self);
  tw_panel_add_control (TW_PANEL (self), space);
  tw_panel_add_control (TW_PANEL (self), button);
}
