package io.relata.benchmarks;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.data.EdgeList;
import io.relata.data.jdk.JdkClassGraph;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.EdgeType;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import io.relata.nn.Embedding;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.graph.HeteroGraphConv;
import io.relata.nn.graph.Norm;
import io.relata.nn.loss.Losses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A featureless RGCN of two layers, 32 wide, on the class graph of the running JDK with the reverse
 * of every relation: the mean of the neighbours times a matrix of the relation, summed.
 */
final class JdkCases {
  private static final int WIDTH = 32;

  private JdkCases() {}

  static void run(Bench bench) {
    Relata relata = bench.relata();
    JdkClassGraph jdk = JdkClassGraph.read();
    GraphBuilder builder =
        HeteroGraph.builder(relata)
            .nodes(JdkClassGraph.CLASS, jdk.numClasses())
            .nodes(JdkClassGraph.SHAPE, jdk.numShapes());
    int count = 0;
    for (EdgeList list : jdk.edges()) {
      EdgeType type = new EdgeType(list.srcType(), list.relation(), list.dstType());
      builder.relation(type, list.src(), list.dst());
      builder.relation(type.reversed(type.relation() + "_by"), list.dst(), list.src());
      count += 2 * list.size();
    }
    HeteroGraph g = builder.build();
    LayerContext context = LayerContext.of(relata);
    int modules = jdk.moduleNames().size();
    Embedding classes = rows(context, jdk.numClasses());
    Embedding shapes = rows(context, jdk.numShapes());
    HeteroGraphConv first = layer(context, g, WIDTH);
    HeteroGraphConv second = layer(context, g, modules);
    Tensor labels = relata.tensor(jdk.labels()).to(DType.INT64);
    Tensor train = relata.tensor(jdk.trainNodes());
    Epoch epoch =
        new Epoch(
            relata,
            List.of(classes, shapes, first, second),
            () -> {
              Map<String, Tensor> h =
                  Map.of(
                      JdkClassGraph.CLASS, classes.weight(), JdkClassGraph.SHAPE, shapes.weight());
              Map<String, Tensor> hidden = new LinkedHashMap<>(first.forward(g, h));
              hidden.replaceAll((_, rows) -> rows.relu());
              Tensor scores = second.forward(g, hidden).get(JdkClassGraph.CLASS);
              return Losses.crossEntropy(scores, labels, train);
            });
    // Only the counts matter to the figures of this graph.
    Edges edges =
        new Edges("jdk", jdk.numClasses() + jdk.numShapes(), new int[count], new int[count]);
    bench.contest("jdk_rgcn_epoch", edges, WIDTH, Double.NaN, List.of(epoch.way()));
  }

  private static Embedding rows(LayerContext context, int count) {
    return new Embedding(context, count, WIDTH, Initializers.normal(0, 0.1));
  }

  private static HeteroGraphConv layer(LayerContext context, HeteroGraph g, int out) {
    Map<String, GraphConv> each = new LinkedHashMap<>();
    for (EdgeType type : g.edgeTypes()) {
      each.put(
          type.toString(),
          GraphConv.builder(context, WIDTH, out)
              .norm(Norm.RIGHT)
              .bias(false)
              .allowZeroInDegree(true)
              .build());
    }
    return new HeteroGraphConv(g, each, CrossReducer.SUM);
  }
}
