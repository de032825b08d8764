/**
 * What generated images are worth for training: a small classifier of labels that learns from real
 * images, from generated ones or from both, and is tried on real ones.
 */
package org.sardiffusion.evaluation.augmentation;
