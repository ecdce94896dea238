package io.relata.benchmarks;

/** Who competes. */
enum Tool {
  RELATA("relata"),
  CPP("c++"),

  /** The loops of DGL's CPU kernels, see {@link DglLoops}. */
  DGL_LOOPS("dgl-loops"),

  PYTORCH("pytorch"),
  ND4J("nd4j"),
  FLOOR("floor");

  final String id;

  Tool(String id) {
    this.id = id;
  }
}
