#include <math.h>
#include <string.h>

#include "ui/plane-private.h"

#define ZOOM 1.2 /* a notch of the wheel */

static void
show_domain (TwPlanePanel *self, const double domain[4])
{
  self->zoomed = domain != NULL;
  if (domain != NULL)
    memcpy (self->shown, domain, sizeof self->shown);
  tw_panel_invalidate (TW_PANEL (self), TW_PANEL_LOOKS);
}

static void
zoom (TwPlanePanel *self, double factor, double x, double y)
{
  const TwView *view = &self->view;
  double domain[4] = { view->x.min, view->x.max, view->y.min, view->y.max };
  double at[2] = { tw_axis_value (&view->x, (x - view->rect.x) / view->rect.width),
                   tw_axis_value (&view->y, 1 - (y - view->rect.y) / view->rect.height) };

  if (self->scene == NULL)
    return;
  for (int i = 0; i < 4; i++)
    domain[i] = at[i / 2] + (domain[i] - at[i / 2]) * factor;
  show_domain (self, domain);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TwPlanePanel *self)
{
  if (self->scene == NULL || isnan (self->pointer[0]))
    return FALSE;
  zoom (self, pow (ZOOM, dy), self->pointer[0], self->pointer[1]);
  return TRUE;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TwPlanePanel *self)
{
  self->pointer[0] = x;
  self->pointer[1] = y;
}

static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, TwPlanePanel *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n == 2)
    show_domain (self, NULL);
}

/* + and - zoom around the middle, 0 shows all. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, TwPlanePanel *self)
{
  const TwRect *rect = &self->view.rect;
  double x = rect->x + rect->width / 2, y = rect->y + rect->height / 2;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  if (key == GDK_KEY_plus || key == GDK_KEY_equal || key == GDK_KEY_KP_Add)
    zoom (self, 1 / ZOOM, x, y);
  else if (key == GDK_KEY_minus || key == GDK_KEY_KP_Subtract)
    zoom (self, ZOOM, x, y);
  else if (key == GDK_KEY_0 || key == GDK_KEY_KP_0)
    show_domain (self, NULL);
  else
    return FALSE;
  return TRUE;
}

void
tw_plane_panel_add_controllers (TwPlanePanel *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new (), *keys = gtk_event_controller_key_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
