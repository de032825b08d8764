/** The standard normal noise that torch draws on the CPU, number for number. */
package org.sardiffusion.runtime.noise;
