/** Statistics of amplitude images, and the normalisation that brings them to [0,1] and back. */
package org.sardiffusion.conditioning.amplitude;
