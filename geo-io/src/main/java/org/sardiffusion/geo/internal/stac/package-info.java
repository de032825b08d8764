/** STAC items: what a catalogue knows about an image. */
package org.sardiffusion.geo.internal.stac;
