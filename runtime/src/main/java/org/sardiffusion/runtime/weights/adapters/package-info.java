/**
 * Adapters: LoRA files and textual inversions, read in the formats that trainers write, checked
 * against a bundle, and merged into its weights.
 *
 * <p>{@link org.sardiffusion.runtime.weights.adapters.Adapters} says what to add; {@link
 * org.sardiffusion.runtime.weights.adapters.AdaptedBundle} finds for every key of the files the
 * weight that it changes, or refuses.
 */
package org.sardiffusion.runtime.weights.adapters;
