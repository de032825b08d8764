/**
 * The latents of scenes larger than memory: on disk, so that a process that was killed goes on
 * where it was.
 */
package org.sardiffusion.runtime.scene;
