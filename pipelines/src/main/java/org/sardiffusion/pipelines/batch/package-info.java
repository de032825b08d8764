/**
 * A plan in, a labelled dataset out: the run that can be killed and continued, its journal, and the
 * claims by which several processes share one folder.
 */
package org.sardiffusion.pipelines.batch;
