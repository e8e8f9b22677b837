package dev.keyledger.api.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest tells. */
final class ManifestVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"Keyledger " + text()};
    }

    /** The version alone. */
    static String text() {
        String version = CommandLineTool.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }
}
