/** Benchmarks of what the runtime's package of this name keeps to itself. */
package org.sardiffusion.runtime.diffusion;
