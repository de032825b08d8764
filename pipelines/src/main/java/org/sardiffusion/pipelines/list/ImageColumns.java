package org.sardiffusion.pipelines.list;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardiffusion.core.text.Spelling;

/** What a list can say of an image: the names of its columns and keys. */
public final class ImageColumns {
  public static final String PROMPT = "prompt";
  private static final String NEGATIVE = "negative-prompt";
  private static final String LABEL = "label";

  private static final List<String> NAMES =
      List.of(
          PROMPT,
          NEGATIVE,
          LABEL,
          "split",
          "seed",
          "count",
          "size",
          "width",
          "height",
          "steps",
          "timesteps",
          "sigmas",
          "scheduler",
          "eta",
          "guidance",
          "guidance-rescale",
          "guidance-interval",
          "clip-skip",
          "decode-tile",
          "original-size",
          "crop",
          "target-size",
          "aesthetic-score",
          "init-image",
          "strength",
          "mask",
          "control-image",
          "control-start",
          "control-end",
          "guess-mode",
          "crs",
          "origin",
          "pixel-size");

  private static final Map<String, String> ALIASES =
      Map.of("negative", NEGATIVE, "guidance-scale", "guidance", "caption", PROMPT, "text", PROMPT);

  private ImageColumns() {}

  /** All names, as {@link #canonical} gives them. */
  public static List<String> names() {
    return NAMES;
  }

  /** The name that stands for a column or key: {@code Guidance_Scale} is {@code guidance}. */
  public static String canonical(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("^-+", "");
    return ALIASES.getOrDefault(plain, plain);
  }

  /**
   * Refuses a name that is no option.
   *
   * @param where begins the message
   */
  public static void requireKnown(String canonical, String where) {
    if (!NAMES.contains(canonical)) {
      throw new PromptListException(where + " has " + unknown(canonical) + ".");
    }
  }

  /** Names that are no options, with those that may have been meant: the end of a sentence. */
  static String unknown(String canonical) {
    return "\"%s\", which is not an option of an image%s"
        .formatted(
            canonical,
            Spelling.nearest(canonical, NAMES)
                .map(near -> " (did you mean \"" + near + "\"?)")
                .orElse(""));
  }

  /** Whether an option is free text, in which no character has a meaning. */
  public static boolean isText(String name) {
    return name.equals(PROMPT) || name.equals(NEGATIVE) || name.equals(LABEL);
  }
}
