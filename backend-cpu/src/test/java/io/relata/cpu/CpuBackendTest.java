package io.relata.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.Backend;
import io.relata.spi.BackendOptions;
import io.relata.spi.BackendProvider;
import io.relata.spi.Probe;
import io.relata.spi.RelataModule;
import java.lang.foreign.MemorySegment;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How the backend is found, what it says of itself, its memory. */
class CpuBackendTest {
  @Test
  void theServiceLoaderFindsTheProvider() {
    Set<BackendProvider> providers =
        Guice.createInjector(ServiceLoader.load(RelataModule.class))
            .getInstance(Key.get(new TypeLiteral<Set<BackendProvider>>() {}));
    assertThat(providers)
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.id()).isEqualTo("cpu");
              assertThat(p.priority()).isZero();
              assertThat(p.probe()).isInstanceOf(Probe.Available.class);
            });
  }

  @Test
  void bytesGoInAndOut() {
    try (Backend backend = new CpuBackendProvider().open(new BackendOptions(2))) {
      assertThat(backend.description()).contains("2 threads");
      Array a = Samples.empty(DType.INT32, 3);
      backend.copyIn(MemorySegment.ofArray(new int[] {4, 5, 6}), a);
      int[] out = new int[3];
      backend.copyOut(a, MemorySegment.ofArray(out));
      assertThat(out).containsExactly(4, 5, 6);
    }
  }

  @Test
  void memoryIsAlignedAndBounded() {
    HostMemory memory = new HostMemory(1 << 20);
    for (long bytes : new long[] {0, 1, 63, 1000, 100_000}) {
      long address = memory.allocate(bytes);
      assertThat(address % 64).isZero();
      Native.ALL.asSlice(address, bytes).fill((byte) 3);
      memory.release(address, bytes);
    }
    long all = memory.allocate(1 << 20);
    assertThatThrownBy(() -> memory.allocate(1))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("relata.memory.limit");
    memory.release(all, 1 << 20);
    memory.release(memory.allocate(1 << 20), 1 << 20);
    assertThat(HostMemory.ofMachine().capacity()).isPositive();
  }

  @Test
  void whoNeedsMemoryGetsWhatTheRuntimeKeepsForReuse() {
    HostMemory memory = new HostMemory(1000);
    long kept = memory.allocate(900);
    memory.onShortage(() -> memory.release(kept, 900));
    memory.release(memory.allocate(200), 200);
    memory.onShortage(() -> {});
    assertThatThrownBy(() -> memory.allocate(1001)).isInstanceOf(OutOfMemoryError.class);
    memory.release(memory.allocate(1000), 1000);
  }

  @Test
  void largeBlocksBeginOnAHugePageWhereTheSystemHasThem() {
    long bytes = (5L << 20) + 123;
    HostMemory memory = new HostMemory(bytes);
    long address = memory.allocate(bytes);
    boolean linux = System.getProperty("os.name").equals("Linux");
    assertThat(address % (linux ? 2L << 20 : 64)).isZero();
    Native.ALL.asSlice(address, bytes).fill((byte) 3);
    memory.release(address, bytes);
    memory.release(memory.allocate(bytes), bytes);
  }

  @Test
  void theLadderNamesTheFlagThatWouldBeBetter() {
    assertThat(KernelChoice.of(true, true, 512, true, true))
        .isEqualTo(new KernelChoice(true, "vectors of 512 bits", ""));
    assertThat(KernelChoice.of(true, true, 256, true, false).advice()).isEmpty();
    assertThat(KernelChoice.of(true, true, 256, true, true).advice()).endsWith("-XX:UseAVX=3");
    assertThat(KernelChoice.of(true, true, 64, true, false).vector()).isFalse();
    assertThat(KernelChoice.of(true, true, 256, false, false))
        .satisfies(
            c -> {
              assertThat(c.vector()).isFalse();
              assertThat(c.advice()).contains("UseFMA");
            });
    assertThat(KernelChoice.of(true, false, 0, true, true))
        .satisfies(
            c -> {
              assertThat(c.vector()).isFalse();
              assertThat(c.advice()).endsWith("--add-modules jdk.incubator.vector");
            });
    assertThat(KernelChoice.of(false, true, 512, true, true).vector()).isFalse();
    assertThat(KernelChoice.detect().kernels()).isNotEmpty();
  }
}
