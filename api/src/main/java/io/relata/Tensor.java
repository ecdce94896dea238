package io.relata;

import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.UnaryOp;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;

/**
 * A dense n-dimensional array on a backend, with gradients by eager reverse-mode differentiation.
 * Method names and rules are PyTorch's in camel case; operations return new tensors and broadcast
 * as NumPy does. Types are never mixed silently. A tensor is safe to read from several threads.
 */
public final class Tensor {
  private final Relata relata;
  private final Array array;
  private boolean requiresGrad;
  private GradNode node;
  private Tensor grad;

  /** Whether {@link #grad} was made here, so that nobody else relies on its memory. */
  private boolean ownsGrad;

  Tensor(Relata relata, Array array) {
    this.relata = relata;
    this.array = array;
  }

  /** The runtime it belongs to. */
  public Relata relata() {
    return relata;
  }

  /** What kernels see of it. */
  public Array array() {
    return array;
  }

  /** Element type. */
  public DType dtype() {
    return array.dtype();
  }

  /** Sizes. */
  public Shape shape() {
    return array.shape();
  }

  /** Number of elements. */
  public long size() {
    return array.size();
  }

  /** Size along an axis; negative axes count from the end. */
  public long dim(int axis) {
    return shape().dim(axis);
  }

  // ---- gradients ----

  /** True if gradients flow into or through this tensor. */
  public boolean requiresGrad() {
    return requiresGrad || node != null;
  }

  /**
   * True if an operation on this tensor would be recorded now: gradients flow into or through it
   * and no {@link NoGrad} is open on this thread. What only a gradient needs is not made otherwise.
   */
  public boolean needsRecord() {
    return requiresGrad() && !NoGrad.isOn();
  }

  /** Makes a leaf ask for a gradient (or not) and returns it. */
  public Tensor requiresGrad(boolean value) {
    if (value && !dtype().isFloating()) {
      throw RelataException.of(ErrorId.GRADIENT, "Only floating-point tensors can have gradients")
          .found(dtype() + " of shape " + shape())
          .build();
    }
    if (node != null && node.leaf == null) {
      throw RelataException.of(
              ErrorId.GRADIENT, "Only leaves can change whether they want gradients")
          .where("result of " + node.op)
          .remedy("detach() it first")
          .build();
    }
    requiresGrad = value;
    if (!value) {
      node = null;
    }
    return this;
  }

  GradNode gradNode() {
    if (node == null && requiresGrad) {
      node = new GradNode(this);
    }
    return node;
  }

  /**
   * Attaches a backward rule to a result, unless nothing asks for gradients; for authors of
   * operations.
   *
   * @param name of the operation, for messages
   * @param result a new tensor
   * @param rule the gradients of {@code inputs} from that of {@code result}
   * @param inputs in the order of the rule's answers; entries may be null
   * @return {@code result}
   */
  public static Tensor record(String name, Tensor result, Backward rule, Tensor... inputs) {
    return record(name, result, (g, _) -> rule.gradients(g), inputs);
  }

  /** The same for a rule that adds to sums of gradients in place. */
  public static Tensor record(String name, Tensor result, SummingBackward rule, Tensor... inputs) {
    if (!NoGrad.isOn()) {
      for (Tensor t : inputs) {
        if (t != null && t.requiresGrad()) {
          result.node = new GradNode(name, rule, inputs);
          break;
        }
      }
    }
    return result;
  }

  /**
   * Gives memory to the recorded computation: as soon as a walk back has passed the operation that
   * made this tensor, and the record is not kept, it comes back, not only with the scope. For
   * authors of operations and layers: what only an operation's own rule reads, or this tensor
   * itself where nobody but recorded operations ever sees it. Whoever reads it afterwards is told
   * that it is freed. Nothing happens where nothing is recorded.
   *
   * @param spent entries may be null
   * @return this
   */
  public Tensor freeWithRecord(Tensor... spent) {
    if (node != null && node.leaf == null) {
      for (Tensor t : spent) {
        if (t != null) {
          node.frees(t);
        }
      }
    }
    return this;
  }

  /** The gradient that {@link #backward} left on this leaf, or null. */
  public Tensor grad() {
    return grad;
  }

  /** Replaces the gradient; null clears it. */
  public void setGrad(Tensor value) {
    if (value != null) {
      requireSameRuntime("setGrad", value);
    }
    if (value != null && (!value.shape().equals(shape()) || value.dtype() != dtype())) {
      throw RelataException.of(ErrorId.GRADIENT, "A gradient has the shape and type of its tensor")
          .expected(dtype() + " " + shape())
          .found(value.dtype() + " " + value.shape())
          .build();
    }
    grad = value;
    ownsGrad = false;
  }

  /**
   * Forgets the gradient and frees its memory for the next one, so that a training loop waits for
   * no collection. A tensor that {@link #grad} returned before must not be used after this; {@code
   * setGrad(null)} lets it alone.
   */
  public void zeroGrad() {
    if (ownsGrad) {
      grad.free();
    }
    grad = null;
    ownsGrad = false;
  }

  /**
   * Adds to the gradient.
   *
   * @param owned whether {@code g} may become the gradient itself
   * @return whether it did
   */
  boolean accumulateGrad(Tensor g, boolean owned) {
    boolean freed =
        grad != null && grad.array.storage() instanceof BlockPool.Block b && b.isFreed();
    if (grad != null && !freed) {
      relata.kernels().axpy(1, g, grad);
      return false;
    }
    grad = owned ? g : g.copy();
    grad.moveTo(scope());
    ownsGrad = true;
    return owned;
  }

  /** Gives the memory back at once; whoever calls this knows that nobody reads it any more. */
  void free() {
    if (array.storage() instanceof BlockPool.Block b) {
      relata.pool().free(b);
    }
  }

  /**
   * Gradients of this scalar with respect to every leaf that led to it are added to their {@link
   * #grad}.
   */
  public void backward() {
    if (size() != 1) {
      throw RelataException.of(ErrorId.GRADIENT, "backward() without a gradient needs a scalar")
          .found("shape " + shape())
          .remedy("reduce with sum() or mean(), or call backward(gradient)")
          .build();
    }
    backward(relata.full(1, dtype().ofGradient(), shape().dims()), false);
  }

  /** The same for any shape, from the gradient with respect to this tensor. */
  public void backward(Tensor gradient) {
    backward(gradient, false);
  }

  /** The same; with {@code retainGraph} the recorded computation can be walked back again. */
  public void backward(Tensor gradient, boolean retainGraph) {
    if (!requiresGrad()) {
      throw RelataException.of(
              ErrorId.GRADIENT, "Nothing that led to this tensor asks for a gradient")
          .remedy("call requiresGrad(true) on a leaf, and do not run under NoGrad")
          .build();
    }
    requireSameRuntime("backward", gradient);
    if (!gradient.shape().equals(shape()) || gradient.dtype() != dtype().ofGradient()) {
      throw RelataException.of(ErrorId.GRADIENT, "The gradient does not fit the tensor")
          .expected(dtype().ofGradient() + " " + shape())
          .found(gradient.dtype() + " " + gradient.shape())
          .build();
    }
    BackwardPass.run(this, gradient, retainGraph);
  }

  /** The same elements without the history. */
  public Tensor detach() {
    return new Tensor(relata, array);
  }

  // ---- lifetime ----

  /** Lets this tensor outlive the current scope: it belongs to the enclosing one from now on. */
  public Tensor keep() {
    Scope s = scope();
    moveTo(s == null ? null : s.parent());
    return this;
  }

  /** The scope that will free its memory; null for none, and for memory that somebody else owns. */
  private Scope scope() {
    return array.storage() instanceof BlockPool.Block b ? b.scope : null;
  }

  boolean isOf(Scope scope) {
    return scope() == scope;
  }

  private void moveTo(Scope scope) {
    if (!(array.storage() instanceof BlockPool.Block block)) {
      return;
    }
    if (scope == null) {
      block.scope = null;
    } else if (block.scope != scope) {
      scope.adopt(block);
    }
  }

  /**
   * Refuses to mix this tensor with one of another runtime; for authors of operations.
   *
   * @param name of the operation, for the message
   * @throws RelataException LIFETIME
   */
  public void requireSameRuntime(String name, Tensor other) {
    if (relata != other.relata) {
      throw RelataException.of(ErrorId.LIFETIME, "The tensors belong to different runtimes")
          .where(name)
          .found(relata + " and " + other.relata)
          .remedy("copy one over with tensor.to(relata)")
          .build();
    }
  }

  // ---- functions of each element ----

  /** -x. */
  public Tensor neg() {
    return Elementwise.unary(UnaryOp.NEG, this);
  }

  /** |x|. */
  public Tensor abs() {
    return Elementwise.unary(UnaryOp.ABS, this);
  }

  /** -1, 0 or 1. */
  public Tensor sign() {
    return Elementwise.unary(UnaryOp.SIGN, this);
  }

  /** x². */
  public Tensor square() {
    return Elementwise.unary(UnaryOp.SQUARE, this);
  }

  /** Square root. */
  public Tensor sqrt() {
    return Elementwise.unary(UnaryOp.SQRT, this);
  }

  /** 1 / sqrt(x). */
  public Tensor rsqrt() {
    return Elementwise.unary(UnaryOp.RSQRT, this);
  }

  /** 1 / x. */
  public Tensor reciprocal() {
    return Elementwise.unary(UnaryOp.RECIPROCAL, this);
  }

  /** e^x. */
  public Tensor exp() {
    return Elementwise.unary(UnaryOp.EXP, this);
  }

  /** e^x - 1. */
  public Tensor expm1() {
    return Elementwise.unary(UnaryOp.EXPM1, this);
  }

  /** Natural logarithm. */
  public Tensor log() {
    return Elementwise.unary(UnaryOp.LOG, this);
  }

  /** log(1 + x). */
  public Tensor log1p() {
    return Elementwise.unary(UnaryOp.LOG1P, this);
  }

  /** Sine. */
  public Tensor sin() {
    return Elementwise.unary(UnaryOp.SIN, this);
  }

  /** Cosine. */
  public Tensor cos() {
    return Elementwise.unary(UnaryOp.COS, this);
  }

  /** Hyperbolic tangent. */
  public Tensor tanh() {
    return Elementwise.unary(UnaryOp.TANH, this);
  }

  /** 1 / (1 + e^-x). */
  public Tensor sigmoid() {
    return Elementwise.unary(UnaryOp.SIGMOID, this);
  }

  /** log(1 + e^x). */
  public Tensor softplus() {
    return Elementwise.unary(UnaryOp.SOFTPLUS, this);
  }

  /** Gauss error function. */
  public Tensor erf() {
    return Elementwise.unary(UnaryOp.ERF, this);
  }

  /** max(x, 0). */
  public Tensor relu() {
    return Elementwise.unary(UnaryOp.RELU, this);
  }

  /** Largest integer not above x. */
  public Tensor floor() {
    return Elementwise.unary(UnaryOp.FLOOR, this);
  }

  /** Smallest integer not below x. */
  public Tensor ceil() {
    return Elementwise.unary(UnaryOp.CEIL, this);
  }

  /** Nearest integer, ties to even. */
  public Tensor round() {
    return Elementwise.unary(UnaryOp.ROUND, this);
  }

  /** x where x &gt; 0, else slope * x. */
  public Tensor leakyRelu(double slope) {
    return Elementwise.leakyRelu(this, slope);
  }

  /** x where x &gt; 0, else alpha * (e^x - 1). */
  public Tensor elu(double alpha) {
    return Elementwise.elu(this, alpha);
  }

  /** x * Φ(x), with the error function (torch's default form). */
  public Tensor gelu() {
    return mul(mul(Math.sqrt(0.5)).erf().add(1)).mul(0.5);
  }

  /** min(max(x, low), high). */
  public Tensor clamp(double low, double high) {
    return Elementwise.clamp(this, low, high);
  }

  /** x^exponent. */
  public Tensor pow(double exponent) {
    return Elementwise.pow(this, exponent);
  }

  /** x + y. */
  public Tensor add(double y) {
    return Elementwise.affine(this, 1, y);
  }

  /** x - y. */
  public Tensor sub(double y) {
    return Elementwise.affine(this, 1, -y);
  }

  /** x * y. */
  public Tensor mul(double y) {
    return Elementwise.affine(this, y, 0);
  }

  /** x / y; of integers truncating. */
  public Tensor div(double y) {
    return dtype().isFloating() ? Elementwise.affine(this, 1 / y, 0) : Elementwise.divide(this, y);
  }

  /** y - x. */
  public Tensor rsub(double y) {
    return Elementwise.affine(this, -1, y);
  }

  /** y / x. */
  public Tensor rdiv(double y) {
    return Elementwise.rdiv(y, this);
  }

  // ---- functions of two ----

  /** x + y. */
  public Tensor add(Tensor y) {
    return Elementwise.binary(BinaryOp.ADD, this, y);
  }

  /** x - y. */
  public Tensor sub(Tensor y) {
    return Elementwise.binary(BinaryOp.SUB, this, y);
  }

  /** x * y, element by element. */
  public Tensor mul(Tensor y) {
    return Elementwise.binary(BinaryOp.MUL, this, y);
  }

  /** x / y. */
  public Tensor div(Tensor y) {
    return Elementwise.binary(BinaryOp.DIV, this, y);
  }

  /** x^y. */
  public Tensor pow(Tensor y) {
    return Elementwise.binary(BinaryOp.POW, this, y);
  }

  /** The larger of two; NaN propagates. */
  public Tensor maximum(Tensor y) {
    return Elementwise.binary(BinaryOp.MAX, this, y);
  }

  /** The smaller of two; NaN propagates. */
  public Tensor minimum(Tensor y) {
    return Elementwise.binary(BinaryOp.MIN, this, y);
  }

  /** x == y, BOOL. */
  public Tensor eq(Tensor y) {
    return Elementwise.binary(BinaryOp.EQ, this, y);
  }

  /** x == y, BOOL. */
  public Tensor eq(double y) {
    return compare(BinaryOp.EQ, y);
  }

  /** x != y, BOOL. */
  public Tensor ne(Tensor y) {
    return Elementwise.binary(BinaryOp.NE, this, y);
  }

  /** x != y, BOOL. */
  public Tensor ne(double y) {
    return compare(BinaryOp.NE, y);
  }

  /** x &lt; y, BOOL. */
  public Tensor lt(Tensor y) {
    return Elementwise.binary(BinaryOp.LT, this, y);
  }

  /** x &lt; y, BOOL. */
  public Tensor lt(double y) {
    return compare(BinaryOp.LT, y);
  }

  /** x &lt;= y, BOOL. */
  public Tensor le(Tensor y) {
    return Elementwise.binary(BinaryOp.LE, this, y);
  }

  /** x &lt;= y, BOOL. */
  public Tensor le(double y) {
    return compare(BinaryOp.LE, y);
  }

  /** x &gt; y, BOOL. */
  public Tensor gt(Tensor y) {
    return Elementwise.binary(BinaryOp.GT, this, y);
  }

  /** x &gt; y, BOOL. */
  public Tensor gt(double y) {
    return compare(BinaryOp.GT, y);
  }

  /** x &gt;= y, BOOL. */
  public Tensor ge(Tensor y) {
    return Elementwise.binary(BinaryOp.GE, this, y);
  }

  /** x &gt;= y, BOOL. */
  public Tensor ge(double y) {
    return compare(BinaryOp.GE, y);
  }

  /** In the tensor's own type where that holds y exactly, else in FLOAT64. */
  private Tensor compare(BinaryOp op, double y) {
    boolean holds =
        switch (dtype()) {
          case FLOAT32, FLOAT64 -> true;
          case INT32 -> y == (int) y;
          case INT64 -> y == (long) y && Math.abs(y) < 0x1p63;
          case BOOL -> y == 0 || y == 1;
          case FLOAT16, BFLOAT16 -> false;
        };
    DType common = holds ? dtype() : DType.FLOAT64;
    return Elementwise.binary(op, detach().to(common), relata.scalar(y, common));
  }

  /** Both; BOOL. */
  public Tensor logicalAnd(Tensor y) {
    return Elementwise.binary(BinaryOp.AND, this, y);
  }

  /** Either; BOOL. */
  public Tensor logicalOr(Tensor y) {
    return Elementwise.binary(BinaryOp.OR, this, y);
  }

  /** Exactly one; BOOL. */
  public Tensor logicalXor(Tensor y) {
    return Elementwise.binary(BinaryOp.XOR, this, y);
  }

  /** True becomes false and the reverse. */
  public Tensor logicalNot() {
    return logicalXor(relata.scalar(1, DType.BOOL));
  }

  /** BOOL: NaN. */
  public Tensor isNan() {
    return dtype().isHalf() ? to(DType.FLOAT32).isNan() : ne(this);
  }

  /** BOOL: neither NaN nor infinite. */
  public Tensor isFinite() {
    return switch (dtype()) {
      case FLOAT32, FLOAT64 -> abs().lt(Double.POSITIVE_INFINITY);
      case FLOAT16, BFLOAT16 -> to(DType.FLOAT32).isFinite();
      case INT32, INT64, BOOL -> eq(this);
    };
  }

  /** condition ? x : y, broadcast. */
  public static Tensor where(Tensor condition, Tensor x, Tensor y) {
    return Elementwise.where(condition, x, y);
  }

  // ---- products ----

  /** Matrix product: (M, K) (K, N); (B, M, K) (B, K, N); (…, K) (K, N); (M, K) (K,). */
  public Tensor matmul(Tensor y) {
    return Product.matmul(this, y);
  }

  /** The same with either side's last two axes exchanged, without copying. */
  public Tensor matmul(boolean transposeThis, Tensor y, boolean transposeOther) {
    return Product.product(this, transposeThis, y, transposeOther);
  }

  /** Sum of products of two vectors of equal length. */
  public Tensor dot(Tensor y) {
    return mul(y).sum();
  }

  // ---- reductions ----

  /** Sum of all elements, a scalar. */
  public Tensor sum() {
    return Reduction.sumAll(this);
  }

  /** Sum along axes. */
  public Tensor sum(int... axes) {
    return Reduction.sum(this, axes, false);
  }

  /** Sum along an axis, which stays with size 1 where {@code keep}. */
  public Tensor sum(int axis, boolean keep) {
    return Reduction.sum(this, axis, keep);
  }

  /** Mean of all elements, a scalar. */
  public Tensor mean() {
    return Reduction.mean(reshape(size()), new int[] {0}, false);
  }

  /** Mean along axes. */
  public Tensor mean(int... axes) {
    return Reduction.mean(this, axes, false);
  }

  /** Mean along an axis, which stays with size 1 where {@code keep}. */
  public Tensor mean(int axis, boolean keep) {
    return Reduction.mean(this, new int[] {axis}, keep);
  }

  /** Largest of all elements, a scalar; the first of equal ones gets the gradient. */
  public Tensor max() {
    return reshape(size()).max(0);
  }

  /** Largest along an axis; NaN propagates; the first of equal ones gets the gradient. */
  public Tensor max(int axis) {
    return Reduction.extreme(true, this, axis, false);
  }

  /** Smallest of all elements, a scalar. */
  public Tensor min() {
    return reshape(size()).min(0);
  }

  /** Smallest along an axis; NaN propagates; the first of equal ones gets the gradient. */
  public Tensor min(int axis) {
    return Reduction.extreme(false, this, axis, false);
  }

  /** Product along an axis; its gradient needs elements other than 0. */
  public Tensor prod(int axis) {
    return Reduction.prod(this, axis, false);
  }

  /** Variance along an axis, by n - 1 where {@code unbiased}. */
  public Tensor var(int axis, boolean unbiased) {
    return Reduction.var(this, axis, unbiased, false);
  }

  /** Standard deviation along an axis, by n - 1 where {@code unbiased}. */
  public Tensor std(int axis, boolean unbiased) {
    return var(axis, unbiased).sqrt();
  }

  /** Euclidean norm of all elements, a scalar; its gradient at 0 is 0. */
  public Tensor norm() {
    return Reduction.norm(this);
  }

  /** INT64 position of the first largest along an axis. */
  public Tensor argmax(int axis) {
    return Reduction.arg(true, this, axis, false);
  }

  /** INT64 position of the first smallest along an axis. */
  public Tensor argmin(int axis) {
    return Reduction.arg(false, this, axis, false);
  }

  /** Of BOOL: whether any element is true. */
  public boolean any() {
    return size() > 0 && to(DType.INT32).max().item() != 0;
  }

  /** Of BOOL: whether all elements are true. */
  public boolean all() {
    return size() == 0 || to(DType.INT32).min().item() != 0;
  }

  /** e^x / sum of e^x along an axis; a row of only -inf gives zeros. */
  public Tensor softmax(int axis) {
    return Reduction.softmax(this, axis, false);
  }

  /** Logarithm of {@link #softmax}. */
  public Tensor logSoftmax(int axis) {
    return Reduction.softmax(this, axis, true);
  }

  /** Logarithm of the sum of e^x along an axis. */
  public Tensor logSumExp(int axis) {
    return Reduction.logSumExp(this, axis, false);
  }

  // ---- moving elements ----

  /** Another shape of the same size, a view; one size may be -1. */
  public Tensor reshape(long... dims) {
    return Movement.reshape(this, Movement.infer(this, dims));
  }

  /** Another shape of the same size, a view. */
  public Tensor reshape(Shape shape) {
    return Movement.reshape(this, shape);
  }

  /** Axes in another order. */
  public Tensor permute(int... axes) {
    return Movement.permute(this, axes);
  }

  /** Two axes exchanged. */
  public Tensor transpose(int a, int b) {
    int[] order = new int[shape().rank()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    order[shape().axis(a)] = shape().axis(b);
    order[shape().axis(b)] = shape().axis(a);
    return permute(order);
  }

  /** A matrix transposed. */
  public Tensor t() {
    return transpose(0, 1);
  }

  /** Without an axis of size 1. */
  public Tensor squeeze(int axis) {
    return dim(axis) == 1 ? reshape(shape().without(axis)) : this;
  }

  /** With a new axis of size 1 before {@code axis}. */
  public Tensor unsqueeze(int axis) {
    int rank = shape().rank();
    int a = shape().prepend(1).axis(axis);
    long[] d = new long[rank + 1];
    for (int i = 0; i < d.length; i++) {
      d[i] = i == a ? 1 : shape().dim(i < a ? i : i - 1);
    }
    return reshape(d);
  }

  /** Axes from {@code axis} on merged into one. */
  public Tensor flatten(int axis) {
    int a = shape().axis(axis);
    long[] d = shape().slice(0, a + 1).dims();
    d[a] = shape().product(a, shape().rank());
    return reshape(d);
  }

  /** Axes of size 1 repeated, as broadcasting would. */
  public Tensor expand(long... dims) {
    return Movement.expand(this, Shape.of(dims));
  }

  /** Elements from..to-1 along an axis; along the first axis a view. */
  public Tensor slice(int axis, long from, long to) {
    return Movement.slice(this, axis, from, to);
  }

  /**
   * Parts of the given sizes that follow each other along an axis and fill it (PyTorch: {@code
   * split}); along the first axis they are views.
   */
  public List<Tensor> split(int axis, long... sizes) {
    return Movement.split(this, axis, sizes);
  }

  /** Entry i along an axis, without that axis. */
  public Tensor select(int axis, long i) {
    return slice(axis, i, i + 1).squeeze(axis);
  }

  /** Entries along an axis by an INT32 or INT64 index (M,). */
  public Tensor indexSelect(int axis, Tensor index) {
    return Movement.indexSelect(this, axis, index);
  }

  /** A new tensor: this with row i of {@code rows} added to its row index[i], in ascending i. */
  public Tensor indexAdd(Tensor index, Tensor rows) {
    return Movement.indexAdd(this, index, rows);
  }

  /** Parts joined along an axis. */
  public static Tensor concat(int axis, Tensor... parts) {
    return Movement.concat(axis, List.of(parts));
  }

  /** Parts joined along an axis. */
  public static Tensor concat(int axis, List<Tensor> parts) {
    return Movement.concat(axis, parts);
  }

  /** Parts of equal shape joined along a new axis. */
  public static Tensor stack(int axis, List<Tensor> parts) {
    return Movement.concat(axis, parts.stream().map(p -> p.unsqueeze(axis)).toList());
  }

  /** Another element type; between floating types gradients flow. */
  public Tensor to(DType dtype) {
    return Movement.cast(this, dtype);
  }

  /**
   * The same elements in another runtime, for instance on another device; this tensor where it is
   * of that runtime already (PyTorch: {@code Tensor.to(device)}). The elements go through the host,
   * and gradients flow back the same way.
   */
  public Tensor to(Relata other) {
    return Movement.transfer(this, other);
  }

  /** The same elements in memory of their own. */
  public Tensor copy() {
    Tensor out = relata.empty(dtype(), shape());
    relata.kernels().copy(new long[] {size()}, this, 0, new long[] {1}, out, 0, new long[] {1});
    return record("copy", out, g -> new Tensor[] {g}, this);
  }

  /** Overwrites the elements with those of a tensor of equal shape and type; records nothing. */
  public void assign(Tensor value) {
    requireSameRuntime("assign", value);
    if (!value.shape().equals(shape()) || value.dtype() != dtype()) {
      throw RelataException.of(
              ErrorId.SHAPE, "Only a tensor of equal shape and type can be assigned")
          .expected(dtype() + " " + shape())
          .found(value.dtype() + " " + value.shape())
          .build();
    }
    relata.kernels().copy(new long[] {size()}, value, 0, new long[] {1}, this, 0, new long[] {1});
  }

  /** Zeroes elements with probability p and scales the others by 1 / (1 - p). */
  public Tensor dropout(double p) {
    Reduction.requireFloating("dropout", this);
    if (!(p >= 0 && p <= 1)) {
      throw RelataException.of(ErrorId.ARGUMENT, "A probability lies between 0 and 1")
          .where("dropout")
          .found(Double.toString(p))
          .build();
    }
    long seed = relata.seed();
    long stream = relata.nextStream();
    return record(
        "dropout",
        relata.kernels().dropout(this, p, seed, stream),
        g -> new Tensor[] {relata.kernels().dropout(g, p, seed, stream)},
        this);
  }

  // ---- to Java ----

  /** The only element. */
  public double item() {
    if (size() != 1) {
      throw RelataException.of(ErrorId.SHAPE, "item() needs a tensor of one element")
          .found("shape " + shape())
          .build();
    }
    return toDoubleArray()[0];
  }

  private Tensor as(DType dtype) {
    return dtype() == dtype ? this : relata.kernels().cast(this, dtype);
  }

  private Tensor copyOut(DType dtype, MemorySegment host) {
    Tensor t = as(dtype);
    relata.backend().copyOut(t.array, host);
    Reference.reachabilityFence(t);
    return t;
  }

  /** All elements in row-major order, converted. */
  public float[] toFloatArray() {
    float[] a = new float[Math.toIntExact(size())];
    copyOut(DType.FLOAT32, MemorySegment.ofArray(a));
    return a;
  }

  /** All elements in row-major order, converted. */
  public double[] toDoubleArray() {
    double[] a = new double[Math.toIntExact(size())];
    copyOut(DType.FLOAT64, MemorySegment.ofArray(a));
    return a;
  }

  /** All elements in row-major order, converted. */
  public int[] toIntArray() {
    int[] a = new int[Math.toIntExact(size())];
    copyOut(DType.INT32, MemorySegment.ofArray(a));
    return a;
  }

  /** All elements in row-major order, converted. */
  public long[] toLongArray() {
    long[] a = new long[Math.toIntExact(size())];
    copyOut(DType.INT64, MemorySegment.ofArray(a));
    return a;
  }

  /** All elements in row-major order, converted. */
  public boolean[] toBooleanArray() {
    byte[] bytes = new byte[Math.toIntExact(size())];
    copyOut(DType.BOOL, MemorySegment.ofArray(bytes));
    boolean[] a = new boolean[bytes.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = bytes[i] != 0;
    }
    return a;
  }

  /** Type, shape, and the elements of small tensors. */
  @Override
  public String toString() {
    return TensorText.of(this);
  }
}
