/* Data sets: those with names, CSV files good and bad, folders of MNIST files good and bad. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "core/data/data-private.h"
#include "core/error.h"
#include "core/random.h"

static char *folder; /* of this run's files */

static char *
place (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
save (const char *path, const char *text, gssize length)
{
  g_assert_true (g_file_set_contents (path, text, length, NULL));
}

static GBytes *
pack (const void *data, gsize length)
{
  g_autoptr (GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_data (data, (gssize)length, NULL);
  g_autoptr (GInputStream) packed = g_converter_input_stream_new (plain, G_CONVERTER (gzip));
  g_autofree char *out = g_malloc (length + 1000);
  gsize size;

  g_assert_true (g_input_stream_read_all (packed, out, length + 1000, &size, NULL, NULL));
  return g_bytes_new (out, size);
}

/* One sentence, on one line, that says what is expected to be said. */
static void
check_refused (const char *path, const TwDataOptions *options, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDataSet) data = tw_data_set_load (path, options, &error);

  if (data != NULL)
    g_error ("%s was taken; expected: %s", path, says);
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  if (strstr (error->message, says) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, says);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 400);
}

#define ROWS "1,2,a\n3,4,b\n5,6,a\n7,8,b\n"

/* text, or length bytes of it; options as key=value of the CSV keys. */
static const struct {
  const char *text;
  gssize length;
  const char *label;
  int header, target;
  const char *says;
} bad_csv[] = {
  { "", 0, "last", 0, 0, "is empty" },
  { "\n\n \r\n", -1, "last", 0, 0, "only blank lines" },
  { "\xff\xfe"
    "1\0,\0"
    "2\0",
    8, "last", 0, 0, "UTF-16" },
  { "\xfe\xff\0"
    "1\0,\0"
    "2",
    8, "last", 0, 0, "UTF-16" },
  { "1\0,\0"
    "2\0\n\0",
    8, "last", 0, 0, "byte 2 is zero" },
  { "1,2,a\n3,\0,b\n", 12, "last", 0, 0, "byte 9 is zero" },
  { "1,2,a\r3,4,b\r5,6,a\r", -1, "last", 0, 0, "CR alone" },
  { "x,y,label\n", -1, "last", 0, 0, "has 0 rows" },
  { "x,y,label\n1,2,a\n3,4,b\n", -1, "last", 0, 0, "has 2 rows" },
  { "1\n2\n3\n4\n5\n", -1, "last", 0, 0, "one column" },
  { "1 2 3\n4 5 6\n", -1, "last", 0, 0, "one column" },
  { "1,2,a\n3,4\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 2 has 2 fields where others have 3" },
  { "1,2,a\n3,4,b\n5,6,a,9\n7,8,b\n", -1, "last", 0, 0, "line 3 has more than 3 fields" },
  { "1,2,a\n3,4,b\n\n5,6,a,\n7,8,b\n", -1, "last", 0, 0, "line 4 has more than 3 fields" },
  { "1,2,a\n3,x,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 2, column 2: \"x\" is not a number" },
  { "u,v,w\n1,2,a\n3,x,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 3, column 2 (v): \"x\" is not a number" },
  { "1,2,a\n3,,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 2, column 2: a number is missing" },
  { "1,2,a\n3,NA,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "a number is missing" },
  { "1,2,a\n3,nan,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "a number is missing" },
  { "1,2,a\n3,inf,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "\"inf\" is not a number" },
  { "1,2,a\n3,0x10,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "\"0x10\" is not a number" },
  { "1,2,a\n3,1e31,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "1e31 is too large" },
  { "1,2,a\n3,1e999,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "1e999 is too large" },
  { "1,2,a\n3,-9e99,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "-9e99 is too large" },
  { "1,2,a\n3,1.2.3,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "\"1.2.3\" is not a number" },
  { "1;2,5;a\n3;4,5;b\n5;6,5;a\n7;8,5;b\n", -1, "last", 2, 0, "\"2,5\" is not a number" },
  { "1,2,a\n3,4,\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 2, column 3: the label is missing" },
  { "1,2,a\n3,4,a\n5,6,a\n7,8,a\n", -1, "last", 0, 0, "all 4 labels are \"a\"" },
  { "1,2,5\n3,4,5\n5,6,5\n7,8,5\n", -1, "last", 0, 2, "all 4 labels are \"5\"" },
  { "1,2,a\n3,4,b\n5,6,\xff\n7,8,b\n", -1, "last", 0, 0, "line 3, column 3: the label is not valid UTF-8" },
  { "\xff,v,w\n1,2,a\n3,4,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0,
    "line 1, column 1: the name is not valid UTF-8" },
  { "1,2,a\n3,\xff\xfe,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 2, column 2" },
  { "1,2,a\n\"3,4,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 2, column 1: a quote is not closed" },
  { "1,2,a\n\"3\"x,4,b\n5,6,a\n7,8,b\n", -1, "last", 0, 0, "line 2, column 1: there is text after" },
  { ROWS, -1, "weight", 0, 0, "label=weight: the file has no header; give a number from 1 to 3" },
  { ROWS, -1, "4", 0, 0, "label=4" },
  { ROWS, -1, "0", 0, 0, "label=0" },
  { "height,age,kind\n" ROWS, -1, "knd", 0, 0, "did you mean kind?" },
  { "height,age,kind\n" ROWS, -1, "zzzzzzzzz", 0, 0, "no such column among the 3" },
  { "height,age,kind\n" ROWS, -1, "age", 0, 0, "line 2, column 3 (kind): \"a\" is not a number" },
  { ROWS, -1, "last", 0, 2, "line 1, column 3: the label is not a number" },
  { "1,2,3\n1,2,4\n1,x,5\n", -1, "last", 1, 0, "has 2 rows" },
  { "\x89PNG\r\n\x1a\n....,....\n....", -1, "last", 0, 0, "" },
  { "<html>\n<body>\n<p>404</p>\n</body>\n</html>\n", -1, "last", 0, 0, "one column" },
  { "{\"a\": 1, \"b\": 2}\n", -1, "last", 0, 0, "" },
};

static void
test_bad_csv (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (bad_csv), >=, 40);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_csv); i++) {
    TwDataOptions options = TW_DATA_OPTIONS_INIT;
    g_autofree char *name = g_strdup_printf ("bad-%" G_GSIZE_FORMAT ".csv", i), *path = place (name);
    options.label = bad_csv[i].label;
    options.header = bad_csv[i].header;
    options.target = bad_csv[i].target;
    save (path, bad_csv[i].text, bad_csv[i].length);
    check_refused (path, &options, bad_csv[i].says);
    g_autoptr (GError) error = NULL;
    g_assert_null (tw_data_set_load (path, &options, &error));
    g_assert_true (g_str_has_prefix (error->message, path));
  }
}

static void
test_too_many_labels (void)
{
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = place ("many.csv");

  for (int i = 0; i < 1200; i++)
    g_string_append_printf (text, "%d,name%d\n", i, i);
  save (path, text->str, -1);
  check_refused (path, &options, "1000 different labels");
  g_string_truncate (text, 0);
  for (int i = 0; i < 300; i++)
    g_string_append (text, "label");
  g_autofree char *row = g_strdup_printf ("1,2,a\n3,4,b\n5,6,%s\n7,8,c\n", text->str);
  save (path, row, -1);
  check_refused (path, &options, "line 3, column 3: the label is longer than 255 bytes");
  g_string_truncate (text, 0);
  for (int i = 0; i < 100001; i++)
    g_string_append (text, "1,");
  save (path, text->str, -1);
  check_refused (path, &options, "line 1 has more than 100000 columns");
}

static void
test_bad_files (void)
{
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  g_autofree char *path = place ("packed.csv.gz"), *none = place ("none.csv"), *fifo = place ("fifo");
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 1000; i++)
    g_string_append_printf (text, "%d,%d,%c\n", i, i * i % 17, 'a' + i % 3);
  g_autoptr (GBytes) packed = pack (text->str, text->len);
  gsize length;
  const char *bytes = g_bytes_get_data (packed, &length);
  g_autofree char *damaged = g_memdup2 (bytes, length);

  save (path, bytes, (gssize)length / 2);
  check_refused (path, &options, "the gzip data ends too early");
  save (path, bytes, 11);
  check_refused (path, &options, "the gzip data ends too early");
  save (path, bytes, 2);
  check_refused (path, &options, "the gzip data ends too early");
  memset (damaged + length / 2, 0xaa, 8);
  save (path, damaged, (gssize)length);
  check_refused (path, &options, "the gzip data is damaged");
  save (path, "\x1f\x8bnot gzip at all, really not", -1);
  check_refused (path, &options, "gzip");
  save (path, bytes, (gssize)length);
  g_autoptr (TwDataSet) whole = tw_data_set_load (path, &options, NULL);
  g_assert_nonnull (whole);
  g_assert_cmpuint (whole->train.n + whole->test.n, ==, 1000);

  check_refused (none, &options, "there is no data set or file");
  check_refused ("", &options, "there is no data set or file");
  check_refused ("fashion-mnits", &options, "did you mean fashion-mnist?");
  check_refused (folder, &options, "has no file train-images-idx3-ubyte");
  check_refused ("/dev/zero", &options, "is not a regular file");
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  check_refused (fifo, &options, "is not a regular file");
}

/* ---- MNIST ---- */

static GBytes *
idx_file (guint32 magic, const guint32 *dims, guint n_dims, gsize n_bytes, guint modulus)
{
  GByteArray *array = g_byte_array_new ();
  guint32 big = GUINT32_TO_BE (magic);

  g_byte_array_append (array, (guint8 *)&big, 4);
  for (guint i = 0; i < n_dims; i++) {
    big = GUINT32_TO_BE (dims[i]);
    g_byte_array_append (array, (guint8 *)&big, 4);
  }
  for (gsize i = 0; i < n_bytes; i++)
    g_byte_array_append (array, &(guint8){ (guint8)(i % modulus) }, 1);
  return g_byte_array_free_to_bytes (array);
}

/* A folder of its own; bytes NULL leaves the file out. */
static char *
mnist_folder (const char *name, GBytes *images, GBytes *labels)
{
  char *path = place (name);
  g_autofree char *i = g_build_filename (path, "train-images-idx3-ubyte", NULL);
  g_autofree char *l = g_build_filename (path, "train-labels-idx1-ubyte", NULL);
  gsize length;

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  if (images != NULL) {
    const char *bytes = g_bytes_get_data (images, &length);
    save (i, bytes, (gssize)length);
  }
  if (labels != NULL) {
    const char *bytes = g_bytes_get_data (labels, &length);
    save (l, bytes, (gssize)length);
  }
  return path;
}

static void
test_mnist (void)
{
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  const struct {
    guint32 magic, dims[3];
    guint n_dims;
    gsize bytes;
    guint32 label_magic, n_labels;
    gsize label_bytes;
    guint modulus;
    const char *says; /* NULL: it is good */
  } cases[] = {
    { 0x803, { 10, 4, 3 }, 3, 120, 0x801, 10, 10, 3, NULL },
    { 0x801, { 10, 4, 3 }, 3, 120, 0x801, 10, 10, 3, "starts with 0x00000801 where MNIST images" },
    { 0x803, { 10, 4, 3 }, 3, 120, 0x803, 10, 10, 3, "starts with 0x00000803 where MNIST labels" },
    { 0x803, { 10, 4, 3 }, 3, 119, 0x801, 10, 10, 3, "promises 120 bytes of data, but there are only 119" },
    { 0x803, { 10, 4, 3 }, 3, 0, 0x801, 10, 10, 3, "there are only 0" },
    { 0x803, { 10, 4, 3 }, 3, 125, 0x801, 10, 10, 3, "has 5 bytes more than the 120" },
    { 0x803, { 10, 4, 3 }, 2, 0, 0x801, 10, 10, 3, "ends inside its header" },
    { 0x803, { 0, 4, 3 }, 3, 0, 0x801, 10, 10, 3, "it has no rows" },
    { 0x803, { 10, 0, 3 }, 3, 0, 0x801, 10, 10, 3, "it has no pixels" },
    { 0x803, { 0xffffffff, 0xffffffff, 0xffffffff }, 3, 4, 0x801, 10, 10, 3, "promises more than 4 GiB" },
    { 0x803, { 10, 4, 3 }, 3, 120, 0x801, 9, 9, 3, "10 images but 9 labels" },
    { 0x803, { 10, 4, 3 }, 3, 120, 0x801, 10, 7, 3, "there are only 7" },
    { 0x803, { 10, 4, 3 }, 3, 120, 0x801, 10, 10, 1, "all labels are 0" },
    { 0xd0d, { 10, 4, 3 }, 3, 120, 0x801, 10, 10, 3, "starts with 0x00000d0d" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) images =
      idx_file (cases[i].magic, cases[i].dims, cases[i].n_dims, cases[i].bytes, 251);
    g_autoptr (GBytes) labels =
      idx_file (cases[i].label_magic, &cases[i].n_labels, 1, cases[i].label_bytes, cases[i].modulus);
    g_autofree char *name = g_strdup_printf ("mnist-%" G_GSIZE_FORMAT, i);
    g_autofree char *path = mnist_folder (name, images, labels);
    if (cases[i].says != NULL) {
      check_refused (path, &options, cases[i].says);
      continue;
    }
    g_autoptr (TwDataSet) data = tw_data_set_load (path, &options, NULL);
    g_assert_nonnull (data);
    g_assert_cmpuint (data->n_features, ==, 12);
    g_assert_cmpuint (data->height, ==, 4);
    g_assert_cmpuint (data->width, ==, 3);
    g_assert_cmpuint (data->n_classes, ==, 3);
    g_assert_cmpuint (data->train.n, ==, 8);
    g_assert_cmpuint (data->test.n, ==, 2);
    for (gsize r = 0; r < data->test.n; r++) {
      gsize row = tw_data_row (&data->test, r);
      g_assert_cmpuint (data->test.classes[row], ==, row % 3);
      g_assert_cmpuint (data->test.bytes[row * 12], ==, row * 12 % 251);
    }
  }
  g_autoptr (GBytes) tiny = g_bytes_new ("\0\0", 2), none = g_bytes_new ("", 0);
  g_autoptr (GBytes) labels = idx_file (0x801, (guint32[]){ 2 }, 1, 2, 2);
  g_autofree char *empty = mnist_folder ("mnist-empty", none, labels);
  g_autofree char *short_one = mnist_folder ("mnist-short", tiny, labels);
  g_autofree char *half = mnist_folder ("mnist-half", labels, NULL);
  g_autofree char *only_labels = mnist_folder ("mnist-labels", NULL, labels);
  g_autofree char *wrong = g_build_filename (half, "train-labels-idx1-ubyte", NULL);
  check_refused (empty, &options, "is empty");
  check_refused (short_one, &options, "too few for a magic number");
  check_refused (only_labels, &options, "has no file train-images-idx3-ubyte");
  check_refused (half, &options, "starts with 0x00000801");
  g_assert_cmpint (g_mkdir (wrong, 0700), ==, 0);
  g_autoptr (GBytes) images = idx_file (0x803, (guint32[]){ 2, 2, 2 }, 3, 8, 2);
  g_autofree char *again = mnist_folder ("mnist-half", images, NULL);
  check_refused (again, &options, "is a folder, not a file");
}

/* ---- what is good ---- */

static TwDataSet *
load (const char *name, const TwDataOptions *options)
{
  g_autoptr (GError) error = NULL;
  TwDataSet *data = tw_data_set_load (name, options, &error);

  g_assert_no_error (error);
  return data;
}

/* The same table written in different ways is the same data. */
static void
test_spellings (void)
{
  const char *const spellings[] = {
    "x,y,kind\n1,-2.5,a\n3e0,4,b\n5,6.25,a\n7,8,b\n",
    "\xef\xbb\xbfx,y,kind\r\n1,-2.5,a\r\n3,4,b\r\n5,6.25,a\r\n7,8,b",
    "x;y;kind\n1;-2.5;a\n3;4;b\n\n5;6.25;a\n7;8;b\n\n",
    "x\ty\tkind\n1\t-2.5\ta\n3\t4\tb\n5\t6.25\ta\n7\t8\tb\n",
    "\"x\",\"y\",\"kind\"\n\"1\",\"-2.5\",\"a\"\n3, 4 ,b \n5,0.625e1,\"a\" \n+7,8.,b\n",
    "x,y,kind\n1,-2.50000000000000000000000,a\n3,4,b\n5,625e-2,a\n7,800000000000000000000e-20,b\n",
  };
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  const double values[] = { 1, -2.5, 3, 4, 5, 6.25, 7, 8 };

  options.scale = TW_SCALE_NONE;
  options.test = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (spellings); i++) {
    g_autofree char *path = place ("spelling.csv");
    save (path, spellings[i], -1);
    g_autoptr (TwDataSet) data = load (path, &options);
    g_assert_cmpuint (data->train.n, ==, 4);
    g_assert_cmpuint (data->test.n, ==, 0);
    g_assert_cmpuint (data->n_features, ==, 2);
    g_assert_cmpuint (data->n_classes, ==, 2);
    g_assert_cmpstr (data->class_names[1], ==, "b");
    g_assert_cmpstr (data->feature_names[1], ==, "y");
    for (gsize j = 0; j < 8; j++)
      g_assert_cmpfloat (data->train.values[j], ==, values[j]);
    for (gsize r = 0; r < 4; r++)
      g_assert_cmpuint (data->train.classes[r], ==, r % 2);
  }
}

static void
test_columns (void)
{
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  g_autofree char *path = place ("columns.csv");

  options.test = 0;
  save (path, "10,x,1\n9,x,2\n2,x,1\n10,x,3\n", -1);
  options.label = "1";
  check_refused (path, &options, "line 1, column 2: \"x\" is not a number");
  save (path, "10,0,1\n9,0,2\n2,0,1\n10,0,3\n", -1);
  g_autoptr (TwDataSet) classes = load (path, &options);
  g_assert_cmpuint (classes->n_classes, ==, 3); /* in the order of numbers */
  g_assert_cmpstr (classes->class_names[0], ==, "2");
  g_assert_cmpstr (classes->class_names[2], ==, "10");
  g_assert_cmpuint (classes->train.classes[0], ==, 2);
  for (gsize r = 0; r < 4; r++) /* a column that never changes says nothing */
    g_assert_cmpfloat (classes->train.values[2 * r], ==, 0);
  options.target = TW_TARGET_NUMBER;
  g_autoptr (TwDataSet) numbers = load (path, &options);
  g_assert_cmpuint (numbers->n_classes, ==, 0);
  double sum = 0, squares = 0;
  for (gsize r = 0; r < 4; r++) {
    sum += numbers->train.targets[r];
    squares += numbers->train.targets[r] * numbers->train.targets[r];
  }
  g_assert_cmpfloat_with_epsilon (sum, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (squares, 4, 1e-5);
  options.scale = TW_SCALE_RANGE;
  options.label = "3";
  g_autoptr (TwDataSet) range = load (path, &options);
  g_assert_cmpfloat (range->train.values[0], ==, 1);
  g_assert_cmpfloat_with_epsilon (range->train.values[2], 7.0 / 8, 1e-7);
  g_assert_cmpfloat (range->train.targets[3], ==, 1);
  options.header = TW_HEADER_YES;
  check_refused (path, &options, "has 3 rows");
}

/* Everything in the list can be had; held-out rows are others; seeds matter; scaling is that of the rows
 * trained on. */
static void
test_names (void)
{
  gsize n;
  const TwDataInfo *infos = tw_data_list (&n);

  for (gsize i = 0; i < n; i++) {
    TwDataOptions options = TW_DATA_OPTIONS_INIT;
    g_assert_cmpuint (strlen (infos[i].summary), >, 10);
    g_assert_nonnull (infos[i].licence);
    if (g_str_equal (infos[i].name, "fashion-mnist") &&
        !g_file_test ("/usr/share/datasets/fashion-mnist", G_FILE_TEST_IS_DIR))
      continue;
    g_autoptr (TwDataSet) data = load (infos[i].name, &options);
    gsize rows = data->train.n + data->test.n, F = data->n_features;
    g_assert_cmpuint (data->test.n, >, rows / 8);
    if (data->train.map != NULL) {
      g_autofree guint8 *seen = g_new0 (guint8, rows);
      for (gsize r = 0; r < rows; r++)
        seen[r < data->train.n ? data->train.map[r] : data->test.map[r - data->train.n]]++;
      for (gsize r = 0; r < rows; r++)
        g_assert_cmpuint (seen[r], ==, 1);
    }
    g_autofree TwReal *x = g_new (TwReal, data->train.n * F);
    tw_data_gather (data, &data->train, NULL, 0, data->train.n, x);
    double sum = 0, squares = 0, count = (double)data->train.n * (double)F;
    for (gsize j = 0; j < data->train.n * F; j++) {
      sum += x[j];
      squares += (double)x[j] * x[j];
    }
    if (strstr (infos[i].shape, "drawn") == NULL) {
      g_assert_cmpfloat (fabs (sum / count), <, 1e-3);
      g_assert_cmpfloat (fabs (squares / count - 1), <, 2e-3);
    }
    options.seed = 1;
    if (data->train.map != NULL) {
      g_autoptr (TwDataSet) other = load (infos[i].name, &options);
      g_assert_cmpint (memcmp (other->train.map, data->train.map, data->train.n * sizeof (guint32)), !=, 0);
    }
  }
}

/* A million rows, in seconds. */
static void
test_large (void)
{
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  g_autofree char *path = place ("large.csv");
  const gsize rows = g_test_thorough () ? 1000000 : 50000;
  g_autoptr (GString) text = g_string_new ("a,b,c,d,e,f,g,h,i,y\n");

  for (gsize r = 0; r < rows; r++) {
    for (guint j = 0; j < 9; j++)
      g_string_append_printf (text, "%.6g,", tw_random_normal ((TwDraw){ 1, r }, j));
    g_string_append_printf (text, "%d\n", (int)(r % 3));
  }
  save (path, text->str, (gssize)text->len);
  gint64 before = g_get_monotonic_time ();
  g_autoptr (TwDataSet) data = load (path, &options);
  g_test_message ("%" G_GSIZE_FORMAT " rows of 10 columns, %.1f MB: %.2f s", rows, (double)text->len / 1e6,
                  (double)(g_get_monotonic_time () - before) * 1e-6);
  g_assert_cmpuint (data->train.n + data->test.n, ==, rows);
  g_assert_cmpuint (data->n_classes, ==, 3);
}

static int
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_tree (child);
  }
  return g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("thalweg-data-XXXXXX", NULL);
  g_test_add_func ("/data/bad-csv", test_bad_csv);
  g_test_add_func ("/data/too-many-labels", test_too_many_labels);
  g_test_add_func ("/data/bad-files", test_bad_files);
  g_test_add_func ("/data/mnist", test_mnist);
  g_test_add_func ("/data/spellings", test_spellings);
  g_test_add_func ("/data/columns", test_columns);
  g_test_add_func ("/data/names", test_names);
  g_test_add_func ("/data/large", test_large);
  int status = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  return status;
}
