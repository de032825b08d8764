/**
 * Scenes of any size as files: synthesised in bounded memory, restartable, streamed into
 * geo-referenced images.
 */
package org.sardiffusion.pipelines.scene;
