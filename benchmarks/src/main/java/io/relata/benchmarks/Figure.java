package io.relata.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * How long one tool takes for one case.
 *
 * @param name the case, for instance {@code copy_u_sum}
 * @param graph name of the graph
 * @param nodes its nodes
 * @param edges its edges
 * @param dim width of a row
 * @param threads threads that worked
 * @param tool {@code relata}, {@code c++}, {@code pytorch}, {@code nd4j} or {@code floor}
 * @param medianMs median over runs; for latencies the percentile that the case names
 * @param minMs the fastest run
 * @param ratioToFloor median over the floor's; null where the case has no floor
 */
@JsonPropertyOrder({
  "case",
  "graph",
  "nodes",
  "edges",
  "dim",
  "threads",
  "tool",
  "medianMs",
  "minMs",
  "ratioToFloor"
})
record Figure(
    @JsonProperty("case") String name,
    String graph,
    int nodes,
    int edges,
    int dim,
    int threads,
    String tool,
    Double medianMs,
    Double minMs,
    Double ratioToFloor) {

  /** Whether both were measured on the same thing. */
  boolean sameCase(Figure other) {
    return name.equals(other.name) && graph.equals(other.graph) && dim == other.dim;
  }

  Figure with(double median, double min, Double ratio) {
    return new Figure(name, graph, nodes, edges, dim, threads, tool, median, min, ratio);
  }
}
