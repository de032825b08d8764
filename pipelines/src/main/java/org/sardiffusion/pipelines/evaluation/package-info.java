/**
 * Evaluation of folders: finds their images and what is written about them, reads them one by one,
 * and writes the report.
 */
package org.sardiffusion.pipelines.evaluation;
