/** Words that people typed, and what they may have meant. */
package org.sardiffusion.core.text;
