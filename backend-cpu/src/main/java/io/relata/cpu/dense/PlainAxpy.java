package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/** Template: {@code y += a * x} in double or long arithmetic. */
final class PlainAxpy implements Loops.Axpy {
  private static final DType TYPE = Specialized.parameters(MethodHandles.lookup(), DType.class);

  @Override
  public void run(double a, long x, long y, long n) {
    boolean whole = a == Math.rint(a);
    for (long i = 0; i < n; i++) {
      if (TYPE.isFloating()) {
        Elements.setReal(TYPE, y, i, Elements.real(TYPE, y, i) + a * Elements.real(TYPE, x, i));
      } else {
        long v = Elements.integer(TYPE, x, i);
        long product = whole ? (long) a * v : (long) (a * v);
        Elements.setInteger(TYPE, y, i, Elements.integer(TYPE, y, i) + product);
      }
    }
  }
}
