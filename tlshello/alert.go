// Alerts and their names.

package tlshello

import "fmt"

// Alert is an alert as sent. It is an error too: the one that ends a handshake.
type Alert struct {
	Level       byte `json:"level"` // 1 warning, 2 fatal; 0 for an SSLv2 error
	Description byte `json:"description"`
}

// alertNames follows IANA's registry (RFC 8446, section 6) with the retired
// ones of SSLv3 and RFC 2246.
var alertNames = map[byte]string{
	0:   "close_notify",
	10:  "unexpected_message",
	20:  "bad_record_mac",
	21:  "decryption_failed",
	22:  "record_overflow",
	30:  "decompression_failure",
	40:  "handshake_failure",
	41:  "no_certificate",
	42:  "bad_certificate",
	43:  "unsupported_certificate",
	44:  "certificate_revoked",
	45:  "certificate_expired",
	46:  "certificate_unknown",
	47:  "illegal_parameter",
	48:  "unknown_ca",
	49:  "access_denied",
	50:  "decode_error",
	51:  "decrypt_error",
	52:  "too_many_cids_requested",
	60:  "export_restriction",
	70:  "protocol_version",
	71:  "insufficient_security",
	80:  "internal_error",
	86:  "inappropriate_fallback",
	90:  "user_canceled",
	100: "no_renegotiation",
	109: "missing_extension",
	110: "unsupported_extension",
	111: "certificate_unobtainable",
	112: "unrecognized_name",
	113: "bad_certificate_status_response",
	114: "bad_certificate_hash_value",
	115: "unknown_psk_identity",
	116: "certificate_required",
	117: "general_error",
	120: "no_application_protocol",
	121: "ech_required",
}

// ssl2ErrorNames follows Hickman, The SSL Protocol, section C.3.4.
var ssl2ErrorNames = map[byte]string{
	1: "no_cipher",
	2: "no_certificate",
	4: "bad_certificate",
	6: "unsupported_certificate_type",
}

// Name is the registered name, or "unknown".
func (a Alert) Name() string {
	names := alertNames
	if a.Level == 0 {
		names = ssl2ErrorNames
	}
	if name, ok := names[a.Description]; ok {
		return name
	}
	return "unknown"
}

// String is the name and the number: "handshake_failure (40)".
func (a Alert) String() string {
	if a.Level == 0 {
		return fmt.Sprintf("SSLv2 %s (%d)", a.Name(), a.Description)
	}
	return fmt.Sprintf("%s (%d)", a.Name(), a.Description)
}

// Error says which alert ended the handshake.
func (a Alert) Error() string { return "server sent alert " + a.String() }
