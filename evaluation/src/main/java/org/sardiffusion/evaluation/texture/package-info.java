/**
 * Texture on homogeneous patches: grey-level co-occurrence matrices, the features that Haralick
 * drew from them, and the equivalent number of looks.
 */
package org.sardiffusion.evaluation.texture;
