package io.relata.tck.golden;

import io.relata.graph.NormBy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where Relata differs from DGL on purpose: computes, independently of Relata's operations, what a
 * case gives by our rule. docs/dgl-parity.md lists the cases by these names.
 */
enum Rule {
  /** Functional forms give 0 for a node or segment without rows, not an infinity or NaN. */
  EMPTY_GIVES_ZERO {
    @Override
    Expectation expectation(GoldenCase c) {
      Expectation dgl = c.expectation();
      boolean[] filled = filled(c);
      Dense out = dgl.outputs().get("out");
      double[] data = out.data().clone();
      for (int i = 0; i < data.length; i++) {
        data[i] = filled[i / out.width()] ? data[i] : 0;
      }
      return new Expectation(Map.of("out", out.with(data)), dgl.gradients(), dgl.weightGradients());
    }

    // Which rows of the result anything goes into.
    private boolean[] filled(GoldenCase c) {
      if (c.inputs().containsKey("seglen")) {
        int[] lengths = c.inputs().get("seglen").toInts();
        boolean[] filled = new boolean[lengths.length];
        for (int i = 0; i < filled.length; i++) {
          filled[i] = lengths[i] > 0;
        }
        return filled;
      }
      GoldenGraph.Edges edges = c.graph().only();
      boolean[] filled = new boolean[c.graph().counts().get(edges.type().destination())];
      Arrays.stream(edges.dst()).forEach(v -> filled[v] = true);
      return filled;
    }
  },

  /**
   * An update function sees 0 for a node without messages, and its result stays, also with max and
   * min.
   */
  UPDATE_SEES_ZERO {
    @Override
    Expectation expectation(GoldenCase c) {
      if (!"2*reduced + v".equals(c.text("apply_udf"))) {
        throw new UnsupportedCase("the oracle has no update '" + c.text("apply_udf") + "'");
      }
      Expectation dgl = c.expectation();
      boolean[] reached = new boolean[Math.toIntExact(c.inputs().get("v").shape()[0])];
      Arrays.stream(c.graph().only().dst()).forEach(v -> reached[v] = true);
      Dense out = replaced(dgl.outputs().get("out"), c.inputs().get("v"), reached);
      // Such a node sends its v nowhere as a destination, so the update is all that it takes part
      // in.
      Dense v = replaced(dgl.gradients().get("v"), c.cotangents().get("out"), reached);
      Map<String, Dense> gradients = new LinkedHashMap<>(dgl.gradients());
      gradients.put("v", v);
      return new Expectation(Map.of("out", out), gradients, Map.of());
    }

    private Dense replaced(Dense rows, Dense others, boolean[] keep) {
      double[] data = rows.data().clone();
      int w = rows.width();
      for (int i = 0; i < data.length; i++) {
        data[i] = keep[i / w] ? data[i] : others.data()[i];
      }
      return rows.with(data);
    }
  },

  /**
   * A relation without a message for a node takes no part in cross max and min, and adds 0 in the
   * others, whether or not it has edges elsewhere, whatever the reducers and their order.
   */
  ABSENT_RELATION {
    @Override
    Expectation expectation(GoldenCase c) {
      return new MultiUpdateOracle(c).expectation();
    }
  },

  /** Softmax over several relations takes relations without edges. */
  EDGELESS_RELATION {
    @Override
    Expectation expectation(GoldenCase c) {
      boolean bySource = SoftmaxCalls.normBy(c) == NormBy.SOURCE;
      return new Expectation(SoftmaxOracle.outputs(c, bySource), Map.of(), Map.of());
    }
  },

  /** What is computed from no edges has no gradient. */
  NO_EDGES_NO_GRADIENT {
    @Override
    Expectation expectation(GoldenCase c) {
      if (!"SAGEConv".equals(c.text("module")) || c.graph().only().src().length > 0) {
        throw new UnsupportedCase("the oracle knows SAGEConv without edges only");
      }
      // What remains is fc_self: x W^T + b.
      Expectation dgl = c.expectation();
      Map<String, Dense> gradients = new LinkedHashMap<>();
      Dense w = c.weights().get("fc_self.weight");
      Dense x = c.inputs().get("x");
      gradients.put("x", product(c.cotangents().get("out"), w, x));
      Map<String, Dense> weights = new LinkedHashMap<>();
      dgl.weightGradients()
          .forEach(
              (name, g) ->
                  weights.put(name, g == null || name.startsWith("fc_self") ? g : g.zeros()));
      return new Expectation(dgl.outputs(), gradients, weights);
    }

    private Dense product(Dense rows, Dense matrix, Dense like) {
      int k = rows.width();
      int n = matrix.width();
      double[] out = new double[like.data().length];
      for (int i = 0; i < rows.data().length; i++) {
        for (int j = 0; j < n; j++) {
          out[i / k * n + j] += rows.data()[i] * matrix.data()[i % k * n + j];
        }
      }
      return like.with(out);
    }
  },

  /** Two nodes at one place have no direction, and no gradient goes through their distance. */
  NO_DISTANCE_NO_GRADIENT {
    @Override
    Expectation expectation(GoldenCase c) {
      Expectation dgl = c.expectation();
      Map<String, Dense> gradients = new LinkedHashMap<>(dgl.gradients());
      gradients.put("coord", new EgnnOracle(c).coordinateGradient());
      return new Expectation(dgl.outputs(), gradients, dgl.weightGradients());
    }
  },

  /** A HeteroGraphConv skips relations without edges, bias and slot included. */
  EDGELESS_LAYER {
    @Override
    Expectation expectation(GoldenCase c) {
      return new HeteroConvOracle(c).expectation();
    }

    @Override
    Map<String, Dense> cotangents(GoldenCase c) {
      return new HeteroConvOracle(c).cotangents();
    }
  },

  /** Edges between the same two nodes are listed by ascending id. */
  TIES_BY_EDGE_ID {
    @Override
    Expectation expectation(GoldenCase c) {
      Expectation dgl = c.expectation();
      double[] src = dgl.outputs().get("src").data();
      double[] dst = dgl.outputs().get("dst").data();
      double[] ids = dgl.outputs().get("eid").data().clone();
      for (int from = 0, to; from < ids.length; from = to) {
        to = from;
        while (to < ids.length && src[to] == src[from] && dst[to] == dst[from]) {
          to++;
        }
        Arrays.sort(ids, from, to);
      }
      Map<String, Dense> outputs = new LinkedHashMap<>(dgl.outputs());
      outputs.put("eid", dgl.outputs().get("eid").with(ids));
      return new Expectation(outputs, dgl.gradients(), dgl.weightGradients());
    }
  },

  /** A block is refused where an edge enters a node that is no seed. */
  BLOCK_NEEDS_SEEDS {
    @Override
    Expectation expectation(GoldenCase c) {
      throw new UnsupportedCase("the call is refused");
    }

    @Override
    boolean refuses() {
      return true;
    }
  },

  /** topk fills a graph with too few rows up with 0 and index -1, also one without any. */
  TOPK_FILLS_UP {
    @Override
    Expectation expectation(GoldenCase c) {
      return TopkOracle.expectation(c);
    }
  };

  abstract Expectation expectation(GoldenCase c);

  /** Whether the rule is that such a call is refused. */
  boolean refuses() {
    return false;
  }

  /** What gradients are walked back from: the case's own, unless our outputs have other shapes. */
  Map<String, Dense> cotangents(GoldenCase c) {
    return c.cotangents();
  }
}
