/**
 * Classifiers of feature rows, cross-validation that never splits a group, and shares with their
 * intervals.
 */
package org.sardiffusion.evaluation.internal.learn;
