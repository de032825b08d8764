package org.sardiffusion.cli;

import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.DeviceException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code cpu}, {@code cuda}, {@code cuda:N}. */
final class DeviceConverter implements ITypeConverter<Device> {
  @Override
  public Device convert(String text) {
    try {
      return Device.parse(text);
    } catch (DeviceException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
