/** Where tiles of latents lie and what each weighs, in latent pixels of the whole. */
package org.sardiffusion.runtime.tiling;
