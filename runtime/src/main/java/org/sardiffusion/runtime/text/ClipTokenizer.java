package org.sardiffusion.runtime.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One of SDXL's two CLIP tokenizers: the ids of transformers' {@code CLIPTokenizer}, called as
 * diffusers' {@code encode_prompt} calls it ({@code padding="max_length", truncation=True}; {@code
 * pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl.py}).
 *
 * <p>It holds native memory until it is closed. Encoding is thread-safe; closing is not.
 */
public final class ClipTokenizer implements AutoCloseable {
  private final Path folder;
  private final TokenizerDefinition definition;
  private final HuggingFaceTokenizer backend;
  private final long start;
  private final long end;
  private final long padding;

  private ClipTokenizer(Path folder, TokenizerDefinition definition, HuggingFaceTokenizer backend) {
    this.folder = folder;
    this.definition = definition;
    this.backend = backend;
    SpecialTokens special = definition.special();
    // Present by construction: tokens with a role are added where the vocabulary lacks them.
    start = definition.id(special.start()).getAsInt();
    end = definition.id(special.end()).getAsInt();
    padding = definition.id(special.padding()).getAsInt();
  }

  /**
   * Loads a tokenizer folder of a bundle.
   *
   * @param folder holds {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}
   * @throws TokenizerException if a file is missing, damaged or not of a CLIP tokenizer, or if the
   *     native library can't be loaded
   */
  public static ClipTokenizer load(Path folder) {
    return load(folder, List.of());
  }

  /**
   * Loads a tokenizer folder and adds tokens to it, which get the next free ids in order.
   *
   * @param newTokens none of which the tokenizer has
   * @throws TokenizerException as for {@link #load(Path)}
   */
  public static ClipTokenizer load(Path folder, List<String> newTokens) {
    TokenizerDefinition definition = new TokenizerFolder(folder).read().with(newTokens);
    try {
      return new ClipTokenizer(folder, definition, NativeTokenizers.create(definition.toJson()));
    } catch (TokenizerException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw TokenizerException.inFile(
          folder, "the tokenizers library refuses it: " + e.getMessage(), e);
    }
  }

  /**
   * Encodes a prompt. Unpaired surrogates, which are no Unicode text, count as U+FFFD.
   *
   * @throws TokenizerException if the vocabulary can't express the prompt
   * @throws IllegalStateException if this tokenizer is closed
   */
  public TokenizedPrompt encode(String prompt) {
    long[] content = contentIds(withAllVectors(prompt));
    int kept = Math.min(content.length, definition.maxLength() - 2);
    long[] ids = new long[definition.maxLength()];
    Arrays.fill(ids, padding);
    ids[0] = start;
    System.arraycopy(content, 0, ids, 1, kept);
    ids[kept + 1] = end;
    Optional<String> truncated =
        kept == content.length
            ? Optional.empty()
            : Optional.of(decode(Arrays.copyOfRange(content, kept, content.length)));
    return new TokenizedPrompt(ids, kept, truncated);
  }

  /** Whether {@code token} is a token of its own, such as {@code <SAR>} after fine-tuning. */
  public boolean hasToken(String token) {
    return tokenId(token).isPresent();
  }

  /** The id of {@code token}, the row of the text encoder's embedding table. */
  public OptionalInt tokenId(String token) {
    return definition.id(token);
  }

  /** Number of tokens, added ones included; 49408 for CLIP as it was published. */
  public int vocabularySize() {
    return definition.size();
  }

  /** How many ids {@link #encode} returns: 77 for SDXL. */
  public int maxLength() {
    return definition.maxLength();
  }

  /** The tokens with a role: start, end, padding, unknown. */
  public SpecialTokens specialTokens() {
    return definition.special();
  }

  /** Frees the native tokenizer; closing again does nothing. */
  @Override
  public void close() {
    backend.close();
  }

  private long[] contentIds(String prompt) {
    try {
      return backend.encode(replaceUnpairedSurrogates(prompt), false, false).getIds();
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new TokenizerException(
          "The tokenizer in %s can't encode the prompt \"%s\": %s. Its vocabulary may be incomplete."
              .formatted(folder, prompt, e.getMessage()),
          e);
    }
  }

  /**
   * A token of several vectors, TOKEN with TOKEN_1 and so on beside it, stands for all of them:
   * diffusers' {@code maybe_convert_prompt} ({@code loaders/textual_inversion.py}), which looks for
   * the token among those of the prompt, but replaces it in the text.
   */
  private String withAllVectors(String prompt) {
    Map<String, List<String>> multiple = definition.tokensOfSeveralVectors();
    if (multiple.isEmpty()) {
      return prompt;
    }
    long[] found = contentIds(prompt);
    String converted = prompt;
    for (Map.Entry<String, List<String>> token : multiple.entrySet()) {
      long id = definition.id(token.getKey()).getAsInt();
      if (Arrays.stream(found).anyMatch(each -> each == id)) {
        converted = converted.replace(token.getKey(), String.join(" ", token.getValue()));
      }
    }
    return converted;
  }

  /** As transformers decodes: byte-level tokens joined, ends of words turned into spaces. */
  private String decode(long[] ids) {
    return backend.decode(ids, false).replace("</w>", " ").strip();
  }

  private static String replaceUnpairedSurrogates(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(result::appendCodePoint);
    return result.toString();
  }
}
