/** Images as GeoTools' coverages and back, so that its programs take them without a file. */
package org.sardiffusion.geo.coverage;
