package io.relata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.spi.DeviceMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
  /** Hands out numbers for addresses and checks that each comes back once with its size. */
  private static final class Counted implements DeviceMemory {
    final Map<Long, Long> out = new HashMap<>();
    long next = 64;
    long capacity = 1 << 20;

    @Override
    public long allocate(long bytes) {
      long a = next;
      next += bytes;
      out.put(a, bytes);
      return a;
    }

    @Override
    public void release(long address, long bytes) {
      assertThat(out.remove(address)).isEqualTo(bytes);
    }

    @Override
    public long capacity() {
      return capacity;
    }
  }

  private final Counted memory = new Counted();
  private final BlockPool pool = new BlockPool(memory, "test");

  @Test
  void aFreedBlockIsReusedForTheSameSizeClass() {
    BlockPool.Block a = pool.allocate(1000);
    long address = a.address();
    pool.free(a);
    assertThat(pool.allocate(1001).address()).isEqualTo(address);
    assertThat(pool.stats().fresh()).isEqualTo(1);
  }

  @Test
  void aSizeClassWastesAtMostAnEighth() {
    for (long n = 1; n < 5_000_000; n += 1 + n / 7) {
      long c = BlockPool.sizeClass(n);
      assertThat(c).isGreaterThanOrEqualTo(n).isLessThanOrEqualTo(Math.max(n + 64, n + n / 8));
      assertThat(BlockPool.sizeClass(c)).isEqualTo(c);
    }
  }

  @Test
  void aFreedBlockCannotBeUsed() {
    BlockPool.Block a = pool.allocate(10);
    pool.free(a);
    pool.free(a);
    assertThatThrownBy(a::address).hasMessageContaining("freed, by its scope or by zeroGrad");
    assertThat(pool.stats().live()).isZero();
  }

  @Test
  void beforeItGivesUpThePoolEmptiesItsCache() {
    BlockPool.Block a = pool.allocate(700_000);
    pool.free(a);
    assertThat(pool.allocate(900_000)).isNotNull();
  }

  @Test
  void outOfMemorySaysWhatWasAskedLiveAndCached() {
    BlockPool.Block held = pool.allocate(800_000);
    assertThatThrownBy(() -> pool.allocate(600_000))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("more bytes")
        .hasMessageContaining("bytes live")
        .hasMessageContaining("-Drelata.memory.limit");
    assertThat(held.address()).isPositive();
  }

  @Test
  void unreachableBlocksComeBackAfterACollection() {
    memory.capacity = Long.MAX_VALUE;
    List<BlockPool.Block> some = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      some.add(pool.allocate(1000));
    }
    assertThat(some).hasSize(50);
    some.clear();
    long end = System.nanoTime() + 10_000_000_000L;
    while (pool.stats().blocks() > 0 && System.nanoTime() < end) {
      System.gc();
    }
    assertThat(pool.stats().blocks()).isZero();
  }

  @Test
  void closingReleasesEverything() {
    pool.allocate(100);
    pool.free(pool.allocate(5000));
    pool.close();
    assertThat(memory.out).isEmpty();
    assertThatThrownBy(() -> pool.allocate(1)).hasMessageContaining("closed");
  }
}
