package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.relata.hetero.EdgeType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Message passing along several relations by our rules, in plain loops on doubles. Every reducer
 * is, once the winners are known, a weighted sum of messages; those weights give the gradients too.
 * Features of nodes are (N, D), those of edges (E, 1) or (E, D).
 */
final class MultiUpdateOracle {
  private final GoldenCase golden;
  private final GoldenGraph graph;
  private final Map<String, Dense> inputs;
  private final Map<String, double[]> gradients = new LinkedHashMap<>();
  private final Map<String, Dense> outputs = new LinkedHashMap<>();

  /** What one relation delivers: value[v][f] = sum over its edges of weight * message. */
  private final class Part {
    final GoldenGraph.Edges edges;

    /** The words of its name, for instance u, mul, e. */
    final String[] message;

    final int d;
    final double[] messages;
    final double[] weights;
    final double[] values;
    final boolean[] received;

    Part(JsonNode json) {
      edges = graph.find(GoldenGraph.edgeType(json.get("etype")));
      String udf = json.path("message_udf").asText("");
      String name = udf.equals("u") ? "copy_u" : json.path("message").asText(udf);
      message = name.split("_", -1);
      if (message.length != (message[0].equals("copy") ? 2 : 3)) {
        throw new UnsupportedCase("the oracle has no message '" + name + "'");
      }
      d = inputs.get(field(name.equals("copy_e") ? "e" : "u")).width();
      messages = new double[edges.src().length * d];
      weights = new double[messages.length];
      int nodes = graph.counts().get(edges.type().destination());
      values = new double[nodes * d];
      received = new boolean[nodes];
      for (int i = 0; i < messages.length; i++) {
        messages[i] = message(i);
        received[edges.dst()[i / d]] = true;
      }
      reduce(json.path("reduce").asText(json.path("reduce_udf").asText()));
      for (int i = 0; i < messages.length; i++) {
        values[edges.dst()[i / d] * d + i % d] += weights[i] * messages[i];
      }
    }

    /** The tensor that an operand u, v or e is a row of. */
    private String field(String operand) {
      return switch (operand) {
        case "u" -> node(edges.type().source());
        case "v" -> node(edges.type().destination());
        case "e" -> edge(edges.type());
        default -> throw new UnsupportedCase("the oracle has no operand '" + operand + "'");
      };
    }

    /** Where in its tensor the operand of message number i is; rows of one number are broadcast. */
    private int place(String operand, int i) {
      int edge = i / d;
      int row =
          switch (operand) {
            case "u" -> edges.src()[edge];
            case "v" -> edges.dst()[edge];
            default -> edge;
          };
      int w = inputs.get(field(operand)).width();
      return row * w + (w == 1 ? 0 : i % d);
    }

    private double at(String operand, int i) {
      return inputs.get(field(operand)).data()[place(operand, i)];
    }

    private double message(int i) {
      if (message[0].equals("copy")) {
        return at(message[1], i);
      }
      double l = at(message[0], i);
      double r = at(message[2], i);
      return switch (message[1]) {
        case "add" -> l + r;
        case "sub" -> l - r;
        case "mul" -> l * r;
        case "div" -> l / r;
        default -> throw new UnsupportedCase("the oracle has no message '" + message[1] + "'");
      };
    }

    private void reduce(String reducer) {
      int[] seen = new int[values.length];
      int[] winner = new int[values.length];
      int[] degree = new int[received.length];
      Arrays.stream(edges.dst()).forEach(v -> degree[v]++);
      Arrays.fill(winner, -1);
      for (int i = 0; i < messages.length; i++) {
        int v = edges.dst()[i / d];
        int at = v * d + i % d;
        seen[at]++;
        switch (reducer) {
          case "sum" -> weights[i] = 1;
          case "mean" -> weights[i] = 1.0 / degree[v];
          case "sum over slots j (0-based) of (j+1)*m[j]" -> weights[i] = seen[at];
          case "max", "min" -> {
            double sign = reducer.equals("max") ? 1 : -1;
            if (winner[at] < 0 || sign * messages[i] > sign * messages[winner[at]]) {
              winner[at] = i;
            }
          }
          default -> throw new UnsupportedCase("the oracle has no reducer '" + reducer + "'");
        }
      }
      Arrays.stream(winner).filter(i -> i >= 0).forEach(i -> weights[i] = 1);
    }

    /** Adds the gradient of the inputs from that of {@link #values}. */
    void backward(double[] gradient) {
      for (int i = 0; i < messages.length; i++) {
        double g = gradient[edges.dst()[i / d] * d + i % d] * weights[i];
        if (message[0].equals("copy")) {
          add(message[1], i, g);
          continue;
        }
        double l = at(message[0], i);
        double r = at(message[2], i);
        switch (message[1]) {
          case "mul" -> {
            add(message[0], i, g * r);
            add(message[2], i, g * l);
          }
          case "div" -> {
            add(message[0], i, g / r);
            add(message[2], i, -g * l / (r * r));
          }
          default -> {
            add(message[0], i, g);
            add(message[2], i, message[1].equals("sub") ? -g : g);
          }
        }
      }
    }

    private void add(String operand, int i, double g) {
      gradients.get(field(operand))[place(operand, i)] += g;
    }
  }

  MultiUpdateOracle(GoldenCase golden) {
    this.golden = golden;
    this.graph = golden.graph();
    this.inputs = golden.inputs();
    inputs.forEach((name, x) -> gradients.put(name, new double[x.data().length]));
  }

  private String node(String type) {
    return "node:" + type + ":" + golden.text("node_field");
  }

  private String edge(EdgeType type) {
    return "edge:" + type + ":" + golden.text("edge_field");
  }

  Expectation expectation() {
    Map<String, List<Part>> byType = new LinkedHashMap<>();
    for (JsonNode r : golden.call().get("relations")) {
      Part p = new Part(r);
      byType.computeIfAbsent(p.edges.type().destination(), _ -> new ArrayList<>()).add(p);
    }
    byType.forEach(
        (type, parts) -> {
          parts.sort(Comparator.comparing(p -> p.edges.type()));
          combine(type, parts);
        });
    Map<String, Dense> dense = new LinkedHashMap<>();
    gradients.forEach((name, g) -> dense.put(name, inputs.get(name).with(g)));
    return new Expectation(outputs, dense, Map.of());
  }

  private void combine(String type, List<Part> parts) {
    String cross = golden.text("cross_reducer");
    String name = "node:" + type;
    Dense cotangent = golden.cotangents().get(name);
    int d = parts.getFirst().d;
    int nodes = graph.counts().get(type);
    boolean stack = cross.equals("stack");
    int slots = stack ? parts.size() : 1;
    double[] out = new double[nodes * slots * d];
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      double[] gradient = new double[nodes * d];
      for (int at = 0; at < gradient.length; at++) {
        int slot = stack ? (at / d * slots + p) * d + at % d : at;
        double share = share(cross, parts, p, at, d);
        out[slot] += share * part.values[at];
        gradient[at] = share * cotangent.data()[slot];
      }
      part.backward(gradient);
    }
    long[] shape = stack ? new long[] {nodes, slots, d} : new long[] {nodes, d};
    outputs.put(name, new Dense("f64", shape, out));
  }

  /** The factor with which relation p counts at one position of the combined result. */
  private static double share(String cross, List<Part> parts, int p, int at, int d) {
    return switch (cross) {
      case "sum", "stack" -> 1;
      case "mean" -> 1.0 / parts.size();
      case "max", "min" -> {
        double sign = cross.equals("max") ? 1 : -1;
        int best = -1;
        for (int q = 0; q < parts.size(); q++) {
          if (parts.get(q).received[at / d]
              && (best < 0 || sign * parts.get(q).values[at] > sign * parts.get(best).values[at])) {
            best = q;
          }
        }
        yield best == p ? 1 : 0;
      }
      default -> throw new UnsupportedCase("the oracle has no cross reducer '" + cross + "'");
    };
  }
}
