package org.sardiffusion.training.configuration;

import java.util.Collection;
import java.util.Comparator;
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

  /** Levenshtein's distance between two words; letter case and hyphens count for nothing. */
  private static int distance(String one, String other) {
    String a = one.toLowerCase(java.util.Locale.ROOT).replace('-', '_');
    String b = other.toLowerCase(java.util.Locale.ROOT).replace('-', '_');
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(above[j - 1] + change, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
