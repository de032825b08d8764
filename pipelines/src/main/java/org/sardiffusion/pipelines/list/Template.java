package org.sardiffusion.pipelines.list;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with choices: {@code {dense|sparse} __terrain__} chooses one of two words and one line of
 * the wildcard {@code terrain}. Choices may hold choices; a backslash takes the meaning of the
 * character behind it away. This is the notation of the Dynamic Prompts extension of Stable
 * Diffusion's web user interfaces, as far as it goes.
 */
sealed interface Template {
  /** The text with every choice taken. */
  String text(Chooser chooser);

  /** Takes choices. */
  interface Chooser {
    /** An index below {@code count}. */
    int choose(int count);

    /** The value of a wildcard: the same wherever it stands in one line. */
    String wildcard(String name);
  }

  /** Text as it is. */
  record Literal(String value) implements Template {
    @Override
    public String text(Chooser chooser) {
      return value;
    }
  }

  /** One after the other. */
  record Sequence(List<Template> parts) implements Template {
    @Override
    public String text(Chooser chooser) {
      StringBuilder text = new StringBuilder();
      parts.forEach(part -> text.append(part.text(chooser)));
      return text.toString();
    }
  }

  /** One of several. */
  record Choice(List<Template> options) implements Template {
    @Override
    public String text(Chooser chooser) {
      return options.get(chooser.choose(options.size())).text(chooser);
    }
  }

  /** One line of a list that has a name. */
  record Wildcard(String name) implements Template {
    @Override
    public String text(Chooser chooser) {
      return chooser.wildcard(name);
    }
  }

  /**
   * Reads a template.
   *
   * @throws PromptListException if a brace is not closed, or closes nothing
   */
  static Template parse(String text) {
    Parser parser = new Parser(text);
    Template template = parser.sequence();
    if (parser.position < text.length()) {
      throw new PromptListException(
          "\"" + text + "\": the } at character " + (parser.position + 1) + " closes nothing.");
    }
    return template;
  }

  /** Reads one character after the other. */
  final class Parser {
    private static final Pattern WILDCARD =
        Pattern.compile("__([A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9-]+)*)__");

    private static final Pattern SEVERAL = Pattern.compile("\\{\\s*[\\d-]+\\$\\$");
    private static final Pattern WEIGHT = Pattern.compile("\\s*\\d*\\.?\\d+::");

    private final String text;
    private int position;
    private int depth;

    private Parser(String text) {
      this.text = text;
    }

    private Template sequence() {
      List<Template> parts = new ArrayList<>();
      StringBuilder literal = new StringBuilder();
      while (position < text.length() && !endsSequence(text.charAt(position))) {
        char c = text.charAt(position);
        Matcher wildcard = WILDCARD.matcher(text).region(position, text.length());
        if (c == '{') {
          add(parts, literal);
          parts.add(choice());
        } else if (wildcard.lookingAt()) {
          add(parts, literal);
          parts.add(new Wildcard(wildcard.group(1)));
          position = wildcard.end();
        } else {
          if (c == '\\' && position + 1 < text.length()) {
            position++;
          }
          literal.append(text.charAt(position++));
        }
      }
      add(parts, literal);
      return parts.size() == 1 ? parts.get(0) : new Sequence(List.copyOf(parts));
    }

    private Template option() {
      Matcher weight = WEIGHT.matcher(text).region(position, text.length());
      if (weight.lookingAt()) {
        throw new PromptListException(
            "\"%s\": weights such as %s are not supported. Repeat a choice to have it more often."
                .formatted(text, weight.group().strip()));
      }
      return sequence();
    }

    /** Dynamic Prompts can take several of a choice at once. */
    private void requireKnown() {
      Matcher several = SEVERAL.matcher(text).region(position, text.length());
      if (several.lookingAt()) {
        throw new PromptListException(
            "\"%s\": taking several choices at once (%s) is not supported. Write the combinations out."
                .formatted(text, several.group()));
      }
    }

    private boolean endsSequence(char c) {
      return c == '}' || (depth > 0 && c == '|');
    }

    private static void add(List<Template> parts, StringBuilder literal) {
      if (!literal.isEmpty()) {
        parts.add(new Literal(literal.toString()));
        literal.setLength(0);
      }
    }

    private Template choice() {
      requireKnown();
      int opened = position++;
      depth++;
      List<Template> options = new ArrayList<>(List.of(option()));
      while (position < text.length() && text.charAt(position) == '|') {
        position++;
        options.add(option());
      }
      if (position >= text.length()) {
        throw new PromptListException(
            "\"" + text + "\": the { at character " + (opened + 1) + " is never closed.");
      }
      position++;
      depth--;
      return new Choice(List.copyOf(options));
    }
  }
}
