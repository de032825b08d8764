/** Files that are whole or not there, their hashes, the room on a disk, and the user's cache. */
package org.sardiffusion.core.io;
