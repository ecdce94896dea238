package io.relata.examples.report;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows a training while it runs, with loss and validation accuracy: a moving bar on a terminal,
 * and else, as in a log file, about ten plain lines.
 */
public final class TrainingProgress implements AutoCloseable {
  private static final int PLAIN_LINES = 10;

  private final String task;
  private final int epochs;
  private final PrintStream out;

  /** Null where there is no terminal. */
  private final ProgressBar bar;

  private TrainingProgress(String task, int epochs, PrintStream out, ProgressBar bar) {
    if (epochs < 1) {
      throw new IllegalArgumentException("A training has at least one epoch, not " + epochs);
    }
    this.task = task;
    this.epochs = epochs;
    this.out = out;
    this.bar = bar;
  }

  /** Starts to show a training of so many epochs, in the way that standard output can take. */
  public static TrainingProgress start(String task, int epochs) {
    return onTerminal() ? bar(task, epochs, System.out) : lines(task, epochs, System.out);
  }

  /** A training shown by plain lines, without a control character. */
  static TrainingProgress lines(String task, int epochs, PrintStream out) {
    return new TrainingProgress(task, epochs, out, null);
  }

  /** A training shown by a bar that redraws its line. */
  static TrainingProgress bar(String task, int epochs, PrintStream out) {
    boolean blocks = out.charset().newEncoder().canEncode('█');
    return new TrainingProgress(
        task,
        epochs,
        out,
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(epochs)
            .setStyle(blocks ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(100)
            .setConsumer(new ConsoleProgressBarConsumer(out))
            .build());
  }

  // JDK 25 gives null again where input or output is no terminal, as JDK 21 did.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  /** Shows that an epoch is done. */
  public void done(RunReport.Epoch epoch) {
    String figures =
        String.format(
            Locale.ROOT,
            "loss %.3f, validation %s",
            epoch.loss(),
            Figures.percent(epoch.validationAccuracy()));
    int number = epoch.epoch() + 1;
    if (bar != null) {
      bar.setExtraMessage(figures);
      bar.stepTo(number);
    } else if (number == 1 || number == epochs || number % stride() == 0) {
      out.printf(Locale.ROOT, "%s: epoch %d of %d, %s%n", task, number, epochs, figures);
    }
  }

  private int stride() {
    return Math.max(1, epochs / PLAIN_LINES);
  }

  /** Leaves the last state on the screen. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
