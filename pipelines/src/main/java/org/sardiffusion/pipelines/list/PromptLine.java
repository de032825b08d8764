package org.sardiffusion.pipelines.list;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a prompt list.
 *
 * @param number the line of the file, from 1
 * @param options names such as {@code prompt}, {@code label}, {@code guidance}, each with at least
 *     one value
 * @param combination how options with several values are combined; empty means as the plan says
 */
public record PromptLine(
    int number, Map<String, List<String>> options, Optional<Combination> combination) {
  public PromptLine {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    options.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    options = java.util.Collections.unmodifiableMap(copy);
  }

  /** The line's prompt as it is written, for messages; empty if it has none. */
  public String prompt() {
    return options.getOrDefault(ImageColumns.PROMPT, List.of("")).get(0);
  }
}
