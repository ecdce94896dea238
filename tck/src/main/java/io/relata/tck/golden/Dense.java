package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tensor as a golden file writes it.
 *
 * @param dtype f64, f32, i64, i32, bool or u8
 * @param shape sizes
 * @param data row-major; integers are exact below 2^53
 */
record Dense(String dtype, long[] shape, double[] data) {
  static Dense of(JsonNode json) {
    JsonNode values = json.get("data");
    double[] data = new double[values.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = number(values.get(i));
    }
    return new Dense(json.get("dtype").asText(), longs(json.get("shape")), data);
  }

  private static double number(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> value.doubleValue();
      case BOOLEAN -> value.booleanValue() ? 1 : 0;
      default ->
          switch (value.asText()) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> throw new IllegalArgumentException("not a number: " + value);
          };
    };
  }

  /** Tensors by name; a JSON null stays a null value, an absent map is empty. */
  static Map<String, Dense> map(JsonNode json) {
    Map<String, Dense> all = new LinkedHashMap<>();
    if (json != null) {
      for (Map.Entry<String, JsonNode> e : json.properties()) {
        all.put(e.getKey(), e.getValue().isNull() ? null : of(e.getValue()));
      }
    }
    return all;
  }

  static long[] longs(JsonNode json) {
    long[] a = new long[json.size()];
    for (int i = 0; i < a.length; i++) {
      a[i] = json.get(i).longValue();
    }
    return a;
  }

  static int[] ints(JsonNode json) {
    return Arrays.stream(longs(json)).mapToInt(Math::toIntExact).toArray();
  }

  boolean isFloating() {
    return dtype.startsWith("f");
  }

  int[] toInts() {
    return Arrays.stream(data).mapToInt(d -> (int) d).toArray();
  }

  /** Numbers in one row. */
  int width() {
    int w = 1;
    for (int i = 1; i < shape.length; i++) {
      w = Math.toIntExact(w * shape[i]);
    }
    return w;
  }

  /** The same with other numbers. */
  Dense with(double[] numbers) {
    return new Dense(dtype, shape, numbers);
  }

  Dense zeros() {
    return with(new double[data.length]);
  }
}
