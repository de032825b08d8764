/**
 * A list of prompts in, a labelled dataset out: the plan, the run that can be killed and continued,
 * and the files that describe the dataset.
 */
package org.sardiffusion.pipelines.batch;
