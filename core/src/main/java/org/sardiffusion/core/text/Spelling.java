package org.sardiffusion.core.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant who wrote a word that is not known. */
public final class Spelling {
  private Spelling() {}

  /**
   * The known word that is nearest, if a third of its letters at most would have to change.
   *
   * @param word what was written
   * @param known what could have been meant
   */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .filter(
            candidate ->
                distance(word, candidate) <= Math.max(word.length(), candidate.length()) / 3.0);
  }

  /**
   * {@code " Did you mean \"candidate\"?"}, to follow a sentence; nothing where no word is near.
   */
  public static String question(String word, Collection<String> known) {
    return nearest(word, known).map(candidate -> " Did you mean \"" + candidate + "\"?").orElse("");
  }

  /**
   * How many letters are wrong, missing, too many or swapped with their neighbour (optimal string
   * alignment); letter case counts for nothing, and hyphens, underscores and blanks are the same.
   */
  static int distance(String one, String other) {
    String a = plain(one);
    String b = plain(other);
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

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
  }
}
