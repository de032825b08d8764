/** Where the embedded default bundle lies, and how it gets onto disk. */
package org.sardiffusion.models;
