package io.relata.benchmarks;

import io.relata.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.ops.NDBase;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What a Java user finds in ND4J: gather the rows of all edges, then reduce them by destination. It
 * takes seconds, so it is measured once or twice.
 */
final class Nd4jPeer {
  private static final NDBase BASE = new NDBase();

  private final INDArray x;
  private final INDArray src;
  private final INDArray dst;
  private final int nodes;

  /** Copies of the inputs. */
  Nd4jPeer(Edges edges, Tensor features) {
    nodes = edges.nodes();
    x = Nd4j.createFromArray(features.toFloatArray()).reshape(nodes, features.dim(1));
    src = Nd4j.createFromArray(edges.src());
    dst = Nd4j.createFromArray(edges.dst());
  }

  /** Gather and unsorted_segment_sum. */
  float[] sumBySegments(boolean look) {
    return first(BASE.unsortedSegmentSum(BASE.gather(x, src, 0), dst, nodes), look);
  }

  /** Gather and scatter_add. */
  float[] sumByScatter(boolean look) {
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, nodes, x.size(1));
    return first(BASE.scatterAdd(zeros, dst, BASE.gather(x, src, 0)), look);
  }

  private static float[] first(INDArray a, boolean look) {
    if (!look) {
      return null;
    }
    long rows = Math.min(a.size(0), Attempt.LOOK / a.size(1) + 1);
    float[] values = a.get(NDArrayIndex.interval(0, rows)).dup().data().asFloat();
    return Arrays.copyOf(values, (int) Math.min(a.length(), Attempt.LOOK));
  }
}
