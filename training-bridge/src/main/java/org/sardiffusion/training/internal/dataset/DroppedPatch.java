package org.sardiffusion.training.internal.dataset;

import org.sardiffusion.training.dataset.DropReason;

/**
 * A patch that was not kept.
 *
 * @param name that it would have had
 * @param row of its upper edge in the prepared source
 * @param column of its left edge there
 * @param reason why
 * @param value what was measured: a share, the sharpness, or bits in which hashes differ
 * @param sameAs the earlier patch that it repeats; empty for other reasons
 */
public record DroppedPatch(
    String name, int row, int column, DropReason reason, double value, String sameAs) {}
