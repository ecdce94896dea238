package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.NodeView;
import io.relata.hetero.batch.GraphBatch;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Writes a graph among the outputs of a case by the paths of {@link Flattened}: counts and edges,
 * and where the file tells fields, all fields that the graph has. Parent ids are the {@code _ID}
 * that DGL leaves with some calls.
 */
final class GraphResult {
  private final Relata relata;
  private final Map<String, Tensor> out;
  private final String prefix;
  private final JsonNode expected;
  private final HeteroGraph graph;

  private GraphResult(
      Map<String, Tensor> out, String prefix, JsonNode expected, HeteroGraph graph) {
    this.relata = graph.relata();
    this.out = out;
    this.prefix = prefix;
    this.expected = expected;
    this.graph = graph;
  }

  /**
   * Writes all that the file tells of a graph.
   *
   * @param prefix path, empty or ending in a slash
   * @param expected what the file has there: graph, node_data, edge_data
   */
  static void put(Map<String, Tensor> out, String prefix, JsonNode expected, HeteroGraph graph) {
    GraphResult r = new GraphResult(out, prefix, expected, graph);
    r.structure();
    r.nodeFields();
    r.edgeFields();
  }

  /** The same with the numbers of nodes and edges of each member. */
  static void put(Map<String, Tensor> out, String prefix, JsonNode expected, GraphBatch batch) {
    HeteroGraph g = batch.graph();
    put(out, prefix, expected, g);
    for (String type : g.nodeTypes()) {
      out.put(prefix + "graph/batch_num_nodes/" + type, g.relata().tensor(batch.numNodes(type)));
    }
    for (EdgeType type : g.edgeTypes()) {
      out.put(
          prefix + "graph/batch_num_edges/" + type,
          g.relata().tensor(batch.numEdges(type.toString())));
    }
  }

  /** Counts and edges only, and the fields of nodes. */
  static void putWithoutEdgeFields(
      Map<String, Tensor> out, String prefix, JsonNode expected, HeteroGraph graph) {
    GraphResult r = new GraphResult(out, prefix, expected, graph);
    r.structure();
    r.nodeFields();
  }

  private void structure() {
    for (String type : graph.nodeTypes()) {
      if (graph.isBlock()) {
        count("num_src_nodes/" + type, graph.numSrcNodes(type));
        count("num_dst_nodes/" + type, graph.numDstNodes(type));
      } else {
        count("num_nodes/" + type, graph.numNodes(type));
      }
    }
    for (EdgeType type : graph.edgeTypes()) {
      out.put(prefix + "graph/" + type + "/src", relata.tensor(graph.adjacency(type).src()));
      out.put(prefix + "graph/" + type + "/dst", relata.tensor(graph.adjacency(type).dst()));
    }
  }

  private void count(String name, int value) {
    out.put(prefix + "graph/" + name, relata.scalar(value, DType.INT32));
  }

  private void nodeFields() {
    for (String type : graph.nodeTypes()) {
      if (graph.isBlock()) {
        fields("src_data", type, graph.srcNodes(type), () -> graph.parentSrcNodes(type));
        fields("dst_data", type, graph.dstNodes(type), () -> graph.parentDstNodes(type));
      } else {
        fields("node_data", type, graph.nodes(type), () -> graph.parentNodes(type));
      }
    }
  }

  private void fields(String kind, String type, NodeView nodes, Supplier<Tensor> ids) {
    if (expected.has(kind)) {
      String path = prefix + kind + "/" + type + "/";
      nodes.fields().forEach(f -> out.put(path + f, nodes.get(f)));
      if (expected.path(kind).path(type).has("_ID")) {
        out.put(path + "_ID", ids.get());
      }
    }
  }

  private void edgeFields() {
    if (!expected.has("edge_data")) {
      return;
    }
    for (EdgeType type : graph.edgeTypes()) {
      String name = type.toString();
      String path = prefix + "edge_data/" + name + "/";
      graph.edges(name).fields().forEach(f -> out.put(path + f, graph.edges(name).get(f)));
      if (expected.path("edge_data").path(name).has("_ID")) {
        out.put(path + "_ID", graph.parentEdges(name));
      }
    }
  }
}
