package org.sardiffusion.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * A token found in the text before the byte pairs are merged, such as {@code <SAR>}.
 *
 * @param content its text
 * @param flags how it is matched
 */
record AddedToken(String content, Set<Flag> flags) {

  /** The switches of the {@code tokenizers} library's {@code AddedToken}, by the names in JSON. */
  enum Flag {
    SINGLE_WORD,
    LSTRIP,
    RSTRIP,
    NORMALIZED,
    SPECIAL;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  AddedToken {
    flags = flags.isEmpty() ? EnumSet.noneOf(Flag.class) : EnumSet.copyOf(flags);
  }

  /** What transformers makes of a special token that is given by its text alone. */
  static AddedToken special(String content) {
    return new AddedToken(content, EnumSet.of(Flag.SPECIAL));
  }

  /** What transformers makes of an ordinary token that is given by its text alone. */
  static AddedToken ordinary(String content) {
    return new AddedToken(content, EnumSet.of(Flag.NORMALIZED));
  }

  /**
   * Reads {@code {"content": ..., "lstrip": ...}}. A token is normalised by default unless it is
   * special, as in the {@code tokenizers} library.
   */
  static AddedToken read(JsonNode json) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if (json.path(flag.key()).asBoolean()) {
        flags.add(flag);
      }
    }
    if (!json.has(Flag.NORMALIZED.key()) && !flags.contains(Flag.SPECIAL)) {
      flags.add(Flag.NORMALIZED);
    }
    return new AddedToken(json.get("content").asText(), flags);
  }

  boolean is(Flag flag) {
    return flags.contains(flag);
  }

  AddedToken asSpecial() {
    Set<Flag> more = EnumSet.of(Flag.SPECIAL);
    more.addAll(flags);
    return new AddedToken(content, more);
  }
}
