#include "core/experiment/lessons.h"

#include <string.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "core-resources.h"

#define FOLDER "/org/thalweg/Thalweg/"

/* A static library would leave the resource's constructor out, so it is asked by name. */
static GBytes *
look_up (const char *file)
{
  g_autofree char *path = g_strconcat (FOLDER, file, NULL);
  g_autoptr (GError) error = NULL;
  GBytes *bytes =
    g_resource_lookup_data (tw_core_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

  if (bytes == NULL)
    g_error ("%s: %s", file, error->message); /* part of the program */
  return bytes;
}

static const char *
read_text (JsonObject *lesson, const char *member)
{
  const char *text = json_object_get_string_member_with_default (lesson, member, NULL);

  if (text == NULL || *text == '\0')
    g_error ("lessons.json: a lesson without %s", member);
  return g_intern_string (text);
}

/* "file": a file of its own that ships with the program; else "experiment": as in such a file. */
static TwExperiment *
read_experiment (JsonObject *lesson, const char *name)
{
  const char *file = json_object_get_string_member_with_default (lesson, "file", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TwExperiment *experiment;

  if (file != NULL) {
    bytes = look_up (file);
  } else {
    char *json = json_to_string (json_object_get_member (lesson, "experiment"), FALSE);
    bytes = g_bytes_new_take (json, strlen (json));
  }
  experiment =
    tw_experiment_from_json (name, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes), &error);
  if (experiment == NULL)
    g_error ("lessons.json: %s", error->message);
  return experiment;
}

static GArray *
read_lessons (void)
{
  g_autoptr (GBytes) bytes = look_up ("lessons.json");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (!json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes),
                                   &error))
    g_error ("lessons.json: %s", error->message);
  JsonArray *list = json_node_get_array (json_parser_get_root (parser));
  GArray *lessons = g_array_new (FALSE, TRUE, sizeof (TwLesson));
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonObject *object = json_array_get_object_element (list, i);
    TwLesson lesson = { .name = read_text (object, "name"),
                        .title = read_text (object, "title"),
                        .text = read_text (object, "text"),
                        .question = read_text (object, "question"),
                        .answer = read_text (object, "answer") };
    lesson.experiment = read_experiment (object, lesson.name);
    g_array_append_val (lessons, lesson);
  }
  return lessons;
}

const TwLesson *
tw_lessons (gsize *n)
{
  static GArray *lessons;

  if (g_once_init_enter (&lessons))
    g_once_init_leave (&lessons, read_lessons ());
  *n = lessons->len;
  return &g_array_index (lessons, TwLesson, 0);
}

gssize
tw_lesson_find (const char *name)
{
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  for (gsize i = 0; i < n; i++)
    if (g_str_equal (lessons[i].name, name))
      return (gssize)i;
  return -1;
}
