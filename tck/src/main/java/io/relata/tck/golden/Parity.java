package io.relata.tck.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The table of docs/dgl-parity.md: which golden cases DGL decides otherwise than our rules.
 *
 * @param entries in the order of the table
 */
public record Parity(List<Entry> entries) {
  private static final String START = "<!-- golden: begin -->";
  private static final String END = "<!-- golden: end -->";

  /** One row of the table: group, pattern of case ids with {@code *} for anything, rule. */
  record Entry(String group, Pattern ids, Rule rule) {}

  /** Reads the table of this checkout. */
  public static Parity read() throws IOException {
    return of(Repository.root().resolve("docs/dgl-parity.md"));
  }

  static Parity of(Path page) throws IOException {
    List<Entry> entries = new ArrayList<>();
    boolean inside = false;
    int number = 0;
    for (String line : Files.readAllLines(page)) {
      number++;
      if (line.strip().equals(START)) {
        inside = true;
      } else if (line.strip().equals(END)) {
        inside = false;
      } else if (inside && line.startsWith("| `")) {
        String[] cells = line.split("\\|", -1);
        if (cells.length < 5) {
          throw new IOException(page + ", line " + number + ": expected | group | ids | rule |");
        }
        entries.add(new Entry(name(cells[1]), glob(name(cells[2])), Rule.valueOf(name(cells[3]))));
      }
    }
    if (entries.isEmpty()) {
      throw new IOException(page + ": no table between " + START + " and " + END);
    }
    return new Parity(List.copyOf(entries));
  }

  private static String name(String cell) {
    return cell.strip().replace("`", "");
  }

  private static Pattern glob(String ids) {
    return Pattern.compile(("\\Q" + ids + "\\E").replace("*", "\\E.*\\Q"));
  }

  /** The rule that is listed for a case. */
  Optional<Rule> rule(GoldenCase c) {
    return entries.stream()
        .filter(e -> e.group().equals(c.group()) && e.ids().matcher(c.id()).matches())
        .map(Entry::rule)
        .findFirst();
  }
}
