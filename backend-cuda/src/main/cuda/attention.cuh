// Additive attention (io.relata.spi.AttentionCall): what its kernels share.
//
// `lanes` lanes have a head of a row, VEC neighbouring numbers each, V times; `heads` heads stand
// side by side (both powers of two, together at most a warp). Every lane computes its head's logit
// of an edge itself: that costs an exponential, not an exchange.
#pragma once

#include "edge_rows.cuh"

struct AttentionArgs {
  Rows rows;  // by destination; for the gradient by source
  Split split;
  const void* source;       // (sources, heads)
  const void* destination;  // (destinations, heads)
  const void* edge;         // (edges, heads) by edge id, or null
  const void* values;       // (sources, heads * width)
  void* out;                // (destinations, heads * width); read by the gradient
  void* statistics;         // (destinations, heads, 2), or null
  void* partial;            // (chunks, heads * width)
  void* partialStatistics;  // (chunks, heads, 2); gradient: (chunks, heads), sums for dSource
  // The gradient's.
  const void* gradient;  // (destinations, heads * width)
  void* table;           // (destinations, heads, 4): term, largest, sum, result times gradient
  void* dSource;
  void* dEdge;
  void* dValues;
  double slope;
  int heads;
  int width;
  int lanes;      // of a head
  int sideHeads;  // heads of a group
  int chunkBlocks;
};

// A lane's place: its head and its columns there.
struct HeadLane {
  int head;
  int first;
  int step;
  bool works;
};

template <int VEC>
DEVICE HeadLane headLane(const AttentionArgs& a, int laneOfGroup) {
  const int head = static_cast<int>(blockIdx.y) * a.sideHeads + laneOfGroup / a.lanes;
  return {head, (laneOfGroup & (a.lanes - 1)) * VEC, a.lanes * VEC, head < a.heads};
}

// x is the sum of an edge's terms.
template <typename N>
DEVICE N leaky(N x, N slope) {
  return x > 0 ? x : slope * x;
}
