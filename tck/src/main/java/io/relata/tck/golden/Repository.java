package io.relata.tck.golden;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the root of the checkout in which a test runs. */
final class Repository {
  private Repository() {}

  /** The nearest folder upwards that holds {@code api} and {@code pom.xml}. */
  static Path root() {
    Path start = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    for (Path p = start; p != null; p = p.getParent()) {
      if (Files.isDirectory(p.resolve("api")) && Files.isRegularFile(p.resolve("pom.xml"))) {
        return p;
      }
    }
    return start;
  }
}
