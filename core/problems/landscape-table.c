/* landscape-table.c: reads data/landscapes.json, which is compiled into the program. */
#include "core/problems/landscape.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "core-resources.h"

#define PATH "/org/thalweg/Thalweg/landscapes.json"

static const char *
read_text (JsonObject *row, const char *member)
{
  const char *text = json_object_get_string_member_with_default (row, member, NULL);

  if (text == NULL || *text == '\0')
    g_error ("landscapes.json: a landscape without %s", member);
  return g_intern_string (text);
}

/* Fills out (n) from a list of exactly n numbers. */
static void
read_numbers (JsonArray *list, gsize n, double *out)
{
  if (list == NULL || json_array_get_length (list) != n)
    g_error ("landscapes.json: a list is not of %" G_GSIZE_FORMAT " numbers", n);
  for (guint i = 0; i < n; i++)
    out[i] = json_array_get_double_element (list, i);
}

static double *
read_points (JsonObject *row, const char *member, gsize *n)
{
  JsonArray *list = json_object_get_array_member (row, member);

  *n = json_array_get_length (list);
  double *points = g_new (double, 2 * *n);
  for (guint i = 0; i < *n; i++)
    read_numbers (json_array_get_array_element (list, i), 2, points + 2 * i);
  return points;
}

static void
read_row (JsonObject *row, TwLandscape *landscape)
{
  landscape->name = read_text (row, "name");
  landscape->title = read_text (row, "title");
  landscape->formula = read_text (row, "formula");
  landscape->summary = read_text (row, "summary");
  landscape->source = read_text (row, "source");
  read_numbers (json_object_get_array_member (row, "domain"), 4, landscape->domain);
  landscape->starts = read_points (row, "starts", &landscape->n_starts);
  landscape->minima = read_points (row, "minima", &landscape->n_minima);
  landscape->minimum = json_object_get_double_member (row, "minimum");
}

static GArray *
read_table (void)
{
  g_autoptr (GError) error = NULL;
  /* By this function, not by the constructor: a static library would leave that one out. */
  g_autoptr (GBytes) bytes =
    g_resource_lookup_data (tw_core_get_resource (), PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (bytes == NULL || !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                                                    (gssize)g_bytes_get_size (bytes), &error))
    g_error ("landscapes.json: %s", error->message);

  JsonArray *rows = json_node_get_array (json_parser_get_root (parser));
  GArray *table = g_array_new (FALSE, TRUE, sizeof (TwLandscape));
  g_array_set_size (table, json_array_get_length (rows));
  for (guint i = 0; i < table->len; i++)
    read_row (json_array_get_object_element (rows, i), &g_array_index (table, TwLandscape, i));
  return table;
}

const TwLandscape *
tw_landscapes (gsize *n)
{
  static GArray *table;

  if (g_once_init_enter (&table))
    g_once_init_leave (&table, read_table ());
  *n = table->len;
  return &g_array_index (table, TwLandscape, 0);
}
