package org.sardiffusion.evaluation.semantics;

import java.util.List;
import java.util.Optional;

/**
 * What a SAR-CLIP found.
 *
 * @param model the SAR-CLIP
 * @param settings how it was asked
 * @param classes the labels that images were told apart by
 * @param real the real images, if there were any
 * @param generated each generated set, in the order given
 */
public record SemanticResult(
    SarClipCard model,
    SemanticSettings settings,
    List<String> classes,
    Optional<SetSemantics> real,
    List<GeneratedSemantics> generated) {}
