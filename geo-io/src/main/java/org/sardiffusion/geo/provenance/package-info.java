/** What every file says about how it was made. */
package org.sardiffusion.geo.provenance;
