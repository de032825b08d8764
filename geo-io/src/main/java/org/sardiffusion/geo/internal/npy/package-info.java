/** NumPy's files as rasters. */
package org.sardiffusion.geo.internal.npy;
