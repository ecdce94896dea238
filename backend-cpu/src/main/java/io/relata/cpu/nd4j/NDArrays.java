package io.relata.cpu.nd4j;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.Storage;
import java.util.Arrays;
import org.bytedeco.javacpp.BooleanPointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.javacpp.indexer.Bfloat16Indexer;
import org.bytedeco.javacpp.indexer.BooleanIndexer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.HalfIndexer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.javacpp.indexer.LongIndexer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays of the CPU backend as ND4J's and back, over the same memory: what is written on one side
 * is seen on the other. Each side keeps the other's memory alive.
 */
public final class NDArrays {
  private NDArrays() {}

  /** A pointer that owns nothing and keeps an array's memory reachable. */
  private static final class Border extends Pointer {
    Border(Array array) {
      this.address = array.address();
      this.capacity = array.size();
      this.limit = array.size();
      // Pointers made from this one keep it, and so the array, only if it has a deallocator.
      deallocator(new Keeper(array.storage()));
    }

    /** Frees nothing. */
    private record Keeper(Storage storage) implements Deallocator {
      @Override
      public void deallocate() {}
    }
  }

  /** Memory of an ND4J array. */
  private static final class Foreign extends Storage {
    private final INDArray array;
    private final long bytes;

    Foreign(INDArray array, long bytes) {
      this.array = array;
      this.bytes = bytes;
    }

    @Override
    public long address() {
      if (array.wasClosed()) {
        throw RelataException.of(ErrorId.LIFETIME, "The memory of an INDArray was closed")
            .found("shape " + Arrays.toString(array.shape()))
            .remedy("close() it after the tensors over it are no longer used, or use a copy")
            .build();
      }
      return bytes == 0 ? 0 : array.data().address() + array.offset() * array.dataType().width();
    }

    @Override
    public long bytes() {
      return bytes;
    }
  }

  /** {@link #view(Array)} of a tensor of the CPU backend. */
  public static INDArray view(Tensor t) {
    requireCpu(t.relata());
    return view(t.array());
  }

  /** A tensor over the memory of {@code a}, as {@link #wrap}. */
  public static Tensor tensor(Relata relata, INDArray a) {
    requireCpu(relata);
    return relata.wrap(wrap(a));
  }

  private static void requireCpu(Relata relata) {
    if (!relata.backend().id().equals("cpu")) {
      throw RelataException.of(ErrorId.BACKEND, "Only the CPU backend shares memory with ND4J")
          .found(relata.backend().id())
          .remedy("copy through a Java array")
          .build();
    }
  }

  /**
   * An {@code INDArray} of order c over the memory of {@code a}, of any shape; an array without
   * elements gives an empty one. The memory must not be freed by its scope while the result is
   * used.
   */
  public static INDArray view(Array a) {
    long[] dims = a.shape().dims();
    DataType type = dataType(a.dtype());
    if (a.size() == 0) {
      return Nd4j.create(type, dims);
    }
    return Nd4j.create(buffer(a, type), dims, a.shape().strides(), 0, 'c', type);
  }

  private static DataBuffer buffer(Array a, DataType type) {
    Pointer p = new Border(a);
    long n = a.size();
    return switch (a.dtype()) {
      case FLOAT32 -> {
        FloatPointer typed = new FloatPointer(p);
        yield Nd4j.createBuffer(typed, type, n, FloatIndexer.create(typed));
      }
      case FLOAT64 -> {
        DoublePointer typed = new DoublePointer(p);
        yield Nd4j.createBuffer(typed, type, n, DoubleIndexer.create(typed));
      }
      case INT32 -> {
        IntPointer typed = new IntPointer(p);
        yield Nd4j.createBuffer(typed, type, n, IntIndexer.create(typed));
      }
      case INT64 -> {
        LongPointer typed = new LongPointer(p);
        yield Nd4j.createBuffer(typed, type, n, LongIndexer.create(typed));
      }
      case FLOAT16 -> {
        ShortPointer typed = new ShortPointer(p);
        yield Nd4j.createBuffer(typed, type, n, HalfIndexer.create(typed));
      }
      case BFLOAT16 -> {
        ShortPointer typed = new ShortPointer(p);
        yield Nd4j.createBuffer(typed, type, n, Bfloat16Indexer.create(typed));
      }
      case BOOL -> {
        BooleanPointer typed = new BooleanPointer(p);
        yield Nd4j.createBuffer(typed, type, n, BooleanIndexer.create(typed));
      }
    };
  }

  /**
   * An array over the memory of {@code a}, which it keeps reachable. One that is not of order c
   * without gaps is copied first.
   *
   * @throws RelataException DTYPE where there is no such element type here
   */
  public static Array wrap(INDArray a) {
    DType type = dtype(a.dataType());
    Shape shape = Shape.of(a.isScalar() && a.rank() == 0 ? new long[0] : a.shape());
    INDArray plain = isPlain(a, shape) ? a : a.dup('c');
    return new Array(new Foreign(plain, shape.size() * type.bytes()), 0, type, shape);
  }

  private static boolean isPlain(INDArray a, Shape shape) {
    if (shape.size() <= 1) {
      return true;
    }
    long[] found = a.stride();
    long[] expected = shape.strides();
    for (int i = 0; i < expected.length; i++) {
      if (shape.dim(i) != 1 && found[i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static DataType dataType(DType type) {
    return switch (type) {
      case FLOAT32 -> DataType.FLOAT;
      case FLOAT64 -> DataType.DOUBLE;
      case INT32 -> DataType.INT32;
      case INT64 -> DataType.INT64;
      case FLOAT16 -> DataType.FLOAT16;
      case BFLOAT16 -> DataType.BFLOAT16;
      case BOOL -> DataType.BOOL;
    };
  }

  private static DType dtype(DataType type) {
    return switch (type) {
      case FLOAT -> DType.FLOAT32;
      case DOUBLE -> DType.FLOAT64;
      case INT -> DType.INT32;
      case LONG -> DType.INT64;
      case HALF -> DType.FLOAT16;
      case BFLOAT16 -> DType.BFLOAT16;
      case BOOL -> DType.BOOL;
      default ->
          throw RelataException.of(
                  ErrorId.DTYPE, "An INDArray has an element type without a counterpart")
              .expected("FLOAT, DOUBLE, HALF, BFLOAT16, INT32, INT64 or BOOL")
              .found(type.toString())
              .remedy("castTo one of them first")
              .build();
    };
  }
}
