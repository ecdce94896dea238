package io.relata.nn.graph;

import io.relata.Affine;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Activation;
import io.relata.nn.Initializer;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.Lstm;
import io.relata.nn.SparseFeatures;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * GraphSAGE: {@code y_v = σ(W_self x_v + b + W_neigh · aggregate of x_u over in-edges)} (Hamilton
 * et al., 2017; DGL: {@code SAGEConv}). Children {@code fc_neigh}, {@code fc_self} (with the bias),
 * for pool {@code fc_pool} and for lstm {@code lstm}; gcn has no {@code fc_self} and a {@code bias}
 * of its own. Weights are Glorot uniform with relu's gain.
 */
public final class SageConv extends ConvLayer {
  /** So many times as wide as the result, features are worth a copy of it to be read once. */
  private static final int WIDE = 16;

  private final int inSrc;
  private final int inDst;
  private final int out;
  private final Aggregator aggregator;
  private final UnaryOperator<Tensor> activation;
  private final Linear pool;
  private final Lstm lstm;
  private final Linear neigh;
  private final Linear self;
  private final Tensor bias;

  /** The steps of the last graph that the lstm saw. */
  private volatile NeighbourSteps steps;

  /** With bias and without activation, for a graph of one node type. */
  public SageConv(LayerContext context, int in, int out, Aggregator aggregator) {
    this(builder(context, in, out).aggregator(aggregator));
  }

  private SageConv(Builder b) {
    inSrc = b.inSrc;
    inDst = b.inDst;
    out = b.out;
    aggregator = b.aggregator;
    activation = b.activation;
    Initializer glorot = Initializers.xavierUniform(Initializers.RELU_GAIN);
    boolean gcn = aggregator == Aggregator.GCN;
    pool =
        aggregator == Aggregator.POOL
            ? child("fc_pool", new Linear(b.context, inSrc, inSrc, true, glorot))
            : null;
    lstm = aggregator == Aggregator.LSTM ? child("lstm", new Lstm(b.context, inSrc, inSrc)) : null;
    neigh = child("fc_neigh", new Linear(b.context, inSrc, out, false, glorot));
    self = gcn ? null : child("fc_self", new Linear(b.context, inDst, out, b.bias, glorot));
    bias = gcn && b.bias ? parameter("bias", b.context.make(Initializers.zeros(), out)) : null;
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out) {
    return new Builder(context, in, out);
  }

  /** Collects options: aggregator mean, bias, no activation unless said otherwise. */
  public static final class Builder {
    private final LayerContext context;
    private final int inSrc;
    private final int out;
    private int inDst;
    private Aggregator aggregator = Aggregator.MEAN;
    private boolean bias = true;
    private UnaryOperator<Tensor> activation = UnaryOperator.identity();

    private Builder(LayerContext context, int in, int out) {
      this.context = context;
      this.inSrc = in;
      this.inDst = in;
      this.out = out;
    }

    /** Size of the destination features where it is not that of the sources; not for gcn. */
    public Builder inDst(int value) {
      inDst = value;
      return this;
    }

    /** How neighbours are reduced. */
    public Builder aggregator(Aggregator value) {
      aggregator = value;
      return this;
    }

    /** Whether there is a bias. */
    public Builder bias(boolean value) {
      bias = value;
      return this;
    }

    /** Applied last. */
    public Builder activation(UnaryOperator<Tensor> value) {
      activation = Activation.function(value);
      return this;
    }

    /** Makes the layer. */
    public SageConv build() {
      return new SageConv(this);
    }
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, inDst)
   * @param edgeWeight (E,) or (E, 1), or null; multiplies messages
   * @return (numDst, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edgeWeight) {
    requireRows("source features", src, g.numSrc(), inSrc);
    requireRows("destination features", dst, g.numDst(), inDst);
    Affine sum = new Affine().bias(bias);
    // A mean is linear, so the smaller of both sides of the map is what travels.
    boolean first = inSrc > out;
    switch (aggregator) {
      case MEAN -> {
        if (dst == src && inSrc >= WIDE * out) {
          List<Tensor> both = Linear.forwardAll(src, neigh, self);
          sum.over(reduce(g, Reducer.MEAN, both.get(0), edgeWeight)).plus(both.get(1));
          return output(sum.apply(activation), src, dst);
        }
        if (first) {
          sum.over(reduce(g, Reducer.MEAN, neigh.forward(src), edgeWeight));
        } else {
          neigh.addTo(sum, reduce(g, Reducer.MEAN, src, edgeWeight));
        }
      }
      case POOL -> {
        Tensor sent = pool.forward(src, Activation.relu());
        neigh.addTo(sum, reduce(g, Reducer.MAX, sent, edgeWeight));
      }
      case LSTM -> neigh.addTo(sum, read(g, src, edgeWeight));
      case GCN -> {
        Tensor x = first ? neigh.forward(src) : src;
        Tensor own = first ? (dst == src ? x : neigh.forward(dst)) : dst;
        Tensor mean = meanWithOwn(g, x, own, edgeWeight);
        if (first) {
          sum.over(mean);
        } else {
          neigh.addTo(sum, mean);
        }
      }
    }
    if (self != null) {
      self.addTo(sum, dst);
    }
    return output(sum.apply(activation), src, dst);
  }

  /**
   * New features of the nodes of a graph of one node type, from features of which most are 0; the
   * products with the weights come first. For mean and gcn.
   *
   * @param x (N, in)
   * @return (N, out)
   * @throws RelataException SHAPE for features that do not fit, ARGUMENT for another aggregator
   */
  public Tensor forward(Adjacency g, SparseFeatures x) {
    requireSameNodes(g);
    requireSparse(x, g.numSrc(), inSrc);
    if (aggregator != Aggregator.MEAN && aggregator != Aggregator.GCN) {
      throw RelataException.of(ErrorId.ARGUMENT, "The aggregator takes no sparse features")
          .where(named())
          .expected("mean or gcn")
          .remedy("pass them as a tensor")
          .build();
    }
    Tensor sent = neigh.forward(x);
    Affine sum = new Affine().bias(bias);
    if (aggregator == Aggregator.MEAN) {
      sum.over(reduce(g, Reducer.MEAN, sent, null)).plus(self.forward(x));
    } else {
      sum.over(meanWithOwn(g, sent, sent, null));
    }
    return output(sum.apply(activation));
  }

  /** Every node's neighbours through the lstm; 0 for a node that has none. */
  private Tensor read(Adjacency g, Tensor src, Tensor edgeWeight) {
    Tensor weight = edgeWeight == null ? null : edgeWeight.reshape(g.numEdges(), 1);
    Tensor projected = lstm.project(src);
    NeighbourSteps order = steps;
    if (order == null || !order.of(g)) {
      order = new NeighbourSteps(g);
      steps = order;
    }
    Lstm.State state = lstm.start(g.numDst());
    List<Tensor> finished = new ArrayList<>();
    for (NeighbourSteps.Step step : order.steps()) {
      if (step.rows() < state.h().dim(0)) {
        finished.add(state.h().slice(0, step.rows(), state.h().dim(0)));
        state = state.first(step.rows());
      }
      Tensor x = projected.indexSelect(0, step.sources());
      if (weight != null) {
        x = x.mul(weight.indexSelect(0, step.edges()));
      }
      state = lstm.advance(x, state);
    }
    finished.add(state.h());
    return Tensor.concat(0, finished.reversed()).indexSelect(0, order.positions());
  }

  private static Tensor reduce(Adjacency g, Reducer reducer, Tensor x, Tensor edgeWeight) {
    return edgeWeight == null
        ? GraphOps.copyReduce(g, reducer, Arg.u(x))
        : GraphOps.gspmm(g, MessageOp.MUL, reducer, Arg.u(x), Arg.e(edgeWeight));
  }

  /** The mean of each node's neighbours and itself. */
  private static Tensor meanWithOwn(Adjacency g, Tensor x, Tensor own, Tensor edgeWeight) {
    return new Affine()
        .over(reduce(g, Reducer.SUM, x, edgeWeight))
        .plus(own)
        .apply()
        .mul(inverseDegreePlusOne(g, x));
  }

  /** 1 / (in-degree + 1) as a column; the degree is a product with ones, on the device. */
  private static Tensor inverseDegreePlusOne(Adjacency g, Tensor x) {
    Tensor ones = g.relata().full(1, x.dtype(), g.numSrc(), 1);
    return GraphOps.copyReduce(g, Reducer.SUM, Arg.u(ones)).add(1).reciprocal();
  }

  @Override
  protected String describe() {
    String in = inSrc == inDst ? "" + inSrc : "(" + inSrc + ", " + inDst + ")";
    return "in=" + in + ", out=" + out + ", " + aggregator.name().toLowerCase(Locale.ROOT);
  }
}
