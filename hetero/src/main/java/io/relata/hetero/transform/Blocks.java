package io.relata.hetero.transform;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.graph.Adjacency;
import io.relata.hetero.Derivation;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Layers of message flow: graphs whose source and destination nodes are numbered, and have fields,
 * apart, so that a layer of a network reads from one set and writes to the other.
 */
public final class Blocks {
  private Blocks() {}

  /** The block of a frontier whose destinations are all nodes that an edge enters, ascending. */
  public static HeteroGraph of(HeteroGraph frontier) {
    Map<String, int[]> entered = new TreeMap<>();
    frontier.nodeTypes().forEach(t -> entered.put(t, new int[0]));
    for (EdgeType type : frontier.edgeTypes()) {
      entered.merge(
          type.destination(),
          frontier.adjacency(type).dst(),
          (a, b) -> IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray());
    }
    entered.replaceAll((_, ids) -> IntStream.of(ids).sorted().distinct().toArray());
    return of(frontier, entered, true);
  }

  /**
   * The block of a frontier, a graph of the edges along which the seeds receive (DGL: {@code
   * to_block}). {@code parentSrcNodes}, {@code parentDstNodes} and {@code parentEdges} are ids in
   * the frontier.
   *
   * @param seeds destination nodes in their order, by node type, each at most once
   * @param seedsAreSources whether the seeds are also the first source nodes of their type, as
   *     layers that use a node's own features need; the other sources follow in order of first
   *     appearance, relation by relation
   * @throws RelataException NODE_ID for an edge whose destination is no seed, where DGL returns a
   *     block with destinations out of range
   */
  public static HeteroGraph of(
      HeteroGraph frontier, Map<String, int[]> seeds, boolean seedsAreSources) {
    seeds.keySet().forEach(frontier::numNodes);
    Map<String, Numbering> sources = Numbering.perType(frontier);
    Map<String, Numbering> targets = Numbering.perType(frontier);
    seeds.forEach(
        (type, ids) -> {
          Derivation.of(frontier).nodes(type, ids);
          targets.get(type).add(ids);
          if (targets.get(type).count() != ids.length) {
            throw RelataException.of(ErrorId.NODE_ID, "A seed is listed twice")
                .where("block, node type '" + type + "'")
                .expected("different nodes")
                .found(targets.get(type).count() + " different nodes of " + ids.length)
                .build();
          }
          if (seedsAreSources) {
            sources.get(type).add(ids);
          }
        });
    Derivation d = Derivation.of(frontier);
    for (EdgeType type : frontier.edgeTypes()) {
      requireSeeds(type, frontier.adjacency(type), targets.get(type.destination()));
      sources.get(type.source()).add(frontier.adjacency(type).src());
    }
    sources.forEach((type, n) -> d.ends(type, n.nodes(), targets.get(type).nodes()));
    for (EdgeType type : frontier.edgeTypes()) {
      Adjacency a = frontier.adjacency(type);
      d.allEdges(
          type,
          type,
          sources.get(type.source()).of(a.src()),
          targets.get(type.destination()).of(a.dst()));
    }
    return d.build();
  }

  private static void requireSeeds(EdgeType type, Adjacency a, Numbering seeds) {
    for (int e = 0; e < a.numEdges(); e++) {
      if (seeds.of(a.dst(e)) < 0) {
        throw RelataException.of(ErrorId.NODE_ID, "An edge of the frontier enters no seed")
            .where("block, relation '" + type + "', edge " + e)
            .expected("a destination among the seeds of '" + type.destination() + "'")
            .found("node " + a.dst(e))
            .remedy("take the frontier as Subgraphs.in(graph, seeds, Nodes.ALL)")
            .build();
      }
    }
  }

  /**
   * A layer of a network on a batch of nodes.
   *
   * @param block what it computes on
   * @param frontier the edges of the block with the ids of the whole graph: {@code
   *     frontier.parentEdges}
   */
  public record Layer(HeteroGraph block, HeteroGraph frontier) {}

  /**
   * The blocks that a network of several layers needs to compute the seeds exactly, from input to
   * output, with all in-edges (DGL: {@code MultiLayerFullNeighborSampler}). The source nodes of a
   * block are the destinations of the one before.
   */
  public static List<Layer> fullNeighbours(HeteroGraph g, Map<String, int[]> seeds, int layers) {
    List<Layer> all = new ArrayList<>();
    Map<String, int[]> wanted = seeds;
    for (int i = 0; i < layers; i++) {
      HeteroGraph frontier = Subgraphs.in(g, wanted, Nodes.ALL);
      HeteroGraph block = of(frontier, wanted, true);
      all.add(new Layer(block, frontier));
      Map<String, int[]> sources = new TreeMap<>();
      g.nodeTypes().forEach(t -> sources.put(t, block.parentSrcNodes(t).toIntArray()));
      wanted = sources;
    }
    return List.copyOf(all.reversed());
  }
}
