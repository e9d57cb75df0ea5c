#include "ui/color-scheme.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_SETTINGS "org.freedesktop.portal.Settings"
#define NAMESPACE "org.freedesktop.appearance"
#define KEY "color-scheme"

struct _TwColorSchemeWatch {
  GCancellable *cancellable;
  GDBusConnection *bus; /* NULL where there is none */
  guint subscription;
  gboolean own_default; /* of GTK, before it was changed */
  TwColorScheme scheme; /* of the user */
  guint32 system;       /* 0 no preference, 1 dark, 2 light */
};

static void
apply (TwColorSchemeWatch *watch)
{
  GtkSettings *settings = gtk_settings_get_default ();
  gboolean dark = watch->scheme == TW_COLOR_SCHEME_SYSTEM
                    ? watch->system == 1 || (watch->system == 0 && watch->own_default)
                    : watch->scheme == TW_COLOR_SCHEME_DARK;

  g_object_set (settings, "gtk-application-prefer-dark-theme", dark, NULL);
}

static void
take (TwColorSchemeWatch *watch, GVariant *value)
{
  /* Read() of the portal wraps the value in one variant more than it says. */
  g_autoptr (GVariant) inner = g_variant_ref (value);

  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT)) {
    GVariant *unwrapped = g_variant_get_variant (inner);
    g_variant_unref (inner);
    inner = unwrapped;
  }
  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    return;
  watch->system = g_variant_get_uint32 (inner);
  apply (watch);
}

static void
on_setting_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                    const char *signal, GVariant *parameters, gpointer data)
{
  const char *name_space, *key;
  g_autoptr (GVariant) value = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&sv)", &name_space, &key, &value);
  if (g_str_equal (name_space, NAMESPACE) && g_str_equal (key, KEY))
    take (data, value);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* Cancelled: the watch is gone.  No portal: GTK's own setting stands. */
  if (answer == NULL)
    return;
  g_autoptr (GVariant) value = g_variant_get_child_value (answer, 0);
  take (data, value);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  TwColorSchemeWatch *watch = data;

  if (bus == NULL)
    return;
  watch->bus = bus;
  watch->subscription =
    g_dbus_connection_signal_subscribe (bus, PORTAL, PORTAL_SETTINGS, "SettingChanged", PORTAL_PATH,
                                        NAMESPACE, G_DBUS_SIGNAL_FLAGS_NONE, on_setting_changed, watch, NULL);
  g_dbus_connection_call (bus, PORTAL, PORTAL_PATH, PORTAL_SETTINGS, "Read",
                          g_variant_new ("(ss)", NAMESPACE, KEY), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, 2000, watch->cancellable, on_read, watch);
}

TwColorSchemeWatch *
tw_color_scheme_watch_new (void)
{
  TwColorSchemeWatch *watch = g_new0 (TwColorSchemeWatch, 1);

  watch->cancellable = g_cancellable_new ();
  g_object_get (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", &watch->own_default, NULL);
  g_bus_get (G_BUS_TYPE_SESSION, watch->cancellable, on_bus, watch);
  return watch;
}

void
tw_color_scheme_watch_set (TwColorSchemeWatch *watch, TwColorScheme scheme)
{
  watch->scheme = scheme;
  apply (watch);
}

void
tw_color_scheme_watch_free (TwColorSchemeWatch *watch)
{
  if (watch == NULL)
    return;
  g_cancellable_cancel (watch->cancellable);
  g_object_unref (watch->cancellable);
  if (watch->bus != NULL) {
    g_dbus_connection_signal_unsubscribe (watch->bus, watch->subscription);
    g_object_unref (watch->bus);
  }
  g_free (watch);
}
