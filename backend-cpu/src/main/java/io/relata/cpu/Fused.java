package io.relata.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Whether this JVM multiplies and adds in one instruction. Where it does not, {@link Math#fma} and
 * vectors' {@code fma} compute in decimal numbers of any length, thousands of times slower.
 */
public final class Fused {
  /** True where {@code fma} is one instruction; a JVM that cannot say is taken for one of today. */
  public static final boolean AVAILABLE = detect();

  private Fused() {}

  private static boolean detect() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return jvm == null || Boolean.parseBoolean(jvm.getVMOption("UseFMA").getValue());
    } catch (IllegalArgumentException _) {
      return true;
    }
  }

  /** x · y + sum, rounded once where that is one instruction, else twice. */
  public static float multiplyAdd(float x, float y, float sum) {
    return AVAILABLE ? Math.fma(x, y, sum) : x * y + sum;
  }

  /** The same of doubles. */
  public static double multiplyAdd(double x, double y, double sum) {
    return AVAILABLE ? Math.fma(x, y, sum) : x * y + sum;
  }
}
