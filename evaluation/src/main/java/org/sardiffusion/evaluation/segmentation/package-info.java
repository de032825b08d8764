/**
 * Segment Anything (A. Kirillov et al., 2023) as ONNX graphs: masks of an image without prompts,
 * from which the paper takes its homogeneous patches (section 4.3).
 */
package org.sardiffusion.evaluation.segmentation;
