package io.relata.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Makes copies of a kernel class for given constants, as a C++ template would. A template reads its
 * parameters into static finals with {@link #parameters}; each copy is a hidden class of its own,
 * so the compiler folds every branch on them out of the inner loops and no call in them has a
 * second target.
 */
public final class Specialized {
  private Specialized() {}

  /**
   * A new instance of a copy of {@code template}.
   *
   * @param lookup a full-privilege lookup in the template's package
   * @param template name of a class with a no-argument constructor; it is never initialised itself
   * @param parameters what the copy's {@link #parameters} will answer
   */
  public static Object copy(MethodHandles.Lookup lookup, String template, Object parameters) {
    try (InputStream in = lookup.lookupClass().getResourceAsStream(template + ".class")) {
      MethodHandles.Lookup copy =
          lookup.defineHiddenClassWithClassData(in.readAllBytes(), parameters, true);
      return copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Cannot specialise kernel " + template, e);
    }
  }

  /** The parameters of the copy that asks, for its static initialiser. */
  public static <T> T parameters(MethodHandles.Lookup lookup, Class<T> type) {
    try {
      return MethodHandles.classData(lookup, "_", type);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
