package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/** Template: one step of Adam in double arithmetic. */
final class PlainAdam implements Loops.Adam {
  private static final DType TYPE = Specialized.parameters(MethodHandles.lookup(), DType.class);

  @Override
  public void run(long parameter, long gradient, long m, long v, long n, Step step) {
    double beta1 = step.beta1();
    double beta2 = step.beta2();
    for (long i = 0; i < n; i++) {
      double p = Elements.real(TYPE, parameter, i);
      double g = Elements.real(TYPE, gradient, i) + step.decay() * p;
      double first = beta1 * Elements.real(TYPE, m, i) + (1 - beta1) * g;
      double second = beta2 * Elements.real(TYPE, v, i) + (1 - beta2) * g * g;
      Elements.setReal(TYPE, m, i, first);
      Elements.setReal(TYPE, v, i, second);
      double denominator = Math.sqrt(second) * step.root() + step.epsilon();
      Elements.setReal(TYPE, parameter, i, p * step.shrink() - step.rate() * first / denominator);
    }
  }
}
