/* fuzz.h: a parser under any bytes.  libFuzzer finds them (tests/fuzz/run); the test suite goes through the
 * corpus again (replay.c). */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);
