package org.sardiffusion.evaluation.texture;

/**
 * What is read from a co-occurrence matrix P (R. M. Haralick et al., "Textural features for image
 * classification", 1973), as {@code skimage.feature.graycoprops} computes it.
 */
public enum TextureFeature {
  /** {@code sum P (i - j)^2}. */
  CONTRAST("contrast"),
  /** {@code sum P / (1 + (i - j)^2)}. */
  HOMOGENEITY("homogeneity"),
  /** {@code sum P (i - mean_i) (j - mean_j) / (sigma_i sigma_j)}; 1 where a sigma is 0. */
  CORRELATION("correlation"),
  /** {@code -sum P ln P}. */
  ENTROPY("entropy"),
  /** {@code sqrt(sum P^2)}. */
  ENERGY("energy");

  private final String label;

  TextureFeature(String label) {
    this.label = label;
  }

  /** The name in reports, and in scikit-image. */
  public String label() {
    return label;
  }
}
