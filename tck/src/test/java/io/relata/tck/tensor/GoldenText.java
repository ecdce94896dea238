package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.relata.RelataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Compares whole error messages with the files under {@code src/test/resources/errors}, one a
 * message. After a wanted change run the tests with {@code -Drelata.errors.update=true} and read
 * the diff.
 */
public final class GoldenText {
  private GoldenText() {}

  /** Fails unless the call is refused with exactly the text of {@code errors/<name>.txt}. */
  public static void requireRefusal(String name, ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).as(name).isInstanceOf(RelataException.class);
    Path file = folder().resolve(name + ".txt");
    try {
      if (Boolean.getBoolean("relata.errors.update")) {
        Files.writeString(file, thrown.getMessage() + "\n");
      }
      assertThat(thrown.getMessage() + "\n").as(name).isEqualTo(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no text for '" + name + "'; write it with -Drelata.errors.update=true", e);
    }
  }

  private static Path folder() {
    Path inModule = Path.of("src/test/resources/errors");
    return Files.isDirectory(inModule) ? inModule : Path.of("tck").resolve(inModule);
  }
}
