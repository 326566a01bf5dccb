/** Object identifiers used by the engine, named as in their standards. */

// RFC 5652 (CMS)
export const OID_DATA = '1.2.840.113549.1.7.1'
export const OID_SIGNED_DATA = '1.2.840.113549.1.7.2'
export const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3'
export const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
export const OID_SIGNING_TIME = '1.2.840.113549.1.9.5'
// RFC 6211
export const OID_CMS_ALGORITHM_PROTECTION = '1.2.840.113549.1.9.52'
// RFC 2634, RFC 5035 (ESS)
export const OID_SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12'
export const OID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47'
// ETSI EN 319 122-1
export const OID_SIGNATURE_TIMESTAMP = '1.2.840.113549.1.9.16.2.14'
export const OID_SIGNATURE_POLICY = '1.2.840.113549.1.9.16.2.15'
export const OID_COMMITMENT_TYPE = '1.2.840.113549.1.9.16.2.16'
// Adobe: revocation data inside the CMS of older files
export const OID_ADOBE_REVOCATION = '1.2.840.113583.1.1.8'
// RFC 3161
export const OID_TST_INFO = '1.2.840.113549.1.9.16.1.4'

// Digests
export const OID_SHA1 = '1.3.14.3.2.26'
export const OID_SHA256 = '2.16.840.1.101.3.4.2.1'
export const OID_SHA384 = '2.16.840.1.101.3.4.2.2'
export const OID_SHA512 = '2.16.840.1.101.3.4.2.3'
export const OID_MD5 = '1.2.840.113549.2.5'

// Keys and signatures
export const OID_RSA = '1.2.840.113549.1.1.1'
export const OID_MGF1 = '1.2.840.113549.1.1.8'
export const OID_RSA_PSS = '1.2.840.113549.1.1.10'
export const OID_MD5_RSA = '1.2.840.113549.1.1.4'
export const OID_SHA1_RSA = '1.2.840.113549.1.1.5'
export const OID_SHA256_RSA = '1.2.840.113549.1.1.11'
export const OID_SHA384_RSA = '1.2.840.113549.1.1.12'
export const OID_SHA512_RSA = '1.2.840.113549.1.1.13'
export const OID_EC = '1.2.840.10045.2.1'
export const OID_SHA1_ECDSA = '1.2.840.10045.4.1'
export const OID_SHA256_ECDSA = '1.2.840.10045.4.3.2'
export const OID_SHA384_ECDSA = '1.2.840.10045.4.3.3'
export const OID_SHA512_ECDSA = '1.2.840.10045.4.3.4'
export const OID_P256 = '1.2.840.10045.3.1.7'
export const OID_P384 = '1.3.132.0.34'
export const OID_P521 = '1.3.132.0.35'
export const OID_ED25519 = '1.3.101.112'
export const OID_ED448 = '1.3.101.113'
export const OID_DSA = '1.2.840.10040.4.1'

// RFC 5280 extensions and access methods
export const OID_SUBJECT_KEY_ID = '2.5.29.14'
export const OID_KEY_USAGE = '2.5.29.15'
export const OID_SUBJECT_ALT_NAME = '2.5.29.17'
export const OID_BASIC_CONSTRAINTS = '2.5.29.19'
export const OID_CRL_NUMBER = '2.5.29.20'
export const OID_CRL_REASON = '2.5.29.21'
export const OID_INVALIDITY_DATE = '2.5.29.24'
export const OID_ISSUING_DISTRIBUTION_POINT = '2.5.29.28'
export const OID_NAME_CONSTRAINTS = '2.5.29.30'
export const OID_CRL_DISTRIBUTION_POINTS = '2.5.29.31'
export const OID_CERTIFICATE_POLICIES = '2.5.29.32'
export const OID_POLICY_MAPPINGS = '2.5.29.33'
export const OID_AUTHORITY_KEY_ID = '2.5.29.35'
export const OID_POLICY_CONSTRAINTS = '2.5.29.36'
export const OID_EXTENDED_KEY_USAGE = '2.5.29.37'
export const OID_INHIBIT_ANY_POLICY = '2.5.29.54'
export const OID_AUTHORITY_INFO_ACCESS = '1.3.6.1.5.5.7.1.1'
export const OID_ACCESS_OCSP = '1.3.6.1.5.5.7.48.1'
export const OID_ACCESS_CA_ISSUERS = '1.3.6.1.5.5.7.48.2'
// RFC 6960
export const OID_OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1'
export const OID_OCSP_NONCE = '1.3.6.1.5.5.7.48.1.2'
export const OID_OCSP_NO_CHECK = '1.3.6.1.5.5.7.48.1.5'

// Extended key usages
export const OID_EKU_ANY = '2.5.29.37.0'
export const OID_EKU_EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4'
export const OID_EKU_TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
export const OID_EKU_OCSP_SIGNING = '1.3.6.1.5.5.7.3.9'
export const OID_EKU_DOCUMENT_SIGNING = '1.3.6.1.5.5.7.3.36' // RFC 9336

// Attributes of names
export const OID_COMMON_NAME = '2.5.4.3'
export const OID_COUNTRY = '2.5.4.6'
export const OID_ORGANIZATION = '2.5.4.10'
export const OID_ORGANIZATIONAL_UNIT = '2.5.4.11'
export const OID_EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
