package io.relata.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Softmax over the edges that share an end, for every trailing position by itself (DGL: {@code
 * dgl.ops.edge_softmax}): over all edges of a relation, some, or those of several relations
 * together. A logit of -inf gets weight 0; a node all of whose logits are -inf gets zeros.
 */
public final class EdgeSoftmax {
  private EdgeSoftmax() {}

  /**
   * Over all edges of one relation.
   *
   * @param logits (E, …)
   * @return the same shape
   */
  public static Tensor of(Adjacency g, NormBy by, Tensor logits) {
    return switch (by) {
      case DESTINATION -> GraphOps.edgeSoftmax(g, logits);
      case SOURCE -> GraphOps.edgeSoftmax(g.reversed(), logits);
    };
  }

  /**
   * Over some edges of one relation; the others take no part.
   *
   * @param edges different edge ids
   * @param logits (edges.length, …): row i belongs to edge edges[i]
   * @return the same shape
   * @throws RelataException INDEX for an edge that does not exist or is named twice
   */
  public static Tensor ofEdges(Adjacency g, NormBy by, int[] edges, Tensor logits) {
    return of(g.withEdges("edgeSoftmax", edges), by, logits);
  }

  /**
   * Over the edges of several relations that share the nodes at the normalising end; a relation
   * without edges changes nothing.
   *
   * @param logits one tensor per relation, (E of that relation, …)
   * @return one tensor per relation, of the same shapes
   */
  public static List<Tensor> across(List<Adjacency> graphs, NormBy by, List<Tensor> logits) {
    if (graphs.isEmpty() || graphs.size() != logits.size()) {
      throw RelataException.of(ErrorId.ARGUMENT, "Every relation needs its logits")
          .where("edgeSoftmax across relations")
          .expected("as many tensors as relations, at least one")
          .found(graphs.size() + " relations, " + logits.size() + " tensors")
          .build();
    }
    for (int i = 0; i < graphs.size(); i++) {
      GraphOps.check(graphs.get(i), "edgeSoftmax, relation " + i, Arg.e(logits.get(i)));
    }
    Tensor joined = of(joined(graphs, by), NormBy.DESTINATION, Tensor.concat(0, logits));
    List<Tensor> parts = new ArrayList<>();
    long at = 0;
    for (Adjacency g : graphs) {
      parts.add(joined.slice(0, at, at + g.numEdges()));
      at += g.numEdges();
    }
    return List.copyOf(parts);
  }

  /** All edges one after the other; only the normalising end matters. */
  private static Adjacency joined(List<Adjacency> graphs, NormBy by) {
    int total = Math.toIntExact(graphs.stream().mapToLong(Adjacency::numEdges).sum());
    int nodes = ends(graphs.getFirst(), by).numDst();
    int[] ends = new int[total];
    int at = 0;
    for (Adjacency g : graphs) {
      Adjacency towards = ends(g, by);
      if (towards.numDst() != nodes) {
        throw RelataException.of(ErrorId.ARGUMENT, "The relations do not share their nodes")
            .where("edgeSoftmax across relations")
            .expected(nodes + " nodes at the normalising end, as in the first relation")
            .found(Integer.toString(towards.numDst()))
            .build();
      }
      int[] dst = towards.dst();
      System.arraycopy(dst, 0, ends, at, dst.length);
      at += dst.length;
    }
    int[] src = new int[total];
    Arrays.setAll(src, e -> e);
    return Adjacency.of(
        graphs.getFirst().relata(), "edgeSoftmax across relations", total, nodes, src, ends);
  }

  private static Adjacency ends(Adjacency g, NormBy by) {
    return by == NormBy.DESTINATION ? g : g.reversed();
  }
}
