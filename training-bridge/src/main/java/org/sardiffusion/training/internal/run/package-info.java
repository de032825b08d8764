/** How the trainer's process is understood: its events, its log and its end. */
package org.sardiffusion.training.internal.run;
