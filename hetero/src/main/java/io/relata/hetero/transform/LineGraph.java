package io.relata.hetero.transform;

import io.relata.hetero.CompressedRows;
import io.relata.hetero.EdgeView;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.stream.IntStream;

/** The graph of what follows what (DGL: {@code line_graph}). */
public final class LineGraph {
  private LineGraph() {}

  /**
   * A node for each edge of a homogeneous graph, with its fields, and an edge from i to j where
   * edge j leaves the node that edge i enters; ordered by i, then j. A self-loop does not follow
   * itself.
   *
   * @param backtracking whether (u, v) is followed by (v, u)
   */
  public static HeteroGraph of(HeteroGraph g, boolean backtracking) {
    RelationView r = g.relation();
    SelfLoops.among("LineGraph.of", g, r.type().toString());
    CompressedRows out = r.csr();
    IntStream.Builder from = IntStream.builder();
    IntStream.Builder to = IntStream.builder();
    for (int i = 0; i < r.numEdges(); i++) {
      int middle = r.adjacency().dst(i);
      for (int slot = out.offsets()[middle]; slot < out.offsets()[middle + 1]; slot++) {
        boolean back = out.columns()[slot] == r.adjacency().src(i);
        if (out.edges()[slot] != i && (backtracking || !back)) {
          from.add(i);
          to.add(out.edges()[slot]);
        }
      }
    }
    HeteroGraph made =
        HeteroGraph.homogeneous(
            g.relata(), r.numEdges(), from.build().toArray(), to.build().toArray());
    EdgeView fields = g.edges();
    fields.fields().forEach(f -> made.nodes().set(f, fields.get(f)));
    return made;
  }
}
