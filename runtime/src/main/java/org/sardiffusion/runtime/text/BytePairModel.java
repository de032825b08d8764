package org.sardiffusion.runtime.text;

import java.util.List;
import java.util.Map;

/**
 * Byte pair encoding (Sennrich et al., 2016) as CLIP trained it.
 *
 * @param vocabulary token to id; word-final tokens end in {@code </w>}
 * @param merges pairs to merge, "left right", in the order of their priority
 */
record BytePairModel(Map<String, Integer> vocabulary, List<String> merges) {}
