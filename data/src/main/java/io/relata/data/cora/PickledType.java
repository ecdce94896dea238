package io.relata.data.cora;

import java.nio.ByteOrder;
import net.razorvine.pickle.PickleException;

/** A {@code numpy.dtype}: a kind and size such as {@code f4}, and then a byte order. */
final class PickledType implements Pickled {
  private final String code;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  PickledType(String code) {
    this.code = code;
  }

  /** State: (version, byte order, ...); the rest is for structured types. */
  @Override
  public void setState(Object state) {
    order =
        switch ((String) ((Object[]) state)[1]) {
          case "<", "|" -> ByteOrder.LITTLE_ENDIAN;
          case ">" -> ByteOrder.BIG_ENDIAN;
          case String other -> throw new PickleException("byte order " + other);
        };
  }

  String code() {
    return code;
  }

  ByteOrder order() {
    return order;
  }
}
