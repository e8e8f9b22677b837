package dev.keyledger.api.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The protocol's name of a response member where it is not the component's name with a capital, for example {@code DKMSInstanceId}. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface WireName {
    String value();
}
