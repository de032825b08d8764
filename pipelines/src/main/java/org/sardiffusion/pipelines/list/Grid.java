package org.sardiffusion.pipelines.list;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Options with several values, and their combinations. */
public final class Grid {
  private static final String SEPARATOR = "\\|";

  private Grid() {}

  /** The values that a cell or an argument such as {@code 3|5|7} gives an option. */
  public static List<String> values(String name, String text) {
    if (ImageColumns.isText(name)) {
      return List.of(text);
    }
    List<String> values = new ArrayList<>();
    for (String value : text.split(SEPARATOR, -1)) {
      if (value.isBlank()) {
        throw new PromptListException("\"" + name + "\" has an empty value in \"" + text + "\".");
      }
      values.add(value.strip());
    }
    return values;
  }

  /**
   * How many combinations there are.
   *
   * @throws PromptListException if {@link Combination#ZIP} finds unequal numbers of values
   */
  public static long size(Map<String, List<String>> options, Combination combination) {
    long size = 1;
    for (Map.Entry<String, List<String>> option : options.entrySet()) {
      int values = option.getValue().size();
      if (combination == Combination.PRODUCT) {
        // Saturates: whoever bounds a plan compares with far smaller numbers.
        size = Math.min(size * values, Integer.MAX_VALUE);
      } else if (values > 1) {
        if (size > 1 && size != values) {
          throw new PromptListException(
              "To zip options they need equally many values, but \""
                  + option.getKey()
                  + "\" has "
                  + values
                  + " and another "
                  + size
                  + ".");
        }
        size = values;
      }
    }
    return size;
  }

  /** One value for each option, in the order in which the last option changes fastest. */
  public static List<Map<String, String>> combinations(
      Map<String, List<String>> options, Combination combination) {
    long size = size(options, combination);
    List<Map<String, String>> combinations = new ArrayList<>();
    for (long k = 0; k < size; k++) {
      Map<String, String> chosen = new LinkedHashMap<>();
      long rest = k;
      List<Map.Entry<String, List<String>>> entries = new ArrayList<>(options.entrySet());
      for (int i = entries.size() - 1; i >= 0; i--) {
        List<String> values = entries.get(i).getValue();
        int index = values.size() == 1 ? 0 : (int) (rest % values.size());
        chosen.put(entries.get(i).getKey(), values.get(index));
        if (combination == Combination.PRODUCT) {
          rest /= values.size();
        }
      }
      combinations.add(chosen);
    }
    return combinations;
  }
}
