package org.sardiffusion.evaluation;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.evaluation.semantics.SemanticResult;

/**
 * What an evaluation found.
 *
 * @param settings what was measured, and how
 * @param real the real images
 * @param halves every second real image compared with the others: how far real images are from each
 *     other, the smallest distances that mean anything
 * @param generated each generated set beside the real one, in the order given
 * @param semantics what a SAR-CLIP found, if one was given
 */
public record EvaluationResult(
    EvaluationSettings settings,
    SetStatistics real,
    Comparison halves,
    List<Comparison> generated,
    Optional<SemanticResult> semantics) {}
