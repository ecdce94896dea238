package io.relata.hetero.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphFileTest {
  private static Relata relata;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  // ---- what is kept ----

  private static HeteroGraph small() {
    HeteroGraph g =
        HeteroGraph.builder(relata)
            .nodes("user", 3)
            .nodes("item", 0)
            .relation("user", "follows", "user", new int[] {2, 0, 0}, new int[] {1, 1, 1})
            .relation("user", "buys", "item", new int[0], new int[0])
            .build();
    g.nodes("user").set("h", relata.tensor(new float[][] {{1, 2}, {3, 4}, {5, 6}}));
    g.edges("follows").set("w", relata.tensor(new double[] {7, 8, 9}));
    return g;
  }

  @Test
  void a_subgraph_is_saved_as_a_graph_with_its_fields_gathered() {
    Path file = folder.resolve("g");
    HeteroGraph sub = small().subgraph(Map.of("user", new int[] {1, 2}));
    GraphFile.save(sub, file);
    HeteroGraph read = GraphFile.load(relata, file);
    GraphRoundTripTest.assertSame(sub, read);
    assertThat(read.nodes("user").get("h").toFloatArray()).containsExactly(3, 4, 5, 6);
  }

  @Test
  void the_same_graph_gives_the_same_bytes() throws IOException {
    GraphFile.save(small(), folder.resolve("a"));
    GraphFile.save(GraphFile.load(relata, folder.resolve("a")), folder.resolve("b"));
    assertThat(folder.resolve("b")).hasSameBinaryContentAs(folder.resolve("a"));
  }

  @Test
  void the_names_in_the_file_are_the_documented_ones() {
    Path file = folder.resolve("g");
    GraphFile.save(small(), file);
    try (SafeTensors t = SafeTensors.open(file)) {
      assertThat(t.entries().keySet())
          .containsExactlyInAnyOrder(
              "nodes/user/h",
              "edges/user:follows:user/w",
              "structure/user:follows:user/src",
              "structure/user:follows:user/dst",
              "structure/user:buys:item/src",
              "structure/user:buys:item/dst");
      assertThat(t.metadata())
          .containsEntry("relata.kind", "graph")
          .containsEntry("relata.format", "1")
          .containsKey("relata.version");
    }
  }

  // ---- what is refused ----

  private static final String SCHEMA =
      "{\"nodes\":{\"a\":2,\"b\":1},\"relations\":[{\"source\":\"a\",\"relation\":\"r\","
          + "\"destination\":\"b\",\"edges\":2}]}";

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> t = new TreeMap<>();
    t.put("structure/a:r:b/src", relata.tensor(new int[] {1, 0}));
    t.put("structure/a:r:b/dst", relata.tensor(new int[] {0, 0}));
    t.put("nodes/a/x", relata.zeros(2, 3));
    return t;
  }

  private static Map<String, String> metadata() {
    return new TreeMap<>(
        Map.of(
            "relata.kind", "graph",
            "relata.format", "1",
            "relata.version", "9.9",
            "relata.schema", SCHEMA));
  }

  private void refused(Map<String, Tensor> tensors, Map<String, String> metadata, String... parts) {
    Path file = folder.resolve("g");
    SafeTensors.save(file, tensors, metadata);
    refused(file, parts);
  }

  private static void refused(Path file, String... parts) {
    assertThatThrownBy(() -> GraphFile.load(relata, file))
        .isInstanceOf(RelataException.class)
        .satisfies(e -> assertThat(((RelataException) e).id()).isEqualTo(ErrorId.DATA))
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll("expected:", "found:", "remedy:")
        .hasMessageContainingAll(parts);
  }

  private void refused(String name, Tensor instead, String... parts) {
    Map<String, Tensor> t = tensors();
    t.put(name, instead);
    refused(t, metadata(), parts);
  }

  private void refusedSchema(String schema, String... parts) {
    Map<String, String> m = metadata();
    m.put("relata.schema", schema);
    refused(tensors(), m, parts);
  }

  @Test
  void the_file_that_the_next_tests_break_is_right() {
    Path file = folder.resolve("g");
    SafeTensors.save(file, tensors(), metadata());
    assertThat(GraphFile.load(relata, file).numEdges("r")).isEqualTo(2);
  }

  @Test
  void a_safetensors_file_that_holds_no_graph_is_refused() {
    refused(Map.of(), Map.of(), "no such metadata", "relata.kind");
    refused(tensors(), Map.of("relata.kind", "checkpoint"), "relata.kind = checkpoint");
  }

  @Test
  void a_newer_version_is_refused_and_its_writer_named() {
    Map<String, String> m = metadata();
    m.put("relata.format", "2");
    refused(tensors(), m, "A newer Relata", "format 1 to 1", "format 2", "Relata 9.9");
  }

  @Test
  void a_version_that_is_missing_or_no_number_is_refused() {
    for (String version : new String[] {"", "0", "-1", "1.5", "one", "99999999999"}) {
      Map<String, String> m = metadata();
      m.put("relata.format", version);
      refused(tensors(), m, "format version", "found:    " + version);
    }
    Map<String, String> m = metadata();
    m.remove("relata.format");
    refused(tensors(), m, "format version", "none");
  }

  @Test
  void an_edge_that_ends_at_no_node_is_refused() {
    refused("structure/a:r:b/src", relata.tensor(new int[] {1, 2}), "0 to 1", "2 for edge 1");
    refused("structure/a:r:b/dst", relata.tensor(new int[] {-1, 0}), "0 to 0", "-1 for edge 0");
  }

  @Test
  void edges_of_another_type_or_number_than_the_schema_says_are_refused() {
    refused("structure/a:r:b/src", relata.tensor(new long[] {0, 1}), "INT32 (2,)", "INT64 (2,)");
    refused("structure/a:r:b/src", relata.tensor(new int[] {0}), "INT32 (2,)", "INT32 (1,)");
    refused("structure/a:r:b/dst", relata.tensor(new int[2], 2, 1), "INT32 (2,)", "INT32 (2, 1)");
    Map<String, Tensor> t = tensors();
    t.remove("structure/a:r:b/dst");
    refused(t, metadata(), "structure/a:r:b/dst", "no such tensor");
  }

  @Test
  void a_field_with_another_number_of_rows_is_refused() {
    refused("nodes/a/x", relata.zeros(3, 2), "2 rows in 'nodes/a/x'", "(3, 2)");
    refused("edges/a:r:b/w", relata.zeros(1), "2 rows in 'edges/a:r:b/w'", "(1,)");
    refused("nodes/b/s", relata.scalar(1, DType.FLOAT32), "1 rows", "()");
  }

  @Test
  void a_tensor_that_belongs_to_nothing_is_refused() {
    for (String name :
        new String[] {"x", "nodes/c/x", "nodes/a", "structure/a:r:b/eid", "edges/r/w", "a/b"}) {
      refused(name, relata.zeros(2), "belongs to nothing", "'" + name + "'");
    }
  }

  @Test
  void a_schema_that_is_wrong_is_refused() {
    Map<String, String> m = metadata();
    m.remove("relata.schema");
    refused(tensors(), m, "schema");
    refusedSchema("{", "JSON");
    refusedSchema("[]", "nodes and relations");
    refusedSchema("{\"nodes\":{}}", "nodes and relations");
    refusedSchema(SCHEMA.replace("\"a\":2", "\"a\":-2"), "-2", "node type 'a'");
    refusedSchema(SCHEMA.replace("\"a\":2", "\"a\":4294967298"), "4294967298");
    refusedSchema(SCHEMA.replace("\"a\":2", "\"a\":2.0"), "2.0");
    refusedSchema(SCHEMA.replace("\"a\":2,", ""), "relations between [b]");
    refusedSchema(SCHEMA.replace("\"a\":2", "\"a\":2,\"a\":2"), "JSON");
    refusedSchema(SCHEMA.replace(",\"edges\":2", ""), "a count");
    refusedSchema(SCHEMA.replace("\"relation\":\"r\"", "\"relation\":1"), "'relation'");
    String relation = SCHEMA.substring(SCHEMA.indexOf("[") + 1, SCHEMA.indexOf("]"));
    refusedSchema(SCHEMA.replace("]", "," + relation + "]"), "'a:r:b' twice");
  }

  @Test
  void a_graph_file_cut_anywhere_is_refused() throws IOException {
    Path file = folder.resolve("g");
    GraphFile.save(small(), file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused(file, "cut off");
    }
  }

  @Test
  void a_graph_file_with_a_damaged_byte_is_loaded_or_refused_with_the_reason() throws IOException {
    Path file = folder.resolve("g");
    GraphFile.save(small(), file);
    byte[] whole = Files.readAllBytes(file);
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      try {
        GraphFile.load(relata, file);
      } catch (RelataException e) {
        assertThat(e.id()).as("byte %d", at).isEqualTo(ErrorId.DATA);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 3);
  }

  @Test
  void files_of_other_formats_are_refused() throws IOException {
    Path file = folder.resolve("g");
    for (String start :
        new String[] {
          "PK\3\4 a zip, as of PyTorch",
          "\u0089HDF\r\n\u001a\n a header of HDF5",
          "\u0093NUMPY\1\0v\0{'descr': '<f4'",
          "{\"json\": \"text\"}",
          "src,dst\n0,1\n1,2\n"
        }) {
      Files.write(file, start.getBytes(StandardCharsets.ISO_8859_1));
      refused(file, "not safetensors");
    }
  }
}
