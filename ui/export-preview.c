#include "ui/export-preview.h"

#include <string.h>

#include "core/error.h"
#include "ui/background.h"
#include "ui/preview-render.h"

#define MARGIN 18     /* pixels around the picture */
#define FRAME_MS 60   /* between frames of an animation that plays */
#define WATCH_MS 100  /* between looks at how much is computed */
#define CHECK 8       /* side of the squares behind what is transparent */

struct _TwExportPreview {
  GtkWidget parent_instance;

  GtkWidget *stack, *scroller, *area, *text, *words;
  TwPreviewDone done;
  gpointer data;

  TwPreviewRequest *wanted; /* set last; what is drawn is a copy of it */
  guint64 generation;       /* of `wanted` */
  guint64 shown;            /* of the picture */
  gboolean busy, again;
  TwFigureCache *cache;
  TwPreviewRequest *made; /* at work while busy; the task owns it */
  char *made_key;         /* what it computes, if anything */
  guint watch;            /* tells how far that is */
  TwFigure *figure; /* of `figure_generation`; on loan while busy */
  guint64 figure_generation;
  int width, height; /* room that the last picture was made for */

  cairo_surface_t *picture;
  gboolean transparent, pages;
  gint64 begun; /* when the animation that plays began */
  guint timer;
};

G_DEFINE_FINAL_TYPE (TwExportPreview, tw_export_preview, GTK_TYPE_WIDGET)

static void ask (TwExportPreview *self);

/* Drawing what is there */

static void
draw_checks (cairo_t *cr, double x, double y, int width, int height)
{
  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  cairo_set_source_rgb (cr, 0.86, 0.86, 0.86);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.72, 0.72, 0.72);
  for (int r = 0; r * CHECK < height; r++)
    for (int c = r % 2; c * CHECK < width; c += 2)
      cairo_rectangle (cr, x + c * CHECK, y + r * CHECK, CHECK, CHECK);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  TwExportPreview *self = data;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->picture == NULL)
    return;
  int w = cairo_image_surface_get_width (self->picture) / scale, h = cairo_image_surface_get_height (self->picture) / scale;
  double x = MAX ((width - w) / 2, 0), y = self->pages ? MARGIN : MAX ((height - h) / 2, 0);
  if (self->transparent)
    draw_checks (cr, x, y, w, h);
  cairo_surface_set_device_scale (self->picture, scale, scale);
  cairo_set_source_surface (cr, self->picture, x, y);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_surface_set_device_scale (self->picture, 1, 1);
  if (self->pages)
    return;
  /* Paper on a ground of the same colour has an edge. */
  cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, 0.6);
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, x - 0.5, y - 0.5, w + 1, h + 1);
  cairo_stroke (cr);
}

static gboolean
on_timer (gpointer data)
{
  TwExportPreview *self = data;

  self->timer = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
show (TwExportPreview *self, TwPreviewRequest *made)
{
  gboolean fresh = made->generation != self->shown;

  self->shown = made->generation;
  if (made->error != NULL) {
    gtk_label_set_text (GTK_LABEL (self->words), made->error);
    gtk_stack_set_visible_child (GTK_STACK (self->stack), self->words);
  } else if (made->text != NULL) {
    if (fresh)
      gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text)), made->text, -1);
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "text");
  } else {
    int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
    g_clear_pointer (&self->picture, cairo_surface_destroy);
    self->picture = g_steal_pointer (&made->picture);
    self->transparent = made->transparent;
    self->pages = made->kind == TW_EXPORT_REPORT;
    gtk_drawing_area_set_content_height (
      GTK_DRAWING_AREA (self->area),
      self->pages ? cairo_image_surface_get_height (self->picture) / scale + 2 * MARGIN : 0);
    gtk_widget_queue_draw (self->area);
    gtk_stack_set_visible_child (GTK_STACK (self->stack), self->scroller);
  }
  if (fresh && self->done != NULL)
    self->done (made->about != NULL ? made->about : "", made->caption != NULL ? made->caption : "", made->error, self->data);
}

/* Asking for it */

static gboolean
on_watch (gpointer data)
{
  TwExportPreview *self = data;
  int permille = g_atomic_int_get (&self->made->permille);

  if (permille >= 0 && !g_cancellable_is_cancelled (self->made->cancellable)) {
    g_autofree char *words = g_strdup_printf ("Computing\342\200\246 %d %%", permille / 10);
    gtk_label_set_text (GTK_LABEL (self->words), words);
    gtk_stack_set_visible_child (GTK_STACK (self->stack), self->words);
  }
  return G_SOURCE_CONTINUE;
}

/* What a figure computes beside the trace depends on these. */
static char *
key_of (const TwPreviewRequest *request)
{
  const TwFigureOptions *o = &request->options;
  g_autofree char *settings = o->settings != NULL ? g_strjoinv (" ", o->settings) : NULL;

  return g_strdup_printf ("%d %s %s %s %p", request->kind, o->view != NULL ? o->view->word : "", o->series, settings,
                          (gconstpointer)request->trace);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer unused)
{
  TwExportPreview *self = TW_EXPORT_PREVIEW (source);
  TwPreviewRequest *made = g_task_get_task_data (G_TASK (result));

  self->busy = FALSE;
  self->made = NULL;
  g_clear_handle_id (&self->watch, g_source_remove);
  if (self->wanted == NULL) /* words are shown, or it is gone */
    return;
  if (g_cancellable_is_cancelled (made->cancellable)) { /* something else is wanted by now */
    ask (self);
    return;
  }
  if (made->figure != NULL) {
    g_clear_pointer (&self->figure, tw_figure_free);
    self->figure = g_steal_pointer (&made->figure);
    self->figure_generation = made->generation;
  }
  show (self, made);
  gboolean playing = made->kind == TW_EXPORT_ANIMATION && made->error == NULL;
  if (self->again)
    ask (self);
  else if (playing && self->timer == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->timer = g_timeout_add (FRAME_MS, on_timer, self);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  tw_preview_render (data);
  g_task_return_boolean (task, TRUE);
}

static TwPreviewRequest *
copy_request (const TwPreviewRequest *from)
{
  TwPreviewRequest *copy = g_new0 (TwPreviewRequest, 1);

  copy->generation = from->generation;
  copy->kind = from->kind;
  copy->ending = g_strdup (from->ending);
  copy->experiment = tw_experiment_copy (from->experiment);
  copy->trace = tw_trace_ref (from->trace);
  tw_figure_options_copy (&from->options, &copy->options);
  copy->animation = from->animation;
  copy->error = g_strdup (from->error);
  copy->permille = -1;
  return copy;
}

static void
ask (TwExportPreview *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  self->again = self->busy;
  if (self->busy || self->wanted == NULL || self->width < 1)
    return;
  TwPreviewRequest *request = copy_request (self->wanted);
  request->device_scale = scale;
  request->width = MAX (self->width - 2 * MARGIN, 50) * scale;
  request->height = MAX (self->height - 2 * MARGIN, 50) * scale;
  request->time = (double)(g_get_monotonic_time () - self->begun) / G_USEC_PER_SEC;
  if (self->figure != NULL && self->figure_generation == request->generation)
    request->figure = g_steal_pointer (&self->figure);
  request->cache = tw_figure_cache_ref (self->cache);
  request->cancellable = g_cancellable_new ();
  self->made = request;
  g_free (self->made_key);
  self->made_key = key_of (request);
  self->watch = g_timeout_add (WATCH_MS, on_watch, self);
  self->busy = TRUE;
  g_autoptr (GTask) task = g_task_new (self, NULL, on_made, NULL);
  g_task_set_task_data (task, request, (GDestroyNotify)tw_preview_request_free);
  tw_background_run (task, work);
}

void
tw_export_preview_set (TwExportPreview *self, const TwExportSettings *settings, const TwExperiment *experiment, TwTrace *trace)
{
  TwPreviewRequest *wanted = g_new0 (TwPreviewRequest, 1);
  g_autoptr (GError) error = NULL;
  guint64 seeds;

  wanted->generation = ++self->generation;
  wanted->kind = tw_export_settings_get_kind (settings);
  wanted->ending = g_strdup (tw_export_settings_get_ending (settings));
  wanted->experiment = tw_experiment_copy (experiment);
  wanted->trace = tw_trace_ref (trace);
  if (!tw_export_settings_read (settings, &wanted->options, &wanted->animation, &seeds, &error))
    wanted->error = g_strdup (error->message);
  if (wanted->kind == TW_EXPORT_ANIMATION && wanted->options.width == 0) {
    wanted->options.width = TW_EXPORT_ANIMATION_WIDTH;
    wanted->options.pixels = TRUE;
  }
  if (self->wanted == NULL || self->wanted->kind != wanted->kind)
    self->begun = g_get_monotonic_time ();
  tw_preview_request_free (self->wanted);
  self->wanted = wanted;
  g_autofree char *key = key_of (wanted);
  if (self->busy && strcmp (key, self->made_key) != 0)
    g_cancellable_cancel (self->made->cancellable);
  ask (self);
}

void
tw_export_preview_set_words (TwExportPreview *self, const char *words)
{
  g_clear_pointer (&self->wanted, tw_preview_request_free);
  if (self->busy)
    g_cancellable_cancel (self->made->cancellable);
  gtk_label_set_text (GTK_LABEL (self->words), words);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->words);
}

TwFigureCache *
tw_export_preview_get_cache (TwExportPreview *self)
{
  return self->cache;
}

gboolean
tw_export_preview_is_current (TwExportPreview *self)
{
  return self->wanted != NULL && self->shown == self->generation && !self->again;
}

cairo_surface_t *
tw_export_preview_get_picture (TwExportPreview *self)
{
  return self->picture;
}

static void
tw_export_preview_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  TwExportPreview *self = TW_EXPORT_PREVIEW (widget);

  gtk_widget_measure (self->stack, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
tw_export_preview_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TwExportPreview *self = TW_EXPORT_PREVIEW (widget);

  gtk_widget_allocate (self->stack, width, height, baseline, NULL);
  if (width == self->width && height == self->height)
    return;
  self->width = width;
  self->height = height;
  ask (self);
}

static void
on_map (GtkWidget *widget, gpointer data)
{
  ask (TW_EXPORT_PREVIEW (widget));
}

/* What is still drawn keeps the widget, but nobody is there to be told. */
static void
stop (TwExportPreview *self)
{
  self->done = NULL;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->wanted, tw_preview_request_free);
  if (self->busy)
    g_cancellable_cancel (self->made->cancellable);
}

/* Its window is closed. */
static void
tw_export_preview_unroot (GtkWidget *widget)
{
  stop (TW_EXPORT_PREVIEW (widget));
  GTK_WIDGET_CLASS (tw_export_preview_parent_class)->unroot (widget);
}

static void
tw_export_preview_dispose (GObject *object)
{
  TwExportPreview *self = TW_EXPORT_PREVIEW (object);

  stop (self);
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_pointer (&self->made_key, g_free);
  g_clear_pointer (&self->cache, tw_figure_cache_unref);
  g_clear_pointer (&self->figure, tw_figure_free);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (tw_export_preview_parent_class)->dispose (object);
}

static void
tw_export_preview_class_init (TwExportPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_export_preview_dispose;
  GTK_WIDGET_CLASS (klass)->unroot = tw_export_preview_unroot;
  GTK_WIDGET_CLASS (klass)->measure = tw_export_preview_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = tw_export_preview_size_allocate;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "exportpreview");
}

static void
tw_export_preview_init (TwExportPreview *self)
{
  GtkWidget *scrolled_text = gtk_scrolled_window_new ();

  self->cache = tw_figure_cache_new ();
  self->stack = gtk_stack_new ();
  self->scroller = gtk_scrolled_window_new ();
  self->area = gtk_drawing_area_new ();
  self->text = gtk_text_view_new ();
  self->words = gtk_label_new ("Drawing\342\200\246");
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->area), draw, self, NULL);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->area);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->text), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->text), TRUE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (self->text), FALSE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->text), 10);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->text), 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, "Preview", -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled_text), self->text);
  gtk_label_set_wrap (GTK_LABEL (self->words), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (self->words), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_justify (GTK_LABEL (self->words), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (self->words), 50);
  gtk_widget_set_halign (self->words, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (self->words, MARGIN);
  gtk_widget_set_margin_end (self->words, MARGIN);
  gtk_widget_add_css_class (self->words, "dim-label");
  gtk_stack_add_child (GTK_STACK (self->stack), self->scroller);
  gtk_stack_add_named (GTK_STACK (self->stack), scrolled_text, "text");
  gtk_stack_add_child (GTK_STACK (self->stack), self->words);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->words);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

GtkWidget *
tw_export_preview_new (TwPreviewDone done, gpointer data)
{
  TwExportPreview *self = g_object_new (TW_TYPE_EXPORT_PREVIEW, NULL);

  self->done = done;
  self->data = data;
  return GTK_WIDGET (self);
}
