/* variants.h: the learned optimizer is compiled twice where there may be AVX-512.
 *
 * A vector of 64 bytes is no good on a processor whose registers have 32, and the other way round half of each
 * register would idle; the width is a constant all over the kernels and in the padding of what they share.  So the
 * files that know it are compiled with TW_VARIANT=_narrow and, for x86-64-v4, once more with TW_VARIANT=_wide
 * (which sets TW_WIDE).  Here their functions get that ending; variants.c has the plain names, and chooses.
 */
#pragma once

#ifdef TW_VARIANT
#define TW_VARIANT_PASTE_(name, ending) name##ending
#define TW_VARIANT_PASTE(name, ending) TW_VARIANT_PASTE_ (name, ending)
#define TW_VARIANT_NAME(name) TW_VARIANT_PASTE (name, TW_VARIANT)

/* what others call */
#define tw_hrnn_state_bytes TW_VARIANT_NAME (tw_hrnn_state_bytes)
#define tw_hrnn_state_new TW_VARIANT_NAME (tw_hrnn_state_new)
#define tw_hrnn_state_reset TW_VARIANT_NAME (tw_hrnn_state_reset)
#define tw_hrnn_state_reset_level TW_VARIANT_NAME (tw_hrnn_state_reset_level)
#define tw_hrnn_state_copy TW_VARIANT_NAME (tw_hrnn_state_copy)
#define tw_hrnn_state_free TW_VARIANT_NAME (tw_hrnn_state_free)
#define tw_hrnn_new TW_VARIANT_NAME (tw_hrnn_new)
#define tw_hrnn_set_weights TW_VARIANT_NAME (tw_hrnn_set_weights)
#define tw_hrnn_set_timescale TW_VARIANT_NAME (tw_hrnn_set_timescale)
#define tw_hrnn_free TW_VARIANT_NAME (tw_hrnn_free)
#define tw_hrnn_step TW_VARIANT_NAME (tw_hrnn_step)
#define tw_hrnn_tape_size TW_VARIANT_NAME (tw_hrnn_tape_size)
#define tw_hrnn_tape_new TW_VARIANT_NAME (tw_hrnn_tape_new)
#define tw_hrnn_tape_free TW_VARIANT_NAME (tw_hrnn_tape_free)
#define tw_hrnn_tape_begin TW_VARIANT_NAME (tw_hrnn_tape_begin)
#define tw_hrnn_tape_step TW_VARIANT_NAME (tw_hrnn_tape_step)
#define tw_hrnn_tape_get_state TW_VARIANT_NAME (tw_hrnn_tape_get_state)
#define tw_hrnn_backward_begin TW_VARIANT_NAME (tw_hrnn_backward_begin)
#define tw_hrnn_backward_step TW_VARIANT_NAME (tw_hrnn_backward_step)
#define tw_hrnn_backward_magnitude TW_VARIANT_NAME (tw_hrnn_backward_magnitude)
#define tw_hrnn_backward_cut TW_VARIANT_NAME (tw_hrnn_backward_cut)
#define tw_hrnn_backward_end TW_VARIANT_NAME (tw_hrnn_backward_end)
#define tw_hrnn_backward_add_gradient TW_VARIANT_NAME (tw_hrnn_backward_add_gradient)
#define tw_tape_weights_new TW_VARIANT_NAME (tw_tape_weights_new)
#define tw_tape_weights_set TW_VARIANT_NAME (tw_tape_weights_set)
#define tw_tape_weights_free TW_VARIANT_NAME (tw_tape_weights_free)
/* what they call among themselves */
#define tw_hrnn_rows_work TW_VARIANT_NAME (tw_hrnn_rows_work)
#define tw_hrnn_rows_step TW_VARIANT_NAME (tw_hrnn_rows_step)
#define tw_hrnn_rows_load TW_VARIANT_NAME (tw_hrnn_rows_load)
#define tw_hrnn_rows_store TW_VARIANT_NAME (tw_hrnn_rows_store)
#define tw_hrnn_rows_apply TW_VARIANT_NAME (tw_hrnn_rows_apply)
#define tw_hrnn_rows_sum TW_VARIANT_NAME (tw_hrnn_rows_sum)
#define tw_hrnn_levels_linear TW_VARIANT_NAME (tw_hrnn_levels_linear)
#define tw_hrnn_levels_step TW_VARIANT_NAME (tw_hrnn_levels_step)
#define tw_hrnn_pack_layout TW_VARIANT_NAME (tw_hrnn_pack_layout)
#define tw_hrnn_pack_weights TW_VARIANT_NAME (tw_hrnn_pack_weights)
#define tw_linear_add TW_VARIANT_NAME (tw_linear_add)
#define tw_linear_set TW_VARIANT_NAME (tw_linear_set)
#endif
