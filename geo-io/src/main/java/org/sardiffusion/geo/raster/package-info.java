/**
 * Radar images as files hold them, read in strips of rows so that they may be larger than memory.
 *
 * <p>Amplitude or complex, with what their files know about spacing, place and acquisition.
 */
package org.sardiffusion.geo.raster;
