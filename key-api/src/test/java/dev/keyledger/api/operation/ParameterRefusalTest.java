package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.keyledger.api.TestNode;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Bad input, parameter by parameter: missing, malformed, too long. Each is refused with the vendor's code and a message that names the
 * parameter, and no event is written.
 */
@ExtendWith(NodeExtension.class)
class ParameterRefusalTest {

    /**
     * First line of a group: the operation and parameters that it accepts (or refuses for another reason). Further lines: a parameter left
     * out ({@code -Name}) or with another value ({@code Name=value}, {@code Name=x*9} for nine times x), and the code if it is not {@code
     * InvalidParameter}. A value ends at two spaces.
     */
    private static final String CASES = """
            CreateKey
                Origin=aliyun_kms
                Origin=External
                KeySpec=AES_256
                KeySpec=RSA_2048  UnsupportedOperation
                KeyUsage=ENCRYPT
                KeyUsage=SIGN/VERIFY  UnsupportedOperation
                ProtectionLevel=software
                ProtectionLevel=HSM  Unsupported.ProtectionLevel
                EnableAutomaticRotation=yes
                EnableAutomaticRotation=true  MissingParameter:RotationInterval
                Description=x*8193
                Tags=x
                Tags={}
                Tags=[{"TagKey":"k","TagValue":1}]
                Tags=[{"TagValue":"v"}]
                Tags=[{"TagKey":"k","Other":"v"}]
                Tags=[{"TagKey":"acs:k","TagValue":"v"}]  InvalidParameter.TagKey
                DKMSInstanceId=kst-1  UnsupportedOperation
                Policy={}  Forbidden.KeyPolicyUnSupported
            CreateKey EnableAutomaticRotation=true RotationInterval=30d
                RotationInterval=30
                RotationInterval=6d
                RotationInterval=731d
                RotationInterval=999999999d
                Origin=x
                RotationInterval=604800s  UnsupportedOperation
            ListKeys
                PageNumber=0
                PageNumber=-1
                PageNumber=one
                PageNumber=99999999999
                PageSize=0
                PageSize=101
                Filters=x
                Filters={}
                Filters=[{"Key":"Name","Values":["x"]}]
                Filters=[{"Key":"KeyState","Values":"Enabled"}]
                Filters=[{"Key":"KeyState"}]
                Filters=[{"Key":"KeyState","Values":[1]}]
                Filters=[{"Key":1,"Values":["x"]}]
                Filters=[{"Key":"KeyState","Values":["\\u0000"]}]
                Filters=[{"Key":"KeyState","Values":["\\ud800"]}]
                Filters=[{"Key":"KeyState","Values":["x"],"Other":1}]
            DescribeKey KeyId={key}
                -KeyId  MissingParameter
                KeyId=  MissingParameter
                KeyId=x*513
                KeyId=no-such-key  Forbidden.KeyNotFound
                KeyId=11111111-2222-4333-8444-555555555555  Forbidden.KeyNotFound
                KeyId=alias/no-such-alias  Forbidden.AliasNotFound
                KeyId=alias/not%an!alias  Forbidden.AliasNotFound
                KeyId=acs:kms:cn-shanghai:1:key/11111111-2222-4333-8444-555555555555  Forbidden.KeyNotFound
                KeyId=acs:kms:cn-shanghai:1:alias/x  Forbidden.AliasNotFound
            EnableKey KeyId={key}
                -KeyId  MissingParameter
                KeyId=x*513
                KeyId=alias/any  Unsupported.Alias
                KeyId={arn}  Forbidden.KeyNotFound
                KeyId=11111111-2222-4333-8444-555555555555  Forbidden.KeyNotFound
            DisableKey KeyId={key}
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                KeyId=NO-SUCH-KEY  Forbidden.KeyNotFound
            UpdateKeyDescription KeyId={key} Description=x
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                -Description  MissingParameter
                Description=x*8193
            ScheduleKeyDeletion KeyId={key} PendingWindowInDays=7
                -KeyId  MissingParameter
                -PendingWindowInDays  MissingParameter
                PendingWindowInDays=6
                PendingWindowInDays=31
                PendingWindowInDays=7.5
                PendingWindowInDays=week
                KeyId=alias/any  Unsupported.Alias
            CancelKeyDeletion KeyId={key}
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
            SetDeletionProtection ProtectedResourceArn={arn} EnableDeletionProtection=true
                -ProtectedResourceArn  MissingParameter
                ProtectedResourceArn={key}
                ProtectedResourceArn=acs:kms:cn-shanghai:1:key/{key}  Forbidden.KeyNotFound
                ProtectedResourceArn=acs:ecs:x
                -EnableDeletionProtection  MissingParameter
                EnableDeletionProtection=on
                DeletionProtectionDescription=x*8193
                KmsInstanceId=kst-1  UnsupportedOperation
            SetDeletionProtection KeyId={key} EnableDeletionProtection=true
                ProtectedResourceArn=acs:kms:cn-shanghai:1:key/{key}
                KeyId=alias/any  Unsupported.Alias
            GetParametersForImport KeyId={external} WrappingAlgorithm=RSAES_OAEP_SHA_1 WrappingKeySpec=RSA_2048
                -KeyId  MissingParameter
                -WrappingAlgorithm  MissingParameter
                -WrappingKeySpec  MissingParameter
                WrappingAlgorithm=RSAES_OAEP_SHA_512
                WrappingAlgorithm=SM2PKE
                WrappingKeySpec=RSA_3072
                WrappingKeySpec=RSA_4096
                WrappingKeySpec=EC_SM2
                KeyId=alias/any  Unsupported.Alias
                KeyId={key}  Unsupported.Origin
            ImportKeyMaterial KeyId={external} EncryptedKeyMaterial=aGVsbG8= ImportToken=dG9rZW4=
                -EncryptedKeyMaterial  MissingParameter
                EncryptedKeyMaterial=not Base64
                EncryptedKeyMaterial=aGVsbG8
                EncryptedKeyMaterial=AAAA*1366
                -ImportToken  MissingParameter
                ImportToken=not Base64  InvalidImportToken
                ImportToken=dG9rZW4=  InvalidImportToken
                KeyMaterialExpireUnix=1
                KeyMaterialExpireUnix=-1
                KeyMaterialExpireUnix=tomorrow
                KeyMaterialExpireUnix=253402300800
                KeyMaterialExpireUnix=9999999999999999999
                KeyId=alias/any  Unsupported.Alias
                KeyId=11111111-2222-4333-8444-555555555555  Forbidden.KeyNotFound
                KeyId={key}  Unsupported.Origin
            DeleteKeyMaterial KeyId={external}
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                KeyId={key}  Unsupported.Origin
            Encrypt KeyId={key} Plaintext=aGVsbG8=
                -KeyId  MissingParameter
                -Plaintext  MissingParameter
                Plaintext=  MissingParameter
                Plaintext=not Base64
                Plaintext=aGVsbG8
                Plaintext=AAAA*2049
                EncryptionContext=x
                EncryptionContext=[]
                EncryptionContext={"a":1}
                EncryptionContext={"a":{"b":"c"}}
                EncryptionContext={"a":"1","a":"2"}
                EncryptionContext={"a":"\\ud800"}
                EncryptionContext=x*8193
                KeyId=alias/no-such-alias  Forbidden.AliasNotFound
                KeyId=no-such-key  Forbidden.KeyNotFound
            Decrypt CiphertextBlob={blob}
                -CiphertextBlob  MissingParameter
                CiphertextBlob=not Base64
                CiphertextBlob=AAAA*5462
                EncryptionContext=x
            GenerateDataKey KeyId={key}
                -KeyId  MissingParameter
                KeySpec=AES_512
                NumberOfBytes=0
                NumberOfBytes=1025
                NumberOfBytes=many
                EncryptionContext=x
            GenerateDataKeyWithoutPlaintext KeyId={key}
                -KeyId  MissingParameter
                KeySpec=AES_512
                NumberOfBytes=0
                NumberOfBytes=1025
            ReEncrypt CiphertextBlob={blob} DestinationKeyId={key}
                -CiphertextBlob  MissingParameter
                CiphertextBlob=not Base64
                -DestinationKeyId  MissingParameter
                DestinationKeyId=x*513
                DestinationKeyId=no-such-key  Forbidden.KeyNotFound
                DestinationKeyId=alias/no-such-alias  Forbidden.AliasNotFound
                SourceEncryptionContext=x
                DestinationEncryptionContext=x
                SourceKeyId={external}
                SourceKeyVersionId={external}
                SourceEncryptionAlgorithm=SM2PKE  Rejected.UnsupportedOperation
            ExportDataKey CiphertextBlob={blob} PublicKeyBlob={public} WrappingAlgorithm=RSAES_OAEP_SHA_1 WrappingKeySpec=RSA_2048
                -CiphertextBlob  MissingParameter
                -PublicKeyBlob  MissingParameter
                PublicKeyBlob=not Base64
                PublicKeyBlob=aGVsbG8=
                PublicKeyBlob=AAAA*342
                -WrappingAlgorithm  MissingParameter
                WrappingAlgorithm=RSAES_PKCS1_V1_5
                WrappingAlgorithm=SM2PKE
                -WrappingKeySpec  MissingParameter
                WrappingKeySpec=EC_SM2
                EncryptionContext=x
            GenerateAndExportDataKey KeyId={key} PublicKeyBlob={public} WrappingAlgorithm=RSAES_OAEP_SHA_256 WrappingKeySpec=RSA_2048
                -KeyId  MissingParameter
                -PublicKeyBlob  MissingParameter
                -WrappingAlgorithm  MissingParameter
                -WrappingKeySpec  MissingParameter
                NumberOfBytes=191
                NumberOfBytes=0
                KeySpec=x
            CreateAlias AliasName=alias/{random} KeyId={key}
                -AliasName  MissingParameter
                AliasName=orders
                AliasName=alias/
                AliasName=alias/acs/x
                AliasName=alias/acsx
                AliasName=alias/with space
                AliasName=alias/x*52
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                KeyId=no-such-key  Forbidden.KeyNotFound
                KeyId=11111111-2222-4333-8444-555555555555  Forbidden.KeyNotFound
                AliasName={alias}  AliasAlreadyExists
            UpdateAlias AliasName={alias} KeyId={key}
                -AliasName  MissingParameter
                AliasName=orders
                AliasName=alias/no-such-alias  Forbidden.AliasNotFound
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                KeyId=11111111-2222-4333-8444-555555555555  Forbidden.KeyNotFound
            DeleteAlias AliasName={alias}
                -AliasName  MissingParameter
                AliasName=orders
                AliasName=alias/no-such-alias  Forbidden.AliasNotFound
            ListAliases
                PageNumber=0
                PageSize=101
            ListAliasesByKeyId KeyId={key}
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                KeyId=no-such-key  Forbidden.KeyNotFound
                PageSize=x
            TagResource KeyId={key} Tags=[{"TagKey":"k","TagValue":"v"}]
                -KeyId  MissingParameter
                KeyId=no-such-key  Forbidden.KeyNotFound
                SecretName=s
                CertificateId=c
                -Tags  MissingParameter
                Tags=[]
                Tags=x
                Tags=["k"]
                Tags=[{"TagKey":"k","TagValue":"v"},{"TagKey":"k","TagValue":"w"}]  Duplicate.TagKey
                Tags=[{"TagKey":"","TagValue":"v"}]  InvalidParameter.TagKey
                Tags=[{"TagKey":"k!","TagValue":"v"}]  InvalidParameter.TagKey
                Tags=[{"TagKey":"aliyun-k","TagValue":"v"}]  InvalidParameter.TagKey
                Tags=[{"TagKey":"k","TagValue":"v w"}]  InvalidParameter.TagValue
                Tags={tooManyTags}
                Tags={longTagKey}  InvalidParameter.TagKey
            TagResource SecretName=s Tags=[{"TagKey":"k","TagValue":"v"}]
                SecretName=s  UnsupportedOperation
            UntagResource KeyId={key} TagKeys=["k"]
                -KeyId  MissingParameter
                -TagKeys  MissingParameter
                TagKeys=[]
                TagKeys=x
                TagKeys=[1]
                TagKeys=[""]  InvalidParameter.TagKey
            ListResourceTags KeyId={key}
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                KeyId=no-such-key  Forbidden.KeyNotFound
            TagResources RegionId=cn-hangzhou ResourceType=key ResourceId.1={key} Tag.1.Key=k Tag.1.Value=v
                -RegionId  MissingParameter
                -ResourceType  MissingParameter
                ResourceType=bucket
                ResourceType=secret  InvalidResourceId.NotFound
                -ResourceId.1  MissingParameter
                ResourceId.1=no-such-key  InvalidResourceId.NotFound
                ResourceId.2=11111111-2222-4333-8444-555555555555  InvalidResourceId.NotFound
                ResourceId.3={key}
                -Tag.1.Key  MissingParameter
                Tag.1.Key=k!  InvalidParameter.TagKey
                Tag.1.Value=v!  InvalidParameter.TagValue
                Tag.2.Key=k  Duplicate.TagKey
            UntagResources RegionId=cn-hangzhou ResourceType=key ResourceId.1={key} TagKey.1=k
                -RegionId  MissingParameter
                -ResourceType  MissingParameter
                -ResourceId.1  MissingParameter
                -TagKey.1  MissingParameter
                TagKey.1=k!  InvalidParameter.TagKey
                All=perhaps
                ResourceId.1=no-such-key  InvalidResourceId.NotFound
            ListTagResources RegionId=cn-hangzhou ResourceType=key
                -RegionId  MissingParameter
                -ResourceType  MissingParameter
                ResourceType=bucket
                NextToken=not Base64
                NextToken=aGVsbG8
                ResourceId.1=no-such-key  InvalidResourceId.NotFound
                Tag.1.Key=k!  InvalidParameter.TagKey
            ListKeyVersions KeyId={key}
                -KeyId  MissingParameter
                KeyId=no-such-key  Forbidden.KeyNotFound
                PageSize=0
            DescribeKeyVersion KeyId={key} KeyVersionId={version}
                -KeyId  MissingParameter
                -KeyVersionId  MissingParameter
                KeyVersionId=x*129
                KeyVersionId=no-such-version  Forbidden.KeyVersionNotFound
                KeyVersionId={key}  Forbidden.KeyVersionNotFound
                KeyId={external}  Forbidden.KeyVersionNotFound
            CreateKeyVersion KeyId={key}
                -KeyId  MissingParameter
                KeyId=no-such-key  Forbidden.KeyNotFound
            UpdateRotationPolicy KeyId={key} EnableAutomaticRotation=false
                -KeyId  MissingParameter
                KeyId=alias/any  Unsupported.Alias
                KeyId=no-such-key  Forbidden.KeyNotFound
                -EnableAutomaticRotation  MissingParameter
                EnableAutomaticRotation=x
                EnableAutomaticRotation=true  MissingParameter:RotationInterval
            GetPublicKey KeyId={key} KeyVersionId={version}
                -KeyId  MissingParameter
                -KeyVersionId  MissingParameter
                KeyId=no-such-key  Forbidden.KeyNotFound
            AsymmetricSign KeyId={key} KeyVersionId={version} Algorithm=ECDSA_SHA_256 Digest=aGVsbG8=
                -Algorithm  MissingParameter
                Algorithm=RSAES_OAEP_SHA_1
                -Digest  MissingParameter
                Digest=not Base64
                KeyId=no-such-key  Forbidden.KeyNotFound
            AsymmetricVerify KeyId={key} KeyVersionId={version} Algorithm=ECDSA_SHA_256 Digest=aGVsbG8= Value=aGVsbG8=
                -Value  MissingParameter
                Value=x
            AsymmetricEncrypt KeyId={key} KeyVersionId={version} Algorithm=RSAES_OAEP_SHA_1 Plaintext=aGVsbG8=
                Algorithm=ECDSA_SHA_256
                -Plaintext  MissingParameter
            AsymmetricDecrypt KeyId={key} KeyVersionId={version} Algorithm=RSAES_OAEP_SHA_1 CiphertextBlob=aGVsbG8=
                -CiphertextBlob  MissingParameter
            GetKeyPolicy KeyId={key}
                -KeyId  MissingParameter
                PolicyName=other
                KeyId=no-such-key  Forbidden.KeyNotFound
            SetKeyPolicy KeyId={key} Policy={}
                -KeyId  MissingParameter
                -Policy  MissingParameter
                Policy=x
                Policy=[]
                Policy=x*32769
                PolicyName=other
                KeyId=alias/any  Unsupported.Alias
            """;

    private static final Pattern SPACE = Pattern.compile(" ");
    private static final Pattern REPEATED = Pattern.compile("(.+)\\*([0-9]+)", Pattern.DOTALL);

    private final Map<String, String> made = new HashMap<>();

    private TestNode node;
    private Kms kms;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    ParameterRefusalTest() {}

    @BeforeEach
    void makeResources(TestNode node, Kms kms, Keys keys) throws NoSuchAlgorithmException {
        this.node = node;
        this.kms = kms;
        MadeKey key = keys.generated();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        made.put("{key}", key.id());
        made.put("{blob}", key.blob());
        made.put("{external}", keys.external().id());
        made.put("{arn}", node.keyledger().identity().keyArn(key.id()));
        made.put("{version}", keys.describe(key).text("KeyMetadata.PrimaryKeyVersion"));
        made.put("{public}", Keys.base64(generator.generateKeyPair().getPublic().getEncoded()));
        made.put("{random}", UUID.randomUUID().toString());
        made.put("{longTagKey}", "[{\"TagKey\":\"" + "k".repeat(129) + "\",\"TagValue\":\"v\"}]");
        StringBuilder tags = new StringBuilder("[");
        for (int n = 1; n <= 21; n++) {
            tags.append(n == 1 ? "" : ",").append("{\"TagKey\":\"k").append(n).append("\",\"TagValue\":\"v\"}");
        }
        made.put("{tooManyTags}", tags.append("]").toString());
        String alias = "alias/" + UUID.randomUUID();
        kms.call("CreateAlias", "AliasName", alias, "KeyId", key.id()).ok();
        made.put("{alias}", alias);
    }

    /**
     * One bad request.
     *
     * @param named the parameter that the message must name; empty if the code says enough
     */
    private record Case(String operation, Map<String, String> parameters, String code, String named, String title) {}

    @TestFactory
    Stream<DynamicTest> bad_input_is_refused_by_its_name_and_changes_nothing() {
        return cases().stream().map(bad -> dynamicTest(bad.title, () -> check(bad)));
    }

    private void check(Case bad) {
        long before = events();

        Reply reply = kms.call(bad.operation, bad.parameters);

        assertThat(reply.code()).as("%s", reply.body()).isEqualTo(bad.code);
        if (!bad.named.isEmpty()) {
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.message()).contains(bad.named);
        }
        assertThat(events()).isEqualTo(before);
    }

    private long events() {
        return node.sql()
                .sql("select count(*) from domain_event")
                .query(Long.class)
                .single();
    }

    private List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        String operation = "";
        Map<String, String> good = Map.of();
        for (String line : CASES.lines().toList()) {
            if (line.startsWith(" ")) {
                cases.add(bad(operation, good, line.strip()));
            } else {
                String[] words = SPACE.split(line, -1);
                operation = words[0];
                good = new HashMap<>();
                for (int i = 1; i < words.length; i++) {
                    put(good, words[i]);
                }
            }
        }
        return cases;
    }

    private Case bad(String operation, Map<String, String> good, String line) {
        int end = line.indexOf("  ");
        String change = end < 0 ? line : line.substring(0, end);
        String expected = end < 0 ? "InvalidParameter" : line.substring(end).strip();
        Map<String, String> parameters = new HashMap<>(good);
        String name;
        if (change.startsWith("-")) {
            name = change.substring(1);
            parameters.remove(name);
        } else {
            name = put(parameters, change);
        }
        int colon = expected.indexOf(':');
        String code = colon < 0 ? expected : expected.substring(0, colon);
        boolean names = code.equals("InvalidParameter") || code.equals("MissingParameter");
        String named = colon < 0 ? name : expected.substring(colon + 1);
        return new Case(operation, parameters, code, names ? named : "", operation + " " + change + " → " + expected);
    }

    /** Adds {@code Name=value} and answers the name. */
    private String put(Map<String, String> parameters, String assignment) {
        int equals = assignment.indexOf('=');
        String name = assignment.substring(0, equals);
        String value = assignment.substring(equals + 1);
        var repeated = REPEATED.matcher(value);
        if (repeated.matches()) {
            value = repeated.group(1).repeat(Integer.parseInt(repeated.group(2)));
        }
        for (Map.Entry<String, String> each : made.entrySet()) {
            value = value.replace(each.getKey(), each.getValue());
        }
        parameters.put(name, value);
        return name;
    }
}
