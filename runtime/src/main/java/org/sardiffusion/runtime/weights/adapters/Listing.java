package org.sardiffusion.runtime.weights.adapters;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names in a message: the first of many. */
final class Listing {
  private static final int SHOWN = 12;

  private Listing() {}

  static String of(Collection<String> names) {
    String shown =
        names.stream()
            .limit(SHOWN)
            .map(name -> name.length() <= 150 ? name : name.substring(0, 150) + "...")
            .collect(Collectors.joining(", "));
    return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
  }
}
