package io.relata.tck.tensor;

import java.util.SplittableRandom;

/** Where random test numbers come from; gradient checks stay away from kinks and poles. */
public enum Domain {
  /** -2 to 2. */
  ANY {
    @Override
    double next(SplittableRandom random) {
      return random.nextDouble(-2, 2);
    }
  },
  /** 0.3 to 2.5. */
  POSITIVE {
    @Override
    double next(SplittableRandom random) {
      return random.nextDouble(0.3, 2.5);
    }
  },
  /** 0.4 to 2 with either sign. */
  NONZERO {
    @Override
    double next(SplittableRandom random) {
      return random.nextDouble(0.4, 2) * (random.nextBoolean() ? 1 : -1);
    }
  },
  /** Whole numbers from -9 to 9. */
  WHOLE {
    @Override
    double next(SplittableRandom random) {
      return random.nextInt(-9, 10);
    }
  },
  /** 0 or 1. */
  BIT {
    @Override
    double next(SplittableRandom random) {
      return random.nextInt(2);
    }
  };

  abstract double next(SplittableRandom random);

  /** The same numbers for the same seed. */
  public double[] numbers(long seed, long count) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = next(random);
    }
    return values;
  }
}
