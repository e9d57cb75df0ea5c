#include "ui/drawing/animation.h"

#include <gif_lib.h>
#include <math.h>
#include <string.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/palette.h"

#define REST 1.0 /* seconds on the last frame */
#define MAX_GIF 65535

/* What all formats need: frames drawn one after the other over a still ground. */
typedef struct {
  TwFigure *figure;
  const TwAnimationOptions *options;
  TwFigureProgress progress;
  gpointer data;
  gsize n;
  guint64 first, last;
  int width, height;
  double scale; /* pixels per point */
  cairo_surface_t *still, *frame;
} Film;

TwAnimationKind
tw_animation_kind_of_path (const char *path)
{
  static const char *const endings[] = { ".gif", ".webp", ".png" };
  gsize length = strlen (path);

  for (int i = 0; i < 3; i++)
    if (length > strlen (endings[i]) && g_ascii_strcasecmp (path + length - strlen (endings[i]), endings[i]) == 0)
      return (TwAnimationKind)i;
  return TW_ANIMATION_NO_KIND;
}

/* A frame per step where there are few. */
gsize
tw_animation_get_n_frames (TwFigure *figure, const TwAnimationOptions *options)
{
  guint64 last = MIN (options->last, tw_trace_get_n_steps (figure->trace));
  double most = MAX (round (options->fps * options->seconds), 2);

  return options->first >= last ? 1 : (gsize)MIN (most, (double)(last - options->first) + 1);
}

static guint64
step_of (const Film *film, gsize frame)
{
  if (film->n < 2)
    return film->last;
  return film->first + (guint64)llround ((double)frame * (double)(film->last - film->first) / (double)(film->n - 1));
}

/* When a frame begins, in seconds; of frame n, when it all ends. */
static double
time_of (const Film *film, gsize frame)
{
  double each = film->options->seconds / (double)MAX (film->n - 1, 1);

  return frame < film->n ? each * (double)frame : each * (double)(film->n - 1) + REST;
}

static gboolean
film_init (Film *film, TwFigure *figure, const TwAnimationOptions *options, TwFigureProgress progress, gpointer data,
           GError **error)
{
  *film = (Film){ .figure = figure, .options = options, .progress = progress, .data = data };
  film->first = options->first;
  film->last = MIN (options->last, tw_trace_get_n_steps (figure->trace));
  film->n = tw_animation_get_n_frames (figure, options);
  film->scale = tw_figure_get_dpi (figure) / 72;
  tw_figure_get_pixels (figure, &film->width, &film->height);
  if (!figure->shows->plays) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" does not change from step to step: there is nothing to play",
                 figure->shows->word);
    return FALSE;
  }
  if (film->first > film->last) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "step %" G_GUINT64_FORMAT " is after the last one, %" G_GUINT64_FORMAT,
                 film->first, film->last);
    return FALSE;
  }
  film->still = cairo_image_surface_create (CAIRO_FORMAT_RGB24, film->width, film->height);
  film->frame = cairo_image_surface_create (CAIRO_FORMAT_RGB24, film->width, film->height);
  cairo_t *cr = cairo_create (film->still);
  tw_set_color (cr, &figure->theme->background, 1);
  cairo_paint (cr);
  tw_figure_prepare (figure, cr);
  cairo_scale (cr, film->scale * figure->unit, film->scale * figure->unit);
  tw_figure_draw_still (figure, cr, film->scale * figure->unit);
  cairo_destroy (cr);
  if (cairo_surface_status (film->still) == CAIRO_STATUS_SUCCESS &&
      cairo_surface_status (film->frame) == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "frames of %d by %d pixels: %s", film->width, film->height,
               cairo_status_to_string (cairo_surface_status (film->still)));
  return FALSE;
}

static void
film_clear (Film *film)
{
  g_clear_pointer (&film->still, cairo_surface_destroy);
  g_clear_pointer (&film->frame, cairo_surface_destroy);
}

static void
film_draw (Film *film, gsize frame)
{
  cairo_t *cr = cairo_create (film->frame);
  guint64 step = step_of (film, frame);

  cairo_set_source_surface (cr, film->still, 0, 0);
  cairo_paint (cr);
  tw_figure_prepare (film->figure, cr);
  cairo_scale (cr, film->scale * film->figure->unit, film->scale * film->figure->unit);
  tw_figure_draw_moving (film->figure, cr, film->scale * film->figure->unit, (gsize)step);
  cairo_destroy (cr);
  cairo_surface_flush (film->frame);
}

static gboolean
film_goes_on (const Film *film, gsize frame, GError **error)
{
  if (film->progress == NULL || film->progress ((double)frame / (double)film->n, film->data))
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "interrupted; nothing was written");
  return FALSE;
}

static const guint32 *
row_of (cairo_surface_t *surface, int y)
{
  return (const guint32 *)(gconstpointer)(cairo_image_surface_get_data (surface) +
                                          (gsize)y * (gsize)cairo_image_surface_get_stride (surface));
}

/* Colours that are lines, marks and text. */
static TwPalette *
choose_palette (Film *film)
{
  TwPalette *palette = tw_palette_new ();
  const TwTheme *theme = film->figure->theme;
  g_autoptr (GArray) exact = g_array_new (FALSE, FALSE, sizeof (TwColor));

  g_array_append_val (exact, theme->background);
  g_array_append_val (exact, theme->foreground);
  g_array_append_val (exact, theme->halo);
  for (gsize i = 0; i < film->figure->n_series; i++) {
    const TwLineStyle *style = film->figure->styles[film->figure->series[i]];
    g_array_append_val (exact, *(theme->dark ? &style->dark : &style->light));
  }
  for (int i = 0; i < 3; i++) {
    film_draw (film, (film->n - 1) * (gsize)i / 2);
    tw_palette_count (palette, film->frame);
  }
  tw_palette_build (palette, (const TwColor *)(gpointer)exact->data, exact->len);
  return palette;
}

static int
gif_append (GifFileType *gif, const GifByteType *data, int length)
{
  g_byte_array_append (gif->UserData, data, (guint)length);
  return length;
}

static gboolean
gif_begin (GifFileType *gif, const Film *film, const TwPalette *palette, int transparent)
{
  ColorMapObject *map = GifMakeMapObject (256, NULL);
  guint8 start[] = { 1, 0, 0 };
  gboolean good;

  for (guint i = 0; i < palette->n; i++)
    map->Colors[i] = (GifColorType){ palette->colors[i][0], palette->colors[i][1], palette->colors[i][2] };
  for (guint i = palette->n; i < 256; i++)
    map->Colors[i] = (GifColorType){ 0, 0, 0 };
  EGifSetGifVersion (gif, TRUE);
  good = EGifPutScreenDesc (gif, film->width, film->height, 8, transparent, map) == GIF_OK;
  GifFreeMapObject (map);
  if (film->options->loop != 1) {
    guint times = film->options->loop == 0 ? 0 : film->options->loop - 1;
    start[1] = (guint8)(times & 255);
    start[2] = (guint8)(times >> 8 & 255);
    good = good && EGifPutExtensionLeader (gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
           EGifPutExtensionBlock (gif, 11, "NETSCAPE2.0") == GIF_OK && EGifPutExtensionBlock (gif, 3, start) == GIF_OK &&
           EGifPutExtensionTrailer (gif) == GIF_OK;
  }
  return good && EGifPutComment (gif, film->figure->caption) == GIF_OK;
}

/* Only the rectangle that has changed, and in it what has not is transparent. */
static gboolean
gif_put_frame (GifFileType *gif, const Film *film, const guint8 *now, const guint8 *before, guint8 *line, int transparent,
               int delay)
{
  int left = film->width, right = -1, top = film->height, bottom = -1;
  GraphicsControlBlock control = { .DisposalMode = DISPOSE_DO_NOT, .DelayTime = delay, .TransparentColor = transparent };
  GifByteType extension[4];

  for (int y = 0; y < film->height; y++)
    for (int x = 0; x < film->width; x++) {
      gsize at = (gsize)y * (gsize)film->width + (gsize)x;
      if (before != NULL && now[at] == before[at])
        continue;
      left = MIN (left, x), right = MAX (right, x);
      top = MIN (top, y), bottom = MAX (bottom, y);
    }
  if (right < 0)
    left = right = top = bottom = 0;
  EGifGCBToExtension (&control, extension);
  if (EGifPutExtension (gif, GRAPHICS_EXT_FUNC_CODE, 4, extension) != GIF_OK ||
      EGifPutImageDesc (gif, left, top, right - left + 1, bottom - top + 1, FALSE, NULL) != GIF_OK)
    return FALSE;
  for (int y = top; y <= bottom; y++) {
    for (int x = left; x <= right; x++) {
      gsize at = (gsize)y * (gsize)film->width + (gsize)x;
      line[x - left] = before != NULL && now[at] == before[at] ? (guint8)transparent : now[at];
    }
    if (EGifPutLine (gif, line, right - left + 1) != GIF_OK)
      return FALSE;
  }
  return TRUE;
}

static GBytes *
render_gif (Film *film, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (TwPalette) palette = choose_palette (film);
  gsize n_pixels = (gsize)film->width * (gsize)film->height;
  g_autofree guint8 *now = g_malloc (n_pixels), *before = g_malloc (n_pixels), *line = g_malloc ((gsize)film->width);
  int transparent = TW_PALETTE_MAX, failure = 0;
  GifFileType *gif = EGifOpen (bytes, gif_append, &failure);
  gboolean good = gif != NULL && film->width <= MAX_GIF && film->height <= MAX_GIF &&
                  gif_begin (gif, film, palette, transparent), stopped = FALSE;

  for (gsize f = 0; good && !stopped && f < film->n; f++) {
    int delay = (int)(lround (100 * time_of (film, f + 1)) - lround (100 * time_of (film, f)));
    stopped = !film_goes_on (film, f, error);
    if (stopped)
      break;
    film_draw (film, f);
    for (int y = 0; y < film->height; y++) {
      const guint32 *row = row_of (film->frame, y);
      for (int x = 0; x < film->width; x++)
        now[(gsize)y * (gsize)film->width + (gsize)x] = tw_palette_index (palette, row[x]);
    }
    good = gif_put_frame (gif, film, now, f > 0 ? before : NULL, line, transparent, delay);
    guint8 *swap = now;
    now = before;
    before = swap;
  }
  if (gif != NULL && EGifCloseFile (gif, &failure) != GIF_OK)
    good = FALSE;
  if (good && !stopped)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  if (!stopped)
    g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "a GIF of %d by %d pixels could not be made", film->width, film->height);
  return NULL;
}

/* The caption as a chunk of XMP beside the frames. */
static GBytes *
webp_finish (const Film *film, const WebPData *frames)
{
  g_autofree char *caption = g_markup_escape_text (film->figure->caption, -1);
  g_autofree char *xmp = g_strdup_printf (
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
    "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:description><rdf:Alt>"
    "<rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>",
    caption);
  WebPMux *mux = WebPMuxCreate (frames, 1);
  WebPData chunk = { (const guint8 *)xmp, strlen (xmp) }, out = { NULL, 0 };
  GBytes *bytes = NULL;

  if (mux != NULL && WebPMuxSetChunk (mux, "XMP ", &chunk, 1) == WEBP_MUX_OK &&
      WebPMuxAssemble (mux, &out) == WEBP_MUX_OK)
    bytes = g_bytes_new (out.bytes, out.size);
  WebPDataClear (&out);
  WebPMuxDelete (mux);
  return bytes;
}

static GBytes *
render_webp (Film *film, GError **error)
{
  WebPAnimEncoderOptions options;
  WebPConfig config;
  WebPPicture picture;
  WebPData data = { NULL, 0 };
  GBytes *bytes = NULL;
  gboolean good = WebPAnimEncoderOptionsInit (&options) && WebPConfigInit (&config) && WebPPictureInit (&picture);

  options.anim_params.loop_count = (int)film->options->loop;
  /* Lossless took ten times the room: the ground is smooth, and what changes crosses all of it. */
  config.method = 2;
  config.quality = 85;
  WebPAnimEncoder *encoder = good ? WebPAnimEncoderNew (film->width, film->height, &options) : NULL;
  picture.use_argb = 1;
  picture.width = film->width;
  picture.height = film->height;
  good = encoder != NULL && WebPPictureAlloc (&picture);
  for (gsize f = 0; good && f < film->n; f++) {
    if (!film_goes_on (film, f, error)) {
      WebPPictureFree (&picture);
      WebPAnimEncoderDelete (encoder);
      return NULL;
    }
    film_draw (film, f);
    for (int y = 0; y < film->height; y++)
      for (int x = 0; x < film->width; x++)
        picture.argb[y * picture.argb_stride + x] = row_of (film->frame, y)[x] | 0xff000000u;
    good = WebPAnimEncoderAdd (encoder, &picture, (int)lround (1000 * time_of (film, f)), &config);
  }
  good = good && WebPAnimEncoderAdd (encoder, NULL, (int)lround (1000 * time_of (film, film->n)), NULL) &&
         WebPAnimEncoderAssemble (encoder, &data);
  if (good)
    bytes = webp_finish (film, &data);
  if (bytes == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "a WebP of %d by %d pixels could not be made: %s", film->width,
                 film->height, encoder != NULL ? WebPAnimEncoderGetError (encoder) : "it is too large");
  WebPDataClear (&data);
  WebPPictureFree (&picture);
  WebPAnimEncoderDelete (encoder);
  return bytes;
}

static gboolean
render_frames (Film *film, GPtrArray *files, GError **error)
{
  for (gsize f = 0; f < film->n; f++) {
    if (!film_goes_on (film, f, error))
      return FALSE;
    film_draw (film, f);
    GBytes *bytes = tw_png_encode (film->frame, tw_figure_get_dpi (film->figure), film->figure->caption, error);
    if (bytes == NULL)
      return FALSE;
    g_ptr_array_add (files, bytes);
  }
  return TRUE;
}

GPtrArray *
tw_animation_render (TwFigure *figure, TwAnimationKind kind, const TwAnimationOptions *options,
                     TwFigureProgress progress, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  Film film;
  gboolean good = film_init (&film, figure, options, progress, data, error);

  if (good && kind == TW_ANIMATION_PNG) {
    good = render_frames (&film, files, error);
  } else if (good) {
    GBytes *bytes = kind == TW_ANIMATION_GIF ? render_gif (&film, error) : render_webp (&film, error);
    good = bytes != NULL;
    if (good)
      g_ptr_array_add (files, bytes);
  }
  film_clear (&film);
  return good ? g_steal_pointer (&files) : NULL;
}
