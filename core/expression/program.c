/* program.c: from operations to straight-line code over a few registers.
 *
 * The parser asks for nodes bottom-up.  Constants are folded here (by the evaluator itself, so that a folded
 * formula has the bits of an unfolded one), equal nodes are shared, and small whole powers become products.
 */
#include "core/expression/expression-private.h"

#include <math.h>
#include <string.h>

#define LARGEST_PRODUCT 32 /* whole powers up to here are multiplied out */

static gboolean
is_constant (const TwProgram *program, int node)
{
  return program->nodes[node].op == TW_OP_CONSTANT;
}

static gboolean
is_value (const TwProgram *program, int node, double value)
{
  return is_constant (program, node) && program->nodes[node].c == value;
}

/* Curvature arises where two slopes meet. */
static guint8
curved (guint8 mask)
{
  gboolean x = mask >> TW_X & 1, y = mask >> TW_Y & 1;

  return (guint8)(mask | x << TW_XX | (x && y) << TW_XY | y << TW_YY);
}

static guint8
mask_of (const TwProgram *program, TwOp op, int a, int b)
{
  guint8 ma = a >= 0 ? program->nodes[a].mask : 0, mb = b >= 0 ? program->nodes[b].mask : 0;

  switch (op) {
  case TW_OP_CONSTANT:
    return 0;
  case TW_OP_X:
    return 1 << TW_X;
  case TW_OP_Y:
    return 1 << TW_Y;
  case TW_OP_ADD:
  case TW_OP_SUB:
  case TW_OP_MIN:
  case TW_OP_MAX:
    return ma | mb;
  default:
    return op <= TW_OP_ABS ? ma : curved (ma | mb);
  }
}

static int
add_node (TwProgram *program, TwOp op, int a, int b, double c)
{
  for (int i = 0; i < program->n; i++) {
    const TwNode *node = &program->nodes[i];
    if (node->op == op && node->a == a && node->b == b && memcmp (&node->c, &c, sizeof c) == 0)
      return i;
  }
  if (program->n == TW_EXPRESSION_MAX_NODES) {
    program->full = TRUE;
    return 0;
  }
  program->nodes[program->n] =
    (TwNode){ .op = op, .mask = mask_of (program, op, a, b), .a = a, .b = b, .c = c };
  return program->n++;
}

/* The value of an operation whose operands are constants. */
static int
fold (TwProgram *program, TwOp op, int a, int b)
{
  const double nowhere[2] = { 0, 0 };
  double value;
  g_autofree TwExpression *expression = g_malloc0 (sizeof (TwExpression) + 3 * sizeof (TwStep));

  expression->n_steps = 3;
  expression->n_registers = 3;
  expression->result = 2;
  expression->steps[0] = (TwStep){ .op = TW_OP_CONSTANT, .out = 0, .c = program->nodes[a].c };
  expression->steps[1] = (TwStep){ .op = TW_OP_CONSTANT, .out = 1, .c = b >= 0 ? program->nodes[b].c : 0 };
  expression->steps[2] = (TwStep){ .op = op, .out = 2, .a = 0, .b = 1 };
  tw_expression_eval (expression, 1, nowhere, &value, NULL, NULL);
  return tw_program_constant (program, value);
}

int
tw_program_constant (TwProgram *program, double c)
{
  return add_node (program, TW_OP_CONSTANT, -1, -1, c);
}

int
tw_program_variable (TwProgram *program, TwOp op)
{
  return add_node (program, op, -1, -1, 0);
}

int
tw_program_unary (TwProgram *program, TwOp op, int a)
{
  const TwNode *node = &program->nodes[a];

  if (is_constant (program, a))
    return fold (program, op, a, -1);
  if (op == TW_OP_NEGATE && node->op == TW_OP_NEGATE)
    return node->a;
  if (op == TW_OP_NEGATE && node->op == TW_OP_MUL_C)
    return add_node (program, TW_OP_MUL_C, node->a, -1, -node->c);
  return add_node (program, op, a, -1, 0);
}

static int
scale (TwProgram *program, int a, double c)
{
  if (c == 1.0)
    return a;
  if (c == -1.0)
    return tw_program_unary (program, TW_OP_NEGATE, a);
  return add_node (program, TW_OP_MUL_C, a, -1, c);
}

static int
add_constant (TwProgram *program, int a, double c)
{
  return c == 0.0 ? a : add_node (program, TW_OP_ADD_C, a, -1, c);
}

static int
multiply (TwProgram *program, int a, int b)
{
  if (is_constant (program, a))
    return scale (program, b, program->nodes[a].c);
  if (is_constant (program, b))
    return scale (program, a, program->nodes[b].c);
  if (a == b)
    return add_node (program, TW_OP_SQUARE, a, -1, 0);
  return add_node (program, TW_OP_MUL, MIN (a, b), MAX (a, b), 0);
}

static int
divide (TwProgram *program, int a, int b)
{
  if (is_constant (program, b)) {
    double c = program->nodes[b].c;
    int exponent;
    /* The inverse of a power of two is exact, and multiplying is cheaper. */
    if (fabs (frexp (c, &exponent)) == 0.5 && exponent > -1000 && exponent < 1000)
      return scale (program, a, 1.0 / c);
    return add_node (program, TW_OP_DIV_C, a, -1, c);
  }
  if (is_constant (program, a))
    return add_node (program, TW_OP_C_DIV, b, -1, program->nodes[a].c);
  return add_node (program, TW_OP_DIV, a, b, 0);
}

/* a^n, n >= 1, by squaring. */
static int
whole_power (TwProgram *program, int a, guint n)
{
  if (n == 1)
    return a;
  int half = whole_power (program, a, n / 2);
  int square = multiply (program, half, half);
  return n % 2 == 0 ? square : multiply (program, square, a);
}

static int
power (TwProgram *program, int a, int b)
{
  if (is_value (program, a, G_E))
    return tw_program_unary (program, TW_OP_EXP, b);
  if (!is_constant (program, b))
    return add_node (program, TW_OP_POW, a, b, 0);

  double c = program->nodes[b].c;
  if (c == 0.0)
    return tw_program_constant (program, 1.0); /* as pow() has it, 0 and NaN included */
  if (c == 0.5)
    return add_node (program, TW_OP_SQRT, a, -1, 0);
  if (c != floor (c) || fabs (c) > LARGEST_PRODUCT)
    return add_node (program, TW_OP_POW_C, a, -1, c);
  int product = whole_power (program, a, (guint)fabs (c));
  return c > 0.0 ? product : add_node (program, TW_OP_C_DIV, product, -1, 1.0);
}

int
tw_program_binary (TwProgram *program, TwOp op, int a, int b)
{
  if (is_constant (program, a) && is_constant (program, b))
    return fold (program, op, a, b);
  switch (op) {
  case TW_OP_ADD:
    if (is_constant (program, a))
      return add_constant (program, b, program->nodes[a].c);
    if (is_constant (program, b))
      return add_constant (program, a, program->nodes[b].c);
    return add_node (program, TW_OP_ADD, MIN (a, b), MAX (a, b), 0);
  case TW_OP_SUB:
    if (is_constant (program, a))
      return add_node (program, TW_OP_C_SUB, b, -1, program->nodes[a].c);
    if (is_constant (program, b))
      return add_constant (program, a, -program->nodes[b].c);
    return add_node (program, TW_OP_SUB, a, b, 0);
  case TW_OP_MUL:
    return multiply (program, a, b);
  case TW_OP_DIV:
    return divide (program, a, b);
  case TW_OP_POW:
    return power (program, a, b);
  default:
    return add_node (program, op, a, b, 0);
  }
}

/* last[i]: the node that uses node i last, or -1 where the result does not need it. */
static void
find_last_uses (const TwProgram *program, int root, int *last)
{
  for (int i = 0; i < program->n; i++)
    last[i] = -1;
  last[root] = program->n;
  for (int i = root; i >= 0; i--) {
    const TwNode *node = &program->nodes[i];
    if (last[i] < 0)
      continue;
    if (node->a >= 0 && last[node->a] < 0)
      last[node->a] = i;
    if (node->b >= 0 && last[node->b] < 0)
      last[node->b] = i;
  }
}

TwExpression *
tw_program_finish (const TwProgram *program, int root)
{
  g_autofree int *last = g_new (int, program->n);
  g_autofree guint16 *place = g_new0 (guint16, program->n);
  gboolean taken[TW_EXPRESSION_MAX_REGISTERS] = { FALSE };
  g_autofree TwExpression *expression =
    g_malloc0 (sizeof (TwExpression) + (gsize)program->n * sizeof (TwStep));

  find_last_uses (program, root, last);
  for (int i = 0; i <= root; i++) {
    const TwNode *node = &program->nodes[i];
    guint16 out = 0;
    if (last[i] < 0)
      continue;
    /* A register of its own before its operands are given back: the kernels read while they write. */
    while (out < TW_EXPRESSION_MAX_REGISTERS && taken[out])
      out++;
    if (out == TW_EXPRESSION_MAX_REGISTERS)
      return NULL;
    taken[out] = TRUE;
    place[i] = out;
    expression->n_registers = MAX (expression->n_registers, (gsize)out + 1);

    TwStep *step = &expression->steps[expression->n_steps++];
    *step = (TwStep){ .op = node->op, .mask = node->mask, .out = out, .c = node->c };
    if (node->a >= 0) {
      step->a = place[node->a];
      if (last[node->a] == i)
        taken[step->a] = FALSE;
    }
    if (node->b >= 0) {
      step->b = place[node->b];
      if (last[node->b] == i)
        taken[step->b] = FALSE;
    }
  }
  expression->result = place[root];
  return g_steal_pointer (&expression);
}

void
tw_expression_free (TwExpression *expression)
{
  g_free (expression);
}

gsize
tw_expression_get_n_steps (const TwExpression *expression)
{
  return expression->n_steps;
}
