/* recurrent.c: h_t = tanh (x_t Wx + h_(t-1) Wh + b), h_0 = 0, over the steps of a row; h_T comes out.
 *
 * Letters: T steps of X features, H units.  A row of the input is (T, X); `kept` is (T, C, H): all h_t.
 */
#include <string.h>

#include "core/tasks/network-private.h"

typedef struct {
  gsize T, X, H;
  const TwReal *wx, *wh, *b; /* (X, H), (H, H), (H) */
} Shape;

static Shape
get_shape (const TwLayer *layer, const TwReal *w)
{
  gsize T = layer->height, X = layer->channels * layer->width, H = layer->out_units;

  return (Shape){ T, X, H, w, w + X * H, w + (X + H) * H };
}

static gsize
recurrent_kept_size (const TwLayer *layer)
{
  return layer->height * layer->out_units;
}

/* Two (C, H): the slopes along z_t, and along h_(t-1). */
static gsize
recurrent_work_size (const TwLayer *layer)
{
  return 2 * TW_NETWORK_ROWS * layer->out_units;
}

static void
recurrent_forward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, TwReal *out,
                   TwReal *kept, TwReal *work)
{
  Shape s = get_shape (layer, w);
  gsize size = rows * s.H;

  for (gsize t = 0; t < s.T; t++) {
    TwReal *h = kept + t * size;
    tw_fill_rows (rows, s.H, s.b, h);
    tw_gemm (FALSE, FALSE, rows, s.H, s.X, in + t * s.X, s.T * s.X, s.wx, s.H, 1, h, s.H);
    if (t > 0)
      tw_gemm (FALSE, FALSE, rows, s.H, s.H, h - size, s.H, s.wh, s.H, 1, h, s.H);
    tw_activate (TW_ACT_TANH, size, h, NULL);
  }
  memcpy (out, kept + (s.T - 1) * size, size * sizeof *out);
}

static void
recurrent_backward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, const TwReal *out,
                    const TwReal *kept, const TwReal *delta, TwReal *slopes, TwReal *back, TwReal *work)
{
  Shape s = get_shape (layer, w);
  gsize size = rows * s.H;
  TwReal *dz = work, *dh = work + TW_NETWORK_ROWS * s.H;

  memcpy (dz, delta, size * sizeof *dz);
  for (gsize t = s.T; t-- > 0;) {
    const TwReal *h = kept + t * size;
    tw_activate_back (TW_ACT_TANH, size, h, NULL, dz);
    tw_gemm (TRUE, FALSE, s.X, s.H, rows, in + t * s.X, s.T * s.X, dz, s.H, 1, slopes, s.H);
    tw_add_rows (rows, s.H, dz, slopes + (s.X + s.H) * s.H);
    if (back != NULL)
      tw_gemm (FALSE, TRUE, rows, s.X, s.H, dz, s.H, s.wx, s.H, 0, back + t * s.X, s.T * s.X);
    if (t == 0)
      break;
    tw_gemm (TRUE, FALSE, s.H, s.H, rows, h - size, s.H, dz, s.H, 1, slopes + s.X * s.H, s.H);
    tw_gemm (FALSE, TRUE, rows, s.H, s.H, dz, s.H, s.wh, s.H, 0, dh, s.H);
    TwReal *swap = dz;
    dz = dh;
    dh = swap;
  }
}

const TwLayerType tw_recurrent_layer = {
  .name = "recurrent",
  .kept_size = recurrent_kept_size,
  .work_size = recurrent_work_size,
  .forward = recurrent_forward,
  .backward = recurrent_backward,
};
