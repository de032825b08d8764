/**
 * Images as all rooms see them: sizes, windows, amplitudes in memory, and rows read and written.
 */
package org.sardiffusion.core.raster;
