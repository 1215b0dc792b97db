package io.runnel.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component that is a record but no section: its components are parameters of the section that it
 * stands in. For groups of parameters that many plugins share, such as those of time formats.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Inline {
  /**
   * Defaults that differ here from those of the record, each as {@code name=default}, such as
   * {@code time_type=float}.
   */
  String[] value() default {};
}
