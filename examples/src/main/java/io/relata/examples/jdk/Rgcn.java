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
import io.relata.nn.Linear;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.graph.HeteroGraphConv;
import io.relata.nn.graph.Norm;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A relational graph convolutional network of two layers (Schlichtkrull et al. 2018): every node
 * starts from a learnt row, class nodes also from a linear map of their features; then twice, for
 * each relation, the mean of the neighbours times a matrix of the relation, summed over relations,
 * plus the node itself times a matrix.
 */
final class Rgcn extends Layer {
  private final boolean useEdges;
  private final Map<String, Embedding> start = new LinkedHashMap<>();
  private final Linear features;
  private final HeteroGraphConv[] convs;
  private final Linear[] selves;
  private final Dropout dropout;

  /**
   * For the schema of a graph.
   *
   * @param width size of the hidden layer
   * @param labels how many classes are told apart
   * @param useEdges false for the baseline: the same network without its relations
   */
  Rgcn(
      LayerContext context,
      HeteroGraph g,
      int width,
      int labels,
      double dropout,
      boolean useEdges) {
    this.useEdges = useEdges;
    for (String type : g.nodeTypes()) {
      start.put(
          type,
          child(
              "start_" + type,
              new Embedding(context, g.numNodes(type), width, Initializers.normal(0, 0.1))));
    }
    int inputs = Math.toIntExact(g.nodes(JdkClassGraph.CLASS).get(JdkHeteroGraph.FEATURES).dim(1));
    features = child("features", new Linear(context, inputs, width));
    int[] sizes = {width, width, labels};
    convs = new HeteroGraphConv[2];
    selves = new Linear[2];
    for (int i = 0; i < 2; i++) {
      selves[i] = child("self" + i, new Linear(context, sizes[i], sizes[i + 1]));
      if (useEdges) {
        Map<String, GraphConv> layers = new LinkedHashMap<>();
        for (EdgeType type : g.edgeTypes()) {
          if (i == 0 || type.destination().equals(JdkClassGraph.CLASS)) {
            layers.put(type.toString(), meanTimesMatrix(context, sizes[i], sizes[i + 1]));
          }
        }
        convs[i] = child("conv" + i, new HeteroGraphConv(g, layers, CrossReducer.SUM));
      }
    }
    this.dropout = child("dropout", new Dropout(dropout));
  }

  private static GraphConv meanTimesMatrix(LayerContext context, int in, int out) {
    return GraphConv.builder(context, in, out)
        .norm(Norm.RIGHT)
        .bias(false)
        .allowZeroInDegree(true)
        .build();
  }

  /** Scores of the class nodes, (classes, labels). */
  Tensor forward(HeteroGraph g) {
    Map<String, Tensor> h = new LinkedHashMap<>();
    start.forEach((type, rows) -> h.put(type, rows.weight()));
    Tensor x = g.nodes(JdkClassGraph.CLASS).get(JdkHeteroGraph.FEATURES);
    h.computeIfPresent(
        JdkClassGraph.CLASS, (_, rows) -> dropout.forward(rows.add(features.forward(x))));
    Map<String, Tensor> hidden = layer(0, g, h);
    hidden.replaceAll((_, t) -> dropout.forward(t.relu()));
    return layer(1, g, hidden).get(JdkClassGraph.CLASS);
  }

  private Map<String, Tensor> layer(int i, HeteroGraph g, Map<String, Tensor> h) {
    Map<String, Tensor> out = new LinkedHashMap<>();
    Map<String, Tensor> received = useEdges ? convs[i].forward(g, h) : Map.of();
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
