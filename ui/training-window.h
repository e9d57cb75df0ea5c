/* training-window.h: meta-training, watched: the objective over iterations and by problem, and beside it the
 * weights as they are, running on a landscape.  Trainings are folders (core/meta/training.h), by default below
 * the user's data folder. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TW_TYPE_TRAINING_WINDOW (tw_training_window_get_type ())
G_DECLARE_FINAL_TYPE (TwTrainingWindow, tw_training_window, TW, TRAINING_WINDOW, GtkApplicationWindow)

GtkWidget *tw_training_window_new (GtkApplication *application);

G_END_DECLS
