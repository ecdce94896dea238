package io.relata.cpu.blas;

import static io.relata.cpu.Native.ALL;

import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import io.relata.cpu.Workers;
import io.relata.cpu.blas.MatrixProduct.Factors;
import io.relata.cpu.blas.MatrixProduct.Form;
import io.relata.cpu.blas.MatrixProduct.Rows;
import io.relata.cpu.blas.MatrixProduct.Target;
import io.relata.cpu.blas.TileLoop.Tile;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * FLOAT32 products of many rows with a small matrix, and of many rows with many rows to a small
 * matrix: what a layer does with its weight and for its weight's gradient. OpenBLAS packs the large
 * operand first; here it is read once, where it lies, and its rows may be picked by an index. The
 * cuts depend on the sizes alone.
 */
final class ThinProduct {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = F.length();

  /** Vectors of a row in registers, which 16 accumulators for rows of four leave. */
  private static final int PANEL = LANES == 16 ? 4 : 2;

  /** Elements of the small matrix: it stays in the second-level cache beside the rows. */
  private static final long SMALL = 65_536;

  /** Bytes of rows that are multiplied with panel after panel, half a first-level cache. */
  private static final long BLOCK = 16_384;

  /** Rows of a task at least. */
  private static final long ROWS = 128;

  private static final long MOST_TASKS = 64;

  /** Rows of a task where the result is small; more give fewer partial results. */
  private static final long DEPTH = 2_048;

  /** The same where there are few rows, and how many tasks these become. */
  private static final long SHORT_DEPTH = 256;

  private static final long SHORT_TASKS = 8;

  /** Rows of one call of a loop: many calls make the compiler come soon. */
  private static final long CALL = 32;

  /** Rows of at most this many bytes are touched before they are multiplied. */
  private static final long TOUCHED = 1_024;

  private final ConcurrentHashMap<VectorTile.Kind, TileLoop> loops = new ConcurrentHashMap<>();
  private final Workers workers;

  /** Keeps the compiler from dropping reads whose value nobody needs; any thread may write it. */
  @SuppressWarnings("UnusedVariable")
  private int touched;

  ThinProduct(Workers workers) {
    this.workers = workers;
  }

  /** Some columns of the result and their loop. */
  private record Panel(int column, TileLoop replace, TileLoop add) {}

  /**
   * Whether a product is of one of the two forms and faster here: a few columns over a short axis
   * take longer than in OpenBLAS, a loop that rarely runs is never compiled, and with vectors of
   * 256 bits OpenBLAS is ahead (10.9 to 12.9 ms on (100000, 64) (64, 64)).
   */
  static boolean covers(Form f) {
    if (LANES < 16 || f.m() * f.n() * f.k() < MatrixProduct.SHARED_FROM) {
      return false;
    }
    return f.transposeX()
        ? fits(f) && f.k() >= f.m() / 4
        : fits(f) && f.m() >= f.n() / 4 && (f.n() > 16 || f.k() >= 256);
  }

  /** Whether a product is of one of the two forms and its small matrix is small. */
  static boolean fits(Form f) {
    return f.transposeX() ? !f.transposeY() && f.m() * f.n() <= SMALL : f.k() * f.n() <= SMALL;
  }

  /**
   * Computes a product that {@linkplain #fits fits}; operands without gaps.
   *
   * @param xIndex int32 numbers of the rows of x, 0 for all in order
   * @param outIndex int32 numbers of the rows of the result, all different, 0 for all in order; not
   *     where x is transposed
   */
  void multiply(Form f, long x, long xIndex, long y, long out, long outIndex) {
    if (f.transposeX()) {
      alongRows(List.of(new Target(f, x, y, out)), xIndex, depth(f.k()), null);
    } else {
      sum(List.of(new Factors(f, x, y)), 0, xIndex, out, outIndex, null);
    }
  }

  /**
   * Computes the sum of products that {@linkplain #fits fit} and do not transpose x, all to one
   * result: rows of it stay in registers over all products, and {@code finish} runs while they are
   * near.
   *
   * @param bias address of what is added to every row, 0 for nothing
   * @param finish may be null
   */
  void sum(List<Factors> factors, long bias, long xIndex, long out, long outIndex, Rows finish) {
    Form first = factors.getFirst().form();
    List<Panel> panels = panels(first, xIndex != 0 || outIndex != 0);
    long depth = factors.stream().mapToLong(q -> q.form().k()).sum();
    try (Arena arena = Arena.ofConfined()) {
      Tile all = bias == 0 ? null : ones(arena, bias);
      for (Factors q : factors.reversed()) {
        Form f = q.form();
        long right = q.y();
        if (f.transposeY()) {
          right = arena.allocate(4 * f.k() * f.n(), 64).address();
          transpose(q.y(), f.n(), f.k(), right);
        }
        all =
            new Tile(
                q.x(),
                4 * f.k(),
                xIndex,
                right,
                4 * f.n(),
                out,
                4 * f.n(),
                outIndex,
                f.k(),
                xIndex == 0 && outIndex == 0 ? q.x() + 4 * f.m() * f.k() : 0,
                all);
      }
      Tile sum = all;
      long m = first.m();
      long block =
          panels.size() == 1 && finish == null ? m : Math.max(4, BLOCK / (4 * depth) / 4 * 4);
      int tasks = tasks(m * first.n() * depth, m / ROWS, MOST_TASKS);
      workers.forEach(
          tasks,
          t -> {
            long to = m * (t + 1) / tasks;
            for (long i = m * t / tasks; i < to; i += block) {
              long end = Math.min(to, i + block);
              for (Panel p : panels) {
                rows(p, first.accumulate(), false, sum, i, end);
              }
              if (finish != null) {
                finish.run(i, end);
              }
            }
          });
    }
  }

  /** A bias as a product: every row of x is the same 1. */
  private static Tile ones(Arena arena, long bias) {
    long one = arena.allocate(4, 64).address();
    Native.putFloat(one, 1);
    return new Tile(one, 0, 0, bias, 4, 0, 0, 0, 1, 0, null);
  }

  private static int tasks(long multiplications, long wanted, long most) {
    boolean alone = multiplications < MatrixProduct.SHARED_FROM;
    return alone ? 1 : (int) Math.clamp(wanted, 1, most);
  }

  /** Rows of a task of k in all. */
  private static long depth(long k) {
    return Math.clamp(k / SHORT_TASKS, SHORT_DEPTH, DEPTH);
  }

  /**
   * Computes products that {@linkplain #fits fit} and transpose x, all along the same number of
   * rows: while some of these are near, {@code start} runs and then each product takes them. The
   * rows are cut; partial results are added in ascending order.
   *
   * @param unit rows of one call of {@code start}
   * @param start may be null
   */
  void alongRows(List<Target> products, long xIndex, long unit, Rows start) {
    long k = products.getFirst().form().k();
    long size = products.stream().mapToLong(q -> q.form().m() * q.form().n()).sum();
    List<List<Panel>> panels = products.stream().map(q -> panels(q.form(), xIndex != 0)).toList();
    int pieces = tasks(size * k, k / Math.max(unit, depth(k)), MOST_TASKS / 2);
    // Other threads write there, but through the address, which confinement does not guard.
    try (Arena arena = Arena.ofConfined()) {
      long partial = arena.allocate(4L * pieces * size, 64).address();
      workers.forEach(
          pieces,
          p -> {
            long first = k * p / pieces / unit * unit;
            long end = p == pieces - 1 ? k : k * (p + 1) / pieces / unit * unit;
            for (long from = first; from < end; from += unit) {
              long to = Math.min(end, from + unit);
              if (start != null) {
                start.run(from, to);
              }
              long at = partial + 4L * p * size;
              for (int q = 0; q < products.size(); q++) {
                Target t = products.get(q);
                piece(t.form(), panels.get(q), from, to, t.x(), xIndex, t.y(), at, from > first);
                at += 4 * t.form().m() * t.form().n();
              }
            }
          });
      long at = partial;
      for (Target t : products) {
        Form f = t.form();
        add(at, pieces, 4 * size, f.m() * f.n(), f.accumulate(), t.out());
        at += 4 * f.m() * f.n();
      }
    }
  }

  private void piece(
      Form f,
      List<Panel> panels,
      long from,
      long to,
      long x,
      long xIndex,
      long y,
      long out,
      boolean accumulate) {
    long block = Math.clamp(2 * BLOCK / (4 * (f.m() + f.n())), 16, 512);
    long xRow = 4 * f.m();
    long yRow = 4 * f.n();
    boolean touched = xRow + yRow <= TOUCHED;
    // While m / 4 groups of rows are multiplied, as many numbers of y are touched as x has.
    long end = touched && xIndex == 0 && yRow <= xRow ? y + f.k() * yRow : 0;
    for (long l = from; l < to; l += block) {
      Tile t =
          new Tile(
              xIndex == 0 ? x + l * xRow : x,
              xRow,
              xIndex == 0 ? 0 : xIndex + 4 * l,
              y + l * yRow,
              yRow,
              out,
              yRow,
              0,
              Math.min(block, to - l),
              end,
              null);
      if (touched) {
        int seen = touch(t.x(), xRow, t.xIndex(), 0, t.depth());
        this.touched = seen + (end == 0 ? touch(t.y(), yRow, 0, 0, t.depth()) : 0);
      }
      for (Panel p : panels) {
        rows(p, accumulate || l > from, true, t, 0, f.m());
      }
    }
  }

  private void rows(Panel p, boolean accumulate, boolean transposed, Tile t, long from, long to) {
    Tile own = t.right(4L * p.column);
    TileLoop loop = accumulate ? p.add : p.replace;
    for (long i = from; i < to; i += CALL) {
      long end = Math.min(to, i + CALL);
      int seen = 0;
      if (!transposed && t.end() == 0 && t.xRow() <= TOUCHED) {
        seen = touch(t.x(), t.xRow(), t.xIndex(), i, end);
      }
      if (!transposed && accumulate) {
        seen += touch(t.out(), t.outRow(), t.outIndex(), i, end);
      }
      touched = seen + loop.run(own, (int) i, (int) end);
    }
  }

  /**
   * Reads a number of each cache line of some rows, so that they are on their way together: a loop
   * over short rows waits for each line in turn.
   */
  private static int touch(long base, long row, long index, long from, long to) {
    int seen = 0;
    for (long i = from; i < to; i++) {
      long at = base + row * (index == 0 ? i : Native.getInt(index + 4 * i));
      for (long b = 0; b < row; b += 64) {
        seen += Native.getInt(at + b);
      }
    }
    return seen;
  }

  private List<Panel> panels(Form f, boolean indexed) {
    List<Panel> panels = new ArrayList<>();
    for (int column = 0; column < f.n(); column += PANEL * LANES) {
      int width = (int) Math.min((long) PANEL * LANES, f.n() - column);
      int vectors = (width + LANES - 1) / LANES;
      boolean x = f.transposeX();
      panels.add(
          new Panel(
              column,
              loop(new VectorTile.Kind(vectors, width % LANES, x, false, indexed)),
              loop(new VectorTile.Kind(vectors, width % LANES, x, true, indexed))));
    }
    return panels;
  }

  private TileLoop loop(VectorTile.Kind kind) {
    return loops.computeIfAbsent(kind, k -> (TileLoop) Specialized.copy(LOOKUP, "VectorTile", k));
  }

  /** (rows, columns) to (columns, rows). */
  private static void transpose(long x, long rows, long columns, long out) {
    for (long r = 0; r < rows; r++) {
      for (long c = 0; c < columns; c++) {
        Native.putFloat(out + 4 * (c * rows + r), Native.getFloat(x + 4 * (r * columns + c)));
      }
    }
  }

  /** Parts lie so many bytes apart. */
  private static void add(
      long partial, int pieces, long apart, long size, boolean accumulate, long out) {
    ByteOrder order = ByteOrder.nativeOrder();
    long i = 0;
    for (; i + LANES <= size; i += LANES) {
      FloatVector sum = FloatVector.fromMemorySegment(F, ALL, partial + 4 * i, order);
      for (int p = 1; p < pieces; p++) {
        sum = sum.add(FloatVector.fromMemorySegment(F, ALL, partial + p * apart + 4 * i, order));
      }
      if (accumulate) {
        sum = FloatVector.fromMemorySegment(F, ALL, out + 4 * i, order).add(sum);
      }
      sum.intoMemorySegment(ALL, out + 4 * i, order);
    }
    for (; i < size; i++) {
      float sum = Native.getFloat(partial + 4 * i);
      for (int p = 1; p < pieces; p++) {
        sum += Native.getFloat(partial + p * apart + 4 * i);
      }
      Native.putFloat(out + 4 * i, accumulate ? Native.getFloat(out + 4 * i) + sum : sum);
    }
  }
}
