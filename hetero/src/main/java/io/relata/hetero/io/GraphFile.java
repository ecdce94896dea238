package io.relata.hetero.io;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.hetero.EdgeType;
import io.relata.hetero.EdgeView;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.NodeView;
import io.relata.hetero.io.SafeTensors.Entry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Saves and loads a graph: types, counts, edges in the order of their ids, and all fields with
 * their element types (DGL: {@code save_graphs}, {@code load_graphs}). The file is a safetensors
 * file, which other languages can read and map; {@code docs/file-formats.md} describes it. A
 * subgraph is saved as a graph of its own, its fields gathered, without the ids it had in its
 * parent.
 */
public final class GraphFile {
  private static final FileKind KIND = new FileKind("graph", 1);
  private static final String SCHEMA = FileKind.PREFIX + "schema";
  private static final ValueLayout.OfInt ID =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private GraphFile() {}

  /**
   * Saves a graph. A file that was there is replaced when the new one is complete and on the disk;
   * until then, and if anything goes wrong, it stays as it was.
   *
   * @throws RelataException DATA when the file cannot be written
   */
  public static void save(HeteroGraph graph, Path file) {
    if (graph.isBlock()) {
      throw RelataException.of(ErrorId.ARGUMENT, "A block cannot be saved")
          .where(file.toString())
          .remedy("save the graph it was made from, and make the block again")
          .build();
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String type : graph.nodeTypes()) {
      NodeView nodes = graph.nodes(type);
      nodes.fields().forEach(f -> tensors.put(GraphSchema.prefix(type) + f, nodes.get(f)));
    }
    for (EdgeType type : graph.edgeTypes()) {
      tensors.put(GraphSchema.source(type), graph.adjacency(type).srcIds());
      tensors.put(GraphSchema.destination(type), graph.adjacency(type).dstIds());
      EdgeView edges = graph.edges(type.toString());
      edges.fields().forEach(f -> tensors.put(GraphSchema.prefix(type) + f, edges.get(f)));
    }
    String schema = GraphSchema.of(graph).toJson();
    SafeTensors.save(file, tensors, KIND.mark(Map.of(SCHEMA, schema)));
  }

  /**
   * Loads a graph that {@link #save} wrote. All is checked before the graph is made.
   *
   * @throws RelataException DATA for a file that is missing, cut off, damaged, of another format or
   *     of a newer version, with the file, what was expected and what was found
   */
  public static HeteroGraph load(Relata relata, Path file) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      KIND.require(tensors);
      GraphSchema schema = GraphSchema.parse(file, tensors.metadata().getOrDefault(SCHEMA, ""));
      return new Reader(relata, tensors, schema).read();
    }
  }

  /** A file being loaded. */
  private record Reader(Relata relata, SafeTensors file, GraphSchema schema) {

    HeteroGraph read() {
      Map<String, Integer> rows = new LinkedHashMap<>();
      schema.nodes().forEach((type, n) -> rows.put(GraphSchema.prefix(type), n));
      schema.edges().forEach((type, n) -> rows.put(GraphSchema.prefix(type), n));
      file.entries().forEach((name, entry) -> check(name, entry, rows));
      GraphBuilder builder = HeteroGraph.builder(relata);
      schema.nodes().forEach(builder::nodes);
      schema
          .edges()
          .forEach(
              (type, count) ->
                  builder.relation(
                      type,
                      ids(GraphSchema.source(type), count, schema.nodes().get(type.source())),
                      ids(
                          GraphSchema.destination(type),
                          count,
                          schema.nodes().get(type.destination()))));
      HeteroGraph graph = builder.build();
      for (String type : graph.nodeTypes()) {
        fields(GraphSchema.prefix(type))
            .forEach((field, name) -> graph.nodes(type).set(field, file.tensor(relata, name)));
      }
      for (EdgeType type : graph.edgeTypes()) {
        EdgeView edges = graph.edges(type.toString());
        fields(GraphSchema.prefix(type))
            .forEach((field, name) -> edges.set(field, file.tensor(relata, name)));
      }
      return graph;
    }

    /** Refuses a tensor that belongs to no type, or has not a row for each node or edge. */
    private void check(String name, Entry entry, Map<String, Integer> rows) {
      if (name.startsWith("structure/") && isStructure(name)) {
        return;
      }
      String owner = name.substring(0, name.indexOf('/', name.indexOf('/') + 1) + 1);
      Integer count = rows.get(owner);
      if (count == null) {
        throw damaged(
            "A tensor belongs to nothing in the graph",
            "names that begin with one of " + rows.keySet(),
            "'" + name + "'");
      }
      Shape shape = entry.shape();
      if (shape.rank() == 0 || shape.dim(0) != count) {
        throw damaged(
            "A field has the wrong number of rows",
            count + " rows in '" + name + "', as the schema says",
            "shape " + shape);
      }
    }

    private boolean isStructure(String name) {
      return schema.edges().keySet().stream()
          .anyMatch(
              t -> name.equals(GraphSchema.source(t)) || name.equals(GraphSchema.destination(t)));
    }

    private int[] ids(String name, int count, int nodes) {
      Entry e = file.entries().get(name);
      if (e == null || e.dtype() != DType.INT32 || !e.shape().equals(Shape.of(count))) {
        throw damaged(
            "The edges of a relation are not as the schema says",
            "tensor '" + name + "', " + DType.INT32 + " " + Shape.of(count),
            e == null ? "no such tensor" : e.dtype() + " " + e.shape());
      }
      MemorySegment bytes = file.bytes(name);
      int[] ids = bytes.toArray(ID);
      for (int i = 0; i < ids.length; i++) {
        if (ids[i] < 0 || ids[i] >= nodes) {
          throw damaged(
              "An edge ends at a node that the graph does not have",
              "0 to " + (nodes - 1) + " in '" + name + "'",
              ids[i] + " for edge " + i);
        }
      }
      return ids;
    }

    /** Tensor names by field name. */
    private Map<String, String> fields(String prefix) {
      Map<String, String> names = new LinkedHashMap<>();
      file.entries().keySet().stream()
          .filter(name -> name.startsWith(prefix))
          .forEach(name -> names.put(name.substring(prefix.length()), name));
      return names;
    }

    private RelataException damaged(String what, String expected, String found) {
      return SafeTensors.refusal(file.path(), what)
          .expected(expected)
          .found(found)
          .remedy("the file is damaged, or its writer wrong; save the graph again")
          .build();
    }
  }
}
