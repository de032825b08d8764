/** Reads safetensors files, the format of adapters and embeddings, without trusting them. */
package org.sardiffusion.runtime.internal.safetensors;
