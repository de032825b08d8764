/**
 * Descriptions of images in YAML, beside the images: for what a simulator's raw output cannot say.
 */
package org.sardiffusion.geo.internal.sidecar;
