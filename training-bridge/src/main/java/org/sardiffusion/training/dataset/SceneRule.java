package org.sardiffusion.training.dataset;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.SarDiffusionException.Kind;

/** Which files show the same scene, when the list of captions does not say so. */
public sealed interface SceneRule {
  /**
   * The scene of a file.
   *
   * @param stem the file's name without its ending
   * @throws DatasetException if the rule cannot be applied to that name
   */
  String sceneOf(String stem);

  /** Every file is a scene of its own. */
  record EachFile() implements SceneRule {
    @Override
    public String sceneOf(String stem) {
      return stem;
    }
  }

  /**
   * A part of the name.
   *
   * @param pattern found in the name; its first group is the scene, or all that it matches if it
   *     has no group
   */
  record NamePart(Pattern pattern) implements SceneRule {
    @Override
    public String sceneOf(String stem) {
      Matcher matcher = pattern.matcher(stem);
      if (!matcher.find()) {
        throw new DatasetException(
            Kind.USAGE,
            "The scene of \""
                + stem
                + "\" is not known: "
                + pattern
                + " is not found in its name.");
      }
      String part = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
      return part == null ? matcher.group() : part;
    }
  }

  /**
   * Blocks of consecutive numbers, for series where neighbours overlap: with 50, files 1 to 50 are
   * one scene, 51 to 100 the next.
   *
   * @param length numbers in a block, at least 1
   */
  record NumberBlocks(int length) implements SceneRule {
    private static final Pattern LAST_NUMBER = Pattern.compile("(\\d{1,18})\\D*$");

    /**
     * @throws DatasetException if the length is not positive
     */
    public NumberBlocks {
      if (length < 1) {
        throw new DatasetException(
            Kind.USAGE, "A block of numbers must hold at least 1, not " + length + ".");
      }
    }

    @Override
    public String sceneOf(String stem) {
      Matcher matcher = LAST_NUMBER.matcher(stem);
      if (!matcher.find()) {
        throw new DatasetException(
            Kind.USAGE,
            "\"" + stem + "\" has no number, so it belongs to no block of consecutive numbers.");
      }
      long number = Long.parseLong(matcher.group(1));
      // Numbering usually begins at 1; a 0 joins the first block.
      long block = Math.max(0, number - 1) / length;
      return String.format(
          "%s%d-%d", stem.substring(0, matcher.start(1)), block * length + 1, (block + 1) * length);
    }
  }
}
