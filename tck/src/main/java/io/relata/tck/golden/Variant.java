package io.relata.tck.golden;

import io.relata.Relata;
import java.util.List;
import java.util.function.Supplier;

/**
 * A way to open a runtime that all cases run on.
 *
 * @param name for reports, for instance the kind of kernels
 * @param opener opens it
 */
public record Variant(String name, Supplier<Relata> opener) {
  private static final String VECTOR = "relata.cpu.vector";

  /** The backend that is chosen here; on the CPU both kinds of kernels. */
  public static List<Variant> installed() {
    String id;
    try (Relata r = Relata.open()) {
      id = r.backend().id();
    }
    return id.equals("cpu")
        ? List.of(
            new Variant("vector", () -> openWith("true")),
            new Variant("plain", () -> openWith("false")))
        : List.of(new Variant(id, Relata::open));
  }

  private static Relata openWith(String vector) {
    String before = System.getProperty(VECTOR);
    System.setProperty(VECTOR, vector);
    try {
      return Relata.open();
    } finally {
      if (before == null) {
        System.clearProperty(VECTOR);
      } else {
        System.setProperty(VECTOR, before);
      }
    }
  }
}
