/**
 * Training, seen from Java: {@code dataset} builds training sets, {@code configuration} checks what
 * is to be trained, {@code run} starts the Python trainer and listens to it.
 */
package org.sardiffusion.training;
