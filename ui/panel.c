#include "ui/panel.h"

#include <string.h>

#include "ui/words.h"
typedef struct {
  TwSession *session;
  char *title, *subtitle, *help;
  GtkWidget *controls; /* a box; NULL: none */
  guint changes;
  int width, height, scale;
  const TwTheme *theme;
  double font_size;
} TwPanelPrivate;

enum { PROP_0, PROP_SESSION, PROP_TITLE, PROP_SUBTITLE, PROP_HELP, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TwPanel, tw_panel, GTK_TYPE_WIDGET)

#define PRIVATE(panel) ((TwPanelPrivate *)tw_panel_get_instance_private (panel))

#define TITLE_WIDTH 18 /* characters of a long one that are always there */

/* Layers */

cairo_t *
tw_layer_begin (TwLayer *layer, const graphene_rect_t *bounds)
{
  tw_layer_clear (layer);
  layer->node = gsk_cairo_node_new (bounds);
  return gsk_cairo_node_get_draw_context (layer->node);
}

void
tw_layer_append (const TwLayer *layer, GtkSnapshot *snapshot)
{
  if (layer->node != NULL)
    gtk_snapshot_append_node (snapshot, layer->node);
}

void
tw_layer_clear (TwLayer *layer)
{
  g_clear_pointer (&layer->node, gsk_render_node_unref);
}

/* The look */

const TwTheme *
tw_theme_of_widget (GtkWidget *widget)
{
  GdkRGBA text;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  gboolean dark = 0.3 * text.red + 0.6 * text.green + 0.1 * text.blue > 0.5;
  GtkRoot *root = gtk_widget_get_root (widget);
  return root != NULL && gtk_widget_has_css_class (GTK_WIDGET (root), "lecture") ? tw_theme_get_large (dark)
                                                                                 : tw_theme_get (dark);
}

static double
font_size_of_widget (GtkWidget *widget)
{
  const PangoFontDescription *font =
    pango_context_get_font_description (gtk_widget_get_pango_context (widget));
  double size = (double)pango_font_description_get_size (font) / PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= 96.0 / 72.0;
  return size > 0 ? 0.78 * size : 11;
}

static void
note_looks (TwPanel *panel)
{
  TwPanelPrivate *own = PRIVATE (panel);
  GtkWidget *widget = GTK_WIDGET (panel);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  const TwTheme *theme = tw_theme_of_widget (widget);
  double font_size = font_size_of_widget (widget);

  if (own->width != width || own->height != height || own->scale != scale || own->theme != theme ||
      own->font_size != font_size)
    own->changes |= TW_PANEL_LOOKS;
  own->width = width;
  own->height = height;
  own->scale = scale;
  own->theme = theme;
  own->font_size = font_size;
}

static void
tw_panel_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TwPanel *panel = TW_PANEL (widget);
  TwPanelPrivate *own = PRIVATE (panel);
  TwPanelClass *klass = TW_PANEL_GET_CLASS (panel);

  note_looks (panel);
  guint changes = own->changes;
  own->changes = 0;
  if (changes != 0 && klass->update != NULL)
    klass->update (panel, changes);
  klass->draw (panel, snapshot, own->theme, own->width, own->height);
}

void
tw_panel_draw_words (TwPanel *panel, GtkSnapshot *snapshot, const graphene_rect_t *area, const char *words)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (panel), words);
  const TwTheme *theme = tw_panel_get_theme (panel);
  GdkRGBA color = { (float)theme->dim.r, (float)theme->dim.g, (float)theme->dim.b, 1 };
  float margin = MIN (24, area->size.width / 8);
  int height;

  pango_layout_set_width (layout, (int)((area->size.width - 2 * margin) * PANGO_SCALE));
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
    snapshot,
    &GRAPHENE_POINT_INIT (area->origin.x + margin, area->origin.y + (area->size.height - (float)height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

/* The session */

static void
on_session_changed (TwSession *session, guint changes, TwPanel *panel)
{
  TwPanelClass *klass = TW_PANEL_GET_CLASS (panel);

  changes &= klass->interests;
  /* At once, and not while drawing: labels must not change their size there. */
  if ((changes & ~(guint)(TW_SESSION_STEP | TW_SESSION_ROWS)) != 0 && klass->describe != NULL)
    klass->describe (panel);
  if (changes != 0)
    tw_panel_invalidate (panel, changes);
}

void
tw_panel_invalidate (TwPanel *panel, guint changes)
{
  PRIVATE (panel)->changes |= changes;
  gtk_widget_queue_draw (GTK_WIDGET (panel));
}

TwSession *
tw_panel_get_session (TwPanel *panel)
{
  return PRIVATE (panel)->session;
}

const TwTheme *
tw_panel_get_theme (TwPanel *panel)
{
  TwPanelPrivate *own = PRIVATE (panel);

  return own->theme != NULL ? own->theme : tw_theme_of_widget (GTK_WIDGET (panel));
}

double
tw_panel_get_font_size (TwPanel *panel)
{
  return PRIVATE (panel)->font_size;
}

const char *
tw_panel_get_title (TwPanel *panel)
{
  return PRIVATE (panel)->title;
}

void
tw_panel_set_title (TwPanel *panel, const char *title)
{
  g_object_set (panel, "title", title, NULL);
}

void
tw_panel_set_subtitle (TwPanel *panel, const char *subtitle)
{
  g_object_set (panel, "subtitle", subtitle, NULL);
}

/* The heading */

GtkWidget *
tw_help_button_new (const char *title, const char *help)
{
  GtkWidget *button = gtk_menu_button_new (), *popover = gtk_popover_new (),
            *label = gtk_label_new (help);
  g_autofree char *tooltip = g_strdup_printf ("About “%s”", title);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_popover_set_child (GTK_POPOVER (popover), label);
  gtk_widget_add_css_class (popover, "help");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "help-about-symbolic");
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  tw_set_words (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "help");
  return button;
}

void
tw_panel_add_control (TwPanel *panel, GtkWidget *control)
{
  TwPanelPrivate *own = PRIVATE (panel);

  if (own->controls == NULL)
    own->controls = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4));
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (control, FALSE);
  gtk_box_append (GTK_BOX (own->controls), control);
}

/* A title is never cut off, but where it is a long formula, which would widen the window. */
static void
on_title (GtkLabel *title)
{
  gboolean is_long = g_utf8_strlen (gtk_label_get_text (title), -1) > TITLE_WIDTH;

  gtk_label_set_ellipsize (title, is_long ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_width_chars (title, is_long ? TITLE_WIDTH : -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (title), is_long ? gtk_label_get_text (title) : NULL);
}

GtkWidget *
tw_panel_wrap (TwPanel *panel)
{
  TwPanelPrivate *own = PRIVATE (panel);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0),
            *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *title = gtk_label_new (NULL), *subtitle = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  g_signal_connect (title, "notify::label", G_CALLBACK (on_title), NULL);
  g_object_bind_property (panel, "title", title, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (panel, "subtitle", subtitle, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (panel, "subtitle", subtitle, "tooltip-text", G_BINDING_SYNC_CREATE); /* where it is cut off */
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_add_css_class (subtitle, "dim-label");
  gtk_widget_add_css_class (subtitle, "caption");
  gtk_label_set_ellipsize (GTK_LABEL (subtitle), PANGO_ELLIPSIZE_END);
  /* It takes what is left; other words in it move nothing. */
  gtk_label_set_width_chars (GTK_LABEL (subtitle), 8);
  gtk_label_set_max_width_chars (GTK_LABEL (subtitle), 8);
  gtk_label_set_xalign (GTK_LABEL (subtitle), 0);
  gtk_widget_set_hexpand (subtitle, TRUE);
  gtk_widget_add_css_class (heading, "panel-heading");
  gtk_box_append (GTK_BOX (heading), title);
  gtk_box_append (GTK_BOX (heading), subtitle);
  if (own->controls != NULL)
    gtk_box_append (GTK_BOX (heading), own->controls);
  if (own->help != NULL)
    gtk_box_append (GTK_BOX (heading), tw_help_button_new (own->title, own->help));
  gtk_widget_set_hexpand (GTK_WIDGET (panel), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (panel), TRUE);
  gtk_widget_add_css_class (box, "panel");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (panel));
  return box;
}

/* Lists */

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, gpointer cut_off)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (GPOINTER_TO_INT (cut_off)) {
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars (GTK_LABEL (label), 7);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
  }
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, gpointer cut_off)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static GtkListItemFactory *
make_factory (gboolean cut_off)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GINT_TO_POINTER (cut_off));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GINT_TO_POINTER (cut_off));
  return factory;
}

GtkWidget *
tw_drop_down_new_narrow (void)
{
  GtkWidget *list = gtk_drop_down_new (NULL, NULL);
  g_autoptr (GtkListItemFactory) short_names = make_factory (TRUE), names = make_factory (FALSE);

  gtk_drop_down_set_factory (GTK_DROP_DOWN (list), short_names);
  gtk_drop_down_set_list_factory (GTK_DROP_DOWN (list), names);
  return list;
}

void
tw_drop_down_show_names (GtkDropDown *list, const char *const *names, guint selected)
{
  GListModel *model = gtk_drop_down_get_model (list);
  guint n = g_strv_length ((char **)names);
  gboolean same = model != NULL && g_list_model_get_n_items (model) == n;

  for (guint i = 0; same && i < n; i++)
    same = strcmp (gtk_string_list_get_string (GTK_STRING_LIST (model), i), names[i]) == 0;
  if (!same) {
    g_autoptr (GtkStringList) strings = gtk_string_list_new (names);
    gtk_drop_down_set_model (list, G_LIST_MODEL (strings));
  }
  gtk_drop_down_set_selected (list, selected);
}

/* The object */

static void
tw_panel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwPanelPrivate *own = PRIVATE (TW_PANEL (object));

  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, own->session);
    break;
  case PROP_TITLE:
    g_value_set_string (value, own->title);
    break;
  case PROP_SUBTITLE:
    g_value_set_string (value, own->subtitle);
    break;
  case PROP_HELP:
    g_value_set_string (value, own->help);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tw_panel_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwPanelPrivate *own = PRIVATE (TW_PANEL (object));

  switch (id) {
  case PROP_SESSION:
    own->session = g_value_dup_object (value);
    if (own->session != NULL)
      g_signal_connect_object (own->session, "changed", G_CALLBACK (on_session_changed), object, 0);
    break;
  case PROP_TITLE:
    g_free (own->title);
    own->title = g_value_dup_string (value);
    gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    own->title != NULL ? own->title : "", -1);
    break;
  case PROP_SUBTITLE:
    g_free (own->subtitle);
    own->subtitle = g_value_dup_string (value);
    break;
  case PROP_HELP:
    g_free (own->help);
    own->help = g_value_dup_string (value);
    gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    own->help != NULL ? own->help : "", -1);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tw_panel_constructed (GObject *object)
{
  TwPanelClass *klass = TW_PANEL_GET_CLASS (object);

  G_OBJECT_CLASS (tw_panel_parent_class)->constructed (object);
  if (klass->describe != NULL)
    klass->describe (TW_PANEL (object));
}

static void
tw_panel_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tw_panel_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
tw_panel_finalize (GObject *object)
{
  TwPanelPrivate *own = PRIVATE (TW_PANEL (object));

  g_clear_object (&own->session);
  g_clear_object (&own->controls);
  g_free (own->title);
  g_free (own->subtitle);
  g_free (own->help);
  G_OBJECT_CLASS (tw_panel_parent_class)->finalize (object);
}

static void
tw_panel_class_init (TwPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->constructed = tw_panel_constructed;
  object_class->get_property = tw_panel_get_property;
  object_class->set_property = tw_panel_set_property;
  object_class->finalize = tw_panel_finalize;
  widget_class->snapshot = tw_panel_snapshot;
  widget_class->css_changed = tw_panel_css_changed;
  props[PROP_SESSION] =
    g_param_spec_object ("session", NULL, NULL, TW_TYPE_SESSION, flags | G_PARAM_CONSTRUCT_ONLY);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags | G_PARAM_CONSTRUCT);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  props[PROP_HELP] = g_param_spec_string ("help", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "panelview");
  klass->interests = TW_SESSION_ALL;
}

static void
tw_panel_init (TwPanel *panel)
{
  PRIVATE (panel)->changes = TW_SESSION_ALL | TW_PANEL_LOOKS;
  gtk_widget_set_overflow (GTK_WIDGET (panel), GTK_OVERFLOW_HIDDEN);
}
