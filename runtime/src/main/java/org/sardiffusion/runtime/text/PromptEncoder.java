package org.sardiffusion.runtime.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * Encodes prompts with the text encoders of a bundle, as {@code encode_prompt} of diffusers' {@code
 * pipeline_stable_diffusion_xl.py} does: the hidden states before the last layer of both encoders
 * side by side, and the pooled, projected embedding of the second.
 */
public final class PromptEncoder implements AutoCloseable {
  private static final Pattern HIDDEN_STATE = Pattern.compile("hidden_states\\.(\\d+)");

  private final GraphPool<BundlePart> graphs;
  private final Map<BundlePart, ClipTokenizer> tokenizers = new TreeMap<>();

  /**
   * @param newTokens tells the tokens to add to the tokenizer of each encoder
   */
  public PromptEncoder(
      Bundle bundle, GraphPool<BundlePart> graphs, Function<BundlePart, List<String>> newTokens) {
    this.graphs = graphs;
    try {
      // A refiner has the second encoder only.
      if (bundle.has(BundlePart.TEXT_ENCODER)) {
        load(BundlePart.TEXT_ENCODER, bundle.root().resolve("tokenizer"), newTokens);
      }
      load(BundlePart.TEXT_ENCODER_2, bundle.root().resolve("tokenizer_2"), newTokens);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void load(BundlePart part, Path folder, Function<BundlePart, List<String>> newTokens) {
    tokenizers.put(part, ClipTokenizer.load(folder, newTokens.apply(part)));
  }

  /**
   * Encodes one prompt; an empty one is encoded too, as diffusers does.
   *
   * @param clipSkip layers to skip beyond the usual one, from 0
   * @throws BundleException if the encoders have fewer layers, or are not SDXL's
   */
  public EncodedPrompt encode(String prompt, int clipSkip, Cancellation cancellation) {
    List<float[]> states = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    float[] pooled = new float[0];
    int tokens = 0;
    for (Map.Entry<BundlePart, ClipTokenizer> entry : tokenizers.entrySet()) {
      TokenizedPrompt tokenized = entry.getValue().encode(prompt);
      tokens = tokenized.ids().length;
      tokenized
          .truncatedText()
          .map(cut -> tooLong(tokenized.ids().length, cut))
          .filter(w -> !warnings.contains(w))
          .ifPresent(warnings::add);
      Encoding encoding =
          graphs.use(
              entry.getKey(),
              session -> run(session, entry.getKey(), tokenized.ids(), clipSkip, cancellation));
      states.add(encoding.hidden());
      pooled = encoding.pooled();
    }
    return new EncodedPrompt(sideBySide(states, tokens), tokens, pooled, List.copyOf(warnings));
  }

  private static String tooLong(int tokens, String cut) {
    return "The prompt is longer than "
        + tokens
        + " tokens; what follows was cut off: \""
        + cut
        + "\".";
  }

  private record Encoding(float[] hidden, float[] pooled) {}

  private Encoding run(
      GraphSession session, BundlePart part, long[] ids, int clipSkip, Cancellation cancellation) {
    String hidden = hiddenState(session, clipSkip);
    Set<String> wanted =
        part == BundlePart.TEXT_ENCODER_2 ? Set.of(hidden, "text_embeds") : Set.of(hidden);
    try (HostTensor input = session.newInput("input_ids", 1, ids.length)) {
      input.put(0, ids);
      Map<String, float[]> outputs = session.run(Map.of("input_ids", input), wanted, cancellation);
      return new Encoding(outputs.get(hidden), outputs.getOrDefault("text_embeds", new float[0]));
    }
  }

  /**
   * The output that holds {@code hidden_states[-(2 + clipSkip)]}: SDXL reads the layer before the
   * last one from <em>both</em> encoders.
   */
  private static String hiddenState(GraphSession session, int clipSkip) {
    int states = 0;
    for (String name : session.outputNames()) {
      Matcher matcher = HIDDEN_STATE.matcher(name);
      if (matcher.matches()) {
        states = Math.max(states, Integer.parseInt(matcher.group(1)) + 1);
      }
    }
    int index = states - 2 - clipSkip;
    if (states == 0) {
      throw new BundleException(
          session.model()
              + " gives no hidden_states.N, which SDXL needs: export it again with sar-diffusion export, or with"
              + " optimum-onnx as a Stable Diffusion XL model.");
    }
    if (index < 0) {
      throw new BundleException(
          "A clip skip of "
              + clipSkip
              + " is too many: "
              + session.model()
              + " has "
              + (states - 1)
              + " layers.");
    }
    return "hidden_states." + index;
  }

  private static float[] sideBySide(List<float[]> states, int tokens) {
    int width = states.stream().mapToInt(s -> s.length / tokens).sum();
    float[] joined = new float[tokens * width];
    int column = 0;
    for (float[] state : states) {
      int own = state.length / tokens;
      for (int token = 0; token < tokens; token++) {
        System.arraycopy(state, token * own, joined, token * width + column, own);
      }
      column += own;
    }
    return joined;
  }

  @Override
  public void close() {
    tokenizers.values().forEach(ClipTokenizer::close);
  }
}
