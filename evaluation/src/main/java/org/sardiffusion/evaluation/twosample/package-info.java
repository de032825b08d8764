/**
 * Whether real and generated images can be told apart: classifiers of their crops, cross-validated
 * by image, and the features that give them away.
 */
package org.sardiffusion.evaluation.twosample;
