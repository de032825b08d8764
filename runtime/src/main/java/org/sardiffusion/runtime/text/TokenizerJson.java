package org.sardiffusion.runtime.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the JSON files of a tokenizer folder. The vocabulary and the merges are streamed: they are
 * most of a {@code tokenizer.json}, and the command's start waits for them.
 */
final class TokenizerJson {
  /** Without the shared table of field names, which 49,000 tokens would only fill. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .build();

  /** CLIP's own files have 4 MB at most; ten times that is no tokenizer. */
  private static final long MAX_BYTES = 40L << 20;

  /** CLIP's ids end at 49,407; the bound keeps a corrupt id from becoming an array's size. */
  private static final int MAX_ID = 1 << 24;

  private final Path file;

  /** Of {@code tokenizer.json}: its model, and its added tokens by the id that the file states. */
  record Contents(BytePairModel model, SortedMap<Integer, AddedToken> addedTokens) {}

  TokenizerJson(Path file) {
    this.file = file;
  }

  /** A small file as an object. */
  JsonNode readObject() {
    return parse(
        parser -> {
          expect(parser, parser.nextToken(), JsonToken.START_OBJECT, "the file");
          return parser.readValueAsTree();
        });
  }

  /** {@code vocab.json}. */
  Map<String, Integer> readVocabulary() {
    return parse(
        parser -> {
          parser.nextToken();
          return vocabulary(parser);
        });
  }

  /** {@code tokenizer.json}. */
  Contents readTokenizer() {
    return parse(this::tokenizer);
  }

  private Contents tokenizer(JsonParser parser) throws IOException {
    SortedMap<Integer, AddedToken> added = new TreeMap<>();
    Optional<BytePairModel> model = Optional.empty();
    expect(parser, parser.nextToken(), JsonToken.START_OBJECT, "the file");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "model" -> model = Optional.of(model(parser));
        case "added_tokens" -> addedTokens(parser.readValueAsTree(), added);
        default -> parser.skipChildren();
      }
    }
    return new Contents(
        model.orElseThrow(() -> TokenizerException.inFile(file, "it has no \"model\"")), added);
  }

  private BytePairModel model(JsonParser parser) throws IOException {
    Map<String, Integer> vocabulary = Map.of();
    List<String> merges = List.of();
    expect(parser, parser.currentToken(), JsonToken.START_OBJECT, "\"model\"");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "type" -> requireBytePairs(parser.getValueAsString());
        case "vocab" -> vocabulary = vocabulary(parser);
        case "merges" -> merges = merges(parser);
        default -> parser.skipChildren();
      }
    }
    if (vocabulary.isEmpty() || merges.isEmpty()) {
      throw TokenizerException.inFile(
          file, "its \"model\" lacks " + (vocabulary.isEmpty() ? "\"vocab\"" : "\"merges\""));
    }
    return new BytePairModel(vocabulary, merges);
  }

  private void requireBytePairs(String type) {
    if (!"BPE".equals(type)) {
      throw TokenizerException.inFile(
          file, "its model is of type %s, while CLIP's tokenizers are of type BPE".formatted(type));
    }
  }

  private Map<String, Integer> vocabulary(JsonParser parser) throws IOException {
    Map<String, Integer> vocabulary = new HashMap<>(1 << 17);
    expect(parser, parser.currentToken(), JsonToken.START_OBJECT, "the vocabulary");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String token = parser.currentName();
      expect(parser, parser.nextToken(), JsonToken.VALUE_NUMBER_INT, "the id of " + token);
      vocabulary.put(token, requireId(parser.getLongValue(), token));
    }
    if (vocabulary.isEmpty()) {
      throw TokenizerException.inFile(file, "its vocabulary is empty");
    }
    return vocabulary;
  }

  private int requireId(long id, String token) {
    if (id < 0 || id > MAX_ID) {
      throw TokenizerException.inFile(
          file, "the id of token %s is %d, outside of 0..%d".formatted(token, id, MAX_ID));
    }
    return (int) id;
  }

  /** "left right" or, in newer files, ["left", "right"]. */
  private List<String> merges(JsonParser parser) throws IOException {
    List<String> merges = new ArrayList<>(1 << 16);
    expect(parser, parser.currentToken(), JsonToken.START_ARRAY, "\"merges\"");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_ARRAY) {
        expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, "a merge");
        String left = parser.getText();
        expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, "a merge");
        merges.add(left + ' ' + parser.getText());
        expect(parser, parser.nextToken(), JsonToken.END_ARRAY, "a merge");
      } else {
        expect(parser, parser.currentToken(), JsonToken.VALUE_STRING, "a merge");
        merges.add(parser.getText());
      }
    }
    return merges;
  }

  private void addedTokens(JsonNode tokens, SortedMap<Integer, AddedToken> added) {
    for (JsonNode token : tokens) {
      if (!token.path("id").isIntegralNumber() || !token.path("content").isTextual()) {
        throw TokenizerException.inFile(file, "an added token lacks its id or its content");
      }
      String content = token.get("content").asText();
      added.put(requireId(token.get("id").asLong(), content), AddedToken.read(token));
    }
  }

  private void expect(JsonParser parser, JsonToken actual, JsonToken expected, String what) {
    if (actual != expected) {
      throw TokenizerException.inFile(
          file,
          "line %d: %s should be %s, not %s"
              .formatted(
                  parser.currentLocation().getLineNr(),
                  what,
                  describe(expected),
                  describe(actual)));
    }
  }

  private static String describe(JsonToken token) {
    if (token == null) {
      return "the end of the file";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case END_ARRAY -> "the end of a list";
      case END_OBJECT -> "the end of an object";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a decimal number";
      case VALUE_TRUE, VALUE_FALSE -> "a truth value";
      case VALUE_NULL -> "null";
      default -> token.name();
    };
  }

  private interface Reading<T> {
    T read(JsonParser parser) throws IOException;
  }

  private <T> T parse(Reading<T> reading) {
    try {
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw TokenizerException.inFile(
            file, "it has %d bytes, while a CLIP tokenizer has 4 million".formatted(bytes));
      }
      try (JsonParser parser = MAPPER.createParser(file.toFile())) {
        T result = reading.read(parser);
        parser.nextToken(); // reports what follows the value, a sign of a damaged file
        return result;
      }
    } catch (JsonProcessingException e) {
      throw TokenizerException.inFile(file, "it isn't complete JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw TokenizerException.inFile(file, "it can't be read: " + e.getMessage(), e);
    }
  }
}
