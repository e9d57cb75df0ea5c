#include "ui/fold.h"

#include "ui/words.h"

struct _TwFold {
  GtkWidget parent_instance;

  GtkWidget *panes, *first, *second;
  gboolean wanted;
  int need;     /* height of both, as it was when both were last there; 0: not known */
  guint source; /* the second is about to come or go */
};

G_DEFINE_FINAL_TYPE (TwFold, tw_fold, GTK_TYPE_WIDGET)

static void
settle (TwFold *self)
{
  gtk_widget_set_visible (self->second, self->wanted && gtk_widget_get_height (GTK_WIDGET (self)) >= self->need);
}

static gboolean
on_settle (gpointer data)
{
  TwFold *self = data;

  self->source = 0;
  settle (self);
  return G_SOURCE_REMOVE;
}

static GtkSizeRequestMode
tw_fold_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

/* Its height is that of the first alone, so that what stands above gets the height it would like before this grows. */
static void
tw_fold_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                 int *minimum_baseline, int *natural_baseline)
{
  TwFold *self = TW_FOLD (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (self->panes, orientation, for_size, minimum, natural, NULL, NULL);
  } else {
    gtk_widget_measure (self->first, orientation, for_size, minimum, NULL, NULL, NULL);
    *natural = *minimum;
  }
}

static void
tw_fold_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TwFold *self = TW_FOLD (widget);
  gboolean both = gtk_widget_get_visible (self->second);
  int need;

  gtk_widget_measure (self->panes, GTK_ORIENTATION_VERTICAL, width, &need, NULL, NULL, NULL);
  if (both)
    self->need = need;
  /* Nothing may come or go while sizes are given out: it does before the next frame. */
  if (both != (self->wanted && height >= self->need) && self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_settle, self, NULL);
  gtk_widget_allocate (self->panes, width, MAX (height, need), baseline, NULL);
}

/* Another size of type: what both need has to be found anew. */
static void
tw_fold_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tw_fold_parent_class)->css_changed (widget, change);
  TW_FOLD (widget)->need = 0;
  gtk_widget_queue_resize (widget);
}

void
tw_fold_set_wanted (TwFold *self, gboolean wanted)
{
  if (self->wanted == wanted)
    return;
  self->wanted = wanted;
  settle (self);
}

static void
tw_fold_dispose (GObject *object)
{
  TwFold *self = TW_FOLD (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->panes, gtk_widget_unparent);
  G_OBJECT_CLASS (tw_fold_parent_class)->dispose (object);
}

static void
tw_fold_class_init (TwFoldClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_fold_dispose;
  widget_class->get_request_mode = tw_fold_get_request_mode;
  widget_class->measure = tw_fold_measure;
  widget_class->size_allocate = tw_fold_size_allocate;
  widget_class->css_changed = tw_fold_css_changed;
  gtk_widget_class_set_css_name (widget_class, "fold");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tw_fold_init (TwFold *self)
{
  self->wanted = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
tw_fold_new (GtkWidget *first, GtkWidget *second)
{
  TwFold *self = g_object_new (TW_TYPE_FOLD, NULL);

  self->panes = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
  tw_set_name (self->panes, "Height of the curves");
  self->first = first;
  self->second = second;
  gtk_paned_set_start_child (GTK_PANED (self->panes), first);
  gtk_paned_set_end_child (GTK_PANED (self->panes), second);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->panes), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->panes), FALSE);
  gtk_widget_set_parent (self->panes, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
