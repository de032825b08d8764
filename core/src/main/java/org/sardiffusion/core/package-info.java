/**
 * The vocabulary that all rooms share, with no dependency but the JDK: the root of all errors and
 * what its user can do about them.
 */
package org.sardiffusion.core;
