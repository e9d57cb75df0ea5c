/* background.h: work on other threads that nobody joins, and that may not outlive the program's main(): when a
 * process exits OpenBLAS gives the memory back that its products are in the middle of using.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void tw_background_run (GTask *task, GTaskThreadFunc work); /* g_task_run_in_thread(), counted */
/* Around what runs on a thread of its own: before the thread is made, and the last thing it does. */
void tw_background_begin (void);
void tw_background_end (void);
/* Until all of it has ended, which what is cancelled does soon; at most a few seconds. */
void tw_background_wait (void);

G_END_DECLS
