package org.sardiffusion.pipelines.list;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.text.Spelling;
import org.sardiffusion.pipelines.ImageParameters;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Parameter;
import org.sardiffusion.runtime.parameter.ValueType;

/** What a list can say of an image: the names of its columns and keys. */
public final class ImageColumns {
  public static final String PROMPT = "prompt";
  public static final String LABEL = "label";
  public static final String SPLIT = "split";
  public static final String SIZE = "size";

  private static final Map<String, Parameter<?>> PARAMETERS =
      Stream.of(
              Sampling.PARAMETERS,
              ImageParameters.SIZE,
              ImageParameters.INPUTS,
              ImageParameters.PLACE)
          .flatMap(List::stream)
          .collect(
              Collectors.toMap(
                  parameter -> parameter.key().replace('_', '-'),
                  parameter -> parameter,
                  (one, other) -> one,
                  LinkedHashMap::new));

  private static final List<String> NAMES =
      Stream.concat(Stream.of(PROMPT, LABEL, SPLIT, SIZE), PARAMETERS.keySet().stream()).toList();

  /** Width and height in one cell, which becomes those two. */
  private static final Parameter<Size> BOTH_SIDES =
      new Parameter<>(SIZE, ValueType.size(), "Width and height.");

  private static final String NEGATIVE = "negative-prompt";

  private static final Map<String, String> ALIASES =
      Map.of("negative", NEGATIVE, "guidance-scale", "guidance", "caption", PROMPT, "text", PROMPT);

  private ImageColumns() {}

  /** All names, as {@link #canonical} gives them. */
  public static List<String> names() {
    return NAMES;
  }

  /** The row of the option table that a name stands for, if it is one. */
  public static Optional<Parameter<?>> parameter(String name) {
    return Optional.ofNullable(PARAMETERS.get(name));
  }

  /**
   * The size that a cell says.
   *
   * @throws org.sardiffusion.runtime.parameter.ParameterException if it says none
   */
  public static Size size(String text) {
    return BOTH_SIDES.parse(text);
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
