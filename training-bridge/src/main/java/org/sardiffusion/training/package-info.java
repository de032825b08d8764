/** Drives the Python exporter and trainer from Java. */
package org.sardiffusion.training;
