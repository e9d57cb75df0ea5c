/* csv.c: a table of numbers as text.
 *
 * Fields are separated by commas, semicolons or tabs, whichever the first line has most of; lines end with LF
 * or CR LF; blank lines do not count; a field may stand in quotes (RFC 4180) that close on the same line.
 * The first line is a header where none of its fields is a number, or as `header` says.
 */
#include <math.h>
#include <string.h>

#include "core/data/data-private.h"
#include "core/error.h"

#define MOST_COLUMNS 100000
#define LEAST_ROWS 4
#define LONGEST_LABEL 255
#define LARGEST 1e30 /* its square is still a float */
/* With target=auto, a label column of whole numbers holds classes up to so many different ones. */
#define MOST_WHOLE_CLASSES 20

typedef struct {
  const char *at; /* not terminated */
  gsize length;
  gboolean quoted;
} Field;

typedef struct {
  const char *label;       /* of the text, for errors */
  const char *p, *end;     /* what is not read yet */
  gsize line;              /* number of the line read last */
  const char *field, *eol; /* what is left of it; field NULL: nothing */
  char separator;
  gsize n_columns, label_column;
  char **names;     /* (n_columns + 1) or NULL */
  GHashTable *ids;  /* of label texts: id + 1 */
  GPtrArray *texts; /* label text of each id */
  gboolean all_numbers, all_whole;
  gsize first_text; /* line of the first label that is no number */
} Csv;

static gboolean fail (const Csv *csv, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (const Csv *csv, GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: %s", csv->label, what);
  return FALSE;
}

/* Short, valid and on one line, whatever the file holds. */
static char *
show (const Field *field)
{
  gboolean cut = field->length > 40;
  char *text = g_utf8_make_valid (field->at, (gssize)MIN (field->length, 40));

  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';
  if (!cut)
    return text;
  char *shown = g_strconcat (text, "...", NULL);
  g_free (text);
  return shown;
}

/* "line 3, column 2 (age)" */
static char *
where (const Csv *csv, gsize column)
{
  if (csv->names == NULL)
    return g_strdup_printf ("line %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT, csv->line, column + 1);
  Field name = { csv->names[column], strlen (csv->names[column]), FALSE };
  g_autofree char *shown = show (&name);
  return g_strdup_printf ("line %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT " (%s)", csv->line, column + 1,
                          shown);
}

static gboolean
is_blank (const char *from, const char *to)
{
  while (from < to && (*from == ' ' || *from == '\t'))
    from++;
  return from == to;
}

/* The next line that is not blank; FALSE at the end. */
static gboolean
next_line (Csv *csv)
{
  while (csv->p < csv->end) {
    const char *start = csv->p, *eol = memchr (start, '\n', (gsize)(csv->end - start));
    csv->p = eol != NULL ? eol + 1 : csv->end;
    if (eol == NULL)
      eol = csv->end;
    if (eol > start && eol[-1] == '\r')
      eol--;
    csv->line++;
    if (is_blank (start, eol))
      continue;
    csv->field = start;
    csv->eol = eol;
    return TRUE;
  }
  return FALSE;
}

static gboolean
next_quoted (Csv *csv, gsize column, Field *field, GError **error)
{
  const char *p = csv->field + 1;

  field->at = p;
  field->quoted = TRUE;
  for (; p < csv->eol; p++) {
    if (*p != '"')
      continue;
    if (p + 1 < csv->eol && p[1] == '"') {
      p++;
      continue;
    }
    field->length = (gsize)(p - field->at);
    for (p++; p < csv->eol && *p != csv->separator; p++)
      if (*p != ' ') {
        g_autofree char *place = where (csv, column);
        return fail (csv, error, "%s: there is text after the closing quote", place);
      }
    csv->field = p < csv->eol ? p + 1 : NULL;
    return TRUE;
  }
  g_autofree char *place = where (csv, column);
  return fail (csv, error, "%s: a quote is not closed on its line", place);
}

/* The next field of the line, without spaces around it.  csv->field is NULL after the last. */
static gboolean
next_field (Csv *csv, gsize column, Field *field, GError **error)
{
  while (csv->field < csv->eol && *csv->field == ' ')
    csv->field++;
  if (csv->field < csv->eol && *csv->field == '"')
    return next_quoted (csv, column, field, error);
  const char *start = csv->field, *stop = memchr (start, csv->separator, (gsize)(csv->eol - start));
  csv->field = stop != NULL ? stop + 1 : NULL;
  if (stop == NULL)
    stop = csv->eol;
  while (stop > start && (stop[-1] == ' ' || (stop[-1] == '\t' && csv->separator != '\t')))
    stop--;
  *field = (Field){ start, (gsize)(stop - start), FALSE };
  return TRUE;
}

static const double powers[] = { 1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* Up to 15 digits, a point, nothing else: both parts are exact doubles, so one division rounds correctly
 * (Clinger 1990, "How to read floating point numbers accurately"). */
static gboolean
parse_short (const Field *field, double *number)
{
  const char *p = field->at, *end = p + field->length;
  gboolean negative = p < end && *p == '-', point = FALSE;
  guint64 digits = 0;
  guint n = 0, decimals = 0;

  for (p += negative; p < end; p++) {
    if (*p == '.' && !point) {
      point = TRUE;
    } else if (g_ascii_isdigit (*p) && ++n <= 15) {
      digits = 10 * digits + (guint64)(*p - '0');
      decimals += point;
    } else {
      return FALSE;
    }
  }
  if (n == 0)
    return FALSE;
  *number = (double)digits / powers[decimals];
  if (negative)
    *number = -*number;
  return TRUE;
}

static gboolean
parse_number (const Field *field, double *number)
{
  char text[64], *end;

  if (parse_short (field, number))
    return TRUE;
  if (field->length == 0 || field->length >= sizeof text)
    return FALSE;
  for (gsize i = 0; i < field->length; i++)
    if (strchr ("0123456789+-.eE", field->at[i]) == NULL || field->at[i] == '\0')
      return FALSE;
  memcpy (text, field->at, field->length);
  text[field->length] = '\0';
  *number = g_ascii_strtod (text, &end);
  return *end == '\0' && end > text;
}

static gboolean
is_missing (const Field *field)
{
  const char *const words[] = { "", "?", "NA", "N/A", "nan", "NaN", "null", "NULL", "None" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (field->length == strlen (words[i]) && memcmp (field->at, words[i], field->length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
read_feature (const Csv *csv, gsize column, const Field *field, double *number, GError **error)
{
  if (G_LIKELY (parse_number (field, number) && fabs (*number) <= LARGEST))
    return TRUE;
  g_autofree char *place = where (csv, column), *shown = show (field);
  if (is_missing (field))
    return fail (csv, error, "%s: a number is missing", place);
  if (parse_number (field, number))
    return fail (csv, error, "%s: %s is too large; numbers go up to 1e30", place, shown);
  return fail (csv, error, "%s: \"%s\" is not a number", place, shown);
}

/* The text's id; G_MAXUINT16 when there are too many. */
static guint16
label_id (Csv *csv, const char *text)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (csv->ids, text));

  if (known > 0)
    return (guint16)(known - 1);
  if (csv->texts->len == TW_DATA_MAX_CLASSES)
    return G_MAXUINT16;
  char *copy = g_strdup (text);
  g_ptr_array_add (csv->texts, copy);
  g_hash_table_insert (csv->ids, copy, GUINT_TO_POINTER (csv->texts->len));
  return (guint16)(csv->texts->len - 1);
}

static gboolean
read_label (Csv *csv, gsize column, const Field *field, guint16 *id, TwReal *target, GError **error)
{
  char text[LONGEST_LABEL + 1];
  double number = 0;

  if (is_missing (field)) {
    g_autofree char *place = where (csv, column);
    return fail (csv, error, "%s: the label is missing", place);
  }
  if (field->length > LONGEST_LABEL || !g_utf8_validate (field->at, (gssize)field->length, NULL)) {
    g_autofree char *place = where (csv, column);
    return fail (csv, error, "%s: the label is %s", place,
                 field->length > LONGEST_LABEL ? "longer than 255 bytes" : "not valid UTF-8 text");
  }
  if (!parse_number (field, &number)) {
    if (csv->all_numbers)
      csv->first_text = csv->line;
    csv->all_numbers = FALSE;
  } else if (fabs (number) > LARGEST) {
    return read_feature (csv, column, field, &number, error);
  }
  csv->all_whole = csv->all_whole && number == floor (number);
  memcpy (text, field->at, field->length);
  text[field->length] = '\0';
  *id = label_id (csv, text);
  *target = (TwReal)number;
  return TRUE;
}

static gboolean
check_text (Csv *csv, GError **error)
{
  gsize length = (gsize)(csv->end - csv->p);
  const char *zero;

  if (length == 0)
    return fail (csv, error, "is empty");
  if (length >= 2 && (memcmp (csv->p, "\xff\xfe", 2) == 0 || memcmp (csv->p, "\xfe\xff", 2) == 0))
    return fail (csv, error, "is UTF-16 text; save it as UTF-8");
  if (length >= 3 && memcmp (csv->p, "\xef\xbb\xbf", 3) == 0)
    csv->p += 3;
  zero = memchr (csv->p, '\0', (gsize)(csv->end - csv->p));
  if (zero != NULL)
    return fail (csv, error, "is not a text file: byte %" G_GSIZE_FORMAT " is zero",
                 length - (gsize)(csv->end - zero) + 1);
  if (memchr (csv->p, '\n', (gsize)(csv->end - csv->p)) == NULL &&
      memchr (csv->p, '\r', (gsize)(csv->end - csv->p)) != NULL)
    return fail (csv, error, "its lines end with CR alone; save it with LF or CR LF");
  return TRUE;
}

static char
guess_separator (const Csv *csv)
{
  const char *candidates = ",;\t";
  gsize counts[3] = { 0 };
  gboolean quoted = FALSE;
  guint best = 0;

  for (const char *p = csv->field; p < csv->eol; p++) {
    if (*p == '"')
      quoted = !quoted;
    for (guint i = 0; i < 3 && !quoted; i++)
      counts[i] += *p == candidates[i];
  }
  for (guint i = 1; i < 3; i++)
    if (counts[i] > counts[best])
      best = i;
  return candidates[best];
}

/* Columns, names and whether there are any; afterwards the next line is the first row. */
static gboolean
read_head (Csv *csv, const TwDataOptions *options, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  Csv start = *csv;
  gboolean any_number = FALSE;
  double number;
  Field field;

  if (!next_line (csv))
    return fail (csv, error, "has only blank lines");
  csv->separator = start.separator = guess_separator (csv);
  while (csv->field != NULL) {
    if (!next_field (csv, names->len, &field, error))
      return FALSE;
    any_number = any_number || parse_number (&field, &number);
    g_ptr_array_add (names, g_strndup (field.at, field.length));
    if (names->len > MOST_COLUMNS)
      return fail (csv, error, "line %" G_GSIZE_FORMAT " has more than %d columns", csv->line, MOST_COLUMNS);
  }
  csv->n_columns = start.n_columns = names->len;
  if (names->len < 2)
    return fail (csv, error,
                 "has one column; a feature and a label need two, with a comma, semicolon or tab between");
  if (options->header == TW_HEADER_NO || (options->header == TW_HEADER_AUTO && any_number)) {
    *csv = start;
    return TRUE;
  }
  for (guint i = 0; i < names->len; i++)
    if (!g_utf8_validate (names->pdata[i], -1, NULL))
      return fail (csv, error, "line %" G_GSIZE_FORMAT ", column %u: the name is not valid UTF-8 text",
                   csv->line, i + 1);
  g_ptr_array_add (names, NULL);
  csv->names = (char **)g_ptr_array_free (g_steal_pointer (&names), FALSE);
  return TRUE;
}

static gboolean
choose_label (Csv *csv, const char *name, GError **error)
{
  guint64 number;

  csv->label_column = csv->n_columns - 1;
  for (gsize i = 0; csv->names != NULL && i < csv->n_columns; i++)
    if (g_str_equal (csv->names[i], name)) {
      csv->label_column = i;
      return TRUE;
    }
  if (g_str_equal (name, "last"))
    return TRUE;
  if (g_ascii_string_to_unsigned (name, 10, 1, csv->n_columns, &number, NULL)) {
    csv->label_column = number - 1;
    return TRUE;
  }
  if (csv->names == NULL)
    return fail (csv, error, "label=%s: the file has no header; give a number from 1 to %" G_GSIZE_FORMAT,
                 name, csv->n_columns);
  const char *near = tw_closest_name (name, (const char *const *)csv->names);
  return near != NULL ? fail (csv, error, "label=%s: there is no such column; did you mean %s?", name, near)
                      : fail (csv, error, "label=%s: there is no such column among the %" G_GSIZE_FORMAT,
                              name, csv->n_columns);
}

static gsize
count_rows (const Csv *csv)
{
  Csv copy = *csv;
  gsize n = 0;

  while (next_line (&copy))
    n++;
  return n;
}

static gboolean
check_size (const Csv *csv, gsize rows, GError **error)
{
  if (rows < LEAST_ROWS)
    return fail (csv, error, "has %" G_GSIZE_FORMAT " rows of data; at least %d are needed", rows,
                 LEAST_ROWS);
  if (rows > G_MAXINT32 || rows > TW_DATA_MAX_NUMBERS / csv->n_columns)
    return fail (csv, error,
                 "%" G_GSIZE_FORMAT " rows of %" G_GSIZE_FORMAT " columns are more than %" G_GSIZE_FORMAT
                 " numbers",
                 rows, csv->n_columns, TW_DATA_MAX_NUMBERS);
  return TRUE;
}

/* values (rows, F), ids (rows), targets (rows) */
static gboolean
read_rows (Csv *csv, TwReal *values, guint16 *ids, TwReal *targets, GError **error)
{
  double number;
  Field field;

  for (gsize row = 0; next_line (csv); row++) {
    gsize column = 0;
    for (; csv->field != NULL && column < csv->n_columns; column++) {
      if (!next_field (csv, column, &field, error))
        return FALSE;
      if (column == csv->label_column) {
        if (!read_label (csv, column, &field, &ids[row], &targets[row], error))
          return FALSE;
      } else {
        if (!read_feature (csv, column, &field, &number, error))
          return FALSE;
        *values++ = (TwReal)number;
      }
    }
    if (csv->field != NULL)
      return fail (csv, error, "line %" G_GSIZE_FORMAT " has more than %" G_GSIZE_FORMAT " fields", csv->line,
                   csv->n_columns);
    if (column < csv->n_columns)
      return fail (csv, error,
                   "line %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT
                   " fields where others have %" G_GSIZE_FORMAT,
                   csv->line, column, csv->n_columns);
  }
  return TRUE;
}

static gboolean
decide_target (const Csv *csv, const TwDataOptions *options, gboolean *is_class, GError **error)
{
  gsize n = csv->texts->len;
  gboolean many = n == TW_DATA_MAX_CLASSES;

  *is_class =
    options->target == TW_TARGET_CLASS ||
    (options->target == TW_TARGET_AUTO && (!csv->all_numbers || (csv->all_whole && n <= MOST_WHOLE_CLASSES)));
  if (*is_class && many)
    return fail (csv, error,
                 "column %" G_GSIZE_FORMAT " has %d different labels or more; label= names another",
                 csv->label_column + 1, TW_DATA_MAX_CLASSES);
  if (!*is_class && !csv->all_numbers)
    return fail (csv, error,
                 "line %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT
                 ": the label is not a number, and target=number wants one",
                 csv->first_text, csv->label_column + 1);
  return TRUE;
}

static int
compare_texts (gconstpointer a, gconstpointer b, gpointer numbers)
{
  const char *x = *(char *const *)a, *y = *(char *const *)b;
  double p = g_ascii_strtod (x, NULL), q = g_ascii_strtod (y, NULL);

  return GPOINTER_TO_INT (numbers) && p != q ? (p > q) - (p < q) : strcmp (x, y);
}

/* Classes in the order of their names or numbers, not of their first rows. */
static void
sort_classes (Csv *csv, gsize rows, guint16 *ids)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (csv->texts, NULL, NULL);
  g_autofree guint16 *places = g_new (guint16, sorted->len);

  g_ptr_array_set_free_func (sorted, NULL); /* the copy inherits it */
  g_ptr_array_sort_with_data (sorted, compare_texts, GINT_TO_POINTER (csv->all_numbers));
  for (guint i = 0; i < sorted->len; i++)
    places[GPOINTER_TO_UINT (g_hash_table_lookup (csv->ids, sorted->pdata[i])) - 1] = (guint16)i;
  for (gsize r = 0; r < rows; r++)
    ids[r] = places[ids[r]];
  for (guint i = 0; i < sorted->len; i++)
    csv->texts->pdata[i] = sorted->pdata[i];
}

static void
name_features (const Csv *csv, TwDataSet *data)
{
  if (csv->names == NULL)
    return;
  data->feature_names = g_new0 (char *, data->n_features + 1);
  for (gsize i = 0, at = 0; i < csv->n_columns; i++)
    if (i != csv->label_column)
      data->feature_names[at++] = g_strdup (csv->names[i]);
}

static TwDataSet *
read_table (Csv *csv, const TwDataOptions *options, GError **error)
{
  g_autoptr (TwDataSet) data = tw_data_set_empty (csv->label);
  gboolean is_class = FALSE;

  if (!check_text (csv, error) || !read_head (csv, options, error) ||
      !choose_label (csv, options->label, error))
    return NULL;
  gsize rows = count_rows (csv);
  if (!check_size (csv, rows, error))
    return NULL;
  data->n_features = csv->n_columns - 1;
  TwReal *values = tw_data_set_take (data, rows * data->n_features, sizeof *values);
  TwReal *targets = tw_data_set_take (data, rows, sizeof *targets);
  guint16 *ids = tw_data_set_take (data, rows, sizeof *ids);
  if (!read_rows (csv, values, ids, targets, error) || !decide_target (csv, options, &is_class, error))
    return NULL;
  name_features (csv, data);
  if (is_class) {
    sort_classes (csv, rows, ids);
    data->n_classes = csv->texts->len;
    data->class_names = g_new0 (char *, data->n_classes + 1);
    for (guint i = 0; i < data->n_classes; i++)
      data->class_names[i] = g_strdup (csv->texts->pdata[i]);
  }
  return tw_data_set_finish (data, rows, values, is_class ? ids : NULL, is_class ? NULL : targets, options,
                             error)
           ? g_steal_pointer (&data)
           : NULL;
}

TwDataSet *
tw_csv_parse (const char *label, const char *text, gsize length, const TwDataOptions *options, GError **error)
{
  Csv csv = { .label = label, .p = text, .end = length > 0 ? text + length : text, .all_numbers = TRUE, .all_whole = TRUE };

  csv.ids = g_hash_table_new (g_str_hash, g_str_equal);
  csv.texts = g_ptr_array_new_with_free_func (g_free);
  TwDataSet *data = read_table (&csv, options, error);
  g_strfreev (csv.names);
  g_hash_table_unref (csv.ids);
  g_ptr_array_unref (csv.texts);
  return data;
}
