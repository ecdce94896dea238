package io.relata.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.relata.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * PyTorch on the CPU through DJL: holds copies of the inputs as PyTorch's tensors and runs scripts
 * on them. What is made through one peer is freed when it closes.
 */
final class TorchPeer implements AutoCloseable {
  private final PtNDManager manager;

  /**
   * Loads PyTorch from the class path.
   *
   * @throws UsageException where its native libraries are not there
   */
  TorchPeer(int threads) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    try {
      manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
      JniUtils.setNumThreads(threads);
      JniUtils.setGradMode(true);
    } catch (EngineException | IllegalStateException | LinkageError e) {
      throw new UsageException("PyTorch does not load (profile bench has it): " + e.getMessage());
    }
  }

  @SuppressWarnings("restricted")
  private static MemorySegment memory(Tensor x) {
    return MemorySegment.ofAddress(x.array().address()).reinterpret(x.array().bytes());
  }

  /** A copy of a FLOAT32 tensor, in another shape of the same size where one is given. */
  NDArray copy(Tensor x, long... shape) {
    long[] dims = shape.length > 0 ? shape : dims(x);
    // DJL looks at a direct buffer in place, and scripts write to what they are given.
    ByteBuffer buffer = memory(x).asByteBuffer().order(ByteOrder.nativeOrder());
    try (NDArray view = manager.create(buffer, new Shape(dims), DataType.FLOAT32)) {
      NDArray copy = view.duplicate();
      Reference.reachabilityFence(x);
      return copy;
    }
  }

  private static long[] dims(Tensor x) {
    return IntStream.range(0, x.shape().rank()).mapToLong(x::dim).toArray();
  }

  /** An int64 tensor, which all of PyTorch's operations take. */
  NDArray ids(int[] values) {
    return manager.create(IntStream.of(values).asLongStream().toArray());
  }

  /** An int32 tensor, with which sparse products are faster. */
  NDArray ints(int[] values) {
    return manager.create(values);
  }

  /** Zeros like another tensor. */
  NDArray zeros(NDArray like) {
    return manager.zeros(like.getShape());
  }

  /**
   * A script with its inputs.
   *
   * @param parameters names of the inputs with spaces between them
   * @param body see {@link TorchScript#module}
   */
  Attempt script(String parameters, String body, NDArray... inputs) {
    // Loaded when it first runs, for a script may use what this PyTorch has not.
    PtSymbolBlock[] block = new PtSymbolBlock[1];
    return look -> {
      if (block[0] == null) {
        block[0] = load(TorchScript.module(parameters, body));
      }
      return run(block[0], inputs, look);
    };
  }

  private PtSymbolBlock load(byte[] module) {
    try {
      return JniUtils.loadModule(manager, new ByteArrayInputStream(module), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In training mode, where DJL leaves autograd on. */
  private float[] run(PtSymbolBlock block, NDArray[] inputs, boolean look) {
    try (PtNDManager step = (PtNDManager) manager.newSubManager()) {
      List<NDArray> here = new ArrayList<>(List.of(inputs));
      NDList result = block.forward(new ParameterStore(), new NDList(here), true);
      result.attach(step);
      if (!look) {
        return null;
      }
      NDArray flat = result.singletonOrThrow().flatten();
      NDArray part = flat.get("0:" + Math.min(Attempt.LOOK, flat.size()));
      float[] values = part.toFloatArray();
      part.close();
      flat.close();
      return values;
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
