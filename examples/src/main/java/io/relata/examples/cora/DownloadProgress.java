package io.relata.examples.cora;

import io.relata.data.Progress;
import java.io.PrintStream;

/** Tells of each file that is downloaded, once when it begins and once when it is there. */
record DownloadProgress(PrintStream out) implements Progress {
  @Override
  public void report(String item, long done, long total) {
    if (done == 0) {
      out.println("Downloading " + item + ", " + total + " bytes");
    } else if (done == total) {
      out.println("Downloaded " + item);
    }
  }
}
