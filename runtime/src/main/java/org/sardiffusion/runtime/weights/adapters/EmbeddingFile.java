package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.internal.safetensors.SafeTensor;
import org.sardiffusion.runtime.internal.safetensors.SafetensorsFile;

/**
 * A textual inversion (Gal et al., "An Image is Worth One Word", 2022): vectors for a new token.
 *
 * <p>Read are files of kohya's scripts and of diffusers with vectors for both text encoders ({@code
 * clip_l}, {@code clip_g}), and files for one encoder: diffusers' {@code
 * learned_embeds.safetensors} and {@code learned_embeds_2.safetensors}, with one tensor whose key
 * is the token, and those of Stable Diffusion web UI ({@code emb_params}).
 *
 * <p>The files of diffusers' script for pivotal tuning ({@code text_encoders_0}, {@code
 * text_encoders_1}) hold one vector for each of the tokens {@code <s0>}, {@code <s1>} and so on.
 *
 * <p>The token is the key where that names it; else what the metadata say under {@code token}; else
 * the file's name without its ending, as web UIs call it.
 *
 * @param names the token, or one token for each vector
 * @param vectors [n, width] or [width] each, by the encoder they are for; {@code empty} where the
 *     file leaves that open
 */
record EmbeddingFile(Path file, List<String> names, Map<Optional<BundlePart>, SafeTensor> vectors) {
  private static final Map<String, BundlePart> ENCODERS =
      Map.of(
          "clip_l", BundlePart.TEXT_ENCODER,
          "clip_g", BundlePart.TEXT_ENCODER_2,
          "text_encoders_0", BundlePart.TEXT_ENCODER,
          "text_encoders_1", BundlePart.TEXT_ENCODER_2);
  private static final String PIVOTAL = "text_encoders_";
  private static final String WEB_UI = "emb_params";

  /** A prompt has room for 75; more is another kind of file. */
  private static final int MAX_VECTORS = 1000;

  /**
   * Reads and checks a file.
   *
   * @throws org.sardiffusion.runtime.weights.WeightsException if it is not a sound safetensors file
   * @throws AdapterException if it holds anything but vectors of a token
   */
  static EmbeddingFile read(Path path) {
    SafetensorsFile file = SafetensorsFile.read(path);
    List<String> unknown = new ArrayList<>(file.tensors().keySet());
    Map<Optional<BundlePart>, SafeTensor> vectors = new LinkedHashMap<>();
    String token = file.metadata().getOrDefault("token", stem(path));
    if (unknown.stream().anyMatch(ENCODERS::containsKey)) {
      for (Map.Entry<String, BundlePart> encoder : ENCODERS.entrySet()) {
        if (unknown.remove(encoder.getKey())) {
          vectors.put(
              Optional.of(encoder.getValue()), checked(file.tensors().get(encoder.getKey())));
        }
      }
    } else if (unknown.size() == 1) {
      String key = unknown.remove(0);
      vectors.put(Optional.empty(), checked(file.tensors().get(key)));
      token = key.equals(WEB_UI) ? token : key;
    }
    if (vectors.isEmpty() || !unknown.isEmpty()) {
      throw new AdapterException(
          path
              + " is not a textual inversion: such a file has the keys clip_l and clip_g, or one key that is the"
              + " token, but this one has "
              + (unknown.isEmpty() ? "none" : Listing.of(unknown))
              + ". (If it is a LoRA, give it as one.)",
          Remedy.choose("lora"));
    }
    if (file.tensors().keySet().stream().anyMatch(key -> key.startsWith(PIVOTAL))) {
      long count = vectors.values().stream().mapToLong(EmbeddingFile::count).max().orElseThrow();
      return new EmbeddingFile(
          path, LongStream.range(0, count).mapToObj(i -> "<s" + i + ">").toList(), vectors);
    }
    requireToken(path, token);
    return new EmbeddingFile(path, List.of(token), vectors);
  }

  private static void requireToken(Path path, String token) {
    if (token.isBlank()
        || token.chars().anyMatch(Character::isWhitespace)
        || token.length() > 200) {
      throw new AdapterException(
          path
              + ": \""
              + Listing.of(List.of(token))
              + "\" can't be a token. Give the file a name without blanks; the token is called after it.");
    }
  }

  /** The encoder that a key is for. */
  static BundlePart encoder(String key) {
    return ENCODERS.get(key);
  }

  static SafeTensor checked(SafeTensor tensor) {
    int rank = tensor.shape().size();
    if (!tensor.type().isReadable()
        || rank < 1
        || rank > 2
        || tensor.count() == 0
        || tensor.count() / width(tensor) > MAX_VECTORS) {
      throw new AdapterException(
          tensor.file()
              + ": "
              + tensor.name()
              + " should be [vectors, width] in floating point, not "
              + tensor.shape()
              + " in "
              + tensor.type()
              + ".");
    }
    Finite.require(tensor);
    return tensor;
  }

  private static String stem(Path path) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  static long width(SafeTensor tensor) {
    return tensor.shape().get(tensor.shape().size() - 1);
  }

  private static long count(SafeTensor tensor) {
    return tensor.count() / width(tensor);
  }

  /** The token and, for several vectors, those after it: TOKEN, TOKEN_1, ... as in diffusers. */
  List<String> tokens(SafeTensor tensor) {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < count(tensor); i++) {
      tokens.add(i < names.size() ? names.get(i) : names.get(0) + "_" + i);
    }
    return tokens;
  }
}
