/* compare-driver.h: what tests of comparing share: the list of optimizers, and controls by pointer and keys. */
#pragma once

#include "tests/ui/driver.h"

G_BEGIN_DECLS

GtkWidget *compare_part (Driver *driver, GType type); /* the first of that type in the window */
guint compare_count (Driver *driver);                 /* optimizers of the experiment */
const char *compare_spec_of (Driver *driver, guint i); /* "" where there is none */
double compare_final_loss (Driver *driver, guint optimizer);

void compare_click_on (Driver *driver, GtkWidget *widget);
/* Popovers are surfaces of their own: a click there is one of the widget's, not of the pointer. */
void compare_press (Driver *driver, const char *name);
/* What is in a popover's entry is replaced with real keys. */
void compare_retype (Driver *driver, const char *name, const char *text);

G_END_DECLS
