package org.sardiffusion.evaluation.semantics;

import java.util.SortedMap;

/**
 * What the images of one set mean.
 *
 * @param name of the set
 * @param captions the scores by label, "all" among them
 */
public record SetSemantics(String name, SortedMap<String, CaptionScores> captions) {}
