/** A plan of a batch: every image, with its seed, size and place, before the first is made. */
package org.sardiffusion.pipelines.plan;
