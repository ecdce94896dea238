package io.relata.hetero.io;

import io.relata.ErrorId;
import io.relata.RelataException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file whole or not at all: writes another one beside it, brings that to the disk and
 * renames it. Who has the old file open or mapped keeps seeing the old content (on Windows, where a
 * mapped file cannot be replaced, the write fails instead).
 */
final class AtomicFile {
  private AtomicFile() {}

  /** Writes the content. */
  @FunctionalInterface
  interface Body {
    void write(WritableByteChannel out) throws IOException;
  }

  /**
   * Gives {@code file} the content that {@code body} writes. Whatever {@code body} throws, the old
   * file stays as it was and the one beside it is removed.
   *
   * @throws RelataException DATA when the file system refuses
   */
  static void replace(Path file, Body body) {
    try {
      // A link stays a link: what it points to is replaced.
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      String suffix = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      Path beside = target.resolveSibling("." + target.getFileName() + "." + suffix + ".tmp");
      FileChannel channel =
          FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        try (channel) {
          body.write(channel);
          channel.force(true);
        }
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (Throwable e) {
        removeQuietly(beside, e);
        throw e;
      }
      forceFolder(target.getParent());
    } catch (IOException e) {
      throw RelataException.of(ErrorId.DATA, "The file cannot be written")
          .where("file " + file)
          .expected("a folder that exists and can be written, with room on the disk")
          .found(e.toString())
          .remedy("what was there before is unchanged; correct the path or free space, save again")
          .cause(e)
          .build();
    }
  }

  private static void removeQuietly(Path file, Throwable because) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Brings the renaming to the disk. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException _) {
      // Windows opens no folders; there the file system's journal orders the renaming.
    }
  }
}
