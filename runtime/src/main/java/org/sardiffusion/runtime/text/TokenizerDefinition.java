package org.sardiffusion.runtime.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that makes a CLIP tokenizer what it is, whatever files it came from.
 *
 * <p>transformers' {@code CLIPTokenizer} ({@code models/clip/tokenization_clip.py}, version 5)
 * rebuilds its backend from the vocabulary, the merges and the added tokens alone: the normaliser
 * and the word pattern of a {@code tokenizer.json} are not used. {@link #toJson} does the same.
 */
final class TokenizerDefinition {
  private static final String NORMALIZER =
      """
      {"type": "Sequence", "normalizers": [
        {"type": "NFC"},
        {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
        {"type": "Lowercase"}]}""";

  /**
   * CLIP's words: contractions, runs of letters, single digits, runs of anything else; as bytes.
   */
  private static final String PRE_TOKENIZER =
      """
      {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "behavior": "Removed", "invert": true, "pattern": {"Regex":
          "<\\\\|startoftext\\\\|>|<\\\\|endoftext\\\\|>|'s|'t|'re|'ve|'m|'ll|'d\
      |[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"}},
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
          "use_regex": true}]}""";

  private static final String DECODER =
      """
      {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""";

  private final BytePairModel model;
  private final List<AddedToken> addedTokens;
  private final SpecialTokens special;
  private final int maxLength;
  private final Map<String, Integer> addedIds = new HashMap<>();

  /**
   * @param addedTokens in the order in which they are added, special ones included
   * @param maxLength how many tokens the text encoder reads
   */
  TokenizerDefinition(
      BytePairModel model, List<AddedToken> addedTokens, SpecialTokens special, int maxLength) {
    this.model = model;
    this.addedTokens = List.copyOf(addedTokens);
    this.special = special;
    this.maxLength = maxLength;
    int next = model.vocabulary().size();
    for (AddedToken token : addedTokens) {
      // The tokenizers library numbers new tokens itself, whatever id a file states for them.
      Integer known = model.vocabulary().get(token.content());
      if (known == null && !addedIds.containsKey(token.content())) {
        addedIds.put(token.content(), next++);
      }
    }
  }

  /** This tokenizer with more tokens, added as transformers' {@code add_tokens} does. */
  TokenizerDefinition with(List<String> newTokens) {
    if (newTokens.isEmpty()) {
      return this;
    }
    List<AddedToken> all = new ArrayList<>(addedTokens);
    newTokens.forEach(token -> all.add(AddedToken.ordinary(token)));
    return new TokenizerDefinition(model, all, special, maxLength);
  }

  /** Added tokens that others follow, TOKEN_1 and so on: each with itself and those. */
  Map<String, List<String>> tokensOfSeveralVectors() {
    Set<String> contents =
        addedTokens.stream().map(AddedToken::content).collect(Collectors.toSet());
    Map<String, List<String>> several = new LinkedHashMap<>();
    for (AddedToken token : addedTokens) {
      List<String> vectors = new ArrayList<>(List.of(token.content()));
      for (String next = token.content() + "_1";
          contents.contains(next);
          next = token.content() + "_" + vectors.size()) {
        vectors.add(next);
      }
      if (vectors.size() > 1) {
        several.put(token.content(), vectors);
      }
    }
    return several;
  }

  /** The tokens with a role. */
  SpecialTokens special() {
    return special;
  }

  /** How many tokens the text encoder reads. */
  int maxLength() {
    return maxLength;
  }

  /** The id of a token, if there is such a token. */
  OptionalInt id(String token) {
    Integer id = model.vocabulary().get(token);
    if (id == null) {
      id = addedIds.get(token);
    }
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Number of tokens, added ones included. */
  int size() {
    return model.vocabulary().size() + addedIds.size();
  }

  /** The {@code tokenizer.json} of this tokenizer in UTF-8, without truncation and padding. */
  byte[] toJson() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 21);
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("version", "1.0");
      json.writeNullField("truncation");
      json.writeNullField("padding");
      writeAddedTokens(json);
      writeRaw(json, "normalizer", NORMALIZER);
      writeRaw(json, "pre_tokenizer", PRE_TOKENIZER);
      json.writeNullField("post_processor");
      writeRaw(json, "decoder", DECODER);
      writeModel(json);
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private void writeAddedTokens(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("added_tokens");
    for (AddedToken token : addedTokens) {
      json.writeStartObject();
      json.writeNumberField("id", id(token.content()).getAsInt());
      json.writeStringField("content", token.content());
      for (AddedToken.Flag flag : AddedToken.Flag.values()) {
        json.writeBooleanField(flag.key(), token.is(flag));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeRaw(JsonGenerator json, String field, String value) throws IOException {
    json.writeFieldName(field);
    json.writeRawValue(value);
  }

  private void writeModel(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("model");
    json.writeStringField("type", "BPE");
    json.writeNullField("dropout");
    json.writeStringField("unk_token", special.unknown());
    json.writeStringField("continuing_subword_prefix", "");
    json.writeStringField("end_of_word_suffix", "</w>");
    json.writeBooleanField("fuse_unk", false);
    json.writeBooleanField("byte_fallback", false);
    json.writeBooleanField("ignore_merges", false);
    json.writeObjectFieldStart("vocab");
    for (Map.Entry<String, Integer> entry : model.vocabulary().entrySet()) {
      json.writeNumberField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("merges");
    for (String merge : model.merges()) {
      json.writeString(merge);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
