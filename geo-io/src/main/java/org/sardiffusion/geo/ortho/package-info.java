/** From the geometry of the radar to the ground: images on a map, from images in slant range. */
package org.sardiffusion.geo.ortho;
