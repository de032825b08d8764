package org.sardiffusion.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A tokenizer folder of a bundle: {@code tokenizer.json}, or {@code vocab.json} and {@code
 * merges.txt}, with {@code tokenizer_config.json} and, from older exports, {@code
 * special_tokens_map.json} and {@code added_tokens.json}.
 *
 * <p>Which file says what, and which one wins, follows transformers 5: {@code _from_pretrained} in
 * {@code tokenization_utils_base.py} and {@code TokenizersBackend} in {@code
 * tokenization_utils_tokenizers.py}.
 */
final class TokenizerFolder {
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";
  private static final int CLIP_LENGTH = 77;

  /** transformers writes 1e30 where it knows no length; no text encoder reads this many tokens. */
  private static final double UNKNOWN_LENGTH = 100_000;

  private static final long MAX_MERGES_BYTES = 40L << 20;

  /** Roles in the order in which transformers adds their tokens. */
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private final Path folder;
  private final Path config;

  TokenizerFolder(Path folder) {
    this.folder = folder;
    this.config = folder.resolve("tokenizer_config.json");
  }

  TokenizerDefinition read() {
    if (!Files.isDirectory(folder)) {
      throw new TokenizerException(
          "%s: there is no such tokenizer folder. Check the path of the bundle.".formatted(folder));
    }
    JsonNode settings = readIfPresent(config);
    TokenizerJson.Contents contents = readModel();

    SortedMap<Integer, AddedToken> declared;
    JsonNode listed = settings.path("added_tokens_decoder");
    if (listed.isObject()) {
      declared = readDeclared(listed);
    } else {
      settings = withSpecialTokensMap((ObjectNode) settings);
      declared = new TreeMap<>(readAddedTokens(settings));
      declared.putAll(contents.addedTokens());
    }

    Map<String, AddedToken> named = readNamed(settings);
    List<AddedToken> added = inOrder(declared.values(), named, readExtra(settings));
    return new TokenizerDefinition(
        contents.model(),
        added,
        new SpecialTokens(
            named.get("bos_token").content(),
            named.get("eos_token").content(),
            named.get("pad_token").content(),
            named.get("unk_token").content()),
        readMaxLength(settings));
  }

  private TokenizerJson.Contents readModel() {
    Path json = folder.resolve("tokenizer.json");
    if (Files.exists(json)) {
      return new TokenizerJson(json).readTokenizer();
    }
    Path vocabulary = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    if (!Files.exists(vocabulary) || !Files.exists(merges)) {
      String missing =
          Files.exists(vocabulary)
              ? "merges.txt is missing beside vocab.json"
              : Files.exists(merges)
                  ? "vocab.json is missing beside merges.txt"
                  : "there is neither tokenizer.json nor vocab.json with merges.txt";
      throw TokenizerException.inFile(folder, missing);
    }
    return new TokenizerJson.Contents(
        new BytePairModel(new TokenizerJson(vocabulary).readVocabulary(), readMerges(merges)),
        new TreeMap<>());
  }

  /** One pair a line, under an optional "#version" line. */
  private static List<String> readMerges(Path file) {
    try {
      if (Files.size(file) > MAX_MERGES_BYTES) {
        throw TokenizerException.inFile(file, "it is larger than any list of merges of CLIP");
      }
      List<String> lines = Files.readAllLines(file);
      List<String> merges = new ArrayList<>(lines.size());
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith("#version")) {
          continue;
        }
        int space = line.indexOf(' ');
        if (space < 1 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
          throw TokenizerException.inFile(
              file, "line %d isn't a pair of tokens with one space between".formatted(i + 1));
        }
        merges.add(line);
      }
      if (merges.isEmpty()) {
        throw TokenizerException.inFile(file, "it has no merges");
      }
      return merges;
    } catch (CharacterCodingException e) {
      throw TokenizerException.inFile(file, "it isn't UTF-8 text", e);
    } catch (IOException e) {
      throw TokenizerException.inFile(file, "it can't be read: " + e.getMessage(), e);
    }
  }

  private JsonNode readIfPresent(Path file) {
    return Files.exists(file)
        ? new TokenizerJson(file).readObject()
        : JsonNodeFactory.instance.objectNode();
  }

  private JsonNode withSpecialTokensMap(ObjectNode settings) {
    ObjectNode merged = settings.deepCopy();
    readIfPresent(folder.resolve("special_tokens_map.json"))
        .properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              if (value instanceof ObjectNode token && token.has("content")) {
                token.put(AddedToken.Flag.SPECIAL.key(), true);
              }
              merged.set(entry.getKey(), value);
            });
    return merged;
  }

  private SortedMap<Integer, AddedToken> readDeclared(JsonNode tokens) {
    SortedMap<Integer, AddedToken> declared = new TreeMap<>();
    tokens
        .properties()
        .forEach(
            entry -> {
              try {
                declared.put(
                    Integer.valueOf(entry.getKey()),
                    readToken(config, "added_tokens_decoder", entry.getValue()));
              } catch (NumberFormatException e) {
                throw TokenizerException.inFile(
                    config, "added_tokens_decoder: %s is not an id".formatted(entry.getKey()), e);
              }
            });
    return declared;
  }

  /** {@code added_tokens.json}: token to id. */
  private SortedMap<Integer, AddedToken> readAddedTokens(JsonNode settings) {
    Path file = folder.resolve("added_tokens.json");
    if (!Files.exists(file)) {
      return new TreeMap<>();
    }
    List<String> special = new ArrayList<>();
    for (AddedToken token : readNamedInFiles(settings).values()) {
      special.add(token.content());
    }
    for (AddedToken token : readExtra(settings)) {
      special.add(token.content());
    }
    SortedMap<Integer, AddedToken> tokens = new TreeMap<>();
    new TokenizerJson(file)
        .readVocabulary()
        .forEach(
            (content, id) ->
                tokens.put(
                    id,
                    special.contains(content)
                        ? AddedToken.special(content)
                        : AddedToken.ordinary(content)));
    return tokens;
  }

  /** Tokens with a role, CLIP's own where the files name none. */
  private Map<String, AddedToken> readNamed(JsonNode settings) {
    Map<String, AddedToken> inFiles = readNamedInFiles(settings);
    Map<String, AddedToken> named = new LinkedHashMap<>();
    for (String role : ROLES) {
      if (inFiles.containsKey(role)) {
        named.put(role, inFiles.get(role));
      } else if (role.equals("bos_token")) {
        named.put(role, AddedToken.special(START));
      } else if (List.of("eos_token", "unk_token", "pad_token").contains(role)) {
        named.put(role, AddedToken.special(END));
      }
    }
    inFiles.forEach(named::putIfAbsent);
    return named;
  }

  private Map<String, AddedToken> readNamedInFiles(JsonNode settings) {
    Map<String, AddedToken> named = new LinkedHashMap<>();
    settings
        .properties()
        .forEach(
            entry -> {
              String role = entry.getKey();
              JsonNode value = entry.getValue();
              if (ROLES.contains(role) && !value.isNull()) {
                named.put(role, readToken(config, role, value));
              } else if (role.endsWith("_token") && (value.isTextual() || value.has("content"))) {
                named.put(role, readToken(config, role, value));
              }
            });
    JsonNode extra = settings.path("extra_special_tokens");
    if (extra.isObject()) {
      extra
          .properties()
          .forEach(e -> named.put(e.getKey(), readToken(config, e.getKey(), e.getValue())));
    }
    return named;
  }

  private List<AddedToken> readExtra(JsonNode settings) {
    JsonNode listed = settings.path("extra_special_tokens");
    if (listed.isEmpty()) {
      listed = settings.path("additional_special_tokens");
    }
    List<AddedToken> extra = new ArrayList<>();
    if (listed.isArray()) {
      for (JsonNode token : listed) {
        extra.add(readToken(config, "extra_special_tokens", token));
      }
    }
    return extra;
  }

  private static AddedToken readToken(Path file, String role, JsonNode value) {
    if (value.isTextual() && !value.asText().isEmpty()) {
      return AddedToken.special(value.asText());
    }
    if (!value.path("content").asText().isEmpty()) {
      return AddedToken.read(value);
    }
    throw TokenizerException.inFile(
        file, "%s should be a token's text or an object with its content".formatted(role));
  }

  /**
   * Declared tokens by their ids, then undeclared ones with roles, then extra ones. Where several
   * of the latter have one text, it keeps its first place and the last one's flags, as adding them
   * one after the other does.
   */
  private static List<AddedToken> inOrder(
      Collection<AddedToken> declared, Map<String, AddedToken> named, List<AddedToken> extra) {
    List<String> roles = named.values().stream().map(AddedToken::content).toList();
    Map<String, AddedToken> byContent = new LinkedHashMap<>();
    for (AddedToken token : declared) {
      byContent.put(token.content(), roles.contains(token.content()) ? token.asSpecial() : token);
    }
    List<AddedToken> more = new ArrayList<>();
    Stream.concat(named.values().stream().map(AddedToken::asSpecial), extra.stream())
        .filter(token -> !byContent.containsKey(token.content()) && !more.contains(token))
        .forEach(more::add);
    more.forEach(token -> byContent.put(token.content(), token));
    return List.copyOf(byContent.values());
  }

  private int readMaxLength(JsonNode settings) {
    for (String side : List.of("padding_side", "truncation_side")) {
      String value = settings.path(side).asText("right");
      if (!value.equals("right")) {
        throw TokenizerException.inFile(
            config, "%s is %s, but CLIP's text encoders need right".formatted(side, value));
      }
    }
    JsonNode length = settings.path("model_max_length");
    if (length.isMissingNode() || length.isNull()) {
      return CLIP_LENGTH;
    }
    if (!length.isNumber() || !(length.asDouble() >= 3)) {
      throw TokenizerException.inFile(
          config, "model_max_length is %s, not a number of tokens from 3".formatted(length));
    }
    return length.asDouble() > UNKNOWN_LENGTH ? CLIP_LENGTH : length.asInt();
  }
}
