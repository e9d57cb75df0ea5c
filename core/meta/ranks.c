#include "core/meta/ranks.h"

#include "config.h"

#ifdef TW_HAVE_MPI
#include <mpi.h>

static int rank, size = 1;

void
tw_ranks_init (int *argc, char ***argv)
{
  int provided;

  /* Threads of a rank compute; only its main thread talks to the others. */
  MPI_Init_thread (argc, argv, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank (MPI_COMM_WORLD, &rank);
  MPI_Comm_size (MPI_COMM_WORLD, &size);
}

void
tw_ranks_finish (void)
{
  MPI_Finalize ();
}

guint
tw_ranks_get_rank (void)
{
  return (guint)rank;
}

guint
tw_ranks_get_size (void)
{
  return (guint)size;
}

void
tw_ranks_sum (double *values, gsize n)
{
  if (size > 1)
    MPI_Allreduce (MPI_IN_PLACE, values, (int)n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

gboolean
tw_ranks_decide (gboolean yes)
{
  int word = yes;

  if (size > 1)
    MPI_Bcast (&word, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return word;
}

GBytes *
tw_ranks_fetch (GBytes *bytes, guint owner)
{
  if (owner == 0)
    return rank == 0 ? g_bytes_ref (bytes) : NULL;
  if ((guint)rank == owner) {
    gsize length;
    gconstpointer data = g_bytes_get_data (bytes, &length);
    MPI_Send (data, (int)length, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    return NULL;
  }
  if (rank != 0)
    return NULL;
  MPI_Status status;
  int length;
  MPI_Probe ((int)owner, 0, MPI_COMM_WORLD, &status);
  MPI_Get_count (&status, MPI_BYTE, &length);
  void *data = g_malloc ((gsize)length);
  MPI_Recv (data, length, MPI_BYTE, (int)owner, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return g_bytes_new_take (data, (gsize)length);
}

#else

void
tw_ranks_init (int *argc, char ***argv)
{
}

void
tw_ranks_finish (void)
{
}

guint
tw_ranks_get_rank (void)
{
  return 0;
}

guint
tw_ranks_get_size (void)
{
  return 1;
}

void
tw_ranks_sum (double *values, gsize n)
{
}

gboolean
tw_ranks_decide (gboolean yes)
{
  return yes;
}

GBytes *
tw_ranks_fetch (GBytes *bytes, guint owner)
{
  return g_bytes_ref (bytes);
}
#endif
