/** Where an image lies: coordinate systems, origins, pixel sizes, footprints. */
package org.sardiffusion.geo.place;
