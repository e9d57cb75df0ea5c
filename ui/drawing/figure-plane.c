/* figure-plane.c: a plane through parameter space: the true loss on it, and the runs.  What is computed is that of the
 * window (core/experiment/plane.h). */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "ui/drawing/colormap.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/plane.h"

#define FONT TW_FIGURE_FONT
#define N_LEVELS 14
#define INDEX_EVERY 4   /* contours that are drawn stronger, and told beside the colours */
#define POINTS 96       /* of the finest grid, along the longer side; a multiple of COARSEST */
#define COARSEST 8
#define TOTAL_COST 6e10 /* multiplications: of a finer grid that would take more there is none */
#define BAR_WIDTH 11.0  /* of the colours */
#define BAR_GAP 9.0

/* The loss on the part that is shown. */
typedef struct {
  TwPlaneGrid *grid;
  gsize stride; /* of the points that are known */
} Ground;

typedef struct {
  TwPlaneKind kind;
  const TwPlaneScene *scene; /* of the figure's data */
  char *axes[2];
  char *over; /* rows that the loss is taken over */
  gsize columns, rows;
  TwRect bar;
  double room; /* of the bar and its labels */
} Own;

static TwPlaneKind
get_kind (const TwFigure *figure)
{
  static const char *const words[] = { "components", "random", "ends" };
  const char *word = tw_figure_options_get_setting (&figure->options, "plane");
  guint kind = 0;

  while (kind < 2 && word != NULL && strcmp (words[kind], word) != 0)
    kind++;
  return (TwPlaneKind)kind;
}

static guint64
get_seed (const TwFigure *figure)
{
  const char *word = tw_figure_options_get_setting (&figure->options, "plane-seed");

  return word != NULL ? g_ascii_strtoull (word, NULL, 10) : 0;
}

gboolean
tw_figure_check_snapshots (const TwFigure *figure, GError **error)
{
  TwProblem *problem = tw_trace_get_problem (figure->trace);
  gsize dim = tw_problem_get_dim (problem);
  double domain[4];

  if (tw_trace_get_n_snapshot_starts (figure->trace) > 0)
    return TRUE;
  if (tw_problem_get_domain (problem, domain))
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s is a landscape, which a figure shows as it is: take the view landscape",
                 tw_problem_get_title (problem));
  else if (dim < 2)
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s has one coordinate, and no plane goes through that",
                 tw_problem_get_title (problem));
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "whole positions of %s are not kept: two of each run, of %" G_GSIZE_FORMAT
                 " coordinates, would not fit into 512 MB",
                 tw_problem_get_title (problem), dim);
  return FALSE;
}

/* What is computed */

static gboolean *
list_used (const TwFigure *figure)
{
  gboolean *used = g_new0 (gboolean, tw_trace_get_n_optimizers (figure->trace));

  for (gsize i = 0; i < figure->n_series; i++)
    used[figure->series[i]] = TRUE;
  return used;
}

static gpointer
compute_scene (TwFigure *figure, GCancellable *cancellable, GError **error)
{
  g_autofree gboolean *used = list_used (figure);
  const TwPlaneChoice choice = { used, figure->series[0], get_seed (figure) };
  g_autoptr (TwPlane) plane = tw_plane_new (figure->trace, get_kind (figure), &choice, cancellable, error);

  return plane != NULL ? tw_plane_scene_new (figure->trace, plane, used, cancellable) : NULL;
}

static void
ground_free (gpointer data)
{
  Ground *ground = data;

  tw_plane_grid_free (ground->grid);
  g_free (ground);
}

static void
tell (double share, gpointer data)
{
  tw_figure_tell (data, share);
}

/* As fine as it may cost. */
static gpointer
compute_ground (TwFigure *figure, GCancellable *cancellable, GError **error)
{
  const Own *own = figure->own;
  const TwRect *rect = &figure->view.rect;
  const double domain[] = { figure->view.x.min, figure->view.x.max, figure->view.y.min, figure->view.y.max };
  double longer = MAX (rect->width, rect->height), sides[2] = { rect->width, rect->height };
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (tw_trace_get_problem (figure->trace));
  gsize points[2];

  for (int axis = 0; axis < 2; axis++) /* as far apart on both */
    points[axis] = COARSEST * MAX ((gsize)lround (sides[axis] / longer * POINTS / COARSEST), 2) + 1;
  Ground *ground = g_new0 (Ground, 1);
  ground->grid = tw_plane_grid_new (domain, points[0], points[1]);
  ground->stride = COARSEST;
  while (ground->stride > 1 &&
         4 * (double)(points[0] * points[1]) / (double)(ground->stride * ground->stride) * loss->cost <= TOTAL_COST)
    ground->stride /= 2;
  if (tw_plane_grid_refine_telling (ground->grid, own->scene->plane, loss, ground->stride, tw_figure_get_n_threads (figure),
                                    cancellable, tell, figure))
    return ground;
  ground_free (ground);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "interrupted; nothing was written");
  return NULL;
}

static char *
make_key (const TwFigure *figure)
{
  GString *key = g_string_new (NULL);

  g_string_append_printf (key, "%d %" G_GUINT64_FORMAT, (int)get_kind (figure), get_seed (figure));
  for (gsize i = 0; i < figure->n_series; i++)
    g_string_append_printf (key, " %" G_GSIZE_FORMAT ":%" G_GSIZE_FORMAT, figure->series[i],
                            tw_trace_get_n_snapshots (figure->trace, figure->series[i], 0));
  return g_string_free (key, FALSE);
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  g_autofree char *key = make_key (figure);

  if (!tw_figure_check_snapshots (figure, error))
    return FALSE;
  g_autoptr (TwPlaneLoss) loss = tw_plane_loss_new (tw_trace_get_problem (figure->trace));
  own->over = tw_plane_loss_describe (loss);
  own->kind = get_kind (figure);
  own->scene = tw_figure_get_data (figure, key, compute_scene, (GDestroyNotify)tw_plane_scene_unref, error);
  if (own->scene == NULL)
    return FALSE;
  for (int axis = 0; axis < 2; axis++)
    own->axes[axis] = tw_plane_describe_axis (own->scene->plane, axis);
  tw_view_init (&figure->view, &(TwRect){ 0 }, own->scene->box);
  return TRUE;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  TwRect *rect = &figure->view.rect;
  double domain[4], room;

  tw_set_font (cr, FONT, FALSE);
  own->room = room = BAR_GAP + BAR_WIDTH + 6 + tw_text_width (cr, "0.0088") + 1.3 * FONT;
  figure->width -= room;
  tw_figure_lay_out_single (figure, cr, rect, &figure->view.y, CLAMP (tw_figure_domain_ratio (figure), 0.6, 1.1));
  figure->width += room;
  TwRect *legend = &figure->legend.rect;
  if (legend->x > rect->x + rect->width) {
    /* All of the names, where half of the plot pays for it. */
    double wanted = tw_figure_widest_name (figure, cr) + 46, lacking = CLAMP (wanted - legend->width, 0, rect->width / 2);
    rect->width = floor (rect->width - lacking);
    legend->x += room - lacking;
    legend->width = figure->legend.column_width = MIN (wanted, figure->width - legend->x - 6);
  }
  own->bar = (TwRect){ rect->x + rect->width + BAR_GAP, rect->y, BAR_WIDTH, rect->height };
  if (tw_figure_too_small (rect))
    return FALSE;
  memcpy (domain, own->scene->box, sizeof domain);
  tw_plane_fit_domain (domain, rect->width, rect->height);
  tw_view_init (&figure->view, &(TwRect){ rect->x, rect->y, rect->width, rect->height }, domain);
  return TRUE;
}

static gboolean
settle (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  g_autofree char *scene = make_key (figure);
  g_autofree char *key = g_strdup_printf ("ground %s of %g %g", scene, figure->view.rect.width, figure->view.rect.height);
  const Ground *ground = tw_figure_get_data (figure, key, compute_ground, ground_free, error);

  if (ground == NULL)
    return FALSE;
  figure->field = tw_plane_field_new (ground->grid, ground->stride, &own->columns, &own->rows);
  figure->contours = tw_contour_set_new (figure->field, N_LEVELS);
  return TRUE;
}

/* What is drawn */

/* The colours from low to high, where the contours are, and what loss the stronger ones stand for. */
static void
draw_bar (TwFigure *figure, cairo_t *cr)
{
  const Own *own = figure->own;
  const TwTheme *theme = figure->theme;
  const TwRect *bar = &own->bar;
  cairo_pattern_t *colors = cairo_pattern_create_linear (0, bar->y + bar->height, 0, bar->y);
  const guint32 *map = tw_colormap_get (theme->print ? TW_COLORMAP_PRINT : TW_COLORMAP_LANDSCAPE, theme->dark);

  for (int i = 0; i <= 32; i++) {
    guint32 pixel = tw_colormap_pixel (map, i / 32.0);
    cairo_pattern_add_color_stop_rgb (colors, i / 32.0, (pixel >> 16 & 255) / 255.0, (pixel >> 8 & 255) / 255.0,
                                      (pixel & 255) / 255.0);
  }
  cairo_rectangle (cr, bar->x, bar->y, bar->width, bar->height);
  cairo_set_source (cr, colors);
  cairo_fill_preserve (cr);
  cairo_pattern_destroy (colors);
  cairo_set_line_width (cr, 1);
  tw_set_color (cr, &theme->dim, 0.7);
  cairo_stroke (cr);
  tw_set_font (cr, FONT, FALSE);
  for (guint i = 0; figure->field->has_values && i < N_LEVELS; i++) {
    double level = (i + 0.5) / N_LEVELS, y = bar->y + bar->height * (1 - level);
    gboolean index = i % INDEX_EVERY == INDEX_EVERY - 1;
    char text[32];
    cairo_move_to (cr, bar->x, y);
    cairo_line_to (cr, bar->x + bar->width + (index ? 3 : 0), y);
    cairo_set_line_width (cr, index ? 1.1 : 0.8);
    tw_set_color (cr, &theme->ink, index ? 0.6 : 0.3);
    cairo_stroke (cr);
    if (!index)
      continue;
    g_snprintf (text, sizeof text, "%.2g", tw_field_value_of_level (figure->field, level));
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, bar->x + bar->width + 6, y + 0.36 * FONT, 0, text);
  }
}

/* "component 1 · 71 %" where there is no room for "of variance". */
static char *
shorten (cairo_t *cr, const char *axis, double room)
{
  const char *end = strstr (axis, " of variance");

  tw_set_font (cr, FONT, FALSE);
  return tw_text_width (cr, axis) > room && end != NULL ? g_strndup (axis, (gsize)(end - axis)) : g_strdup (axis);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;
  const TwRect *rect = &figure->view.rect;

  tw_figure_draw_picture (figure, cr, scale);
  tw_draw_contours (cr, figure->theme, &figure->view, figure->field, figure->contours);
  tw_draw_frame (cr, figure->theme, rect, &figure->view.x, &figure->view.y, FONT, 0);
  g_autofree char *across = shorten (cr, own->axes[0], rect->width + 2 * TW_FIGURE_RIGHT),
                  *up = shorten (cr, own->axes[1], rect->height + 2 * TW_FIGURE_TOP);
  tw_figure_draw_name_x (figure, cr, rect, across);
  tw_figure_draw_name_y (figure, cr, rect, up, 14 + 0.2 * FONT);
  tw_figure_draw_heading (figure, cr, rect, figure->width - rect->x - TW_FIGURE_RIGHT - tw_figure_step_room (figure),
                          figure->title);
  draw_bar (figure, cr);
  tw_figure_draw_name_y (figure, cr, &own->bar, "loss", own->bar.x + own->room - BAR_GAP - 0.2 * FONT);
}

/* Series i from start s, `last` steps on. */
static gboolean
get_run (TwFigure *figure, gsize i, gsize s, gsize last, TwPlaneRun *run)
{
  const Own *own = figure->own;
  gsize o = figure->series[i];

  return tw_plane_run_init (run, own->scene, figure->trace, o, s, figure->styles[o], last);
}

static void
draw_end (TwFigure *figure, cairo_t *cr, gsize i, const TwPlaneRun *run)
{
  TwTrailPen pens[2] = { 0 };
  const TwTrailPen *both[] = { &pens[0], &pens[1] };
  double at[2] = { tw_view_x (&figure->view, run->path.theta[2 * run->row]),
                   tw_view_y (&figure->view, run->path.theta[2 * run->row + 1]) };

  for (int pass = 0; pass < 2; pass++)
    pens[pass] = (TwTrailPen){ .next_row = 1, .x = at[0], .y = at[1], .mark_x = at[0], .mark_y = at[1] };
  if (figure->theme->print)
    tw_figure_draw_path_markers (figure, cr, &run->path, i, run->row);
  tw_plane_run_draw_attention (cr, figure->theme, &figure->view, run, 4.5);
  tw_plane_run_draw_end (cr, figure->theme, &figure->view, run, figure->line, both, 4);
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const Own *own = figure->own;
  const TwRect *rect = &figure->view.rect;
  TwPlaneRun run;
  gboolean begun = FALSE;

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  for (int pass = TW_TRAIL_HALO; pass <= TW_TRAIL_LINE; pass++)
    for (gsize s = own->scene->n_starts; s-- > 0;)
      for (gsize i = 0; i < figure->n_series; i++) {
        TwTrailPen pen = { 0 };
        if ((pass == TW_TRAIL_LINE || s == 0) && get_run (figure, i, s, last, &run))
          tw_trail_draw (cr, figure->theme, &figure->view, &run.path, (TwTrailPass)pass, figure->line, &pen, run.row);
      }
  for (gsize i = 0; i < figure->n_series; i++) {
    if (!get_run (figure, i, 0, last, &run))
      continue;
    if (!begun)
      tw_draw_start (cr, figure->theme, &figure->view, run.path.theta[0], run.path.theta[1], 5);
    begun = TRUE;
    draw_end (figure, cr, i, &run);
  }
  cairo_restore (cr);
}

static char *
make_title (const TwFigure *figure)
{
  return g_strdup_printf ("%s: loss on a plane", tw_problem_get_title (tw_trace_get_problem (figure->trace)));
}

static void
describe (const TwFigure *figure, GString *words)
{
  const Own *own = figure->own;
  const TwPlane *plane = own->scene->plane;
  gsize n_steps;

  tw_trace_get_snapshot_steps (figure->trace, &n_steps);
  if (own->kind == TW_PLANE_PRINCIPAL)
    g_string_append (words, "The plane of the first two principal components of the runs' positions");
  else if (own->kind == TW_PLANE_RANDOM)
    g_string_append_printf (words,
                            "The plane around the end of %s along two random directions, scaled filter by filter (seed "
                            "%" G_GUINT64_FORMAT ")",
                            figure->names[figure->series[0]], get_seed (figure));
  else
    g_string_append (words, "The plane through the ends of up to three runs");
  g_string_append_printf (words, ", with the loss over %s: dark is low, and lines join equal loss.",
                          own->over);
  g_string_append_printf (words,
                          " Each run is shown by the nearest point of the plane at %" G_GSIZE_FORMAT
                          " of its steps; the plane holds %.3g %% of their variance, so a run's own loss may differ from that "
                          "under it.",
                          n_steps, 100 * (plane->explained[0] + plane->explained[1]));
  for (gsize i = 0; i < figure->n_series; i++)
    if (own->scene->attended[figure->series[i] * own->scene->n_starts] != NULL) {
      g_string_append (words, " A diamond marks where the gradient is taken.");
      break;
    }
}

static void
clear (TwFigure *figure)
{
  Own *own = figure->own;

  g_free (own->axes[0]);
  g_free (own->axes[1]);
  g_free (own->over);
}

const TwFigureView tw_figure_plane = {
  .word = "plane",
  .title = "Loss on a plane",
  .summary = "a plane through parameter space, the true loss on it, and the runs",
  .needs = TW_FIGURE_NEEDS_SNAPSHOTS,
  .plays = TRUE,
  .settings = "step|plane|plane-seed",
  .width = 480,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .settle = settle,
  .draw_still = draw_still,
  .draw_moving = draw_moving,
  .make_title = make_title,
  .describe = describe,
  .clear = clear,
};
