package io.relata.examples.report;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files that are there as a whole or not at all. */
final class WholeFile {

  /** Puts out the content of a file. */
  interface Content {
    void writeTo(Path file) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes beside {@code target} and moves the file into place when it is complete; until then, and
   * if {@code content} throws, what was there before stays. Missing parent folders are created.
   */
  static void write(Path target, Content content) throws IOException {
    Path file = target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException("Cannot write a file to " + file + ": it is a root folder");
    }
    Files.createDirectories(folder);
    Path draft = folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      content.writeTo(draft);
      try {
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException _) {
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
