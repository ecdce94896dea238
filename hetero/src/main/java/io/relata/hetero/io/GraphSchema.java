package io.relata.hetero.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relata.RelataException;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Types and counts of a graph in a file, and how its tensors are called there.
 *
 * @param nodes count by node type
 * @param edges count by relation
 */
record GraphSchema(SortedMap<String, Integer> nodes, SortedMap<EdgeType, Integer> edges) {
  private static final ObjectMapper JSON = SafeTensorsHeader.JSON;

  static GraphSchema of(HeteroGraph graph) {
    SortedMap<String, Integer> nodes = new TreeMap<>();
    graph.nodeTypes().forEach(type -> nodes.put(type, graph.numNodes(type)));
    SortedMap<EdgeType, Integer> edges = new TreeMap<>();
    graph.edgeTypes().forEach(type -> edges.put(type, graph.adjacency(type).numEdges()));
    return new GraphSchema(nodes, edges);
  }

  // ---- names of tensors ----

  /** What the names of a node type's fields begin with. */
  static String prefix(String nodeType) {
    return "nodes/" + escaped(nodeType) + "/";
  }

  /** What the names of a relation's fields begin with. */
  static String prefix(EdgeType type) {
    return "edges/" + path(type) + "/";
  }

  static String source(EdgeType type) {
    return "structure/" + path(type) + "/src";
  }

  static String destination(EdgeType type) {
    return "structure/" + path(type) + "/dst";
  }

  private static String path(EdgeType type) {
    return escaped(type.source())
        + ":"
        + escaped(type.relation())
        + ":"
        + escaped(type.destination());
  }

  /** Keeps names apart that contain what separates names, as in a URL. */
  private static String escaped(String name) {
    return name.replace("%", "%25").replace("/", "%2F").replace(":", "%3A");
  }

  // ---- JSON ----

  /** {@code {"nodes":{type:count},"relations":[{"source":…,"relation":…,…}]}}. */
  String toJson() {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode counts = root.putObject("nodes");
    nodes.forEach((type, count) -> counts.put(type, count));
    ArrayNode relations = root.putArray("relations");
    edges.forEach(
        (type, count) ->
            relations
                .addObject()
                .put("source", type.source())
                .put("relation", type.relation())
                .put("destination", type.destination())
                .put("edges", count));
    return root.toString();
  }

  /**
   * Reads {@link #toJson} of a file.
   *
   * @throws RelataException DATA, naming the file and what is wrong
   */
  static GraphSchema parse(Path file, String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw wrong(file, "JSON", e.getOriginalMessage());
    }
    if (!root.path("nodes").isObject() || !root.path("relations").isArray()) {
      throw wrong(file, "an object with nodes and relations", json);
    }
    SortedMap<String, Integer> nodes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> e : root.get("nodes").properties()) {
      nodes.put(e.getKey(), count(file, "node type '" + e.getKey() + "'", e.getValue()));
    }
    SortedMap<EdgeType, Integer> edges = new TreeMap<>();
    for (JsonNode r : root.get("relations")) {
      EdgeType type =
          new EdgeType(
              text(file, r, "source"), text(file, r, "relation"), text(file, r, "destination"));
      if (!nodes.containsKey(type.source()) || !nodes.containsKey(type.destination())) {
        throw wrong(file, "relations between " + nodes.keySet(), "'" + type + "'");
      }
      int count = count(file, "relation '" + type + "'", r.path("edges"));
      if (edges.put(type, count) != null) {
        throw wrong(file, "each relation once", "'" + type + "' twice");
      }
    }
    return new GraphSchema(nodes, edges);
  }

  private static int count(Path file, String of, JsonNode node) {
    if (!node.isInt() || node.intValue() < 0) {
      throw wrong(file, "a count from 0 to " + Integer.MAX_VALUE + " for " + of, node.toString());
    }
    return node.intValue();
  }

  private static String text(Path file, JsonNode relation, String key) {
    if (!relation.path(key).isTextual()) {
      throw wrong(file, "text for '" + key + "' of each relation", relation.toString());
    }
    return relation.get(key).textValue();
  }

  private static RelataException wrong(Path file, String expected, String found) {
    return SafeTensors.refusal(file, "The schema of the graph is wrong")
        .expected(expected)
        .found(found)
        .remedy("the file is damaged; save the graph again")
        .build();
  }
}
