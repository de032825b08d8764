/**
 * A bundle: the folder, in the layout of diffusers and optimum-onnx, that holds one model.
 *
 * <p>{@link org.sardiffusion.runtime.bundle.Bundle#open} reads and checks everything but the
 * weights.
 */
package org.sardiffusion.runtime.bundle;
