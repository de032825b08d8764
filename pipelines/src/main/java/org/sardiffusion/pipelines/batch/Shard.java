package org.sardiffusion.pipelines.batch;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.pipelines.plan.BatchException;

/**
 * The part of a plan that one process makes: several processes share one folder, each with a
 * journal of its own, and no image is made twice.
 *
 * @param index from 1
 * @param count how many processes there are
 */
public record Shard(int index, int count) implements Share {
  /** The whole plan. */
  public static final Shard ALL = new Shard(1, 1);

  private static final Pattern FORM = Pattern.compile("(\\d{1,4})/(\\d{1,4})");

  public Shard {
    if (index < 1 || index > count) {
      throw new BatchException(
          "A shard is I/N with I from 1 to N, such as 1/4, not " + index + "/" + count + ".");
    }
  }

  /**
   * Reads {@code I/N}.
   *
   * @throws BatchException if the text is something else
   */
  public static Shard parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new BatchException("\"" + text + "\" is not a shard: write I/N, such as 1/4, or auto.");
    }
    return new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  @Override
  public <T> List<T> of(List<T> groups) {
    return java.util.stream.IntStream.range(0, groups.size())
        .filter(g -> g % count == index - 1)
        .mapToObj(groups::get)
        .toList();
  }

  String journalName() {
    return count == 1 ? "journal.jsonl" : "journal-" + index + "-of-" + count + ".jsonl";
  }
}
