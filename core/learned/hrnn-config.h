/* hrnn-config.h: the shape of a hierarchical RNN: sizes and switches, and the table of its tensors.
 *
 * Letters: S timescales, F features, H0, H1, H2 hidden sizes of the Parameter, Tensor and Global RNN (0 where
 * the network has fewer levels), P weights in all.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_HRNN_MAX_HIDDEN 256
#define TW_HRNN_MAX_SCALES 8

typedef struct {
  guint n_levels;          /* 1 to 3 */
  guint hidden[3];         /* 10, 30, 20 */
  guint scales;            /* 4 */
  gboolean attention;      /* phi' = theta - exp(n) alpha; off: the gradient is taken at theta */
  gboolean log_ms;         /* feature: log v_s minus its mean over s */
  gboolean relative_lr;    /* feature: n minus its mean over the run */
  gboolean grad_products;  /* feature: m_s m_{s+1} */
  gboolean grad_shortcut;  /* m enters direction and attention directly */
  gboolean learn_decay;    /* off: decays fixed at 0.89 (input) and 0.93 (scale) */
  gboolean dynamic_scale;  /* off: n stays at its start, all log_lr.* leave the file, o = -1 */
  gboolean input_scaling;  /* off: m_s = asinh(a_s), v_s is not used (and log_ms must be off) */
} TwHrnnConfig;

/* One tensor of the weight file, and where it stands in the flat vector of P weights. */
typedef enum {
  TW_HRNN_PARAM_GATES_W, TW_HRNN_PARAM_GATES_B, TW_HRNN_PARAM_CAND_W, TW_HRNN_PARAM_CAND_B, TW_HRNN_PARAM_INIT,
  TW_HRNN_TENSOR_GATES_W, TW_HRNN_TENSOR_GATES_B, TW_HRNN_TENSOR_CAND_W, TW_HRNN_TENSOR_CAND_B,
  TW_HRNN_TENSOR_INIT,
  TW_HRNN_GLOBAL_GATES_W, TW_HRNN_GLOBAL_GATES_B, TW_HRNN_GLOBAL_CAND_W, TW_HRNN_GLOBAL_CAND_B,
  TW_HRNN_GLOBAL_INIT,
  TW_HRNN_TENSOR_TO_PARAM_W, TW_HRNN_TENSOR_TO_PARAM_B, TW_HRNN_GLOBAL_TO_PARAM_W, TW_HRNN_GLOBAL_TO_PARAM_B,
  TW_HRNN_GLOBAL_TO_TENSOR_W, TW_HRNN_GLOBAL_TO_TENSOR_B,
  TW_HRNN_UPDATE_W, TW_HRNN_UPDATE_SHORTCUT, TW_HRNN_ATTENTION_W, TW_HRNN_ATTENTION_SHORTCUT,
  TW_HRNN_INPUT_DECAY_W, TW_HRNN_INPUT_DECAY_B, TW_HRNN_SCALE_DECAY_W, TW_HRNN_SCALE_DECAY_B,
  TW_HRNN_LOG_LR_W, TW_HRNN_LOG_LR_B, TW_HRNN_LOG_LR_MOMENTUM, TW_HRNN_LOG_LR_OFFSET,
  TW_HRNN_N_TENSORS
} TwHrnnTensor;

typedef struct {
  const char *name;  /* "param_rnn.gates.weight"; NULL where this configuration has no such tensor */
  guint rows, cols;  /* row-major; a vector has cols = 0 */
  gsize offset;      /* in the flat vector */
  gsize size;
} TwHrnnTensorInfo;

typedef struct {
  guint F;                 /* number of features */
  gsize P;                 /* number of weights */
  TwHrnnTensorInfo tensors[TW_HRNN_N_TENSORS];
} TwHrnnShape;

void tw_hrnn_config_init (TwHrnnConfig *config);  /* the defaults: (10, 30, 20), S = 4, everything on */
/* Errors: sizes or scales out of range, switches that contradict each other. */
gboolean tw_hrnn_config_check (const TwHrnnConfig *config, GError **error);
void tw_hrnn_config_shape (const TwHrnnConfig *config, TwHrnnShape *shape);
gboolean tw_hrnn_config_equal (const TwHrnnConfig *a, const TwHrnnConfig *b);
/* As the JSON object of the weight file; parsing refuses unknown keys and wrong types. */
char *tw_hrnn_config_to_json (const TwHrnnConfig *config);
gboolean tw_hrnn_config_from_json (TwHrnnConfig *config, const char *json, GError **error);

G_END_DECLS
