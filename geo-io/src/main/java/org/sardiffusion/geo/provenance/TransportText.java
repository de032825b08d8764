package org.sardiffusion.geo.provenance;

import java.util.Locale;
import java.util.Optional;

/**
 * Text that XML 1.0 (in TIFF) and UTF-8 chunks (in PNG) carry unchanged, and a way for the rest.
 */
final class TransportText {
  private static final int REPLACEMENT = 0xFFFD;

  private TransportText() {}

  /**
   * Whether every character is an XML 1.0 {@code Char}: that also rules out NUL, which ends PNG
   * text.
   */
  static boolean isSafe(String text) {
    return text.codePoints().allMatch(TransportText::isSafe);
  }

  /** The text with U+FFFD for each character that cannot travel. */
  static String visible(String text) {
    return text.codePoints()
        .map(c -> isSafe(c) ? c : REPLACEMENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isSafe(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }

  /** A JSON string, quoted, of printable ASCII only. */
  static String toJson(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7F) {
        json.append(c);
      } else {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return json.append('"').toString();
  }

  /** The inverse of {@link #toJson}; empty for anything that it does not write. */
  static Optional<String> fromJson(String json) {
    if (json.length() < 2 || !json.startsWith("\"") || !json.endsWith("\"")) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    int end = json.length() - 1;
    int i = 1;
    while (i < end) {
      char c = json.charAt(i++);
      if (c != '\\') {
        text.append(c);
      } else if (i < end && (json.charAt(i) == '"' || json.charAt(i) == '\\')) {
        text.append(json.charAt(i++));
      } else if (i + 5 <= end && json.startsWith("u", i) && isHex(json, i + 1)) {
        text.append((char) Integer.parseInt(json, i + 1, i + 5, 16));
        i += 5;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(text.toString());
  }

  private static boolean isHex(String text, int from) {
    for (int i = from; i < from + 4; i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }
}
