package io.relata.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeFileTest {
  @TempDir Path folder;

  private Path file(ByteOrder order, int... ids) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(order);
    bytes.asIntBuffer().put(ids);
    return Files.write(folder.resolve("edges.bin"), bytes.array());
  }

  @Test
  void allSourcesComeFirstThenAllDestinations() throws IOException {
    Edges edges = EdgeFile.read(file(ByteOrder.LITTLE_ENDIAN, 0, 2, 258, 1, 1, 0), 259);
    assertThat(edges.src()).containsExactly(0, 2, 258);
    assertThat(edges.dst()).containsExactly(1, 1, 0);
    assertThat(edges.nodes()).isEqualTo(259);
    assertThat(edges.name()).isEqualTo("edges.bin");
  }

  @Test
  void aListLongerThanOneChunkIsReadWhole() throws IOException {
    int count = 1_500_000;
    int[] ids = new int[2 * count];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i % 1_000;
    }
    Edges edges = EdgeFile.read(file(ByteOrder.LITTLE_ENDIAN, ids), 1_000);
    assertThat(edges.size()).isEqualTo(count);
    for (int e = 0; e < count; e++) {
      assertThat(edges.src()[e]).isEqualTo(e % 1_000);
      assertThat(edges.dst()[e]).isEqualTo((count + e) % 1_000);
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> EdgeFile.read(folder.resolve("none.bin"), 3))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("there is no file")
        .hasMessageContaining("none.bin");
  }

  @Test
  void anOddNumberOfIdsIsRefused() throws IOException {
    Path odd = file(ByteOrder.LITTLE_ENDIAN, 0, 1, 2);
    assertThatThrownBy(() -> EdgeFile.read(odd, 3))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("12 bytes")
        .hasMessageContaining("8 an edge");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Path empty = file(ByteOrder.LITTLE_ENDIAN);
    assertThatThrownBy(() -> EdgeFile.read(empty, 3))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("0 bytes");
  }

  @Test
  void anIdOutsideIsNamedWithItsPlace() throws IOException {
    Path tooLarge = file(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3);
    assertThatThrownBy(() -> EdgeFile.read(tooLarge, 3))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("destination of edge 1 is 3")
        .hasMessageContaining("0 to 2");
    Path negative = file(ByteOrder.LITTLE_ENDIAN, 0, -1, 2, 1);
    assertThatThrownBy(() -> EdgeFile.read(negative, 3))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("source of edge 1 is -1");
  }

  @Test
  void theOtherByteOrderIsGuessedAt() throws IOException {
    Path big = file(ByteOrder.BIG_ENDIAN, 1, 2);
    assertThatThrownBy(() -> EdgeFile.read(big, 3))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("little-endian");
  }
}
