/**
 * Builds training sets: radar images and captions become patches of amplitude in [0,1] with labels,
 * split by scene, in the folder convention of Hugging Face's {@code imagefolder}.
 *
 * <p>{@link org.sardiffusion.training.dataset.DatasetBuild} is the whole process on one page; the
 * steps are those of section 3 of the paper: calibrate, refocus, resample, detect, normalise, crop
 * ({@link org.sardiffusion.training.dataset.PatchGrid}), clean ({@link
 * org.sardiffusion.training.dataset.QualityLimits}), caption ({@link
 * org.sardiffusion.training.dataset.CaptionBook}, {@link
 * org.sardiffusion.training.dataset.Captioner}), label ({@link
 * org.sardiffusion.training.dataset.LabelDictionary}), split ({@link
 * org.sardiffusion.training.dataset.SplitSettings}).
 */
package org.sardiffusion.training.dataset;
