package io.relata.nn.pool;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.hetero.batch.Readout;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The k rows with the largest largest numbers, each sorted ascending, one after the other; zeros
 * where a graph has fewer (M. Zhang and others, An end-to-end deep learning architecture for graph
 * classification, 2018; DGL: {@code SortPooling}). (rows, D) gives (graphs, k D).
 */
public final class SortPooling extends PoolLayer {
  private final int k;

  /**
   * With a number of rows.
   *
   * @throws RelataException ARGUMENT for less than 1
   */
  public SortPooling(int k) {
    if (k < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "SortPooling keeps at least one row")
          .found(Integer.toString(k))
          .build();
    }
    this.k = k;
  }

  @Override
  public Tensor forward(Segments graphs, Tensor x) {
    Tensor top = Readout.of(graphs).topk(ascending(x), k, true, -1).values();
    return output(top.reshape(graphs.count(), k * x.dim(1)), x);
  }

  /** The numbers of every row in ascending order. */
  private static Tensor ascending(Tensor x) {
    double[] data = x.toDoubleArray();
    int width = Math.toIntExact(x.shape().rowSize());
    int[] positions =
        IntStream.range(0, width == 0 ? 0 : data.length / width)
            .flatMap(
                row ->
                    IntStream.range(row * width, (row + 1) * width)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> data[i]))
                        .mapToInt(i -> i))
            .toArray();
    Tensor numbers = x.reshape(data.length).indexSelect(0, x.relata().tensor(positions));
    return numbers.reshape(x.shape());
  }

  @Override
  protected String describe() {
    return "k=" + k;
  }
}
