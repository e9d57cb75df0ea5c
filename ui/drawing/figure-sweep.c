#include <math.h>
#include <string.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/sweep-map.h"

#define FONT TW_FIGURE_FONT
#define RADIUS 4.5

typedef struct {
  const TwSweep *sweep;
  gsize optimizer;
  TwSweepAxis x, y;
  TwRect rect, bar;
} Own;

/* "lr" or "lr=1e-4..1". */
static gboolean
read_axis (const TwSweepAxis *axes, gsize n, const char *text, TwSweepAxis *axis, GError **error)
{
  gsize length = strcspn (text, "="), i = 0;

  while (i < n && (strlen (axes[i].param->key) != length || strncmp (axes[i].param->key, text, length) != 0))
    i++;
  if (i == n) {
    g_autoptr (GString) list = g_string_new (NULL);
    for (gsize k = 0; k < n; k++)
      g_string_append_printf (list, "%s%s", k > 0 ? ", " : "", axes[k].param->key);
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%.*s\" is no setting that can be swept: expected %s", (int)length, text,
                 list->str);
    return FALSE;
  }
  *axis = axes[i];
  if (text[length] == '\0')
    return TRUE;
  const char *range = text + length + 1, *dots = strstr (range, "..");
  g_autofree char *first = dots != NULL ? g_strndup (range, (gsize)(dots - range)) : NULL;
  double from, to;
  if (dots == NULL || !tw_parse_number (first, &from, NULL) || !tw_parse_number (dots + 2, &to, NULL)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is no range: expected FROM..TO, as in lr=1e-4..1", range);
    return FALSE;
  }
  return tw_sweep_axis_set_range (axis, from, to, error);
}

static gboolean
choose_axes (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  const char *across = tw_figure_options_get_setting (&figure->options, "across");
  const char *up = tw_figure_options_get_setting (&figure->options, "up");
  gsize n;
  gsize dim = tw_problem_get_dim (tw_trace_get_problem (figure->trace));
  g_autofree TwSweepAxis *axes =
    tw_sweep_list_axes (tw_trace_get_optimizer_spec (figure->trace, own->optimizer), dim, &n);

  if (n < 2) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s has fewer than two settings to sweep", figure->names[own->optimizer]);
    return FALSE;
  }
  own->x = axes[0];
  own->y = axes[tw_sweep_second_axis (axes, n)];
  if ((across != NULL && !read_axis (axes, n, across, &own->x, error)) ||
      (up != NULL && !read_axis (axes, n, up, &own->y, error)))
    return FALSE;
  /* Where only one was given the other makes room. */
  if (own->x.param == own->y.param && up == NULL)
    own->y = axes[0];
  else if (own->x.param == own->y.param && across == NULL)
    own->x = axes[tw_sweep_second_axis (axes, n)];
  if (own->x.param != own->y.param)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "a sweep needs two settings, not %s twice", own->x.param->key);
  return FALSE;
}

static void
on_so_far (const TwSweep *so_far, gpointer data)
{
  tw_figure_tell (data, (double)so_far->n_done / ((double)so_far->refinement.width * so_far->refinement.height));
}

static gpointer
compute (TwFigure *figure, GCancellable *cancellable, GError **error)
{
  const Own *own = figure->own;

  return tw_sweep_compute (figure->experiment, own->optimizer, &own->x, &own->y, tw_figure_get_n_threads (figure), cancellable,
                           on_so_far, figure, error);
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;

  if (!tw_figure_choose_optimizer (figure, &own->optimizer, error) || !choose_axes (figure, error))
    return FALSE;
  g_autofree char *key = g_strdup_printf ("%" G_GSIZE_FORMAT " %s %a %a %s %a %a", own->optimizer, own->x.param->key,
                                          own->x.min, own->x.max, own->y.param->key, own->y.min, own->y.max);
  own->sweep = tw_figure_get_data (figure, key, compute, (GDestroyNotify)tw_sweep_free, error);
  return own->sweep != NULL;
}

static char *
make_title (const TwFigure *figure)
{
  const Own *own = figure->own;

  return g_strdup_printf ("%s: settings of %s", tw_problem_get_title (tw_trace_get_problem (figure->trace)),
                          figure->names[own->optimizer]);
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  double top = tw_figure_is_titled (figure) ? TW_FIGURE_TOP : TW_FIGURE_MARGIN, left, bottom;
  double beside = tw_sweep_scale_width (FONT) + 16, below = figure->options.legend != TW_LEGEND_NONE ? 1.7 * FONT : 0;

  tw_sweep_frame_size (cr, &own->y, FONT, &left, &bottom);
  left += TW_FIGURE_MARGIN - 4;
  double width = figure->width - left - beside - TW_FIGURE_MARGIN;
  if (figure->height == 0)
    figure->height = top + 0.75 * width + bottom + below + 6;
  own->rect = (TwRect){ left, top, floor (width), floor (figure->height - top - bottom - below - 6) };
  own->bar = (TwRect){ left + own->rect.width + 16, top, beside - 16, own->rect.height };
  return !tw_figure_too_small (&own->rect);
}

static cairo_surface_t *
render (const TwFigure *figure, int width, int height, int line)
{
  const Own *own = figure->own;

  return tw_sweep_render (own->sweep, figure->theme, width, height, line);
}

/* FALSE: the present settings are off the map. */
static gboolean
place_present (const TwFigure *figure, double *x, double *y)
{
  const Own *own = figure->own;
  const char *spec = tw_trace_get_optimizer_spec (figure->trace, own->optimizer);
  gsize n = tw_problem_get_dim (tw_trace_get_problem (figure->trace));
  double u = tw_sweep_axis_position (&own->x, tw_sweep_axis_present (&own->x, spec, n));
  double v = tw_sweep_axis_position (&own->y, tw_sweep_axis_present (&own->y, spec, n));

  *x = own->rect.x + own->rect.width * u;
  *y = own->rect.y + own->rect.height * (1 - v);
  return u >= 0 && u <= 1 && v >= 0 && v <= 1;
}

static void
draw_marks (const TwFigure *figure, cairo_t *cr)
{
  const Own *own = figure->own;
  const TwTheme *theme = figure->theme;
  guint width = own->sweep->refinement.width, height = own->sweep->refinement.height;
  gsize best = own->sweep->best;
  double x = own->rect.x + RADIUS, y = figure->height - 0.9 * FONT, px, py;
  gboolean named = figure->options.legend != TW_LEGEND_NONE;

  tw_set_font (cr, FONT, FALSE);
  if (best < (gsize)width * height) {
    tw_draw_sweep_best (cr, theme, own->rect.x + own->rect.width * ((double)(best % width) + 0.5) / width,
                        own->rect.y + own->rect.height * (1 - ((double)(best / width) + 0.5) / height), RADIUS);
    if (named) {
      tw_draw_sweep_best (cr, theme, x, y - 0.36 * FONT, RADIUS);
      tw_set_color (cr, &theme->dim, 1);
      tw_draw_text (cr, x + 10, y, 0, "lowest");
      x += 10 + tw_text_width (cr, "lowest") + 22;
    }
  }
  if (place_present (figure, &px, &py)) {
    tw_draw_sweep_ring (cr, theme, px, py, 1.7 * RADIUS);
    if (named) {
      tw_draw_sweep_ring (cr, theme, x, y - 0.36 * FONT, RADIUS);
      tw_set_color (cr, &theme->dim, 1);
      tw_draw_text (cr, x + 10, y, 0, "as it is set");
    }
  }
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;

  tw_figure_draw_map (figure, cr, scale, &own->rect, render);
  tw_draw_sweep_frame (cr, figure->theme, &own->rect, &own->x, &own->y, FONT);
  tw_draw_sweep_scale (cr, figure->theme, &own->bar, own->sweep, FONT);
  tw_figure_draw_heading (figure, cr, &own->rect, figure->width - own->rect.x - TW_FIGURE_MARGIN, figure->title);
  draw_marks (figure, cr);
}

static void
describe (const TwFigure *figure, GString *words)
{
  const Own *own = figure->own;
  g_autofree char *result = tw_sweep_describe (own->sweep);

  g_string_append_printf (
    words,
    "The loss of %s after %" G_GUINT64_FORMAT " steps for each of %u values of %s and %u of %s, %s: dark is low, stripes "
    "diverged. A wide dark region is an optimizer that forgives wrong settings. Dot: the lowest. Ring: the present setting. %s",
    figure->names[own->optimizer], own->sweep->n_steps, own->x.n, own->x.param->key, own->y.n, own->y.param->key,
    own->sweep->n_starts > 1 ? "the median over the first starts" : "from one start", result);
}

const TwFigureView tw_figure_sweep = {
  .word = "sweep",
  .title = "Two settings",
  .summary = "the last loss of an optimizer over two of its settings",
  .settings = "optimizer|across|up",
  .width = 560,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .make_title = make_title,
  .describe = describe,
};
