package io.relata.cpu.graph;

import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * How the numbers of several heads, edge after edge, lie in vectors, and how the lanes of one head
 * are folded: always in the same order. Where heads do not divide the lanes, vectors take as many
 * edges as fit; where there are more heads than lanes, one edge's heads take several vectors. A
 * constant of a template's copy, so that C2 folds the branches.
 *
 * @param heads number of heads
 * @param edges edges in a vector; one where a vector does not hold all heads
 * @param whole vectors are whole but for the last of a row
 * @param step bytes from one vector of a row to the next one of the same heads
 * @param a first exchange of lanes between edges, and so on; not used where there is none
 * @param repeat brings the first edge's lanes to all edges
 */
record HeadLanes(
    int heads,
    int edges,
    boolean whole,
    long step,
    VectorShuffle<Float> a,
    VectorShuffle<Float> b,
    VectorShuffle<Float> c,
    VectorShuffle<Float> d,
    VectorShuffle<Float> repeat) {

  static HeadLanes of(int heads) {
    int edges = Math.max(1, LENGTH / heads);
    boolean whole = LENGTH % heads == 0;
    return new HeadLanes(
        heads,
        edges,
        whole,
        4L * edges * heads,
        rotation(whole ? edges / 2 * heads : heads),
        rotation(whole ? edges / 4 * heads : 2 * heads),
        rotation(whole ? edges / 8 * heads : 3 * heads),
        rotation(whole ? edges / 16 * heads : 4 * heads),
        VectorShuffle.fromOp(SPECIES, i -> i % heads % LENGTH));
  }

  /** Vectors that just hold one edge's numbers where there are such, else the usual ones. */
  static VectorSpecies<Float> species(int heads) {
    return heads >= LENGTH
        ? SPECIES
        : switch (heads) {
          case 2 -> FloatVector.SPECIES_64;
          case 4 -> FloatVector.SPECIES_128;
          case 8 -> FloatVector.SPECIES_256;
          default -> SPECIES;
        };
  }

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % LENGTH);
  }

  /** Lanes from {@code bytes} before the row's end on, of the heads from the g-th on. */
  VectorMask<Float> mask(int g, long bytes) {
    int lanes = heads < LENGTH ? edges * heads : heads - g;
    return SPECIES.indexInRange(0, whole ? bytes >> 2 : Math.min(lanes, bytes >> 2));
  }

  /** Numbers of one edge, in all edges' lanes. */
  FloatVector repeated(FloatVector first) {
    return heads < LENGTH ? first.rearrange(repeat) : first;
  }

  /** Each head's sum, in all edges' lanes. */
  FloatVector sum(FloatVector x) {
    if (whole) {
      FloatVector y = edges > 1 ? x.add(x.rearrange(a)) : x;
      y = edges > 2 ? y.add(y.rearrange(b)) : y;
      y = edges > 4 ? y.add(y.rearrange(c)) : y;
      return edges > 8 ? y.add(y.rearrange(d)) : y;
    }
    if (edges == 1) {
      return x;
    }
    FloatVector y = x.add(x.rearrange(a));
    y = edges > 2 ? y.add(x.rearrange(b)) : y;
    y = edges > 3 ? y.add(x.rearrange(c)) : y;
    y = edges > 4 ? y.add(x.rearrange(d)) : y;
    return y.rearrange(repeat);
  }

  /** Each head's largest number, in all edges' lanes. */
  FloatVector max(FloatVector x) {
    if (whole) {
      FloatVector y = edges > 1 ? x.max(x.rearrange(a)) : x;
      y = edges > 2 ? y.max(y.rearrange(b)) : y;
      y = edges > 4 ? y.max(y.rearrange(c)) : y;
      return edges > 8 ? y.max(y.rearrange(d)) : y;
    }
    if (edges == 1) {
      return x;
    }
    FloatVector y = x.max(x.rearrange(a));
    y = edges > 2 ? y.max(x.rearrange(b)) : y;
    y = edges > 3 ? y.max(x.rearrange(c)) : y;
    y = edges > 4 ? y.max(x.rearrange(d)) : y;
    return y.rearrange(repeat);
  }
}
