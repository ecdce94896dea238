package io.relata.cuda;

import io.relata.spi.Array;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;
import io.relata.spi.GraphKernels;
import io.relata.spi.RowIndex;
import io.relata.spi.SddmmCall;
import io.relata.spi.SpmmCall;
import io.relata.spi.WinnerGradCall;
import java.lang.ref.Reference;
import java.util.List;

/**
 * Graph kernels on a CUDA device. A row is made by lanes of one warp in the order of its edges, or,
 * where it is long, in chunks of a fixed size that are merged in order; so results depend on the
 * graph and the shapes alone. Every call returns when its launches are queued.
 */
final class CudaGraphKernels implements GraphKernels, AutoCloseable {
  private final GraphDevice graph;
  private final KnownIntegers known;
  private final SpmmLaunch spmm;
  private final SpmmListLaunch lists;
  private final SddmmLaunch sddmm;
  private final SoftmaxLaunch softmax;
  private final AttentionLaunch attention;
  private final WinnerLaunch winners;

  CudaGraphKernels(Device device, KnownIntegers known) {
    this(device, known, SplitRule.DEFAULT);
  }

  CudaGraphKernels(Device device, KnownIntegers known, SplitRule rule) {
    this.known = known;
    graph = new GraphDevice(device, rule);
    spmm = new SpmmLaunch(graph);
    lists = new SpmmListLaunch(graph);
    sddmm = new SddmmLaunch(graph);
    softmax = new SoftmaxLaunch(graph);
    attention = new AttentionLaunch(graph, spmm);
    winners = new WinnerLaunch(graph, spmm);
  }

  @Override
  public void spmm(SpmmCall call) {
    spmm.run(call);
    written(call);
    Reference.reachabilityFence(call);
  }

  @Override
  public void spmmAll(List<SpmmCall> calls) {
    if (calls.size() == 1 || !lists.run(calls)) {
      calls.forEach(spmm::run);
    }
    calls.forEach(this::written);
    Reference.reachabilityFence(calls);
  }

  private void written(SpmmCall call) {
    if (call.winners() != null) {
      known.wrote(call.winners());
    }
  }

  @Override
  public void sddmm(SddmmCall call) {
    sddmm.run(call);
    Reference.reachabilityFence(call);
  }

  @Override
  public void winnerGrad(WinnerGradCall call) {
    winners.run(call);
    Reference.reachabilityFence(call);
  }

  @Override
  public void edgeSoftmax(RowIndex index, Array logits, Array out) {
    softmax.run(index, logits, null, out);
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(logits);
    Reference.reachabilityFence(out);
  }

  @Override
  public void edgeSoftmaxGrad(RowIndex index, Array y, Array gradient, Array out) {
    softmax.run(index, y, gradient, out);
    Reference.reachabilityFence(index);
    Reference.reachabilityFence(y);
    Reference.reachabilityFence(gradient);
    Reference.reachabilityFence(out);
  }

  @Override
  public boolean attention(AttentionCall call) {
    boolean done = attention.forward(call);
    Reference.reachabilityFence(call);
    return done;
  }

  @Override
  public void attentionGrad(AttentionGradCall call) {
    attention.backward(call);
    Reference.reachabilityFence(call);
  }

  /** Frees what is kept on the device between calls. */
  @Override
  public void close() {
    graph.close();
  }
}
