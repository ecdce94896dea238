package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.MatmulCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Matrix products by our own tiled kernels, a list of them in one launch. Tiles and the pieces of
 * long sums are chosen by the sizes in the list alone, so the same list gives the same bits on
 * every device.
 */
final class DenseProducts {
  /** Size of {@code ProductJob}. */
  private static final int JOB_BYTES = 88;

  // Flags of a job; see matmul.cu.
  private static final int TRANSPOSE_X = 1;
  private static final int TRANSPOSE_Y = 2;
  private static final int ACCUMULATE = 4;
  private static final int WIDE_X = 8;
  private static final int WIDE_Y = 16;
  private static final int WIDE_OUT = 32;

  /** Blocks that keep a device busy: sums are cut until there are as many. */
  private static final long BLOCKS = 256;

  /** Shortest and longest piece of a sum. */
  private static final long SHORTEST = 256;

  private static final long LONGEST = 1L << 30;

  /** Places of a sum that a tile holds at most; pieces are multiples. */
  private static final long DEPTH = 16;

  /** Elements that a block of the second kernel makes. */
  private static final long MERGE = 32;

  private static final Tile SMALL = new Tile(64, 64);

  private final Launcher launcher;

  /** A tile of a kernel. */
  private record Tile(long rows, long columns) {
    long count(Job j) {
      return Math.ceilDiv(j.m, rows) * Math.ceilDiv(j.n, columns) * j.batch;
    }

    /**
     * Whether its kernel can: the largest reads four elements at a time only. Within a piece all
     * kernels add in the same order, so another gives the same bits.
     */
    boolean takes(List<Job> jobs) {
      int wide = WIDE_X | WIDE_Y;
      return columns < 128 || jobs.stream().allMatch(j -> (j.flags & wide) == wide);
    }

    @Override
    public String toString() {
      return rows + "x" + columns;
    }
  }

  /** What is to be multiplied. */
  private record Job(long x, long y, long out, long m, long n, long k, long batch, int flags) {
    long size() {
      return batch * m * n;
    }
  }

  /** How a job's sum is cut, and where its pieces go. */
  private record Cut(long piece, int pieces, long partial) {}

  DenseProducts(Launcher launcher) {
    this.launcher = launcher;
  }

  void multiply(MatmulCall c) {
    if (launcher.device().multiply(c)) {
      return;
    }
    multiply(c.out().dtype(), List.of(job(c, 0)));
  }

  /** The same for every entry of a batch, its arrays have one axis more. */
  void multiplyBatch(MatmulCall c) {
    if (launcher.device().multiply(c)) {
      return;
    }
    multiply(c.out().dtype(), List.of(job(c, 1)));
  }

  void multiplyAll(List<MatmulCall> calls) {
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      List<Job> jobs = new ArrayList<>();
      Set<Long> outputs = new HashSet<>();
      for (MatmulCall c : calls) {
        if (c.out().dtype() == type && c.out().size() > 0) {
          if (!outputs.add(c.out().address())) {
            // A second product for the same output must not run beside the first.
            multiply(type, jobs);
            jobs = new ArrayList<>();
            outputs.clear();
            outputs.add(c.out().address());
          }
          jobs.add(job(c, 0));
        }
      }
      multiply(type, jobs);
    }
  }

  private static Job job(MatmulCall c, int axis) {
    long m = c.out().shape().dim(axis);
    long n = c.out().shape().dim(axis + 1);
    long k = c.x().shape().dim(axis + (c.transposeX() ? 0 : 1));
    int flags =
        (c.transposeX() ? TRANSPOSE_X : 0)
            | (c.transposeY() ? TRANSPOSE_Y : 0)
            | (c.accumulate() ? ACCUMULATE : 0)
            | (wide(c.x(), c.transposeX() ? m : k) ? WIDE_X : 0)
            | (wide(c.y(), c.transposeY() ? k : n) ? WIDE_Y : 0)
            | (wide(c.out(), n) ? WIDE_OUT : 0);
    long batch = axis == 0 ? 1 : c.out().shape().dim(0);
    return new Job(c.x().address(), c.y().address(), c.out().address(), m, n, k, batch, flags);
  }

  /** Whether every row of {@code length} can be read four elements at a time. */
  private static boolean wide(Array a, long length) {
    return length % Launcher.QUAD == 0 && Launcher.aligned(a.address(), a.dtype().bytes());
  }

  private void multiply(DType type, List<Job> all) {
    List<Job> jobs = all.stream().filter(j -> j.size() > 0).toList();
    if (jobs.isEmpty()) {
      return;
    }
    Tile tile = tile(type, jobs);
    long tiles = jobs.stream().mapToLong(tile::count).sum();
    List<Cut> cuts = new ArrayList<>();
    long partial = 0;
    for (Job j : jobs) {
      long wanted = Math.clamp(BLOCKS / tiles, 1, Math.max(1, j.k / SHORTEST));
      wanted = Math.max(wanted, Math.ceilDiv(j.k, LONGEST));
      long piece = Math.max(DEPTH, Math.ceilDiv(Math.ceilDiv(j.k, wanted), DEPTH) * DEPTH);
      int pieces = Math.max(1, (int) Math.ceilDiv(j.k, piece));
      cuts.add(new Cut(piece, pieces, partial));
      if (pieces > 1) {
        // Each starts where four elements can be written at once.
        partial += (j.size() * pieces * type.bytes() + 255) / 256 * 256;
      }
    }
    String suffix = Launcher.suffix(type);
    Tile own = tile.takes(jobs) ? tile : SMALL;
    if (partial == 0) {
      run("matmul_" + own + "_" + suffix, jobs, cuts, 0, own);
      return;
    }
    try (Device.Temporary sums = launcher.device().temporary(partial)) {
      run("matmul_" + own + "_" + suffix, jobs, cuts, sums.address(), own);
      List<Job> cutJobs = new ArrayList<>();
      List<Cut> theirCuts = new ArrayList<>();
      for (int i = 0; i < jobs.size(); i++) {
        if (cuts.get(i).pieces > 1) {
          cutJobs.add(jobs.get(i));
          theirCuts.add(cuts.get(i));
        }
      }
      run("matmul_merge_" + suffix, cutJobs, theirCuts, sums.address(), null);
    }
  }

  /** Narrow tiles for narrow results; small ones where large ones would leave a device idle. */
  private static Tile tile(DType type, List<Job> jobs) {
    long rows = jobs.stream().mapToLong(j -> j.m).max().orElseThrow();
    long columns = jobs.stream().mapToLong(j -> j.n).max().orElseThrow();
    Tile large = columns <= 32 ? new Tile(128, 32) : new Tile(128, columns <= 64 ? 64 : 128);
    boolean few = jobs.stream().mapToLong(large::count).sum() < BLOCKS;
    return type == DType.FLOAT64 || rows <= 64 || few && columns > 32 ? SMALL : large;
  }

  /** One launch; without a tile that of the second kernel. */
  private void run(String kernel, List<Job> jobs, List<Cut> cuts, long partial, Tile tile) {
    JobTable table = new JobTable(jobs.size(), JOB_BYTES);
    Arguments single = new Arguments();
    long blocks = 0;
    for (int i = 0; i < jobs.size(); i++) {
      Job j = jobs.get(i);
      Cut c = cuts.get(i);
      for (long member :
          new long[] {
            j.x, j.y, j.out, partial + c.partial, j.m, j.n, j.k, j.batch, c.piece, blocks
          }) {
        table.put(member);
        if (i == 0) {
          single.put(member);
        }
      }
      table.put(c.pieces).put(j.flags);
      if (i == 0) {
        single.put(c.pieces).put(j.flags);
      }
      blocks += tile == null ? Math.ceilDiv(j.size(), MERGE) : tile.count(j) * c.pieces;
    }
    if (jobs.size() == 1) {
      launcher.exactly(kernel, blocks, single.put(0L).put(1));
      return;
    }
    try (Device.Temporary copy = table.on(launcher.device())) {
      launcher.exactly(kernel, blocks, single.put(copy.address()).put(jobs.size()));
    }
  }
}
