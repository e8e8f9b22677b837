package dev.keyledger.refusal;

/**
 * Every error code that goes over the wire, with its HTTP status and message. Codes and texts are the vendor's (API reference 2016-01-20,
 * "Common error codes" and the error lists of the operations); {@code %s} in a message is replaced by the refusal's arguments.
 */
public enum ErrorCode {
    MISSING_PARAMETER("MissingParameter", 400, "The parameter  %s  needed but no provided."),
    INVALID_PARAMETER("InvalidParameter", 400, "The specified parameter \"%s\" is not valid."),
    INVALID_CIPHERTEXT("InvalidParameter", 400, "The specified parameter is not valid."),
    PARSE_REQUEST_PARAMETER(
            "ParseRequestParameterException",
            400,
            "Server parse parameters exception. Please check your input params."),
    INCOMPLETE_SIGNATURE(
            "IncompleteSignature", 400, "The request signature does not conform to Aliyun/Alibaba Cloud standards."),
    SIGNATURE_DOES_NOT_MATCH(
            "SignatureDoesNotMatch",
            400,
            "Specified signature is not matched with our calculation. server string to sign is:%s"),
    ILLEGAL_TIMESTAMP(
            "IllegalTimestamp",
            400,
            "The input parameter \"Timestamp\" that is mandatory for processing this request is not supplied."),
    TIMESTAMP_EXPIRED("InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired."),
    NONCE_USED("SignatureNonceUsed", 400, "Specified signature nonce was used already."),
    ACCESS_KEY_NOT_FOUND(
            "InvalidAccessKeyId.NotFound", 404, "The Access Key ID provided does not exist in our records."),
    ACCESS_KEY_DISABLED("Forbidden.AccessKey", 403, "This AccessKey is not enabled."),
    /** Ours, under {@code /v1}: the vendor keeps access keys in another service. */
    LAST_ACCESS_KEY("Rejected.LastAccessKey", 409, "The request was rejected because no other access key is enabled."),
    NO_PERMISSION("Forbidden.NoPermission", 403, "This operation is forbidden by permission system."),
    UNSUPPORTED_HTTP_METHOD("UnsupportedHTTPMethod", 403, "This http method is not supported."),
    ACTION_NOT_FOUND("InvalidAction.NotFound", 404, "Specified api is not found, please check your url and method."),
    INVALID_VERSION("InvalidVersion", 400, "Specified parameter Version is not valid."),
    KEY_NOT_FOUND("Forbidden.KeyNotFound", 404, "The specified Key is not found."),
    KEY_VERSION_NOT_FOUND("Forbidden.KeyVersionNotFound", 404, "The specified Key version is not found."),
    ALIAS_NOT_FOUND("Forbidden.AliasNotFound", 404, "The specified Alias is not found."),
    ALIAS_ALREADY_EXISTS("AliasAlreadyExists", 400, "AliasName Already Exists."),
    UNSUPPORTED_ALIAS("Unsupported.Alias", 400, "Alias is not valid for this api."),
    UNSUPPORTED_ORIGIN("Unsupported.Origin", 400, "This key origin is not valid for this api."),
    UNSUPPORTED_PROTECTION_LEVEL(
            "Unsupported.ProtectionLevel", 400, "This protection level is not valid for this region"),
    UNSUPPORTED_OPERATION("UnsupportedOperation", 400, "This action is not supported."),
    REJECTED_UNSUPPORTED_OPERATION("Rejected.UnsupportedOperation", 400, "Unsupported operation."),
    LIMIT_EXCEEDED(
            "Rejected.LimitExceeded", 400, "The request was rejected because user create resource limit was exceeded."),
    INVALID_KEY_MATERIAL("InvalidKeyMaterial", 400, "key material is invalid."),
    INVALID_KEY_MATERIAL_MGF1(
            "InvalidKeyMaterial",
            400,
            "key material is invalid. It decodes with MGF1-SHA-1; pass an explicit OAEPParameterSpec."),
    INVALID_IMPORT_TOKEN("InvalidImportToken", 400, "import token is invalid."),
    EXPIRED_IMPORT_TOKEN("ExpiredImportToken", 400, "import token is expired."),
    REJECTED_DISABLED("Rejected.Disabled", 409, "The request was rejected because the key state is Disabled."),
    REJECTED_PENDING_DELETION(
            "Rejected.PendingDeletion", 409, "The request was rejected because the key state is PendingDeletion."),
    REJECTED_PENDING_IMPORT(
            "Rejected.PendingImport", 409, "The request was rejected because the key state is PendingImport."),
    STATE_MODIFIED_FAILED("Rejected.StateModifiedFailed", 409, "Keystate modified failed."),
    THROTTLING("Rejected.Throttling", 429, "QPS Limit Exceeded"),
    KEY_POLICY_UNSUPPORTED(
            "Forbidden.KeyPolicyUnSupported", 400, "Key policies are not supported for keys outside an instance."),
    SERVICE_OPENED("Forbidden.Opened", 400, "The service is already open."),
    INVALID_TAG_KEY("InvalidParameter.TagKey", 400, "The specified tag key is not valid."),
    INVALID_TAG_VALUE("InvalidParameter.TagValue", 400, "The specified tag value is not valid."),
    DUPLICATE_TAG_KEY("Duplicate.TagKey", 400, "The specified tag key is given more than once."),
    RESOURCE_ID_NOT_FOUND("InvalidResourceId.NotFound", 404, "The specified resource is not found."),
    INTERNAL_FAILURE("InternalFailure", 500, "Internal Failure."),
    SERVICE_UNAVAILABLE("ServiceUnavailableTemporary", 503, "Service Unavailable Temporary.");

    private final String code;
    private final int httpStatus;
    private final String message;

    ErrorCode(String code, int httpStatus, String message) {
        this.code = code;
        this.httpStatus = httpStatus;
        this.message = message;
    }

    /** The wire code, verbatim. */
    public String code() {
        return code;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same request may succeed later without a change by the caller. */
    public boolean retryable() {
        return httpStatus == 429 || httpStatus >= 500;
    }

    /** The message template; {@code %s} stands for an argument of the refusal. */
    public String messageTemplate() {
        return message;
    }
}
