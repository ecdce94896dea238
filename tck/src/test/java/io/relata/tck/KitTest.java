package io.relata.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The one class that a backend's author extends runs every area of the kit. */
class KitTest {
  private static Set<Class<?>> areas() throws IOException, URISyntaxException {
    Path classes =
        Path.of(BackendTck.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .map(f -> classes.relativize(f).toString().replace('\\', '/'))
          .filter(f -> f.matches("io/relata/tck/(tensor|graph)/[A-Za-z]+Tck\\.class"))
          .<Class<?>>map(f -> load(f.substring(0, f.length() - 6).replace('/', '.')))
          .filter(KitTest::hasTests)
          .collect(Collectors.toSet());
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean hasTests(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .anyMatch(
            m -> m.isAnnotationPresent(Test.class) || m.isAnnotationPresent(TestFactory.class));
  }

  @Test
  void everyAreaIsNestedInTheBackendKit() throws IOException, URISyntaxException {
    Set<Class<?>> nested =
        Stream.of(BackendTck.class, KernelTck.class)
            .flatMap(c -> Arrays.stream(c.getDeclaredClasses()))
            .<Class<?>>map(Class::getSuperclass)
            .collect(Collectors.toSet());
    assertThat(areas()).hasSizeGreaterThan(10).isSubsetOf(nested);
  }

  @Test
  void everyClassOfTheKitCanBeExtendedFromOutside() throws IOException, URISyntaxException {
    for (Class<?> c : areas()) {
      assertThat(Modifier.isPublic(c.getModifiers())).as("%s", c).isTrue();
    }
  }
}
