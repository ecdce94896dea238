package io.relata.benchmarks;

/** Who competes. */
enum Tool {
  RELATA("relata"),
  CPP("c++"),
  PYTORCH("pytorch"),
  ND4J("nd4j"),
  FLOOR("floor");

  final String id;

  Tool(String id) {
    this.id = id;
  }
}
