/** NumPy's {@code .npy} files: latents and amplitudes that Python reads with {@code numpy.load}. */
package org.sardiffusion.geo.npy;
