package io.relata.nn.train;

import io.relata.nn.Layer;
import java.io.Console;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a bar with the loss and the metrics on a terminal; anywhere else, where a bar would fill
 * the log with control characters, about ten plain log lines a run.
 */
public final class ProgressListener implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressListener.class);
  private static final int LINES = 10;

  private final boolean terminal;
  private ProgressBar bar;

  private ProgressListener(boolean terminal) {
    this.terminal = terminal;
  }

  /** A bar if this process has a terminal, else log lines. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null without a terminal again.
  public static ProgressListener create() {
    Console console = System.console();
    return new ProgressListener(console != null && console.isTerminal());
  }

  /** Log lines, also on a terminal. */
  public static ProgressListener logging() {
    return new ProgressListener(false);
  }

  @Override
  public void onStart(Layer model, int epochs) {
    if (terminal) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("Training")
              .setInitialMax(epochs)
              .setUpdateIntervalMillis(200)
              .setStyle(ProgressBarStyle.ASCII)
              .build();
    }
  }

  @Override
  public void onEpoch(EpochReport report) {
    String text = text(report);
    if (bar != null) {
      bar.setExtraMessage(" " + text);
      bar.stepTo(report.epoch() + 1);
      return;
    }
    int done = report.epoch() + 1;
    boolean tenth = done * LINES / report.epochs() > (done - 1) * LINES / report.epochs();
    if (tenth || report.epoch() == 0) {
      LOG.info("epoch {}/{}: {}", done, report.epochs(), text);
    }
  }

  private static String text(EpochReport report) {
    StringBuilder s = new StringBuilder();
    s.append(String.format(Locale.ROOT, "loss %.4f", report.loss()));
    report
        .metrics()
        .forEach((name, v) -> s.append(String.format(Locale.ROOT, ", %s %.4f", name, v)));
    return s.toString();
  }

  @Override
  public void onEnd(TrainingResult result) {
    finish();
    LOG.info(
        "trained {} epochs in {} s{}; the weights are those of epoch {} ({})",
        result.epochs().size(),
        String.format(Locale.ROOT, "%.1f", result.seconds()),
        result.stoppedEarly() ? ", stopped early" : "",
        result.bestEpoch() + 1,
        text(result.best()));
  }

  @Override
  public void onFailure(RuntimeException failure) {
    finish();
  }

  private void finish() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
