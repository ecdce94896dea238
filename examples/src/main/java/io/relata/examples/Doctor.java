package io.relata.examples;

import io.relata.Relata;

/** Prints what a bug report needs: Java, machine, backends with reasons, plugins, settings. */
public final class Doctor {
  private Doctor() {}

  /** Prints it to standard output. */
  public static void main(String[] args) {
    System.out.println(Relata.diagnose());
  }
}
