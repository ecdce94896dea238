package io.relata.examples.report;

import static com.github.freva.asciitable.HorizontalAlign.LEFT;
import static com.github.freva.asciitable.HorizontalAlign.RIGHT;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints the data and the results of a run as tables of plain ASCII. */
public final class ConsoleReport {
  private final PrintStream out;

  public ConsoleReport(PrintStream out) {
    this.out = out;
  }

  /** Prints the node types and the relations with their counts. */
  public void data(RunReport.DataSet data) {
    out.println(data.name());
    print(
        data.nodeTypes(),
        List.of(
            column("node type", "total", LEFT).with(RunReport.NodeType::name),
            column("nodes", count(data.nodes()), RIGHT).with(type -> count(type.count()))));
    print(
        data.relations(),
        List.of(
            column("from", "total", LEFT).with(RunReport.Relation::source),
            column("relation", "", LEFT).with(RunReport.Relation::name),
            column("to", "", LEFT).with(RunReport.Relation::destination),
            column("edges", count(data.edges()), RIGHT).with(r -> count(r.edges()))));
  }

  /** Prints the test accuracy beside the baselines', then the other figures and the times. */
  public void results(RunReport report) {
    record Row(String model, double accuracy) {}
    RunReport.Results results = report.results();
    List<Row> rows =
        List.of(
            new Row("graph network", results.testAccuracy()),
            new Row("same network, no edges", results.noEdgesAccuracy()),
            new Row("majority class", results.majorityAccuracy()));
    print(
        rows,
        List.of(
            column("model", "", LEFT).with(Row::model),
            column("test accuracy", "", RIGHT).with(row -> Figures.percent(row.accuracy())),
            column("graph network is ahead by", "", RIGHT)
                .with(
                    row ->
                        row == rows.getFirst()
                            ? ""
                            : Figures.points(results.testAccuracy() - row.accuracy()))));
    out.printf(
        Locale.ROOT,
        "macro-F1 %.3f; median epoch %s; loading %s; in all %s%n",
        results.macroF1(),
        Figures.seconds(report.timings().epochSeconds()),
        Figures.seconds(report.timings().loadSeconds()),
        Figures.seconds(report.timings().totalSeconds()));
  }

  private <T> void print(List<T> rows, List<com.github.freva.asciitable.ColumnData<T>> columns) {
    out.println(
        AsciiTable.builder()
            .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS)
            .lineSeparator(System.lineSeparator())
            .data(rows, columns)
            .asString());
  }

  private static Column column(String header, String footer, HorizontalAlign align) {
    Column column = new Column().header(header).headerAlign(align).dataAlign(align);
    // A footer on any column makes the library print a footer line for all of them.
    return footer.isEmpty() ? column : column.footer(footer).footerAlign(align);
  }

  private static String count(long n) {
    return Figures.count(n);
  }
}
