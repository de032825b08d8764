/** Control images: what steers the model beside the prompt, as floats in [0,1]. */
package org.sardiffusion.conditioning.control;
