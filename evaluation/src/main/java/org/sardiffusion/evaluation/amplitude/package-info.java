/**
 * The distribution of amplitudes: streaming counts, divergences between two of them, and the
 * distributions that radar statistics knows, fitted to one.
 */
package org.sardiffusion.evaluation.amplitude;
