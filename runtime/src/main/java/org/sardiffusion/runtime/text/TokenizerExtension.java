package org.sardiffusion.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes new tokens into the files of a tokenizer, where transformers looks for them. */
public final class TokenizerExtension {
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  private TokenizerExtension() {}

  /**
   * Adds tokens to a tokenizer folder, with the ids that {@link ClipTokenizer#load(Path, List)}
   * gives them.
   *
   * @throws TokenizerException if a file can't be read or written
   */
  public static void extend(Path folder, List<String> newTokens) {
    TokenizerDefinition extended = new TokenizerFolder(folder).read().with(newTokens);
    try {
      Path whole = folder.resolve("tokenizer.json");
      if (Files.exists(whole)) {
        ObjectNode json = read(whole);
        ArrayNode added = json.withArray("added_tokens");
        newTokens.forEach(token -> added.add(described(token).put("id", id(extended, token))));
        write(whole, json);
      } else {
        Path listed = folder.resolve("added_tokens.json");
        ObjectNode json = Files.exists(listed) ? read(listed) : MAPPER.createObjectNode();
        newTokens.forEach(token -> json.put(token, id(extended, token)));
        write(listed, json);
      }
      Path config = folder.resolve("tokenizer_config.json");
      if (Files.exists(config)) {
        ObjectNode json = read(config);
        // Where it lists the added tokens, it has the last word.
        if (json.path("added_tokens_decoder") instanceof ObjectNode decoder) {
          newTokens.forEach(
              token -> decoder.set(Integer.toString(id(extended, token)), described(token)));
          write(config, json);
        }
      }
    } catch (IOException e) {
      throw TokenizerException.inFile(folder, "tokens can't be added: " + e.getMessage(), e);
    }
  }

  private static int id(TokenizerDefinition tokenizer, String token) {
    return tokenizer.id(token).orElseThrow();
  }

  private static ObjectNode described(String token) {
    ObjectNode json = MAPPER.createObjectNode().put("content", token);
    AddedToken added = AddedToken.ordinary(token);
    for (AddedToken.Flag flag : AddedToken.Flag.values()) {
      json.put(flag.key(), added.is(flag));
    }
    return json;
  }

  private static ObjectNode read(Path file) throws IOException {
    JsonNode json = MAPPER.readTree(file.toFile());
    if (json instanceof ObjectNode object) {
      return object;
    }
    throw TokenizerException.inFile(file, "it isn't a JSON object");
  }

  private static void write(Path file, JsonNode json) throws IOException {
    MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }
}
