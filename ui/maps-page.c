#include "ui/maps-page.h"

#include <string.h>

#include "ui/basins-panel.h"
#include "ui/optimizer-editor.h"
#include "ui/sweep-panel.h"
#include "ui/words.h"

struct _TwMapsPage {
  GtkBox parent_instance;

  TwSession *session;
  GtkDropDown *optimizers;
  GtkStack *stack;
  GtkLabel *words;
  TwMapPanel *maps[2];
  gsize chosen; /* optimizer */
  char *spec;   /* of it, to find it again where it was moved */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (TwMapsPage, tw_maps_page, GTK_TYPE_BOX)

static TwMapPanel *
visible_map (TwMapsPage *self)
{
  return self->maps[g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "settings") == 0];
}

static void
show_words (TwMapsPage *self)
{
  TwMapPanel *map = visible_map (self);
  double x, y;
  gboolean has_map = tw_map_panel_get_place (map, 0, 0, &x, &y);

  /* Where there is no map its words stand in the place of it, and need not be read twice. */
  gtk_label_set_text (self->words, tw_map_panel_get_words (map));
  gtk_widget_set_opacity (GTK_WIDGET (self->words), !has_map ? 0 : tw_map_panel_is_stale (map) ? 0.4 : 1);
}

/* Which optimizer */

gsize
tw_maps_page_get_optimizer (TwMapsPage *self)
{
  return self->chosen;
}

static void
choose (TwMapsPage *self, gsize optimizer)
{
  const GPtrArray *specs = tw_session_get_experiment (self->session)->optimizers;

  self->chosen = optimizer;
  g_free (self->spec);
  self->spec = optimizer < specs->len ? g_strdup (specs->pdata[optimizer]) : NULL;
  for (int i = 0; i < 2; i++)
    tw_map_panel_set_optimizer (self->maps[i], optimizer);
}

/* The same one after the list has changed: where it stands now, or what it was made. */
static gsize
find_chosen (TwMapsPage *self)
{
  const GPtrArray *specs = tw_session_get_experiment (self->session)->optimizers;

  if (self->chosen < specs->len && g_strcmp0 (specs->pdata[self->chosen], self->spec) == 0)
    return self->chosen;
  for (guint i = 0; i < specs->len; i++)
    if (g_strcmp0 (specs->pdata[i], self->spec) == 0)
      return i;
  return MIN (self->chosen, specs->len - 1);
}

static void
fill (TwMapsPage *self)
{
  const TwExperiment *experiment = tw_session_get_experiment (self->session);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint o = 0; o < experiment->optimizers->len; o++) {
    g_autofree char *words = tw_optimizer_words (experiment, o);
    g_strv_builder_add (builder, words);
  }
  g_auto (GStrv) names = g_strv_builder_end (builder);
  self->updating = TRUE;
  choose (self, find_chosen (self));
  tw_drop_down_show_names (self->optimizers, (const char *const *)names, (guint)self->chosen);
  self->updating = FALSE;
}

static void
on_optimizer (GtkDropDown *drop_down, GParamSpec *pspec, TwMapsPage *self)
{
  guint selected = gtk_drop_down_get_selected (drop_down);

  if (!self->updating && selected != GTK_INVALID_LIST_POSITION)
    choose (self, selected);
}

static void
on_session_changed (TwSession *session, guint changes, TwMapsPage *self)
{
  if (changes & TW_SESSION_PROBLEM) /* the landscape will show all of it */
    tw_basins_panel_set_domain (TW_BASINS_PANEL (self->maps[0]), NULL);
  if (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS))
    fill (self);
}

static void
on_view_changed (TwLandscapePanel *landscape, TwMapsPage *self)
{
  double domain[4];
  gboolean part = tw_landscape_panel_get_shown (landscape, domain);

  tw_basins_panel_set_domain (TW_BASINS_PANEL (self->maps[0]), part ? domain : NULL);
}

/* Parts */

static void
on_item_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_list_item_set_child (item, label);
}

static void
on_item_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkStringObject *string = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (string));
}

static GtkWidget *
make_bar (TwMapsPage *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *drop_down = gtk_drop_down_new (NULL, NULL);
  GtkWidget *tabs = gtk_stack_switcher_new ();
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_item_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_item_bind), NULL);
  self->optimizers = GTK_DROP_DOWN (drop_down);
  gtk_drop_down_set_factory (self->optimizers, factory);
  gtk_widget_set_name (drop_down, "maps-optimizer");
  tw_set_words (drop_down, "Which optimizer");
  gtk_widget_set_hexpand (drop_down, TRUE);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_optimizer), self);
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (tabs), self->stack);
  tw_set_name (tabs, "Kind of map");
  gtk_box_append (GTK_BOX (bar), drop_down);
  gtk_box_append (GTK_BOX (bar), tabs);
  gtk_widget_add_css_class (bar, "inside-bar");
  return bar;
}

static void
tw_maps_page_dispose (GObject *object)
{
  TwMapsPage *self = TW_MAPS_PAGE (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->spec, g_free);
  G_OBJECT_CLASS (tw_maps_page_parent_class)->dispose (object);
}

static void
tw_maps_page_class_init (TwMapsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_maps_page_dispose;
}

static void
tw_maps_page_init (TwMapsPage *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
tw_maps_page_new (TwSession *session, TwLandscapePanel *landscape)
{
  TwMapsPage *self = g_object_new (TW_TYPE_MAPS_PAGE, NULL);

  self->session = g_object_ref (session);
  /* Before the maps hear of it, so that they look at the right optimizer. */
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  self->maps[0] = TW_MAP_PANEL (tw_basins_panel_new (session));
  self->maps[1] = TW_MAP_PANEL (tw_sweep_panel_new (session));
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_titled (self->stack, tw_panel_wrap (TW_PANEL (self->maps[0])), "starts", "Starts");
  gtk_stack_add_titled (self->stack, tw_panel_wrap (TW_PANEL (self->maps[1])), "settings", "Settings");
  gtk_widget_set_name (GTK_WIDGET (self->stack), "maps-stack");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_yalign (self->words, 0);
  gtk_widget_set_name (GTK_WIDGET (self->words), "maps-words");
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "maps-words");
  gtk_box_append (GTK_BOX (self), make_bar (self));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->stack));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->words));
  for (int i = 0; i < 2; i++)
    g_signal_connect_object (self->maps[i], "told", G_CALLBACK (show_words), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stack, "notify::visible-child", G_CALLBACK (show_words), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (landscape, "view-changed", G_CALLBACK (on_view_changed), self, 0);
  fill (self);
  return GTK_WIDGET (self);
}
