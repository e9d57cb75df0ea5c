#include "ui/autosave.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>

struct _TwAutosave {
  char *path, *lock_path;
  int lock; /* held while it lives */
};

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "thalweg", NULL);
}

/* Opens and locks; -1 where somebody holds it. */
static int
take_lock (const char *path, int flags)
{
  int fd = g_open (path, flags | O_CLOEXEC, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0) {
    close (fd);
    return -1;
  }
  return fd;
}

TwAutosave *
tw_autosave_new (void)
{
  g_autofree char *folder = get_folder (), *uuid = g_uuid_string_random ();
  g_autofree char *lock_name = g_strconcat (uuid, ".lock", NULL),
                  *name = g_strconcat (uuid, ".thalweg", NULL);
  g_autofree char *lock_path = g_build_filename (folder, lock_name, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return NULL;
  int lock = take_lock (lock_path, O_RDWR | O_CREAT | O_EXCL);
  if (lock < 0)
    return NULL;
  TwAutosave *autosave = g_new0 (TwAutosave, 1);
  autosave->path = g_build_filename (folder, name, NULL);
  autosave->lock_path = g_steal_pointer (&lock_path);
  autosave->lock = lock;
  return autosave;
}

void
tw_autosave_write (TwAutosave *autosave, const TwExperiment *experiment, const char *origin)
{
  g_autoptr (GError) error = NULL;

  if (autosave == NULL)
    return;
  /* Where it came from stands in the lock file, which is small and only of interest together with the other.
   */
  gsize length = origin != NULL ? strlen (origin) : 0;
  if (ftruncate (autosave->lock, 0) != 0 || pwrite (autosave->lock, origin, length, 0) != (gssize)length)
    g_message ("autosave: %s", g_strerror (errno));
  if (!tw_experiment_save (experiment, autosave->path, &error))
    g_message ("autosave: %s", error->message);
}

void
tw_autosave_clear (TwAutosave *autosave)
{
  if (autosave != NULL)
    g_unlink (autosave->path);
}

void
tw_autosave_free (TwAutosave *autosave)
{
  if (autosave == NULL)
    return;
  g_unlink (autosave->path);
  g_unlink (autosave->lock_path);
  close (autosave->lock);
  g_free (autosave->path);
  g_free (autosave->lock_path);
  g_free (autosave);
}

/* The experiment of a pair whose lock is ours now. */
static TwExperiment *
take_pair (const char *lock_path, char **origin)
{
  g_autofree char *stem = g_strndup (lock_path, strlen (lock_path) - strlen (".lock"));
  g_autofree char *path = g_strconcat (stem, ".thalweg", NULL), *text = NULL;
  TwExperiment *experiment = tw_experiment_load (path, NULL);

  if (experiment != NULL && !tw_experiment_check (experiment, NULL))
    g_clear_pointer (&experiment, tw_experiment_free);
  if (experiment != NULL && g_file_get_contents (lock_path, &text, NULL, NULL) && *text != '\0')
    *origin = g_steal_pointer (&text);
  g_unlink (path);
  g_unlink (lock_path);
  return experiment;
}

TwExperiment *
tw_autosave_take_crashed (char **origin)
{
  g_autofree char *folder = get_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  TwExperiment *experiment = NULL;
  const char *name;

  *origin = NULL;
  while (dir != NULL && experiment == NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (name, ".lock"))
      continue;
    g_autofree char *lock_path = g_build_filename (folder, name, NULL);
    int lock = take_lock (lock_path, O_RDWR);
    if (lock < 0)
      continue;
    experiment = take_pair (lock_path, origin);
    close (lock);
  }
  return experiment;
}
