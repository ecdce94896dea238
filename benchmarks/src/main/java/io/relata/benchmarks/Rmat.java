package io.relata.benchmarks;

import java.util.SplittableRandom;

/**
 * R-MAT graphs with a fixed seed (Chakrabarti, Zhan, Faloutsos 2004; quadrants 0.57, 0.19, 0.19,
 * 0.05), whose skewed degrees are those of real graphs.
 *
 * @param numNodes nodes
 * @param src sources
 * @param dst destinations
 */
public record Rmat(int numNodes, int[] src, int[] dst) {
  /** A graph; ids above the count are folded back. */
  public static Rmat of(int numNodes, int numEdges, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int bits = 32 - Integer.numberOfLeadingZeros(numNodes - 1);
    int[] src = new int[numEdges];
    int[] dst = new int[numEdges];
    for (int e = 0; e < numEdges; e++) {
      int s = 0;
      int d = 0;
      for (int b = 0; b < bits; b++) {
        double u = random.nextDouble();
        s = 2 * s + (u < 0.76 ? 0 : 1);
        d = 2 * d + (u < 0.57 || (u >= 0.76 && u < 0.95) ? 0 : 1);
      }
      src[e] = s % numNodes;
      dst[e] = d % numNodes;
    }
    return new Rmat(numNodes, src, dst);
  }
}
