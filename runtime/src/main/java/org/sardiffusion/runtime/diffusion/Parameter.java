package org.sardiffusion.runtime.diffusion;

/**
 * A parameter of sampling.
 *
 * @param key its name, as recipes and lists spell it
 * @param type of its values
 */
public record Parameter<T>(String key, Class<T> type) {}
