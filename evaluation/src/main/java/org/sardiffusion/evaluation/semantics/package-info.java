/**
 * What images mean, as a SAR-CLIP sees it: how close each is to its caption, whether it can be told
 * which caption is its own, and how the sets lie in the model's feature space.
 */
package org.sardiffusion.evaluation.semantics;
