/** Work on its way: how it is stopped and how it tells how far it is. */
package org.sardiffusion.core.run;
