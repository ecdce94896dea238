package io.relata.tck.program;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Decisions taken from a list of random numbers; when it runs out, each is the first option. */
final class Choices {
  private final Iterator<Integer> numbers;

  Choices(List<Integer> numbers) {
    this.numbers = numbers.iterator();
  }

  /** 0 to bound - 1. */
  int below(int bound) {
    return numbers.hasNext() ? numbers.next() % bound : 0;
  }

  /** True once in so many times. */
  boolean oneIn(int times) {
    return below(times) == times - 1;
  }

  <T> T of(List<T> options) {
    return options.get(below(options.size()));
  }

  /** Different numbers below a bound in random order, possibly none. */
  List<Integer> some(int bound) {
    List<Integer> rest = new ArrayList<>();
    for (int i = 0; i < bound; i++) {
      rest.add(i);
    }
    List<Integer> taken = new ArrayList<>();
    for (int i = below(bound + 1); i > 0; i--) {
      int at = below(rest.size());
      taken.add(rest.get(at));
      rest.subList(at, at + 1).clear();
    }
    return taken;
  }
}
