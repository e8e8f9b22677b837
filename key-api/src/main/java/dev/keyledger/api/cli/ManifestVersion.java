package dev.keyledger.api.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest tells. */
final class ManifestVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = CommandLineTool.class.getPackage().getImplementationVersion();
        return new String[] {"Keyledger " + (version == null ? "(unpackaged)" : version)};
    }
}
