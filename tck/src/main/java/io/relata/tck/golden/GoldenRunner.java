package io.relata.tck.golden;

import io.relata.DType;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.tck.golden.GoldenReport.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

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
    try {
      difference =
          c.refusedByDgl()
              ? acceptedInstead(c, relata, dtype)
              : difference(c, relata, dtype, c::cotangents, c::expectation);
    } catch (UnsupportedCase e) {
      return new Judged(Verdict.UNSUPPORTED, e.getMessage());
    }
    if (difference.isEmpty()) {
      return new Judged(Verdict.PASSED, "");
    }
    Optional<Rule> listed = parity.rule(c);
    return listed.isEmpty()
        ? new Judged(Verdict.FAILED, difference.get())
        : judge(c, relata, dtype, listed.get());
  }

  /** The case does not give DGL's numbers, and a rule of ours is listed for it. */
  private static Judged judge(GoldenCase c, Relata relata, DType dtype, Rule rule) {
    String why;
    try {
      Optional<String> difference =
          rule.refuses()
              ? acceptedInstead(c, relata, dtype)
              : difference(c, relata, dtype, () -> rule.cotangents(c), () -> rule.expectation(c));
      if (difference.isEmpty()) {
        return new Judged(Verdict.NOT_APPLICABLE, "");
      }
      why = difference.get();
    } catch (UnsupportedCase e) {
      why = e.getMessage();
    }
    return new Judged(Verdict.FAILED, "neither DGL's numbers nor those of " + rule + ": " + why);
  }

  /** DGL raised an exception: agreement is to refuse the call too, for a reason. */
  private static Optional<String> acceptedInstead(GoldenCase c, Relata relata, DType dtype) {
    try (Scope _ = relata.scope()) {
      new Trial(c, relata, dtype).run(Map::of);
      return Optional.of("gives a result where the call should be refused");
    } catch (UnsupportedCase e) {
      throw e;
    } catch (RelataException e) {
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e.toString());
    }
  }

  private static Optional<String> difference(
      GoldenCase c,
      Relata relata,
      DType dtype,
      Supplier<Map<String, Dense>> cotangents,
      Supplier<Expectation> expected) {
    try (Scope _ = relata.scope()) {
      return new Trial(c, relata, dtype)
          .run(cotangents)
          .difference(expected.get(), Closeness.of(dtype));
    } catch (UnsupportedCase e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e.toString());
    }
  }
}
