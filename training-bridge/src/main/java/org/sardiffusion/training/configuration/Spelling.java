package org.sardiffusion.training.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant. */
final class Spelling {
  private Spelling() {}

  /** The candidate nearest to {@code word}, if a third of the letters at most would change. */
  static Optional<String> nearest(String word, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .filter(
            candidate ->
                distance(word, candidate) <= Math.max(word.length(), candidate.length()) / 3.0);
  }

  /**
   * How many letters are wrong, missing, too many or swapped with their neighbour (optimal string
   * alignment); letter case and hyphens count for nothing.
   */
  private static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT).replace('-', '_');
    String b = other.toLowerCase(Locale.ROOT).replace('-', '_');
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
