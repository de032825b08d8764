package org.sardiffusion.runtime.diffusion;

/**
 * What an image shows, in words.
 *
 * @param text may be empty; a text encoder reads the first 75 tokens of it
 */
public record Prompt(String text) {}
