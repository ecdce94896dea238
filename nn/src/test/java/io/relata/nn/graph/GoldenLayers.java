package io.relata.nn.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reference numbers of layers in {@code layers.json}, as Java values. */
final class GoldenLayers {
  private GoldenLayers() {}

  /** One case: a graph, inputs, weights, and what must come out. */
  record Case(String id, JsonNode json) {
    JsonNode call() {
      return json.get("call");
    }

    int number(String key) {
      return call().get(key).asInt();
    }

    boolean flag(String key, boolean otherwise) {
      return call().has(key) ? call().get(key).asBoolean() : otherwise;
    }

    String text(String key) {
      return call().has(key) && !call().get(key).isNull() ? call().get(key).asText() : null;
    }

    /** An array field such as {@code in: [3, 2]} or a number for both. */
    int in(int end) {
      JsonNode in = call().get("in");
      return in.isArray() ? in.get(end).asInt() : in.asInt();
    }

    Adjacency graph(Relata relata) {
      JsonNode g = json.get("graph");
      List<int[]> src = new ArrayList<>();
      List<int[]> dst = new ArrayList<>();
      int nodesSrc = 0;
      int nodesDst = 0;
      for (JsonNode r : g.get("relations")) {
        src.add(ints(r.get("src")));
        dst.add(ints(r.get("dst")));
        nodesSrc = g.get("num_nodes").get(r.get("etype").get(0).asText()).asInt();
        nodesDst = g.get("num_nodes").get(r.get("etype").get(2).asText()).asInt();
      }
      return Adjacency.of(relata, id, nodesSrc, nodesDst, src.getFirst(), dst.getFirst());
    }

    Map<String, Tensor> tensors(Relata relata, String key, DType dtype) {
      Map<String, Tensor> all = new LinkedHashMap<>();
      if (json.has(key)) {
        json.get(key)
            .properties()
            .forEach(
                e -> {
                  if (!e.getValue().isNull()) {
                    all.put(e.getKey(), tensor(relata, e.getValue(), dtype));
                  }
                });
      }
      return all;
    }

    @Override
    public String toString() {
      return id;
    }
  }

  static List<Case> of(String module) {
    try (InputStream in = GoldenLayers.class.getResourceAsStream("layers.json")) {
      List<Case> cases = new ArrayList<>();
      for (JsonNode c : new ObjectMapper().readTree(in).get("cases")) {
        if (c.get("call").get("module").asText().equals(module)) {
          cases.add(new Case(c.get("id").asText(), c));
        }
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] ints(JsonNode array) {
    int[] a = new int[array.size()];
    for (int i = 0; i < a.length; i++) {
      a[i] = array.get(i).asInt();
    }
    return a;
  }

  private static Tensor tensor(Relata relata, JsonNode t, DType dtype) {
    long[] shape = new long[t.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = t.get("shape").get(i).asLong();
    }
    double[] data = new double[t.get("data").size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = t.get("data").get(i).asDouble();
    }
    Tensor flat = relata.tensor(data, data.length);
    boolean floating = t.get("dtype").asText().startsWith("f");
    return flat.to(floating ? dtype : DType.INT32).reshape(shape);
  }
}
