/**
 * The weights as they lie on disk: what an ONNX file holds, and their element types.
 *
 * <p>{@link org.sardiffusion.runtime.weights.OnnxGraph} reads and checks an ONNX file without its
 * weights. {@link org.sardiffusion.runtime.weights.Float32Conversion} turns a half precision graph
 * into a single precision one, because ONNX Runtime's CPU provider has no half precision kernels
 * and would convert at every run; {@link org.sardiffusion.runtime.weights.Float32Cache} keeps what
 * was converted.
 */
package org.sardiffusion.runtime.weights;
