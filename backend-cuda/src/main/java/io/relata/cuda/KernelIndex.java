package io.relata.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which PTX resource has which kernel: {@code kernels.txt}, lines of a module's name and a
 * kernel's, written with the PTX by the build's profile {@code cuda}.
 */
final class KernelIndex {
  private final Map<String, String> modules = new TreeMap<>();

  KernelIndex() {
    this("kernels.txt");
  }

  /** The kernels that a resource beside this class lists. */
  KernelIndex(String list) {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(list), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        modules.put(line.substring(space + 1), line.substring(0, space));
      }
    } catch (IOException e) {
      throw new IllegalStateException("the list of kernels cannot be read", e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = KernelIndex.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("the resource io/relata/cuda/" + name + " is missing");
    }
    return in;
  }

  /** The module that has a kernel. */
  String module(String kernel) {
    String module = modules.get(kernel);
    if (module == null) {
      throw new IllegalArgumentException("no module has the kernel " + kernel);
    }
    return module;
  }

  /** A module's PTX, with the zero at its end that the driver wants. */
  byte[] ptx(String module) {
    try (InputStream in = open(module + ".ptx")) {
      byte[] text = in.readAllBytes();
      byte[] ended = new byte[text.length + 1];
      System.arraycopy(text, 0, ended, 0, text.length);
      return ended;
    } catch (IOException e) {
      throw new IllegalStateException(module + ".ptx cannot be read", e);
    }
  }

  /** Every kernel and its module. */
  Map<String, String> all() {
    return modules;
  }
}
