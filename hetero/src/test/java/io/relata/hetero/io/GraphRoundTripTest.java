package io.relata.hetero.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.hetero.EdgeType;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class GraphRoundTripTest {
  private static Relata relata;

  @BeforeContainer
  static void open() {
    relata = Relata.open();
  }

  @AfterContainer
  static void close() {
    relata.close();
  }

  @Property(tries = 100)
  void any_graph_comes_back_as_it_was(@ForAll long seed) throws IOException {
    Path file = Files.createTempFile("graph", ".safetensors");
    try {
      HeteroGraph g = random(new Random(seed));
      GraphFile.save(g, file);
      assertSame(g, GraphFile.load(relata, file));
    } finally {
      Files.delete(file);
    }
  }

  private static Tensor random(Random random, DType dtype, long rows) {
    long[] dims = new long[1 + random.nextInt(3)];
    Arrays.setAll(dims, i -> random.nextInt(4));
    dims[0] = rows;
    int n = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    return switch (dtype) {
      case FLOAT32 -> {
        float[] a = new float[n];
        for (int i = 0; i < n; i++) {
          // Every bit pattern: also infinite ones, NaN and -0.
          a[i] = Float.intBitsToFloat(random.nextInt());
        }
        yield relata.tensor(a, dims);
      }
      case FLOAT64 -> relata.tensor(random.doubles(n).toArray(), dims);
      case FLOAT16, BFLOAT16 -> relata.tensor(random.doubles(n).toArray(), dims).to(dtype);
      case INT32 -> relata.tensor(random.ints(n).toArray(), dims);
      case INT64 -> relata.tensor(random.longs(n).toArray(), dims);
      case BOOL -> {
        boolean[] a = new boolean[n];
        for (int i = 0; i < n; i++) {
          a[i] = random.nextBoolean();
        }
        yield relata.tensor(a, dims);
      }
    };
  }

  private static String name(Random random, String stem) {
    // What separates names in the file may be part of a name.
    String[] odd = {"", "/", ":", "%", "%2F", "é", " ", "\"", "/src", ".", "雪"};
    return odd[random.nextInt(odd.length)] + stem + odd[random.nextInt(odd.length)];
  }

  private static HeteroGraph random(Random random) {
    GraphBuilder builder = HeteroGraph.builder(relata);
    Map<String, Integer> counts = new TreeMap<>();
    for (int t = random.nextInt(3); t >= 0; t--) {
      int count = random.nextInt(3) == 0 ? 0 : random.nextInt(9);
      counts.put(name(random, "t" + t), count);
    }
    counts.forEach(builder::nodes);
    List<String> types = new ArrayList<>(counts.keySet());
    for (int r = random.nextInt(4); r > 0; r--) {
      String source = types.get(random.nextInt(types.size()));
      String destination = types.get(random.nextInt(types.size()));
      int from = counts.get(source);
      int to = counts.get(destination);
      int edges = from * to == 0 ? 0 : random.nextInt(12);
      builder.relation(
          source,
          name(random, "r" + r),
          destination,
          random.ints(edges, 0, Math.max(1, from)).toArray(),
          random.ints(edges, 0, Math.max(1, to)).toArray());
    }
    HeteroGraph g = builder.build();
    for (DType dtype : DType.values()) {
      for (String type : types) {
        if (random.nextBoolean()) {
          g.nodes(type).set(name(random, "f"), random(random, dtype, g.numNodes(type)));
        }
      }
      for (EdgeType type : g.edgeTypes()) {
        if (random.nextBoolean()) {
          String relation = type.toString();
          g.edges(relation)
              .set(name(random, "f"), random(random, dtype, g.adjacency(type).numEdges()));
        }
      }
    }
    return g;
  }

  private static void assertSame(Tensor a, Tensor b) {
    assertThat(b.dtype()).isEqualTo(a.dtype());
    assertThat(b.shape()).isEqualTo(a.shape());
    switch (a.dtype()) {
      case FLOAT32 -> assertThat(rawBits(b)).isEqualTo(rawBits(a));
      case FLOAT64, FLOAT16, BFLOAT16 -> assertThat(b.toDoubleArray()).isEqualTo(a.toDoubleArray());
      case INT32 -> assertThat(b.toIntArray()).isEqualTo(a.toIntArray());
      case INT64 -> assertThat(b.toLongArray()).isEqualTo(a.toLongArray());
      case BOOL -> assertThat(b.toBooleanArray()).isEqualTo(a.toBooleanArray());
    }
  }

  private static int[] rawBits(Tensor t) {
    float[] values = t.toFloatArray();
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  static void assertSame(HeteroGraph a, HeteroGraph b) {
    assertThat(b.nodeTypes()).isEqualTo(a.nodeTypes());
    assertThat(b.edgeTypes()).isEqualTo(a.edgeTypes());
    for (String type : a.nodeTypes()) {
      assertThat(b.numNodes(type)).isEqualTo(a.numNodes(type));
      assertThat(b.nodes(type).fields()).isEqualTo(a.nodes(type).fields());
      for (String f : a.nodes(type).fields()) {
        assertSame(a.nodes(type).get(f), b.nodes(type).get(f));
      }
    }
    for (EdgeType type : a.edgeTypes()) {
      String relation = type.toString();
      assertThat(b.adjacency(type).src()).isEqualTo(a.adjacency(type).src());
      assertThat(b.adjacency(type).dst()).isEqualTo(a.adjacency(type).dst());
      assertThat(b.edges(relation).fields()).isEqualTo(a.edges(relation).fields());
      for (String f : a.edges(relation).fields()) {
        assertSame(a.edges(relation).get(f), b.edges(relation).get(f));
      }
    }
  }
}
