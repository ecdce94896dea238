package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.nn.Activation;
import io.relata.nn.BatchNorm;
import io.relata.nn.Dropout;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.LayerList;
import io.relata.nn.Linear;
import io.relata.nn.Sequential;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Principal neighbourhood aggregation: messages {@code M [x_u, x_v, e_uv] + b}, several aggregates
 * of them, each scaled by several functions of the in-degree, then {@code (U [x_v, all of these] +
 * b) / sqrt(nodes of the graph)}, batch norm and dropout in each of several towers, and a map with
 * leaky relu over all towers (Corso et al., 2020; DGL: {@code PNAConv}). M is linear, so it is
 * applied to nodes before they aggregate, and without edge features nothing is made per edge.
 * Children {@code towers.<i>} with {@code M}, {@code U}, {@code batchnorm}, and {@code
 * mixing_layer}. A node without in-edges has aggregates 0.
 */
public final class PnaConv extends ConvLayer {
  private final int in;
  private final int out;
  private final int edgeSize;
  private final boolean residual;
  private final LayerList<Tower> towers;
  private final Sequential mixing;

  /** How aggregates are scaled; d is the in-degree, δ the average of log(d + 1) in training. */
  public enum Scaler {
    /** Not at all. */
    IDENTITY,
    /** By log(d + 1) / δ. */
    AMPLIFICATION,
    /** By δ / log(d + 1). */
    ATTENUATION
  }

  private PnaConv(Builder b) {
    in = b.in;
    out = b.out;
    edgeSize = b.edgeSize;
    residual = b.residual && in == out;
    towers =
        child(
            "towers",
            new LayerList<>(Stream.generate(() -> new Tower(b)).limit(b.towers).toList()));
    mixing =
        child(
            "mixing_layer",
            new Sequential(new Linear(b.context, out, out), Activation.leakyRelu(0.01)));
  }

  /** Starts a layer with options; delta is the average of log(in-degree + 1) in training. */
  public static Builder builder(LayerContext context, int in, int out, double delta) {
    return new Builder(context, in, out, delta);
  }

  /**
   * Collects options: mean, max, min and sum; all scalers; one tower; no edge features; no dropout;
   * residual where sizes agree.
   */
  public static final class Builder {
    private final LayerContext context;
    private final int in;
    private final int out;
    private final double delta;
    private List<Reducer> aggregates = List.of(Reducer.MEAN, Reducer.MAX, Reducer.MIN, Reducer.SUM);
    private List<Scaler> scalers = List.of(Scaler.values());
    private int towers = 1;
    private int edgeSize;
    private double dropout;
    private boolean residual = true;

    private Builder(LayerContext context, int in, int out, double delta) {
      this.context = context;
      this.in = in;
      this.out = out;
      this.delta = delta;
    }

    /** Aggregates, in the order of U's columns. */
    public Builder aggregates(List<Reducer> value) {
      aggregates = List.copyOf(value);
      return this;
    }

    /** Scalers, in the order of U's columns, all aggregates for each. */
    public Builder scalers(List<Scaler> value) {
      scalers = List.copyOf(value);
      return this;
    }

    /** Number of towers among which both sizes are divided. */
    public Builder towers(int value) {
      towers = value;
      return this;
    }

    /** Size of edge features. */
    public Builder edgeSize(int value) {
      edgeSize = value;
      return this;
    }

    /** Probability of dropout at the end of each tower. */
    public Builder dropout(double value) {
      dropout = value;
      return this;
    }

    /** Whether the input is added to the result, where sizes agree. */
    public Builder residual(boolean value) {
      residual = value;
      return this;
    }

    /**
     * Makes the layer.
     *
     * @throws RelataException ARGUMENT unless the number of towers divides both sizes
     */
    public PnaConv build() {
      if (towers < 1 || in % towers != 0 || out % towers != 0) {
        throw RelataException.of(ErrorId.ARGUMENT, "The towers cannot share the features")
            .where("PnaConv")
            .expected("a number of towers that divides " + in + " and " + out)
            .found(Integer.toString(towers))
            .build();
      }
      return new PnaConv(this);
    }
  }

  /**
   * New features of the destination nodes, all of one graph.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, in)
   * @param edge edge features (E, edgeSize), or null where there are none
   * @return (numDst, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    double one = 1 / Math.sqrt(Math.max(1, g.numDst()));
    return forward(g, src, dst, edge, g.relata().scalar(one, src.dtype()));
  }

  /**
   * The same on a batch of graphs.
   *
   * @param graphs the number of destination nodes of each
   */
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge, Segments graphs) {
    double[] roots = new double[graphs.count()];
    Arrays.setAll(roots, i -> 1 / Math.sqrt(Math.max(1, graphs.length(i))));
    Tensor each = g.relata().tensor(roots, roots.length, 1).to(src.dtype());
    return forward(g, src, dst, edge, SegmentOps.segmentBroadcast(graphs, each));
  }

  private Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge, Tensor sizeNorm) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("destination features", dst, g.numDst(), in);
    if (edgeSize > 0) {
      requireRows("edge features", edge, g.numEdges(), edgeSize);
    } else {
      requireNoEdge(edge);
    }
    Tensor ones = g.relata().full(1, src.dtype(), g.numSrc(), 1);
    Tensor degrees = GraphOps.copyReduce(g, Reducer.SUM, Arg.u(ones));
    List<Tensor> parts = new ArrayList<>();
    long width = in / towers.size();
    for (int i = 0; i < towers.size(); i++) {
      Tensor s = src.slice(1, i * width, (i + 1) * width);
      Tensor d = dst == src ? s : dst.slice(1, i * width, (i + 1) * width);
      parts.add(towers.get(i).forward(g, s, d, edge, degrees, sizeNorm));
    }
    Tensor y = mixing.forward(Tensor.concat(1, parts));
    return output(residual ? y.add(dst) : y, src, dst);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", towers=" + towers.size();
  }

  private static final class Tower extends Layer {
    private final int in;
    private final double delta;
    private final List<Reducer> aggregates;
    private final List<Scaler> scalers;
    private final Linear message;
    private final Linear update;
    private final BatchNorm norm;
    private final Dropout dropout;

    Tower(Builder b) {
      in = b.in / b.towers;
      int size = b.out / b.towers;
      delta = b.delta;
      aggregates = b.aggregates;
      scalers = b.scalers;
      message = child("M", new Linear(b.context, 2 * in + b.edgeSize, in));
      int columns = (aggregates.size() * scalers.size() + 1) * in;
      update = child("U", new Linear(b.context, columns, size));
      dropout = child("dropout", new Dropout(b.dropout));
      norm = child("batchnorm", new BatchNorm(b.context, size));
    }

    Tensor forward(
        Adjacency g, Tensor src, Tensor dst, Tensor edge, Tensor degrees, Tensor sizeNorm) {
      Arg fromSource = Arg.u(message.part(src, 0));
      Arg fromEdge = edge == null ? null : Arg.e(message.part(edge, 2 * in));
      MessageOp op = edge == null ? MessageOp.COPY : MessageOp.ADD;
      // What is the same for all messages of a node comes after they are aggregated.
      Tensor own = message.part(dst, in).add(message.bias());
      Tensor any = degrees.detach().gt(0).to(dst.dtype());
      List<Tensor> made = new ArrayList<>();
      for (Reducer a : aggregates) {
        Tensor rows = GraphOps.gspmm(g, op, a, fromSource, fromEdge);
        made.add(rows.add(own.mul(a == Reducer.SUM ? degrees : any)));
      }
      Tensor all = Tensor.concat(1, made);
      Tensor logs = degrees.add(1).log();
      List<Tensor> columns = new ArrayList<>(List.of(dst));
      for (Scaler s : scalers) {
        columns.add(
            switch (s) {
              case IDENTITY -> all;
              case AMPLIFICATION -> all.mul(logs.div(delta));
              // A node without in-edges would divide 0 by 0.
              case ATTENUATION -> all.mul(logs.add(any.rsub(1)).rdiv(delta));
            });
      }
      Tensor y = update.forward(Tensor.concat(1, columns));
      return output(dropout.forward(norm.forward(y.mul(sizeNorm))), src, dst);
    }
  }
}
