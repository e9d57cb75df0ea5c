#include "ui/strip-layout.h"

#define UNLIMITED (1 << 20)

struct _TwStripLayout {
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (TwStripLayout, tw_strip_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
tw_strip_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tw_strip_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation,
                         int for_size, int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size < 0)
    for_size = UNLIMITED;
  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
tw_strip_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static void
tw_strip_layout_class_init (TwStripLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  manager_class->get_request_mode = tw_strip_layout_get_request_mode;
  manager_class->measure = tw_strip_layout_measure;
  manager_class->allocate = tw_strip_layout_allocate;
}

static void
tw_strip_layout_init (TwStripLayout *layout)
{
}
