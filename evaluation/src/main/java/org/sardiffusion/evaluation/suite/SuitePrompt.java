package org.sardiffusion.evaluation.suite;

/**
 * One image that a suite asks for.
 *
 * @param label its scene category
 * @param prompt what the model is told
 * @param seed of its noise, the same for every model
 */
public record SuitePrompt(String label, String prompt, long seed) {}
