// What is made once for an index: its long rows and their chunks, and the row of each slot.
#include "edge_rows.cuh"

struct SplitArgs {
  const int* offsets;
  int* counts;  // zeroed before
  int* rows;
  int* firsts;
  int* chunkPlaces;
  int* chunkBegins;
  long long numRows;
  int threshold;
  int chunk;
};

KERNEL(rows_split, SplitArgs) {
  for (long long r = globalThread(); r < a.numRows; r += globalThreads()) {
    const int begin = a.offsets[r];
    const int edges = a.offsets[r + 1] - begin;
    if (edges <= a.threshold) continue;
    const int chunks = (edges + a.chunk - 1) / a.chunk;
    // Which place a row gets does not matter to any result.
    const int at = atomicAdd(a.counts, 1);
    const int first = atomicAdd(a.counts + 1, chunks);
    a.rows[at] = static_cast<int>(r);
    a.firsts[at] = first;
    for (int k = 0; k < chunks; k++) {
      a.chunkPlaces[first + k] = at;
      a.chunkBegins[first + k] = begin + k * a.chunk;
    }
  }
}

struct PlacesArgs {
  const int* counts;
  const int* rows;
  int* places;
};

// places[row] = its place among the long rows; other rows are left as they are.
KERNEL(rows_places, PlacesArgs) {
  for (long long i = globalThread(); i < a.counts[0]; i += globalThreads()) {
    a.places[a.rows[i]] = static_cast<int>(i);
  }
}

struct SlotsArgs {
  const int* offsets;
  int* slotRows;
  long long numRows;
  long long numEdges;
};

// slotRows[slot] = the row that owns it, found by halving.
KERNEL(rows_slots, SlotsArgs) {
  for (long long i = globalThread(); i < a.numEdges; i += globalThreads()) {
    long long low = 0;
    long long high = a.numRows;
    // offsets[low] <= i < offsets[high]
    while (high - low > 1) {
      const long long middle = (low + high) / 2;
      if (a.offsets[middle] <= i) {
        low = middle;
      } else {
        high = middle;
      }
    }
    a.slotRows[i] = static_cast<int>(low);
  }
}
