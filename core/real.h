/* real.h: the type in which networks (the learned optimizer, network tasks) compute.
 *
 * Coordinates, losses and gradients are always double.  Tests build the same sources with
 * TW_REAL_DOUBLE to check derivatives to many digits.
 */
#pragma once

#ifdef TW_REAL_DOUBLE
typedef double TwReal;
#else
typedef float TwReal;
#endif
