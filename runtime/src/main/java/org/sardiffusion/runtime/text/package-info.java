/** From a prompt to what the UNet reads: CLIP tokens, both text encoders, micro-conditioning. */
package org.sardiffusion.runtime.text;
