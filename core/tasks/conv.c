/* conv.c: convolution by a matrix product per image, and pooling.
 *
 * Letters: I and O channels in and out, K side of the kernel, P = height * width pixels.
 * W is (O, I K K), an image of the input is unrolled into columns (I K K, P), and out = W columns + b.
 */
#include <string.h>

#include "core/learned/vector-math.h"
#include "core/tasks/network-private.h"

/* Where kernel row or column k (0 to K - 1) reads the image: out pixels [first, end) see in pixel + shift. */
typedef struct {
  gssize shift;
  gsize first, end;
} Span;

static Span
get_span (gsize k, gsize kernel, gsize length)
{
  gssize shift = (gssize)k - (gssize)(kernel / 2);

  return (Span){ shift, MIN ((gsize)MAX (0, -shift), length),
                 (gsize)CLAMP ((gssize)length - shift, 0, (gssize)length) };
}

static gsize
conv_work_size (const TwLayer *layer)
{
  return layer->channels * layer->kernel * layer->kernel * layer->height * layer->width;
}

/* columns (I K K, P): row (i, ky, kx) is channel i shifted by (ky, kx), zero outside. */
static void
unroll (const TwLayer *layer, const TwReal *image, TwReal *columns)
{
  gsize width = layer->width, height = layer->height;

  for (gsize i = 0; i < layer->channels; i++, image += height * width)
    for (gsize ky = 0; ky < layer->kernel; ky++) {
      Span y = get_span (ky, layer->kernel, height);
      for (gsize kx = 0; kx < layer->kernel; kx++, columns += height * width) {
        Span x = get_span (kx, layer->kernel, width);
        memset (columns, 0, y.first * width * sizeof *columns);
        memset (columns + y.end * width, 0, (height - y.end) * width * sizeof *columns);
        for (gsize r = y.first; r < y.end; r++) {
          TwReal *to = columns + r * width;
          const TwReal *from = image + (gssize)(r * width) + y.shift * (gssize)width + x.shift;
          memset (to, 0, x.first * sizeof *to);
          if (x.end > x.first)
            memcpy (to + x.first, from + x.first, (x.end - x.first) * sizeof *to);
          memset (to + x.end, 0, (width - x.end) * sizeof *to);
        }
      }
    }
}

/* Adds the columns back to where unroll() took them from. */
TW_KERNEL static void
roll (const TwLayer *layer, const TwReal *columns, TwReal *image)
{
  gsize width = layer->width, height = layer->height;

  memset (image, 0, layer->in_units * sizeof *image);
  for (gsize i = 0; i < layer->channels; i++, image += height * width)
    for (gsize ky = 0; ky < layer->kernel; ky++) {
      Span y = get_span (ky, layer->kernel, height);
      for (gsize kx = 0; kx < layer->kernel; kx++, columns += height * width) {
        Span x = get_span (kx, layer->kernel, width);
        for (gsize r = y.first; r < y.end; r++) {
          const TwReal *from = columns + r * width;
          TwReal *to = image + (gssize)(r * width) + y.shift * (gssize)width + x.shift;
          gsize j = x.first;
          for (; j + TW_LANES <= x.end; j += TW_LANES)
            tw_vec_store (to + j, tw_vec_load (to + j) + tw_vec_load (from + j));
          for (; j < x.end; j++)
            to[j] += from[j];
        }
      }
    }
}

static void
conv_forward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, TwReal *out, TwReal *kept,
              TwReal *work)
{
  gsize O = layer->out_channels, depth = layer->channels * layer->kernel * layer->kernel,
        P = layer->height * layer->width;
  const TwReal *bias = w + O * depth;

  for (gsize r = 0; r < rows; r++, in += layer->in_units, out += layer->out_units) {
    unroll (layer, in, work);
    for (gsize o = 0; o < O; o++)
      for (gsize p = 0; p < P; p++)
        out[o * P + p] = bias[o];
    tw_gemm (FALSE, FALSE, O, P, depth, w, depth, work, P, 1, out, P);
  }
}

TW_KERNEL static TwReal
sum_pixels (gsize P, const TwReal *pixels)
{
  TwVec sums = {};
  gsize p = 0;

  for (; p + TW_LANES <= P; p += TW_LANES)
    sums += tw_vec_load (pixels + p);
  TwReal sum = tw_vec_sum (sums);
  for (; p < P; p++)
    sum += pixels[p];
  return sum;
}

static void
conv_backward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, const TwReal *out,
               const TwReal *kept, const TwReal *delta, TwReal *slopes, TwReal *back, TwReal *work)
{
  gsize O = layer->out_channels, depth = layer->channels * layer->kernel * layer->kernel,
        P = layer->height * layer->width;

  for (gsize r = 0; r < rows; r++) {
    const TwReal *d = delta + r * layer->out_units;
    unroll (layer, in + r * layer->in_units, work);
    tw_gemm (FALSE, TRUE, O, depth, P, d, P, work, P, 1, slopes, depth);
    for (gsize o = 0; o < O; o++)
      slopes[O * depth + o] += sum_pixels (P, d + o * P);
    if (back == NULL)
      continue;
    tw_gemm (TRUE, FALSE, depth, P, O, w, depth, d, P, 0, work, P);
    roll (layer, work, back + r * layer->in_units);
  }
}

const TwLayerType tw_conv_layer = {
  .name = "conv",
  .work_size = conv_work_size,
  .forward = conv_forward,
  .backward = conv_backward,
};

/* `side` is a constant where these are inlined. */
static inline __attribute__ ((always_inline)) void
pool (const gsize side, const TwLayer *layer, gsize images, const TwReal *in, TwReal *out)
{
  gsize width = layer->width;

  for (; images > 0; images--, in += layer->height * width)
    for (gsize y = 0; y < layer->out_height; y++)
      for (gsize x = 0; x < layer->out_width; x++) {
        const TwReal *square = in + y * side * width + x * side;
        TwReal most = *square;
        for (gsize dy = 0; dy < side; dy++)
          for (gsize dx = 0; dx < side; dx++)
            most = square[dy * width + dx] > most ? square[dy * width + dx] : most;
        *out++ = most;
      }
}

/* The slope goes to the first of the largest. */
static inline __attribute__ ((always_inline)) void
pool_back (const gsize side, const TwLayer *layer, gsize images, const TwReal *in, const TwReal *out,
           const TwReal *delta, TwReal *back)
{
  gsize width = layer->width, size = layer->height * width;

  for (; images > 0; images--, in += size, back += size)
    for (gsize y = 0; y < layer->out_height; y++)
      for (gsize x = 0; x < layer->out_width; x++, out++, delta++) {
        gsize corner = y * side * width + x * side;
        gboolean found = FALSE;
        for (gsize dy = 0; dy < side; dy++)
          for (gsize dx = 0; dx < side; dx++) {
            gsize at = corner + dy * width + dx;
            gboolean hit = !found & (in[at] == *out);
            back[at] = hit ? *delta : 0;
            found |= hit;
          }
      }
}

static void
pool_forward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, TwReal *out, TwReal *kept,
              TwReal *work)
{
  gsize images = rows * layer->channels;

  if (layer->kernel == 2)
    pool (2, layer, images, in, out);
  else
    pool (layer->kernel, layer, images, in, out);
}

static void
pool_backward (const TwLayer *layer, gsize rows, const TwReal *w, const TwReal *in, const TwReal *out,
               const TwReal *kept, const TwReal *delta, TwReal *slopes, TwReal *back, TwReal *work)
{
  gsize side = layer->kernel, images = rows * layer->channels;

  if (back == NULL)
    return;
  if (layer->height % side != 0 || layer->width % side != 0)
    memset (back, 0, rows * layer->in_units * sizeof *back);
  if (side == 2)
    pool_back (2, layer, images, in, out, delta, back);
  else
    pool_back (side, layer, images, in, out, delta, back);
}

const TwLayerType tw_pool_layer = {
  .name = "pool",
  .forward = pool_forward,
  .backward = pool_backward,
};
