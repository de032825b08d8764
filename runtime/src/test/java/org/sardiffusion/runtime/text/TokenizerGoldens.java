package org.sardiffusion.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** What runtime/src/test/python/tokenizer_goldens.py wrote, as one of its tokenizer folders. */
final class TokenizerGoldens {
  static final List<String> FOLDERS = List.of("tokenizer", "tokenizer_2", "legacy", "legacy_2");
  private static final JsonNode ROOT = read("goldens.json.gz");

  private final JsonNode folder;

  TokenizerGoldens(String name) {
    folder = ROOT.get("folders").get(name);
  }

  static Path path(String folder) {
    try {
      return Path.of(TokenizerGoldens.class.getResource(folder).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  int prompts() {
    return ROOT.get("prompts").size();
  }

  String prompt(int k) {
    return ROOT.get("prompts").get(k).asText();
  }

  JsonNode facts() {
    return folder;
  }

  /** All ids of prompt {@code k}, padding included. */
  long[] ids(int k, int length) {
    JsonNode own = folder.get("ids").get(Integer.toString(k));
    return padded(own == null ? ROOT.get("ids").get(k) : own, folder.get("pad").asLong(), length);
  }

  static long[] padded(JsonNode unpadded, long padding, int length) {
    long[] ids = new long[length];
    Arrays.fill(ids, padding);
    for (int i = 0; i < unpadded.size(); i++) {
      ids[i] = unpadded.get(i).asLong();
    }
    return ids;
  }

  /** What diffusers says that it cut from prompt {@code k}. */
  Optional<String> cut(int k) {
    String key = Integer.toString(k);
    for (JsonNode uncut : folder.get("uncut")) {
      if (uncut.asText().equals(key)) {
        return Optional.empty();
      }
    }
    JsonNode own = folder.get("cuts").get(key);
    return Optional.ofNullable(own == null ? ROOT.get("cuts").get(key) : own).map(JsonNode::asText);
  }

  static JsonNode read(String file) {
    try (InputStream in = new GZIPInputStream(TokenizerGoldens.class.getResourceAsStream(file))) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
