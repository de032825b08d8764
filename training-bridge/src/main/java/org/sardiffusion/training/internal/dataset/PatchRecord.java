package org.sardiffusion.training.internal.dataset;

import org.sardiffusion.training.dataset.PatchMeasures;

/**
 * A patch that was kept.
 *
 * @param name of its file, without {@code .png}
 * @param row of its upper edge in the prepared source
 * @param column of its left edge there
 * @param sha256 of its file
 * @param hash its perceptual hash, hexadecimal
 * @param measures its quality
 */
public record PatchRecord(
    String name, int row, int column, String sha256, String hash, PatchMeasures measures) {}
