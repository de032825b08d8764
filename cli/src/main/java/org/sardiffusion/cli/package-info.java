/**
 * The command {@code sar-diffusion}: options in, progress and files out; no logic a program would
 * want.
 */
package org.sardiffusion.cli;
