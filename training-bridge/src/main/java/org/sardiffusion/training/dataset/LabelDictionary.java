package org.sardiffusion.training.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Finds categories in captions by keywords, as section 3 of the paper does ("a manually constructed
 * keyword dictionary").
 *
 * <p>A keyword is found as a whole word in any case, in the singular and the regular plural (of its
 * last word): {@code city} finds "Cities" but not "velocity". Between the words of a keyword there
 * may be blanks or a hyphen. A caption gets every category that has a keyword in it, in the order
 * of their first appearance; the first is the primary one. Of overlapping keywords the longest
 * counts alone: "river bank" is no bank.
 */
public final class LabelDictionary {
  private static final String STANDARD = "labels.yaml";

  private final Map<String, List<String>> keywords;
  private final Map<String, String> categoryOfForm = new TreeMap<>();
  private final Pattern anyKeyword;

  private LabelDictionary(Map<String, List<String>> keywords) {
    this.keywords = keywords;
    List<String> forms = new ArrayList<>();
    keywords.forEach(
        (category, words) ->
            words.forEach(
                word -> {
                  for (String form : forms(word)) {
                    // A word in two categories belongs to the first: its order is the user's.
                    if (categoryOfForm.putIfAbsent(form, category) == null) {
                      forms.add(form);
                    }
                  }
                }));
    // The regular expression takes the first alternative that fits: the longest must come first.
    forms.sort((a, b) -> b.length() - a.length());
    StringBuilder alternatives = new StringBuilder();
    for (String form : forms) {
      alternatives.append(alternatives.isEmpty() ? "" : "|");
      alternatives.append(Pattern.quote(form).replace(" ", "\\E[\\s-]+\\Q"));
    }
    anyKeyword =
        Pattern.compile(
            "(?<![\\p{L}\\p{N}])(?:" + alternatives + ")(?![\\p{L}\\p{N}])",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /** The categories of the paper, with keywords of our own. */
  public static LabelDictionary standard() {
    try (InputStream in = LabelDictionary.class.getResourceAsStream(STANDARD)) {
      return parse(STANDARD, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("The standard keywords cannot be read.", e);
    }
  }

  /**
   * Reads a dictionary: YAML, category to list of keywords.
   *
   * @throws DatasetException if it cannot be read
   */
  public static LabelDictionary read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new DatasetException(Kind.USAGE, "There is no keyword dictionary " + file + ".", e);
    } catch (IOException e) {
      throw new DatasetException(
          Kind.INPUT,
          "Cannot read the keyword dictionary " + file + ": " + e.getMessage() + ".",
          e);
    }
  }

  private static LabelDictionary parse(String name, String text) {
    Object yaml;
    try {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      yaml = new Yaml(new SafeConstructor(options)).load(text);
    } catch (MarkedYAMLException e) {
      throw new DatasetException(
          Kind.INPUT,
          "Cannot read the keyword dictionary "
              + name
              + " at line "
              + (e.getProblemMark().getLine() + 1)
              + ": "
              + e.getProblem()
              + ".",
          e);
    } catch (YAMLException e) {
      throw new DatasetException(
          Kind.INPUT,
          "Cannot read the keyword dictionary " + name + ": " + e.getMessage() + ".",
          e);
    }
    if (!(yaml instanceof Map<?, ?> categories) || categories.isEmpty()) {
      throw new DatasetException(
          Kind.INPUT,
          "The keyword dictionary "
              + name
              + " has no categories. Write \"forest: [forest, woodland]\", one category a line.");
    }
    Map<String, List<String>> keywords = new LinkedHashMap<>();
    categories.forEach(
        (category, words) -> keywords.put("" + category, words(name, category, words)));
    return new LabelDictionary(keywords);
  }

  private static List<String> words(String name, Object category, Object list) {
    List<String> words = new ArrayList<>();
    if (list instanceof List<?> entries) {
      for (Object entry : entries) {
        if (entry instanceof String word && !word.isBlank()) {
          words.add(word.strip().replaceAll("[\\s-]+", " "));
        } else {
          throw noWords(name, category);
        }
      }
    }
    if (words.isEmpty()) {
      throw noWords(name, category);
    }
    return List.copyOf(words);
  }

  private static DatasetException noWords(String name, Object category) {
    return new DatasetException(
        Kind.INPUT,
        "The category \""
            + category
            + "\" of the keyword dictionary "
            + name
            + " has no list of words. Write \""
            + category
            + ": [word, two words]\".");
  }

  /** The categories in their order. */
  public List<String> categories() {
    return List.copyOf(keywords.keySet());
  }

  /** The keywords of each category; for the record of a training set. */
  public Map<String, List<String>> keywords() {
    return new LinkedHashMap<>(keywords);
  }

  /** The categories of a caption, the primary one first; empty if no keyword occurs. */
  public List<String> labels(String caption) {
    List<String> labels = new ArrayList<>();
    Matcher matcher = anyKeyword.matcher(caption);
    while (matcher.find()) {
      String form = matcher.group().toLowerCase(Locale.ROOT).replaceAll("[\\s-]+", " ");
      String category = categoryOfForm.get(form);
      if (category != null && !labels.contains(category)) {
        labels.add(category);
      }
    }
    return labels;
  }

  /** A keyword and its regular plurals, lower case. */
  private static List<String> forms(String keyword) {
    String word = keyword.toLowerCase(Locale.ROOT);
    List<String> forms = new ArrayList<>(List.of(word));
    if (word.matches(".*[^aeiou]y")) {
      forms.add(word.substring(0, word.length() - 1) + "ies");
    } else if (word.matches(".*(s|x|z|ch|sh)")) {
      forms.add(word + "es");
    } else {
      forms.add(word + "s");
    }
    return forms;
  }
}
