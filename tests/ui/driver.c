#include "tests/ui/driver.h"

#include <gdk/x11/gdkx.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void (*current_body) (Driver *driver);

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

void
driver_live (Driver *driver, double seconds)
{
  gboolean over = FALSE;

  g_timeout_add ((guint)(seconds * 1000), on_timeout, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error))
    g_error ("xdotool: %s", error->message);
  *(gboolean *)data = TRUE;
}

/* The program must live on while xdotool works, so nothing may wait for it. */
static void
xdotool (Driver *driver, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_NONE, &error);
  gboolean over = FALSE;

  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_exited, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  driver_live (driver, 0.03);
}

#define XDOTOOL(driver, ...) xdotool (driver, (const char *const[]){ "xdotool", __VA_ARGS__, NULL })

void
driver_focus (Driver *driver)
{
  g_autofree char *xid = g_strdup_printf ("%lu", driver->xid);

  XDOTOOL (driver, "windowfocus", xid);
  driver_live (driver, 0.1);
}

static GtkWidget *
find_toplevel (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) && gtk_widget_get_mapped (window))
      return window;
  }
  return NULL;
}

Driver
driver_other_window (Driver *driver, GType type)
{
  GtkWidget *window = NULL;

  driver_wait (driver, (window = find_toplevel (type)) != NULL);
  Driver other = { .window = (TwWindow *)(gpointer)window, .session = driver->session };
  other.xid = gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (window)));
  driver_live (driver, 0.2);
  driver_focus (&other);
  return other;
}

static gboolean
work (gpointer data)
{
  GApplication *application = data;
  Driver driver = { .window = TW_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (application))) };

  if (driver.window == NULL || !gtk_widget_get_mapped (GTK_WIDGET (driver.window)))
    return G_SOURCE_CONTINUE;
  driver.session = tw_window_get_session (driver.window);
  driver.xid = gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (driver.window)));
  g_autofree char *xid = g_strdup_printf ("%lu", driver.xid);
  XDOTOOL (&driver, "windowfocus", xid);
  current_body (&driver);
  gtk_window_destroy (GTK_WINDOW (driver.window));
  return G_SOURCE_REMOVE;
}

void
driver_run (const TwExperiment *experiment, void (*body) (Driver *driver))
{
  g_autoptr (TwApplication) application = tw_application_new (experiment);

  current_body = body;
  g_timeout_add (2, work, application);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
}

void
driver_key (Driver *driver, const char *keys)
{
  XDOTOOL (driver, "key", keys);
}

void
driver_type (Driver *driver, const char *text)
{
  XDOTOOL (driver, "type", "--delay", "30", text);
}

/* As xdotool's mousemove takes them. */
static void
format_point (Driver *driver, GtkWidget *widget, double x, double y, char px[16], char py[16])
{
  graphene_point_t point;
  double left, top;

  g_assert_true (gtk_widget_compute_point (widget, GTK_WIDGET (driver->window),
                                           &GRAPHENE_POINT_INIT ((float)x, (float)y), &point));
  gtk_native_get_surface_transform (GTK_NATIVE (driver->window), &left, &top);
  g_snprintf (px, 16, "%ld", lround (point.x + left));
  g_snprintf (py, 16, "%ld", lround (point.y + top));
}

void
driver_point (Driver *driver, GtkWidget *widget, double x, double y)
{
  g_autofree char *xid = g_strdup_printf ("%lu", driver->xid);
  char px[16], py[16];

  format_point (driver, widget, x, y, px, py);
  XDOTOOL (driver, "mousemove", "--window", xid, px, py);
}

void
driver_drag (Driver *driver, GtkWidget *widget, double x0, double y0, double x1, double y1)
{
  g_autofree char *xid = g_strdup_printf ("%lu", driver->xid);
  char a[16], b[16], c[16], d[16], e[16], f[16];

  format_point (driver, widget, x0, y0, a, b);
  format_point (driver, widget, (x0 + x1) / 2, (y0 + y1) / 2, c, d);
  format_point (driver, widget, x1, y1, e, f);
  XDOTOOL (driver, "mousemove", "--window", xid, a, b, "mousedown", "1", "mousemove", "--window", xid, c, d,
           "sleep", "0.02", "mousemove", "--window", xid, e, f, "sleep", "0.02", "mouseup", "1");
}

void
driver_press (Driver *driver)
{
  XDOTOOL (driver, "mousedown", "1");
}

void
driver_release (Driver *driver)
{
  XDOTOOL (driver, "mouseup", "1");
}

void
driver_wheel (Driver *driver, int clicks)
{
  for (int i = 0; i < ABS (clicks); i++)
    XDOTOOL (driver, "click", clicks > 0 ? "4" : "5");
}

void
driver_double_click (Driver *driver)
{
  XDOTOOL (driver, "click", "--repeat", "2", "--delay", "60", "1");
}

void
driver_modifier (Driver *driver, const char *key, gboolean down)
{
  XDOTOOL (driver, down ? "keydown" : "keyup", key);
}

void
driver_click (Driver *driver, GtkWidget *widget, double x, double y)
{
  driver_point (driver, widget, x, y);
  driver_press (driver);
  driver_release (driver);
}

static GtkWidget *
find (GtkWidget *in, const char *name, GType type, guint *nth)
{
  if (name != NULL ? strcmp (gtk_widget_get_name (in), name) == 0 : g_type_is_a (G_OBJECT_TYPE (in), type))
    if ((*nth)-- == 0)
      return in;
  for (GtkWidget *child = gtk_widget_get_first_child (in); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, name, type, nth);
    if (found != NULL)
      return found;
  }
  return NULL;
}

GtkWidget *
driver_find (Driver *driver, const char *name)
{
  guint nth = 0;
  GtkWidget *found = find (GTK_WIDGET (driver->window), name, G_TYPE_NONE, &nth);

  if (found == NULL)
    g_error ("there is no widget named %s", name);
  return found;
}

GtkWidget *
driver_find_type (GtkWidget *in, GType type, guint nth)
{
  GtkWidget *found = find (in, NULL, type, &nth);

  if (found == NULL)
    g_error ("there is no %s in %s", g_type_name (type), G_OBJECT_TYPE_NAME (in));
  return found;
}

const char *
driver_label (Driver *driver, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (driver_find (driver, name)));
}

gboolean
driver_shows (GtkWidget *in, const char *text)
{
  if (!gtk_widget_get_mapped (in))
    return FALSE;
  if (GTK_IS_LABEL (in) && strstr (gtk_label_get_text (GTK_LABEL (in)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (in); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (driver_shows (child, text))
      return TRUE;
  return FALSE;
}

static void
on_painted (GdkFrameClock *clock, gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* Until everything up to now is on screen. */
static void
wait_for_frame (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &painted);

  gtk_widget_queue_draw (widget);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

cairo_surface_t *
driver_picture (GtkWidget *widget)
{
  wait_for_frame (widget);
  g_autoptr (GdkPaintable) live = gtk_widget_paintable_new (widget);
  g_autoptr (GdkPaintable) paintable = gdk_paintable_get_current_image (live);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  g_autoptr (GskRenderNode) node = gtk_snapshot_to_node (snapshot);
  if (node != NULL)
    gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

guint
driver_count_color (cairo_surface_t *picture, const TwColor *color, double tolerance)
{
  const guint8 *data = cairo_image_surface_get_data (picture);
  int stride = cairo_image_surface_get_stride (picture);
  double wanted[3] = { color->b, color->g, color->r };
  guint count = 0;

  for (int y = 0; y < cairo_image_surface_get_height (picture); y++)
    for (int x = 0; x < cairo_image_surface_get_width (picture); x++) {
      gboolean same = TRUE;
      for (int c = 0; c < 3; c++)
        same &= fabs (data[y * stride + 4 * x + c] / 255.0 - wanted[c]) <= tolerance;
      count += same;
    }
  return count;
}

double
driver_difference (cairo_surface_t *a, cairo_surface_t *b)
{
  int width = cairo_image_surface_get_width (a), height = cairo_image_surface_get_height (a);
  gsize count = 0;

  if (cairo_image_surface_get_width (b) != width || cairo_image_surface_get_height (b) != height)
    return 1;
  for (int y = 0; y < height; y++) {
    const guint8 *row[2] = { cairo_image_surface_get_data (a) + y * cairo_image_surface_get_stride (a),
                             cairo_image_surface_get_data (b) + y * cairo_image_surface_get_stride (b) };
    for (int x = 0; x < width; x++) {
      int most = 0;
      for (int c = 0; c < 3; c++)
        most = MAX (most, abs (row[0][4 * x + c] - row[1][4 * x + c]));
      count += most > 51;
    }
  }
  return (double)count / ((double)width * height);
}

cairo_surface_t *
driver_picture_when (Driver *driver, GtkWidget *widget, cairo_surface_t *from, double above, double below)
{
  gint64 end = g_get_monotonic_time () + DRIVER_PATIENCE * G_USEC_PER_SEC;

  for (;;) {
    cairo_surface_t *now = driver_picture (widget);
    double difference = driver_difference (from, now);
    if ((difference > above && difference < below) || g_get_monotonic_time () > end)
      return now;
    cairo_surface_destroy (now);
    driver_live (driver, 0.05);
  }
}

gboolean
driver_same_picture (cairo_surface_t *a, cairo_surface_t *b)
{
  gsize size = (gsize)cairo_image_surface_get_height (a) * (gsize)cairo_image_surface_get_stride (a);

  return cairo_image_surface_get_height (a) == cairo_image_surface_get_height (b) &&
         cairo_image_surface_get_stride (a) == cairo_image_surface_get_stride (b) &&
         memcmp (cairo_image_surface_get_data (a), cairo_image_surface_get_data (b), size) == 0;
}
