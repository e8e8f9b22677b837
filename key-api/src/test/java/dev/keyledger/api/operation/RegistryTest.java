package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.protocol.OperationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which operations there are: the vendor's index of version 2016-01-20 without secrets, certificates and instances. */
@ExtendWith(NodeExtension.class)
class RegistryTest {

    private static final String[] INDEX = {
        // 2016
        "CreateKey",
        "ListKeys",
        "DescribeKey",
        "EnableKey",
        "DisableKey",
        "Encrypt",
        "Decrypt",
        "GenerateDataKey",
        // 2017
        "ScheduleKeyDeletion",
        "CancelKeyDeletion",
        "DescribeRegions",
        // 2018
        "GetParametersForImport",
        "ImportKeyMaterial",
        "DeleteKeyMaterial",
        "CreateAlias",
        "UpdateAlias",
        "DeleteAlias",
        "ListAliases",
        "ListAliasesByKeyId",
        // 2019
        "TagResource",
        "UntagResource",
        "ListResourceTags",
        "DescribeService",
        "UpdateKeyDescription",
        "GenerateDataKeyWithoutPlaintext",
        "ListKeyVersions",
        "DescribeKeyVersion",
        "UpdateRotationPolicy",
        // 2020
        "CreateKeyVersion",
        "GetPublicKey",
        "AsymmetricSign",
        "AsymmetricVerify",
        "AsymmetricEncrypt",
        "AsymmetricDecrypt",
        "ReEncrypt",
        "ExportDataKey",
        "GenerateAndExportDataKey",
        "DescribeAccountKmsStatus",
        "OpenKmsService",
        // 2022 and later
        "SetDeletionProtection",
        "GetKeyPolicy",
        "SetKeyPolicy",
        "TagResources",
        "UntagResources",
        "ListTagResources",
    };

    @Test
    void every_operation_of_the_index_is_there_and_no_other(TestNode node) {
        assertThat(node.bean(OperationRegistry.class).names()).containsExactlyInAnyOrder(INDEX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateSecret", "UploadCertificate", "AdvanceEncrypt", "createkey", "NoSuchThing"})
    void any_other_is_not_found(String action, Kms kms) {
        kms.call(action).refused(404, "InvalidAction.NotFound");
    }
}
