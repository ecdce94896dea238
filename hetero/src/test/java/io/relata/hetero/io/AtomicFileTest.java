package io.relata.hetero.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final byte[] OLD = "the old content".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  /** A disk that is full after some bytes, of which it takes the first part of a write. */
  private record FullDisk(WritableByteChannel disk, long[] room) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      if (room[0] == 0) {
        throw new IOException("No space left on device");
      }
      ByteBuffer part = bytes.slice();
      part.limit((int) Math.min(room[0], part.limit()));
      int written = disk.write(part);
      bytes.position(bytes.position() + written);
      room[0] -= written;
      return written;
    }

    @Override
    public boolean isOpen() {
      return disk.isOpen();
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }

  private void onlyTheOldFileIsThere(Path file) throws IOException {
    assertThat(Files.readAllBytes(file)).isEqualTo(OLD);
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
  }

  @Test
  void a_disk_that_is_full_at_any_byte_leaves_the_old_file_and_nothing_else() throws IOException {
    Path file = Files.write(folder.resolve("f"), OLD);
    try (Relata relata = Relata.open()) {
      Map<String, Tensor> tensors =
          new TreeMap<>(
              Map.of(
                  "a", relata.tensor(new float[] {1, 2, 3}),
                  "b", relata.tensor(new long[] {4}),
                  "c", relata.tensor(new boolean[] {true})));
      SafeTensorsHeader header = SafeTensorsHeader.of(tensors, Map.of("k", "v"));
      long whole = header.dataStart() + header.dataBytes();
      for (long room = 0; room < whole; room++) {
        long[] left = {room};
        assertThatThrownBy(
                () ->
                    AtomicFile.replace(
                        file, out -> SafeTensors.write(new FullDisk(out, left), header, tensors)))
            .isInstanceOf(RelataException.class)
            .satisfies(e -> assertThat(((RelataException) e).id()).isEqualTo(ErrorId.DATA))
            .hasMessageContainingAll(file.toString(), "No space left", "unchanged");
        onlyTheOldFileIsThere(file);
      }
      long[] left = {whole};
      AtomicFile.replace(file, out -> SafeTensors.write(new FullDisk(out, left), header, tensors));
      assertThat(file).hasSize(whole);
    }
  }

  @Test
  void any_exception_in_the_middle_leaves_the_old_file_and_nothing_else() throws IOException {
    Path file = Files.write(folder.resolve("f"), OLD);
    Error error = new OutOfMemoryError("for the test");
    assertThatThrownBy(
            () ->
                AtomicFile.replace(
                    file,
                    out -> {
                      out.write(ByteBuffer.wrap(new byte[100]));
                      throw error;
                    }))
        .isSameAs(error);
    onlyTheOldFileIsThere(file);
  }

  @Test
  void a_tensor_that_was_freed_leaves_the_old_file_and_nothing_else() throws IOException {
    Path file = Files.write(folder.resolve("f"), OLD);
    try (Relata relata = Relata.open()) {
      Tensor freed;
      try (Scope _ = relata.scope()) {
        freed = relata.ones(5);
      }
      Map<String, Tensor> tensors = Map.of("a", relata.ones(5), "b", freed);
      assertThatThrownBy(() -> SafeTensors.save(file, tensors, Map.of()))
          .hasMessageContaining("LIFETIME");
    }
    onlyTheOldFileIsThere(file);
  }

  @Test
  void an_interrupted_thread_leaves_the_old_file_and_nothing_else() throws IOException {
    Path file = Files.write(folder.resolve("f"), OLD);
    try (Relata relata = Relata.open()) {
      Map<String, Tensor> tensors = Map.of("a", relata.ones(5));
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> SafeTensors.save(file, tensors, Map.of()))
            .hasMessageContaining("ClosedByInterruptException");
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
    }
    onlyTheOldFileIsThere(file);
  }

  /** Dies in the middle of a write, as if killed: no finally block runs. */
  static final class Dying {
    private Dying() {}

    public static void main(String[] arguments) {
      AtomicFile.replace(
          Path.of(arguments[0]),
          out -> {
            out.write(ByteBuffer.wrap(new byte[100]));
            Runtime.getRuntime().halt(9);
          });
    }
  }

  @Test
  void a_process_that_dies_in_the_middle_leaves_the_old_file() throws Exception {
    Path file = Files.write(folder.resolve("f"), OLD);
    Process dying =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Dying.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(dying.waitFor()).isEqualTo(9);
    assertThat(Files.readAllBytes(file)).isEqualTo(OLD);
    AtomicFile.replace(file, out -> out.write(ByteBuffer.wrap(new byte[3])));
    assertThat(file).hasSize(3);
  }

  @Test
  void a_folder_that_is_not_there_and_one_in_the_place_of_the_file_are_refused()
      throws IOException {
    assertThatThrownBy(() -> AtomicFile.replace(folder.resolve("no/f"), _ -> {}))
        .hasMessageContainingAll("NoSuchFileException", "a folder that exists", "DATA");
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.write(full.resolve("f"), OLD);
    assertThatThrownBy(() -> AtomicFile.replace(full, _ -> {})).hasMessageContaining("DATA");
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(full);
    }
  }

  @Test
  void a_link_stays_a_link() throws IOException {
    Path file = Files.write(folder.resolve("f"), OLD);
    Path link = folder.resolve("link");
    try {
      Files.createSymbolicLink(link, file);
    } catch (IOException | UnsupportedOperationException e) {
      Assumptions.abort("no symbolic links here: " + e);
    }
    AtomicFile.replace(link, out -> out.write(ByteBuffer.wrap(new byte[3])));
    assertThat(link).isSymbolicLink();
    assertThat(file).hasSize(3);
  }

  @Test
  void who_has_the_old_file_mapped_keeps_it() {
    Assumptions.assumeFalse(
        System.getProperty("os.name").startsWith("Windows"), "Windows refuses instead");
    Path file = folder.resolve("f");
    try (Relata relata = Relata.open()) {
      SafeTensors.save(file, Map.of("a", relata.tensor(new int[] {1, 2})), Map.of());
      try (SafeTensors before = SafeTensors.open(file)) {
        SafeTensors.save(file, Map.of("a", relata.tensor(new int[] {3})), Map.of());
        assertThat(before.tensor(relata, "a").toIntArray()).containsExactly(1, 2);
      }
    }
  }
}
