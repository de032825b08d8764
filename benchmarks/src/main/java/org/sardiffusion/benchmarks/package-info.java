/** Benchmarks of the runtime's parts; {@code benchmarks/README.md} says how to run them. */
package org.sardiffusion.benchmarks;
