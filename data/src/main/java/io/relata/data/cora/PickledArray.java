package io.relata.data.cora;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.razorvine.pickle.PickleException;

/** A {@code numpy.ndarray} of integers or floats. */
final class PickledArray implements Pickled {
  private int[] shape = {0};
  private PickledType type = new PickledType("none");
  private byte[] bytes = {};

  /** State: (version, shape, type, is in Fortran order, bytes). */
  @Override
  public void setState(Object state) {
    Object[] parts = (Object[]) state;
    shape = Arrays.stream((Object[]) parts[1]).mapToInt(Integer.class::cast).toArray();
    type = (PickledType) parts[2];
    if (shape.length > 1 && parts[3].equals(true)) {
      throw new PickleException("an array in Fortran order, which is not expected here");
    }
    // The unpickler turns a Python 2 string into one char a byte.
    bytes = ((String) parts[4]).getBytes(StandardCharsets.ISO_8859_1);
  }

  int[] shape() {
    return shape;
  }

  /**
   * Returns the values, in C order.
   *
   * @throws IllegalArgumentException if they are of another type, or too many or few for the shape
   */
  int[] toInts() {
    ByteBuffer data = data("i4", Integer.BYTES);
    int[] values = new int[data.remaining() / Integer.BYTES];
    data.asIntBuffer().get(values);
    return values;
  }

  /**
   * Returns the values, in C order.
   *
   * @throws IllegalArgumentException if they are of another type, or too many or few for the shape
   */
  float[] toFloats() {
    ByteBuffer data = data("f4", Float.BYTES);
    float[] values = new float[data.remaining() / Float.BYTES];
    data.asFloatBuffer().get(values);
    return values;
  }

  private ByteBuffer data(String expected, int width) {
    if (!type.code().equals(expected)) {
      throw new IllegalArgumentException(
          "an array of type %s, expected %s".formatted(type.code(), expected));
    }
    long needed = Arrays.stream(shape).asLongStream().reduce(width, Math::multiplyExact);
    if (bytes.length != needed) {
      throw new IllegalArgumentException(
          "an array of shape %s in %d bytes, expected %d"
              .formatted(Arrays.toString(shape), bytes.length, needed));
    }
    return ByteBuffer.wrap(bytes).order(type.order());
  }
}
