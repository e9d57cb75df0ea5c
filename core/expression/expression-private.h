/* expression-private.h: what the parser, the compiler and the evaluator share. */
#pragma once

#include "core/expression/expression.h"

G_BEGIN_DECLS

/* A block of points has this many numbers of scratch, on the stack; the block length follows from it. */
#define TW_EXPRESSION_SPACE 4096
#define TW_EXPRESSION_MAX_BLOCK 64
#define TW_EXPRESSION_MAX_REGISTERS 80 /* leaves blocks of 8 points with all six components */
#define TW_EXPRESSION_MAX_NODES 2000

typedef enum {
  TW_OP_CONSTANT, /* c */
  TW_OP_X,
  TW_OP_Y,
  /* of one register, and maybe a constant c */
  TW_OP_NEGATE,
  TW_OP_ADD_C,
  TW_OP_C_SUB, /* c - a */
  TW_OP_MUL_C,
  TW_OP_DIV_C,
  TW_OP_ABS,
  TW_OP_C_DIV, /* c / a; from here on curved */
  TW_OP_POW_C, /* a^c */
  TW_OP_SQUARE,
  TW_OP_SIN,
  TW_OP_COS,
  TW_OP_TAN,
  TW_OP_ASIN,
  TW_OP_ACOS,
  TW_OP_ATAN,
  TW_OP_SINH,
  TW_OP_COSH,
  TW_OP_TANH,
  TW_OP_EXP,
  TW_OP_LOG,
  TW_OP_SQRT,
  /* of two registers */
  TW_OP_ADD,
  TW_OP_SUB,
  TW_OP_MUL,
  TW_OP_DIV,
  TW_OP_POW,
  TW_OP_MIN,
  TW_OP_MAX,
} TwOp;

/* The components a register holds per point, and bit k of a mask says that component k is not zero
 * everywhere. */
enum { TW_V, TW_X, TW_Y, TW_XX, TW_XY, TW_YY, TW_N_COMPONENTS };

typedef struct {
  TwOp op;
  guint8 mask;       /* components that can be other than zero */
  guint16 out, a, b; /* registers */
  double c;
} TwStep;

struct _TwExpression {
  gsize n_steps, n_registers;
  guint16 result; /* register */
  TwStep steps[]; /* (n_steps) */
};

/* The compiler (program.c): nodes in the order they are made, equal ones made once. */
typedef struct {
  TwOp op;
  guint8 mask;
  int a, b; /* nodes, -1 for none */
  double c;
} TwNode;

typedef struct {
  TwNode nodes[TW_EXPRESSION_MAX_NODES];
  int n;
  gboolean full; /* it needed more nodes; what was returned since is meaningless */
} TwProgram;

int tw_program_constant (TwProgram *program, double c);
int tw_program_variable (TwProgram *program, TwOp op);
/* A function or TW_OP_NEGATE of a node. */
int tw_program_unary (TwProgram *program, TwOp op, int a);
/* TW_OP_ADD, SUB, MUL, DIV, POW, MIN or MAX of two nodes; picks the cheaper forms itself. */
int tw_program_binary (TwProgram *program, TwOp op, int a, int b);
/* NULL if it needs more registers than there are. */
TwExpression *tw_program_finish (const TwProgram *program, int root);

G_END_DECLS
