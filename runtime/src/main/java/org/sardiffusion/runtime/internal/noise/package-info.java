/**
 * The standard normal noise that torch draws on the CPU, bit for bit as its AVX2 code makes it: at
 * zero terminal SNR the first sigma is 4096, and rounding errors of noise grow with it.
 */
package org.sardiffusion.runtime.internal.noise;
