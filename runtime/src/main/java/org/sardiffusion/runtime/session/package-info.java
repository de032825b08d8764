/**
 * ONNX Runtime, wrapped: devices, sessions, tensors over reused direct buffers, cancellation.
 *
 * <p>No other package of the runtime touches {@code ai.onnxruntime}.
 */
package org.sardiffusion.runtime.session;
