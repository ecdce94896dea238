package io.relata.hetero.transform;

import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Graphs whose edges run the other way, or both ways. */
public final class Reversal {
  private Reversal() {}

  /**
   * Every edge turned around, with its id and its fields; a relation keeps its short name (DGL:
   * {@code reverse} with {@code copy_edata}). Shares all memory.
   */
  public static HeteroGraph reverse(HeteroGraph g) {
    Derivation d = Derivation.of(g).keepAllNodes();
    g.edgeTypes().forEach(type -> d.reversedEdges(type.reversed(type.relation()), type));
    return d.build();
  }

  /**
   * Every edge also turned around, with the same fields (DGL: {@code add_reverse_edges} with {@code
   * copy_edata}). In a relation of a node type with itself the reverse edges come after the old
   * ones; for another relation {@code r} they are a new one, {@code rev_r}.
   *
   * @param loopsToo whether a self-loop gets a reverse
   */
  public static HeteroGraph addReverseEdges(HeteroGraph g, boolean loopsToo) {
    Derivation d = Derivation.of(g).keepAllNodes();
    for (EdgeType type : g.edgeTypes()) {
      if (!type.source().equals(type.destination())) {
        d.keepEdges(type);
        d.reversedEdges(type.reversed("rev_" + type.relation()), type);
        continue;
      }
      RelationView r = g.relation(type.toString());
      int[] src = r.adjacency().src();
      int[] dst = r.adjacency().dst();
      int[] turned =
          IntStream.range(0, src.length).filter(e -> loopsToo || src[e] != dst[e]).toArray();
      d.edges(
          type,
          IntStream.concat(IntStream.of(src), IntStream.of(turned).map(e -> dst[e])).toArray(),
          IntStream.concat(IntStream.of(dst), IntStream.of(turned).map(e -> src[e])).toArray(),
          IntStream.concat(IntStream.range(0, src.length), IntStream.of(turned)).toArray());
    }
    return d.build();
  }

  /**
   * Every pair of nodes that an edge joins has exactly one edge each way, ordered by source, then
   * destination; edges have no fields (DGL: {@code to_bidirected}). All relations must be of a node
   * type with itself.
   */
  public static HeteroGraph toBidirected(HeteroGraph g) {
    Derivation d = Derivation.of(g).keepAllNodes();
    for (EdgeType type : g.edgeTypes()) {
      SelfLoops.among("Reversal.toBidirected", g, type.toString());
      RelationView r = g.relation(type.toString());
      int[] src = r.adjacency().src();
      int[] dst = r.adjacency().dst();
      long[] pairs =
          IntStream.range(0, src.length)
              .boxed()
              .flatMapToLong(e -> LongStream.of(pair(src[e], dst[e]), pair(dst[e], src[e])))
              .sorted()
              .distinct()
              .toArray();
      d.newEdges(
          type,
          LongStream.of(pairs).mapToInt(p -> (int) (p >>> Integer.SIZE)).toArray(),
          LongStream.of(pairs).mapToInt(p -> (int) p).toArray());
    }
    return d.build();
  }

  private static long pair(int src, int dst) {
    return (long) src << Integer.SIZE | dst;
  }
}
