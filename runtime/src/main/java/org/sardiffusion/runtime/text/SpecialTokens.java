package org.sardiffusion.runtime.text;

/**
 * The tokens with a role in a CLIP text encoder's input.
 *
 * @param start opens every prompt
 * @param end closes every prompt; the pooled embedding is read there
 * @param padding fills up: the end token for SDXL's first tokenizer, "!" for its second
 * @param unknown stands for bytes that the vocabulary lacks
 */
public record SpecialTokens(String start, String end, String padding, String unknown) {}
