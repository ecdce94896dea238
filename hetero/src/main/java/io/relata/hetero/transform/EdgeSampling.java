package io.relata.hetero.transform;

import io.relata.DType;
import io.relata.Tensor;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Subgraphs of some edges at given nodes: drawn at random, or the heaviest. All nodes stay, with
 * their ids; edges are ordered by id.
 */
public final class EdgeSampling {
  private EdgeSampling() {}

  /** An edge that may be taken; smaller keys are taken first. */
  private record Candidate(EdgeType type, int id, double key) {}

  private static final Comparator<Candidate> ORDER =
      Comparator.comparingDouble(Candidate::key)
          .thenComparing(Candidate::type)
          .thenComparingInt(Candidate::id);

  /**
   * In-edges of the seeds, drawn uniformly without replacement from the runtime's counter-based
   * generator, so that a seed of the runtime gives the same edges on every backend (DGL: {@code
   * sample_neighbors}).
   *
   * @param seeds by node type
   */
  public static HeteroGraph in(HeteroGraph g, Map<String, int[]> seeds, Fanout fanout) {
    return taken(g, seeds, fanout, true, EdgeSampling::random);
  }

  /** The same of out-edges. */
  public static HeteroGraph out(HeteroGraph g, Map<String, int[]> seeds, Fanout fanout) {
    return taken(g, seeds, fanout, false, EdgeSampling::random);
  }

  private static double[] random(RelationView r, int[] edges) {
    if (edges.length == 0) {
      return new double[0];
    }
    Tensor keys = r.adjacency().relata().uniform(0, 1, DType.FLOAT64, edges.length);
    return keys.toDoubleArray();
  }

  /**
   * The in-edges of the seeds with the largest, or smallest, weights; of equal ones the smaller id
   * (DGL: {@code select_topk}).
   *
   * @param seeds by node type; all nodes where empty
   * @param weight edge field, (E,) or (E, 1)
   */
  public static HeteroGraph heaviest(
      HeteroGraph g, Map<String, int[]> seeds, Fanout fanout, String weight, boolean largest) {
    Map<String, int[]> at = new TreeMap<>(seeds);
    if (seeds.isEmpty()) {
      g.nodeTypes().forEach(t -> at.put(t, IntStream.range(0, g.numNodes(t)).toArray()));
    }
    return taken(
        g,
        at,
        fanout,
        true,
        (r, edges) -> {
          double[] all = r.edges().get(weight).reshape(r.numEdges()).toDoubleArray();
          return IntStream.of(edges).mapToDouble(e -> largest ? -all[e] : all[e]).toArray();
        });
  }

  private static HeteroGraph taken(
      HeteroGraph g,
      Map<String, int[]> seeds,
      Fanout fanout,
      boolean in,
      BiFunction<RelationView, int[], double[]> keys) {
    Map<EdgeType, IntStream.Builder> taken = new TreeMap<>();
    g.edgeTypes().forEach(t -> taken.put(t, IntStream.builder()));
    seeds.forEach(
        (nodeType, nodes) -> {
          int[] distinct = IntStream.of(nodes).distinct().toArray();
          List<List<Candidate>> ofNodes = new ArrayList<>();
          IntStream.range(0, distinct.length).forEach(_ -> ofNodes.add(new ArrayList<>()));
          g.numNodes(nodeType);
          for (EdgeType type : g.edgeTypes()) {
            if (nodeType.equals(in ? type.destination() : type.source())) {
              addCandidates(ofNodes, g.relation(type.toString()), distinct, fanout, in, keys);
            }
          }
          for (List<Candidate> ofNode : ofNodes) {
            first(ofNode, fanout.perRelation() ? Fanout.ALL : fanout)
                .forEach(c -> taken.get(c.type).add(c.id));
          }
        });
    Map<String, int[]> edges = new TreeMap<>();
    taken.forEach((type, ids) -> edges.put(type.toString(), ids.build().sorted().toArray()));
    return Subgraphs.ofEdges(g, edges, Nodes.ALL);
  }

  private static void addCandidates(
      List<List<Candidate>> ofNodes,
      RelationView r,
      int[] nodes,
      Fanout fanout,
      boolean in,
      BiFunction<RelationView, int[], double[]> keys) {
    int[] edges = in ? r.inEdges(nodes) : r.outEdges(nodes);
    int[] degrees = in ? r.inDegreesOf(nodes) : r.outDegreesOf(nodes);
    double[] key = keys.apply(r, edges);
    int at = 0;
    for (int i = 0; i < nodes.length; i++) {
      List<Candidate> ofRelation = new ArrayList<>();
      for (int j = 0; j < degrees[i]; j++, at++) {
        ofRelation.add(new Candidate(r.type(), edges[at], key[at]));
      }
      ofNodes.get(i).addAll(fanout.perRelation() ? first(ofRelation, fanout) : ofRelation);
    }
  }

  private static List<Candidate> first(List<Candidate> candidates, Fanout fanout) {
    return candidates.stream().sorted(ORDER).limit(fanout.count()).toList();
  }
}
