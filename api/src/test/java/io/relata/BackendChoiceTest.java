package io.relata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.spi.Array;
import io.relata.spi.Backend;
import io.relata.spi.BackendOptions;
import io.relata.spi.BackendProvider;
import io.relata.spi.DenseKernels;
import io.relata.spi.DeviceMemory;
import io.relata.spi.GraphKernels;
import io.relata.spi.Probe;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class BackendChoiceTest {
  private static final Probe WORKS = new Probe.Available("a test device");
  private static final Probe BROKEN = new Probe.Unavailable("no device", "buy one");

  /** Memory without kernels: choosing needs no more. */
  private record Fake(String id, BackendOptions options) implements Backend {
    @Override
    public String description() {
      return "fake";
    }

    @Override
    public DeviceMemory memory() {
      return new DeviceMemory() {
        @Override
        public long allocate(long bytes) {
          throw new OutOfMemoryError("a device without memory");
        }

        @Override
        public void release(long address, long bytes) {}

        @Override
        public long capacity() {
          return 0;
        }
      };
    }

    @Override
    public void copyIn(MemorySegment host, Array to) {}

    @Override
    public void copyOut(Array from, MemorySegment host) {}

    @Override
    public DenseKernels dense() {
      return null;
    }

    @Override
    public GraphKernels graph() {
      return null;
    }

    @Override
    public void close() {}
  }

  private record Provider(String id, int priority, Probe answer) implements BackendProvider {
    @Override
    public Probe probe() {
      if (answer == null) {
        throw new UnsatisfiedLinkError("broken library");
      }
      return answer;
    }

    @Override
    public Backend open(BackendOptions options) {
      return new Fake(id, options);
    }
  }

  private final Properties properties = new Properties();

  private BackendChoice choice(Map<String, String> environment, BackendProvider... providers) {
    return new BackendChoice(List.of(providers), List.of(), properties, environment);
  }

  private String opened(BackendChoice choice) {
    return choice.open(null).backend().id();
  }

  @Test
  void theAvailableProviderOfTheHighestPriorityWins() {
    BackendProvider cpu = new Provider("cpu", 0, WORKS);
    assertThat(opened(choice(Map.of(), cpu, new Provider("gpu", 100, WORKS)))).isEqualTo("gpu");
    assertThat(opened(choice(Map.of(), cpu, new Provider("gpu", 100, BROKEN)))).isEqualTo("cpu");
  }

  @Test
  void thePropertyOverridesTheEnvironmentWhichOverridesPriority() {
    BackendProvider[] all = {
      new Provider("a", 0, WORKS), new Provider("b", 1, WORKS), new Provider("c", 2, WORKS)
    };
    Map<String, String> environment = Map.of("RELATA_BACKEND", "b");
    assertThat(opened(choice(environment, all))).isEqualTo("b");
    properties.setProperty("relata.backend", "a");
    assertThat(opened(choice(environment, all))).isEqualTo("a");
  }

  @Test
  void withoutABackendEveryReasonIsNamed() {
    assertThatThrownBy(() -> choice(Map.of(), new Provider("gpu", 1, BROKEN)).open(null))
        .hasMessage(
            """
            No backend works here [BACKEND]
              expected: a backend on the class path, for instance io.relata:relata-backend-cpu
              found:    gpu: not available, no device; remedy: buy one
              remedy:   add a backend to the class path, or follow the remedies above\
            """);
    assertThatThrownBy(() -> choice(Map.of()).open(null))
        .hasMessageContaining("no backend on the class path");
  }

  @Test
  void aChosenBackendThatIsMissingIsNotReplacedSilently() {
    properties.setProperty("relata.backend", "tpu");
    assertThatThrownBy(() -> choice(Map.of(), new Provider("cpu", 0, WORKS)).open(null))
        .hasMessageContaining("-Drelata.backend=tpu")
        .hasMessageContaining("cpu: available");
  }

  @Test
  void twoBackendsOfOnePriorityAreRefused() {
    assertThatThrownBy(
            () ->
                choice(Map.of(), new Provider("a", 0, WORKS), new Provider("b", 0, WORKS))
                    .open(null))
        .hasMessageContaining("Two backends of the same priority")
        .hasMessageContaining("-Drelata.backend=ID");
  }

  @Test
  void aProbeThatFailsCountsAsUnavailable() {
    BackendChoice choice =
        choice(Map.of(), new Provider("bad", 9, null), new Provider("cpu", 0, WORKS));
    assertThat(opened(choice)).isEqualTo("cpu");
    assertThat(choice.diagnose()).contains("bad: not available", "broken library");
  }

  @Test
  void aNumberBehindTheNameChoosesTheDevice() {
    BackendProvider cpu = new Provider("cpu", 0, WORKS);
    properties.setProperty("relata.backend", "cpu:0");
    assertThat(((Fake) choice(Map.of(), cpu).open(null).backend()).options().ordinal()).isZero();
    assertThat(((Fake) choice(Map.of(), cpu).open("cpu").backend()).options().ordinal())
        .isEqualTo(-1);
    assertThatThrownBy(() -> choice(Map.of(), cpu).open("cpu:1"))
        .hasMessageContaining("no such device")
        .hasMessageContaining("0 to 0");
    assertThatThrownBy(() -> choice(Map.of(), cpu).open("cpu:first"))
        .hasMessageContaining("name:number");
  }

  @Test
  void theNumberOfThreadsComesFromTheProperty() {
    properties.setProperty("relata.threads", "3");
    Backend b = choice(Map.of(), new Provider("cpu", 0, WORKS)).open(null).backend();
    assertThat(((Fake) b).options().threads()).isEqualTo(3);
    properties.setProperty("relata.threads", "none");
    assertThatThrownBy(() -> choice(Map.of(), new Provider("cpu", 0, WORKS)).open(null))
        .hasMessageContaining("-Drelata.threads");
  }

  @Test
  void theDiagnosisNamesJavaSystemBackendsAndPlugins() {
    assertThat(choice(Map.of(), new Provider("cpu", 0, WORKS)).diagnose())
        .contains("java:", "system:", "cpu: available, a test device", "kernel plugins: none");
  }
}
