package io.relata.examples.jdk;

import io.relata.Relata;
import io.relata.Tensor;
import io.relata.data.EdgeList;
import io.relata.data.jdk.JdkClassGraph;
import io.relata.hetero.EdgeType;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;

/** Makes a heterograph of the JDK's classes, with the reverse of every relation. */
final class JdkHeteroGraph {
  /** Field of the class nodes: structural features, each with mean 0 and deviation 1. */
  static final String FEATURES = "x";

  private static final String REVERSED = "_by";

  private JdkHeteroGraph() {}

  static HeteroGraph of(Relata relata, JdkClassGraph jdk) {
    GraphBuilder builder =
        HeteroGraph.builder(relata)
            .nodes(JdkClassGraph.CLASS, jdk.numClasses())
            .nodes(JdkClassGraph.SHAPE, jdk.numShapes());
    for (EdgeList edges : jdk.edges()) {
      EdgeType type = new EdgeType(edges.srcType(), edges.relation(), edges.dstType());
      builder.relation(type, edges.src(), edges.dst());
      builder.relation(type.reversed(type.relation() + REVERSED), edges.dst(), edges.src());
    }
    HeteroGraph g = builder.build();
    g.nodes(JdkClassGraph.CLASS).set(FEATURES, standardised(relata.tensor(jdk.features())));
    return g;
  }

  static boolean isReverse(EdgeType type) {
    return type.relation().endsWith(REVERSED);
  }

  private static Tensor standardised(Tensor x) {
    Tensor centred = x.sub(x.mean(0));
    return centred.div(centred.square().mean(0).sqrt().clamp(1e-6, Double.POSITIVE_INFINITY));
  }
}
