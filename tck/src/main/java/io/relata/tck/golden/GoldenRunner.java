package io.relata.tck.golden;

import io.relata.DType;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.tck.golden.GoldenReport.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Runs golden cases on every variant, in FLOAT64 and FLOAT32, outputs and gradients. A case passes
 * if it gives DGL's numbers in every run. If it does not, and docs/dgl-parity.md lists it, it is
 * held against the rule named there: agreeing with that, it is not applicable. All else fails, also
 * what Relata does not have.
 */
public final class GoldenRunner {
  private static final List<DType> TYPES = List.of(DType.FLOAT64, DType.FLOAT32);

  private record Opened(String name, Relata relata) {}

  private record Judged(Verdict verdict, String why) {}

  private final Parity parity;
  private final List<Opened> runtimes;

  private GoldenRunner(Parity parity, List<Opened> runtimes) {
    this.parity = parity;
    this.runtimes = runtimes;
  }

  /**
   * Runs all cases of the wanted groups.
   *
   * @param source where the cases are
   * @param parity where we differ on purpose
   * @param variants what to run on
   * @param groups which groups to run
   */
  public static GoldenReport run(
      GoldenSource source, Parity parity, List<Variant> variants, Predicate<String> groups)
      throws IOException {
    GoldenReport report = new GoldenReport();
    List<Opened> opened = new ArrayList<>();
    try {
      variants.forEach(v -> opened.add(new Opened(v.name(), v.opener().get())));
      GoldenRunner runner = new GoldenRunner(parity, opened);
      for (String group : source.groups()) {
        if (groups.test(group)) {
          report.start(group);
          source.forEachCase(group, c -> runner.judge(c, report));
        }
      }
    } finally {
      opened.forEach(o -> o.relata().close());
    }
    return report;
  }

  private void judge(GoldenCase c, GoldenReport report) {
    Judged worst = new Judged(Verdict.PASSED, "");
    for (Opened o : runtimes) {
      for (DType dtype : TYPES) {
        Judged j = judge(c, o.relata(), dtype);
        if (j.verdict().compareTo(worst.verdict()) > 0) {
          worst = new Judged(j.verdict(), o.name() + " " + dtype + ": " + j.why());
        }
      }
    }
    report.add(c, worst.verdict(), worst.why());
  }

  private Judged judge(GoldenCase c, Relata relata, DType dtype) {
    Optional<String> difference;
    Outcome outcome = null;
    try (Scope _ = relata.scope()) {
      outcome = new Trial(c, relata, dtype).run();
      difference =
          c.refusedByDgl()
              ? Optional.of("gives a result where DGL raises an exception")
              : outcome.difference(c.expectation(), Closeness.of(dtype));
    } catch (UnsupportedCase e) {
      return new Judged(Verdict.FAILED, e.getMessage());
    } catch (RelataException e) {
      // Both refuse: that is agreement.
      difference = c.refusedByDgl() ? Optional.empty() : Optional.of("refused: " + e.getMessage());
    } catch (RuntimeException | AssertionError e) {
      return new Judged(Verdict.FAILED, e.toString());
    }
    if (difference.isEmpty()) {
      return new Judged(Verdict.PASSED, "");
    }
    Optional<Rule> rule = parity.rule(c);
    if (rule.isEmpty() || outcome == null) {
      return new Judged(Verdict.FAILED, difference.get());
    }
    Expectation ours = rule.get().expectation(c);
    return outcome
        .difference(ours, Closeness.of(dtype))
        .map(d -> new Judged(Verdict.FAILED, "differs from DGL and from " + rule.get() + ": " + d))
        .orElseGet(() -> new Judged(Verdict.NOT_APPLICABLE, ""));
  }
}
