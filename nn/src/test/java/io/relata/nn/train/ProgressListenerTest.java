package io.relata.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.relata.nn.Dropout;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProgressListenerTest {
  @Test
  void without_a_terminal_there_are_ten_plain_lines_and_no_control_characters() {
    Logger logger = (Logger) LoggerFactory.getLogger(ProgressListener.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    PrintStream err = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      // The tests' standard streams are pipes, so this is what a build's log gets.
      ProgressListener listener = ProgressListener.create();
      listener.onStart(new Dropout(0), 200);
      List<EpochReport> reports = new ArrayList<>();
      for (int e = 0; e < 200; e++) {
        reports.add(new EpochReport(e, 200, 1.0 / (e + 1), Map.of("valAcc", 0.5), 0.1, 0.01));
        listener.onEpoch(reports.getLast());
      }
      listener.onEnd(new TrainingResult(reports, 199, false, 2));
    } finally {
      System.setErr(err);
      logger.detachAppender(log);
    }
    List<String> lines = log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(lines).hasSize(12);
    assertThat(lines.getFirst()).isEqualTo("epoch 1/200: loss 1.0000, valAcc 0.5000");
    assertThat(lines.get(1)).startsWith("epoch 20/200: loss 0.0500");
    assertThat(lines.getLast())
        .isEqualTo(
            "trained 200 epochs in 2.0 s; the weights are those of epoch 200"
                + " (loss 0.0050, valAcc 0.5000)");
    assertThat(lines).noneMatch(l -> l.matches("(?s).*\\p{Cntrl}.*"));
    assertThat(written.toString(StandardCharsets.UTF_8)).doesNotContain("\r");
  }
}
