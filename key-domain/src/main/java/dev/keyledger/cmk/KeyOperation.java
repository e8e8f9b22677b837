package dev.keyledger.cmk;

import org.jspecify.annotations.Nullable;

/**
 * Every operation whose answer depends on the state of a key, whether the key's aggregate carries it out or not: the rows of the vendor's
 * page "Impact of CMK status on API operations". What each state says to each of them: {@link KeyLifecycle}.
 */
public enum KeyOperation {
    CREATE_KEY("CreateKey"),
    LIST_KEYS("ListKeys"),
    DESCRIBE_KEY("DescribeKey"),
    ENCRYPT("Encrypt"),
    DECRYPT("Decrypt"),
    GENERATE_DATA_KEY("GenerateDataKey"),
    GENERATE_DATA_KEY_WITHOUT_PLAINTEXT("GenerateDataKeyWithoutPlaintext"),
    /** ReEncrypt, the key that made the ciphertext. */
    RE_ENCRYPT_SOURCE("ReEncrypt"),
    /** ReEncrypt, the key that makes the new ciphertext. */
    RE_ENCRYPT_DESTINATION("ReEncrypt"),
    EXPORT_DATA_KEY("ExportDataKey"),
    GENERATE_AND_EXPORT_DATA_KEY("GenerateAndExportDataKey"),
    ENABLE_KEY("EnableKey"),
    DISABLE_KEY("DisableKey"),
    SCHEDULE_KEY_DELETION("ScheduleKeyDeletion"),
    CANCEL_KEY_DELETION("CancelKeyDeletion"),
    SET_DELETION_PROTECTION("SetDeletionProtection"),
    UPDATE_KEY_DESCRIPTION("UpdateKeyDescription"),
    /** The state is that of the key the alias is to name. */
    CREATE_ALIAS("CreateAlias"),
    /** The state is that of the key the alias is to name from now on. */
    UPDATE_ALIAS("UpdateAlias"),
    DELETE_ALIAS("DeleteAlias"),
    LIST_ALIASES("ListAliases"),
    LIST_ALIASES_BY_KEY_ID("ListAliasesByKeyId"),
    GET_PARAMETERS_FOR_IMPORT("GetParametersForImport"),
    IMPORT_KEY_MATERIAL("ImportKeyMaterial"),
    DELETE_KEY_MATERIAL("DeleteKeyMaterial"),
    TAG_RESOURCE("TagResource"),
    TAG_RESOURCES("TagResources"),
    UNTAG_RESOURCE("UntagResource"),
    UNTAG_RESOURCES("UntagResources"),
    LIST_RESOURCE_TAGS("ListResourceTags"),
    LIST_TAG_RESOURCES("ListTagResources"),
    LIST_KEY_VERSIONS("ListKeyVersions"),
    DESCRIBE_KEY_VERSION("DescribeKeyVersion"),
    CREATE_KEY_VERSION("CreateKeyVersion"),
    UPDATE_ROTATION_POLICY("UpdateRotationPolicy"),
    GET_PUBLIC_KEY("GetPublicKey"),
    ASYMMETRIC_SIGN("AsymmetricSign"),
    ASYMMETRIC_VERIFY("AsymmetricVerify"),
    ASYMMETRIC_ENCRYPT("AsymmetricEncrypt"),
    ASYMMETRIC_DECRYPT("AsymmetricDecrypt"),
    GET_KEY_POLICY("GetKeyPolicy"),
    SET_KEY_POLICY("SetKeyPolicy");

    private final String action;

    KeyOperation(String action) {
        this.action = action;
    }

    /** The protocol's name of the operation. */
    public String action() {
        return action;
    }

    /** The one origin this operation is for; null if it is for keys of every origin. */
    @Nullable
    Origin onlyFor() {
        return switch (this) {
            case GET_PARAMETERS_FOR_IMPORT, IMPORT_KEY_MATERIAL, DELETE_KEY_MATERIAL -> Origin.EXTERNAL;
            case UPDATE_ROTATION_POLICY -> Origin.ALIYUN_KMS;
            default -> null;
        };
    }
}
