package org.sardiffusion.pipelines.list;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tables as RFC 4180 describes them: quotes around a field let it hold separators, line breaks and,
 * doubled, quotes. The separator is the one of comma, semicolon and tab that the header has most.
 */
final class CsvLines {
  private static final char[] SEPARATORS = {',', ';', '\t'};
  private static final String COMBINE = "combine";

  private final Path source;
  private final String text;
  private final char separator;
  private int position;
  private int line = 1;

  private CsvLines(Path source, String text) {
    this.source = source;
    this.text = text;
    this.separator = separator(text.lines().findFirst().orElse(""));
  }

  private static char separator(String header) {
    char most = SEPARATORS[0];
    for (char candidate : SEPARATORS) {
      if (count(header, candidate) > count(header, most)) {
        most = candidate;
      }
    }
    return most;
  }

  private static long count(String header, char character) {
    return header.chars().filter(c -> c == character).count();
  }

  static void read(Path source, String text, PromptList.Collector collector) {
    new CsvLines(source, text).read(collector);
  }

  private void read(PromptList.Collector collector) {
    if (position >= text.length()) {
      return;
    }
    List<String> header = header();
    while (position < text.length()) {
      int number = line;
      List<String> fields = record();
      if (fields.stream().allMatch(String::isBlank)) {
        continue;
      }
      if (fields.size() > header.size()) {
        String prompt = fields.get(header.indexOf(ImageColumns.PROMPT));
        collector.reject(
            new RejectedLine(
                number,
                prompt,
                "It has "
                    + fields.size()
                    + " fields, but the header names "
                    + header.size()
                    + " columns: put quotes around a field that holds the separator."));
        continue;
      }
      try {
        collector.add(line(number, header, fields));
      } catch (PromptListException e) {
        collector.reject(new RejectedLine(number, fields.get(0), e.getMessage()));
      }
    }
  }

  private List<String> header() {
    List<String> header = new ArrayList<>();
    for (String name : record()) {
      String canonical = ImageColumns.canonical(name);
      if (!canonical.equals(COMBINE)) {
        ImageColumns.requireKnown(canonical, source + ", line 1");
      }
      if (header.contains(canonical)) {
        throw new PromptListException(source + ", line 1: two columns are named " + name + ".");
      }
      header.add(canonical);
    }
    if (!header.contains(ImageColumns.PROMPT)) {
      throw new PromptListException(
          source
              + ", line 1: the first line must name the columns, and one of them must be"
              + " \"prompt\". A list without a header is a .txt.");
    }
    return header;
  }

  private static PromptLine line(int number, List<String> header, List<String> fields) {
    Map<String, List<String>> options = new LinkedHashMap<>();
    Optional<Combination> combination = Optional.empty();
    for (int i = 0; i < fields.size(); i++) {
      String name = header.get(i);
      String value = fields.get(i).strip();
      if (value.isEmpty()) {
        continue;
      }
      if (name.equals(COMBINE)) {
        combination = Optional.of(Combination.parse(value));
      } else {
        options.put(name, Grid.values(name, value));
      }
    }
    return new PromptLine(number, options, combination);
  }

  /** The fields of the next record. */
  private List<String> record() {
    List<String> fields = new ArrayList<>();
    while (true) {
      fields.add(field());
      if (position >= text.length()) {
        return fields;
      }
      char end = text.charAt(position++);
      if (end == separator) {
        continue;
      }
      if (end == '\r' && position < text.length() && text.charAt(position) == '\n') {
        position++;
      }
      line++;
      return fields;
    }
  }

  private String field() {
    if (position < text.length() && text.charAt(position) == '"') {
      return quoted();
    }
    int start = position;
    while (position < text.length() && !endsField(text.charAt(position))) {
      position++;
    }
    return text.substring(start, position);
  }

  private boolean endsField(char c) {
    return c == separator || c == '\n' || c == '\r';
  }

  private String quoted() {
    int opened = line;
    StringBuilder field = new StringBuilder();
    position++;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        if (position >= text.length() || text.charAt(position) != '"') {
          // What follows a closing quote belongs to nothing; RFC 4180 has nothing there.
          while (position < text.length() && !endsField(text.charAt(position))) {
            position++;
          }
          return field.toString();
        }
        position++;
      } else if (c == '\n') {
        line++;
      }
      field.append(c);
    }
    throw new PromptListException(
        source + ", line " + opened + ": a quote opens there that nothing closes.");
  }
}
