/**
 * How close generated radar images come to real ones.
 *
 * <p>The measures are those of section 4.3 of the paper (Debuysere et al., "Quantitative Comparison
 * of Fine-Tuning Techniques for Pretrained Latent Diffusion Models in the Generation of Unseen SAR
 * Images"), each in a package: {@code amplitude} (histograms, divergences, fitted distributions),
 * {@code texture} (grey-level co-occurrence on homogeneous patches), {@code semantics} (SAR-CLIP).
 * {@code report} turns them into tables, {@code plot} into pictures. {@link
 * org.sardiffusion.evaluation.Evaluation} passes over the images once and holds none of them;
 * nothing here knows image files or makes images.
 */
package org.sardiffusion.evaluation;
