package io.relata.cuda.device;

import io.relata.tck.golden.GoldenReport;
import io.relata.tck.golden.GoldenRunner;
import io.relata.tck.golden.GoldenSource;
import io.relata.tck.golden.Parity;
import io.relata.tck.golden.Variant;
import java.io.IOException;

/** The golden cases on the backend that {@code -Drelata.backend} names. */
final class DeviceGolden {
  private DeviceGolden() {}

  /** Prints a table and every failure; ends with status 1 where there is one. */
  public static void main(String[] args) throws IOException {
    GoldenSource source = GoldenSource.find();
    GoldenReport report =
        GoldenRunner.run(source, Parity.read(), Variant.installed(), group -> true);
    System.out.print(report.table());
    boolean failed = false;
    for (String group : source.groups()) {
      for (String failure : report.failures(group)) {
        System.out.println(group + "  " + failure);
        failed = true;
      }
    }
    System.exit(failed ? 1 : 0);
  }
}
