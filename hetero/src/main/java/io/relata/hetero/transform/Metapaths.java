package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.hetero.CompressedRows;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Graphs that join nodes between which a path of given relations leads. */
public final class Metapaths {
  private Metapaths() {}

  /**
   * The nodes at both ends of the path and one edge, named {@code _E}, for each pair of them that
   * the path joins, ordered by source, then destination (DGL: {@code metapath_reachable_graph}).
   *
   * @param path short or full relation names, each leaving the type that the one before enters
   * @throws RelataException ARGUMENT for relations that do not follow each other
   */
  public static HeteroGraph reachable(HeteroGraph g, String... path) {
    EdgeType type = ends(g, HeteroGraph.EDGE, path);
    Derivation d = Derivation.of(g).keepNodes(type.source()).keepNodes(type.destination());
    return join(d, type, walk(g, path)).build();
  }

  /** The whole graph with such edges as one more relation (PyG: {@code AddMetaPaths}). */
  public static HeteroGraph add(HeteroGraph g, String name, String... path) {
    EdgeType type = ends(g, name, path);
    if (g.edgeTypes().contains(type)) {
      throw RelataException.of(ErrorId.RELATION_AMBIGUOUS, "The graph has such a relation already")
          .where("Metapaths.add")
          .found("'" + type + "'")
          .remedy("give it another name")
          .build();
    }
    Derivation d = Derivation.of(g).keepAllNodes().keepAllEdges();
    return join(d, type, walk(g, path)).build();
  }

  private static Derivation join(Derivation d, EdgeType type, List<int[]> reached) {
    int[] src =
        IntStream.range(0, reached.size())
            .flatMap(u -> IntStream.generate(() -> u).limit(reached.get(u).length))
            .toArray();
    return d.newEdges(type, src, reached.stream().flatMapToInt(Arrays::stream).toArray());
  }

  private static EdgeType ends(HeteroGraph g, String name, String... path) {
    if (path.length == 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "A metapath needs at least one relation").build();
    }
    for (int i = 1; i < path.length; i++) {
      String entered = g.edgeType(path[i - 1]).destination();
      EdgeType next = g.edgeType(path[i]);
      if (!next.source().equals(entered)) {
        throw RelataException.of(ErrorId.ARGUMENT, "The relations of a metapath do not connect")
            .where("metapath, position " + i)
            .expected("a relation from '" + entered + "'")
            .found("'" + next + "'")
            .build();
      }
    }
    return new EdgeType(
        g.edgeType(path[0]).source(), name, g.edgeType(path[path.length - 1]).destination());
  }

  /** For each source node the nodes that the path leads to, ascending. */
  private static List<int[]> walk(HeteroGraph g, String... path) {
    CompressedRows[] steps =
        Arrays.stream(path).map(r -> g.relation(r).csr()).toArray(CompressedRows[]::new);
    List<int[]> reached = new ArrayList<>(steps[0].numRows());
    for (int u = 0; u < steps[0].numRows(); u++) {
      int[] at = {u};
      for (CompressedRows step : steps) {
        at =
            Arrays.stream(at)
                .flatMap(
                    v -> Arrays.stream(step.columns(), step.offsets()[v], step.offsets()[v + 1]))
                .distinct()
                .toArray();
      }
      Arrays.sort(at);
      reached.add(at);
    }
    return reached;
  }
}
