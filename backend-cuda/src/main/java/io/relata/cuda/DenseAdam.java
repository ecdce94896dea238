package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.AdamCall;
import java.util.List;

/** Steps of Adam on all parameters of one type in one launch. */
final class DenseAdam {
  /** Size of {@code AdamJob}. */
  private static final int JOB_BYTES = 112;

  /** Elements that a block steps; the source says the same. */
  private static final long CHUNK = 4096;

  private final Launcher launcher;

  DenseAdam(Launcher launcher) {
    this.launcher = launcher;
  }

  void step(List<AdamCall> calls) {
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      List<AdamCall> jobs =
          calls.stream()
              .filter(c -> c.parameter().dtype() == type && c.parameter().size() > 0)
              .toList();
      if (!jobs.isEmpty()) {
        launch(type, jobs);
      }
    }
  }

  private void launch(DType type, List<AdamCall> calls) {
    JobTable table = new JobTable(calls.size(), JOB_BYTES);
    long blocks = 0;
    for (AdamCall c : calls) {
      table
          .put(c.parameter().address())
          .put(c.gradient().address())
          .put(c.firstMoment().address())
          .put(c.secondMoment().address())
          .put(c.parameter().size())
          .put(blocks)
          .put(c.rate() / (1 - Math.pow(c.beta1(), c.step())))
          .put(c.beta1())
          .put(c.beta2())
          .put(c.epsilon())
          .put(1 / Math.sqrt(1 - Math.pow(c.beta2(), c.step())))
          .put(c.decoupled() ? 0 : c.weightDecay())
          .put(c.decoupled() ? 1 - c.rate() * c.weightDecay() : 1)
          .put(
              (long) Launcher.wide(c.parameter(), c.gradient(), c.firstMoment(), c.secondMoment()));
      blocks += Math.ceilDiv(c.parameter().size(), CHUNK);
    }
    try (Device.Temporary jobs = table.on(launcher.device())) {
      launcher.exactly(
          "adam_" + Launcher.suffix(type),
          blocks,
          new Arguments().put(jobs.address()).put(calls.size()));
    }
  }
}
