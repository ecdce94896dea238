package io.relata.examples.jdk;

import io.relata.Tensor;
import io.relata.data.jdk.JdkClassGraph;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Dropout;
import io.relata.nn.Embedding;
import io.relata.nn.Initializers;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.LayerNorm;
import io.relata.nn.Linear;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.graph.HeteroGraphConv;
import io.relata.nn.graph.Norm;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A relational graph convolutional network of two layers (Schlichtkrull et al. 2018): every node
 * starts from a learnt row; then twice, for each relation, the mean of the neighbours times a
 * matrix of the relation, summed over relations, plus the node itself times a matrix. The hidden
 * layer is normalised (layer norm), since a node can receive from many relations or none.
 *
 * <p>{@link #withoutEdges} is the baseline: the same layers without relations. It sees the
 * structural features of the classes, because learnt rows alone would tell it nothing of nodes it
 * has no label for.
 */
final class Rgcn extends Layer {
  private final Map<String, Embedding> start = new LinkedHashMap<>();
  private final Linear features;
  private final HeteroGraphConv[] convs = new HeteroGraphConv[2];
  private final Linear[] selves = new Linear[2];
  private final LayerNorm norm;
  private final Dropout dropout;

  private Rgcn(
      LayerContext context,
      HeteroGraph g,
      int width,
      int labels,
      double dropout,
      boolean useEdges) {
    for (String type : g.nodeTypes()) {
      Embedding rows = new Embedding(context, g.numNodes(type), width, Initializers.normal(0, 0.1));
      start.put(type, child("start_" + type, rows));
    }
    int inputs = Math.toIntExact(g.nodes(JdkClassGraph.CLASS).get(JdkHeteroGraph.FEATURES).dim(1));
    features = useEdges ? null : child("features", new Linear(context, inputs, width));
    int[] sizes = {width, width, labels};
    for (int i = 0; i < 2; i++) {
      selves[i] = child("self" + i, new Linear(context, sizes[i], sizes[i + 1]));
      if (useEdges) {
        convs[i] = child("conv" + i, relations(context, g, i, sizes[i], sizes[i + 1]));
      }
    }
    norm = child("norm", new LayerNorm(context, width));
    this.dropout = child("dropout", new Dropout(dropout));
  }

  /**
   * The network for the schema of a graph.
   *
   * @param width size of the hidden layer
   * @param labels how many classes are told apart
   */
  static Rgcn withEdges(
      LayerContext context, HeteroGraph g, int width, int labels, double dropout) {
    return new Rgcn(context, g, width, labels, dropout, true);
  }

  /** The baseline without relations. */
  static Rgcn withoutEdges(
      LayerContext context, HeteroGraph g, int width, int labels, double dropout) {
    return new Rgcn(context, g, width, labels, dropout, false);
  }

  /** A matrix for each relation; the last layer needs only those that enter classes. */
  private static HeteroGraphConv relations(
      LayerContext context, HeteroGraph g, int layer, int in, int out) {
    Map<String, GraphConv> each = new LinkedHashMap<>();
    for (EdgeType type : g.edgeTypes()) {
      if (layer == 0 || type.destination().equals(JdkClassGraph.CLASS)) {
        each.put(
            type.toString(),
            GraphConv.builder(context, in, out)
                .norm(Norm.RIGHT)
                .bias(false)
                .allowZeroInDegree(true)
                .build());
      }
    }
    return new HeteroGraphConv(g, each, CrossReducer.SUM);
  }

  /** Scores of the class nodes, (classes, labels). */
  Tensor forward(HeteroGraph g) {
    Map<String, Tensor> h = new LinkedHashMap<>();
    start.forEach((type, rows) -> h.put(type, rows.weight()));
    if (features != null) {
      Tensor x = features.forward(g.nodes(JdkClassGraph.CLASS).get(JdkHeteroGraph.FEATURES));
      h.computeIfPresent(JdkClassGraph.CLASS, (_, rows) -> rows.add(x));
    }
    h.replaceAll((_, rows) -> dropout.forward(rows));
    Map<String, Tensor> hidden = layer(0, g, h);
    hidden.replaceAll((_, rows) -> dropout.forward(norm.forward(rows).relu()));
    return layer(1, g, hidden).get(JdkClassGraph.CLASS);
  }

  private Map<String, Tensor> layer(int i, HeteroGraph g, Map<String, Tensor> h) {
    Map<String, Tensor> out = new LinkedHashMap<>();
    Map<String, Tensor> received = convs[i] == null ? Map.of() : convs[i].forward(g, h);
    h.forEach(
        (type, rows) -> {
          if (i == 0 || type.equals(JdkClassGraph.CLASS)) {
            Tensor self = selves[i].forward(rows);
            Tensor more = received.get(type);
            out.put(type, more == null ? self : self.add(more));
          }
        });
    return out;
  }
}
