package org.sardiffusion.evaluation.internal.learn;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A tree of decisions on single features. */
sealed interface RandomTree {
  /** The shares of the classes among the examples that ended where a row ends. */
  double[] shares(double[] row);

  /** An end. */
  record Leaf(double[] shares) implements RandomTree {
    @Override
    public double[] shares(double[] row) {
      return shares;
    }
  }

  /** A decision. */
  record Branch(Cut cut, RandomTree below, RandomTree above) implements RandomTree {
    @Override
    public double[] shares(double[] row) {
      return (cut.isBelow(row) ? below : above).shares(row);
    }
  }

  /** Where a feature is cut. */
  record Cut(int feature, double at) {
    boolean isBelow(double[] row) {
      return row[feature] < at;
    }
  }

  /**
   * Grows a tree: at every branch as many features are drawn as the square root of all, each is cut
   * at a random value, and the cut is taken that leaves the purest parts (Gini's index).
   *
   * @param rows features
   * @param classes of the rows, from 0 on
   */
  static RandomTree grown(double[][] rows, int[] classes, int classCount, long seed) {
    return new Growth(rows, classes, classCount, new SplittableRandom(seed))
        .tree(IntStream.range(0, rows.length).toArray());
  }

  /** The growth of one tree. */
  record Growth(double[][] rows, int[] classes, int classCount, SplittableRandom random) {
    private static final int SMALLEST_LEAF = 2;

    RandomTree tree(int[] members) {
      double[] counts = counts(members);
      if (members.length < 2 * SMALLEST_LEAF || impurity(counts, members.length) == 0) {
        return leaf(counts, members.length);
      }
      return bestCut(members)
          .<RandomTree>map(
              cut ->
                  new Branch(cut, tree(part(members, cut, true)), tree(part(members, cut, false))))
          .orElseGet(() -> leaf(counts, members.length));
    }

    private Optional<Cut> bestCut(int[] members) {
      int features = rows[0].length;
      int wanted = Math.max(1, (int) Math.sqrt(features));
      int[] order = IntStream.range(0, features).toArray();
      Optional<Cut> best = Optional.empty();
      double purest = Double.POSITIVE_INFINITY;
      // Features that are constant here do not count as drawn.
      for (int drawn = 0, k = 0; drawn < wanted && k < features; k++) {
        int other = k + random.nextInt(features - k);
        int feature = order[other];
        order[other] = order[k];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int m : members) {
          low = Math.min(low, rows[m][feature]);
          high = Math.max(high, rows[m][feature]);
        }
        if (low < high) {
          drawn++;
          Cut cut = new Cut(feature, low + random.nextDouble() * (high - low));
          double impurity = impurity(members, cut);
          if (impurity < purest) {
            purest = impurity;
            best = Optional.of(cut);
          }
        }
      }
      return best;
    }

    /** Of both parts, weighted with their sizes; infinite where one would be too small. */
    private double impurity(int[] members, Cut cut) {
      double[] below = new double[classCount];
      double[] above = new double[classCount];
      int belowSize = 0;
      for (int m : members) {
        if (cut.isBelow(rows[m])) {
          below[classes[m]]++;
          belowSize++;
        } else {
          above[classes[m]]++;
        }
      }
      int aboveSize = members.length - belowSize;
      return Math.min(belowSize, aboveSize) < SMALLEST_LEAF
          ? Double.POSITIVE_INFINITY
          : belowSize * impurity(below, belowSize) + aboveSize * impurity(above, aboveSize);
    }

    /** Gini's index: how often two draws differ. */
    private static double impurity(double[] counts, int size) {
      double same = 0;
      for (double c : counts) {
        same += c * c;
      }
      return 1 - same / ((double) size * size);
    }

    private int[] part(int[] members, Cut cut, boolean below) {
      return IntStream.of(members).filter(m -> cut.isBelow(rows[m]) == below).toArray();
    }

    private double[] counts(int[] members) {
      double[] counts = new double[classCount];
      for (int m : members) {
        counts[classes[m]]++;
      }
      return counts;
    }

    private static Leaf leaf(double[] counts, int size) {
      double[] shares = new double[counts.length];
      for (int k = 0; k < shares.length; k++) {
        shares[k] = counts[k] / size;
      }
      return new Leaf(shares);
    }
  }
}
