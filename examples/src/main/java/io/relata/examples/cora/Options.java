package io.relata.examples.cora;

import io.relata.ErrorId;
import io.relata.RelataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * What the user may choose, as system properties {@code relata.example.NAME}.
 *
 * @param seeds how many trainings of each form, from seed 0 on; 10 unless said
 * @param epochs of each training; 200 unless said
 * @param forms which, with commas between them; all unless said
 * @param out folder for the summary
 */
record Options(int seeds, int epochs, List<Form> forms, Path out) {
  private static final String PREFIX = "relata.example.";

  /**
   * Reads the options.
   *
   * @throws RelataException ARGUMENT for a value that makes no sense
   */
  static Options of(Properties properties) {
    String forms = properties.getProperty(PREFIX + "forms");
    return new Options(
        atLeastOne("seeds", properties, 10),
        atLeastOne("epochs", properties, 200),
        forms == null
            ? List.of(Form.values())
            : Arrays.stream(forms.split(",", -1)).map(Options::form).distinct().toList(),
        Path.of(properties.getProperty(PREFIX + "out", "target/cora-sage")));
  }

  private static int atLeastOne(String name, Properties properties, int otherwise) {
    String text = properties.getProperty(PREFIX + name);
    if (text == null) {
      return otherwise;
    }
    if (!text.strip().matches("0*[1-9][0-9]{0,8}")) {
      throw wrong(name, "a whole number, at least 1", text);
    }
    return Integer.parseInt(text.strip());
  }

  private static Form form(String text) {
    return Arrays.stream(Form.values())
        .filter(f -> f.id().equals(text.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    "forms",
                    "some of " + Arrays.stream(Form.values()).map(Form::id).toList(),
                    text));
  }

  private static RelataException wrong(String name, String expected, String found) {
    return RelataException.of(ErrorId.ARGUMENT, "An option has no sensible value")
        .where("-D" + PREFIX + name)
        .expected(expected)
        .found("'" + found + "'")
        .build();
  }
}
