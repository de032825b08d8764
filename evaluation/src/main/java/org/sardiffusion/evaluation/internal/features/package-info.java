/**
 * How two sets lie in a feature space: Fréchet and kernel distances, precision and recall, and
 * images that lie suspiciously close to a real one. Every number depends on the backbone that made
 * the features, which reports name beside it.
 */
package org.sardiffusion.evaluation.internal.features;
