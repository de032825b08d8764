/** How configurations are read and checked: YAML with places, the schema, and the files named. */
package org.sardiffusion.training.internal.configuration;
