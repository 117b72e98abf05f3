export const help = `pki: certificates, signed and encrypted messages, time-stamps

  inspect FILE [--asn1]                   what a file holds
  validate CERTIFICATE --anchor FILE …    the path to a trust anchor (RFC 5280)
  validate --batch CASES.jsonl            one case a line, one answer a line
  sign FILE --out FILE --key … --certificate … [--format cms|gm|pdf] [--detached]
  verify MESSAGE --anchor FILE … [--content FILE] [--out FILE]
  verify --batch CASES.jsonl
  encrypt FILE --recipient CERTIFICATE … --out FILE [--format cms|gm] [--cipher NAME]
  encrypt BID --manifest FILE … [--opening-time TIME]   tried before it is there, with what must be kept of it
  decrypt FILE --out FILE --key … --certificate … [--manifest FILE]
  timestamp request FILE --out QUERY | reply QUERY --out RESPONSE | verify RESPONSE --content FILE --anchor …
  vectors                                 published examples of SM2, SM3 and SM4

Everywhere: --json. Files are DER or PEM. Keys: --key and --certificate [--chain FILE], or --pkcs12; their password from
--password-file or the variable PKI_PASSWORD.
Trust: --anchor, --intermediate, --crl, --ocsp (each several times), --at TIME, --policy OID, --require-explicit-policy,
--inhibit-policy-mapping, --inhibit-any-policy, --unconstrained-anchors, --key-usage, --extended-key-usage OID,
--peer-name NAME, --algorithms default|legacy, --profile path|rfc5280, --revocation off|soft|hard.
Exit status: 0 valid, 1 invalid with the reason, 2 input that cannot be used.
`
