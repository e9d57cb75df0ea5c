/* driver.h: a real window, driven with real pointer and key events, and what can be seen on it. */
#pragma once

#include "ui/application.h"

typedef struct {
  TwWindow *window;
  TwSession *session;
  unsigned long xid;
} Driver;

/* Runs the program on `experiment` (NULL: the opening comparison) with `body` at work in it, until it
 * returns. */
void driver_run (const TwExperiment *experiment, void (*body) (Driver *driver));

/* Lets the program live until `condition` holds; the test fails where it does not within a minute and a half, which
 * is long because the machine may be busy. */
#define DRIVER_PATIENCE 90
#define driver_wait(driver, condition)                                                                       \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    gint64 end_ = g_get_monotonic_time () + DRIVER_PATIENCE * G_USEC_PER_SEC;                                \
    while (!(condition)) {                                                                                   \
      if (g_get_monotonic_time () > end_)                                                                    \
        g_error ("%s:%d: after %d s still not: %s", __FILE__, __LINE__, DRIVER_PATIENCE, #condition);        \
      driver_live (driver, 0.005);                                                                           \
    }                                                                                                        \
  }                                                                                                          \
  G_STMT_END
void driver_live (Driver *driver, double seconds);
/* Another window of the program, once it is there, with the keyboard: all below works on it then. */
Driver driver_other_window (Driver *driver, GType type);
void driver_focus (Driver *driver);

/* Events, through the X server.  Keys as xdotool names them; positions in pixels of the widget. */
void driver_key (Driver *driver, const char *keys);
void driver_type (Driver *driver, const char *text);
void driver_point (Driver *driver, GtkWidget *widget, double x, double y);
void driver_press (Driver *driver);
void driver_release (Driver *driver);
/* Press, move, release in one go: a slider takes a press that rests for half a second for something else. */
void driver_drag (Driver *driver, GtkWidget *widget, double x0, double y0, double x1, double y1);
void driver_wheel (Driver *driver, int clicks); /* > 0: away from the user, as to zoom in */
void driver_double_click (Driver *driver);
/* Until the next of these with down FALSE: "shift", "ctrl". */
void driver_modifier (Driver *driver, const char *key, gboolean down);
void driver_click (Driver *driver, GtkWidget *widget, double x, double y);

/* What is there to see.  Widgets by name, CSS class or type; the first in the order of the window. */
GtkWidget *driver_find (Driver *driver, const char *name);
GtkWidget *driver_find_type (GtkWidget *in, GType type, guint nth);
const char *driver_label (Driver *driver, const char *name); /* text of a label */
gboolean driver_shows (GtkWidget *in, const char *text);     /* a visible label with these words in it */

/* The widget as it looks: pixels (height, stride) of CAIRO_FORMAT_RGB24. */
cairo_surface_t *driver_picture (GtkWidget *widget);
/* Pixels within `tolerance` (0 to 1, each channel) of a colour. */
guint driver_count_color (cairo_surface_t *picture, const TwColor *color, double tolerance);
/* Share of the pixels (0 to 1) that differ by more than a fifth of the range in some channel; 1 if sizes differ. */
double driver_difference (cairo_surface_t *a, cairo_surface_t *b);
/* The widget's picture when it differs from `from` by more than `above` and less than `below`, which is at the next
 * frame or when a worker is done; after DRIVER_PATIENCE as it is. */
cairo_surface_t *driver_picture_when (Driver *driver, GtkWidget *widget, cairo_surface_t *from, double above,
                                      double below);
gboolean driver_same_picture (cairo_surface_t *a, cairo_surface_t *b);
