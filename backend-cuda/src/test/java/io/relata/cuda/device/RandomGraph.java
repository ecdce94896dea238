package io.relata.cuda.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * An R-MAT graph (Chakrabarti, Zhan, Faloutsos 2004; quadrants 0.57, 0.19, 0.19, 0.05), made by all
 * processors from seeds that depend on its size alone, and written for others to read.
 */
record RandomGraph(String name, int nodes, int[] src, int[] dst) {
  private static final int PART = 1 << 20;

  static RandomGraph of(String name, int nodes, int edges) {
    int[] src = new int[edges];
    int[] dst = new int[edges];
    int bits = 32 - Integer.numberOfLeadingZeros(nodes - 1);
    IntStream.range(0, (edges + PART - 1) / PART)
        .parallel()
        .forEach(
            part -> {
              SplittableRandom random = new SplittableRandom(31L * edges + part);
              int end = Math.min(edges, (part + 1) * PART);
              for (int e = part * PART; e < end; e++) {
                int s = 0;
                int d = 0;
                for (int b = 0; b < bits; b++) {
                  double u = random.nextDouble();
                  s = 2 * s + (u < 0.76 ? 0 : 1);
                  d = 2 * d + (u < 0.57 || u >= 0.76 && u < 0.95 ? 0 : 1);
                }
                src[e] = s % nodes;
                dst[e] = d % nodes;
              }
            });
    return new RandomGraph(name, nodes, src, dst);
  }

  /** Relation of each edge, skewed like the graph, of {@code count}. */
  int[] relations(int count) {
    int[] of = new int[src.length];
    SplittableRandom random = new SplittableRandom(count);
    for (int e = 0; e < of.length; e++) {
      double u = random.nextDouble();
      of[e] = (int) (u * u * count);
    }
    return of;
  }

  /** Writes {@code NAME.src}, {@code NAME.dst}: little-endian 32-bit integers. */
  void write(Path folder) throws IOException {
    write(folder.resolve(name + ".src"), src);
    write(folder.resolve(name + ".dst"), dst);
  }

  static void write(Path file, int[] numbers) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (int at = 0; at < numbers.length; at += 1 << 20) {
        int n = Math.min(1 << 20, numbers.length - at);
        bytes.clear();
        bytes.asIntBuffer().put(numbers, at, n);
        bytes.limit(4 * n);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
  }
}
