package io.relata.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads a graph from a raw file, so that programs in other languages can run on the same one: int32
 * little-endian, all sources, then all destinations.
 */
final class EdgeFile {
  /** Bytes read at a time, a whole number of ids. */
  private static final int CHUNK = 1 << 22;

  private EdgeFile() {}

  /**
   * The graph in a file, edges in its order.
   *
   * @param nodes number of nodes
   * @throws UsageException where there is no such file, where its length is not that of two lists,
   *     or where an id is outside 0 to nodes - 1
   */
  static Edges read(Path file, int nodes) {
    if (!Files.isRegularFile(file)) {
      throw new UsageException("--graph: there is no file " + file.toAbsolutePath());
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long bytes = channel.size();
      if (bytes == 0 || bytes % 8 != 0 || bytes / 8 > Integer.MAX_VALUE - 8) {
        throw new UsageException(
            "--graph: "
                + file
                + " has "
                + bytes
                + " bytes; expected 8 an edge (int32 little-endian, all sources, then all"
                + " destinations), at least one edge and at most 2^31 - 9");
      }
      int edges = (int) (bytes / 8);
      int[] src = ids(channel, edges, "source", file, nodes);
      int[] dst = ids(channel, edges, "destination", file, nodes);
      return new Edges(file.getFileName().toString(), nodes, src, dst);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private static int[] ids(FileChannel channel, int count, String end, Path file, int nodes)
      throws IOException {
    int[] ids = new int[count];
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (at < count) {
      chunk.clear().limit((int) Math.min(CHUNK, 4L * (count - at)));
      while (chunk.hasRemaining()) {
        if (channel.read(chunk) < 0) {
          throw new IOException("The file became shorter while it was read");
        }
      }
      IntBuffer part = chunk.flip().asIntBuffer();
      int read = part.remaining();
      part.get(ids, at, read);
      at += read;
    }
    for (int e = 0; e < count; e++) {
      if (ids[e] < 0 || ids[e] >= nodes) {
        throw new UsageException(
            "--graph: "
                + file
                + ", "
                + end
                + " of edge "
                + e
                + " is "
                + ids[e]
                + "; expected 0 to "
                + (nodes - 1)
                + " for --nodes "
                + nodes
                + " (is the file little-endian?)");
      }
    }
    return ids;
  }
}
