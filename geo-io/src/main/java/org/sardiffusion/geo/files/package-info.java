/** The entry to this module: whole images with everything that belongs beside them. */
package org.sardiffusion.geo.files;
