#include "ui/drawing/response-plot.h"

#include <math.h>
#include <string.h>

#include "core/learned/response.h"
#include "core/optimizers/optimizer.h"
#include "ui/drawing/curves.h"

#define N 81             /* gradients that are tried */
#define MARKER_RADIUS 3.4
#define MAX_HISTORY 2000 /* a hand-designed optimizer has seen at most this many before */

/* One hand-designed optimizer beside it. */
typedef struct {
  const char *name;
  char *spec; /* as in the experiment, or with its defaults */
  const TwLineStyle *style;
  double update[N], factor; /* already multiplied with the factor */
  gboolean valid;
} Baseline;

struct _TwResponsePlot {
  const TwLineStyle *style;
  /* The RNN, and which of its tensors have recorded coordinates. */
  TwResponse *response; /* NULL: its weights are gone */
  GArray *tensors;      /* of gsize */
  float *h1;            /* (tensors, H1) */
  Baseline baselines[TW_RESPONSE_BASELINES];
  /* Of the moment. */
  double tried[N], update[N];
  double gradient, step; /* what it really got, and did */
  TwAxis x, y;
};

static gboolean
is_taken (const TwResponsePlot *plot, const TwLineStyle *const *styles, gsize n, const TwLineStyle *style)
{
  gboolean taken = FALSE;

  for (gsize o = 0; o < n; o++)
    taken = taken || styles[o] == style;
  for (gsize b = 0; b < TW_RESPONSE_BASELINES; b++)
    taken = taken || plot->baselines[b].style == style;
  return taken;
}

/* Its own, unless in this experiment that means somebody else; then one that is free. */
static const TwLineStyle *
choose_style (const TwResponsePlot *plot, const TwLineStyle *const *styles, gsize n, const char *name)
{
  const TwLineStyle *own, *style;

  tw_line_styles_assign (&name, 1, &own);
  style = own;
  for (guint i = 0; i < TW_N_LINE_STYLES && is_taken (plot, styles, n, style); i++)
    style = tw_line_style_get (i);
  return is_taken (plot, styles, n, style) ? own : style;
}

static void
find_baselines (TwResponsePlot *plot, const char *const *specs, const TwLineStyle *const *styles, gsize n)
{
  static const char *const names[TW_RESPONSE_BASELINES] = { "sgd", "momentum", "adam" };

  for (gsize i = 0; i < TW_RESPONSE_BASELINES; i++) {
    Baseline *baseline = &plot->baselines[i];
    gsize length = strlen (names[i]);
    baseline->name = names[i];
    for (gsize o = 0; o < n && baseline->spec == NULL; o++)
      if (strncmp (specs[o], names[i], length) == 0 && (specs[o][length] == '\0' || specs[o][length] == ',')) {
        baseline->spec = g_strdup (specs[o]);
        baseline->style = styles[o];
      }
  }
  for (gsize i = 0; i < TW_RESPONSE_BASELINES; i++)
    if (plot->baselines[i].spec == NULL) {
      plot->baselines[i].spec = g_strdup (names[i]);
      plot->baselines[i].style = choose_style (plot, styles, n, names[i]);
    }
}

TwResponsePlot *
tw_response_plot_new (const TwTrace *trace, gsize optimizer, const char *const *specs, const TwLineStyle *const *styles,
                      gsize n)
{
  TwResponsePlot *plot = g_new0 (TwResponsePlot, 1);
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gsize));

  plot->tensors = g_array_new (FALSE, FALSE, sizeof (gsize));
  plot->style = optimizer < n ? styles[optimizer] : tw_line_style_get (0);
  /* The RNN on the coordinates that were recorded: all of them, or of a large problem a sample. */
  for (gsize c = 0; c < tw_trace_get_n_coordinates (trace); c++) {
    gsize tensor = tw_trace_get_coordinate_tensor (trace, c), one = 1;
    if (plot->tensors->len > 0 && g_array_index (plot->tensors, gsize, plot->tensors->len - 1) == tensor) {
      g_array_index (sizes, gsize, sizes->len - 1)++;
    } else {
      g_array_append_val (plot->tensors, tensor);
      g_array_append_val (sizes, one);
    }
  }
  plot->response = tw_response_new (tw_trace_get_optimizer_spec (trace, optimizer), sizes->len,
                                    (const gsize *)(gpointer)sizes->data, N, NULL);
  find_baselines (plot, specs, styles, n);
  return plot;
}

void
tw_response_plot_free (TwResponsePlot *plot)
{
  if (plot == NULL)
    return;
  g_clear_pointer (&plot->response, tw_response_free);
  for (gsize i = 0; i < TW_RESPONSE_BASELINES; i++)
    g_free (plot->baselines[i].spec);
  g_array_unref (plot->tensors);
  g_free (plot->h1);
  g_free (plot);
}

/* The least of 1, 2, 5 times a power of ten that is not below: an axis that does not tremble. */
static double
round_up (double value)
{
  double decade = pow (10, floor (log10 (MAX (value, 1e-300))));
  double digit = value / decade;

  return decade * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

static double
size_of (const double *values)
{
  double sum = 0;

  for (gsize i = 0; i < N; i++)
    sum += values[i] * values[i];
  return sqrt (sum / N);
}

/* State k - 1, as the response wants it; FALSE where it was not recorded. */
static gboolean
read_state (TwResponsePlot *plot, const TwInside *inside, gsize k, TwResponseState *state)
{
  gsize count;
  guint width;

  *state = (TwResponseState){ .h0 = tw_inside_get_all (inside, "h0", k, &count, NULL),
                              .input_decay = tw_inside_get_all (inside, "input_decay", k, &count, NULL),
                              .scale_decay = tw_inside_get_all (inside, "scale_decay", k, &count, NULL),
                              .log_lr = tw_inside_get_all (inside, "log_lr", k, &count, NULL),
                              .average = tw_inside_get_all (inside, "average", k, &count, NULL),
                              .mean_square = tw_inside_get_all (inside, "mean_square", k, &count, NULL),
                              .h2 = tw_inside_get_all (inside, "h2", k, &count, NULL) };
  const float *h1 = tw_inside_get_all (inside, "h1", k, &count, &width);
  if (h1 != NULL) {
    plot->h1 = g_renew (float, plot->h1, plot->tensors->len * width);
    for (guint t = 0; t < plot->tensors->len; t++)
      memcpy (plot->h1 + t * width, h1 + g_array_index (plot->tensors, gsize, t) * width, width * sizeof (float));
    state->h1 = plot->h1;
  }
  return state->h0 != NULL;
}

static void
respond_baselines (TwResponsePlot *plot, const TwInside *inside, gsize k)
{
  gsize first = k > MAX_HISTORY ? k - MAX_HISTORY : 1, n = k - first;
  g_autofree float *history = g_new (float, MAX (n, 1));
  double own = size_of (plot->update);

  n = tw_inside_read_history (inside, "gradient", first, n, history);
  for (gsize b = 0; b < TW_RESPONSE_BASELINES; b++) {
    Baseline *baseline = &plot->baselines[b];
    baseline->valid = tw_response_of_baseline (baseline->spec, history, n, N, plot->tried, baseline->update, NULL);
    double size = baseline->valid ? size_of (baseline->update) : 0;
    baseline->valid = baseline->valid && size > 0 && isfinite (size);
    baseline->factor = baseline->valid ? own / size : 1;
    for (gsize i = 0; i < N; i++)
      baseline->update[i] *= baseline->factor;
  }
}

gboolean
tw_response_plot_compute (TwResponsePlot *plot, const TwInside *inside, gsize k)
{
  gsize count, c = inside->coordinate, n = tw_trace_get_n_coordinates (inside->trace);
  const float *gradient = tw_inside_get_all (inside, "gradient", k, &count, NULL);
  TwResponseState state;

  if (plot->response == NULL || gradient == NULL || !read_state (plot, inside, k - 1, &state))
    return FALSE;
  const double *theta = tw_trace_get_theta (inside->trace, inside->optimizer, 0);
  guint scales;
  const float *mean_square = tw_inside_get_own (inside, "mean_square", k, &scales);
  plot->gradient = gradient[c];
  plot->step = theta[k * n + c] - theta[(k - 1) * n + c];
  double reach = round_up (2 * MAX (fabs (plot->gradient), sqrt (mean_square[scales - 1])));
  for (gsize i = 0; i < N; i++)
    plot->tried[i] = reach * (2.0 * (double)i / (N - 1) - 1);
  tw_response_evaluate (plot->response, &state, gradient, c, plot->tried, plot->update, NULL);
  double most = fabs (plot->step);
  for (gsize i = 0; i < N; i++)
    most = MAX (most, fabs (plot->update[i]));
  if (!isfinite (most) || !(most > 0))
    return FALSE;
  respond_baselines (plot, inside, k);
  plot->x = (TwAxis){ -reach, reach, FALSE };
  most = round_up (1.1 * most);
  plot->y = (TwAxis){ -most, most, FALSE };
  return TRUE;
}

char *
tw_response_plot_get_line (const TwResponsePlot *plot, guint i, const TwLineStyle **style)
{
  *style = plot->style;
  if (i == 0)
    return g_strdup ("Learned");
  for (gsize b = 0; b < TW_RESPONSE_BASELINES; b++) {
    const Baseline *baseline = &plot->baselines[b];
    if (!baseline->valid || --i > 0)
      continue;
    *style = baseline->style;
    const char *title = tw_optimizer_type_get_title (tw_optimizer_type_by_name (baseline->name));
    if (baseline->factor >= 99.5 && baseline->factor < 9999.5)
      return g_strdup_printf ("%s × %.0f", title, baseline->factor);
    return g_strdup_printf ("%s × %.2g", title, baseline->factor);
  }
  return NULL;
}

/* Marks along a line, so that it is known without its colour. */
static void
draw_markers (const TwResponsePlot *plot, cairo_t *cr, const TwTheme *theme, const TwRect *rect, const double *values,
              const TwLineStyle *style, guint number)
{
  for (guint i = 4 + 5 * number; i < N; i += 20) {
    double position = tw_axis_position (&plot->y, values[i]);
    if (position >= 0 && position <= 1)
      tw_draw_marker (cr, theme, style, tw_rect_x (rect, &plot->x, plot->tried[i]), rect->y + rect->height * (1 - position),
                      MARKER_RADIUS);
  }
}

void
tw_response_plot_draw (const TwResponsePlot *plot, cairo_t *cr, const TwTheme *theme, const TwRect *rect, double font_size,
                       double line_width)
{
  TwAxis index = { 0, N - 1, FALSE };
  TwCurve curve = { .values = plot->update, .n = N, .style = plot->style, .primary = TRUE };

  tw_draw_frame (cr, theme, rect, &plot->x, &plot->y, font_size, TW_FRAME_GRID);
  tw_set_color (cr, &theme->dim, 0.6);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, floor (tw_rect_x (rect, &plot->x, 0)) + 0.5, rect->y);
  cairo_rel_line_to (cr, 0, rect->height);
  cairo_move_to (cr, rect->x, floor (tw_rect_y (rect, &plot->y, 0)) + 0.5);
  cairo_rel_line_to (cr, rect->width, 0);
  cairo_stroke (cr);
  for (gsize b = 0; b < TW_RESPONSE_BASELINES; b++) {
    const Baseline *baseline = &plot->baselines[b];
    TwCurve beside = { .values = baseline->update, .n = N, .style = baseline->style, .primary = TRUE };
    if (!baseline->valid)
      continue;
    tw_draw_curve (cr, theme, rect, &index, &plot->y, &beside, 0.75 * line_width, N - 1);
    if (theme->print)
      draw_markers (plot, cr, theme, rect, baseline->update, baseline->style, (guint)b + 1);
  }
  tw_draw_curve (cr, theme, rect, &index, &plot->y, &curve, 1.4 * line_width, N - 1);
  if (theme->print)
    draw_markers (plot, cr, theme, rect, plot->update, plot->style, 0);
  cairo_new_path (cr);
  cairo_arc (cr, tw_rect_x (rect, &plot->x, plot->gradient), tw_rect_y (rect, &plot->y, plot->step), 4, 0, 2 * G_PI);
  tw_set_color (cr, theme->dark ? &plot->style->dark : &plot->style->light, 1);
  cairo_fill_preserve (cr);
  tw_set_color (cr, &theme->background, 1);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}
