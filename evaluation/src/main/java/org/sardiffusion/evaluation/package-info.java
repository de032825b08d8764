/**
 * How close generated radar images come to real ones.
 *
 * <p>The measures are those of section 4.3 of the paper (Debuysere et al., "Quantitative Comparison
 * of Fine-Tuning Techniques for Pretrained Latent Diffusion Models in the Generation of Unseen SAR
 * Images") and some more, each in a package: {@code amplitude} (histograms, divergences, fitted
 * distributions), {@code texture} (grey-level co-occurrence on homogeneous patches), {@code
 * segmentation} (where such patches lie), {@code semantics} (SAR-CLIP), {@code twosample} (whether
 * classifiers tell the two apart), {@code augmentation} (what generated images are worth for
 * training). {@code suite} has lists of prompts that models are compared on.
 *
 * <p>{@code report} turns them into tables, {@code plot} into pictures. {@link
 * org.sardiffusion.evaluation.Evaluation} passes over the images once and holds none of them;
 * nothing here knows image files or makes images.
 */
package org.sardiffusion.evaluation;
