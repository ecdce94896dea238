package io.relata.tck.program;

import io.relata.Relata;
import io.relata.tck.golden.Variant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random programs of graph calls on random graphs give, after every step, the fields that a plain
 * interpreter of docs/semantics.md gives, and its gradients at the end, with every kind of kernels
 * that is installed. The number of tries is {@code relata.fuzz.tries} of the build; a failure ends
 * in the shortest program that jqwik finds, and the seed that repeats it.
 */
public abstract class ProgramTck {
  private static final int GRAPH_CHOICES = 120;
  private static final int STEP_CHOICES = 50;
  private static final int MAX_STEPS = 6;

  private record Opened(String name, Relata relata) {}

  private static final List<Opened> RUNTIMES = new ArrayList<>();
  private static final Map<ProgramRun.Depth, Integer> COUNTS =
      new EnumMap<>(ProgramRun.Depth.class);

  @BeforeContainer
  static void open() {
    COUNTS.clear();
    Variant.installed().forEach(v -> RUNTIMES.add(new Opened(v.name(), v.opener().get())));
  }

  @AfterContainer
  static void close() {
    System.out.println("Programs run, by how far they could be compared: " + COUNTS);
    RUNTIMES.forEach(o -> o.relata().close());
    RUNTIMES.clear();
  }

  @Provide
  Arbitrary<Program> programs() {
    Arbitrary<Integer> number =
        Arbitraries.integers().between(0, 1_000_000).withDistribution(RandomDistribution.uniform());
    return Combinators.combine(
            number.list().ofSize(GRAPH_CHOICES),
            number.list().ofSize(STEP_CHOICES).list().ofMinSize(1).ofMaxSize(MAX_STEPS))
        .as(ProgramWriter::write);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void everyFieldAfterEveryStepIsThatOfAPlainInterpreter(@ForAll("programs") Program program) {
    for (Opened o : RUNTIMES) {
      try {
        COUNTS.merge(ProgramRun.compare(program, o.relata()), 1, Integer::sum);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("with " + o.name() + " kernels: " + e.getMessage() + program, e);
      }
    }
  }
}
