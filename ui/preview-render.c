#include "ui/preview-render.h"

#include <math.h>
#include <string.h>

#include "core/experiment/summary.h"
#include "ui/drawing/exports.h"
#include "ui/drawing/replot.h"

#define MM (72 / 25.4)
#define PATIENCE (G_USEC_PER_SEC / 4) /* before it is told how far a report is */
#define TEXT_BYTES 12000
#define LARGEST_SCALE 2.0 /* pixels per point of what has no pixels of its own */

void
tw_preview_request_free (TwPreviewRequest *request)
{
  if (request == NULL)
    return;
  tw_experiment_free (request->experiment);
  g_clear_pointer (&request->trace, tw_trace_unref);
  tw_figure_options_clear (&request->options);
  tw_figure_free (request->figure);
  g_clear_pointer (&request->picture, cairo_surface_destroy);
  tw_figure_cache_unref (request->cache);
  g_clear_object (&request->cancellable);
  g_free (request->ending);
  g_free (request->error);
  g_free (request->text);
  g_free (request->about);
  g_free (request->caption);
  g_free (request);
}

static void
fail (TwPreviewRequest *request, GError *error)
{
  g_free (request->error);
  request->error = g_strdup (error->message);
  g_error_free (error);
}

/* On the worker. */
static gboolean
note_progress (double share, gpointer data)
{
  TwPreviewRequest *request = data;

  if (!isnan (share))
    g_atomic_int_set (&request->permille, (int)(1000 * share));
  return request->cancellable == NULL || !g_cancellable_is_cancelled (request->cancellable);
}

/* The report tells of every figure of it, also of those that take no time. */
static gboolean
note_report (double share, gpointer data)
{
  TwPreviewRequest *request = data;

  return note_progress (g_get_monotonic_time () - request->begun > PATIENCE ? share : NAN, data);
}

static TwFigure *
make_figure (TwPreviewRequest *request, GError **error)
{
  const TwFigureWork work = { 0, request->cache, note_progress, request };

  return tw_figure_new (request->trace, request->experiment, &request->options, &work, error);
}

/* "178 × 92 mm, 2102 × 1087 pixels at 300 dpi" */
static char *
describe_size (const TwPreviewRequest *request)
{
  double width, height;
  int w, h;

  tw_figure_get_size (request->figure, &width, &height);
  tw_figure_get_pixels (request->figure, &w, &h);
  if (request->kind == TW_EXPORT_ANIMATION)
    return g_strdup_printf ("%d \303\227 %d pixels, %" G_GSIZE_FORMAT " frames", w, h,
                            tw_animation_get_n_frames (request->figure, &request->animation));
  if (strcmp (request->ending, ".png") != 0)
    return g_strdup_printf ("%.0f \303\227 %.0f mm", width / MM, height / MM);
  return g_strdup_printf ("%.0f \303\227 %.0f mm, %d \303\227 %d pixels at %.0f dpi", width / MM, height / MM, w, h,
                          72 * w / width);
}

/* The step that is shown at this time; the last one rests for a second. */
static gsize
step_at (const TwPreviewRequest *request)
{
  const TwAnimationOptions *animation = &request->animation;
  guint64 last = MIN (animation->last, tw_trace_get_n_steps (request->trace)), first = MIN (animation->first, last);
  double share = MIN (fmod (request->time, animation->seconds + 1) / animation->seconds, 1);

  return (gsize)(first + (guint64)(share * (double)(last - first)));
}

static void
draw_figure (TwPreviewRequest *request)
{
  GError *error = NULL;
  double width, height, scale;
  int pixels, lines;

  if (request->figure == NULL)
    request->figure = make_figure (request, &error);
  if (request->figure == NULL) {
    fail (request, error);
    return;
  }
  tw_figure_get_size (request->figure, &width, &height);
  tw_figure_get_pixels (request->figure, &pixels, &lines);
  gboolean raster = request->kind == TW_EXPORT_ANIMATION || strcmp (request->ending, ".png") == 0;
  scale = MIN ((double)request->width / width, (double)request->height / height);
  scale = MIN (scale, raster ? pixels / width : LARGEST_SCALE * request->device_scale);
  int w = MAX ((int)round (width * scale), 1), h = MAX ((int)round (height * scale), 1);
  request->transparent = request->options.transparent;
  request->picture = cairo_image_surface_create (request->transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, w, h);
  cairo_t *cr = cairo_create (request->picture);
  /* To the edge of the last pixel, as a file. */
  cairo_scale (cr, w / width, h / height);
  tw_figure_draw (request->figure, cr, scale, request->kind == TW_EXPORT_ANIMATION ? step_at (request) : tw_figure_get_step (request->figure));
  cairo_destroy (cr);
  cairo_surface_flush (request->picture);
  request->about = describe_size (request);
  request->caption = g_strdup (tw_figure_get_caption (request->figure));
}

/* All pages, one below the other, as wide as there is room. */
static void
draw_report (TwPreviewRequest *request)
{
  GError *error = NULL;
  const TwFigureWork work = { 0, request->cache, note_report, request };
  g_autoptr (GPtrArray) pages = tw_report_draw (request->experiment, &request->trace, 1, &request->options, &work, &error);
  double scale = MIN (request->width / TW_REPORT_PAGE_WIDTH, LARGEST_SCALE * request->device_scale);
  int w = (int)round (scale * TW_REPORT_PAGE_WIDTH), h = (int)round (scale * TW_REPORT_PAGE_HEIGHT);
  int gap = TW_PREVIEW_GAP * request->device_scale;

  if (pages == NULL) {
    fail (request, error);
    return;
  }
  request->picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w, (h + gap) * (int)pages->len - gap);
  cairo_t *cr = cairo_create (request->picture);
  for (guint i = 0; i < pages->len; i++) {
    cairo_save (cr);
    cairo_translate (cr, 0, (h + gap) * (double)i);
    cairo_rectangle (cr, 0, 0, w, h);
    cairo_clip (cr);
    cairo_scale (cr, scale, scale);
    cairo_set_source_surface (cr, pages->pdata[i], 0, 0);
    cairo_paint (cr);
    cairo_restore (cr);
  }
  cairo_destroy (cr);
  cairo_surface_flush (request->picture);
  request->about = strcmp (request->ending, ".html") == 0
                     ? g_strdup ("One web page that needs no other file; the same content, laid out by the browser")
                     : g_strdup_printf ("%u pages, A4", pages->len);
  request->caption = tw_trace_caption (request->trace, request->experiment);
}

/* The beginning of the file. */
static void
write_text (TwPreviewRequest *request)
{
  g_autofree char *buffer = g_malloc (TEXT_BYTES);
  TwOutput *output = tw_output_new_memory (buffer, TEXT_BYTES);
  GError *error = NULL;
  gboolean good = TRUE;

  if (request->kind == TW_EXPORT_MATPLOTLIB || request->kind == TW_EXPORT_PGFPLOTS) {
    g_autoptr (TwFigure) figure = make_figure (request, &error);
    good = figure != NULL;
    if (good && request->kind == TW_EXPORT_MATPLOTLIB)
      good = tw_figure_write_matplotlib (figure, "table.csv", output, &error);
    else if (good)
      good = tw_figure_write_pgfplots (figure, output, &error);
  } else {
    tw_export_table ((TwTable)request->kind, request->experiment, request->trace, output);
  }
  tw_output_free (output);
  if (!good) {
    fail (request, error);
    return;
  }
  gboolean cut = strlen (buffer) + 2 >= TEXT_BYTES;
  g_autofree char *valid = g_utf8_make_valid (buffer, -1);
  request->text = g_strconcat (valid, cut ? "\n\342\200\246" : "", NULL);
  request->about = request->kind == TW_EXPORT_MATPLOTLIB ? g_strdup ("A script, and the table it reads beside it (.csv)")
                   : cut                                 ? g_strdup ("The beginning of the file")
                                                         : g_strdup ("The whole file");
  request->caption = tw_trace_caption (request->trace, request->experiment);
}

void
tw_preview_render (TwPreviewRequest *request)
{
  request->begun = g_get_monotonic_time ();
  if (request->error != NULL)
    return;
  if (request->kind == TW_EXPORT_FIGURE || request->kind == TW_EXPORT_ANIMATION)
    draw_figure (request);
  else if (request->kind == TW_EXPORT_REPORT)
    draw_report (request);
  else
    write_text (request);
}
